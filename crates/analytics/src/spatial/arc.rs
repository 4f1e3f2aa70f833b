//! The arc of a circle that fits points best.

/// Points that a fit looks at, at most: more do not make it better.
const POINTS_MOST: usize = 4_096;
/// Steps of the refinement at most; a handful is usual.
const STEPS_MOST: usize = 30;

/// An arc through points: a curve that crosses the y axis at `offset`, at an angle, and bends evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// Where it crosses x = 0.
    pub offset: f64,
    /// Its direction there, radians counter-clockwise from +x.
    pub angle: f64,
    /// One over its radius; above 0 it bends to the left of its direction, 0 is a straight line.
    pub curvature: f64,
}

impl Arc {
    /// Where a point lies: its way along the arc from x = 0, and its distance from the arc, above 0 to the left.
    #[must_use]
    pub fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (cos, sin) = (self.angle.cos(), self.angle.sin());
        let (dx, dy) = (x, y - self.offset);
        let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let curvature = self.curvature;
        // R - sqrt(u² + (R - v)²), written so that a straight line is no special case.
        let inside = curvature * curvature * (u * u + v * v) - 2.0 * curvature * v + 1.0;
        let across = (2.0 * v - curvature * (u * u + v * v)) / (1.0 + inside.max(0.0).sqrt());
        let along = match curvature.abs() < 1e-12 {
            true => u,
            false => (curvature * u).atan2(1.0 - curvature * v) / curvature,
        };
        (along, across)
    }

    /// The point that lies on the arc after a way from x = 0.
    #[must_use]
    pub fn at(&self, along: f64) -> (f64, f64) {
        let turned = self.curvature * along;
        let (u, v) = match turned.abs() < 1e-9 {
            true => (along, 0.5 * turned * along),
            false => (
                turned.sin() / self.curvature,
                (1.0 - turned.cos()) / self.curvature,
            ),
        };
        let (cos, sin) = (self.angle.cos(), self.angle.sin());
        (u * cos - v * sin, self.offset + u * sin + v * cos)
    }
}

/// Fits an arc to points given along (x) and across (y) their axis, with their centre at (0, 0): an algebraic fit first (the
/// parabola of least squares, which has the arc's curvature at its apex), then Gauss-Newton steps on the squares of the
/// distances from the arc, which is what should be least. Of more than 4,096 points some are taken, evenly.
///
/// `None` for fewer than 3 points, and where all have the same x.
/// # Source
/// N. Chernov, Circular and Linear Regression (2010), chapter 4 on geometric fits; 1/R as the parameter (there 4.9, after V.
/// Karimäki, Nuclear Instruments and Methods A 305, 1991) keeps straight lines regular.
#[must_use]
pub fn fit_arc(points: &[(f64, f64)]) -> Option<Arc> {
    let step = points.len().div_ceil(POINTS_MOST).max(1);
    let taken: Vec<(f64, f64)> = points.iter().step_by(step).copied().collect();
    let [c, b, a] = parabola(&taken)?;
    let start = Arc {
        offset: c,
        angle: b.atan(),
        curvature: 2.0 * a / (1.0 + b * b).powf(1.5),
    };
    let mut arc = start;
    let mut least = squares(&arc, &taken);
    for _ in 0..STEPS_MOST {
        let Some(next) = gauss_newton(&arc, &taken) else {
            break;
        };
        let sum = squares(&next, &taken);
        if sum.is_nan() || sum >= least * (1.0 - 1e-12) {
            break;
        }
        (arc, least) = (next, sum);
    }
    Some(arc)
}

fn squares(arc: &Arc, points: &[(f64, f64)]) -> f64 {
    points.iter().map(|&point| arc.place(point).1.powi(2)).sum()
}

/// Coefficients of `c + b x + a x²` by least squares, x scaled to 1 for the sake of digits.
fn parabola(points: &[(f64, f64)]) -> Option<[f64; 3]> {
    let scale = points
        .iter()
        .fold(0.0_f64, |scale, point| scale.max(point.0.abs()));
    if points.len() < 3 || scale <= 0.0 {
        return None;
    }
    let rows = points.iter().map(|&(x, y)| {
        let x = x / scale;
        ([1.0, x, x * x], y)
    });
    let [c, b, a] = least_squares(rows)?;
    Some([c, b / scale, a / (scale * scale)])
}

