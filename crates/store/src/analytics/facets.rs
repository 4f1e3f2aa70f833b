//! Values to choose from in the filter bar.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use futures::try_join;
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::tally::{Fact, Kind, Tally, kinds, tally, tool_names};
use crate::{Filter, Result, filter::CONTAINS, sql::Sql};

/// Steps, products, tools and lots to choose from at most.
const VALUES_MOST: usize = 500;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Facet {
    /// What to filter by.
    pub key: String,
    /// What to show.
    pub label: String,
    /// Inspections with it; for defect types: defects.
    pub count: i64,
}

/// The values of each dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Steps, most inspections first.
    pub steps: Vec<Facet>,
    /// Products, most inspections first.
    pub products: Vec<Facet>,
    /// Tools, most inspections first.
    pub equipment: Vec<Facet>,
    /// Lots, latest first, at most 500.
    pub lots: Vec<Facet>,
    /// Defect types, most defects first.
    pub defect_types: Vec<Facet>,
    /// Chemical elements, most defects first.
    pub elements: Vec<Facet>,
    /// First and latest inspection under the filter.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The values that a filter leaves. Each dimension is counted as if it were not narrowed itself, so that a second value
/// can be chosen beside the first.
///
/// # Errors
/// When the database fails.
pub async fn facets(db: &impl ConnectionTrait, filter: &Filter) -> Result<Facets> {
    let all = [Fact::Step, Fact::Product];
    let (tally, elements, lots, steps, products, tools, window) = try_join!(
        tally(db, filter, &all),
        elements(filter).all(db),
        lots(filter).all(db),
        unnarrowed(db, filter, Fact::Step),
        unnarrowed(db, filter, Fact::Product),
        unnarrowed(db, filter, Fact::Equipment),
        window(db, filter),
    )?;
    let values = |own: Option<Tally>, fact| values(own.as_ref().unwrap_or(&tally), fact);
    Ok(Facets {
        steps: values(steps, Fact::Step),
        products: values(products, Fact::Product),
        equipment: named(db, values(tools, Fact::Equipment)).await?,
        lots,
        defect_types: defect_types(&tally, kinds(db).await?),
        elements,
        window,
    })
}

/// The inspections under the filter without its part for `fact`; `None` where it has no such part.
async fn unnarrowed(
    db: &impl ConnectionTrait,
    filter: &Filter,
    fact: Fact,
) -> Result<Option<Tally>> {
    let mut wider = filter.clone();
    match fact {
        Fact::Step => wider.steps.clear(),
        Fact::Product => wider.products.clear(),
        Fact::Lot => wider.lots.clear(),
        Fact::Equipment => wider.equipment.clear(),
    }
    if wider == *filter {
        return Ok(None);
    }
    Ok(Some(tally(db, &wider, &[fact]).await?))
}

/// The values of a fact, most inspections first.
fn values(tally: &Tally, fact: Fact) -> Vec<Facet> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for inspection in tally.inspections() {
        *counts.entry(inspection.fact(fact)).or_default() += 1;
    }
    let known = counts.into_iter().filter(|(key, _)| !key.is_empty());
    let mut facets: Vec<Facet> = known
        .map(|(key, count)| Facet {
            key: key.to_owned(),
            label: key.to_owned(),
            count,
        })
        .collect();
    facets.sort_by_key(|facet| Reverse(facet.count));
    facets.truncate(VALUES_MOST);
    facets
}

async fn named(db: &impl ConnectionTrait, mut tools: Vec<Facet>) -> Result<Vec<Facet>> {
    let mut names = tool_names(db).await?;
    for tool in &mut tools {
        if let Some(name) = names.remove(&tool.key) {
            tool.label = name;
        }
    }
    Ok(tools)
}

fn lots(filter: &Filter) -> Sql {
    let mut sql =
        Sql::new("select i.lot_id as key, count(*) as count, i.lot_id as label from inspection i");
    Filter {
        lots: Vec::new(),
        ..filter.clone()
    }
    .push(&mut sql);
    sql.push(" and i.lot_id <> '' group by 1 order by max(i.inspected_at) desc, 1 limit ")
        .bind(VALUES_MOST as i64);
    sql
}

/// Types with a defect, most defects first.
fn defect_types(tally: &Tally, kinds: Vec<Kind>) -> Vec<Facet> {
    let mut counts: HashMap<i32, i64> = HashMap::new();
    for (kind, defects) in tally.inspections().flat_map(|row| row.counts()) {
        *counts.entry(kind).or_default() += defects;
    }
    let found = kinds.into_iter().filter_map(|kind| {
        Some(Facet {
            count: counts.remove(&kind.id)?,
            key: kind.id.to_string(),
            label: kind.name,
        })
    });
    let mut facets: Vec<Facet> = found.collect();
    facets.sort_by_key(|facet| Reverse(facet.count));
    facets
}

fn elements(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "select element as key, element as label, count(*) as count from (
            select distinct e.element, e.inspection_id, e.defect_no
            from defect_element e join inspection i on i.inspection_id = e.inspection_id",
    );
    filter.push(&mut sql);
    filter.push_adder(&mut sql, "e");
    sql.push(" and ")
        .push(CONTAINS)
        .push(") n group by 1 order by 3 desc, 1");
    sql
}

async fn window(
    db: &impl ConnectionTrait,
    filter: &Filter,
) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    #[derive(FromQueryResult)]
    struct Window {
        first: Option<DateTime<Utc>>,
        latest: Option<DateTime<Utc>>,
    }
    let mut sql = Sql::new(
        "select min(i.inspected_at) as first, max(i.inspected_at) as latest from inspection i",
    );
    filter.push(&mut sql);
    let window: Option<Window> = sql.one(db).await?;
    Ok(window.and_then(|window| window.first.zip(window.latest)))
}
