//! A file of which two bytes read differently.

use std::io::{self, Read, Seek, SeekFrom};

/// A file of which two bytes read differently.
///
/// `tiff` decodes no palettes, yet the indices of such a page are stored as grey values are: with the entry
/// that calls them colours read as one that calls them grey, it hands them over.
#[derive(Debug)]
pub(super) struct Overlay<R> {
    inner: R,
    position: u64,
    patch: Option<(u64, [u8; 2])>,
}

impl<R> Overlay<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            position: 0,
            patch: None,
        }
    }

    /// From now on the bytes at `offset` are these, or those of the file.
    pub fn set(&mut self, patch: Option<(u64, [u8; 2])>) {
        self.patch = patch;
    }
}

impl<R: Read> Read for Overlay<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if let Some((offset, bytes)) = self.patch {
            for (place, byte) in (offset..).zip(bytes) {
                let index = place.checked_sub(self.position);
                let index = index.and_then(|index| usize::try_from(index).ok());
                if let Some(here) = index.and_then(|index| buffer[..length].get_mut(index)) {
                    *here = byte;
                }
            }
        }
        self.position += length as u64;
        Ok(length)
    }
}

impl<R: Seek> Seek for Overlay<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.inner.seek(to)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn the_bytes_differ_however_they_are_read() {
        let mut file = Overlay::new(Cursor::new(*b"abcdef"));
        file.set(Some((2, *b"XY")));
        let mut whole = Vec::new();
        file.read_to_end(&mut whole).unwrap();
        assert_eq!(whole, b"abXYef");
        let mut part = [0; 2];
        file.seek(SeekFrom::Start(3)).unwrap();
        file.read_exact(&mut part).unwrap();
        assert_eq!(&part, b"Ye");
        file.set(None);
        file.seek(SeekFrom::Start(2)).unwrap();
        file.read_exact(&mut part).unwrap();
        assert_eq!(&part, b"cd");
    }
}
