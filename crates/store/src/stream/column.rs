//! Arrays of PostgreSQL as columns.
//!
//! sqlx reads an array an element at a time, each with a type of its own: for a million defects with ten columns that is
//! most of the work. Here the array's bytes are gone through once. Their form is that of `array_send` in
//! PostgreSQL's `src/backend/utils/adt/arrayfuncs.c`, all numbers big-endian: dimensions, a flag, the type of the
//! elements, then length and first index, then each element as its length in bytes (-1 for null) and those.

use sea_orm::{
    DbErr,
    sqlx::{Row, ValueRef, postgres::PgRow},
};

use crate::{Error, Result};

/// Values of one column, one a defect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column<T> {
    /// The values; the default one where there is none.
    pub values: Vec<T>,
    /// Which of them are there; `None` where all are.
    pub valid: Option<Vec<bool>>,
}

/// A number of fixed width.
pub(super) trait Element: Copy + Default {
    /// Reads it from bytes of exactly its width.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! elements {
    ($($number:ty),+) => {$(
        impl Element for $number {
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(<$number>::from_be_bytes)
            }
        }
    )+};
}
elements!(i16, i32, f32, f64);

/// The column at `index` of a row of arrays; empty where the array is null.
pub(super) fn column<T: Element>(row: &PgRow, index: usize) -> Result<Column<T>> {
    let fault = |what: String| Error::Db(DbErr::Type(format!("column {index} {what}")));
    let value = row
        .try_get_raw(index)
        .map_err(|error| fault(error.to_string()))?;
    if value.is_null() {
        return Ok(Column::default());
    }
    let bytes = value.as_bytes().map_err(|error| fault(error.to_string()))?;
    parse(bytes).ok_or_else(|| fault("is no array of such numbers".to_owned()))
}

fn parse<T: Element>(mut bytes: &[u8]) -> Option<Column<T>> {
    let dimensions = number(&mut bytes)?;
    let (_flags, _kind) = (number(&mut bytes)?, number(&mut bytes)?);
    if dimensions == 0 {
        return Some(Column::default());
    }
    let (length, _first) = (number(&mut bytes)?, number(&mut bytes)?);
    if dimensions != 1 {
        return None;
    }
    let length = usize::try_from(length).ok()?;
    let mut column = Column {
        // No element has less than the 4 bytes of its own length.
        values: Vec::with_capacity(length.min(bytes.len() / 4)),
        valid: None,
    };
    for _ in 0..length {
        push(&mut column, element(&mut bytes)?);
    }
    bytes.is_empty().then_some(column)
}

/// The next element: `None` for bytes that end too soon, `Some(None)` for null.
fn element<T: Element>(bytes: &mut &[u8]) -> Option<Option<T>> {
    let width = number(bytes)?;
    if width == -1 {
        return Some(None);
    }
    let (value, rest) = bytes.split_at_checked(usize::try_from(width).ok()?)?;
    *bytes = rest;
    T::read(value).map(Some)
}

fn number(bytes: &mut &[u8]) -> Option<i32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(i32::from_be_bytes(*number))
}

fn push<T: Element>(column: &mut Column<T>, value: Option<T>) {
    if value.is_none() && column.valid.is_none() {
        column.valid = Some(vec![true; column.values.len()]);
    }
    if let Some(valid) = &mut column.valid {
        valid.push(value.is_some());
    }
    column.values.push(value.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array of `int4`, as PostgreSQL sends it.
    fn sent(elements: &[Option<i32>]) -> Vec<u8> {
        let numbers = |numbers: &[i32]| numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        let length = i32::try_from(elements.len()).unwrap();
        let mut bytes: Vec<u8> = numbers(&[1, 0, 23, length, 1]);
        for element in elements {
            let part: Vec<u8> = match element {
                Some(value) => numbers(&[4, *value]),
                None => numbers(&[-1]),
            };
            bytes.extend(part);
        }
        bytes
    }

    #[test]
    fn what_is_null_in_the_array_is_not_valid_in_the_column() {
        let column: Column<i32> = parse(&sent(&[Some(7), None, Some(-1)])).unwrap();
        assert_eq!(column.values, [7, 0, -1]);
        assert_eq!(column.valid, Some(vec![true, false, true]));
        let column: Column<i32> = parse(&sent(&[Some(7)])).unwrap();
        assert_eq!(column.valid, None);
    }

    #[test]
    fn an_array_without_dimensions_is_empty() {
        assert_eq!(parse::<f32>(&[0; 12]), Some(Column::default()));
    }

    #[test]
    fn bytes_that_are_no_such_array_are_refused() {
        let whole = sent(&[Some(7), Some(8)]);
        for length in 0..whole.len() {
            assert_eq!(parse::<i32>(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(parse::<f64>(&whole), None);
        let longer: Vec<u8> = whole.iter().copied().chain([0]).collect();
        assert_eq!(parse::<i32>(&longer), None);
    }
}
