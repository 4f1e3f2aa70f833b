//! The defects of a step on the map: what became of each tells its shape and colour.

use std::sync::Arc;

use contract::analytics::{MapDies, MapInspection, MapType};
use contract::inspection::Geometry;
use contract::spatial::{AdderStep, Match};

use crate::wafer::{Columns, MapData, bare_map};

/// What became of a defect, missing ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The step added it.
    Added,
    /// An earlier inspection saw it too.
    Common,
    /// Several earlier defects could be it.
    Ambiguous,
    /// The inspection before saw it, this one did not.
    Missing,
}

impl Fate {
    /// All, in the order of legends and bars.
    pub const ALL: [Self; 4] = [Self::Added, Self::Common, Self::Ambiguous, Self::Missing];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "Added",
            Self::Common => "Common",
            Self::Ambiguous => "Ambiguous",
            Self::Missing => "Missing",
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Added => "no earlier inspection saw it: the step added it",
            Self::Common => "an earlier inspection saw it too",
            Self::Ambiguous => "several earlier defects could be it; counted as common",
            Self::Missing => "seen at the inspection before, not here: covered, removed or missed",
        }
    }

    /// Colour on map, legend and bars, of enough contrast on light and dark pages.
    pub fn colour(self) -> &'static str {
        match self {
            Self::Added => "#d9480f",
            Self::Common => "#5c7fa3",
            Self::Ambiguous => "#c79a00",
            Self::Missing => "#9c4fc4",
        }
    }

    /// The map gives each number a shape of its own: triangle, disc, diamond, cross.
    fn shape_no(self) -> i32 {
        match self {
            Self::Added => 2,
            Self::Common => 0,
            Self::Ambiguous => 3,
            Self::Missing => 6,
        }
    }

    /// How many a step has.
    pub fn count(self, step: &AdderStep) -> i64 {
        match self {
            Self::Added => step.added,
            Self::Common => step.common,
            Self::Ambiguous => step.ambiguous,
            Self::Missing => step.missing,
        }
    }

    /// Of a defect that was seen.
    pub fn of(state: Match) -> Self {
        match state {
            Match::Added => Self::Added,
            Match::Common => Self::Common,
            Match::Ambiguous => Self::Ambiguous,
        }
    }
}

/// The map of a step: of its own defects those of the types chosen, all where none is; missing defects have
/// negative numbers.
pub fn map_of(
    wafer_id: &str,
    geometry: &Geometry,
    step: &AdderStep,
    types: &[i32],
) -> Arc<MapData> {
    let mut defects = Columns::default();
    let mut counts = [0_i64; 4];
    let mut add = |fate: Fate, number: i32, place_mm: [f64; 2]| {
        let kind = Fate::ALL.iter().position(|of| *of == fate).unwrap_or(0);
        counts[kind] += 1;
        defects.push(number, u16::try_from(kind).unwrap_or(0), place_mm);
    };
    let columns = &step.columns;
    for row in 0..columns.defect_no.len() {
        if types.is_empty() || types.contains(&columns.defect_type_id[row]) {
            let place = [columns.x_mm[row], columns.y_mm[row]];
            add(Fate::of(columns.state[row]), columns.defect_no[row], place);
        }
    }
    for (number, &place) in (1..).zip(&step.missing_mm) {
        add(Fate::Missing, -number, place);
    }
    let types = Fate::ALL.iter().zip(counts).map(|(fate, count)| MapType {
        defect_type_id: fate.shape_no(),
        name: fate.name().to_owned(),
        colour: fate.colour().to_owned(),
        count,
    });
    let mut map = MapData::clone(&bare_map(wafer_id, geometry.clone(), MapDies::default()));
    map.head.inspections = vec![MapInspection {
        inspection_id: step.inspection_id,
        step_id: step.step_id.clone(),
        inspected_at: step.inspected_at,
        defect_count: step.defects,
    }];
    map.head.types = types.collect();
    map.defects = defects;
    Arc::new(map)
}

#[cfg(test)]
mod tests {
    use contract::spatial::AdderColumns;
    use contract::wafer::MarkType;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_fate_is_a_kind_of_its_own_and_types_narrow_what_was_seen() {
        let step = AdderStep {
            inspection_id: Uuid::nil(),
            step_id: "M1".to_owned(),
            equipment_id: None,
            inspected_at: chrono::DateTime::UNIX_EPOCH,
            unplaced: 0,
            tolerance_um: 150.0,
            defects: 3,
            registration: None,
            common: 1,
            added: 1,
            ambiguous: 1,
            missing: 1,
            added_types: Vec::new(),
            columns: AdderColumns {
                defect_no: vec![4, 5, 6],
                x_mm: vec![1.0, 2.0, 3.0],
                y_mm: vec![0.0; 3],
                state: vec![Match::Common, Match::Added, Match::Ambiguous],
                first_step: vec![0, 1, 0],
                defect_type_id: vec![7, 7, 8],
            },
            missing_mm: vec![[9.0, 9.0]],
            left_out: 0,
        };
        let geometry = Geometry {
            diameter_mm: 300.0,
            mark_type: MarkType::Notch,
            delivered_mark_location: None,
            pitch_x_mm: None,
            pitch_y_mm: None,
            delivered_centre_mm: None,
            die_count: 0,
        };
        let all = map_of("W1", &geometry, &step, &[]);
        assert_eq!(all.defects.kind, [1, 0, 2, 3]);
        assert_eq!(all.defects.defect_no, [4, 5, 6, -1]);
        let counts: Vec<_> = all.head.types.iter().map(|kind| kind.count).collect();
        assert_eq!(counts, [1, 1, 1, 1]);
        let of_type = map_of("W1", &geometry, &step, &[8]);
        assert_eq!(of_type.defects.defect_no, [6, -1]);
    }
}
