//! Imports that this tab has started. They go on while the user looks at other pages.

use contract::import::{Import, ImportOptions, ImportQuery, ImportState};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::api::{Api, ApiError, Sent, Upload, with_query};

/// How often the server is asked how far it is.
const POLL_MS: u32 = 400;

/// One import from its start to its report.
#[derive(Clone, Copy)]
pub struct Run {
    /// Id of the import, made up here so that its progress can be asked for while it is sent.
    pub import_id: Uuid,
    /// Names of the files.
    pub names: StoredValue<Vec<String>>,
    /// Bytes of all files.
    pub bytes: f64,
    /// How much has left the browser.
    pub sent: RwSignal<Sent>,
    /// What the server says.
    pub import: RwSignal<Option<Import>>,
    /// Why it could not be sent.
    pub error: RwSignal<Option<ApiError>>,
    /// It has ended, one way or another.
    pub ended: RwSignal<bool>,
    upload: StoredValue<Option<Upload>, LocalStorage>,
}

/// All imports of this tab, the newest first.
#[derive(Clone, Copy)]
pub struct Uploads {
    runs: RwSignal<Vec<Run>>,
    ended: RwSignal<u32>,
}

impl Uploads {
    /// None yet.
    pub fn new() -> Self {
        Self {
            runs: RwSignal::new(Vec::new()),
            ended: RwSignal::new(0),
        }
    }

    /// The imports of this application.
    pub fn here() -> Self {
        expect_context()
    }

    /// All imports, the newest first.
    pub fn runs(self) -> Vec<Run> {
        self.runs.get()
    }

    /// Grows whenever an import ends: lists of imports read it to know when to ask anew.
    pub fn ended(self) -> u32 {
        self.ended.get()
    }

    /// Takes imports that have ended off the list.
    pub fn clear(self) {
        self.runs
            .update(|runs| runs.retain(|run| !run.ended.get_untracked()));
    }

    /// Sends files.
    pub fn start(self, api: Api, files: Vec<web_sys::File>, accept_truncated: bool) {
        let run = Run {
            import_id: Uuid::now_v7(),
            names: StoredValue::new(files.iter().map(web_sys::File::name).collect()),
            bytes: files.iter().map(|file| file.size()).sum(),
            sent: RwSignal::new(Sent::default()),
            import: RwSignal::new(None),
            error: RwSignal::new(None),
            ended: RwSignal::new(false),
            upload: StoredValue::new_local(None),
        };
        self.runs.update(|runs| runs.insert(0, run));
        let options = ImportOptions {
            import_id: Some(run.import_id),
            accept_truncated: accept_truncated.then_some(true),
        };
        spawn_local(run.watch(api));
        spawn_local(async move {
            let outcome = api
                .import(
                    &files,
                    &options,
                    |upload| run.upload.set_value(Some(upload)),
                    move |sent| {
                        let _ = run.sent.try_set(sent);
                    },
                )
                .await;
            match outcome {
                Ok(import) => run.finish(Some(import), None),
                // What the server made of it says more than the broken request; while the server
                // still ends the import, the watch goes on.
                Err(error) => match run.ask(api).await {
                    Ok(Some(import)) if is_over(import.state) => run.finish_in_full(api).await,
                    Ok(Some(_)) => run.watch(api).await,
                    _ => run.finish(None, Some(error)),
                },
            }
            let _ = self.ended.try_update(|ended| *ended += 1);
        });
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}

impl Run {
    /// Stops it: at the server, which keeps nothing of the file at hand, and here.
    pub fn cancel(self, api: Api) {
        spawn_local(async move {
            let path = format!("/imports/{}/cancel", self.import_id);
            // A refusal means that it is over already, or not there yet; the upload ends in any case.
            let _ = api.post::<_, Import>(&path, &serde_json::json!({})).await;
            self.upload.with_value(|upload| {
                if let Some(upload) = upload {
                    upload.cancel();
                }
            });
        });
    }

    /// Asks for the progress until it is over.
    async fn watch(self, api: Api) {
        loop {
            TimeoutFuture::new(POLL_MS).await;
            if self.ended.try_get_untracked() != Some(false) {
                return;
            }
            if let Ok(Some(import)) = self.ask(api).await {
                match is_over(import.state) {
                    true => return self.finish_in_full(api).await,
                    false => drop(self.import.try_set(Some(import))),
                }
            }
        }
    }

    /// What the server knows of it; nothing before it has begun.
    async fn ask(self, api: Api) -> Result<Option<Import>, ApiError> {
        let question = ImportQuery {
            import_id: Some(self.import_id),
            ..ImportQuery::default()
        };
        let listed = api
            .list::<Import>(&with_query("/imports", &question))
            .await?;
        Ok(listed.rows.into_iter().next())
    }

    /// Lists hold the first diagnostics of each file; the report holds all.
    async fn finish_in_full(self, api: Api) {
        match api
            .get::<Import>(&format!("/imports/{}", self.import_id))
            .await
        {
            Ok(import) => self.finish(Some(import), None),
            Err(error) => self.finish(None, Some(error)),
        }
    }

    fn finish(self, import: Option<Import>, error: Option<ApiError>) {
        let _ = self.import.try_set(import);
        let _ = self.error.try_set(error);
        let _ = self.ended.try_set(true);
    }
}

/// Whether nothing more comes.
fn is_over(state: ImportState) -> bool {
    !matches!(state, ImportState::Queued | ImportState::Running)
}
