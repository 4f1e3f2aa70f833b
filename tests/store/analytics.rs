//! What charts and maps read, checked against figures counted by hand.

use entity::defect;
use sea_orm::ActiveValue::Set;
use store::{
    Db, Filter,
    analytics::{self, Bucket, ParetoBy, ParetoRow, Point},
    defect::Choice,
    stream::{MapBatch, Reader, Which},
};
use wafermaps_tests::TestDb;

use crate::seed::{self, Inspected, at};

/// Three wafers at two steps, one of them inspected twice, one without an area; Scratch (severity 4, killer) is `2`.
///
/// | wafer | lot | step | tool  | at           | area | type 1 | Scratch |              |
/// | A     | L1  | M1   | INS-1 | Mon 3 March  | 100  | 5      | 0       | replaced     |
/// | A     | L1  | M1   | INS-1 | Tue 4 March  | 100  | 1      | 2       |              |
/// | B     | L1  | M1   | INS-2 | Tue 4 March  | 50   | 0      | 3       |              |
/// | C     | L2  | M2   | none  | Mon 10 March | none | 2      | 0       |              |
/// | C     | L2  | M1   | INS-1 | Mon 10 March | 100  | 0      | 0       | no defects   |
async fn fab(db: &Db) -> i32 {
    let scratch = seed::defect_type(db, "Scratch", 4, true).await;
    let one =
        |wafer, lot, step, equipment, moment, area_cm2, plain: usize, scratches: usize| Inspected {
            wafer,
            lot,
            step,
            equipment,
            at: moment,
            area_cm2,
            defects: [vec![1; plain], vec![scratch; scratches]].concat(),
            ..Inspected::default()
        };
    for inspected in [
        one(
            "A",
            "L1",
            "M1",
            Some("INS-1"),
            "2025-03-03T10:00:00Z",
            Some(100.0),
            5,
            0,
        ),
        one(
            "A",
            "L1",
            "M1",
            Some("INS-1"),
            "2025-03-04T10:00:00Z",
            Some(100.0),
            1,
            2,
        ),
        one(
            "B",
            "L1",
            "M1",
            Some("INS-2"),
            "2025-03-04T23:59:59.999Z",
            Some(50.0),
            0,
            3,
        ),
        one("C", "L2", "M2", None, "2025-03-10T00:00:00Z", None, 2, 0),
        one(
            "C",
            "L2",
            "M1",
            Some("INS-1"),
            "2025-03-10T01:00:00Z",
            Some(100.0),
            0,
            0,
        ),
    ] {
        inspected.insert(db).await;
    }
    scratch
}

fn values(points: &[Point]) -> Vec<(i64, Option<f64>, i64)> {
    points
        .iter()
        .map(|point| (point.defects, point.area_cm2, point.defects_in_area))
        .collect()
}

#[tokio::test]
async fn a_trend_has_a_point_for_each_current_inspection_oldest_first() {
    let db = TestDb::new().await.db;
    let scratch = fab(&db).await;

    let series = analytics::points(&db, &Filter::default(), 100)
        .await
        .expect("reads");
    assert_eq!(
        values(&series.points),
        [
            (3, Some(100.0), 3),
            (3, Some(50.0), 3),
            (2, None, 0),
            (0, Some(100.0), 0)
        ]
    );
    assert_eq!(series.points[2].wafer_id.as_deref(), Some("C"));
    assert_eq!(series.left_out, 0);

    let typed = Filter {
        defect_types: vec![scratch],
        superseded: true,
        ..Filter::default()
    };
    let series = analytics::points(&db, &typed, 100).await.expect("reads");
    assert_eq!(
        series
            .points
            .iter()
            .map(|point| point.defects)
            .collect::<Vec<_>>(),
        [0, 2, 3, 0, 0]
    );

    let newest = analytics::points(&db, &Filter::default(), 3)
        .await
        .expect("reads");
    assert_eq!((newest.points.len(), newest.left_out), (3, 1));
    assert_eq!(newest.points[0].wafer_id.as_deref(), Some("B"));
}

