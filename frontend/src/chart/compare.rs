//! Two periods side by side: a pair of bars for each type, step, tool, product or lot.

use contract::analytics::{ParetoBy, ParetoComparison, RateChange};

use super::pareto::by_title;
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, figure};
use crate::format;

/// Rows that the chart draws; the table holds all.
const BARS: usize = 25;

/// What the rows are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOrder {
    /// Strongest evidence first, as the server ranks.
    Evidence,
    /// Largest difference of the rates first.
    Size,
}

/// The rows in an order.
#[must_use]
pub fn ordered(comparison: &ParetoComparison, order: CompareOrder) -> Vec<&RateChange> {
    let mut rows: Vec<&RateChange> = comparison.rows.iter().collect();
    if order == CompareOrder::Size {
        let size = |row: &RateChange| (row.rate_after - row.rate_before).abs();
        rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    }
    rows
}

/// The chart of a comparison.
#[must_use]
pub fn spec(comparison: &ParetoComparison, order: CompareOrder) -> ChartSpec {
    let rows = ordered(comparison, order);
    let drawn = rows.len().min(BARS);
    let unit = per_unit(&comparison.per);
    let bars = |name: &str, paint, rate: fn(&RateChange) -> f64| {
        let values = rows.iter().take(drawn).map(|row| Some(rate(row)));
        Series::new(name, Mark::Bar, paint, values.collect())
    };
    let before = bars("Before", Paint::Centre, |row| row.rate_before);
    let mut now = bars("Now", Paint::Data, |row| row.rate_after);
    now.labels = (0..drawn)
        .filter(|&index| rows[index].is_changed)
        .map(|index| (index, times(rows[index].ratio)))
        .collect();
    ChartSpec {
        name: "compare",
        left: Axis {
            title: unit.clone(),
            min: Some(0.0),
            ..Axis::default()
        },
        columns: vec![
            by_title(comparison.by).to_owned(),
            "Defects before".to_owned(),
            "Defects now".to_owned(),
            format!("{unit} before"),
            format!("{unit} now"),
            "Ratio".to_owned(),
            "95 % from".to_owned(),
            "95 % to".to_owned(),
            "p".to_owned(),
            "p adjusted".to_owned(),
            "Variance / mean".to_owned(),
            "Verdict".to_owned(),
        ],
        data: rows
            .iter()
            .take(drawn)
            .map(|row| datum(row, &unit))
            .collect(),
        series: vec![before, now],
        ..ChartSpec::default()
    }
}

/// All rows, for CSV.
#[must_use]
pub fn table(comparison: &ParetoComparison, order: CompareOrder) -> ChartSpec {
    let unit = per_unit(&comparison.per);
    let rows = ordered(comparison, order);
    ChartSpec {
        data: rows.iter().map(|row| datum(row, &unit)).collect(),
        series: Vec::new(),
        ..spec(comparison, order)
    }
}

fn datum(row: &RateChange, unit: &str) -> Datum {
    Datum {
        key: row.key.clone(),
        inspection_id: None,
        label: row.label.clone(),
        title: row.label.clone(),
        cells: vec![
            Cell::count(row.count_before),
            Cell::count(row.count_after),
            Cell::Number(Some(row.rate_before)),
            Cell::Number(Some(row.rate_after)),
            Cell::Number(row.ratio),
            Cell::Number(Some(row.ratio_low)),
            Cell::Number(row.ratio_high),
            Cell::Number(Some(row.p)),
            Cell::Number(Some(row.adjusted_p)),
            Cell::Number(row.dispersion),
            Cell::Text(verdict(row)),
        ],
        tip: vec![
            row.label.clone(),
            format!(
                "{unit}: {} before, {} now",
                figure(row.rate_before),
                figure(row.rate_after)
            ),
            format!(
                "{} defects before, {} now",
                row.count_before, row.count_after
            ),
            verdict(row),
        ],
    }
}

