//! Where on the wafer the bad inspections have more.

use std::collections::HashSet;

use analytics::relation::{TwoPeriods, compare_periods};
use contract::analytics::ZoneChange;
use store::analytics::{self as rows, Positions};
use uuid::Uuid;

use super::compare::ALPHA;
use crate::error::ApiResult;
use crate::view;

/// Inspections of each kind whose defects are read at most.
const INSPECTIONS_MOST: usize = 200;
/// Where a wafer's diameter was not delivered.
const DIAMETER_MM: f64 = 300.0;
/// Rings of equal area, from the centre out.
const RINGS: [&str; 5] = ["centre", "ring 2", "ring 3", "ring 4", "edge"];
/// Sectors, clockwise, the notch at S.
const SECTORS: [&str; 8] = [
    "sector N",
    "sector NE",
    "sector E",
    "sector SE",
    "sector S",
    "sector SW",
    "sector W",
    "sector NW",
];

/// Zones of the wafer, rings first, and how many bad and good inspections they were counted on; at most 200 of each, evenly
/// taken. No zones where there is none of a kind.
///
/// # Errors
/// When the database fails.
pub(super) async fn zones(
    db: &store::Db,
    filter: &store::Filter,
    bad: &[Uuid],
    good: &[Uuid],
) -> ApiResult<(Vec<ZoneChange>, [i64; 2])> {
    let (bad, good) = (evenly(bad), evenly(good));
    let sizes = [bad.len(), good.len()].map(view::cause::count);
    if bad.is_empty() || good.is_empty() {
        return Ok((Vec::new(), sizes));
    }
    let both: Vec<Uuid> = bad.iter().chain(&good).copied().collect();
    let positions = rows::positions(db, filter, &both).await?;
    let bad: HashSet<Uuid> = bad.into_iter().collect();
    let (bad, good): (Vec<_>, Vec<_>) = positions
        .iter()
        .partition(|of| bad.contains(&of.inspection_id));
    let (bad, good) = (counts(&bad), counts(&good));
    let zones = RINGS.iter().chain(&SECTORS).enumerate();
    let compared: Vec<TwoPeriods<usize>> = zones
        .clone()
        .map(|(zone, _)| TwoPeriods {
            name: zone,
            before: &good[zone],
            after: &bad[zone],
        })
        .collect();
    let ones = |of: &[Vec<u64>]| vec![1.0; of[0].len()];
    let mut changes = compare_periods(&compared, &ones(&good), &ones(&bad), ALPHA)
        .map_err(anyhow::Error::from)?;
    changes.sort_by_key(|change| change.name);
    let changes = changes
        .into_iter()
        .zip(zones)
        .map(|(change, (_, zone))| ZoneChange {
            zone: (*zone).to_owned(),
            bad: i64::try_from(change.count_after).unwrap_or(i64::MAX),
            good: i64::try_from(change.count_before).unwrap_or(i64::MAX),
            rate_bad: change.rate_after,
            rate_good: change.rate_before,
            ratio: change.ratio,
            adjusted_p: change.adjusted_p,
            is_changed: change.is_changed,
        });
    Ok((changes.collect(), sizes))
}

fn evenly(of: &[Uuid]) -> Vec<Uuid> {
    let taken = of.len().min(INSPECTIONS_MOST);
    (0..taken).map(|nth| of[nth * of.len() / taken]).collect()
}

/// Defects by zone, one count for each inspection.
fn counts(of: &[&Positions]) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; of.len()]; RINGS.len() + SECTORS.len()];
    for (place, positions) in of.iter().enumerate() {
        let radius = positions.diameter_mm.unwrap_or(DIAMETER_MM) / 2.0;
        for (x, y) in positions.x_mm.iter().zip(&positions.y_mm) {
            let (ring, sector) = zones_of(x / radius, y / radius);
            counts[ring][place] += 1;
            counts[RINGS.len() + sector][place] += 1;
        }
    }
    counts
}

/// Ring and sector of a point, in units of the wafer's radius. Beyond the edge counts as edge.
fn zones_of(x: f64, y: f64) -> (usize, usize) {
    let rings = RINGS.len();
    let ring = ((x * x + y * y) * rings as f64) as usize;
    let eighths_from_north = x.atan2(y) / std::f64::consts::FRAC_PI_4;
    let sector = eighths_from_north.round().rem_euclid(SECTORS.len() as f64);
    (ring.min(rings - 1), sector as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_lies_in_its_ring_and_its_sector() {
        let zone = |x: f64, y: f64| {
            let (ring, sector) = zones_of(x, y);
            (RINGS[ring], SECTORS[sector])
        };
        assert_eq!(zone(0.0, 0.44), ("centre", "sector N"));
        assert_eq!(zone(0.45, 0.0), ("ring 2", "sector E"));
        assert_eq!(zone(0.0, -0.99), ("edge", "sector S"));
        assert_eq!(zone(-0.5, -0.5), ("ring 3", "sector SW"));
        assert_eq!(zone(-0.1, 0.9), ("edge", "sector N"));
        assert_eq!(zone(-0.8, 0.8), ("edge", "sector NW"));
    }

    #[test]
    fn of_many_inspections_some_are_taken_evenly() {
        let ids: Vec<Uuid> = (0..1000).map(Uuid::from_u128).collect();
        let taken = evenly(&ids);
        assert_eq!((taken.len(), taken[1]), (200, ids[5]));
        assert_eq!(evenly(&ids[..3]), ids[..3]);
    }
}
