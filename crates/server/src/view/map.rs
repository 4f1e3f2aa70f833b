//! Wafer maps: dies and defects as columns, ready to draw.

use contract::analytics::{MapDies, MapInspection};
use contract::inspection::Inspection;
use entity::inspection::Model;
use klarf::{Die, Frame};

use super::inspection::frame;

/// Dies in a grid that is made up, at most: below that a die is smaller than a pixel.
const GRID_MOST: f64 = 20_000.0;

/// Rim without whole dies, mm: the edge exclusion that most tools inspect to.
const RIM_MM: f64 = 3.0;

/// An inspection on a map.
pub fn inspection(row: &Inspection) -> MapInspection {
    MapInspection {
        inspection_id: row.inspection_id,
        step_id: row.step_id.clone(),
        inspected_at: row.inspected_at,
        defect_count: row.defect_count,
    }
}

/// The dies that were inspected; where the file had no plan, the whole dies inside the outline.
pub fn dies(model: &Model, diameter_mm: f64) -> MapDies {
    dies_within(model, diameter_mm / 2.0)
}

/// The dies that were inspected; where the file had no plan, the whole dies on the wafer without its rim.
pub fn inspected_dies(model: &Model) -> MapDies {
    let diameter_mm = super::inspection::geometry(model, None).diameter_mm;
    dies_within(model, diameter_mm / 2.0 - RIM_MM)
}

fn dies_within(model: &Model, radius_mm: f64) -> MapDies {
    let Some(frame) = frame(model) else {
        return MapDies::default();
    };
    let planned: Vec<Die> = model
        .dies_inspected
        .iter()
        .flatten()
        .copied()
        .collect::<Vec<i32>>()
        .chunks_exact(2)
        .map(|pair| Die {
            x: pair[0],
            y: pair[1],
        })
        .collect();
    match planned.is_empty() {
        false => columns(&frame, &planned, true),
        true => columns(&frame, &grid(&frame, radius_mm), false),
    }
}

fn columns(frame: &Frame, dies: &[Die], planned: bool) -> MapDies {
    let size = frame.die_size_mm();
    let mut columns = MapDies {
        width_mm: size.x,
        height_mm: size.y,
        planned,
        ..MapDies::default()
    };
    for die in dies {
        let corner = frame.place(*die).lower_left;
        columns.die_x.push(die.x);
        columns.die_y.push(die.y);
        columns.left_mm.push(to_nanometres(corner.x));
        columns.bottom_mm.push(to_nanometres(corner.y));
    }
    columns
}

/// Dies that lie inside a circle around the wafer centre with all four corners.
fn grid(frame: &Frame, radius_mm: f64) -> Vec<Die> {
    let (pitch, centre) = (frame.pitch_mm, frame.center_mm);
    let dies = std::f64::consts::PI * radius_mm * radius_mm / (pitch.x * pitch.y);
    if !dies.is_finite() || dies > GRID_MOST {
        return Vec::new();
    }
    let range = |centre: f64, pitch: f64| {
        let first = ((centre - radius_mm) / pitch).floor() as i32;
        let last = ((centre + radius_mm) / pitch).ceil() as i32;
        first..=last
    };
    let rows = range(centre.y, pitch.y);
    let all = range(centre.x, pitch.x).flat_map(|x| rows.clone().map(move |y| Die { x, y }));
    all.filter(|die| {
        let placed = frame.place(*die);
        let far = |centre: f64, size: f64| centre.abs() + size / 2.0;
        let x = far(placed.center.x, placed.size.x);
        let y = far(placed.center.y, placed.size.y);
        x.hypot(y) <= radius_mm
    })
    .collect()
}

/// Six decimals: nanometres, the unit of the finest files.
pub fn to_nanometres(mm: f64) -> f64 {
    (mm * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use klarf::{MarkLocation, Point};

    use super::*;

    fn frame_of_ten_mm_dies() -> Frame {
        Frame {
            pitch_mm: Point { x: 10.0, y: 10.0 },
            center_mm: Point { x: 5.0, y: 5.0 },
            mark_location: MarkLocation::Down,
            is_mirrored: false,
        }
    }

    #[test]
    fn a_grid_holds_whole_dies_around_the_centre() {
        let dies = grid(&frame_of_ten_mm_dies(), 16.0);
        // The centre die and its neighbours; corners of the diagonal ones lie 21.2 mm out.
        let mut dies: Vec<(i32, i32)> = dies.iter().map(|die| (die.x, die.y)).collect();
        dies.sort_unstable();
        assert_eq!(dies, [(-1, 0), (0, -1), (0, 0), (0, 1), (1, 0)]);
    }

    #[test]
    fn dies_too_small_to_draw_make_no_grid() {
        let mut frame = frame_of_ten_mm_dies();
        frame.pitch_mm = Point { x: 0.1, y: 0.1 };
        assert!(grid(&frame, 150.0).is_empty());
    }
}
