//! Lists and analyses of the defects that contain an element.

use store::{
    Db, Filter,
    analytics::{Bucket, ParetoBy, buckets, facets, kpis, pareto, points},
    defect,
};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use super::{place::Place, put_spectrum};
use crate::seed::{Inspected, defect_type};

struct Fab {
    db: Db,
    scratch: i32,
    first: Uuid,
    second: Uuid,
}

/// | inspection | defect | type         | elements (weight)           |
/// | first      | 1      | unclassified | Fe 0.9, Cr 0.6, Si 0.4      |
/// | first      | 2      | scratch      | Fe 0.5; again Fe 0.8        |
/// | first      | 3      | scratch      | Fe 0.49                     |
/// | second     | 1      | unclassified | Cr 0.7                      |
/// | second     | 2      | unclassified | no spectrum                 |
async fn fab() -> Fab {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let scratch = defect_type(&db, "Scratch", 4, true).await;
    let first = Inspected {
        defects: vec![1, scratch, scratch],
        ..Inspected::default()
    };
    let first = first.insert(&db).await;
    let second = Inspected {
        wafer: "LOT1:02",
        at: "2025-03-06T00:00:00Z",
        defects: vec![1, 1],
        ..Inspected::default()
    };
    let second = second.insert(&db).await;
    let spectra = [
        ((first, 1), vec![("Fe", 0.9_f32), ("Cr", 0.6), ("Si", 0.4)]),
        ((first, 2), vec![("Fe", 0.5)]),
        ((first, 2), vec![("Fe", 0.8)]),
        ((first, 3), vec![("Fe", 0.49)]),
        ((second, 1), vec![("Cr", 0.7)]),
    ];
    for (of, elements) in spectra {
        put_spectrum(&db, &place.objects, of, &elements).await;
    }
    Fab {
        db,
        scratch,
        first,
        second,
    }
}

fn with(elements: &[&str]) -> Filter {
    Filter {
        elements: elements.iter().map(|e| (*e).to_owned()).collect(),
        ..Filter::default()
    }
}

#[tokio::test]
async fn defects_with_an_element_are_listed_once_over_inspections_and_within_one() {
    let fab = fab().await;
    let both = [(fab.first, 1), (fab.first, 2), (fab.second, 1)];
    for (elements, inspection_id, expected) in [
        (&["Fe"][..], None, &both[..2]),
        (&["Fe", "Cr"], None, &both[..]),
        (&["Cr"], Some(fab.second), &both[2..]),
        (&["Si"], None, &[]),
    ] {
        let filter = defect::Filter {
            inspection_id,
            inspections: with(elements),
            ..defect::Filter::default()
        };
        let rows = defect::after(&fab.db, &filter, None, 10)
            .await
            .expect("lists");
        let keys: Vec<(Uuid, i32)> = rows
            .iter()
            .map(|row| (row.inspection_id, row.defect_no))
            .collect();
        assert_eq!(keys, expected, "{elements:?} {inspection_id:?}");
    }
}

#[tokio::test]
async fn trends_and_kpis_count_only_defects_with_the_element_and_keep_every_inspection() {
    let fab = fab().await;
    let scratches_with_iron = Filter {
        defect_types: vec![fab.scratch],
        ..with(&["Fe"])
    };
    for (filter, by_inspection) in [
        (with(&["Fe"]), [2, 0]),
        (with(&["Cr"]), [1, 1]),
        (with(&["Fe", "Cr"]), [2, 1]),
        (scratches_with_iron, [1, 0]),
        (Filter::default(), [3, 2]),
    ] {
        let series = points(&fab.db, &filter, 10).await.expect("reads");
        let counts: Vec<i64> = series.points.iter().map(|point| point.defects).collect();
        assert_eq!(counts, by_inspection, "{filter:?}");
        let days = buckets(&fab.db, &filter, Bucket::Day, 10)
            .await
            .expect("reads");
        let counts: Vec<i64> = days.points.iter().map(|point| point.defects).collect();
        assert_eq!(counts, by_inspection, "{filter:?}");
        let kpis = kpis(&fab.db, &filter).await.expect("reads");
        assert_eq!(
            (kpis.inspections, kpis.defects),
            (2, by_inspection.iter().sum())
        );
    }
}

#[tokio::test]
async fn a_pareto_of_types_counts_only_defects_with_the_element() {
    let fab = fab().await;
    let found = pareto(&fab.db, &with(&["Fe"]), ParetoBy::Type)
        .await
        .expect("reads");
    let mut bars: Vec<_> = found
        .rows
        .iter()
        .map(|row| (row.label.as_str(), row.defects))
        .collect();
    bars.sort_unstable();
    assert_eq!(bars, [("Scratch", 1), ("Unclassified", 1)]);
}

#[tokio::test]
async fn a_pareto_of_elements_counts_a_defect_once_in_each_of_its_elements() {
    let fab = fab().await;
    let found = pareto(&fab.db, &Filter::default(), ParetoBy::Element)
        .await
        .expect("reads");
    let mut bars: Vec<_> = found
        .rows
        .iter()
        .map(|row| (row.key.as_str(), row.defects, row.inspections, row.killers))
        .collect();
    bars.sort_unstable();
    assert_eq!(bars, [("Cr", 2, 2, 0), ("Fe", 2, 1, 1)]);
}

#[tokio::test]
async fn the_elements_to_choose_from_are_those_that_some_defect_contains() {
    let fab = fab().await;
    let facets = facets(&fab.db, &Filter::default()).await.expect("reads");
    let mut keys: Vec<&str> = facets
        .elements
        .iter()
        .map(|facet| facet.key.as_str())
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, ["Cr", "Fe"]);
}
