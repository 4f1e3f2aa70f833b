//! Control charts.

use analytics::spc::{Chart, ChartKind as Drawn, Unit};
use contract::analytics::{
    ChartKind, Dispersion, Metric, MovingRange, RuleSet, Spc, SpcPoint, TrendPoint, Violation,
};

/// What was asked for and left out.
#[derive(Debug)]
pub struct Asked {
    /// The chart.
    pub chart: ChartKind,
    /// The rules.
    pub rules: RuleSet,
    /// What is charted.
    pub metric: Metric,
    /// Points without an area.
    pub without_area: i64,
    /// Points beyond what can be charted.
    pub left_out: i64,
}

/// A chart without a point.
pub fn empty(asked: &Asked) -> Spc {
    Spc {
        requested: asked.chart,
        chart: asked.chart,
        reason: "No inspection under this filter can be charted.".to_owned(),
        metric: asked.metric,
        rules: asked.rules,
        points: Vec::new(),
        centre: None,
        moving_range: None,
        dispersion: None,
        violations: Vec::new(),
        without_area: asked.without_area,
        left_out: asked.left_out,
    }
}

/// A chart over its points; `poisson_flagged_percent` is what Poisson limits would flag.
pub fn spc(
    asked: &Asked,
    chart: &Chart,
    points: Vec<TrendPoint>,
    poisson_flagged_percent: f64,
) -> Spc {
    let violations = violations(chart, &points);
    let mut broken: Vec<Vec<String>> = vec![Vec::new(); points.len()];
    for violation in &chart.violations {
        broken[violation.index].push(violation.rule.as_str().to_owned());
    }
    let charted = points.into_iter().zip(&chart.points).zip(broken);
    Spc {
        requested: asked.chart,
        chart: kind(chart.kind),
        reason: chart.reason.clone(),
        metric: match chart.unit {
            Unit::DefectsPerWafer => Metric::Count,
            Unit::DefectsPerCm2 => Metric::Density,
        },
        rules: asked.rules,
        points: charted
            .map(|((point, drawn), rules)| SpcPoint {
                point,
                value: drawn.value,
                lcl: drawn.lower,
                ucl: drawn.upper,
                sigma: drawn.sigma,
                rules,
            })
            .collect(),
        centre: Some(chart.centre),
        moving_range: moving_range(chart),
        dispersion: chart.dispersed.map(|dispersed| Dispersion {
            ratio: dispersed.ratio,
            p_over: dispersed.p_over,
            poisson_flagged_percent,
        }),
        violations,
        without_area: asked.without_area,
        left_out: asked.left_out,
    }
}

fn moving_range(chart: &Chart) -> Option<MovingRange> {
    let ranges = chart.moving_ranges.as_ref()?;
    Some(MovingRange {
        values: ranges.values.clone(),
        centre: ranges.centre?,
        ucl: ranges.upper?,
        lcl: 0.0,
        beyond: indices(&ranges.beyond),
    })
}

fn violations(chart: &Chart, points: &[TrendPoint]) -> Vec<Violation> {
    let found = chart.violations.iter().map(|violation| {
        let rule = violation.rule.rule();
        let point = &points[violation.index];
        Violation {
            rule: rule.id.as_str().to_owned(),
            name: rule.name.to_owned(),
            meaning: rule.meaning.to_owned(),
            index: index(violation.index),
            points: indices(&violation.points),
            at: point.at,
            inspection_id: point.inspection_id,
            label: point.label.clone(),
        }
    });
    found.collect()
}

fn indices(all: &[usize]) -> Vec<u32> {
    all.iter().copied().map(index).collect()
}

fn index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn kind(kind: Drawn) -> ChartKind {
    match kind {
        Drawn::Individuals => ChartKind::Imr,
        Drawn::C => ChartKind::C,
        Drawn::U => ChartKind::U,
        Drawn::LaneyU => ChartKind::LaneyU,
    }
}
