//! In which order, and in which groups, the wafers of a lot stand.

use std::cmp::{Ordering, Reverse};

use contract::spatial::LotWafer;

/// What wafers are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// Slot of the cassette.
    Slot,
    /// Defects, most first.
    Count,
    /// Defects per area, most first.
    Density,
    /// Name of the most frequent type.
    MainType,
}

impl SortBy {
    /// What the URL says; by slot where it says nothing.
    pub fn of_url(value: Option<&str>) -> Self {
        match value {
            Some("count") => Self::Count,
            Some("density") => Self::Density,
            Some("type") => Self::MainType,
            _ => Self::Slot,
        }
    }
}

/// What wafers are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Nothing: one group without a title.
    Nothing,
    /// The most frequent type.
    MainType,
    /// The tool that inspected.
    Tool,
}

impl GroupBy {
    /// What the URL says; nothing where it says nothing.
    pub fn of_url(value: Option<&str>) -> Self {
        match value {
            Some("type") => Self::MainType,
            Some("tool") => Self::Tool,
            _ => Self::Nothing,
        }
    }
}

/// Wafers that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Title; empty where wafers are not grouped.
    pub title: String,
    /// Colour of the type that it is of.
    pub colour: Option<String>,
    /// Wafers, in their order.
    pub wafer_ids: Vec<String>,
}

/// Defects counted, per cm2 of the area inspected; `None` where the area is not known.
pub fn density(wafer: &LotWafer) -> Option<f64> {
    let area_cm2 = wafer.inspection.as_ref()?.area_cm2?;
    (area_cm2 > 0.0).then(|| wafer.count as f64 / area_cm2)
}

/// The wafers in groups; those that were not inspected are the last of all.
pub fn arranged(wafers: &[LotWafer], sort: SortBy, group: GroupBy) -> Vec<Group> {
    let mut ordered: Vec<&LotWafer> = wafers.iter().collect();
    ordered.sort_by(|first, second| compare(first, second, sort));
    let mut groups: Vec<(u8, Group)> = Vec::new();
    for wafer in ordered {
        let (rank, title, colour) = group_of(wafer, group);
        match groups.iter_mut().find(|(_, known)| known.title == title) {
            Some((_, known)) => known.wafer_ids.push(wafer.wafer_id.clone()),
            None => groups.push((
                rank,
                Group {
                    title,
                    colour,
                    wafer_ids: vec![wafer.wafer_id.clone()],
                },
            )),
        }
    }
    groups.sort_by(|(rank, first), (other, second)| {
        let size = |group: &Group| Reverse(group.wafer_ids.len());
        (rank, size(first), &first.title).cmp(&(other, size(second), &second.title))
    });
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Rank among the groups, title and colour of the group of a wafer.
fn group_of(wafer: &LotWafer, by: GroupBy) -> (u8, String, Option<String>) {
    let bare = |rank, title: &str| (rank, title.to_owned(), None);
    match (by, &wafer.inspection, &wafer.main_type) {
        (GroupBy::Nothing, ..) => bare(0, ""),
        (_, None, _) => bare(2, "Not inspected"),
        (GroupBy::MainType, Some(_), Some(kind)) => {
            (0, kind.name.clone(), Some(kind.colour.clone()))
        }
        (GroupBy::MainType, Some(_), None) => bare(1, "No defects"),
        (GroupBy::Tool, Some(inspection), _) => match &inspection.equipment_id {
            Some(tool) => bare(0, tool),
            None => bare(1, "Tool not known"),
        },
    }
}

fn compare(first: &LotWafer, second: &LotWafer, by: SortBy) -> Ordering {
    let inspected = |wafer: &LotWafer| wafer.inspection.is_none();
    let slot = |wafer: &LotWafer| (wafer.slot.is_none(), wafer.slot, wafer.wafer_id.clone());
    let by_slot = || slot(first).cmp(&slot(second));
    let measured = match by {
        SortBy::Slot => return by_slot(),
        SortBy::Count => second.count.cmp(&first.count),
        SortBy::Density => {
            let density = |wafer| density(wafer).unwrap_or(-1.0);
            density(second).total_cmp(&density(first))
        }
        SortBy::MainType => {
            let name = |wafer: &LotWafer| {
                let name = wafer.main_type.as_ref().map(|kind| kind.name.clone());
                (name.is_none(), name)
            };
            name(first).cmp(&name(second))
        }
    };
    inspected(first)
        .cmp(&inspected(second))
        .then(measured)
        .then_with(by_slot)
}

#[cfg(test)]
mod tests {
    use contract::inspection::Inspection;
    use contract::spatial::TypeShare;
    use uuid::Uuid;

    use super::*;

    fn wafer(slot: i32, found: Option<(i64, &str)>) -> LotWafer {
        let inspection = found.map(|(count, tool)| Inspection {
            inspection_id: Uuid::nil(),
            wafer_id: String::new(),
            lot_id: String::new(),
            slot: Some(slot),
            equipment_id: Some(tool.to_owned()),
            run_id: None,
            step_id: String::new(),
            device_id: None,
            recipe: None,
            inspected_at: chrono::DateTime::UNIX_EPOCH,
            area_cm2: Some(f64::from(slot)),
            defect_count: count,
            density_per_cm2: None,
            superseded: false,
            source_file: None,
            warning_count: 0,
        });
        let count = found.map_or(0, |(count, _)| count);
        LotWafer {
            wafer_id: format!("W{slot}"),
            slot: Some(slot),
            inspection,
            count,
            unplaced: 0,
            main_type: (count > 0).then(|| TypeShare {
                defect_type_id: 1,
                name: "Scratch".to_owned(),
                colour: "#ff8000".to_owned(),
                count,
            }),
            cell: Vec::new(),
            cell_count: Vec::new(),
        }
    }

    fn lot() -> Vec<LotWafer> {
        vec![
            wafer(3, Some((0, "B"))),
            wafer(1, None),
            wafer(4, Some((8, "A"))),
            wafer(2, Some((6, "B"))),
        ]
    }

    fn order(sort: SortBy) -> Vec<String> {
        arranged(&lot(), sort, GroupBy::Nothing).remove(0).wafer_ids
    }

    #[test]
    fn a_wafer_that_was_not_inspected_is_last_but_by_slot_keeps_its_place() {
        assert_eq!(order(SortBy::Slot), ["W1", "W2", "W3", "W4"]);
        assert_eq!(order(SortBy::Count), ["W4", "W2", "W3", "W1"]);
        assert_eq!(order(SortBy::Density), ["W2", "W4", "W3", "W1"]);
        assert_eq!(order(SortBy::MainType), ["W2", "W4", "W3", "W1"]);
    }

    #[test]
    fn a_clean_wafer_and_one_that_was_not_inspected_are_groups_of_their_own() {
        let groups = arranged(&lot(), SortBy::Slot, GroupBy::MainType);
        let titles: Vec<_> = groups.iter().map(|group| group.title.as_str()).collect();
        assert_eq!(titles, ["Scratch", "No defects", "Not inspected"]);
        let groups = arranged(&lot(), SortBy::Slot, GroupBy::Tool);
        let titles: Vec<_> = groups.iter().map(|group| group.title.as_str()).collect();
        assert_eq!(titles, ["B", "A", "Not inspected"]);
    }
}
