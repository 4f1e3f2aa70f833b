//! Pareto.

use analytics::pareto::Row;
use contract::analytics::{Pareto, ParetoBy, ParetoQuery, ParetoRow, ParetoWeight};
use store::analytics as rows;

use crate::error::ApiResult;
use crate::{validate, view};

/// Bars when the caller does not say.
const BARS: u32 = 30;
/// The vital few reach this share.
const VITAL_PERCENT: f64 = 80.0;
/// Densities are ranked as whole numbers of this part of a defect per cm2.
const DENSITY_PARTS: f64 = 1e9;

/// Which types, steps, tools, products or lots have the defects.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn pareto(db: &store::Db, query: &ParetoQuery) -> ApiResult<Pareto> {
    validate::within("limit", query.limit, 1..=100)?;
    let by = query.by.unwrap_or(ParetoBy::Type);
    let weight = query.weight.unwrap_or(ParetoWeight::Count);
    let filter = view::filter::filter(query.filter())?;
    let found = rows::pareto(db, &filter, view::pareto::by(by)).await?;
    rank(&found, by, weight, query.limit)
}

/// The bars of a Pareto, the rest as one.
///
/// # Errors
/// When they cannot be ranked, which would be our fault.
pub(super) fn rank(
    found: &rows::Pareto,
    by: ParetoBy,
    weight: ParetoWeight,
    limit: Option<u32>,
) -> ApiResult<Pareto> {
    let ranked = found.rows.iter().enumerate().map(|(place, row)| {
        let value = view::pareto::value(row, weight) * scale(weight);
        // Whole by now; equal values keep the order of the database, most defects first.
        (place, value.round() as u64)
    });
    let ranked: Vec<(usize, u64)> = ranked.filter(|(_, value)| *value > 0).collect();
    let ranked = analytics::pareto::pareto(&ranked, VITAL_PERCENT).map_err(anyhow::Error::from)?;
    let limit = limit.unwrap_or(BARS) as usize;
    let bars = ranked.rows.iter().take(limit);
    let mut bars: Vec<ParetoRow> = bars
        .map(|ranked| {
            let row = &found.rows[ranked.name];
            let value = view::pareto::value(row, weight);
            view::pareto::row(row, by, value, percents(ranked))
        })
        .collect();
    bars.extend(rest(
        &found.rows,
        ranked.rows.get(limit..).unwrap_or_default(),
        weight,
    ));
    Ok(Pareto {
        by,
        weight,
        rows: bars,
        total: ranked.total as f64 / scale(weight),
        defects: found.total.defects,
        vital_few: u32::try_from(ranked.vital_few).unwrap_or(u32::MAX),
    })
}

fn scale(weight: ParetoWeight) -> f64 {
    match weight {
        ParetoWeight::Density => DENSITY_PARTS,
        _ => 1.0,
    }
}

fn percents<N>(row: &Row<N>) -> (f64, f64) {
    (
        row.percent.unwrap_or_default(),
        row.cumulative_percent.unwrap_or_default(),
    )
}

/// The bars that are not shown, as one; its wafers and inspections are sums and count some twice.
fn rest(all: &[rows::ParetoRow], hidden: &[Row<usize>], weight: ParetoWeight) -> Option<ParetoRow> {
    let last = hidden.last()?;
    let sum = |of: fn(&rows::ParetoRow) -> i64| hidden.iter().map(|r| of(&all[r.name])).sum();
    let value: u64 = hidden.iter().map(|row| row.count).sum();
    Some(ParetoRow {
        key: "other".to_owned(),
        label: format!("other ({})", hidden.len()),
        colour: None,
        value: value as f64 / scale(weight),
        percent: hidden.iter().filter_map(|row| row.percent).sum(),
        cumulative_percent: last.cumulative_percent.unwrap_or_default(),
        count: sum(|row| row.defects),
        wafers: sum(|row| row.wafers),
        inspections: sum(|row| row.inspections),
        severity: None,
        killer: false,
    })
}
