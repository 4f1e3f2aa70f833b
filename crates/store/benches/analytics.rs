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
    inspection::{self, Sort},
};

/// 400 lots of 25 wafers, each inspected once at one of 5 steps, 100 defects of 20 types on each; and one wafer with 100,000.
const SEED: &str = "
    insert into equipment (equipment_id, name) select 'INS-' || n, 'Tool ' || n from generate_series(1, 8) n;
    insert into defect_type (name, killer, severity) select 'Type ' || n, n % 4 = 0, 1 + n % 5 from generate_series(1, 19) n;
    insert into wafer (wafer_id, id_scheme, lot_id, slot)
        select format('L%s:%s', n / 25, n % 25), 'lot_slot', 'L' || n / 25, n % 25 from generate_series(0, 9999) n;
    select ensure_defect_partition(timestamptz '2025-01-15Z' + m * interval '1 month') from generate_series(0, 11) m;
    create temp table seeded as
        select (left(uuid_v7_floor(at)::text, 13) || '-7' || substr(gen_random_uuid()::text, 16))::uuid as id, n, at
        from (select n, timestamptz '2025-01-01Z' + n * interval '52 minutes' as at from generate_series(0, 9999) n) t;
    insert into inspection (inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id, inspected_at, area_cm2, parameters)
        select id, format('L%s:%s', n / 25, n % 25), 'INS-' || 1 + n % 8, 'L' || n / 25, 'STEP-' || n % 5, 'CHIP-' || n % 3, at, 250,
            jsonb_build_object('header', repeat('keyword ', 100)) from seeded;
    insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um)
        select id, d, 1 + (n * 7 + d * d) % 20, d, d, d % 20, d % 17, 1 from seeded, generate_series(1, 100) d;
    insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um)
        select (select id from seeded where n = 9999), d, 1 + d % 20, d % 150, d % 149, d % 20, d % 17, 1 from generate_series(101, 100100) d;
    analyze;";

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
            "map of 100,000 defects, in batches of 16,384",
            || async move {
                let mut after = None;
                let mut defects = 0;
                loop {
                    let columns = analytics::map_columns(db, latest, &[], after, 16_384).await?;
                    defects += columns.defect_no.len();
                    after = columns.defect_no.last().copied();
                    if columns.defect_no.len() < 16_384 {
                        return Ok(defects);
                    }
                }
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
