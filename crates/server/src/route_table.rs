//! Which methods a path takes.
//!
//! Routes are registered one by one, so actix answers an unknown method like an unknown route; the
//! API's own description knows better.

use actix_web::dev::ResourceDef;
use utoipa::openapi::OpenApi;

/// Patterns of all routes with their methods.
#[derive(Debug)]
pub struct RouteTable(Vec<(ResourceDef, String)>);

impl RouteTable {
    /// The routes of a document.
    #[must_use]
    pub fn new(document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter().map(|(path, item)| {
            let methods = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            let methods: Vec<&str> = methods
                .into_iter()
                .filter(|(_, operation)| operation.is_some())
                .map(|(name, _)| name)
                .collect();
            (ResourceDef::new(path.as_str()), methods.join(", "))
        });
        Self(routes.collect())
    }

    /// The methods of the first route that takes `path`, separated by commas.
    #[must_use]
    pub fn methods_of(&self, path: &str) -> Option<String> {
        let (_, methods) = self.0.iter().find(|(route, _)| route.is_match(path))?;
        Some(methods.clone())
    }
}
