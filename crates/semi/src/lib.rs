#![doc = include_str!("../README.md")]

mod character;
mod check;
mod error;
mod explain;
mod identity;
mod lot_wafer;
mod m12;
mod m13;
mod symbol;
mod t7;

pub use character::{is_mark_character, value};
pub use check::{CheckFault, CheckPair, CheckStep, check_steps, verify, with_check_pair};
pub use error::Error;
pub use explain::{Explanation, Piece, PieceKind, explain};
pub use identity::{Check, Identity, Scheme, canonical, identify};
pub use lot_wafer::{LotWafer, Separator};
pub use m12::M12;
pub use m13::M13;
pub use symbol::{T7_COLUMNS, T7_PITCH_UM, T7_ROWS, T7Symbol, t7_svg, t7_symbol};
pub use t7::T7;
