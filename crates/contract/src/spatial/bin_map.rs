//! Wafer bin maps of electrical test.

use chrono::{DateTime, Utc};
use uuid::Uuid;

words! {
    /// Format of a bin map file.
    pub enum BinMapFormat {
        /// SINF, text.
        Sinf = "sinf",
        /// SEMI G85, XML.
        G85 = "g85",
        /// SEMI E142, XML.
        E142 = "e142",
    }
}

words! {
    /// What a bin means.
    pub enum BinQuality {
        /// The die works.
        Pass = "pass",
        /// It does not.
        Fail = "fail",
        /// The file does not say.
        Unknown = "unknown",
    }
}

api! {
    /// A bin map of a wafer, without its dies.
    pub struct BinMap {
        /// Id.
        pub bin_map_id: Uuid,
        /// Wafer.
        pub wafer_id: String,
        /// Name of the map, or of its file.
        pub name: String,
        /// Format it came in.
        pub format: BinMapFormat,
        /// Columns and rows of the array.
        pub columns: i32,
        /// Rows.
        pub rows: i32,
        /// Where the notch stood in the file, degrees as delivered; absent where the file does not say.
        pub delivered_notch_deg: Option<i32>,
        /// How it was turned, and shifted, to lie on the wafer's die grid; in words.
        pub placed: String,
        /// What was odd in the file, each with its line and column.
        pub warnings: Vec<String>,
        /// Dies with a code.
        pub dies: i64,
        /// Good ones.
        pub good: i64,
        /// Bins, most dies first.
        pub bins: Vec<Bin>,
        /// File.
        pub source_file: String,
        /// SHA-256 of the file, hexadecimal.
        pub source_sha256: String,
        /// When it came in.
        pub imported_at: DateTime<Utc>,
    }

    /// A bin.
    pub struct Bin {
        /// Code as delivered.
        pub code: String,
        /// What it means.
        pub quality: BinQuality,
        /// Description as delivered.
        pub description: Option<String>,
        /// Dies.
        pub count: i64,
    }

    /// A bin map with its dies.
    pub struct BinMapDetail {
        /// The map.
        pub bin_map: BinMap,
        /// Column of each die, on the wafer's die grid (as KLARF delivers it), notch down.
        pub die_x: Vec<i32>,
        /// Row of each die, from below.
        pub die_y: Vec<i32>,
        /// Place in `bins` of each die's bin.
        pub bin: Vec<u32>,
    }
}

query! {
    /// How a bin map file lies on the wafer. The file is the body, as it is.
    pub struct BinMapUpload {
        /// Name of the file.
        pub file_name: Option<String>,
        /// Which side the notch is on in the file, where the file does not say or says it wrong: 0 down, 90 left, 180 up, 270 right.
        pub notch_deg: Option<i32>,
        /// Column of the wafer's die grid under the file's first column; default: by the reference die or the middle.
        pub first_die_x: Option<i32>,
        /// Row of the wafer's die grid under the file's lowest row.
        pub first_die_y: Option<i32>,
        /// Codes of good dies, where the file does not say. Several: repeat the name. Default for such files: `1`, `01`, `001`, `0001`.
        pub good: Vec<String>,
    }
}
