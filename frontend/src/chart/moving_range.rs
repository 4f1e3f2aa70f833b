//! The moving ranges of an individuals chart.

use contract::analytics::Spc;

use super::spc::limit;
use super::spec::shown;
use super::trend::datum_of;
use super::{Axis, Cell, ChartSpec, Mark, Paint, Series, Symbol, figure};

/// The chart of the moving ranges under an individuals chart; absent for other charts.
#[must_use]
pub fn spec(spc: &Spc, chosen: Option<usize>) -> Option<ChartSpec> {
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
    if let Some(value) = chosen.and_then(|index| range.values.get(index).copied().flatten()) {
        let ring = (0..count).map(|index| Some(value).filter(|_| chosen == Some(index)));
        series.push(Series::new(
            "Selected",
            Mark::Point(Symbol::Ring),
            Paint::Chosen,
            ring.collect(),
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
        left: Axis {
            title: "Moving range".to_owned(),
            min: Some(0.0),
            ..Axis::default()
        },
        columns: ["Point", "Time (UTC)", "Moving range"]
            .map(str::to_owned)
            .to_vec(),
        data: data.collect(),
        series,
        group: Some("spc"),
        newest_first: true,
        ..ChartSpec::default()
    })
}

#[cfg(test)]
mod tests {
    use contract::analytics::MovingRange;

    use super::*;
    use crate::chart::sample;

    fn values<'a>(spec: &'a ChartSpec, name: &str) -> Option<&'a [Option<f64>]> {
        let mut series = spec.series.iter();
        let found = series.find(|series| series.name == name);
        found.map(|series| series.values.as_slice())
    }

    #[test]
    fn only_an_individuals_chart_has_moving_ranges() {
        let mut spc = sample::spc(&[(9.0, 4.0, 16.0, &[]), (14.0, 4.0, 16.0, &[])]);
        assert_eq!(spec(&spc, None), None);
        spc.moving_range = Some(MovingRange {
            values: vec![None, Some(5.0)],
            centre: 1.0,
            ucl: 3.3,
            lcl: 0.0,
            beyond: vec![1],
        });
        let spec = spec(&spc, None).expect("an individuals chart");
        assert_eq!(values(&spec, "Moving range"), Some(&[None, Some(5.0)][..]));
        assert_eq!(values(&spec, "Beyond limits"), Some(&[None, Some(5.0)][..]));
    }
}
