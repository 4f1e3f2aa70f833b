//! Clusters of an inspection.

use analytics::spatial::{
    CHANCE_CORES, DefaultReach, Outline, Shape, dbscan, default_reach, measure,
};
use contract::spatial::{Cluster, ClusterQuery, ClusterShape, Clusters};
use store::Filter;
use uuid::Uuid;

use super::sight::{Sight, count, sight};
use crate::error::ApiResult;
use crate::validate;
use crate::view::map::to_nanometres;

/// The clusters of an inspection.
///
/// # Errors
/// When the query breaks a rule; that there is no such inspection.
pub async fn clusters(db: &store::Db, id: Uuid, query: &ClusterQuery) -> ApiResult<Clusters> {
    validate::within("reach_mm", query.reach_mm, 0.001..=50.0)?;
    validate::within("min_points", query.min_points, 2..=1000)?;
    let filter = Filter {
        defect_types: query.defect_type.clone(),
        adders: query.adders.unwrap_or(false),
        ..Filter::default()
    };
    let sight = sight(db, id, &filter).await?;
    let query = query.clone();
    // A million defects take seconds, during which others want to be answered.
    let found = tokio::task::spawn_blocking(move || find(&sight, &query)).await;
    found.map_err(anyhow::Error::from)?
}

fn find(sight: &Sight, query: &ClusterQuery) -> ApiResult<Clusters> {
    let area_mm2 = sight.area.inspected.area_mm2();
    let default = default_reach(&sight.points, area_mm2).map_err(anyhow::Error::from)?;
    let reach_mm = query.reach_mm.unwrap_or(default.reach_mm);
    let asked = query
        .min_points
        .and_then(|least| usize::try_from(least).ok());
    let min_points = asked.unwrap_or(default.min_points);
    let found = dbscan(&sight.points, reach_mm, min_points).map_err(anyhow::Error::from)?;
    let mut members = vec![Vec::new(); found.count];
    for (defect, label) in found.labels.iter().enumerate() {
        if let Some(cluster) = *label {
            members[cluster].push(defect);
        }
    }
    // Clusters come in the order of their first cores, which equals of the same size keep.
    members.sort_by_key(|members| std::cmp::Reverse(members.len()));
    let clustered = count(members.iter().map(Vec::len).sum());
    let seen = sight.seen();
    let with_members = query.members.unwrap_or(false);
    let numbered = (1..).zip(&members);
    let clusters: ApiResult<Vec<Cluster>> = numbered
        .map(|(number, members)| cluster(sight, number, members, with_members))
        .collect();
    Ok(Clusters {
        collapsed_count: seen.defects - clustered + count(members.len()),
        seen,
        reach_mm,
        min_points: u32::try_from(min_points).unwrap_or(u32::MAX),
        reason: reason(query, &default),
        clustered,
        clusters: clusters?,
    })
}

fn reason(query: &ClusterQuery, default: &DefaultReach) -> String {
    let background = format!(
        "outside of heaps there are {:.2} defects per cm2",
        100.0 * default.background_per_mm2
    );
    let once_in = 1.0 / CHANCE_CORES;
    match (query.reach_mm, query.min_points) {
        (Some(_), Some(_)) => "Reach and number of neighbours as asked for.".to_owned(),
        (Some(_), None) => format!(
            "Reach as asked for; {} neighbours are the logarithm of the number of defects outside of heaps, at least 4.",
            default.min_points
        ),
        (None, Some(_)) => format!(
            "Number of neighbours as asked for; {background}, for which {} neighbours within {:.3} mm would be rare.",
            default.min_points, default.reach_mm
        ),
        (None, None) => format!(
            "From the density: {background}. If only those lay on the wafer, at random, {} of them within {:.3} mm of one would \
             be found on one wafer in {once_in:.0} at most.",
            default.min_points, default.reach_mm
        ),
    }
}

fn cluster(
    sight: &Sight,
    number: u32,
    members: &[usize],
    with_members: bool,
) -> ApiResult<Cluster> {
    let points: Vec<(f64, f64)> = members.iter().map(|&member| sight.points[member]).collect();
    let shape = measure(&points).map_err(anyhow::Error::from)?;
    Ok(Cluster {
        cluster: number,
        count: count(members.len()),
        defect_nos: with_members.then(|| sight.numbers(members)),
        types: sight.types(members),
        centre_mm: place(shape.centre_mm),
        length_mm: to_nanometres(shape.length_mm),
        width_mm: to_nanometres(shape.width_mm),
        elongation: shape.elongation,
        axis_deg: shape.axis_deg,
        curvature_per_mm: shape.curvature_per_mm,
        hull_area_mm2: shape.hull_area_mm2,
        shape: word(&shape),
        hull_mm: shape.hull_mm.into_iter().map(place).collect(),
    })
}

fn place((x, y): (f64, f64)) -> [f64; 2] {
    [to_nanometres(x), to_nanometres(y)]
}

fn word(shape: &Shape) -> ClusterShape {
    match shape.outline {
        Outline::Line => ClusterShape::Line,
        Outline::Arc => ClusterShape::Arc,
        Outline::Blob => ClusterShape::Blob,
        Outline::Irregular => ClusterShape::Irregular,
    }
}
