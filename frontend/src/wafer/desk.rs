//! What hands do with a map: the view, what is chosen and pointed at, and how these change.

use std::sync::Arc;

use leptos::prelude::*;

use super::camera::{Camera, Turn};
use super::layers::Layers;
use super::overlay::{Overlay, topmost};
use super::painter::{Drawn, Painter};
use super::scene::Scene;
use super::select::{Region, Selection, region_between};
use super::tip::{Hover, Pointed};
use crate::canvas::Viewport;

/// How far from a mark's edge a pointer still means it, px.
const REACH_PX: f64 = 9.0;
/// A lasso takes a new corner after so many px.
const LASSO_STEP_PX: f64 = 3.0;

/// What a drag of the pointer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Moves the wafer.
    Move,
    /// Draws a rectangle.
    Box,
    /// Draws a lasso.
    Lasso,
}

/// A map on the screen. All of it are signals: it can be copied into every handler.
#[derive(Clone, Copy)]
pub struct Desk {
    pub scene: Memo<Option<Arc<Scene>>>,
    pub overlays: Signal<Arc<Vec<Overlay>>>,
    pub camera: RwSignal<Option<Camera>>,
    pub viewport: RwSignal<Option<Viewport>>,
    pub layers: RwSignal<Layers>,
    /// Type ids that are not drawn.
    pub hidden: RwSignal<Vec<i32>>,
    pub tool: RwSignal<Tool>,
    /// What is being chosen, or was.
    pub selection: RwSignal<Option<Arc<Selection>>>,
    /// Whether the hand still draws it.
    pub is_drawing: RwSignal<bool>,
    pub hover: RwSignal<Option<Hover>>,
    /// Id of the form under the pointer.
    pub pointed_form: RwSignal<Option<u32>>,
    /// Where the pointer is on the wafer, mm.
    pub pointer_mm: RwSignal<Option<[f64; 2]>>,
    pub drawn: RwSignal<Option<Drawn>>,
    pub painter: StoredValue<Painter, LocalStorage>,
}

impl Desk {
    /// A map that nobody has touched.
    pub fn new(
        scene: Memo<Option<Arc<Scene>>>,
        overlays: Signal<Arc<Vec<Overlay>>>,
        hidden: RwSignal<Vec<i32>>,
    ) -> Self {
        Self {
            scene,
            overlays,
            hidden,
            camera: RwSignal::new(None),
            viewport: RwSignal::new(None),
            layers: RwSignal::new(Layers::default()),
            tool: RwSignal::new(Tool::Move),
            selection: RwSignal::new(None),
            is_drawing: RwSignal::new(false),
            hover: RwSignal::new(None),
            pointed_form: RwSignal::new(None),
            pointer_mm: RwSignal::new(None),
            drawn: RwSignal::new(None),
            painter: StoredValue::new_local(Painter::default()),
        }
    }

    /// Calls `read` once there is something to look at.
    pub fn seen<T>(self, read: impl FnOnce(&Arc<Scene>, Camera, Viewport) -> T) -> Option<T> {
        let (camera, viewport) = (self.camera.get_untracked()?, self.viewport.get_untracked()?);
        self.scene
            .with_untracked(|scene| scene.as_ref().map(|scene| read(scene, camera, viewport)))
    }

    fn look(self, change: impl FnOnce(Camera, f64, Viewport) -> Camera) {
        let camera =
            self.seen(|scene, camera, viewport| change(camera, scene.diameter_mm, viewport));
        if camera.is_some() {
            self.camera.set(camera);
        }
    }

    /// Nearer by `factor`, what is at `at_px` staying there; the middle of the view without it.
    pub fn zoom(self, factor: f64, at_px: Option<[f64; 2]>) {
        self.look(|camera, diameter_mm, viewport| {
            camera.zoomed(
                factor,
                at_px.unwrap_or(viewport.middle_px()),
                diameter_mm,
                viewport,
            )
        });
    }

    /// All of the wafer, turned as it is.
    pub fn whole(self) {
        self.look(|camera, diameter_mm, viewport| Camera {
            turn: camera.turn,
            ..Camera::whole_wafer(diameter_mm, viewport)
        });
    }

