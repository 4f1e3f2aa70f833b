//! What a file is, told by its first bytes.

use contract::import::FileKind;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF or BigTIFF, of either byte order.
    Tiff,
    /// EMSA/MSA spectrum (ISO 22029).
    Emsa,
}

/// Bytes that are enough for [`sniff`].
pub const HEAD: usize = 64;

/// What a file is by its first [`HEAD`] bytes; its name has no say.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    const MAGIC: [(&[u8], Format); 6] = [
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"II\x2a\x00", Format::Tiff),
        (b"MM\x00\x2a", Format::Tiff),
        (b"II\x2b\x00\x08\x00", Format::Tiff),
        (b"MM\x00\x2b\x00\x08", Format::Tiff),
    ];
    let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    if let Some((_, format)) = known {
        return Some(*format);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    let keyword = text.get(..7)?;
    keyword
        .eq_ignore_ascii_case(b"#FORMAT")
        .then_some(Format::Emsa)
}

impl Format {
    /// Media type of the file.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::Emsa => "text/plain; charset=utf-8",
        }
    }

    /// Whether it is an image or a spectrum.
    #[must_use]
    pub fn kind(self) -> FileKind {
        match self {
            Self::Png | Self::Jpeg | Self::Tiff => FileKind::Image,
            Self::Emsa => FileKind::Spectrum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_what_a_file_is() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...."), Some(Format::Png));
        assert_eq!(sniff(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(sniff(b"II*\0\x08\0\0\0"), Some(Format::Tiff));
        assert_eq!(sniff(b"MM\0+\0\x08\0\0"), Some(Format::Tiff));
        assert_eq!(sniff(b"#FORMAT      : EMSA/MAS"), Some(Format::Emsa));
        assert_eq!(sniff(b"\xef\xbb\xbf\r\n#Format: EMSA"), Some(Format::Emsa));
    }

    #[test]
    fn anything_else_is_none_of_them() {
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"<svg>",
            b"FileVersion 1 2;",
            b"II*",
            b"# FORMAT",
        ] {
            assert_eq!(sniff(bytes), None, "{bytes:?}");
        }
    }
}
