//! How large a pixel is, by what files say of it.

use tiff::encoder::Rational;
use tiff::tags::{ResolutionUnit, Tag};

use super::*;

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
