//! Wafers, lots, equipment, defect types, inspections and single defects: lists, changes, refusals.

use entity::{defect, defect_type, equipment, inspection, wafer};
use sea_orm::ActiveValue::Set;
use store::{Error, Filter, Order, Paging, Reference, Unique, inspection::Sort};
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

#[tokio::test]
async fn inspections_page_by_number_and_by_cursor_in_the_same_order() {
    let db = TestDb::new().await.db;
    // Three at the same moment, so that the order needs the id.
    for (wafer, moment) in [
        ("A", "2025-03-01T00:00:00Z"),
        ("B", "2025-03-02T00:00:00Z"),
        ("C", "2025-03-02T00:00:00Z"),
        ("D", "2025-03-02T00:00:00Z"),
        ("E", "2025-04-01T00:00:00Z"),
    ] {
        Inspected {
            wafer,
            at: moment,
            ..Inspected::default()
        }
        .insert(&db)
        .await;
    }
    let all = Filter::default();
    let mut by_number = Vec::new();
    for number in 1..=3 {
        let found = store::inspection::list(
            &db,
            &all,
            None,
            Sort::InspectedAt,
            Order::Descending,
            page(number, 2),
        )
        .await
        .expect("lists");
        assert_eq!(found.total, 5);
        by_number.extend(found.rows);
    }
    let mut by_cursor: Vec<store::inspection::Row> = Vec::new();
    loop {
        let last = by_cursor
            .last()
            .map(|row| (row.inspected_at, row.inspection_id));
        let rows = store::inspection::after(&db, &all, None, last, 2)
            .await
            .expect("lists");
        if rows.is_empty() {
            break;
        }
        by_cursor.extend(rows);
    }
    assert_eq!(by_number, by_cursor);
    assert_eq!(
        (
            by_number[0].wafer_id.as_str(),
            by_number[4].wafer_id.as_str(),
            by_number.len()
        ),
        ("E", "A", 5)
    );
}

