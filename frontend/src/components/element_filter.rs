//! The map follows the filter: defects whose spectra do not speak for a chosen element are not drawn.

use std::collections::HashSet;
use std::sync::Arc;

use contract::analytics::{MapType, WaferMap as Map};
use contract::defect::{Defect, DefectColumns, DefectId, DefectQuery};
use leptos::prelude::*;

use crate::api::{Api, with_query};
use crate::state::filter::{Dimension, FilterState};
use crate::state::remote::Remote;

/// The defects that the filter by element leaves; `None` without one.
pub type MadeOf = Memo<Option<Arc<HashSet<DefectId>>>>;

/// Asks which defects of `question` the filter by element leaves, superseded ones among them; nothing
/// while the question is not known.
pub fn made_of(question: impl Fn() -> Option<DefectQuery> + Send + Sync + 'static) -> MadeOf {
    let api = Api::here();
    let filter = FilterState::here();
    let elements = Memo::new(move |_| filter.chosen().values(Dimension::Element));
    let found = Remote::new(
        move || {
            let question = DefectQuery {
                element: elements.get(),
                superseded: Some(true),
                per_page: Some(100),
                ..question()?
            };
            (!question.element.is_empty()).then_some(question)
        },
        move |question| async move {
            let mut ids = HashSet::new();
            for page in 1.. {
                let question = DefectQuery {
                    page: Some(page),
                    ..question.clone()
                };
                let listed = api
                    .list::<Defect>(&with_query("/defects", &question))
                    .await?;
                ids.extend(listed.rows.iter().map(|defect| defect.defect_id));
                if page >= listed.pagination.total_pages {
                    break;
                }
            }
            Ok(ids)
        },
    );
    Memo::new(move |_| match elements.read().is_empty() {
        true => None,
        // Until the answer is there, and where it does not come, nothing counts.
        false => Some(found.get().unwrap_or_default()),
    })
}

/// A map as the filter by element leaves it.
pub fn narrowed(map: Signal<Arc<Map>>, made_of: MadeOf) -> Signal<Option<Arc<Map>>> {
    Signal::derive(move || {
        let map = map.get();
        Some(match made_of.get() {
            Some(ids) => Arc::new(only(&map, &ids)),
            None => map,
        })
    })
}

/// Says what a map leaves out, while it does.
#[component]
pub fn ElementNote() -> impl IntoView {
    let filter = FilterState::here();
    move || {
        let elements = filter.chosen().values(Dimension::Element);
        (!elements.is_empty()).then(|| view! {
            <p class="message">{format!("Only defects whose spectra speak for {}; those without a spectrum are left out.", elements.join(" or "))}</p>
        })
    }
}

/// A map with these defects alone, and their types.
fn only(map: &Map, ids: &HashSet<DefectId>) -> Map {
    fn pick<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
        rows.iter()
            .filter_map(|row| column.get(*row).copied())
            .collect()
    }
    let defects = &map.defects;
    let is_meant = |row: &usize| {
        let of = map.inspections.get(defects.inspection[*row] as usize);
        of.is_some_and(|of| {
            ids.contains(&DefectId {
                inspection_id: of.inspection_id,
                defect_no: defects.defect_no[*row],
            })
        })
    };
    let rows: Vec<usize> = (0..defects.defect_no.len()).filter(is_meant).collect();
    let before = pick(&defects.kind, &rows);
    let counted = |place: usize| {
        before
            .iter()
            .filter(|kind| **kind as usize == place)
            .count()
    };
    // Types of which none is left are none to choose from.
    let left: Vec<(usize, usize)> = (0..map.types.len())
        .map(|place| (place, counted(place)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let types = left.iter().map(|(place, count)| MapType {
        count: *count as i64,
        ..map.types[*place].clone()
    });
    let new_place = |kind: &u32| left.iter().position(|(place, _)| *place == *kind as usize);
    let kind = before
        .iter()
        .map(|kind| new_place(kind).map_or(u32::MAX, |place| place as u32))
        .collect();
    Map {
        types: types.collect(),
        defects: DefectColumns {
            inspection: pick(&defects.inspection, &rows),
            defect_no: pick(&defects.defect_no, &rows),
            x_mm: pick(&defects.x_mm, &rows),
            y_mm: pick(&defects.y_mm, &rows),
            kind,
            size_um: pick(&defects.size_um, &rows),
            cluster_no: pick(&defects.cluster_no, &rows),
            die_x: pick(&defects.die_x, &rows),
            die_y: pick(&defects.die_y, &rows),
        },
        unplaced: 0,
        ..map.clone()
    }
}

#[cfg(test)]
mod tests {
    use contract::analytics::{MapDies, MapInspection};
    use contract::inspection::Geometry;
    use contract::wafer::MarkType;
    use uuid::Uuid;

    use super::*;

    /// Four defects of two inspections, of types 7 and 9 in turn.
    fn map() -> Map {
        let kind = |id: i32| MapType {
            defect_type_id: id,
            name: format!("type {id}"),
            colour: "#336699".to_owned(),
            count: 2,
        };
        let inspection = |id: u128| MapInspection {
            inspection_id: Uuid::from_u128(id),
            step_id: "M1".to_owned(),
            inspected_at: chrono::DateTime::UNIX_EPOCH,
            defect_count: 2,
        };
        Map {
            wafer_id: "W".to_owned(),
            geometry: Geometry {
                diameter_mm: 300.0,
                mark_type: MarkType::Notch,
                delivered_mark_location: None,
                pitch_x_mm: None,
                pitch_y_mm: None,
                delivered_centre_mm: None,
                die_count: 0,
            },
            dies: MapDies::default(),
            inspections: vec![inspection(1), inspection(2)],
            types: vec![kind(7), kind(9)],
            defects: DefectColumns {
                inspection: vec![0, 0, 1, 1],
                defect_no: vec![1, 2, 1, 2],
                x_mm: vec![10.0, 20.0, 30.0, 40.0],
                y_mm: vec![0.0; 4],
                kind: vec![0, 1, 0, 1],
                size_um: vec![1.0; 4],
                cluster_no: vec![0; 4],
                die_x: vec![0; 4],
                die_y: vec![0; 4],
            },
            unplaced: 3,
            left_out: 0,
        }
    }

    #[test]
    fn a_map_of_some_defects_keeps_their_places_and_their_types_alone() {
        let id = |inspection: u128, defect_no: i32| DefectId {
            inspection_id: Uuid::from_u128(inspection),
            defect_no,
        };
        let some = only(&map(), &HashSet::from([id(1, 2), id(2, 2), id(3, 1)]));
        assert_eq!(some.defects.x_mm, [20.0, 40.0]);
        assert_eq!(some.defects.inspection, [0, 1]);
        assert_eq!(some.defects.kind, [0, 0]);
        let types: Vec<(i32, i64)> = some
            .types
            .iter()
            .map(|kind| (kind.defect_type_id, kind.count))
            .collect();
        assert_eq!(types, [(9, 2)]);
    }
}
