//! Shapes of defect types, as pixels for the map and as outlines for the legend.

/// Shapes of defect types. Each covers its own middle, so that the pixel of a defect has its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Circle.
    Disc,
    /// Square.
    Square,
    /// Triangle on its base.
    Triangle,
    /// Square on its corner.
    Diamond,
    /// Upright cross.
    Plus,
    /// Triangle on its point.
    Wedge,
    /// Diagonal cross.
    Cross,
    /// Star with five rays.
    Star,
}

/// Shapes in the order in which types take them.
const SHAPES: [Shape; 8] = [
    Shape::Disc,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Plus,
    Shape::Wedge,
    Shape::Cross,
    Shape::Star,
];

impl Shape {
    /// The shape of a type: always the same one, on every map.
    #[must_use]
    pub fn of_type(defect_type_id: i32) -> Self {
        let place = defect_type_id.rem_euclid(8);
        SHAPES[usize::try_from(place).unwrap_or(0)]
    }

    /// Its place among the shapes, from 0: the order in which the shader has them.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// Outline for an SVG of `-10 -10 20 20`, as the legend draws it.
    #[must_use]
    pub const fn svg_path(self) -> &'static str {
        match self {
            Self::Disc => "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0Z",
            Self::Square => "M-7 -7H7V7H-7Z",
            Self::Triangle => "M0 -8.5L8.5 7H-8.5Z",
            Self::Diamond => "M0 -9.5L9.5 0L0 9.5L-9.5 0Z",
            Self::Plus => "M-3 -9H3V-3H9V3H3V9H-3V3H-9V-3H-3Z",
            Self::Wedge => "M0 8.5L8.5 -7H-8.5Z",
            Self::Cross => {
                "M-8.5 -4.2L-4.2 -8.5L0 -4.2L4.2 -8.5L8.5 -4.2L4.2 0L8.5 4.2L4.2 8.5L0 4.2L-4.2 8.5L-8.5 4.2L-4.2 0Z"
            }
            Self::Star => {
                "M0 -10L2.5 -3.4L9.5 -3.1L4 1.3L5.9 8.1L0 4.2L-5.9 8.1L-4 1.3L-9.5 -3.1L-2.5 -3.4Z"
            }
        }
    }

    /// Whether a point is inside; the shape reaches about 1 from its middle, y down.
    fn covers(self, x: f64, y: f64) -> bool {
        let (across, down) = (x.abs(), y.abs());
        match self {
            Self::Disc => x.hypot(y) <= 0.9,
            Self::Square => across <= 0.8 && down <= 0.8,
            Self::Triangle => (-0.95..=0.75).contains(&y) && across <= (y + 0.95) * 0.6,
            Self::Wedge => (-0.75..=0.95).contains(&y) && across <= (0.95 - y) * 0.6,
            Self::Diamond => across + down <= 1.0,
            Self::Plus => (across <= 0.34 && down <= 1.0) || (down <= 0.34 && across <= 1.0),
            Self::Cross => (across - down).abs() <= 0.48 && across.max(down) <= 0.85,
            Self::Star => {
                // Between the rays of a pentagram the edge runs from radius 1 to 0.45.
                let turn = (x.atan2(-y) / std::f64::consts::TAU * 5.0).rem_euclid(1.0);
                let towards_valley = (turn - turn.round()).abs() * 2.0;
                x.hypot(y) <= 1.05 - 0.6 * towards_valley
            }
        }
    }
}

/// How much of each pixel of a square a shape covers, 0 to 255, row by row.
#[derive(Debug)]
pub struct Stamp {
    /// Pixels on a side; odd, so that one pixel is the middle.
    pub side: usize,
    pub coverage: Vec<u8>,
    /// Coverage of the shape made one pixel wider: its contour against others of its colour.
    pub rim: Vec<u8>,
}

impl Stamp {
    /// The picture of a shape with a radius in device px.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small positive numbers"
    )]
    pub fn new(shape: Shape, radius_px: f64) -> Self {
        let reach = (radius_px + 1.5).ceil().max(1.0) as usize;
        let side = 2 * reach + 1;
        let coverage_of = |radius: f64| {
            let pixel = |place: usize| {
                let (column, row) = (
                    (place % side) as f64 - reach as f64,
                    (place / side) as f64 - reach as f64,
                );
                let inside = (0..16)
                    .filter(|sample| {
                        let x = column + f64::from(sample % 4) / 4.0 - 0.375;
                        let y = row + f64::from(sample / 4) / 4.0 - 0.375;
                        shape.covers(x / radius, y / radius)
                    })
                    .count();
                (inside * 255 / 16) as u8
            };
            (0..side * side).map(pixel).collect::<Vec<u8>>()
        };
        let mut coverage = coverage_of(radius_px);
        // However small: the pixel of the defect has its colour in full.
        coverage[reach * side + reach] = 255;
        let rim = if radius_px >= 2.0 {
            coverage_of(radius_px + 1.0)
        } else {
            coverage.clone()
        };
        Self {
            side,
            coverage,
            rim,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_covers_the_pixel_of_its_defect() {
        for shape in SHAPES {
            for radius_px in [0.4, 1.2, 4.0, 14.0] {
                let stamp = Stamp::new(shape, radius_px);
                assert_eq!(
                    stamp.coverage[stamp.coverage.len() / 2],
                    255,
                    "{shape:?} of {radius_px} px"
                );
            }
        }
    }

    #[test]
    fn shapes_differ_in_the_pixels_they_cover() {
        let stamps: Vec<Stamp> = SHAPES.iter().map(|&shape| Stamp::new(shape, 4.0)).collect();
        for (place, one) in stamps.iter().enumerate() {
            for other in &stamps[place + 1..] {
                assert_ne!(one.coverage, other.coverage);
            }
        }
    }
}