#[tokio::test]
async fn points_gather_by_day_week_and_lot() {
    let db = TestDb::new().await.db;
    fab(&db).await;
    let gather = |bucket| {
        let db = &db;
        async move {
            analytics::buckets(db, &Filter::default(), bucket, 100)
                .await
                .expect("reads")
                .points
        }
    };

    let days = gather(Bucket::Day).await;
    assert_eq!(
        days.iter().map(|day| day.at).collect::<Vec<_>>(),
        [at("2025-03-04T00:00:00Z"), at("2025-03-10T00:00:00Z")]
    );
    assert_eq!(values(&days), [(6, Some(150.0), 6), (2, Some(100.0), 0)]);
    let weeks = gather(Bucket::Week).await;
    assert_eq!(
        weeks.iter().map(|week| week.at).collect::<Vec<_>>(),
        [at("2025-03-03T00:00:00Z"), at("2025-03-10T00:00:00Z")]
    );
    let lots = gather(Bucket::Lot).await;
    let lots: Vec<_> = lots
        .iter()
        .map(|lot| (lot.lot_id.as_deref(), lot.inspections, lot.defects))
        .collect();
    assert_eq!(lots, [(Some("L1"), 2, 6), (Some("L2"), 2, 2)]);
    let one = analytics::buckets(&db, &Filter::default(), Bucket::Lot, 1)
        .await
        .expect("reads");
    assert_eq!(
        (one.points[0].lot_id.as_deref(), one.left_out),
        (Some("L2"), 1)
    );
}

#[tokio::test]
async fn key_figures_count_what_is_current_and_divide_by_known_areas_only() {
    let db = TestDb::new().await.db;
    fab(&db).await;

    let all = analytics::kpis(&db, &Filter::default())
        .await
        .expect("reads");
    let expected = analytics::Kpis {
        inspections: 4,
        wafers: 3,
        lots: 2,
        equipment: 2,
        defects: 8,
        area_cm2: 250.0,
        defects_in_area: 6,
    };
    assert_eq!(all, expected);

    let window = Filter {
        from: Some(at("2025-03-10T00:00:00Z")),
        to: Some(at("2025-03-17T00:00:00Z")),
        ..Filter::default()
    };
    let before = window.previous().expect("has two ends");
    assert_eq!(
        (before.from, before.to),
        (Some(at("2025-03-03T00:00:00Z")), window.from)
    );
    assert_eq!(
        analytics::kpis(&db, &before)
            .await
            .expect("reads")
            .inspections,
        2
    );
    let nothing = Filter {
        lots: vec!["L9".to_owned()],
        ..Filter::default()
    };
    assert_eq!(
        analytics::kpis(&db, &nothing).await.expect("reads"),
        analytics::Kpis::default()
    );
}

fn row<'a>(rows: &'a [ParetoRow], key: &str) -> &'a ParetoRow {
    rows.iter()
        .find(|row| row.key == key)
        .unwrap_or_else(|| panic!("no row {key:?} in {rows:?}"))
}

#[tokio::test]
async fn a_pareto_of_types_has_every_value_to_rank_by() {
    let db = TestDb::new().await.db;
    let scratch = fab(&db).await;

    let found = analytics::pareto(&db, &Filter::default(), ParetoBy::Type)
        .await
        .expect("reads");

    assert_eq!(
        found
            .rows
            .iter()
            .map(|row| row.label.as_str())
            .collect::<Vec<_>>(),
        ["Scratch", "Unclassified"]
    );
    let first = row(&found.rows, &scratch.to_string());
    assert_eq!(
        (first.defects, first.killers, first.severity_sum),
        (5, 5, 20)
    );
    assert_eq!(
        (
            first.wafers,
            first.inspections,
            first.severity,
            first.killer
        ),
        (2, 2, Some(4), true)
    );
    assert_eq!((first.area_cm2, first.defects_in_area), (Some(250.0), 5));
    let second = row(&found.rows, "1");
    assert_eq!(
        (
            second.defects,
            second.killers,
            second.wafers,
            second.defects_in_area
        ),
        (3, 0, 2, 1)
    );
    assert_eq!(found.total.defects, 8);
}

