//! The inspections under a filter as columns, with their defects by type: what key figures, Paretos and facets add up.
//!
//! They are added up here and not in SQL, because the distinct wafers behind each bar are a matter of a few milliseconds
//! in memory, and of a hundred where every pair of wafer and type is hashed as a row.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::Kpis;
use crate::{Filter, Result, sql::Sql};

/// What an inspection is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Step,
    Product,
    Lot,
    Equipment,
}

/// Columns of the same length, one value an inspection, in no particular order. `""` where there is no value.
#[derive(Debug, Default, FromQueryResult)]
pub(super) struct Tally {
    wafer_id: Vec<String>,
    lot_id: Vec<String>,
    equipment_id: Vec<String>,
    step_id: Vec<String>,
    device_id: Vec<String>,
    /// NaN where it is unknown.
    area_cm2: Vec<f64>,
    /// How many types are counted.
    types: Vec<i32>,
    /// 8 bytes a type: its id and its defects.
    packed: Vec<u8>,
}

/// An inspection of a [`Tally`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Tallied<'a> {
    pub wafer_id: &'a str,
    pub lot_id: &'a str,
    pub equipment_id: &'a str,
    pub step_id: &'a str,
    pub device_id: &'a str,
    pub area_cm2: Option<f64>,
    counts: &'a [u8],
}

impl<'a> Tallied<'a> {
    /// Types with their defects, each type once.
    pub fn counts(&self) -> impl Iterator<Item = (i32, i64)> + use<'a> {
        let number = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_be_bytes);
        let pairs = self.counts.chunks_exact(8);
        pairs.map(move |pair| (number(&pair[..4]), i64::from(number(&pair[4..]))))
    }

    pub fn fact(&self, fact: Fact) -> &'a str {
        match fact {
            Fact::Step => self.step_id,
            Fact::Product => self.device_id,
            Fact::Lot => self.lot_id,
            Fact::Equipment => self.equipment_id,
        }
    }
}

/// The inspections under a filter, with steps and products where those are among `facts`. The defects are all that have one
/// of the filter's elements: which types of them count is left to the caller ([`counted`]).
///
/// # Errors
/// When the database fails.
pub(super) async fn tally(
    db: &impl ConnectionTrait,
    filter: &Filter,
    facts: &[Fact],
) -> Result<Tally> {
    let has_elements = !filter.elements.is_empty();
    let packed = if has_elements {
        "coalesce(n.packed, '')"
    } else {
        filter.packed()
    };
    let mut sql = Sql::new("select ");
    for (column, is_wanted) in [
        ("wafer_id", true),
        ("lot_id", true),
        ("equipment_id", true),
        ("step_id", facts.contains(&Fact::Step)),
        ("device_id", facts.contains(&Fact::Product)),
    ] {
        let values = format!("coalesce(array_agg(coalesce(i.{column}, '')), '{{}}') as {column}, ");
        let none = format!("'{{}}'::text[] as {column}, ");
        sql.push(if is_wanted { &values } else { &none });
    }
    sql.push(&format!(
        "coalesce(array_agg(coalesce(i.area_cm2, 'NaN')), '{{}}') as area_cm2,
         coalesce(array_agg(octet_length({packed}) / 8), '{{}}') as types, coalesce(string_agg({packed}, ''), '') as packed
         from inspection i"
    ));
    if has_elements {
        sql.push(
            " left join (select inspection_id, string_agg(int4send(defect_type_id) || int4send(defect_count::int), '') as packed from ",
        );
        filter.push_type_counts(&mut sql);
        sql.push(" c group by 1) n using (inspection_id)");
    }
    if filter.adders {
        sql.push(" join inspection_adder a using (inspection_id)");
    }
    filter.push(&mut sql);
    Ok(sql.one(db).await?.unwrap_or_default())
}

/// What a Pareto says of a type.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Kind {
    pub id: i32,
    pub name: String,
    pub colour: Option<String>,
    pub severity: i16,
    pub killer: bool,
}

