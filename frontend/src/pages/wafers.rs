//! All wafers.

use contract::filter::Order;
use contract::wafer::{IdScheme, Wafer, WaferQuery, WaferStatus};
use leptos::prelude::*;

use crate::api::with_query;
use crate::components::badge;
use crate::components::facts;
use crate::components::page::PageHead;
use crate::components::search::{Search, UrlSelect};
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::pages::links;
use crate::state::list::List;
use crate::state::navigation::UrlQuery;
use crate::state::title::use_title;

/// Lists wafers by id, lot, status and scheme.
#[component]
pub fn WafersPage() -> impl IntoView {
    use_title(|| "Wafers".to_owned());
    let list = List::<Wafer>::new(|query| Some(with_query("/wafers", &question(query))));
    view! {
        <PageHead title="Wafers"/>
        <div class="toolbar list-tools">
            <Search placeholder="Wafer, lot or scribe"/>
            <UrlSelect name="status" label="Status" options=any_of(WaferStatus::ALL.iter().map(|status| status.as_str()))/>
            <UrlSelect name="id_scheme" label="Identifier" options=schemes()/>
        </div>
        <DataTable list columns=columns() key=|wafer| wafer.wafer_id.clone() title="Wafers"
            default_order=("wafer_id", Order::Asc) empty=nothing_found("wafers")/>
    }
}

fn question(query: UrlQuery) -> WaferQuery {
    WaferQuery {
        search: query.value("search"),
        lot: query.values("lot"),
        status: query.parsed("status"),
        id_scheme: query.parsed("id_scheme"),
        ..WaferQuery::default()
    }
}

/// The options of a choice that may stay open.
pub fn any_of(words: impl Iterator<Item = &'static str>) -> Vec<(&'static str, String)> {
    let any = std::iter::once(("", "Any".to_owned()));
    any.chain(words.map(|word| (word, format::words(word))))
        .collect()
}

fn schemes() -> Vec<(&'static str, String)> {
    let any = std::iter::once(("", "Any".to_owned()));
    any.chain(
        IdScheme::ALL
            .iter()
            .map(|scheme| (scheme.as_str(), scheme_name(*scheme).to_owned())),
    )
    .collect()
}

/// A scheme as people write it.
pub fn scheme_name(scheme: IdScheme) -> &'static str {
    match scheme {
        IdScheme::T7 => "SEMI T7",
        IdScheme::M12 => "SEMI M12",
        IdScheme::M13 => "SEMI M13",
        IdScheme::LotSlot => "Lot and wafer",
    }
}

fn columns() -> Vec<Column<Wafer>> {
    vec![
        Column::link(
            "Wafer",
            |wafer: &Wafer| links::wafer(&wafer.wafer_id),
            |wafer: &Wafer| wafer.wafer_id.clone(),
        )
        .sorted("wafer_id"),
        Column::link(
            "Lot",
            |wafer: &Wafer| links::lot(&wafer.lot_id),
            |wafer: &Wafer| wafer.lot_id.clone(),
        )
        .sorted("lot_id"),
        Column::number(
            "Slot",
            |wafer: &Wafer| wafer.slot.map(f64::from),
            |slot| format::count(slot as i64),
        )
        .sorted("slot"),
        Column::text("Identifier", |wafer: &Wafer| {
            scheme_name(wafer.id_scheme).to_owned()
        }),
        Column::drawn(
            "Status",
            |wafer: &Wafer| wafer.status.to_string(),
            |wafer| badge::state(&wafer.status),
        )
        .sorted("status"),
        Column::number(
            "Diameter mm",
            |wafer: &Wafer| Some(wafer.diameter_mm),
            |mm| mm.to_string(),
        ),
        Column::count("Inspections", |wafer: &Wafer| wafer.inspection_count)
            .sorted("inspection_count"),
        Column::count("Defects", |wafer: &Wafer| wafer.defect_count).sorted("defect_count"),
        Column::link(
            "Route",
            |wafer: &Wafer| links::adders(&wafer.wafer_id),
            |_: &Wafer| "Adders".to_owned(),
        )
        .without_csv(),
        Column::drawn(
            "Last inspected",
            |wafer: &Wafer| links::csv_moment(wafer.last_inspected_at),
            |wafer| facts::moment(wafer.last_inspected_at),
        )
        .sorted("last_inspected_at"),
    ]
}
