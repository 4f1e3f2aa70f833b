//! One at a time over all tabs of the browser, by the Web Locks API.

use std::future::Future;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Runs `work` while no other tab runs work under the same name.
///
/// Browsers offer locks on secure origins (HTTPS and localhost) alone; elsewhere tabs do not wait.
pub async fn exclusive<T>(name: &str, work: impl Future<Output = T>) -> T {
    let held = hold(name);
    if let Some(held) = &held {
        // The promise of a granted lock never fails.
        let _ = JsFuture::from(held.granted.clone()).await;
    }
    work.await
}

/// A lock that is asked for or held; dropping it hands it on.
struct Held {
    granted: Promise,
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn hold(name: &str) -> Option<Held> {
    let locks = Reflect::get(window().navigator().as_ref(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let (until_released, release) = promise()?;
    let (granted, grant) = promise()?;
    let callback = Closure::once_into_js(move |_lock: JsValue| -> JsValue {
        let _ = grant.call0(&JsValue::NULL);
        until_released.into()
    });
    request.call2(&locks, &name.into(), &callback).ok()?;
    Some(Held { granted, release })
}

/// A promise and the function that keeps it.
fn promise() -> Option<(Promise, Function)> {
    let mut resolve = None;
    let promise = Promise::new(&mut |keep, _| resolve = Some(keep));
    Some((promise, resolve?))
}
