//! What happens while a page is open: alerts that are raised, data that changes.
//!
//! One socket per tab tells it. While there is none, the number of open alerts is asked for every minute and nothing
//! else is missed that a page load would not show.

use std::time::Duration;

use contract::alert::{AlertCounts, AlertState};
use contract::live::{LiveAlert, LiveKind, LiveMessage};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{Api, Heard, Socket};

/// How often alerts are counted without a socket.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// Pauses before the next attempt to open a socket, in seconds; the last one stays.
const PAUSES_S: [u64; 6] = [1, 2, 4, 8, 15, 30];
/// Toasts that are shown at a time.
const TOASTS: usize = 3;
/// Changes that follow each other within this time are one to a list.
const REST: Duration = Duration::from_millis(400);
/// News that come this soon after a change that the user has made here are its echo.
const ECHO_MS: f64 = 2_000.0;

/// What the tab knows about what goes on.
#[derive(Clone, Copy)]
pub struct Live {
    api: Api,
    counts: RwSignal<Option<AlertCounts>>,
    toasts: RwSignal<Vec<LiveAlert>>,
    seen: StoredValue<Vec<uuid::Uuid>>,
    alerts: RwSignal<u32>,
    data: RwSignal<u32>,
    shown_data: RwSignal<u32>,
    settling: StoredValue<bool>,
    changed_here_ms: StoredValue<f64>,
    socket: StoredValue<Option<Socket>, LocalStorage>,
    connected: RwSignal<bool>,
    lost: StoredValue<bool>,
    failures: StoredValue<usize>,
    again: Trigger,
}

impl Live {
    /// Opens the socket and keeps it open for as long as the signed-in user stays.
    pub fn start() -> Self {
        let live = Self {
            api: Api::here(),
            counts: RwSignal::new(None),
            toasts: RwSignal::new(Vec::new()),
            seen: StoredValue::new(Vec::new()),
            alerts: RwSignal::new(0),
            data: RwSignal::new(0),
            shown_data: RwSignal::new(0),
            settling: StoredValue::new(false),
            changed_here_ms: StoredValue::new(0.0),
            socket: StoredValue::new_local(None),
            connected: RwSignal::new(false),
            lost: StoredValue::new(false),
            failures: StoredValue::new(0),
            again: Trigger::new(),
        };
        live.connect(false);
        live.count();
        let counting = set_interval_with_handle(
            move || {
                if !live.connected.get_untracked() {
                    live.count();
                }
            },
            COUNT_EVERY,
        );
        on_cleanup(move || {
            if let Ok(counting) = counting {
                counting.clear();
            }
            drop(live.socket.try_update_value(Option::take));
        });
        live
    }

    /// The live state of this application.
    pub fn here() -> Self {
        expect_context()
    }

    /// How many alerts wait; not known at first.
    pub fn counts(self) -> Option<AlertCounts> {
        self.counts.get()
    }

    /// Alerts that were raised while the page was open and are not put away yet.
    pub fn toasts(self) -> Vec<LiveAlert> {
        self.toasts.get()
    }

    /// Puts a toast away.
    pub fn dismiss(self, alert_id: uuid::Uuid) {
        self.toasts
            .update(|toasts| toasts.retain(|toast| toast.alert_id != alert_id));
    }

    /// Calls `reload` whenever alerts or data change, not at first: for what asks anew by itself.
    pub fn on_change(self, reload: impl Fn() + 'static) {
        Effect::new(move |before: Option<(u32, u32)>| {
            let now = (self.alerts.get(), self.data.get());
            if before.is_some_and(|before| before != now) {
                reload();
            }
            now
        });
    }

    /// Whether there is newer data than what the page shows.
    pub fn has_news(self) -> bool {
        self.data.get() != self.shown_data.get()
    }

    /// The page at hand shows all there is: it was just opened.
    pub fn nothing_new(self) {
        self.shown_data.set(self.data.get_untracked());
    }

    /// Has everything on the page asked for anew.
    pub fn show_news(self) {
        self.nothing_new();
        self.again.notify();
    }

    /// Follows [`Self::show_news`]: what reads it asks anew.
    pub fn track_news(self) {
        self.again.track();
    }

    /// Takes note of what a change of this tab has done to the alerts, socket or not.
    pub fn alert_was_changed(self) {
        self.alerts.update(|count| *count += 1);
        self.count();
    }

