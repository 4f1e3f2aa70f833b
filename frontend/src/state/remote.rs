//! An answer of the API as pages see it: awaited, there, or failed.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::live::Live;
use crate::api::ApiError;

/// How far an answer has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing is asked for yet, or the first answer is on its way.
    Loading,
    /// There is an answer; a newer one may be on its way.
    Ready,
    /// The last question was not answered.
    Failed(ApiError),
}

/// Data behind a key: asked for again whenever the key changes. An answer that a newer question has
/// overtaken is dropped.
pub struct Remote<T: Send + Sync + 'static> {
    value: RwSignal<Option<Arc<T>>>,
    phase: RwSignal<Phase>,
    loading: RwSignal<bool>,
    again: Trigger,
}

impl<T: Send + Sync + 'static> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Remote<T> {}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Asks `fetch` for the data of `key()`, now and whenever the key changes; `None` asks nothing.
    pub fn new<K, Fut>(
        key: impl Fn() -> Option<K> + Send + Sync + 'static,
        fetch: impl Fn(K) -> Fut + 'static,
    ) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        Fut: Future<Output = Result<T, ApiError>> + 'static,
    {
        let remote = Self {
            value: RwSignal::new(None),
            phase: RwSignal::new(Phase::Loading),
            loading: RwSignal::new(false),
            again: Trigger::new(),
        };
        let key = Memo::new(move |_| key());
        let round = StoredValue::new(0_u64);
        let live = use_context::<Live>();
        Effect::new(move || {
            remote.again.track();
            if let Some(live) = live {
                live.track_news();
            }
            let Some(key) = key.get() else { return };
            round.update_value(|round| *round += 1);
            let this_round = round.get_value();
            remote.loading.set(true);
            if remote.value.read_untracked().is_none() {
                remote.phase.set(Phase::Loading);
            }
            let answer = fetch(key);
            spawn_local(async move {
                let answer = answer.await;
                // The page may be gone, or have asked anew.
                if round.try_get_value() == Some(this_round) {
                    remote.take(answer);
                }
            });
        });
        remote
    }

    fn take(self, answer: Result<T, ApiError>) {
        self.loading.set(false);
        match answer {
            Ok(value) => {
                self.value.set(Some(Arc::new(value)));
                self.phase.set(Phase::Ready);
            }
            Err(error) => self.phase.set(Phase::Failed(error)),
        }
    }

    /// Asks again.
    pub fn reload(self) {
        self.again.notify();
    }

    /// Puts an answer in place that came another way, for example that of a change.
    pub fn put(self, value: T) {
        self.take(Ok(value));
    }

    /// The latest answer.
    pub fn get(self) -> Option<Arc<T>> {
        self.value.get()
    }

    /// How far the answer has come.
    pub fn phase(self) -> Phase {
        self.phase.get()
    }

    /// Whether a question is on its way.
    pub fn is_loading(self) -> bool {
        self.loading.get()
    }
}
