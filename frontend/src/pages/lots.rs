//! All lots.

use contract::filter::Order;
use contract::lot::{Lot, LotQuery};
use leptos::prelude::*;

use crate::api::with_query;
use crate::components::facts;
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::Search;
use crate::components::table::{Column, DataTable, nothing_found};
use crate::pages::links;
use crate::state::list::List;
use crate::state::navigation::segment;
use crate::state::title::use_title;

/// Lists lots with what is known of their wafers.
#[component]
pub fn LotsPage() -> impl IntoView {
    use_title(|| "Lots".to_owned());
    let list = List::<Lot>::new(|query| {
        let question = LotQuery {
            search: query.value("search"),
            ..LotQuery::default()
        };
        Some(with_query("/lots", &question))
    });
    view! {
        <PageHead title="Lots"/>
        <div class="toolbar list-tools"><Search placeholder="Lot"/></div>
        <DataTable list columns=columns() key=|lot| lot.lot_id.clone() title="Lots" default_order=("lot_id", Order::Asc) empty=nothing_found("lots")/>
    }
}

fn columns() -> Vec<Column<Lot>> {
    vec![
        Column::link(
            "Lot",
            |lot: &Lot| links::lot(&lot.lot_id),
            |lot: &Lot| lot.lot_id.clone(),
        )
        .sorted("lot_id"),
        Column::drawn(
            "Wafers",
            |lot: &Lot| lot.wafer_count.to_string(),
            |lot| {
                let to = format!("/wafers?lot={}", segment(&lot.lot_id));
                let text = crate::format::count(lot.wafer_count);
                view! { <Go to>{text}</Go> }.into_any()
            },
        )
        .sorted("wafer_count"),
        Column::drawn(
            "Inspections",
            |lot: &Lot| lot.inspection_count.to_string(),
            |lot| {
                let to = links::lot_inspections(&lot.lot_id);
                let text = crate::format::count(lot.inspection_count);
                view! { <Go to>{text}</Go> }.into_any()
            },
        ),
        Column::count("Defects", |lot: &Lot| lot.defect_count).sorted("defect_count"),
        Column::drawn(
            "First inspected",
            |lot: &Lot| links::csv_moment(lot.first_inspected_at),
            |lot| facts::moment(lot.first_inspected_at),
        ),
        Column::drawn(
            "Last inspected",
            |lot: &Lot| links::csv_moment(lot.last_inspected_at),
            |lot| facts::moment(lot.last_inspected_at),
        )
        .sorted("last_inspected_at"),
    ]
}
