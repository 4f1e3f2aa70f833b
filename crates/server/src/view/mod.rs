//! Rows of the database as the API shows them.

/// Turns a list of words of the database into that of the API and back; both have the same variants.
macro_rules! same_words {
    ($($row:ty as $shown:ty: $show:ident, $keep:ident [$($variant:ident),+])+) => {$(
        /// The word as the API writes it.
        pub fn $show(word: $row) -> $shown {
            match word { $(<$row>::$variant => <$shown>::$variant),+ }
        }

        /// The word as the database writes it.
        pub fn $keep(word: $shown) -> $row {
            match word { $(<$shown>::$variant => <$row>::$variant),+ }
        }
    )+};
}

pub mod adder;
pub mod alert;
pub mod analytics;
pub mod bin_map;
pub mod cause;
pub mod chart_window;
pub mod choice;
pub mod control_chart;
pub mod correlation;
pub mod defect;
pub mod defect_table;
pub mod defect_type;
pub mod die;
pub mod equipment;
pub mod filter;
pub mod finding;
pub mod history;
pub mod image;
pub mod import;
pub mod inspection;
pub mod lot;
pub mod map;
pub mod map_stream;
pub mod memory;
pub mod pareto;
pub mod spc;
pub mod spectrum;
pub mod user;
pub mod wafer;

/// A text that the database holds as `''` where none was delivered.
fn delivered(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
