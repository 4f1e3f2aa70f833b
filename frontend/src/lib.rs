//! The browser application of WaferMaps: every page an engineer looks at.
//!
//! It draws what the API answers and computes no statistics of its own. Only [`api`] fetches; the
//! filter bar lives in the URL ([`state::filter`]), so that every view is a link.

pub mod api;
pub mod app;
pub mod canvas;
pub mod cells;
pub mod chart;
pub mod components;
pub mod format;
pub mod gallery;
pub mod image;
pub mod pages;
pub mod state;
pub mod wafer;

/// Starts the application in the document's body.
pub fn run() {
    console_error_panic_hook::set_once();
    if let Some(boot) = leptos::prelude::document().get_element_by_id("boot") {
        boot.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
