//! Defect types: the names under which defects are counted.

use chrono::{DateTime, Utc};

api! {
    /// A defect type.
    pub struct DefectType {
        /// Id.
        pub defect_type_id: i32,
        /// Unique without regard to case.
        pub name: String,
        /// What it looks like.
        pub description: Option<String>,
        /// 1 (least) to 5.
        pub severity: i32,
        /// For example `particle`, `pattern`.
        pub category: Option<String>,
        /// Finer than the category.
        pub subcategory: Option<String>,
        /// `#rrggbb`, used on every chart and map.
        pub colour: String,
        /// Kills the die it lies on.
        pub killer: bool,
        /// What causes it.
        pub causes: Option<String>,
        /// What prevents it.
        pub prevention: Option<String>,
        /// Defects of this type.
        pub defect_count: i64,
        /// When it became known.
        pub created_at: DateTime<Utc>,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
    }

    /// A new defect type.
    pub struct DefectTypeCreate {
        /// 1 to 100 characters, unique without regard to case.
        pub name: String,
        /// Everything else; what is absent gets its default: severity 3, a colour by id, no killer.
        #[serde(default)]
        pub facts: DefectTypeUpdate,
    }

    /// Changes to a defect type; what is absent stays.
    #[derive(Default)]
    pub struct DefectTypeUpdate {
        /// 1 to 100 characters, unique without regard to case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// At most 2000 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// 1 to 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub severity: Option<i32>,
        /// At most 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<String>,
        /// At most 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subcategory: Option<String>,
        /// `#rrggbb`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub colour: Option<String>,
        /// Kills the die it lies on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub killer: Option<bool>,
        /// At most 2000 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub causes: Option<String>,
        /// At most 2000 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prevention: Option<String>,
    }
}

query! {
    /// Which defect types to list.
    pub struct DefectTypeQuery {
        /// Part of name, category or description.
        pub search: Option<String>,
        /// Only this category.
        pub category: Option<String>,
        /// Only killers, or only others.
        pub killer: Option<bool>,
        /// `name` (default), `severity`, `category`, `defect_count`.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
