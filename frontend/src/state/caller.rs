//! The signed-in user, for everything that is drawn behind the sign-in.

use contract::user::{Role, User};
use leptos::prelude::*;

/// The signed-in user.
#[derive(Clone, Copy)]
pub struct Caller(pub Signal<User>);

impl Caller {
    /// The user of this page; the shell provides it.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether the user's role allows what `role` may do. A role that changes shows on the next page.
    pub fn may(self, role: Role) -> bool {
        self.0.with_untracked(|user| user.role >= role)
    }
}
