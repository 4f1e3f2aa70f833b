//! Files that are larger than is taken.

use super::*;

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
