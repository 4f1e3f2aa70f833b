//! Two periods beside each other.

use std::collections::{BTreeMap, HashMap};

use analytics::relation::{self, TwoPeriods, benjamini_hochberg};
use chrono::{DateTime, Utc};
use contract::analytics::{
    ComparedPeriod, ParetoBy, ParetoCompareQuery, ParetoComparison, RateChange,
};
use store::analytics::{self as rows, ComparedInspection, Periods};
use uuid::Uuid;

use crate::error::{ApiResult, invalid};
use crate::{validate, view};

/// Level when the caller does not say.
pub(super) const ALPHA: f64 = 0.05;

/// Which rates changed from the baseline to the filter's window.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn compare(db: &store::Db, query: &ParetoCompareQuery) -> ApiResult<ParetoComparison> {
    validate::within("alpha", query.alpha, 0.001..=0.2)?;
    let by = query.by.unwrap_or(ParetoBy::Type);
    if by == ParetoBy::Element {
        let rule = "cannot be compared: only some defects have a spectrum, and which ones changes from day to day";
        return Err(invalid("by", by.as_str(), rule));
    }
    let periods = periods(query)?;
    let filter = view::filter::filter(query.filter())?;
    periods_of(db, &filter, &periods, by, query.alpha.unwrap_or(ALPHA)).await
}

/// The periods that are asked for.
fn periods(query: &ParetoCompareQuery) -> ApiResult<Periods> {
    let from = query.from.ok_or_else(|| {
        let rule = "has to be given: it is where the period in question begins";
        invalid("from", serde_json::Value::Null, rule)
    })?;
    ordered("to", from, query.to)?;
    let baseline_to = query.baseline_to.unwrap_or(from);
    let baseline_from = match (query.baseline_from, query.to) {
        (Some(baseline_from), _) => baseline_from,
        (None, Some(to)) => baseline_to
            .checked_sub_signed(to - from)
            .ok_or_else(|| invalid("from", from.to_rfc3339(), "leaves no time before it"))?,
        (None, None) => {
            let rule = "has to be given, or `baseline_from`: the baseline is as long as the period";
            return Err(invalid("to", serde_json::Value::Null, rule));
        }
    };
    ordered("baseline_to", baseline_from, Some(baseline_to))?;
    let is_after = query.to.is_some_and(|to| baseline_from >= to);
    if baseline_to > from && !is_after {
        let rule = "lies within the period in question: baseline and period must not overlap";
        return Err(invalid("baseline_to", baseline_to.to_rfc3339(), rule));
    }
    Ok(Periods {
        baseline: (baseline_from, baseline_to),
        period: (from, query.to),
    })
}

