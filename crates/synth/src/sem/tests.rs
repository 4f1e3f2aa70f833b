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

/// Extent in x and y of what differs between an image and its reference, in um.
///
/// Both are smoothed over 3 x 3 pixels, and what differs by less than a third of the greatest difference is the
/// defect's shadow or noise.
fn drawn_extent_um(subject: &Subject) -> (f64, f64) {
    let taken = image(subject);
    let (with, without) = (decoded(&taken), decoded(&reference_image(subject)));
    let (width, field) = (WIDTH_PX as usize, (HEIGHT_PX - DATA_BAR_PX) as usize);
    let smooth = |x: usize, y: usize| -> u32 {
        let around = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| y * width + x));
        around
            .map(|i| u32::from(with[i].abs_diff(without[i])))
            .sum()
    };
    let inner = || (1..field - 1).flat_map(|y| (1..width - 1).map(move |x| (x, y)));
    let greatest = inner().map(|(x, y)| smooth(x, y)).max().unwrap();
    let (mut left, mut right, mut top, mut bottom) = (width, 0, field, 0);
    for (x, y) in inner().filter(|&(x, y)| 3 * smooth(x, y) > greatest) {
        (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
    }
    let um = |px: usize| (px + 1) as f64 * taken.pixel_size_nm / 1000.0;
    (um(right - left), um(bottom - top))
}

#[test]
fn the_drawn_defect_has_the_size_and_aspect_of_the_subject() {
    let compact = [
        Kind::Particle,
        Kind::EmbeddedParticle,
        Kind::MetalParticle,
        Kind::Residue,
        Kind::SlurryResidue,
        Kind::Pit,
        Kind::Void,
        Kind::CrystalOriginatedParticle,
        Kind::StackingFault,
        Kind::Corrosion,
        Kind::Discoloration,
        Kind::Watermark,
        Kind::Flake,
    ];
    let mut wrong = Vec::new();
    for kind in compact {
        for (seed, size_um, aspect) in [
            (1, 0.15, 1.0),
            (2, 0.4, 1.6),
            (3, 1.2, 0.6),
            (4, 5.0, 1.0),
            (5, 33.0, 1.3),
        ] {
            let subject = Subject {
                seed,
                size_um,
                aspect,
                ..subject(seed, kind, Background::Bare)
            };
            let (x_um, y_um) = drawn_extent_um(&subject);
            let (want_x, want_y) = (size_um * aspect.min(1.0), size_um / aspect.max(1.0));
            if (x_um / want_x - 1.0).abs() > 0.2 || (y_um / want_y - 1.0).abs() > 0.2 {
                wrong.push(format!(
                    "{kind:?} {seed}: {x_um:.3} x {y_um:.3} um for {want_x:.3} x {want_y:.3}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_defect_takes_a_sixth_to_a_third_of_the_width() {
    for seed in 0..300 {
        let size_um = 0.02 * 1.03f64.powi(seed as i32);
        let image = image(&Subject {
            size_um,
            ..subject(seed, Kind::Pit, Background::Bare)
        });
        let share = size_um / image.field_of_view_um;
        assert!(
            (1.0 / 6.0 - 1e-9..=1.0 / 3.0 + 1e-9).contains(&share),
            "{size_um} um takes {share}"
        );
        assert!(
            (image.pixel_size_nm * f64::from(image.width_px) / 1000.0 / image.field_of_view_um
                - 1.0)
                .abs()
                < 1e-9
        );
        assert!((image.magnification * image.field_of_view_um - 127_000.0).abs() < 1e-6);
    }
}

#[test]
fn images_take_nine_kilobytes_on_average() {
    const IMAGES: u64 = 540;
    let bytes: usize = (0..IMAGES)
        .map(|seed| {
            let kind = Kind::ALL[seed as usize % 18];
            let background = BACKGROUNDS[seed as usize / 18 % BACKGROUNDS.len()];
            let size_um = 0.06 * 1.006f64.powi(seed as i32);
            image(&Subject {
                size_um,
                ..subject(seed, kind, background)
            })
            .png
            .len()
        })
        .sum();
    let mean = bytes / IMAGES as usize;
    assert!((4_000..=9_000).contains(&mean), "{mean} bytes");
}

#[test]
fn a_charging_defect_darkens_its_scan_lines_to_the_right() {
    let calm = subject(11, Kind::Flake, Background::Bare);
    let charged = Subject {
        charging: 1.0,
        ..calm
    };
    let beside = |subject: &Subject| -> u32 {
        let (levels, view) = (decoded(&image(subject)), View::of(subject));
        let from = (view.x + view.half_width) as usize + 6;
        let row = |y: usize| {
            levels[y * WIDTH_PX as usize..][from..from + 20]
                .iter()
                .map(|&l| u32::from(l))
                .sum::<u32>()
        };
        ((view.y - 5.0) as usize..(view.y + 5.0) as usize)
            .map(row)
            .sum()
    };
    assert!(beside(&charged) * 10 < beside(&calm) * 9);
}

#[test]
fn sizes_and_aspects_out_of_range_are_drawn_at_the_limit() {
    let subject = subject(1, Kind::Particle, Background::Bare);
    for (size_um, aspect) in [
        (0.0, 1.0),
        (-1.0, 0.0),
        (1e9, 1e9),
        (f64::INFINITY, f64::NEG_INFINITY),
    ] {
        let image = image(&Subject {
            size_um,
            aspect,
            ..subject
        });
        assert!(
            (0.03..=6000.0).contains(&image.field_of_view_um),
            "{}",
            image.field_of_view_um
        );
    }
}
