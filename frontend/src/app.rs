//! The application: who may see it, which page stands at which address.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

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
                <Route path=path!("/trends") view=pages::trends::TrendsPage/>
                <Route path=path!("/pareto") view=pages::pareto::ParetoPage/>
                <Route path=path!("/correlation") view=pages::correlation::CorrelationPage/>
                <Route path=path!("/seasonality") view=pages::seasonality::SeasonalityPage/>
                <Route path=path!("/stack") view=pages::stack::StackPage/>
                <Route path=path!("/zones") view=pages::zones::ZonesPage/>
                <Route path=path!("/dies") view=pages::dies::DiesPage/>
                <Route path=path!("/backtest") view=pages::backtest::BacktestPage/>
                <Route path=path!("/explain") view=pages::explain::ExplainPage/>
                <Route path=path!("/control-charts") view=pages::control_charts::ControlChartsPage/>
                <Route path=path!("/control-charts/new") view=pages::control_chart_edit::NewControlChartPage/>
                <Route path=path!("/control-charts/:id") view=pages::control_chart::ControlChartPage/>
                <Route path=path!("/alerts") view=pages::alerts::AlertsPage/>
                <Route path=path!("/alerts/:id") view=pages::alert::AlertPage/>
                <Route path=path!("/inspections") view=pages::inspections::InspectionsPage/>
                <Route path=path!("/inspections/:id") view=pages::inspection::InspectionPage/>
                <Route path=path!("/inspections/:id/defects/:no") view=pages::defect::DefectPage/>
                <Route path=path!("/wafers") view=pages::wafers::WafersPage/>
                <Route path=path!("/wafers/:id") view=pages::wafer::WaferPage/>
                <Route path=path!("/wafers/:id/adders") view=pages::adders::AddersPage/>
                <Route path=path!("/lots") view=pages::lots::LotsPage/>
                <Route path=path!("/lots/:id") view=pages::lot::LotPage/>
                <Route path=path!("/equipment") view=pages::equipment_list::EquipmentListPage/>
                <Route path=path!("/equipment/:id") view=pages::equipment::EquipmentPage/>
                <Route path=path!("/defect-types") view=pages::defect_types::DefectTypesPage/>
                <Route path=path!("/defect-types/:id") view=pages::defect_type::DefectTypePage/>
                <Route path=path!("/imports") view=pages::imports::ImportsPage/>
                <Route path=path!("/users") view=pages::users::UsersPage/>
            </Routes>
        </Shell>
    }
}
