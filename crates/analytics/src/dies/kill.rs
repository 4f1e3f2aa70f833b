//! Kill ratios: how much rarer good dies are where a defect lies.

use statrs::distribution::{Discrete, Hypergeometric};

use crate::{Error, error::expect_parameter, probability::normal_quantile};

use super::TAIL;

/// Probabilities that differ by less than this part are taken for equal, as rounding makes them differ.
const EQUAL: f64 = 1e-7;
/// A tail is summed until what follows changes it by less than this part.
const NEGLIGIBLE: f64 = 1e-17;

/// Tested dies with a defect of some kind and tested dies without any defect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestedDies {
    /// Dies with at least one such defect.
    pub with: u64,
    /// Good ones of those.
    pub good_with: u64,
    /// Dies without any defect.
    pub without: u64,
    /// Good ones of those.
    pub good_without: u64,
}

/// What tested dies say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KillRatio {
    /// One minus the yield of dies with the defect over the yield of dies without any; below 0 where dies with it are
    /// good more often. `None` where either kind has no die, or no die without a defect is good.
    pub ratio: Option<f64>,
    /// Its 95 % interval, lower end first; `None` as for `ratio`.
    pub interval: Option<(f64, f64)>,
    /// Probability of shares at least this different by chance: Fisher's exact test, two-sided (tables as probable as
    /// this one or less); 1 where either kind has no die.
    pub p: f64,
    /// Dies lost to it: dies with it times the ratio.
    pub dies_lost: Option<f64>,
}

/// The kill ratio of a kind of defect, `1 − Y₁/Y₀`, with Y₁ the share of good dies among those with it and Y₀ that
/// among dies without any defect.
///
/// A ratio of two yields takes out what dies fail of without a defect. Its interval is that of Y₁/Y₀ by Katz: normal for
/// the logarithm, of variance `(1 − Y₁)/good₁ + (1 − Y₀)/good₀`; where no die with the defect is good, half a die is added
/// to all four numbers for the interval.
///
/// # Errors
/// [`Error::Parameter`] for more good dies than dies.
/// # Source
/// D. Katz, J. Baptista, S. P. Azen and M. C. Pike, Biometrics 34 (1978); the half by S. D. Walter, Biometrika 62 (1975).
/// # Example
/// ```
/// use analytics::dies::{TestedDies, kill_ratio};
///
/// let tested = TestedDies { with: 100, good_with: 30, without: 1000, good_without: 900 };
/// let kill = kill_ratio(&tested)?;
/// assert!((kill.ratio.unwrap() - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn kill_ratio(tested: &TestedDies) -> Result<KillRatio, Error> {
    let TestedDies {
        with,
        good_with,
        without,
        good_without,
    } = *tested;
    let at_most = "at most the dies";
    expect_parameter(good_with <= with, "good_with", good_with as f64, at_most)?;
    let good = good_without as f64;
    expect_parameter(good_without <= without, "good_without", good, at_most)?;
    let is_comparable = with > 0 && good_without > 0;
    let ratio = is_comparable.then(|| 1.0 - yield_ratio(tested, 0.0));
    Ok(KillRatio {
        ratio,
        interval: is_comparable.then(|| interval(tested)),
        p: fisher_two_sided(tested)?,
        dies_lost: ratio.map(|ratio| ratio * with as f64),
    })
}

/// Y₁/Y₀ with some dies added to all four numbers.
fn yield_ratio(tested: &TestedDies, added: f64) -> f64 {
    let share = |good: u64, all: u64| (good as f64 + added) / (all as f64 + added);
    share(tested.good_with, tested.with) / share(tested.good_without, tested.without)
}

fn interval(tested: &TestedDies) -> (f64, f64) {
    let added = if tested.good_with == 0 { 0.5 } else { 0.0 };
    let part = |good: u64, all: u64| 1.0 / (good as f64 + added) - 1.0 / (all as f64 + added);
    let variance = part(tested.good_with, tested.with) + part(tested.good_without, tested.without);
    let factor = (normal_quantile(TAIL) * variance.max(0.0).sqrt()).exp();
    let yields = yield_ratio(tested, added);
    (1.0 - yields * factor, 1.0 - yields / factor)
}

/// Fisher's exact test of both shares: all tables with the same sums that are as probable as this one or less.
fn fisher_two_sided(tested: &TestedDies) -> Result<f64, Error> {
    let sum = |a: u64, b: u64| {
        let sum = a.checked_add(b).filter(|sum| *sum < 1 << 53);
        let most = "below 2^53 together";
        sum.ok_or(Error::Parameter {
            name: "dies",
            value: a as f64,
            expected: most,
        })
    };
    let all = sum(tested.with, tested.without)?;
    let good = sum(tested.good_with, tested.good_without)?;
    if tested.with == 0 || tested.without == 0 || good == 0 || good == all {
        return Ok(1.0);
    }
    let Ok(tables) = Hypergeometric::new(all, good, tested.with) else {
        return Ok(1.0);
    };
    let tables = Tables {
        tables,
        all: all as f64,
        good: good as f64,
        drawn: tested.with as f64,
        least: (good + tested.with).saturating_sub(all),
        most: good.min(tested.with),
    };
    Ok(tables.as_rare_as(tested.good_with))
}

/// Tables with the same sums, by how many of the dies with the defect are good.
struct Tables {
    tables: Hypergeometric,
    all: f64,
    good: f64,
    drawn: f64,
    least: u64,
    most: u64,
}

