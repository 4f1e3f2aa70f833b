//! Small answers of the API for the tests of this module.

use chrono::DateTime;
use contract::analytics::{
    Backtest, Bucket, ChartKind, Coefficient, ComparedPeriod, CorrelatedPair, CorrelatedType,
    CorrelationDetail, CorrelationMatrix, CorrelationResult, LimitWidth, Limits, Metric, Pareto,
    ParetoBy, ParetoComparison, ParetoRow, ParetoWeight, RateChange, SeasonBy, SeasonGroup,
    SeasonGrouping, Spc, SpcPhase, SpcPoint, Trend, TrendPoint,
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

/// A comparison of types with `(label, rate before, rate after, changed)`.
pub fn comparison(rows: &[(&str, f64, f64, bool)]) -> ParetoComparison {
    let period = ComparedPeriod {
        from: None,
        to: None,
        inspections: 10,
        area_cm2: Some(100.0),
        defects: 50,
    };
    let rows = rows.iter().map(|&(label, before, after, is_changed)| {
        let ratio = (before > 0.0).then(|| after / before);
        RateChange {
            key: label.to_owned(),
            label: label.to_owned(),
            colour: None,
            count_before: 5,
            count_after: 12,
            rate_before: before,
            rate_after: after,
            ratio,
            ratio_low: ratio.unwrap_or(1.0) / 2.0,
            ratio_high: ratio.map(|ratio| ratio * 2.0),
            p: 0.01,
            adjusted_p: 0.02,
            dispersion: None,
            is_changed,
        }
    });
    ParetoComparison {
        by: ParetoBy::Type,
        baseline: period.clone(),
        period,
        rows: rows.collect(),
        alpha: 0.05,
        per: "cm2".to_owned(),
    }
}

fn correlated(defect_type_id: i32, name: &str) -> CorrelatedType {
    CorrelatedType {
        defect_type_id,
        name: name.to_owned(),
        colour: "#336699".to_owned(),
        count: 9,
    }
}

/// Scratches and pits with both values of each point.
pub fn relation(values: &[(Option<f64>, Option<f64>)]) -> CorrelationDetail {
    let result = CorrelationResult {
        n: 3,
        r: Some(0.5),
        p: Some(0.04),
        interval95: None,
    };
    CorrelationDetail {
        bucket: Bucket::Lot,
        per: "cm2".to_owned(),
        first: correlated(1, "Scratch"),
        second: correlated(2, "Pit"),
        points: (0..)
            .zip(values)
            .map(|(index, &(first, _))| point(index, first))
            .collect(),
        second_values: values.iter().map(|&(_, second)| second).collect(),
        pearson: result.clone(),
        spearman: result,
        lags: Vec::new(),
        strongest_lag: None,
        left_out: 0,
    }
}

/// A matrix of three types with `(first, second, r, related)`.
pub fn matrix(pairs: &[(u32, u32, Option<f64>, bool)]) -> CorrelationMatrix {
    let pairs = pairs
        .iter()
        .map(|&(first, second, r, is_related)| CorrelatedPair {
            first,
            second,
            r,
            p: r.map(|_| 0.01),
            adjusted_p: r.map(|_| 0.03),
            is_related,
        });
    CorrelationMatrix {
        coefficient: Coefficient::Spearman,
        bucket: Bucket::Lot,
        points: 30,
        per: "cm2".to_owned(),
        types: vec![
            correlated(1, "Scratch"),
            correlated(2, "Pit"),
            correlated(3, "Void"),
        ],
        pairs: pairs.collect(),
        alpha: 0.05,
        types_left_out: 0,
        left_out: 0,
    }
}

/// Shifts with `(label, rate, ratio to the rest where it stands out)`.
pub fn season(groups: &[(&str, f64, Option<f64>)]) -> SeasonGrouping {
    let groups = groups.iter().map(|&(label, rate, ratio)| SeasonGroup {
        label: label.to_owned(),
        inspections: 20,
        count: 40,
        rate,
        median: rate,
        ratio_to_rest: ratio,
        ratio_interval95: ratio.map(|ratio| [ratio / 1.5, ratio * 1.5]),
        adjusted_p: Some(0.01),
        differs: ratio.is_some(),
    });
    SeasonGrouping {
        by: SeasonBy::Shift,
        groups: groups.collect(),
        p: Some(0.01),
        adjusted_p: Some(0.01),
        is_seasonal: true,
    }
}

/// Limits tried on points of a count of 10 with a false alarm at the first.
pub fn backtest(points: u32) -> Backtest {
    let points = vec![(10.0, 1.0, 20.0, &[] as &[&str]); points as usize];
    Backtest {
        limits: Limits {
            chart: ChartKind::U,
            metric: Metric::Count,
            width: LimitWidth::Sigma,
            width_value: 3.0,
            centre: 10.0,
            sigma: None,
            sigma_z: None,
            alpha: None,
            points: 5,
        },
        chart: spc(&points),
        quiet_points: 4,
        false_alarms: vec![0],
        false_alarm_share: Some(0.25),
        false_alarm_interval95: Some([0.006, 0.806]),
        points_between_false_alarms: Some(4.0),
        false_alarms_by_rule: std::collections::BTreeMap::new(),
        poisson_false_alarms: 2,
        events: Vec::new(),
    }
}
