//! Where defects lie on a wafer.
//!
//! Not here: tests of spatial randomness, shapes of signatures.

mod dbscan;

pub use dbscan::{Clusters, dbscan};
