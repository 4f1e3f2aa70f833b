//! Some thousand defects at a time: typed values of the known columns, texts of all.

use std::borrow::Cow;
use std::sync::Arc;

use crate::column::Columns;
use crate::text::decode;

/// One defect: the known columns in the units of the field.
///
/// A value is absent where the column is missing or holds `NA`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Defect {
    /// Line on which its row begins, counting from 1.
    pub line: u64,
    /// `DEFECTID`; where the column is missing, the row's number in the wafer, counting from 1.
    pub defect_no: i32,
    /// Whether an earlier defect of the wafer has the same `DEFECTID`.
    pub repeats_number: bool,
    /// mm to the right of the wafer centre, notch down.
    pub x_mm: Option<f64>,
    /// mm above the wafer centre, notch down.
    pub y_mm: Option<f64>,
    /// `XINDEX` as delivered.
    pub die_x: Option<i32>,
    /// `YINDEX` as delivered.
    pub die_y: Option<i32>,
    /// `DSIZE` in µm. Tools do not agree on what it is (diagonal, longer side, root of the area,
    /// ...). Absent where it is negative or not less than the wafer's diameter, which some tools
    /// write for a defect without size.
    pub size_um: Option<f64>,
    /// `XSIZE` in µm; 0 occurs where the tool measures no box. Absent where negative.
    pub x_size_um: Option<f64>,
    /// `YSIZE` in µm; 0 occurs where the tool measures no box. Absent where negative.
    pub y_size_um: Option<f64>,
    /// `DEFECTAREA` in µm². Absent where negative.
    pub area_um2: Option<f64>,
    /// `CLASSNUMBER`; 0 is unclassified.
    pub class_number: Option<i32>,
    /// `ROUGHBINNUMBER`.
    pub rough_bin: Option<i32>,
    /// `FINEBINNUMBER`.
    pub fine_bin: Option<i32>,
    /// `CLUSTERNUMBER`; 0 is no cluster.
    pub cluster_no: Option<i32>,
    /// `TEST`, the number of an `InspectionTest`.
    pub test: Option<i32>,
    /// `REVIEWSAMPLE`; above 0 the defect was chosen for review.
    pub review_sample: Option<i32>,
    /// `IMAGECOUNT` as delivered; the images themselves are in [`DefectBatch::images`].
    pub image_count: Option<i32>,
}

/// An image of a defect.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Image {
    /// Flat: the image's id, counting from 1, which is the page of the TIFF file in force.
    /// 1.8: the number in the file.
    pub number: i32,
    /// Flat: the image's type, nearly always 0. Always 0 in 1.8.
    pub kind: i32,
    /// 1.8: where the image is. Untrusted text: it may point anywhere.
    pub path: Option<String>,
    /// 1.8: `JPG`, `PNG`, ...
    pub format: Option<String>,
    /// 1.8: what the image shows, e.g. `Patch`.
    pub label: Option<String>,
}

/// Defects of one wafer, in the file's order. The reader fills the same batch again and again.
#[derive(Debug, Clone, Default)]
pub struct DefectBatch {
    pub(crate) columns: Arc<Columns>,
    pub(crate) image_file: Option<Arc<str>>,
    pub(crate) defects: Vec<Defect>,
    pub(crate) text: Vec<u8>,
    /// Where each cell lies in `text`, row by row.
    pub(crate) cells: Vec<(u32, u32)>,
    pub(crate) images: Vec<Image>,
    /// Where the images of each row end in `images`.
    pub(crate) image_ends: Vec<u32>,
}

impl DefectBatch {
    /// The columns of these defects.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The image file these defects refer to (`TiffFileName`), in flat files.
    pub fn image_file(&self) -> Option<&Arc<str>> {
        self.image_file.as_ref()
    }

    /// The defects, in the file's order.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// How many defects there are.
    pub fn len(&self) -> usize {
        self.defects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.defects.is_empty()
    }

    /// The text of one cell as delivered, without quotes. `row` counts in this batch, `column` as
    /// in [`Self::columns`].
    ///
    /// # Panics
    /// When there is no such row or column.
    pub fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        assert!(
            column < self.columns.len(),
            "column {column} of {}",
            self.columns.len()
        );
        let (start, end) = self.cells[row * self.columns.len() + column];
        decode(&self.text[start as usize..end as usize])
    }

    /// Whether a cell stood in quotes.
    pub(crate) fn is_quoted(&self, row: usize, column: usize) -> bool {
        let (start, _) = self.cells[row * self.columns.len() + column];
        start
            .checked_sub(1)
            .is_some_and(|before| self.text[before as usize] == b'"')
    }

    /// Names and texts of all cells of a row, as delivered.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn texts(&self, row: usize) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let names = self
            .columns
            .as_slice()
            .iter()
            .map(|column| column.name.as_str());
        names
            .enumerate()
            .map(move |(column, name)| (name, self.text(row, column)))
    }

    /// The images of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn images(&self, row: usize) -> &[Image] {
        let start = row
            .checked_sub(1)
            .map_or(0, |before| self.image_ends[before]);
        &self.images[start as usize..self.image_ends[row] as usize]
    }

    /// Empties the batch and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.defects.clear();
        self.text.clear();
        self.cells.clear();
        self.images.clear();
        self.image_ends.clear();
    }
}
