//! What bad inspections have in common.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Metric, ParetoComparison, Violation};

api! {
    /// What bad inspections have in common that good ones have not.
    pub struct Commonality {
        /// Bad inspections.
        pub bad: i64,
        /// Good inspections.
        pub good: i64,
        /// How good and bad were told apart, in words.
        pub rule: String,
        /// Value above which an inspection is bad, in the unit of the metric; absent where the caller named the bad ones.
        pub bad_above: Option<f64>,
        /// What is charted.
        pub metric: Metric,
        /// First moment of the inspections that were looked at.
        pub from: Option<DateTime<Utc>>,
        /// End of them, exclusive.
        pub to: Option<DateTime<Utc>>,
        /// Suspects, strongest evidence first.
        pub suspects: Vec<Suspect>,
        /// Level at which they are called suspects, after Benjamini-Hochberg control.
        pub alpha: f64,
        /// Inspections left out because there are more than 10,000; the newest are kept.
        pub left_out: i64,
    }

    /// A value of an attribute, for example chamber B, and the counts behind it.
    pub struct Suspect {
        /// Attribute: `equipment`, `recipe`, `operator`, `slot`, `lot`, `step`, `product`, `run`, or the name of a delivered parameter.
        pub attribute: String,
        /// Value.
        pub value: String,
        /// Bad inspections with it.
        pub bad_with: i64,
        /// Bad inspections without it.
        pub bad_without: i64,
        /// Good inspections with it.
        pub good_with: i64,
        /// Good inspections without it.
        pub good_without: i64,
        /// Odds of being bad with it over those without it, 0.5 added to each count.
        pub odds_ratio: f64,
        /// 95 % confidence limits of that.
        pub odds_interval95: [f64; 2],
        /// Probability of so many bad ones with it by chance (Fisher's exact test, one-sided).
        pub p: f64,
        /// The same after Benjamini-Hochberg control over all values of all attributes.
        pub adjusted_p: f64,
        /// Whether it is a suspect at `alpha`.
        pub is_suspect: bool,
        /// Values of other attributes that the same inspections have: they cannot be told apart.
        pub same_as: Vec<AttributeValue>,
    }

    /// An attribute and its value.
    pub struct AttributeValue {
        /// Attribute.
        pub attribute: String,
        /// Value.
        pub value: String,
    }

    /// A violated point of a control chart, and all that speaks about its cause.
    pub struct Explanation {
        /// The point.
        pub point: ExplainedPoint,
        /// Rules that are broken at it.
        pub violations: Vec<Violation>,
        /// First moment of the excursion: where the signals around the point began.
        pub from: DateTime<Utc>,
        /// Its end: just after the last point that belongs to it.
        pub to: DateTime<Utc>,
        /// What bad inspections of that time have in common.
        pub commonality: Commonality,
        /// Which types changed against the time before.
        pub pareto: ParetoComparison,
        /// Where on the wafer the bad ones have more.
        pub zones: Vec<ZoneChange>,
        /// The worst inspections of the excursion, most defects first, at most 12, with links to their maps.
        pub evidence: Vec<ExplainedPoint>,
        /// Inspections whose defects were read for the zones: bad, then good.
        pub zone_inspections: [i64; 2],
    }

    /// An inspection in an explanation.
    pub struct ExplainedPoint {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Wafer.
        pub wafer_id: String,
        /// Lot.
        pub lot_id: String,
        /// Step.
        pub step_id: String,
        /// Tool.
        pub equipment_id: Option<String>,
        /// When.
        pub inspected_at: DateTime<Utc>,
        /// Defects that the filter counts.
        pub count: i64,
        /// Charted value.
        pub value: Option<f64>,
        /// Upper control limit.
        pub ucl: Option<f64>,
    }

    /// A zone of the wafer: five rings of equal area from the centre out, and eight sectors of 45 degrees.
    pub struct ZoneChange {
        /// `centre`, `ring 2` to `ring 4`, `edge`; `sector N`, `sector NE`, ... with the notch at S.
        pub zone: String,
        /// Defects of bad inspections in it.
        pub bad: i64,
        /// Defects of good inspections in it.
        pub good: i64,
        /// Defects per bad inspection.
        pub rate_bad: f64,
        /// Defects per good inspection.
        pub rate_good: f64,
        /// Bad over good; absent where the good ones have none.
        pub ratio: Option<f64>,
        /// Two-sided probability of such a ratio by chance, after Benjamini-Hochberg control over the zones.
        pub adjusted_p: f64,
        /// Whether it stands out at 5 %.
        pub is_changed: bool,
    }
}

filtered_query! {
    /// Which inspections are bad and which are good. Both are those under the filter.
    ///
    /// Bad are those named by `bad`; else those whose value is above `bad_above`; else those that a
    /// recommended control chart of the window finds high.
    pub struct CommonalityQuery {
        /// Bad inspections by name. Several: repeat the name.
        pub bad: Vec<Uuid>,
        /// Value above which an inspection is bad, in the unit of the metric.
        pub bad_above: Option<f64>,
        /// Default `density` where areas are known, otherwise `count`.
        pub metric: Option<Metric>,
        /// 0.001 to 0.2, default 0.05.
        pub alpha: Option<f64>,
    }
}

filtered_query! {
    /// The violated point to explain, on the chart that the other parameters describe, as for `/analytics/spc`.
    pub struct ExplainQuery {
        /// The violated inspection.
        pub inspection_id: Option<Uuid>,
        /// The control chart on which it is violated; its definition then replaces filter and chart parameters.
        pub control_chart_id: Option<Uuid>,
        /// Default `auto`.
        pub chart: Option<super::ChartKind>,
        /// Default `count`; `u` and `laney_u` chart density.
        pub metric: Option<Metric>,
        /// Default `western_electric`.
        pub rules: Option<super::RuleSet>,
        /// Single rules instead of a set. Several: repeat the name.
        pub rule: Vec<String>,
        /// Default: what fits the counts, exact quantiles (`probability`) on a recommended chart of small or lopsided
        /// counts, 3 sigma otherwise.
        pub width: Option<super::LimitWidth>,
        /// As for the control chart.
        pub width_value: Option<f64>,
        /// Limits are computed from the points from here on; default: all points.
        pub baseline_from: Option<DateTime<Utc>>,
        /// Limits are computed from the points before this.
        pub baseline_to: Option<DateTime<Utc>>,
    }
}
