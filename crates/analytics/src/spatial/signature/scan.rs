//! Scans: of many overlapping intervals the one that stands out most, and how often chance makes one stand out as much.
//!
//! Each interval is judged by Kulldorff's likelihood ratio: how much better "the interval has its own density" explains the
//! defects than "all places have the same", given their number `n`. With `k` of them in an interval that has a share `p` of
//! the area its logarithm is `k ln(k / np) + (n - k) ln((n - k) / n(1 - p))` where `k > np`, otherwise 0. There are many more
//! narrow intervals than wide ones, and their best would drown what is wide: so that every width has the same say, the
//! logarithm of the number of intervals of a width is taken off.
//!
//! The largest of all is the statistic, and its probability counts the search over places and widths: the same number of
//! defects is thrown at random on the same area again and again, the same intervals are searched, and it counts how often
//! the largest is at least the one seen. Throwing ends once ten are, or after 4,999 turns; the numbers come from a fixed seed,
//! so one inspection always gets one answer.
//!
//! Where even the tail of the best interval, times the number of intervals (Bonferroni), is too small for that many throws
//! to show, or there are too many defects to throw, that product is taken: it is never below the exact probability.
//!
//! Source: M. Kulldorff, Communications in Statistics 26 (1997), for the ratio and the throws; G. Walther, Annals of
//! Statistics 38 (2010), for widths judged each by its own number; J. Besag and P. Clifford, Biometrika 78 (1991), for when
//! to stop.

use std::collections::HashMap;

use crate::probability::ln_binomial_upper;

/// Random wafers at most.
const THROWS: u32 = 4_999;
/// So many that are as good as what was seen are enough.
const AS_GOOD: u32 = 10;
/// Below this the bound is taken: so many throws do not tell less.
const SHOWN: f64 = 5e-4;
/// With more defects than this the bound is taken.
const DEFECTS_MOST: u64 = 1_000;
const SEED: u64 = 0x5ca1_ab1e;

/// Cells of a track from one on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub track: usize,
    pub from: usize,
    pub width: usize,
}

/// An interval with what its ratio needs.
struct Looked {
    interval: Interval,
    share: f64,
    ln_share: f64,
    ln_rest: f64,
    /// Logarithm of the number of intervals of its width.
    handicap: f64,
}

/// Tracks of cells with their areas, each within the one before: defects in the second lie in the first too. Intervals may
/// reach beyond the end of a track, to its beginning.
pub struct Scan {
    length: usize,
    tracks: usize,
    /// Area up to each cell, mm2, by the innermost track it is in.
    up_to: Vec<f64>,
    looked: Vec<Looked>,
}

/// What a scan found.
pub struct Scanned {
    pub interval: Interval,
    pub count: u64,
    pub share: f64,
    pub ln_p: f64,
    pub looked_at: usize,
    /// How the probability was found.
    pub by: &'static str,
}

/// Defects by track, summed up along each.
struct Sums(Vec<u32>);

impl Scan {
    /// `areas`: of each track, less those of the tracks within it.
    pub fn new(areas: &[Vec<f64>], intervals: impl Iterator<Item = Interval>) -> Self {
        let (tracks, length) = (areas.len(), areas[0].len());
        let mut sum = 0.0;
        let up_to: Vec<f64> = areas
            .iter()
            .flatten()
            .map(|area| {
                sum += area;
                sum
            })
            .collect();
        let mut of_track = vec![vec![0.0; length + 1]; tracks];
        for (track, of) in of_track.iter_mut().enumerate() {
            for cell in 0..length {
                let area: f64 = areas[track..].iter().map(|areas| areas[cell]).sum();
                of[cell + 1] = of[cell] + area;
            }
        }
        let look = |interval: Interval| {
            let of = &of_track[interval.track];
            let end = interval.from + interval.width;
            let (end, round) = match end > length {
                true => (end - length, of[length]),
                false => (end, 0.0),
            };
            let share = (of[end] - of[interval.from] + round) / sum;
            (share > 1e-9 && share < 1.0 - 1e-9).then(|| Looked {
                interval,
                share,
                ln_share: share.ln(),
                ln_rest: (-share).ln_1p(),
                handicap: 0.0,
            })
        };
        let mut looked: Vec<Looked> = intervals.filter_map(look).collect();
        let mut of_width: HashMap<(usize, usize), f64> = HashMap::new();
        let width = |looked: &Looked| (looked.interval.track, looked.interval.width);
        for looked in &looked {
            *of_width.entry(width(looked)).or_default() += 1.0;
        }
        for looked in &mut looked {
            looked.handicap = of_width[&width(looked)].ln();
        }
        Self {
            length,
            tracks,
            up_to,
            looked,
        }
    }

