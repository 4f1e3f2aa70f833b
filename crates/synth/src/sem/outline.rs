//! Contours of defects, fitted to the bounding box that the inspection tool reported.

use std::f32::consts::TAU;

use rand::Rng;

/// Directions in which a contour is known.
const DIRECTIONS: usize = 96;

/// A closed contour around the origin, each direction of which meets it once.
pub(super) struct Outline {
    /// Distance of the contour in each direction, before it is fitted.
    radius: [f32; DIRECTIONS],
    /// Facets that slope up from the sides of a polygon; none for other shapes.
    facets: Vec<Facet>,
    shift: (f32, f32),
    scale: (f32, f32),
}

struct Facet {
    normal: (f32, f32),
    distance: f32,
    slope: f32,
}

impl Outline {
    /// A contour that bulges and recedes by up to `roughness` (share of its radius), mostly in `lobes` places or fewer.
    pub fn lobed(rng: &mut impl Rng, half: (f32, f32), roughness: f32, lobes: usize) -> Self {
        let waves: Vec<(f32, f32, f32)> = (2..=lobes.max(2))
            .map(|n| {
                let strength = roughness * rng.random_range(0.4..1.0) / f32::sqrt(n as f32 - 1.0);
                (n as f32, strength, rng.random_range(0.0..TAU))
            })
            .collect();
        let radius = std::array::from_fn(|i| {
            let bulge: f32 = waves
                .iter()
                .map(|&(n, strength, phase)| strength * libm::sinf(n * angle(i) + phase))
                .sum();
            (1.0 + bulge).max(0.25)
        });
        Self::fitted(radius, Vec::new(), half)
    }

    /// A convex polygon of about `sides` sides.
    pub fn polygon(rng: &mut impl Rng, half: (f32, f32), sides: usize) -> Self {
        let turn = rng.random_range(0.0..TAU);
        let facets: Vec<Facet> = (0..sides)
            .map(|side| {
                let towards =
                    turn + TAU * (side as f32 + rng.random_range(-0.3..0.3)) / sides as f32;
                let normal = (libm::cosf(towards), libm::sinf(towards));
                Facet {
                    normal,
                    distance: rng.random_range(0.75..1.1),
                    slope: rng.random_range(0.5..1.6),
                }
            })
            .collect();
        let radius = std::array::from_fn(|i| {
            let (sin, cos) = libm::sincosf(angle(i));
            let reached = facets.iter().filter_map(|facet| {
                let towards = facet.normal.0 * cos + facet.normal.1 * sin;
                (towards > 0.05).then(|| facet.distance / towards)
            });
            reached.fold(3.0, f32::min)
        });
        Self::fitted(radius, facets, half)
    }

    fn fitted(radius: [f32; DIRECTIONS], facets: Vec<Facet>, half: (f32, f32)) -> Self {
        let (mut left, mut right, mut top, mut bottom) = (0f32, 0f32, 0f32, 0f32);
        for (i, r) in radius.iter().enumerate() {
            let (sin, cos) = libm::sincosf(angle(i));
            (left, right) = (left.min(r * cos), right.max(r * cos));
            (top, bottom) = (top.min(r * sin), bottom.max(r * sin));
        }
        let scale = (
            (right - left) / (2.0 * half.0),
            (bottom - top) / (2.0 * half.1),
        );
        Self {
            radius,
            facets,
            shift: ((left + right) / 2.0, (top + bottom) / 2.0),
            scale,
        }
    }

    fn unfitted(&self, dx: f32, dy: f32) -> (f32, f32) {
        (
            dx * self.scale.0 + self.shift.0,
            dy * self.scale.1 + self.shift.1,
        )
    }

    /// 0 at the centre, 1 on the contour, more outside, at an offset in pixels from the centre of the bounding box.
    pub fn depth(&self, dx: f32, dy: f32) -> f32 {
        let (x, y) = self.unfitted(dx, dy);
        let turn = libm::atan2f(y, x) / TAU * DIRECTIONS as f32 + DIRECTIONS as f32;
        let i = turn as usize;
        let part = turn - i as f32;
        let radius =
            self.radius[i % DIRECTIONS] * (1.0 - part) + self.radius[(i + 1) % DIRECTIONS] * part;
        f32::sqrt(x * x + y * y) / radius
    }

    /// How far inside the contour a point lies, in pixels, roughly; negative outside.
    pub fn inside_px(&self, dx: f32, dy: f32) -> f32 {
        let depth = self.depth(dx, dy);
        let distance = f32::sqrt(dx * dx + dy * dy).max(0.5);
        (1.0 - depth) * distance / depth.max(0.05)
    }

    /// Height of a cut stone over the polygon, in units of the polygon's radius: 0 on its sides, `top` in the middle of
    /// a table that falls by `fall` (in x and in y) over the radius.
    pub fn stone(&self, dx: f32, dy: f32, top: f32, fall: (f32, f32)) -> f32 {
        let (x, y) = self.unfitted(dx, dy);
        let heights = self
            .facets
            .iter()
            .map(|f| (f.distance - f.normal.0 * x - f.normal.1 * y) * f.slope);
        heights
            .fold(top - fall.0 * x - fall.1 * y, f32::min)
            .max(0.0)
    }
}

fn angle(direction: usize) -> f32 {
    TAU * direction as f32 / DIRECTIONS as f32
}
