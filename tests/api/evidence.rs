//! Images and spectra to send, made on the spot, and a defect to send them to.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::{Gray8, Gray16};

use crate::harness::{Answer, Client};
use crate::seed;

/// A ramp of grey; `shade` makes its bytes differ from those of others.
pub fn ramp(shade: u8) -> DynamicImage {
    let pixel = |x: u32, y: u32| Luma([shade.wrapping_add((x + y) as u8)]);
    DynamicImage::ImageLuma8(GrayImage::from_fn(200, 150, pixel))
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("is written");
    bytes.into_inner()
}

pub fn png(shade: u8) -> Vec<u8> {
    encoded(&ramp(shade), ImageFormat::Png)
}

pub fn jpeg(shade: u8) -> Vec<u8> {
    encoded(&ramp(shade), ImageFormat::Jpeg)
}

/// A page of each of these shades, 4 x 3 pixels of it.
pub fn tiff(shades: &[u8]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut bytes).expect("a file");
    for shade in shades {
        file.write_image::<Gray8>(4, 3, &[*shade; 12])
            .expect("a page");
    }
    bytes.into_inner()
}

/// A page of this size, of bytes that do not compress; the file has as many.
pub fn tiff_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut bytes).expect("a file");
    let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
    let samples: Vec<u8> = (0..width * height).map(noise).collect();
    file.write_image::<Gray8>(width, height, &samples)
        .expect("a page");
    bytes.into_inner()
}

/// Two pixels of 12 bits in 16.
pub fn tiff_16_bits() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut bytes).expect("a file");
    file.write_image::<Gray16>(2, 1, &[100, 4095])
        .expect("a page");
    bytes.into_inner()
}

/// The spectrum of a particle of these elements, in equal shares.
pub fn spectrum(elements: &[&'static str]) -> Vec<u8> {
    let share = 1.0 / elements.len() as f64;
    let composition: Vec<_> = elements.iter().map(|symbol| (*symbol, share)).collect();
    let made = synth::spectrum::spectrum(&synth::spectrum::Recipe {
        seed: 7,
        composition: &composition,
        beam_energy_kev: 15.0,
        live_time_s: 60.0,
        counts_per_second: 2000.0,
    });
    edx::msa::write(&made).into_bytes()
}

/// Sends files to a route.
pub async fn send(client: &Client, path: &str, files: &[(&str, Vec<u8>)]) -> Answer {
    let part = |form: Form, (name, bytes): &(&str, Vec<u8>)| {
        let part = Part::bytes(bytes.clone()).file_name((*name).to_owned());
        form.part("files", part)
    };
    let form = files.iter().fold(Form::new(), part);
    client
        .answer(client.request(Method::POST, path).multipart(form))
        .await
}

/// An inspection of some particles: its id, and those of its defects.
pub async fn inspection(engineer: &Client, count: u32) -> (String, Vec<String>) {
    let kind = seed::defect_type(engineer, "Particle", 2, false).await;
    let wafer = seed::wafer(engineer, 1).await;
    let inspection = seed::inspection(engineer, &wafer, "M1", 1).await;
    seed::defects(engineer, &inspection, kind, count).await;
    let ids = defect_ids(engineer, &inspection).await;
    (inspection, ids)
}

pub async fn defect_ids(client: &Client, inspection: &str) -> Vec<String> {
    let list = client
        .get(&format!("/inspections/{inspection}/defects"))
        .await;
    let ids = list.rows().iter().map(|row| seed::id(&row["defect_id"]));
    ids.collect()
}
