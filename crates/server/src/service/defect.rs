//! Single defects.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use contract::defect::{Defect, DefectCreate, DefectDetail, DefectId, DefectQuery, DefectUpdate};
use contract::filter::Order;
use entity::defect::{ActiveModel, Model, ReviewStatus};
use sea_orm::{ConnectionTrait, Set};
use store::defect::{Filter, Rectangle, Sort};
use uuid::Uuid;

use super::audit::{self, Author};
use super::{begin, change, commit};
use crate::answer::{Answer, Page, sorting};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::view::defect::{Behind, Types};
use crate::{validate, view};

/// Neighbours shown beside a defect.
const NEIGHBOURS: u32 = 50;
/// Numbers that a list can be narrowed to: they fit into a URL.
const NUMBERS: usize = 500;
/// How far outside its radius a defect may lie: beyond that its frame is wrong.
const OUTSIDE: f64 = 1.02;

const SORTS: [(&str, Sort); 8] = [
    ("defect_no", Sort::Key),
    ("size_um", Sort::SizeUm),
    ("area_um2", Sort::AreaUm2),
    ("defect_type", Sort::DefectType),
    ("x_mm", Sort::XMm),
    ("y_mm", Sort::YMm),
    ("cluster_no", Sort::ClusterNo),
    ("severity", Sort::Severity),
];

/// Lists defects: a page of any order, or, in the order of time and number, the rows behind a cursor.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &DefectQuery) -> ApiResult<Answer<Vec<Defect>>> {
    let page = Page::read(query.page, query.per_page)?;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, Order::Asc)?;
    let is_by_key = sort == Sort::Key && order == store::Order::Ascending;
    let filter = filter(query)?;
    let paging = page.paging();
    let (total, rows, has_more) = match &query.cursor {
        Some(_) if !is_by_key || query.page.is_some() => {
            let rule = "goes with the default sort only, and without `page`";
            return Err(invalid("cursor", query.cursor.clone(), rule));
        }
        Some(cursor) => {
            let limit = paging.per_page + 1;
            let last = Some(read_cursor(cursor)?);
            let mut rows = store::defect::after(db, &filter, last, limit).await?;
            let has_more = rows.len() == limit as usize;
            rows.truncate(limit as usize - 1);
            let first = store::Paging {
                page: 1,
                per_page: 1,
            };
            let counted = store::defect::list(db, &filter, sort, order, first).await?;
            (counted.total, rows, has_more)
        }
        None => {
            let found = store::defect::list(db, &filter, sort, order, paging).await?;
            let seen = i64::from(paging.page) * i64::from(paging.per_page);
            (found.total, found.rows, is_by_key && seen < found.total)
        }
    };
    let next = rows.last().filter(|_| has_more).map(cursor);
    let (types, behind) = (types(db).await?, behind(db, &rows).await?);
    let rows = rows.into_iter().map(|row| types.defect(row, &behind));
    Ok(Answer::page(rows.collect(), page.within(total, next)))
}

/// Lists the defects of one inspection.
///
/// # Errors
/// As [`list`], and that there is no such inspection.
pub async fn list_of_inspection(
    db: &store::Db,
    inspection_id: Uuid,
    mut query: DefectQuery,
) -> ApiResult<Answer<Vec<Defect>>> {
    within(&mut query, inspection_id)?;
    let found = store::inspection::row(db, inspection_id).await?;
    found.ok_or_else(|| Thing::Inspection.missing(inspection_id))?;
    list(db, &query).await
}

/// Makes the query one of the inspection of the path.
///
/// # Errors
/// When it is one of another inspection.
pub fn within(query: &mut DefectQuery, inspection_id: Uuid) -> ApiResult<()> {
    if query.inspection_id.is_some_and(|id| id != inspection_id) {
        let rule = "has to be the inspection of the path, or absent";
        return Err(invalid(
            "inspection_id",
            query.inspection_id.map(|id| id.to_string()),
            rule,
        ));
    }
    query.inspection_id = Some(inspection_id);
    Ok(())
}

