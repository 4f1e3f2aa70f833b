//! The defects as pixels: every type has a shape, every shape a small picture that is stamped where a
//! defect lies.
//!
//! Stamping bytes into one image is what keeps 100,000 defects smooth: a canvas call for each would
//! take longer than a frame. Defects of one type that fall on the same pixel are stamped once.

use super::camera::Camera;
use super::scene::Scene;
use super::shape::Stamp;
use crate::canvas::Viewport;

/// A picture in device px: red, green, blue, alpha of each, row by row, not premultiplied.
#[derive(Debug, Default)]
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
    /// Which stamp each pixel got as a middle last, so that none gets it twice.
    stamped: Vec<u16>,
}

/// How the defects are to be drawn.
pub struct Look<'a> {
    /// Type ids that are not drawn.
    pub hidden: &'a [i32],
    /// Type ids that stand out; empty: all alike.
    pub highlighted: &'a [i32],
    /// Device px in a CSS px.
    pub pixel_ratio: f64,
    /// Colour of the ground: marks that overlap are parted by it.
    pub ground: [u8; 3],
    /// Colour of text on the ground: marks that hardly differ from the ground are framed in it.
    pub ink: [u8; 3],
}

impl Picture {
    /// Draws the defects of a scene as a camera sees them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the picture"
    )]
    pub fn draw(&mut self, scene: &Scene, camera: &Camera, viewport: Viewport, look: &Look<'_>) {
        self.width = (viewport.width_px * look.pixel_ratio).round().max(1.0) as usize;
        self.height = (viewport.height_px * look.pixel_ratio).round().max(1.0) as usize;
        self.rgba.clear();
        self.rgba.resize(self.width * self.height * 4, 0);
        self.stamped.clear();
        self.stamped.resize(self.width * self.height, 0);

        let radius_px = radius_px(scene, camera, viewport) * look.pixel_ratio;
        let stands_out = |id: i32| look.highlighted.contains(&id);
        let subdued = |id: i32| !look.highlighted.is_empty() && !stands_out(id);
        // The rarest types last, so that they lie on top; those that stand out above all.
        let mut order: Vec<usize> = (0..scene.kinds.len())
            .filter(|&place| !look.hidden.contains(&scene.kinds[place].defect_type_id))
            .collect();
        order.sort_by_key(|&place| stands_out(scene.kinds[place].defect_type_id));
        for (turn, place) in order.into_iter().enumerate() {
            let kind = &scene.kinds[place];
            let larger = if stands_out(kind.defect_type_id) {
                1.25
            } else {
                1.0
            };
            let stamp = Stamp::new(kind.shape, radius_px * larger);
            let strength = if subdued(kind.defect_type_id) {
                40
            } else {
                255
            };
            let rim = Rim::of(kind.rgb, look);
            let turn = u16::try_from(turn + 1).unwrap_or(u16::MAX);
            for index in kind.start..kind.end {
                let place =
                    camera.screen_from_wafer([scene.x_mm[index], scene.y_mm[index]], viewport);
                let (x, y) = (
                    (place[0] * look.pixel_ratio).floor(),
                    (place[1] * look.pixel_ratio).floor(),
                );
                let reach = (stamp.side / 2) as f64;
                if x < -reach
                    || y < -reach
                    || x >= self.width as f64 + reach
                    || y >= self.height as f64 + reach
                {
                    continue;
                }
                self.stamp(
                    &stamp, x as isize, y as isize, kind.rgb, rim, strength, turn,
                );
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the innermost loop's own values")]
    fn stamp(
        &mut self,
        stamp: &Stamp,
        x: isize,
        y: isize,
        rgb: [u8; 3],
        rim: Rim,
        strength: u32,
        turn: u16,
    ) {
        if let (Ok(column), Ok(row)) = (usize::try_from(x), usize::try_from(y))
            && column < self.width
            && row < self.height
        {
            let done = &mut self.stamped[row * self.width + column];
            if *done == turn {
                return;
            }
            *done = turn;
        }
        let reach = (stamp.side / 2).cast_signed();
        let (width, height) = (self.width.cast_signed(), self.height.cast_signed());
        let columns = (x - reach).max(0)..(x + reach + 1).min(width);
        for row in (y - reach).max(0)..(y + reach + 1).min(height) {
            let stamp_row = (row - y + reach).cast_unsigned() * stamp.side;
            for column in columns.clone() {
                let place = stamp_row + (column - x + reach).cast_unsigned();
                let pixel = (row * width + column).cast_unsigned() * 4;
                let Some(pixel) = self.rgba.get_mut(pixel..pixel + 4) else {
                    continue;
                };
                let (fill, rim_cover) = (
                    u32::from(stamp.coverage[place]),
                    u32::from(stamp.rim[place]),
                );
                if fill * strength == 65_025 {
                    // Most pixels of most marks: nothing to mix.
                    pixel.copy_from_slice(&[rgb[0], rgb[1], rgb[2], 255]);
                    continue;
                }
                let alpha = pixel[3];
                if rim_cover > fill && (alpha > 0 || rim.on_ground) {
                    blend(pixel, rim.rgb, (rim_cover - fill) * strength * 170 / 65_025);
                    if !rim.on_ground {
                        pixel[3] = alpha;
                    }
                }
                if fill > 0 {
                    blend(pixel, rgb, fill * strength / 255);
                }
            }
        }
    }
}

/// The contour of a mark.
#[derive(Clone, Copy)]
struct Rim {
    rgb: [u8; 3],
    /// Drawn on bare ground too, not only over other marks.
    on_ground: bool,
}

impl Rim {
    fn of(rgb: [u8; 3], look: &Look<'_>) -> Self {
        if contrast(rgb, look.ground) < 2.0 {
            Self {
                rgb: look.ink,
                on_ground: true,
            }
        } else {
            Self {
                rgb: look.ground,
                on_ground: false,
            }
        }
    }
}

/// Contrast of two colours, 1 to 21 (WCAG 2.1, contrast ratio).
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [red, green, blue] = rgb.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}

/// Lays a colour with an alpha of 0 to 255 over a pixel (source over, not premultiplied).
#[expect(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn blend(pixel: &mut [u8], rgb: [u8; 3], alpha: u32) {
    let below = u32::from(pixel[3]) * (255 - alpha) / 255;
    let together = alpha + below;
    if together == 0 {
        return;
    }
    for (channel, over) in pixel.iter_mut().zip(rgb) {
        *channel = ((u32::from(over) * alpha + u32::from(*channel) * below + together / 2)
            / together) as u8;
    }
    pixel[3] = together as u8;
}

