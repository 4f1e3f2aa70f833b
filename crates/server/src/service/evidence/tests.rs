//! Decoding, on files that are made here.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb};
use proptest::prelude::*;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16, RGBA8};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{
    Compression, Rational, TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard, TiffValue,
};
use tiff::tags::{ResolutionUnit, Tag};

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

#[tokio::test]
async fn a_bomb_is_refused_by_its_size_before_memory_is_taken() {
    // 4 gigapixels in some hundred bytes.
    let bytes = by_hand(true, &entries((65_000, 65_000), 8, 1, 122, 3), &[0; 3]);
    let refused = pictures(&bytes).await.expect_err("is a bomb");
    assert_eq!(
        refused.to_string(),
        "`a.tif`, page 1, has 65000 x 65000 pixels; at most 64000000 are taken, and 65535 a side"
    );
    let tall = by_hand(true, &entries((1, 100_000), 8, 1, 122, 3), &[0; 3]);
    assert!(
        pictures(&tall)
            .await
            .expect_err("is too tall")
            .rule
            .contains("65535 a side")
    );
}

#[tokio::test]
async fn a_png_bomb_is_refused_by_its_size() {
    // A real one: 30,000 x 30,000 white pixels of one bit, 110 kB deflated.
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 30_000, 30_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&vec![0; 30_000 / 8 * 30_000])
        .unwrap();
    writer.finish().unwrap();
    assert!(bytes.len() < 200_000);
    let refused = pictures(&bytes).await.expect_err("is a bomb");
    assert!(
        refused
            .rule
            .starts_with("has 30000 x 30000 pixels; at most"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_jpeg_bomb_is_refused_by_its_size() {
    let mut bytes = Vec::new();
    let small = DynamicImage::new_luma8(8, 8);
    small
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)
        .unwrap();
    // Height and width of the frame header.
    let frame = bytes
        .windows(2)
        .position(|marker| marker == [0xff, 0xc0])
        .unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let refused = pictures(&bytes).await.expect_err("is a bomb");
    assert!(
        refused.rule.starts_with("has 65535 x 65535 pixels"),
        "{refused}"
    );
}

#[tokio::test]
async fn decoded_bytes_count_not_only_pixels() {
    let limits = Limits {
        decoded_bytes: 5,
        ..Limits::default()
    };
    let bytes = tiff(|file| page::<RGB8, _>(file, (2, 1), &[0; 6]));
    let refused = pictures_within(&bytes, &limits)
        .await
        .expect_err("six bytes");
    assert!(
        refused.rule.starts_with("takes 6 bytes when decoded"),
        "{refused}"
    );
}

#[tokio::test]
async fn pages_beyond_the_limit_are_refused() {
    let limits = Limits {
        pages: 2,
        ..Limits::default()
    };
    let bytes = tiff(|file| (1..=3).for_each(|grey| page::<Gray8, _>(file, (1, 1), &[grey])));
    let refused = pictures_within(&bytes, &limits).await.expect_err("page 3");
    assert_eq!(
        refused.to_string(),
        "`a.tif`, page 3, lies beyond the 2 pages that are looked at"
    );
}

#[tokio::test]
async fn directories_that_go_in_circles_end() {
    let mut bytes = by_hand(true, &entries((1, 1), 8, 1, 122, 1), &[0]);
    bytes[118..122].copy_from_slice(&8_u32.to_le_bytes());
    assert!(pictures(&bytes).await.is_err());
}

#[tokio::test]
async fn a_microscopes_resolution_is_the_pixel_size_and_a_screens_is_not() {
    let with = |per_unit: u32, unit| {
        tiff(|file| {
            let mut image = file.new_image::<Gray8>(1, 1).unwrap();
            image.resolution(unit, Rational { n: per_unit, d: 1 });
            image.write_data(&[0]).unwrap();
        })
    };
    // 4,000,000 pixels a cm are 2.5 nm each.
    let fine = with(4_000_000, ResolutionUnit::Centimeter);
    let pixel = pictures(&fine).await.unwrap()[0]
        .pixel_size_nm
        .expect("is known");
    assert!((pixel - 2.5).abs() < 1e-6, "{pixel}");
    let screen = with(96, ResolutionUnit::Inch);
    assert_eq!(pictures(&screen).await.unwrap()[0].pixel_size_nm, None);
}

#[tokio::test]
async fn a_tools_own_tag_goes_before_the_resolution() {
    let bytes = tiff(|file| {
        let mut image = file.new_image::<Gray8>(1, 1).unwrap();
        image.resolution(ResolutionUnit::Centimeter, Rational { n: 4_000_000, d: 1 });
        let text = "[Beam]\r\nHV=2000\r\n[Scan]\r\nPixelWidth=3e-9\r\nPixelHeight=3e-9\r\n";
        image
            .encoder()
            .write_tag(Tag::Unknown(34_682), text)
            .unwrap();
        image.write_data(&[0]).unwrap();
    });
    let picture = pictures(&bytes).await.unwrap().remove(0);
    assert_eq!(picture.pixel_size_nm, Some(3.0));
    assert_eq!(picture.metadata["beam_kv"], 2.0);
}

#[tokio::test]
async fn a_png_says_its_pixel_size_in_its_physical_dimensions() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: 200_000_000,
        yppu: 200_000_000,
        unit: png::Unit::Meter,
    }));
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[0])
        .unwrap();
    let picture = pictures(&bytes).await.unwrap().remove(0);
    assert_eq!(picture.pixel_size_nm, Some(5.0));
    assert!(picture.display.is_none(), "a browser shows PNG as it is");
}

