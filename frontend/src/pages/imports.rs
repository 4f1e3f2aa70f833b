//! Imports: drop files, watch them being read, look at what became of them.

use contract::filter::Order;
use contract::import::{Import, ImportQuery, ImportState};
use contract::user::Role;
use leptos::prelude::*;
use uuid::Uuid;

use super::import_drop::DropZone;
use super::import_report::Report;
use super::import_run::RunCard;
use super::links;
use super::wafers::any_of;
use crate::api::{Api, with_query};
use crate::components::badge;
use crate::components::facts;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::search::{Search, UrlSelect};
use crate::components::status::loaded;
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::state::uploads::Uploads;

/// Files in, reports out.
#[component]
pub fn ImportsPage() -> impl IntoView {
    use_title(|| "Imports".to_owned());
    let uploads = Uploads::here();
    let list = List::<Import>::new(|query| {
        let question = ImportQuery {
            search: query.value("search"),
            state: query.parsed("state"),
            ..ImportQuery::default()
        };
        Some(with_query("/imports", &question))
    });
    Effect::new(move |before: Option<u32>| {
        let ended = uploads.ended();
        if before.is_some_and(|before| before != ended) {
            list.rows.reload();
        }
        ended
    });
    let may_import = Caller::here().may(Role::Operator);
    view! {
        <PageHead title="Imports"/>
        {match may_import {
            true => view! { <DropZone/> }.into_any(),
            false => view! { <p class="message">"Your role reads reports; importing files takes the role operator."</p> }.into_any(),
        }}
        <div aria-live="polite">
            <For each=move || uploads.runs() key=|run| run.import_id let:run><RunCard run/></For>
        </div>
        <ChosenReport/>
        <Card title="History">
            <div class="toolbar list-tools">
                <Search placeholder="File"/>
                <UrlSelect name="state" label="State" options=any_of(ImportState::ALL.iter().map(|state| state.as_str()))/>
            </div>
            <DataTable list columns=columns() key=|import| import.import_id.to_string() title="Imports"
                default_order=("created_at", Order::Desc) empty=nothing_found("imports")/>
        </Card>
    }
}

/// The report that the URL asks for.
#[component]
fn ChosenReport() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let id = Memo::new(move |_| query.parsed::<Uuid>("import_id"));
    let import = Remote::new(
        move || id.get(),
        move |id| async move { api.get::<Import>(&format!("/imports/{id}")).await },
    );
    let close = move || {
        view! {
            <button class="button button-quiet" type="button" on:click=move |_| query.set(&[("import_id", None)])>"Close"</button>
        }
    };
    view! {
        <Show when=move || id.get().is_some()>
            <Card title="Report" actions=close>
                {loaded(import, 5, |import| move || view! { <Report import=Import::clone(&import.read())/> })}
            </Card>
        </Show>
    }
}

fn columns() -> Vec<Column<Import>> {
    vec![
        Column::drawn(
            "Started",
            |import: &Import| links::csv_moment(Some(import.created_at)),
            |import| {
                let (to, at) = (
                    format!("/imports?import_id={}", import.import_id),
                    import.created_at,
                );
                view! { <Go to><facts::Moment at/></Go> }.into_any()
            },
        ),
        Column::drawn(
            "State",
            |import: &Import| import.state.to_string(),
            |import| badge::state(&import.state),
        ),
        Column::text("Files", file_names).wrapping(),
        Column::count("Inspections", |import: &Import| {
            import
                .files
                .iter()
                .map(|file| file.inspections.len() as i64)
                .sum()
        }),
        Column::count("Defects", |import: &Import| import.progress.defects),
        Column::number(
            "Read",
            |import: &Import| Some(import.progress.bytes_done as f64),
            format::bytes,
        ),
        Column::number(
            "Took",
            |import: &Import| Some(import.progress.elapsed_seconds),
            format::duration,
        ),
        Column::text("By", |import: &Import| {
            import
                .created_by
                .clone()
                .unwrap_or_else(|| "command line".to_owned())
        }),
    ]
}

/// The first names, and how many more.
fn file_names(import: &Import) -> String {
    let names: Vec<&str> = import
        .files
        .iter()
        .map(|file| file.name.as_str())
        .take(3)
        .collect();
    let more = import.files.len().saturating_sub(names.len());
    match more {
        0 => names.join(", "),
        more => format!(
            "{} and {}",
            names.join(", "),
            format::plural(more as i64, "more", "more")
        ),
    }
}