    /// Scans defects, each given by the innermost track it is in and its cell there. `None` where there is nothing to look
    /// at, or nothing denser than the rest.
    pub fn test(&self, defects: impl Iterator<Item = (usize, usize)>) -> Option<Scanned> {
        let mut sums = Sums(vec![0; self.tracks * (self.length + 1)]);
        let cells: Vec<usize> = defects
            .map(|(track, cell)| track * self.length + cell)
            .collect();
        self.sum_up(cells.iter().copied(), &mut sums);
        let ratios = Ratios::new(cells.len());
        let (best, most) = self.best(&sums, &ratios)?;
        let looked = &self.looked[best];
        let (count, all) = (self.within(&sums, looked.interval), cells.len() as u64);
        let tail = ln_binomial_upper(count.into(), all, looked.share);
        let bound = (tail + (self.looked.len() as f64).ln()).min(0.0);
        let is_thrown = bound > SHOWN.ln() && all <= DEFECTS_MOST;
        let ln_p = match is_thrown {
            true => self.thrown(most, &ratios, &mut sums).ln().min(bound),
            false => bound,
        };
        Some(Scanned {
            interval: looked.interval,
            count: count.into(),
            share: looked.share,
            ln_p,
            looked_at: self.looked.len(),
            by: if is_thrown {
                "random wafers"
            } else {
                "Bonferroni"
            },
        })
    }

    /// Share of random wafers whose statistic is at least `most`.
    fn thrown(&self, most: f64, ratios: &Ratios, sums: &mut Sums) -> f64 {
        let all = self.up_to[self.up_to.len() - 1];
        // Equal ones may differ in their last digits.
        let least = most - 1e-9 * most.abs();
        let as_good_from = |looked: &Looked| (looked.interval, ratios.reach(looked, least));
        let needed: Vec<(Interval, u32)> = self.looked.iter().map(as_good_from).collect();
        let mut chance = Chance(SEED);
        let mut as_good = 0;
        for turn in 1..=THROWS {
            let cells = (0..ratios.count).map(|_| {
                let at = chance.next() * all;
                let cell = self.up_to.partition_point(|&up_to| up_to <= at);
                cell.min(self.up_to.len() - 1)
            });
            self.sum_up(cells, sums);
            let is_as_good =
                |&(interval, count): &(Interval, u32)| self.within(sums, interval) >= count;
            as_good += u32::from(needed.iter().any(is_as_good));
            if as_good == AS_GOOD {
                return f64::from(as_good) / f64::from(turn);
            }
        }
        f64::from(as_good + 1) / f64::from(THROWS + 1)
    }

    fn sum_up(&self, cells: impl Iterator<Item = usize>, sums: &mut Sums) {
        let sums = &mut sums.0;
        let stride = self.length + 1;
        sums.fill(0);
        for cell in cells {
            sums[cell / self.length * stride + cell % self.length + 1] += 1;
        }
        for track in (1..self.tracks).rev() {
            let (before, own) = sums.split_at_mut(track * stride);
            let outer = &mut before[(track - 1) * stride..];
            outer.iter_mut().zip(own).for_each(|(a, b)| *a += *b);
        }
        for track in sums.chunks_exact_mut(stride) {
            let mut sum = 0;
            for count in track {
                sum += *count;
                *count = sum;
            }
        }
    }

    fn within(&self, sums: &Sums, interval: Interval) -> u32 {
        let of = &sums.0[interval.track * (self.length + 1)..][..=self.length];
        let end = interval.from + interval.width;
        match end > self.length {
            true => of[end - self.length] + of[self.length] - of[interval.from],
            false => of[end] - of[interval.from],
        }
    }

