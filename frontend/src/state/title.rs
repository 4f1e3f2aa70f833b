//! The document's title follows the page.

use leptos::prelude::*;

/// Names the page in the browser's tab and history.
pub fn use_title(title: impl Fn() -> String + 'static) {
    Effect::new(move || {
        let title = title();
        document().set_title(&match title.is_empty() {
            true => "WaferMaps".to_owned(),
            false => format!("{title} · WaferMaps"),
        });
    });
}
