//! What a map shows, as the server's column stream delivers it: its head, and one array for each property of the
//! defects.

use std::collections::HashSet;
use std::sync::Arc;

use contract::analytics::{MapDies, WaferMap};
use contract::defect::DefectColumns;
use contract::inspection::Geometry;

/// Nanometres in a millimetre.
pub const NM_PER_MM: f64 = 1e6;

/// A map: what is known of the wafer, and its defects as columns.
#[derive(Clone, Debug, PartialEq)]
pub struct MapData {
    /// Wafer, dies, inspections, types; its own `defects` are empty.
    pub head: WaferMap,
    /// The defects.
    pub defects: Columns,
    /// How long it took to get here; `None` for a map that was not fetched.
    pub timing: Option<Timing>,
}

/// Times of a map that was fetched, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// From the request to the first byte of the answer's body.
    pub first_byte_millis: f64,
    /// From the request to the last byte.
    pub last_byte_millis: f64,
    /// Spent on decoding, all of it while bytes came in.
    pub decode_millis: f64,
    /// When the last byte came, on the clock of `performance.now()`.
    pub last_byte_at: f64,
}

/// Defects, one value each in every column, in the order of inspection and number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Index into the map's inspections.
    pub inspection: Vec<u16>,
    /// Number within its inspection.
    pub defect_no: Vec<i32>,
    /// Position from the wafer centre in nm, notch down.
    pub x_nm: Vec<i32>,
    /// Position from the wafer centre in nm, y up.
    pub y_nm: Vec<i32>,
    /// Die column, as delivered, 0 where unknown.
    pub die_x: Vec<i32>,
    /// Die row, as delivered, 0 where unknown.
    pub die_y: Vec<i32>,
    /// Size in um, 0 where unknown.
    pub size_um: Vec<f32>,
    /// Index into the map's types.
    pub kind: Vec<u16>,
    /// Cluster, 0 for none.
    pub cluster_no: Vec<i32>,
    /// Review status, as the stream numbers it.
    pub status: Vec<u8>,
}

impl Columns {
    /// How many defects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.x_nm.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.x_nm.is_empty()
    }

    /// Adds a defect of the first inspection of which no more is known than its number, the place of its type among the
    /// map's, and where it lies, mm from the wafer centre.
    #[expect(clippy::cast_possible_truncation, reason = "a place on a wafer in nm")]
    pub fn push(&mut self, defect_no: i32, kind: u16, place_mm: [f64; 2]) {
        let [x_nm, y_nm] = place_mm.map(|value| (value * NM_PER_MM).round() as i32);
        self.inspection.push(0);
        self.defect_no.push(defect_no);
        self.x_nm.push(x_nm);
        self.y_nm.push(y_nm);
        self.die_x.push(0);
        self.die_y.push(0);
        self.size_um.push(0.0);
        self.kind.push(kind);
        self.cluster_no.push(0);
        self.status.push(0);
    }

    /// Makes room for so many more, and not for one too many.
    pub fn reserve_exact(&mut self, count: usize) {
        self.inspection.reserve_exact(count);
        self.kind.reserve_exact(count);
        self.size_um.reserve_exact(count);
        self.status.reserve_exact(count);
        for column in [
            &mut self.defect_no,
            &mut self.x_nm,
            &mut self.y_nm,
            &mut self.die_x,
            &mut self.die_y,
            &mut self.cluster_no,
        ] {
            column.reserve_exact(count);
        }
    }

    /// Bytes that the columns take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let whole = [
            &self.defect_no,
            &self.x_nm,
            &self.y_nm,
            &self.die_x,
            &self.die_y,
            &self.cluster_no,
        ];
        whole.map(Vec::capacity).iter().sum::<usize>() * 4
            + self.size_um.capacity() * 4
            + (self.inspection.capacity() + self.kind.capacity()) * 2
            + self.status.capacity()
    }

    /// Where a defect lies, mm from the wafer centre, y up.
    #[must_use]
    pub fn place_mm(&self, index: usize) -> [f64; 2] {
        [
            f64::from(self.x_nm[index]) / NM_PER_MM,
            f64::from(self.y_nm[index]) / NM_PER_MM,
        ]
    }

    /// Inspection (index into the map's) and number of a defect.
    #[must_use]
    pub fn id_of(&self, index: usize) -> Option<(u32, i32)> {
        Some((
            u32::from(*self.inspection.get(index)?),
            *self.defect_no.get(index)?,
        ))
    }

    /// Where the defect with this inspection and number is in the columns.
    #[must_use]
    pub fn index_of(&self, (inspection, number): (u32, i32)) -> Option<usize> {
        let mut numbers = self.defect_no.iter().zip(&self.inspection);
        numbers.position(|(&no, &of)| no == number && u32::from(of) == inspection)
    }

    /// Where the defects with these inspections and numbers are in the columns.
    #[must_use]
    pub fn indices_of(&self, ids: &HashSet<(u32, i32)>) -> Vec<usize> {
        let is_meant = |index: &usize| self.id_of(*index).is_some_and(|id| ids.contains(&id));
        match ids.is_empty() {
            true => Vec::new(),
            false => (0..self.len()).filter(is_meant).collect(),
        }
    }

    /// The defects with these indices, in their order.
    #[must_use]
    pub fn only(&self, indices: &[usize]) -> Self {
        fn pick<T: Copy>(column: &[T], indices: &[usize]) -> Vec<T> {
            indices.iter().map(|&index| column[index]).collect()
        }
        Self {
            inspection: pick(&self.inspection, indices),
            defect_no: pick(&self.defect_no, indices),
            x_nm: pick(&self.x_nm, indices),
            y_nm: pick(&self.y_nm, indices),
            die_x: pick(&self.die_x, indices),
            die_y: pick(&self.die_y, indices),
            size_um: pick(&self.size_um, indices),
            kind: pick(&self.kind, indices),
            cluster_no: pick(&self.cluster_no, indices),
            status: pick(&self.status, indices),
        }
    }
}

