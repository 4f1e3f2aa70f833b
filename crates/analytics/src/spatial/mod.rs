//! Where defects lie on a wafer, and which of them were there before.

mod adders;
mod arc;
mod blocks;
mod dbscan;
mod descriptor;
mod displacements;
mod field;
mod fold;
mod inspected;
mod neighbours;
mod reach;
mod registration;
mod rigid;
mod shape;
mod signature;
mod stack;
mod texture;
mod wafers_hit;
mod zones;

pub use adders::{DEFAULT_TOLERANCE_MM, Judged, Route, Sighting};
pub use arc::{Arc, fit_arc};
pub use dbscan::{Clusters, dbscan};
pub use descriptor::{DEFECTS_LEAST, Descriptor, Likeness};
pub use field::{Field, FieldRepeater, Placed, REPEATER_LEVEL, field_density, stack_field};
pub use inspected::{Inspected, Lattice, Sector, direction_deg, disc_area_mm2};
pub use reach::{CHANCE_CORES, DefaultReach, default_reach};
pub use registration::{Registration, register};
pub use rigid::Rigid;
pub use shape::{Outline, Shape, convex_hull, measure};
pub use signature::{Found, Pattern, Place, Signatures, signatures};
pub use stack::{DieGrid, Layer, Region, STACK_LEVEL, Stacked, stack_cells, stack_dies};
pub use zones::{Division, InspectionZones, ZoneFinding, ZoneTest, compare_zones, ring_radii_mm};
