//! Motions of the plane that keep distances.

use super::neighbours::Point;

/// A rotation about the wafer centre, then a shift.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rigid {
    /// Shift in x and y, mm.
    pub shift_mm: (f64, f64),
    /// Rotation, counter-clockwise, radians.
    pub rotation_rad: f64,
}

impl Rigid {
    /// Where the motion takes a point, mm.
    #[must_use]
    pub fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (sin, cos) = self.rotation_rad.sin_cos();
        let (shift_x, shift_y) = self.shift_mm;
        (cos * x - sin * y + shift_x, sin * x + cos * y + shift_y)
    }

    /// The point that the motion takes to this one, mm.
    #[must_use]
    pub fn undo(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (sin, cos) = self.rotation_rad.sin_cos();
        let (x, y) = (x - self.shift_mm.0, y - self.shift_mm.1);
        (cos * x + sin * y, cos * y - sin * x)
    }

    /// The motion that takes the first points of pairs nearest to the second, by weighted least squares, and the standard
    /// error of its rotation where every coordinate errs by a standard deviation of 1.
    ///
    /// # Source
    /// P. H. Schönemann, Psychometrika 31 (1966), in the closed form that it has in the plane.
    pub(super) fn fit(pairs: &[(Point, Point, f64)]) -> (Self, f64) {
        let total: f64 = pairs.iter().map(|pair| pair.2).sum();
        let mean = |of: fn(&(Point, Point, f64)) -> f64| -> f64 {
            pairs.iter().map(|pair| pair.2 * of(pair)).sum::<f64>() / total
        };
        let (ax, ay) = (mean(|pair| pair.0.0), mean(|pair| pair.0.1));
        let (bx, by) = (mean(|pair| pair.1.0), mean(|pair| pair.1.1));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for &(a, b, weight) in pairs {
            let ((px, py), (qx, qy)) = ((a.0 - ax, a.1 - ay), (b.0 - bx, b.1 - by));
            along += weight * (px * qx + py * qy);
            across += weight * (px * qy - py * qx);
            spread += weight * (px * px + py * py);
        }
        let turned = Self {
            shift_mm: (0.0, 0.0),
            rotation_rad: across.atan2(along),
        };
        (turned.through((ax, ay), (bx, by)), 1.0 / spread.sqrt())
    }

    /// The motion with this rotation that takes one point to another.
    pub(super) fn through(self, from: Point, to: Point) -> Self {
        let turned = Self {
            shift_mm: (0.0, 0.0),
            ..self
        }
        .apply(from);
        Self {
            shift_mm: (to.0 - turned.0, to.1 - turned.1),
            ..self
        }
    }
}
