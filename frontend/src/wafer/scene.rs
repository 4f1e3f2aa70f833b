//! What is on the map, as plain arrays in the order of painting.

use std::collections::HashSet;
use std::sync::Arc;

use contract::analytics::{MapDies, WaferMap};
use contract::defect::DefectColumns;
use contract::inspection::Geometry;
use contract::wafer::MarkType;

use super::shape::Shape;

/// What a map shows.
pub type MapData = WaferMap;

/// A map without defects: outline, dies and what is laid over them. Another `name` is another wafer, shown whole.
#[must_use]
pub fn bare_map(name: &str, geometry: Geometry, dies: MapDies) -> Arc<MapData> {
    Arc::new(WaferMap {
        wafer_id: name.to_owned(),
        geometry,
        dies,
        inspections: Vec::new(),
        types: Vec::new(),
        defects: DefectColumns::default(),
        unplaced: 0,
        left_out: 0,
    })
}

/// Everything on a map but the view of it.
#[derive(Debug)]
pub struct Scene {
    /// Where it came from: names and sizes for the tooltip.
    pub source: Arc<WaferMap>,
    /// Wafer diameter in mm.
    pub diameter_mm: f64,
    /// Orientation mark at the bottom.
    pub mark: MarkType,
    /// Types, in the order of the map (most defects first).
    pub kinds: Vec<Kind>,
    /// Defects, kind by kind: positions from the wafer centre in mm, y up.
    pub x_mm: Vec<f64>,
    /// See [`Scene::x_mm`].
    pub y_mm: Vec<f64>,
    /// Index of each defect in the columns of [`Scene::source`].
    pub row: Vec<usize>,
}

/// One type of defects on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Type.
    pub defect_type_id: i32,
    /// Colour, red, green, blue.
    pub rgb: [u8; 3],
    /// Shape, so that types differ without their colour too.
    pub shape: Shape,
    /// First of its defects in the arrays of the scene.
    pub start: usize,
    /// One past its last.
    pub end: usize,
}

impl Scene {
    /// Sorts the defects of `map` by type. A defect whose type is not listed, or whose position is no
    /// number, is not on the map.
    #[must_use]
    pub fn new(source: Arc<WaferMap>) -> Self {
        let map = &*source;
        let columns = &map.defects;
        let placed = |row: &usize| {
            let kind = columns.kind[*row] as usize;
            kind < map.types.len()
                && columns.x_mm[*row].is_finite()
                && columns.y_mm[*row].is_finite()
        };
        let length = columns
            .kind
            .len()
            .min(columns.x_mm.len())
            .min(columns.y_mm.len());
        let mut row: Vec<usize> = (0..length).filter(placed).collect();
        // Stable: within a type, the order of the file stays.
        row.sort_by_key(|&row| columns.kind[row]);
        let mut start = 0;
        let kinds = map
            .types
            .iter()
            .enumerate()
            .map(|(place, kind)| {
                let end = start
                    + row[start..].partition_point(|&row| columns.kind[row] as usize <= place);
                let kind = Kind {
                    defect_type_id: kind.defect_type_id,
                    rgb: rgb(&kind.colour),
                    shape: Shape::of_type(kind.defect_type_id),
                    start,
                    end,
                };
                start = end;
                kind
            })
            .collect();
        Self {
            diameter_mm: if map.geometry.diameter_mm > 0.0 {
                map.geometry.diameter_mm
            } else {
                300.0
            },
            mark: map.geometry.mark_type,
            kinds,
            x_mm: row.iter().map(|&row| columns.x_mm[row]).collect(),
            y_mm: row.iter().map(|&row| columns.y_mm[row]).collect(),
            row,
            source,
        }
    }

    /// The kind of the defect at `index`.
    #[must_use]
    pub fn kind_of(&self, index: usize) -> Option<&Kind> {
        self.kinds
            .get(self.kinds.partition_point(|kind| kind.end <= index))
    }

    /// Inspection (index into the map's) and number of the defect at `index`.
    #[must_use]
    pub fn id_of(&self, index: usize) -> Option<(u32, i32)> {
        let columns = &self.source.defects;
        let row = *self.row.get(index)?;
        Some((*columns.inspection.get(row)?, *columns.defect_no.get(row)?))
    }

