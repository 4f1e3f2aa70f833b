//! Dies: how many have a defect, and what that says of yield.

use uuid::Uuid;

use super::BinQuality;

api! {
    /// The dies of one or many inspections.
    pub struct DieView {
        /// Inspections counted; the newest 1,000 at most.
        pub inspections: i64,
        /// Dies inspected, over all of them.
        pub dies: i64,
        /// Dies with at least one defect.
        pub defective: i64,
        /// Share of them.
        pub defective_share: f64,
        /// 95 % interval of the share (Wilson).
        pub defective_interval: [f64; 2],
        /// Defects in inspected dies.
        pub defects: i64,
        /// Mean defects a die.
        pub mean_per_die: f64,
        /// Variance of the defects a die over their mean: 1 for random, more where they cluster; 0 without a defect.
        pub dispersion: f64,
        /// Area of a die, cm2.
        pub die_area_cm2: f64,
        /// Defects per cm2 (D0) of inspected dies.
        pub d0_per_cm2: f64,
        /// Clustering parameter of the negative binomial, from the dispersion; absent where defects do not cluster.
        pub alpha: Option<f64>,
        /// What yield models say of the defect-free share.
        pub models: Vec<YieldEstimate>,
        /// How many dies have 0, 1, 2, ... defects; the last place holds all with 10 or more.
        pub histogram: Vec<i64>,
        /// For one inspection: its dies, one value each.
        pub map: Option<DieCounts>,
        /// What bin maps say about these dies; absent where no wafer has one.
        pub kill: Option<KillRatios>,
    }

    /// Dies of an inspection as columns.
    pub struct DieCounts {
        /// Column as delivered.
        pub die_x: Vec<i32>,
        /// Row as delivered.
        pub die_y: Vec<i32>,
        /// Defects.
        pub count: Vec<u32>,
        /// Bin code where a bin map covers the die.
        pub bin: Vec<Option<String>>,
    }

    /// A yield model and what it says.
    pub struct YieldEstimate {
        /// `poisson`, `murphy`, `seeds`, `negative_binomial`.
        pub model: String,
        /// Share of dies without a defect that it expects.
        pub defect_free: f64,
        /// That minus the share found.
        pub error: f64,
    }

    /// How often dies with a defect fail the electrical test.
    pub struct KillRatios {
        /// Wafers with a bin map.
        pub wafers: i64,
        /// Dies tested.
        pub dies: i64,
        /// Share of good dies.
        pub yield_share: f64,
        /// All types together first, then one row a type, highest ratio first.
        pub rows: Vec<KillRatio>,
    }

    /// The kill ratio of a type: one minus the yield of dies with it over the yield of dies without any defect.
    pub struct KillRatio {
        /// Type; absent for all of them.
        pub defect_type_id: Option<i32>,
        /// Its name; `all`.
        pub name: String,
        /// Colour of the type.
        pub colour: Option<String>,
        /// Tested dies with at least one such defect.
        pub dies_with: i64,
        /// Of those, good ones.
        pub good_with: i64,
        /// Tested dies without any defect.
        pub dies_without: i64,
        /// Of those, good ones.
        pub good_without: i64,
        /// Kill ratio; absent where no die without defects is good.
        pub kill_ratio: Option<f64>,
        /// 95 % interval.
        pub interval: Option<[f64; 2]>,
        /// Probability of such a difference by chance (Fisher's exact test), after Benjamini-Hochberg control.
        pub adjusted_p: f64,
        /// Dies lost to the type: dies with it times the ratio.
        pub dies_lost: Option<f64>,
    }

    /// A bin and its dies, with the defects found on them.
    pub struct BinDefects {
        /// Code.
        pub code: String,
        /// What it means.
        pub quality: BinQuality,
        /// Dies.
        pub dies: i64,
        /// Dies with a defect.
        pub defective: i64,
    }
}

filtered_query! {
    /// Whose dies.
    pub struct DieQuery {
        /// Only this inspection.
        pub inspection_id: Option<Uuid>,
    }
}