/// `Defects per cm²`, or per inspection.
#[must_use]
pub fn per_unit(per: &str) -> String {
    match per {
        "cm2" => "Defects per cm²".to_owned(),
        per => format!("Defects per {per}"),
    }
}

/// A ratio as people write it: `×2.3`; what did not exist before is new.
#[must_use]
pub fn times(ratio: Option<f64>) -> String {
    ratio.map_or_else(
        || "new".to_owned(),
        |ratio| format!("×{}", format::significant(ratio)),
    )
}

/// What became of a rate, in words.
#[must_use]
pub fn verdict(row: &RateChange) -> String {
    let p = format::p_value(row.adjusted_p);
    match (row.is_changed, row.ratio) {
        (false, _) => format!("No change shown ({p})"),
        (true, None) => format!("New: none before ({p})"),
        (true, Some(ratio)) if ratio >= 1.0 => format!("Up to {} ({p})", times(row.ratio)),
        (true, Some(_)) => format!("Down to {} ({p})", times(row.ratio)),
    }
}

/// The comparison in a sentence or two, with how false alarms are held down.
#[must_use]
pub fn summary(comparison: &ParetoComparison, name: &str, names: &str) -> String {
    let changed: Vec<&RateChange> = comparison
        .rows
        .iter()
        .filter(|row| row.is_changed)
        .collect();
    let counted = format::plural(comparison.rows.len() as i64, name, names);
    let found = match changed.as_slice() {
        [] => format!("None of {counted} changed beyond chance."),
        [one] => format!(
            "{} of {counted} changed: {} {}.",
            1,
            one.label,
            times(one.ratio)
        ),
        [first, rest @ ..] => format!(
            "{} of {counted} changed, {} {} with the strongest evidence.",
            rest.len() + 1,
            first.label,
            times(first.ratio)
        ),
    };
    format!(
        "{found} Of the changes called so, at most {} are expected to be chance (Benjamini-Hochberg over all rows).",
        format::percent(comparison.alpha * 100.0)
    )
}

/// Whether two periods can be compared by it: elements are known of too few defects.
#[must_use]
pub fn may_compare(by: ParetoBy) -> bool {
    by != ParetoBy::Element
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn the_two_rates_of_a_row_stand_side_by_side_and_changes_are_written_over_them() {
        let comparison =
            sample::comparison(&[("Scratch", 1.0, 2.5, true), ("Pit", 1.0, 1.1, false)]);
        let spec = spec(&comparison, CompareOrder::Evidence);
        assert_eq!(spec.series[0].values, [Some(1.0), Some(1.0)]);
        assert_eq!(spec.series[1].values, [Some(2.5), Some(1.1)]);
        assert_eq!(spec.series[1].labels, [(0, "×2.50".to_owned())]);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }

    #[test]
    fn rows_stand_by_evidence_or_by_the_difference_of_their_rates() {
        let comparison =
            sample::comparison(&[("Scratch", 1.0, 1.5, true), ("Pit", 9.0, 2.0, true)]);
        let labels = |order| {
            let rows = ordered(&comparison, order);
            rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>()
        };
        assert_eq!(labels(CompareOrder::Evidence), ["Scratch", "Pit"]);
        assert_eq!(labels(CompareOrder::Size), ["Pit", "Scratch"]);
    }

    #[test]
    fn a_verdict_says_which_way_and_never_calls_chance_a_change() {
        let verdict_of = |before, after, changed| {
            verdict(&sample::comparison(&[("a", before, after, changed)]).rows[0])
        };
        assert_eq!(verdict_of(1.0, 2.5, true), "Up to ×2.50 (p 0.020)");
        assert_eq!(verdict_of(2.0, 1.0, true), "Down to ×0.500 (p 0.020)");
        assert_eq!(verdict_of(0.0, 1.0, true), "New: none before (p 0.020)");
        assert_eq!(verdict_of(1.0, 2.5, false), "No change shown (p 0.020)");
    }
}
