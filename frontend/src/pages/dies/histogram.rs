//! How many dies have how many defects.

use contract::spatial::DieView;

use crate::chart::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series};
use crate::format;

/// Bars: dies with 0, 1, 2, ... defects; the last holds all with more.
pub fn spec(dies: &DieView) -> ChartSpec {
    let last = dies.histogram.len().saturating_sub(1);
    let total: i64 = dies.histogram.iter().sum();
    let share = |count: i64| match total {
        0 => 0.0,
        total => count as f64 / total as f64 * 100.0,
    };
    let data = dies.histogram.iter().enumerate().map(|(many, &count)| {
        let label = match many == last && last > 0 {
            true => format!("{many} or more"),
            false => many.to_string(),
        };
        Datum {
            key: many.to_string(),
            label: label.replace(" or more", "+"),
            title: label.clone(),
            cells: vec![Cell::count(count), Cell::Number(Some(share(count)))],
            tip: vec![
                format!("{label} defects"),
                format::plural(count, "die", "dies"),
                format::percent(share(count)),
            ],
            ..Datum::default()
        }
    });
    let values = dies.histogram.iter().map(|&count| Some(count as f64));
    ChartSpec {
        name: "defects-per-die",
        x_title: "Defects on the die".to_owned(),
        left: Axis {
            // Most dies have none: the others are not to be lost beside them.
            log: true,
            whole: true,
            ..Axis::default()
        },
        columns: ["Defects", "Dies", "Share %"].map(str::to_owned).to_vec(),
        data: data.collect(),
        series: vec![Series::new("", Mark::Bar, Paint::Data, values.collect())],
        ..ChartSpec::default()
    }
}

/// What the bars say, in words.
pub fn note(dies: &DieView) -> String {
    let spread = match dies.dispersion {
        spread if spread > 1.5 => "they heap up on some dies, more than chance would do",
        spread if spread < 0.67 => "they are spread more evenly than chance would do",
        _ => "they are spread about as chance would do",
    };
    format!(
        "{} defects a die on average; {spread} (dispersion {}).",
        format::significant(dies.mean_per_die),
        format::significant(dies.dispersion)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bar_holds_the_rest_and_each_row_has_a_cell_for_each_column() {
        let dies = DieView {
            inspections: 1,
            dies: 10,
            defective: 4,
            defective_share: 0.4,
            defective_interval: [0.2, 0.6],
            defects: 9,
            mean_per_die: 0.9,
            dispersion: 3.0,
            die_area_cm2: 1.0,
            d0_per_cm2: 0.9,
            alpha: Some(0.5),
            models: Vec::new(),
            histogram: vec![6, 3, 1],
            map: None,
            kill: None,
        };
        let spec = spec(&dies);
        let labels: Vec<_> = spec.data.iter().map(|datum| datum.label.as_str()).collect();
        assert_eq!(labels, ["0", "1", "2+"]);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
        assert!(note(&dies).contains("heap up"));
    }
}
