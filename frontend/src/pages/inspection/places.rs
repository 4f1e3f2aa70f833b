//! Where findings lie on the wafer. Pure geometry: mm from the wafer centre, notch down, y up.

use std::collections::HashMap;

use contract::analytics::MapDies;
use contract::spatial::ZoneShape;

/// A rectangle: left, lower, right and upper edge.
pub type Rect = [f64; 4];

/// Whether a point lies in a zone: its inner edge and where it begins belong to it, as its outer edge does.
#[must_use]
pub fn is_in_zone(zone: &ZoneShape, [x, y]: [f64; 2]) -> bool {
    let radius_mm = x.hypot(y);
    let turned = (y.atan2(x).to_degrees() - zone.from_deg).rem_euclid(360.0);
    (zone.inner_mm..=zone.outer_mm).contains(&radius_mm)
        && (zone.sweep_deg >= 360.0 || turned < zone.sweep_deg)
}

/// Dies by column and row as delivered.
#[must_use]
pub fn rects_by_die(dies: &MapDies) -> HashMap<(i32, i32), Rect> {
    let of = |place: usize| {
        let (left, bottom) = (*dies.left_mm.get(place)?, *dies.bottom_mm.get(place)?);
        let die = (*dies.die_x.get(place)?, *dies.die_y.get(place)?);
        Some((
            die,
            [left, bottom, left + dies.width_mm, bottom + dies.height_mm],
        ))
    };
    (0..dies.die_x.len()).filter_map(of).collect()
}

/// A place of the die, mm from its lower-left corner, on every die; nothing where it lies outside of a die.
#[must_use]
pub fn on_every_die(dies: &MapDies, [x, y]: [f64; 2]) -> Vec<[f64; 2]> {
    let is_inside = (0.0..=dies.width_mm).contains(&x) && (0.0..=dies.height_mm).contains(&y);
    let corners = dies.left_mm.iter().zip(&dies.bottom_mm);
    let places = corners.map(|(left, bottom)| [left + x, bottom + y]);
    places.filter(|_| is_inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(inner_mm: f64, outer_mm: f64, from_deg: f64, sweep_deg: f64) -> ZoneShape {
        ZoneShape {
            inner_mm,
            outer_mm,
            from_deg,
            sweep_deg,
        }
    }

    #[test]
    fn a_zone_over_the_positive_x_axis_takes_points_on_both_sides_of_it() {
        let east = zone(10.0, 20.0, 337.5, 45.0);
        let inside = [
            [15.0, 0.0],
            [15.0, 3.0],
            [15.0, -3.0],
            [10.0, 0.0],
            [20.0, 0.0],
        ];
        assert!(inside.iter().all(|point| is_in_zone(&east, *point)));
        let outside = [[9.9, 0.0], [20.1, 0.0], [10.0, 10.0], [-15.0, 0.0]];
        assert!(!outside.iter().any(|point| is_in_zone(&east, *point)));
    }

    #[test]
    fn sectors_side_by_side_take_each_point_once() {
        let sectors: Vec<ZoneShape> = (0..8)
            .map(|place| zone(0.0, 150.0, f64::from(place) * 45.0, 45.0))
            .collect();
        for step in 0..360 {
            let angle = f64::from(step).to_radians();
            let point = [100.0 * angle.cos(), 100.0 * angle.sin()];
            // Points on the border of two are in one of them, whichever rounding says.
            let count = sectors
                .iter()
                .filter(|sector| is_in_zone(sector, point))
                .count();
            assert_eq!(count, 1, "{step} degrees");
        }
    }

    #[test]
    fn a_place_of_the_die_is_on_every_die_unless_the_field_is_larger() {
        let dies = MapDies {
            planned: true,
            die_x: vec![0, 1],
            die_y: vec![0, 0],
            left_mm: vec![0.0, 10.0],
            bottom_mm: vec![-4.0, -4.0],
            width_mm: 10.0,
            height_mm: 8.0,
        };
        assert_eq!(on_every_die(&dies, [2.0, 3.0]), [[2.0, -1.0], [12.0, -1.0]]);
        assert!(on_every_die(&dies, [12.0, 3.0]).is_empty());
        assert_eq!(rects_by_die(&dies)[&(1, 0)], [10.0, -4.0, 20.0, 4.0]);
    }
}
