//! The user's own menu: theme, password, sign-out.

use contract::auth::PasswordChange;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dialog::Dialog;
use super::icon::{Drawn, Icon};
use super::status::Refusal;
use crate::api::{Api, ApiError};
use crate::format;
use crate::state::caller::Caller;
use crate::state::theme::{Choice, Theme};

/// The menu under the user's name.
#[component]
pub fn UserMenu() -> impl IntoView {
    let user = Caller::here().0;
    let api = Api::here();
    let changing = RwSignal::new(false);
    view! {
        <details class="menu" name="shell-menu">
            <summary class="button button-quiet">
                <Drawn icon=Icon::User/>
                <span class="menu-name">{move || user.read().display_name.clone()}</span>
                <Drawn icon=Icon::Down/>
            </summary>
            <div class="menu-panel">
                <p class="menu-head">
                    <strong>{move || user.read().display_name.clone()}</strong>
                    <span class="quiet">{move || format!("{} · {}", user.read().username, format::words(user.read().role.as_str()))}</span>
                </p>
                <ThemeChoice/>
                <button class="menu-item" type="button" on:click=move |_| changing.set(true)>"Change password …"</button>
                <a class="menu-item" href="/docs/" rel="external" target="_blank">"API documentation"</a>
                <button class="menu-item" type="button" on:click=move |_| spawn_local(api.sign_out())>"Sign out"</button>
            </div>
        </details>
        <Dialog open=changing title="Change password"><PasswordForm on_done=Callback::new(move |()| changing.set(false))/></Dialog>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let theme = Theme::here();
    let options = Choice::ALL.map(|choice| view! {
        <label class="segment">
            <input type="radio" name="theme" value=choice.as_str() prop:checked=move || theme.choice() == choice
                on:change=move |_| theme.choose(choice)/>
            <span>{format::words(choice.as_str())}</span>
        </label>
    });
    view! { <fieldset class="segments"><legend>"Theme"</legend>{options.into_iter().collect_view()}</fieldset> }
}

#[component]
fn PasswordForm(
    /// Called when the password is changed.
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let [current, new, again] = [(); 3].map(|()| NodeRef::<Input>::new());
    let error = RwSignal::new(None::<ApiError>);
    let (differ, busy) = (RwSignal::new(false), RwSignal::new(false));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(current), Some(new), Some(again)) = (current.get(), new.get(), again.get())
        else {
            return;
        };
        differ.set(new.value() != again.value());
        if differ.get_untracked() {
            return;
        }
        let change = PasswordChange {
            current_password: current.value(),
            new_password: new.value(),
        };
        busy.set(true);
        spawn_local(async move {
            let outcome = api.change_password(&change).await;
            busy.set(false);
            match outcome {
                Ok(()) => on_done.run(()),
                Err(refused) => error.set(Some(refused)),
            }
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <label class="field"><span class="field-label">"Current password"</span>
                <input node_ref=current type="password" autocomplete="current-password" required/></label>
            <label class="field"><span class="field-label">"New password"</span>
                <input node_ref=new type="password" autocomplete="new-password" minlength="12" maxlength="128" required aria-describedby="password-rule"/></label>
            <p id="password-rule" class="quiet">"12 to 128 characters, not your username. Your other sessions end with the change."</p>
            <label class="field"><span class="field-label">"New password, once more"</span>
                <input node_ref=again type="password" autocomplete="new-password" required/></label>
            <div role="alert">{move || differ.get().then(|| view! { <p class="message message-error">"The two new passwords differ."</p> })}</div>
            <Refusal error/>
            <p class="form-actions"><button class="button button-primary" type="submit" disabled=move || busy.get()>"Change password"</button></p>
        </form>
    }
}
