//! What a file declares about itself: its version and the columns of its lists.

use crate::column::{Column, Columns};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::keyword;
use crate::statement::Statement;
use crate::wafer::Version;

/// Columns a defect list may have; public code speaks of 170.
pub(crate) const MAX_COLUMNS: usize = 4096;

/// The numbers of `FileVersion`.
pub(super) fn version_of(statement: &Statement) -> Result<Version, Error> {
    let mut numbers = statement.texts().map(|text| text.parse::<u16>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) => Ok(Version { major, minor }),
        _ => Err(Diagnostic::error(
            "not-klarf",
            statement.place,
            "FileVersion without a version",
        )
        .expected("FileVersion 1 2;")
        .found(format!(
            "{:?}",
            statement.texts().take(3).collect::<Vec<_>>()
        ))
        .into()),
    }
}

/// The columns that a `DefectRecordSpec` names.
pub(super) fn columns_of(
    statement: &Statement,
    diagnostics: &mut Diagnostics,
) -> Result<Columns, Error> {
    let names = spec_of(statement, diagnostics);
    if names.is_empty() || names.len() > MAX_COLUMNS {
        let message = "DefectRecordSpec does not name a possible number of columns";
        return Err(
            Diagnostic::error("columns-impossible", statement.place, message)
                .expected(format!("1 to {MAX_COLUMNS} columns"))
                .found(format!("{} columns", names.len()))
                .into(),
        );
    }
    Ok(Columns::new(
        names.iter().map(|name| Column::flat(name)).collect(),
    ))
}

/// The names of a spec. They count, whatever the number in front of them says.
pub(super) fn spec_of(statement: &Statement, diagnostics: &mut Diagnostics) -> Vec<String> {
    keyword::counted_rows(statement, 1, diagnostics)
        .iter()
        .map(|value| value.text.clone())
        .collect()
}
