//! Where a picture lies on the screen: its pixels, y down from the upper left corner, to CSS px of the
//! canvas, and back.

use crate::canvas::Viewport;

/// Nearest view: CSS px for a pixel of the picture.
const NEAREST: f64 = 48.0;
/// Farthest view, in views of the whole picture.
const FARTHEST: f64 = 0.5;

/// A view of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The point of the picture at the middle of the canvas, in its pixels.
    pub centre: [f64; 2],
    /// CSS px for a pixel of the picture.
    pub zoom: f64,
}

impl Camera {
    /// All of a picture of `size` pixels.
    #[must_use]
    pub fn fit(size: [f64; 2], viewport: Viewport) -> Self {
        let zoom = (viewport.width_px / size[0].max(1.0))
            .min(viewport.height_px / size[1].max(1.0))
            .clamp(1e-4, NEAREST);
        Self {
            centre: size.map(|length| length / 2.0),
            zoom,
        }
    }

    /// One pixel of the picture for one of the screen, what is in the middle staying there.
    #[must_use]
    pub fn one_to_one(self, pixel_ratio: f64) -> Self {
        Self {
            zoom: 1.0 / pixel_ratio.max(0.1),
            ..self
        }
    }

    /// Where a point of the picture is drawn, px.
    #[must_use]
    pub fn screen_from_image(&self, point: [f64; 2], viewport: Viewport) -> [f64; 2] {
        let middle = viewport.middle_px();
        [0, 1].map(|axis| middle[axis] + (point[axis] - self.centre[axis]) * self.zoom)
    }

    /// What point of the picture is at a place of the canvas.
    #[must_use]
    pub fn image_from_screen(&self, place_px: [f64; 2], viewport: Viewport) -> [f64; 2] {
        let middle = viewport.middle_px();
        [0, 1].map(|axis| self.centre[axis] + (place_px[axis] - middle[axis]) / self.zoom)
    }

    /// Nearer by `factor` (farther below 1), with what is at `place_px` staying there.
    #[must_use]
    pub fn zoomed(
        &self,
        factor: f64,
        place_px: [f64; 2],
        size: [f64; 2],
        viewport: Viewport,
    ) -> Self {
        let fixed = self.image_from_screen(place_px, viewport);
        let farthest = (Self::fit(size, viewport).zoom * FARTHEST).min(1.0);
        let zoom = (self.zoom * factor).clamp(farthest, NEAREST.max(farthest));
        let ratio = self.zoom / zoom;
        let centre = [0, 1].map(|axis| fixed[axis] + (self.centre[axis] - fixed[axis]) * ratio);
        Self { centre, zoom }.clamped(size)
    }

    /// Moved as if the picture were dragged by `by_px`.
    #[must_use]
    pub fn dragged(&self, by_px: [f64; 2], size: [f64; 2]) -> Self {
        let centre = [0, 1].map(|axis| self.centre[axis] - by_px[axis] / self.zoom);
        Self { centre, ..*self }.clamped(size)
    }

    /// The same view on a canvas of another size.
    #[must_use]
    pub fn resized(&self, size: [f64; 2], before: Viewport, now: Viewport) -> Self {
        let scale = Self::fit(size, now).zoom / Self::fit(size, before).zoom;
        Self {
            zoom: self.zoom * scale,
            ..*self
        }
    }

    /// The middle of the canvas stays on the picture, so that it cannot be lost.
    fn clamped(self, size: [f64; 2]) -> Self {
        let centre = [0, 1].map(|axis| self.centre[axis].clamp(0.0, size[axis].max(0.0)));
        Self { centre, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWPORT: Viewport = Viewport {
        width_px: 800.0,
        height_px: 600.0,
    };
    const SIZE: [f64; 2] = [1600.0, 1000.0];

    fn assert_near(found: [f64; 2], expected: [f64; 2]) {
        let apart = (found[0] - expected[0]).hypot(found[1] - expected[1]);
        assert!(apart < 1e-9, "{found:?} is not {expected:?}");
    }

    #[test]
    fn the_whole_picture_touches_the_nearer_edges_with_its_middle_in_the_middle() {
        let camera = Camera::fit(SIZE, VIEWPORT);
        assert_near(camera.screen_from_image([0.0, 0.0], VIEWPORT), [0.0, 50.0]);
        assert_near(camera.screen_from_image(SIZE, VIEWPORT), [800.0, 550.0]);
    }

    #[test]
    fn a_point_comes_back_from_the_screen_where_it_was() {
        let camera = Camera {
            centre: [12.5, 900.0],
            zoom: 3.7,
        };
        let place_px = camera.screen_from_image([301.25, 7.0], VIEWPORT);
        assert_near(camera.image_from_screen(place_px, VIEWPORT), [301.25, 7.0]);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_cursor() {
        let camera = Camera::fit(SIZE, VIEWPORT);
        let cursor_px = [250.0, 400.0];
        let before = camera.image_from_screen(cursor_px, VIEWPORT);
        let nearer = camera.zoomed(3.0, cursor_px, SIZE, VIEWPORT);
        assert!((nearer.zoom - 1.5).abs() < 1e-12);
        assert_near(nearer.image_from_screen(cursor_px, VIEWPORT), before);
    }

    #[test]
    fn zoom_ends_at_its_limits() {
        let camera = Camera::fit(SIZE, VIEWPORT);
        let middle = VIEWPORT.middle_px();
        let nearest = camera.zoomed(1e9, middle, SIZE, VIEWPORT).zoom;
        let farthest = camera.zoomed(1e-9, middle, SIZE, VIEWPORT).zoom;
        assert!((nearest - NEAREST).abs() < 1e-12);
        assert!((farthest - 0.25).abs() < 1e-12);
    }

    #[test]
    fn dragging_moves_the_picture_with_the_hand_but_never_out_of_sight() {
        let camera = Camera::fit(SIZE, VIEWPORT);
        let moved = camera.dragged([30.0, -20.0], SIZE);
        assert_near(moved.screen_from_image([0.0, 0.0], VIEWPORT), [30.0, 30.0]);
        assert_near(camera.dragged([1e7, 1e7], SIZE).centre, [0.0, 0.0]);
    }

    #[test]
    fn one_to_one_takes_one_pixel_of_a_dense_screen_for_each_of_the_picture() {
        let camera = Camera::fit(SIZE, VIEWPORT).one_to_one(2.0);
        assert!((camera.zoom - 0.5).abs() < 1e-12);
    }
}
