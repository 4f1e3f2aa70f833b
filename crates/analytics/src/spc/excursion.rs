use std::ops::RangeInclusive;

use super::StagedChart;
use crate::rules::{Direction, Violation};

/// To which side of the centre signals lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Too many defects.
    High,
    /// Too few.
    Low,
}

impl Side {
    /// Of a broken rule; `None` for patterns that know no side.
    pub(super) fn of(violation: &Violation) -> Option<Self> {
        match violation.direction? {
            Direction::Above | Direction::Rising => Some(Self::High),
            Direction::Below | Direction::Falling => Some(Self::Low),
        }
    }
}

/// Signals that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excursion {
    /// To which side they lie.
    pub side: Side,
    /// From the first signal to the last, by index.
    pub points: RangeInclusive<usize>,
}

/// What a point without a signal costs, in signals: an excursion takes in a stretch while more than one in ten of its
/// points is a signal.
const COST: f64 = 0.1;

impl StagedChart {
    /// The excursion around a violated point: it grows to both sides, signal by signal, as long as the stretch that it
    /// takes in has more than one signal in ten points. Signals are [`StagedChart::signals`] to the side of the point's own:
    /// the upper one where it breaks rules on both sides, and where its patterns know no side.
    ///
    /// `None` where no rule is broken at the point, or there is no such point.
    /// # Example
    /// ```
    /// use analytics::spc::{LimitSource, Plan, Point, Side, Stage, staged_chart};
    ///
    /// let counts = [4, 6, 5, 3, 5, 6, 4, 5, 30, 28, 5, 31, 4, 5, 3];
    /// let points = counts.map(|count| Point { count, area_cm2: None });
    /// let before = Stage { name: String::new(), first: 0, limits: LimitSource::Period(0..8) };
    /// let chart = staged_chart(&points, &Plan { stages: vec![before], ..Plan::default() })?;
    /// let found = chart.excursion_around(9).expect("a rule is broken there");
    /// assert_eq!((found.side, found.points), (Side::High, 8..=11));
    /// assert_eq!(chart.excursion_around(2), None);
    /// # Ok::<(), analytics::Error>(())
    /// ```
    pub fn excursion_around(&self, index: usize) -> Option<Excursion> {
        let mut broken = self.violations.iter().filter(|one| one.index == index);
        let first = broken.next()?;
        let is_low = |one: &Violation| Side::of(one) == Some(Side::Low);
        let side = match is_low(first) && broken.all(is_low) {
            true => Side::Low,
            false => Side::High,
        };
        let signals = self.signals(side);
        let before = (0..index).rev().map(|at| (at, signals[at]));
        let after = (index + 1..signals.len()).map(|at| (at, signals[at]));
        let (first, last) = (farthest(index, before), farthest(index, after));
        let points = first..=last;
        Some(Excursion { side, points })
    }

    /// Which points signal to a side: those of the patterns of broken rules that lie on that side of their centre.
    /// Excluded points never do. One for each point.
    pub fn signals(&self, side: Side) -> Vec<bool> {
        let mut signals = vec![false; self.points.len()];
        for found in &self.violations {
            if Side::of(found).is_some_and(|of| of != side) {
                continue;
            }
            for &index in &found.points {
                let point = &self.points[index];
                let centre = self.stages[point.stage].limits.centre;
                let is_on_side = match side {
                    Side::High => point.judged.value > centre,
                    Side::Low => point.judged.value < centre,
                };
                signals[index] |= is_on_side && point.excluded.is_none();
            }
        }
        signals
    }
}

/// How far an excursion reaches in the direction of the points: to the signal at which the sum of signals, less the cost
/// of other points, is greatest.
fn farthest(from: usize, points: impl Iterator<Item = (usize, bool)>) -> usize {
    let (mut reach, mut sum, mut most) = (from, 0.0, 0.0);
    for (at, is_signal) in points {
        sum += if is_signal { 1.0 } else { -COST };
        if is_signal && sum >= most {
            (reach, most) = (at, sum);
        }
    }
    reach
}
