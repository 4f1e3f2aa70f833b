use super::{Finding, Plan, Point, StagedChart, THREE_SIGMA_TAIL, Width, staged_chart};
use crate::Error;

/// [`staged_chart`] with limits as wide as fits the counts: exact quantiles with the tail probability of 3 sigma on a
/// picked chart of small ([`Finding::SmallCounts`]) or lopsided ([`Finding::Lopsided`]) counts, whose 3-sigma limits are
/// crossed by chance much more often than those of a normal distribution; 3 sigma otherwise. The width of `plan` has no
/// say.
///
/// # Errors
/// As [`staged_chart`].
/// # Source
/// Probability limits of counts: D. C. Montgomery, Introduction to Statistical Quality Control, 7.3; the models are those of
/// [`super::CountModel`].
/// # Example
/// ```
/// use analytics::spc::{Plan, Point, Width, recommended_chart};
///
/// let small = [2, 0, 3, 1, 1, 4, 2, 0, 1, 2].map(|count| Point { count, area_cm2: None });
/// let chart = recommended_chart(&small, &Plan::default())?;
/// assert!(matches!(chart.stages[0].limits.width, Width::Probability(_)));
/// let large = [92, 110, 103, 95, 99, 108, 97, 101, 90, 105].map(|count| Point { count, area_cm2: None });
/// let chart = recommended_chart(&large, &Plan::default())?;
/// assert_eq!(chart.stages[0].limits.width, Width::Sigma(3.0));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn recommended_chart(points: &[Point], plan: &Plan) -> Result<StagedChart, Error> {
    let mut plan = Plan {
        width: Width::default(),
        ..plan.clone()
    };
    let chart = staged_chart(points, &plan)?;
    if !chart.is_picked || !needs_quantiles(&chart.findings) {
        return Ok(chart);
    }
    plan.width = Width::Probability(THREE_SIGMA_TAIL);
    let mut chart = staged_chart(points, &plan)?;
    chart.reason.push_str(BY_QUANTILES);
    Ok(chart)
}

/// Why a recommended chart has limits by quantiles.
const BY_QUANTILES: &str = " Limits are exact quantiles of the counts: 3 sigma would be crossed too often by chance, as counts are small or lopsided.";

fn needs_quantiles(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| {
        matches!(
            finding,
            Finding::Lopsided { .. } | Finding::SmallCounts { .. }
        )
    })
}
