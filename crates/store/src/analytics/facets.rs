//! Values to choose from in the filter bar.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Filter, Result, filter::CONTAINS, sql::Sql};

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
    let steps = Filter {
        steps: Vec::new(),
        ..filter.clone()
    };
    let products = Filter {
        products: Vec::new(),
        ..filter.clone()
    };
    let equipment = Filter {
        equipment: Vec::new(),
        ..filter.clone()
    };
    let lots = Filter {
        lots: Vec::new(),
        ..filter.clone()
    };
    Ok(Facets {
        steps: of(&steps, "i.step_id", "i.step_id", "2 desc, 1")
            .all(db)
            .await?,
        products: of(&products, "i.device_id", "i.device_id", "2 desc, 1")
            .all(db)
            .await?,
        equipment: of(
            &equipment,
            "i.equipment_id",
            "(select e.name from equipment e where e.equipment_id = i.equipment_id)",
            "2 desc, 1",
        )
        .all(db)
        .await?,
        lots: of(&lots, "i.lot_id", "i.lot_id", "max(i.inspected_at) desc, 1")
            .all(db)
            .await?,
        defect_types: defect_types(filter).all(db).await?,
        elements: elements(filter).all(db).await?,
        window: window(db, filter).await?,
    })
}

fn of(filter: &Filter, key: &str, label: &str, order: &str) -> Sql {
    let mut sql = Sql::new(&format!(
        "select {key} as key, count(*) as count, {label} as label from inspection i"
    ));
    filter.push(&mut sql);
    sql.push(&format!(
        " and {key} <> '' group by {key} order by {order} limit 500"
    ));
    sql
}

fn defect_types(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "select t.defect_type_id::text as key, t.name as label, n.defects as count from (
            select c.defect_type_id, sum(c.defect_count)::bigint as defects
            from inspection i join ",
    );
    filter.push_type_counts(&mut sql);
    sql.push(" c on c.inspection_id = i.inspection_id");
    filter.push(&mut sql);
    sql.push(" group by 1) n join defect_type t using (defect_type_id) order by n.defects desc, t.defect_type_id");
    sql
}

fn elements(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "select element as key, element as label, count(*) as count from (
            select distinct e.element, e.inspection_id, e.defect_no
            from defect_element e join inspection i on i.inspection_id = e.inspection_id",
    );
    filter.push(&mut sql);
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
