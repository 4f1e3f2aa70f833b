//! What is counted over the defects of a wafer, and reported once when the wafer ends.

use roaring::RoaringBitmap;

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::frame::Point;
use crate::row::BEYOND_RADIUS;
use crate::wafer::Wafer;

/// How often something was met, and where first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub count: u64,
    first: Option<Place>,
}

impl Count {
    pub fn hit(&mut self, place: Place) {
        self.count += 1;
        self.first.get_or_insert(place);
    }
}

/// Faults of the defect rows of one wafer.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub defects: u64,
    pub outside_wafer: Count,
    pub outside_die: Count,
    pub numbers_too_large: Count,
    pub images_miscounted: Count,
    pub image_lists_missing: Count,
    pub rows_not_numbered: Count,
    pub rows_out_of_line: Count,
    repeated_numbers: Count,
    numbers: RoaringBitmap,
}

impl Tally {
    /// The number of the next defect, and whether the wafer had it before.
    #[inline]
    pub fn number_of(&mut self, defect_id: Option<i32>, place: Place) -> (i32, bool) {
        self.defects += 1;
        let number = defect_id.unwrap_or_else(|| {
            self.rows_not_numbered.hit(place);
            i32::try_from(self.defects).unwrap_or(i32::MAX)
        });
        let is_repeated = !self.numbers.insert(number.cast_unsigned());
        if is_repeated {
            self.repeated_numbers.hit(place);
        }
        (number, is_repeated)
    }

    /// Reports everything noticed over a wafer's rows, and what does not fit between its facts.
    pub fn report(&self, wafer: &Wafer, end: Place, diagnostics: &mut Diagnostics) {
        self.report_rows(wafer, diagnostics);
        report_plan(wafer, diagnostics);
        self.report_center(wafer, diagnostics);
        self.report_summary(wafer, end, diagnostics);
    }

    fn report_rows(&self, wafer: &Wafer, diagnostics: &mut Diagnostics) {
        use Severity::{Error, Note, Warning};
        let faults = [
            (
                self.outside_wafer,
                Warning,
                "defect-outside-wafer",
                "defects farther out than 1.02 radii: wrong geometry or wrong SampleSize",
            ),
            (
                self.outside_die,
                Note,
                "defect-outside-die",
                "defects whose XREL or YREL lies outside of the die: anonymised or edited positions",
            ),
            (
                self.numbers_too_large,
                Warning,
                "number-too-large",
                "whole numbers beyond 32 bits, taken as missing",
            ),
            (
                self.images_miscounted,
                Warning,
                "image-count-mismatch",
                "defects whose IMAGECOUNT is not the number of images listed",
            ),
            (
                self.image_lists_missing,
                Note,
                "image-list-missing",
                "defects without their IMAGELIST, taken as having no images",
            ),
            (
                self.rows_not_numbered,
                Warning,
                "defect-id-missing",
                "defects without DEFECTID, numbered in their order",
            ),
            (
                self.repeated_numbers,
                Error,
                "defect-id-repeated",
                "defects with a DEFECTID that the wafer had before",
            ),
            (
                self.rows_out_of_line,
                Note,
                "rows-out-of-line",
                "defect rows that begin in the middle of a line",
            ),
        ];
        for (counted, severity, code, what) in faults {
            let Some(place) = counted.first else { continue };
            let message = format!("{}: {what}", label(wafer));
            diagnostics.add(Diagnostic::new(severity, code, place, message).times(counted.count));
        }
    }

    /// A centre at (radius, radius) of a patterned wafer: die indices are counted from the wafer
    /// centre there, and the formula throws the map off the wafer.
    fn report_center(&self, wafer: &Wafer, diagnostics: &mut Diagnostics) {
        let (Some(frame), Some(diameter)) = (wafer.frame(), wafer.diameter_mm) else {
            return;
        };
        let radius = diameter / 2.0;
        let is_radius = |length: f64| (length - radius).abs() <= 0.001 * radius;
        let is_dialect = is_radius(frame.center_mm.x)
            && is_radius(frame.center_mm.y)
            && frame.pitch_mm.x < radius
            && frame.pitch_mm.y < radius;
        if is_dialect {
            let message = format!(
                "{}: SampleCenterLocation is (radius, radius) though the wafer has a die grid; \
                 some tools write this with die indices counted from the wafer centre, and the map \
                 then lies off by one radius",
                label(wafer)
            );
            let place = keyword_place(wafer, "SampleCenterLocation");
            diagnostics.add(Diagnostic::warning("center-is-radius", place, message));
        }
    }

