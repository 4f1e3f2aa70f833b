//! The sign-in.

use contract::auth::Login;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{Api, ApiError};
use crate::components::icon::Logo;
use crate::state::title::use_title;

/// Asks for username and password.
#[component]
pub fn SignInPage(
    /// A session has come to its end: say so.
    ended: bool,
) -> impl IntoView {
    use_title(|| "Sign in".to_owned());
    let api = Api::here();
    let username = NodeRef::<Input>::new();
    let password = NodeRef::<Input>::new();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);

    Effect::new(move || {
        if let Some(field) = username.get() {
            // A field that cannot take the focus can still be clicked.
            let _ = field.focus();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(word)) = (username.get(), password.get()) else {
            return;
        };
        let login = Login {
            username: name.value().trim().to_owned(),
            password: word.value(),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            if let Err(refused) = api.sign_in(&login).await {
                busy.set(false);
                error.set(Some(refused));
                word.set_value("");
                let _ = word.focus();
            }
        });
    };
    view! {
        <main class="sign-in">
            <form class="sign-in-card" on:submit=submit aria-labelledby="sign-in-title">
                <Logo/>
                <h1 id="sign-in-title">"Sign in to WaferMaps"</h1>
                {ended.then(|| view! { <p class="message" role="status">"Your session has ended. Sign in again to go on where you were."</p> })}
                <label class="field">
                    <span class="field-label">"Username"</span>
                    <input node_ref=username name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required/>
                </label>
                <label class="field">
                    <span class="field-label">"Password"</span>
                    <input node_ref=password name="password" type="password" autocomplete="current-password" required/>
                </label>
                <div role="alert">
                    {move || error.get().map(|error| view! {
                        <p class="message message-error">{error.message()} " " {error.advice()}</p>
                    })}
                </div>
                <button class="button button-primary" type="submit" disabled=move || busy.get()>
                    {move || if busy.get() { "Signing in …" } else { "Sign in" }}
                </button>
            </form>
        </main>
    }
}