pub(super) fn filter(query: &DefectQuery) -> ApiResult<Filter> {
    let edges = [
        query.x_min_mm,
        query.x_max_mm,
        query.y_min_mm,
        query.y_max_mm,
    ];
    let rectangle = match edges {
        [Some(left), Some(right), Some(bottom), Some(top)] => Some(Rectangle {
            x_mm: (left, right),
            y_mm: (bottom, top),
        }),
        [None, None, None, None] => None,
        _ => {
            let rule = "has to come with all four edges of the rectangle";
            let names = ["x_min_mm", "x_max_mm", "y_min_mm", "y_max_mm"];
            let given = edges.iter().position(Option::is_some).unwrap_or(0);
            return Err(invalid(names[given], edges[given], rule));
        }
    };
    let numbers = query.defect_no.len();
    if numbers > NUMBERS {
        return Err(invalid(
            "defect_no",
            numbers,
            format!("may be given {NUMBERS} times at most"),
        ));
    }
    if numbers > 0 && query.inspection_id.is_none() {
        return Err(invalid(
            "defect_no",
            numbers,
            "has to come with `inspection_id`: numbers are those of one inspection",
        ));
    }
    let mut inspections = view::filter::filter(query.filter())?;
    // An inspection that is asked for by its id is meant, replaced or not.
    inspections.superseded |= query.inspection_id.is_some();
    Ok(Filter {
        inspection_id: query.inspection_id,
        defect_nos: query.defect_no.clone(),
        inspections,
        die_x: query.die_x,
        die_y: query.die_y,
        cluster_no: query.cluster_no,
        review_status: query.review_status.map(view::defect::review_row),
        has_image: query.has_image,
        has_spectrum: query.has_spectrum,
        min_size_um: query.min_size_um,
        max_size_um: query.max_size_um,
        rectangle,
        zone: view::choice::zone([
            query.inner_mm,
            query.outer_mm,
            query.from_deg,
            query.sweep_deg,
        ])?,
    })
}

fn cursor(row: &Model) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(view::defect::id(row).to_string())
}

fn read_cursor(cursor: &str) -> ApiResult<(Uuid, i32)> {
    let place = || {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let id: DefectId = text.parse().ok()?;
        Some((id.inspection_id, id.defect_no))
    };
    let rule = "has to be a `next_cursor` of this list";
    place().ok_or_else(|| invalid("cursor", cursor, rule))
}

/// All defect types, to name and colour defects.
pub(super) async fn types(db: &impl ConnectionTrait) -> ApiResult<Types> {
    Ok(Types::new(store::defect_type::all(db).await?))
}

/// Images, spectra and elements of defects, by one query.
pub(super) async fn behind<'a>(
    db: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = &'a Model>,
) -> ApiResult<Behind> {
    let rows = rows.into_iter();
    let keys: Vec<_> = rows.map(|row| (row.inspection_id, row.defect_no)).collect();
    Ok(store::evidence::of_defects(db, &keys).await?)
}

/// Returns a defect with everything around it.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, id: DefectId) -> ApiResult<DefectDetail> {
    let row = find(db, id).await?;
    let missing = || Thing::Inspection.missing(id.inspection_id);
    let listed = store::inspection::row(db, id.inspection_id).await?;
    let listed = listed.ok_or_else(missing)?;
    let inspection = store::inspection::get(db, id.inspection_id).await?;
    let inspection = inspection.ok_or_else(missing)?;
    let wafer = store::wafer::get(db, &inspection.wafer_id).await?;
    let siblings = store::defect::siblings(db, id.inspection_id, id.defect_no).await?;
    let same_die = match row.die_x.zip(row.die_y) {
        Some(_) => store::defect::same_die(db, &row, NEIGHBOURS).await?,
        None => Vec::new(),
    };
    let others = same_die.first().map_or(0, |neighbour| neighbour.others);
    let types = types(db).await?;
    let around = same_die.iter().map(|neighbour| &neighbour.defect);
    let behind = behind(db, around.chain([&row])).await?;
    let sibling = |defect_no| DefectId {
        inspection_id: id.inspection_id,
        defect_no,
    };
    let place = row.x_mm.zip(row.y_mm);
    let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
    Ok(DefectDetail {
        geometry: view::inspection::geometry(&inspection, diameter),
        inspection: view::inspection::inspection(listed),
        radius_mm: place.map(|(x, y)| x.hypot(y)),
        angle_deg: place.map(|(x, y)| y.atan2(x).to_degrees().rem_euclid(360.0)),
        extra: view::defect::extra(&inspection.extra_columns, row.extra.as_ref()),
        same_die_count: if place_on_die(&row) { others + 1 } else { 0 },
        same_die: same_die
            .into_iter()
            .map(|row| types.neighbour(row, &behind))
            .collect(),
        previous_defect_id: siblings.previous.map(sibling),
        next_defect_id: siblings.next.map(sibling),
        defect: types.defect(row, &behind),
    })
}

fn place_on_die(row: &Model) -> bool {
    row.die_x.is_some() && row.die_y.is_some()
}

/// A defect as the database has it.
///
/// # Errors
/// When there is none or the database fails.
pub async fn find(db: &impl ConnectionTrait, id: DefectId) -> ApiResult<Model> {
    let row = store::defect::get(db, id.inspection_id, id.defect_no).await?;
    row.ok_or_else(|| Thing::Defect.missing(id))
}

