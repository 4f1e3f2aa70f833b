//! What a bin map says, whatever its format.

use crate::error::Diagnostic;

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// SINF, text.
    Sinf,
    /// SEMI G85, XML.
    G85,
    /// SEMI E142, XML.
    E142,
}

/// What a bin means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quality {
    /// The die works.
    Pass,
    /// It does not.
    Fail,
    /// The file does not say.
    #[default]
    Unknown,
}

/// How codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BinType {
    /// One character a die.
    Ascii,
    /// Three decimal digits a die, separated by blanks.
    Decimal,
    /// Two hexadecimal digits a die.
    #[default]
    HexaDecimal,
    /// Four hexadecimal digits a die.
    Integer2,
    /// Codes of any width, separated by blanks.
    Words,
}

/// Where coordinates begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "a corner is what its name says")]
pub enum Origin {
    #[default]
    LowerLeft,
    LowerRight,
    UpperLeft,
    UpperRight,
    Center,
}

/// Which way coordinates grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "a direction is what its name says")]
pub enum Axis {
    #[default]
    UpRight,
    DownRight,
    UpLeft,
    DownLeft,
}

/// A bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    /// Code as delivered; hexadecimal digits as capitals.
    pub code: String,
    /// What it means.
    pub quality: Quality,
    /// Description as delivered.
    pub description: Option<String>,
    /// Dies that have it, counted.
    pub count: u64,
}

/// A die by which a map can be laid on the wafer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Column as delivered, from the origin along the axis.
    pub x: i64,
    /// Row as delivered.
    pub y: i64,
    /// Its centre from the wafer centre in the delivered orientation, mm.
    pub position_mm: Option<(f64, f64)>,
}

/// A bin map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BinMap {
    /// Name of the map.
    pub name: Option<String>,
    /// Wafer as delivered.
    pub wafer_id: Option<String>,
    /// Lot as delivered.
    pub lot_id: Option<String>,
    /// Product as delivered.
    pub product_id: Option<String>,
    /// Where the notch or flat is, degrees clockwise from the bottom, 0, 90, 180 or 270.
    pub notch_deg: Option<u16>,
    /// Where coordinates begin.
    pub origin: Option<Origin>,
    /// Which way they grow.
    pub axis: Option<Axis>,
    /// Whether the map shows the wafer from its back.
    pub is_back_side: bool,
    /// How codes are written.
    pub bin_type: BinType,
    /// Code of places without a die.
    pub null_bin: Option<String>,
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Place in `bins` of each die's bin, `None` where there is no die; the top row first, each from the left.
    pub cells: Vec<Option<u16>>,
    /// Bins that are defined or met, in the order of the file.
    pub bins: Vec<Bin>,
    /// Reference dies.
    pub references: Vec<Reference>,
    /// Width and height of a die, mm, where the file gives them with a unit.
    pub die_size_mm: Option<(f64, f64)>,
}

impl BinMap {
    /// The bin at a column from the left and a row from the top; `None` where there is no die.
    #[must_use]
    pub fn bin_at(&self, column: usize, row: usize) -> Option<&Bin> {
        if column >= self.columns {
            return None;
        }
        let cell = self.cells.get(row.checked_mul(self.columns)? + column)?;
        self.bins.get(usize::from((*cell)?))
    }

    /// Dies with a code.
    #[must_use]
    pub fn dies(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Says which bins are good in a map that does not say it of any: those with one of these codes, or, where the
    /// list is empty, `1`, `01`, `001`, `0001`. All others then fail.
    pub fn judge(&mut self, good: &[String]) {
        if self.bins.iter().any(|bin| bin.quality != Quality::Unknown) {
            return;
        }
        for bin in &mut self.bins {
            let is_good = match good {
                [] => matches!(bin.code.as_str(), "1" | "01" | "001" | "0001"),
                good => good.iter().any(|code| code.eq_ignore_ascii_case(&bin.code)),
            };
            bin.quality = if is_good {
                Quality::Pass
            } else {
                Quality::Fail
            };
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Its format.
    pub format: Format,
    /// Its maps, at least one.
    pub maps: Vec<BinMap>,
    /// What was noticed.
    pub diagnostics: Vec<Diagnostic>,
}
