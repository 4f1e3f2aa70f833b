//! The filter bar: what every list of inspections and every analysis can be narrowed by.

query! {
    /// Time window, step, product, lot, wafer, tool and defect type, as the filter bar holds them.
    pub struct Filter {
        /// First moment of the window, inclusive, RFC 3339.
        pub from: Option<chrono::DateTime<chrono::Utc>>,
        /// End of the window, exclusive, RFC 3339.
        pub to: Option<chrono::DateTime<chrono::Utc>>,
        /// Process steps (layers). Several: repeat the name.
        pub step: Vec<String>,
        /// Products (device ids).
        pub product: Vec<String>,
        /// Lots.
        pub lot: Vec<String>,
        /// Wafers.
        pub wafer: Vec<String>,
        /// Equipment ids.
        pub equipment: Vec<String>,
        /// Defect type ids: only defects of these types are counted.
        pub defect_type: Vec<i32>,
        /// Chemical elements: only defects whose spectra speak for one of them with a weight of 0.5 or more
        /// are counted. Defects without a spectrum are not, whatever they are made of.
        pub element: Vec<String>,
        /// `true` counts only defects of killer types. Default `false`.
        pub killers: Option<bool>,
        /// `true` counts only adders: defects that no earlier inspection of the same wafer saw at the same place;
        /// defects without a position are among them. Inspections whose adders are still to be computed, which takes seconds after
        /// an import or a change, are left out meanwhile. Default `false`.
        pub adders: Option<bool>,
        /// Attributes of the inspection as delivered, each `name=value`, for example `chamber=PVD-01 B`: several
        /// values of one name are alternatives, different names must all hold.
        pub attribute: Vec<String>,
        /// `true` also counts inspections that a later one of the same wafer at the same step has
        /// replaced. Default `false`.
        pub superseded: Option<bool>,
    }
}

/// A query field that was not given and so is not written into the query string.
pub(crate) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

words! {
    /// Direction of a sorted list.
    pub enum Order { Asc = "asc", Desc = "desc" }
}
