//! Zones as outlines on a wafer of radius 100, y down, as SVG has it.

use contract::spatial::ZoneShape;

/// Radius of the drawn wafer: that of the inspected part.
pub const RADIUS: f64 = 100.0;

/// Where a direction, degrees counter-clockwise from +x, meets a radius.
fn place(angle_deg: f64, radius: f64) -> [f64; 2] {
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    [radius * cos, -radius * sin]
}

fn circle(radius: f64) -> String {
    format!(
        "M{radius:.2} 0A{radius:.2} {radius:.2} 0 1 0 {:.2} 0A{radius:.2} {radius:.2} 0 1 0 {radius:.2} 0Z",
        -radius
    )
}

/// The outline of a zone, for the rule of even and odd; `per_mm` is the length of a mm.
pub fn outline(shape: &ZoneShape, per_mm: f64) -> String {
    let (inner, outer) = (shape.inner_mm * per_mm, shape.outer_mm * per_mm);
    if shape.sweep_deg >= 360.0 {
        let hole = if inner > 0.0 {
            circle(inner)
        } else {
            String::new()
        };
        return format!("{}{hole}", circle(outer));
    }
    let end = shape.from_deg + shape.sweep_deg;
    let large = i32::from(shape.sweep_deg > 180.0);
    let [[x1, y1], [x2, y2]] = [place(shape.from_deg, outer), place(end, outer)];
    let [[x3, y3], [x4, y4]] = [place(end, inner), place(shape.from_deg, inner)];
    let back = match inner > 0.0 {
        true => format!("L{x3:.2} {y3:.2}A{inner:.2} {inner:.2} 0 {large} 1 {x4:.2} {y4:.2}Z"),
        false => "L0 0Z".to_owned(),
    };
    format!("M{x1:.2} {y1:.2}A{outer:.2} {outer:.2} 0 {large} 0 {x2:.2} {y2:.2}{back}")
}

/// Where the text of a zone stands; `nth` sets the texts of whole rings in different directions, for rings are
/// narrow.
pub fn label_place(shape: &ZoneShape, per_mm: f64, nth: usize) -> [f64; 2] {
    let (inner, outer) = (shape.inner_mm * per_mm, shape.outer_mm * per_mm);
    match shape.sweep_deg >= 360.0 {
        true if inner <= 0.0 => [0.0, 0.0],
        true => place(90.0 - 72.0 * nth as f64, f64::midpoint(inner, outer)),
        false => place(
            shape.from_deg + shape.sweep_deg / 2.0,
            f64::midpoint(inner, outer),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(inner_mm: f64, outer_mm: f64, from_deg: f64, sweep_deg: f64) -> ZoneShape {
        ZoneShape {
            inner_mm,
            outer_mm,
            from_deg,
            sweep_deg,
        }
    }

    #[test]
    fn a_ring_has_a_hole_and_a_disc_has_none() {
        assert_eq!(
            outline(&shape(0.0, 10.0, 0.0, 360.0), 1.0)
                .matches('M')
                .count(),
            1
        );
        assert_eq!(
            outline(&shape(5.0, 10.0, 0.0, 360.0), 1.0)
                .matches('M')
                .count(),
            2
        );
    }

    #[test]
    fn a_quarter_from_east_goes_up_on_the_screen() {
        let quarter = outline(&shape(50.0, 100.0, 0.0, 90.0), 1.0);
        assert!(
            quarter.starts_with("M100.00 -0.00A100.00 100.00 0 0 0 0.00 -100.00L0.00 -50.00"),
            "{quarter}"
        );
        let [x, y] = label_place(&shape(0.0, 100.0, 45.0, 90.0), 1.0, 0);
        assert!(x.abs() < 1e-9 && (y + 50.0).abs() < 1e-9);
    }

    #[test]
    fn more_than_half_a_turn_takes_the_long_way() {
        assert!(outline(&shape(0.0, 100.0, 0.0, 270.0), 1.0).contains("0 1 0"));
    }
}
