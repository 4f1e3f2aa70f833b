//! Where the wafer lies on the screen: millimetres from the wafer centre, y up, to CSS px from the upper
//! left corner of the canvas, y down, and back.

use crate::canvas::Viewport;

/// Margin around the wafer when all of it is in view, px.
const MARGIN_PX: f64 = 14.0;
/// Nearest view: half a micrometre a px.
const NEAREST_MM_PER_PX: f64 = 0.0005;
/// Farthest view, in whole-wafer views.
const FARTHEST: f64 = 1.6;

/// A view of the wafer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The point of the wafer at the middle of the canvas, mm.
    pub centre_mm: [f64; 2],
    /// Scale.
    pub mm_per_px: f64,
}

impl Camera {
    /// All of a wafer, in the middle.
    #[must_use]
    pub fn whole_wafer(diameter_mm: f64, viewport: Viewport) -> Self {
        let room_px = (viewport.width_px.min(viewport.height_px) - 2.0 * MARGIN_PX).max(1.0);
        Self {
            centre_mm: [0.0, 0.0],
            mm_per_px: diameter_mm / room_px,
        }
    }

    /// Where a point of the wafer is drawn, px.
    #[must_use]
    pub fn screen_from_wafer(&self, point_mm: [f64; 2], viewport: Viewport) -> [f64; 2] {
        [
            viewport.width_px / 2.0 + (point_mm[0] - self.centre_mm[0]) / self.mm_per_px,
            viewport.height_px / 2.0 - (point_mm[1] - self.centre_mm[1]) / self.mm_per_px,
        ]
    }

    /// What point of the wafer is at a place of the canvas, mm.
    #[must_use]
    pub fn wafer_from_screen(&self, place_px: [f64; 2], viewport: Viewport) -> [f64; 2] {
        [
            self.centre_mm[0] + (place_px[0] - viewport.width_px / 2.0) * self.mm_per_px,
            self.centre_mm[1] - (place_px[1] - viewport.height_px / 2.0) * self.mm_per_px,
        ]
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
        }
        .clamped(diameter_mm)
    }

    /// Moved as if the wafer were dragged by `by_px`.
    #[must_use]
    pub fn dragged(&self, by_px: [f64; 2], diameter_mm: f64) -> Self {
        let centre_mm = [
            self.centre_mm[0] - by_px[0] * self.mm_per_px,
            self.centre_mm[1] + by_px[1] * self.mm_per_px,
        ];
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
        };
        let point_mm = [-88.990_760, -21.386_520];
        let place_px = camera.screen_from_wafer(point_mm, VIEWPORT);
        assert_near(camera.wafer_from_screen(place_px, VIEWPORT), point_mm);
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
