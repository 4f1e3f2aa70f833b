//! Trends, control charts, Pareto, maps.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::defect::DefectColumns;
use crate::inspection::{Geometry, Inspection};

words! {
    /// What is charted.
    pub enum Metric {
        /// Defects per inspection.
        Count = "count",
        /// Defects per cm2 of inspected area.
        Density = "density",
    }
}

words! {
    /// How points are formed.
    pub enum Bucket {
        /// One point per inspection.
        Inspection = "inspection",
        /// One point per lot (mean over its inspections).
        Lot = "lot",
        /// One point per day, UTC.
        Day = "day",
        /// One point per ISO week, UTC.
        Week = "week",
    }
}

words! {
    /// The control chart.
    pub enum ChartKind {
        /// The one that fits the dispersion measured; the answer says which and why.
        Auto = "auto",
        /// Individuals and moving range.
        Imr = "imr",
        /// Counts on equal areas, Poisson.
        C = "c",
        /// Counts on differing areas, Poisson.
        U = "u",
        /// Laney u': counts on differing areas with more (or less) spread than Poisson.
        LaneyU = "laney_u",
    }
}

words! {
    /// The run rules.
    pub enum RuleSet { WesternElectric = "western_electric", Nelson = "nelson" }
}

words! {
    /// What a Pareto counts by.
    pub enum ParetoBy {
        /// Defect type.
        Type = "type",
        /// Process step.
        Step = "step",
        /// Tool.
        Equipment = "equipment",
        /// Product.
        Product = "product",
        /// Lot.
        Lot = "lot",
        /// Chemical element: defects whose spectra speak for it; one with several elements counts in each.
        Element = "element",
    }
}

words! {
    /// What a Pareto ranks by.
    pub enum ParetoWeight {
        /// Defects.
        Count = "count",
        /// Defects per cm2 of the inspected area.
        Density = "density",
        /// Wafers with at least one such defect.
        Wafers = "wafers",
        /// Defects times severity.
        Severity = "severity",
        /// Defects of killer types only.
        Killers = "killers",
    }
}

