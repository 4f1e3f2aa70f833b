//! What stands out when many wafers are laid over each other.

use analytics::spatial::{DieGrid, Layer, Region, stack_cells};
use chrono::NaiveDate;
use synth::{Fab, Geometry, Plan, Signature, Specimen};

const WAFERS: u64 = 300;
/// Finer than a finger's mark is wide, so that no cell has much of it.
const CELL_MM: f64 = 2.0;
/// Directions in which the robot's fingers hold a wafer, degrees.
const FINGERS_DEG: [f64; 3] = [30.0, 150.0, 270.0];

fn geometry() -> Geometry {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let fab = Fab::new(Plan::new(1, end)).expect("a fab");
    fab.products()[0].geometry.clone()
}

/// Middles of the cells that stand out, mm, on wafers every fourth of which has been marked by the fingers a little.
fn marked(on: &Geometry, first_seed: u64, are_handled: bool) -> Vec<(f64, f64)> {
    let wafer = |seed: u64| {
        let marks =
            (are_handled && seed.is_multiple_of(4)).then_some((Signature::HandlingMarks, 2.0));
        let wafer = Specimen::new(seed, on, 15.0, marks);
        wafer
            .points
            .iter()
            .map(|point| (point.x, point.y))
            .collect()
    };
    let wafers: Vec<Vec<(f64, f64)>> = (first_seed..first_seed + WAFERS).map(wafer).collect();
    let layers: Vec<Layer<'_>> = (0..)
        .zip(&wafers)
        .map(|(wafer, points)| Layer {
            wafer,
            region: 0,
            points,
        })
        .collect();
    let grid = DieGrid {
        origin_mm: (on.die_origin_mm.x, on.die_origin_mm.y),
        pitch_mm: (on.pitch_mm.x, on.pitch_mm.y),
    };
    let region = Region {
        radius_mm: on.usable_radius_mm(),
        dies: Some((grid, on.dies.iter().copied().collect())),
    };
    let radius_mm = 150.0;
    let stacked = stack_cells(&layers, &[region], CELL_MM, radius_mm);
    let (stacked, across) = stacked.expect("can be stacked");
    let across = across as usize;
    let middle = |index: usize| CELL_MM * (index as f64 + 0.5) - radius_mm;
    (0..across * across)
        .filter(|&place| stacked.is_significant(place))
        .map(|place| (middle(place % across), middle(place / across)))
        .collect()
}

#[test]
fn marks_of_the_fingers_add_up_over_wafers_and_nothing_else_does() {
    let on = geometry();
    let marked_cells = marked(&on, 3_000_000, true);
    let away = |(x, y): (f64, f64), finger: f64| {
        let finger = finger.to_radians();
        let radius = on.usable_radius_mm() - 2.5;
        (x - radius * finger.cos()).hypot(y - radius * finger.sin())
    };
    for finger in FINGERS_DEG {
        let near = marked_cells.iter().filter(|&&at| away(at, finger) <= 8.0);
        let near = near.count();
        println!("finger at {finger} degrees: {near} cells");
        assert!(near >= 3, "{marked_cells:?}");
    }
    let is_stray = |at: &&(f64, f64)| FINGERS_DEG.iter().all(|&finger| away(**at, finger) > 14.0);
    let stray = marked_cells.iter().filter(is_stray).count();
    assert_eq!(stray, 0, "{marked_cells:?}");
    assert_eq!(marked(&on, 4_000_000, false), []);
}
