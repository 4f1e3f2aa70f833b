//! How defect types move together.

use super::{Bucket, TrendPoint};

words! {
    /// The measure of a relation.
    pub enum Coefficient {
        /// Pearson's r: straight lines.
        Pearson = "pearson",
        /// Spearman's rho: any rise or fall, robust against single high points.
        Spearman = "spearman",
    }
}

api! {
    /// Relations between the densities of defect types.
    pub struct CorrelationMatrix {
        /// The measure.
        pub coefficient: Coefficient,
        /// How points are formed.
        pub bucket: Bucket,
        /// Points that were compared.
        pub points: i64,
        /// `cm2`, or `inspection` where an area is missing and inspections are the unit.
        pub per: String,
        /// The types, most defects first.
        pub types: Vec<CorrelatedType>,
        /// Every pair once, in the order of the types.
        pub pairs: Vec<CorrelatedPair>,
        /// Level at which pairs are called related, after Benjamini-Hochberg control over all pairs.
        pub alpha: f64,
        /// Types left out because there are more than asked for.
        pub types_left_out: i64,
        /// Points left out because there are more than 10,000; the newest are kept.
        pub left_out: i64,
    }

    /// A type in the matrix.
    pub struct CorrelatedType {
        /// Type.
        pub defect_type_id: i32,
        /// Name.
        pub name: String,
        /// `#rrggbb`.
        pub colour: String,
        /// Defects.
        pub count: i64,
    }

    /// Two types.
    pub struct CorrelatedPair {
        /// Index of the first type.
        pub first: u32,
        /// Index of the second type, after the first.
        pub second: u32,
        /// -1 to 1; absent where one of them does not vary.
        pub r: Option<f64>,
        /// Two-sided probability of such an r without a relation.
        pub p: Option<f64>,
        /// The same after Benjamini-Hochberg control.
        pub adjusted_p: Option<f64>,
        /// Whether they are called related at `alpha`.
        pub is_related: bool,
    }

    /// Two types in full: the scatter, the two series, and whether one runs ahead of the other.
    pub struct CorrelationDetail {
        /// How points are formed.
        pub bucket: Bucket,
        /// `cm2`, or `inspection` where an area is missing.
        pub per: String,
        /// The first type.
        pub first: CorrelatedType,
        /// The second type.
        pub second: CorrelatedType,
        /// Points, oldest first; `count` and `value` are those of the first type.
        pub points: Vec<TrendPoint>,
        /// Values of the second type, one for each point.
        pub second_values: Vec<Option<f64>>,
        /// Pearson's r.
        pub pearson: CorrelationResult,
        /// Spearman's rho.
        pub spearman: CorrelationResult,
        /// Correlation at each lag in points: the second type so many points after the first. A lag is at most a quarter of
        /// the points; empty below 8 points and where a type does not vary.
        pub lags: Vec<LagResult>,
        /// Index in `lags` of the strongest that stands out after Benjamini-Hochberg control; absent where none does.
        pub strongest_lag: Option<u32>,
        /// Points left out because there are more than 10,000; the newest are kept.
        pub left_out: i64,
    }

    /// A coefficient with its evidence.
    pub struct CorrelationResult {
        /// Points with both values.
        pub n: u32,
        /// -1 to 1; absent where one does not vary.
        pub r: Option<f64>,
        /// Two-sided probability without a relation.
        pub p: Option<f64>,
        /// 95 % confidence limits (Fisher), Pearson only.
        pub interval95: Option<[f64; 2]>,
    }

    /// Correlation at one lag.
    pub struct LagResult {
        /// Points by which the second type is later; negative: earlier.
        pub lag: i32,
        /// -1 to 1.
        pub r: f64,
        /// Two-sided probability after Benjamini-Hochberg control over the lags.
        pub adjusted_p: f64,
    }
}

filtered_query! {
    /// Which relations.
    pub struct CorrelationQuery {
        /// Default `spearman`.
        pub coefficient: Option<Coefficient>,
        /// Default `lot`.
        pub bucket: Option<Bucket>,
        /// Types, those with most defects, 2 to 40, default 15.
        pub types: Option<u32>,
        /// 0.001 to 0.2, default 0.05.
        pub alpha: Option<f64>,
    }
}

filtered_query! {
    /// Which two types.
    pub struct CorrelationPairQuery {
        /// The first type.
        pub first: Option<i32>,
        /// The second type.
        pub second: Option<i32>,
        /// Default `lot`.
        pub bucket: Option<Bucket>,
        /// Lags to look at on either side, 1 to 50, default 10.
        pub max_lag: Option<u32>,
    }
}