/// Adds a defect to an inspection.
///
/// # Errors
/// When a value breaks a rule, the number is taken, or inspection or type do not exist.
pub async fn create(
    db: &store::Db,
    caller: &Caller,
    inspection_id: Uuid,
    new: DefectCreate,
) -> ApiResult<Defect> {
    validate::optional_text("notes", new.notes.as_ref(), 4000)?;
    if let Some(size) = new
        .size_um
        .filter(|size| !(*size >= 0.0 && size.is_finite()))
    {
        return Err(invalid("size_um", size, "has to be 0 or more"));
    }
    let inspection = store::inspection::get(db, inspection_id).await?;
    let inspection = inspection.ok_or_else(|| Thing::Inspection.missing(inspection_id))?;
    let wafer = store::wafer::get(db, &inspection.wafer_id).await?;
    let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
    check_place(
        &new,
        view::inspection::geometry(&inspection, diameter).diameter_mm,
    )?;
    check_type(db, Some(new.defect_type_id)).await?;
    let tx = begin(db).await?;
    let defect_no = match new.defect_no {
        Some(defect_no) => defect_no,
        None => next_no(&tx, inspection_id).await?,
    };
    let row = ActiveModel {
        inspection_id: Set(inspection_id),
        defect_no: Set(defect_no),
        defect_type_id: Set(new.defect_type_id),
        x_mm: Set(Some(new.x_mm)),
        y_mm: Set(Some(new.y_mm)),
        size_um: Set(new.size_um.map(|size| size as f32)),
        review_status: Set(ReviewStatus::Detected),
        notes: Set(new.notes),
        ..Default::default()
    };
    let row = store::defect::insert(&tx, row).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    let id = view::defect::id(&row);
    audit::record(&tx, &author, "defect.create", id, None, after).await?;
    commit(tx).await?;
    Ok(types(db).await?.defect(row, &Behind::default()))
}

async fn next_no(tx: &impl ConnectionTrait, inspection_id: Uuid) -> ApiResult<i32> {
    let next = store::defect::next_no(tx, inspection_id).await?;
    let rule = "has to be given: the highest possible number is taken";
    i32::try_from(next).map_err(|_| invalid("defect_no", next, rule))
}

fn check_place(new: &DefectCreate, diameter_mm: f64) -> ApiResult<()> {
    let most = OUTSIDE * diameter_mm / 2.0;
    let radius = new.x_mm.hypot(new.y_mm);
    if radius <= most {
        return Ok(());
    }
    let rule =
        format!("lies {radius:.3} mm from the centre with `y_mm`, at most {most:.3} are possible");
    Err(invalid("x_mm", new.x_mm, rule))
}

pub(super) async fn check_type(db: &impl ConnectionTrait, id: Option<i32>) -> ApiResult<()> {
    let Some(id) = id else { return Ok(()) };
    let kind = store::defect_type::get(db, id).await?;
    kind.map(drop).ok_or_else(|| Thing::DefectType.missing(id))
}

/// Classifies, reviews or annotates a defect.
///
/// # Errors
/// When a value breaks a rule, or defect or type do not exist.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    id: DefectId,
    update: DefectUpdate,
) -> ApiResult<Defect> {
    check(&update)?;
    let tx = begin(db).await?;
    let before = find(&tx, id).await?;
    check_type(&tx, update.defect_type_id).await?;
    let changes = changes(update);
    let after = store::defect::update(&tx, id.inspection_id, id.defect_no, changes).await?;
    let after = after.ok_or_else(|| Thing::Defect.missing(id))?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        audit::record(&tx, &author, "defect.update", id, Some(old), Some(new)).await?;
    }
    let (types, behind) = (types(&tx).await?, behind(&tx, [&after]).await?);
    commit(tx).await?;
    Ok(types.defect(after, &behind))
}

/// The rules that a change has to keep whatever it is made to.
pub(super) fn check(update: &DefectUpdate) -> ApiResult<()> {
    validate::within("severity", update.severity, 1..=5)?;
    validate::optional_text("notes", update.notes.as_ref(), 4000)
}

/// A change as the database makes it.
pub(super) fn changes(update: DefectUpdate) -> ActiveModel {
    ActiveModel {
        defect_type_id: change(update.defect_type_id, |id| id),
        severity: change(update.severity, |level| i16::try_from(level).ok()),
        review_status: change(update.review_status, view::defect::review_row),
        notes: change(update.notes, |notes| (!notes.is_empty()).then_some(notes)),
        ..Default::default()
    }
}

/// Deletes a defect.
///
/// # Errors
/// That there is none.
pub async fn delete(db: &store::Db, caller: &Caller, id: DefectId) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = find(&tx, id).await?;
    store::defect::delete(&tx, id.inspection_id, id.defect_no).await?;
    let (author, before) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "defect.delete", id, before, None).await?;
    commit(tx).await?;
    Ok(())
}
