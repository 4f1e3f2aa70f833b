//! Inspections: lists, details, and those that come from elsewhere than a file.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use contract::filter::Order;
use contract::inspection::{
    Inspection, InspectionCreate, InspectionDetail, InspectionQuery, InspectionUpdate,
};
use entity::inspection::ActiveModel;
use sea_orm::{ConnectionTrait, Set};
use store::inspection::{Row, Sort};
use uuid::Uuid;

use super::audit::{self, Author};
use super::{begin, change, commit};
use crate::answer::{Answer, Page, sorting};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::{validate, view};

const SORTS: [(&str, Sort); 7] = [
    ("inspected_at", Sort::InspectedAt),
    ("wafer_id", Sort::WaferId),
    ("lot_id", Sort::LotId),
    ("step_id", Sort::StepId),
    ("equipment_id", Sort::EquipmentId),
    ("defect_count", Sort::DefectCount),
    ("density", Sort::Density),
];

/// Lists inspections: a page of any order, or, newest first, the rows behind a cursor.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &InspectionQuery) -> ApiResult<Answer<Vec<Inspection>>> {
    let page = Page::read(query.page, query.per_page)?;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, Order::Desc)?;
    let is_newest_first = sort == Sort::InspectedAt && order == store::Order::Descending;
    let filter = view::filter::filter(query.filter())?;
    let search = query.search.as_deref();
    let (total, rows, has_more) = match &query.cursor {
        Some(_) if !is_newest_first || query.page.is_some() => {
            let rule = "goes with the default sort only, and without `page`";
            return Err(invalid("cursor", query.cursor.clone(), rule));
        }
        Some(cursor) => {
            let limit = page.paging().per_page + 1;
            let last = Some(read_cursor(cursor)?);
            let mut rows = store::inspection::after(db, &filter, search, last, limit).await?;
            let has_more = rows.len() == limit as usize;
            rows.truncate(limit as usize - 1);
            let total = store::inspection::count(db, &filter, search).await?;
            (total, rows, has_more)
        }
        None => {
            let paging = page.paging();
            let found = store::inspection::list(db, &filter, search, sort, order, paging).await?;
            let seen = i64::from(paging.page) * i64::from(paging.per_page);
            (
                found.total,
                found.rows,
                is_newest_first && seen < found.total,
            )
        }
    };
    let next = rows.last().filter(|_| has_more).map(cursor);
    let rows = rows.into_iter().map(view::inspection::inspection).collect();
    Ok(Answer::page(rows, page.within(total, next)))
}

/// The place behind a row.
fn cursor(row: &Row) -> String {
    let place = format!(
        "{}.{}",
        row.inspected_at.timestamp_micros(),
        row.inspection_id
    );
    BASE64_URL_SAFE_NO_PAD.encode(place)
}

fn read_cursor(cursor: &str) -> ApiResult<(DateTime<Utc>, Uuid)> {
    let place = || {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.split_once('.')?;
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        Some((at, id.parse().ok()?))
    };
    let rule = "has to be a `next_cursor` of this list";
    place().ok_or_else(|| invalid("cursor", cursor, rule))
}

/// Lists the latest inspections under a filter.
///
/// # Errors
/// When the database fails.
pub async fn latest(
    db: &impl ConnectionTrait,
    filter: &store::Filter,
    limit: u32,
) -> ApiResult<Vec<Inspection>> {
    let rows = store::inspection::after(db, filter, None, None, limit).await?;
    Ok(rows.into_iter().map(view::inspection::inspection).collect())
}

/// Returns an inspection with all its facts.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<InspectionDetail> {
    let missing = || Thing::Inspection.missing(id);
    let row = store::inspection::row(db, id).await?.ok_or_else(missing)?;
    let model = store::inspection::get(db, id).await?.ok_or_else(missing)?;
    let types = store::inspection::type_counts(db, id).await?;
    let neighbours = store::inspection::neighbours(db, &model).await?;
    let wafer = store::wafer::get(db, &model.wafer_id).await?;
    let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
    Ok(view::inspection::detail(
        row, model, types, neighbours, diameter,
    ))
}

