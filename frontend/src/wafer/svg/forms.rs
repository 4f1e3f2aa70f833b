//! What others lay over a map, as SVG.

use std::fmt::Write as _;

use super::super::overlay::{Form, arc};
use super::super::overlay_paint::css;
use super::super::paint::Frame;
use super::{escaped, hex, points_of};

/// Draws the forms laid over a map. Lines that are drawn `is_on_density` have a rim.
pub fn overlays(svg: &mut String, frame: &Frame<'_>, is_on_density: bool) {
    let error_mm = 0.25 * frame.camera.mm_per_px;
    for overlay in frame.overlays {
        let (name, points) = shape(frame, &overlay.form, error_mm);
        if is_on_density && overlay.line.is_some() {
            let rim = &frame.palette.fill;
            let _ = write!(
                svg,
                r#"<{name} points="{points}" fill="none" stroke="{rim}" stroke-width="4"/>"#
            );
        }
        let fill = overlay.fill.filter(|_| name == "polygon");
        let fill = fill.map_or_else(|| "none".to_owned(), css);
        let line = overlay.line.map_or_else(|| "none".to_owned(), hex);
        let dash = match overlay.dashed {
            true => r#" stroke-dasharray="6 4""#,
            false => "",
        };
        let label = overlay.label.as_deref().map(escaped).unwrap_or_default();
        let _ = write!(
            svg,
            r#"<{name} points="{points}" fill="{fill}" fill-rule="evenodd" stroke="{line}" stroke-width="1.5"{dash}><title>{label}</title></{name}>"#
        );
    }
}

/// The element of a form and its points; arcs leave the circle by less than `error_mm`.
fn shape(frame: &Frame<'_>, form: &Form, error_mm: f64) -> (&'static str, String) {
    match form {
        Form::Path(points) => ("polyline", points_of(frame, points)),
        Form::Polygon(points) => ("polygon", points_of(frame, points)),
        Form::Rect([x_min, y_min, x_max, y_max]) => {
            let corners = [
                [*x_min, *y_min],
                [*x_max, *y_min],
                [*x_max, *y_max],
                [*x_min, *y_max],
            ];
            ("polygon", points_of(frame, &corners))
        }
        Form::Circle {
            centre_mm,
            radius_mm,
        } => {
            let mut ring = arc(*radius_mm, 0.0, 360.0, error_mm);
            for point in &mut ring {
                *point = [point[0] + centre_mm[0], point[1] + centre_mm[1]];
            }
            ("polygon", points_of(frame, &ring))
        }
        Form::Sector {
            inner_mm,
            outer_mm,
            from_deg,
            sweep_deg,
        } => {
            let mut ring = arc(*outer_mm, *from_deg, *sweep_deg, error_mm);
            ring.extend(arc(*inner_mm, from_deg + sweep_deg, -sweep_deg, error_mm));
            ("polygon", points_of(frame, &ring))
        }
    }
}
