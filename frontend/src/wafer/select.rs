//! Parts of the wafer that are chosen on the map: rectangles, and what a lasso encloses.

use super::overlay::is_inside;
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

/// A part of the wafer.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    bounds: Region,
    /// Corners of a closed line; the rule of even and odd says what is inside. `None`: all of the rectangle.
    lasso: Option<Vec<[f64; 2]>>,
}

impl Selection {
    /// A rectangle, its edges included.
    #[must_use]
    pub fn rectangle(bounds: Region) -> Self {
        Self {
            bounds,
            lasso: None,
        }
    }

    /// The inside of a closed line, mm.
    #[must_use]
    pub fn lasso(corners: Vec<[f64; 2]>) -> Self {
        let first = corners.first().copied().unwrap_or_default();
        let wider = |[x_min, y_min, x_max, y_max]: Region, &[x, y]: &[f64; 2]| {
            [x_min.min(x), y_min.min(y), x_max.max(x), y_max.max(y)]
        };
        Self {
            bounds: corners.iter().fold(region_between(first, first), wider),
            lasso: Some(corners),
        }
    }

    /// The rectangle around it.
    #[must_use]
    pub fn bounds(&self) -> Region {
        self.bounds
    }

    /// Corners of the line, when it is one.
    #[must_use]
    pub fn corners(&self) -> Option<&[[f64; 2]]> {
        self.lasso.as_deref()
    }

    /// Whether a point is in it.
    #[must_use]
    pub fn holds(&self, [x, y]: [f64; 2]) -> bool {
        let [x_min, y_min, x_max, y_max] = self.bounds;
        let is_within = (x_min..=x_max).contains(&x) && (y_min..=y_max).contains(&y);
        is_within
            && self
                .lasso
                .as_deref()
                .is_none_or(|corners| is_inside(corners, [x, y]))
    }

    /// The defects in it, as indices into the columns, of the types that are `shown`.
    pub fn of<'a>(
        &'a self,
        scene: &'a Scene,
        shown: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let near = scene.order.near(self.bounds, shown);
        near.filter(|&index| self.holds(scene.data.defects.place_mm(index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

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
    fn only_shown_defects_inside_or_on_the_edge_are_in_a_box() {
        let scene = Scene::new(map(&[
            (0, 0.0, 0.0),
            (0, 1.0, 1.0),
            (1, 0.5, 0.5),
            (0, 1.1, 0.0),
        ]));
        let region = Selection::rectangle([0.0, 0.0, 1.0, 1.0]);
        assert_eq!(region.of(&scene, |_| true).count(), 3);
        assert_eq!(region.of(&scene, |kind| kind == 0).count(), 2);
    }

    #[test]
    fn a_lasso_holds_what_it_encloses_and_not_what_lies_in_its_bay() {
        let scene = Scene::new(map(&[
            (0, 10.0, 50.0),
            (0, 50.0, 50.0),
            (0, 50.0, 10.0),
            (0, 120.0, 10.0),
        ]));
        let lasso = Selection::lasso(vec![
            [0.0, 0.0],
            [100.0, 0.0],
            [100.0, 100.0],
            [50.0, 20.0],
            [0.0, 100.0],
        ]);
        assert_eq!(lasso.bounds(), [0.0, 0.0, 100.0, 100.0]);
        let mut inside: Vec<usize> = lasso.of(&scene, |_| true).collect();
        inside.sort_unstable();
        assert_eq!(inside, [0, 2]);
        assert!(lasso.holds([10.0, 50.0]) && !lasso.holds([50.0, 50.0]));
    }

    #[test]
    fn a_lasso_of_a_single_point_holds_nothing() {
        assert!(!Selection::lasso(vec![[1.0, 1.0]]).holds([1.0, 1.0]));
        assert_eq!(Selection::lasso(Vec::new()).bounds(), [0.0; 4]);
    }
}
