//! The wafer map: what is on it ([`Scene`]), how it lies on the screen (`camera`), how it is painted
//! (`marks`, `paint`), what is under the pointer (`pick`) and the component that ties these together.

mod camera;
mod legend;
mod marks;
mod overlay;
mod overlay_paint;
mod paint;
mod pick;
mod scene;
mod select;
mod shape;
mod stage;
mod tip;
mod view;

pub use overlay::{Form, Overlay};
pub use scene::{MapData, bare_map};
pub use select::Region;
pub use view::WaferMap;
