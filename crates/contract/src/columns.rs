//! Defects as columns on the wire: media types, and the names of what the streams hold.

/// Media type of an Arrow IPC stream, as `Accept` asks for it.
pub const ARROW_STREAM: &str = "application/vnd.apache.arrow.stream";

/// Media type of a table as text, as `Accept` asks for it.
pub const CSV: &str = "text/csv";

/// Name, in the metadata of a map stream's schema, of the JSON text of its [`WaferMap`](crate::analytics::WaferMap)
/// without defects. Its `types` and `inspections` are what the columns `type` and `inspection` point into.
pub const MAP_HEAD: &str = "wafermaps.map";

/// The columns of a map stream, in this order, none of them nullable.
///
/// Only defects with a position are in it. Positions are whole nanometres from the wafer centre, notch down, y up: finer than
/// any tool tells, and small enough for a graphics card without rounding.
pub const MAP_COLUMNS: [(&str, MapColumn); 10] = [
    ("inspection", MapColumn::U16),
    ("defect_no", MapColumn::I32),
    ("x_nm", MapColumn::I32),
    ("y_nm", MapColumn::I32),
    ("die_x", MapColumn::I32),
    ("die_y", MapColumn::I32),
    ("size_um", MapColumn::F32),
    ("type", MapColumn::U16),
    ("cluster_no", MapColumn::I32),
    ("status", MapColumn::U8),
];

/// How a column of a map stream is stored: little-endian, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapColumn {
    /// Unsigned byte.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 32 bits.
    I32,
    /// Floating point, 32 bits; 0 where the size is unknown.
    F32,
}

impl MapColumn {
    /// Bytes a value.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::I32 | Self::F32 => 4,
        }
    }
}
