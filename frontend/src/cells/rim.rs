//! Cells at the rim of the wafer, cut off there.

use crate::wafer::Form;

/// Corners of the circle that cells are cut off by: they leave it by less than 0.1 mm on a wafer of 300 mm.
const CORNERS: u32 = 240;

/// The part of a rectangle (`x_min, y_min, x_max, y_max`, mm) that lies within `radius_mm` of the wafer's centre;
/// `None` where it lies outside.
#[must_use]
pub fn within_wafer(sides: [f64; 4], radius_mm: f64) -> Option<Form> {
    let [x_min, y_min, x_max, y_max] = sides;
    let corners = [
        [x_min, y_min],
        [x_max, y_min],
        [x_max, y_max],
        [x_min, y_max],
    ];
    if corners.iter().all(|[x, y]| x.hypot(*y) <= radius_mm) {
        return Some(Form::Rect(sides));
    }
    let mut cut = corners.to_vec();
    for place in 0..CORNERS {
        let angle = f64::from(place) / f64::from(CORNERS) * std::f64::consts::TAU;
        let (sin, cos) = angle.sin_cos();
        let inner_mm = radius_mm * (std::f64::consts::PI / f64::from(CORNERS)).cos();
        cut = kept(&cut, |[x, y]| x * cos + y * sin - inner_mm);
        if cut.len() < 3 {
            return None;
        }
    }
    Some(Form::Polygon(cut))
}

/// The part of a convex polygon for whose points `beyond` is at most 0 (Sutherland and Hodgman).
fn kept(corners: &[[f64; 2]], beyond: impl Fn([f64; 2]) -> f64) -> Vec<[f64; 2]> {
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (place, &to) in corners.iter().enumerate() {
        let from = corners[(place + corners.len() - 1) % corners.len()];
        let (at_from, at_to) = (beyond(from), beyond(to));
        if (at_from > 0.0) != (at_to > 0.0) {
            let share = at_from / (at_from - at_to);
            kept.push([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share));
        }
        if at_to <= 0.0 {
            kept.push(to);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_inside_stays_a_rectangle_and_one_outside_is_gone() {
        let inside = [0.0, 0.0, 5.0, 5.0];
        assert_eq!(within_wafer(inside, 150.0), Some(Form::Rect(inside)));
        assert_eq!(within_wafer([145.0, 145.0, 150.0, 150.0], 150.0), None);
    }

    #[test]
    fn a_cell_at_the_rim_is_cut_off_there() {
        let cut = within_wafer([148.0, -2.0, 153.0, 3.0], 150.0);
        let Some(Form::Polygon(corners)) = cut else {
            panic!("a polygon, not {cut:?}");
        };
        let far = |[x, y]: &[f64; 2]| x.hypot(*y);
        assert!(corners.iter().all(|corner| far(corner) <= 150.0 + 1e-9));
        let most = corners.iter().map(far).fold(0.0, f64::max);
        assert!(most > 149.9, "{most}");
        assert!(corners.contains(&[148.0, -2.0]));
    }
}