    /// The interval with the largest ratio less its handicap, the first of equals.
    fn best(&self, sums: &Sums, ratios: &Ratios) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for (index, looked) in self.looked.iter().enumerate() {
            let count = self.within(sums, looked.interval) as usize;
            if count as f64 <= ratios.count as f64 * looked.share {
                continue;
            }
            let value = ratios.of(count, looked.ln_share, looked.ln_rest) - looked.handicap;
            if best.is_none_or(|best| value > best.1) {
                best = Some((index, value));
            }
        }
        best
    }
}

/// Likelihood ratios of one number of defects.
pub struct Ratios {
    count: usize,
    /// k ln k.
    k_ln_k: Vec<f64>,
}

impl Ratios {
    pub fn new(count: usize) -> Self {
        let k_ln_k = |k: usize| {
            if k == 0 {
                0.0
            } else {
                k as f64 * (k as f64).ln()
            }
        };
        Self {
            count,
            k_ln_k: (0..=count).map(k_ln_k).collect(),
        }
    }

    /// Logarithm of the ratio for `k` defects on a share of the area.
    pub fn of(&self, k: usize, ln_share: f64, ln_rest: f64) -> f64 {
        let others = self.count - k;
        self.k_ln_k[k] + self.k_ln_k[others]
            - self.k_ln_k[self.count]
            - k as f64 * ln_share
            - others as f64 * ln_rest
    }

    /// The least number of defects in an interval with which it comes to `least`; more than there are if none does.
    fn reach(&self, looked: &Looked, least: f64) -> u32 {
        let mean = self.count as f64 * looked.share;
        let comes_to = |&k: &usize| {
            k as f64 > mean
                && self.of(k, looked.ln_share, looked.ln_rest) - looked.handicap >= least
        };
        let found = (mean as usize..=self.count).find(comes_to);
        u32::try_from(found.unwrap_or(self.count + 1)).unwrap_or(u32::MAX)
    }
}

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014): the same numbers everywhere, good enough to throw defects.
struct Chance(u64);

impl Chance {
    /// 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Scan {
        let intervals = [10, 20, 40].into_iter().flat_map(|width| {
            let starts = (0..100).step_by(5);
            starts.map(move |from| Interval {
                track: 0,
                from,
                width,
            })
        });
        Scan::new(&[vec![2.0; 100]], intervals)
    }

    #[test]
    fn one_in_ten_of_random_wafers_has_a_probability_of_a_tenth() {
        let (scan, mut chance) = (ring(), Chance(99));
        let is_below = |_| {
            let cells: Vec<usize> = (0..30).map(|_| (100.0 * chance.next()) as usize).collect();
            let found = scan.test(cells.into_iter().map(|cell| (0, cell)));
            found.is_some_and(|found| found.ln_p <= 0.1_f64.ln())
        };
        let below = (0..1_000).map(is_below).filter(|is| *is).count();
        // Four standard deviations of a binomial number on either side.
        assert!((62..=138).contains(&below), "{below}");
    }

    #[test]
    fn an_interval_across_the_end_is_found_and_the_probability_is_below_the_bound() {
        let on = [95, 96, 97, 97, 98, 99, 0, 1, 2, 3];
        let others = (0..20).map(|n| 10 + 4 * n);
        let cells = || on.into_iter().chain(others.clone()).map(|cell| (0, cell));
        let found = ring().test(cells()).expect("an interval is denser");
        let expected = Interval {
            track: 0,
            from: 95,
            width: 10,
        };
        assert_eq!(
            (found.interval, found.count, found.share),
            (expected, 10, 0.1)
        );
        let bound = ln_binomial_upper(10, 30, 0.1) + 60_f64.ln();
        assert!(found.ln_p <= bound && found.ln_p < 0.05_f64.ln());
    }

    #[test]
    fn what_lies_evenly_has_nothing_that_stands_out() {
        let found = ring().test((0..100).map(|cell| (0, cell)));
        assert!(found.is_none_or(|found| found.ln_p > 0.5_f64.ln()));
    }
}
