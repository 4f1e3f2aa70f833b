use std::collections::BTreeMap;

use super::benjamini_hochberg;
use crate::{
    Error,
    error::expect_parameter,
    probability::{hypergeometric_tails, normal_quantile},
};

/// An inspection: whether it is one of the bad ones, and what it has in common with others.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected<A> {
    /// Whether it is one of those to be explained.
    pub is_bad: bool,
    /// Attributes and their values, such as ("tool", "ETCH-03"); several values of one attribute
    /// where a wafer passed several chambers. An inspection without any value of an attribute
    /// (unknown) is left out of the counts of that attribute.
    pub attributes: Vec<(A, A)>,
}

/// What bad inspections have in common and good ones have not.
#[derive(Clone, Debug, PartialEq)]
pub struct Commonality<A> {
    /// Bad inspections.
    pub bad: usize,
    /// Good inspections.
    pub good: usize,
    /// Every value of every attribute, the strongest evidence first.
    pub suspects: Vec<Suspect<A>>,
}

/// A value of an attribute, and how it goes with bad inspections.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect<A> {
    /// The attribute.
    pub attribute: A,
    /// Its value.
    pub value: A,
    /// Bad inspections with this value.
    pub bad_with: usize,
    /// Bad inspections with other values only.
    pub bad_without: usize,
    /// Good inspections with this value.
    pub good_with: usize,
    /// Good inspections with other values only.
    pub good_without: usize,
    /// Odds of being bad with the value over those without it, a half added to each count.
    pub odds_ratio: f64,
    /// 95 % confidence limits of the odds ratio (Woolf's, on the same counts).
    pub interval95: (f64, f64),
    /// Probability of at least as many bad inspections with the value if it made no difference.
    pub p: f64,
    /// p controlled for the number of values by Benjamini and Hochberg.
    pub adjusted_p: f64,
    /// Whether the evidence stands at the level asked for.
    pub is_suspect: bool,
    /// Values that exactly the same inspections have: the data cannot tell them apart.
    pub same_as: Vec<(A, A)>,
}

/// Ranks what bad inspections have in common by evidence: Fisher's exact test, one-sided, for each
/// value of each attribute, controlled for their number.
///
/// `alpha` is the share of wrong suspects among those that stand, usually 0.05. Order: p, then odds
/// ratio, then names.
/// # Errors
/// [`Error::TooFew`] without a bad or without a good inspection, [`Error::Parameter`] for alpha.
/// # Source
/// R. A. Fisher, Journal of the Royal Statistical Society 98 (1935); B. Woolf, Annals of Human
/// Genetics 19 (1955), with the correction of J. B. S. Haldane and F. J. Anscombe.
/// # Example
/// ```
/// use analytics::relation::{Inspected, commonality};
///
/// let wafer = |is_bad, tool, slot| Inspected {
///     is_bad,
///     attributes: vec![("tool", tool), ("slot", slot)],
/// };
/// let wafers = [
///     wafer(true, "A", "1"), wafer(true, "A", "2"), wafer(true, "A", "3"), wafer(true, "A", "4"),
///     wafer(false, "B", "1"), wafer(false, "B", "2"), wafer(false, "B", "3"), wafer(false, "B", "4"),
/// ];
/// let found = commonality(&wafers, 0.1)?;
/// let first = &found.suspects[0];
/// assert_eq!((first.attribute, first.value, first.bad_with, first.good_with), ("tool", "A", 4, 0));
/// assert!(first.is_suspect && !found.suspects[1].is_suspect);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn commonality<A: Ord + Clone>(
    inspections: &[Inspected<A>],
    alpha: f64,
) -> Result<Commonality<A>, Error> {
    expect_parameter((0.0..=1.0).contains(&alpha), "alpha", alpha, "0 to 1")?;
    let bad = inspections.iter().filter(|one| one.is_bad).count();
    let good = inspections.len() - bad;
    for (what, found) in [("bad inspections", bad), ("good inspections", good)] {
        if found == 0 {
            let needed = 1;
            return Err(Error::TooFew {
                what,
                found,
                needed,
            });
        }
    }
    let mut suspects = suspects(inspections);
    let p_values: Vec<f64> = suspects.iter().map(|suspect| suspect.p).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    for (suspect, (adjusted, rejected)) in suspects.iter_mut().zip(judged) {
        (suspect.adjusted_p, suspect.is_suspect) = (adjusted, rejected);
    }
    // The values come in the order of their names, which a stable sort keeps for ties.
    suspects.sort_by(|a, b| {
        a.p.total_cmp(&b.p)
            .then(b.odds_ratio.total_cmp(&a.odds_ratio))
    });
    Ok(Commonality {
        bad,
        good,
        suspects,
    })
}

/// Every value in the order of names, p not yet controlled.
fn suspects<A: Ord + Clone>(inspections: &[Inspected<A>]) -> Vec<Suspect<A>> {
    let mut with_value: BTreeMap<(&A, &A), Vec<usize>> = BTreeMap::new();
    let mut known: BTreeMap<&A, Vec<usize>> = BTreeMap::new();
    for (index, one) in inspections.iter().enumerate() {
        for (attribute, value) in &one.attributes {
            // An attribute given twice counts once.
            for members in [
                with_value.entry((attribute, value)).or_default(),
                known.entry(attribute).or_default(),
            ] {
                if members.last() != Some(&index) {
                    members.push(index);
                }
            }
        }
    }
    let mut alike: BTreeMap<&[usize], Vec<(&A, &A)>> = BTreeMap::new();
    for (&name, members) in &with_value {
        alike.entry(members).or_default().push(name);
    }
    let count_bad = |members: &[usize]| members.iter().filter(|&&i| inspections[i].is_bad).count();
    let values = with_value.iter().map(|(&(attribute, value), members)| {
        let all = &known[attribute];
        let (bad_with, bad) = (count_bad(members), count_bad(all));
        let others = alike[members.as_slice()].iter();
        let others = others.filter(|&&other| other != (attribute, value));
        Suspect {
            same_as: others.map(|&(a, v)| (a.clone(), v.clone())).collect(),
            ..suspect(
                (attribute.clone(), value.clone()),
                (bad_with, bad),
                (members.len() - bad_with, all.len() - bad),
            )
        }
    });
    values.collect()
}

/// `bad` and `good` are the counts with the value and with any value of the attribute.
fn suspect<A>(
    (attribute, value): (A, A),
    (bad_with, bad): (usize, usize),
    (good_with, good): (usize, usize),
) -> Suspect<A> {
    let (bad_without, good_without) = (bad - bad_with, good - good_with);
    let [a, b, c, d] = [bad_with, bad_without, good_with, good_without].map(|n| n as f64 + 0.5);
    let ln_odds = (a * d / (b * c)).ln();
    let half = normal_quantile(0.025) * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    let with = (bad_with + good_with) as u64;
    let p = hypergeometric_tails(bad_with as u64, (bad + good) as u64, bad as u64, with).upper;
    Suspect {
        attribute,
        value,
        bad_with,
        bad_without,
        good_with,
        good_without,
        odds_ratio: ln_odds.exp(),
        interval95: ((ln_odds - half).exp(), (ln_odds + half).exp()),
        p,
        adjusted_p: p,
        is_suspect: false,
        same_as: Vec::new(),
    }
}