#[tokio::test]
async fn a_file_that_is_cut_off_is_damaged() {
    let samples = vec![9; 100 * 100];
    let whole = tiff(|file| page::<Gray8, _>(file, (100, 100), &samples));
    let refused = pictures(&whole[..whole.len() / 2])
        .await
        .expect_err("is cut off");
    assert!(refused.rule.contains("damaged"), "{refused}");
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(500, 500)
            .write_to(&mut bytes, format)
            .unwrap();
        let bytes = bytes.into_inner();
        let cut = pictures(&bytes[..bytes.len() / 4]).await;
        assert!(cut.is_err(), "{format:?}");
    }
}

/// Beginnings of files, so that chance gets further than the magic number.
fn seeds() -> Vec<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(9, 7)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(9, 7)
        .write_to(&mut jpeg, ImageFormat::Jpeg)
        .unwrap();
    let mut lzw = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut lzw)
        .unwrap()
        .with_compression(Compression::Lzw);
    file.write_image::<Gray16>(9, 7, &[300; 63]).unwrap();
    let mut palette = entries((2, 1), 8, 3, 134, 2);
    palette.push((320, 3, 768, 136));
    vec![
        png.into_inner(),
        jpeg.into_inner(),
        lzw.into_inner(),
        by_hand(true, &palette, &[0; 1538]),
        by_hand(false, &entries((3, 1), 8, 0, 122, 3), &[0, 55, 255]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_bytes_are_sent_are_read_or_refused(
        seed in 0..5_usize,
        changes in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 0..8),
        cut in 0.0..1.2_f64,
    ) {
        let mut bytes = seeds().swap_remove(seed);
        let length = bytes.len() as f64;
        for (place, value) in changes {
            bytes[(place * length) as usize] = value;
        }
        bytes.truncate((cut * length) as usize);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (limits, folder) = (Limits { pixels: 1 << 20, ..Limits::default() }, std::env::temp_dir());
            let mut spooling = Spooling::new("x", &limits, &folder);
            if spooling.push(&bytes).await.is_err() {
                return;
            }
            let Ok(spool) = spooling.finish().await else { return };
            if let Ok(mut file) = ImageFile::open(&spool, &limits) {
                for page in 1..4 {
                    let _ = file.page(page);
                }
            }
        });
    }

    #[test]
    fn random_bytes_behind_a_magic_number_are_read_or_refused(
        magic in 0..4_usize,
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let magic = [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"II\x2a\x00\x08\0\0\0", b"MM\x00\x2a\0\0\0\x08"][magic];
        let bytes = [magic, &bytes].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        // An error or pictures; a panic fails the test.
        drop(runtime.block_on(pictures(&bytes)));
    }
}
