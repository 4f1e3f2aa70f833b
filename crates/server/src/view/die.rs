//! Dies, yield models and kill ratios.

use analytics::dies::{self, DieTally, TestedDies};
use analytics::yields::YieldModel;
use contract::spatial::{DieView, KillRatio, YieldEstimate};

use super::defect::Types;
use crate::error::ApiResult;

/// Dies of inspections with their defects, without map and kill ratios. `area_cm2` is the area of all dies together.
///
/// # Errors
/// When the statistics refuse the counts.
pub fn die_view(
    inspections: i64,
    tally: &DieTally,
    area_cm2: f64,
    places: usize,
) -> ApiResult<DieView> {
    let dies = tally.dies();
    let mut shown = DieView {
        inspections,
        dies: count(dies),
        defective: count(tally.defective()),
        defective_share: 0.0,
        defective_interval: [0.0, 1.0],
        defects: count(tally.defects()),
        mean_per_die: 0.0,
        dispersion: 0.0,
        die_area_cm2: 0.0,
        d0_per_cm2: 0.0,
        alpha: tally.alpha(),
        models: Vec::new(),
        histogram: tally.histogram(places).into_iter().map(count).collect(),
        map: None,
        kill: None,
    };
    if dies == 0 || area_cm2 <= 0.0 {
        return Ok(shown);
    }
    let (share, (low, high)) = tally.defective_share().map_err(anyhow::Error::from)?;
    shown.defective_share = share;
    shown.defective_interval = [low, high];
    shown.mean_per_die = tally.mean().map_err(anyhow::Error::from)?;
    shown.dispersion = tally.dispersion().unwrap_or(0.0);
    shown.die_area_cm2 = area_cm2 / dies as f64;
    shown.d0_per_cm2 = tally.defects() as f64 / area_cm2;
    let estimates = tally.yield_estimates(shown.die_area_cm2);
    let estimates = estimates.map_err(anyhow::Error::from)?;
    shown.models = estimates.iter().map(estimate).collect();
    Ok(shown)
}

/// A row of the kill ratios, its probability not adjusted yet.
pub fn kill_row(
    id: Option<i32>,
    tested: &TestedDies,
    kill: &dies::KillRatio,
    names: &Types,
) -> KillRatio {
    let (name, colour) = match id {
        Some(id) => {
            let (name, colour) = names.label(id);
            (name, Some(colour))
        }
        None => ("all".to_owned(), None),
    };
    KillRatio {
        defect_type_id: id,
        name,
        colour,
        dies_with: count(tested.with),
        good_with: count(tested.good_with),
        dies_without: count(tested.without),
        good_without: count(tested.good_without),
        kill_ratio: kill.ratio,
        interval: kill.interval.map(|(low, high)| [low, high]),
        adjusted_p: kill.p,
        dies_lost: kill.dies_lost,
    }
}

fn estimate(of: &dies::YieldEstimate) -> YieldEstimate {
    let model = match of.model {
        YieldModel::Poisson => "poisson",
        YieldModel::Murphy => "murphy",
        YieldModel::MurphyUniform => "murphy_uniform",
        YieldModel::SeedsReciprocal => "seeds",
        YieldModel::SeedsSqrtExponential => "seeds_sqrt",
        YieldModel::NegativeBinomial { .. } => "negative_binomial",
    };
    YieldEstimate {
        model: model.to_owned(),
        defect_free: of.defect_free,
        error: of.error,
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
