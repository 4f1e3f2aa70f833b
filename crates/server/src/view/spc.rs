//! Control charts.

use analytics::rules::Direction;
use analytics::spc::{
    ChartKind as Drawn, D2_SPAN_2, Finding, LimitSet, Phase, StageLimits, StagedChart, Unit, Width,
};
use contract::analytics::{
    Bucket, ChartKind, Dispersion, LimitSource, LimitWidth, Limits, Metric, MovingRange, Spc,
    SpcPhase, SpcPoint, SpcStage, TrendPoint, Violation, ViolationDirection,
};

use super::memory;
use crate::error::ApiResult;
use crate::service::analytics::chart::{Charted, Question};
use crate::view::finding;

/// A chart without a point.
pub fn empty(question: &Question, charted: &Charted) -> Spc {
    let (width, width_value) = width(question.width.unwrap_or_default());
    Spc {
        requested: question.chart,
        chart: question.chart,
        reason: "No inspection under this filter can be charted.".to_owned(),
        findings: Vec::new(),
        metric: question.metric,
        bucket: question.bucket,
        width,
        width_value,
        rules: rule_ids(question),
        stages: Vec::new(),
        points: Vec::new(),
        centre: None,
        moving_range: None,
        memory: None,
        dispersion: None,
        violations: Vec::new(),
        without_area: charted.without_area,
        left_out: charted.left_out,
    }
}

/// A chart over its points.
///
/// # Errors
/// When the chart with a memory cannot be made.
pub fn spc(question: &Question, chart: &StagedChart, charted: Charted) -> ApiResult<Spc> {
    let violations = violations(chart, &charted.points);
    let mut broken: Vec<Vec<String>> = vec![Vec::new(); charted.points.len()];
    for violation in &chart.violations {
        broken[violation.index].push(violation.rule.as_str().to_owned());
    }
    let charted_metric = charted.metric;
    // A c chart shows counts, whatever was asked for.
    let metric = match chart.kind {
        Drawn::C => Metric::Count,
        _ => charted_metric,
    };
    let centre = |stage: usize| chart.stages[stage].limits.centre;
    let points = charted.points.into_iter().zip(&chart.points).zip(broken);
    let points = points.map(|((point, drawn), rules)| SpcPoint {
        point,
        value: drawn.judged.value,
        centre: Some(centre(drawn.stage)),
        lcl: drawn.judged.lower,
        ucl: drawn.judged.upper,
        sigma: drawn.judged.sigma,
        rules,
        stage: index(drawn.stage),
        phase: match drawn.phase {
            Phase::One => SpcPhase::One,
            Phase::Two => SpcPhase::Two,
        },
        excluded: drawn.excluded.clone(),
    });
    let per_inspection = charted_metric == Metric::Count && question.bucket != Bucket::Inspection;
    let findings = chart.findings.iter();
    let drawn = chart.stages.last().map(|stage| stage.limits.width);
    let (width, width_value) = width(drawn.unwrap_or_default());
    Ok(Spc {
        requested: question.chart,
        chart: kind(chart.kind),
        reason: chart.reason.clone(),
        findings: findings
            .map(|of| finding::finding(of, per_inspection))
            .collect(),
        metric,
        bucket: question.bucket,
        width,
        width_value,
        rules: rule_ids(question),
        points: points.collect(),
        centre: chart.stages.last().map(|stage| stage.limits.centre),
        stages: chart.stages.iter().map(|one| stage(one, metric)).collect(),
        moving_range: moving_range(chart),
        memory: memory::memory(question.memory, chart)?,
        dispersion: dispersion(&chart.findings),
        violations,
        without_area: charted.without_area,
        left_out: charted.left_out,
    })
}

fn rule_ids(question: &Question) -> Vec<String> {
    let ids = question.rules.iter();
    ids.map(|id| id.as_str().to_owned()).collect()
}

fn stage(of: &StageLimits, metric: Metric) -> SpcStage {
    let source = match &of.period {
        None => LimitSource::Frozen,
        Some(period) if *period == of.points => LimitSource::Stage,
        Some(_) => LimitSource::Period,
    };
    let last = |end: usize| index(end.saturating_sub(1));
    SpcStage {
        name: of.name.clone(),
        first: index(of.points.start),
        last: last(of.points.end),
        source,
        baseline_first: of.period.as_ref().map(|period| index(period.start)),
        baseline_last: of.period.as_ref().map(|period| last(period.end)),
        limits: limits(&of.limits, metric),
    }
}

