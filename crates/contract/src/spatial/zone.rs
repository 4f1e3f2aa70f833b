//! Zones of the wafer.

use uuid::Uuid;

use super::{TypeShare, ZoneShape};

words! {
    /// How rings divide the wafer.
    pub enum RingDivision {
        /// All rings have the same area.
        EqualArea = "equal_area",
        /// All rings have the same width.
        EqualWidth = "equal_width",
    }
}

api! {
    /// Defects by zone, over one or many inspections.
    pub struct Zones {
        /// Inspections counted.
        pub inspections: i64,
        /// Defects with a position.
        pub defects: i64,
        /// Defects without one, in no zone.
        pub unplaced: i64,
        /// Radius of the inspected part of the wafer, mm; the outermost ring ends here.
        pub radius_mm: f64,
        /// Defects per cm2 over all zones.
        pub density_per_cm2: f64,
        /// Zones from the inside out, counter-clockwise from +x within a ring; a custom zone is the last.
        pub zones: Vec<Zone>,
        /// Probability that densities differ so much by chance, over all zones: a Poisson dispersion test, with the variance
        /// between inspections where there are several.
        pub p_value: Option<f64>,
    }

    /// A zone.
    pub struct Zone {
        /// Name: `centre`, `ring 2`, `edge`, with the sector's direction where there are sectors; `custom`.
        pub name: String,
        /// Where it is.
        pub shape: ZoneShape,
        /// Its area on all inspections counted, cm2.
        pub area_cm2: f64,
        /// Defects.
        pub count: i64,
        /// Defects by type, most first, at most 10.
        pub types: Vec<TypeShare>,
        /// Defects per cm2.
        pub density_per_cm2: f64,
        /// 95 % interval of the density: exact Poisson, wider by the dispersion between inspections.
        pub interval_per_cm2: [f64; 2],
        /// Defects that the mean density would put there.
        pub expected: f64,
        /// Two-sided probability of such a count by chance.
        pub p_value: f64,
        /// The same after Benjamini-Hochberg control over the zones.
        pub adjusted_p: f64,
        /// Whether it differs at 5 %.
        pub is_different: bool,
    }
}

filtered_query! {
    /// Which defects in which zones.
    pub struct ZoneQuery {
        /// Only this inspection; default: all under the filter, the newest 1,000.
        pub inspection_id: Option<Uuid>,
        /// 1 to 20, default 5.
        pub rings: Option<u32>,
        /// Default `equal_area`.
        pub division: Option<RingDivision>,
        /// 1 to 36, default 1 (no sectors).
        pub sectors: Option<u32>,
        /// A custom zone beside the others: inner radius, mm. Needs `outer_mm`.
        pub inner_mm: Option<f64>,
        /// Its outer radius, mm.
        pub outer_mm: Option<f64>,
        /// Where it begins, degrees counter-clockwise from +x; default 0.
        pub from_deg: Option<f64>,
        /// How far it goes round, degrees; default 360.
        pub sweep_deg: Option<f64>,
    }
}
