//! What the database refuses, as a client is told.

use contract::ErrorCode;
use serde_json::{Value, json};
use store::{Error, Reference, Unique};

/// The reason, for programs.
pub fn code(error: &Error) -> ErrorCode {
    match error {
        Error::Exists(_) | Error::DuplicateDefect { .. } => ErrorCode::AlreadyExists,
        Error::Missing(reference) => match reference {
            Reference::Wafer => ErrorCode::WaferNotFound,
            Reference::Equipment => ErrorCode::EquipmentNotFound,
            Reference::DefectType => ErrorCode::DefectTypeNotFound,
            Reference::Inspection => ErrorCode::InspectionNotFound,
            Reference::User => ErrorCode::UserNotFound,
            Reference::Job => ErrorCode::ImportNotFound,
            Reference::Defect => ErrorCode::DefectNotFound,
            Reference::Image => ErrorCode::ImageNotFound,
            _ => ErrorCode::Internal,
        },
        Error::InUse(_) => ErrorCode::InUse,
        Error::Invalid { .. } => ErrorCode::InvalidInput,
        Error::Stale => ErrorCode::Conflict,
        Error::Unavailable(_) | Error::TimedOut | Error::Objects(_) => ErrorCode::Unavailable,
        _ => ErrorCode::Internal,
    }
}

/// What a client is told.
pub fn message(error: &Error) -> String {
    match code(error) {
        ErrorCode::Internal => "internal error".to_owned(),
        ErrorCode::Unavailable if matches!(error, Error::Objects(_)) => {
            "the object store does not answer".to_owned()
        }
        ErrorCode::Unavailable => "the database does not answer in time".to_owned(),
        ErrorCode::InvalidInput => match error.invalid_field() {
            Some(field) => format!("`{field}` breaks its rule"),
            None => "a value breaks its rule".to_owned(),
        },
        _ => error.to_string(),
    }
}

/// What it is about, for programs.
pub fn details(error: &Error) -> Value {
    match error {
        Error::Exists(unique) => match unique {
            Unique::Username => json!({"field": "username"}),
            Unique::Wafer => json!({"field": "wafer_id"}),
            Unique::Equipment => json!({"field": "equipment_id"}),
            Unique::DefectTypeName | Unique::ControlChartName => {
                json!({"field": "name"})
            }
            _ => json!({}),
        },
        Error::DuplicateDefect { defect_no } => {
            json!({"field": "defect_no", "value": defect_no})
        }
        Error::Invalid { constraint, .. } => {
            json!({"field": error.invalid_field(), "constraint": constraint})
        }
        _ => json!({}),
    }
}
