//! Small pictures of wafers, painted from cells: what they show ([`Picture`]), the scale that several of them
//! share ([`Scale`]), how they are painted, and the legend that says what a colour means.

mod legend;
mod paint;
mod picture;
mod rim;
mod scale;
mod view;

pub use legend::{ScaleChoice, ScaleLegend};
pub use paint::{Palette, use_palette};
pub use picture::Picture;
pub use rim::within_wafer;
pub use scale::{Scale, ScaleKind, Tick};
pub use view::CellMap;
