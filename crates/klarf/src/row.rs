//! One defect row: cells as delivered, then the defect they describe.

use crate::batch::{Defect, DefectBatch, Image};
use crate::column::Role;
use crate::diagnostic::Place;
use crate::frame::{Frame, Point};
use crate::number::{Real, Whole, real, whole};
use crate::tally::Tally;
use crate::units::Units;
use crate::wafer::{Die, Wafer};

/// Known cells of a row in the file's units; a missing real is NaN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawRow {
    place: Place,
    defect_id: Option<i32>,
    x: f64,
    y: f64,
    x_rel: f64,
    y_rel: f64,
    size: f64,
    x_size: f64,
    y_size: f64,
    area: f64,
    rest: Defect,
}

/// A cell that cannot be what its column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotInColumn {
    pub expected: &'static str,
}

const WHOLE: NotInColumn = NotInColumn {
    expected: "a whole number or NA",
};
const NUMBER: NotInColumn = NotInColumn {
    expected: "a number or NA",
};
const DEFECT_ID: NotInColumn = NotInColumn {
    expected: "a whole number of 32 bits",
};

impl RawRow {
    pub fn new(place: Place) -> Self {
        Self {
            place,
            defect_id: None,
            x: f64::NAN,
            y: f64::NAN,
            x_rel: f64::NAN,
            y_rel: f64::NAN,
            size: f64::NAN,
            x_size: f64::NAN,
            y_size: f64::NAN,
            area: f64::NAN,
            rest: Defect {
                line: place.line,
                ..Defect::default()
            },
        }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    pub fn image_count(&self) -> Option<i32> {
        self.rest.image_count
    }

    /// Takes one cell. Evidence for a row out of step comes from here: a real where a whole
    /// number belongs, a text where a number belongs.
    #[inline]
    pub fn take(&mut self, role: Role, bytes: &[u8], tally: &mut Tally) -> Result<(), NotInColumn> {
        match role {
            Role::Other | Role::ImageList => return Ok(()),
            Role::DefectId => {
                let Whole::Value(id) = whole(bytes) else {
                    return Err(DEFECT_ID);
                };
                self.defect_id = Some(id);
            }
            Role::X => self.x = number(bytes)?,
            Role::Y => self.y = number(bytes)?,
            Role::XRel => self.x_rel = number(bytes)?,
            Role::YRel => self.y_rel = number(bytes)?,
            Role::XSize => self.x_size = number(bytes)?,
            Role::YSize => self.y_size = number(bytes)?,
            Role::Area => self.area = number(bytes)?,
            Role::Size => self.size = number(bytes)?,
            _ => {
                let value = match whole(bytes) {
                    Whole::Value(value) => Some(value),
                    Whole::Missing => None,
                    Whole::TooLarge => {
                        tally.numbers_too_large.hit(self.place);
                        None
                    }
                    Whole::Otherwise => return Err(WHOLE),
                };
                *self.whole_cell(role) = value;
            }
        }
        Ok(())
    }

    #[inline]
    fn whole_cell(&mut self, role: Role) -> &mut Option<i32> {
        match role {
            Role::XIndex => &mut self.rest.die_x,
            Role::YIndex => &mut self.rest.die_y,
            Role::Class => &mut self.rest.class_number,
            Role::Test => &mut self.rest.test,
            Role::Cluster => &mut self.rest.cluster_no,
            Role::RoughBin => &mut self.rest.rough_bin,
            Role::FineBin => &mut self.rest.fine_bin,
            Role::ReviewSample => &mut self.rest.review_sample,
            _ => &mut self.rest.image_count,
        }
    }
}

#[inline]
fn number(bytes: &[u8]) -> Result<f64, NotInColumn> {
    match real(bytes) {
        Real::Value(value) => Ok(value),
        Real::Missing => Ok(f64::NAN),
        Real::Otherwise => Err(NUMBER),
    }
}

/// What turns cells into a defect: the wafer's geometry in the units of its family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings {
    units: Units,
    frame: Option<Frame>,
    /// Square of 1.02 radii in mm²: what lies farther out is not on the wafer.
    outside_mm2: f64,
    diameter_um: f64,
    is_centered: bool,
}

/// How far beyond the radius a defect or die may lie before it is reported.
pub(crate) const BEYOND_RADIUS: f64 = 1.02;

