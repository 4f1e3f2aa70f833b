//! What requests look for.

use contract::ErrorCode;

use super::ApiError;

/// What was looked for and not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A wafer.
    Wafer,
    /// A lot.
    Lot,
    /// An inspection.
    Inspection,
    /// A defect.
    Defect,
    /// A defect type.
    DefectType,
    /// A tool.
    Equipment,
    /// A user.
    User,
    /// An import.
    Import,
    /// An image.
    Image,
    /// A spectrum.
    Spectrum,
    /// A control chart.
    ControlChart,
    /// An alert.
    Alert,
    /// A bin map.
    BinMap,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Wafer => "wafer",
            Self::Lot => "lot",
            Self::Inspection => "inspection",
            Self::Defect => "defect",
            Self::DefectType => "defect type",
            Self::Equipment => "equipment",
            Self::User => "user",
            Self::Import => "import",
            Self::Image => "image",
            Self::Spectrum => "spectrum",
            Self::ControlChart => "control chart",
            Self::Alert => "alert",
            Self::BinMap => "bin map",
        })
    }
}

impl Thing {
    pub(super) fn code(self) -> ErrorCode {
        match self {
            Self::Wafer => ErrorCode::WaferNotFound,
            Self::Lot => ErrorCode::LotNotFound,
            Self::Inspection => ErrorCode::InspectionNotFound,
            Self::Defect => ErrorCode::DefectNotFound,
            Self::DefectType => ErrorCode::DefectTypeNotFound,
            Self::Equipment => ErrorCode::EquipmentNotFound,
            Self::User => ErrorCode::UserNotFound,
            Self::Import => ErrorCode::ImportNotFound,
            Self::Image => ErrorCode::ImageNotFound,
            Self::Spectrum => ErrorCode::SpectrumNotFound,
            Self::ControlChart => ErrorCode::ControlChartNotFound,
            Self::Alert => ErrorCode::AlertNotFound,
            Self::BinMap => ErrorCode::BinMapNotFound,
        }
    }

    /// The refusal when there is no such thing.
    pub fn missing(self, id: impl ToString) -> ApiError {
        ApiError::NotFound(self, id.to_string())
    }
}
