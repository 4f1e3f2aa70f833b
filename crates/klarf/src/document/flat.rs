//! The model of a flat file: statements in their order.

use super::Value;

/// A file of the flat family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlatDocument {
    /// All statements but `EndOfFile`, in their order.
    pub statements: Vec<Statement>,
}

/// A keyword and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    keyword: String,
    body: Body,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Its values.
    Values(Vec<Value>),
    /// The values of a table whose count is written in front of it, row by row.
    Table {
        /// Values of a row.
        width: usize,
        /// The values of all rows.
        values: Vec<Value>,
    },
    /// The rows of a `DefectList`.
    Rows(Vec<Vec<Value>>),
}

impl FlatDocument {
    /// A document that begins as readers demand: version first, time of writing second.
    pub fn new(minor: u16, date: &str, time: &str) -> Self {
        let version = [Value::from(1), Value::from(i32::from(minor))];
        let written = [Value::word(date), Value::word(time)];
        Self {
            statements: vec![
                Statement::new("FileVersion", version),
                Statement::new("FileTimestamp", written),
            ],
        }
    }
}

impl Statement {
    /// A keyword with its values. Where a table is meant, its count is the first value and is
    /// made right when it is written. Lot, device, step and wafer are always in quotes: some
    /// readers take what is between the first two.
    pub fn new(keyword: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        let keyword = keyword.into();
        let values: Vec<Value> = values.into_iter().collect();
        let body = body_of(&keyword, values);
        Self { keyword, body }
    }

    /// `DefectList` with its rows; each has as many values as `DefectRecordSpec` names, and for
    /// `IMAGELIST` a count and as many pairs of id and type.
    pub fn defect_list(rows: Vec<Vec<Value>>) -> Self {
        Self {
            keyword: "DefectList".to_owned(),
            body: Body::Rows(rows),
        }
    }

    /// The keyword.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether it is a list of column names, which is written on one line.
    pub(super) fn is_spec(&self) -> bool {
        is_spec(&self.keyword)
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword)
    }
}

/// Values a row of a counted table has.
fn table_width(keyword: &str) -> Option<usize> {
    const WIDTHS: [(&str, usize); 13] = [
        ("AlignmentImages", 4),
        ("AlignmentPoints", 3),
        ("ClassLookup", 2),
        ("ClusterClassificationList", 2),
        ("CustomWaferList", 2),
        ("DatabaseAlignmentMarks", 5),
        ("DefectRecordSpec", 1),
        ("InspectedArea", 8),
        ("ProcessEquipmentIDList", 1),
        ("RemovedDieList", 2),
        ("SampleDieMap", 2),
        ("SampleTestPlan", 2),
        ("SampleTestReferencePlan", 4),
    ];
    let known = WIDTHS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(keyword));
    known
        .map(|(_, width)| *width)
        .or(is_spec(keyword).then_some(1))
}

fn is_spec(keyword: &str) -> bool {
    [
        "DefectRecordSpec",
        "SummarySpec",
        "TestParametersSpec",
        "DefectClusterSpec",
    ]
    .iter()
    .any(|spec| spec.eq_ignore_ascii_case(keyword))
}

fn body_of(keyword: &str, mut values: Vec<Value>) -> Body {
    if ["LotID", "DeviceID", "StepID", "WaferID"]
        .iter()
        .any(|id| id.eq_ignore_ascii_case(keyword))
    {
        return Body::Values(
            values
                .iter()
                .map(|value| Value::text(value.as_str()))
                .collect(),
        );
    }
    match table_width(keyword) {
        Some(width)
            if values
                .first()
                .is_some_and(|count| count.as_str().parse::<u64>().is_ok())
                && (values.len() - 1).is_multiple_of(width) =>
        {
            values.remove(0);
            Body::Table { width, values }
        }
        _ => Body::Values(values),
    }
}
