//! Samples as a TIFF holds them, turned into eight bits each.

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};

/// How the samples of a page make its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    Rgb,
    Rgba,
}

/// The values that were shown black and white, where a page has more than eight bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    pub black: u16,
    pub white: u16,
}

/// An image from bytes; `None` where they are not as many as its size says.
pub(super) fn image(
    width: u32,
    height: u32,
    layout: Layout,
    bytes: Vec<u8>,
) -> Option<DynamicImage> {
    let samples = match layout {
        Layout::Grey => 1,
        Layout::Rgb => 3,
        Layout::Rgba => 4,
    };
    // The library takes more bytes than needed here, and panics later.
    if bytes.len() as u64 != u64::from(width) * u64::from(height) * samples {
        return None;
    }
    Some(match layout {
        Layout::Grey => DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, bytes)?),
        Layout::Rgb => DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, bytes)?),
        Layout::Rgba => DynamicImage::ImageRgba8(RgbaImage::from_raw(width, height, bytes)?),
    })
}

/// Sixteen bits to eight: the darkest sample of the page becomes 0, the brightest 255, those between linearly,
/// over all colours alike. Tools write 10, 12 or 14 bits into 16; the high byte alone would be black.
pub(super) fn scaled(samples: &[u16]) -> (Vec<u8>, Scale) {
    let black = samples.iter().copied().min().unwrap_or(0);
    let white = samples.iter().copied().max().unwrap_or(0);
    let scale = Scale { black, white };
    let range = u32::from(white - black);
    if range == 0 {
        return (vec![(white >> 8) as u8; samples.len()], scale);
    }
    let level = |sample: &u16| ((u32::from(*sample - black) * 255 + range / 2) / range) as u8;
    (samples.iter().map(level).collect(), scale)
}

/// Samples of 1, 2 or 4 bits, packed from the highest bit with each row on a byte of its own, one to a byte.
pub(super) fn unpacked(rows: &[u8], width: usize, bits: u8) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let mask = u8::MAX >> (8 - bits);
    let stride = width.div_ceil(per_byte);
    let row = |row: &[u8]| {
        let sample = |at: usize| {
            let shift = 8 - bits * (at % per_byte + 1) as u8;
            (row[at / per_byte] >> shift) & mask
        };
        (0..width).map(sample).collect::<Vec<u8>>()
    };
    rows.chunks_exact(stride).flat_map(row).collect()
}

/// Levels of `bits` bits over the whole range of eight.
pub(super) fn stretched(mut levels: Vec<u8>, bits: u8) -> Vec<u8> {
    let step = 255 / (u8::MAX >> (8 - bits));
    levels.iter_mut().for_each(|level| *level *= step);
    levels
}

/// Colours of indices; `map` holds all reds, then all greens, then all blues, of sixteen bits.
pub(super) fn coloured(indices: &[u8], map: &[u16]) -> Option<Vec<u8>> {
    let colours = map.len() / 3;
    let colour = |index: &u8| {
        let index = usize::from(*index);
        (index < colours).then(|| [0, 1, 2].map(|part| (map[part * colours + index] >> 8) as u8))
    };
    let pixels: Option<Vec<[u8; 3]>> = indices.iter().map(colour).collect();
    Some(pixels?.into_flattened())
}

/// Planes one after the other to samples side by side.
pub(super) fn interleaved<T: Copy>(planes: &[T], count: usize) -> Vec<T> {
    let pixels = planes.len() / count;
    let pixel = |at: usize| (0..count).map(move |plane| planes[plane * pixels + at]);
    (0..pixels).flat_map(pixel).collect()
}

/// The first of every `count` samples.
pub(super) fn first_of<T: Copy>(samples: &[T], count: usize) -> Vec<T> {
    samples.iter().step_by(count).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_bits_fill_the_whole_range() {
        let (levels, scale) = scaled(&[100, 2147, 4095]);
        assert_eq!(levels, [0, 131, 255]);
        assert_eq!((scale.black, scale.white), (100, 4095));
        assert_eq!(scaled(&[0x8000; 2]).0, [0x80; 2]);
        assert_eq!(scaled(&[0, 65_535]).0, [0, 255]);
    }

    #[test]
    fn rows_of_packed_samples_begin_on_a_byte() {
        assert_eq!(
            unpacked(&[0b1010_0000, 0b0100_0000], 3, 1),
            [1, 0, 1, 0, 1, 0]
        );
        assert_eq!(unpacked(&[0x1f, 0xa0], 3, 4), [1, 15, 10]);
        assert_eq!(stretched(vec![0, 1, 15], 4), [0, 17, 255]);
    }

    #[test]
    fn an_index_beyond_the_palette_is_no_colour() {
        let map = [0xff00, 0, 0, 0xff00, 0, 0x8000];
        assert_eq!(
            coloured(&[1, 0], &map),
            Some(vec![0, 0xff, 0x80, 0xff, 0, 0])
        );
        assert_eq!(coloured(&[2], &map), None);
    }

    #[test]
    fn planes_come_side_by_side() {
        assert_eq!(interleaved(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5, 2, 4, 6]);
    }
}
