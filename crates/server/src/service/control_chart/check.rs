//! Rules that a definition has to keep.

use contract::control_chart::ChartScope;

use crate::error::{ApiResult, invalid};
use crate::service::analytics::chart;
use crate::{validate, view};

/// Values of a list in a scope at most.
const SCOPE_MOST: usize = 100;

/// The rules named, each once.
///
/// # Errors
/// When none is named, or one that there is not.
pub fn rules(ids: &[String]) -> ApiResult<Vec<String>> {
    if ids.is_empty() {
        let none: [String; 0] = [];
        return Err(invalid("rules", none.to_vec(), "has to name one at least"));
    }
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        let rule = chart::rule("rules", id)?.as_str().to_owned();
        if !known.contains(&rule) {
            known.push(rule);
        }
    }
    Ok(known)
}

/// Steps, products and tools may be new; types exist, because they are named by number.
///
/// # Errors
/// Names the part that breaks its rule.
pub async fn scope(db: &store::Db, scope: &ChartScope) -> ApiResult<()> {
    for (name, values) in [
        ("scope.step", &scope.step),
        ("scope.product", &scope.product),
        ("scope.equipment", &scope.equipment),
        ("scope.attribute", &scope.attribute),
    ] {
        length(name, values.len())?;
        for value in values {
            validate::text(name, value, 1..=256)?;
        }
    }
    view::filter::attributes(&scope.attribute)?;
    length("scope.defect_type", scope.defect_type.len())?;
    let known = store::defect_type::all(db).await?;
    let is_known = |id: &&i32| known.iter().all(|kind| kind.defect_type_id != **id);
    match scope.defect_type.iter().find(is_known) {
        Some(&unknown) => Err(invalid(
            "scope.defect_type",
            unknown,
            "is the id of no defect type",
        )),
        None => Ok(()),
    }
}

fn length(field: &str, values: usize) -> ApiResult<()> {
    match values {
        0..=SCOPE_MOST => Ok(()),
        _ => Err(invalid(
            field,
            values,
            format!("may name {SCOPE_MOST} at most"),
        )),
    }
}