/// Creates an inspection that comes from elsewhere than a file.
///
/// # Errors
/// When a value breaks a rule, or wafer or equipment do not exist.
pub async fn create(
    db: &store::Db,
    caller: &Caller,
    new: InspectionCreate,
) -> ApiResult<InspectionDetail> {
    check_create(&new)?;
    let wafer = store::wafer::get(db, &new.wafer_id).await?;
    let wafer = wafer.ok_or_else(|| Thing::Wafer.missing(&new.wafer_id))?;
    check_equipment(db, new.equipment_id.as_deref()).await?;
    store::defect::ensure_partition(db, new.inspected_at).await?;
    let id = store::inspection::inspection_id(new.inspected_at);
    let row = ActiveModel {
        inspection_id: Set(id),
        wafer_id: Set(wafer.wafer_id),
        lot_id: Set(wafer.lot_id),
        slot: Set(wafer.slot),
        diameter_mm: Set(wafer.diameter_mm),
        mark_type: Set(Some(wafer.mark_type)),
        step_id: Set(new.step_id),
        inspected_at: Set(new.inspected_at),
        equipment_id: Set(new.equipment_id),
        device_id: Set(new.device_id.unwrap_or_default()),
        recipe: Set(new.recipe),
        run_id: Set(new.run_id),
        operator: Set(new.operator),
        area_cm2: Set(new.area_cm2),
        ..Default::default()
    };
    let tx = begin(db).await?;
    let row = store::inspection::insert(&tx, row).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "inspection.create", id, None, after).await?;
    let detail = get(&tx, id).await?;
    commit(tx).await?;
    Ok(detail)
}

fn check_create(new: &InspectionCreate) -> ApiResult<()> {
    validate::text("step_id", &new.step_id, 1..=100)?;
    for (name, value, most) in [
        ("device_id", &new.device_id, 100),
        ("recipe", &new.recipe, 200),
        ("run_id", &new.run_id, 100),
        ("operator", &new.operator, 100),
    ] {
        validate::optional_text(name, value.as_ref(), most)?;
    }
    validate::positive("area_cm2", new.area_cm2)?;
    let range = DateTime::UNIX_EPOCH..=Utc::now() + Duration::days(1);
    if !range.contains(&new.inspected_at) {
        let rule = "has to lie between 1970 and tomorrow";
        return Err(invalid("inspected_at", new.inspected_at.to_rfc3339(), rule));
    }
    Ok(())
}

async fn check_equipment(db: &impl ConnectionTrait, id: Option<&str>) -> ApiResult<()> {
    let Some(id) = id else { return Ok(()) };
    let tool = store::equipment::get(db, id).await?;
    tool.map(drop).ok_or_else(|| Thing::Equipment.missing(id))
}

/// Changes an inspection; time and wafer stay.
///
/// # Errors
/// When a value breaks a rule, there is no such inspection, or it has changed meanwhile.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    id: Uuid,
    update: InspectionUpdate,
) -> ApiResult<InspectionDetail> {
    check_update(&update)?;
    let missing = || Thing::Inspection.missing(id);
    let version = update.if_updated_at;
    let tx = begin(db).await?;
    let before = store::inspection::get(&tx, id).await?.ok_or_else(missing)?;
    check_equipment(&tx, update.equipment_id.as_deref()).await?;
    let after = store::inspection::update(&tx, id, changes(update), version).await?;
    let after = after.ok_or_else(missing)?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        audit::record(&tx, &author, "inspection.update", id, Some(old), Some(new)).await?;
    }
    let detail = get(&tx, id).await?;
    commit(tx).await?;
    Ok(detail)
}

fn check_update(update: &InspectionUpdate) -> ApiResult<()> {
    if let Some(step) = &update.step_id {
        validate::text("step_id", step, 1..=100)?;
    }
    for (name, value, most) in [
        ("device_id", &update.device_id, 100),
        ("recipe", &update.recipe, 200),
        ("run_id", &update.run_id, 100),
        ("operator", &update.operator, 100),
    ] {
        validate::optional_text(name, value.as_ref(), most)?;
    }
    validate::positive("area_cm2", update.area_cm2)
}

fn changes(update: InspectionUpdate) -> ActiveModel {
    ActiveModel {
        step_id: change(update.step_id, |step| step),
        device_id: change(update.device_id, |device| device),
        equipment_id: change(update.equipment_id, Some),
        recipe: change(update.recipe, Some),
        run_id: change(update.run_id, Some),
        operator: change(update.operator, Some),
        area_cm2: change(update.area_cm2, Some),
        ..Default::default()
    }
}

/// Deletes an inspection with its defects. The file it came from can then be imported again, once all
/// its inspections are gone.
///
/// # Errors
/// That there is none.
pub async fn delete(db: &store::Db, caller: &Caller, id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = store::inspection::row(&tx, id).await?;
    let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
    store::inspection::delete(&tx, id).await?;
    let before = audit::whole(&view::inspection::inspection(row));
    let author = Author::caller(caller);
    audit::record(&tx, &author, "inspection.delete", id, before, None).await?;
    commit(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_nobody_gave_is_refused() {
        assert!(read_cursor("bm9uc2Vuc2U").is_err());
        assert!(read_cursor("%%").is_err());
    }
}
