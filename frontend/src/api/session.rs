//! Signing in, staying signed in, signing out; in all tabs alike.

use contract::auth::{Login, PasswordChange, Session};
use contract::user::User;
use gloo_net::http::Method;
use leptos::ev;
use leptos::prelude::*;

use super::{Api, ApiError, json, lock, read, send};

/// Says that there was a session, so that a page load asks for it. It is no secret.
const HINT: &str = "wafermaps.session";
/// A token with less life left is not used any more.
const MARGIN_MS: f64 = 60_000.0;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Auth {
    /// Not known yet: an earlier session is being asked for.
    Starting,
    /// The earlier session could not be asked for.
    Failed(ApiError),
    /// Nobody. `ended`: somebody was, until the session came to its end.
    SignedOut {
        /// The session came to its end by itself.
        ended: bool,
    },
    /// A user.
    SignedIn(User),
}

#[derive(Clone)]
pub(super) struct Token {
    text: String,
    expires_at_ms: f64,
}

impl Api {
    /// Takes up an earlier session, if there was one, and follows sign-outs of other tabs.
    pub async fn start(self) {
        self.auth.set(Auth::Starting);
        if !has_hint() {
            return self.auth.set(Auth::SignedOut { ended: false });
        }
        match self.refresh().await {
            Err(error) if !error.ends_session() => self.auth.set(Auth::Failed(error)),
            _ => {}
        }
    }

    /// Ends the session here when another tab signs out.
    pub fn follow_other_tabs(self) {
        let handle = window_event_listener(ev::storage, move |event| {
            if event.key().as_deref() == Some(HINT) && event.new_value().is_none() {
                self.token.set_value(None);
                self.auth.set(Auth::SignedOut { ended: false });
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Signs in.
    pub async fn sign_in(self, login: &Login) -> Result<(), ApiError> {
        let text = send(Method::POST, "/auth/login", Some(&json(login)?), None).await?;
        self.keep(&text)
    }

    /// Signs out; also where the server cannot be told.
    pub async fn sign_out(self) {
        let token = self.fresh_token().await.ok().flatten();
        // Nothing is left to do for the user when the server does not hear it: the cookie expires.
        let _ = send(Method::POST, "/auth/logout", None, token.as_deref()).await;
        self.token.set_value(None);
        set_hint(false);
        self.auth.set(Auth::SignedOut { ended: false });
    }

    /// Changes the user's own password.
    pub async fn change_password(self, change: &PasswordChange) -> Result<(), ApiError> {
        let token = self.fresh_token().await?;
        send(
            Method::PUT,
            "/auth/password",
            Some(&json(change)?),
            token.as_deref(),
        )
        .await
        .map(|_| ())
    }

    /// A new access token for the session's cookie.
    pub(super) async fn refresh(self) -> Result<(), ApiError> {
        let before = self.token_text();
        let outcome = lock::exclusive("wafermaps-refresh", async move {
            // Another request of this tab may have done it while this one waited.
            if self.token_text() != before {
                return Ok(());
            }
            let text = send(Method::POST, "/auth/refresh", None, None).await?;
            self.keep(&text)
        })
        .await;
        self.note_end(outcome)
    }

    /// The access token, refreshed when it is about to expire; none while nobody is signed in.
    pub(super) async fn fresh_token(self) -> Result<Option<String>, ApiError> {
        let expires_at_ms = self
            .token
            .with_value(|token| token.as_ref().map(|token| token.expires_at_ms));
        if expires_at_ms.is_some_and(|at| at - js_sys::Date::now() < MARGIN_MS) {
            self.refresh().await?;
        }
        Ok(self.token_text())
    }

    /// Forgets the session that has ended.
    pub(super) fn forget(self) {
        self.token.set_value(None);
        set_hint(false);
        self.auth.set(Auth::SignedOut { ended: true });
    }

    fn token_text(self) -> Option<String> {
        self.token
            .with_value(|token| token.as_ref().map(|token| token.text.clone()))
    }

    fn keep(self, text: &str) -> Result<(), ApiError> {
        let session = read::<Session>("the session", text)?.data;
        self.token.set_value(Some(Token {
            text: session.access_token,
            expires_at_ms: js_sys::Date::now() + f64::from(session.expires_in) * 1000.0,
        }));
        set_hint(true);
        let signed_in = Auth::SignedIn(session.user);
        // A refresh brings the same user: pages need not be drawn anew.
        if self.auth.get_untracked() != signed_in {
            self.auth.set(signed_in);
        }
        Ok(())
    }
}

fn has_hint() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| matches!(storage.get_item(HINT), Ok(Some(_))))
}

/// Browsers may refuse storage; then a page load asks for the password again.
fn set_hint(signed_in: bool) {
    let Ok(Some(storage)) = window().local_storage() else {
        return;
    };
    let _ = match signed_in {
        true => storage.set_item(HINT, "1"),
        false => storage.remove_item(HINT),
    };
}
