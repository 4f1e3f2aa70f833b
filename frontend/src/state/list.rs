//! A list of the API: which page of it, in which order, found by which text. All of it in the URL.

use contract::filter::Order;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::navigation::{Pairs, UrlQuery, pairs_of, path_with};
use super::remote::Remote;
use crate::api::{Api, ApiError, Listed};

/// Rows per page that a user can choose.
pub const PER_PAGE: [u32; 3] = [20, 50, 100];
/// Rows that one export takes at most.
const EXPORT_ROWS: u64 = 20_000;

/// One list of a page. `T` is its row.
pub struct List<T: Send + Sync + 'static> {
    /// The rows at hand.
    pub rows: Remote<Listed<T>>,
    request: Memo<Option<String>>,
    query: UrlQuery,
    api: Api,
}

impl<T: Send + Sync + 'static> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for List<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> List<T> {
    /// Lists what `request` asks for: a path with a query that names neither page nor order, or
    /// `None` while that is not known.
    pub fn new(request: impl Fn(UrlQuery) -> Option<String> + Send + Sync + 'static) -> Self {
        let query = UrlQuery::here();
        let request = Memo::new(move |_| {
            let base = request(query)?;
            let (path, own) = base.split_once('?').unwrap_or((&base, ""));
            let mut pairs = pairs_of(own);
            for name in ["sort", "order"] {
                pairs.extend(query.value(name).map(|value| (name.to_owned(), value)));
            }
            Some(path_with(path, &pairs))
        });
        let api = Api::here();
        let rows = Remote::new(
            move || {
                let page = query.parsed("page").unwrap_or(1);
                Some(with_page(
                    &request.get()?,
                    page,
                    query.parsed("per_page").unwrap_or(PER_PAGE[0]),
                ))
            },
            move |path: String| async move { api.list::<T>(&path).await },
        );
        Self {
            rows,
            request,
            query,
            api,
        }
    }

    /// Rows per page.
    pub fn per_page(self) -> u32 {
        self.query.parsed("per_page").unwrap_or(PER_PAGE[0])
    }

    /// Column and direction of the order, where the URL names them.
    pub fn order(self) -> Option<(String, Order)> {
        Some((
            self.query.value("sort")?,
            self.query.parsed("order").unwrap_or(Order::Asc),
        ))
    }

    /// Orders by a column; by the one that orders already: the other way round.
    pub fn sort_by(self, column: &str, default: (&'static str, Order)) {
        let now = untrack(|| self.order()).unwrap_or((default.0.to_owned(), default.1));
        let order = match now {
            (sorted, Order::Asc) if sorted == column => Order::Desc,
            _ => Order::Asc,
        };
        self.query.set(&[
            ("sort", Some(column.to_owned())),
            ("order", Some(order.to_string())),
            ("page", None),
        ]);
    }

    /// Goes to a page.
    pub fn go_to(self, page: u32) {
        self.query
            .set(&[("page", (page > 1).then(|| page.to_string()))]);
    }

    /// Changes the rows per page and goes to the first.
    pub fn set_per_page(self, rows: u32) {
        self.query
            .set(&[("per_page", Some(rows.to_string())), ("page", None)]);
    }

    /// All rows under the filter, page by page, at most 20,000; `progress` gets rows read and rows in all.
    pub async fn all(self, progress: impl Fn(u64, u64)) -> Result<Vec<T>, ApiError> {
        let Some(request) = self.request.get_untracked() else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for page in 1.. {
            let listed = self.api.list::<T>(&with_page(&request, page, 100)).await?;
            let total = listed.pagination.total.min(EXPORT_ROWS);
            let ended = listed.rows.is_empty();
            rows.extend(listed.rows);
            progress(rows.len() as u64, total);
            if ended || rows.len() as u64 >= total {
                break;
            }
        }
        Ok(rows)
    }
}

fn with_page(request: &str, page: u32, per_page: u32) -> String {
    let (path, own) = request.split_once('?').unwrap_or((request, ""));
    let mut pairs: Pairs = pairs_of(own);
    pairs.extend([
        ("page".to_owned(), page.to_string()),
        ("per_page".to_owned(), per_page.to_string()),
    ]);
    path_with(path, &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_added_to_what_the_request_says() {
        assert_eq!(with_page("/wafers", 2, 20), "/wafers?page=2&per_page=20");
        assert_eq!(
            with_page("/wafers?lot=A&lot=B", 1, 50),
            "/wafers?lot=A&lot=B&page=1&per_page=50"
        );
    }
}
