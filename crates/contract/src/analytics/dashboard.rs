//! The dashboard, and the values to choose from in the filter bar.

use chrono::{DateTime, Utc};

use super::{Pareto, Spc};
use crate::inspection::Inspection;

api! {
    /// The dashboard under a filter.
    pub struct Dashboard {
        /// Key figures.
        pub kpis: Kpis,
        /// The same figures of the window of equal length just before; absent without a window.
        pub previous: Option<Kpis>,
        /// Defects of the newest 200 inspections, with limits from these.
        pub trend: Spc,
        /// Pareto of defect types.
        pub pareto: Pareto,
        /// The latest inspections, newest first, at most 10.
        pub latest: Vec<Inspection>,
    }

    /// Key figures.
    #[derive(Default)]
    pub struct Kpis {
        /// Inspections.
        pub inspections: i64,
        /// Wafers.
        pub wafers: i64,
        /// Lots.
        pub lots: i64,
        /// Tools.
        pub equipment: i64,
        /// Defects.
        pub defects: i64,
        /// Mean defects per inspection.
        pub mean_count: Option<f64>,
        /// Defects per cm2 over all inspections whose area is known.
        pub density_per_cm2: Option<f64>,
        /// Inspected area in cm2.
        pub area_cm2: f64,
    }

    /// Values to choose from in the filter bar.
    pub struct Facets {
        /// Steps.
        pub steps: Vec<Facet>,
        /// Products.
        pub products: Vec<Facet>,
        /// Tools.
        pub equipment: Vec<Facet>,
        /// Lots, latest first, at most 500.
        pub lots: Vec<Facet>,
        /// Defect types.
        pub defect_types: Vec<Facet>,
        /// Chemical elements, most defects first.
        pub elements: Vec<Facet>,
        /// First and latest inspection.
        pub window: Option<[DateTime<Utc>; 2]>,
    }

    /// One value to choose.
    pub struct Facet {
        /// Value for the filter.
        pub key: String,
        /// What to write.
        pub label: String,
        /// Inspections (for types and elements: defects) with it.
        pub count: i64,
    }
}

filtered_query! {
    /// What the dashboard shows.
    pub struct DashboardQuery {}
}