/// A map without defects: outline, dies and what is laid over them. Another `name` is another wafer, shown whole.
#[must_use]
pub fn bare_map(name: &str, geometry: Geometry, dies: MapDies) -> Arc<MapData> {
    Arc::new(MapData {
        head: WaferMap {
            wafer_id: name.to_owned(),
            geometry,
            dies,
            inspections: Vec::new(),
            types: Vec::new(),
            defects: DefectColumns::default(),
            unplaced: 0,
            left_out: 0,
        },
        defects: Columns::default(),
        timing: None,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use contract::analytics::MapType;
    use contract::wafer::MarkType;

    use super::*;

    /// A 300 mm wafer with defects `(type index, x mm, y mm)` numbered from 1, of types 10, 11, ..., 1 um each.
    pub fn map(defects: &[(u16, f64, f64)]) -> Arc<MapData> {
        let kinds = defects
            .iter()
            .map(|&(kind, ..)| kind + 1)
            .max()
            .unwrap_or(0);
        let geometry = Geometry {
            diameter_mm: 300.0,
            mark_type: MarkType::Notch,
            delivered_mark_location: None,
            pitch_x_mm: None,
            pitch_y_mm: None,
            delivered_centre_mm: None,
            die_count: 0,
        };
        let mut data = Arc::into_inner(bare_map("W1", geometry, MapDies::default())).expect("mine");
        data.head.types = (0..kinds)
            .map(|kind| MapType {
                defect_type_id: 10 + i32::from(kind),
                name: format!("type {kind}"),
                colour: "#ff8000".to_owned(),
                count: defects.iter().filter(|defect| defect.0 == kind).count() as i64,
            })
            .collect();
        let nm = |value: f64| (value * NM_PER_MM).round() as i32;
        data.defects = Columns {
            inspection: vec![0; defects.len()],
            defect_no: (1..).take(defects.len()).collect(),
            x_nm: defects.iter().map(|&(_, x, _)| nm(x)).collect(),
            y_nm: defects.iter().map(|&(.., y)| nm(y)).collect(),
            die_x: vec![0; defects.len()],
            die_y: vec![0; defects.len()],
            size_um: vec![1.0; defects.len()],
            kind: defects.iter().map(|&(kind, ..)| kind).collect(),
            cluster_no: vec![0; defects.len()],
            status: vec![0; defects.len()],
        };
        Arc::new(data)
    }

    #[test]
    fn a_defect_is_found_by_inspection_and_number() {
        let data = map(&[(1, 1.0, 0.0), (0, 2.0, 0.0)]);
        assert_eq!(data.defects.index_of((0, 2)), Some(1));
        assert_eq!(data.defects.index_of((1, 2)), None);
        assert_eq!(
            data.defects.indices_of(&HashSet::from([(0, 1), (0, 7)])),
            [0]
        );
        assert_eq!(data.defects.place_mm(1), [2.0, 0.0]);
    }
}