    /// Where the defect with this inspection and number is in the arrays.
    #[must_use]
    pub fn index_of(&self, id: (u32, i32)) -> Option<usize> {
        (0..self.row.len()).find(|&index| self.id_of(index) == Some(id))
    }

    /// Where the defects with these inspections and numbers are in the arrays.
    #[must_use]
    pub fn indices_of(&self, ids: &HashSet<(u32, i32)>) -> Vec<usize> {
        let is_meant = |index: &usize| self.id_of(*index).is_some_and(|id| ids.contains(&id));
        match ids.is_empty() {
            true => Vec::new(),
            false => (0..self.row.len()).filter(is_meant).collect(),
        }
    }
}

/// `#rrggbb` as bytes; grey for anything else.
#[must_use]
pub fn rgb(colour: &str) -> [u8; 3] {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6);
    digits
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .map_or([128; 3], |value| {
            let [_, red, green, blue] = value.to_be_bytes();
            [red, green, blue]
        })
}

#[cfg(test)]
pub(super) mod tests {
    use contract::analytics::{MapDies, MapType};
    use contract::defect::DefectColumns;
    use contract::inspection::Geometry;

    use super::*;

    /// A 300 mm wafer with defects `(type index, x, y)` numbered from 1, of types 10, 11, ...
    pub fn map(defects: &[(u32, f64, f64)]) -> Arc<WaferMap> {
        let kinds = defects
            .iter()
            .map(|&(kind, ..)| kind + 1)
            .max()
            .unwrap_or(0);
        Arc::new(WaferMap {
            wafer_id: "W1".to_owned(),
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
            inspections: Vec::new(),
            types: (0..kinds)
                .map(|kind| MapType {
                    defect_type_id: 10 + i32::try_from(kind).unwrap_or(0),
                    name: format!("type {kind}"),
                    colour: "#ff8000".to_owned(),
                    count: 0,
                })
                .collect(),
            defects: DefectColumns {
                inspection: vec![0; defects.len()],
                defect_no: (1..).take(defects.len()).collect(),
                x_mm: defects.iter().map(|&(_, x, _)| x).collect(),
                y_mm: defects.iter().map(|&(.., y)| y).collect(),
                kind: defects.iter().map(|&(kind, ..)| kind).collect(),
                size_um: vec![1.0; defects.len()],
                cluster_no: vec![0; defects.len()],
                die_x: vec![0; defects.len()],
                die_y: vec![0; defects.len()],
            },
            unplaced: 0,
            left_out: 0,
        })
    }

    #[test]
    fn defects_are_sorted_by_type_and_keep_their_numbers() {
        let scene = Scene::new(map(&[(1, 1.0, 0.0), (0, 2.0, 0.0), (1, 3.0, 0.0)]));
        assert_eq!(scene.x_mm, [2.0, 1.0, 3.0]);
        let numbers: Vec<_> = (0..3).filter_map(|index| scene.id_of(index)).collect();
        assert_eq!(numbers, [(0, 2), (0, 1), (0, 3)]);
        assert_eq!(scene.index_of((0, 3)), Some(2));
    }

    #[test]
    fn each_defect_knows_its_type_even_beside_types_without_defects() {
        let mut source = Arc::unwrap_or_clone(map(&[(2, 1.0, 0.0), (0, 2.0, 0.0)]));
        source.types[2].colour = "red".to_owned();
        let scene = Scene::new(Arc::new(source));
        let types: Vec<_> = (0..2)
            .filter_map(|index| scene.kind_of(index))
            .map(|kind| kind.defect_type_id)
            .collect();
        assert_eq!(types, [10, 12]);
        assert_eq!(
            (scene.kinds[0].rgb, scene.kinds[2].rgb),
            ([255, 128, 0], [128; 3])
        );
    }

    #[test]
    fn a_defect_without_a_place_is_not_on_the_map() {
        let scene = Scene::new(map(&[(0, f64::NAN, 0.0), (0, 2.0, 0.0)]));
        assert_eq!(scene.x_mm, [2.0]);
    }
}
