//! The wafer map: its data ([`MapData`]) and how they come in (`decode`, `load`), the order in which defects are drawn
//! and found (`order`), how the wafer lies on the screen (`camera`), how it is painted (`painter`: `paint` below the
//! defects, `points` by WebGL, `marks` without it, both by the same `look`, `density`), what hands do with it (`desk`), what others lay over it
//! (`overlay`), when it is painted (`easel`), its files (`sheet`, `svg`, `export`) and the component that ties these
//! together.

mod camera;
mod columns;
mod decode;
mod density;
mod desk;
mod easel;
mod export;
mod layers;
mod legend;
mod load;
mod look;
mod marks;
mod order;
mod overlay;
mod overlay_paint;
mod paint;
mod painter;
mod palette;
mod points;
mod program;
mod scene;
mod select;
mod shape;
mod sheet;
mod stage;
mod svg;
mod tip;
mod view;

pub use columns::{Columns, MapData, bare_map};
pub use load::{MapProgress, RemoteMap};
pub use overlay::{Form, Overlay};
pub use select::Region;
pub use view::WaferMap;

/// Inspection (index into the map's) and number of each defect in a lasso, ascending.
pub type Lassoed = std::sync::Arc<Vec<(u32, i32)>>;

#[cfg(test)]
pub(crate) use columns::tests::map as map_of;
