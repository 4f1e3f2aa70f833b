//! What was measured to choose a chart, in words and figures.

use std::collections::BTreeMap;

use analytics::spc::{Finding, Verdict};
use contract::analytics::{FindingKind, SpcFinding};

/// A finding of the picker. `per_inspection`: what it took for areas are inspections, counts of several being charted in
/// a point.
pub fn finding(of: &Finding, per_inspection: bool) -> SpcFinding {
    let (kind, text, figures) = match of {
        Finding::AreasDiffer {
            least_cm2: least,
            most_cm2: most,
        } if per_inspection => (
            FindingKind::AreasDiffer,
            format!(
                "Points hold {least:.0} to {most:.0} inspections: counts per inspection are charted, each point with limits of its own."
            ),
            vec![("least_inspections", *least), ("most_inspections", *most)],
        ),
        of => told(of),
    };
    SpcFinding {
        kind,
        text,
        figures: figures
            .into_iter()
            .map(|(name, figure)| (name.to_owned(), figure))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn told(of: &Finding) -> (FindingKind, String, Vec<(&'static str, f64)>) {
    match *of {
        Finding::AreasMissing { missing, points } => (
            FindingKind::AreasMissing,
            format!("{missing} of {points} points have no inspected area: counts are charted."),
            vec![("missing", missing as f64), ("points", points as f64)],
        ),
        Finding::AreasDiffer {
            least_cm2,
            most_cm2,
        } => (
            FindingKind::AreasDiffer,
            format!(
                "Inspected areas differ, {least_cm2:.1} to {most_cm2:.1} cm²: densities are charted, each point with limits of its own."
            ),
            vec![("least_cm2", least_cm2), ("most_cm2", most_cm2)],
        ),
        Finding::Unmeasured { points } => (
            FindingKind::Unmeasured,
            "Too few points or no defects: how counts vary cannot be measured.".to_owned(),
            vec![("points", points as f64)],
        ),
        Finding::Dispersion { measured, verdict } => {
            let (kind, says) = match verdict {
                Verdict::Over => (
                    FindingKind::Overdispersed,
                    "counts vary more than independent defects would",
                ),
                Verdict::AsChance => (
                    FindingKind::AsChance,
                    "counts vary as independent defects would",
                ),
                Verdict::Under => (
                    FindingKind::Underdispersed,
                    "counts vary less than independent defects would: they may be capped, merged or averaged",
                ),
            };
            let mut figures = vec![
                ("ratio", measured.ratio),
                ("p_over", measured.p_over),
                ("p_under", measured.p_under),
            ];
            figures.extend(measured.alpha.map(|alpha| ("alpha", alpha)));
            let text = format!("Variance / mean is {:.2}: {says}.", measured.ratio);
            (kind, text, figures)
        }
        Finding::PoissonFlags {
            kind,
            flagged,
            points,
        } => (
            FindingKind::PoissonFlags,
            format!("The usual {kind} would flag {flagged} of {points} points."),
            vec![("flagged", flagged as f64), ("points", points as f64)],
        ),
        Finding::ShortTermVariation { sigma_z } => (
            FindingKind::ShortTermVariation,
            format!(
                "Neighbouring points differ {sigma_z:.2} times as much as chance gives (Laney's sigma_z)."
            ),
            vec![("sigma_z", sigma_z)],
        ),
        Finding::Lopsided { alpha, p_above } => (
            FindingKind::Lopsided,
            format!(
                "Counts are lopsided: by chance one point in {:.0} lies above the upper limit. Probability limits serve better.",
                1.0 / p_above.max(1e-9)
            ),
            vec![("alpha", alpha), ("p_above", p_above)],
        ),
        Finding::SmallCounts { mean } => (
            FindingKind::SmallCounts,
            format!(
                "Counts are small (mean {mean:.1}): the lower limit is 0 and probability limits serve better."
            ),
            vec![("mean", mean)],
        ),
    }
}
