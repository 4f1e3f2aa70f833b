//! SQL text put together from parts, with its values beside it.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::Result;

/// A statement in the making: text is ours, values are bound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Appends text. It never holds a value that came from outside.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Appends a condition that one of `columns` contains `search`, whatever the case of its letters.
    pub fn and_contains(&mut self, columns: &[&str], search: Option<&str>) -> &mut Self {
        let Some(search) = search.filter(|search| !search.is_empty()) else {
            return self;
        };
        let pattern = format!(
            "%{}%",
            search
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        self.push(" and concat_ws(E'\\n', ")
            .push(&columns.join(", "))
            .push(") ilike ")
            .bind(pattern)
    }

    /// Appends ` and <condition> <value>` where there is a value.
    pub fn and(&mut self, condition: &str, value: Option<impl Into<Value>>) -> &mut Self {
        match value {
            Some(value) => self.push(" and ").push(condition).push(" ").bind(value),
            None => self,
        }
    }

    /// Appends ` and <column> = any(<values>)` where there are values.
    pub fn and_any<T>(&mut self, column: &str, values: &[T]) -> &mut Self
    where
        T: Clone,
        Vec<T>: Into<Value>,
    {
        if values.is_empty() {
            return self;
        }
        self.push(" and ")
            .push(column)
            .push(" = any(")
            .bind(values.to_vec())
            .push(")")
    }

    /// Appends a table of keys of defects, to be followed by its alias: columns `inspection_id` and `defect_no`.
    pub fn keys(&mut self, defects: &[(Uuid, i32)]) -> &mut Self {
        let (inspections, numbers): (Vec<Uuid>, Vec<i32>) = defects.iter().copied().unzip();
        self.push("(select * from unnest(")
            .bind(inspections)
            .push(", ")
            .bind(numbers)
            .push(") u(inspection_id, defect_no))")
    }

    pub fn statement(self) -> Statement {
        Statement::from_sql_and_values(DbBackend::Postgres, self.text, self.values)
    }

    pub async fn all<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Vec<T>> {
        let rows = db.query_all_raw(self.statement()).await?;
        Ok(rows
            .iter()
            .map(|row| T::from_query_result(row, ""))
            .collect::<std::result::Result<_, _>>()?)
    }

    pub async fn one<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Option<T>> {
        let row = db.query_one_raw(self.statement()).await?;
        Ok(row.map(|row| T::from_query_result(&row, "")).transpose()?)
    }

    /// The one number that the statement selects, 0 where it selects none.
    pub async fn number(self, db: &impl ConnectionTrait) -> Result<i64> {
        let row = db.query_one_raw(self.statement()).await?;
        Ok(row
            .map(|row| row.try_get_by_index::<Option<i64>>(0))
            .transpose()?
            .flatten()
            .unwrap_or(0))
    }

    /// The one column of text that the statement selects.
    pub async fn texts(self, db: &impl ConnectionTrait) -> Result<Vec<String>> {
        let rows = db.query_all_raw(self.statement()).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect::<std::result::Result<_, sea_orm::DbErr>>()?)
    }

    /// Runs the statement and returns how many rows it touched.
    pub async fn execute(self, db: &impl ConnectionTrait) -> Result<u64> {
        Ok(db.execute_raw(self.statement()).await?.rows_affected())
    }
}
