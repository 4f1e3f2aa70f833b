//! Charts with a memory, EWMA and CUSUM, which see small lasting shifts that single points hide.

use contract::analytics::{MemoryChart, MemoryKind, Spc};

use super::spec::shown;
use super::trend::datum_of;
use super::{Axis, Cell, ChartSpec, Datum, Event, Mark, Paint, Series, Symbol, figure};

/// The chart under the control chart; absent where none was asked for.
#[must_use]
pub fn spec(spc: &Spc, chosen: Option<usize>) -> Option<ChartSpec> {
    let memory = spc.memory.as_ref()?;
    let mut series = lines(memory);
    for (name, values) in [("UCL", &memory.ucl), ("LCL", &memory.lcl)] {
        let mut limit = Series::new(name, Mark::DashedStep, Paint::Limit, values.clone());
        let last = values.iter().rev().find_map(|value| *value);
        limit.end_label = last.map(|last| format!("{name} {}", figure(last)));
        series.push(limit);
    }
    series.extend(beyond(memory));
    if let Some(index) = chosen {
        let ring = (0..memory.upper.len()).map(|at| memory.upper[at].filter(|_| at == index));
        series.push(Series::new(
            "Selected",
            Mark::Point(Symbol::Ring),
            Paint::Chosen,
            ring.collect(),
        ));
    }
    let change = memory.change_began.map(|index| Event {
        index: index as usize,
        name: "change began".to_owned(),
    });
    Some(ChartSpec {
        name: "memory",
        left: Axis {
            title: "Sigma".to_owned(),
            ..Axis::default()
        },
        columns: columns(memory.kind),
        data: data(spc, memory),
        series,
        group: Some("spc"),
        newest_first: true,
        events: change.into_iter().collect(),
        ..ChartSpec::default()
    })
}

/// What it is, with its parameters.
#[must_use]
pub fn title(memory: &MemoryChart) -> String {
    let parameter = |name: &str| {
        memory
            .parameters
            .get(name)
            .copied()
            .map_or_else(String::new, figure)
    };
    match memory.kind {
        MemoryKind::Ewma => format!(
            "EWMA (weight {}, limits at {} sigma of the average)",
            parameter("lambda"),
            parameter("width")
        ),
        MemoryKind::Cusum => format!(
            "CUSUM (allowance {} sigma, decision at {} sigma)",
            parameter("k"),
            parameter("h")
        ),
    }
}

fn lines(memory: &MemoryChart) -> Vec<Series> {
    let line = |name: &str, mark, paint, values: &Vec<Option<f64>>| {
        Series::new(name, mark, paint, values.clone())
    };
    match memory.kind {
        MemoryKind::Ewma => vec![line("EWMA", Mark::DottedLine, Paint::Data, &memory.upper)],
        MemoryKind::Cusum => vec![
            line("Sum above", Mark::DottedLine, Paint::Data, &memory.upper),
            line("Sum below", Mark::Line, Paint::Second, &memory.lower),
        ],
    }
}

/// Marks at the values that are beyond a limit, the upper line's or the lower one's.
fn beyond(memory: &MemoryChart) -> Option<Series> {
    let at = |values: &[Option<f64>], index: usize| values.get(index).copied().flatten();
    let mut marked = vec![None; memory.upper.len()];
    for &index in &memory.beyond {
        let index = index as usize;
        let upper = at(&memory.upper, index).filter(|value| {
            let above = at(&memory.ucl, index).is_some_and(|ucl| *value > ucl);
            above || at(&memory.lcl, index).is_some_and(|lcl| *value < lcl)
        });
        if let Some(mark) = marked.get_mut(index) {
            *mark = upper.or_else(|| at(&memory.lower, index));
        }
    }
    (!memory.beyond.is_empty()).then(|| {
        Series::new(
            "Beyond limits",
            Mark::Point(Symbol::Diamond),
            Paint::Alarm,
            marked,
        )
    })
}

fn columns(kind: MemoryKind) -> Vec<String> {
    let values: &[&str] = match kind {
        MemoryKind::Ewma => &["EWMA"],
        MemoryKind::Cusum => &["Sum above", "Sum below"],
    };
    let all = ["Point", "Time (UTC)"]
        .iter()
        .chain(values)
        .chain(&["LCL", "UCL"]);
    all.map(|name| (*name).to_owned()).collect()
}

fn data(spc: &Spc, memory: &MemoryChart) -> Vec<Datum> {
    let at = |values: &[Option<f64>], index: usize| values.get(index).copied().flatten();
    let datum = |(index, point): (usize, &contract::analytics::SpcPoint)| {
        let [upper, lower, lcl, ucl] = [&memory.upper, &memory.lower, &memory.lcl, &memory.ucl]
            .map(|values| at(values, index));
        let mut values = vec![("EWMA", upper)];
        if memory.kind == MemoryKind::Cusum {
            values = vec![("Sum above", upper), ("Sum below", lower)];
        }
        values.extend([("LCL", lcl), ("UCL", ucl)]);
        let tip = values
            .iter()
            .map(|(name, value)| format!("{name}: {}", shown(*value)));
        let cells = values.iter().map(|(_, value)| Cell::Number(*value));
        datum_of(index, &point.point, cells.collect(), tip.collect())
    };
    spc.points.iter().enumerate().map(datum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    fn with_cusum() -> Spc {
        let mut spc = sample::spc(&[(9.0, 4.0, 16.0, &[]), (14.0, 4.0, 16.0, &[])]);
        spc.memory = Some(MemoryChart {
            kind: MemoryKind::Cusum,
            parameters: [("k".to_owned(), 0.5), ("h".to_owned(), 5.0)].into(),
            upper: vec![Some(0.0), Some(1.0)],
            lower: vec![Some(-2.0), Some(-5.5)],
            ucl: vec![Some(5.0); 2],
            lcl: vec![Some(-5.0); 2],
            beyond: vec![1],
            change_began: Some(0),
        });
        spc
    }

    #[test]
    fn a_signal_of_the_lower_sum_is_marked_on_the_lower_line() {
        let spec = spec(&with_cusum(), None).expect("a chart");
        let marks = spec.series.last().expect("marks");
        assert_eq!(
            (marks.name.as_str(), marks.values.as_slice()),
            ("Beyond limits", &[None, Some(-5.5)][..])
        );
        assert_eq!(spec.events[0].index, 0);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }

    #[test]
    fn a_chart_without_memory_has_none() {
        assert_eq!(spec(&sample::spc(&[]), None), None);
    }
}
