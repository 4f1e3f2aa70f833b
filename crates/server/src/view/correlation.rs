//! Relations between defect types.

use analytics::relation::{Correlation, LagCorrelation, PairCorrelation};
use contract::analytics::{CorrelatedPair, CorrelatedType, CorrelationResult, LagResult};
use store::analytics::TypeCounts;

use super::{defect_type::colour, spc::index};

/// A type in the matrix.
pub fn kind(row: TypeCounts) -> CorrelatedType {
    CorrelatedType {
        defect_type_id: row.defect_type_id,
        name: row.name,
        colour: colour(row.defect_type_id, row.colour),
        count: row.total,
    }
}

/// Two types of the matrix.
pub fn pair(of: &PairCorrelation) -> CorrelatedPair {
    CorrelatedPair {
        first: index(of.first),
        second: index(of.second),
        r: of.correlation.r,
        p: of.correlation.p_two_sided,
        adjusted_p: of.adjusted_p,
        is_related: of.is_related,
    }
}

/// A coefficient with its evidence.
pub fn result(of: &Correlation) -> CorrelationResult {
    CorrelationResult {
        n: index(of.n),
        r: of.r,
        p: of.p_two_sided,
        interval95: of.interval95.map(|(lower, upper)| [lower, upper]),
    }
}

/// The coefficient of no points.
pub fn no_result() -> CorrelationResult {
    CorrelationResult {
        n: 0,
        r: None,
        p: None,
        interval95: None,
    }
}

/// The correlation at one lag.
pub fn lag(of: &LagCorrelation) -> LagResult {
    LagResult {
        lag: i32::try_from(of.lag).unwrap_or_default(),
        r: of.r,
        adjusted_p: of.adjusted_p,
    }
}
