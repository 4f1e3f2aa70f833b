//! Users and their roles: for administrators.

use std::sync::Arc;

use contract::filter::Order;
use contract::user::{Role, User, UserCreate, UserQuery, UserUpdate};
use leptos::prelude::*;

use super::wafers::any_of;
use crate::api::{Api, with_query};
use crate::components::badge::{self, Tone};
use crate::components::dialog::Dialog;
use crate::components::facts;
use crate::components::form::{CheckField, Form, Saving, SelectField, TextField, Values, options};
use crate::components::page::PageHead;
use crate::components::search::{Search, UrlSelect};
use crate::components::status::Notice;
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::pages::links;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::title::use_title;

/// Lists users; adds and changes them.
#[component]
pub fn UsersPage() -> impl IntoView {
    use_title(|| "Users".to_owned());
    match Caller::here().may(Role::Admin) {
        true => view! { <Users/> }.into_any(),
        false => view! { <Notice title="Your role does not allow this" text="Users are managed by administrators."/> }.into_any(),
    }
}

#[component]
fn Users() -> impl IntoView {
    let list = List::<User>::new(|query| {
        let question = UserQuery {
            search: query.value("search"),
            role: query.parsed("role"),
            active: query.parsed("active"),
            ..UserQuery::default()
        };
        Some(with_query("/users", &question))
    });
    let adding = RwSignal::new(false);
    let edited = RwSignal::new(None::<Arc<User>>);
    let editing = RwSignal::new(false);
    let edit = Callback::new(move |user: Arc<User>| {
        edited.set(Some(user));
        editing.set(true);
    });
    let done = Callback::new(move |()| {
        adding.set(false);
        editing.set(false);
        list.rows.reload();
    });
    let states = vec![
        ("", "Any".to_owned()),
        ("true", "Active".to_owned()),
        ("false", "Inactive".to_owned()),
    ];
    view! {
        <PageHead title="Users"><button class="button button-primary" type="button" on:click=move |_| adding.set(true)>"Add user"</button></PageHead>
        <div class="toolbar list-tools">
            <Search placeholder="Username or name"/>
            <UrlSelect name="role" label="Role" options=any_of(Role::ALL.iter().map(|role| role.as_str()))/>
            <UrlSelect name="active" label="State" options=states/>
        </div>
        <DataTable list columns=columns(edit) key=|user| user.user_id.to_string() title="Users"
            default_order=("username", Order::Asc) empty=nothing_found("users")/>
        <Dialog open=adding title="Add user"><AddForm on_done=done/></Dialog>
        <Dialog open=editing title="Edit user">{move || edited.get().map(|user| view! { <EditForm user on_done=done/> })}</Dialog>
    }
}

fn columns(edit: Callback<Arc<User>>) -> Vec<Column<User>> {
    vec![
        Column::drawn("Username", |user: &User| user.username.clone(), move |user| {
            let (name, user) = (user.username.clone(), Arc::new(user.clone()));
            view! { <button class="link" type="button" on:click=move |_| edit.run(user.clone())>{name}</button> }.into_any()
        })
        .sorted("username"),
        Column::text("Name", |user: &User| user.display_name.clone()),
        Column::text("Role", |user: &User| format::words(user.role.as_str())).sorted("role"),
        Column::drawn("State", |user: &User| if user.active { "active" } else { "inactive" }.to_owned(), |user| match user.active {
            true => badge::badge(Tone::Good, "active".to_owned()),
            false => badge::badge(Tone::Plain, "inactive".to_owned()),
        }),
        Column::drawn("Last sign-in", |user: &User| links::csv_moment(user.last_login_at), |user| facts::moment(user.last_login_at))
            .sorted("last_login_at"),
        Column::drawn("Created", |user: &User| links::csv_moment(Some(user.created_at)), |user| facts::moment(Some(user.created_at)))
            .sorted("created_at"),
    ]
}

#[component]
fn AddForm(on_done: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let user = UserCreate {
            username: values.text("username"),
            display_name: values.text("display_name"),
            role: values.parsed("role").unwrap_or(Role::Viewer),
            password: values.text("password"),
        };
        saving.run(
            async move { api.post::<_, User>("/users", &user).await },
            move |_| on_done.run(()),
        );
    });
    view! {
        <Form on_send=send saving send="Add">
            <TextField name="username" label="Username" longest=64 required=true hint="2 to 64 characters: letters, digits, . _ - @"/>
            <TextField name="display_name" label="Name to show" required=true/>
            <SelectField name="role" label="Role" options=options(Role::ALL) value=Role::Viewer.as_str()/>
            <TextField name="password" label="Password" kind="password" longest=128 required=true hint="12 to 128 characters, not the username"/>
        </Form>
    }
}

#[component]
fn EditForm(user: Arc<User>, on_done: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = user.clone();
    let send = Callback::new(move |values: Values| {
        let active = values.ticked("active");
        let update = UserUpdate {
            display_name: values.changed("display_name", Some(&before.display_name)),
            role: values.changed_to("role", Some(before.role)),
            active: Some(active).filter(|active| *active != before.active),
            password: values.given("password"),
        };
        let path = format!("/users/{}", before.user_id);
        saving.run(
            async move { api.put::<_, User>(&path, &update).await },
            move |_| on_done.run(()),
        );
    });
    view! {
        <p class="quiet">"Username " <strong>{user.username.clone()}</strong></p>
        <Form on_send=send saving>
            <TextField name="display_name" label="Name to show" required=true value=user.display_name.clone()/>
            <SelectField name="role" label="Role" options=options(Role::ALL) value=user.role.as_str()/>
            <CheckField name="active" label="May sign in (unticking ends every session of the user)" ticked=user.active/>
            <TextField name="password" label="New password" kind="password" longest=128 hint="Leave empty to keep it; a new one ends every session of the user"/>
        </Form>
    }
}
