//! The people who use the system.

use chrono::{DateTime, Utc};
use uuid::Uuid;

words! {
    /// What a user may do; each role may do what the ones before it may.
    pub enum Role {
        /// Reads.
        Viewer = "viewer",
        /// Imports and acknowledges.
        Operator = "operator",
        /// Edits, classifies and owns charts.
        Engineer = "engineer",
        /// Manages users, keys and deletion.
        Admin = "admin",
    }
}

api! {
    /// A user as others may see it.
    pub struct User {
        /// Id.
        pub user_id: Uuid,
        /// Name to sign in with, unique without regard to case.
        pub username: String,
        /// Name to show.
        pub display_name: String,
        /// What the user may do.
        pub role: Role,
        /// A user who is not active cannot sign in.
        pub active: bool,
        /// When the user was created.
        pub created_at: DateTime<Utc>,
        /// Last successful sign-in.
        pub last_login_at: Option<DateTime<Utc>>,
    }

    /// A new user.
    pub struct UserCreate {
        /// 2 to 64 characters: letters, digits, `.`, `_`, `-`, `@`.
        pub username: String,
        /// 1 to 100 characters.
        pub display_name: String,
        /// What the user may do.
        pub role: Role,
        /// 12 to 128 characters, not the username.
        pub password: String,
    }

    /// Changes to a user; what is absent stays.
    pub struct UserUpdate {
        /// 1 to 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub display_name: Option<String>,
        /// What the user may do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub role: Option<Role>,
        /// `false` ends every session of the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub active: Option<bool>,
        /// A new password; ends every session of the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub password: Option<String>,
    }
}

query! {
    /// Which users to list.
    pub struct UserQuery {
        /// Part of the username or display name.
        pub search: Option<String>,
        /// Only this role.
        pub role: Option<Role>,
        /// Only active, or only inactive users.
        pub active: Option<bool>,
        /// `username` (default), `role`, `created_at`, `last_login_at`.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