api! {
    /// The dashboard under a filter.
    pub struct Dashboard {
        /// Key figures.
        pub kpis: Kpis,
        /// The same figures of the window of equal length just before; absent without a window.
        pub previous: Option<Kpis>,
        /// Defects of the newest 200 inspections, with limits from these.
        pub trend: Spc,
        /// Pareto of defect types.
        pub pareto: Pareto,
        /// The latest inspections, newest first, at most 10.
        pub latest: Vec<Inspection>,
    }

    /// Key figures.
    #[derive(Default)]
    pub struct Kpis {
        /// Inspections.
        pub inspections: i64,
        /// Wafers.
        pub wafers: i64,
        /// Lots.
        pub lots: i64,
        /// Tools.
        pub equipment: i64,
        /// Defects.
        pub defects: i64,
        /// Mean defects per inspection.
        pub mean_count: Option<f64>,
        /// Defects per cm2 over all inspections whose area is known.
        pub density_per_cm2: Option<f64>,
        /// Inspected area in cm2.
        pub area_cm2: f64,
    }

    /// A trend: one series of points.
    pub struct Trend {
        /// What is charted.
        pub metric: Metric,
        /// How points are formed.
        pub bucket: Bucket,
        /// Points, oldest first.
        pub points: Vec<TrendPoint>,
        /// Trailing mean over `window` points, absent until that many exist.
        pub moving_average: Vec<Option<f64>>,
        /// Points in the moving average.
        pub window: u32,
        /// Points left out because the filter holds more than can be charted (10,000); the newest are kept.
        pub left_out: i64,
    }

    /// One point of a trend.
    pub struct TrendPoint {
        /// Time: of the inspection, or the start of the bucket.
        pub at: DateTime<Utc>,
        /// What to write at the point, for example the wafer.
        pub label: String,
        /// Value in the unit of the metric; absent where the metric needs an area that is not known.
        pub value: Option<f64>,
        /// Defects.
        pub count: i64,
        /// Inspected area in cm2.
        pub area_cm2: Option<f64>,
        /// Inspections in it.
        pub inspections: i64,
        /// The inspection, where the point is one.
        pub inspection_id: Option<Uuid>,
        /// Wafer, where the point is one inspection.
        pub wafer_id: Option<String>,
        /// Lot, where the point is of one.
        pub lot_id: Option<String>,
        /// Step, where the point is one inspection.
        pub step_id: Option<String>,
        /// Tool, where the point is one inspection.
        pub equipment_id: Option<String>,
    }

    /// A control chart.
    pub struct Spc {
        /// What was asked for.
        pub requested: ChartKind,
        /// The chart that was drawn.
        pub chart: ChartKind,
        /// Why this chart, in words, with the figures.
        pub reason: String,
        /// What is charted.
        pub metric: Metric,
        /// Rules that were judged.
        pub rules: RuleSet,
        /// Points, oldest first.
        pub points: Vec<SpcPoint>,
        /// Centre line; absent with too few points.
        pub centre: Option<f64>,
        /// Moving ranges and their limits, for the individuals chart.
        pub moving_range: Option<MovingRange>,
        /// Dispersion of the counts.
        pub dispersion: Option<Dispersion>,
        /// Broken rules, oldest first.
        pub violations: Vec<Violation>,
        /// Points left out of the chart because they lack an area, which its kind needs.
        pub without_area: i64,
        /// Points left out because the filter holds more than are charted (10,000; on the dashboard 200); the newest are kept.
        pub left_out: i64,
    }

    /// One point of a control chart.
    pub struct SpcPoint {
        /// The point.
        pub point: TrendPoint,
        /// Value that is charted.
        pub value: f64,
        /// Lower control limit at this point.
        pub lcl: Option<f64>,
        /// Upper control limit at this point.
        pub ucl: Option<f64>,
        /// Standard deviation used at this point.
        pub sigma: Option<f64>,
        /// Ids of the rules that are broken at this point.
        pub rules: Vec<String>,
    }

    /// The moving-range half of an individuals chart.
    pub struct MovingRange {
        /// Absolute differences, one per point, none for the first.
        pub values: Vec<Option<f64>>,
        /// Mean moving range.
        pub centre: f64,
        /// Upper limit.
        pub ucl: f64,
        /// Lower limit.
        pub lcl: f64,
        /// Indices of points beyond the limits.
        pub beyond: Vec<u32>,
    }

    /// How the counts spread.
    pub struct Dispersion {
        /// Variance over mean of the counts (Pearson ratio where areas differ): 1 for Poisson.
        pub ratio: f64,
        /// Probability of a ratio this high under Poisson.
        pub p_over: f64,
        /// Percent of points that Poisson limits would flag.
        pub poisson_flagged_percent: f64,
    }

    /// A broken rule.
    pub struct Violation {
        /// Id of the rule, for example `we1`.
        pub rule: String,
        /// Its name.
        pub name: String,
        /// What it means, in words.
        pub meaning: String,
        /// Index of the point at which the pattern is complete.
        pub index: u32,
        /// Indices of all points of the pattern.
        pub points: Vec<u32>,
        /// Time of the point at which the pattern is complete.
        pub at: DateTime<Utc>,
        /// Its inspection.
        pub inspection_id: Option<Uuid>,
        /// Its label.
        pub label: String,
    }

    /// A Pareto.
    pub struct Pareto {
        /// What it counts by.
        pub by: ParetoBy,
        /// What it ranks by.
        pub weight: ParetoWeight,
        /// Rows, largest first.
        pub rows: Vec<ParetoRow>,
        /// Sum of the ranked values (for wafers and density: of the rows).
        pub total: f64,
        /// Defects in all.
        pub defects: i64,
        /// Leading rows that together reach 80 percent.
        pub vital_few: u32,
    }

    /// One bar of a Pareto.
    pub struct ParetoRow {
        /// Key to filter by: the type's id, or the step, tool, product or lot.
        pub key: String,
        /// What to write at the bar.
        pub label: String,
        /// Colour of the type; absent for other Paretos.
        pub colour: Option<String>,
        /// Ranked value.
        pub value: f64,
        /// Percent of the total.
        pub percent: f64,
        /// Percent of this and all larger rows.
        pub cumulative_percent: f64,
        /// Defects.
        pub count: i64,
        /// Wafers with at least one.
        pub wafers: i64,
        /// Inspections with at least one.
        pub inspections: i64,
        /// Severity of the type; absent for other Paretos.
        pub severity: Option<i32>,
        /// Killer type.
        pub killer: bool,
    }

    /// Defects of a wafer for drawing.
    pub struct WaferMap {
        /// Wafer.
        pub wafer_id: String,
        /// Outline and die grid, of the latest inspection shown.
        pub geometry: Geometry,
        /// Inspected dies: lower-left corners and sizes, ready to draw.
        pub dies: MapDies,
        /// The inspections shown, oldest first.
        pub inspections: Vec<MapInspection>,
        /// The types shown, most defects first.
        pub types: Vec<MapType>,
        /// The defects.
        pub defects: DefectColumns,
        /// Defects without a position, which cannot be drawn.
        pub unplaced: i64,
        /// Defects left out because there are more than can be sent (1,000,000).
        pub left_out: i64,
    }

    /// Dies as columns, one value per die in each.
    #[derive(Default)]
    pub struct MapDies {
        /// Die column, as delivered.
        pub die_x: Vec<i32>,
        /// Die row, as delivered.
        pub die_y: Vec<i32>,
        /// Left edge from the wafer centre, mm, notch down.
        pub left_mm: Vec<f64>,
        /// Lower edge from the wafer centre, mm, y up.
        pub bottom_mm: Vec<f64>,
        /// Width of every die, mm.
        pub width_mm: f64,
        /// Height of every die, mm.
        pub height_mm: f64,
        /// `true`: these dies were inspected. `false`: the file had no plan; they are the grid inside the outline.
        pub planned: bool,
    }

    /// An inspection on a map.
    pub struct MapInspection {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Step.
        pub step_id: String,
        /// When.
        pub inspected_at: DateTime<Utc>,
        /// Defects.
        pub defect_count: i64,
    }

    /// A defect type on a map.
    pub struct MapType {
        /// Type.
        pub defect_type_id: i32,
        /// Name.
        pub name: String,
        /// `#rrggbb`.
        pub colour: String,
        /// Defects shown.
        pub count: i64,
    }

    /// Values to choose from in the filter bar.
    pub struct Facets {
        /// Steps.
        pub steps: Vec<Facet>,
        /// Products.
        pub products: Vec<Facet>,
        /// Tools.
        pub equipment: Vec<Facet>,
        /// Lots, latest first, at most 500.
        pub lots: Vec<Facet>,
        /// Defect types.
        pub defect_types: Vec<Facet>,
        /// Chemical elements, most defects first.
        pub elements: Vec<Facet>,
        /// First and latest inspection.
        pub window: Option<[DateTime<Utc>; 2]>,
    }

    /// One value to choose.
    pub struct Facet {
        /// Value for the filter.
        pub key: String,
        /// What to write.
        pub label: String,
        /// Inspections (for types and elements: defects) with it.
        pub count: i64,
    }
}

