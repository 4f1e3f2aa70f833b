//! Kill ratios: dies with defects beside their electrical test.

use std::collections::{BTreeMap, HashMap, HashSet};

use analytics::dies::{TestedDies, kill_ratio};
use analytics::relation::benjamini_hochberg;
use contract::spatial::{BinQuality, KillRatio, KillRatios};
use store::spatial::bin_map::Tested;

use super::die::Die;
use crate::error::ApiResult;
use crate::view;

/// Share of false ones among the ratios that stand out; the adjusted probability itself is what is shown.
const ALPHA: f64 = 0.05;

/// Tested dies by what was found on them. A die counts at most once for a type, however many of its defects it has, on
/// however many inspections.
#[derive(Debug, Default)]
pub(super) struct Kills {
    wafers: u64,
    tested: u64,
    good: u64,
    /// Dies without any defect, whatever is counted.
    without: Count,
    /// Dies with a defect that is counted.
    with_any: Count,
    with: BTreeMap<i32, Count>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    dies: u64,
    good: u64,
}

impl Count {
    fn add(&mut self, is_good: bool) {
        self.dies += 1;
        self.good += u64::from(is_good);
    }
}

impl Kills {
    /// Adds a wafer: its test, the dies inspected, and the types found on each die with whether they are counted. Only
    /// dies that were inspected and whose bin is known to be good or bad are compared.
    ///
    /// # Errors
    /// When the map's bins cannot be read.
    pub fn add(
        &mut self,
        tested: &Tested,
        inspected: &HashSet<Die>,
        found: &HashMap<Die, HashMap<i32, bool>>,
    ) -> ApiResult<()> {
        let bins = view::bin_map::bins(tested.bins.clone())?;
        let dies = tested.die_x.iter().zip(&tested.die_y).zip(&tested.bin);
        let mut is_compared = false;
        for ((&x, &y), &bin) in dies {
            let bin = usize::try_from(bin).ok().and_then(|bin| bins.get(bin));
            let is_good = match bin.map(|bin| bin.quality) {
                Some(BinQuality::Pass) => true,
                Some(BinQuality::Fail) => false,
                Some(BinQuality::Unknown) | None => continue,
            };
            if inspected.contains(&(x, y)) {
                is_compared = true;
                self.die(is_good, found.get(&(x, y)));
            }
        }
        self.wafers += u64::from(is_compared);
        Ok(())
    }

    fn die(&mut self, is_good: bool, types: Option<&HashMap<i32, bool>>) {
        self.tested += 1;
        self.good += u64::from(is_good);
        let Some(types) = types else {
            return self.without.add(is_good);
        };
        let counted: Vec<i32> = types
            .iter()
            .filter(|(_, counts)| **counts)
            .map(|(id, _)| *id)
            .collect();
        if !counted.is_empty() {
            self.with_any.add(is_good);
        }
        for id in counted {
            self.with.entry(id).or_default().add(is_good);
        }
    }

    /// The ratios; `None` where no die is compared.
    ///
    /// # Errors
    /// When the statistics refuse the counts.
    pub fn ratios(&self, names: &view::defect::Types) -> ApiResult<Option<KillRatios>> {
        if self.tested == 0 {
            return Ok(None);
        }
        let mut rows = vec![self.row(None, self.with_any, names)?];
        for (&id, &with) in &self.with {
            rows.push(self.row(Some(id), with, names)?);
        }
        let p: Vec<f64> = rows.iter().map(|row| row.adjusted_p).collect();
        let controlled = benjamini_hochberg(&p, ALPHA).map_err(anyhow::Error::from)?;
        for (row, adjusted) in rows.iter_mut().zip(controlled.adjusted) {
            row.adjusted_p = adjusted;
        }
        let ratio = |row: &KillRatio| row.kill_ratio.unwrap_or(f64::NEG_INFINITY);
        rows[1..].sort_by(|a, b| ratio(b).total_cmp(&ratio(a)));
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(Some(KillRatios {
            wafers: count(self.wafers),
            dies: count(self.tested),
            yield_share: self.good as f64 / self.tested as f64,
            rows,
        }))
    }

    /// A row whose probability is not adjusted yet.
    fn row(
        &self,
        id: Option<i32>,
        with: Count,
        names: &view::defect::Types,
    ) -> ApiResult<KillRatio> {
        let tested = TestedDies {
            with: with.dies,
            good_with: with.good,
            without: self.without.dies,
            good_without: self.without.good,
        };
        let kill = kill_ratio(&tested).map_err(anyhow::Error::from)?;
        Ok(view::die::kill_row(id, &tested, &kill, names))
    }
}
