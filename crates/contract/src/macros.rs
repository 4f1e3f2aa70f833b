//! The attributes that every type of the API carries, in one place.

/// Declares types that cross HTTP: serde both ways, unknown fields refused, schema for OpenAPI.
macro_rules! api {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($body)* }
    )+};
}

/// Declares a closed list of words as the API writes them, with `as_str`, `Display`, `FromStr` and `ALL`.
macro_rules! words {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[allow(missing_docs, reason = "a variant without a doc is what its word says")]
        pub enum $name { $($(#[doc = $vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it crosses HTTP.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!("`{other}` is none of {}", [$($word),+].join(", "))),
                }
            }
        }

        // Not derived: utoipa cannot see through a macro to the words that serde writes.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let words = [$(($word, concat!($($vdoc),*))),+];
                crate::schema::words(concat!($($doc),*), &words)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

/// Declares the query string of a list or an analysis. Every field is optional or a list
/// (`step=A&step=B`); a name that is not listed is refused.
macro_rules! query {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
        #[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(
                $(#[$fmeta])*
                #[serde(skip_serializing_if = "crate::filter::Absent::is_absent")]
                #[cfg_attr(feature = "openapi", param(required = false))]
                pub $field: $ty,
            )*
        }
    };
}

/// A [`query!`] that also takes the filter bar: window, step, product, lot, wafer, tool, type, element, killers, attributes.
macro_rules! filtered_query {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident : $ty:ty),* $(,)? }) => {
        query! {
            $(#[$meta])*
            pub struct $name {
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
                /// Chemical elements: only defects whose spectra speak for one of them with a weight of 0.5
                /// or more are counted. Defects without a spectrum are not, whatever they are made of.
                pub element: Vec<String>,
                /// `true` counts only defects of killer types. Default `false`.
                pub killers: Option<bool>,
                /// `true` counts only adders: defects that no earlier inspection of the same wafer saw at the same place. Default `false`.
                pub adders: Option<bool>,
                /// Attributes of the inspection as delivered, each `name=value`, for example `chamber=PVD-01 B`: several
                /// values of one name are alternatives, different names must all hold.
                pub attribute: Vec<String>,
                /// `true` also counts inspections that a later one of the same wafer at the same
                /// step has replaced. Default `false`.
                pub superseded: Option<bool>,
                $($(#[$fmeta])* pub $field: $ty,)*
            }
        }

        impl $name {
            /// The part that every filtered query has.
            #[must_use]
            pub fn filter(&self) -> crate::filter::Filter {
                crate::filter::Filter {
                    from: self.from,
                    to: self.to,
                    step: self.step.clone(),
                    product: self.product.clone(),
                    lot: self.lot.clone(),
                    wafer: self.wafer.clone(),
                    equipment: self.equipment.clone(),
                    defect_type: self.defect_type.clone(),
                    element: self.element.clone(),
                    killers: self.killers,
                    adders: self.adders,
                    attribute: self.attribute.clone(),
                    superseded: self.superseded,
                }
            }

            /// This query with the filter bar's values.
            #[must_use]
            pub fn with_filter(mut self, filter: &crate::filter::Filter) -> Self {
                let crate::filter::Filter { from, to, step, product, lot, wafer, equipment, defect_type, element, killers, adders, attribute, superseded } = filter.clone();
                self.from = from;
                self.to = to;
                self.step = step;
                self.product = product;
                self.lot = lot;
                self.wafer = wafer;
                self.equipment = equipment;
                self.defect_type = defect_type;
                self.element = element;
                self.killers = killers;
                self.adders = adders;
                self.attribute = attribute;
                self.superseded = superseded;
                self
            }
        }
    };
}

/// A [`query!`] that also chooses defects of a map: type, class, size, status, cluster, rectangle, zone, adders.
macro_rules! map_query {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident : $ty:ty),* $(,)? }) => {
        query! {
            $(#[$meta])*
            pub struct $name {
                /// Only these defect types.
                pub defect_type: Vec<i32>,
                /// Only these class numbers, as delivered.
                pub class_no: Vec<i32>,
                /// Only these clusters, as delivered; 0 for defects in none.
                pub cluster_no: Vec<i32>,
                /// Only these review statuses.
                pub review_status: Vec<crate::defect::ReviewStatus>,
                /// At least this size, um.
                pub min_size_um: Option<f64>,
                /// At most this size, um.
                pub max_size_um: Option<f64>,
                /// Left edge of a rectangle on the wafer, mm. Give all four edges or none.
                pub x_min_mm: Option<f64>,
                /// Right edge, mm.
                pub x_max_mm: Option<f64>,
                /// Lower edge, mm.
                pub y_min_mm: Option<f64>,
                /// Upper edge, mm.
                pub y_max_mm: Option<f64>,
                /// Inner radius of a zone, mm. Needs `outer_mm`.
                pub inner_mm: Option<f64>,
                /// Outer radius of the zone, mm.
                pub outer_mm: Option<f64>,
                /// Where the zone begins, degrees counter-clockwise from +x; default 0.
                pub from_deg: Option<f64>,
                /// How far it goes round, degrees, more than 0 and at most 360; default 360.
                pub sweep_deg: Option<f64>,
                /// `true` shows only adders: defects that no earlier inspection of the wafer saw at the same place. Of an inspection
                /// whose adders are still to be computed, which takes seconds after an import or a change, none is shown meanwhile.
                /// Default `false`.
                pub adders: Option<bool>,
                $($(#[$fmeta])* pub $field: $ty,)*
            }
        }

        impl $name {
            /// The part that chooses defects.
            #[must_use]
            pub fn choice(&self) -> crate::defect::DefectChoice {
                crate::defect::DefectChoice {
                    defect_type: self.defect_type.clone(),
                    class_no: self.class_no.clone(),
                    cluster_no: self.cluster_no.clone(),
                    review_status: self.review_status.clone(),
                    min_size_um: self.min_size_um,
                    max_size_um: self.max_size_um,
                    x_min_mm: self.x_min_mm,
                    x_max_mm: self.x_max_mm,
                    y_min_mm: self.y_min_mm,
                    y_max_mm: self.y_max_mm,
                    inner_mm: self.inner_mm,
                    outer_mm: self.outer_mm,
                    from_deg: self.from_deg,
                    sweep_deg: self.sweep_deg,
                    adders: self.adders,
                }
            }
        }
    };
}
