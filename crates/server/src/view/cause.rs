//! What changed, and what bad inspections have in common.

use analytics::relation;
use contract::analytics::{AttributeValue, RateChange, Suspect};

/// A key to filter by, what to write at it, and its colour.
type Named = (String, String, Option<String>);

/// A count as it crosses HTTP.
pub fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn defects(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How a rate changed, by the test that allows for clusters, where there is one.
pub fn rate_change<N>((key, label, colour): Named, found: &relation::RateChange<N>) -> RateChange {
    let test = found.corrected.unwrap_or(found.exact);
    RateChange {
        key,
        label,
        colour,
        count_before: defects(found.count_before),
        count_after: defects(found.count_after),
        rate_before: found.rate_before,
        rate_after: found.rate_after,
        ratio: found.ratio,
        ratio_low: test.interval95.0,
        ratio_high: test.interval95.1,
        p: test.p_two_sided,
        adjusted_p: found.adjusted_p,
        dispersion: found.dispersion,
        is_changed: found.is_changed,
    }
}

/// What was inspected in one of the periods only.
pub fn unjudged(
    (key, label, colour): Named,
    (before, after): (u64, u64),
    (rate_before, rate_after): (f64, f64),
) -> RateChange {
    RateChange {
        key,
        label,
        colour,
        count_before: defects(before),
        count_after: defects(after),
        rate_before,
        rate_after,
        ratio: None,
        ratio_low: 0.0,
        ratio_high: None,
        p: 1.0,
        adjusted_p: 1.0,
        dispersion: None,
        is_changed: false,
    }
}

/// A suspect.
pub fn suspect(found: relation::Suspect<String>) -> Suspect {
    let same_as = found.same_as.into_iter();
    Suspect {
        attribute: found.attribute,
        value: found.value,
        bad_with: count(found.bad_with),
        bad_without: count(found.bad_without),
        good_with: count(found.good_with),
        good_without: count(found.good_without),
        odds_ratio: found.odds_ratio,
        odds_interval95: [found.interval95.0, found.interval95.1],
        p: found.p,
        adjusted_p: found.adjusted_p,
        is_suspect: found.is_suspect,
        same_as: same_as
            .map(|(attribute, value)| AttributeValue { attribute, value })
            .collect(),
    }
}
