//! The map follows the filter: defects whose spectra do not speak for a chosen element are not drawn, nor, where adders alone
//! are asked for, what an earlier inspection saw.

use std::collections::HashSet;
use std::sync::Arc;

use contract::analytics::{MapType, WaferMap as Head};
use contract::defect::{Defect, DefectChoice, DefectId, DefectQuery};
use leptos::prelude::*;

use crate::api::{Api, with_query};
use crate::state::filter::{Dimension, FilterState};
use crate::state::remote::Remote;
use crate::wafer::MapData;

/// Address of the map of the inspection at `path` as the filter asks for it.
pub fn map_path(path: &str, filter: FilterState) -> String {
    let asked = DefectChoice {
        adders: filter.resolved().adders,
        ..DefectChoice::default()
    };
    with_query(&format!("{path}/map"), &asked)
}

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
pub fn narrowed(map: Signal<Arc<MapData>>, made_of: MadeOf) -> Signal<Option<Arc<MapData>>> {
    Signal::derive(move || {
        let map = map.get();
        Some(match made_of.get() {
            Some(ids) => Arc::new(only(&map, &ids)),
            None => map,
        })
    })
}

/// What a map leaves out, for its saved files: a line for each reason.
pub fn notes() -> Signal<Vec<String>> {
    let filter = FilterState::here();
    Signal::derive(move || {
        let chosen = filter.chosen();
        let elements = chosen.values(Dimension::Element);
        let by_element = (!elements.is_empty()).then(|| {
            format!(
                "Only defects whose spectra speak for {}; those without a spectrum are left out.",
                elements.join(" or ")
            )
        });
        let adders = chosen.adders.then(|| {
            "Only adders: what no earlier inspection of the wafer saw at the same place.".to_owned()
        });
        adders.into_iter().chain(by_element).collect()
    })
}

/// Says what a map leaves out, while it does.
#[component]
pub fn MapFilterNote() -> impl IntoView {
    let notes = notes();
    move || {
        let note = |note| view! { <p class="message">{note}</p> };
        notes.get().into_iter().map(note).collect_view()
    }
}

/// A map with these defects alone, and their types.
fn only(map: &MapData, ids: &HashSet<DefectId>) -> MapData {
    let is_meant = |index: &usize| {
        map.defects
            .id_of(*index)
            .is_some_and(|(inspection, defect_no)| {
                let of = map.head.inspections.get(inspection as usize);
                of.is_some_and(|of| {
                    ids.contains(&DefectId {
                        inspection_id: of.inspection_id,
                        defect_no,
                    })
                })
            })
    };
    let indices: Vec<usize> = (0..map.defects.len()).filter(is_meant).collect();
    let mut defects = map.defects.only(&indices);
    let counted = |place: usize| {
        let of_kind = defects
            .kind
            .iter()
            .filter(|kind| usize::from(**kind) == place);
        of_kind.count()
    };
    // Types of which none is left are none to choose from.
    let left: Vec<(usize, usize)> = (0..map.head.types.len())
        .map(|place| (place, counted(place)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let types = left.iter().map(|(place, count)| MapType {
        count: *count as i64,
        ..map.head.types[*place].clone()
    });
    let types = types.collect();
    for kind in &mut defects.kind {
        let place = left
            .iter()
            .position(|(place, _)| *place == usize::from(*kind));
        *kind = place.map_or(u16::MAX, |place| place as u16);
    }
    MapData {
        head: Head {
            types,
            unplaced: 0,
            ..map.head.clone()
        },
        defects,
        timing: None,
    }
}

#[cfg(test)]
mod tests {
    use contract::analytics::MapInspection;
    use uuid::Uuid;

    use super::*;
    use crate::wafer::map_of;

    /// Four defects of two inspections, of types 10 and 11 in turn.
    fn map() -> MapData {
        let places = [
            (0, 10.0, 0.0),
            (1, 20.0, 0.0),
            (0, 30.0, 0.0),
            (1, 40.0, 0.0),
        ];
        let mut map = Arc::into_inner(map_of(&places)).expect("mine");
        map.head.inspections = [1, 2]
            .map(|id| MapInspection {
                inspection_id: Uuid::from_u128(id),
                step_id: "M1".to_owned(),
                inspected_at: chrono::DateTime::UNIX_EPOCH,
                defect_count: 2,
            })
            .to_vec();
        map.head.unplaced = 3;
        map.defects.inspection = vec![0, 0, 1, 1];
        map.defects.defect_no = vec![1, 2, 1, 2];
        map
    }

    #[test]
    fn a_map_of_some_defects_keeps_their_places_and_their_types_alone() {
        let id = |inspection: u128, defect_no: i32| DefectId {
            inspection_id: Uuid::from_u128(inspection),
            defect_no,
        };
        let some = only(&map(), &HashSet::from([id(1, 2), id(2, 2), id(3, 1)]));
        assert_eq!(some.defects.x_nm, [20_000_000, 40_000_000]);
        assert_eq!(some.defects.inspection, [0, 1]);
        assert_eq!(some.defects.kind, [0, 0]);
        assert_eq!(some.head.unplaced, 0);
        let types: Vec<(i32, i64)> = some
            .head
            .types
            .iter()
            .map(|kind| (kind.defect_type_id, kind.count))
            .collect();
        assert_eq!(types, [(11, 2)]);
    }
}
