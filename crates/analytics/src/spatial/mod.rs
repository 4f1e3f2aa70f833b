//! Where defects lie on a wafer, and which of them were there before.
//!
//! Not here: tests of spatial randomness, shapes of signatures.

mod adders;
mod dbscan;
mod descriptor;
mod field;
mod fold;
mod neighbours;
mod registration;
mod rigid;
mod stack;
mod texture;
mod wafers_hit;

pub use adders::{DEFAULT_TOLERANCE_MM, Judged, Route, Sighting};
pub use dbscan::{Clusters, dbscan};
pub use descriptor::{DEFECTS_LEAST, Descriptor, Likeness};
pub use field::{Field, FieldRepeater, Placed, REPEATER_LEVEL, field_density, stack_field};
pub use registration::{Registration, register};
pub use rigid::Rigid;
pub use stack::{DieGrid, Layer, Region, STACK_LEVEL, Stacked, stack_cells, stack_dies};