#[tokio::test]
async fn a_pareto_of_steps_tools_products_and_lots_divides_each_by_its_own_area() {
    let db = TestDb::new().await.db;
    let scratch = fab(&db).await;
    let by = |by| {
        let db = &db;
        async move {
            analytics::pareto(db, &Filter::default(), by)
                .await
                .expect("reads")
                .rows
        }
    };

    let steps = by(ParetoBy::Step).await;
    let m1 = row(&steps, "M1");
    // The inspection of wafer C at M1 has no defect; its area counts.
    assert_eq!(
        (m1.defects, m1.area_cm2, m1.wafers, m1.inspections),
        (6, Some(250.0), 2, 2)
    );
    assert_eq!((m1.killers, m1.severity_sum), (5, 23));
    assert_eq!(row(&steps, "M2").area_cm2, None);
    let tools = by(ParetoBy::Equipment).await;
    assert_eq!(
        (
            row(&tools, "INS-1").label.as_str(),
            row(&tools, "INS-1").defects
        ),
        ("Tool INS-1", 3)
    );
    assert_eq!((row(&tools, "").defects, tools.len()), (2, 3));
    assert_eq!(row(&by(ParetoBy::Product).await, "CHIP").defects, 8);
    let lots = by(ParetoBy::Lot).await;
    assert_eq!(
        (
            row(&lots, "L1").defects,
            row(&lots, "L2").defects,
            row(&lots, "L1").wafers
        ),
        (6, 2, 2)
    );

    let typed = Filter {
        defect_types: vec![scratch],
        ..Filter::default()
    };
    let steps = analytics::pareto(&db, &typed, ParetoBy::Step)
        .await
        .expect("reads")
        .rows;
    assert_eq!(
        steps
            .iter()
            .map(|row| (row.key.as_str(), row.defects))
            .collect::<Vec<_>>(),
        [("M1", 5)]
    );
}

#[tokio::test]
async fn facets_offer_what_the_other_parts_of_the_filter_leave() {
    let db = TestDb::new().await.db;
    fab(&db).await;
    let keys = |facets: &[analytics::Facet]| {
        facets
            .iter()
            .map(|facet| (facet.key.clone(), facet.count))
            .collect::<Vec<_>>()
    };
    let filter = Filter {
        steps: vec!["M2".to_owned()],
        ..Filter::default()
    };

    let found = analytics::facets(&db, &filter).await.expect("reads");

    assert_eq!(
        keys(&found.steps),
        [("M1".to_owned(), 3), ("M2".to_owned(), 1)],
        "a second step can be chosen"
    );
    assert_eq!(keys(&found.lots), [("L2".to_owned(), 1)]);
    assert_eq!(keys(&found.equipment), []);
    assert_eq!(keys(&found.defect_types), [("1".to_owned(), 2)]);
    assert_eq!(
        found.window,
        Some((at("2025-03-10T00:00:00Z"), at("2025-03-10T00:00:00Z")))
    );
}

