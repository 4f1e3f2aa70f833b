//! Control charts: points, limits that may differ from point to point, and what breaks the rules.

use contract::analytics::{Metric, Spc, SpcPoint};
use uuid::Uuid;

use super::spec::shown;
use super::trend::{axis_label, datum_of, unit};
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, Symbol, figure};

/// The chart of the values. `selected` gets a ring.
#[must_use]
pub fn spec(spc: &Spc, selected: Option<Uuid>) -> ChartSpec {
    let values =
        |value: fn(&SpcPoint) -> Option<f64>| spc.points.iter().map(value).collect::<Vec<_>>();
    let mut series = vec![Series::new(
        "Value",
        Mark::DottedLine,
        Paint::Data,
        values(|point| Some(point.value)),
    )];
    series.extend(limit(
        "UCL",
        Mark::DashedStep,
        Paint::Limit,
        values(|point| point.ucl),
    ));
    if let Some(centre) = spc.centre {
        series.extend(limit(
            "CL",
            Mark::Step,
            Paint::Centre,
            vec![Some(centre); spc.points.len()],
        ));
    }
    series.extend(limit(
        "LCL",
        Mark::DashedStep,
        Paint::Limit,
        values(|point| point.lcl),
    ));
    series.extend(marks(
        "Rule violated",
        Symbol::Triangle,
        Paint::Warning,
        spc,
        |point| !point.rules.is_empty() && !beyond_limits(point),
    ));
    series.extend(marks(
        "Beyond limits",
        Symbol::Diamond,
        Paint::Alarm,
        spc,
        beyond_limits,
    ));
    series.extend(marks(
        "Selected",
        Symbol::Ring,
        Paint::Chosen,
        spc,
        |point| selected.is_some() && point.point.inspection_id == selected,
    ));
    ChartSpec {
        name: "spc",
        x_title: "Inspections in order of time (UTC)".to_owned(),
        left: Axis {
            title: unit(spc.metric).to_owned(),
            whole: spc.metric == Metric::Count,
            ..Axis::default()
        },
        right: None,
        columns: [
            "Point",
            "Time (UTC)",
            unit(spc.metric),
            "LCL",
            "UCL",
            "Rules violated",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: spc
            .points
            .iter()
            .enumerate()
            .map(|(index, point)| datum(spc, index, point))
            .collect(),
        series,
        newest_first: true,
    }
}

/// The chart of the moving ranges under an individuals chart; absent for other charts.
#[must_use]
pub fn moving_range(spc: &Spc, selected: Option<Uuid>) -> Option<ChartSpec> {
    let range = spc.moving_range.as_ref()?;
    let count = spc.points.len();
    let beyond: Vec<Option<f64>> = (0..count)
        .map(|index| {
            let value = range.values.get(index).copied().flatten();
            value.filter(|_| u32::try_from(index).is_ok_and(|index| range.beyond.contains(&index)))
        })
        .collect();
    let mut series = vec![Series::new(
        "Moving range",
        Mark::DottedLine,
        Paint::Data,
        range.values.clone(),
    )];
    series.extend(limit(
        "UCL",
        Mark::DashedStep,
        Paint::Limit,
        vec![Some(range.ucl); count],
    ));
    series.extend(limit(
        "CL",
        Mark::Step,
        Paint::Centre,
        vec![Some(range.centre); count],
    ));
    if beyond.iter().any(Option::is_some) {
        series.push(Series::new(
            "Beyond limits",
            Mark::Point(Symbol::Diamond),
            Paint::Alarm,
            beyond,
        ));
    }
    let chosen: Vec<Option<f64>> = spc
        .points
        .iter()
        .zip(&range.values)
        .map(|(point, value)| {
            value.filter(|_| selected.is_some() && point.point.inspection_id == selected)
        })
        .collect();
    if chosen.iter().any(Option::is_some) {
        series.push(Series::new(
            "Selected",
            Mark::Point(Symbol::Ring),
            Paint::Chosen,
            chosen,
        ));
    }
    let data = spc.points.iter().enumerate().map(|(index, point)| {
        let value = range.values.get(index).copied().flatten();
        let lines = vec![
            format!("Moving range: {}", shown(value)),
            format!("UCL: {}", figure(range.ucl)),
        ];
        datum_of(index, &point.point, vec![Cell::Number(value)], lines)
    });
    Some(ChartSpec {
        name: "moving-range",
        x_title: "Inspections in order of time (UTC)".to_owned(),
        left: Axis {
            title: "Moving range".to_owned(),
            min: Some(0.0),
            ..Axis::default()
        },
        right: None,
        columns: ["Point", "Time (UTC)", "Moving range"]
            .map(str::to_owned)
            .to_vec(),
        data: data.collect(),
        series,
        newest_first: true,
    })
}

fn beyond_limits(point: &SpcPoint) -> bool {
    point.ucl.is_some_and(|ucl| point.value > ucl) || point.lcl.is_some_and(|lcl| point.value < lcl)
}

fn limit(name: &str, mark: Mark, paint: Paint, values: Vec<Option<f64>>) -> Option<Series> {
    let last = values.iter().rev().find_map(|value| *value)?;
    let mut series = Series::new(name, mark, paint, values);
    series.end_label = Some(format!("{name} {}", figure(last)));
    Some(series)
}

fn marks(
    name: &str,
    symbol: Symbol,
    paint: Paint,
    spc: &Spc,
    wanted: impl Fn(&SpcPoint) -> bool,
) -> Option<Series> {
    let values: Vec<Option<f64>> = spc
        .points
        .iter()
        .map(|point| wanted(point).then_some(point.value))
        .collect();
    values
        .iter()
        .any(Option::is_some)
        .then(|| Series::new(name, Mark::Point(symbol), paint, values))
}

fn datum(spc: &Spc, index: usize, point: &SpcPoint) -> Datum {
    let broken: Vec<&str> = spc
        .violations
        .iter()
        .filter(|violation| usize::try_from(violation.index).is_ok_and(|at| at == index))
        .map(|violation| violation.name.as_str())
        .collect();
    let rules = if broken.is_empty() {
        point.rules.join(", ")
    } else {
        broken.join(", ")
    };
    let mut lines = vec![
        format!("{}: {}", unit(spc.metric), figure(point.value)),
        format!("LCL {}   UCL {}", shown(point.lcl), shown(point.ucl)),
    ];
    if !rules.is_empty() {
        lines.push(format!("Violates: {rules}"));
    }
    let cells = vec![
        Cell::Number(Some(point.value)),
        Cell::Number(point.lcl),
        Cell::Number(point.ucl),
        Cell::Text(rules),
    ];
    let mut datum = datum_of(index, &point.point, cells, lines);
    datum.label = axis_label(&point.point, point.point.inspection_id.is_some());
    datum
}
