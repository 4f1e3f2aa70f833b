//! Users.

use contract::user::{Role, User};
use entity::app_user;

/// A user without what nobody may see.
pub fn user(row: app_user::Model) -> User {
    User {
        user_id: row.user_id,
        username: row.username,
        display_name: row.display_name,
        role: role(row.role),
        active: row.active,
        created_at: row.created_at,
        last_login_at: row.last_login_at,
    }
}

/// A role as the API writes it.
pub fn role(role: app_user::Role) -> Role {
    match role {
        app_user::Role::Viewer => Role::Viewer,
        app_user::Role::Operator => Role::Operator,
        app_user::Role::Engineer => Role::Engineer,
        app_user::Role::Admin => Role::Admin,
    }
}

/// A role as the database writes it.
pub fn role_row(role: Role) -> app_user::Role {
    match role {
        Role::Viewer => app_user::Role::Viewer,
        Role::Operator => app_user::Role::Operator,
        Role::Engineer => app_user::Role::Engineer,
        Role::Admin => app_user::Role::Admin,
    }
}
