//! Decoding, on files that are made here.

mod bounds;
mod damaged;
mod pixel_size;

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb};
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16, RGBA8};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard, TiffValue};

use super::*;

async fn spool(name: &str, bytes: &[u8]) -> Spool {
    let (limits, folder) = (Limits::default(), std::env::temp_dir());
    let mut spooling = Spooling::new(name, &limits, &folder);
    spooling.push(bytes).await.expect("is taken");
    spooling.finish().await.expect("is whole")
}

async fn pictures(bytes: &[u8]) -> Result<Vec<Picture>, Refusal> {
    pictures_within(bytes, &Limits::default()).await
}

async fn pictures_within(bytes: &[u8], limits: &Limits) -> Result<Vec<Picture>, Refusal> {
    let mut file = ImageFile::open(&spool("a.tif", bytes).await, limits)?;
    let mut pictures = Vec::new();
    while let Some(picture) = file.page(pictures.len() as u32 + 1)? {
        pictures.push(picture);
    }
    Ok(pictures)
}

/// The page as the browser gets it.
fn shown(picture: &Picture) -> DynamicImage {
    let png = picture.display.as_ref().expect("a TIFF is shown as PNG");
    image::load_from_memory_with_format(png, ImageFormat::Png).expect("is PNG")
}

/// One page of a kind.
fn page<C: ColorType, K: TiffKind>(
    file: &mut TiffEncoder<&mut Cursor<Vec<u8>>, K>,
    size: (u32, u32),
    samples: &[C::Inner],
) where
    [C::Inner]: TiffValue,
{
    file.write_image::<C>(size.0, size.1, samples)
        .expect("is written");
}

fn tiff(write: impl FnOnce(&mut TiffEncoder<&mut Cursor<Vec<u8>>, TiffKindStandard>)) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    write(&mut TiffEncoder::new(&mut bytes).expect("a file"));
    bytes.into_inner()
}

