//! Signing in and staying signed in.

use crate::user::User;

api! {
    /// Who signs in.
    pub struct Login {
        /// Username, upper and lower case alike.
        pub username: String,
        /// Password.
        pub password: String,
    }

    /// A signed-in session. The refresh token travels in an HttpOnly cookie, not here.
    pub struct Session {
        /// Bearer token for the header `authorization`.
        pub access_token: String,
        /// Always `Bearer`.
        pub token_type: String,
        /// Seconds until the access token expires.
        pub expires_in: u32,
        /// Who is signed in.
        pub user: User,
    }

    /// A change of one's own password. All other sessions of the user end with it.
    pub struct PasswordChange {
        /// The password in use.
        pub current_password: String,
        /// The new one: 12 to 128 characters, not the username, not the current one.
        pub new_password: String,
    }
}
