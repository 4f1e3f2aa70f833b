//! Control charts of defect counts and densities.
//!
//! [`analyse`] does it all: it picks a chart, says why, computes limits from a baseline, judges
//! every point and names the rules that are violated. The charts it picks from stand on their own:
//! [`c_chart`], [`u_chart`], [`laney_u_chart`], [`individuals_chart`]. Beside them there are charts of
//! fractions ([`p_chart`], [`np_chart`], [`laney_p_chart`]), of measured subgroups ([`xbar_r_chart`],
//! [`xbar_s_chart`]), and with a memory ([`ewma_chart`], [`cusum_chart`]).
//!
//! What an engineer owns is a [`Plan`]: stages with computed or frozen limits ([`LimitSet`]), points
//! excluded with a reason, single rules, limits by sigma or by probability ([`CountModel::limits`]).
//! [`staged_chart`] draws it, [`backtest`] tries its limits on history.
//!
//! # Conventions
//! - A point is beyond a limit only when it is *strictly* above the upper or below the lower one;
//!   a difference in the last bits (1e-12 of the value) is rounding, not a signal.
//! - A lower limit of counts, densities and fractions is not below 0, an upper one of fractions not
//!   above 1. Those of individuals and means are not clamped.
//! - The centre of densities is the sum of counts over the sum of areas, not the mean of densities.
//! - Sigma of individuals is the mean moving range of span 2 over d2(2) = 2/√π, not over 1.128.
//!   No large moving range is left out. Laney's sigma_z is estimated in the same way from z, and
//!   may fall below 1, which narrows the limits.
//! - Points outside the baseline are judged, but do not contribute to limits. Where one lies
//!   inside the baseline's period, the moving range is taken across it.
//! - What has no value is `None`, never NaN: sigma of a single value, z where sigma is 0.

mod analyse;
mod attribute;
mod backtest;
mod baseline;
mod constants;
mod counts;
mod excursion;
mod fractions;
mod individuals;
mod limit_set;
mod memory;
mod pick;
mod probability_limits;
mod recommended;
mod staged;
mod staged_memory;
mod subgroups;
mod told_apart;

pub use analyse::{Chart, ChartPoint, MovingRanges, Options, Point, Unit, analyse};
pub use attribute::AttributeChart;
pub use backtest::{Backtest, Detection, KnownEvent, backtest};
pub use baseline::{Baseline, Setup};
pub use constants::{Constants, D2_SPAN_2};
pub use counts::{Limits, c_chart, c_limits, laney_u_chart, u_chart};
pub use excursion::{Excursion, Side};
pub(crate) use fractions::expect_samples;
pub use fractions::{laney_p_chart, np_chart, p_chart};
pub use individuals::{IndividualsChart, individuals_chart};
pub use limit_set::{LimitSet, Width};
pub use memory::{
    CusumChart, CusumSetup, CusumSide, EwmaChart, EwmaSetup, cusum_chart, ewma_chart,
};
pub use pick::{ChartKind, Dispersed, Finding, Verdict};
pub use probability_limits::{
    CountLimits, CountModel, ProbabilityChart, THREE_SIGMA_TAIL, probability_chart,
};
pub use recommended::recommended_chart;
pub use staged::{
    Exclusion, LimitSource, Phase, Plan, Stage, StageLimits, StagedChart, StagedPoint, staged_chart,
};
pub use staged_memory::MemoryChart;
pub use subgroups::{DeviationEstimator, Panel, SubgroupChart, xbar_r_chart, xbar_s_chart};
pub use told_apart::{StepHistory, ToldApart, find_high, tell_apart};

/// Relative difference below which two values differ by rounding only.
const ROUNDING: f64 = 1e-12;

/// Whether a value lies strictly above a limit.
fn is_above(value: f64, limit: f64) -> bool {
    value - limit > ROUNDING * value.abs().max(limit.abs())
}

/// (value − centre) / sigma; exactly 0 on the centre, so that rounding puts no point on a side of it.
/// `None` where sigma is 0.
fn z(value: f64, centre: f64, sigma: f64) -> Option<f64> {
    let is_on_centre = (value - centre).abs() <= ROUNDING * value.abs().max(centre.abs());
    (sigma > 0.0).then(|| {
        if is_on_centre {
            0.0
        } else {
            (value - centre) / sigma
        }
    })
}

/// The indices of the values strictly outside their limits.
fn beyond<'a>(
    values: &'a [f64],
    limits: impl Fn(usize) -> (f64, f64) + 'a,
) -> impl Iterator<Item = usize> + 'a {
    values
        .iter()
        .enumerate()
        .filter_map(move |(index, &value)| {
            let (lower, upper) = limits(index);
            (is_above(value, upper) || is_above(lower, value)).then_some(index)
        })
}
