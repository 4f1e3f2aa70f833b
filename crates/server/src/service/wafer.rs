//! Wafers: their identifiers, facts and history.

use contract::filter::Order;
use contract::inspection::{Inspection, InspectionQuery};
use contract::wafer::{IdScheme, Wafer, WaferCreate, WaferQuery, WaferUpdate};
use entity::wafer::ActiveModel;
use sea_orm::{ConnectionTrait, Set};
use store::wafer::{Filter, Sort};

use super::audit::{self, Author};
use super::{begin, change, commit, refuse_in_use};
use crate::answer::{Answer, Page, sorting};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::{validate, view};

const SORTS: [(&str, Sort); 8] = [
    ("wafer_id", Sort::WaferId),
    ("lot_id", Sort::LotId),
    ("slot", Sort::Slot),
    ("status", Sort::Status),
    ("created_at", Sort::CreatedAt),
    ("last_inspected_at", Sort::LastInspectedAt),
    ("inspection_count", Sort::InspectionCount),
    ("defect_count", Sort::DefectCount),
];

/// Lists wafers.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &WaferQuery) -> ApiResult<Answer<Vec<Wafer>>> {
    let page = Page::read(query.page, query.per_page)?;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, Order::Asc)?;
    let filter = Filter {
        search: query.search.clone(),
        lots: query.lot.clone(),
        status: query.status.map(view::wafer::status_row),
        id_scheme: query.id_scheme.map(view::wafer::scheme_row),
    };
    let found = store::wafer::list(db, &filter, sort, order, page.paging()).await?;
    Ok(Answer::rows(found, page, view::wafer::wafer))
}

/// Returns a wafer.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, wafer_id: &str) -> ApiResult<Wafer> {
    let row = store::wafer::row(db, wafer_id).await?;
    row.map(view::wafer::wafer)
        .ok_or_else(|| Thing::Wafer.missing(wafer_id))
}

/// Lists the inspections of a wafer, also those that later ones have replaced.
///
/// # Errors
/// When the query breaks a rule or there is no such wafer.
pub async fn inspections(
    db: &store::Db,
    wafer_id: &str,
    mut query: InspectionQuery,
) -> ApiResult<Answer<Vec<Inspection>>> {
    let wafer = store::wafer::get(db, wafer_id).await?;
    let wafer = wafer.ok_or_else(|| Thing::Wafer.missing(wafer_id))?;
    query.wafer = vec![wafer.wafer_id];
    query.superseded = query.superseded.or(Some(true));
    super::inspection::list(db, &query).await
}

/// Creates a wafer.
///
/// # Errors
/// When a value breaks a rule or the id is taken.
pub async fn create(db: &store::Db, caller: &Caller, new: WaferCreate) -> ApiResult<Wafer> {
    let key = key(new.id_scheme, &new.wafer_id)?;
    validate::text("lot_id", &new.lot_id, 1..=64)?;
    validate::within("slot", new.slot, 1..=99)?;
    if !(new.diameter_mm > 0.0 && new.diameter_mm <= 500.0) {
        let rule = "has to be more than 0, at most 500";
        return Err(invalid("diameter_mm", new.diameter_mm, rule));
    }
    check(&new.facts, "facts.")?;
    let mut row = changes(new.facts);
    row.wafer_id = Set(key);
    row.delivered_id = Set(Some(new.wafer_id));
    row.id_scheme = Set(view::wafer::scheme_row(new.id_scheme));
    row.lot_id = Set(new.lot_id);
    row.slot = Set(new.slot);
    row.diameter_mm = Set(Some(new.diameter_mm));
    let tx = begin(db).await?;
    let row = store::wafer::insert(&tx, row).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "wafer.create", &row.wafer_id, None, after).await?;
    let wafer = get(&tx, &row.wafer_id).await?;
    commit(tx).await?;
    Ok(wafer)
}