impl Tables {
    fn as_rare_as(&self, found: u64) -> f64 {
        let bound = self.tables.ln_pmf(found) + EQUAL;
        // Probabilities rise up to the mode and fall from there: both tails are cut at a place that bisection finds.
        let mode = ((self.drawn + 1.0) * (self.good + 1.0) / (self.all + 2.0)).floor() as u64;
        let mode = mode.clamp(self.least, self.most);
        if self.tables.ln_pmf(mode) <= bound {
            return 1.0;
        }
        let (mut low, mut above) = (self.least, mode);
        while low < above {
            let middle = low + (above - low) / 2;
            match self.tables.ln_pmf(middle) <= bound {
                true => low = middle + 1,
                false => above = middle,
            }
        }
        let lower_end = low.checked_sub(1).filter(|end| *end >= self.least);
        let (mut low, mut above) = (mode, self.most + 1);
        while low < above {
            let middle = low + (above - low) / 2;
            match self.tables.ln_pmf(middle) <= bound {
                true => above = middle,
                false => low = middle + 1,
            }
        }
        let upper_end = Some(low).filter(|end| *end <= self.most);
        let tails = [
            lower_end.map(|end| self.tail(end, false)),
            upper_end.map(|end| self.tail(end, true)),
        ];
        tails.into_iter().flatten().sum::<f64>().min(1.0)
    }

    /// The sum of probabilities from a place away from the mode.
    fn tail(&self, from: u64, upwards: bool) -> f64 {
        let (mut place, mut term) = (from, self.tables.ln_pmf(from).exp());
        let mut sum = term;
        while term > sum * NEGLIGIBLE {
            let end = if upwards { self.most } else { self.least };
            if place == end {
                break;
            }
            let step = |k: f64| {
                (self.good - k) * (self.drawn - k)
                    / ((k + 1.0) * (self.all - self.good - self.drawn + k + 1.0))
            };
            if upwards {
                term *= step(place as f64);
                place += 1;
            } else {
                term /= step(place as f64 - 1.0);
                place -= 1;
            }
            sum += term;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(with: u64, good_with: u64, without: u64, good_without: u64) -> f64 {
        let tested = TestedDies {
            with,
            good_with,
            without,
            good_without,
        };
        kill_ratio(&tested).expect("is valid").p
    }

    #[test]
    fn fishers_test_agrees_with_published_tables() {
        // The lady tasting tea: three of four cups right, 34 of 70 tables; all right, 2 of 70 (Fisher 1935).
        assert!((p(4, 3, 4, 1) - 34.0 / 70.0).abs() < 1e-12);
        assert!((p(4, 4, 4, 0) - 2.0 / 70.0).abs() < 1e-12);
        // Convictions of twins (Fisher 1962, and the help page of R's fisher.test).
        assert!((p(12, 2, 18, 15) - 0.000_536_724_1).abs() < 1e-9);
        assert!((p(5, 5, 7, 7) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn fishers_test_is_the_sum_over_all_tables_that_are_no_more_probable() {
        for (with, without, good) in [(7, 30, 20), (40, 9, 25), (13, 13, 13), (1, 60, 59)] {
            let all = with + without;
            let tables = Hypergeometric::new(all, good, with).expect("is a table");
            let least = (good + with).saturating_sub(all);
            for found in least..=good.min(with) {
                let bound = tables.pmf(found) * (1.0 + EQUAL);
                let places = least..=good.min(with);
                let expected: f64 = places.map(|k| tables.pmf(k)).filter(|p| *p <= bound).sum();
                let got = p(with, found, without, good - found);
                assert!(
                    (got - expected).abs() < 1e-10,
                    "{with} {without} {good} {found}: {got} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_large_table_takes_no_time_and_keeps_its_digits() {
        let p = p(200_000, 150_000, 5_000_000, 4_500_000);
        assert!((0.0..1e-300).contains(&p), "{p}");
    }

    #[test]
    fn the_interval_is_that_of_a_published_ratio() {
        // Heart attacks of the Physicians' Health Study, placebo over aspirin: 1.82, 1.43 to 2.30 (A. Agresti,
        // Categorical Data Analysis, 3.1).
        let tested = TestedDies {
            with: 11_034,
            good_with: 189,
            without: 11_037,
            good_without: 104,
        };
        let kill = kill_ratio(&tested).expect("is valid");
        let (low, high) = kill.interval.expect("has one");
        assert!((1.0 - kill.ratio.expect("has one") - 1.82).abs() < 0.005);
        assert!(
            (1.0 - high - 1.43).abs() < 0.005 && (1.0 - low - 2.30).abs() < 0.01,
            "{low} {high}"
        );
    }

    #[test]
    fn where_no_die_survives_the_ratio_is_1_and_its_interval_has_a_lower_end() {
        let tested = TestedDies {
            with: 20,
            good_with: 0,
            without: 1000,
            good_without: 950,
        };
        let kill = kill_ratio(&tested).expect("is valid");
        assert_eq!((kill.ratio, kill.dies_lost), (Some(1.0), Some(20.0)));
        let (low, high) = kill.interval.expect("has one");
        assert!(low > 0.5 && low < high && high < 1.0, "{low} {high}");
    }

    #[test]
    fn without_dies_to_compare_there_is_no_ratio() {
        let none = KillRatio {
            ratio: None,
            interval: None,
            p: 1.0,
            dies_lost: None,
        };
        for tested in [
            TestedDies::default(),
            TestedDies {
                with: 3,
                good_with: 1,
                ..TestedDies::default()
            },
            TestedDies {
                without: 3,
                good_without: 1,
                ..TestedDies::default()
            },
            TestedDies {
                with: 3,
                good_with: 0,
                without: 3,
                good_without: 0,
            },
        ] {
            assert_eq!(kill_ratio(&tested), Ok(none), "{tested:?}");
        }
        let odd = TestedDies {
            with: 1,
            good_with: 2,
            ..TestedDies::default()
        };
        assert!(kill_ratio(&odd).is_err());
    }
}
