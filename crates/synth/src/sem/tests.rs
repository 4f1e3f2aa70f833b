//! What a caller relies on, read back from the PNG.

use super::*;

/// Grey levels (0 to 15), row by row from the top.
fn decoded(image: &Image) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(&image.png))
        .read_info()
        .unwrap();
    let mut packed = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut packed).unwrap();
    assert_eq!(
        (frame.width, frame.height),
        (image.width_px, image.height_px)
    );
    assert_eq!(
        (frame.color_type, frame.bit_depth),
        (png::ColorType::Grayscale, png::BitDepth::Four)
    );
    packed
        .iter()
        .flat_map(|pair| [pair >> 4, pair & 15])
        .collect()
}

const BACKGROUNDS: [Background; 5] = [
    Background::Bare,
    Background::Film,
    Background::LineSpace {
        pitch_nm: 180.0,
        angle_deg: 0.0,
        material: LineMaterial::Resist,
    },
    Background::ContactHoles { pitch_nm: 200.0 },
    Background::MetalGrain { grain_nm: 150.0 },
];

fn subject(seed: u64, kind: Kind, background: Background) -> Subject {
    Subject {
        seed,
        kind,
        size_um: 0.4,
        aspect: 1.0,
        background,
        charging: 0.0,
    }
}

#[test]
fn one_seed_gives_the_same_bytes_and_another_seed_gives_others() {
    for kind in Kind::ALL {
        let first = image(&subject(7, kind, Background::Film));
        assert_eq!(
            first,
            image(&subject(7, kind, Background::Film)),
            "{kind:?}"
        );
        assert_ne!(
            first.png,
            image(&subject(8, kind, Background::Film)).png,
            "{kind:?}"
        );
    }
}

#[test]
fn the_scale_bar_is_as_long_as_it_says() {
    for (seed, size_um) in [0.03, 0.08, 0.2, 0.5, 1.3, 4.0, 11.0, 60.0]
        .into_iter()
        .enumerate()
    {
        let image = image(&Subject {
            size_um,
            ..subject(seed as u64, Kind::Particle, Background::Bare)
        });
        let levels = decoded(&image);
        let row = &levels[(HEIGHT_PX - 7) as usize * WIDTH_PX as usize..][..WIDTH_PX as usize];
        let bar_px = row
            .iter()
            .rev()
            .skip_while(|&&level| level != 15)
            .take_while(|&&level| level == 15)
            .count();
        let drawn_um = bar_px as f64 * image.pixel_size_nm / 1000.0;
        let half_a_pixel_um = image.pixel_size_nm / 2000.0;
        assert!(
            (drawn_um - image.scale_bar_um).abs() <= half_a_pixel_um,
            "{drawn_um} um for {}",
            image.scale_bar_um
        );
        let mantissa = image.scale_bar_um / 10f64.powf(image.scale_bar_um.log10().floor());
        assert!(
            [1.0, 2.0, 5.0, 10.0]
                .iter()
                .any(|round| (mantissa - round).abs() < 1e-6),
            "{}",
            image.scale_bar_um
        );
    }
}

#[test]
fn every_kind_is_seen_on_every_background() {
    for background in BACKGROUNDS {
        for kind in Kind::ALL {
            let subject = subject(3, kind, background);
            let (with, without) = (
                decoded(&image(&subject)),
                decoded(&reference_image(&subject)),
            );
            let changed = with
                .iter()
                .zip(&without)
                .filter(|(a, b)| a.abs_diff(**b) >= 2)
                .count();
            assert!(
                changed > 40,
                "{kind:?} on {background:?} changes {changed} pixels"
            );
        }
    }
}