fn ordered(field: &str, from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> ApiResult<()> {
    match to {
        Some(to) if to <= from => {
            let rule = format!(
                "has to be later than {}, where the period begins",
                from.to_rfc3339()
            );
            Err(invalid(field, to.to_rfc3339(), rule))
        }
        _ => Ok(()),
    }
}

/// [`compare`] of known periods.
///
/// # Errors
/// When the database fails.
pub(super) async fn periods_of(
    db: &store::Db,
    filter: &store::Filter,
    periods: &Periods,
    by: ParetoBy,
    alpha: f64,
) -> ApiResult<ParetoComparison> {
    let inspections = rows::compared_inspections(db, filter, periods, view::pareto::by(by)).await?;
    let has_areas = inspections.iter().all(|one| one.area_cm2.is_some());
    let keys = match by {
        ParetoBy::Type => of_types(db, filter, periods, &inspections).await?,
        _ => of_facts(&inspections),
    };
    let period = |is_after: bool, from: DateTime<Utc>, to: Option<DateTime<Utc>>| {
        let all = || inspections.iter().filter(|one| one.is_after == is_after);
        ComparedPeriod {
            from: Some(from),
            to,
            inspections: view::cause::count(all().count()),
            area_cm2: has_areas.then(|| all().filter_map(|one| one.area_cm2).sum()),
            defects: all().map(|one| one.defects).sum(),
        }
    };
    let (baseline_from, baseline_to) = periods.baseline;
    let (from, to) = periods.period;
    Ok(ParetoComparison {
        by,
        baseline: period(false, baseline_from, Some(baseline_to)),
        period: period(true, from, to),
        rows: changes(keys, &inspections, has_areas, alpha)?,
        alpha,
        per: if has_areas { "cm2" } else { "inspection" }.to_owned(),
    })
}

/// What is compared: a type, step, tool, product or lot.
struct Key {
    key: String,
    label: String,
    colour: Option<String>,
    /// Its inspections, by place, and the defects on each.
    counts: Vec<(usize, u64)>,
}

/// Types are counted on all inspections, those without any of them included.
async fn of_types(
    db: &store::Db,
    filter: &store::Filter,
    periods: &Periods,
    inspections: &[ComparedInspection],
) -> ApiResult<Vec<Key>> {
    let places = inspections.iter().enumerate();
    let places: HashMap<Uuid, usize> = places
        .map(|(place, one)| (one.inspection_id, place))
        .collect();
    let types = rows::compared_types(db, filter, periods).await?;
    let keys = types.into_iter().map(|of| {
        let mut counts: Vec<(usize, u64)> =
            (0..inspections.len()).map(|place| (place, 0)).collect();
        for (id, count) in of.inspections.iter().zip(&of.counts) {
            // An inspection that came in between the two statements is in neither period.
            if let Some(&place) = places.get(id) {
                counts[place].1 = u64::try_from(*count).unwrap_or_default();
            }
        }
        Key {
            key: of.key,
            label: of.label,
            colour: of.colour,
            counts,
        }
    });
    Ok(keys.collect())
}

/// Steps, tools, products and lots are compared on their own inspections.
fn of_facts(inspections: &[ComparedInspection]) -> Vec<Key> {
    let mut keys: BTreeMap<&str, Vec<(usize, u64)>> = BTreeMap::new();
    for (place, one) in inspections.iter().enumerate() {
        let count = u64::try_from(one.defects).unwrap_or_default();
        keys.entry(&one.key).or_default().push((place, count));
    }
    let with_defects =
        |(_, counts): &(&str, Vec<(usize, u64)>)| counts.iter().any(|(_, count)| *count > 0);
    let keys = keys
        .into_iter()
        .filter(with_defects)
        .map(|(key, counts)| Key {
            label: inspections[counts[0].0].label.clone(),
            key: key.to_owned(),
            colour: None,
            counts,
        });
    keys.collect()
}

/// The change of each key, strongest evidence first. A key that was inspected in one period only has no verdict, and is no
/// part of the control over all rows.
fn changes(
    keys: Vec<Key>,
    inspections: &[ComparedInspection],
    has_areas: bool,
    alpha: f64,
) -> ApiResult<Vec<RateChange>> {
    let mut judged = Vec::new();
    let mut unjudged = Vec::new();
    for key in keys {
        let side = |is_after: bool| -> (Vec<u64>, Vec<f64>) {
            let of_side = key
                .counts
                .iter()
                .filter(|(place, _)| inspections[*place].is_after == is_after);
            let area = |place: usize| {
                inspections[place]
                    .area_cm2
                    .filter(|_| has_areas)
                    .unwrap_or(1.0)
            };
            of_side.map(|&(place, count)| (count, area(place))).unzip()
        };
        let ((before, areas_before), (after, areas_after)) = (side(false), side(true));
        if before.is_empty() || after.is_empty() {
            let rate = |counts: &[u64], areas: &[f64]| match counts.is_empty() {
                true => 0.0,
                false => counts.iter().sum::<u64>() as f64 / areas.iter().sum::<f64>(),
            };
            let rates = (rate(&before, &areas_before), rate(&after, &areas_after));
            let counts = (before.iter().sum(), after.iter().sum());
            unjudged.push(view::cause::unjudged(
                (key.key, key.label, key.colour),
                counts,
                rates,
            ));
            continue;
        }
        let one = [TwoPeriods {
            name: (),
            before: &before,
            after: &after,
        }];
        let found = relation::compare_periods(&one, &areas_before, &areas_after, alpha);
        let found = found.map_err(anyhow::Error::from)?.remove(0);
        judged.push(view::cause::rate_change(
            (key.key, key.label, key.colour),
            &found,
        ));
    }
    let p_values: Vec<f64> = judged.iter().map(|row| row.p).collect();
    let controlled = benjamini_hochberg(&p_values, alpha).map_err(anyhow::Error::from)?;
    for (row, (adjusted, rejected)) in judged
        .iter_mut()
        .zip(controlled.adjusted.into_iter().zip(controlled.rejected))
    {
        (row.adjusted_p, row.is_changed) = (adjusted, rejected);
    }
    let size = |row: &RateChange| (row.rate_after - row.rate_before).abs();
    judged.sort_by(|a, b| {
        let by_p = a.p.total_cmp(&b.p);
        by_p.then(size(b).total_cmp(&size(a)))
    });
    judged.extend(unjudged);
    Ok(judged)
}
