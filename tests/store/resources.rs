//! Wafers, lots, equipment, defect types: lists, changes, refusals.

use entity::{defect_type, equipment, inspection, wafer};
use sea_orm::ActiveValue::Set;
use store::{Error, Order, Paging, Reference, Unique};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use crate::seed::{self, Inspected, at};

fn page(page: u32, per_page: u32) -> Paging {
    Paging { page, per_page }
}

#[tokio::test]
async fn a_wafer_is_listed_with_what_its_inspections_say() {
    let db = TestDb::new().await.db;
    Inspected {
        defects: vec![1, 1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    Inspected {
        at: "2025-03-05T00:00:00Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    Inspected {
        at: "2025-03-06T00:00:00Z",
        step: "M2",
        defects: vec![1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    seed::wafer(&db, "LOT1:02", "LOT1").await;

    let found = store::wafer::list(
        &db,
        &Default::default(),
        Default::default(),
        Order::Ascending,
        page(1, 20),
    )
    .await
    .expect("lists");

    let facts: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            (
                row.wafer.wafer_id.as_str(),
                row.inspection_count,
                row.defects,
            )
        })
        .collect();
    // The re-inspection at M1 with one defect has replaced the one with three.
    assert_eq!(
        (facts, found.total),
        (vec![("LOT1:01", 3, 3), ("LOT1:02", 0, 0)], 2)
    );
    assert_eq!(
        found.rows[0].last_inspected_at,
        Some(at("2025-03-06T00:00:00Z"))
    );
}

#[tokio::test]
async fn wafers_sort_by_facts_page_and_filter() {
    let db = TestDb::new().await.db;
    for (wafer, lot, defects) in [("A", "L1", 1), ("B", "L1", 3), ("C", "L2", 2)] {
        Inspected {
            wafer,
            lot,
            defects: vec![1; defects],
            ..Inspected::default()
        }
        .insert(&db)
        .await;
    }
    seed::wafer(&db, "D_%", "L2").await;
    let ids = |found: store::Page<store::wafer::Row>| {
        found
            .rows
            .into_iter()
            .map(|row| row.wafer.wafer_id)
            .collect::<Vec<_>>()
    };
    let list = |filter: store::wafer::Filter, paging| {
        let db = &db;
        async move {
            store::wafer::list(
                db,
                &filter,
                store::wafer::Sort::DefectCount,
                Order::Descending,
                paging,
            )
            .await
            .expect("lists")
        }
    };

    assert_eq!(ids(list(Default::default(), page(1, 2)).await), ["B", "C"]);
    assert_eq!(
        ids(list(Default::default(), page(2, 2)).await),
        ["A", "D_%"]
    );
    let lot = store::wafer::Filter {
        lots: vec!["L1".to_owned()],
        ..Default::default()
    };
    assert_eq!(ids(list(lot, page(1, 20)).await), ["B", "A"]);
    let literal = store::wafer::Filter {
        search: Some("_%".to_owned()),
        ..Default::default()
    };
    assert_eq!(ids(list(literal, page(1, 20)).await), ["D_%"]);
}

#[tokio::test]
async fn a_change_on_a_row_that_changed_meanwhile_is_refused() {
    let db = TestDb::new().await.db;
    seed::wafer(&db, "A", "L1").await;
    let read = store::wafer::get(&db, "A")
        .await
        .expect("reads")
        .expect("is there");
    let change = |lot: &str| wafer::ActiveModel {
        lot_id: Set(lot.to_owned()),
        ..Default::default()
    };

    let changed = store::wafer::update(&db, "A", change("L2"), Some(read.updated_at))
        .await
        .expect("updates")
        .expect("is there");
    let refused = store::wafer::update(&db, "A", change("L3"), Some(read.updated_at))
        .await
        .expect_err("is stale");

    assert!(matches!(refused, Error::Stale), "{refused:?}");
    assert_eq!(changed.lot_id, "L2");
    let nothing = wafer::ActiveModel::default();
    assert_eq!(
        store::wafer::update(&db, "A", nothing, Some(changed.updated_at))
            .await
            .expect("is fresh"),
        Some(changed)
    );
    assert_eq!(
        store::wafer::update(&db, "B", change("L2"), Some(read.updated_at))
            .await
            .expect("finds nothing"),
        None
    );
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted() {
    let db = TestDb::new().await.db;
    let scratch = seed::defect_type(&db, "Scratch", 3, false).await;
    let id = Inspected {
        defects: vec![scratch],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    let refused = store::wafer::delete(&db, "LOT1:01")
        .await
        .expect_err("has an inspection");
    assert!(
        matches!(refused, Error::InUse(Reference::Wafer)),
        "{refused:?}"
    );
    let refused = store::equipment::delete(&db, "INS-1")
        .await
        .expect_err("has an inspection");
    assert!(
        matches!(refused, Error::InUse(Reference::Equipment)),
        "{refused:?}"
    );
    let refused = store::defect_type::delete(&db, scratch)
        .await
        .expect_err("has a defect");
    assert!(
        matches!(refused, Error::InUse(Reference::DefectType)),
        "{refused:?}"
    );

    store::inspection::delete(&db, id).await.expect("deletes");
    assert!(store::wafer::delete(&db, "LOT1:01").await.expect("deletes"));
    assert!(
        store::equipment::delete(&db, "INS-1")
            .await
            .expect("deletes")
    );
    assert!(
        store::defect_type::delete(&db, scratch)
            .await
            .expect("deletes")
    );
    assert!(
        !store::defect_type::delete(&db, scratch)
            .await
            .expect("is gone")
    );
}

#[tokio::test]
async fn keys_that_are_taken_and_values_that_break_a_rule_are_told_apart() {
    let db = TestDb::new().await.db;
    seed::wafer(&db, "A", "L1").await;
    seed::equipment(&db, "INS-1").await;
    let same = wafer::ActiveModel {
        wafer_id: Set("A".to_owned()),
        id_scheme: Set(wafer::IdScheme::T7),
        ..Default::default()
    };
    assert!(matches!(
        store::wafer::insert(&db, same).await,
        Err(Error::Exists(Unique::Wafer))
    ));
    let same = equipment::ActiveModel {
        equipment_id: Set("INS-1".to_owned()),
        name: Set("x".to_owned()),
        ..Default::default()
    };
    assert!(matches!(
        store::equipment::insert(&db, same).await,
        Err(Error::Exists(Unique::Equipment))
    ));
    let same = defect_type::ActiveModel {
        name: Set("UNCLASSIFIED".to_owned()),
        ..Default::default()
    };
    assert!(matches!(
        store::defect_type::insert(&db, same).await,
        Err(Error::Exists(Unique::DefectTypeName))
    ));
    let odd = defect_type::ActiveModel {
        name: Set("x".to_owned()),
        severity: Set(6),
        ..Default::default()
    };
    assert_eq!(
        store::defect_type::insert(&db, odd)
            .await
            .expect_err("is refused")
            .invalid_field(),
        Some("severity")
    );
    let lost = inspection::ActiveModel {
        inspection_id: Set(Uuid::now_v7()),
        wafer_id: Set("nowhere".to_owned()),
        inspected_at: Set(at("2025-01-01T00:00:00Z")),
        ..Default::default()
    };
    assert!(matches!(
        store::inspection::insert(&db, lost).await,
        Err(Error::Missing(Reference::Wafer))
    ));
}

#[tokio::test]
async fn lots_gather_wafers_and_current_inspections() {
    let db = TestDb::new().await.db;
    Inspected {
        wafer: "A",
        lot: "L1",
        defects: vec![1; 5],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    Inspected {
        wafer: "A",
        lot: "L1",
        at: "2025-03-05T00:00:00Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    Inspected {
        wafer: "B",
        lot: "L1",
        defects: vec![1; 2],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    seed::wafer(&db, "C", "L2").await;
    seed::wafer(&db, "D", "").await;

    let lots = store::lot::list(&db, None, Default::default(), Order::Ascending, page(1, 20))
        .await
        .expect("lists");

    let facts: Vec<_> = lots
        .rows
        .iter()
        .map(|lot| {
            (
                lot.lot_id.as_str(),
                lot.wafer_count,
                lot.inspection_count,
                lot.defect_count,
            )
        })
        .collect();
    assert_eq!(
        (facts, lots.total),
        (vec![("L1", 2, 3, 3), ("L2", 1, 0, 0)], 2)
    );
    assert_eq!(
        store::lot::get(&db, "L1").await.expect("reads").as_ref(),
        Some(&lots.rows[0])
    );
    assert_eq!(store::lot::get(&db, "L9").await.expect("reads"), None);
}

#[tokio::test]
async fn a_tool_is_compared_with_all_tools_at_its_steps() {
    let db = TestDb::new().await.db;
    for (wafer, equipment, step, defects) in [
        ("A", "INS-1", "M1", 4),
        ("B", "INS-2", "M1", 2),
        ("C", "INS-2", "M2", 9),
    ] {
        Inspected {
            wafer,
            step,
            equipment: Some(equipment),
            defects: vec![1; defects],
            ..Inspected::default()
        }
        .insert(&db)
        .await;
    }

    let steps = store::equipment::performance(&db, "INS-1")
        .await
        .expect("reads");

    assert_eq!(steps.len(), 1, "M2 was never seen by this tool");
    assert_eq!(
        (steps[0].step_id.as_str(), steps[0].inspection_count),
        ("M1", 1)
    );
    assert_eq!((steps[0].mean_count, steps[0].mean_count_all), (4.0, 3.0));
    assert_eq!(
        (steps[0].density_per_cm2, steps[0].density_per_cm2_all),
        (Some(0.04), Some(0.03))
    );
}

#[tokio::test]
async fn types_and_tools_are_listed_with_their_use() {
    let db = TestDb::new().await.db;
    let scratch = seed::defect_type(&db, "Scratch", 3, true).await;
    Inspected {
        defects: vec![1, scratch, scratch],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    seed::equipment(&db, "INS-2").await;

    let (everything, by_count) = (
        store::defect_type::Filter::default(),
        store::defect_type::Sort::DefectCount,
    );
    let types =
        store::defect_type::list(&db, &everything, by_count, Order::Descending, page(1, 20))
            .await
            .expect("lists");
    let types: Vec<_> = types
        .rows
        .into_iter()
        .map(|row| (row.defect_type.name, row.defect_count))
        .collect();
    assert_eq!(
        types,
        [("Scratch".to_owned(), 2), ("Unclassified".to_owned(), 1)]
    );
    let tools = store::equipment::list(
        &db,
        &Default::default(),
        Default::default(),
        Order::Ascending,
        page(1, 20),
    )
    .await
    .expect("lists");
    let tools: Vec<_> = tools
        .rows
        .into_iter()
        .map(|row| (row.equipment.equipment_id, row.inspection_count))
        .collect();
    assert_eq!(tools, [("INS-1".to_owned(), 1), ("INS-2".to_owned(), 0)]);
    assert_eq!(
        store::defect_type::row(&db, scratch)
            .await
            .expect("reads")
            .map(|row| row.defect_count),
        Some(2)
    );
}
