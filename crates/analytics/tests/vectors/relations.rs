use std::collections::{BTreeMap, BTreeSet};

use analytics::{relation, spatial};

use crate::case::{Case, Outcome};

pub fn correlation(case: &Case) -> Outcome {
    let (x, y) = (case.numbers("x")?, case.numbers("y")?);
    let found = relation::pearson(&x, &y)?;
    case.number("pearson.n", found.n as f64);
    case.number("pearson.r", found.r);
    case.number("pearson.df", found.degrees_of_freedom as f64);
    case.number("pearson.t", found.t);
    case.probability("pearson.p_two_sided", found.p_two_sided);
    let interval = found.interval95.map(|(low, high)| [low, high]);
    case.list(
        "pearson.ci95_fisher",
        interval.as_ref().map(|limits| &limits[..]),
    );
    let found = relation::spearman(&x, &y)?;
    case.number("spearman.rho", found.r);
    case.probability("spearman.p_two_sided_t", found.p_two_sided);
    case.list("spearman.rank_x", &relation::ranks(&x)?[..]);
    case.list("spearman.rank_y", &relation::ranks(&y)?[..]);
    Ok(())
}

pub fn benjamini_hochberg(case: &Case) -> Outcome {
    let alpha = case.number_of("alpha").unwrap_or(0.05);
    let found = relation::benjamini_hochberg(&case.numbers("p_values")?, alpha)?;
    case.list("adjusted", &found.adjusted[..]);
    let rejected = serde_json::json!(found.rejected);
    if case
        .expected("rejected")
        .is_some_and(|expected| *expected != rejected)
    {
        case.fail(format_args!("rejected is {rejected}"));
    }
    let count = found
        .rejected
        .iter()
        .filter(|&&is_rejected| is_rejected)
        .count();
    case.number("n_rejected", count as f64);
    Ok(())
}

/// Partitions are compared, not the numbers of the clusters.
pub fn dbscan(case: &Case) -> Outcome {
    let points = case.input("points").and_then(|points| points.as_array());
    let points = points.ok_or("no points")?.iter();
    let points: Option<Vec<(f64, f64)>> = points
        .map(|point| Some((point[0].as_f64()?, point[1].as_f64()?)))
        .collect();
    let min_points = case.needed("min_points")? as usize;
    let found = spatial::dbscan(
        &points.ok_or("a point of two")?,
        case.needed("eps")?,
        min_points,
    )?;

    case.number("n_clusters", found.count as f64);
    let marked = |is: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..found.labels.len()).filter(|&index| is(index)).collect()
    };
    case.indices("core", &marked(&|i| found.is_core[i]));
    case.indices(
        "border",
        &marked(&|i| !found.is_core[i] && found.labels[i].is_some()),
    );
    case.indices("noise", &marked(&|i| found.labels[i].is_none()));

    let labels = case.expected("labels").and_then(|labels| labels.as_array());
    let labels: Option<Vec<i64>> = labels
        .ok_or("no labels")?
        .iter()
        .map(|l| l.as_i64())
        .collect();
    let labels = labels.ok_or("a label is a number")?;
    let mut names: BTreeMap<usize, i64> = BTreeMap::new();
    for index in marked(&|i| found.is_core[i]) {
        let ours = found.labels[index].ok_or("a core point has a cluster")?;
        if *names.entry(ours).or_insert(labels[index]) != labels[index] {
            case.fail(format_args!("point {index} is in another cluster"));
        }
    }
    if names.values().collect::<BTreeSet<_>>().len() != names.len() {
        case.fail("one cluster was split");
    }
    let name = |label: usize| names.get(&label).copied().unwrap_or(-1);
    let of_borders = case
        .expected("ambiguous_border")
        .and_then(|all| all.as_object());
    let ambiguous: BTreeMap<String, Vec<i64>> = found
        .ambiguous
        .iter()
        .map(|(index, clusters)| {
            (
                index.to_string(),
                clusters.iter().map(|&c| name(c)).collect(),
            )
        })
        .collect();
    if serde_json::json!(ambiguous) != serde_json::json!(of_borders) {
        case.fail(format_args!("ambiguous points are {ambiguous:?}"));
    }
    for (index, label) in found.labels.iter().enumerate() {
        if label.map_or(-1, name) != labels[index] {
            case.fail(format_args!(
                "point {index} is in {label:?}, expected {}",
                labels[index]
            ));
        }
    }
    Ok(())
}
