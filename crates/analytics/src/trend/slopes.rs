//! Order statistics of the slopes of all pairs of points, without making all pairs of a long series.

use std::collections::HashMap;

/// Points at rising positions, with finite values.
pub(super) struct Slopes<'a> {
    points: &'a [(f64, f64)],
    /// Up to this many points all pairs are made.
    all_pairs_up_to: usize,
}

impl<'a> Slopes<'a> {
    pub fn new(points: &'a [(f64, f64)]) -> Self {
        Self {
            points,
            // From some hundred points on, counting is the quicker way.
            all_pairs_up_to: 500,
        }
    }

    /// Number of pairs.
    pub fn count(&self) -> usize {
        let n = self.points.len();
        n * n.saturating_sub(1) / 2
    }

    /// The slopes with these ranks, the smallest with rank 0; each rank is below [`Self::count`].
    ///
    /// Long series: to 1e-12 of the largest value for each unit of position.
    pub fn of_ranks(&self, ranks: &[usize]) -> Vec<f64> {
        if self.points.len() > self.all_pairs_up_to {
            let mut counted = Counted::new(self);
            return ranks.iter().map(|&rank| counted.select(rank)).collect();
        }
        let mut slopes: Vec<f64> = self.all().collect();
        let mut of_rank = |&rank: &usize| *slopes.select_nth_unstable_by(rank, f64::total_cmp).1;
        ranks.iter().map(&mut of_rank).collect()
    }

    fn all(&self) -> impl Iterator<Item = f64> {
        let tails = self.points.iter().enumerate();
        tails.flat_map(|(index, &a)| self.points[index + 1..].iter().map(move |&b| slope(a, b)))
    }

    /// Slopes of some pairs, drawn at random but always the same, ascending.
    fn sample(&self) -> Vec<f64> {
        let points = self.points;
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut draw = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 32) as usize * below) >> 32
        };
        let mut slopes: Vec<f64> = (0..4 * points.len())
            .map(|_| {
                let (a, b) = (draw(points.len()), draw(points.len() - 1));
                let b = if b >= a { b + 1 } else { b };
                slope(points[a.min(b)], points[a.max(b)])
            })
            .collect();
        slopes.sort_unstable_by(f64::total_cmp);
        slopes
    }

    /// What is left of each value when a line of this slope is taken away; with it the distance at
    /// which two of them are equal but for rounding.
    fn residuals(&self, slope: f64) -> (Vec<f64>, f64) {
        let residuals: Vec<f64> = self.points.iter().map(|(t, y)| y - slope * t).collect();
        let size = |size: f64, (t, y): &(f64, f64)| size.max(y.abs()).max((slope * t).abs());
        (residuals, 1e-13 * self.points.iter().fold(0.0, size))
    }

    /// Pairs with a smaller slope, or also with an equal one.
    fn count_below(&self, slope: f64, with_equal: bool) -> usize {
        let (mut residuals, rounding) = self.residuals(slope);
        let margin = if with_equal { rounding } else { -rounding };
        let mut space = residuals.clone();
        count_falls(&mut residuals, &mut space, margin)
    }

    /// Slopes strictly between two. As the slope of a line grows, the residuals of two points
    /// change their order at the slope of that pair: sorting from one order to the other by
    /// exchanging neighbours meets every such pair once.
    fn between(&self, low: f64, high: f64) -> Vec<f64> {
        let (at_low, low_rounding) = match low.is_finite() {
            true => self.residuals(low),
            false => (
                self.points.iter().map(|(position, _)| *position).collect(),
                0.0,
            ),
        };
        let (at_high, high_rounding) = match high.is_finite() {
            true => self.residuals(high),
            false => (
                self.points.iter().map(|(position, _)| -position).collect(),
                0.0,
            ),
        };
        // Of equal ones the later is the smaller for any steeper line.
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        order.sort_by(|&a, &b| at_low[a].total_cmp(&at_low[b]).then(b.cmp(&a)));
        let mut slopes = Vec::new();
        for end in 1..order.len() {
            let mut place = end;
            while place > 0 && at_high[order[place - 1]] > at_high[order[place]] {
                let (a, b) = (order[place - 1], order[place]);
                let (a, b) = (a.min(b), a.max(b));
                // As pairs are counted: those equal but for rounding are not between.
                let is_above = at_low[b] > at_low[a] + low_rounding;
                if is_above && at_high[b] < at_high[a] - high_rounding {
                    slopes.push(slope(self.points[a], self.points[b]));
                }
                order.swap(place - 1, place);
                place -= 1;
            }
        }
        slopes
    }
}