/// One step towards the least sum of squares. How distances change with offset, angle and curvature, to first order in the
/// curvature times the distance from the arc.
fn gauss_newton(arc: &Arc, points: &[(f64, f64)]) -> Option<Arc> {
    let scale = points
        .iter()
        .fold(0.0_f64, |scale, point| scale.max(point.0.abs()));
    let rows = points.iter().map(|&point| {
        let (along, across) = arc.place(point);
        let turned = arc.curvature * along;
        // The arc's direction where the point is, and how far its chord from x = 0 has gone.
        let direction = arc.angle + turned;
        let (u, v) = match turned.abs() < 1e-6 {
            true => (along, 0.5 * turned * along),
            false => (
                turned.sin() / arc.curvature,
                (1.0 - turned.cos()) / arc.curvature,
            ),
        };
        let by_angle = u * turned.cos() + v * turned.sin();
        let by_curvature = match turned.abs() < 1e-4 {
            true => 0.5 * along * along,
            false => (1.0 - turned.cos()) / (arc.curvature * arc.curvature),
        };
        let slopes = [
            direction.cos(),
            by_angle / scale,
            by_curvature / (scale * scale),
        ];
        (slopes, across)
    });
    let [offset, angle, curvature] = least_squares(rows)?;
    Some(Arc {
        offset: arc.offset + offset,
        angle: arc.angle + angle / scale,
        curvature: arc.curvature + curvature / (scale * scale),
    })
}

/// Solves three normal equations by elimination; `None` where they are singular.
fn least_squares(rows: impl Iterator<Item = ([f64; 3], f64)>) -> Option<[f64; 3]> {
    let mut equations = [[0.0; 4]; 3];
    for (slopes, value) in rows {
        for (row, slope) in equations.iter_mut().zip(slopes) {
            for (cell, other) in row.iter_mut().zip(slopes) {
                *cell += slope * other;
            }
            row[3] += slope * value;
        }
    }
    let size = equations[0][0]
        .abs()
        .max(equations[1][1])
        .max(equations[2][2]);
    for column in 0..3 {
        let pivot = (column..3).max_by(|&a, &b| {
            equations[a][column]
                .abs()
                .total_cmp(&equations[b][column].abs())
        })?;
        equations.swap(column, pivot);
        let lead = equations[column][column];
        if lead.is_nan() || lead.abs() <= 1e-13 * size {
            return None;
        }
        for row in 0..3 {
            if row != column {
                let factor = equations[row][column] / lead;
                let subtracted = equations[column];
                for (cell, other) in equations[row].iter_mut().zip(subtracted) {
                    *cell -= factor * other;
                }
            }
        }
    }
    Some([0, 1, 2].map(|row| equations[row][3] / equations[row][row]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arc_of_exact_points_is_found_to_many_digits() {
        for curvature in [0.0, 1e-4, -0.02, 0.05] {
            let exact = Arc {
                offset: 0.3,
                angle: 0.05,
                curvature,
            };
            let points: Vec<(f64, f64)> = (-20..=20).map(|at| exact.at(f64::from(at))).collect();
            let arc = fit_arc(&points).unwrap();
            assert!((arc.curvature - curvature).abs() < 1e-8, "{arc:?}");
            assert!((arc.offset - 0.3).abs() < 1e-6 && (arc.angle - 0.05).abs() < 1e-6);
        }
    }

    #[test]
    fn a_point_lies_where_the_arc_was_left() {
        let arc = Arc {
            offset: 1.0,
            angle: 0.2,
            curvature: 0.04,
        };
        let (along, across) = arc.place(arc.at(12.0));
        assert!((along - 12.0).abs() < 1e-9 && across.abs() < 1e-9);
        // The centre of the circle is its radius to the left.
        let centre = (-25.0 * 0.2_f64.sin(), 1.0 + 25.0 * 0.2_f64.cos());
        assert!((arc.place(centre).1 - 25.0).abs() < 1e-9);
    }

    #[test]
    fn points_above_each_other_have_no_arc() {
        assert_eq!(fit_arc(&[(0.0, 1.0), (0.0, 2.0), (0.0, 3.0)]), None);
        assert_eq!(fit_arc(&[(0.0, 0.0), (1.0, 1.0)]), None);
    }
}
