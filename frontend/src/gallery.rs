//! The gallery of an inspection: where tiles lie (`layout`), which are chosen (`select`), what is shown
//! under filter and grouping (`shown`), how they are drawn (`view`, `scroller`, `tile`), and changing many (`change`).

mod change;
mod layout;
mod scroller;
mod select;
mod shown;
mod state;
mod tile;
mod view;

pub use view::{Gallery, Linked};
