//! Key figures, facets and trends.

use contract::analytics::{Bucket, Facet, Facets, Kpis, Metric, TrendPoint};
use store::analytics::Point;

/// Key figures with their quotients.
pub fn kpis(row: &store::analytics::Kpis) -> Kpis {
    let quotient = |sum: i64, of: f64| (of > 0.0).then(|| sum as f64 / of);
    Kpis {
        inspections: row.inspections,
        wafers: row.wafers,
        lots: row.lots,
        equipment: row.equipment,
        defects: row.defects,
        mean_count: quotient(row.defects, row.inspections as f64),
        density_per_cm2: quotient(row.defects_in_area, row.area_cm2),
        area_cm2: row.area_cm2,
    }
}

/// Values to choose from.
pub fn facets(row: store::analytics::Facets) -> Facets {
    let all = |rows: Vec<store::analytics::Facet>| rows.into_iter().map(facet).collect();
    Facets {
        steps: all(row.steps),
        products: all(row.products),
        equipment: all(row.equipment),
        lots: all(row.lots),
        defect_types: all(row.defect_types),
        elements: all(row.elements),
        window: row.window.map(|(first, latest)| [first, latest]),
    }
}

fn facet(row: store::analytics::Facet) -> Facet {
    Facet {
        key: row.key,
        label: row.label,
        count: row.count,
    }
}

/// A point: its value is a mean per inspection, or a density.
pub fn point(row: Point, bucket: Bucket, metric: Metric) -> TrendPoint {
    let value = match metric {
        Metric::Count => Some(row.defects as f64 / row.inspections.max(1) as f64),
        Metric::Density => row.area_cm2.map(|area| row.defects_in_area as f64 / area),
    };
    let label = match bucket {
        Bucket::Inspection | Bucket::Wafer => row.wafer_id.clone().unwrap_or_default(),
        Bucket::Lot => row.lot_id.clone().unwrap_or_default(),
        Bucket::Shift => row.at.format("%Y-%m-%d %H:%M").to_string(),
        Bucket::Day => row.at.format("%Y-%m-%d").to_string(),
        Bucket::Week => row.at.format("%G-W%V").to_string(),
    };
    TrendPoint {
        at: row.at,
        label,
        value,
        count: row.defects,
        area_cm2: row.area_cm2,
        inspections: row.inspections,
        inspection_id: row.inspection_id,
        wafer_id: row.wafer_id,
        lot_id: row.lot_id,
        step_id: row.step_id,
        equipment_id: row.equipment_id,
    }
}
