//! What a small picture shows.

use contract::inspection::Geometry;
use contract::spatial::{LotMaps, LotWafer, MapPicture};
use contract::wafer::MarkType;

/// Values by square cell on the outline of a wafer; cells without a value are not listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Diameter of the wafer, mm.
    pub diameter_mm: f64,
    /// Notch or flat, at the bottom.
    pub mark: MarkType,
    /// Edge of a cell, mm.
    pub cell_mm: f64,
    /// Half the width of the square that the cells cover, mm.
    pub radius_mm: f64,
    /// Column, row from below, and value of each cell, smallest value first: where cells are smaller than a
    /// pixel, the largest is seen.
    pub cells: Vec<(u32, u32, f64)>,
}

impl Picture {
    /// The defects of a wafer of a lot.
    #[must_use]
    pub fn of_lot_wafer(maps: &LotMaps, wafer: &LotWafer) -> Self {
        Self::new(
            &maps.geometry,
            (maps.cell_mm, maps.radius_mm, maps.across),
            &wafer.cell,
            &wafer.cell_count,
        )
    }

    /// The defects of an inspection.
    #[must_use]
    pub fn of_inspection(picture: &MapPicture) -> Self {
        Self::new(
            &picture.geometry,
            (picture.cell_mm, picture.radius_mm, picture.across),
            &picture.cell,
            &picture.cell_count,
        )
    }

    fn new(
        geometry: &Geometry,
        (cell_mm, radius_mm, across): (f64, f64, u32),
        cell: &[u32],
        count: &[u32],
    ) -> Self {
        let mut cells: Vec<_> = cell
            .iter()
            .zip(count)
            .map(|(&cell, &count)| {
                let across = across.max(1);
                (cell % across, cell / across, f64::from(count))
            })
            .collect();
        cells.sort_by(|(.., first), (.., second)| first.total_cmp(second));
        Self {
            diameter_mm: if geometry.diameter_mm > 0.0 {
                geometry.diameter_mm
            } else {
                2.0 * radius_mm
            },
            mark: geometry.mark_type,
            cell_mm,
            radius_mm,
            cells,
        }
    }

    /// The largest value; 0 without cells.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.cells.last().map_or(0.0, |&(.., value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_by_row_and_column_and_the_largest_is_painted_last() {
        let geometry = Geometry {
            diameter_mm: 300.0,
            mark_type: MarkType::Notch,
            delivered_mark_location: None,
            pitch_x_mm: None,
            pitch_y_mm: None,
            delivered_centre_mm: None,
            die_count: 0,
        };
        let picture = Picture::new(&geometry, (10.0, 150.0, 30), &[0, 31, 899], &[4, 9, 1]);
        assert_eq!(picture.cells, [(29, 29, 1.0), (0, 0, 4.0), (1, 1, 9.0)]);
        assert!((picture.most() - 9.0).abs() < f64::EPSILON);
    }
}
