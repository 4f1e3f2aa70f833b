//! Inspections and single defects: order, what is current, filters, neighbours.

use entity::defect;
use sea_orm::ActiveValue::Set;
use store::{Filter, Order, Paging, inspection::Sort};
use wafermaps_tests::TestDb;

use crate::seed::{self, Inspected, at};

fn page(page: u32, per_page: u32) -> Paging {
    Paging { page, per_page }
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
