//! How a picture comes here: its bytes by an authorised request, decoded before it is shown.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlImageElement;

use crate::api::{Abort, Api, ApiError, ObjectUrl};

/// A picture in the browser's memory, until nobody shows it any more.
pub struct Picture {
    /// Which.
    pub image_id: Uuid,
    /// What is drawn.
    pub element: HtmlImageElement,
    _url: ObjectUrl,
}

impl Picture {
    /// Width and height in pixels.
    pub fn size(&self) -> [f64; 2] {
        [self.element.natural_width(), self.element.natural_height()].map(f64::from)
    }
}

/// How far a picture has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// On its way.
    Loading,
    /// There.
    Ready,
    /// It could not be fetched or read.
    Failed(ApiError),
}

/// The picture that is shown, and the one that is on its way to take its place.
#[derive(Clone, Copy)]
pub struct Loader {
    /// The picture.
    pub picture: RwSignal<Option<Rc<Picture>>, LocalStorage>,
    /// How far the one asked for has come.
    pub phase: RwSignal<Phase>,
    again: Trigger,
}

impl Loader {
    /// Fetches the picture that `image_id` names, now and whenever it names another.
    pub fn new(image_id: Memo<Option<Uuid>>) -> Self {
        let api = Api::here();
        let loader = Self {
            picture: RwSignal::new_local(None),
            phase: RwSignal::new(Phase::Loading),
            again: Trigger::new(),
        };
        let request = StoredValue::new_local(None::<Abort>);
        Effect::new(move || {
            loader.again.track();
            // The picture before is no longer wanted: its request, should it still run, ends.
            let abort = image_id.get().and_then(|_| Abort::new());
            let signal = abort.as_ref().map(Abort::signal);
            request.set_value(abort);
            let Some(image_id) = image_id.get() else {
                return;
            };
            loader.phase.set(Phase::Loading);
            spawn_local(async move {
                let outcome = fetch(api, image_id, signal).await;
                match outcome {
                    Err(ApiError::Cancelled) => {}
                    Err(error) => drop(loader.phase.try_set(Phase::Failed(error))),
                    Ok(picture) => {
                        let _ = loader.picture.try_set(Some(Rc::new(picture)));
                        let _ = loader.phase.try_set(Phase::Ready);
                    }
                }
            });
        });
        loader
    }

    /// Asks once more.
    pub fn retry(self) {
        self.again.notify();
    }
}

async fn fetch(
    api: Api,
    image_id: Uuid,
    signal: Option<web_sys::AbortSignal>,
) -> Result<Picture, ApiError> {
    let unreadable = || ApiError::Unreadable("the browser cannot read this picture".to_owned());
    let path = format!("/images/{image_id}/content");
    let blob = api.file(&path, signal.clone()).await?;
    let url = ObjectUrl::of(&blob).ok_or_else(unreadable)?;
    let element = HtmlImageElement::new().map_err(|_| unreadable())?;
    element.set_src(url.as_str());
    JsFuture::from(element.decode())
        .await
        .map_err(|_| unreadable())?;
    if signal.is_some_and(|signal| signal.aborted()) {
        return Err(ApiError::Cancelled);
    }
    Ok(Picture {
        image_id,
        element,
        _url: url,
    })
}
