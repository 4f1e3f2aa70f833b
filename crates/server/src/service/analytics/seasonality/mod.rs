//! Whether defects follow the clock or the calendar.

mod calendar;
mod days;

use analytics::season::{GroupedRates, Grouping, grouped_rates};
use chrono_tz::Tz;
use contract::analytics::{
    Metric, SeasonBy, SeasonGroup, SeasonGrouping, Seasonality, SeasonalityQuery,
};
use store::analytics::{self as rows, Inspected};

use crate::error::ApiResult;
use crate::view;
use calendar::Label;

/// Inspections at most; the newest are kept.
const INSPECTIONS_MOST: u32 = 100_000;
/// Level at which groups are said to differ.
const ALPHA: f64 = 0.05;

/// Rates by shift, weekday, hour and month; daily values, how they relate to earlier ones, their weekly pattern.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn seasonality(db: &store::Db, query: &SeasonalityQuery) -> ApiResult<Seasonality> {
    let filter = view::filter::filter(query.filter())?;
    let moment = rows::one_moment(db).await?;
    let (found, left_out) = rows::season(&moment, &filter, INSPECTIONS_MOST).await?;
    let metric = metric(query.metric, &found.area_cm2);
    let counted = counted(&found, metric);
    let days = days::daily(&counted);
    let shape = days::shape(&days)?;
    Ok(Seasonality {
        metric,
        inspections: i64::try_from(counted.len()).unwrap_or(i64::MAX),
        groupings: groupings(&counted)?,
        days,
        autocorrelation: shape.autocorrelation,
        decomposition: shape.decomposition,
        note: shape.note,
        without_area: i64::try_from(found.at.len() - counted.len()).unwrap_or(i64::MAX),
        left_out,
    })
}

/// Density where it can be told of all inspections, or of some and the caller asks for it.
fn metric(asked: Option<Metric>, areas: &[f64]) -> Metric {
    let mut areas = areas.iter();
    let can_be = match asked {
        None => areas.all(|area| area.is_finite()),
        Some(Metric::Density) => areas.any(|area| area.is_finite()),
        Some(Metric::Count) => false,
    };
    if can_be {
        Metric::Density
    } else {
        Metric::Count
    }
}

/// One inspection that counts.
struct Counted<'a> {
    at: chrono::DateTime<chrono::Utc>,
    zone: Tz,
    shift: &'a str,
    count: u64,
    /// Area in cm2, or 1 for the inspection.
    size: f64,
}

/// Oldest first.
fn counted(found: &Inspected, metric: Metric) -> Vec<Counted<'_>> {
    let mut counted: Vec<Counted<'_>> = Vec::with_capacity(found.at.len());
    for (index, &at) in found.at.iter().enumerate().rev() {
        let size = match metric {
            Metric::Count => 1.0,
            Metric::Density => found.area_cm2[index],
        };
        if size.is_finite() {
            counted.push(Counted {
                at,
                // Zones are checked when a tool gets one; another program may have written any.
                zone: found.time_zone[index].parse().unwrap_or(Tz::UTC),
                shift: &found.shift[index],
                count: u64::try_from(found.defects[index]).unwrap_or_default(),
                size,
            });
        }
    }
    counted
}

fn groupings(counted: &[Counted<'_>]) -> ApiResult<Vec<SeasonGrouping>> {
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let counts: Vec<u64> = counted.iter().map(|one| one.count).collect();
    let sizes: Vec<f64> = counted.iter().map(|one| one.size).collect();
    let labels = calendar::labels(counted);
    let groupings: Vec<Grouping<'_, Label<'_>>> = SeasonBy::ALL
        .iter()
        .zip(&labels)
        .map(|(by, labels)| Grouping {
            name: Label::of(0, by.as_str()),
            labels,
        })
        .collect();
    let found = grouped_rates(&counts, &sizes, &groupings, ALPHA).map_err(anyhow::Error::from)?;
    let found = SeasonBy::ALL.iter().zip(found);
    Ok(found.map(|(&by, found)| grouping(by, found)).collect())
}

fn grouping(by: SeasonBy, found: GroupedRates<Label<'_>>) -> SeasonGrouping {
    let groups = found.groups.into_iter().map(|group| SeasonGroup {
        label: group.label.text().to_owned(),
        inspections: i64::try_from(group.inspections).unwrap_or(i64::MAX),
        count: i64::try_from(group.count).unwrap_or(i64::MAX),
        rate: group.rate,
        median: group.median_density,
        ratio_to_rest: group.ratio_to_rest,
        ratio_interval95: group.ratio_to_rest.zip(group.test).and_then(|(_, test)| {
            let (lower, upper) = test.interval95;
            upper.map(|upper| [lower, upper])
        }),
        adjusted_p: group.adjusted_p,
        differs: group.differs,
    });
    SeasonGrouping {
        by,
        groups: groups.collect(),
        p: found.test.map(|test| test.p),
        adjusted_p: found.adjusted_p,
        is_seasonal: found.is_seasonal,
    }
}