/// Limits as they cross HTTP and are kept with a version.
pub fn limits(of: &LimitSet, metric: Metric) -> Limits {
    let (width, width_value) = width(of.width);
    Limits {
        chart: kind(of.kind),
        metric,
        width,
        width_value,
        centre: of.centre,
        sigma: of.sigma,
        sigma_z: of.sigma_z,
        alpha: of.alpha,
        points: index(of.points),
    }
}

/// Limits that were kept, for points formed as `bucket` says; `None` for a chart that has none of its own (`auto`).
pub fn limit_set(of: &Limits, bucket: Bucket) -> Option<LimitSet> {
    let kind = match of.chart {
        ChartKind::Auto => return None,
        ChartKind::Imr => Drawn::Individuals,
        ChartKind::C => Drawn::C,
        ChartKind::U => Drawn::U,
        ChartKind::LaneyU => Drawn::LaneyU,
    };
    // Counts of several inspections in a point are charted per inspection, which statistics see as an area.
    let is_plain_count = of.metric == Metric::Count && bucket == Bucket::Inspection;
    Some(LimitSet {
        kind,
        unit: match kind {
            Drawn::C => Unit::DefectsPerWafer,
            _ if is_plain_count => Unit::DefectsPerWafer,
            _ => Unit::DefectsPerCm2,
        },
        width: match of.width {
            LimitWidth::Sigma => Width::Sigma(of.width_value),
            LimitWidth::Probability => Width::Probability(of.width_value),
        },
        centre: of.centre,
        sigma: of.sigma,
        sigma_z: of.sigma_z,
        alpha: of.alpha,
        points: of.points as usize,
    })
}

fn width(of: Width) -> (LimitWidth, f64) {
    match of {
        Width::Sigma(multiple) => (LimitWidth::Sigma, multiple),
        Width::Probability(tail) => (LimitWidth::Probability, tail),
    }
}

/// The moving ranges, with the limits of the last stage.
fn moving_range(chart: &StagedChart) -> Option<MovingRange> {
    let limits = &chart.stages.last()?.limits;
    let beyond = chart.points.iter().enumerate();
    let beyond = beyond.filter(|(_, point)| point.is_range_beyond);
    Some(MovingRange {
        values: chart
            .points
            .iter()
            .map(|point| point.moving_range)
            .collect(),
        centre: limits.sigma? * D2_SPAN_2,
        ucl: limits.moving_range_upper()?,
        lcl: 0.0,
        beyond: beyond.map(|(at, _)| index(at)).collect(),
    })
}

fn dispersion(findings: &[Finding]) -> Option<Dispersion> {
    let measured = findings.iter().find_map(|finding| match finding {
        Finding::Dispersion { measured, .. } => Some(*measured),
        _ => None,
    })?;
    let flagged = findings.iter().find_map(|finding| match finding {
        Finding::PoissonFlags {
            flagged, points, ..
        } => Some(100.0 * *flagged as f64 / *points as f64),
        _ => None,
    });
    Some(Dispersion {
        ratio: measured.ratio,
        p_over: measured.p_over,
        poisson_flagged_percent: flagged.unwrap_or_default(),
    })
}

fn violations(chart: &StagedChart, points: &[TrendPoint]) -> Vec<Violation> {
    let found = chart.violations.iter().map(|violation| {
        let rule = violation.rule.rule();
        let point = &points[violation.index];
        Violation {
            rule: rule.id.as_str().to_owned(),
            name: rule.name.to_owned(),
            meaning: rule.meaning.to_owned(),
            sentence: violation.sentence(),
            direction: direction(violation.direction),
            index: index(violation.index),
            points: indices(&violation.points),
            at: point.at,
            inspection_id: point.inspection_id,
            label: point.label.clone(),
        }
    });
    found.collect()
}

/// To which side a pattern leads: what makes two violations one cause.
pub fn direction(of: Option<Direction>) -> ViolationDirection {
    match of {
        Some(Direction::Above | Direction::Rising) => ViolationDirection::High,
        Some(Direction::Below | Direction::Falling) => ViolationDirection::Low,
        None => ViolationDirection::Pattern,
    }
}

fn indices(all: &[usize]) -> Vec<u32> {
    all.iter().copied().map(index).collect()
}

/// A place in a list, as the API counts them.
pub fn index(index: usize) -> u32 {
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