impl Surroundings {
    pub fn of(wafer: &Wafer) -> Self {
        let diameter_mm = wafer.diameter_mm.unwrap_or(f64::INFINITY);
        Self {
            units: Units::of(wafer.file.family),
            frame: wafer.frame(),
            outside_mm2: (BEYOND_RADIUS * diameter_mm / 2.0).powi(2),
            diameter_um: diameter_mm * 1e3,
            is_centered: wafer.is_centered,
        }
    }

    /// The defect of a complete row.
    #[inline]
    pub fn defect(&self, raw: &RawRow, tally: &mut Tally) -> Defect {
        let mut defect = raw.rest;
        let point = self.place(raw, tally);
        defect.x_mm = point.map(|p| p.x);
        defect.y_mm = point.map(|p| p.y);
        defect.size_um = length(raw.size / self.units.length_per_um)
            .filter(|size| *size < self.diameter_um * 0.999);
        defect.x_size_um = length(raw.x_size / self.units.length_per_um);
        defect.y_size_um = length(raw.y_size / self.units.length_per_um);
        defect.area_um2 = length(raw.area / self.units.area_per_um2);
        (defect.defect_no, defect.repeats_number) = tally.number_of(raw.defect_id, raw.place);
        defect
    }

    /// Position from index and offset in the die; from `X Y` where a file gives only those.
    #[inline]
    fn place(&self, raw: &RawRow, tally: &mut Tally) -> Option<Point> {
        let point = self.point(raw)?;
        if !point.x.is_finite() || !point.y.is_finite() {
            return None;
        }
        if point.x * point.x + point.y * point.y > self.outside_mm2 {
            tally.outside_wafer.hit(raw.place);
        }
        if let Some(frame) = &self.frame {
            let x = raw.x_rel / self.units.length_per_mm;
            let y = raw.y_rel / self.units.length_per_mm;
            if x < 0.0 || x > frame.pitch_mm.x || y < 0.0 || y > frame.pitch_mm.y {
                tally.outside_die.hit(raw.place);
            }
        }
        Some(point)
    }

    #[inline]
    fn point(&self, raw: &RawRow) -> Option<Point> {
        let mm = |x: f64, y: f64| Point {
            x: x / self.units.length_per_mm,
            y: y / self.units.length_per_mm,
        };
        let frame = self.frame.as_ref()?;
        if let (Some(x), Some(y)) = (raw.rest.die_x, raw.rest.die_y)
            && !raw.x_rel.is_nan()
            && !raw.y_rel.is_nan()
        {
            return Some(frame.point_in_wafer(Die { x, y }, mm(raw.x_rel, raw.y_rel)));
        }
        if raw.x.is_nan() || raw.y.is_nan() {
            return None;
        }
        let delivered = mm(raw.x, raw.y);
        Some(match self.is_centered {
            true => frame.notch_down(delivered),
            false => frame.point_from_die_zero(delivered),
        })
    }
}

/// A length or area; NaN and negative numbers stand for none.
#[inline]
fn length(value: f64) -> Option<f64> {
    (value >= 0.0).then_some(value)
}

/// Filling a batch cell by cell; a row that is not finished is taken back.
impl DefectBatch {
    /// Adds the text of a cell.
    #[inline]
    pub(crate) fn push_cell(&mut self, bytes: &[u8]) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(bytes);
        self.cells.push((start, self.text.len() as u32));
    }

    /// Makes the last cell longer by one more value.
    pub(crate) fn extend_cell(&mut self, bytes: &[u8]) {
        self.text.push(b' ');
        self.text.extend_from_slice(bytes);
        if let Some((_, end)) = self.cells.last_mut() {
            *end = self.text.len() as u32;
        }
    }

    pub(crate) fn push_image(&mut self, image: Image) {
        self.images.push(image);
    }

    #[inline]
    pub(crate) fn finish_row(&mut self, defect: Defect) {
        self.defects.push(defect);
        self.image_ends.push(self.images.len() as u32);
    }

    /// Forgets the cells of a row that was not finished.
    pub(crate) fn drop_unfinished_row(&mut self) {
        self.cells.truncate(self.defects.len() * self.columns.len());
        self.text
            .truncate(self.cells.last().map_or(0, |(_, end)| *end as usize));
        self.images
            .truncate(self.image_ends.last().map_or(0, |end| *end as usize));
    }

    /// Whether the caller should have it before it grows further.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.defects.len() >= 2048 || self.text.len() >= 1 << 20 || self.images.len() >= 1 << 16
    }
}
