//! Equipment.

use chrono_tz::Tz;
use contract::equipment::{
    Equipment, EquipmentCreate, EquipmentQuery, EquipmentUpdate, Performance,
};
use contract::filter::Order;
use entity::equipment::ActiveModel;
use sea_orm::{ActiveValue::NotSet, ConnectionTrait, Set};
use store::equipment::{Filter, Sort};

use super::audit::{self, Author};
use super::{begin, change, commit, refuse_in_use};
use crate::answer::{Answer, Page, sorting};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::{validate, view};

const SORTS: [(&str, Sort); 6] = [
    ("equipment_id", Sort::EquipmentId),
    ("name", Sort::Name),
    ("equipment_type", Sort::EquipmentType),
    ("status", Sort::Status),
    ("inspection_count", Sort::InspectionCount),
    ("last_inspected_at", Sort::LastInspectedAt),
];

/// Lists tools.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &EquipmentQuery) -> ApiResult<Answer<Vec<Equipment>>> {
    let page = Page::read(query.page, query.per_page)?;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, Order::Asc)?;
    let filter = Filter {
        search: query.search.clone(),
        equipment_type: query.equipment_type.map(view::equipment::kind_row),
        status: query.status.map(view::equipment::status_row),
    };
    let found = store::equipment::list(db, &filter, sort, order, page.paging()).await?;
    Ok(Answer::rows(found, page, view::equipment::equipment))
}

/// Returns a tool.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, equipment_id: &str) -> ApiResult<Equipment> {
    let row = store::equipment::row(db, equipment_id).await?;
    row.map(view::equipment::equipment)
        .ok_or_else(|| Thing::Equipment.missing(equipment_id))
}

/// Tells how a tool performs, step by step.
///
/// # Errors
/// That there is no such tool.
pub async fn performance(db: &store::Db, equipment_id: &str) -> ApiResult<Performance> {
    let tool = store::equipment::get(db, equipment_id).await?;
    let tool = tool.ok_or_else(|| Thing::Equipment.missing(equipment_id))?;
    let steps = store::equipment::performance(db, equipment_id).await?;
    Ok(Performance {
        equipment_id: tool.equipment_id,
        steps: steps.into_iter().map(view::equipment::step).collect(),
    })
}

/// Creates a tool.
///
/// # Errors
/// When a value breaks a rule or the id is taken.
pub async fn create(db: &store::Db, caller: &Caller, new: EquipmentCreate) -> ApiResult<Equipment> {
    validate::text("equipment_id", &new.equipment_id, 1..=64)?;
    check(&new.facts, "facts.")?;
    let mut row = changes(new.facts);
    if row.name == NotSet {
        row.name = Set(new.equipment_id.clone());
    }
    row.equipment_id = Set(new.equipment_id);
    let tx = begin(db).await?;
    let row = store::equipment::insert(&tx, row).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(
        &tx,
        &author,
        "equipment.create",
        &row.equipment_id,
        None,
        after,
    )
    .await?;
    let tool = get(&tx, &row.equipment_id).await?;
    commit(tx).await?;
    Ok(tool)
}

/// Changes a tool.
///
/// # Errors
/// When a value breaks a rule or there is no such tool.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    equipment_id: &str,
    update: EquipmentUpdate,
) -> ApiResult<Equipment> {
    check(&update, "")?;
    let missing = || Thing::Equipment.missing(equipment_id);
    let tx = begin(db).await?;
    let before = store::equipment::get(&tx, equipment_id).await?;
    let before = before.ok_or_else(missing)?;
    let after = store::equipment::update(&tx, equipment_id, changes(update), None).await?;
    let after = after.ok_or_else(missing)?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        let (old, new) = (Some(old), Some(new));
        audit::record(&tx, &author, "equipment.update", equipment_id, old, new).await?;
    }
    let tool = get(&tx, equipment_id).await?;
    commit(tx).await?;
    Ok(tool)
}

/// Deletes a tool without inspections.
///
/// # Errors
/// When there is none, or inspections made on it.
pub async fn delete(db: &store::Db, caller: &Caller, equipment_id: &str) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = store::equipment::row(&tx, equipment_id).await?;
    let row = row.ok_or_else(|| Thing::Equipment.missing(equipment_id))?;
    refuse_in_use("inspections", row.inspection_count)?;
    store::equipment::delete(&tx, equipment_id).await?;
    let (author, before) = (Author::caller(caller), audit::whole(&row.equipment));
    audit::record(&tx, &author, "equipment.delete", equipment_id, before, None).await?;
    commit(tx).await?;
    Ok(())
}

fn check(facts: &EquipmentUpdate, path: &str) -> ApiResult<()> {
    let field = |name: &str| format!("{path}{name}");
    if let Some(name) = &facts.name {
        validate::text(&field("name"), name, 1..=100)?;
    }
    for (name, value, most) in [
        ("model", &facts.model, 100),
        ("manufacturer", &facts.manufacturer, 100),
        ("location", &facts.location, 100),
        ("serial_number", &facts.serial_number, 64),
        ("software_version", &facts.software_version, 64),
    ] {
        validate::optional_text(&field(name), value.as_ref(), most)?;
    }
    match &facts.time_zone {
        Some(zone) if zone.parse::<Tz>().is_err() => {
            let rule = "has to be an IANA time zone, for example `Europe/Berlin`";
            Err(invalid(field("time_zone"), zone.as_str(), rule))
        }
        _ => Ok(()),
    }
}

fn changes(facts: EquipmentUpdate) -> ActiveModel {
    ActiveModel {
        name: change(facts.name, |name| name),
        equipment_type: change(facts.equipment_type, view::equipment::kind_row),
        model: change(facts.model, Some),
        manufacturer: change(facts.manufacturer, Some),
        location: change(facts.location, Some),
        status: change(facts.status, view::equipment::status_row),
        serial_number: change(facts.serial_number, Some),
        software_version: change(facts.software_version, Some),
        time_zone: change(facts.time_zone, |zone| zone),
        last_calibration: change(facts.last_calibration, Some),
        next_calibration: change(facts.next_calibration, Some),
        ..Default::default()
    }
}
