//! Pareto.

use contract::analytics::{ParetoBy, ParetoRow, ParetoWeight};
use store::analytics as rows;

/// What it counts by, as the database takes it.
pub fn by(by: ParetoBy) -> rows::ParetoBy {
    match by {
        ParetoBy::Type => rows::ParetoBy::Type,
        ParetoBy::Step => rows::ParetoBy::Step,
        ParetoBy::Equipment => rows::ParetoBy::Equipment,
        ParetoBy::Product => rows::ParetoBy::Product,
        ParetoBy::Lot => rows::ParetoBy::Lot,
        ParetoBy::Element => rows::ParetoBy::Element,
    }
}

/// What a row is ranked by.
pub fn value(row: &rows::ParetoRow, weight: ParetoWeight) -> f64 {
    match weight {
        ParetoWeight::Count => row.defects as f64,
        ParetoWeight::Wafers => row.wafers as f64,
        ParetoWeight::Severity => row.severity_sum as f64,
        ParetoWeight::Killers => row.killers as f64,
        ParetoWeight::Density => row
            .area_cm2
            .map_or(0.0, |area| row.defects_in_area as f64 / area),
    }
}

/// A bar in its place.
pub fn row(row: &rows::ParetoRow, by: ParetoBy, value: f64, percents: (f64, f64)) -> ParetoRow {
    let colour = match by {
        ParetoBy::Type => {
            let id = row.key.parse().unwrap_or_default();
            Some(super::defect_type::colour(id, row.colour.clone()))
        }
        _ => None,
    };
    ParetoRow {
        key: row.key.clone(),
        label: match row.label.as_str() {
            "" => "(none)".to_owned(),
            label => label.to_owned(),
        },
        colour,
        value,
        percent: percents.0,
        cumulative_percent: percents.1,
        count: row.defects,
        wafers: row.wafers,
        inspections: row.inspections,
        severity: row.severity.map(i32::from),
        killer: row.killer,
    }
}