    /// The user has changed data here: what the server tells of it is shown without asking.
    pub fn own_change(self) {
        self.changed_here_ms.set_value(js_sys::Date::now());
    }

    fn count(self) {
        spawn_local(async move {
            // Without an answer the badge keeps what it last knew; the next minute asks again.
            if let Ok(counts) = self.api.get::<AlertCounts>("/alerts/counts").await {
                let _ = self.counts.try_set(Some(counts));
            }
        });
    }

    fn connect(self, renewed: bool) {
        spawn_local(async move {
            let opened = self
                .api
                .socket(renewed, move |heard| self.hear(heard))
                .await;
            match opened {
                Ok(socket) => {
                    // A tab that was signed out meanwhile drops it, which closes it.
                    let _ = self.socket.try_set_value(Some(socket));
                }
                Err(error) if error.ends_session() => {}
                Err(_) => self.retry(false),
            }
        });
    }

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Message(message) => self.take(*message),
            Heard::Ended { token_expired } => {
                // Nothing is left to do when the user has signed out meanwhile.
                if self.connected.try_set(false).is_none() {
                    self.lost.set_value(true);
                    self.retry(token_expired);
                }
            }
        }
    }

    /// Opens the socket again: after a pause that grows, or soon where only the token was too old.
    fn retry(self, token_expired: bool) {
        let Some(failures) = self.failures.try_get_value() else {
            return;
        };
        let _ = self.failures.try_update_value(|failures| *failures += 1);
        // A server that calls every token expired must not be asked in a circle.
        let renewed = token_expired && failures == 0;
        let pause = if renewed {
            Duration::ZERO
        } else {
            pause_after(failures, js_sys::Math::random())
        };
        set_timeout(
            move || {
                if self.failures.try_get_value().is_some() {
                    self.connect(renewed);
                }
            },
            pause,
        );
    }

    fn take(self, message: LiveMessage) {
        let _ = self.failures.try_set_value(0);
        let _ = self.connected.try_set(true);
        // What happened while there was no socket was not told.
        if self.lost.try_update_value(std::mem::take) == Some(true) {
            self.alerts.update(|count| *count += 1);
            self.settle();
        }
        if let Some(counts) = message.alerts {
            let _ = self.counts.try_set(Some(counts));
        }
        match message.kind {
            LiveKind::AlertRaised => {
                if let Some(alert) = message.alert {
                    self.raise(alert);
                }
                self.alerts.update(|count| *count += 1);
            }
            LiveKind::AlertChanged => {
                if let Some(alert) = message
                    .alert
                    .filter(|alert| alert.state != AlertState::Open)
                {
                    self.dismiss(alert.alert_id);
                }
                self.alerts.update(|count| *count += 1);
            }
            LiveKind::Data => self.settle(),
            LiveKind::Hello => {}
        }
    }

    /// Shows an alert, the first time that this tab hears of it: while it grows it is the same one.
    fn raise(self, alert: LiveAlert) {
        let is_known = self.seen.with_value(|seen| seen.contains(&alert.alert_id));
        if is_known {
            return;
        }
        self.seen.update_value(|seen| seen.push(alert.alert_id));
        self.toasts.update(|toasts| {
            toasts.insert(0, alert);
            toasts.truncate(TOASTS);
        });
    }

    fn settle(self) {
        if self.settling.try_get_value() != Some(false) {
            return;
        }
        self.settling.set_value(true);
        set_timeout(
            move || {
                if self.settling.try_set_value(false).is_none() {
                    self.data.update(|count| *count += 1);
                    let since_ms = js_sys::Date::now() - self.changed_here_ms.get_value();
                    if since_ms < ECHO_MS {
                        self.show_news();
                    }
                }
            },
            REST,
        );
    }
}

/// The pause after so many failures in a row. `chance`, 0 to 1, spreads the tabs of a server that comes back.
fn pause_after(failures: usize, chance: f64) -> Duration {
    let seconds = PAUSES_S[failures.min(PAUSES_S.len() - 1)];
    Duration::from_secs_f64(seconds as f64 * (0.75 + chance / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_are_spread() {
        let seconds = |failures| pause_after(failures, 0.5).as_secs();
        assert_eq!([0, 1, 2, 5, 99].map(seconds), [1, 2, 4, 30, 30]);
        assert!(pause_after(5, 0.0) < pause_after(5, 1.0));
    }
}
