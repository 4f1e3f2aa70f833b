//! What an explanation says, in sentences.

use contract::analytics::{Explanation, Metric, Suspect};

use crate::format;
use crate::state::navigation::{Pairs, UrlQuery, path_with};

/// The unit of a charted value.
pub fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Count => "defects",
        Metric::Density => "defects/cm²",
    }
}

/// An attribute as people say it: `equipment` is the tool that inspected.
pub fn attribute(name: &str) -> String {
    match name {
        "equipment" => "Inspection tool".to_owned(),
        name => format::words(name),
    }
}

/// A suspect and the counts behind it.
pub fn suspect(suspect: &Suspect) -> String {
    format!(
        "{} {}: {} of {} bad inspections, {} of {} good ones",
        attribute(&suspect.attribute),
        suspect.value,
        format::count(suspect.bad_with),
        format::count(suspect.bad_with + suspect.bad_without),
        format::count(suspect.good_with),
        format::count(suspect.good_with + suspect.good_without)
    )
}

/// The one sentence: the first suspect; without one, what else changed.
pub fn headline(found: &Explanation) -> String {
    let commonality = &found.commonality;
    if let Some(first) = commonality
        .suspects
        .iter()
        .find(|suspect| suspect.is_suspect)
    {
        return format!("{}.", suspect(first));
    }
    let bad = format::plural(commonality.bad, "bad inspection", "bad inspections");
    let none = format!(
        "Nothing sets the {bad} apart from {} beyond chance",
        format::plural(commonality.good, "good one", "good ones")
    );
    let risen = found
        .pareto
        .rows
        .iter()
        .find(|row| row.is_changed && row.ratio.is_none_or(|ratio| ratio > 1.0));
    match risen {
        Some(row) => format!(
            "{none}; {} rose to {}.",
            row.label,
            crate::chart::compare::times(row.ratio)
        ),
        None => format!("{none}."),
    }
}

/// What must be known with the headline: what cannot be told apart from the first suspect, and which type and zone.
pub fn aside(found: &Explanation) -> Option<String> {
    let mut sentences = Vec::new();
    let first = found
        .commonality
        .suspects
        .iter()
        .find(|suspect| suspect.is_suspect);
    if let Some(first) = first.filter(|first| !first.same_as.is_empty()) {
        let others: Vec<String> = first
            .same_as
            .iter()
            .map(|other| {
                format!(
                    "{} {}",
                    attribute(&other.attribute).to_lowercase(),
                    other.value
                )
            })
            .collect();
        sentences.push(format!(
            "The same inspections have {}: these cannot be told apart.",
            others.join(", ")
        ));
    }
    let risen = found
        .pareto
        .rows
        .iter()
        .find(|row| row.is_changed && row.ratio.is_none_or(|ratio| ratio > 1.0));
    if let (Some(_), Some(row)) = (first, risen) {
        sentences.push(format!(
            "{} changed most: {} against the time before.",
            row.label,
            crate::chart::compare::times(row.ratio)
        ));
    }
    sentences.extend(places(found));
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// Where on the wafer there is more, unless there is nearly everywhere.
fn places(found: &Explanation) -> Option<String> {
    let risen = found
        .zones
        .iter()
        .filter(|zone| zone.is_changed && zone.ratio.is_none_or(|ratio| ratio > 1.0));
    let (sectors, rings): (Vec<&str>, Vec<&str>) = risen
        .map(|zone| zone.zone.as_str())
        .partition(|zone| zone.starts_with("sector"));
    // Two of five rings or three of eight sectors still say where to look.
    let mut named = Vec::new();
    for (zones, most) in [(rings, 2), (sectors, 3)] {
        if zones.len() <= most {
            named.extend(zones);
        }
    }
    (!named.is_empty()).then(|| format!("On the wafer: more in {}.", named.join(", ")))
}

/// The trend of the time that was looked at, under the page's filter and `more`.
pub fn narrowed(found: &Explanation, query: UrlQuery, more: &[(&str, &str)]) -> String {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut pairs: Pairs = more.iter().map(|(name, value)| pair(name, value)).collect();
    let ends = [
        ("from", found.commonality.from),
        ("to", found.commonality.to),
    ];
    for (name, end) in ends {
        if let Some(end) = end {
            pairs.push(pair(name, &end.format("%Y-%m-%dT%H:%M:%SZ").to_string()));
        }
    }
    // A kept control chart has its filter from its definition, of which this page knows the point's step.
    if query.value("control_chart_id").is_some() && !more.iter().any(|(name, _)| *name == "step") {
        pairs.push(pair("step", &found.point.step_id));
    }
    path_with("/trends", &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::analytics::AttributeValue;

    fn chamber() -> Suspect {
        Suspect {
            attribute: "chamber".to_owned(),
            value: "PVD-01 B".to_owned(),
            bad_with: 31,
            bad_without: 3,
            good_with: 12,
            good_without: 148,
            odds_ratio: 100.0,
            odds_interval95: [20.0, 500.0],
            p: 1e-12,
            adjusted_p: 1e-10,
            is_suspect: true,
            same_as: vec![AttributeValue {
                attribute: "recipe".to_owned(),
                value: "R2".to_owned(),
            }],
        }
    }

    #[test]
    fn the_headline_names_the_first_suspect_with_the_counts_behind_it() {
        assert_eq!(
            suspect(&chamber()),
            "Chamber PVD-01 B: 31 of 34 bad inspections, 12 of 160 good ones"
        );
    }

    #[test]
    fn the_tool_of_the_inspections_is_not_taken_for_a_process_tool() {
        assert_eq!(attribute("equipment"), "Inspection tool");
        assert_eq!(attribute("process_recipe"), "Process recipe");
    }
}
