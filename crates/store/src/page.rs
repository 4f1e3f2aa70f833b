//! Pages of lists.

use crate::sql::Sql;

/// One page, and how many rows there are on all pages together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Rows of the page, in the order asked for.
    pub rows: Vec<T>,
    /// Rows on all pages.
    pub total: i64,
}

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub page: u32,
    /// Rows a page.
    pub per_page: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            page: 1,
            per_page: 20,
        }
    }
}

/// Direction of a sorted list. Rows without the value come last either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Order {
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Ascending => " asc nulls last",
            Self::Descending => " desc nulls last",
        }
    }
}

impl Paging {
    pub(crate) fn push(self, sql: &mut Sql) {
        let offset = i64::from(self.page.saturating_sub(1)) * i64::from(self.per_page);
        sql.push(" limit ")
            .bind(i64::from(self.per_page))
            .push(" offset ")
            .bind(offset);
    }
}
