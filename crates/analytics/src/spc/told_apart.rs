use super::{
    Baseline, LimitSource, Options, Plan, Point, Setup, Side, Stage, Width, analyse,
    analyse::violations, staged_chart,
};
use crate::{
    Error,
    error::expect_length,
    rules::{RuleId, RuleSet},
};

/// The inspections of one step, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct StepHistory {
    /// When, in seconds, ascending.
    pub at: Vec<i64>,
    /// What was found.
    pub points: Vec<Point>,
}

/// The bad inspections and the good ones of an excursion.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldApart {
    /// Whether inspections at other steps became bad as well, so that these count too.
    pub is_wide: bool,
    /// For each step, for each of its points, whether it is bad; `None` for those that say nothing: the ones long before,
    /// and where the excursion is not wide, those of other steps.
    pub bad: Vec<Vec<Option<bool>>>,
}

/// Inspections at other steps belong to the excursion when so many in a hundred signal at its time ...
const WIDE_SHARE: f64 = 0.03;
/// ... at least so many in all ...
const WIDE_SIGNALS: usize = 4;
/// ... and so many times the share of the time before.
const WIDE_RATIO: f64 = 3.0;
/// What began at this step may have begun at others so long before, and may have ended so long after.
const MARGIN_SECONDS: i64 = 2 * 86_400;
/// The time before is as long as the excursion, but at least so long.
const BEFORE_SECONDS: i64 = 14 * 86_400;

/// Tells the bad inspections of an excursion from the good ones.
///
/// Each step is charted by the recommended chart with limits from its points before the excursion. Bad are the points in
/// the excursion, with two days more on either side, that signal to its side. Good are all others of that time, and of the
/// time before: as long as the excursion, at least 14 days. Without the time before, what all wafers have in common would
/// not show, such as a new recipe.
///
/// What the excursion's own step sees may come from elsewhere: a tool that inspects at several steps, a reticle whose marks
/// stay. So inspections at other steps count as well where more of them signal than before: 5 % or more, at least 4, three
/// times the share of the time before.
///
/// `steps` are all steps, the excursion's own is `own`; products are mixed, as those that the chart leaves out are good
/// evidence. `from` and `to` are the excursion's ends, in seconds, the second exclusive. Steps with fewer than 2 points
/// before the excursion have no limits and say nothing.
/// # Errors
/// [`Error::Length`], [`Error::Entry`] where there is no step `own`; those of [`staged_chart`] for the points.
pub fn tell_apart(
    steps: &[StepHistory],
    own: usize,
    side: Side,
    (from, to): (i64, i64),
    rules: &[RuleId],
) -> Result<ToldApart, Error> {
    if own >= steps.len() {
        return Err(Error::Entry {
            what: "own step",
            index: own,
            rule: "it is one of the steps",
        });
    }
    let during = from - MARGIN_SECONDS..to + MARGIN_SECONDS;
    let before = from - (to - from).max(BEFORE_SECONDS)..during.start;
    let mut bad = Vec::with_capacity(steps.len());
    // Inspections at other steps, and those that signal.
    let (mut elsewhere, mut elsewhere_before) = ((0, 0), (0, 0));
    for (step, history) in steps.iter().enumerate() {
        let signals = signals(history, from, side, rules)?;
        let judged = history.at.iter().zip(signals).map(|(at, signal)| {
            let signal = signal?;
            let is_during = during.contains(at);
            if !is_during && !before.contains(at) {
                return None;
            }
            if step != own {
                let (all, signals) = match is_during {
                    true => &mut elsewhere,
                    false => &mut elsewhere_before,
                };
                *all += 1;
                *signals += usize::from(signal);
            }
            Some(signal && is_during)
        });
        bad.push(judged.collect::<Vec<_>>());
    }
    let is_wide = is_wide(elsewhere, elsewhere_before);
    for (step, judged) in bad.iter_mut().enumerate() {
        if step != own && !is_wide {
            judged.fill(None);
        }
    }
    Ok(ToldApart { is_wide, bad })
}

/// A step without a signal before counts as one with a signal in so many.
fn is_wide((all, signals): (usize, usize), (all_before, before): (usize, usize)) -> bool {
    let share = signals as f64 / all.max(1) as f64;
    let share_before = (before as f64 + 1.0) / (all_before as f64 + 2.0);
    signals >= WIDE_SIGNALS && share >= WIDE_SHARE && share >= WIDE_RATIO * share_before
}

/// Which points of a step signal; `None` for all where it has no limits.
fn signals(
    history: &StepHistory,
    from: i64,
    side: Side,
    rules: &[RuleId],
) -> Result<Vec<Option<bool>>, Error> {
    let points = history.points.len();
    expect_length("times", history.at.len(), points)?;
    let before = history.at.partition_point(|&at| at < from);
    if before < 2 {
        return Ok(vec![None; points]);
    }
    let plan = Plan {
        kind: None,
        rules: rules.to_vec(),
        width: Width::default(),
        excluded: Vec::new(),
        stages: vec![Stage {
            name: String::new(),
            first: 0,
            limits: LimitSource::Period(0..before),
        }],
    };
    let chart = staged_chart(&history.points, &plan)?;
    Ok(chart.signals(side).into_iter().map(Some).collect())
}

/// How often limits are computed anew without the points that signal.
const ROUNDS: usize = 3;

/// Which of the points of a step are high: those that signal on the high side of the recommended chart, whose limits come
/// from the points that do not signal to either side themselves. Limits from all points would hide what lasts.
///
/// `points` are inspections, oldest first, at least 1. Points leave the baseline in at most 3 rounds, as long as half of
/// them are left.
/// # Errors
/// Those of [`staged_chart`] for the points.
/// # Source
/// D. C. Montgomery, Introduction to Statistical Quality Control, 6.2: trial limits of phase I are revised by discarding
/// points that are out of control.
pub fn find_high(points: &[Point], rules: &[RuleId]) -> Result<Vec<bool>, Error> {
    let mut options = Options {
        kind: None,
        rules: RuleSet::default(),
        setup: Setup::default(),
    };
    let mut quiet = vec![true; points.len()];
    let mut high = Vec::new();
    for _ in 0..=ROUNDS {
        options.setup.baseline = Baseline::Mask(quiet.clone());
        let chart = analyse(points, &options)?;
        let found = violations(rules.iter().map(|rule| rule.rule()), &chart.points);
        high = vec![false; points.len()];
        let mut next = vec![true; points.len()];
        for pattern in &found {
            for &index in &pattern.points {
                let is_high = chart.points[index].value > chart.centre;
                let side = Side::of(pattern);
                high[index] |= is_high && side != Some(Side::Low);
                next[index] &= side.is_none();
            }
        }
        let kept = next.iter().filter(|&&quiet| quiet).count();
        if next == quiet || 2 * kept < points.len() || kept < 2 {
            break;
        }
        quiet = next;
    }
    Ok(high)
}
