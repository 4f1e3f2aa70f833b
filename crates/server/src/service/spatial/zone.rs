//! Defects by zone of the wafer.

use std::collections::{BTreeMap, HashMap};

use analytics::spatial::{
    Division, InspectionZones, Sector, ZoneFinding, compare_zones, ring_radii_mm,
};
use contract::spatial::{RingDivision, Zone, ZoneQuery, ZoneShape, Zones};
use store::spatial::{Bounds, Surveyed, ZoneCount, surveyed, zone_counts};
use uuid::Uuid;

use super::area::{Area, area};
use crate::error::{ApiResult, Thing, invalid};
use crate::service::defect::types;
use crate::view::defect::Types;
use crate::{validate, view};

/// Inspections counted at most, the newest.
const INSPECTIONS_MOST: u32 = 1_000;
/// Rings when the caller does not say.
const RINGS: u32 = 5;
/// Types listed for a zone at most.
const TYPES_MOST: usize = 10;
/// Outer radius of a custom zone at most: the largest wafers are 450 mm wide.
const OUTER_MOST_MM: f64 = 225.0;

/// Defects by zone. Wafers of another diameter than the most frequent one are not counted.
///
/// # Errors
/// When the query breaks a rule; that there is no such inspection.
pub async fn zones(db: &store::Db, query: &ZoneQuery) -> ApiResult<Zones> {
    let custom = check(query)?;
    let filter = view::filter::filter(query.filter())?;
    let db = &store::analytics::one_moment(db).await?;
    let ids = match query.inspection_id {
        Some(id) => vec![id],
        None => store::inspection::after(db, &filter, None, None, INSPECTIONS_MOST)
            .await?
            .iter()
            .map(|one| one.inspection_id)
            .collect(),
    };
    let rows = surveyed(db, &ids).await?;
    if let (Some(id), true) = (query.inspection_id, rows.is_empty()) {
        return Err(Thing::Inspection.missing(id));
    }
    let rows = same_diameter(rows);
    let areas = Areas::of(&rows)?;
    let plan = Plan::new(query, custom, areas.radius_mm())?;
    let ids: Vec<Uuid> = rows
        .iter()
        .map(|row| row.inspection.inspection_id)
        .collect();
    let counts = zone_counts(db, &filter, &ids, &plan.bounds).await?;
    answer(&plan, &ids, &areas, &counts, &types(db).await?)
}

/// The custom zone, where one is asked for.
fn check(query: &ZoneQuery) -> ApiResult<Option<Sector>> {
    validate::within("rings", query.rings, 1..=20)?;
    validate::within("sectors", query.sectors, 1..=36)?;
    validate::within("inner_mm", query.inner_mm, 0.0..=OUTER_MOST_MM)?;
    validate::within("outer_mm", query.outer_mm, 0.0..=OUTER_MOST_MM)?;
    let Some(outer_mm) = query.outer_mm else {
        let others = [
            ("inner_mm", query.inner_mm),
            ("from_deg", query.from_deg),
            ("sweep_deg", query.sweep_deg),
        ];
        return match others
            .into_iter()
            .find_map(|(name, value)| Some((name, value?)))
        {
            Some((name, value)) => Err(invalid(name, value, "needs `outer_mm` beside it")),
            None => Ok(None),
        };
    };
    let zone = Sector {
        inner_mm: query.inner_mm.unwrap_or(0.0),
        outer_mm,
        from_deg: query.from_deg.unwrap_or(0.0),
        sweep_deg: query.sweep_deg.unwrap_or(360.0),
    };
    if zone.inner_mm >= outer_mm {
        return Err(invalid(
            "outer_mm",
            outer_mm,
            "has to be more than `inner_mm`",
        ));
    }
    if !(0.0..360.0).contains(&zone.from_deg) {
        return Err(invalid(
            "from_deg",
            zone.from_deg,
            "has to lie between 0 and below 360",
        ));
    }
    if !(zone.sweep_deg > 0.0 && zone.sweep_deg <= 360.0) {
        return Err(invalid(
            "sweep_deg",
            zone.sweep_deg,
            "has to be more than 0 and at most 360",
        ));
    }
    Ok(Some(zone))
}

