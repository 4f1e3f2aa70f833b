//! All defect types.

use contract::defect_type::{DefectType, DefectTypeCreate, DefectTypeQuery};
use contract::filter::Order;
use contract::user::Role;
use leptos::prelude::*;

use super::defect_type::{TypeFields, update_of};
use crate::api::{Api, with_query};
use crate::components::badge::{self, Swatch, Tone};
use crate::components::dialog::Dialog;
use crate::components::form::{Form, Saving, Values};
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::{Search, UrlSelect};
use crate::components::table::{Column, DataTable, nothing_found};
use crate::pages::links;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::title::use_title;

/// Lists the names under which defects are counted.
#[component]
pub fn DefectTypesPage() -> impl IntoView {
    use_title(|| "Defect types".to_owned());
    let list = List::<DefectType>::new(|query| {
        let question = DefectTypeQuery {
            search: query.value("search"),
            killer: query.parsed("killer"),
            ..DefectTypeQuery::default()
        };
        Some(with_query("/defect-types", &question))
    });
    let adding = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    let killers = vec![
        ("", "Any".to_owned()),
        ("true", "Killers".to_owned()),
        ("false", "Others".to_owned()),
    ];
    view! {
        <PageHead title="Defect types">
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| adding.set(true)>"Add defect type"</button> })}
        </PageHead>
        <div class="toolbar list-tools">
            <Search placeholder="Name, category or description"/>
            <UrlSelect name="killer" label="Killers" options=killers/>
        </div>
        <DataTable list columns=columns() key=|kind| kind.defect_type_id.to_string() title="Defect types"
            default_order=("name", Order::Asc) empty=nothing_found("defect types")/>
        <Dialog open=adding title="Add defect type">
            <AddForm on_added=Callback::new(move |()| { adding.set(false); list.rows.reload(); })/>
        </Dialog>
    }
}

#[component]
fn AddForm(on_added: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let mut facts = update_of(&values, None);
        let kind = DefectTypeCreate {
            name: facts.name.take().unwrap_or_default(),
            facts,
        };
        saving.run(
            async move { api.post::<_, DefectType>("/defect-types", &kind).await },
            move |_| on_added.run(()),
        );
    });
    view! { <Form on_send=send saving send="Add"><TypeFields kind=None/></Form> }
}

fn columns() -> Vec<Column<DefectType>> {
    vec![
        Column::drawn(
            "Name",
            |kind: &DefectType| kind.name.clone(),
            |kind| {
                let (colour, name, to) = (
                    kind.colour.clone(),
                    kind.name.clone(),
                    links::defect_type(kind.defect_type_id),
                );
                view! { <span class="nowrap"><Swatch colour/>" "<Go to>{name}</Go></span> }
                    .into_any()
            },
        )
        .sorted("name"),
        Column::count("Severity", |kind: &DefectType| kind.severity.into()).sorted("severity"),
        Column::drawn(
            "Killer",
            |kind: &DefectType| kind.killer.to_string(),
            |kind| match kind.killer {
                true => badge::badge(Tone::Bad, "killer".to_owned()),
                false => ().into_any(),
            },
        ),
        Column::text("Category", |kind: &DefectType| {
            kind.category.clone().unwrap_or_default()
        })
        .sorted("category"),
        Column::text("Subcategory", |kind: &DefectType| {
            kind.subcategory.clone().unwrap_or_default()
        }),
        Column::text("Description", |kind: &DefectType| {
            kind.description.clone().unwrap_or_default()
        })
        .wrapping(),
        Column::count("Defects", |kind: &DefectType| kind.defect_count).sorted("defect_count"),
    ]
}
