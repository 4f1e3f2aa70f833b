//! How long 2,000 inspections with 200,000 defects take to stack: cells, dies, reticle field.

use std::f64::consts::TAU;
use std::time::Instant;

use analytics::spatial::{DieGrid, Layer, Placed, Region, stack_cells, stack_dies, stack_field};

const RADIUS_MM: f64 = 147.0;
const WAFERS: u32 = 2_000;
const DEFECTS: u32 = 100;

fn main() {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut point = || {
        let (radius, angle) = (RADIUS_MM * next().sqrt(), TAU * next());
        (radius * angle.cos(), radius * angle.sin())
    };
    let wafers: Vec<Vec<(f64, f64)>> = (0..WAFERS)
        .map(|wafer| {
            (0..DEFECTS / 2 + wafer % DEFECTS)
                .map(|_| point())
                .collect()
        })
        .collect();
    let layers: Vec<Layer<'_>> = (0..)
        .zip(&wafers)
        .map(|(wafer, points)| Layer {
            wafer,
            region: 0,
            points,
        })
        .collect();
    let placed = layers.iter().flat_map(|layer| {
        layer.points.iter().map(|&at_mm| Placed {
            at_mm,
            wafer: layer.wafer,
        })
    });
    let placed: Vec<Placed> = placed.collect();
    let disc = [Region {
        radius_mm: RADIUS_MM,
        dies: None,
    }];
    let grid = DieGrid {
        origin_mm: (-6.3, -4.9),
        pitch_mm: (12.6, 9.8),
    };
    let all = (-12..=12).flat_map(|column| (-15..=15).map(move |row| (column, row)));
    let dies: Vec<(i32, i32)> = all.collect();

    println!("{} defects of {} inspections", placed.len(), layers.len());
    time("cells of 5 mm", || {
        stack_cells(&layers, &disc, 5.0, 150.0).map(drop)
    });
    time("cells of 1 mm", || {
        stack_cells(&layers, &disc, 1.0, 150.0).map(drop)
    });
    time("dies", || {
        stack_dies(&layers, &disc, &grid, &dies).map(drop)
    });
    time("field, size found", || {
        stack_field(&placed, &grid, None, 0.05).map(drop)
    });
    time("field, size given", || {
        stack_field(&placed, &grid, Some((2, 3)), 0.05).map(drop)
    });
}

fn time(what: &str, run: impl Fn() -> Result<(), analytics::Error>) {
    let began = Instant::now();
    run().expect("can be stacked");
    println!("{what}: {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
}
