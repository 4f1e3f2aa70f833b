//! Defect types.

use contract::defect_type::{DefectType, DefectTypeCreate, DefectTypeQuery, DefectTypeUpdate};
use contract::filter::Order;
use entity::defect_type::ActiveModel;
use sea_orm::{ConnectionTrait, Set};
use store::defect_type::{Filter, Sort};

use super::audit::{self, Author};
use super::{begin, change, commit, refuse_in_use};
use crate::answer::{Answer, Page, sorting};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::{validate, view};

const SORTS: [(&str, Sort); 4] = [
    ("name", Sort::Name),
    ("severity", Sort::Severity),
    ("category", Sort::Category),
    ("defect_count", Sort::DefectCount),
];

/// Lists defect types.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &DefectTypeQuery) -> ApiResult<Answer<Vec<DefectType>>> {
    let page = Page::read(query.page, query.per_page)?;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, Order::Asc)?;
    let filter = Filter {
        search: query.search.clone(),
        category: query.category.clone(),
        killer: query.killer,
    };
    let found = store::defect_type::list(db, &filter, sort, order, page.paging()).await?;
    Ok(Answer::rows(found, page, view::defect_type::defect_type))
}

/// Returns a defect type.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, id: i32) -> ApiResult<DefectType> {
    let row = store::defect_type::row(db, id).await?;
    row.map(view::defect_type::defect_type)
        .ok_or_else(|| Thing::DefectType.missing(id))
}

/// Creates a defect type.
///
/// # Errors
/// When a value breaks a rule or the name is taken.
pub async fn create(
    db: &store::Db,
    caller: &Caller,
    new: DefectTypeCreate,
) -> ApiResult<DefectType> {
    validate::text("name", &new.name, 1..=100)?;
    check(&new.facts, "facts.")?;
    let mut row = changes(new.facts);
    row.name = Set(new.name);
    let tx = begin(db).await?;
    let row = store::defect_type::insert(&tx, row).await?;
    let id = row.defect_type_id;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "defect_type.create", id, None, after).await?;
    let kind = get(&tx, id).await?;
    commit(tx).await?;
    Ok(kind)
}

/// Changes a defect type.
///
/// # Errors
/// When a value breaks a rule, the name is taken, or there is no such type.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    id: i32,
    update: DefectTypeUpdate,
) -> ApiResult<DefectType> {
    check(&update, "")?;
    let missing = || Thing::DefectType.missing(id);
    let tx = begin(db).await?;
    let before = store::defect_type::get(&tx, id)
        .await?
        .ok_or_else(missing)?;
    let after = store::defect_type::update(&tx, id, changes(update), None).await?;
    let after = after.ok_or_else(missing)?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        audit::record(&tx, &author, "defect_type.update", id, Some(old), Some(new)).await?;
    }
    let kind = get(&tx, id).await?;
    commit(tx).await?;
    Ok(kind)
}

/// Deletes a type that no defect has.
///
/// # Errors
/// When there is none, or defects of it.
pub async fn delete(db: &store::Db, caller: &Caller, id: i32) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = store::defect_type::row(&tx, id).await?;
    let row = row.ok_or_else(|| Thing::DefectType.missing(id))?;
    refuse_in_use("defects", row.defect_count)?;
    store::defect_type::delete(&tx, id).await?;
    let (author, before) = (Author::caller(caller), audit::whole(&row.defect_type));
    audit::record(&tx, &author, "defect_type.delete", id, before, None).await?;
    commit(tx).await?;
    Ok(())
}

fn check(facts: &DefectTypeUpdate, path: &str) -> ApiResult<()> {
    let field = |name: &str| format!("{path}{name}");
    if let Some(name) = &facts.name {
        validate::text(&field("name"), name, 1..=100)?;
    }
    for (name, value, most) in [
        ("description", &facts.description, 2000),
        ("category", &facts.category, 64),
        ("subcategory", &facts.subcategory, 64),
        ("causes", &facts.causes, 2000),
        ("prevention", &facts.prevention, 2000),
    ] {
        validate::optional_text(&field(name), value.as_ref(), most)?;
    }
    validate::within(&field("severity"), facts.severity, 1..=5)?;
    match &facts.colour {
        Some(colour) if !is_colour(colour) => {
            let rule = "has to be `#` and six hexadecimal digits";
            Err(invalid(field("colour"), colour.as_str(), rule))
        }
        _ => Ok(()),
    }
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit())
}

fn changes(facts: DefectTypeUpdate) -> ActiveModel {
    ActiveModel {
        name: change(facts.name, |name| name),
        description: change(facts.description, |text| text),
        severity: change(facts.severity, |level| i16::try_from(level).unwrap_or(3)),
        category: change(facts.category, Some),
        subcategory: change(facts.subcategory, Some),
        colour: change(facts.colour, |colour| Some(colour.to_ascii_lowercase())),
        killer: change(facts.killer, |killer| killer),
        causes: change(facts.causes, |text| text),
        prevention: change(facts.prevention, |text| text),
        ..Default::default()
    }
}
