//! How many defects lie where: true counts by square cells that are fixed on the wafer.

use super::camera::Camera;
use super::columns::NM_PER_MM;
use super::scene::Scene;
use super::select::Region;
use crate::canvas::round_length;

/// A cell is not narrower than this, CSS px ...
const NARROWEST_PX: f64 = 4.0;
/// ... and there are not more than so many of them across the wafer.
const MOST_ACROSS: f64 = 600.0;

/// Counts by cell.
#[derive(Debug, PartialEq)]
pub struct Density {
    /// Edge of a cell; the wafer centre is a corner of four cells.
    pub cell_mm: f64,
    /// Cells across, and down, the square that they cover.
    pub across: usize,
    /// Defects of each cell, row by row from the lower left.
    pub counts: Vec<u32>,
    /// Defects of the fullest cell.
    pub largest: u32,
}

/// Edge of the cells for a view: 1, 2 or 5 times a power of ten.
#[must_use]
pub fn cell_mm(camera: &Camera, diameter_mm: f64) -> f64 {
    let narrowest = (NARROWEST_PX * camera.mm_per_px).max(diameter_mm / MOST_ACROSS);
    let below = round_length(narrowest);
    if below >= narrowest * 0.999 {
        return below;
    }
    // The next round length: 1, 2, 5, 10.
    [2.0, 2.5]
        .map(|factor| round_length(below * factor * 1.001))
        .into_iter()
        .find(|&length| length >= narrowest * 0.999)
        .unwrap_or(below * 2.0)
}

impl Density {
    /// Counts the defects of the types that are `shown`. Every one counts: cells at the border take those beyond it.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the square"
    )]
    pub fn new(scene: &Scene, shown: &[bool], cell_mm: f64) -> Self {
        let half = (0.51 * scene.diameter_mm / cell_mm).ceil().max(1.0);
        let across = 2 * half as usize;
        let mut counts = vec![0_u32; across * across];
        let columns = &scene.data.defects;
        let per_nm = 1.0 / (cell_mm * NM_PER_MM);
        let last = (across - 1) as f64;
        // `as` cuts off towards zero, which for what is not negative is the floor.
        let cell = |nm: i32| (f64::from(nm) * per_nm + half).clamp(0.0, last) as usize;
        for kind in (0..scene.kinds.len()).filter(|&kind| shown[kind]) {
            for &index in &scene.order.indices()[scene.order.of_kind(kind)] {
                let index = index as usize;
                counts[cell(columns.y_nm[index]) * across + cell(columns.x_nm[index])] += 1;
            }
        }
        Self {
            cell_mm,
            across,
            largest: counts.iter().copied().max().unwrap_or(0),
            counts,
        }
    }

    /// Defects in all cells.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().copied().map(u64::from).sum()
    }

    /// What the cells cover: `x_min, y_min, x_max, y_max`, mm.
    #[must_use]
    pub fn bounds(&self) -> Region {
        let half_mm = self.across as f64 / 2.0 * self.cell_mm;
        [-half_mm, -half_mm, half_mm, half_mm]
    }

    /// Cells with a defect: their rectangle and their count.
    pub fn cells(&self) -> impl Iterator<Item = (Region, u32)> + '_ {
        let [left, bottom, ..] = self.bounds();
        let filled = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        filled.map(move |(place, &count)| {
            let x = left + (place % self.across) as f64 * self.cell_mm;
            let y = bottom + (place / self.across) as f64 * self.cell_mm;
            ([x, y, x + self.cell_mm, y + self.cell_mm], count)
        })
    }

    /// Defects of the cell at a point.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the square"
    )]
    pub fn at(&self, point_mm: [f64; 2]) -> Option<u32> {
        let half = (self.across / 2) as f64;
        let [column, row] = point_mm.map(|value| (value / self.cell_mm + half).floor());
        let inside = 0.0..self.across as f64;
        (inside.contains(&column) && inside.contains(&row))
            .then(|| self.counts[row as usize * self.across + column as usize])
    }

    /// A picture with a pixel for each cell, upper row first: red, green, blue, alpha; empty cells are see-through.
    #[must_use]
    pub fn picture(&self, ramp: &Ramp) -> Vec<u8> {
        let mut rgba = Vec::with_capacity(self.counts.len() * 4);
        for row in self.counts.chunks_exact(self.across).rev() {
            for &count in row {
                match count {
                    0 => rgba.extend([0; 4]),
                    _ => {
                        let [red, green, blue] = ramp.colour(count, self.largest);
                        rgba.extend([red, green, blue, 255]);
                    }
                }
            }
        }
        rgba
    }
}

/// Colours from few to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// Ends that stand out from a dark ground, not from a bright one.
    pub is_dark: bool,
    /// Steps by the logarithm of the count.
    pub is_logarithmic: bool,
}