/// Radius of a mark in CSS px: small on a crowded wafer, growing as one comes nearer.
#[must_use]
pub fn radius_px(scene: &Scene, camera: &Camera, viewport: Viewport) -> f64 {
    let whole = match scene.x_mm.len() {
        0..=500 => 4.0,
        501..=5_000 => 3.0,
        5_001..=30_000 => 2.0,
        _ => 1.2,
    };
    let whole_mm_per_px = Camera::whole_wafer(scene.diameter_mm, viewport).mm_per_px;
    // On a small screen the same defects stand closer together.
    let room = (scene.diameter_mm / whole_mm_per_px / 700.0).clamp(0.65, 1.1);
    let nearness = (whole_mm_per_px / camera.mm_per_px).max(1.0);
    (whole * room * nearness.powf(0.35)).min(7.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::scene::tests::map;

    const VIEWPORT: Viewport = Viewport {
        width_px: 328.0,
        height_px: 328.0,
    };

    fn drawn(defects: &[(u32, f64, f64)], look: &Look<'_>) -> Picture {
        let scene = Scene::new(map(defects));
        let mut picture = Picture::default();
        picture.draw(
            &scene,
            &Camera::whole_wafer(300.0, VIEWPORT),
            VIEWPORT,
            look,
        );
        picture
    }

    fn pixel(picture: &Picture, column: usize, row: usize) -> [u8; 4] {
        let place = (row * picture.width + column) * 4;
        picture.rgba[place..place + 4]
            .try_into()
            .expect("four bytes")
    }

    fn plain() -> Look<'static> {
        Look {
            hidden: &[],
            highlighted: &[],
            pixel_ratio: 1.0,
            ground: [255; 3],
            ink: [60; 3],
        }
    }

    #[test]
    fn a_defect_is_drawn_at_its_pixel_in_the_colour_of_its_type() {
        // 300 mm on 300 px: the defect at (30, -60) mm is 30 px right of and 60 px below the middle.
        let picture = drawn(&[(0, 30.0, -60.0)], &plain());
        assert_eq!(pixel(&picture, 164 + 30, 164 + 60), [255, 128, 0, 255]);
        assert_eq!(pixel(&picture, 164, 164), [0; 4]);
    }

    #[test]
    fn two_device_pixels_a_css_pixel_make_a_picture_of_twice_the_size() {
        let picture = drawn(
            &[(0, 30.0, -60.0)],
            &Look {
                pixel_ratio: 2.0,
                ..plain()
            },
        );
        assert_eq!((picture.width, picture.height), (656, 656));
        assert_eq!(pixel(&picture, 2 * 194, 2 * 224), [255, 128, 0, 255]);
    }

    #[test]
    fn a_hidden_type_is_not_drawn_and_one_beside_the_highlighted_is_faint() {
        let defects = [(0, 0.0, 0.0), (1, 50.0, 0.0)];
        let hidden = drawn(
            &defects,
            &Look {
                hidden: &[10],
                ..plain()
            },
        );
        assert_eq!(
            (pixel(&hidden, 164, 164)[3], pixel(&hidden, 214, 164)[3]),
            (0, 255)
        );
        let highlighted = drawn(
            &defects,
            &Look {
                highlighted: &[11],
                ..plain()
            },
        );
        assert_eq!(
            (
                pixel(&highlighted, 164, 164)[3],
                pixel(&highlighted, 214, 164)[3]
            ),
            (40, 255)
        );
    }

    #[test]
    fn a_type_in_the_colour_of_the_ground_is_framed_and_another_is_not() {
        let covered = |ground| {
            let picture = drawn(&[(0, 0.0, 0.0)], &Look { ground, ..plain() });
            picture.rgba.chunks(4).filter(|pixel| pixel[3] > 0).count()
        };
        assert!(covered([250, 130, 5]) > covered([0; 3]));
    }

    #[test]
    fn a_crowd_at_one_place_looks_like_one_defect() {
        let crowd = vec![(0, 1.0, 1.0); 400];
        assert_eq!(
            drawn(&crowd, &plain()).rgba,
            drawn(&crowd[..1], &plain()).rgba
        );
    }

    #[test]
    fn marks_at_the_edge_of_the_picture_are_cut_off() {
        let picture = drawn(&[(0, -163.9, 0.0), (0, 900.0, 0.0)], &plain());
        assert_eq!(pixel(&picture, 0, 164)[3], 255);
    }
}
