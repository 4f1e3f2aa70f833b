//! The T7 mark: a Data Matrix ECC 200 of 8 rows and 32 columns.
//!
//! Placement and Reed-Solomon code are those of the `datamatrix` crate (ISO/IEC 16022). The mark is
//! drawn as SEMI T7-0303 describes it: dots of 100 µm at a pitch of 125 µm in a field of 4.000 mm
//! by 1.000 mm; a dot is a binary 1. Where the mark lies on the wafer is not drawn.

use std::fmt::Write;

use datamatrix::{DataMatrix, EncodationType, SymbolSize, data::DataEncodingError};

use crate::T7;

/// Rows of a mark.
pub const T7_ROWS: usize = 8;
/// Columns of a mark: two data regions of 16, each with its border.
pub const T7_COLUMNS: usize = 32;
/// Distance of neighbouring dots, centre to centre, in µm.
pub const T7_PITCH_UM: f64 = 125.0;

const DOT_DIAMETER_UM: f64 = 100.0;

/// The dots of a mark, seen with the full border row at the bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct T7Symbol {
    dots: Vec<bool>,
}

impl T7Symbol {
    /// Whether there is a dot, row 0 at the top, column 0 at the left.
    ///
    /// # Panics
    /// Outside of [`T7_ROWS`] and [`T7_COLUMNS`].
    pub fn is_dot(&self, row: usize, column: usize) -> bool {
        assert!(
            row < T7_ROWS && column < T7_COLUMNS,
            "no cell {row}, {column}"
        );
        self.dots[row * T7_COLUMNS + column]
    }

    /// Row and column of every dot, row by row.
    pub fn dots(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let cells = self.dots.iter().enumerate().filter(|(_, is_dot)| **is_dot);
        cells.map(|(cell, _)| (cell / T7_COLUMNS, cell % T7_COLUMNS))
    }
}

/// The dots of a message.
///
/// The ten characters are written as plain ASCII codewords (pairs of digits as one), which every
/// reader knows, although the standard of the symbol allows denser ones.
pub fn t7_symbol(t7: &T7) -> T7Symbol {
    let symbol = encode(t7).expect("ten ASCII characters fit the ten codewords of 8 x 32");
    T7Symbol {
        dots: symbol.bitmap().bits().to_vec(),
    }
}

fn encode(t7: &T7) -> Result<DataMatrix, DataEncodingError> {
    datamatrix::DataMatrixBuilder::new()
        .with_encodation_types(EncodationType::Ascii)
        .with_symbol_list(SymbolSize::Rect8x32)
        .encode(t7.as_str().as_bytes())
}

/// The mark as an SVG image, in its true size, dark on white with a quiet zone of one cell.
///
/// One unit of the image is 1 µm and its origin is the corner of the field. Colours are attributes,
/// no style sheet is needed.
/// # Example
/// ```
/// let svg = semi::t7_svg(&"12345678AS".parse()?);
/// assert!(svg.starts_with("<svg "));
/// # Ok::<(), semi::Error>(())
/// ```
pub fn t7_svg(t7: &T7) -> String {
    let width = (T7_COLUMNS + 2) as f64 * T7_PITCH_UM;
    let height = (T7_ROWS + 2) as f64 * T7_PITCH_UM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{}mm\" height=\"{}mm\" \
         viewBox=\"-{T7_PITCH_UM} -{T7_PITCH_UM} {width} {height}\"><title>SEMI T7 mark {t7}</title>\
         <rect x=\"-{T7_PITCH_UM}\" y=\"-{T7_PITCH_UM}\" width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\
         <g fill=\"#000\">",
        width / 1000.0,
        height / 1000.0,
    );
    for (row, column) in t7_symbol(t7).dots() {
        let [x, y] = [column, row].map(|cell| (cell as f64 + 0.5) * T7_PITCH_UM);
        let radius = DOT_DIAMETER_UM / 2.0;
        write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>")
            .expect("writing to a String does not fail");
    }
    svg.push_str("</g></svg>");
    svg
}
