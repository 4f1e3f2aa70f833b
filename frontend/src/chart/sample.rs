//! Small answers of the API for the tests of this module.

use chrono::DateTime;
use contract::analytics::{
    Bucket, ChartKind, LimitWidth, Metric, Pareto, ParetoBy, ParetoRow, ParetoWeight, Spc,
    SpcPhase, SpcPoint, Trend, TrendPoint,
};
use uuid::Uuid;

/// Inspection `1 + index` of a wafer, an hour after the one before.
pub fn point(index: u32, value: Option<f64>) -> TrendPoint {
    TrendPoint {
        at: DateTime::from_timestamp(1_790_000_000 + i64::from(index) * 3600, 0)
            .expect("a valid time"),
        label: format!("LOT-{index:02}"),
        value,
        count: 3,
        area_cm2: None,
        inspections: 1,
        inspection_id: Some(Uuid::from_u128(u128::from(index) + 1)),
        wafer_id: None,
        lot_id: None,
        step_id: Some("M1-CMP".to_owned()),
        equipment_id: None,
    }
}

/// A chart of counts with `(value, lower, upper limit, rules)` of each point.
pub fn spc(points: &[(f64, f64, f64, &[&str])]) -> Spc {
    let points = (0..)
        .zip(points)
        .map(|(index, &(value, lcl, ucl, rules))| SpcPoint {
            point: point(index, Some(value)),
            value,
            lcl: Some(lcl),
            ucl: Some(ucl),
            centre: Some(10.0),
            sigma: None,
            stage: 0,
            phase: SpcPhase::One,
            excluded: None,
            rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
        });
    Spc {
        requested: ChartKind::Auto,
        chart: ChartKind::U,
        reason: String::new(),
        metric: Metric::Count,
        findings: Vec::new(),
        bucket: Bucket::Inspection,
        width: LimitWidth::Sigma,
        width_value: 3.0,
        rules: ["we1", "we2", "we3", "we4"].map(str::to_owned).to_vec(),
        stages: Vec::new(),
        memory: None,
        points: points.collect(),
        centre: Some(10.0),
        moving_range: None,
        dispersion: None,
        violations: Vec::new(),
        without_area: 0,
        left_out: 0,
    }
}

/// A trend of inspections with a mean of 2.
pub fn trend(values: &[Option<f64>], moving_average: &[Option<f64>]) -> Trend {
    Trend {
        metric: Metric::Density,
        bucket: Bucket::Inspection,
        points: (0..)
            .zip(values)
            .map(|(index, &value)| point(index, value))
            .collect(),
        moving_average: moving_average.to_vec(),
        window: 2,
        smoothed: Vec::new(),
        lambda: 0.2,
        line: None,
        monotonic: None,
        changes: Vec::new(),
        change_penalty: None,
        panels: Vec::new(),
        panels_left_out: 0,
        left_out: 0,
    }
}

/// A Pareto of types with `(key, value, cumulative percent, colour)`.
pub fn pareto(rows: &[(&str, f64, f64, Option<&str>)]) -> Pareto {
    let rows = rows
        .iter()
        .map(|&(key, value, cumulative_percent, colour)| ParetoRow {
            key: key.to_owned(),
            label: format!("type {key}"),
            colour: colour.map(str::to_owned),
            value,
            percent: 50.0,
            cumulative_percent,
            count: 7,
            wafers: 2,
            inspections: 3,
            severity: None,
            killer: false,
        });
    Pareto {
        by: ParetoBy::Type,
        weight: ParetoWeight::Count,
        rows: rows.collect(),
        total: 1.0,
        defects: 7,
        vital_few: 1,
    }
}
