//! What the parts of the viewer share: which image, how it is seen, what is measured.

use contract::image::DefectImage;
use leptos::prelude::*;
use uuid::Uuid;

use super::camera::Camera;
use super::length::Line;
use super::levels::Levels;
use super::load::Loader;
use super::paint::Spread;
use crate::canvas::Viewport;

/// One step of the zoom keys and buttons.
const ZOOM_STEP: f64 = 1.4;
/// What the parts of the viewer share.
#[derive(Clone, Copy)]
pub struct Desk {
    /// All images of the defect.
    pub images: Signal<Vec<DefectImage>>,
    /// The one that is shown.
    pub current: Memo<Option<DefectImage>>,
    chosen: RwSignal<Option<Uuid>>,
    /// Contrast and brightness.
    pub levels: RwSignal<Levels>,
    /// Dragging draws a line instead of moving the picture.
    pub measuring: RwSignal<bool>,
    /// The measured line.
    pub line: RwSignal<Option<Line>>,
    /// The view.
    pub camera: RwSignal<Option<Camera>>,
    /// Size of the canvas.
    pub viewport: RwSignal<Option<Viewport>>,
    /// The picture.
    pub loader: Loader,
    /// The picture with its grey values spread.
    pub spread: StoredValue<Spread, LocalStorage>,
}

impl Desk {
    /// Nothing chosen: the first image is shown.
    pub fn new(images: Signal<Vec<DefectImage>>) -> Self {
        let chosen = RwSignal::new(None::<Uuid>);
        let current = Memo::new(move |_| {
            images.with(|images| {
                let wanted = chosen.get();
                let found = images.iter().find(|image| Some(image.image_id) == wanted);
                found.or(images.first()).cloned()
            })
        });
        let image_id = Memo::new(move |_| current.with(|image| Some(image.as_ref()?.image_id)));
        let desk = Self {
            images,
            current,
            chosen,
            levels: RwSignal::new(Levels::default()),
            measuring: RwSignal::new(false),
            line: RwSignal::new(None),
            camera: RwSignal::new(None),
            viewport: RwSignal::new(None),
            loader: Loader::new(image_id),
            spread: StoredValue::new_local(Spread::default()),
        };
        // Another picture: its lengths and its grey values are others.
        Effect::new(move || {
            image_id.track();
            desk.line.set(None);
            desk.levels.set(Levels::default());
        });
        desk
    }

    /// Shows an image.
    pub fn choose(self, image_id: Uuid) {
        self.chosen.set(Some(image_id));
    }

    /// Place of the shown image among all, from 0.
    pub fn place(self) -> usize {
        let current = self.current.with(|image| Some(image.as_ref()?.image_id));
        self.images.with(|images| {
            let place = images
                .iter()
                .position(|image| Some(image.image_id) == current);
            place.unwrap_or(0)
        })
    }

    /// Shows the next image, or the one before.
    pub fn step(self, forward: bool) {
        let place = untrack(|| self.place());
        let next = if forward {
            Some(place + 1)
        } else {
            place.checked_sub(1)
        };
        let image = next.and_then(|next| {
            self.images
                .with_untracked(|images| Some(images.get(next)?.image_id))
        });
        if let Some(image_id) = image {
            self.choose(image_id);
        }
    }

    /// Side of a pixel of the shown image in nm, where it is known.
    pub fn pixel_size(self) -> Option<f64> {
        self.current.with(|image| image.as_ref()?.pixel_size_nm)
    }

    fn size(self) -> Option<[f64; 2]> {
        self.loader
            .picture
            .with_untracked(|picture| Some(picture.as_ref()?.size()))
    }

    /// Changes the view, once there is one.
    pub fn change(self, change: impl FnOnce(Camera, [f64; 2], Viewport) -> Camera) {
        if let (Some(camera), Some(size), Some(viewport)) = (
            self.camera.get_untracked(),
            self.size(),
            self.viewport.get_untracked(),
        ) {
            self.camera.set(Some(change(camera, size, viewport)));
        }
    }

    /// Nearer, or farther, around the middle.
    pub fn zoom(self, nearer: bool) {
        let factor = if nearer { ZOOM_STEP } else { 1.0 / ZOOM_STEP };
        self.change(|camera, size, viewport| {
            camera.zoomed(factor, viewport.middle_px(), size, viewport)
        });
    }

    /// Shows all of the picture.
    pub fn fit(self) {
        self.change(|_, size, viewport| Camera::fit(size, viewport));
    }

    /// Shows one pixel for one of the screen.
    pub fn one_to_one(self) {
        let ratio = window().device_pixel_ratio();
        self.change(|camera, _, _| camera.one_to_one(ratio));
    }

    /// Moves the picture with the hand.
    pub fn pan(self, by_px: [f64; 2]) {
        self.change(|camera, size, _| camera.dragged(by_px, size));
    }

    /// Spreads the picture's grey values from black to white.
    pub fn spread_automatically(self) {
        let found = self.loader.picture.with_untracked(|picture| {
            let picture = picture.as_ref()?;
            self.spread
                .try_update_value(|spread| spread.auto(picture).ok())?
        });
        if let Some(levels) = found {
            self.levels.set(levels);
        }
    }

    /// Begins or ends measuring; ending takes the line away.
    pub fn measure(self, on: bool) {
        self.measuring.set(on);
        if !on {
            self.line.set(None);
        }
    }
}
