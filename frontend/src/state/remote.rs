//! An answer of the API as pages see it: awaited, there, or failed.

use std::future::Future;
use std::pin::Pin;
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

/// Puts an answer in its place.
type Put = Box<dyn FnOnce()>;
/// Asks for the data of the present key, if there is one.
type Ask = Box<dyn Fn() -> Option<Pin<Box<dyn Future<Output = Result<Put, ApiError>>>>>>;

/// The part of a [`Remote`] that knows nothing of the data's type, so that the WebAssembly has it only once.
#[derive(Clone, Copy)]
struct Progress {
    phase: RwSignal<Phase>,
    loading: RwSignal<bool>,
    again: Trigger,
    /// Whether there ever was an answer.
    answered: StoredValue<bool>,
}

impl Progress {
    fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            loading: RwSignal::new(false),
            again: Trigger::new(),
            answered: StoredValue::new(false),
        }
    }

    /// Asks now and whenever something changes that `ask` has read.
    fn follow(self, ask: Ask) {
        let round = StoredValue::new(0_u64);
        let live = use_context::<Live>();
        Effect::new(move || {
            self.again.track();
            if let Some(live) = live {
                live.track_news();
            }
            let Some(answer) = ask() else { return };
            round.update_value(|round| *round += 1);
            let this_round = round.get_value();
            self.loading.set(true);
            if !self.answered.get_value() {
                self.phase.set(Phase::Loading);
            }
            spawn_local(async move {
                let answer = answer.await;
                // The page may be gone, or have asked anew.
                if round.try_get_value() == Some(this_round) {
                    self.take(answer);
                }
            });
        });
    }

    fn take(self, answer: Result<Put, ApiError>) {
        self.loading.set(false);
        match answer {
            Ok(put) => {
                put();
                self.answered.set_value(true);
                self.phase.set(Phase::Ready);
            }
            Err(error) => self.phase.set(Phase::Failed(error)),
        }
    }
}

/// Data behind a key: asked for again whenever the key changes. An answer that a newer question has
/// overtaken is dropped.
pub struct Remote<T: Send + Sync + 'static> {
    value: RwSignal<Option<Arc<T>>>,
    progress: Progress,
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
            progress: Progress::new(),
        };
        let key = Memo::new(move |_| key());
        let value = remote.value;
        remote.progress.follow(Box::new(move || {
            let answer = fetch(key.get()?);
            Some(Box::pin(async move {
                let answer = Arc::new(answer.await?);
                Ok(Box::new(move || value.set(Some(answer))) as Put)
            }))
        }));
        remote
    }

    /// Asks again.
    pub fn reload(self) {
        self.progress.again.notify();
    }

    /// Puts an answer in place that came another way, for example that of a change.
    pub fn put(self, value: T) {
        let put = move || self.value.set(Some(Arc::new(value)));
        self.progress.take(Ok(Box::new(put)));
    }

    /// The latest answer.
    pub fn get(self) -> Option<Arc<T>> {
        self.value.get()
    }

    /// How far the answer has come.
    pub fn phase(self) -> Phase {
        self.progress.phase.get()
    }

    /// Whether a question is on its way.
    pub fn is_loading(self) -> bool {
        self.progress.loading.get()
    }
}
