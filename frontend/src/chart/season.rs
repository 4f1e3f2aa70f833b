//! Clock and calendar: bars of shifts, weekdays, hours and months; daily values and their parts; autocorrelation.

use contract::analytics::{Metric, SeasonBy, SeasonGroup, SeasonGrouping, Seasonality};

use super::compare::times;
use super::spec::shown;
use super::trend::unit;
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, figure};
use crate::format;

/// Rates of the groups, those that stand out in the colour of alarms.
#[must_use]
pub fn groups(metric: Metric, grouping: &SeasonGrouping) -> ChartSpec {
    let groups = &grouping.groups;
    let mut bars = Series::new(
        unit_of(metric),
        Mark::Bar,
        Paint::Data,
        groups.iter().map(|group| Some(group.rate)).collect(),
    );
    bars.paints = groups
        .iter()
        .map(|group| match group.differs {
            true => Paint::Alarm,
            false => Paint::Data,
        })
        .collect();
    bars.labels = (0..groups.len())
        .filter(|&index| groups[index].differs)
        .map(|index| (index, times(groups[index].ratio_to_rest)))
        .collect();
    ChartSpec {
        name: name(grouping.by),
        left: Axis {
            title: unit_of(metric).to_owned(),
            min: Some(0.0),
            ..Axis::default()
        },
        columns: [
            title(grouping.by),
            "Inspections",
            "Defects",
            unit_of(metric),
            "Median",
            "Ratio to the rest",
            "95 % from",
            "95 % to",
            "p adjusted",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: groups.iter().map(|group| datum(metric, group)).collect(),
        series: vec![bars],
        ..ChartSpec::default()
    }
}

fn datum(metric: Metric, group: &SeasonGroup) -> Datum {
    let interval = group.ratio_interval95;
    let mut tip = vec![
        group.label.clone(),
        format!("{}: {}", unit_of(metric), figure(group.rate)),
        format!("{} inspections, {} defects", group.inspections, group.count),
    ];
    if let Some([low, high]) = interval {
        tip.push(format!(
            "{} of the rest (95 %: {} to {})",
            times(group.ratio_to_rest),
            format::significant(low),
            format::significant(high)
        ));
    }
    Datum {
        key: group.label.clone(),
        label: group.label.clone(),
        title: group.label.clone(),
        cells: vec![
            Cell::count(group.inspections),
            Cell::count(group.count),
            Cell::Number(Some(group.rate)),
            Cell::Number(Some(group.median)),
            Cell::Number(group.ratio_to_rest),
            Cell::Number(interval.map(|[low, _]| low)),
            Cell::Number(interval.map(|[_, high]| high)),
            Cell::Number(group.adjusted_p),
        ],
        tip,
        ..Datum::default()
    }
}

fn name(by: SeasonBy) -> &'static str {
    match by {
        SeasonBy::Shift => "season-shift",
        SeasonBy::Weekday => "season-weekday",
        SeasonBy::Hour => "season-hour",
        SeasonBy::Month => "season-month",
    }
}

/// What a way of grouping is called.
#[must_use]
pub fn title(by: SeasonBy) -> &'static str {
    match by {
        SeasonBy::Shift => "Shift",
        SeasonBy::Weekday => "Weekday",
        SeasonBy::Hour => "Hour of the day",
        SeasonBy::Month => "Month",
    }
}

fn unit_of(metric: Metric) -> &'static str {
    match metric {
        Metric::Count => "Defects per inspection",
        Metric::Density => unit(metric),
    }
}

/// Whether groups differ, in words.
#[must_use]
pub fn verdict(grouping: &SeasonGrouping) -> String {
    let Some(p) = grouping.adjusted_p.or(grouping.p) else {
        return "There is a single group: nothing to compare.".to_owned();
    };
    let p = format::p_value(p);
    let outstanding: Vec<String> = grouping
        .groups
        .iter()
        .filter(|group| group.differs)
        .map(|group| format!("{} {}", group.label, times(group.ratio_to_rest)))
        .collect();
    let outstanding = (!outstanding.is_empty()).then(|| outstanding.join(", "));
    match (grouping.is_seasonal, outstanding) {
        (false, None) => format!("No difference beyond chance (Kruskal-Wallis, {p})."),
        (false, Some(outstanding)) => format!(
            "The groups as a whole do not differ beyond chance (Kruskal-Wallis, {p}), but by its defects {outstanding} of the rest stands out: look for single bad inspections."
        ),
        (true, None) => {
            format!("The groups differ (Kruskal-Wallis, {p}), no single one stands out.")
        }
        (true, Some(outstanding)) => {
            format!("The groups differ (Kruskal-Wallis, {p}): {outstanding} of the rest.")
        }
    }
}

