//! A map as SVG: shapes that other programs can open and change.

mod forms;

use std::fmt::Write as _;

use self::forms::overlays;
use super::density::{Density, Ramp};
use super::overlay::arc;
use super::paint::{EDGE_EXCLUSION_MM, Frame, bar, fields};
use super::painter::{Drawn, DrawnCells};
use super::sheet::{Caption, Item, Sheet, counts};
use crate::format;

/// An SVG with more points than this would be too large for most programs: it holds the density instead.
pub const MOST_POINTS: usize = 100_000;

/// A map as SVG, with what stands around it. With more than [`MOST_POINTS`] points in view, `density` is drawn instead,
/// and the file says so.
#[must_use]
pub fn svg(
    frame: &Frame<'_>,
    caption: &Caption,
    drawn: &Drawn,
    hidden: &[i32],
    density: impl FnOnce() -> (Density, Ramp),
) -> String {
    let mut drawn = drawn.clone();
    let mut caption = caption.clone();
    let mut cells = None;
    if drawn.cells.is_some() || drawn.in_view > MOST_POINTS {
        let (counted, ramp) = density();
        if drawn.cells.is_none() {
            caption.notes.push(format!(
                "More than {} points: drawn as density, every defect counted.",
                format::count(MOST_POINTS as i64)
            ));
        }
        drawn.cells = Some(DrawnCells {
            cell_mm: counted.cell_mm,
            largest: counted.largest,
            total: counted.total(),
            ramp,
        });
        cells = Some((counted, ramp));
    }
    let sheet = Sheet::new(frame, &caption, &drawn, hidden);
    let [width, height] = sheet.size;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif">"#
    );
    let title = escaped(&caption.title);
    let notes = escaped(&caption.notes.join(" · "));
    let _ = write!(
        svg,
        "<title>{title}</title><desc>{notes} · {}</desc>",
        counts(&drawn)
    );
    let page = &frame.palette.page;
    let _ = write!(
        svg,
        r#"<rect width="{width}" height="{height}" fill="{page}"/>"#
    );
    let viewport = frame.viewport;
    let _ = write!(
        svg,
        r#"<svg y="{}" width="{}" height="{}">"#,
        sheet.map_top, viewport.width_px, viewport.height_px
    );
    wafer(&mut svg, frame);
    match cells {
        Some((counted, ramp)) => density_cells(&mut svg, frame, &counted, ramp),
        None => points(&mut svg, frame, hidden),
    }
    overlays(&mut svg, frame, drawn.is_density());
    scale(&mut svg, frame);
    svg.push_str("</svg>");
    items(&mut svg, frame, &sheet.items);
    svg.push_str("</svg>\n");
    svg
}

fn items(svg: &mut String, frame: &Frame<'_>, items: &[Item]) {
    for item in items {
        let _ = match item {
            Item::Text {
                at: [x, y],
                size,
                is_bold,
                text,
            } => {
                let weight = if *is_bold { 600 } else { 400 };
                let (ink, text) = (&frame.palette.chosen, escaped(text));
                write!(
                    svg,
                    r#"<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{ink}">{text}</text>"#
                )
            }
            Item::Mark {
                at: [x, y],
                path,
                rgb,
            } => write!(
                svg,
                r#"<path d="{path}" fill="{}" transform="translate({x} {y}) scale(.6)"/>"#,
                hex(*rgb)
            ),
            Item::Swatch {
                sides: [x, y, width, height],
                rgb,
            } => write!(
                svg,
                r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{}"/>"#,
                hex(*rgb)
            ),
        };
    }
}

