//! Rules for the values of a body, each refused with field, value and rule.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::error::{ApiResult, invalid};

/// A text whose length in characters lies in `length`, without control characters.
///
/// # Errors
/// Names field and rule.
pub fn text(field: &str, value: &str, length: RangeInclusive<usize>) -> ApiResult<()> {
    let count = value.chars().count();
    if !length.contains(&count) || (*length.start() > 0 && value.trim().is_empty()) {
        let (least, most) = length.into_inner();
        let rule = match least {
            0 => format!("may have {most} characters at most"),
            _ => format!("has to have {least} to {most} characters"),
        };
        return Err(invalid(field, value, rule));
    }
    if value
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(invalid(field, value, "must not hold control characters"));
    }
    Ok(())
}

/// An optional text of at most `most` characters.
///
/// # Errors
/// Names field and rule.
pub fn optional_text(field: &str, value: Option<&String>, most: usize) -> ApiResult<()> {
    value.map_or(Ok(()), |value| text(field, value, 0..=most))
}
/// An optional number in a range.
///
/// # Errors
/// Names field, value and range.
pub fn within<T>(field: &str, value: Option<T>, range: RangeInclusive<T>) -> ApiResult<()>
where
    T: PartialOrd + Copy + std::fmt::Display + Into<Value>,
{
    match value {
        Some(value) if !range.contains(&value) => {
            let (least, most) = range.into_inner();
            Err(invalid(
                field,
                value,
                format!("has to lie between {least} and {most}"),
            ))
        }
        _ => Ok(()),
    }
}

/// An optional number that has to be more than 0 and finite.
///
/// # Errors
/// Names field and value.
pub fn positive(field: &str, value: Option<f64>) -> ApiResult<()> {
    match value {
        Some(value) if !(value > 0.0 && value.is_finite()) => {
            Err(invalid(field, value, "has to be more than 0"))
        }
        _ => Ok(()),
    }
}

/// A JSON object, where a value is given.
///
/// # Errors
/// Names field and value.
pub fn object(field: &str, value: Option<&Value>) -> ApiResult<()> {
    match value {
        Some(value) if !value.is_object() => {
            Err(invalid(field, value.clone(), "has to be a JSON object"))
        }
        _ => Ok(()),
    }
}