/// Those on wafers of the most frequent diameter, the larger one of two.
fn same_diameter(rows: Vec<Surveyed>) -> Vec<Surveyed> {
    let micrometres = |row: &Surveyed| {
        let geometry = view::inspection::geometry(&row.inspection, row.wafer_diameter_mm);
        (geometry.diameter_mm * 1000.0).round() as i64
    };
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for row in &rows {
        *counts.entry(micrometres(row)).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|&(diameter, count)| (count, diameter));
    let keeps = |row: &Surveyed| Some(micrometres(row)) == most.map(|(diameter, _)| diameter);
    rows.into_iter().filter(keeps).collect()
}

/// Inspected areas; inspections of one geometry share theirs.
struct Areas {
    distinct: Vec<Area>,
    /// For each inspection its place in `distinct`.
    of: Vec<usize>,
}

impl Areas {
    fn of(rows: &[Surveyed]) -> ApiResult<Self> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut areas = Self {
            distinct: Vec::new(),
            of: Vec::new(),
        };
        for row in rows {
            let model = &row.inspection;
            let geometry = view::inspection::geometry(model, row.wafer_diameter_mm);
            let frame = view::inspection::frame(model);
            let key = format!(
                "{geometry:?}{frame:?}{:?}{:?}",
                model.area_cm2, model.dies_inspected
            );
            let place = match places.get(&key) {
                Some(&place) => place,
                None => {
                    areas
                        .distinct
                        .push(area(model, row.wafer_diameter_mm, 0.0)?);
                    places.insert(key, areas.distinct.len() - 1);
                    areas.distinct.len() - 1
                }
            };
            areas.of.push(place);
        }
        Ok(areas)
    }

    fn radius_mm(&self) -> f64 {
        let radii = self.distinct.iter().map(|area| area.inspected.radius_mm());
        radii.fold(0.0, f64::max)
    }
}

/// The zones and where they are.
struct Plan {
    radius_mm: f64,
    bounds: Bounds,
    names: Vec<String>,
    shapes: Vec<Sector>,
    /// The zones that divide the wafer; a custom one follows.
    parts: usize,
}

impl Plan {
    fn new(query: &ZoneQuery, custom: Option<Sector>, radius_mm: f64) -> ApiResult<Self> {
        let division = match query.division.unwrap_or(RingDivision::EqualArea) {
            RingDivision::EqualArea => Division::EqualArea,
            RingDivision::EqualWidth => Division::EqualWidth,
        };
        let rings = query.rings.unwrap_or(RINGS);
        let sectors = query.sectors.unwrap_or(1);
        let radii = ring_radii_mm(division, rings, radius_mm).map_err(anyhow::Error::from)?;
        let (mut names, mut shapes) = (Vec::new(), Vec::new());
        for (ring, pair) in radii.windows(2).enumerate() {
            for sector in 0..sectors {
                let sweep_deg = 360.0 / f64::from(sectors);
                let zone = Sector {
                    inner_mm: pair[0],
                    outer_mm: pair[1],
                    from_deg: f64::from(sector) * sweep_deg,
                    sweep_deg,
                };
                names.push(name(ring, rings, sectors, &zone));
                shapes.push(zone);
            }
        }
        let parts = shapes.len();
        names.extend(custom.map(|_| "custom".to_owned()));
        shapes.extend(custom);
        Ok(Self {
            radius_mm,
            bounds: Bounds {
                between_rings_mm: radii[1..radii.len() - 1].to_vec(),
                sectors,
                custom: custom
                    .map(|zone| [zone.inner_mm, zone.outer_mm, zone.from_deg, zone.sweep_deg]),
            },
            names,
            shapes,
            parts,
        })
    }

    /// The places of the zones that these defects lie in.
    fn zones_of(&self, of: &ZoneCount) -> impl Iterator<Item = usize> {
        let part = of.ring.zip(of.sector).and_then(|(ring, sector)| {
            let (ring, sector) = (usize::try_from(ring).ok()?, usize::try_from(sector).ok()?);
            let sectors = usize::try_from(self.bounds.sectors).ok()?;
            Some(ring * sectors + sector)
        });
        part.into_iter()
            .chain(of.is_in_custom.then_some(self.parts))
    }
}

