//! Who changed a thing, when, and what.

use contract::history::{Change, PageQuery};
use leptos::prelude::*;
use serde_json::Value;

use super::facts::Moment;
use super::page::Folded;
use super::status::{Notice, loaded};
use crate::api::{Api, with_query};
use crate::format;
use crate::state::remote::Remote;

/// The latest changes of a thing, folded away and read when opened.
#[component]
pub fn History(
    /// Path of the thing; its history lies under it.
    #[prop(into)]
    path: Signal<String>,
) -> impl IntoView {
    view! { <Folded title="History"><Changes path/></Folded> }
}

#[component]
fn Changes(path: Signal<String>) -> impl IntoView {
    let api = Api::here();
    let changes = Remote::new(
        move || Some(path.get()),
        move |path| async move {
            let query = PageQuery {
                page: None,
                per_page: Some(50),
            };
            api.list::<Change>(&with_query(&format!("{path}/history"), &query))
                .await
        },
    );
    loaded(changes, 4, move |listed| {
        let rows = move || listed.read().rows.iter().map(row).collect_view();
        let older = move || {
            let listed = listed.read();
            let older = listed
                .pagination
                .total
                .saturating_sub(listed.rows.len() as u64);
            (older > 0).then(|| view! { <p class="quiet">{format::plural(older as i64, "older change", "older changes")} " not shown"</p> })
        };
        view! {
            <Show when=move || listed.read().rows.is_empty()><Notice title="No changes since it was made"/></Show>
            <ul class="history">{rows}</ul>
            {older}
        }
    })
}

fn row(change: &Change) -> impl IntoView + use<> {
    let who = change
        .username
        .clone()
        .unwrap_or_else(|| "the system".to_owned());
    let what = format::words(change.action.rsplit('.').next().unwrap_or_default());
    let fields = differences(change.before.as_ref(), change.after.as_ref());
    let fields = fields.into_iter().map(|(name, before, after)| {
        view! { <li>{format::words(&name)} ": " <del>{before}</del> " → " <ins>{after}</ins></li> }
    });
    view! {
        <li><Moment at=change.at/> " " <strong>{what}</strong> " by " {who}<ul class="quiet">{fields.collect_view()}</ul></li>
    }
}

/// Name, value before and value after of every field that differs.
fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<(String, String, String)> {
    let fields = |value: Option<&Value>| {
        value
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differing = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name));
    differing
        .map(|name| {
            (
                name.clone(),
                written(before.get(name)),
                written(after.get(name)),
            )
        })
        .collect()
}

fn written(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => format::UNKNOWN.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_fields_that_differ_are_told() {
        let (before, after) = (
            json!({"status": "active", "slot": 3}),
            json!({"status": "scrapped", "slot": 3, "material": "SiC"}),
        );
        let told = differences(Some(&before), Some(&after));
        let expected = [("material", "–", "SiC"), ("status", "active", "scrapped")];
        assert_eq!(
            told,
            expected.map(|(name, before, after)| (
                name.to_owned(),
                before.to_owned(),
                after.to_owned()
            ))
        );
    }
}