    /// Moves the wafer.
    pub fn pan(self, by_px: [f64; 2]) {
        self.look(|camera, diameter_mm, _| camera.dragged(by_px, diameter_mm));
    }

    /// Two fingers.
    pub fn pinch(self, factor: f64, at_px: [f64; 2], by_px: [f64; 2]) {
        self.look(|camera, diameter_mm, viewport| {
            camera
                .dragged(by_px, diameter_mm)
                .zoomed(factor, at_px, diameter_mm, viewport)
        });
    }

    /// Turns the wafer.
    pub fn turn(self, turn: fn(Turn) -> Turn) {
        self.look(|camera, _, _| Camera {
            turn: turn(camera.turn),
            ..camera
        });
    }

    /// The point of the wafer at a place of the canvas.
    pub fn point_at(self, place_px: [f64; 2]) -> Option<[f64; 2]> {
        self.seen(|_, camera, viewport| camera.wafer_from_screen(place_px, viewport))
    }

    /// The defect at a place of the canvas: its index in the columns. While the density is shown, none is to be seen.
    pub fn defect_at(self, place_px: [f64; 2]) -> Option<usize> {
        if self
            .drawn
            .with_untracked(|drawn| drawn.as_ref().is_some_and(Drawn::is_density))
        {
            return None;
        }
        self.seen(|scene, camera, viewport| {
            let shown = self.hidden.with_untracked(|hidden| scene.shown(hidden));
            let columns = &scene.data.defects;
            let sizes = scene.sizes(&camera, viewport);
            let radius_mm = |size_um: f32| sizes.radius_px(size_um) * camera.mm_per_px;
            scene.order.nearest(
                columns,
                camera.wafer_from_screen(place_px, viewport),
                REACH_PX * camera.mm_per_px - radius_mm(0.0).min(REACH_PX * camera.mm_per_px / 2.0),
                radius_mm(scene.largest_um),
                |index| radius_mm(columns.size_um[index]),
                |kind| shown[kind],
            )
        })?
    }

    /// The form on top at a place of the canvas: what a click on it tells, and its text.
    pub fn form_at(self, place_px: [f64; 2]) -> Option<(u32, Option<String>)> {
        let point_mm = self.point_at(place_px)?;
        let reach_mm = self.camera.get_untracked()?.mm_per_px * REACH_PX;
        self.overlays.with_untracked(|overlays| {
            topmost(overlays, point_mm, reach_mm).map(|form| (form.id, form.label.clone()))
        })
    }

    /// Follows the pointer, no button down.
    pub fn point(self, place_px: [f64; 2]) {
        self.pointer_mm.set(self.point_at(place_px));
        let form = self.form_at(place_px);
        let id = form.as_ref().map(|(id, _)| *id);
        if self.pointed_form.get_untracked() != id {
            self.pointed_form.set(id);
        }
        let what = match self.defect_at(place_px) {
            Some(index) => Some(Pointed::Defect(index)),
            None => form.and_then(|(_, text)| text).map(Pointed::Form),
        };
        let found = what.map(|what| Hover { what, place_px });
        if self.hover.with_untracked(|hover| *hover != found) {
            self.hover.set(found);
        }
    }

    /// Draws on at a selection.
    pub fn draw(self, from_px: [f64; 2], to_px: [f64; 2]) {
        let (Some(from), Some(to)) = (self.point_at(from_px), self.point_at(to_px)) else {
            return;
        };
        let is_new = !self.is_drawing.get_untracked();
        self.is_drawing.set(true);
        let selection = match self.tool.get_untracked() {
            Tool::Lasso => {
                let before = self.selection.get_untracked().filter(|_| !is_new);
                let mut corners = match before.as_ref().and_then(|before| before.corners()) {
                    Some(corners) => corners.to_vec(),
                    None => vec![from],
                };
                let step_mm = self
                    .camera
                    .get_untracked()
                    .map_or(0.0, |camera| camera.mm_per_px)
                    * LASSO_STEP_PX;
                let is_far = corners
                    .last()
                    .is_none_or(|last| (to[0] - last[0]).hypot(to[1] - last[1]) >= step_mm);
                if is_far {
                    corners.push(to);
                }
                Selection::lasso(corners)
            }
            Tool::Move | Tool::Box => Selection::rectangle(region_between(from, to)),
        };
        self.selection.set(Some(Arc::new(selection)));
    }