/// The key of a wafer. A SEMI identifier has to follow its scheme, and its check pair is no part of the
/// key, as with imports: reads of one wafer with and without it meet.
fn key(scheme: IdScheme, wafer_id: &str) -> ApiResult<String> {
    validate::text("wafer_id", wafer_id, 1..=64)?;
    let fault = match scheme {
        IdScheme::T7 => wafer_id.parse::<semi::T7>().err(),
        IdScheme::M12 => wafer_id.parse::<semi::M12>().err(),
        IdScheme::M13 => wafer_id.parse::<semi::M13>().err(),
        IdScheme::LotSlot => return Ok(wafer_id.to_owned()),
    };
    match fault {
        Some(fault) => {
            let rule = format!("is no {scheme} id: {fault}");
            Err(invalid("wafer_id", wafer_id, rule))
        }
        None => Ok(semi::canonical(wafer_id)),
    }
}

/// Changes a wafer.
///
/// # Errors
/// When a value breaks a rule, there is no such wafer, or it has changed meanwhile.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    wafer_id: &str,
    update: WaferUpdate,
) -> ApiResult<Wafer> {
    check(&update, "")?;
    let version = update.if_updated_at;
    let missing = || Thing::Wafer.missing(wafer_id);
    let tx = begin(db).await?;
    let before = store::wafer::get(&tx, wafer_id)
        .await?
        .ok_or_else(missing)?;
    let after = store::wafer::update(&tx, wafer_id, changes(update), version).await?;
    let after = after.ok_or_else(missing)?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        audit::record(&tx, &author, "wafer.update", wafer_id, Some(old), Some(new)).await?;
    }
    let wafer = get(&tx, wafer_id).await?;
    commit(tx).await?;
    Ok(wafer)
}

/// Deletes a wafer without inspections.
///
/// # Errors
/// When there is none, or inspections of it.
pub async fn delete(db: &store::Db, caller: &Caller, wafer_id: &str) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = store::wafer::row(&tx, wafer_id).await?;
    let row = row.ok_or_else(|| Thing::Wafer.missing(wafer_id))?;
    refuse_in_use("inspections", row.inspection_count)?;
    store::wafer::delete(&tx, wafer_id).await?;
    let (author, before) = (Author::caller(caller), audit::whole(&row.wafer));
    audit::record(&tx, &author, "wafer.delete", wafer_id, before, None).await?;
    commit(tx).await?;
    Ok(())
}

/// `path` leads to the fields in the body.
fn check(facts: &WaferUpdate, path: &str) -> ApiResult<()> {
    let field = |name: &str| format!("{path}{name}");
    if let Some(lot) = &facts.lot_id {
        validate::text(&field("lot_id"), lot, 1..=64)?;
    }
    validate::within(&field("slot"), facts.slot, 1..=99)?;
    for (name, value, most) in [
        ("wafer_type", &facts.wafer_type, 64),
        ("process_node", &facts.process_node, 64),
        ("manufacturer", &facts.manufacturer, 100),
        ("material", &facts.material, 64),
        ("orientation", &facts.orientation, 16),
    ] {
        validate::optional_text(&field(name), value.as_ref(), most)?;
    }
    let resistivity = facts.resistivity_ohm_cm;
    validate::positive(&field("resistivity_ohm_cm"), resistivity)?;
    validate::positive(&field("thickness_um"), facts.thickness_um)?;
    validate::object(&field("additional_info"), facts.additional_info.as_ref())
}

fn changes(facts: WaferUpdate) -> ActiveModel {
    ActiveModel {
        status: change(facts.status, view::wafer::status_row),
        lot_id: change(facts.lot_id, |lot| lot),
        slot: change(facts.slot, Some),
        wafer_type: change(facts.wafer_type, Some),
        process_node: change(facts.process_node, Some),
        manufacturer: change(facts.manufacturer, Some),
        material: change(facts.material, Some),
        orientation: change(facts.orientation, Some),
        resistivity_ohm_cm: change(facts.resistivity_ohm_cm, Some),
        thickness_um: change(facts.thickness_um, Some),
        mark_type: change(facts.mark_type, view::wafer::mark_type_row),
        additional_info: change(facts.additional_info, |info| info),
        ..Default::default()
    }
}
