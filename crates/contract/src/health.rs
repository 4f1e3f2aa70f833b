//! Whether the server is there and can work.

api! {
    /// State of the server.
    pub struct Health {
        /// `ok`.
        pub status: String,
        /// Version of the server.
        pub version: String,
        /// Whether the database answers; absent for the liveness probe, which does not ask it.
        pub database: Option<bool>,
    }
}
