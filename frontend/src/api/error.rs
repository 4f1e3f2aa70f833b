//! What can go wrong between the browser and the server, and what to tell about it.

use contract::{ErrorCode, Failure};

/// Why a request gave no data.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// The server said no, and why.
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's explanation.
        failure: Box<Failure>,
    },
    /// No answer: server or network is gone.
    Unreachable,
    /// An answer that this version of the application does not understand.
    Unreadable(String),
    /// The user stopped it.
    Cancelled,
}

impl ApiError {
    /// The reason from the API's closed list, where the server gave one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { failure, .. } => Some(failure.error.code),
            _ => None,
        }
    }

    /// Whether nobody is signed in any more.
    pub fn ends_session(&self) -> bool {
        matches!(
            self.code(),
            Some(ErrorCode::Unauthenticated | ErrorCode::SessionEnded | ErrorCode::TokenExpired)
        )
    }

    /// The role is too small: another state than a fault.
    pub fn is_no_permission(&self) -> bool {
        self.code() == Some(ErrorCode::RoleRequired)
    }

    /// The thing asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// What happened, in one sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Refused { failure, .. } => sentence(&failure.error.message),
            Self::Unreachable => "The server does not answer.".to_owned(),
            Self::Unreadable(what) => format!("The server's answer could not be read ({what})."),
            Self::Cancelled => "Stopped.".to_owned(),
        }
    }

    /// What to do about it; empty where the message says it all.
    pub fn advice(&self) -> &'static str {
        let Some(code) = self.code() else {
            return match self {
                Self::Unreachable => {
                    "Check the network, or whether the server runs; then try again."
                }
                Self::Unreadable(_) => "The server may have been updated: reload the page.",
                _ => "",
            };
        };
        advice(code)
    }

    /// Field that a refusal is about, where it names one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused { failure, .. } => failure.error.details.get("field")?.as_str(),
            _ => None,
        }
    }

    /// Id under which the server's log has the request.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { failure, .. } => Some(&failure.meta.request_id),
            _ => None,
        }
    }
}

/// Advice for every reason of the API; a new reason has to choose.
fn advice(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidInput => "Correct the value and send it again.",
        ErrorCode::MalformedBody
        | ErrorCode::MethodNotAllowed
        | ErrorCode::RangeNotSatisfiable
        | ErrorCode::UnsupportedMediaType => {
            "The application and the server do not fit together: reload the page."
        }
        ErrorCode::Unauthenticated | ErrorCode::TokenExpired | ErrorCode::SessionEnded => {
            "Sign in again."
        }
        ErrorCode::InvalidCredentials => "Check both; capital letters count in the password.",
        ErrorCode::RoleRequired => "Ask an administrator for the role that you need.",
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
        | ErrorCode::ImportNotFound => "It may have been deleted, or the link is incomplete.",
        ErrorCode::AlreadyExists => "Choose another name.",
        ErrorCode::InUse => "Remove what refers to it first.",
        ErrorCode::Conflict => "Somebody else has changed it: reload, look, and change it again.",
        ErrorCode::NotRunning => "It has ended already.",
        ErrorCode::LastAdmin => "Make somebody else administrator first.",
        ErrorCode::TooLarge => "Send fewer or smaller files at a time.",
        ErrorCode::RateLimited => "Wait a minute, then try again.",
        ErrorCode::Internal => {
            "Try again; if it happens again, tell an administrator the request id."
        }
        ErrorCode::Unavailable => "The database is starting or gone: try again in a moment.",
    }
}

/// Capital letter in front, full stop behind.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{end}", characters.as_str())
}

impl From<gloo_net::Error> for ApiError {
    fn from(error: gloo_net::Error) -> Self {
        match error {
            gloo_net::Error::JsError(_) => Self::Unreachable,
            other => Self::Unreadable(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_as_a_sentence() {
        assert_eq!(
            sentence("wafer `X` does not exist"),
            "Wafer `X` does not exist."
        );
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn every_reason_has_advice() {
        for code in ErrorCode::ALL {
            assert!(!advice(*code).is_empty(), "{code}");
        }
    }
}
