//! What can go wrong, in terms a caller can act on.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Result of a store function.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store function failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key that has to be unique is taken.
    #[error("{0} exists already")]
    Exists(Unique),
    /// A row names something that does not exist.
    #[error("{0} does not exist")]
    Missing(Reference),
    /// Something cannot be deleted, because other rows name it.
    #[error("{0} is in use")]
    InUse(Reference),
    /// A value breaks a rule of its column.
    #[error("a value of `{table}` breaks the rule `{constraint}`")]
    Invalid {
        /// Table of the value.
        table: String,
        /// Name of the rule; it starts with the table's and the column's name.
        constraint: String,
    },
    /// The row was changed since the caller read it.
    #[error("the row was changed meanwhile")]
    Stale,
    /// Two defects of an inspection have the same number.
    #[error("defect {defect_no} occurs twice in one inspection")]
    DuplicateDefect {
        /// The number that occurs twice.
        defect_no: i32,
    },
    /// A statement took longer than it may.
    #[error("the query took too long")]
    TimedOut,
    /// The object store's URL or one of its settings is wrong. The text repeats no credentials.
    #[error("the object store cannot be opened: {0}")]
    ObjectsUrl(String),
    /// The object store refused or did not answer.
    #[error("the object store failed")]
    Objects(#[source] object_store::Error),
    /// A file on its way into or out of the object store could not be read or written.
    #[error("a file of the object store failed")]
    File(#[source] std::io::Error),
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Unavailable(#[source] DbErr),
    /// Anything else.
    #[error("database error")]
    Db(#[source] DbErr),
}

/// A key that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unique {
    /// An account's e-mail address, whatever the case of its letters.
    #[error("an account with this e-mail address")]
    Email,
    /// An account's user name, whatever the case of its letters.
    #[error("an account with this user name")]
    Username,
    /// A wafer's identifier.
    #[error("a wafer with this identifier")]
    Wafer,
    /// A tool's identifier.
    #[error("equipment with this identifier")]
    Equipment,
    /// A defect type's name, whatever the case of its letters.
    #[error("a defect type with this name")]
    DefectTypeName,
    /// A control chart's name, whatever the case of its letters.
    #[error("a control chart with this name")]
    ControlChartName,
    /// The content of a file that was imported before.
    #[error("an import of this file")]
    ImportedFile,
    /// Any other key.
    #[error("a row with this key")]
    Other,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reference {
    /// A wafer.
    #[error("the wafer")]
    Wafer,
    /// A tool.
    #[error("the equipment")]
    Equipment,
    /// A defect type.
    #[error("the defect type")]
    DefectType,
    /// An inspection.
    #[error("the inspection")]
    Inspection,
    /// An account.
    #[error("the account")]
    User,
    /// A background job.
    #[error("the job")]
    Job,
    /// A defect.
    #[error("the defect")]
    Defect,
    /// An image of a defect.
    #[error("the image")]
    Image,
    /// Content of the object store.
    #[error("the stored content")]
    Object,
    /// Anything else.
    #[error("a row that is referred to")]
    Other,
}

impl Error {
    /// The column whose rule was broken, as far as the rule's name tells.
    #[must_use]
    pub fn invalid_field(&self) -> Option<&str> {
        let Self::Invalid { table, constraint } = self else {
            return None;
        };
        let field = constraint.strip_prefix(table.as_str())?.strip_prefix('_')?;
        Some(
            field
                .rsplit_once('_')
                .map_or(field, |(column, _rule)| column),
        )
    }

    pub(crate) fn from_sqlx(error: sqlx::Error) -> Self {
        Self::from(DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }

    /// Turns a missing reference into one in use: deleting a row that others name and naming a row that is not
    /// there break the same constraint, only the statement tells them apart.
    pub(crate) fn while_deleting(self) -> Self {
        match self {
            Self::Missing(reference) => Self::InUse(reference),
            other => other,
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let source = match &error {
            DbErr::Conn(RuntimeErr::SqlxError(source))
            | DbErr::Exec(RuntimeErr::SqlxError(source))
            | DbErr::Query(RuntimeErr::SqlxError(source)) => source.as_ref(),
            DbErr::ConnectionAcquire(_) => return Self::Unavailable(error),
            _ => return Self::Db(error),
        };
        match source {
            sqlx::Error::Database(database) => {
                match database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    Some(refusal) if is_outage(refusal.code()) => Self::Unavailable(error),
                    Some(refusal) => from_refusal(refusal).unwrap_or(Self::Db(error)),
                    None => Self::Db(error),
                }
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Configuration(_) => Self::Unavailable(error),
            _ => Self::Db(error),
        }
    }
}

/// Connection exceptions (class 08), shutdown, crash and start-up (57P01 to 57P03), too many connections (53300), and
/// transactions that gave way to another one (class 40, deadlocks among them): the same can work a moment later.
fn is_outage(code: &str) -> bool {
    code.starts_with("08")
        || code.starts_with("40")
        || matches!(code, "57P01" | "57P02" | "57P03" | "53300")
}

/// What PostgreSQL's SQLSTATE and constraint say, where they say something a caller can act on.
fn from_refusal(refusal: &sqlx::postgres::PgDatabaseError) -> Option<Error> {
    let constraint = refusal.constraint().unwrap_or_default();
    match refusal.code() {
        "23505" => Some(duplicate_defect(refusal).unwrap_or(Error::Exists(unique(constraint)))),
        "23503" => Some(Error::Missing(reference(constraint))),
        "23514" => Some(Error::Invalid {
            table: refusal.table().unwrap_or_default().to_owned(),
            constraint: constraint.to_owned(),
        }),
        "57014" => Some(Error::TimedOut),
        // Values that no column can hold, rules of the database itself.
        "22021" | "22P05" => Some(outside("holds_nul")),
        "22003" => Some(outside("number_out_of_range")),
        "22008" => Some(outside("time_out_of_range")),
        _ => None,
    }
}

/// PostgreSQL names neither table nor column here.
fn outside(rule: &str) -> Error {
    Error::Invalid {
        table: String::new(),
        constraint: rule.to_owned(),
    }
}

/// The detail reads `Key (inspection_id, defect_no)=(0190..., 17) already exists.`; the table is the partition.
fn duplicate_defect(refusal: &sqlx::postgres::PgDatabaseError) -> Option<Error> {
    if !refusal.table()?.starts_with("defect_") || refusal.table()? == "defect_type" {
        return None;
    }
    let (_, key) = refusal.detail()?.split_once(")=(")?;
    let (_, number) = key.split_once(", ")?;
    let defect_no = number.split_once(')')?.0.parse().ok()?;
    Some(Error::DuplicateDefect { defect_no })
}

fn unique(constraint: &str) -> Unique {
    match constraint {
        "app_user_email_key" => Unique::Email,
        "app_user_username_key" => Unique::Username,
        "wafer_pkey" => Unique::Wafer,
        "equipment_pkey" => Unique::Equipment,
        "defect_type_name_key" => Unique::DefectTypeName,
        "control_chart_name_key" => Unique::ControlChartName,
        "import_file_imported_sha256_key" => Unique::ImportedFile,
        _ => Unique::Other,
    }
}

fn reference(constraint: &str) -> Reference {
    match constraint {
        "inspection_wafer_fkey" | "bin_map_wafer_fkey" => Reference::Wafer,
        "inspection_equipment_fkey" => Reference::Equipment,
        "inspection_type_count_type_fkey" => Reference::DefectType,
        "inspection_type_count_inspection_fkey"
        | "defect_inspection_fkey"
        | "image_reference_inspection_id_fkey" => Reference::Inspection,
        "session_user_id_fkey"
        | "job_created_by_fkey"
        | "defect_image_created_by_fkey"
        | "defect_spectrum_created_by_fkey"
        | "bin_map_imported_by_fkey" => Reference::User,
        "import_file_job_id_fkey" | "inspection_import_job_fkey" => Reference::Job,
        "defect_image_defect_fkey" | "defect_spectrum_defect_fkey" => Reference::Defect,
        "image_reference_image_id_fkey" => Reference::Image,
        "defect_image_original_fkey"
        | "defect_image_display_fkey"
        | "defect_spectrum_object_fkey" => Reference::Object,
        _ => Reference::Other,
    }
}
