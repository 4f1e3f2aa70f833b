//! Where the wafer lies on the screen: millimetres from the wafer centre, y up, to CSS px from the upper
//! left corner of the canvas, y down, and back.

use crate::canvas::Viewport;

/// Margin around the wafer when all of it is in view, px.
const MARGIN_PX: f64 = 14.0;
/// Nearest view: half a micrometre a px.
const NEAREST_MM_PER_PX: f64 = 0.0005;
/// Farthest view, in whole-wafer views.
const FARTHEST: f64 = 1.6;

/// How the wafer is turned for display; its own coordinates stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Quarters of a turn, clockwise as seen, 0 to 3.
    quarters: u8,
    /// Left and right exchanged after the turn.
    is_mirrored: bool,
}

impl Turn {
    /// A quarter clockwise from here, as seen.
    #[must_use]
    pub fn rotated(self) -> Self {
        let by = if self.is_mirrored { 3 } else { 1 };
        Self {
            quarters: (self.quarters + by) % 4,
            ..self
        }
    }

    /// Left and right exchanged, as seen.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self {
            is_mirrored: !self.is_mirrored,
            ..self
        }
    }

    /// Turn in degrees, clockwise, and whether it is mirrored after it.
    #[must_use]
    pub fn parts(self) -> (u16, bool) {
        (u16::from(self.quarters) * 90, self.is_mirrored)
    }

    /// Rows of the matrix that turns directions on the wafer (y up) into directions on the screen (y down).
    #[must_use]
    pub fn matrix(self) -> [[f64; 2]; 2] {
        let [right, down] = match self.quarters {
            0 => [[1.0, 0.0], [0.0, -1.0]],
            1 => [[0.0, 1.0], [1.0, 0.0]],
            2 => [[-1.0, 0.0], [0.0, 1.0]],
            _ => [[0.0, -1.0], [-1.0, 0.0]],
        };
        match self.is_mirrored {
            true => [right.map(|part: f64| -part), down],
            false => [right, down],
        }
    }
}

/// A view of the wafer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The point of the wafer at the middle of the canvas, mm.
    pub centre_mm: [f64; 2],
    /// Scale.
    pub mm_per_px: f64,
    /// How the wafer is turned.
    pub turn: Turn,
}

impl Camera {
    /// All of a wafer, in the middle.
    #[must_use]
    pub fn whole_wafer(diameter_mm: f64, viewport: Viewport) -> Self {
        let room_px = (viewport.width_px.min(viewport.height_px) - 2.0 * MARGIN_PX).max(1.0);
        Self {
            centre_mm: [0.0, 0.0],
            mm_per_px: diameter_mm / room_px,
            turn: Turn::default(),
        }
    }

    /// Where a point of the wafer is drawn, px.
    #[must_use]
    pub fn screen_from_wafer(&self, point_mm: [f64; 2], viewport: Viewport) -> [f64; 2] {
        let away = [0, 1].map(|axis| (point_mm[axis] - self.centre_mm[axis]) / self.mm_per_px);
        let [right, down] = self.turn.matrix();
        [
            viewport.width_px / 2.0 + right[0] * away[0] + right[1] * away[1],
            viewport.height_px / 2.0 + down[0] * away[0] + down[1] * away[1],
        ]
    }

    /// What point of the wafer is at a place of the canvas, mm.
    #[must_use]
    pub fn wafer_from_screen(&self, place_px: [f64; 2], viewport: Viewport) -> [f64; 2] {
        let away = self.on_wafer([
            place_px[0] - viewport.width_px / 2.0,
            place_px[1] - viewport.height_px / 2.0,
        ]);
        [self.centre_mm[0] + away[0], self.centre_mm[1] + away[1]]
    }

    /// A way on the screen, px, as a way on the wafer, mm.
    fn on_wafer(&self, way_px: [f64; 2]) -> [f64; 2] {
        let [right, down] = self.turn.matrix();
        [0, 1].map(|axis| (right[axis] * way_px[0] + down[axis] * way_px[1]) * self.mm_per_px)
    }

