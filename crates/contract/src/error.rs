//! What went wrong, in a form that programs can act on.

use crate::envelope::Meta;

words! {
    /// The closed list of reasons for a refusal.
    pub enum ErrorCode {
        /// A field, a query value or a path value breaks its rule; `details` name it. Status 400 or 422.
        InvalidInput = "INVALID_INPUT",
        /// The body is not the JSON that the route takes. Status 400.
        MalformedBody = "MALFORMED_BODY",
        /// No token, or one that is not ours. Status 401.
        Unauthenticated = "UNAUTHENTICATED",
        /// The access token is older than its 15 minutes: refresh it. Status 401.
        TokenExpired = "TOKEN_EXPIRED",
        /// Username or password is wrong; which of them is not told. Status 401.
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The refresh token is unknown, expired, used twice or revoked: sign in again. Status 401.
        SessionEnded = "SESSION_ENDED",
        /// The caller's role does not allow this; `details` name the role that does. Status 403.
        RoleRequired = "ROLE_REQUIRED",
        /// The route does not exist. Status 404.
        RouteNotFound = "ROUTE_NOT_FOUND",
        /// The route exists, but not with this method. Status 405.
        MethodNotAllowed = "METHOD_NOT_ALLOWED",
        /// No wafer has this id. Status 404.
        WaferNotFound = "WAFER_NOT_FOUND",
        /// No lot has this id. Status 404.
        LotNotFound = "LOT_NOT_FOUND",
        /// No inspection has this id. Status 404.
        InspectionNotFound = "INSPECTION_NOT_FOUND",
        /// No defect has this id. Status 404.
        DefectNotFound = "DEFECT_NOT_FOUND",
        /// No defect type has this id. Status 404.
        DefectTypeNotFound = "DEFECT_TYPE_NOT_FOUND",
        /// No equipment has this id. Status 404.
        EquipmentNotFound = "EQUIPMENT_NOT_FOUND",
        /// No user has this id. Status 404.
        UserNotFound = "USER_NOT_FOUND",
        /// No import has this id. Status 404.
        ImportNotFound = "IMPORT_NOT_FOUND",
        /// No image has this id. Status 404.
        ImageNotFound = "IMAGE_NOT_FOUND",
        /// No spectrum has this id. Status 404.
        SpectrumNotFound = "SPECTRUM_NOT_FOUND",
        /// No control chart has this id. Status 404.
        ControlChartNotFound = "CONTROL_CHART_NOT_FOUND",
        /// No alert has this id. Status 404.
        AlertNotFound = "ALERT_NOT_FOUND",
        /// No bin map has this id. Status 404.
        BinMapNotFound = "BIN_MAP_NOT_FOUND",
        /// Something with this key exists already; `details` name the field. Status 409.
        AlreadyExists = "ALREADY_EXISTS",
        /// Something else still refers to it; `details` say what and how many. Status 409.
        InUse = "IN_USE",
        /// It changed since it was read: read again, then write. Status 409.
        Conflict = "CONFLICT",
        /// The job has ended already. Status 409.
        NotRunning = "NOT_RUNNING",
        /// The last active admin cannot be removed, demoted or deactivated. Status 409.
        LastAdmin = "LAST_ADMIN",
        /// The body is larger than the route takes. Status 413.
        TooLarge = "TOO_LARGE",
        /// The body's media type is not one that the route takes. Status 415.
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        /// The header `range` asks for bytes beyond the end. Status 416.
        RangeNotSatisfiable = "RANGE_NOT_SATISFIABLE",
        /// Too many attempts; the header `retry-after` says when the next may come. Status 429.
        RateLimited = "RATE_LIMITED",
        /// Our fault: the log has the cause under the request id. Status 500.
        Internal = "INTERNAL",
        /// The database or the object store does not answer. Status 503.
        Unavailable = "UNAVAILABLE",
    }
}

api! {
    /// An answer that did not work.
    pub struct Failure {
        /// Always `false`.
        pub success: bool,
        /// What went wrong.
        pub error: ErrorDetail,
        /// When, by which version, under which request id.
        pub meta: Meta,
    }

    /// What went wrong: for programs (`code`), for people (`message`), and where (`details`).
    pub struct ErrorDetail {
        /// The reason, from a closed list.
        pub code: ErrorCode,
        /// One sentence for people.
        pub message: String,
        /// What it is about, for example `field`, `value` and `constraint`.
        pub details: serde_json::Map<String, serde_json::Value>,
    }
}
