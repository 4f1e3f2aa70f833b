//! The filter bar.

use contract::filter::Filter;

use crate::error::{ApiResult, invalid};

/// The filter as the database takes it.
///
/// # Errors
/// When an attribute is not `name=value`.
pub fn filter(filter: Filter) -> ApiResult<store::Filter> {
    Ok(store::Filter {
        from: filter.from,
        to: filter.to,
        steps: filter.step,
        products: filter.product,
        equipment: filter.equipment,
        lots: filter.lot,
        wafers: filter.wafer,
        defect_types: filter.defect_type,
        elements: filter.element,
        killers: filter.killers.unwrap_or(false),
        adders: filter.adders.unwrap_or(false),
        attributes: attributes(&filter.attribute)?,
        superseded: filter.superseded.unwrap_or(false),
    })
}

/// Names and values of attributes, each written `name=value`.
///
/// # Errors
/// Names the one that is not.
pub fn attributes(written: &[String]) -> ApiResult<Vec<(String, String)>> {
    let split = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(invalid(
            "attribute",
            text.as_str(),
            "has to be name=value, for example chamber=PVD-01 B",
        )),
    };
    written.iter().map(split).collect()
}
