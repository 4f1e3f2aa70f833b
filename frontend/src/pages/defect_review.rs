//! What an engineer makes of a defect: type, severity, status, notes; by hand or by key.

use std::sync::Arc;

use contract::defect::{DefectDetail, DefectUpdate, ReviewStatus};
use contract::user::Role;
use leptos::prelude::*;
use serde_json::Value;

use super::links;
use crate::api::Api;
use crate::components::badge::Swatch;
use crate::components::facts::{self, Facts};
use crate::components::form::Saving;
use crate::components::keys::use_keys;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::components::status::{Refusal, loaded};
use crate::components::type_choice::{TypeChoice, TypeKeys};
use crate::format;
use crate::state::caller::Caller;
use crate::state::defect_types::KnownTypes;
use crate::state::remote::Remote;

/// The review of a defect; for those who may not change it, what it says.
#[component]
pub fn Review(
    /// The defect.
    shown: Signal<Arc<DefectDetail>>,
    /// Whether it is the one that was asked for, not the one before on its way out.
    is_current: Memo<bool>,
    /// Types and their keys.
    types: Remote<KnownTypes>,
    /// Called when it is changed.
    on_saved: Callback<()>,
) -> impl IntoView {
    match Caller::here().may(Role::Engineer) {
        true => view! { <Card title="Review">{loaded(types, 6, move |types| view! { <Desk shown is_current types on_saved/> })}</Card> }.into_any(),
        false => view! { <Card title="Review">{move || view! { <Verdict shown=shown.get()/> }}</Card> }.into_any(),
    }
}

/// The review for those who only read it.
#[component]
fn Verdict(shown: Arc<DefectDetail>) -> impl IntoView {
    let defect = shown.defect.clone();
    let to = links::defect_type(defect.defect_type_id);
    view! {
        <Facts facts=vec![
            ("Type", view! { <span class="nowrap"><Swatch colour=defect.colour/>" "<Go to>{defect.defect_type}</Go></span> }.into_any()),
            ("Severity", format!("{} of 5", defect.severity).into_any()),
            ("Status", format::words(defect.review_status.as_str()).into_any()),
            ("Notes", facts::text(defect.notes)),
        ]/>
        <p class="quiet">"Engineers can change it."</p>
    }
}

#[component]
fn Desk(
    shown: Signal<Arc<DefectDetail>>,
    is_current: Memo<bool>,
    types: Signal<Arc<KnownTypes>>,
    on_saved: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let saved = RwSignal::new(None::<String>);
    let defect_id = Memo::new(move |_| shown.read().defect.defect_id);
    let save = move |update: DefectUpdate, what: String| {
        if !is_current.get_untracked() {
            return;
        }
        let path = format!("/defects/{}", defect_id.get_untracked());
        saved.set(None);
        saving.run(
            async move { api.put::<_, Value>(&path, &update).await },
            move |_| {
                let _ = saved.try_set(Some(what));
                on_saved.run(());
            },
        );
    };
    // What was said of the defect before is not about this one.
    Effect::new(move || {
        defect_id.track();
        saved.set(None);
    });
    let classify = Callback::new(move |id: i32| {
        let name = types
            .read_untracked()
            .get(id)
            .map(|kind| kind.name.clone())
            .unwrap_or_default();
        let update = DefectUpdate {
            defect_type_id: Some(id),
            ..DefectUpdate::default()
        };
        save(update, format!("Type is {name}"));
    });
    let set_status = move |status: ReviewStatus| {
        let update = DefectUpdate {
            review_status: Some(status),
            ..DefectUpdate::default()
        };
        save(update, format::words(status.as_str()));
    };
    use_keys(move |event| match event.key().as_str() {
        "r" => {
            set_status(ReviewStatus::Reviewed);
            true
        }
        key => {
            let id = types
                .read_untracked()
                .of_key(key)
                .map(|kind| kind.defect_type_id);
            id.inspect(|id| classify.run(*id)).is_some()
        }
    });
    let value = Signal::derive(move || Some(shown.read().defect.defect_type_id));
    let severity = Memo::new(move |_| shown.read().defect.severity);
    let status = Memo::new(move |_| shown.read().defect.review_status);
    let severities = (1..=5).map(|step| {
        let choose = move |_| {
            let update = DefectUpdate {
                severity: Some(step),
                ..DefectUpdate::default()
            };
            save(update, format!("Severity is {step}"));
        };
        view! {
            <label class="segment"><input type="radio" name="severity" value=step.to_string() prop:checked=move || severity.get() == step on:change=choose/><span>{step}</span></label>
        }
    });
    let statuses = ReviewStatus::ALL.iter().map(|&step| view! {
        <label class="segment"><input type="radio" name="review-status" value=step.as_str() prop:checked=move || status.get() == step
            on:change=move |_| set_status(step)/><span>{format::words(step.as_str())}</span></label>
    });
    view! {
        <div class="review">
            <div class="review-row"><span class="field-label">"Type"</span><TypeChoice types value on_choose=classify/></div>
            <TypeKeys types value on_choose=classify/>
            <fieldset class="segments review-row"><legend>"Severity"</legend>{severities.collect_view()}</fieldset>
            <fieldset class="segments review-row"><legend>"Status"</legend>{statuses.collect_view()}</fieldset>
            <Notes shown on_save=Callback::new(move |notes| save(DefectUpdate { notes: Some(notes), ..DefectUpdate::default() }, "Notes".to_owned()))/>
            <Refusal error=saving.error()/>
            <p class="review-state" role="status">
                {move || match (saving.is_busy(), saved.get()) {
                    (true, _) => "Saving …".into_any(),
                    (false, Some(what)) => view! { <span class="badge badge-good">"Saved"</span>" "{what} }.into_any(),
                    (false, None) => view! { <span class="quiet">"Changes are saved at once and kept in the history."</span> }.into_any(),
                }}
            </p>
        </div>
    }
}

/// Notes are saved by their button: nobody wants a version for each letter.
#[component]
fn Notes(shown: Signal<Arc<DefectDetail>>, on_save: Callback<String>) -> impl IntoView {
    let kept = Memo::new(move |_| {
        let shown = shown.read();
        (
            shown.defect.defect_id,
            shown.defect.notes.clone().unwrap_or_default(),
        )
    });
    let draft = RwSignal::new(String::new());
    Effect::new(move || draft.set(kept.get().1));
    let is_changed = move || kept.read().1.trim() != draft.read().trim();
    view! {
        <label class="field"><span class="field-label">"Notes"</span>
            <textarea name="notes" maxlength="4000" rows="2" prop:value=move || draft.get() on:input:target=move |event| draft.set(event.target().value())></textarea>
        </label>
        <Show when=is_changed>
            <p class="form-actions">
                <button class="button button-quiet" type="button" on:click=move |_| draft.set(kept.get_untracked().1)>"Discard"</button>
                <button class="button button-primary" type="button" on:click=move |_| on_save.run(draft.get_untracked().trim().to_owned())>"Save notes"</button>
            </p>
        </Show>
    }
}
