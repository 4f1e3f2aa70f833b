//! The API described by itself: what all operations share is added here, once.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr};

use crate::auth::cookie;
use crate::request::VERSION;

/// Title, tags and shared schemas; the paths come from the routes themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "WaferMaps",
        description = "Wafer defect data: KLARF files in; control charts, Pareto, wafer maps and single defects out.\n\n\
            Sign in at `POST /api/v1/auth/login` and send the access token as `authorization: Bearer ...`. It counts 15 minutes; \
            `POST /api/v1/auth/refresh` gives the next one. Roles: `viewer` reads, `operator` also imports, `engineer` also edits, \
            `admin` also manages users and deletes.\n\n\
            Every answer is an envelope: `success`, `data` or `error`, `meta`, and `pagination` on lists. Times are UTC, lengths carry \
            their unit in the name, positions are from the wafer centre with the notch down and y up (SEMI M20).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(contract::Failure, contract::error::ErrorDetail, contract::ErrorCode, contract::Meta, contract::Pagination, contract::filter::Order,
        // Words of query strings only, which no body leads to.
        contract::analytics::RuleSet, contract::analytics::SplitBy, contract::spatial::RingDivision)),
    tags(
        (name = "auth", description = "Signing in, staying signed in, signing out"),
        (name = "users", description = "The people who use the system"),
        (name = "imports", description = "Inspection files in, a report on each out"),
        (name = "wafers", description = "Wafers and their history"),
        (name = "lots", description = "Lots, as their wafers and inspections show them"),
        (name = "inspections", description = "One wafer, one step, one pass on one tool"),
        (name = "defects", description = "Single defects"),
        (name = "images", description = "Images of defects"),
        (name = "spectra", description = "EDX spectra of defects and the elements they speak for"),
        (name = "bin-maps", description = "Wafer bin maps of electrical test, on the die grid of inspections"),
        (name = "defect-types", description = "The names under which defects are counted"),
        (name = "equipment", description = "The tools that inspect, measure and review"),
        (name = "analytics", description = "Trends, control charts, Pareto, wafer maps"),
        (name = "control-charts", description = "Control charts that engineers own: definitions, limits with versions"),
        (name = "alerts", description = "Control charts that imports broke: open, acknowledged, resolved"),
        (name = "live", description = "What happens, as it happens"),
        (name = "audit", description = "Who changed what, when, from where"),
        (name = "health", description = "Whether the server is there and can work")
    )
)]
struct Base;

/// The document without paths, as routes are added to it.
#[must_use]
pub fn base() -> Document {
    let mut document = Base::openapi();
    document.info.version = VERSION.to_owned();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "bearer",
        SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .description(Some("The access token of a sign-in"))
                .build(),
        ),
    );
    components.add_security_scheme(
        "refresh_cookie",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            cookie::NAME,
            "The refresh token of a sign-in",
        ))),
    );
    document
}

