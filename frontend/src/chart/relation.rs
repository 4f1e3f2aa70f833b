//! Two defect types against each other: scatter, both series, and which one runs ahead.

use contract::analytics::{CorrelatedPair, CorrelationDetail, CorrelationMatrix, TrendPoint};

use super::compare::per_unit;
use super::spec::shown;
use super::trend::axis_label;
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, Symbol, XPlaces};
use crate::format;

/// Both values of each point: the first type along x, the second along y.
#[must_use]
pub fn scatter(detail: &CorrelationDetail) -> ChartSpec {
    let unit = per_unit(&detail.per);
    let both: Vec<(&TrendPoint, f64, f64)> = detail
        .points
        .iter()
        .zip(&detail.second_values)
        .filter_map(|(point, second)| Some((point, point.value?, (*second)?)))
        .collect();
    let values = both.iter().map(|(_, _, second)| Some(*second)).collect();
    ChartSpec {
        name: "scatter",
        x_title: format!("{}: {unit}", detail.first.name),
        x_places: Some(XPlaces {
            at: both.iter().map(|(_, first, _)| *first).collect(),
            min: Some(0.0),
            ..XPlaces::default()
        }),
        left: Axis {
            title: format!("{}: {unit}", detail.second.name),
            min: Some(0.0),
            ..Axis::default()
        },
        columns: columns(detail),
        data: both
            .iter()
            .enumerate()
            .map(|(index, (point, ..))| datum(detail, index, point, both[index].2.into()))
            .collect(),
        series: vec![Series::new(
            "",
            Mark::Point(Symbol::Dot),
            Paint::Data,
            values,
        )],
        ..ChartSpec::default()
    }
}

/// The series of both types, each for a chart of its own under a common x axis.
#[must_use]
pub fn series(detail: &CorrelationDetail) -> [ChartSpec; 2] {
    let unit = per_unit(&detail.per);
    let first = detail.points.iter().map(|point| point.value).collect();
    let parts = [
        (&detail.first, first),
        (&detail.second, detail.second_values.clone()),
    ];
    parts.map(|(of, values)| ChartSpec {
        name: "pair-series",
        left: Axis {
            title: unit.clone(),
            min: Some(0.0),
            ..Axis::default()
        },
        columns: columns(detail),
        data: detail
            .points
            .iter()
            .zip(&detail.second_values)
            .enumerate()
            .map(|(index, (point, second))| datum(detail, index, point, *second))
            .collect(),
        series: vec![Series::new(
            "",
            Mark::DottedLine,
            Paint::Given(of.colour.clone()),
            values,
        )],
        group: Some("pair"),
        newest_first: true,
        ..ChartSpec::default()
    })
}

fn columns(detail: &CorrelationDetail) -> Vec<String> {
    let unit = per_unit(&detail.per);
    let of = |name: &str| format!("{name} ({})", unit.to_lowercase());
    vec![
        "Point".to_owned(),
        "Time (UTC)".to_owned(),
        of(&detail.first.name),
        of(&detail.second.name),
    ]
}

fn datum(
    detail: &CorrelationDetail,
    index: usize,
    point: &TrendPoint,
    second: Option<f64>,
) -> Datum {
    let time = point.at.format("%Y-%m-%d %H:%M").to_string();
    Datum {
        key: index.to_string(),
        inspection_id: point.inspection_id,
        label: axis_label(point, false),
        title: point.label.clone(),
        tip: vec![
            point.label.clone(),
            format!("{time} UTC"),
            format!("{}: {}", detail.first.name, shown(point.value)),
            format!("{}: {}", detail.second.name, shown(second)),
        ],
        cells: vec![
            Cell::Text(time),
            Cell::Number(point.value),
            Cell::Number(second),
        ],
    }
}

/// Correlation at each lag; `None` with too few points for it.
#[must_use]
pub fn lags(detail: &CorrelationDetail) -> Option<ChartSpec> {
    if detail.lags.is_empty() {
        return None;
    }
    let mut bars = Series::new(
        "",
        Mark::Bar,
        Paint::Data,
        detail.lags.iter().map(|lag| Some(lag.r)).collect(),
    );
    if let Some(strongest) = detail.strongest_lag {
        bars.labels = vec![(strongest as usize, "strongest".to_owned())];
    }
    bars.dimmed = (0..detail.lags.len())
        .filter(|&index| detail.lags[index].adjusted_p > 0.05)
        .collect();
    let data = detail.lags.iter().map(|lag| Datum {
        key: lag.lag.to_string(),
        label: lag.lag.to_string(),
        title: lag.lag.to_string(),
        cells: vec![
            Cell::Number(Some(lag.r)),
            Cell::Number(Some(lag.adjusted_p)),
        ],
        tip: vec![
            lag_words(detail, lag.lag),
            format!(
                "r {}, {}",
                format::fixed(lag.r, 2),
                format::p_value(lag.adjusted_p)
            ),
        ],
        ..Datum::default()
    });
    Some(ChartSpec {
        name: "lags",
        x_title: format!("Points by which {} is later", detail.second.name),
        left: Axis {
            title: "Correlation".to_owned(),
            min: Some(-1.0),
            max: Some(1.0),
            ..Axis::default()
        },
        columns: ["Lag", "Correlation", "p adjusted"]
            .map(str::to_owned)
            .to_vec(),
        data: data.collect(),
        series: vec![bars],
        ..ChartSpec::default()
    })
}

