//! The canvases of a map, and when they are painted.

use std::collections::HashSet;

use leptos::html::{Canvas, Div};
use leptos::prelude::*;

use super::desk::Desk;
use super::export::Page;
use super::load::now;
use super::paint::{Frame, Marked};
use super::painter::{Drawn, Shown};
use super::palette::Palette;
use super::sheet::{caption, orientation};
use super::stage::{publish, publish_first_picture, report};
use super::tip::Pointed;
use crate::canvas::once_a_frame;
use crate::chart::theme::theme_changes;

/// The canvases of a map, and what pages ask to have drawn on them.
#[derive(Clone, Copy)]
pub struct Easel {
    pub desk: Desk,
    pub stage: NodeRef<Div>,
    /// Below the defects; the pointer's.
    pub canvas: NodeRef<Canvas>,
    /// The defects, by WebGL.
    pub points: NodeRef<Canvas>,
    /// What changes with the pointer.
    pub above: NodeRef<Canvas>,
    /// Type ids that stand out.
    pub highlighted: Memo<Vec<i32>>,
    /// Defect with a ring around it.
    pub selected: Signal<Option<(u32, i32)>>,
    /// Defects with a thin ring each.
    pub marked: Signal<HashSet<(u32, i32)>>,
    /// Die with a frame around it.
    pub highlight_die: Signal<Option<(i32, i32)>>,
    /// The graphics card was taken away or came back.
    pub card_changed: Trigger,
    /// The last byte of the map whose first picture was told.
    pub pictured: StoredValue<Option<f64>>,
}

impl Easel {
    /// Paints whenever something changes that is on the map.
    pub fn follow(self) {
        let Self { desk, .. } = self;
        let theme_changed = theme_changes();
        let (base, over) = (
            once_a_frame(move || self.paint()),
            once_a_frame(move || self.paint_over()),
        );
        let track_view = move || {
            desk.scene.track();
            desk.camera.track();
            desk.viewport.track();
            theme_changed.track();
            desk.overlays.track();
        };
        Effect::new(move || {
            track_view();
            desk.hidden.track();
            self.highlighted.track();
            desk.layers.track();
            // While the hand still draws, the defects stay as they are.
            if !desk.is_drawing.get() {
                desk.selection.track();
            }
            self.card_changed.track();
            base();
        });
        Effect::new(move || {
            track_view();
            self.selected.track();
            self.marked.track();
            self.highlight_die.track();
            desk.selection.track();
            desk.hover.track();
            over();
        });
        // A defect that is hidden or gone must not keep its tooltip.
        Effect::new(move || {
            desk.scene.track();
            desk.hidden.track();
            desk.hover.set(None);
        });
    }

    fn frame(self, draw: &mut dyn FnMut(&Frame<'_>)) {
        let Some(stage) = self.stage.get_untracked() else {
            return;
        };
        self.desk.seen(|scene, camera, viewport| {
            draw(&Frame {
                scene,
                camera,
                viewport,
                pixel_ratio: window().device_pixel_ratio(),
                palette: &Palette::at(&stage),
                overlays: &self.desk.overlays.get_untracked(),
                layers: self.desk.layers.get_untracked(),
            });
        });
    }

    fn paint(self) {
        let Self { desk, .. } = self;
        let (Some(canvas), Some(points)) =
            (self.canvas.get_untracked(), self.points.get_untracked())
        else {
            return;
        };
        self.frame(&mut |frame| {
            let began = now();
            let is_done = !desk.is_drawing.get_untracked();
            let selection = desk.selection.get_untracked().filter(|_| is_done);
            let shown = Shown {
                hidden: &desk.hidden.get_untracked(),
                highlighted: &self.highlighted.get_untracked(),
                selection: selection.as_ref(),
            };
            let painted = desk.painter.try_update_value(|painter| {
                let drawn = painter.paint(frame, &canvas, &points, shown)?;
                Ok((drawn, painter.bytes(frame.scene)))
            });
            let (drawn, bytes) = match painted {
                None => return,
                Some(Err(fault)) => return report(Err(fault)),
                Some(Ok(painted)) => painted,
            };
            let kept = frame.scene.data.defects.bytes() + frame.scene.order.bytes() + bytes;
            publish(&canvas, frame, &drawn, kept, now() - began);
            if desk
                .drawn
                .with_untracked(|before| before.as_ref() != Some(&drawn))
            {
                desk.drawn.set(Some(drawn));
            }
            // The first picture of a map is there when the browser asks for the next one.
            if let Some(timing) = frame.scene.data.timing
                && self.pictured.get_value() != Some(timing.last_byte_at)
            {
                self.pictured.set_value(Some(timing.last_byte_at));
                let canvas = canvas.clone();
                request_animation_frame(move || publish_first_picture(&canvas, timing, now()));
            }
        });
    }

    fn paint_over(self) {
        let Some(above) = self.above.get_untracked() else {
            return;
        };
        self.frame(&mut |frame| {
            let defects = &frame.scene.data.defects;
            let hovered = self
                .desk
                .hover
                .with_untracked(|hover| match hover.as_ref()?.what {
                    Pointed::Defect(index) => Some(index),
                    Pointed::Form(_) => None,
                });
            let marked = Marked {
                chosen: self.marked.with_untracked(|ids| defects.indices_of(ids)),
                selected: self
                    .selected
                    .get_untracked()
                    .and_then(|id| defects.index_of(id)),
                hovered,
                die: self.highlight_die.get_untracked(),
                selection: self.desk.selection.get_untracked(),
                is_on_density: self
                    .desk
                    .drawn
                    .with_untracked(|drawn| drawn.as_ref().is_some_and(Drawn::is_density)),
            };
            report(frame.paint_over(&above, &marked));
        });
    }

    /// Saves what is in view: `kind` is `png` or `svg`.
    pub fn save(self, kind: &str, title: String, filters: Vec<String>) {
        // A browser keeps what WebGL has drawn until the task ends: it is drawn anew.
        self.paint();
        self.paint_over();
        let canvases = [self.canvas, self.points, self.above].map(|canvas| canvas.get_untracked());
        let (Some(drawn), [Some(canvas), Some(points), Some(above)]) =
            (self.desk.drawn.get_untracked(), canvases)
        else {
            return;
        };
        let layers = [canvas, points, above];
        self.frame(&mut |frame| {
            let hidden = self.desk.hidden.get_untracked();
            let mut caption = caption(frame, title.clone(), filters.clone(), &hidden);
            caption.notes.extend(orientation(frame));
            let page = Page {
                frame,
                caption: &caption,
                drawn: &drawn,
                hidden: &hidden,
            };
            report(match kind {
                "svg" => page.save_svg(),
                _ => page.save_png(&layers),
            });
        });
    }
}