#[tokio::test]
async fn a_later_inspection_replaces_an_earlier_one_of_the_same_wafer_at_the_same_step() {
    let db = TestDb::new().await.db;
    let first = Inspected::default().insert(&db).await;
    let other_step = Inspected {
        step: "M2",
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let second = Inspected {
        at: "2025-03-05T00:00:00Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let ids = |rows: Vec<store::inspection::Row>| {
        rows.into_iter()
            .map(|row| row.inspection_id)
            .collect::<Vec<_>>()
    };

    let current = store::inspection::after(&db, &Filter::default(), None, None, 10)
        .await
        .expect("lists");
    assert_eq!(ids(current), [second, other_step]);
    let everything = Filter {
        superseded: true,
        ..Filter::default()
    };
    let all = store::inspection::after(&db, &everything, None, None, 10)
        .await
        .expect("lists");
    assert_eq!(
        all.iter()
            .filter(|row| row.superseded)
            .map(|row| row.inspection_id)
            .collect::<Vec<_>>(),
        [first]
    );
    // What replaced it may lie outside of the window: it is replaced all the same.
    let window = Filter {
        to: Some(at("2025-03-05T00:00:00Z")),
        ..Filter::default()
    };
    assert_eq!(
        ids(store::inspection::after(&db, &window, None, None, 10)
            .await
            .expect("lists")),
        [other_step]
    );

    let model = store::inspection::get(&db, first)
        .await
        .expect("reads")
        .expect("is there");
    let around = store::inspection::neighbours(&db, &model)
        .await
        .expect("reads");
    assert_eq!((around.previous, around.next), (None, Some(second)));
    store::inspection::delete(&db, second)
        .await
        .expect("deletes");
    assert_eq!(
        store::inspection::row(&db, first)
            .await
            .expect("reads")
            .map(|row| row.superseded),
        Some(false)
    );
}

#[tokio::test]
async fn every_part_of_the_filter_narrows_a_list() {
    let db = TestDb::new().await.db;
    let scratch = seed::defect_type(&db, "Scratch", 3, true).await;
    let one = Inspected {
        defects: vec![1, scratch, scratch],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    Inspected {
        wafer: "X",
        lot: "LX",
        step: "SX",
        product: "PX",
        equipment: None,
        at: "2025-03-04T05:06:08Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let text = |value: &str| vec![value.to_owned()];
    for filter in [
        Filter {
            to: Some(at("2025-03-04T05:06:08Z")),
            ..Filter::default()
        },
        Filter {
            steps: text("M1"),
            ..Filter::default()
        },
        Filter {
            products: text("CHIP"),
            ..Filter::default()
        },
        Filter {
            equipment: text("INS-1"),
            ..Filter::default()
        },
        Filter {
            lots: text("LOT1"),
            ..Filter::default()
        },
        Filter {
            wafers: text("LOT1:01"),
            ..Filter::default()
        },
    ] {
        let rows = store::inspection::after(&db, &filter, None, None, 10)
            .await
            .expect("lists");
        assert_eq!(
            rows.iter().map(|row| row.inspection_id).collect::<Vec<_>>(),
            [one],
            "{filter:?}"
        );
    }
    let from = Filter {
        from: Some(at("2025-03-04T05:06:08Z")),
        ..Filter::default()
    };
    assert_eq!(
        store::inspection::count(&db, &from, None)
            .await
            .expect("counts"),
        1
    );
    let typed = Filter {
        defect_types: vec![scratch],
        ..Filter::default()
    };
    let counted = store::inspection::after(&db, &typed, None, None, 10)
        .await
        .expect("lists");
    assert_eq!(
        counted.iter().map(|row| row.defects).collect::<Vec<_>>(),
        [0, 2]
    );
    assert_eq!(
        store::inspection::count(&db, &Filter::default(), Some("lx"))
            .await
            .expect("counts"),
        1
    );
}

#[tokio::test]
async fn defects_filter_sort_and_page() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    let other = Inspected {
        wafer: "B",
        step: "M2",
        at: "2025-04-05T00:00:00Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    for (no, size) in [(1, 3.0), (2, 1.0), (3, 2.0), (4, 2.0)] {
        let sized = defect::ActiveModel {
            size_um: Set(Some(size)),
            die_x: Set(Some(no / 3)),
            ..seed::defect(id, no, 1)
        };
        store::defect::insert(&db, sized).await.expect("inserts");
    }
    let list = |filter: store::defect::Filter, sort| {
        let db = &db;
        async move {
            let found = store::defect::list(db, &filter, sort, Order::Descending, page(1, 3))
                .await
                .expect("lists");
            (
                found
                    .rows
                    .into_iter()
                    .map(|row| row.defect_no)
                    .collect::<Vec<_>>(),
                found.total,
            )
        }
    };
    let of = || store::defect::Filter::of_inspection(id);
    use store::defect::{Filter as Defects, Rectangle, Sort};
    assert_eq!(list(of(), Sort::SizeUm).await, (vec![1, 4, 3], 4));
    assert_eq!(list(of(), Sort::Key).await, (vec![4, 3, 2], 4));
    assert_eq!(
        list(
            Defects {
                die_x: Some(1),
                ..of()
            },
            Sort::Key
        )
        .await,
        (vec![4, 3], 2)
    );
    assert_eq!(
        list(
            Defects {
                min_size_um: Some(2.0),
                max_size_um: Some(2.5),
                ..of()
            },
            Sort::Key
        )
        .await,
        (vec![4, 3], 2)
    );
    let rectangle = Rectangle {
        x_mm: (1.5, 2.5),
        y_mm: (-3.0, 0.0),
    };
    assert_eq!(
        list(
            Defects {
                rectangle: Some(rectangle),
                ..of()
            },
            Sort::Key
        )
        .await,
        (vec![2], 1)
    );
    let april = Filter {
        from: Some(at("2025-04-05T00:00:00Z")),
        to: Some(at("2025-04-05T00:00:00.001Z")),
        ..Filter::default()
    };
    assert_eq!(
        list(
            Defects {
                inspections: april,
                ..Defects::default()
            },
            Sort::Key
        )
        .await,
        (vec![1], 1)
    );
    let steps = Filter {
        steps: vec!["M2".to_owned()],
        ..Filter::default()
    };
    let rest = store::defect::after(
        &db,
        &Defects {
            inspections: steps,
            ..Defects::default()
        },
        Some((id, 9)),
        10,
    )
    .await
    .expect("lists");
    assert_eq!(
        rest.iter().map(|row| row.inspection_id).collect::<Vec<_>>(),
        [other]
    );
    let after = store::defect::after(&db, &of(), Some((id, 2)), 10)
        .await
        .expect("lists");
    assert_eq!(
        after.iter().map(|row| row.defect_no).collect::<Vec<_>>(),
        [3, 4]
    );
}

#[tokio::test]
async fn a_defect_knows_its_siblings_and_who_shares_its_die() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    for no in [3, 10, 12, 40] {
        store::defect::insert(&db, seed::defect(id, no, 1))
            .await
            .expect("inserts");
    }
    let elsewhere = defect::ActiveModel {
        die_x: Set(Some(9)),
        ..seed::defect(id, 11, 1)
    };
    store::defect::insert(&db, elsewhere)
        .await
        .expect("inserts");

    let siblings = store::defect::siblings(&db, id, 10).await.expect("reads");
    assert_eq!((siblings.previous, siblings.next), (Some(3), Some(11)));
    assert_eq!(
        store::defect::siblings(&db, id, 40)
            .await
            .expect("reads")
            .next,
        None
    );
    let here = store::defect::get(&db, id, 10)
        .await
        .expect("reads")
        .expect("is there");
    let shared = store::defect::same_die(&db, &here, 2).await.expect("reads");
    let shared: Vec<_> = shared
        .into_iter()
        .map(|row| (row.defect.defect_no, row.distance_um, row.others))
        .collect();
    // seed::defect lies at x = number, in mm.
    assert_eq!(shared, [(12, Some(2000.0), 3), (3, Some(7000.0), 3)]);
    assert_eq!(store::defect::next_no(&db, id).await.expect("reads"), 41);
    let nowhere = defect::Model {
        x_mm: None,
        die_x: None,
        ..here
    };
    assert_eq!(
        store::defect::same_die(&db, &nowhere, 2)
            .await
            .expect("reads"),
        []
    );
}