    /// Nearer by `factor` (farther below 1), with what is at `place_px` staying there.
    #[must_use]
    pub fn zoomed(
        &self,
        factor: f64,
        place_px: [f64; 2],
        diameter_mm: f64,
        viewport: Viewport,
    ) -> Self {
        let fixed_mm = self.wafer_from_screen(place_px, viewport);
        let farthest = Self::whole_wafer(diameter_mm, viewport).mm_per_px * FARTHEST;
        let mm_per_px = (self.mm_per_px / factor).clamp(NEAREST_MM_PER_PX.min(farthest), farthest);
        let ratio = mm_per_px / self.mm_per_px;
        let centre_mm =
            [0, 1].map(|axis| fixed_mm[axis] + (self.centre_mm[axis] - fixed_mm[axis]) * ratio);
        Self {
            centre_mm,
            mm_per_px,
            ..*self
        }
        .clamped(diameter_mm)
    }

    /// Moved as if the wafer were dragged by `by_px`.
    #[must_use]
    pub fn dragged(&self, by_px: [f64; 2], diameter_mm: f64) -> Self {
        let by_mm = self.on_wafer(by_px);
        let centre_mm = [self.centre_mm[0] - by_mm[0], self.centre_mm[1] - by_mm[1]];
        Self { centre_mm, ..*self }.clamped(diameter_mm)
    }

