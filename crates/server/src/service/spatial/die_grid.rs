//! Indices of dies as a file delivers them, and the same notch down.

use klarf::{Die, Frame, Point};

/// The turn between both: whole numbers, as a frame is turned by quarters and mirrored at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DieGrid {
    /// Notch-down index of the delivered (1, 0).
    right: (i32, i32),
    /// That of the delivered (0, 1).
    up: (i32, i32),
    /// Step notch down, mm.
    pub pitch_mm: (f64, f64),
    /// Lower-left corner of die (0, 0), mm from the wafer centre, notch down.
    pub origin_mm: (f64, f64),
}

impl DieGrid {
    /// The grid of a frame.
    pub fn of(frame: &Frame) -> Self {
        let corner = |x, y| frame.place(Die { x, y }).lower_left;
        let (origin, size) = (corner(0, 0), frame.die_size_mm());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a step to a neighbour is -1, 0 or 1"
        )]
        let step = |to: Point| {
            let x = ((to.x - origin.x) / size.x).round() as i32;
            let y = ((to.y - origin.y) / size.y).round() as i32;
            (x, y)
        };
        Self {
            right: step(corner(1, 0)),
            up: step(corner(0, 1)),
            pitch_mm: (size.x, size.y),
            origin_mm: (origin.x, origin.y),
        }
    }

    /// A delivered index notch down; `None` far outside of any wafer.
    pub fn notch_down(&self, (x, y): (i32, i32)) -> Option<(i32, i32)> {
        turn(self.right, self.up, (x, y))
    }

    /// A notch-down index as delivered; `None` far outside of any wafer.
    pub fn delivered(&self, at: (i32, i32)) -> Option<(i32, i32)> {
        // The inverse of a turn, mirrored or not, is its transpose.
        let right = (self.right.0, self.up.0);
        let up = (self.right.1, self.up.1);
        turn(right, up, at)
    }
}

fn turn(right: (i32, i32), up: (i32, i32), (x, y): (i32, i32)) -> Option<(i32, i32)> {
    let part = |right: i32, up: i32| x.checked_mul(right)?.checked_add(y.checked_mul(up)?);
    Some((part(right.0, up.0)?, part(right.1, up.1)?))
}

#[cfg(test)]
mod tests {
    use klarf::MarkLocation;

    use super::*;

    #[test]
    fn indices_turn_with_the_dies_they_name_and_back() {
        let locations = [
            MarkLocation::Down,
            MarkLocation::Left,
            MarkLocation::Up,
            MarkLocation::Right,
        ];
        for mark_location in locations {
            for is_mirrored in [false, true] {
                let frame = Frame {
                    pitch_mm: Point { x: 8.0, y: 5.0 },
                    center_mm: Point { x: 3.0, y: 1.0 },
                    mark_location,
                    is_mirrored,
                };
                let grid = DieGrid::of(&frame);
                let die = frame.place(Die { x: 4, y: -7 });
                let (x, y) = grid.notch_down((4, -7)).expect("is near");
                let expected = (
                    grid.origin_mm.0 + f64::from(x) * grid.pitch_mm.0,
                    grid.origin_mm.1 + f64::from(y) * grid.pitch_mm.1,
                );
                assert!((die.lower_left.x - expected.0).abs() < 1e-9, "{frame:?}");
                assert!((die.lower_left.y - expected.1).abs() < 1e-9, "{frame:?}");
                assert_eq!(grid.delivered((x, y)), Some((4, -7)), "{frame:?}");
            }
        }
    }
}
