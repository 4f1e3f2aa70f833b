//! Control charts: points, limits that may differ from point to point, and what breaks the rules.

mod tip;

use contract::analytics::{LimitSource, Metric, Spc, SpcPoint, Violation};

use self::tip::tip;
use super::trend::{axis_label, datum_of, unit, x_title};
use super::{Axis, Bands, Cell, ChartSpec, Datum, Event, Mark, Paint, Series, Symbol, figure};

/// What stands out on a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointed {
    /// The point that was chosen: it gets a ring.
    pub chosen: Option<usize>,
    /// The points of a pattern that is pointed at.
    pub pattern: Vec<u32>,
}

/// The chart of the values: zones, limits and centre of each point, what breaks rules, what does not count.
#[must_use]
pub fn spec(spc: &Spc, pointed: &Pointed) -> ChartSpec {
    let values =
        |value: fn(&SpcPoint) -> Option<f64>| spc.points.iter().map(value).collect::<Vec<_>>();
    let step = |name, mark, paint, value| limit(name, mark, paint, values(value));
    let mut series = vec![Series::new(
        "Value",
        Mark::DottedLine,
        Paint::Data,
        values(|point| Some(point.value)),
    )];
    series.extend(step("UCL", Mark::DashedStep, Paint::Limit, |point| {
        point.ucl
    }));
    series.extend(step("CL", Mark::Step, Paint::Centre, |point| point.centre));
    series.extend(step("LCL", Mark::DashedStep, Paint::Limit, |point| {
        point.lcl
    }));
    let marks = |name, symbol, paint, wanted: &dyn Fn(usize, &SpcPoint) -> bool| {
        marks(name, symbol, paint, spc, wanted)
    };
    series.extend(marks(
        "Left out",
        Symbol::Hollow,
        Paint::Data,
        &|_, point| point.excluded.is_some(),
    ));
    series.extend(marks(
        "Rule violated",
        Symbol::Triangle,
        Paint::Warning,
        &|_, point| !point.rules.is_empty() && !beyond_limits(point),
    ));
    series.extend(marks(
        "Beyond limits",
        Symbol::Diamond,
        Paint::Alarm,
        &|_, point| !point.rules.is_empty() && beyond_limits(point),
    ));
    series.extend(marks(
        "Pattern",
        Symbol::Square,
        Paint::Chosen,
        &|index, _| u32::try_from(index).is_ok_and(|index| pointed.pattern.contains(&index)),
    ));
    series.extend(marks(
        "Selected",
        Symbol::Ring,
        Paint::Chosen,
        &|index, _| pointed.chosen == Some(index),
    ));
    ChartSpec {
        name: "spc",
        x_title: x_title(spc.bucket).to_owned(),
        left: Axis {
            title: unit(spc.metric).to_owned(),
            whole: spc.metric == Metric::Count,
            ..Axis::default()
        },
        columns: [
            "Point",
            "Time (UTC)",
            unit(spc.metric),
            "LCL",
            "Centre",
            "UCL",
            "Stage",
            "Rules violated",
            "Left out because",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: data(spc),
        series,
        group: Some("spc"),
        newest_first: true,
        bands: zones(spc),
        shaded: baselines(spc),
        events: stage_events(spc),
        ..ChartSpec::default()
    }
}

/// Zones C (within 1 sigma of the centre), B (to 2 sigma) and A (to the limits), where points have a sigma.
fn zones(spc: &Spc) -> Option<Bands> {
    let edge = |multiple: f64| {
        let at = |point: &SpcPoint| {
            let value = point.centre? + multiple * point.sigma?;
            let above = point.lcl.map_or(value, |lcl| value.max(lcl));
            Some(point.ucl.map_or(above, |ucl| above.min(ucl)))
        };
        spc.points.iter().map(at).collect::<Vec<_>>()
    };
    let outermost = |limit: fn(&SpcPoint) -> Option<f64>, multiple: f64| {
        let at = |point: &SpcPoint| {
            limit(point).or_else(|| Some(point.centre? + multiple * point.sigma?))
        };
        spc.points.iter().map(at).collect::<Vec<_>>()
    };
    let edges = vec![
        outermost(|point| point.lcl, -3.0),
        edge(-2.0),
        edge(-1.0),
        edge(1.0),
        edge(2.0),
        outermost(|point| point.ucl, 3.0),
    ];
    let has_zones = edges[2].iter().any(Option::is_some);
    has_zones.then(|| Bands {
        edges,
        opacities: ZONE_OPACITIES.to_vec(),
    })
}

/// Zones from the lowest to the highest: the farther from the centre, the fainter.
const ZONE_OPACITIES: [f64; 5] = [0.04, 0.09, 0.16, 0.09, 0.04];

/// The points that limits were computed from, where these are not all points of the stage.
fn baselines(spc: &Spc) -> Vec<(usize, usize)> {
    let of_period = spc
        .stages
        .iter()
        .filter(|stage| stage.source == LimitSource::Period);
    let ends = of_period.filter_map(|stage| Some((stage.baseline_first?, stage.baseline_last?)));
    ends.map(|(first, last)| (first as usize, last as usize))
        .collect()
}

fn stage_events(spc: &Spc) -> Vec<Event> {
    let later = spc.stages.iter().filter(|stage| !stage.name.is_empty());
    let events = later.map(|stage| Event {
        index: stage.first as usize,
        name: stage.name.clone(),
    });
    events.collect()
}

fn beyond_limits(point: &SpcPoint) -> bool {
    point.ucl.is_some_and(|ucl| point.value > ucl) || point.lcl.is_some_and(|lcl| point.value < lcl)
}

/// A limit with its last value written at its end; none where no point has it.
pub(super) fn limit(
    name: &str,
    mark: Mark,
    paint: Paint,
    values: Vec<Option<f64>>,
) -> Option<Series> {
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
    wanted: &dyn Fn(usize, &SpcPoint) -> bool,
) -> Option<Series> {
    let values: Vec<Option<f64>> = spc
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| wanted(index, point).then_some(point.value))
        .collect();
    values
        .iter()
        .any(Option::is_some)
        .then(|| Series::new(name, Mark::Point(symbol), paint, values))
}

