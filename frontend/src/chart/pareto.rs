//! Pareto charts: bars from the largest down, and how much they make together.

use contract::analytics::{Pareto, ParetoBy, ParetoRow, ParetoWeight};

use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, figure};

/// The chart of a Pareto. Where keys are `selected`, the other bars step back.
#[must_use]
pub fn spec(pareto: &Pareto, selected: &[String]) -> ChartSpec {
    let weight = weight_title(pareto.weight);
    let rows = &pareto.rows;
    let mut bars = Series::new(
        weight,
        Mark::Bar,
        Paint::Data,
        rows.iter().map(|row| Some(row.value)).collect(),
    );
    if rows.iter().any(|row| row.colour.is_some()) {
        let paint = |row: &ParetoRow| row.colour.clone().map_or(Paint::Data, Paint::Given);
        bars.paints = rows.iter().map(paint).collect();
    }
    if rows.iter().any(|row| selected.contains(&row.key)) {
        bars.dimmed = (0..rows.len())
            .filter(|&index| !selected.contains(&rows[index].key))
            .collect();
    }
    let cumulative = rows
        .iter()
        .map(|row| Some(row.cumulative_percent))
        .collect();
    let mut together = Series::new("Cumulative", Mark::DottedLine, Paint::Second, cumulative);
    together.on_right = true;
    let mut vital = Series::new(
        "80 %",
        Mark::DashedLine,
        Paint::Centre,
        vec![Some(80.0); rows.len()],
    );
    vital.on_right = true;
    ChartSpec {
        name: "pareto",
        x_title: String::new(),
        x_scale: None,
        x_places: None,
        left: Axis {
            title: weight.to_owned(),
            min: Some(0.0),
            whole: pareto.weight != ParetoWeight::Density,
            ..Axis::default()
        },
        right: Some(Axis {
            title: "Cumulative %".to_owned(),
            min: Some(0.0),
            max: Some(100.0),
            ..Axis::default()
        }),
        columns: [
            by_title(pareto.by),
            weight,
            "Share %",
            "Cumulative %",
            "All defects",
            "Wafers",
            "Inspections",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: rows.iter().map(|row| datum(row, weight)).collect(),
        series: vec![bars, together, vital],
        group: None,
        newest_first: false,
        ..ChartSpec::default()
    }
}

/// What a Pareto counts by, as a head of a column.
pub(super) fn by_title(by: ParetoBy) -> &'static str {
    match by {
        ParetoBy::Type => "Defect type",
        ParetoBy::Step => "Step",
        ParetoBy::Equipment => "Equipment",
        ParetoBy::Product => "Product",
        ParetoBy::Lot => "Lot",
        ParetoBy::Element => "Element",
    }
}

fn weight_title(weight: ParetoWeight) -> &'static str {
    match weight {
        ParetoWeight::Count => "Defects",
        ParetoWeight::Density => "Defects per cm²",
        ParetoWeight::Wafers => "Wafers affected",
        ParetoWeight::Severity => "Defects × severity",
        ParetoWeight::Killers => "Killer defects",
    }
}

fn datum(row: &ParetoRow, weight: &str) -> Datum {
    let mut tip = vec![
        row.label.clone(),
        format!("{weight}: {} ({:.1} %)", figure(row.value), row.percent),
        format!("With all larger: {:.1} %", row.cumulative_percent),
        format!("{} defects on {} wafers", row.count, row.wafers),
    ];
    if let Some(severity) = row.severity {
        let killer = if row.killer { ", killer" } else { "" };
        tip.push(format!("Severity {severity}{killer}"));
    }
    Datum {
        key: row.key.clone(),
        inspection_id: None,
        label: row.label.clone(),
        title: row.label.clone(),
        cells: vec![
            Cell::Number(Some(row.value)),
            Cell::Number(Some(row.percent)),
            Cell::Number(Some(row.cumulative_percent)),
            Cell::count(row.count),
            Cell::count(row.wafers),
            Cell::count(row.inspections),
        ],
        tip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn bars_have_the_colours_of_their_types_and_the_line_ends_at_100_percent() {
        let rows = [
            ("4", 8.0, 80.0, Some("#aa0000")),
            ("9", 2.0, 100.0, Some("#00aa00")),
        ];
        let spec = spec(&sample::pareto(&rows), &[]);
        let given = |colour: &str| Paint::Given(colour.to_owned());
        assert_eq!(spec.series[0].paints, [given("#aa0000"), given("#00aa00")]);
        assert_eq!(spec.series[1].values, [Some(80.0), Some(100.0)]);
        assert!(spec.series[1].on_right);
    }

    #[test]
    fn bars_beside_the_selected_step_back() {
        let rows = [("4", 8.0, 80.0, None), ("9", 2.0, 100.0, None)];
        let dimmed = |selected: &str| {
            spec(&sample::pareto(&rows), &[selected.to_owned()]).series[0]
                .dimmed
                .clone()
        };
        assert_eq!(dimmed("9"), [0]);
        assert!(dimmed("a type that is not among them").is_empty());
    }

    #[test]
    fn a_click_on_a_bar_gives_its_key_and_a_click_beside_the_bars_gives_nothing() {
        let spec = spec(&sample::pareto(&[("4", 8.0, 100.0, None)]), &[]);
        assert_eq!(
            spec.clicked(0).map(|clicked| clicked.key),
            Some("4".to_owned())
        );
        assert_eq!(spec.clicked(1), None);
    }

    #[test]
    fn each_row_of_the_table_has_a_cell_for_each_column() {
        let spec = spec(&sample::pareto(&[("4", 8.0, 100.0, None)]), &[]);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }
}
