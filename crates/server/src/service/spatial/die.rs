//! Dies: defects a die, yield models, and kill ratios where bin maps are known.

use std::collections::{BTreeMap, HashMap, HashSet};

use analytics::dies::DieTally;
use contract::spatial::{DieCounts, DieQuery, DieView};
use entity::inspection;
use store::Filter;
use store::spatial::bin_map::Tested;
use store::spatial::die::DieDefects;
use uuid::Uuid;

use super::kill::Kills;
use crate::error::{ApiResult, Thing};
use crate::service::defect::types;
use crate::view;

/// Inspections that are counted at most, the newest.
const INSPECTIONS_MOST: u32 = 1_000;
/// Wafers whose dies are in memory at once.
const WAFERS: usize = 100;
/// Places of the histogram: 0 to 9 defects, and 10 or more.
const HISTOGRAM: usize = 11;

/// A die as delivered.
pub(super) type Die = (i32, i32);

/// The dies of one inspection, or of all under a filter.
///
/// # Errors
/// When there is no such inspection or the database fails.
pub async fn dies(db: &store::Db, query: &DieQuery) -> ApiResult<DieView> {
    let filter = view::filter::filter(query.filter())?;
    let one = query.inspection_id;
    let wafers = match one {
        Some(id) => {
            let row = store::inspection::get(db, id).await?;
            let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
            vec![(row.wafer_id, vec![id])]
        }
        None => by_wafer(db, &filter).await?,
    };
    let mut counting = Counting::default();
    for some in wafers.chunks(WAFERS) {
        counting.add(db, &filter, some, one).await?;
    }
    counting.view(&types(db).await?)
}

/// The newest inspections under a filter, by wafer.
async fn by_wafer(db: &store::Db, filter: &Filter) -> ApiResult<Vec<(String, Vec<Uuid>)>> {
    let rows = store::inspection::after(db, filter, None, None, INSPECTIONS_MOST).await?;
    let mut wafers: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        wafers
            .entry(row.wafer_id)
            .or_default()
            .push(row.inspection_id);
    }
    Ok(wafers.into_iter().collect())
}

/// What has been counted so far.
#[derive(Default)]
struct Counting {
    inspections: i64,
    tally: DieTally,
    area_cm2: f64,
    map: Option<DieCounts>,
    kills: Kills,
}

/// A wafer's inspections, and what is known of its dies.
#[derive(Default)]
struct Wafer {
    inspected: HashSet<Die>,
    /// Types on each die with a defect, and whether they count.
    found: HashMap<Die, HashMap<i32, bool>>,
}

impl Counting {
    async fn add(
        &mut self,
        db: &store::Db,
        filter: &Filter,
        wafers: &[(String, Vec<Uuid>)],
        one: Option<Uuid>,
    ) -> ApiResult<()> {
        let ids: Vec<Uuid> = wafers.iter().flat_map(|(_, ids)| ids).copied().collect();
        let names: Vec<String> = wafers.iter().map(|(wafer, _)| wafer.clone()).collect();
        let models = store::spatial::die::inspections(db, &ids).await?;
        let defects = store::spatial::die::defects(db, filter, &ids).await?;
        let tested = store::spatial::bin_map::newest(db, &names).await?;
        let by_id: HashMap<Uuid, DieDefects> = defects
            .into_iter()
            .map(|defects| (defects.inspection_id, defects))
            .collect();
        let mut by_wafer: BTreeMap<&str, Wafer> = BTreeMap::new();
        for model in &models {
            let none = DieDefects::default();
            let defects = by_id.get(&model.inspection_id).unwrap_or(&none);
            let wafer = by_wafer.entry(&model.wafer_id).or_default();
            let counts = self.inspection(model, defects, wafer);
            if one == Some(model.inspection_id) {
                self.map = Some(columns(counts, tested.first())?);
            }
        }
        for tested in &tested {
            if let Some(wafer) = by_wafer.get(tested.wafer_id.as_str()) {
                self.kills.add(tested, &wafer.inspected, &wafer.found)?;
            }
        }
        Ok(())
    }

    /// Counts the dies of an inspection, and notes for its wafer what was found on them.
    fn inspection(
        &mut self,
        model: &inspection::Model,
        defects: &DieDefects,
        wafer: &mut Wafer,
    ) -> BTreeMap<Die, u64> {
        let dies = view::map::inspected_dies(model);
        let mut counts: BTreeMap<Die, u64> = dies
            .die_x
            .into_iter()
            .zip(dies.die_y)
            .map(|die| (die, 0))
            .collect();
        for row in 0..defects.die_x.len() {
            let die = (defects.die_x[row], defects.die_y[row]);
            let counted = u64::try_from(defects.counted[row]).unwrap_or(0);
            let Some(count) = counts.get_mut(&die) else {
                continue;
            };
            *count += counted;
            let types = wafer.found.entry(die).or_default();
            *types.entry(defects.defect_type_id[row]).or_default() |= counted > 0;
        }
        if counts.is_empty() {
            return counts;
        }
        for &count in counts.values() {
            self.tally.add(count, 1);
        }
        wafer.inspected.extend(counts.keys());
        self.inspections += 1;
        self.area_cm2 += counts.len() as f64 * dies.width_mm * dies.height_mm / 100.0;
        counts
    }

    fn view(self, names: &view::defect::Types) -> ApiResult<DieView> {
        let kill = self.kills.ratios(names)?;
        view::die::die_view(self.inspections, &self.tally, self.area_cm2, HISTOGRAM).map(|shown| {
            DieView {
                map: self.map,
                kill,
                ..shown
            }
        })
    }
}

/// The dies of one inspection as columns, with the bins of its wafer's newest map.
fn columns(counts: BTreeMap<Die, u64>, tested: Option<&Tested>) -> ApiResult<DieCounts> {
    let mut codes: HashMap<Die, String> = HashMap::new();
    if let Some(tested) = tested {
        let bins = view::bin_map::bins(tested.bins.clone())?;
        for ((&x, &y), &bin) in tested.die_x.iter().zip(&tested.die_y).zip(&tested.bin) {
            let bin = usize::try_from(bin).ok().and_then(|bin| bins.get(bin));
            codes.extend(bin.map(|bin| ((x, y), bin.code.clone())));
        }
    }
    let mut columns = DieCounts {
        die_x: Vec::new(),
        die_y: Vec::new(),
        count: Vec::new(),
        bin: Vec::new(),
    };
    for ((x, y), count) in counts {
        columns.die_x.push(x);
        columns.die_y.push(y);
        columns.count.push(u32::try_from(count).unwrap_or(u32::MAX));
        columns.bin.push(codes.remove(&(x, y)));
    }
    Ok(columns)
}