/// All types, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub(super) async fn kinds(db: &impl ConnectionTrait) -> Result<Vec<Kind>> {
    Sql::new(
        "select defect_type_id as id, name, colour, severity, killer from defect_type order by 1",
    )
    .all(db)
    .await
}

/// Names of the tools, by their ids.
///
/// # Errors
/// When the database fails.
pub(super) async fn tool_names(db: &impl ConnectionTrait) -> Result<HashMap<String, String>> {
    #[derive(FromQueryResult)]
    struct Tool {
        equipment_id: String,
        name: String,
    }
    let tools: Vec<Tool> = Sql::new("select equipment_id, name from equipment")
        .all(db)
        .await?;
    Ok(tools
        .into_iter()
        .map(|tool| (tool.equipment_id, tool.name))
        .collect())
}

/// Which types a filter counts.
///
/// # Errors
/// When the database fails.
pub(super) async fn counted(
    db: &impl ConnectionTrait,
    filter: &Filter,
) -> Result<impl Fn(i32) -> bool> {
    let killers: Option<Vec<i32>> = match filter.killers {
        true => {
            let all = kinds(db).await?.into_iter();
            Some(all.filter(|kind| kind.killer).map(|kind| kind.id).collect())
        }
        false => None,
    };
    let chosen = filter.defect_types.clone();
    Ok(move |kind| {
        (chosen.is_empty() || chosen.contains(&kind))
            && killers.as_ref().is_none_or(|all| all.contains(&kind))
    })
}

impl Tally {
    /// The inspections.
    pub fn inspections(&self) -> impl Iterator<Item = Tallied<'_>> {
        let mut rest = self.packed.as_slice();
        (0..self.wafer_id.len()).map(move |row| {
            let (counts, after) = rest.split_at(8 * usize::try_from(self.types[row]).unwrap_or(0));
            rest = after;
            Tallied {
                wafer_id: &self.wafer_id[row],
                lot_id: &self.lot_id[row],
                equipment_id: &self.equipment_id[row],
                step_id: self.step_id.get(row).map_or("", String::as_str),
                device_id: self.device_id.get(row).map_or("", String::as_str),
                area_cm2: Some(self.area_cm2[row]).filter(|area| !area.is_nan()),
                counts,
            }
        })
    }

    /// The inspections, those of a wafer one after another, with a number for each wafer.
    pub fn by_wafer(&self) -> Vec<(usize, Tallied<'_>)> {
        let mut numbers = HashMap::new();
        let mut rows: Vec<(usize, Tallied<'_>)> = self
            .inspections()
            .map(|row| {
                let next = numbers.len();
                (*numbers.entry(row.wafer_id).or_insert(next), row)
            })
            .collect();
        rows.sort_by_key(|(wafer, _)| *wafer);
        rows
    }

    /// Key figures over defects of the types that count.
    pub fn kpis(&self, counts: impl Fn(i32) -> bool) -> Kpis {
        let mut kpis = Kpis::default();
        let mut wafers = HashSet::new();
        let mut lots = HashSet::new();
        let mut equipment = HashSet::new();
        for row in self.inspections() {
            let counted = row.counts().filter(|(kind, _)| counts(*kind));
            let defects: i64 = counted.map(|(_, count)| count).sum();
            kpis.inspections += 1;
            kpis.defects += defects;
            if let Some(area_cm2) = row.area_cm2 {
                kpis.area_cm2 += area_cm2;
                kpis.defects_in_area += defects;
            }
            wafers.insert(row.wafer_id);
            lots.insert(row.lot_id);
            equipment.insert(row.equipment_id);
        }
        let without_none = |values: HashSet<&str>| {
            let none = usize::from(values.contains(""));
            i64::try_from(values.len() - none).unwrap_or(i64::MAX)
        };
        kpis.wafers = without_none(wafers);
        kpis.lots = without_none(lots);
        kpis.equipment = without_none(equipment);
        kpis
    }
}
