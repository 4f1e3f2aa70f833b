//! States in a word, coloured by what they mean.

use contract::alert::AlertState;
use contract::equipment::EquipmentStatus;
use contract::import::{FileState, ImportState, Severity};
use contract::wafer::WaferStatus;
use leptos::prelude::*;

use crate::format;

/// What a state means for the one who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// As it should be.
    Good,
    /// Look at it.
    Warning,
    /// Wrong.
    Bad,
    /// It is going on.
    Active,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "badge",
            Self::Good => "badge badge-good",
            Self::Warning => "badge badge-warning",
            Self::Bad => "badge badge-bad",
            Self::Active => "badge badge-accent",
        }
    }
}

/// A state that has a tone.
pub trait Toned: ToString {
    /// What it means.
    fn tone(&self) -> Tone;
}

impl Toned for WaferStatus {
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Inactive => Tone::Plain,
            Self::Scrapped => Tone::Bad,
        }
    }
}

impl Toned for EquipmentStatus {
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Maintenance => Tone::Warning,
            Self::Down => Tone::Bad,
            Self::Retired => Tone::Plain,
        }
    }
}

impl Toned for AlertState {
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Bad,
            Self::Acknowledged => Tone::Warning,
            Self::Resolved => Tone::Good,
        }
    }
}

impl Toned for ImportState {
    fn tone(&self) -> Tone {
        match self {
            Self::Queued | Self::Running => Tone::Active,
            Self::Succeeded => Tone::Good,
            Self::Partial | Self::Cancelled | Self::Interrupted => Tone::Warning,
            Self::Failed => Tone::Bad,
        }
    }
}

impl Toned for FileState {
    fn tone(&self) -> Tone {
        match self {
            Self::Imported => Tone::Good,
            Self::Duplicate | Self::Removed => Tone::Plain,
            Self::Refused => Tone::Bad,
            Self::Cancelled => Tone::Warning,
        }
    }
}

impl Toned for Severity {
    fn tone(&self) -> Tone {
        match self {
            Self::Error => Tone::Bad,
            Self::Warning => Tone::Warning,
            Self::Note => Tone::Plain,
        }
    }
}

/// A state as a badge.
pub fn state(state: &impl Toned) -> AnyView {
    badge(state.tone(), format::words(&state.to_string()))
}

/// A badge with any text.
pub fn badge(tone: Tone, text: String) -> AnyView {
    view! { <span class=tone.class()>{text}</span> }.into_any()
}

/// The colour of a defect type, before its name.
#[component]
pub fn Swatch(
    /// `#rrggbb`.
    colour: String,
) -> impl IntoView {
    view! { <span class="swatch" style:background-color=colour aria-hidden="true"></span> }
}

/// The name of a defect type behind its colour.
pub fn defect_type(colour: &str, name: &str) -> AnyView {
    let (colour, name) = (colour.to_owned(), name.to_owned());
    view! { <span class="nowrap"><Swatch colour/>" "{name}</span> }.into_any()
}
