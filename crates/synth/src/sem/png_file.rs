//! The image as a PNG of 4 bits per pixel.

use miniz_oxide::deflate::core::{CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus};
use miniz_oxide::deflate::core::{compress_to_output, create_comp_flags_from_zip_params};
use png::{BitDepth, ColorType, Encoder, Filter, chunk};

use super::{DATA_BAR_PX, HEIGHT_PX, WIDTH_PX};

/// Bytes of a row of pixels.
const ROW: usize = WIDTH_PX as usize / 2;

/// Packs levels of 0 to 15, row by row, into a PNG.
pub(super) fn encode(levels: &[u8]) -> Vec<u8> {
    let packed: Vec<u8> = levels
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    let mut png = Vec::with_capacity(16 * 1024);
    let mut encoder = Encoder::new(&mut png, WIDTH_PX, HEIGHT_PX);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Four);
    let mut writer = encoder.write_header().expect("a Vec takes all bytes");
    writer
        .write_chunk(chunk::IDAT, &deflate(&smallest(&packed)))
        .expect("a Vec takes all bytes");
    writer.finish().expect("a Vec takes all bytes");
    png
}

/// The rows after that filter which leaves the least entropy: none for a plain surface, for lines the one along them.
///
/// The usual choice, least absolute differences row by row, takes a byte for one pixel.
fn smallest(packed: &[u8]) -> Vec<u8> {
    let filters =
        [Filter::NoFilter, Filter::Sub, Filter::Up].map(|filter| filtered(packed, filter));
    filters
        .into_iter()
        .min_by(|a, b| entropy_bits(a).total_cmp(&entropy_bits(b)))
        .unwrap_or_default()
}

/// The rows, each led by the number of its filter.
fn filtered(packed: &[u8], filter: Filter) -> Vec<u8> {
    let mut rows = Vec::with_capacity(packed.len() + HEIGHT_PX as usize);
    let mut above = &[0; ROW][..];
    for row in packed.chunks_exact(ROW) {
        rows.push(filter as u8);
        match filter {
            Filter::Sub => {
                rows.push(row[0]);
                rows.extend(
                    row[1..]
                        .iter()
                        .zip(row)
                        .map(|(here, left)| here.wrapping_sub(*left)),
                );
            }
            Filter::Up => rows.extend(
                row.iter()
                    .zip(above)
                    .map(|(here, above)| here.wrapping_sub(*above)),
            ),
            _ => rows.extend_from_slice(row),
        }
        above = row;
    }
    rows
}

/// Entropy of all bytes together, each taken on its own, in bits.
fn entropy_bits(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    bytes
        .iter()
        .for_each(|&byte| counts[usize::from(byte)] += 1);
    let seen = counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32);
    seen.map(|count| count * libm::log2f(bytes.len() as f32 / count))
        .sum()
}

/// A zlib stream of Huffman codes alone, with codes of their own for the data bar.
///
/// The few repetitions in noise are accidents: to look for them takes four times as long and makes the file longer.
/// `png`'s own compression has no such setting, and which library does it depends on what else is in the build.
fn deflate(rows: &[u8]) -> Vec<u8> {
    const WINDOW_BITS: i32 = 15;
    let flags =
        create_comp_flags_from_zip_params(1, WINDOW_BITS, CompressionStrategy::HuffmanOnly as i32);
    let mut compressor = CompressorOxide::new(flags);
    let mut stream = Vec::with_capacity(rows.len() / 2);
    let (field, bar) = rows.split_at(rows.len() - DATA_BAR_PX as usize * (ROW + 1));
    for (part, flush) in [(field, TDEFLFlush::Sync), (bar, TDEFLFlush::Finish)] {
        let (status, _) = compress_to_output(&mut compressor, part, flush, |bytes| {
            stream.extend_from_slice(bytes);
            true
        });
        debug_assert!(
            matches!(status, TDEFLStatus::Okay | TDEFLStatus::Done),
            "{status:?}"
        );
    }
    stream
}