/// Outline, dies, fields and edge exclusion.
fn wafer(svg: &mut String, frame: &Frame<'_>) {
    let palette = frame.palette;
    let outline = frame.outline();
    let line = points_of(frame, &outline);
    let _ = write!(
        svg,
        r#"<polygon class="wafer" points="{line}" fill="{}"/>"#,
        palette.fill
    );
    if frame.layers.has_dies {
        let is_planned = frame.scene.data.head.dies.planned;
        let colours = match is_planned {
            true => format!(r#"fill="{}""#, palette.die),
            false => format!(r#"fill="none" stroke="{}""#, palette.die_line),
        };
        let _ = write!(svg, r#"<g class="dies" {colours}>"#);
        for (_, sides) in frame.seen_dies() {
            rect(svg, sides, 0.5);
        }
        svg.push_str("</g>");
    }
    if frame.layers.has_reticle {
        let _ = write!(
            svg,
            r#"<g class="fields" fill="none" stroke="{}">"#,
            palette.field
        );
        for field in fields(frame.scene, frame.layers.reticle).into_values() {
            rect(svg, frame.rect_px(field), 0.0);
        }
        svg.push_str("</g>");
    }
    if frame.layers.has_exclusion {
        let radius_mm = (frame.scene.diameter_mm / 2.0 - EDGE_EXCLUSION_MM).max(0.0);
        let ring = arc(radius_mm, 0.0, 360.0, 0.1 * frame.camera.mm_per_px);
        let line = points_of(frame, &ring);
        let _ = write!(
            svg,
            r#"<polygon points="{line}" fill="none" stroke="{}" stroke-dasharray="4 4"/>"#,
            palette.edge
        );
    }
    let _ = write!(
        svg,
        r#"<polygon points="{line}" fill="none" stroke="{}" stroke-width="1.5"/>"#,
        palette.edge
    );
}

fn points(svg: &mut String, frame: &Frame<'_>, hidden: &[i32]) {
    let scene = frame.scene;
    let sizes = scene.sizes(&frame.camera, frame.viewport);
    let reach_mm = sizes.radius_px(scene.largest_um) * frame.camera.mm_per_px;
    let view = super::marks::in_view(&frame.camera, frame.viewport, reach_mm);
    let shown = scene.shown(hidden);
    for (place, kind) in scene
        .kinds
        .iter()
        .enumerate()
        .filter(|(place, _)| shown[*place])
    {
        // The outlines of shapes are 20 units across, their marks 2 radii.
        let _ = write!(
            svg,
            r#"<defs><path id="k{place}" d="{}" transform="scale({:.3})"/></defs><g class="points" fill="{}">"#,
            kind.shape.svg_path(),
            sizes.least_px / 9.5,
            hex(kind.rgb)
        );
        for range in scene.order.touched(place, view) {
            for &index in &scene.order.indices()[range] {
                let index = index as usize;
                let [x, y] = frame.place(scene.data.defects.place_mm(index));
                let radius_px = sizes.radius_px(scene.data.defects.size_um[index]);
                let is_in_view = x >= -radius_px
                    && y >= -radius_px
                    && x <= frame.viewport.width_px + radius_px
                    && y <= frame.viewport.height_px + radius_px;
                let _ = match radius_px > sizes.least_px {
                    _ if !is_in_view => Ok(()),
                    true => write!(
                        svg,
                        r##"<use href="#k{place}" transform="translate({x:.2} {y:.2}) scale({:.3})"/>"##,
                        radius_px / sizes.least_px
                    ),
                    false => write!(svg, r##"<use href="#k{place}" x="{x:.2}" y="{y:.2}"/>"##),
                };
            }
        }
        svg.push_str("</g>");
    }
}

fn density_cells(svg: &mut String, frame: &Frame<'_>, density: &Density, ramp: Ramp) {
    svg.push_str(r#"<g class="cells">"#);
    for (cell, count) in density.cells() {
        let [x, y, width, height] = frame.rect_px(cell);
        let is_in_view = x + width >= 0.0
            && y + height >= 0.0
            && x <= frame.viewport.width_px
            && y <= frame.viewport.height_px;
        if is_in_view {
            let fill = hex(ramp.colour(count, density.largest));
            let _ = write!(
                svg,
                r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}" data-count="{count}"/>"#
            );
        }
    }
    svg.push_str("</g>");
}

fn scale(svg: &mut String, frame: &Frame<'_>) {
    let (length_mm, text) = bar(90.0 * frame.camera.mm_per_px);
    let (left, bottom) = (12.5, frame.viewport.height_px - 10.5);
    let right = left + length_mm / frame.camera.mm_per_px;
    let ink = &frame.palette.ink;
    let _ = write!(
        svg,
        r#"<path class="scale" d="M{left} {}V{bottom}H{right:.1}V{}" fill="none" stroke="{ink}"/><text x="{}" y="{}" font-size="11" fill="{ink}">{text}</text>"#,
        bottom - 5.0,
        bottom - 5.0,
        left + 4.0,
        bottom - 4.0
    );
}

fn rect(svg: &mut String, [x, y, width, height]: [f64; 4], street_px: f64) {
    let inner = |length: f64| (length - street_px).max(0.5);
    let (width, height) = (inner(width), inner(height));
    let _ = write!(
        svg,
        r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/>"#
    );
}

fn points_of(frame: &Frame<'_>, points_mm: &[[f64; 2]]) -> String {
    let mut text = String::with_capacity(points_mm.len() * 14);
    for point in points_mm {
        let [x, y] = frame.place(*point);
        let _ = write!(text, "{x:.2},{y:.2} ");
    }
    text
}

fn hex(rgb: [u8; 3]) -> String {
    let [red, green, blue] = rgb;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::canvas::Viewport;
    use crate::wafer::camera::{Camera, Turn};
    use crate::wafer::columns::tests::map;
    use crate::wafer::layers::Layers;
    use crate::wafer::palette::Palette;
    use crate::wafer::scene::Scene;
    use crate::wafer::sheet::{caption, orientation};

    const VIEWPORT: Viewport = Viewport {
        width_px: 328.0,
        height_px: 328.0,
    };

    fn drawn(count: usize) -> Drawn {
        Drawn {
            count,
            in_view: count,
            cells: None,
            is_accelerated: false,
        }
    }

    fn with_frame<T>(
        defects: &[(u16, f64, f64)],
        turn: Turn,
        read: impl FnOnce(&Frame<'_>) -> T,
    ) -> T {
        let scene = Arc::new(Scene::new(map(defects)));
        let camera = Camera {
            turn,
            ..Camera::whole_wafer(300.0, VIEWPORT)
        };
        read(&Frame {
            scene: &scene,
            camera,
            viewport: VIEWPORT,
            pixel_ratio: 1.0,
            palette: &Palette::default(),
            overlays: &[],
            layers: Layers::default(),
        })
    }

    #[test]
    fn an_svg_has_title_notes_counts_and_a_shape_for_each_point_of_a_type_that_is_shown() {
        let svg = with_frame(
            &[(0, 30.0, -60.0), (1, 1.0, 1.0)],
            Turn::default(),
            |frame| {
                let caption = caption(frame, "A & B".to_owned(), Vec::new(), &[11]);
                svg(frame, &caption, &drawn(1), &[11], || {
                    unreachable!("few points")
                })
            },
        );
        assert!(svg.contains("<title>A &amp; B</title>"));
        assert!(svg.contains("Hidden types: type 1"));
        assert!(svg.contains("1 defect shown, 1 in view"));
        assert_eq!(svg.matches("<use ").count(), 1);
        assert!(svg.contains(r#"x="194.00" y="224.00""#));
    }

    #[test]
    fn an_svg_of_too_many_points_holds_the_density_and_says_so() {
        let svg = with_frame(
            &[(0, 30.0, -60.0), (0, 30.1, -60.1)],
            Turn::default(),
            |frame| {
                let density = Density::new(frame.scene, &[true], 2.0);
                let ramp = Ramp {
                    is_dark: false,
                    is_logarithmic: false,
                };
                svg(
                    frame,
                    &Caption::default(),
                    &drawn(MOST_POINTS + 1),
                    &[],
                    || (density, ramp),
                )
            },
        );
        assert!(svg.contains("drawn as density, every defect counted"));
        assert!(svg.contains(r#"data-count="1""#));
        assert_eq!(svg.matches("<use ").count(), 0);
    }

    #[test]
    fn a_turned_view_says_so() {
        let words = |turn| with_frame(&[], turn, orientation);
        assert_eq!(words(Turn::default()), None);
        assert_eq!(
            words(Turn::default().rotated().mirrored()).as_deref(),
            Some("Shown turned by 90° clockwise from notch down, flipped left to right")
        );
    }
}