#[tokio::test]
async fn defects_of_several_inspections_come_in_batches_in_their_order() {
    let db = TestDb::new().await.db;
    let scratch = seed::defect_type(&db, "Scratch", 4, true).await;
    let mut ids = Vec::new();
    for (step, types) in [
        ("M1", vec![1, scratch, 1, 1, 1]),
        ("M2", vec![]),
        ("M3", vec![scratch]),
        ("M4", vec![1, 1]),
    ] {
        let inspected = Inspected {
            step,
            defects: types.clone(),
            ..Inspected::default()
        };
        ids.push((inspected.insert(&db).await, types.len()));
    }
    let bare = defect::ActiveModel {
        inspection_id: Set(ids[3].0),
        defect_no: Set(9),
        defect_type_id: Set(1),
        ..Default::default()
    };
    store::defect::insert(&db, bare).await.expect("inserts");
    ids[3].1 += 1;
    let read = async |rows, choice: Choice| {
        let mut reader = Reader::new(ids.clone(), Which::Placed(choice));
        let mut found = Vec::new();
        while let Some(batch) = reader.next::<MapBatch>(&db, rows).await.expect("reads") {
            let rows = batch.place.iter().zip(&batch.defect_no);
            found.push(rows.map(|(place, no)| (*place, *no)).collect::<Vec<_>>());
        }
        found
    };
    let of_types = |defect_types| Choice {
        defect_types,
        ..Choice::default()
    };

    // What has no position is left out.
    let all = [
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 4),
        (0, 5),
        (2, 1),
        (3, 1),
        (3, 2),
    ];
    assert_eq!(read(100, Choice::default()).await, [all.to_vec()]);
    // An inspection larger than a batch comes in parts, small ones come together.
    assert_eq!(
        read(4, Choice::default()).await,
        [all[..4].to_vec(), all[4..5].to_vec(), all[5..].to_vec()]
    );
    assert_eq!(read(1, Choice::default()).await.concat(), all);
    let scratches = read(4, of_types(vec![scratch])).await.concat();
    assert_eq!(scratches, [(0, 2), (2, 1)]);
    assert!(read(4, of_types(vec![99])).await.is_empty());
    let unplaced = store::stream::unplaced(&db, &[ids[3].0], &Choice::default()).await;
    assert_eq!(unplaced.expect("counts"), 1);
}

#[tokio::test]
async fn types_are_counted_at_the_points_of_their_series() {
    let db = TestDb::new().await.db;
    let scratch = fab(&db).await;
    let filter = Filter::default();
    let counted = |types: analytics::TypeSeries| -> Vec<(i32, i64, Vec<i64>, Vec<i64>)> {
        let all = types.types.into_iter();
        all.map(|one| {
            (
                one.defect_type_id,
                one.total,
                one.defects,
                one.defects_in_area,
            )
        })
        .collect()
    };

    let points = analytics::points(&db, &filter, 100)
        .await
        .expect("reads")
        .points;
    let by_inspection = analytics::type_series(&db, &filter, None, 100, &points, 5)
        .await
        .expect("reads");
    assert_eq!(by_inspection.left_out, 0);
    assert_eq!(
        counted(by_inspection),
        [
            (scratch, 5, vec![2, 3, 0, 0], vec![2, 3, 0, 0]),
            (1, 3, vec![1, 0, 2, 0], vec![1, 0, 0, 0]),
        ]
    );

    let lots = analytics::buckets(&db, &filter, Bucket::Lot, 100)
        .await
        .expect("reads")
        .points;
    let by_lot = analytics::type_series(&db, &filter, Some(Bucket::Lot), 100, &lots, 1)
        .await
        .expect("reads");
    assert_eq!(by_lot.left_out, 1);
    assert_eq!(counted(by_lot), [(scratch, 5, vec![5, 0], vec![5, 0])]);

    // Of the newest two inspections none has a scratch.
    let newest = analytics::type_series(&db, &filter, None, 2, &points[2..], 5)
        .await
        .expect("reads");
    assert_eq!(counted(newest), [(1, 2, vec![2, 0], vec![0, 0])]);

    // The newest lot alone; its area is known of one inspection only, on which there was nothing.
    let newest = analytics::type_series(&db, &filter, Some(Bucket::Lot), 1, &lots[1..], 5)
        .await
        .expect("reads");
    assert_eq!(counted(newest), [(1, 2, vec![2], vec![0])]);
}
