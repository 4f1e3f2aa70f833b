//! Clusters of defects.

use super::{Seen, TypeShare};

words! {
    /// What a cluster looks like, told by its measures alone.
    pub enum ClusterShape {
        /// Long and straight.
        Line = "line",
        /// Long and bent.
        Arc = "arc",
        /// About as long as wide.
        Blob = "blob",
        /// Neither.
        Irregular = "irregular",
    }
}

api! {
    /// The clusters of an inspection (DBSCAN).
    pub struct Clusters {
        /// What was looked at.
        pub seen: Seen,
        /// Defects within this distance of each other are neighbours, mm.
        pub reach_mm: f64,
        /// Neighbours, itself among them, that make a defect the core of a cluster.
        pub min_points: u32,
        /// Where `reach_mm` and `min_points` come from.
        pub reason: String,
        /// Defects in clusters.
        pub clustered: i64,
        /// Defects where each cluster counts as one.
        pub collapsed_count: i64,
        /// Clusters, most defects first.
        pub clusters: Vec<Cluster>,
    }

    /// A cluster and its measures.
    pub struct Cluster {
        /// Number in this answer, from 1, most defects first.
        pub cluster: u32,
        /// Defects.
        pub count: i64,
        /// Their numbers in the inspection, ascending; absent unless asked for with `members=true`.
        pub defect_nos: Option<Vec<i32>>,
        /// Defects by type, most first.
        pub types: Vec<TypeShare>,
        /// Middle, mm.
        pub centre_mm: [f64; 2],
        /// Extent along the axis, or along the arc, mm.
        pub length_mm: f64,
        /// Extent across, mm.
        pub width_mm: f64,
        /// Length over width.
        pub elongation: f64,
        /// Direction of the axis, degrees counter-clockwise from +x, 0 to below 180.
        pub axis_deg: f64,
        /// One over the radius of the circle that fits best, per mm; 0 for a straight line.
        pub curvature_per_mm: f64,
        /// Area of the hull, mm2.
        pub hull_area_mm2: f64,
        /// Convex hull, mm, counter-clockwise.
        pub hull_mm: Vec<[f64; 2]>,
        /// Shape.
        pub shape: ClusterShape,
    }
}

query! {
    /// How clusters are found.
    pub struct ClusterQuery {
        /// Only defects of these types.
        pub defect_type: Vec<i32>,
        /// `true` counts only adders: defects that no earlier inspection of the wafer saw at the same place. Of an inspection whose
        /// adders are still to be computed, which takes seconds after an import or a change, none is counted meanwhile. Default `false`.
        pub adders: Option<bool>,
        /// 0.001 to 50 mm; default: from the density of the defects.
        pub reach_mm: Option<f64>,
        /// 2 to 1000; default: from the density of the defects.
        pub min_points: Option<u32>,
        /// `true` lists the numbers of each cluster's defects.
        pub members: Option<bool>,
    }
}
