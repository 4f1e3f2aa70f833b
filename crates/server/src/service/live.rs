//! Live updates: what happens in the database reaches every socket of every server.
//!
//! One task listens to PostgreSQL, one turns what it hears into messages for the sockets, one lets control charts judge
//! what was imported. Each goes on until it is stopped, whatever the database does.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use contract::live::{LiveKind, LiveMessage};
use store::listen::{Event, Listener};
use tokio::sync::{Notify, broadcast, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::evaluation;
use super::spatial::descriptor;
use crate::app::State;
use crate::error::{ApiResult, chain};
use crate::view;

/// Messages that a slow socket may fall behind; then it is told anew where things stand.
const BEHIND: usize = 64;
/// Events heard but not yet told.
const HEARD: usize = 256;
/// How often the queue is looked at without being told to.
const LOOK: Duration = Duration::from_secs(30);
/// The shortest time between two messages that data has changed.
const DATA: Duration = Duration::from_secs(1);
/// The first and the longest wait after a failure.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What sockets and the tasks behind them share.
#[derive(Debug)]
pub struct Live {
    messages: broadcast::Sender<Arc<str>>,
    waiting: Notify,
    closing: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            messages: broadcast::channel(BEHIND).0,
            waiting: Notify::new(),
            closing: CancellationToken::new(),
        }
    }
}

impl Live {
    /// Messages from now on, as JSON.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.messages.subscribe()
    }

    /// Ends when sockets have to close.
    pub async fn closed(&self) {
        self.closing.cancelled().await;
    }

    /// Closes all sockets, those that are opened later too.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Tells all sockets.
    fn tell(&self, message: &LiveMessage) {
        match serde_json::to_string(message) {
            // Nobody may be there to hear it.
            Ok(text) => drop(self.messages.send(text.into())),
            Err(error) => tracing::error!(error = chain(&error), "a live message was lost"),
        }
    }
}

/// The tasks; dropped, they stop.
#[derive(Debug)]
pub struct Tasks([JoinHandle<()>; 3]);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Starts listening, telling and judging.
pub fn start(state: &Data<State>) -> Tasks {
    let (heard, events) = mpsc::channel(HEARD);
    // Not `actix_web::rt::spawn`: its tasks outlive the runtime, which the end of a connection needs.
    Tasks([
        tokio::spawn(listen(state.clone(), heard)),
        tokio::spawn(tell(state.clone(), events)),
        tokio::spawn(judge(state.clone())),
    ])
}

/// Something heard.
enum Heard {
    /// Listening began: what happened before is unknown.
    Began,
    Event(Event),
}

/// Listens for ever; a connection that is lost is made again.
async fn listen(state: Data<State>, heard: mpsc::Sender<Heard>) {
    let mut wait = RETRY.0;
    loop {
        let began = Instant::now();
        if let Err(error) = listen_once(&state, &heard).await {
            tracing::warn!(error = chain(&error), "live updates wait for the database");
        }
        // One that held for a while is made again soon.
        wait = match began.elapsed() > RETRY.1 {
            true => RETRY.0,
            false => (wait * 2).min(RETRY.1),
        };
        sleep(wait).await;
    }
}

async fn listen_once(state: &State, heard: &mpsc::Sender<Heard>) -> store::Result<()> {
    let mut listener = Listener::connect(&state.db).await?;
    state.live.waiting.notify_one();
    let mut next = Some(Heard::Began);
    while let Some(one) = next {
        if heard.send(one).await.is_err() {
            return Ok(());
        }
        next = listener.next().await?.map(Heard::Event);
    }
    Ok(())
}

/// Turns what is heard into messages; changes of data once a second at most.
async fn tell(state: Data<State>, mut events: mpsc::Receiver<Heard>) {
    let mut told_data = Instant::now() - DATA;
    let mut is_data_due = false;
    loop {
        let event = tokio::select! {
            event = events.recv() => match event {
                Some(event) => event,
                None => return,
            },
            () = sleep_until(told_data + DATA), if is_data_due => {
                (is_data_due, told_data) = (false, Instant::now());
                state.live.tell(&view::alert::message(LiveKind::Data, None, None));
                continue;
            }
        };
        let told = match event {
            Heard::Event(Event::Data) => {
                is_data_due = true;
                continue;
            }
            Heard::Event(Event::Evaluate) => {
                state.live.waiting.notify_one();
                continue;
            }
            Heard::Event(Event::Alert { alert_id, raised }) => {
                about_alert(&state.db, alert_id, raised).await
            }
            Heard::Began => hello(&state.db).await,
        };
        match told {
            Ok(message) => state.live.tell(&message),
            Err(error) => tracing::warn!(error = chain(&error), "an alert was not told live"),
        }
    }
}

/// What happened to an alert; where it went with its chart, where things stand.
async fn about_alert(db: &store::Db, alert_id: Uuid, raised: bool) -> ApiResult<LiveMessage> {
    let Some(alert) = store::alert::get(db, alert_id).await? else {
        return hello(db).await;
    };
    let waiting = store::alert::counts(db).await?;
    let kind = match raised {
        true => LiveKind::AlertRaised,
        false => LiveKind::AlertChanged,
    };
    Ok(view::alert::message(kind, Some(waiting), Some(alert)))
}

/// Where things stand.
///
/// # Errors
/// When the database fails.
pub async fn hello(db: &store::Db) -> ApiResult<LiveMessage> {
    let waiting = store::alert::counts(db).await?;
    Ok(view::alert::message(LiveKind::Hello, Some(waiting), None))
}

/// Describes the patterns of what was imported. Whoever searches describes what is missing: nothing depends on this.
async fn describe(db: &store::Db) {
    match descriptor::fill(db).await {
        Ok(0) => {}
        Ok(described) => tracing::debug!(inspections = described, "patterns described"),
        Err(error) => tracing::warn!(error = chain(&error), "patterns could not be described"),
    }
}

/// Judges and describes what was imported: at the start, when told to, and now and then.
async fn judge(state: Data<State>) {
    let mut wait = RETRY.0;
    loop {
        match evaluation::run(&state.db).await {
            Ok(judged) => {
                if judged > 0 {
                    tracing::debug!(inspections = judged, "control charts judged");
                }
                describe(&state.db).await;
                wait = RETRY.0;
                drop(timeout(LOOK, state.live.waiting.notified()).await);
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "control charts could not judge");
                sleep(wait).await;
                wait = (wait * 2).min(RETRY.1);
            }
        }
    }
}
