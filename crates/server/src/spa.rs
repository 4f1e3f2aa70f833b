//! The web pages: files of `dist/`, as trunk built them.
//!
//! A name with a hash never changes its content and is kept for ever; `index.html` is asked for anew
//! each time and answers every path that is no file, so that each view is a link.

use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::time::SystemTime;

use actix_files::NamedFile;
use actix_web::http::Method;
use actix_web::http::header::{self, ContentEncoding, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult};

/// The pages and the entry page as last read.
#[derive(Debug)]
pub struct Spa {
    dist: PathBuf,
    index: RwLock<Option<Index>>,
}

/// The entry page and the policy under which it may run its scripts.
#[derive(Clone, Debug)]
struct Index {
    written: SystemTime,
    html: String,
    policy: HeaderValue,
}

impl Spa {
    /// Pages below `dist`, which may come into being later.
    #[must_use]
    pub fn new(dist: PathBuf) -> Self {
        Self {
            dist,
            index: RwLock::new(None),
        }
    }

    /// Answers a path that is no route of the API.
    ///
    /// # Errors
    /// [`ApiError::RouteNotFound`] for a file that is not there, or another method than GET and HEAD.
    pub fn answer(&self, req: &HttpRequest) -> ApiResult<HttpResponse> {
        let path = req.path();
        let missing = || ApiError::RouteNotFound(path.to_owned());
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Err(missing());
        }
        if !is_file(path) {
            return Ok(self.entry_page().unwrap_or_else(not_built));
        }
        let file = safe_path(path).ok_or_else(missing)?;
        self.file(req, &file).ok_or_else(missing)
    }

    /// A file, compressed beforehand where the client takes it so.
    fn file(&self, req: &HttpRequest, name: &str) -> Option<HttpResponse> {
        let plain = self.dist.join(name);
        let (file, encoding) = open(&plain, req.headers())?;
        let kind = actix_files::file_extension_to_mime(extension(&plain));
        let mut file = file.set_content_type(kind).prefer_utf8(true);
        if let Some(encoding) = encoding {
            file = file.set_content_encoding(encoding);
        }
        let mut response = file.into_response(req);
        let kept = match has_hash(name) {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }

    /// The entry page, read again when trunk has written it again.
    fn entry_page(&self) -> Option<HttpResponse> {
        let path = self.dist.join("index.html");
        let written = std::fs::metadata(&path).ok()?.modified().ok()?;
        let known = self.index.read().ok()?.clone();
        let index = match known.filter(|index| index.written == written) {
            Some(index) => index,
            None => {
                let index = Index::read(&path, written)?;
                *self.index.write().ok()? = Some(index.clone());
                index
            }
        };
        Some(
            HttpResponse::Ok()
                .content_type("text/html; charset=utf-8")
                .insert_header((header::CACHE_CONTROL, "no-cache"))
                .insert_header((header::CONTENT_SECURITY_POLICY, index.policy))
                .body(index.html),
        )
    }
}

impl Index {
    fn read(path: &Path, written: SystemTime) -> Option<Self> {
        let html = std::fs::read_to_string(path).ok()?;
        let policy = HeaderValue::from_str(&policy(&html)).ok()?;
        Some(Self {
            written,
            html,
            policy,
        })
    }
}

/// The Content-Security-Policy of a page: own files, WebAssembly, and exactly its inline scripts.
/// Inline styles are allowed because charts and components set them.
fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| {
            format!(
                " 'sha256-{}'",
                BASE64_STANDARD.encode(Sha256::digest(script))
            )
        })
        .collect();
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; \
         object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The texts of the script elements that have no `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

/// Endings of the files that a build makes. A path with another ending is a view: ids hold points too.
const FILE_ENDINGS: [&str; 14] = [
    "js", "css", "wasm", "map", "json", "txt", "svg", "png", "jpg", "ico", "webp", "woff2", "br",
    "gz",
];

fn is_file(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    FILE_ENDINGS.contains(&extension(Path::new(last)))
}

/// The path below `dist` if it is made of plain names only: letters, digits, `-`, `_`, `.`, `~`.
fn safe_path(path: &str) -> Option<String> {
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let safe = |name: &&str| !name.starts_with('.') && name.chars().all(plain);
    names.iter().all(safe).then(|| names.join("/"))
}

/// Whether a part of the name is a hash of 16 hexadecimal digits, as trunk writes them.
fn has_hash(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= 16 && part.chars().all(|c| c.is_ascii_hexdigit()))
}

fn extension(path: &Path) -> &str {
    path.extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
}

/// Opens a file or its compressed sibling.
fn open(plain: &Path, headers: &HeaderMap) -> Option<(NamedFile, Option<ContentEncoding>)> {
    for (suffix, name, encoding) in [
        ("br", "br", ContentEncoding::Brotli),
        ("gz", "gzip", ContentEncoding::Gzip),
    ] {
        if !accepts(headers, name) {
            continue;
        }
        let sibling = PathBuf::from(format!("{}.{suffix}", plain.display()));
        if let Ok(file) = NamedFile::open(sibling) {
            return Some((file, Some(encoding)));
        }
    }
    let file = NamedFile::open(plain).ok()?;
    file.metadata().is_file().then_some((file, None))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|n| n.eq_ignore_ascii_case(encoding));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0"))
    })
}

/// The page shown when nobody has built the pages yet.
fn not_built() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            HeaderName::from_static("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .body(
            "<!doctype html><html lang=en><title>WaferMaps</title><h1>The pages are not built</h1>\
             <p>The API answers. Build the pages with <code>scripts/build-spa</code>, or point \
             <code>--dist</code> (<code>WAFERMAPS_DIST</code>) at the folder that holds them.</p>\
             <p><a href=/docs/>API reference</a></p></html>",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scripts_of_the_page_itself_get_a_hash() {
        let html = r#"<script type="module">alert(1)</script><script src="/a.js"></script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["alert(1)"]);
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(policy(html).contains(hash), "{}", policy(html));
    }

    #[test]
    fn an_id_with_a_point_is_a_view_and_no_file() {
        assert!(is_file("/app-0123.js") && is_file("/favicon.ico"));
        assert!(!is_file("/defects/0190c2.17") && !is_file("/wafers/LOT.1:02") && !is_file("/"));
    }

    #[test]
    fn a_path_never_leaves_its_folder() {
        assert_eq!(safe_path("/a/b-1.js").as_deref(), Some("a/b-1.js"));
        for path in [
            "/../secret.txt",
            "/a/..%2f/b.js",
            "/.env",
            "/a\\b.js",
            "/a/./b.js",
        ] {
            assert_eq!(safe_path(path), None, "{path}");
        }
    }

    #[test]
    fn names_with_a_hash_are_kept_for_ever() {
        assert!(has_hash("app-0123456789abcdef_bg.wasm"));
        assert!(!has_hash("favicon.svg"));
    }
}
