//! A window of a control chart that was judged on all its points.

use std::ops::Range;

use contract::analytics::{MemoryChart, MovingRange, Spc, SpcStage, Violation};

use super::spc::index;

/// The part of a chart whose points lie in `window`, with indices that fit it. Limits and broken rules stay as all
/// points made them; a pattern belongs to the window that holds the point at which it is complete.
pub fn cut(mut chart: Spc, window: Range<usize>) -> Spc {
    let window = window.start.min(window.end)..window.end;
    if window == (0..chart.points.len()) {
        return chart;
    }
    let mut kept: Vec<Option<u32>> = Vec::with_capacity(chart.stages.len());
    let mut stages: Vec<SpcStage> = Vec::new();
    for stage in chart.stages {
        let part = stage_in(stage, &window);
        kept.push(part.as_ref().map(|_| index(stages.len())));
        stages.extend(part);
    }
    chart.centre = stages.last().map(|stage| stage.limits.centre);
    chart.stages = stages;
    chart.points = chart.points.drain(window.clone()).collect();
    for point in &mut chart.points {
        let stage = kept.get(point.stage as usize).copied().flatten();
        point.stage = stage.unwrap_or_default();
    }
    let all = chart.violations.into_iter();
    chart.violations = all
        .filter_map(|violation| violation_in(violation, &window))
        .collect();
    chart.moving_range = chart.moving_range.map(|range| MovingRange {
        values: part(range.values, &window),
        beyond: indices_in(&range.beyond, &window),
        ..range
    });
    chart.memory = chart.memory.map(|memory| MemoryChart {
        upper: part(memory.upper, &window),
        lower: part(memory.lower, &window),
        ucl: part(memory.ucl, &window),
        lcl: part(memory.lcl, &window),
        beyond: indices_in(&memory.beyond, &window),
        change_began: memory.change_began.and_then(|at| index_in(at, &window)),
        ..memory
    });
    chart
}

fn part<T>(mut values: Vec<T>, window: &Range<usize>) -> Vec<T> {
    let end = window.end.min(values.len());
    values.drain(window.start.min(end)..end).collect()
}

fn index_in(of: u32, window: &Range<usize>) -> Option<u32> {
    let of = of as usize;
    window.contains(&of).then(|| index(of - window.start))
}

fn indices_in(all: &[u32], window: &Range<usize>) -> Vec<u32> {
    all.iter().filter_map(|&of| index_in(of, window)).collect()
}

/// First and last of `first..=last` that lie in the window.
fn span_in(first: u32, last: u32, window: &Range<usize>) -> Option<(u32, u32)> {
    let first = (first as usize).max(window.start);
    let last = (last as usize + 1).min(window.end);
    (first < last).then(|| (index(first - window.start), index(last - 1 - window.start)))
}

fn stage_in(stage: SpcStage, window: &Range<usize>) -> Option<SpcStage> {
    let (first, last) = span_in(stage.first, stage.last, window)?;
    let baseline = stage.baseline_first.zip(stage.baseline_last);
    let baseline = baseline.and_then(|(first, last)| span_in(first, last, window));
    Some(SpcStage {
        first,
        last,
        baseline_first: baseline.map(|(first, _)| first),
        baseline_last: baseline.map(|(_, last)| last),
        ..stage
    })
}

fn violation_in(violation: Violation, window: &Range<usize>) -> Option<Violation> {
    Some(Violation {
        index: index_in(violation.index, window)?,
        points: indices_in(&violation.points, window),
        ..violation
    })
}
