/// Why there is no fab.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number of the plan is outside its range.
    #[error("{name} is {value}; it has to be between {least} and {most}")]
    Plan {
        /// Field of [`crate::Plan`].
        name: &'static str,
        /// Its value.
        value: String,
        /// Least value that is allowed.
        least: String,
        /// Greatest value that is allowed.
        most: String,
    },
}
