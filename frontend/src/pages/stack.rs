//! Many wafers in one map: by cells, by dies, by the places of the reticle field.

mod field;
mod map;
mod places;

use std::sync::Arc;

use contract::spatial::{Stack, StackQuery};
use leptos::prelude::*;

use self::field::FieldView;
use self::map::PlacesView;
use crate::api::{Api, with_query};
use crate::cells::ScaleChoice;
use crate::components::page::{Card, PageHead};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::components::type_shares::TypeShares;
use crate::components::url_number::UrlNumber;
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// How the stack is looked at.
#[derive(Clone, Copy, PartialEq)]
enum View {
    Cells,
    Dies,
    Field,
}

impl View {
    fn of_url(value: Option<&str>) -> Self {
        match value {
            Some("dies") => Self::Dies,
            Some("field") => Self::Field,
            _ => Self::Cells,
        }
    }
}

/// The inspections under the filter, one on top of the other.
#[component]
pub fn StackPage() -> impl IntoView {
    use_title(|| "Stack".to_owned());
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let view = Memo::new(move |_| View::of_url(query.value("view").as_deref()));
    let stack = Remote::new(
        move || {
            let field = query
                .parsed::<u32>("columns")
                .zip(query.parsed::<u32>("rows"));
            let question = StackQuery {
                cell_mm: query.parsed("cell"),
                field_columns: field.map(|(columns, _)| columns),
                field_rows: field.map(|(_, rows)| rows),
                repeat_um: query.parsed("repeat"),
                ..StackQuery::default()
            };
            Some(with_query(
                "/analytics/stack",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Stack>(&path).await },
    );
    view! {
        <PageHead title="Stack"/>
        <Tools view/>
        {loaded(stack, 14, move |stack| view! { <Body stack view/> })}
    }
}

/// What is shown and how.
#[component]
fn Tools(view: Memo<View>) -> impl IntoView {
    let texts = |options: &[(&'static str, &str)]| {
        options
            .iter()
            .map(|(key, text)| (*key, (*text).to_owned()))
            .collect::<Vec<_>>()
    };
    let views = [("", "Cells"), ("dies", "Dies"), ("field", "Reticle field")];
    let measures = [
        ("", "Defects"),
        ("wafers", "Wafers hit"),
        ("density", "Defects/cm²"),
        ("ratio", "Times the expected"),
    ];
    let cells = [
        ("", "5 mm"),
        ("2", "2 mm"),
        ("10", "10 mm"),
        ("20", "20 mm"),
    ];
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Stack">
            <UrlSelect name="view" label="By" options=texts(&views) clears="at"/>
            {move || match view.get() {
                View::Cells => view! {
                    <UrlSelect name="measure" label="Colours show" options=texts(&measures)/>
                    <UrlSelect name="cell" label="Cells" options=texts(&cells) clears="at"/>
                }.into_any(),
                View::Dies => view! { <UrlSelect name="measure" label="Colours show" options=texts(&measures[..3])/> }.into_any(),
                View::Field => view! {
                    <UrlNumber name="columns" label="Field: columns" min=1.0 max=50.0 step="1" placeholder="found" clears="repeater"/>
                    <UrlNumber name="rows" label="rows" min=1.0 max=50.0 step="1" placeholder="found" clears="repeater"/>
                    <UrlNumber name="repeat" label="Scatter up to" min=1.0 max=2000.0 placeholder="50" unit="µm" clears="repeater"/>
                }.into_any(),
            }}
            <ScaleChoice/>
        </div>
    }
}

#[component]
fn Body(stack: Signal<Arc<Stack>>, view: Memo<View>) -> impl IntoView {
    let is_empty = Memo::new(move |_| stack.read().inspections == 0);
    let has_grid = Memo::new(move |_| {
        let stack = stack.read();
        (stack.die_stack.is_some(), stack.field.is_some())
    });
    let no_grid = || {
        view! { <div class="card"><Notice title="No die grid" text="The newest inspection under the filter comes without dies, so that nothing can be told by die or field."/></div> }.into_any()
    };
    let shown = move || match (view.get(), has_grid.get()) {
        (View::Cells, _) => view! { <PlacesView stack by_die=false/> }.into_any(),
        (View::Dies, (true, _)) => view! { <PlacesView stack by_die=true/> }.into_any(),
        (View::Field, (_, true)) => view! { <FieldView stack/> }.into_any(),
        (View::Dies | View::Field, _) => no_grid(),
    };
    move || {
        match is_empty.get() {
        true => view! { <div class="card"><Notice title="Nothing to stack" text="No inspection matches the filter."/></div> }.into_any(),
        false => view! {
            <p class="chart-note" aria-live="polite">{move || summary(&stack.read(), view.get())}</p>
            {shown}
            <Card title="Types stacked">{move || view! { <TypeShares types=stack.read().types.clone() of=stack.read().defects longest=12/> }}</Card>
        }
        .into_any(),
    }
    }
}

/// What is stacked, in words.
fn summary(stack: &Stack, view: View) -> String {
    let mut text = format!(
        "{} of {}, {}.",
        format::plural(stack.inspections, "inspection", "inspections"),
        format::plural(stack.wafers, "wafer", "wafers"),
        format::plural(stack.defects, "defect", "defects"),
    );
    if stack.left_out > 0 {
        text.push_str(&format!(
            " {} left out: a stack holds the newest.",
            format::plural(
                stack.left_out,
                "older inspection is",
                "older inspections are"
            )
        ));
    }
    if stack.unplaced > 0 {
        text.push_str(&format!(
            " {} no position and {} not in the map.",
            format::plural(stack.unplaced, "more defect has", "more defects have"),
            if stack.unplaced == 1 { "is" } else { "are" }
        ));
    }
    if view == View::Cells && 2.0 * stack.cells.radius_mm > stack.geometry.diameter_mm + 0.5 {
        text.push_str(&format!(
            " Wafers of {} mm lie on larger ones, whose outline is shown: choose a product to look at one size.",
            format::significant(stack.geometry.diameter_mm)
        ));
    }
    if let (View::Dies, Some(dies)) = (view, &stack.die_stack)
        && dies.inspections < stack.inspections
    {
        text.push_str(&format!(
            " Dies count only {} with the die grid shown.",
            format::plural(dies.inspections, "inspection", "inspections")
        ));
    }
    text
}
