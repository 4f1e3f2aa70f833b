//! Deleting a thing, after a question. [`Delete`] stands on a thing's own page, [`DeletePart`] beside a part of another.

use contract::user::Role;
use leptos::prelude::*;

use super::dialog::Dialog;
use super::form::Saving;
use super::status::Refusal;
use crate::api::Api;
use crate::state::caller::Caller;
use crate::state::navigation::UrlQuery;

/// A button that asks once more, deletes and leaves the page; nothing for those who may not.
#[component]
pub fn Delete(
    /// Path of the thing in the API.
    path: Memo<String>,
    /// What it is.
    what: &'static str,
    /// Page to go to when it is gone.
    goes_to: &'static str,
    /// Who may.
    #[prop(default = Role::Admin)]
    role: Role,
) -> impl IntoView {
    let query = UrlQuery::here();
    let on_gone = Callback::new(move |()| query.go(goes_to));
    view! { <DeletePart path what consequence="This cannot be undone." on_gone role class="button button-danger"/> }
}

/// A button that asks once more and then deletes; nothing for those who may not.
#[component]
pub fn DeletePart(
    /// Path of the thing in the API.
    #[prop(into)]
    path: Signal<String>,
    /// What it is.
    what: &'static str,
    /// What follows from it, in a sentence or two.
    consequence: &'static str,
    /// Called when it is gone.
    on_gone: Callback<()>,
    /// Who may.
    #[prop(default = Role::Engineer)]
    role: Role,
    /// Classes of the button.
    #[prop(default = "button button-quiet")]
    class: &'static str,
) -> impl IntoView {
    let api = Api::here();
    let asking = RwSignal::new(false);
    let saving = Saving::new();
    let delete = move |_| {
        let path = path.get_untracked();
        saving.run(async move { api.delete(&path).await }, move |()| {
            let _ = asking.try_set(false);
            on_gone.run(());
        });
    };
    Caller::here().may(role).then(move || {
        view! {
            <button class=class type="button" on:click=move |_| asking.set(true)>"Delete"</button>
            <Dialog open=asking title=format!("Delete this {what}?")>
                <div class="form">
                    <p>{consequence}</p>
                    <Refusal error=saving.error()/>
                    <p class="form-actions">
                        <button class="button" type="button" on:click=move |_| asking.set(false)>"Keep it"</button>
                        <button class="button button-danger" type="button" disabled=move || saving.is_busy() on:click=delete>"Delete"</button>
                    </p>
                </div>
            </Dialog>
        }
    })
}
