//! What a gallery shows: the items under the filter, group by group.

use std::sync::Arc;

use contract::image::GalleryItem;

use crate::state::defect_types::KnownTypes;
use crate::wafer::Region;

/// What narrows a gallery; empty lists narrow nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrowing {
    /// Only these defect types.
    pub types: Vec<i32>,
    /// Only defects with one of these elements.
    pub elements: Vec<String>,
    /// Only defects in this rectangle, mm from the wafer centre.
    pub region: Option<Region>,
    /// Only defects with these numbers, ascending.
    pub numbers: Option<Arc<Vec<i32>>>,
}

impl Narrowing {
    fn lets(&self, item: &GalleryItem) -> bool {
        let of_type = self.types.is_empty() || self.types.contains(&item.defect_type_id);
        let made_of = self.elements.is_empty()
            || item
                .elements
                .iter()
                .any(|element| self.elements.contains(element));
        let within = self.region.is_none_or(|[x_min, y_min, x_max, y_max]| {
            item.x_mm.is_some_and(|x| (x_min..=x_max).contains(&x))
                && item.y_mm.is_some_and(|y| (y_min..=y_max).contains(&y))
        });
        let is_listed = self
            .numbers
            .as_ref()
            .is_none_or(|numbers| numbers.binary_search(&item.defect_no).is_ok());
        of_type && made_of && within && is_listed
    }
}

/// A group of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Type of all of them; absent for all items in one group.
    pub defect_type_id: Option<i32>,
    /// Name.
    pub name: String,
    /// Colour of the type.
    pub colour: Option<String>,
    /// Items in it.
    pub count: usize,
}

/// Items in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Items, group after group.
    pub items: Vec<GalleryItem>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Number of each item's defect.
    pub numbers: Vec<i32>,
}

impl Shown {
    /// Items under a filter; by type, the largest group first, or all in one.
    #[must_use]
    pub fn new(
        items: &[GalleryItem],
        narrowing: &Narrowing,
        by_type: bool,
        types: &KnownTypes,
    ) -> Self {
        let mut items: Vec<GalleryItem> = items
            .iter()
            .filter(|item| narrowing.lets(item))
            .cloned()
            .collect();
        let groups = if by_type {
            let mut counts: Vec<(i32, usize)> = Vec::new();
            for item in &items {
                match counts.iter_mut().find(|(id, _)| *id == item.defect_type_id) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((item.defect_type_id, 1)),
                }
            }
            // By id among equals, so that a change elsewhere does not make groups jump.
            counts.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
            let place = |id: i32| counts.iter().position(|(of, _)| *of == id);
            items.sort_by_key(|item| place(item.defect_type_id));
            counts
                .iter()
                .map(|&(id, count)| {
                    let kind = types.get(id);
                    Group {
                        defect_type_id: Some(id),
                        name: kind.map_or_else(|| format!("Type {id}"), |kind| kind.name.clone()),
                        colour: kind.map(|kind| kind.colour.clone()),
                        count,
                    }
                })
                .collect()
        } else if items.is_empty() {
            Vec::new()
        } else {
            vec![Group {
                defect_type_id: None,
                name: "All images".to_owned(),
                colour: None,
                count: items.len(),
            }]
        };
        let numbers = items.iter().map(|item| item.defect_no).collect();
        Self {
            items,
            groups,
            numbers,
        }
    }

    /// Sizes of the groups.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.count).collect()
    }
}

#[cfg(test)]
mod tests {
    use contract::defect::{DefectId, ReviewStatus};
    use contract::image::ImageKind;
    use uuid::Uuid;

    use super::*;

    fn item(defect_no: i32, defect_type_id: i32, x_mm: f64, elements: &[&str]) -> GalleryItem {
        GalleryItem {
            image_id: Uuid::from_u128(defect_no.unsigned_abs().into()),
            defect_id: DefectId {
                inspection_id: Uuid::nil(),
                defect_no,
            },
            defect_no,
            defect_type_id,
            size_um: None,
            x_mm: Some(x_mm),
            y_mm: Some(0.0),
            review_status: ReviewStatus::Detected,
            kind: ImageKind::Sem,
            elements: elements.iter().map(|&element| element.to_owned()).collect(),
        }
    }

    fn items() -> [GalleryItem; 4] {
        [
            item(1, 7, 0.0, &["Fe"]),
            item(2, 9, 10.0, &[]),
            item(3, 9, 20.0, &["Si", "O"]),
            item(4, 7, 30.0, &["Fe", "Cr"]),
        ]
    }

    fn numbers(narrowing: &Narrowing, by_type: bool) -> Vec<i32> {
        Shown::new(&items(), narrowing, by_type, &KnownTypes::default()).numbers
    }

    #[test]
    fn the_largest_group_comes_first_and_keeps_the_order_of_its_defects() {
        let mut all = items().to_vec();
        all.push(item(5, 9, 0.0, &[]));
        let shown = Shown::new(&all, &Narrowing::default(), true, &KnownTypes::default());
        assert_eq!(shown.numbers, [2, 3, 5, 1, 4]);
        assert_eq!(shown.sizes(), [3, 2]);
    }

    #[test]
    fn a_filter_by_type_element_and_region_leaves_what_fits_all() {
        let elements = vec!["Fe".to_owned()];
        let by_element = Narrowing {
            elements: elements.clone(),
            ..Narrowing::default()
        };
        assert_eq!(numbers(&by_element, false), [1, 4]);
        let within = Narrowing {
            elements,
            types: vec![7],
            region: Some([5.0, -1.0, 40.0, 1.0]),
            numbers: None,
        };
        assert_eq!(numbers(&within, false), [4]);
    }

    #[test]
    fn of_a_cluster_only_its_defects_are_shown() {
        let cluster = Narrowing {
            numbers: Some(Arc::new(vec![2, 4])),
            ..Narrowing::default()
        };
        assert_eq!(numbers(&cluster, false), [2, 4]);
        let none = Narrowing {
            numbers: Some(Arc::new(Vec::new())),
            ..Narrowing::default()
        };
        assert!(
            numbers(&none, false).is_empty(),
            "a zone without defects shows none"
        );
    }

    #[test]
    fn nothing_left_is_no_group() {
        let nothing = Narrowing {
            types: vec![1],
            ..Narrowing::default()
        };
        let shown = Shown::new(&items(), &nothing, false, &KnownTypes::default());
        assert!(shown.groups.is_empty() && shown.items.is_empty());
    }
}