    fn report_summary(&self, wafer: &Wafer, end: Place, diagnostics: &mut Diagnostics) {
        let Some(said) = summary_defects(wafer) else {
            return;
        };
        if said != self.defects {
            let message = format!(
                "{}: the summary does not agree with the defects",
                label(wafer)
            );
            let diagnostic = Diagnostic::warning("summary-mismatch", end, message)
                .expected(format!("{} defects, as listed", self.defects))
                .found(format!("NDEFECT {said}"));
            diagnostics.add(diagnostic);
        }
    }
}

/// Sum of `NDEFECT` over the tests of the summary.
fn summary_defects(wafer: &Wafer) -> Option<u64> {
    let counts = wafer
        .summaries
        .iter()
        .find_map(|table| table.column("NDEFECT"))?;
    counts
        .map(|text| text.parse::<u64>().ok())
        .reduce(|sum, next| sum?.checked_add(next?))?
}

fn report_plan(wafer: &Wafer, diagnostics: &mut Diagnostics) {
    let (Some(frame), Some(diameter)) = (wafer.frame(), wafer.diameter_mm) else {
        return;
    };
    let limit = BEYOND_RADIUS * diameter / 2.0;
    let is_outside = |p: Point| p.x.hypot(p.y) > limit;
    let dies = wafer.plan_dies();
    let outside = dies
        .iter()
        .filter(|die| is_outside(frame.place(**die).center))
        .count() as u64;
    if outside > 0 {
        let message = format!(
            "{}: dies of the plan whose centre is farther out than 1.02 radii: wrong geometry or \
             wrong SampleSize",
            label(wafer)
        );
        let place = Place {
            line: wafer.line,
            column: 1,
        };
        diagnostics.add(Diagnostic::warning("die-outside-wafer", place, message).times(outside));
    }
}

/// Reports what the facts of a wafer say about its geometry, when its results begin.
pub(crate) fn report_geometry(wafer: &Wafer, diagnostics: &mut Diagnostics) {
    if wafer
        .die_origin_mm
        .is_some_and(|origin| origin != Point::default())
    {
        let message = format!(
            "{}: DieOrigin is not 0 0; it takes no part in placing defects",
            label(wafer)
        );
        let place = keyword_place(wafer, "DieOrigin");
        diagnostics.add(Diagnostic::warning("die-origin-not-zero", place, message));
    }
    if wafer.is_mirrored {
        let message = format!(
            "{}: CoordinatesMirrored YES: x is mirrored before the wafer is turned",
            label(wafer)
        );
        let place = keyword_place(wafer, "CoordinatesMirrored");
        diagnostics.add(Diagnostic::warning("coordinates-mirrored", place, message));
    }
    if wafer.is_centered {
        let message = format!(
            "{}: CoordinatesCentered YES: X and Y are taken from the wafer centre",
            label(wafer)
        );
        let place = keyword_place(wafer, "CoordinatesCentered");
        diagnostics.add(Diagnostic::warning("coordinates-centered", place, message));
    }
    if wafer.frame().is_none() {
        let message = format!(
            "{}: no DiePitch or no SampleCenterLocation: its defects have no position",
            label(wafer)
        );
        let place = Place {
            line: wafer.line,
            column: 1,
        };
        diagnostics.add(Diagnostic::warning("no-geometry", place, message));
    } else if wafer.mark_location.is_none() {
        let message = format!(
            "{}: no OrientationMarkLocation, taken as DOWN",
            label(wafer)
        );
        let place = Place {
            line: wafer.line,
            column: 1,
        };
        diagnostics.add(Diagnostic::note("orientation-unknown", place, message));
    }
}

fn keyword_place(wafer: &Wafer, name: &str) -> Place {
    Place {
        line: wafer
            .keyword(name)
            .map_or(wafer.line, |keyword| keyword.line),
        column: 1,
    }
}

/// How a message names a wafer.
pub(crate) fn label(wafer: &Wafer) -> String {
    match &wafer.wafer_id {
        Some(id) => format!("wafer \"{id}\""),
        None => format!("wafer {} without an id", wafer.ordinal + 1),
    }
}
