//! What is on the map, ready to be drawn.

use std::sync::Arc;

use contract::wafer::MarkType;

use super::camera::Camera;
use super::columns::MapData;
use super::order::Order;
use super::select::Region;
use super::shape::Shape;
use crate::canvas::Viewport;

/// Everything on a map but the view of it.
#[derive(Debug)]
pub struct Scene {
    /// Where it came from.
    pub data: Arc<MapData>,
    /// Wafer diameter in mm.
    pub diameter_mm: f64,
    /// Orientation mark at the bottom.
    pub mark: MarkType,
    /// Types, in the order of the map (most defects first), which is that of drawing.
    pub kinds: Vec<Kind>,
    /// The defects in the order of drawing. Those whose type is not listed are not in it.
    pub order: Order,
    /// Size of the largest defect, um.
    pub largest_um: f32,
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
}

impl Scene {
    /// Sorts the defects of a map.
    #[must_use]
    pub fn new(data: Arc<MapData>) -> Self {
        let head = &data.head;
        let diameter_mm = match head.geometry.diameter_mm > 0.0 {
            true => head.geometry.diameter_mm,
            false => 300.0,
        };
        let kinds: Vec<Kind> = head
            .types
            .iter()
            .map(|kind| Kind {
                defect_type_id: kind.defect_type_id,
                rgb: rgb(&kind.colour),
                shape: Shape::of_type(kind.defect_type_id),
            })
            .collect();
        Self {
            diameter_mm,
            mark: head.geometry.mark_type,
            order: Order::new(&data.defects, kinds.len(), diameter_mm),
            kinds,
            largest_um: data.defects.size_um.iter().copied().fold(0.0, f32::max),
            data,
        }
    }

    /// Which of the types are drawn, by their place in [`Scene::kinds`].
    #[must_use]
    pub fn shown(&self, hidden: &[i32]) -> Vec<bool> {
        let is_shown = |kind: &Kind| !hidden.contains(&kind.defect_type_id);
        self.kinds.iter().map(is_shown).collect()
    }

    /// How many defects of the types that are drawn there are.
    #[must_use]
    pub fn count(&self, shown: &[bool]) -> usize {
        let kinds = (0..self.kinds.len()).filter(|&kind| shown[kind]);
        kinds.map(|kind| self.order.of_kind(kind).len()).sum()
    }

    /// Die (column, row) at a point of the wafer.
    #[must_use]
    pub fn die_at(&self, [x, y]: [f64; 2]) -> Option<(i32, i32)> {
        let dies = &self.data.head.dies;
        let place = dies
            .left_mm
            .iter()
            .zip(&dies.bottom_mm)
            .position(|(left, bottom)| {
                (*left..left + dies.width_mm).contains(&x)
                    && (*bottom..bottom + dies.height_mm).contains(&y)
            })?;
        Some((*dies.die_x.get(place)?, *dies.die_y.get(place)?))
    }

    /// The rectangle of a die.
    #[must_use]
    pub fn die(&self, (column, row): (i32, i32)) -> Option<Region> {
        let dies = &self.data.head.dies;
        let place = (0..dies.die_x.len())
            .find(|&place| (dies.die_x[place], dies.die_y[place]) == (column, row))?;
        let (left, bottom) = (*dies.left_mm.get(place)?, *dies.bottom_mm.get(place)?);
        Some([left, bottom, left + dies.width_mm, bottom + dies.height_mm])
    }

    /// Sizes of the marks in a view.
    #[must_use]
    pub fn sizes(&self, camera: &Camera, viewport: Viewport) -> Sizes {
        let whole = match self.data.defects.len() {
            0..=500 => 4.0,
            501..=5_000 => 3.0,
            5_001..=30_000 => 2.0,
            _ => 1.2,
        };
        let whole_mm_per_px = Camera::whole_wafer(self.diameter_mm, viewport).mm_per_px;
        // On a small screen the same defects stand closer together.
        let room = (self.diameter_mm / whole_mm_per_px / 700.0).clamp(0.65, 1.1);
        let nearness = (whole_mm_per_px / camera.mm_per_px).max(1.0);
        Sizes {
            least_px: (whole * room * nearness.powf(0.35)).min(7.0),
            px_per_um: 0.001 / camera.mm_per_px,
        }
    }
}

/// How large marks are: small on a crowded wafer, growing as one comes nearer, and true to scale where the defect
/// itself is larger than that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Radius of a mark, at least, CSS px.
    pub least_px: f64,
    /// Scale.
    pub px_per_um: f64,
}

impl Sizes {
    /// Radius of the mark of a defect of this size, CSS px.
    #[must_use]
    pub fn radius_px(&self, size_um: f32) -> f64 {
        (f64::from(size_um) / 2.0 * self.px_per_um).max(self.least_px)
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
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

    #[test]
    fn a_colour_that_cannot_be_read_is_grey() {
        assert_eq!((rgb("#ff8000"), rgb("red")), ([255, 128, 0], [128; 3]));
    }

    #[test]
    fn hidden_types_do_not_count() {
        let scene = Scene::new(map(&[(1, 1.0, 0.0), (0, 2.0, 0.0), (1, 3.0, 0.0)]));
        assert_eq!(scene.count(&scene.shown(&[])), 3);
        assert_eq!(scene.count(&scene.shown(&[11])), 1);
    }

    #[test]
    fn a_die_holds_its_left_and_lower_edge() {
        let mut data = Arc::into_inner(map(&[])).expect("mine");
        data.head.dies = contract::analytics::MapDies {
            die_x: vec![-1, 0],
            die_y: vec![3, 3],
            left_mm: vec![-10.0, 0.0],
            bottom_mm: vec![5.0, 5.0],
            width_mm: 10.0,
            height_mm: 8.0,
            planned: true,
        };
        let scene = Scene::new(Arc::new(data));
        assert_eq!(scene.die_at([0.0, 5.0]), Some((0, 3)));
        assert_eq!(scene.die_at([-0.1, 12.9]), Some((-1, 3)));
        assert_eq!(scene.die_at([-0.1, 13.0]), None);
        assert_eq!(scene.die((0, 3)), Some([0.0, 5.0, 10.0, 13.0]));
    }

    #[test]
    fn a_mark_is_true_to_scale_where_the_defect_is_larger_than_the_least_mark() {
        let sizes = Sizes {
            least_px: 3.0,
            px_per_um: 2.0,
        };
        assert_eq!(
            [0.0, 2.0, 8.0].map(|size| sizes.radius_px(size)),
            [3.0, 3.0, 8.0]
        );
    }
}
