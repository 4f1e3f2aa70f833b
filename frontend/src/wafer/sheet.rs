//! What stands around a map in a file: title, filters and counts above it, a legend below it.

use contract::wafer::MarkType;

use super::legend::{ticks, unit};
use super::paint::Frame;
use super::painter::{Drawn, DrawnCells};
use crate::format;

/// Room at the left and right.
const MARGIN: f64 = 16.0;
/// Height of a line of text.
const LINE: f64 = 18.0;
/// Width of an entry of the legend.
const ENTRY: f64 = 190.0;

/// What a file says about its map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// What the map shows.
    pub title: String,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// A thing around the map; places in px.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A text, from its baseline.
    Text {
        at: [f64; 2],
        size: f64,
        is_bold: bool,
        text: String,
    },
    /// The mark of a type: the outline of its shape, 20 units across.
    Mark {
        at: [f64; 2],
        path: &'static str,
        rgb: [u8; 3],
    },
    /// A field of a colour: left, top, width, height.
    Swatch { sides: [f64; 4], rgb: [u8; 3] },
}

/// What stands around a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Width and height.
    pub size: [f64; 2],
    /// Where the map begins.
    pub map_top: f64,
    /// All things.
    pub items: Vec<Item>,
}

/// What is counted, in a line.
#[must_use]
pub fn counts(drawn: &Drawn) -> String {
    let shown = format::plural(drawn.count as i64, "defect", "defects");
    format!(
        "{shown} shown, {} in view",
        format::count(drawn.in_view as i64)
    )
}

impl Sheet {
    /// Lays out what stands around the map of a frame.
    #[must_use]
    pub fn new(frame: &Frame<'_>, caption: &Caption, drawn: &Drawn, hidden: &[i32]) -> Self {
        let mut items = vec![text([MARGIN, 28.0], 16.0, true, caption.title.clone())];
        let mut y = 28.0;
        let mut lines = caption.notes.clone();
        lines.push(counts(drawn));
        for line in lines {
            y += LINE;
            items.push(text([MARGIN, y], 12.0, false, line));
        }
        let map_top = y + 12.0;
        let width = frame.viewport.width_px.max(2.0 * MARGIN + ENTRY);
        y = map_top + frame.viewport.height_px + 8.0;
        match &drawn.cells {
            Some(cells) => y = density_legend(&mut items, cells, y),
            None => y = type_legend(&mut items, frame, hidden, width, y),
        }
        Self {
            size: [width, y + 14.0],
            map_top,
            items,
        }
    }
}

fn text(at: [f64; 2], size: f64, is_bold: bool, text: String) -> Item {
    Item::Text {
        at,
        size,
        is_bold,
        text,
    }
}

fn type_legend(
    items: &mut Vec<Item>,
    frame: &Frame<'_>,
    hidden: &[i32],
    width: f64,
    top: f64,
) -> f64 {
    let across = ((width - 2.0 * MARGIN) / ENTRY).floor().max(1.0) as usize;
    let scene = frame.scene;
    let shown = scene
        .kinds
        .iter()
        .zip(&scene.data.head.types)
        .filter(|(kind, _)| !hidden.contains(&kind.defect_type_id));
    let mut bottom = top;
    for (place, (kind, named)) in shown.enumerate() {
        let x = MARGIN + (place % across) as f64 * ENTRY;
        let y = top + ((place / across) + 1) as f64 * LINE;
        items.push(Item::Mark {
            at: [x + 6.0, y - 4.0],
            path: kind.shape.svg_path(),
            rgb: kind.rgb,
        });
        let line = format!("{} ({})", named.name, format::count(named.count));
        items.push(text([x + 18.0, y], 12.0, false, line));
        bottom = y;
    }
    bottom
}

fn density_legend(items: &mut Vec<Item>, cells: &DrawnCells, top: f64) -> f64 {
    let scale = match cells.ramp.is_logarithmic {
        true => "logarithmic",
        false => "linear",
    };
    let line = format!("{}, {scale} scale", unit(cells));
    items.push(text([MARGIN, top + LINE], 12.0, false, line));
    let (steps, width) = (48, 5.0);
    for step in 0..steps {
        items.push(Item::Swatch {
            sides: [
                MARGIN + f64::from(step) * width,
                top + LINE + 6.0,
                width,
                12.0,
            ],
            rgb: cells.ramp.at(f64::from(step) / f64::from(steps - 1)),
        });
    }
    let ticks = ticks(cells);
    let apart = f64::from(steps) * width / (ticks.len().max(2) - 1) as f64;
    for (place, count) in ticks.into_iter().enumerate() {
        let at = [MARGIN + place as f64 * apart, top + 2.0 * LINE + 14.0];
        items.push(text(at, 11.0, false, count));
    }
    top + 2.0 * LINE + 14.0
}

/// Names of what a map shows: wafer and steps, and the types that are hidden.
#[must_use]
pub fn caption(frame: &Frame<'_>, title: String, filters: Vec<String>, hidden: &[i32]) -> Caption {
    let head = &frame.scene.data.head;
    let steps: Vec<String> = head
        .inspections
        .iter()
        .map(|of| format!("{} ({})", of.step_id, format::moment_utc(of.inspected_at)))
        .collect();
    let mut notes = Vec::new();
    let title = match title.is_empty() {
        false => title,
        true if steps.is_empty() => head.wafer_id.clone(),
        true => format!("Wafer {} at {}", head.wafer_id, steps.join(", ")),
    };
    notes.extend(filters);
    let names: Vec<&str> = head
        .types
        .iter()
        .filter(|kind| hidden.contains(&kind.defect_type_id))
        .map(|kind| kind.name.as_str())
        .collect();
    if !names.is_empty() {
        notes.push(format!("Hidden types: {}", names.join(", ")));
    }
    if head.unplaced > 0 {
        notes.push(format!(
            "{} without a position",
            format::plural(head.unplaced, "defect", "defects")
        ));
    }
    Caption { title, notes }
}

/// Whether a mark lies at the bottom of the wafer, in words.
#[must_use]
pub fn orientation(frame: &Frame<'_>) -> Option<String> {
    let (turn, is_mirrored) = frame.camera.turn.parts();
    let mark = match frame.scene.mark {
        MarkType::Notch => "notch",
        MarkType::Flat | MarkType::DoubleFlat => "flat",
        MarkType::None => "lower side",
    };
    let mut words = Vec::new();
    if turn != 0 {
        words.push(format!("turned by {turn}° clockwise from {mark} down"));
    }
    if is_mirrored {
        words.push("flipped left to right".to_owned());
    }
    (!words.is_empty()).then(|| format!("Shown {}", words.join(", ")))
}