/// What a lag means.
fn lag_words(detail: &CorrelationDetail, lag: i32) -> String {
    let points = format::plural(i64::from(lag.abs()), "point", "points");
    match lag {
        0 => "At the same point".to_owned(),
        1.. => format!(
            "{} {points} after {}",
            detail.second.name, detail.first.name
        ),
        _ => format!(
            "{} {points} after {}",
            detail.first.name, detail.second.name
        ),
    }
}

/// Whether one runs ahead of the other, in a sentence.
#[must_use]
pub fn lag_summary(detail: &CorrelationDetail) -> String {
    let strongest = detail
        .strongest_lag
        .and_then(|index| detail.lags.get(index as usize));
    match strongest {
        None => "No lag stands out beyond chance (Benjamini-Hochberg over the lags).".to_owned(),
        Some(lag) => format!(
            "Strongest: {} (r {}, {}).",
            match lag.lag {
                0 => "at the same point".to_owned(),
                lag => lag_words(detail, lag),
            },
            format::fixed(lag.r, 2),
            format::p_value(lag.adjusted_p)
        ),
    }
}

/// The pairs, strongest first: what the matrix shows, as a table.
#[must_use]
pub fn ranked(matrix: &CorrelationMatrix) -> Vec<&CorrelatedPair> {
    let mut pairs: Vec<&CorrelatedPair> = matrix.pairs.iter().collect();
    let strength = |pair: &CorrelatedPair| (pair.is_related, pair.r.map_or(-1.0, f64::abs));
    pairs.sort_by(|a, b| {
        let (a, b) = (strength(a), strength(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    pairs
}

/// The pairs for CSV.
#[must_use]
pub fn pairs_table(matrix: &CorrelationMatrix) -> ChartSpec {
    let name = |index: u32| {
        let of = matrix.types.get(index as usize);
        of.map(|of| of.name.clone()).unwrap_or_default()
    };
    let row = |pair: &&CorrelatedPair| Datum {
        title: name(pair.first),
        cells: vec![
            Cell::Text(name(pair.second)),
            Cell::Number(pair.r),
            Cell::Number(pair.p),
            Cell::Number(pair.adjusted_p),
            Cell::Text(if pair.is_related { "related" } else { "" }.to_owned()),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "correlation",
        columns: ["Type", "With", "r", "p", "p adjusted", "Verdict"]
            .map(str::to_owned)
            .to_vec(),
        data: ranked(matrix).iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn a_point_that_lacks_one_value_has_no_place_in_the_scatter_but_in_the_series() {
        let detail = sample::relation(&[
            (Some(1.0), Some(2.0)),
            (None, Some(3.0)),
            (Some(4.0), Some(8.0)),
        ]);
        let drawn = scatter(&detail);
        assert_eq!(drawn.x_places.expect("places").at, [1.0, 4.0]);
        assert_eq!(drawn.series[0].values, [Some(2.0), Some(8.0)]);
        assert_eq!(drawn.data[1].title, "LOT-02");
        let [first, second] = series(&detail);
        assert_eq!(first.series[0].values, [Some(1.0), None, Some(4.0)]);
        assert_eq!(second.series[0].values.len(), second.data.len());
    }

    #[test]
    fn a_lag_says_which_type_comes_after_which() {
        let detail = sample::relation(&[]);
        assert_eq!(lag_words(&detail, 2), "Pit 2 points after Scratch");
        assert_eq!(lag_words(&detail, -1), "Scratch 1 point after Pit");
        assert!(lags(&detail).is_none());
    }

    #[test]
    fn related_pairs_come_first_then_the_strongest() {
        let matrix = sample::matrix(&[
            (0, 1, Some(0.4), true),
            (0, 2, Some(-0.9), false),
            (1, 2, None, false),
        ]);
        let order: Vec<_> = ranked(&matrix)
            .iter()
            .map(|pair| (pair.first, pair.second))
            .collect();
        assert_eq!(order, [(0, 1), (0, 2), (1, 2)]);
    }
}
