//! What a sender says of a bin map file.

use contract::spatial::BinMapUpload;
use serde_json::Value;

use super::NAME;
use crate::error::{ApiResult, invalid};
use crate::validate;

/// Name of a file whose sender tells none.
const UNNAMED: &str = "bin map";
/// Codes of good dies that a sender may name.
const GOOD_MOST: usize = 1_000;

/// What the sender says of the file.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Name of the file.
    pub file_name: String,
    /// Where the notch is in the file.
    pub notch_deg: Option<u16>,
    /// The wafer's die under the file's first column and lowest row, as delivered.
    pub first_die: Option<(i32, i32)>,
    /// Codes of good dies.
    pub good: Vec<String>,
}

impl Asked {
    /// What a request says.
    ///
    /// # Errors
    /// Names the part that breaks its rule.
    pub fn of(upload: &BinMapUpload) -> ApiResult<Self> {
        let file_name = upload.file_name.as_deref().unwrap_or(UNNAMED).to_owned();
        validate::text("file_name", &file_name, 1..=NAME)?;
        let notch_deg = match upload.notch_deg {
            None => None,
            Some(0) => Some(0),
            Some(90) => Some(90),
            Some(180) => Some(180),
            Some(270) => Some(270),
            Some(other) => return Err(invalid("notch_deg", other, "has to be 0, 90, 180 or 270")),
        };
        let first_die = match (upload.first_die_x, upload.first_die_y) {
            (Some(x), Some(y)) => Some((x, y)),
            (None, None) => None,
            (Some(_), None) => {
                let rule = "has to be there where `first_die_x` is";
                return Err(invalid("first_die_y", Value::Null, rule));
            }
            (None, Some(_)) => {
                let rule = "has to be there where `first_die_y` is";
                return Err(invalid("first_die_x", Value::Null, rule));
            }
        };
        if upload.good.len() > GOOD_MOST {
            let rule = format!("may have at most {GOOD_MOST} values");
            return Err(invalid("good", upload.good.len(), rule));
        }
        Ok(Self {
            file_name,
            notch_deg,
            first_die,
            good: upload.good.clone(),
        })
    }
}
