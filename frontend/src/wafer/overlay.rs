//! What others lay over a map: zones, hulls of clusters, cells of a stack, matched defects, in mm from the wafer
//! centre, y up.

/// One form over the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// What a click on it tells.
    pub id: u32,
    /// Its outline.
    pub form: Form,
    /// Red, green, blue, alpha of its inside; `None`: see-through.
    pub fill: Option<[u8; 4]>,
    /// Colour of its line; `None`: no line.
    pub line: Option<[u8; 3]>,
    /// The line is dashed.
    pub dashed: bool,
    /// Text at its middle, and in the tooltip over it.
    pub label: Option<String>,
    /// Lies above the defects, not below.
    pub above: bool,
}

/// An outline, mm from the wafer centre, y up.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A closed polygon.
    Polygon(Vec<[f64; 2]>),
    /// An open line.
    Path(Vec<[f64; 2]>),
    /// Part of a ring around the wafer centre; angles in degrees, counter-clockwise from +x.
    Sector {
        /// Inner radius.
        inner_mm: f64,
        /// Outer radius.
        outer_mm: f64,
        /// Where it begins.
        from_deg: f64,
        /// How far it goes; 360: a whole ring.
        sweep_deg: f64,
    },
    /// `x_min, y_min, x_max, y_max`.
    Rect([f64; 4]),
    /// A circle.
    Circle {
        /// Its middle.
        centre_mm: [f64; 2],
        /// Its radius.
        radius_mm: f64,
    },
}

impl Form {
    /// The rectangle around it, `x_min, y_min, x_max, y_max`; for a part of a ring, around the whole ring.
    #[must_use]
    pub fn bounds(&self) -> [f64; 4] {
        match self {
            Self::Polygon(points) | Self::Path(points) => points.iter().fold(
                [
                    f64::INFINITY,
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                    f64::NEG_INFINITY,
                ],
                |[x_min, y_min, x_max, y_max], &[x, y]| {
                    [x_min.min(x), y_min.min(y), x_max.max(x), y_max.max(y)]
                },
            ),
            Self::Sector { outer_mm, .. } => [-outer_mm, -outer_mm, *outer_mm, *outer_mm],
            Self::Rect(sides) => *sides,
            Self::Circle {
                centre_mm: [x, y],
                radius_mm,
            } => [x - radius_mm, y - radius_mm, x + radius_mm, y + radius_mm],
        }
    }

    /// Where its text stands.
    #[must_use]
    pub fn middle(&self) -> [f64; 2] {
        match self {
            Self::Sector {
                inner_mm,
                outer_mm,
                from_deg,
                sweep_deg,
            } => {
                // In the middle of a disc, but within the band of a ring.
                // Texts are wide: those of rings in each other stand above each other, at the top.
                let (radius_mm, angle_deg) = match sweep_deg.abs() >= 360.0 {
                    true if *inner_mm <= 0.0 => (0.0, 90.0),
                    true => (f64::midpoint(*inner_mm, *outer_mm), 90.0),
                    false => (
                        f64::midpoint(*inner_mm, *outer_mm),
                        from_deg + sweep_deg / 2.0,
                    ),
                };
                on_circle(radius_mm, angle_deg)
            }
            Self::Path(points) => points.get(points.len() / 2).copied().unwrap_or_default(),
            Self::Polygon(_) | Self::Rect(_) | Self::Circle { .. } => {
                let [x_min, y_min, x_max, y_max] = self.bounds();
                [f64::midpoint(x_min, x_max), f64::midpoint(y_min, y_max)]
            }
        }
    }

    /// Whether a point is inside it or, for a line, within `reach_mm` of it.
    #[must_use]
    pub fn holds(&self, point_mm: [f64; 2], reach_mm: f64) -> bool {
        let [x, y] = point_mm;
        match self {
            Self::Polygon(corners) => is_inside(corners, point_mm),
            Self::Path(points) => points
                .windows(2)
                .any(|ends| distance_to(ends[0], ends[1], point_mm) <= reach_mm),
            Self::Sector {
                inner_mm,
                outer_mm,
                from_deg,
                sweep_deg,
            } => {
                let radius_mm = x.hypot(y);
                let first = if *sweep_deg < 0.0 {
                    from_deg + sweep_deg
                } else {
                    *from_deg
                };
                let turned = (y.atan2(x).to_degrees() - first).rem_euclid(360.0);
                (*inner_mm..=*outer_mm).contains(&radius_mm) && turned <= sweep_deg.abs()
            }
            Self::Rect([x_min, y_min, x_max, y_max]) => {
                (*x_min..=*x_max).contains(&x) && (*y_min..=*y_max).contains(&y)
            }
            Self::Circle {
                centre_mm,
                radius_mm,
            } => (x - centre_mm[0]).hypot(y - centre_mm[1]) <= radius_mm.max(reach_mm),
        }
    }
}

/// The form at a point that lies on top: those above the defects before those below, later before earlier.
#[must_use]
pub fn topmost(overlays: &[Overlay], point_mm: [f64; 2], reach_mm: f64) -> Option<&Overlay> {
    let at = |above: bool| {
        overlays
            .iter()
            .rev()
            .find(|overlay| overlay.above == above && overlay.form.holds(point_mm, reach_mm))
    };
    at(true).or_else(|| at(false))
}

