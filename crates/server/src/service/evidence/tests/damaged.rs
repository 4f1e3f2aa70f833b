//! Files that are cut off, go in circles, or hold whatever bytes.

use proptest::prelude::*;

use super::*;

#[tokio::test]
async fn directories_that_go_in_circles_end() {
    let mut bytes = by_hand(true, &entries((1, 1), 8, 1, 122, 1), &[0]);
    bytes[118..122].copy_from_slice(&8_u32.to_le_bytes());
    assert!(pictures(&bytes).await.is_err());
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
