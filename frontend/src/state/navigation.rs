//! Reading the URL's query and going places with it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};

use super::filter::UrlFilter;

/// Names and values of a query string, in its order; names may repeat.
pub type Pairs = Vec<(String, String)>;

/// The pairs of a query string without its question mark.
pub fn pairs_of(search: &str) -> Pairs {
    serde_html_form::from_str(search).unwrap_or_default()
}

/// A path with a query string; without pairs the path alone.
pub fn path_with(path: &str, pairs: &[(String, String)]) -> String {
    crate::api::with_query(path, &pairs)
}

/// The router's navigation.
type Go = Box<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// The URL's query: what it says and how to change it.
#[derive(Clone, Copy)]
pub struct UrlQuery {
    path: Memo<String>,
    pairs: Memo<Pairs>,
    go: StoredValue<Go>,
}

impl UrlQuery {
    /// The query of the current page; call it where components are made.
    pub fn here() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        Self {
            path: location.pathname,
            pairs: Memo::new(move |_| location.search.with(|search| pairs_of(search))),
            go: StoredValue::new(Box::new(move |path, options| navigate(path, options))),
        }
    }

    /// Path of the current page.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// All pairs.
    pub fn pairs(self) -> Pairs {
        self.pairs.get()
    }

    /// The last value of a name.
    pub fn value(self, name: &str) -> Option<String> {
        self.pairs.with(|pairs| last(pairs, name))
    }

    /// All values of a name.
    pub fn values(self, name: &str) -> Vec<String> {
        self.pairs.with(|pairs| {
            let of_it = pairs.iter().filter(|(kept, _)| kept == name);
            of_it.map(|(_, value)| value.clone()).collect()
        })
    }

    /// The last value of a name, read as `T`; what cannot be read counts as absent.
    pub fn parsed<T: std::str::FromStr>(self, name: &str) -> Option<T> {
        self.value(name)?.parse().ok()
    }

    /// Sets or removes values of the current page's query, without scrolling.
    pub fn set(self, changes: &[(&str, Option<String>)]) {
        self.change(changes, false);
    }

    /// As [`Self::set`], in place of the current entry of the browser's history: for typing.
    pub fn replace(self, changes: &[(&str, Option<String>)]) {
        self.change(changes, true);
    }

    /// Goes to `path`, which may carry a query, with the filter of the current page.
    pub fn go(self, path: &str) {
        let filter = UrlFilter::read(&self.pairs.get_untracked());
        self.go
            .with_value(|go| go(&keeping(path, &filter), NavigateOptions::default()));
    }

    /// Goes to `path` and leaves the filter of the current page behind.
    pub fn leave_to(self, path: &str) {
        self.go
            .with_value(|go| go(path, NavigateOptions::default()));
    }

    /// Puts other pairs in place of all of the current page's.
    pub fn set_pairs(self, pairs: &[(String, String)], replace: bool) {
        let target = path_with(&self.path.get_untracked(), pairs);
        let options = NavigateOptions {
            scroll: false,
            replace,
            ..NavigateOptions::default()
        };
        self.go.with_value(|go| go(&target, options));
    }

    fn change(self, changes: &[(&str, Option<String>)], replace: bool) {
        let mut pairs = self.pairs.get_untracked();
        for (name, value) in changes {
            pairs.retain(|(kept, _)| kept != name);
            pairs.extend(value.clone().map(|value| ((*name).to_owned(), value)));
        }
        self.set_pairs(&pairs, replace);
    }
}

/// A link to `path` that keeps the filter; `path` may carry a query of its own, which comes first.
pub fn keeping(path: &str, filter: &UrlFilter) -> String {
    let (path, own) = path.split_once('?').unwrap_or((path, ""));
    let mut pairs = pairs_of(own);
    let own_names: Vec<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
    let kept = filter
        .pairs()
        .into_iter()
        .filter(|(name, _)| !own_names.contains(name));
    pairs.extend(kept);
    path_with(path, &pairs)
}

/// The part of the page's address that the route calls `name`.
pub fn use_param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// One segment of a path, escaped: ids may hold slashes, colons and blanks.
pub fn segment(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn last(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs
        .iter()
        .rev()
        .find(|(kept, _)| kept == name)
        .map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_keeps_all_its_values() {
        let pairs = pairs_of("step=M1%20ETCH&step=M1+CMP&page=2");
        assert_eq!(pairs[0], ("step".into(), "M1 ETCH".into()));
        assert_eq!(pairs[1], ("step".into(), "M1 CMP".into()));
        assert_eq!(last(&pairs, "page").as_deref(), Some("2"));
    }

    #[test]
    fn a_link_keeps_the_filter_but_its_own_values_win() {
        let filter = UrlFilter::read(&pairs_of("step=A&step=B&lot=L1&page=4"));
        assert_eq!(
            keeping("/inspections?lot=L2", &filter),
            "/inspections?lot=L2&step=A&step=B"
        );
        assert_eq!(keeping("/wafers", &UrlFilter::default()), "/wafers");
    }

    #[test]
    fn what_a_url_cannot_hold_is_escaped_and_comes_back() {
        let pairs = vec![("step".to_owned(), "50% & more+less/é".to_owned())];
        let link = path_with("/trends", &pairs);
        assert_eq!(pairs_of(link.split_once('?').expect("a query").1), pairs);
    }
}