/// Points along an arc around the wafer centre, close enough together that their chords leave it by less than
/// `error_mm`.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a few thousand"
)]
pub fn arc(radius_mm: f64, from_deg: f64, sweep_deg: f64, error_mm: f64) -> Vec<[f64; 2]> {
    let step = 2.0 * (1.0 - (error_mm / radius_mm.max(error_mm)).min(1.0)).acos();
    let steps = (sweep_deg.to_radians().abs() / step)
        .ceil()
        .clamp(2.0, 4_096.0);
    (0..=steps as u32)
        .map(|place| on_circle(radius_mm, from_deg + sweep_deg * f64::from(place) / steps))
        .collect()
}

fn on_circle(radius_mm: f64, angle_deg: f64) -> [f64; 2] {
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    [radius_mm * cos, radius_mm * sin]
}

/// Whether a point is inside a polygon, by the rule of even and odd.
#[must_use]
pub fn is_inside(corners: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    let mut before = corners.len().wrapping_sub(1);
    for (place, &[x_one, y_one]) in corners.iter().enumerate() {
        let [x_other, y_other] = corners[before];
        if (y_one > y) != (y_other > y)
            && x < (x_other - x_one) * (y - y_one) / (y_other - y_one) + x_one
        {
            inside = !inside;
        }
        before = place;
    }
    inside
}

fn distance_to(one: [f64; 2], other: [f64; 2], point: [f64; 2]) -> f64 {
    let along = [other[0] - one[0], other[1] - one[1]];
    let length = along[0].powi(2) + along[1].powi(2);
    let share = if length > 0.0 {
        ((point[0] - one[0]) * along[0] + (point[1] - one[1]) * along[1]) / length
    } else {
        0.0
    }
    .clamp(0.0, 1.0);
    (point[0] - one[0] - along[0] * share).hypot(point[1] - one[1] - along[1] * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(id: u32, form: Form, above: bool) -> Overlay {
        Overlay {
            id,
            form,
            fill: None,
            line: None,
            dashed: false,
            label: None,
            above,
        }
    }

    #[test]
    fn a_click_means_the_form_on_top() {
        let overlays = [
            overlay(1, Form::Rect([0.0, 0.0, 10.0, 10.0]), true),
            overlay(2, Form::Rect([0.0, 0.0, 4.0, 4.0]), false),
            overlay(3, Form::Rect([20.0, 0.0, 24.0, 4.0]), false),
            overlay(4, Form::Rect([22.0, 0.0, 26.0, 4.0]), false),
        ];
        let hit = |point| topmost(&overlays, point, 0.1).map(|overlay| overlay.id);
        assert_eq!(hit([1.0, 1.0]), Some(1));
        assert_eq!(hit([23.0, 1.0]), Some(4));
        assert_eq!(hit([21.0, 1.0]), Some(3));
        assert_eq!(hit([50.0, 1.0]), None);
    }

    #[test]
    fn a_polygon_with_a_bay_does_not_hold_what_lies_in_the_bay() {
        let bay = Form::Polygon(vec![
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
            [5.0, 2.0],
            [0.0, 10.0],
        ]);
        assert!(bay.holds([1.0, 5.0], 0.0));
        assert!(!bay.holds([5.0, 5.0], 0.0));
        assert!(!Form::Polygon(Vec::new()).holds([0.0, 0.0], 1.0));
    }

    #[test]
    fn a_sector_holds_its_angles_also_across_the_positive_x_axis_and_clockwise() {
        let sector = |from_deg, sweep_deg| Form::Sector {
            inner_mm: 50.0,
            outer_mm: 100.0,
            from_deg,
            sweep_deg,
        };
        assert!(sector(350.0, 20.0).holds([75.0, 1.0], 0.0));
        assert!(sector(10.0, -20.0).holds([75.0, 1.0], 0.0));
        assert!(!sector(350.0, 20.0).holds([0.0, 75.0], 0.0));
        assert!(!sector(350.0, 20.0).holds([49.0, 0.0], 0.0));
        assert!(sector(0.0, 360.0).holds([0.0, -75.0], 0.0));
    }

    #[test]
    fn the_texts_of_rings_in_each_other_stand_above_each_other() {
        let middle = |inner_mm, outer_mm| {
            let form = Form::Sector {
                inner_mm,
                outer_mm,
                from_deg: 0.0,
                sweep_deg: 360.0,
            };
            form.middle().map(|value| value.round())
        };
        assert_eq!(middle(0.0, 50.0), [0.0, 0.0]);
        assert_eq!(middle(50.0, 100.0), [0.0, 75.0]);
        assert_eq!(middle(100.0, 150.0), [0.0, 125.0]);
    }

    #[test]
    fn a_line_is_meant_from_near_by_alone() {
        let line = Form::Path(vec![[0.0, 0.0], [10.0, 0.0]]);
        assert!(line.holds([5.0, 0.9], 1.0));
        assert!(!line.holds([5.0, 1.1], 1.0));
        assert!(!line.holds([12.0, 0.0], 1.0));
    }

    #[test]
    fn the_chords_of_an_arc_stay_close_to_it() {
        let points = arc(150.0, 0.0, 90.0, 0.01);
        for ends in points.windows(2) {
            let middle = [
                f64::midpoint(ends[0][0], ends[1][0]),
                f64::midpoint(ends[0][1], ends[1][1]),
            ];
            assert!(150.0 - middle[0].hypot(middle[1]) <= 0.011);
        }
        let [x, y] = points[points.len() - 1];
        assert!(x.abs() < 1e-9 && (y - 150.0).abs() < 1e-9);
    }
}
