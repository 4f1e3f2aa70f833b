//! Rules for the values of a body, each refused with field, value and rule.

use std::ops::RangeInclusive;

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