#[tokio::test]
async fn each_page_of_a_tiff_becomes_a_png_of_its_own() {
    let bytes = tiff(|file| {
        page::<Gray8, _>(file, (3, 1), &[0, 100, 255]);
        page::<RGB8, _>(file, (1, 2), &[255, 0, 0, 0, 0, 255]);
        page::<RGBA8, _>(file, (1, 1), &[1, 2, 3, 4]);
    });
    let pictures = pictures(&bytes).await.expect("is read");
    assert_eq!(
        pictures.iter().map(|p| p.page).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(shown(&pictures[0]).into_luma8().as_raw(), &[0, 100, 255]);
    assert_eq!(
        shown(&pictures[1]).into_rgb8().as_raw(),
        &[255, 0, 0, 0, 0, 255]
    );
    assert_eq!(shown(&pictures[2]).into_rgba8().as_raw(), &[1, 2, 3, 4]);
    assert_eq!((pictures[1].width_px, pictures[1].height_px), (1, 2));
    assert!(
        pictures
            .iter()
            .all(|p| p.thumbnail.starts_with(b"\xff\xd8"))
    );
}

#[tokio::test]
async fn pages_are_found_in_any_order_and_the_one_after_the_last_is_none() {
    let bytes = tiff(|file| (1..=4).for_each(|grey| page::<Gray8, _>(file, (1, 1), &[grey])));
    let mut file = ImageFile::open(&spool("a.tif", &bytes).await, &Limits::default()).unwrap();
    for number in [3, 1, 4, 4, 2] {
        let picture = file.page(number).unwrap().expect("is there");
        assert_eq!(shown(&picture).into_luma8().as_raw(), &[number as u8]);
    }
    assert!(file.page(5).unwrap().is_none());
    assert!(file.page(0).unwrap().is_none());
}

#[tokio::test]
async fn a_page_of_twelve_bits_is_scaled_from_its_darkest_to_its_brightest() {
    let bytes = tiff(|file| page::<Gray16, _>(file, (3, 1), &[100, 2147, 4095]));
    let picture = pictures(&bytes).await.expect("is read").remove(0);
    assert_eq!(shown(&picture).into_luma8().as_raw(), &[0, 131, 255]);
    assert_eq!(
        (
            &picture.metadata["shown_black"],
            &picture.metadata["shown_white"]
        ),
        (&100.into(), &4095.into())
    );
    let colours = tiff(|file| page::<RGB16, _>(file, (1, 1), &[0, 500, 1000]));
    let picture = pictures(&colours).await.expect("is read").remove(0);
    assert_eq!(shown(&picture).into_rgb8().as_raw(), &[0, 128, 255]);
}

#[tokio::test]
async fn every_compression_that_is_taken_gives_the_same_pixels() {
    let samples: Vec<u8> = (0..64 * 48).map(|at| (at % 64 * 3) as u8).collect();
    for (name, compression) in [
        ("none", Compression::Uncompressed),
        ("LZW", Compression::Lzw),
        ("deflate", Compression::Deflate(DeflateLevel::Balanced)),
        ("PackBits", Compression::Packbits),
    ] {
        let mut bytes = Cursor::new(Vec::new());
        let mut file = TiffEncoder::new(&mut bytes)
            .unwrap()
            .with_compression(compression);
        file.write_image::<Gray8>(64, 48, &samples).unwrap();
        let picture = pictures(bytes.get_ref()).await.expect("is read").remove(0);
        assert_eq!(shown(&picture).into_luma8().as_raw(), &samples, "{name}");
    }
}

#[tokio::test]
async fn a_bigtiff_is_read_too() {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::<_, TiffKindBig>::new_big(&mut bytes).unwrap();
    file.write_image::<Gray8>(2, 1, &[7, 9]).unwrap();
    let picture = pictures(bytes.get_ref()).await.expect("is read").remove(0);
    assert_eq!(shown(&picture).into_luma8().as_raw(), &[7, 9]);
}

/// A TIFF by hand: entries of tag, type (3 short, 4 long), count and value, big or little endian.
fn by_hand(is_little: bool, entries: &[(u16, u16, u32, u32)], behind: &[u8]) -> Vec<u8> {
    let short = |value: u16| {
        if is_little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let long = |value: u32| {
        if is_little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let mut file = if is_little {
        b"II".to_vec()
    } else {
        b"MM".to_vec()
    };
    file.extend(short(42));
    file.extend(long(8));
    file.extend(short(entries.len() as u16));
    for (tag, kind, count, value) in entries {
        file.extend(short(*tag));
        file.extend(short(*kind));
        file.extend(long(*count));
        match kind {
            3 if *count == 1 => file.extend([short(*value as u16), [0, 0]].concat()),
            _ => file.extend(long(*value)),
        }
    }
    file.extend(long(0));
    file.extend(behind);
    file
}

/// Entries of a page of `bits` bits a sample; its samples lie at `at`.
fn entries(
    size: (u32, u32),
    bits: u32,
    photometric: u32,
    at: u32,
    bytes: u32,
) -> Vec<(u16, u16, u32, u32)> {
    vec![
        (256, 4, 1, size.0),
        (257, 4, 1, size.1),
        (258, 3, 1, bits),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, at),
        (277, 3, 1, 1),
        (278, 4, 1, size.1),
        (279, 4, 1, bytes),
    ]
}

#[tokio::test]
async fn white_may_be_zero() {
    for is_little in [true, false] {
        // Nine entries: the samples lie behind 8 + 2 + 9 * 12 + 4 bytes.
        let bytes = by_hand(is_little, &entries((3, 1), 8, 0, 122, 3), &[0, 55, 255]);
        let picture = pictures(&bytes).await.expect("is read").remove(0);
        assert_eq!(shown(&picture).into_luma8().as_raw(), &[255, 200, 0]);
    }
}

#[tokio::test]
async fn a_palette_gives_its_colours_in_both_byte_orders() {
    for is_little in [true, false] {
        for (bits, samples) in [(8, &[1, 0][..]), (4, &[0x10][..])] {
            let colours = 1 << bits;
            let mut page = entries((2, 1), bits, 3, 134, samples.len() as u32);
            page.push((320, 3, 3 * colours, 134 + samples.len() as u32));
            let mut map = vec![0_u16; 3 * colours as usize];
            (map[0], map[1 + colours as usize]) = (0xff00, 0xff00);
            let order = |value: &u16| {
                if is_little {
                    value.to_le_bytes()
                } else {
                    value.to_be_bytes()
                }
            };
            let behind: Vec<u8> = samples
                .iter()
                .copied()
                .chain(map.iter().flat_map(order))
                .collect();
            let bytes = by_hand(is_little, &page, &behind);
            let picture = pictures(&bytes).await.expect("is read").remove(0);
            let image = shown(&picture).into_rgb8();
            assert_eq!(
                (image.get_pixel(0, 0), image.get_pixel(1, 0)),
                (&Rgb([0, 255, 0]), &Rgb([255, 0, 0]))
            );
        }
    }
}

#[tokio::test]
async fn a_bilevel_page_is_black_and_white() {
    let bytes = by_hand(
        true,
        &entries((10, 2), 1, 1, 122, 4),
        &[0b1000_0000, 0, 0, 0b0100_0000],
    );
    let picture = pictures(&bytes).await.expect("is read").remove(0);
    let image = shown(&picture);
    let white: Vec<_> = image
        .pixels()
        .filter(|(_, _, pixel)| pixel[0] == 255)
        .map(|(x, y, _)| (x, y))
        .collect();
    assert_eq!(white, [(0, 0), (9, 1)]);
}

/// 16 x 16 pixels of red, green and blue in planes, in strips or tiles; both have one a plane.
fn in_planes(tiles: bool) -> Vec<u8> {
    let (offsets, counts, size) = if tiles {
        (324, 325, 322)
    } else {
        (273, 279, 278)
    };
    let mut page = vec![
        (256, 4, 1, 16),
        (257, 4, 1, 16),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (277, 3, 1, 3),
        (284, 3, 1, 2),
        (size, 4, 1, 16),
        (offsets, 4, 3, 0),
        (counts, 4, 3, 0),
    ];
    if tiles {
        page.push((323, 4, 1, 16));
    }
    let at = 8 + 2 + page.len() as u32 * 12 + 4;
    (page[8].3, page[9].3) = (at, at + 12);
    page.sort_unstable();
    let numbers = [at + 24, at + 24 + 256, at + 24 + 512, 256, 256, 256];
    let mut behind: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    for plane in [10, 20, 30] {
        behind.extend([plane; 256]);
    }
    by_hand(true, &page, &behind)
}

#[tokio::test]
async fn planes_are_read_from_strips_and_refused_in_tiles() {
    let picture = pictures(&in_planes(false))
        .await
        .expect("is read")
        .remove(0);
    let image = shown(&picture).into_rgb8();
    assert!(image.pixels().all(|pixel| pixel.0 == [10, 20, 30]));
    let refused = pictures(&in_planes(true))
        .await
        .expect_err("makes the decoder give up");
    assert!(refused.rule.contains("planes in tiles"), "{refused}");
}
