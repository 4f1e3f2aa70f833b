//! The EDX spectra of a defect: one of them drawn, the elements that it speaks for beside it.

use std::sync::Arc;

use contract::spectrum::{DefectSpectrum, ElementEvidence, SpectrumDetail};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::api::Api;
use crate::chart::{ChartCard, spectrum};
use crate::components::delete::DeletePart;
use crate::components::icon::{Drawn, Icon};
use crate::components::status::loaded;
use crate::format;
use crate::state::remote::Remote;

/// Weight from which on an element counts as one of the defect's: as the filter has it.
const COUNTS_FROM: f64 = 0.5;

/// The spectra of a defect, at least one.
#[component]
pub fn Spectra(
    /// Spectra.
    #[prop(into)]
    spectra: Signal<Vec<DefectSpectrum>>,
    /// Called when one is gone.
    on_change: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let chosen = RwSignal::new(None::<Uuid>);
    let current = Memo::new(move |_| {
        spectra.with(|spectra| {
            let wanted = chosen.get();
            let found = spectra.iter().find(|one| Some(one.spectrum_id) == wanted);
            found.or(spectra.first()).map(|one| one.spectrum_id)
        })
    });
    let detail = Remote::new(
        move || current.get(),
        move |id| async move { api.get::<SpectrumDetail>(&format!("/spectra/{id}")).await },
    );
    let options = move || {
        let option = |one: &DefectSpectrum| {
            let id = one.spectrum_id;
            let name = one.title.clone().unwrap_or_else(|| one.file_name.clone());
            view! { <option value=id.to_string() selected=move || current.get() == Some(id)>{name}</option> }
        };
        spectra.read().iter().map(option).collect_view()
    };
    view! {
        <Show when=move || { spectra.with(Vec::len) > 1 }>
            <label class="choice list-tools"><span>"Spectrum"</span>
                <select aria-label="Spectrum" on:change:target=move |event| chosen.set(event.target().value().parse().ok())>{options}</select>
            </label>
        </Show>
        {loaded(detail, 8, move |detail| view! { <Shown detail on_change/> })}
    }
}

#[component]
fn Shown(detail: Signal<Arc<SpectrumDetail>>, on_change: Callback<()>) -> impl IntoView {
    let is_log = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<String>::new());
    // Another spectrum begins with the elements that it speaks for.
    let id = Memo::new(move |_| detail.read().spectrum.spectrum_id);
    Effect::new(move || {
        id.track();
        let detail = detail.read_untracked();
        let strong = detail
            .elements
            .iter()
            .filter(|element| element.weight >= COUNTS_FROM);
        chosen.set(strong.map(|element| element.element.clone()).collect());
    });
    let spec = Memo::new(move |_| spectrum::spec(&detail.read(), &chosen.read(), is_log.get()));
    let note = Signal::derive(move || Some(note(&detail.read().spectrum)));
    let title = Signal::derive(move || {
        let detail = detail.read();
        let spectrum = &detail.spectrum;
        format!(
            "EDX spectrum {}",
            spectrum.title.as_ref().unwrap_or(&spectrum.file_name)
        )
    });
    view! {
        <div class="spectrum">
            <div class="spectrum-drawing">
                <ChartCard title spec note height_px=360/>
                <div class="toolbar spectrum-tools">
                    <fieldset class="segments"><legend class="visually-hidden">"Scale of the counts"</legend>
                        <label class="segment"><input type="radio" name="spectrum-scale" prop:checked=move || !is_log.get() on:change=move |_| is_log.set(false)/><span>"Linear"</span></label>
                        <label class="segment"><input type="radio" name="spectrum-scale" prop:checked=move || is_log.get() on:change=move |_| is_log.set(true)/><span>"Logarithmic"</span></label>
                    </fieldset>
                    <span class="quiet">"Zoom: slider, or Ctrl and wheel"</span>
                    <FileOf detail on_change/>
                </div>
            </div>
            <Elements detail chosen/>
        </div>
    }
}

