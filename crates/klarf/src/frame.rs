//! From die indices to millimetres from the wafer centre, notch down, y up (SEMI M20).

use serde::Serialize;

use crate::wafer::Die;

/// A point, or a width and height, in mm.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Up.
    pub y: f64,
}

/// Where notch or flat are in the frame in which coordinates are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MarkLocation {
    /// At (0, -R), 0 degrees.
    #[default]
    Down,
    /// At (-R, 0), 90 degrees.
    Left,
    /// At (0, R), 180 degrees.
    Up,
    /// At (R, 0), 270 degrees.
    Right,
}

impl MarkLocation {
    /// Reads `DOWN`, `LEFT`, `UP`, `RIGHT` in any case, or the degrees of 1.8 files.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "DOWN" | "0" | "360" => Some(Self::Down),
            "LEFT" | "90" => Some(Self::Left),
            "UP" | "180" => Some(Self::Up),
            "RIGHT" | "270" => Some(Self::Right),
            _ => None,
        }
    }

    /// Clockwise from the bottom, as 1.8 files write it.
    pub fn degrees(self) -> u16 {
        match self {
            Self::Down => 0,
            Self::Left => 90,
            Self::Up => 180,
            Self::Right => 270,
        }
    }

    /// Turns a point so that the mark comes to lie at (0, -R).
    fn turn(self, p: Point) -> Point {
        match self {
            Self::Down => p,
            Self::Left => Point { x: -p.y, y: p.x },
            Self::Up => Point { x: -p.x, y: -p.y },
            Self::Right => Point { x: p.y, y: -p.x },
        }
    }
}

/// A die on the wafer, notch down.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlacedDie {
    /// Its indices as delivered.
    pub die: Die,
    /// Lower-left corner in mm from the wafer centre.
    pub lower_left: Point,
    /// Centre in mm from the wafer centre.
    pub center: Point,
    /// Width and height in mm, the street included.
    pub size: Point,
}

/// The die grid of a wafer, in mm, as the file gives it.
///
/// `x = XINDEX * pitch.x + XREL - center.x` in the file's orientation; then mirrored where the file
/// says so, and turned so that the mark is at the bottom. `DieOrigin` takes no part in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Frame {
    /// Step of the die grid as delivered.
    pub pitch_mm: Point,
    /// Wafer centre from the lower-left corner of die (0,0), as delivered.
    pub center_mm: Point,
    /// Where the mark is in the delivered frame.
    pub mark_location: MarkLocation,
    /// Whether x is mirrored in the delivered frame.
    pub is_mirrored: bool,
}

impl Frame {
    /// Where a point of a die lies on the wafer; `rel` is in mm from the die's lower-left corner,
    /// as delivered (`XREL`, `YREL`). The result is in mm from the wafer centre, notch down.
    pub fn point_in_wafer(&self, die: Die, rel: Point) -> Point {
        self.notch_down(Point {
            x: f64::from(die.x) * self.pitch_mm.x + rel.x - self.center_mm.x,
            y: f64::from(die.y) * self.pitch_mm.y + rel.y - self.center_mm.y,
        })
    }

    /// Where a point lies that the file gives from the corner of die (0,0) (`X`, `Y`), in mm.
    pub fn point_from_die_zero(&self, p: Point) -> Point {
        self.point_in_wafer(Die { x: 0, y: 0 }, p)
    }

    /// Turns a point that is given from the wafer centre in the delivered orientation.
    pub fn notch_down(&self, p: Point) -> Point {
        let x = if self.is_mirrored { -p.x } else { p.x };
        self.mark_location.turn(Point { x, y: p.y })
    }

    /// Width and height of a die with the notch down: swapped where the mark is left or right.
    pub fn die_size_mm(&self) -> Point {
        match self.mark_location {
            MarkLocation::Down | MarkLocation::Up => self.pitch_mm,
            MarkLocation::Left | MarkLocation::Right => Point {
                x: self.pitch_mm.y,
                y: self.pitch_mm.x,
            },
        }
    }

    /// A die on the wafer, notch down.
    pub fn place(&self, die: Die) -> PlacedDie {
        let half = Point {
            x: self.pitch_mm.x / 2.0,
            y: self.pitch_mm.y / 2.0,
        };
        let center = self.point_in_wafer(die, half);
        let size = self.die_size_mm();
        let lower_left = Point {
            x: center.x - size.x / 2.0,
            y: center.y - size.y / 2.0,
        };
        PlacedDie {
            die,
            lower_left,
            center,
            size,
        }
    }
}
