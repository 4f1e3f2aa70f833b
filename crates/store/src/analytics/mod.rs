//! What charts and maps read. Trends, Pareto and key figures come from `inspection` and `inspection_type_count`, never
//! from `defect`: their cost grows with inspections, not with defects.

mod facets;
mod kpis;
mod map;
mod pareto;
mod trend;

pub use facets::{Facet, Facets, facets};
pub use kpis::{Kpis, kpis};
pub use map::{Columns, map_columns};
pub use pareto::{Pareto, ParetoBy, ParetoRow, pareto};
pub use trend::{Bucket, Point, Series, buckets, points};
