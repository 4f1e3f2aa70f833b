//! What dashboards read, over 10,000 inspections with 1,000,000 defects, and a map of 100,000 defects.
//!
//! `cargo bench -p store --bench analytics`

mod cluster;

use std::{future::Future, time::Instant};

use cluster::Bench;
use sea_orm::ConnectionTrait;
use store::{
    Filter, Order, Paging,
    analytics::{self, Bucket, ParetoBy},
    defect::Choice,
    inspection::{self, Sort},
    stream::{MapBatch, Reader, Which},
};

const SEED: &str = include_str!("fab.sql");

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let bench = Bench::start().await;
        let db = &bench.db;
        let seed = store::TransactionTrait::begin(db).await.expect("begins");
        seed.execute_unprepared("set local statement_timeout = 0")
            .await
            .expect("sets");
        seed.execute_unprepared(SEED).await.expect("seeds");
        seed.commit().await.expect("commits");
        db.execute_unprepared("vacuum").await.expect("vacuums");

        let all = &Filter::default();
        let typed = &Filter {
            defect_types: vec![2, 3],
            ..Filter::default()
        };
        measure("key figures", || analytics::kpis(db, all)).await;
        measure("trend, a point an inspection", || {
            analytics::points(db, all, 10_000)
        })
        .await;
        measure("trend, two types", || analytics::points(db, typed, 10_000)).await;
        measure("trend, a point a week", || {
            analytics::buckets(db, all, Bucket::Week, 10_000)
        })
        .await;
        let inspections = analytics::points(db, all, 10_000)
            .await
            .expect("reads")
            .points;
        measure("15 types at 10,000 inspections", || {
            analytics::type_series(db, all, None, 10_000, &inspections, 15)
        })
        .await;
        let lots = analytics::buckets(db, all, Bucket::Lot, 10_000).await;
        let lots = lots.expect("reads").points;
        measure("15 types at 400 lots", || {
            analytics::type_series(db, all, Some(Bucket::Lot), 10_000, &lots, 15)
        })
        .await;
        let most = analytics::PanelsMost {
            inspections: 10_000,
            panels: 24,
            points: 2_000,
        };
        let tools = &analytics::SplitBy::Equipment;
        measure("trends of tools, a point an inspection", || {
            analytics::panels(db, all, tools, None, most)
        })
        .await;
        measure("trends of tools, a point a day", || {
            analytics::panels(db, all, tools, Some(Bucket::Day), most)
        })
        .await;
        measure("seasons", || analytics::season(db, all, 100_000)).await;
        measure("Pareto of types", || {
            analytics::pareto(db, all, ParetoBy::Type)
        })
        .await;
        measure("Pareto of tools", || {
            analytics::pareto(db, all, ParetoBy::Equipment)
        })
        .await;
        measure("facets", || analytics::facets(db, all)).await;
        let page = || {
            inspection::list(
                db,
                all,
                None,
                Sort::InspectedAt,
                Order::Descending,
                Paging::default(),
            )
        };
        measure("inspections, first page", page).await;
        measure("inspections, after a cursor", || {
            inspection::after(db, all, None, None, 20)
        })
        .await;
        let latest = inspection::after(db, all, None, None, 1)
            .await
            .expect("lists")
            .remove(0)
            .inspection_id;
        measure(
            "map of 100,000 defects, in batches of 32,768",
            || async move {
                let choice = Which::Placed(Choice::default());
                let mut reader = Reader::new([(latest, 100_000)], choice);
                let mut defects = 0;
                while let Some(batch) = reader.next::<MapBatch>(db, 32_768).await? {
                    defects += batch.defect_no.len();
                }
                Ok(defects)
            },
        )
        .await;
        bench.stop().await;
    });
}

/// Prints the median of 21 runs, and the first one.
async fn measure<T, F: Future<Output = store::Result<T>>>(name: &str, read: impl Fn() -> F) {
    let mut millis = Vec::new();
    for _ in 0..21 {
        let begun = Instant::now();
        read().await.expect(name);
        millis.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let first = millis[0];
    millis.sort_unstable_by(f64::total_cmp);
    println!(
        "{name:<46} {:>7.1} ms  (first {first:.1} ms)",
        millis[millis.len() / 2]
    );
}
