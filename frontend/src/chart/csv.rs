//! A chart's data as CSV.

use std::borrow::Cow;

use super::{Cell, ChartSpec};

/// The table of a chart by RFC 4180, in the order of the chart, numbers in full.
pub fn csv(spec: &ChartSpec) -> String {
    let mut text = String::new();
    line(&mut text, spec.columns.iter().map(Cow::from));
    for datum in &spec.data {
        let cells = datum.cells.iter().map(|cell| match cell {
            Cell::Text(text) => Cow::from(text),
            Cell::Number(value) => {
                Cow::from(value.map_or_else(String::new, |value| value.to_string()))
            }
        });
        line(
            &mut text,
            std::iter::once(Cow::from(&datum.title)).chain(cells),
        );
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        // A spreadsheet runs a cell that begins like a formula, and labels come from files of others.
        let formula =
            cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let guard = if formula { "'" } else { "" };
        if formula || cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(guard);
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Datum;

    fn table_of_one(title: &str, value: Option<f64>) -> String {
        csv(&ChartSpec {
            columns: vec!["Type".to_owned(), "Count".to_owned()],
            data: vec![Datum {
                title: title.to_owned(),
                cells: vec![Cell::Number(value)],
                ..Datum::default()
            }],
            ..ChartSpec::default()
        })
    }

    #[test]
    fn numbers_are_written_in_full_and_missing_ones_left_empty() {
        assert_eq!(
            table_of_one("Scratch", Some(12263.125)),
            "Type,Count\r\nScratch,12263.125\r\n"
        );
        assert_eq!(table_of_one("Scratch", None), "Type,Count\r\nScratch,\r\n");
    }

    #[test]
    fn commas_and_quotes_in_names_stay_in_their_cell() {
        assert!(
            table_of_one("Scratch, \"long\"", None).ends_with("\r\n\"Scratch, \"\"long\"\"\",\r\n")
        );
    }

    #[test]
    fn a_name_that_begins_like_a_formula_is_no_formula_for_a_spreadsheet() {
        assert!(
            table_of_one("=HYPERLINK(1)", Some(-2.0)).ends_with("\r\n\"'=HYPERLINK(1)\",-2\r\n")
        );
    }
}
