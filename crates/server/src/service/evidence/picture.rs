//! Pictures: what is known and shown of an image, or of a page of one.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageResult};
use serde_json::{Map, Value};

use super::tiff_file::TiffFile;
use super::{Format, Limits, Refusal, Spool, plain};

/// Longest side of a thumbnail in pixels.
const THUMBNAIL_PX: u32 = 128;
/// JPEG quality of thumbnails, and what is taken where one would be too large for its row.
const THUMBNAIL_QUALITIES: [u8; 2] = [80, 30];
/// Bytes of a thumbnail at most.
const THUMBNAIL_BYTES: usize = 65_536;
/// Pixels below this size are taken from a file's resolution, in nm. Programs write 72, 96 or 300 dots per inch
/// where they know nothing; a microscope's pixel is smaller than 10 um, and none of those is.
const LARGEST_PIXEL_NM: f64 = 10_000.0;

/// What is known and shown of an image, or of a page of one.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Page, from 1.
    pub page: u32,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Side of a pixel in nm, where the file says so without doubt.
    pub pixel_size_nm: Option<f64>,
    /// What the tool said, and how values were scaled.
    pub metadata: Map<String, Value>,
    /// PNG for the browser, where that cannot show the file itself.
    pub display: Option<Vec<u8>>,
    /// JPEG of at most 128 pixels a side.
    pub thumbnail: Vec<u8>,
}

/// An image file, opened.
pub enum ImageFile {
    /// PNG or JPEG: one picture.
    Plain(Box<Picture>),
    /// TIFF: as many as it has pages.
    Tiff(Box<TiffFile>),
}

impl ImageFile {
    /// Opens an image; blocks.
    ///
    /// # Errors
    /// When it is no image, damaged, or beyond the limits.
    pub fn open(spool: &Spool, limits: &Limits) -> Result<Self, Refusal> {
        let refuse = |rule: String| Refusal::file(&spool.name, rule);
        let content = || {
            spool
                .open()
                .map_err(|error| refuse(format!("cannot be read: {error}")))
        };
        match spool.format {
            Format::Tiff => Ok(Self::Tiff(Box::new(TiffFile::open(
                &spool.name,
                content()?,
                *limits,
            )?))),
            Format::Png | Format::Jpeg => {
                let read = || spool.read().map_err(|error| error.to_string());
                let picture = read().and_then(|bytes| plain::picture(&bytes, spool.format, limits));
                Ok(Self::Plain(Box::new(picture.map_err(refuse)?)))
            }
            Format::Emsa => Err(refuse("is a spectrum, not an image".to_owned())),
        }
    }

    /// The picture of a page, from 1; `None` where there is no such page. Pages that are asked for in their order
    /// are found in time that does not grow; blocks.
    ///
    /// # Errors
    /// When the page is damaged, of a kind that cannot be shown, or beyond the limits.
    pub fn page(&mut self, page: u32) -> Result<Option<Picture>, Refusal> {
        match self {
            Self::Plain(picture) if page == 1 => Ok(Some((**picture).clone())),
            Self::Plain(_) => Ok(None),
            Self::Tiff(file) => file.page(page),
        }
    }
}

/// JPEG of at most 128 pixels a side.
pub(super) fn thumbnail(image: &DynamicImage) -> ImageResult<Vec<u8>> {
    thumbnail_of_quality(image, &THUMBNAIL_QUALITIES)
}

/// [`thumbnail`] in the first of these JPEG qualities that is small enough to be stored, or else the last.
pub(crate) fn thumbnail_of_quality(image: &DynamicImage, qualities: &[u8]) -> ImageResult<Vec<u8>> {
    let longest = image.width().max(image.height());
    let small = if longest > THUMBNAIL_PX {
        image.thumbnail(THUMBNAIL_PX, THUMBNAIL_PX)
    } else {
        image.clone()
    };
    let small = match small.color().has_color() {
        true => DynamicImage::ImageRgb8(small.into_rgb8()),
        false => DynamicImage::ImageLuma8(small.into_luma8()),
    };
    let mut made = Vec::new();
    for &quality in qualities {
        made.clear();
        small.write_with_encoder(JpegEncoder::new_with_quality(&mut made, quality))?;
        if made.len() <= THUMBNAIL_BYTES {
            break;
        }
    }
    Ok(made)
}

/// PNG of an image; quick, as images of tools are noise that hardly compresses.
pub(super) fn png(image: &DynamicImage) -> ImageResult<Vec<u8>> {
    let mut made = Cursor::new(Vec::new());
    let encoder =
        PngEncoder::new_with_quality(&mut made, CompressionType::Fast, FilterType::Adaptive);
    image.write_with_encoder(encoder)?;
    Ok(made.into_inner())
}

/// The side of a pixel from a resolution, where it is the same in both directions and a microscope's.
pub(super) fn pixel_size(x_nm: f64, y_nm: f64) -> Option<f64> {
    let is_square = (x_nm - y_nm).abs() <= x_nm * 1e-3;
    (is_square && is_possible(x_nm)).then_some(x_nm)
}

/// Whether a pixel may have this side in nm.
pub(super) fn is_possible(pixel_nm: f64) -> bool {
    pixel_nm > 0.0 && pixel_nm < LARGEST_PIXEL_NM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screens_resolution_is_no_pixel_size() {
        for dots_per_inch in [72.0, 96.0, 300.0, 1200.0] {
            let nm = 25.4e6 / dots_per_inch;
            assert_eq!(pixel_size(nm, nm), None, "{dots_per_inch}");
        }
        assert_eq!(pixel_size(2.5, 2.5), Some(2.5));
        assert_eq!(pixel_size(2.5, 5.0), None);
        assert_eq!(pixel_size(0.0, 0.0), None);
        assert_eq!(pixel_size(f64::INFINITY, f64::INFINITY), None);
    }

    #[test]
    fn a_thumbnail_has_at_most_128_pixels_a_side() {
        let wide = DynamicImage::new_luma8(1000, 10);
        let made = image::load_from_memory(&thumbnail(&wide).unwrap()).unwrap();
        assert_eq!((made.width(), made.height()), (128, 1));
        let small = DynamicImage::new_rgb8(20, 30);
        let made = image::load_from_memory(&thumbnail(&small).unwrap()).unwrap();
        assert_eq!((made.width(), made.height()), (20, 30));
    }
}
