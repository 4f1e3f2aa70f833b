//! The keywords before the data.

use super::axis::Unit;
use super::{Error, MAX_KEYWORDS, MAX_POINTS, Text};
use crate::spectrum::Keyword;

/// What a data line holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DataType {
    Counts,
    EnergiesAndCounts,
}

/// What the header said. Numbers come with the place where they stood.
#[derive(Default)]
pub(super) struct Header<'a> {
    pub(super) title: Option<String>,
    pub(super) points: Option<usize>,
    pub(super) unit: Option<Unit>,
    pub(super) data_type: Option<DataType>,
    pub(super) offset: Option<(f64, Text<'a>)>,
    pub(super) per_channel: Option<(f64, Text<'a>)>,
    pub(super) live_time_s: Option<f64>,
    pub(super) real_time_s: Option<f64>,
    pub(super) beam_energy_kev: Option<f64>,
    pub(super) keywords: Vec<Keyword>,
}

/// A `#` line: `#NAME -unit: value` or `##NAME: value`.
pub(super) struct Statement<'a> {
    is_user_defined: bool,
    pub(super) name: String,
    unit: &'a str,
    value: Text<'a>,
}

impl<'a> Statement<'a> {
    /// Reads a line; none if it does not start with `#`.
    pub(super) fn of(line: Text<'a>) -> Option<Self> {
        let line = line.trim();
        let after_mark = line.text.strip_prefix('#')?;
        let is_user_defined = after_mark.starts_with('#');
        let body = line.from(if is_user_defined { 2 } else { 1 });
        let (left, value) = match body.text.find(':') {
            Some(colon) => (body.split_at(colon).0, body.from(colon + 1)),
            None if is_user_defined => (body.split_at(0).0, body), // a bare comment
            None => (body, body.from(body.text.len())),
        };
        let left = left.text.trim();
        let name_length = if is_user_defined {
            None
        } else {
            left.find(['-', ' ', '\t'])
        };
        let (name, unit) = left.split_at(name_length.unwrap_or(left.len()));
        let unit = unit.trim_start_matches(['-', ' ', '\t']);
        Some(Self {
            is_user_defined,
            name: name.to_uppercase(),
            unit,
            value: value.trim(),
        })
    }

    /// Whether this is the standard's keyword of that name.
    pub(super) fn is(&self, name: &str) -> bool {
        !self.is_user_defined && self.name == name
    }

    pub(super) fn value(&self) -> Text<'a> {
        self.value
    }

    /// A number; none when the value is empty. A decimal comma is taken for a point.
    fn number(&self) -> Result<Option<f64>, Error> {
        if self.value.text.is_empty() {
            return Ok(None);
        }
        let with_point = self.value.text.replacen(',', ".", 1);
        let parsed = Text {
            text: &with_point,
            ..self.value
        }
        .number(&self.name);
        parsed
            .map(Some)
            .map_err(|_| self.value.error(&self.name, "must be a finite number"))
    }

    /// A number that is not negative.
    fn amount(&self) -> Result<Option<f64>, Error> {
        match self.number()? {
            Some(number) if number < 0.0 => {
                Err(self.value.error(&self.name, "must not be negative"))
            }
            number => Ok(number),
        }
    }
}

impl<'a> Header<'a> {
    /// Takes in one statement.
    pub(super) fn add(&mut self, statement: &Statement<'a>) -> Result<(), Error> {
        if statement.is_user_defined {
            return self.keep(statement);
        }
        match statement.name.as_str() {
            "FORMAT" | "VERSION" => {}
            "NCOLUMNS" => {
                statement.amount()?;
            }
            "TITLE" => self.add_title(statement.value.text),
            "NPOINTS" => self.points = points(statement)?,
            "XUNITS" => self.unit = Unit::of(statement.value)?,
            "DATATYPE" => self.data_type = data_type(statement.value)?,
            "OFFSET" => self.offset = statement.number()?.map(|number| (number, statement.value)),
            "XPERCHAN" => {
                self.per_channel = statement.number()?.map(|number| (number, statement.value))
            }
            "LIVETIME" => self.live_time_s = statement.amount()?,
            "REALTIME" => self.real_time_s = statement.amount()?,
            // Some instruments write 0 where they do not know the beam.
            "BEAMKV" => self.beam_energy_kev = statement.amount()?.filter(|&energy| energy > 0.0),
            _ => self.keep(statement)?,
        }
        Ok(())
    }

    /// The standard lets a title run over several lines.
    fn add_title(&mut self, line: &str) {
        match &mut self.title {
            Some(title) => {
                title.push('\n');
                title.push_str(line);
            }
            None => self.title = Some(line.to_owned()),
        }
    }

    fn keep(&mut self, statement: &Statement<'_>) -> Result<(), Error> {
        if self.keywords.len() == MAX_KEYWORDS {
            let rule = format!("a file may have at most {MAX_KEYWORDS} further keywords");
            return Err(statement.value.error(&statement.name, rule));
        }
        self.keywords.push(Keyword {
            is_user_defined: statement.is_user_defined,
            name: statement.name.clone(),
            unit: statement.unit.to_owned(),
            value: statement.value.text.to_owned(),
        });
        Ok(())
    }
}

fn points(statement: &Statement<'_>) -> Result<Option<usize>, Error> {
    let Some(points) = statement.number()? else {
        return Ok(None);
    };
    if points < 1.0 || points > MAX_POINTS as f64 || points.fract() != 0.0 {
        return Err(statement.value.error(
            "NPOINTS",
            format!("must be a whole number from 1 to {MAX_POINTS}"),
        ));
    }
    Ok(Some(points as usize))
}

fn data_type(value: Text<'_>) -> Result<Option<DataType>, Error> {
    match value.text.to_ascii_uppercase().as_str() {
        "" => Ok(None),
        "Y" => Ok(Some(DataType::Counts)),
        "XY" => Ok(Some(DataType::EnergiesAndCounts)),
        _ => Err(value.error("DATATYPE", "must be Y or XY")),
    }
}
