//! Pareto.

words! {
    /// What a Pareto counts by.
    pub enum ParetoBy {
        /// Defect type.
        Type = "type",
        /// Process step.
        Step = "step",
        /// Tool.
        Equipment = "equipment",
        /// Product.
        Product = "product",
        /// Lot.
        Lot = "lot",
        /// Chemical element: defects whose spectra speak for it; one with several elements counts in each.
        Element = "element",
    }
}

words! {
    /// What a Pareto ranks by.
    pub enum ParetoWeight {
        /// Defects.
        Count = "count",
        /// Defects per cm2 of the inspected area.
        Density = "density",
        /// Wafers with at least one such defect.
        Wafers = "wafers",
        /// Defects times severity.
        Severity = "severity",
        /// Defects of killer types only.
        Killers = "killers",
    }
}

api! {
    /// A Pareto.
    pub struct Pareto {
        /// What it counts by.
        pub by: ParetoBy,
        /// What it ranks by.
        pub weight: ParetoWeight,
        /// Rows, largest first.
        pub rows: Vec<ParetoRow>,
        /// Sum of the ranked values (for wafers and density: of the rows).
        pub total: f64,
        /// Defects in all.
        pub defects: i64,
        /// Leading rows that together reach 80 percent.
        pub vital_few: u32,
    }

    /// One bar of a Pareto.
    pub struct ParetoRow {
        /// Key to filter by: the type's id, or the step, tool, product or lot.
        pub key: String,
        /// What to write at the bar.
        pub label: String,
        /// Colour of the type; absent for other Paretos.
        pub colour: Option<String>,
        /// Ranked value.
        pub value: f64,
        /// Percent of the total.
        pub percent: f64,
        /// Percent of this and all larger rows.
        pub cumulative_percent: f64,
        /// Defects.
        pub count: i64,
        /// Wafers with at least one.
        pub wafers: i64,
        /// Inspections with at least one.
        pub inspections: i64,
        /// Severity of the type; absent for other Paretos.
        pub severity: Option<i32>,
        /// Killer type.
        pub killer: bool,
    }
}

filtered_query! {
    /// What a Pareto shows.
    pub struct ParetoQuery {
        /// Default `type`.
        pub by: Option<ParetoBy>,
        /// Default `count`.
        pub weight: Option<ParetoWeight>,
        /// Rows, 1 to 100, default 30; the rest is summed in a row `other`.
        pub limit: Option<u32>,
    }
}
