//! Charts with a memory: EWMA and CUSUM of the points in units of their own sigma.

use std::collections::BTreeMap;

use analytics::spc::{CusumChart, EwmaChart, MemoryChart as Of, StagedChart};
use contract::analytics::{MemoryChart, MemoryKind};

use super::spc::index;
use crate::error::ApiResult;

/// Weight of the newest point and width of the limits: in control, a false alarm every 500 points on average
/// (J. M. Lucas and M. S. Saccucci, Technometrics 32 (1990), table 3).
const EWMA: (f64, f64) = (0.2, 2.962);
/// Allowance and decision interval in sigma: in control, a false alarm every 465 points on average, a shift by one sigma
/// found after 10 (NIST/SEMATECH e-Handbook, 6.3.2.3.1).
const CUSUM: (f64, f64) = (0.5, 5.0);

/// The chart that was asked for; `None` without a point that has z.
///
/// # Errors
/// When statistics refuse the parameters, which they do not.
pub fn memory(asked: Option<MemoryKind>, chart: &StagedChart) -> ApiResult<Option<MemoryChart>> {
    let points = chart.points.len();
    Ok(match asked {
        None => None,
        Some(MemoryKind::Ewma) => chart
            .ewma(EWMA.0, EWMA.1)
            .map_err(anyhow::Error::from)?
            .map(|of| ewma(&of, points)),
        Some(MemoryKind::Cusum) => chart
            .cusum(CUSUM.0, CUSUM.1)
            .map_err(anyhow::Error::from)?
            .map(|of| cusum(&of, points)),
    })
}

fn ewma(of: &Of<EwmaChart>, points: usize) -> MemoryChart {
    let at_points = |values: &[f64]| spread(&of.indices, values.iter().copied(), points);
    MemoryChart {
        kind: MemoryKind::Ewma,
        parameters: parameters([("lambda", EWMA.0), ("width", EWMA.1)]),
        upper: at_points(&of.chart.averages),
        lower: vec![None; points],
        ucl: at_points(&of.chart.upper),
        lcl: at_points(&of.chart.lower),
        beyond: of
            .chart
            .beyond
            .iter()
            .map(|&at| index(of.indices[at]))
            .collect(),
        change_began: None,
    }
}

fn cusum(of: &Of<CusumChart>, points: usize) -> MemoryChart {
    let (high, low) = (&of.chart.upper, &of.chart.lower);
    let mut beyond: Vec<usize> = high.signals.iter().chain(&low.signals).copied().collect();
    beyond.sort_unstable();
    beyond.dedup();
    let first = beyond.first().copied();
    let began = first.map(|at| {
        let side = if high.signals.contains(&at) {
            high
        } else {
            low
        };
        of.indices[(at + 1).saturating_sub(side.runs[at])]
    });
    let limit = |value: f64| spread(&of.indices, of.indices.iter().map(|_| value), points);
    MemoryChart {
        kind: MemoryKind::Cusum,
        parameters: parameters([("k", CUSUM.0), ("h", CUSUM.1)]),
        upper: spread(&of.indices, high.sums.iter().copied(), points),
        lower: spread(&of.indices, low.sums.iter().map(|sum| -sum), points),
        ucl: limit(CUSUM.1),
        lcl: limit(-CUSUM.1),
        beyond: beyond.iter().map(|&at| index(of.indices[at])).collect(),
        change_began: began.map(index),
    }
}

fn parameters<const N: usize>(named: [(&str, f64); N]) -> BTreeMap<String, f64> {
    named.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Values at their points; none elsewhere.
fn spread(indices: &[usize], values: impl Iterator<Item = f64>, points: usize) -> Vec<Option<f64>> {
    let mut spread = vec![None; points];
    for (&at, value) in indices.iter().zip(values) {
        spread[at] = Some(value);
    }
    spread
}
