//! Who is calling, and what that allows.
//!
//! A sign-in begins a session (a family of refresh tokens). Its access token is a JWT of 15 minutes
//! that carries user and session; each request looks both up, through a cache of 5 seconds, so that a
//! user who was deactivated, demoted or signed out stops at once on the server where that happened
//! and within 5 seconds on any other.

pub mod caller;
pub mod cookie;
pub mod limit;
pub mod password;
pub mod secret;
pub mod subscriber;
pub mod token;

pub use caller::{Admin, Caller, Engineer, Operator, Viewer};
pub use subscriber::Subscriber;
