//! Pages that are no part of the first load.
//!
//! `scripts/build-spa` builds with the feature `split`. `scripts/split.mjs` then moves what only the pages of a chunk
//! reach out of the application's WebAssembly into a file of its own, and what several chunks share into others. A
//! browser fetches them when the first page of a chunk is opened. Without the feature (`trunk serve`, unit tests) there
//! is one file and nothing to wait for.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::components::status::{Notice, Skeleton};

/// Draws a page.
pub type Draw = fn() -> AnyView;
/// A page's chunk on its way.
pub type Loading = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

/// The view of a route: `page!(maps, stack::StackPage)` is `pages::stack::StackPage`, which belongs to the chunk `maps`.
macro_rules! page {
    ($chunk:ident, $module:ident::$page:ident) => {{
        fn draw() -> leptos::prelude::AnyView {
            leptos::prelude::IntoAny::into_any(crate::pages::$module::$page())
        }
        #[cfg(feature = "split")]
        #[leptos::wasm_split::wasm_split($chunk, wasm_split_path = leptos::wasm_split, fallible)]
        #[allow(non_snake_case)]
        fn $page() -> Result<$crate::app::chunk::Draw, leptos::wasm_split::SplitLoaderError> {
            Ok(draw)
        }
        #[cfg(not(feature = "split"))]
        #[allow(non_snake_case)]
        async fn $page() -> Result<$crate::app::chunk::Draw, leptos::wasm_split::SplitLoaderError> {
            Ok(draw)
        }
        || $crate::app::chunk::later(|| Box::pin($page()))
    }};
}
pub(super) use page;

/// Draws a page once its chunk is there.
pub fn later(load: fn() -> Loading) -> AnyView {
    let page = RwSignal::new(None);
    let fetch = move || {
        spawn_local(async move {
            let loaded = load().await;
            // The user may have gone on.
            let _ = page.try_set(Some(loaded.map_err(drop)));
        });
    };
    fetch();
    let again = Callback::new(move |()| {
        page.set(None);
        fetch();
    });
    let body = move || match page.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some(Ok(draw)) => untrack(draw),
        Some(Err(())) => view! { <NotLoaded on_retry=again/> }.into_any(),
    };
    body.into_any()
}

/// The chunk did not come.
#[component]
fn NotLoaded(
    /// Asks for it again.
    on_retry: Callback<()>,
) -> impl IntoView {
    // Of an updated application only a reload gets the chunks: they have other names.
    let reload = |_| drop(window().location().reload());
    view! {
        <div role="alert">
            <Notice title="This page could not be loaded"
                text="The server does not answer, or WaferMaps has been updated since this tab was opened.">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>"Try again"</button>
                <button class="button" type="button" on:click=reload>"Reload"</button>
            </Notice>
        </div>
    }
}
