//! Which defect is under the pointer: a grid over the wafer with the defects of each cell.

use super::scene::Scene;

/// Cells along one side of the wafer.
const CELLS: usize = 160;

/// Defects by cell.
#[derive(Debug)]
pub struct PickGrid {
    /// Left and lower edge, mm.
    origin_mm: f64,
    cell_mm: f64,
    /// Where the defects of each cell begin in `indices`, row by row; one entry more than cells.
    starts: Vec<usize>,
    indices: Vec<usize>,
}

impl PickGrid {
    /// Sorts the defects of a scene into cells.
    #[must_use]
    pub fn new(scene: &Scene) -> Self {
        // KLARF allows defects a little outside the wafer: the border cells take them.
        let origin_mm = -0.51 * scene.diameter_mm;
        let cell_mm = 1.02 * scene.diameter_mm / CELLS as f64;
        let mut grid = Self {
            origin_mm,
            cell_mm,
            starts: vec![0; CELLS * CELLS + 1],
            indices: vec![0; scene.x_mm.len()],
        };
        let cell =
            |index: usize| grid.cell(scene.y_mm[index]) * CELLS + grid.cell(scene.x_mm[index]);
        let cells: Vec<usize> = (0..scene.x_mm.len()).map(cell).collect();
        for &cell in &cells {
            grid.starts[cell + 1] += 1;
        }
        for cell in 0..CELLS * CELLS {
            grid.starts[cell + 1] += grid.starts[cell];
        }
        let mut next = grid.starts.clone();
        for (index, &cell) in cells.iter().enumerate() {
            grid.indices[next[cell]] = index;
            next[cell] += 1;
        }
        grid
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the grid"
    )]
    fn cell(&self, value_mm: f64) -> usize {
        ((value_mm - self.origin_mm) / self.cell_mm).clamp(0.0, (CELLS - 1) as f64) as usize
    }

    /// The defect nearest to a point, not farther than `reach_mm`, of those that are `visible`.
    /// Of several at the same place, the one painted last, which is the one that is seen.
    #[must_use]
    pub fn nearest(
        &self,
        scene: &Scene,
        point_mm: [f64; 2],
        reach_mm: f64,
        visible: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut best = None;
        let mut best_distance = reach_mm;
        for index in self.within([
            point_mm[0] - reach_mm,
            point_mm[1] - reach_mm,
            point_mm[0] + reach_mm,
            point_mm[1] + reach_mm,
        ]) {
            let distance = (scene.x_mm[index] - point_mm[0]).hypot(scene.y_mm[index] - point_mm[1]);
            let nearer = distance < best_distance
                || (distance == best_distance && best.is_none_or(|best| index > best));
            if nearer && visible(index) {
                best_distance = distance;
                best = Some(index);
            }
        }
        best
    }

    /// Defects of all cells that a rectangle `[x_min, y_min, x_max, y_max]` touches.
    pub fn within(&self, [x_min, y_min, x_max, y_max]: [f64; 4]) -> impl Iterator<Item = usize> {
        let (first, last) = (self.cell(x_min), self.cell(x_max));
        (self.cell(y_min)..=self.cell(y_max)).flat_map(move |row| {
            let cells = row * CELLS;
            self.indices[self.starts[cells + first]..self.starts[cells + last + 1]]
                .iter()
                .copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::scene::tests::map;

    fn nearest(
        defects: &[(u32, f64, f64)],
        point_mm: [f64; 2],
        reach_mm: f64,
    ) -> Option<(u32, i32)> {
        let scene = Scene::new(map(defects));
        let grid = PickGrid::new(&scene);
        grid.nearest(&scene, point_mm, reach_mm, |_| true)
            .and_then(|index| scene.id_of(index))
    }

    #[test]
    fn the_nearest_defect_within_reach_is_found_across_cells() {
        let defects = [(0, 10.0, 10.0), (1, 12.0, 10.0), (0, -149.0, 3.0)];
        assert_eq!(nearest(&defects, [11.2, 10.0], 5.0), Some((0, 2)));
        assert_eq!(nearest(&defects, [-145.0, 0.0], 6.0), Some((0, 3)));
        assert_eq!(nearest(&defects, [11.0, 15.0], 5.0), None);
    }

    #[test]
    fn a_defect_outside_the_wafer_is_found_too() {
        assert_eq!(
            nearest(&[(0, 0.0, -158.0)], [0.0, -157.0], 2.0),
            Some((0, 1))
        );
    }

    #[test]
    fn of_defects_at_one_place_the_one_painted_last_is_found() {
        assert_eq!(
            nearest(&[(1, 5.0, 5.0), (0, 5.0, 5.0)], [5.0, 5.0], 1.0),
            Some((0, 1))
        );
    }

    #[test]
    fn a_hidden_defect_does_not_stand_in_the_way() {
        let scene = Scene::new(map(&[(0, 1.0, 0.0), (1, 2.0, 0.0)]));
        let grid = PickGrid::new(&scene);
        let visible = |index| {
            scene
                .kind_of(index)
                .is_some_and(|kind| kind.defect_type_id != 10)
        };
        let found = grid.nearest(&scene, [0.0, 0.0], 3.0, visible);
        assert_eq!(found.and_then(|index| scene.id_of(index)), Some((0, 2)));
    }
}