fn name(ring: usize, rings: u32, sectors: u32, zone: &Sector) -> String {
    let ring = match ring + 1 {
        _ if rings == 1 => "wafer".to_owned(),
        1 => "centre".to_owned(),
        last if last == rings as usize => "edge".to_owned(),
        between => format!("ring {between}"),
    };
    if sectors == 1 {
        return ring;
    }
    let degrees = |value: f64| (value * 10.0).round() / 10.0;
    let to = degrees(zone.from_deg + zone.sweep_deg);
    format!("{ring}, {} to {to}\u{b0}", degrees(zone.from_deg))
}

fn answer(
    plan: &Plan,
    ids: &[Uuid],
    areas: &Areas,
    counts: &[ZoneCount],
    names: &Types,
) -> ApiResult<Zones> {
    let areas_cm2: Vec<Vec<f64>> = areas
        .distinct
        .iter()
        .map(|area| {
            let zones = plan.shapes.iter();
            zones
                .map(|zone| area.inspected.area_of_mm2(zone) / 100.0)
                .collect()
        })
        .collect();
    let mut inspections: Vec<InspectionZones> = areas
        .of
        .iter()
        .map(|&place| InspectionZones {
            counts: vec![0; plan.shapes.len()],
            areas_cm2: areas_cm2[place].clone(),
        })
        .collect();
    let place_of: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut by_type: Vec<HashMap<i32, i64>> = vec![HashMap::new(); plan.shapes.len()];
    let (mut defects, mut unplaced) = (0, 0);
    for of in counts {
        match (of.inspection_id, of.ring) {
            (None, _) => {}
            (Some(_), Some(_)) => defects += of.count,
            (Some(_), None) => unplaced += of.count,
        }
        for zone in plan.zones_of(of) {
            if let Some(id) = &of.inspection_id {
                let inspection = &mut inspections[place_of[id]];
                inspection.counts[zone] += u64::try_from(of.count).unwrap_or(0);
            }
            if let Some(kind) = of.defect_type_id {
                *by_type[zone].entry(kind).or_default() += of.count;
            }
        }
    }
    let tested = match inspections.is_empty() {
        true => None,
        false => Some(compare_zones(&inspections, plan.parts).map_err(anyhow::Error::from)?),
    };
    let p_value = tested.as_ref().and_then(|tested| tested.p_value);
    let found = tested.map(|tested| tested.zones).unwrap_or_default();
    let area_cm2: f64 = found
        .iter()
        .take(plan.parts)
        .map(|zone| zone.area_cm2)
        .sum();
    let described = plan.names.iter().zip(&plan.shapes).zip(by_type);
    let zones = found.iter().zip(described);
    Ok(Zones {
        inspections: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        defects,
        unplaced,
        radius_mm: plan.radius_mm,
        density_per_cm2: if area_cm2 > 0.0 {
            defects as f64 / area_cm2
        } else {
            0.0
        },
        zones: zones
            .map(|(found, ((name, shape), counts))| zone(name, shape, found, counts, names))
            .collect(),
        p_value,
    })
}

fn zone(
    name: &str,
    shape: &Sector,
    found: &ZoneFinding,
    counts: HashMap<i32, i64>,
    names: &Types,
) -> Zone {
    let mut types = names.shares(counts);
    types.truncate(TYPES_MOST);
    Zone {
        name: name.to_owned(),
        shape: zone_shape(shape),
        area_cm2: found.area_cm2,
        count: i64::try_from(found.count).unwrap_or(i64::MAX),
        types,
        density_per_cm2: found.density_per_cm2,
        interval_per_cm2: found.interval95.into(),
        expected: found.expected,
        p_value: found.p_value,
        adjusted_p: found.adjusted_p,
        is_different: found.is_different,
    }
}

/// A zone as it crosses HTTP.
pub fn zone_shape(zone: &Sector) -> ZoneShape {
    ZoneShape {
        inner_mm: zone.inner_mm,
        outer_mm: zone.outer_mm,
        from_deg: zone.from_deg,
        sweep_deg: zone.sweep_deg,
    }
}
