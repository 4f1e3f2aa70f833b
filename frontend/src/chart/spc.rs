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
        x_scale: None,
        x_places: None,
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
        group: Some("spc"),
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
        x_title: String::new(),
        x_scale: None,
        x_places: None,
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
        group: Some("spc"),
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

#[cfg(test)]
mod tests {
    use contract::analytics::MovingRange;

    use super::*;
    use crate::chart::sample;

    fn values<'a>(spec: &'a ChartSpec, name: &str) -> Option<&'a [Option<f64>]> {
        spec.series
            .iter()
            .find(|series| series.name == name)
            .map(|series| series.values.as_slice())
    }

    #[test]
    fn limits_follow_each_point_and_are_written_at_the_end() {
        let spec = spec(
            &sample::spc(&[(9.0, 4.0, 16.0, &[]), (11.0, 2.0, 18.0, &[])]),
            None,
        );
        assert_eq!(values(&spec, "UCL"), Some(&[Some(16.0), Some(18.0)][..]));
        assert_eq!(values(&spec, "LCL"), Some(&[Some(4.0), Some(2.0)][..]));
        let labels: Vec<_> = spec
            .series
            .iter()
            .filter_map(|series| series.end_label.as_deref())
            .collect();
        assert_eq!(labels, ["UCL 18", "CL 10", "LCL 2"]);
    }

    #[test]
    fn a_point_beyond_its_own_limit_and_one_that_breaks_a_run_rule_have_marks_of_different_shape() {
        let points: [(f64, f64, f64, &[&str]); 3] = [
            (17.0, 4.0, 16.0, &["we1"]),
            (17.0, 2.0, 18.0, &["we4"]),
            (10.0, 2.0, 18.0, &[]),
        ];
        let spec = spec(&sample::spc(&points), None);
        assert_eq!(
            values(&spec, "Beyond limits"),
            Some(&[Some(17.0), None, None][..])
        );
        assert_eq!(
            values(&spec, "Rule violated"),
            Some(&[None, Some(17.0), None][..])
        );
        let marks: Vec<_> = spec
            .series
            .iter()
            .rev()
            .take(2)
            .map(|series| series.mark)
            .collect();
        assert_eq!(
            marks,
            [Mark::Point(Symbol::Diamond), Mark::Point(Symbol::Triangle)]
        );
    }

    #[test]
    fn a_process_in_control_has_no_series_of_violations() {
        let spec = spec(&sample::spc(&[(9.0, 4.0, 16.0, &[])]), None);
        assert_eq!(
            (
                values(&spec, "Beyond limits"),
                values(&spec, "Rule violated")
            ),
            (None, None)
        );
    }

    #[test]
    fn a_click_on_a_point_gives_its_inspection_and_the_selected_one_has_a_ring() {
        let chosen = Some(Uuid::from_u128(2));
        let spec = spec(
            &sample::spc(&[(9.0, 4.0, 16.0, &[]), (11.0, 2.0, 18.0, &[])]),
            chosen,
        );
        assert_eq!(
            spec.clicked(1).and_then(|clicked| clicked.inspection_id),
            chosen
        );
        assert_eq!(values(&spec, "Selected"), Some(&[None, Some(11.0)][..]));
    }

    #[test]
    fn only_an_individuals_chart_has_moving_ranges() {
        let mut spc = sample::spc(&[(9.0, 4.0, 16.0, &[]), (14.0, 4.0, 16.0, &[])]);
        assert_eq!(moving_range(&spc, None), None);
        spc.moving_range = Some(MovingRange {
            values: vec![None, Some(5.0)],
            centre: 1.0,
            ucl: 3.3,
            lcl: 0.0,
            beyond: vec![1],
        });
        let spec = moving_range(&spc, None).expect("an individuals chart");
        assert_eq!(values(&spec, "Moving range"), Some(&[None, Some(5.0)][..]));
        assert_eq!(values(&spec, "Beyond limits"), Some(&[None, Some(5.0)][..]));
    }
}
