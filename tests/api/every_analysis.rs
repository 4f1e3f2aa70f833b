//! Every analysis asked in every way that takes another road through the statistics.

use std::fmt::Debug;

use contract::analytics::{
    Backtest, BacktestQuery, Bucket, ChartKind, Coefficient, CorrelationMatrix,
    CorrelationPairQuery, CorrelationQuery, LimitWidth, MemoryKind, Metric, Pareto, ParetoBy,
    ParetoQuery, ParetoWeight, RuleSet, Seasonality, SeasonalityQuery, Spc, SpcQuery, SplitBy,
    Trend, TrendQuery,
};
use contract::filter::Filter;
use serde_json::json;
use server::error::ApiError;
use server::service::analytics;
use wafermaps_tests::TestDb;

use crate::history::{self, Inspected};

/// `points` inspections, one every six hours, alternating between two tools: `count` particles and half as many
/// scratches on each. The two types.
pub async fn write(
    db: &TestDb,
    points: usize,
    count: impl Fn(usize) -> u64,
    area_cm2: impl Fn(usize) -> Option<f64>,
) -> (i64, i64) {
    let particle = history::defect_type(db, "Particle").await;
    let scratch = history::defect_type(db, "Scratch").await;
    let inspected: Vec<Inspected> = (0..points)
        .map(|number| Inspected {
            lot: format!("L{}", number / 5),
            equipment: Some(["INS-1", "INS-2"][number % 2]),
            area_cm2: area_cm2(number),
            parameters: json!({"chamber": (["A", "B", "C"][number % 3])}),
            ..Inspected::of_hour(
                number,
                6 * number,
                vec![(particle, count(number)), (scratch, count(number) / 2)],
            )
        })
        .collect();
    history::write(db, &inspected).await;
    (particle, scratch)
}

/// The value of an answer, every number in it finite: JSON would show others as absent.
#[track_caller]
pub fn finite<T: Debug>(what: &str, answer: Result<T, ApiError>) -> T {
    let answer = answer.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let text = format!("{answer:?}");
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    for word in words {
        assert!(
            !matches!(word, "NaN" | "inf" | "-inf" | "-NaN"),
            "{what}: {word} in {text:.2000}"
        );
    }
    answer
}

pub async fn trend(db: &TestDb, query: TrendQuery) -> Trend {
    finite(
        &format!("{query:?}"),
        analytics::trend(&db.db, &query).await,
    )
}

pub async fn spc(db: &TestDb, query: SpcQuery) -> Spc {
    finite(&format!("{query:?}"), analytics::spc(&db.db, &query).await)
}

pub async fn correlation(db: &TestDb, query: CorrelationQuery) -> CorrelationMatrix {
    finite(
        &format!("{query:?}"),
        analytics::correlation(&db.db, &query).await,
    )
}

pub async fn seasonality(db: &TestDb, metric: Option<Metric>) -> Seasonality {
    let query = SeasonalityQuery {
        metric,
        ..SeasonalityQuery::default()
    };
    finite(
        &format!("{query:?}"),
        analytics::seasonality(&db.db, &query).await,
    )
}

pub async fn backtest(db: &TestDb, query: BacktestQuery) -> Backtest {
    finite(
        &format!("{query:?}"),
        analytics::backtest(&db.db, &query).await,
    )
}

pub async fn pareto(db: &TestDb, query: ParetoQuery) -> Pareto {
    finite(
        &format!("{query:?}"),
        analytics::pareto(&db.db, &query).await,
    )
}

/// Asks every analysis in every way that takes another road through the statistics.
pub async fn ask_everything(db: &TestDb, types: Option<(i64, i64)>) {
    let splits = [
        SplitBy::Type,
        SplitBy::Equipment,
        SplitBy::Step,
        SplitBy::Product,
        SplitBy::Attribute,
    ];
    for (place, &bucket) in Bucket::ALL.iter().enumerate() {
        for &metric in Metric::ALL {
            let split = splits[place % splits.len()];
            trend(
                db,
                TrendQuery {
                    bucket: Some(bucket),
                    metric: Some(metric),
                    split: Some(split),
                    split_attribute: (split == SplitBy::Attribute).then(|| "chamber".to_owned()),
                    ..TrendQuery::default()
                },
            )
            .await;
            let memory = [MemoryKind::Ewma, MemoryKind::Cusum][place % 2];
            spc(
                db,
                SpcQuery {
                    bucket: Some(bucket),
                    metric: Some(metric),
                    memory: Some(memory),
                    ..SpcQuery::default()
                },
            )
            .await;
        }
        for coefficient in [Coefficient::Pearson, Coefficient::Spearman] {
            correlation(
                db,
                CorrelationQuery {
                    bucket: Some(bucket),
                    coefficient: Some(coefficient),
                    ..CorrelationQuery::default()
                },
            )
            .await;
        }
        if let Some((first, second)) = types {
            let query = CorrelationPairQuery {
                first: i32::try_from(first).ok(),
                second: i32::try_from(second).ok(),
                bucket: Some(bucket),
                ..CorrelationPairQuery::default()
            };
            finite("pair", analytics::correlation_pair(&db.db, &query).await);
        }
    }
    for &chart in ChartKind::ALL {
        for &width in LimitWidth::ALL {
            // Individuals have no exact limits, which is said elsewhere.
            if (chart, width) == (ChartKind::Imr, LimitWidth::Probability) {
                continue;
            }
            let rules = Some(RuleSet::Nelson);
            spc(
                db,
                SpcQuery {
                    chart: Some(chart),
                    width: Some(width),
                    rules,
                    ..SpcQuery::default()
                },
            )
            .await;
            if types.is_some() {
                backtest(
                    db,
                    BacktestQuery {
                        chart: Some(chart),
                        width: Some(width),
                        event: vec!["2026-01-01T05:00:00Z/2026-01-01T13:00:00Z/leak".to_owned()],
                        ..BacktestQuery::default()
                    },
                )
                .await;
            }
        }
    }
    for &metric in Metric::ALL {
        seasonality(db, Some(metric)).await;
    }
    for &by in ParetoBy::ALL {
        for &weight in ParetoWeight::ALL {
            pareto(
                db,
                ParetoQuery {
                    by: Some(by),
                    weight: Some(weight),
                    ..ParetoQuery::default()
                },
            )
            .await;
        }
    }
    finite(
        "dashboard",
        analytics::dashboard(&db.db, Filter::default()).await,
    );
    finite("facets", analytics::facets(&db.db, Filter::default()).await);
}
