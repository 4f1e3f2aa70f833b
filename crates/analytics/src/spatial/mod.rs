//! Where defects lie on a wafer, and which of them were there before.
//!
//! Not here: tests of spatial randomness, shapes of signatures.

mod adders;
mod dbscan;
mod neighbours;
mod registration;
mod rigid;

pub use adders::{DEFAULT_TOLERANCE_MM, Judged, Route, Sighting};
pub use dbscan::{Clusters, dbscan};
pub use registration::{Registration, register};
pub use rigid::Rigid;