/// Beam, live time and counts, in one line.
fn note(spectrum: &DefectSpectrum) -> String {
    let beam = spectrum
        .beam_kv
        .map(|beam| format!("{} kV beam", format::significant(beam)));
    let live = spectrum
        .live_time_s
        .map(|live| format!("{} s live time", format::significant(live)));
    let counts = format!("{} counts", format::count(spectrum.total_counts as i64));
    let width = format!(
        "{} channels of {} eV",
        format::count(spectrum.channels.into()),
        format::significant(spectrum.energy_per_channel_kev * 1000.0)
    );
    let parts = [beam, live, Some(counts), Some(width)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Elements with the weight of what speaks for them; each can be drawn or not.
#[component]
fn Elements(detail: Signal<Arc<SpectrumDetail>>, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let rows = move || {
        let detail = detail.read();
        let elements = detail.elements.iter().enumerate();
        elements
            .map(|(place, element)| view! { <Element element=element.clone() place chosen/> })
            .collect_view()
    };
    let unexplained = move || {
        let detail = detail.read();
        let peaks = detail.peaks.iter().filter(|peak| peak.lines.is_empty());
        peaks
            .map(|peak| format!("{} keV", format::fixed(peak.energy_kev, 2)))
            .collect::<Vec<_>>()
    };
    view! {
        <section class="elements" aria-label="Elements">
            <header><h3>"Elements"</h3><p class="quiet">"Evidence, not certainty: lines of different elements overlap."</p></header>
            <Show when=move || detail.read().elements.is_empty()><p>"No element's lines stand out of the background."</p></Show>
            <ul>{rows}</ul>
            <Show when=move || !unexplained().is_empty()>
                <p class="message message-warning">{move || format!("Peaks that nothing explains: {}.", unexplained().join(", "))}</p>
            </Show>
            <details><summary>"How elements are found"</summary><p class="quiet">{move || detail.read().method.clone()}</p></details>
        </section>
    }
}

#[component]
fn Element(element: ElementEvidence, place: usize, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let symbol = element.element.clone();
    let is_chosen = {
        let symbol = symbol.clone();
        Memo::new(move |_| chosen.read().contains(&symbol))
    };
    let toggle = {
        let symbol = symbol.clone();
        move |_| {
            chosen.update(
                |chosen| match chosen.iter().position(|kept| *kept == symbol) {
                    Some(place) => drop(chosen.remove(place)),
                    None => chosen.push(symbol.clone()),
                },
            );
        }
    };
    let percent = format!("{} %", (element.weight * 100.0).round());
    let lines = element.lines.iter().map(|line| {
        format!(
            "{} {}",
            spectrum::line_name(&line.line),
            format::fixed(line.energy_kev, 2)
        )
    });
    let lines = lines.collect::<Vec<_>>().join(", ");
    let others = (!element.alternatives.is_empty())
        .then(|| format!("could also be {}", element.alternatives.join(", ")));
    view! {
        <li class:is-weak={element.weight < COUNTS_FROM}>
            <label class="element">
                <input type="checkbox" prop:checked=move || is_chosen.get() on:change=toggle/>
                <span class="swatch" style:background-color=spectrum::colour_of(place) aria-hidden="true"></span>
                <strong>{symbol}</strong>
                <meter min="0" max="1" value=element.weight.to_string() title=format!("Weight of the evidence {percent}; {} σ", format::significant(element.significance))></meter>
                <span class="numeric">{percent}</span>
            </label>
            <p class="quiet">{lines}{others.map(|others| view! { <span class="element-others">" · "{others}</span> })}</p>
        </li>
    }
}

/// The file itself: to be saved, or to be taken away.
#[component]
fn FileOf(detail: Signal<Arc<SpectrumDetail>>, on_change: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let failed = RwSignal::new(None::<String>);
    let save = move |_| {
        let (id, name) = {
            let detail = detail.read_untracked();
            (
                detail.spectrum.spectrum_id,
                detail.spectrum.file_name.clone(),
            )
        };
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = api
                .save_file(&format!("/spectra/{id}/original"), &name)
                .await
            {
                let _ = failed.try_set(Some(error.message()));
            }
        });
    };
    let path = Signal::derive(move || format!("/spectra/{}", detail.read().spectrum.spectrum_id));
    view! {
        <span class="toolbar-end toolbar">
            <span role="alert">{failed}</span>
            <button class="button button-quiet" type="button" on:click=save><Drawn icon=Icon::Download/>"EMSA file"</button>
            <DeletePart path what="spectrum" consequence="The file goes, and with it what it said of the defect's elements. This cannot be undone." on_gone=on_change/>
        </span>
    }
}
