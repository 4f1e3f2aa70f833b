//! What stands around every page: navigation, filter bar, the user's menu.

use contract::user::Role;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use super::filter_bar::FilterBar;
use super::icon::{Drawn, Icon, Logo};
use super::link::Go;
use super::toast::{News, Toasts};
use super::user_menu::UserMenu;
use crate::format;
use crate::state::caller::Caller;
use crate::state::live::Live;

/// One entry of the navigation.
struct Entry {
    path: &'static str,
    label: &'static str,
    icon: Icon,
    role: Role,
}

const fn entry(path: &'static str, label: &'static str, icon: Icon) -> Entry {
    Entry {
        path,
        label,
        icon,
        role: Role::Viewer,
    }
}

const ANALYSE: [Entry; 8] = [
    entry("/", "Dashboard", Icon::Dashboard),
    entry("/trends", "Trends and SPC", Icon::Trend),
    entry("/pareto", "Pareto", Icon::Pareto),
    entry("/correlation", "Correlation", Icon::Correlation),
    entry("/seasonality", "Seasonality", Icon::Season),
    entry("/stack", "Stack", Icon::Stack),
    entry("/zones", "Zones", Icon::Zones),
    entry("/dies", "Dies", Icon::Dies),
];

const WATCH: [Entry; 2] = [
    entry("/control-charts", "Control charts", Icon::ControlChart),
    entry("/alerts", "Alerts", Icon::Alert),
];

const BROWSE: [Entry; 3] = [
    entry("/inspections", "Inspections", Icon::Inspection),
    entry("/wafers", "Wafers", Icon::Wafer),
    entry("/lots", "Lots", Icon::Lot),
];

const MANAGE: [Entry; 4] = [
    entry("/imports", "Imports", Icon::Import),
    entry("/equipment", "Equipment", Icon::Equipment),
    entry("/defect-types", "Defect types", Icon::DefectType),
    Entry {
        path: "/users",
        label: "Users",
        icon: Icon::User,
        role: Role::Admin,
    },
];

/// Navigation at the side (a drawer on a narrow screen), bar on top, the page within.
#[component]
pub fn Shell(
    /// The page.
    children: Children,
) -> impl IntoView {
    let live = Live::here();
    let drawer_open = RwSignal::new(false);
    let path = use_location().pathname;
    // A page that was chosen closes the drawer it was chosen from, and an open menu.
    Effect::new(move || {
        path.track();
        live.nothing_new();
        drawer_open.set(false);
        close_menus();
    });
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            drawer_open.set(false);
            close_menus();
        }
    });
    let outside = window_event_listener(ev::pointerdown, |event| close_menus_outside(&event));
    on_cleanup(move || {
        escape.remove();
        outside.remove();
    });
    view! {
        <a class="skip-link" href="#content" rel="external">"Skip to the content"</a>
        <div class="shell" class:drawer-open=move || drawer_open.get()>
            <header class="topbar">
                <button class="button button-icon topbar-menu" type="button" aria-label="Navigation"
                    aria-expanded=move || drawer_open.get().to_string() aria-controls="navigation"
                    on:click=move |_| drawer_open.update(|open| *open = !*open)>
                    <Drawn icon=Icon::Menu/>
                </button>
                <Go to="/" class="brand"><Logo/><span>"WaferMaps"</span></Go>
                <UserMenu/>
            </header>
            <nav id="navigation" class="navigation" aria-label="Main">
                <Group title="Analyse" entries=&ANALYSE/>
                <Group title="Watch" entries=&WATCH/>
                <Group title="Browse" entries=&BROWSE/>
                <Group title="Manage" entries=&MANAGE/>
            </nav>
            <div class="scrim" on:click=move |_| drawer_open.set(false)></div>
            <main id="content" class="content" tabindex="-1">
                <FilterBar/>
                <News/>
                {children()}
            </main>
            <Toasts/>
        </div>
    }
}

#[component]
fn Group(title: &'static str, entries: &'static [Entry]) -> impl IntoView {
    let caller = Caller::here();
    let path = use_location().pathname;
    let items = move || {
        let allowed = entries.iter().filter(|entry| caller.may(entry.role));
        allowed.map(|entry| {
            // A detail page belongs to its list.
            let is_section = move || entry.path != "/" && path.read().starts_with(&format!("{}/", entry.path));
            view! {
                <li class:is-section=is_section><Go to=entry.path class="navigation-link"><Drawn icon=entry.icon/><span>{entry.label}</span>{(entry.path == "/alerts").then(|| view! { <OpenAlerts/> })}</Go></li>
            }
        })
        .collect_view()
    };
    view! { <p class="navigation-title">{title}</p><ul>{items}</ul> }
}

/// How many alerts are open, beside the name of their page.
#[component]
fn OpenAlerts() -> impl IntoView {
    let live = Live::here();
    let open = Memo::new(move |_| live.counts().map_or(0, |counts| counts.open));
    view! {
        <Show when=move || { open.get() > 0 }>
            <span class="count-badge"><span aria-hidden="true">{move || format::count(open.get())}</span>
                <span class="visually-hidden">{move || format!(", {} open", format::count(open.get()))}</span></span>
        </Show>
    }
}

/// Menus share one name, so that the browser keeps at most one open.
fn open_menu() -> Option<web_sys::Element> {
    document()
        .query_selector("details.menu[open]")
        .ok()
        .flatten()
}

fn close_menus() {
    if let Some(menu) = open_menu() {
        // Removing an attribute is never refused.
        let _ = menu.remove_attribute("open");
    }
}

fn close_menus_outside(event: &web_sys::PointerEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    if open_menu().is_some_and(|menu| !menu.contains(target.as_ref())) {
        close_menus();
    }
}
