//! The columns of a defect list and what the known ones mean.

use serde::Serialize;

/// What a known column holds. All other columns are kept as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    DefectId,
    X,
    Y,
    XRel,
    YRel,
    XIndex,
    YIndex,
    XSize,
    YSize,
    Area,
    Size,
    Class,
    Test,
    Cluster,
    RoughBin,
    FineBin,
    ReviewSample,
    ImageCount,
    ImageList,
    Other,
}

impl Role {
    fn of(name: &str) -> Self {
        match name.to_ascii_uppercase().as_str() {
            "DEFECTID" => Self::DefectId,
            "X" => Self::X,
            "Y" => Self::Y,
            "XREL" => Self::XRel,
            "YREL" => Self::YRel,
            "XINDEX" => Self::XIndex,
            "YINDEX" => Self::YIndex,
            "XSIZE" => Self::XSize,
            "YSIZE" => Self::YSize,
            "DEFECTAREA" => Self::Area,
            "DSIZE" => Self::Size,
            "CLASSNUMBER" => Self::Class,
            "TEST" => Self::Test,
            "CLUSTERNUMBER" => Self::Cluster,
            "ROUGHBINNUMBER" => Self::RoughBin,
            "FINEBINNUMBER" => Self::FineBin,
            "REVIEWSAMPLE" => Self::ReviewSample,
            "IMAGECOUNT" => Self::ImageCount,
            "IMAGELIST" => Self::ImageList,
            _ => Self::Other,
        }
    }
}

/// One column of a defect list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Name as the file writes it.
    pub name: String,
    /// Type that a 1.8 file declares: `int32`, `float`, `double`, `string`, `ImageList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_type: Option<String>,
    #[serde(skip)]
    pub(crate) role: Role,
}

impl Column {
    /// A column of the flat family, whose types are known by name only.
    pub(crate) fn flat(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            declared_type: None,
            role: Role::of(name),
        }
    }

    /// A column of a 1.8 file. Whatever its name, one of type `ImageList` holds images.
    pub(crate) fn declared(kind: &str, name: &str) -> Self {
        let role = match Role::of(name) {
            _ if kind.eq_ignore_ascii_case("ImageList") => Role::ImageList,
            Role::ImageList => Role::Other,
            role => role,
        };
        Self {
            name: name.to_owned(),
            declared_type: Some(kind.to_owned()),
            role,
        }
    }
}

/// The columns of a defect list, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Columns {
    columns: Vec<Column>,
    /// The roles again, close together: they are asked for once a cell.
    #[serde(skip)]
    roles: Vec<Role>,
}

impl Columns {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let roles = columns.iter().map(|column| column.role).collect();
        Self { columns, roles }
    }

    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// All columns, in the file's order.
    pub fn as_slice(&self) -> &[Column] {
        &self.columns
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Where a column stands, by its name in any case.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }
}