/// Numbers of pairs around sampled slopes, each counted once for all ranks that ask.
struct Counted<'a> {
    slopes: &'a Slopes<'a>,
    sample: Vec<f64>,
    below: HashMap<usize, usize>,
    up_to: HashMap<usize, usize>,
}

impl<'a> Counted<'a> {
    fn new(slopes: &'a Slopes<'a>) -> Self {
        Self {
            slopes,
            sample: slopes.sample(),
            below: HashMap::new(),
            up_to: HashMap::new(),
        }
    }

    /// Narrows the place of a rank between two sampled slopes by counting pairs, each time in
    /// n log n, until the slope is found or few pairs are left.
    fn select(&mut self, rank: usize) -> f64 {
        let few = 8 * self.slopes.points.len();
        let (mut from, mut to) = (0, self.sample.len());
        let (mut pairs_below, mut pairs_above) = (0, self.slopes.count());
        let mut is_under_guess = false;
        while from < to && pairs_above - pairs_below > few {
            is_under_guess = !is_under_guess;
            let share = (rank - pairs_below) as f64 / (pairs_above - pairs_below) as f64;
            let guess = from + (share * (to - from) as f64) as usize;
            // A little to both sides in turn, so that the rank is soon enclosed.
            let margin = (to - from).isqrt();
            let index = match is_under_guess {
                true => guess.saturating_sub(margin).max(from),
                false => (guess + margin).min(to - 1),
            };
            let pivot = self.sample[index];
            let count = |with_equal| self.slopes.count_below(pivot, with_equal);
            let under = *self.below.entry(index).or_insert_with(|| count(false));
            if under > rank {
                (to, pairs_above) = (self.sample.partition_point(|&s| s < pivot), under);
                continue;
            }
            let up_to = *self.up_to.entry(index).or_insert_with(|| count(true));
            if up_to > rank {
                return pivot;
            }
            (from, pairs_below) = (self.sample.partition_point(|&s| s <= pivot), up_to);
        }
        let low = from
            .checked_sub(1)
            .map_or(f64::NEG_INFINITY, |index| self.sample[index]);
        let high = self.sample.get(to).copied().unwrap_or(f64::INFINITY);
        let mut between = self.slopes.between(low, high);
        let place = (rank - pairs_below).min(between.len().saturating_sub(1));
        match between.is_empty() {
            // Only rounding at the ends of the interval leaves none.
            true if low.is_finite() => low,
            true => high,
            false => *between.select_nth_unstable_by(place, f64::total_cmp).1,
        }
    }
}

fn slope((t, y): (f64, f64), (later, then): (f64, f64)) -> f64 {
    (then - y) / (later - t)
}

/// Number of pairs that fall: the later value below the earlier one plus a margin (or equal to that).
/// Sorts the values, by merging, in n log n.
pub(super) fn count_falls(values: &mut [f64], space: &mut [f64], margin: f64) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let half = values.len() / 2;
    let mut falls = {
        let (left, right) = values.split_at_mut(half);
        let (left_space, right_space) = space.split_at_mut(half);
        count_falls(left, left_space, margin) + count_falls(right, right_space, margin)
    };
    let (left, right) = values.split_at(half);
    let mut under = 0;
    for &earlier in left {
        let is_under = |later: f64| match margin > 0.0 {
            true => later <= earlier + margin,
            false => later < earlier + margin,
        };
        while under < right.len() && is_under(right[under]) {
            under += 1;
        }
        falls += under;
    }
    let (mut a, mut b) = (0, 0);
    for place in space.iter_mut() {
        let is_left = b == right.len() || a < left.len() && left[a] <= right[b];
        let (from, next) = if is_left {
            (left, &mut a)
        } else {
            (right, &mut b)
        };
        *place = from[*next];
        *next += 1;
    }
    values.copy_from_slice(space);
    falls
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long series take another way to the slopes than short ones.
    #[test]
    fn slopes_found_by_counting_are_those_of_all_pairs() {
        for has_ties in [false, true] {
            let value = |i: usize| {
                let noise = (i * 7_919 % 1_009) as f64 / 1_009.0;
                if has_ties {
                    (3.0 * noise).floor()
                } else {
                    noise + 1e-4 * i as f64
                }
            };
            let points: Vec<(f64, f64)> = (0..400).map(|i| (i as f64, value(i))).collect();
            let all = Slopes::new(&points);
            let counted = Slopes {
                all_pairs_up_to: 1,
                ..Slopes::new(&points)
            };
            let last = all.count() - 1;
            let ranks = [0, 7, last / 4, last / 2, 5 * last / 7, last];
            let pairs = counted
                .of_ranks(&ranks)
                .into_iter()
                .zip(all.of_ranks(&ranks));
            for (found, expected) in pairs {
                assert!((found - expected).abs() < 1e-11, "{found}, {expected}");
            }
        }
    }
}
