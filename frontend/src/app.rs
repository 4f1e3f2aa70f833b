//! The application: who may see it, which page stands at which address.

mod chunk;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use self::chunk::page;
use crate::api::{Api, ApiError, Auth};
use crate::components::shell::Shell;
use crate::components::status::Failed;
use crate::pages;
use crate::state::caller::Caller;
use crate::state::filter::FilterState;
use crate::state::live::Live;
use crate::state::theme::Theme;
use crate::state::thumbnails::Thumbnails;
use crate::state::uploads::Uploads;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    let api = Api::new();
    provide_context(api);
    provide_context(Theme::start());
    api.follow_other_tabs();
    spawn_local(api.start());
    view! { <Router><Gate/></Router> }
}

/// What stands between the door and the pages.
#[derive(Clone, PartialEq)]
enum Door {
    Starting,
    Failed(ApiError),
    Closed { ended: bool },
    Open,
}

/// Shows pages to whom is signed in, and the sign-in, at the same address, to everybody else.
#[component]
fn Gate() -> impl IntoView {
    let api = Api::here();
    provide_context(FilterState::start());
    let door = Memo::new(move |_| match api.auth().get() {
        Auth::Starting => Door::Starting,
        Auth::Failed(error) => Door::Failed(error),
        Auth::SignedOut { ended } => Door::Closed { ended },
        Auth::SignedIn(_) => Door::Open,
    });
    move || match door.get() {
        Door::Starting => {
            view! { <p class="boot" role="status">"Loading WaferMaps …"</p> }.into_any()
        }
        Door::Failed(error) => {
            let again = Callback::new(move |()| spawn_local(api.start()));
            view! { <main class="alone"><Failed error on_retry=again/></main> }.into_any()
        }
        Door::Closed { ended } => view! { <pages::sign_in::SignInPage ended/> }.into_any(),
        Door::Open => view! { <SignedIn/> }.into_any(),
    }
}

/// The pages, for the user who is signed in.
#[component]
fn SignedIn() -> impl IntoView {
    let auth = Api::here().auth();
    let user = Memo::new(
        move |before: Option<&contract::user::User>| match auth.get() {
            Auth::SignedIn(user) => user,
            // For the blink in which this view is taken down.
            _ => before.expect("made for a signed-in user").clone(),
        },
    );
    provide_context(Caller(user.into()));
    provide_context(Live::start());
    provide_context(Uploads::new());
    provide_context(Thumbnails::new());
    view! {
        <Shell>
            <Routes fallback=|| view! { <pages::not_found::NotFoundPage/> }>
                <Route path=path!("/") view=pages::dashboard::DashboardPage/>
                <Route path=path!("/trends") view=page!(analysis, trends::TrendsPage)/>
                <Route path=path!("/pareto") view=page!(analysis, pareto::ParetoPage)/>
                <Route path=path!("/correlation") view=page!(analysis, correlation::CorrelationPage)/>
                <Route path=path!("/seasonality") view=page!(analysis, seasonality::SeasonalityPage)/>
                <Route path=path!("/stack") view=page!(spatial, stack::StackPage)/>
                <Route path=path!("/zones") view=page!(spatial, zones::ZonesPage)/>
                <Route path=path!("/dies") view=page!(spatial, dies::DiesPage)/>
                <Route path=path!("/backtest") view=page!(analysis, backtest::BacktestPage)/>
                <Route path=path!("/explain") view=page!(analysis, explain::ExplainPage)/>
                <Route path=path!("/control-charts") view=page!(analysis, control_charts::ControlChartsPage)/>
                <Route path=path!("/control-charts/new") view=page!(analysis, control_chart_edit::NewControlChartPage)/>
                <Route path=path!("/control-charts/:id") view=page!(analysis, control_chart::ControlChartPage)/>
                <Route path=path!("/alerts") view=page!(analysis, alerts::AlertsPage)/>
                <Route path=path!("/alerts/:id") view=page!(analysis, alert::AlertPage)/>
                <Route path=path!("/inspections") view=page!(records, inspections::InspectionsPage)/>
                <Route path=path!("/inspections/:id") view=page!(maps, inspection::InspectionPage)/>
                <Route path=path!("/inspections/:id/defects/:no") view=page!(maps, defect::DefectPage)/>
                <Route path=path!("/wafers") view=page!(records, wafers::WafersPage)/>
                <Route path=path!("/wafers/:id") view=page!(maps, wafer::WaferPage)/>
                <Route path=path!("/wafers/:id/adders") view=page!(spatial, adders::AddersPage)/>
                <Route path=path!("/lots") view=page!(records, lots::LotsPage)/>
                <Route path=path!("/lots/:id") view=page!(spatial, lot::LotPage)/>
                <Route path=path!("/equipment") view=page!(records, equipment_list::EquipmentListPage)/>
                <Route path=path!("/equipment/:id") view=page!(records, equipment::EquipmentPage)/>
                <Route path=path!("/defect-types") view=page!(records, defect_types::DefectTypesPage)/>
                <Route path=path!("/defect-types/:id") view=page!(records, defect_type::DefectTypePage)/>
                <Route path=path!("/imports") view=page!(records, imports::ImportsPage)/>
                <Route path=path!("/users") view=page!(records, users::UsersPage)/>
            </Routes>
        </Shell>
    }
}
