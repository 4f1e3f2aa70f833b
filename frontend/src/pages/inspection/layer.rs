//! What an analysis lays over the map, and the choice of it.

use leptos::prelude::*;

use crate::components::icon::Icon;
use crate::state::navigation::UrlQuery;

/// What lies on the map beside its defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Nothing.
    Nothing,
    /// Patterns found.
    Signatures,
    /// Hulls of clusters.
    Clusters,
    /// Zones by density.
    Zones,
    /// Dies by defects or by bin.
    Dies,
}

impl Layer {
    /// Every layer, in the order of the choice.
    const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Signatures,
        Self::Clusters,
        Self::Zones,
        Self::Dies,
    ];

    /// The layers that have a tab of their own.
    pub const FOUND: [Self; 4] = [Self::Signatures, Self::Clusters, Self::Zones, Self::Dies];

    /// The layer with a name of the address, where it has a tab.
    pub fn named(name: &str) -> Option<Self> {
        Self::FOUND.into_iter().find(|layer| layer.name() == name)
    }

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Signatures => "signatures",
            Self::Clusters => "clusters",
            Self::Zones => "zones",
            Self::Dies => "dies",
        }
    }

    /// What its tab and its choice say.
    pub fn text(self) -> &'static str {
        match self {
            Self::Nothing => "None",
            Self::Signatures => "Signatures",
            Self::Clusters => "Clusters",
            Self::Zones => "Zones",
            Self::Dies => "Dies",
        }
    }

    /// Its drawing.
    pub fn icon(self) -> Icon {
        match self {
            Self::Nothing => Icon::Wafer,
            Self::Zones => Icon::Zones,
            Self::Signatures => Icon::Spectrum,
            Self::Clusters => Icon::Correlation,
            Self::Dies => Icon::Lot,
        }
    }

    /// The layer that the address names; without one that of the open tab.
    pub fn of(query: UrlQuery) -> Self {
        let is_named = |name: &str| Self::ALL.into_iter().find(|layer| layer.name() == name);
        let chosen = query.value("layer").as_deref().and_then(is_named);
        let of_tab = || query.value("view").as_deref().and_then(Self::named);
        chosen.or_else(of_tab).unwrap_or(Self::Nothing)
    }
}

/// Chooses the layer.
#[component]
pub fn LayerChoice(
    /// The one on the map.
    layer: Memo<Layer>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let options = Layer::ALL.map(|one| {
        let choose = move |_| query.set(&[("layer", Some(one.name().to_owned()))]);
        view! {
            <label class="segment">
                <input type="radio" name="layer" prop:checked=move || layer.get() == one on:change=choose/><span>{one.text()}</span>
            </label>
        }
    });
    view! { <fieldset class="segments layer-choice"><legend>"On the map"</legend>{options.into_iter().collect_view()}</fieldset> }
}
