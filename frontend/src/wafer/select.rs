//! Rectangles on the wafer.

use super::pick::PickGrid;
use super::scene::Scene;

/// A rectangle on the wafer: `[x_min, y_min, x_max, y_max]`, mm from the wafer centre.
pub type Region = [f64; 4];

/// The rectangle between two corners, whichever they are.
#[must_use]
pub fn region_between(one_mm: [f64; 2], other_mm: [f64; 2]) -> Region {
    [
        one_mm[0].min(other_mm[0]),
        one_mm[1].min(other_mm[1]),
        one_mm[0].max(other_mm[0]),
        one_mm[1].max(other_mm[1]),
    ]
}

/// How many visible defects lie in a region, its edges included.
#[must_use]
pub fn count_within(
    scene: &Scene,
    grid: &PickGrid,
    region: Region,
    visible: impl Fn(usize) -> bool,
) -> usize {
    let [x_min, y_min, x_max, y_max] = region;
    grid.within(region)
        .filter(|&index| {
            (x_min..=x_max).contains(&scene.x_mm[index])
                && (y_min..=y_max).contains(&scene.y_mm[index])
        })
        .filter(|&index| visible(index))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::scene::tests::map;

    #[test]
    fn a_region_is_the_same_from_whichever_corner_it_was_drawn() {
        assert_eq!(
            region_between([3.0, -1.0], [-2.0, 4.0]),
            [-2.0, -1.0, 3.0, 4.0]
        );
        assert_eq!(
            region_between([-2.0, 4.0], [3.0, -1.0]),
            [-2.0, -1.0, 3.0, 4.0]
        );
    }

    #[test]
    fn only_visible_defects_inside_or_on_the_edge_are_counted() {
        let scene = Scene::new(map(&[
            (0, 0.0, 0.0),
            (0, 1.0, 1.0),
            (1, 0.5, 0.5),
            (0, 1.1, 0.0),
        ]));
        let grid = PickGrid::new(&scene);
        let first_type = |index| {
            scene
                .kind_of(index)
                .is_some_and(|kind| kind.defect_type_id == 10)
        };
        assert_eq!(
            count_within(&scene, &grid, [0.0, 0.0, 1.0, 1.0], |_| true),
            3
        );
        assert_eq!(
            count_within(&scene, &grid, [0.0, 0.0, 1.0, 1.0], first_type),
            2
        );
    }
}
