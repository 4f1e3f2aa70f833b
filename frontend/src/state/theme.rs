//! Light, dark, or as the system says.

use leptos::prelude::*;

const KEY: &str = "wafermaps.theme";

/// The user's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// As the operating system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Choice {
    /// Every choice, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As kept and as the attribute `data-theme` says.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn read(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == text)
            .unwrap_or(Self::System)
    }
}

/// The theme of the application. Charts and maps take their colours from the same tokens: they read
/// [`Theme::is_dark`] to know when to draw anew.
#[derive(Clone, Copy)]
pub struct Theme {
    choice: RwSignal<Choice>,
    system_is_dark: RwSignal<bool>,
}

impl Theme {
    /// Takes up the kept choice and follows the system.
    pub fn start() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let query = window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten();
        let theme = Self {
            choice: RwSignal::new(kept.map_or(Choice::System, |kept| Choice::read(&kept))),
            system_is_dark: RwSignal::new(query.as_ref().is_some_and(|query| query.matches())),
        };
        if let Some(query) = query {
            theme.follow(&query);
        }
        Effect::new(move || {
            let name = if theme.is_dark() { "dark" } else { "light" };
            if let Some(root) = document().document_element() {
                // An attribute of a known name is never refused.
                let _ = root.set_attribute("data-theme", name);
            }
        });
        theme
    }

    /// The theme of this application.
    pub fn here() -> Self {
        expect_context()
    }

    /// The user's choice.
    pub fn choice(self) -> Choice {
        self.choice.get()
    }

    /// Chooses and keeps the choice.
    pub fn choose(self, choice: Choice) {
        self.choice.set(choice);
        if let Some(storage) = storage() {
            // Without storage the choice lasts until the page is left.
            let _ = storage.set_item(KEY, choice.as_str());
        }
    }

    /// Whether dark colours are drawn.
    pub fn is_dark(self) -> bool {
        match self.choice.get() {
            Choice::System => self.system_is_dark.get(),
            choice => choice == Choice::Dark,
        }
    }

    fn follow(self, query: &web_sys::MediaQueryList) {
        use wasm_bindgen::{JsCast, closure::Closure};
        let changed = {
            let query = query.clone();
            Closure::<dyn FnMut()>::new(move || self.system_is_dark.set(query.matches()))
        };
        // Lives as long as the application.
        let _ = query
            .add_event_listener_with_callback("change", changed.into_js_value().unchecked_ref());
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
