//! `Keyword value value ... ;`

use std::io::Read;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::lexer::{Kind, Lexer, Token};
use crate::statement::{Statement, Value};
use crate::text::decode;

/// Values one statement may have: a plan of a million dies has two million.
const MAX_VALUES: usize = 1 << 22;

/// Bytes all values of one statement may have together.
const MAX_TEXT: usize = 64 << 20;

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By its `;`, or by the keyword that follows when the `;` was forgotten.
    Whole,
    /// The file is cut off in it.
    CutOff,
    /// `EndOfFile` was met in it.
    EndOfFile,
}

/// Keywords that cannot be values when they begin a line.
const KEYWORDS: [&str; 36] = [
    "AreaPerTest",
    "ClassLookup",
    "ClusterClassificationList",
    "CoordinatesMirrored",
    "DefectClusterSetup",
    "DefectClusterSpec",
    "DefectList",
    "DefectRecordSpec",
    "DeviceID",
    "DieOrigin",
    "DiePitch",
    "FileTimestamp",
    "FileVersion",
    "InspectionStationID",
    "InspectionTest",
    "LotID",
    "LotStatus",
    "OrientationInstructions",
    "OrientationMarkLocation",
    "RemovedDieList",
    "ResultTimestamp",
    "SampleCenterLocation",
    "SampleDieMap",
    "SampleOrientationMarkType",
    "SampleSize",
    "SampleTestPlan",
    "SampleType",
    "SetupID",
    "StepID",
    "SummaryList",
    "SummarySpec",
    "TestParametersList",
    "TestParametersSpec",
    "TiffFileName",
    "WaferID",
    "WaferStatus",
];

impl Statement {
    /// Reads the values of `keyword` up to its `;`. The second part of the result is the keyword
    /// that follows where the `;` was forgotten.
    pub fn read<R: Read>(
        lexer: &mut Lexer<R>,
        keyword: String,
        place: Place,
        diagnostics: &mut Diagnostics,
    ) -> Result<(Self, Ending, Option<Value>), Error> {
        let mut statement = Self {
            keyword,
            place,
            values: Vec::new(),
        };
        let mut bytes = 0;
        loop {
            let token = lexer.next()?;
            let ending = match token.kind {
                Kind::Mark(_) => Some((Ending::Whole, None)),
                Kind::End => Some((Ending::CutOff, None)),
                _ => {
                    statement.forgotten_end(value_of(lexer, token), token, &mut bytes, diagnostics)
                }
            };
            if let Some((ending, next)) = ending {
                return Ok((statement, ending, next));
            }
            statement.check_size(bytes)?;
        }
    }

    /// Takes a value, unless it is the next statement's keyword.
    fn forgotten_end(
        &mut self,
        value: Value,
        token: Token,
        bytes: &mut usize,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Ending, Option<Value>)> {
        let begins_line = token.is_first_on_line && !value.is_quoted;
        let is_end = begins_line && value.text.eq_ignore_ascii_case("EndOfFile");
        let is_keyword = begins_line && !self.values.is_empty() && is_keyword(&value.text);
        if is_end || is_keyword {
            let message = format!("{} is not ended by `;`", self.keyword);
            diagnostics.add(
                Diagnostic::warning("semicolon-missing", token.place, message)
                    .expected("`;`")
                    .found(&value.text),
            );
            return Some(match is_end {
                true => (Ending::EndOfFile, None),
                false => (Ending::Whole, Some(value)),
            });
        }
        if value.is_quoted && value.text.contains('\n') {
            let message = format!(
                "a text of {} goes over a line break: is a quote missing?",
                self.keyword
            );
            diagnostics.add(Diagnostic::warning(
                "line-break-in-text",
                token.place,
                message,
            ));
        }
        *bytes += value.text.len();
        self.values.push(value);
        None
    }

    fn check_size(&self, bytes: usize) -> Result<(), Error> {
        if self.values.len() <= MAX_VALUES && bytes <= MAX_TEXT {
            return Ok(());
        }
        let message = format!(
            "{} has more than {MAX_VALUES} values or {MAX_TEXT} bytes",
            self.keyword
        );
        Err(Diagnostic::error("statement-too-long", self.place, message).into())
    }
}

/// A token as a value, with its text decoded.
pub(crate) fn value_of<R: Read>(lexer: &Lexer<R>, token: Token) -> Value {
    Value {
        text: decode(lexer.bytes(token)).into_owned(),
        is_quoted: token.kind == Kind::Quoted,
        place: token.place,
    }
}

/// Whether a bare word at the beginning of a line cannot be a value.
pub(crate) fn is_reserved(text: &str) -> bool {
    is_keyword(text) || text.eq_ignore_ascii_case("EndOfFile")
}

/// Whether a word is a keyword that all tools write.
fn is_keyword(text: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(text))
}