/// Daily values, and where they could be told apart trend, weekly pattern and remainder, for charts under a common
/// x axis.
#[must_use]
pub fn days(seasonality: &Seasonality) -> Vec<(&'static str, ChartSpec)> {
    let unit = unit_of(seasonality.metric);
    let values: Vec<Option<f64>> = seasonality.days.iter().map(|day| day.value).collect();
    let part = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
    let chart = |name, values, min| day_chart(seasonality, name, unit, values, min);
    let mut charts = vec![("Daily values", chart("season-days", values, Some(0.0)))];
    if let Some(parts) = &seasonality.decomposition {
        charts.push(("Trend", chart("season-trend", part(&parts.trend), None)));
        charts.push((
            "Weekly pattern",
            chart("season-weekly", part(&parts.weekly), None),
        ));
        charts.push((
            "Remainder",
            chart("season-remainder", part(&parts.remainder), None),
        ));
    }
    charts
}

fn day_chart(
    seasonality: &Seasonality,
    name: &'static str,
    unit: &str,
    values: Vec<Option<f64>>,
    min: Option<f64>,
) -> ChartSpec {
    let data = seasonality.days.iter().enumerate().map(|(index, day)| {
        let date = day.at.format("%Y-%m-%d").to_string();
        let value = values.get(index).copied().flatten();
        Datum {
            key: index.to_string(),
            label: day.at.format("%d %b\n%Y").to_string(),
            title: date.clone(),
            cells: vec![Cell::Number(value), Cell::count(day.inspections)],
            tip: vec![
                date,
                format!("{unit}: {}", shown(value)),
                format::plural(day.inspections, "inspection", "inspections"),
            ],
            ..Datum::default()
        }
    });
    ChartSpec {
        name,
        left: Axis {
            title: unit.to_owned(),
            min,
            ..Axis::default()
        },
        columns: vec![
            "Day (UTC)".to_owned(),
            unit.to_owned(),
            "Inspections".to_owned(),
        ],
        data: data.collect(),
        series: vec![Series::new("", Mark::DottedLine, Paint::Data, values)],
        group: Some("season-days"),
        newest_first: true,
        ..ChartSpec::default()
    }
}

/// Autocorrelation of the daily values with the bounds of chance.
#[must_use]
pub fn autocorrelation(seasonality: &Seasonality) -> Option<ChartSpec> {
    let found = seasonality.autocorrelation.as_ref()?;
    let bound = found.bound95;
    let flat = |value: f64| vec![Some(value); found.coefficients.len()];
    let mut bars = Series::new(
        "",
        Mark::Bar,
        Paint::Data,
        found.coefficients.iter().copied().map(Some).collect(),
    );
    bars.dimmed = (0..found.coefficients.len())
        .filter(|&index| found.coefficients[index].abs() <= bound)
        .collect();
    let data = found.coefficients.iter().enumerate().map(|(index, r)| {
        let lag = (index + 1).to_string();
        Datum {
            key: lag.clone(),
            label: lag.clone(),
            title: lag,
            cells: vec![Cell::Number(Some(*r))],
            tip: vec![
                format::plural(index as i64 + 1, "day apart", "days apart"),
                format!("r {}", format::fixed(*r, 2)),
            ],
            ..Datum::default()
        }
    });
    Some(ChartSpec {
        name: "autocorrelation",
        x_title: "Days apart".to_owned(),
        left: Axis {
            title: "Autocorrelation".to_owned(),
            min: Some(-1.0),
            max: Some(1.0),
            ..Axis::default()
        },
        columns: vec!["Days apart".to_owned(), "Autocorrelation".to_owned()],
        data: data.collect(),
        series: vec![
            bars,
            Series::new(
                "Bound of chance",
                Mark::DashedLine,
                Paint::Limit,
                flat(bound),
            ),
            Series::new(
                "Bound of chance, below",
                Mark::DashedLine,
                Paint::Limit,
                flat(-bound),
            ),
        ],
        ..ChartSpec::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn a_shift_that_stands_out_is_marked_and_named_with_its_ratio() {
        let grouping = sample::season(&[("day", 1.0, None), ("night", 3.0, Some(3.0))]);
        let spec = groups(Metric::Count, &grouping);
        assert_eq!(spec.series[0].paints, [Paint::Data, Paint::Alarm]);
        assert_eq!(spec.series[0].labels, [(1, "×3.00".to_owned())]);
        assert_eq!(spec.data[1].cells.len() + 1, spec.columns.len());
        assert_eq!(
            verdict(&grouping),
            "The groups differ (Kruskal-Wallis, p 0.010): night ×3.00 of the rest."
        );
    }

    #[test]
    fn a_single_group_is_not_called_alike() {
        let mut grouping = sample::season(&[("day", 1.0, None)]);
        (grouping.p, grouping.adjusted_p) = (None, None);
        assert!(verdict(&grouping).contains("nothing to compare"));
    }
}
