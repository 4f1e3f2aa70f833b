//! The HTTP status of a refusal.

use actix_web::http::StatusCode;
use contract::ErrorCode;

/// Status of each reason. Without a wildcard, so that a new reason has to choose.
pub const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidInput | ErrorCode::MalformedBody => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthenticated
        | ErrorCode::TokenExpired
        | ErrorCode::InvalidCredentials
        | ErrorCode::SessionEnded => StatusCode::UNAUTHORIZED,
        ErrorCode::RoleRequired => StatusCode::FORBIDDEN,
        ErrorCode::RouteNotFound
        | ErrorCode::WaferNotFound
        | ErrorCode::LotNotFound
        | ErrorCode::InspectionNotFound
        | ErrorCode::DefectNotFound
        | ErrorCode::DefectTypeNotFound
        | ErrorCode::EquipmentNotFound
        | ErrorCode::UserNotFound
        | ErrorCode::ImageNotFound
        | ErrorCode::SpectrumNotFound
        | ErrorCode::ControlChartNotFound
        | ErrorCode::AlertNotFound
        | ErrorCode::BinMapNotFound
        | ErrorCode::ImportNotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::AlreadyExists
        | ErrorCode::InUse
        | ErrorCode::Conflict
        | ErrorCode::NotRunning
        | ErrorCode::LastAdmin => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_status_of_a_refusal() {
        for code in ErrorCode::ALL {
            assert!(status(*code).as_u16() >= 400, "{code}");
        }
    }
}