fn data(spc: &Spc) -> Vec<Datum> {
    let mut broken: Vec<Vec<&Violation>> = vec![Vec::new(); spc.points.len()];
    for violation in &spc.violations {
        if let Some(at) = broken.get_mut(violation.index as usize) {
            at.push(violation);
        }
    }
    let points = spc.points.iter().zip(broken).enumerate();
    points
        .map(|(index, (point, broken))| datum(spc, index, point, &broken))
        .collect()
}

fn datum(spc: &Spc, index: usize, point: &SpcPoint, broken: &[&Violation]) -> Datum {
    let names: Vec<&str> = broken
        .iter()
        .map(|violation| violation.name.as_str())
        .collect();
    let rules = if names.is_empty() {
        point.rules.join(", ")
    } else {
        names.join(", ")
    };
    let stage = spc
        .stages
        .get(point.stage as usize)
        .map_or("", |stage| stage.name.as_str());
    let excluded = point.excluded.clone().unwrap_or_default();
    let cells = vec![
        Cell::Number(Some(point.value)),
        Cell::Number(point.lcl),
        Cell::Number(point.centre),
        Cell::Number(point.ucl),
        Cell::Text(stage.to_owned()),
        Cell::Text(rules),
        Cell::Text(excluded),
    ];
    let mut datum = datum_of(index, &point.point, cells, tip(spc, point, stage, broken));
    datum.label = axis_label(&point.point, point.point.inspection_id.is_some());
    datum
}

#[cfg(test)]
mod tests {
    use contract::analytics::{Limits, SpcStage};

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
            &Pointed::default(),
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
        let spec = spec(&sample::spc(&points), &Pointed::default());
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
        let spec = spec(&sample::spc(&[(9.0, 4.0, 16.0, &[])]), &Pointed::default());
        assert_eq!(
            (
                values(&spec, "Beyond limits"),
                values(&spec, "Rule violated")
            ),
            (None, None)
        );
    }

    #[test]
    fn a_click_on_a_point_gives_its_inspection_and_the_chosen_one_has_a_ring() {
        let pointed = Pointed {
            chosen: Some(1),
            pattern: vec![0, 1],
        };
        let spec = spec(
            &sample::spc(&[(9.0, 4.0, 16.0, &[]), (11.0, 2.0, 18.0, &[])]),
            &pointed,
        );
        assert_eq!(
            spec.clicked(1).and_then(|clicked| clicked.inspection_id),
            Some(uuid::Uuid::from_u128(2))
        );
        assert_eq!(values(&spec, "Selected"), Some(&[None, Some(11.0)][..]));
        assert_eq!(values(&spec, "Pattern"), Some(&[Some(9.0), Some(11.0)][..]));
    }

    #[test]
    fn an_excluded_point_is_hollow_and_says_why() {
        let mut spc = sample::spc(&[(9.0, 4.0, 16.0, &[]), (30.0, 4.0, 16.0, &[])]);
        spc.points[1].excluded = Some("wrong recipe".to_owned());
        let spec = spec(&spc, &Pointed::default());
        assert_eq!(values(&spec, "Left out"), Some(&[None, Some(30.0)][..]));
        assert_eq!(values(&spec, "Beyond limits"), None);
        assert!(
            spec.data[1]
                .tip
                .contains(&"Left out: wrong recipe".to_owned())
        );
    }

    #[test]
    fn zones_end_at_the_limits_and_stages_have_names_and_baselines() {
        let mut spc = sample::spc(&[(9.0, 6.5, 16.0, &[]), (11.0, 6.5, 16.0, &[])]);
        for point in &mut spc.points {
            point.sigma = Some(2.0);
        }
        let limits = Limits {
            chart: spc.chart,
            metric: spc.metric,
            width: spc.width,
            width_value: 3.0,
            centre: 10.0,
            sigma: None,
            sigma_z: None,
            alpha: None,
            points: 2,
        };
        spc.stages = vec![SpcStage {
            name: "new ring".to_owned(),
            first: 1,
            last: 1,
            source: LimitSource::Period,
            baseline_first: Some(0),
            baseline_last: Some(1),
            limits,
        }];
        let spec = spec(&spc, &Pointed::default());
        let first: Vec<_> = spec
            .bands
            .iter()
            .flat_map(|bands| &bands.edges)
            .map(|edge| edge[0])
            .collect();
        let zones = [6.5, 6.5, 8.0, 12.0, 14.0, 16.0].map(Some);
        assert_eq!(first, zones, "the lower limit cuts zone A away");
        assert_eq!((spec.events[0].index, spec.shaded[0]), (1, (0, 1)));
    }

    #[test]
    fn each_row_of_the_table_has_a_cell_for_each_column() {
        let spec = spec(&sample::spc(&[(9.0, 4.0, 16.0, &[])]), &Pointed::default());
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }
}