/// From few to many on a bright ground: even steps of lightness, told apart by the colour-blind too.
const ON_BRIGHT: [[u8; 3]; 6] = [
    [253, 224, 150],
    [251, 166, 60],
    [229, 92, 48],
    [175, 35, 84],
    [98, 15, 108],
    [28, 6, 44],
];
/// The same on a dark ground.
const ON_DARK: [[u8; 3]; 6] = [
    [72, 24, 106],
    [136, 34, 106],
    [196, 60, 78],
    [238, 105, 44],
    [251, 168, 40],
    [252, 252, 168],
];

impl Ramp {
    /// Colour of a count when the fullest cell has `largest`.
    #[must_use]
    pub fn colour(self, count: u32, largest: u32) -> [u8; 3] {
        self.at(self.share(f64::from(count), largest))
    }

    /// Where on the ramp a count lies, 0 to 1.
    #[must_use]
    pub fn share(self, count: f64, largest: u32) -> f64 {
        let largest = f64::from(largest);
        if largest <= 1.0 {
            return 1.0;
        }
        match self.is_logarithmic {
            true => count.max(1.0).ln() / largest.ln(),
            false => (count - 1.0) / (largest - 1.0),
        }
        .clamp(0.0, 1.0)
    }

    /// The count at a place of the ramp, 0 to 1: the inverse of [`Ramp::share`].
    #[must_use]
    pub fn count_at(self, share: f64, largest: u32) -> f64 {
        let largest = f64::from(largest.max(1));
        match self.is_logarithmic {
            true => largest.powf(share),
            false => 1.0 + (largest - 1.0) * share,
        }
    }

    /// Colour at a place of the ramp, 0 to 1.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mean of bytes is a byte"
    )]
    pub fn at(self, share: f64) -> [u8; 3] {
        let stops = match self.is_dark {
            true => &ON_DARK,
            false => &ON_BRIGHT,
        };
        let place = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        let below = (place as usize).min(stops.len() - 2);
        let part = place - below as f64;
        let mixed = |channel: usize| {
            let (one, other) = (stops[below][channel], stops[below + 1][channel]);
            (f64::from(one) + (f64::from(other) - f64::from(one)) * part).round() as u8
        };
        [mixed(0), mixed(1), mixed(2)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Viewport;
    use crate::wafer::columns::tests::map;

    #[test]
    fn every_shown_defect_counts_in_one_cell_also_outside_the_wafer() {
        let scene = Scene::new(map(&[
            (0, 0.1, 0.1),
            (0, 0.9, 0.9),
            (0, -0.1, 0.1),
            (1, 0.5, 0.5),
            (0, -400.0, 3.0),
        ]));
        let all = Density::new(&scene, &[true, true], 1.0);
        assert_eq!((all.total(), all.largest), (5, 3));
        assert_eq!(
            (all.at([0.5, 0.5]), all.at([-0.5, 0.5])),
            (Some(3), Some(1))
        );
        let first = Density::new(&scene, &[true, false], 1.0);
        assert_eq!((first.total(), first.at([0.5, 0.5])), (4, Some(2)));
        let listed: u64 = all.cells().map(|(_, count)| u64::from(count)).sum();
        assert_eq!(listed, 5);
    }

    #[test]
    fn a_cell_holds_its_lower_left_corner() {
        let scene = Scene::new(map(&[(0, 2.0, 4.0)]));
        let density = Density::new(&scene, &[true], 2.0);
        let cells: Vec<_> = density.cells().collect();
        assert_eq!(cells, [([2.0, 4.0, 4.0, 6.0], 1)]);
    }

    #[test]
    fn the_picture_has_the_upper_row_first() {
        let scene = Scene::new(map(&[(0, -140.0, 140.0)]));
        let density = Density::new(&scene, &[true], 50.0);
        let ramp = Ramp {
            is_dark: false,
            is_logarithmic: false,
        };
        let picture = density.picture(&ramp);
        let filled = picture
            .chunks(4)
            .position(|pixel| pixel[3] > 0)
            .expect("a cell");
        assert!(filled / density.across < density.across / 2);
        assert!(filled % density.across < density.across / 2);
    }

    #[test]
    fn cells_have_round_edges_that_can_be_seen() {
        let viewport = Viewport {
            width_px: 728.0,
            height_px: 728.0,
        };
        let mut camera = Camera::whole_wafer(300.0, viewport);
        for expected in [2.0, 1.0, 0.5, 0.5, 0.5] {
            assert!(
                (cell_mm(&camera, 300.0) - expected).abs() < 1e-9,
                "{camera:?}"
            );
            camera.mm_per_px /= 2.0;
        }
    }

    #[test]
    fn the_ramp_runs_from_one_to_the_fullest_cell() {
        for is_logarithmic in [false, true] {
            let ramp = Ramp {
                is_dark: false,
                is_logarithmic,
            };
            assert_eq!(ramp.colour(1, 1_000), ON_BRIGHT[0]);
            assert_eq!(ramp.colour(1_000, 1_000), ON_BRIGHT[5]);
            let middle = ramp.count_at(0.5, 1_000);
            assert!((ramp.share(middle, 1_000) - 0.5).abs() < 1e-9);
        }
    }
}