filtered_query! {
    /// What the dashboard shows.
    pub struct DashboardQuery {}
}

filtered_query! {
    /// What a trend shows.
    pub struct TrendQuery {
        /// Default `count`.
        pub metric: Option<Metric>,
        /// Default `inspection`.
        pub bucket: Option<Bucket>,
        /// Points in the moving average, 2 to 100, default 7.
        pub window: Option<u32>,
    }
}

filtered_query! {
    /// What a control chart shows.
    pub struct SpcQuery {
        /// Default `auto`.
        pub chart: Option<ChartKind>,
        /// Default `count`; `u` and `laney_u` chart density.
        pub metric: Option<Metric>,
        /// Default `western_electric`.
        pub rules: Option<RuleSet>,
        /// Limits are computed from the points from here on; default: all points.
        pub baseline_from: Option<DateTime<Utc>>,
        /// Limits are computed from the points before this.
        pub baseline_to: Option<DateTime<Utc>>,
    }
}

filtered_query! {
    /// What a Pareto shows.
    pub struct ParetoQuery {
        /// Default `type`.
        pub by: Option<ParetoBy>,
        /// Default `count`.
        pub weight: Option<ParetoWeight>,
        /// Rows, 1 to 100, default 30; the rest is summed in a row `other`.
        pub limit: Option<u32>,
    }
}

query! {
    /// What a wafer map shows.
    pub struct WaferMapQuery {
        /// Only this inspection; default: the wafer's current inspections.
        pub inspection_id: Option<Uuid>,
        /// Only these steps.
        pub step: Vec<String>,
        /// Only these defect types.
        pub defect_type: Vec<i32>,
    }
}