    /// The hand has finished a selection.
    pub fn finish_drawing(self) -> Option<Arc<Selection>> {
        self.tool.set(Tool::Move);
        self.is_drawing.set(false);
        self.selection.get_untracked()
    }

    /// The selection that is done.
    pub fn chosen(self) -> Option<Arc<Selection>> {
        (!self.is_drawing.get())
            .then(|| self.selection.get())
            .flatten()
    }

    /// How many defects that are shown lie in a selection.
    pub fn count_in(self, scene: &Scene, selection: &Selection) -> usize {
        let shown = self.hidden.with(|hidden| scene.shown(hidden));
        match selection.corners() {
            None => scene
                .order
                .count(&scene.data.defects, selection.bounds(), |kind| shown[kind]),
            Some(_) => selection.of(scene, |kind| shown[kind]).count(),
        }
    }

    /// Inspection (index into the map's) and number of the defects that are shown in a selection.
    pub fn ids_in(self, selection: &Selection) -> Option<Vec<(u32, i32)>> {
        self.seen(|scene, _, _| {
            let shown = self.hidden.with_untracked(|hidden| scene.shown(hidden));
            let inside = selection.of(scene, |kind| shown[kind]);
            let mut ids: Vec<_> = inside
                .filter_map(|index| scene.data.defects.id_of(index))
                .collect();
            ids.sort_unstable();
            ids
        })
    }

    /// Points at the next or the previous defect in view, in the order of inspection and number, and around.
    pub fn walk(self, is_forward: bool) {
        let before = self.hover.with_untracked(|hover| match hover {
            Some(Hover {
                what: Pointed::Defect(index),
                ..
            }) => Some(*index),
            _ => None,
        });
        let found = self.seen(|scene, camera, viewport| {
            let shown = self.hidden.with_untracked(|hidden| scene.shown(hidden));
            let view = super::marks::in_view(&camera, viewport, 0.0);
            let index = next(scene, before, is_forward, |index| {
                let kind = usize::from(scene.data.defects.kind[index]);
                shown.get(kind) == Some(&true) && holds(view, scene.data.defects.place_mm(index))
            })?;
            let place_mm = scene.data.defects.place_mm(index);
            Some(Hover {
                what: Pointed::Defect(index),
                place_px: camera.screen_from_wafer(place_mm, viewport),
            })
        });
        self.hover.set(found.flatten());
    }
}

fn holds([x_min, y_min, x_max, y_max]: Region, [x, y]: [f64; 2]) -> bool {
    (x_min..=x_max).contains(&x) && (y_min..=y_max).contains(&y)
}

/// The next index after `before` for which `is_meant` holds, around the end.
fn next(
    scene: &Scene,
    before: Option<usize>,
    is_forward: bool,
    is_meant: impl Fn(usize) -> bool,
) -> Option<usize> {
    let count = scene.data.defects.len();
    let first = match (before, is_forward) {
        (Some(before), true) => before + 1,
        (Some(before), false) => before + count - 1,
        (None, true) => 0,
        (None, false) => count.wrapping_sub(1),
    };
    (0..count)
        .map(|step| match is_forward {
            true => (first + step) % count,
            false => (first + count - step) % count,
        })
        .find(|&index| is_meant(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

    #[test]
    fn walking_visits_what_is_meant_in_order_and_around() {
        let scene = Scene::new(map(&[(0, 0.0, 0.0); 5]));
        let meant = |index: usize| index != 2;
        let forward = |before| next(&scene, before, true, meant);
        assert_eq!(
            [None, Some(0), Some(1), Some(4)].map(forward),
            [Some(0), Some(1), Some(3), Some(0)]
        );
        let backward = |before| next(&scene, before, false, meant);
        assert_eq!(
            [None, Some(3), Some(0)].map(backward),
            [Some(4), Some(1), Some(4)]
        );
        assert_eq!(next(&scene, Some(1), true, |_| false), None);
        assert_eq!(next(&Scene::new(map(&[])), None, false, meant), None);
    }
}