    /// The middle of the canvas stays on the wafer, so that it cannot be lost.
    fn clamped(self, diameter_mm: f64) -> Self {
        let radius_mm = diameter_mm / 2.0;
        let distance_mm = self.centre_mm[0].hypot(self.centre_mm[1]);
        if distance_mm <= radius_mm {
            return self;
        }
        let back = radius_mm / distance_mm;
        Self {
            centre_mm: self.centre_mm.map(|value| value * back),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWPORT: Viewport = Viewport {
        width_px: 800.0,
        height_px: 628.0,
    };

    fn assert_near(found: [f64; 2], expected: [f64; 2]) {
        let apart = (found[0] - expected[0]).hypot(found[1] - expected[1]);
        assert!(apart < 1e-9, "{found:?} is not {expected:?}");
    }

    #[test]
    fn the_whole_wafer_touches_the_margin_with_its_centre_in_the_middle() {
        let camera = Camera::whole_wafer(300.0, VIEWPORT);
        assert_near(
            camera.screen_from_wafer([0.0, 0.0], VIEWPORT),
            [400.0, 314.0],
        );
        assert_near(
            camera.screen_from_wafer([0.0, 150.0], VIEWPORT),
            [400.0, MARGIN_PX],
        );
        assert_near(
            camera.screen_from_wafer([-150.0, 0.0], VIEWPORT),
            [100.0, 314.0],
        );
    }

    #[test]
    fn a_point_comes_back_from_the_screen_where_it_was() {
        let camera = Camera {
            centre_mm: [12.5, -30.0],
            mm_per_px: 0.013,
            turn: Turn::default(),
        };
        let point_mm = [-88.990_760, -21.386_520];
        for turn in turns() {
            let camera = Camera { turn, ..camera };
            let place_px = camera.screen_from_wafer(point_mm, VIEWPORT);
            assert_near(camera.wafer_from_screen(place_px, VIEWPORT), point_mm);
        }
    }

    /// All eight ways to lay a wafer down.
    fn turns() -> impl Iterator<Item = Turn> {
        (0..4).flat_map(|quarters| {
            [false, true].map(|is_mirrored| Turn {
                quarters,
                is_mirrored,
            })
        })
    }

    /// Where the notch, at the bottom of the wafer's own frame, is seen: right, left, up or down of the middle.
    fn notch(turn: Turn) -> [f64; 2] {
        let camera = Camera {
            turn,
            ..Camera::whole_wafer(300.0, VIEWPORT)
        };
        let [x, y] = camera.screen_from_wafer([0.0, -150.0], VIEWPORT);
        [(x - 400.0) / 300.0, (y - 314.0) / 300.0].map(f64::round)
    }

    #[test]
    fn a_quarter_turn_is_clockwise_as_seen_also_after_a_flip() {
        let (left, up) = ([-1.0, 0.0], [0.0, -1.0]);
        assert_eq!(notch(Turn::default()), [0.0, 1.0]);
        assert_eq!(notch(Turn::default().rotated()), left);
        assert_eq!(notch(Turn::default().rotated().rotated()), up);
        let flipped = Turn::default().mirrored();
        assert_eq!(notch(flipped), [0.0, 1.0]);
        assert_eq!(notch(flipped.rotated()), left);
        assert_eq!(flipped.rotated().rotated().rotated().rotated(), flipped);
    }

    #[test]
    fn a_flip_exchanges_left_and_right_as_seen() {
        for turn in turns() {
            let place = |turn| {
                let camera = Camera {
                    turn,
                    ..Camera::whole_wafer(300.0, VIEWPORT)
                };
                camera.screen_from_wafer([40.0, 25.0], VIEWPORT)
            };
            let ([x, y], [x_flipped, y_flipped]) = (place(turn), place(turn.mirrored()));
            assert_near([x_flipped, y_flipped], [800.0 - x, y]);
        }
    }

    #[test]
    fn a_turned_wafer_follows_the_hand_and_stays_under_the_cursor() {
        for turn in turns() {
            let camera = Camera {
                turn,
                ..Camera::whole_wafer(300.0, VIEWPORT)
            };
            let moved = camera.dragged([30.0, -20.0], 300.0);
            assert_near(
                moved.screen_from_wafer([0.0, 0.0], VIEWPORT),
                [430.0, 294.0],
            );
            let cursor_px = [250.0, 400.0];
            let fixed_mm = camera.wafer_from_screen(cursor_px, VIEWPORT);
            let nearer = camera.zoomed(3.0, cursor_px, 300.0, VIEWPORT);
            assert_near(nearer.wafer_from_screen(cursor_px, VIEWPORT), fixed_mm);
        }
    }

    #[test]
    fn zooming_keeps_the_point_under_the_cursor() {
        let camera = Camera::whole_wafer(300.0, VIEWPORT);
        let cursor_px = [250.0, 400.0];
        let before = camera.wafer_from_screen(cursor_px, VIEWPORT);
        let nearer = camera.zoomed(3.0, cursor_px, 300.0, VIEWPORT);
        assert!((nearer.mm_per_px * 3.0 - camera.mm_per_px).abs() < 1e-12);
        assert_near(nearer.wafer_from_screen(cursor_px, VIEWPORT), before);
    }

    #[test]
    fn zoom_ends_at_its_limits() {
        let camera = Camera::whole_wafer(300.0, VIEWPORT);
        let middle = [400.0, 314.0];
        let nearest = camera.zoomed(1e9, middle, 300.0, VIEWPORT);
        let farthest = camera.zoomed(1e-9, middle, 300.0, VIEWPORT);
        assert!((nearest.mm_per_px - NEAREST_MM_PER_PX).abs() < 1e-12);
        assert!((farthest.mm_per_px - camera.mm_per_px * FARTHEST).abs() < 1e-12);
    }

    #[test]
    fn dragging_moves_the_wafer_with_the_hand_but_never_out_of_sight() {
        let camera = Camera::whole_wafer(300.0, VIEWPORT);
        let moved = camera.dragged([30.0, -20.0], 300.0);
        assert_near(
            moved.screen_from_wafer([0.0, 0.0], VIEWPORT),
            [430.0, 294.0],
        );
        let far = camera.dragged([1e6, 0.0], 300.0);
        assert_near(far.centre_mm, [-150.0, 0.0]);
    }
}
