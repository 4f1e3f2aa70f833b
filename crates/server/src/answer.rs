//! Answers that worked, in their envelope.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use contract::filter::Order;
use contract::{Pagination, Success};
use serde::Serialize;

use crate::error::{ApiResult, invalid};
use crate::request::meta;

/// Rows per page when the caller does not say.
const PER_PAGE: u32 = 20;
/// Rows per page at most.
const PER_PAGE_MOST: u32 = 100;

/// What was asked for; wrapped into [`Success`] on its way out.
#[derive(Debug)]
pub struct Answer<T> {
    data: T,
    pagination: Option<Pagination>,
    location: Option<String>,
}

impl<T> Answer<T> {
    /// 200 with `data`.
    pub fn of(data: T) -> Self {
        Self {
            data,
            pagination: None,
            location: None,
        }
    }

    /// 201 with `data`, which lives at `location` below the API's prefix.
    pub fn created(data: T, location: impl AsRef<str>) -> Self {
        Self {
            data,
            pagination: None,
            location: Some(format!("{}{}", contract::API_PREFIX, location.as_ref())),
        }
    }

    /// 200 with one page of a list.
    pub fn page(data: T, pagination: Pagination) -> Self {
        Self {
            data,
            pagination: Some(pagination),
            location: None,
        }
    }
}

impl<V> Answer<Vec<V>> {
    /// 200 with one page of rows, each as `view` shows it.
    pub fn rows<R>(found: store::Page<R>, page: Page, view: impl FnMut(R) -> V) -> Self {
        let pagination = page.within(found.total, None);
        Self::page(found.rows.into_iter().map(view).collect(), pagination)
    }
}

/// Reads `sort` and `order`: one of `words`, the first where none is given, and its direction.
///
/// # Errors
/// Names the values that `sort` may have.
pub fn sorting<S: Copy>(
    sort: Option<&str>,
    words: &[(&str, S)],
    order: Option<Order>,
    default_order: Order,
) -> ApiResult<(S, store::Order)> {
    let order = match order.unwrap_or(default_order) {
        Order::Asc => store::Order::Ascending,
        Order::Desc => store::Order::Descending,
    };
    let found = match sort {
        None => words.first(),
        Some(word) => words.iter().find(|(name, _)| *name == word),
    };
    let (_, by) = found.ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let rule = format!("has to be one of {}", names.join(", "));
        invalid("sort", sort.unwrap_or_default(), rule)
    })?;
    Ok((*by, order))
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(location) = self.location {
            response.status(StatusCode::CREATED);
            response.insert_header((header::LOCATION, location));
        }
        response.json(Success {
            success: true,
            data: self.data,
            meta: meta(),
            pagination: self.pagination,
        })
    }
}

/// 204: done, and nothing to say.
#[derive(Debug)]
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// Which part of a list is asked for; can only be made valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: u32,
    per_page: u32,
}

impl Page {
    /// Reads `page` (from 1, default 1) and `per_page` (1 to 100, default 20).
    ///
    /// # Errors
    /// Names the parameter that is out of its range.
    pub fn read(page: Option<u32>, per_page: Option<u32>) -> ApiResult<Self> {
        let (number, per_page) = (page.unwrap_or(1), per_page.unwrap_or(PER_PAGE));
        if number == 0 {
            return Err(invalid("page", number, "has to be 1 or more"));
        }
        if !(1..=PER_PAGE_MOST).contains(&per_page) {
            return Err(invalid(
                "per_page",
                per_page,
                format!("has to lie between 1 and {PER_PAGE_MOST}"),
            ));
        }
        Ok(Self { number, per_page })
    }

    /// The page as the database is asked for it.
    pub fn paging(self) -> store::Paging {
        store::Paging {
            page: self.number,
            per_page: self.per_page,
        }
    }

    /// What the answer says about its place in a list of `total` rows.
    pub fn within(self, total: i64, next_cursor: Option<String>) -> Pagination {
        let total = u64::try_from(total).unwrap_or_default();
        let pages = total.div_ceil(u64::from(self.per_page));
        Pagination {
            page: self.number,
            per_page: self.per_page,
            total,
            total_pages: u32::try_from(pages).unwrap_or(u32::MAX),
            next_cursor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_hundred_rows_a_page_are_refused() {
        assert!(Page::read(None, Some(100)).is_ok());
        assert!(Page::read(None, Some(101)).is_err());
        assert!(Page::read(None, Some(0)).is_err());
        assert!(Page::read(Some(0), None).is_err());
    }

    #[test]
    fn an_unknown_sort_is_refused_with_the_known_ones() {
        let words = [("name", 1), ("age", 2)];
        let sorted = |sort| sorting(sort, &words, None, Order::Desc);
        assert!(matches!(sorted(None), Ok((1, store::Order::Descending))));
        assert!(matches!(sorted(Some("age")), Ok((2, _))));
        let refusal = sorted(Some("size")).expect_err("is unknown").to_string();
        assert_eq!(refusal, "`sort` has to be one of name, age");
    }

    #[test]
    fn a_last_page_that_is_not_full_counts_as_a_page() {
        let page = Page::read(Some(3), Some(10)).expect("is valid");
        assert_eq!(page.within(21, None).total_pages, 3);
        assert_eq!(page.within(0, None).total_pages, 0);
    }
}
