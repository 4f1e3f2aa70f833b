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

same_words! {
    app_user::Role as Role: role, role_row [Viewer, Operator, Engineer, Admin]
}
