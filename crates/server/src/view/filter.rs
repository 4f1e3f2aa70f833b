//! The filter bar.

use contract::filter::Filter;

/// The filter as the database takes it.
pub fn filter(filter: Filter) -> store::Filter {
    store::Filter {
        from: filter.from,
        to: filter.to,
        steps: filter.step,
        products: filter.product,
        equipment: filter.equipment,
        lots: filter.lot,
        wafers: filter.wafer,
        defect_types: filter.defect_type,
        elements: filter.element,
        superseded: filter.superseded.unwrap_or(false),
    }
}
