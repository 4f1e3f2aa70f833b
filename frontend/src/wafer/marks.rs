//! The defects as pixels, where there is no WebGL: every type has a shape, every shape a small picture that is stamped
//! where a defect lies.
//!
//! Stamping bytes into one image is what keeps 100,000 defects smooth: a canvas call for each would take longer than a
//! frame. Defects of one type and size that fall on the same pixel are stamped once.

use super::camera::Camera;
use super::look::{Look, Rim};
use super::scene::Scene;
use super::select::{Region, region_between};
use super::shape::{Shape, Stamp};
use crate::canvas::Viewport;

/// Marks grow in steps of this factor, so that few pictures serve for all sizes.
const GROWTH: f64 = 1.06;
/// A mark is not larger than this, CSS px; WebGL has no such limit.
const LARGEST_PX: f64 = 200.0;

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

        let sizes = scene.sizes(camera, viewport);
        let reach_mm = (sizes.radius_px(scene.largest_um).min(LARGEST_PX) + 2.0) * camera.mm_per_px;
        let view = in_view(camera, viewport, reach_mm);
        let mut turn = 0;
        for place in look.order(scene) {
            let kind = &scene.kinds[place];
            let growth = look.growth(kind.defect_type_id);
            let rim = Rim::of(kind.rgb, look);
            let mut stamps = Stamps::new(kind.shape, turn);
            for range in scene.order.touched(place, view) {
                for &index in &scene.order.indices()[range] {
                    let index = index as usize;
                    let defects = &scene.data.defects;
                    let place_mm = defects.place_mm(index);
                    let place = camera.screen_from_wafer(place_mm, viewport);
                    let radius_px = sizes.radius_px(defects.size_um[index]).min(LARGEST_PX);
                    let (stamp, turn) = stamps.of(radius_px * growth * look.pixel_ratio);
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
                    let strength = look.strength(kind.defect_type_id, place_mm);
                    self.stamp(stamp, x as isize, y as isize, kind.rgb, rim, strength, turn);
                }
            }
            turn = stamps.last_turn;
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

/// The part of the wafer in view, made wider by `reach_mm` on all sides.
#[must_use]
pub fn in_view(camera: &Camera, viewport: Viewport, reach_mm: f64) -> Region {
    let corner = |place_px| camera.wafer_from_screen(place_px, viewport);
    let [x_min, y_min, x_max, y_max] = region_between(
        corner([0.0, 0.0]),
        corner([viewport.width_px, viewport.height_px]),
    );
    [
        x_min - reach_mm,
        y_min - reach_mm,
        x_max + reach_mm,
        y_max + reach_mm,
    ]
}

/// The pictures of a shape, one for each size.
struct Stamps {
    shape: Shape,
    /// Step of growth, its picture and the number of its turn.
    made: Vec<(i32, Stamp, u16)>,
    last_turn: u16,
}

impl Stamps {
    fn new(shape: Shape, last_turn: u16) -> Self {
        Self {
            shape,
            made: Vec::new(),
            last_turn,
        }
    }

    /// The picture of about this radius in device px, and the number under which its middles are kept.
    #[expect(clippy::cast_possible_truncation, reason = "a small number of steps")]
    fn of(&mut self, radius_px: f64) -> (&Stamp, u16) {
        let step = (radius_px.ln() / GROWTH.ln()).round() as i32;
        let place = match self.made.iter().position(|(of, ..)| *of == step) {
            Some(place) => place,
            None => {
                self.last_turn = self.last_turn.saturating_add(1);
                // The first is that of most defects: it is drawn with its very radius.
                let stamp = Stamp::new(self.shape, radius_px);
                self.made.push((step, stamp, self.last_turn));
                self.made.len() - 1
            }
        };
        let (_, stamp, turn) = &self.made[place];
        (stamp, *turn)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

    const VIEWPORT: Viewport = Viewport {
        width_px: 328.0,
        height_px: 328.0,
    };

    fn drawn(defects: &[(u16, f64, f64)], look: &Look<'_>) -> Picture {
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
            selection: None,
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
