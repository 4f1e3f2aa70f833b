//! How large a piece of evidence may be.

use super::Format;

/// How large a piece of evidence may be. What is larger is refused before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a TIFF file.
    pub tiff_bytes: u64,
    /// Bytes of a PNG or JPEG file.
    pub image_bytes: u64,
    /// Bytes of a spectrum.
    pub spectrum_bytes: u64,
    /// Pixels of an image, or of a page of one.
    pub pixels: u64,
    /// Bytes of an image, or of a page of one, decoded.
    pub decoded_bytes: u64,
    /// Pages of a file that are looked at: a page beyond is refused.
    pub pages: u32,
    /// Pages of a file that is sent to a single defect; each becomes an image of it.
    pub pages_per_defect: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tiff_bytes: 1 << 30,
            image_bytes: 64 << 20,
            spectrum_bytes: edx::msa::MAX_BYTES as u64,
            pixels: 64_000_000,
            decoded_bytes: 256 << 20,
            pages: 10_000,
            pages_per_defect: 100,
        }
    }
}

impl Limits {
    /// The most bytes that a file of this format may have.
    #[must_use]
    pub fn bytes(&self, format: Format) -> u64 {
        match format {
            Format::Tiff => self.tiff_bytes,
            Format::Png | Format::Jpeg => self.image_bytes,
            Format::Emsa => self.spectrum_bytes,
        }
    }

    /// Whether an image of this size and so many bytes a pixel may be decoded.
    ///
    /// # Errors
    /// The rule that it breaks, as the end of a sentence that begins with the file.
    pub fn check(&self, width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), String> {
        let pixels = u64::from(width) * u64::from(height);
        if width == 0 || height == 0 {
            return Err("has no pixels".to_owned());
        }
        // The database and JPEG hold no longer sides.
        if width > 65_535 || height > 65_535 || pixels > self.pixels {
            let (side, most) = (65_535, self.pixels);
            return Err(format!(
                "has {width} x {height} pixels; at most {most} are taken, and {side} a side"
            ));
        }
        let bytes = pixels.saturating_mul(bytes_per_pixel);
        if bytes > self.decoded_bytes {
            let most = self.decoded_bytes;
            return Err(format!(
                "takes {bytes} bytes when decoded ({width} x {height} pixels of {bytes_per_pixel}); at most {most} are taken"
            ));
        }
        Ok(())
    }
}
