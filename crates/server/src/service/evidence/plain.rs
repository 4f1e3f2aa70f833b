//! PNG and JPEG: files that a browser shows as they are.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder, ImageReader};
use png::Unit;
use serde_json::{Map, json};

use super::picture::{Picture, pixel_size, thumbnail};
use super::{Format, Limits};

/// Reads an image; the whole of it, so that what a browser is given can be shown.
///
/// # Errors
/// The rule that the file breaks, as the end of a sentence that begins with it.
pub(super) fn picture(bytes: &[u8], format: Format, limits: &Limits) -> Result<Picture, String> {
    let mut metadata = Map::new();
    let (image, pixel_size_nm) = match format {
        Format::Png => {
            let header = png_header(bytes, limits)?;
            if header.bits > 8 {
                metadata.insert("bits_per_sample".to_owned(), json!(header.bits));
            }
            (
                decode(bytes, image::ImageFormat::Png, limits)?,
                header.pixel_size_nm,
            )
        }
        _ => {
            let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
            let (width, height) = decoder.dimensions();
            let bytes_per_pixel = u64::from(decoder.color_type().bytes_per_pixel());
            limits.check(width, height, bytes_per_pixel)?;
            if !is_whole_jpeg(bytes) {
                return Err("is damaged: it ends before its image does".to_owned());
            }
            (decode(bytes, image::ImageFormat::Jpeg, limits)?, None)
        }
    };
    Ok(Picture {
        page: 1,
        width_px: image.width(),
        height_px: image.height(),
        pixel_size_nm,
        metadata,
        display: None,
        thumbnail: thumbnail(&image).map_err(damaged)?,
    })
}

/// Whether the end marker stands behind the last scan: the decoder fills what is missing with grey.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    last([0xff, 0xd9]) > last([0xff, 0xda])
}

fn decode(
    bytes: &[u8],
    format: image::ImageFormat,
    limits: &Limits,
) -> Result<DynamicImage, String> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut own = image::Limits::default();
    own.max_alloc = Some(limits.decoded_bytes);
    reader.limits(own);
    reader.decode().map_err(damaged)
}

struct PngHeader {
    bits: u8,
    pixel_size_nm: Option<f64>,
}

/// What stands in front of the pixels, its size compared with the limits.
fn png_header(bytes: &[u8], limits: &Limits) -> Result<PngHeader, String> {
    // Texts and profiles in front of the pixels are compressed too.
    let memory = png::Limits {
        bytes: usize::try_from(limits.image_bytes).unwrap_or(usize::MAX),
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), memory);
    let size = decoder.read_header_info().map_err(damaged)?;
    let samples = size.color_type.samples() as u64;
    // A palette becomes colours with transparency.
    let samples = if size.color_type == png::ColorType::Indexed {
        4
    } else {
        samples
    };
    let wide = u64::from(size.bit_depth == png::BitDepth::Sixteen);
    limits.check(size.width, size.height, samples * (1 + wide))?;
    let reader = decoder.read_info().map_err(damaged)?;
    let info = reader.info();
    let pixel_size_nm = info.pixel_dims.and_then(|dims| match dims.unit {
        Unit::Meter => pixel_size(1e9 / f64::from(dims.xppu), 1e9 / f64::from(dims.yppu)),
        Unit::Unspecified => None,
    });
    Ok(PngHeader {
        bits: info.bit_depth as u8,
        pixel_size_nm,
    })
}

fn damaged(error: impl std::fmt::Display) -> String {
    format!("is damaged: {error}")
}
