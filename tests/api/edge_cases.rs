//! Series that leave statistics little to hold on to, and long ones: an answer or a clear message from every analysis.

use std::time::Instant;

use contract::ErrorCode;
use contract::analytics::{
    BacktestQuery, Bucket, ChartKind, CorrelationPairQuery, CorrelationQuery, Metric, ParetoQuery,
    SpcQuery, SplitBy, TrendQuery,
};
use contract::filter::Filter;
use server::service::analytics;

use crate::every_analysis::{
    ask_everything, backtest, correlation, finite, pareto, seasonality, spc, trend, write,
};
use crate::harness::TestApp;

#[actix_web::test]
async fn no_inspection_is_an_empty_answer_or_a_clear_message() {
    let app = TestApp::start().await;
    ask_everything(&app.db, None).await;
    let viewer = app.viewer().await;

    let trend = trend(
        &app.db,
        TrendQuery {
            split: Some(SplitBy::Type),
            ..TrendQuery::default()
        },
    )
    .await;
    assert_eq!(
        (
            trend.points.len(),
            trend.panels.len(),
            trend.line,
            trend.monotonic
        ),
        (0, 0, None, None)
    );
    let seasons = seasonality(&app.db, None).await;
    assert!(seasons.groupings.is_empty() && seasons.days.is_empty());
    assert!(seasons.note.is_some_and(|note| note.contains("0 days")));
    let matrix = correlation(&app.db, CorrelationQuery::default()).await;
    assert_eq!(
        (matrix.points, matrix.types.len(), matrix.pairs.len()),
        (0, 0, 0)
    );
    let backtest = viewer.get("/analytics/backtest").await;
    assert_eq!(backtest.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(backtest.details()["field"], "filter");
    let map = viewer.get("/analytics/wafer-map/nothing").await;
    assert_eq!(map.refusal(), (404, ErrorCode::WaferNotFound));
}

#[actix_web::test]
async fn one_inspection_has_values_and_no_trend() {
    let app = TestApp::start().await;
    let types = write(&app.db, 1, |_| 4, |_| Some(50.0)).await;
    ask_everything(&app.db, Some(types)).await;

    let trend = trend(
        &app.db,
        TrendQuery {
            metric: Some(Metric::Density),
            ..TrendQuery::default()
        },
    )
    .await;
    assert_eq!(trend.points[0].value, Some(0.12));
    assert_eq!(trend.smoothed, [Some(0.12)]);
    assert_eq!(
        (trend.line, trend.monotonic, trend.change_penalty),
        (None, None, None)
    );
    let tried = backtest(
        &app.db,
        BacktestQuery {
            chart: Some(ChartKind::C),
            ..BacktestQuery::default()
        },
    )
    .await;
    assert_eq!(
        (
            tried.quiet_points,
            tried.false_alarms.len(),
            tried.limits.centre
        ),
        (1, 0, 6.0)
    );
    let matrix = correlation(&app.db, CorrelationQuery::default()).await;
    assert_eq!((matrix.points, matrix.pairs[0].r), (1, None));
}

#[actix_web::test]
async fn two_inspections_are_on_a_line_whatever_they_are_so_none_is_drawn() {
    let app = TestApp::start().await;
    let types = write(&app.db, 2, |number| 4 + 10 * number as u64, |_| Some(100.0)).await;
    ask_everything(&app.db, Some(types)).await;

    let trend = trend(&app.db, TrendQuery::default()).await;
    assert_eq!((trend.line, trend.monotonic), (None, None));
    let query = CorrelationQuery {
        bucket: Some(Bucket::Inspection),
        ..CorrelationQuery::default()
    };
    let matrix = correlation(&app.db, query).await;
    assert_eq!(
        (matrix.points, matrix.pairs[0].p, matrix.pairs[0].is_related),
        (2, None, false)
    );
}

#[actix_web::test]
async fn a_constant_series_has_no_trend_no_season_and_no_violation() {
    let app = TestApp::start().await;
    let types = write(&app.db, 120, |_| 4, |_| Some(100.0)).await;
    ask_everything(&app.db, Some(types)).await;

    let trend = trend(&app.db, TrendQuery::default()).await;
    let line = trend.line.expect("a line");
    assert_eq!(
        (
            line.first,
            line.last,
            line.slope_per_day,
            line.r_squared,
            line.p
        ),
        (6.0, 6.0, 0.0, None, None)
    );
    let monotonic = trend.monotonic.expect("a test");
    assert_eq!(
        (monotonic.tau, monotonic.p, monotonic.sen_slope),
        (None, 1.0, Some(0.0))
    );
    assert!(trend.changes.is_empty());
    let seasons = seasonality(&app.db, None).await;
    assert!(
        seasons
            .groupings
            .iter()
            .all(|grouping| grouping.p.is_none() && !grouping.is_seasonal)
    );
    assert!(seasons.autocorrelation.is_none() && seasons.decomposition.is_none());
    assert!(seasons.note.is_some_and(|note| note.contains("equal")));
    let matrix = correlation(&app.db, CorrelationQuery::default()).await;
    assert_eq!(matrix.pairs[0].r, None);
    let shown = pareto(&app.db, ParetoQuery::default()).await;
    assert_eq!((shown.rows.len(), shown.total), (2, 720.0));
}

#[actix_web::test]
async fn inspections_without_a_defect_are_values_of_0() {
    let app = TestApp::start().await;
    let types = write(&app.db, 60, |_| 0, |_| Some(100.0)).await;
    ask_everything(&app.db, Some(types)).await;

    let trend = trend(
        &app.db,
        TrendQuery {
            split: Some(SplitBy::Type),
            ..TrendQuery::default()
        },
    )
    .await;
    assert!(trend.points.iter().all(|point| point.value == Some(0.0)));
    assert!(trend.changes.is_empty() && trend.panels.is_empty());
    let chart = spc(&app.db, SpcQuery::default()).await;
    assert_eq!((chart.centre, chart.violations.len()), (Some(0.0), 0));
    let tried = backtest(&app.db, BacktestQuery::default()).await;
    assert_eq!(
        (tried.quiet_points, tried.false_alarm_share),
        (60, Some(0.0))
    );
    assert_eq!(tried.points_between_false_alarms, None);
    let matrix = correlation(&app.db, CorrelationQuery::default()).await;
    assert_eq!((matrix.types.len(), matrix.pairs.len()), (0, 0));
    let shown = pareto(&app.db, ParetoQuery::default()).await;
    assert_eq!((shown.rows.len(), shown.total), (0, 0.0));
}

#[actix_web::test]
async fn without_any_area_counts_are_shown_where_densities_cannot_be() {
    let app = TestApp::start().await;
    let types = write(&app.db, 60, |number| number as u64 % 5, |_| None).await;
    ask_everything(&app.db, Some(types)).await;

    let density = Some(Metric::Density);
    let trend = trend(
        &app.db,
        TrendQuery {
            metric: density,
            ..TrendQuery::default()
        },
    )
    .await;
    assert!(trend.points.iter().all(|point| point.value.is_none()));
    assert_eq!(
        (trend.line, trend.monotonic, trend.change_penalty),
        (None, None, None)
    );
    assert_eq!((trend.smoothed.len(), trend.moving_average.len()), (60, 60));
    let chart = spc(
        &app.db,
        SpcQuery {
            metric: density,
            ..SpcQuery::default()
        },
    )
    .await;
    assert_eq!(
        (chart.metric, chart.without_area, chart.points.len()),
        (Metric::Count, 0, 60)
    );
    let matrix = correlation(&app.db, CorrelationQuery::default()).await;
    assert_eq!(matrix.per, "inspection");
    let seasons = seasonality(&app.db, density).await;
    assert_eq!(
        (seasons.metric, seasons.without_area, seasons.inspections),
        (Metric::Count, 0, 60)
    );
}

#[actix_web::test]
async fn where_some_areas_are_missing_densities_leave_those_points_out_and_say_so() {
    let app = TestApp::start().await;
    let area = |number: usize| (!number.is_multiple_of(3)).then_some(100.0);
    let types = write(&app.db, 60, |number| number as u64 % 5, area).await;
    ask_everything(&app.db, Some(types)).await;

    let density = Some(Metric::Density);
    let trend = trend(
        &app.db,
        TrendQuery {
            metric: density,
            ..TrendQuery::default()
        },
    )
    .await;
    assert_eq!(
        (trend.points[0].value, trend.points[1].value),
        (None, Some(0.01))
    );
    assert_eq!(
        (trend.smoothed[0], trend.smoothed[3], trend.line.is_some()),
        (None, None, true)
    );
    let tried = backtest(
        &app.db,
        BacktestQuery {
            metric: density,
            ..BacktestQuery::default()
        },
    )
    .await;
    assert_eq!((tried.quiet_points, tried.chart.without_area), (40, 20));
    // A lot's density is that of its inspections whose area is known: here 1 + 0, 2 + 1 and 4 + 2 particles and
    // scratches of wafers 1, 2 and 4 on 300 cm2, without those of wafers 0 and 3.
    let query = SpcQuery {
        metric: density,
        bucket: Some(Bucket::Lot),
        ..SpcQuery::default()
    };
    let by_lot = spc(&app.db, query).await;
    assert_eq!(by_lot.points[0].value, (1.0 + 3.0 + 6.0) / 300.0);
    // Every lot has inspections with an area: those are what it is compared by.
    let by_lot = correlation(&app.db, CorrelationQuery::default()).await;
    let query = CorrelationQuery {
        bucket: Some(Bucket::Inspection),
        ..CorrelationQuery::default()
    };
    let by_inspection = correlation(&app.db, query).await;
    assert_eq!(
        (by_lot.per.as_str(), by_inspection.per.as_str()),
        ("cm2", "inspection")
    );
}

/// 4,000 lots of 25 wafers, an inspection every half hour; every seventh has no scratch, every hundredth no area.
const A_HUNDRED_THOUSAND: &str = "
    -- Foreign keys and triggers look at each row; these rows are right as they are.
    set session_replication_role = replica;
    insert into equipment (equipment_id, name) select 'INS-' || n, 'Tool ' || n from generate_series(0, 7) n;
    insert into defect_type (name) values ('Particle'), ('Scratch');
    insert into wafer (wafer_id, id_scheme, lot_id)
        select format('L%s:%s', n / 25, n % 25), 'lot_slot', 'L' || n / 25 from generate_series(0, 99999) n;
    create temp table seeded as
        select (left(uuid_v7_floor(at)::text, 13) || '-7' || substr(gen_random_uuid()::text, 16))::uuid as id, n, at,
            5 + n * 7919 % 11 as particles, n % 7 as scratches
        from (select n, timestamptz '2020-01-01Z' + n * interval '30 minutes' as at from generate_series(0, 99999) n) t;
    insert into inspection_type_count (inspection_id, defect_type_id, defect_count)
        select id, (select defect_type_id from defect_type where name = 'Particle'), particles from seeded
        union all
        select id, (select defect_type_id from defect_type where name = 'Scratch'), scratches from seeded where scratches > 0;
    insert into inspection (inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id, inspected_at, area_cm2, defect_count, type_counts, parameters)
        select id, format('L%s:%s', n / 25, n % 25), 'INS-' || n % 8, 'L' || n / 25, 'M1', 'CHIP', at,
            case when n % 100 > 0 then 700 end, particles + scratches, packed_type_counts(id),
            jsonb_build_object('chamber', n % 30) from seeded;
    drop table seeded;
    reset session_replication_role;
    analyze;";

#[actix_web::test]
async fn a_hundred_thousand_inspections_are_answered() {
    let app = TestApp::start().await;
    let db = &app.db;
    let begun = Instant::now();
    sea_orm::ConnectionTrait::execute_unprepared(&db.db, A_HUNDRED_THOUSAND)
        .await
        .expect("writes");
    println!("written: {} ms", begun.elapsed().as_millis());
    let lap = |what: &str, begun: Instant| println!("{what}: {} ms", begun.elapsed().as_millis());

    let begun = Instant::now();
    let all = trend(db, TrendQuery::default()).await;
    lap("trend", begun);
    assert_eq!((all.points.len(), all.left_out), (10_000, 90_000));
    assert_eq!(
        (
            all.smoothed.len(),
            all.line.is_some(),
            all.monotonic.is_some()
        ),
        (10_000, true, true)
    );

    let begun = Instant::now();
    let query = TrendQuery {
        split: Some(SplitBy::Attribute),
        split_attribute: Some("chamber".to_owned()),
        bucket: Some(Bucket::Day),
        ..TrendQuery::default()
    };
    let by_chamber = trend(db, query).await;
    lap("trend by day and chamber", begun);
    assert_eq!(
        (
            by_chamber.panels.len(),
            by_chamber.panels_left_out,
            by_chamber.left_out
        ),
        (24, 6, 0)
    );
    assert!(
        by_chamber
            .panels
            .iter()
            .all(|panel| panel.points.len() == 2_000)
    );

    let begun = Instant::now();
    let query = TrendQuery {
        split: Some(SplitBy::Type),
        ..TrendQuery::default()
    };
    let by_type = trend(db, query).await;
    lap("trend by type", begun);
    assert_eq!(
        (by_type.panels.len(), by_type.panels[0].points.len()),
        (2, 2_000)
    );
    assert_eq!(by_type.panels[0].points[1_999].at, all.points[9_999].at);

    let begun = Instant::now();
    let chart = spc(db, SpcQuery::default()).await;
    lap("spc", begun);
    assert_eq!((chart.points.len(), chart.left_out), (10_000, 90_000));

    let begun = Instant::now();
    let matrix = correlation(db, CorrelationQuery::default()).await;
    lap("correlation by lot", begun);
    assert_eq!(
        (matrix.points, matrix.left_out, matrix.per.as_str()),
        (4_000, 0, "cm2")
    );
    let types = (
        matrix.types[0].defect_type_id,
        matrix.types[1].defect_type_id,
    );

    let begun = Instant::now();
    let query = CorrelationPairQuery {
        first: Some(types.0),
        second: Some(types.1),
        bucket: Some(Bucket::Inspection),
        max_lag: Some(50),
        ..CorrelationPairQuery::default()
    };
    let pair = finite("pair", analytics::correlation_pair(&db.db, &query).await);
    lap("pair", begun);
    assert_eq!(
        (pair.points.len(), pair.lags.len(), pair.left_out),
        (10_000, 101, 90_000)
    );

    let begun = Instant::now();
    let seasons = seasonality(db, None).await;
    lap("seasonality", begun);
    assert_eq!(
        (seasons.inspections, seasons.left_out, seasons.metric),
        (100_000, 0, Metric::Count)
    );
    assert_eq!(seasons.days.len(), 2_084);
    assert!(seasons.decomposition.is_some() && seasons.autocorrelation.is_some());

    let begun = Instant::now();
    let tried = backtest(db, BacktestQuery::default()).await;
    lap("backtest", begun);
    assert_eq!(tried.quiet_points, 10_000);

    let begun = Instant::now();
    let bars = pareto(db, ParetoQuery::default()).await;
    lap("pareto", begun);
    assert_eq!(bars.rows.len(), 2);
    finite(
        "dashboard",
        analytics::dashboard(&db.db, Filter::default()).await,
    );
    finite("facets", analytics::facets(&db.db, Filter::default()).await);
}