/// Adds the refusals that any operation can answer with.
#[must_use]
pub fn complete(mut document: Document) -> Document {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_refusals(operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

fn add_refusals(operation: &mut Operation) {
    let takes_input = operation.request_body.is_some() || operation.parameters.is_some();
    if takes_input {
        add(operation, "400", "`INVALID_INPUT` or `MALFORMED_BODY`");
    }
    if operation.request_body.is_some() {
        add(operation, "413", "`TOO_LARGE`");
        add(operation, "415", "`UNSUPPORTED_MEDIA_TYPE`");
    }
    if asks_for(operation, "bearer") {
        add(operation, "401", "`UNAUTHENTICATED` or `TOKEN_EXPIRED`");
    }
    add(operation, "500", "`INTERNAL`");
    add(operation, "503", "`UNAVAILABLE`");
}

/// Whether an operation takes the security scheme.
fn asks_for(operation: &Operation, scheme: &str) -> bool {
    let requirements = serde_json::to_value(&operation.security).unwrap_or_default();
    let mut requirements = requirements.as_array().into_iter().flatten();
    requirements.any(|requirement| requirement.get(scheme).is_some())
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let failure = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Failure")))
        .build();
    let response = ResponseBuilder::new()
        .description(description)
        .content("application/json", failure)
        .build();
    let responses = &mut operation.responses.responses;
    responses
        .entry(status.to_owned())
        .or_insert(RefOr::T(response));
}

/// The whole document.
#[must_use]
pub fn document() -> Document {
    crate::app::describe()
}

/// The whole document as it is checked in: pretty, with a line break at its end.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn text() -> serde_json::Result<String> {
    Ok(document().to_pretty_json()? + "\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn in_workspace(path: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(path)
    }

    #[test]
    fn the_document_in_the_repository_is_the_one_the_code_makes() {
        let kept = std::fs::read_to_string(in_workspace("openapi/openapi.json"));
        let made = text().expect("is written");
        assert!(
            kept.is_ok_and(|kept| kept == made),
            "rewrite it: cargo run -p server -- openapi > openapi/openapi.json"
        );
    }

    /// Handlers in the files of a folder and of those in it.
    fn handlers(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).expect("is there");
        let paths = entries.map(|entry| entry.expect("is there").path());
        let of = |path: std::path::PathBuf| match path.is_dir() {
            true => handlers(&path),
            false => {
                let source = std::fs::read_to_string(path).expect("is text");
                source.matches("#[utoipa::path").count()
            }
        };
        paths.map(of).sum()
    }

    #[test]
    fn no_handler_is_missing_in_the_document() {
        let handlers = handlers(&in_workspace("crates/server/src/routes"));
        let mut document = document();
        let described: usize = document
            .paths
            .paths
            .values_mut()
            .map(|item| operations(item).count())
            .sum();
        assert_eq!(handlers, described);
        assert!(handlers > 10);
    }

    #[test]
    fn each_operation_has_a_summary_of_one_line_a_known_tag_and_codes_for_its_refusals() {
        let mut document = document();
        let tags: Vec<String> = document
            .tags
            .iter()
            .flatten()
            .map(|t| t.name.clone())
            .collect();
        for (path, item) in &mut document.paths.paths {
            for operation in operations(item) {
                let summary = operation.summary.as_deref().unwrap_or_default();
                assert!(
                    !summary.is_empty() && !summary.contains('\n'),
                    "{path}: {summary}"
                );
                let own = operation.tags.iter().flatten();
                assert!(
                    own.clone().count() == 1 && own.clone().all(|t| tags.contains(t)),
                    "{path}"
                );
                for (status, response) in &operation.responses.responses {
                    let RefOr::T(response) = response else {
                        continue;
                    };
                    let has_code = response.description.contains('`');
                    let is_health = path.starts_with("/health");
                    assert!(
                        !status.starts_with('4') || has_code || is_health,
                        "{path} {status}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(document()).expect("is JSON");
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap_or_default();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn words_are_described_as_they_cross_http() {
        let document = serde_json::to_value(document()).expect("is JSON");
        let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
        assert_eq!(
            words("Role"),
            serde_json::json!(["viewer", "operator", "engineer", "admin"])
        );
        assert_eq!(words("ErrorCode")[0], "INVALID_INPUT");
    }

    #[test]
    fn every_scheme_that_an_operation_asks_for_is_declared() {
        let mut document = document();
        let declared = document
            .components
            .take()
            .expect("there are some")
            .security_schemes;
        let asked: Vec<String> = document
            .paths
            .paths
            .values_mut()
            .flat_map(|item| {
                operations(item)
                    .filter_map(|o| o.security.clone())
                    .collect::<Vec<_>>()
            })
            .flatten()
            .flat_map(|requirement| {
                let value = serde_json::to_value(requirement).expect("is JSON");
                value
                    .as_object()
                    .expect("is an object")
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(!asked.is_empty() && asked.iter().all(|scheme| declared.contains_key(scheme)));
    }
}
