//! Single defects.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::inspection::{Geometry, Inspection};

/// A defect's id: one opaque string for its inspection and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefectId {
    /// Inspection.
    pub inspection_id: Uuid,
    /// Number within the inspection, as delivered.
    pub defect_no: i32,
}

impl fmt::Display for DefectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.inspection_id.simple(), self.defect_no)
    }
}

impl FromStr for DefectId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("`{text}` is no defect id");
        let (inspection, number) = text.split_once('.').ok_or_else(fault)?;
        Ok(Self {
            inspection_id: Uuid::try_parse(inspection).map_err(|_| fault())?,
            defect_no: number.parse().map_err(|_| fault())?,
        })
    }
}

impl Serialize for DefectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DefectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

words! {
    /// How far the work on a defect has come.
    pub enum ReviewStatus { Detected = "detected", Analyzed = "analyzed", Reviewed = "reviewed" }
}

api! {
    /// A defect.
    pub struct Defect {
        /// Id.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub defect_id: DefectId,
        /// Inspection that found it.
        pub inspection_id: Uuid,
        /// Number within the inspection, as delivered.
        pub defect_no: i32,
        /// Position from the wafer centre in mm, notch down; absent where the file has no geometry.
        pub x_mm: Option<f64>,
        /// Position from the wafer centre in mm, y up.
        pub y_mm: Option<f64>,
        /// Die column, as delivered.
        pub die_x: Option<i32>,
        /// Die row, as delivered.
        pub die_y: Option<i32>,
        /// Size in um; what it means is the tool's own (KLARF `DSIZE`).
        pub size_um: Option<f64>,
        /// Width of the bounding box in um.
        pub x_size_um: Option<f64>,
        /// Height of the bounding box in um.
        pub y_size_um: Option<f64>,
        /// Area in um2.
        pub area_um2: Option<f64>,
        /// Type.
        pub defect_type_id: i32,
        /// Name of the type.
        pub defect_type: String,
        /// Colour of the type, `#rrggbb`.
        pub colour: String,
        /// Class number, as delivered.
        pub class_no: Option<i32>,
        /// Rough bin, as delivered.
        pub rough_bin: Option<i32>,
        /// Fine bin, as delivered.
        pub fine_bin: Option<i32>,
        /// Cluster, 0 or absent for none.
        pub cluster_no: Option<i32>,
        /// Test (scan pass), as delivered.
        pub test_no: Option<i32>,
        /// Confidence of the classification, 0 to 1.
        pub confidence: Option<f64>,
        /// Severity 1 (least) to 5, from the type unless an engineer set it.
        pub severity: i32,
        /// How far the work on it has come.
        pub review_status: ReviewStatus,
        /// An engineer's notes.
        pub notes: Option<String>,
        /// Images that the file lists for it.
        pub image_count: Option<i32>,
        /// Images of it that are stored here.
        pub images: i32,
        /// The first of them, for a thumbnail.
        pub first_image_id: Option<Uuid>,
        /// Spectra of it that are stored here.
        pub spectra: i32,
        /// Elements for which its spectra speak with a weight of 0.5 or more, heaviest first.
        pub elements: Vec<String>,
    }

    /// A defect with everything around it.
    pub struct DefectDetail {
        /// The defect.
        pub defect: Defect,
        /// Its inspection.
        pub inspection: Inspection,
        /// The wafer's outline and die grid.
        pub geometry: Geometry,
        /// Distance from the wafer centre in mm.
        pub radius_mm: Option<f64>,
        /// Direction from the wafer centre in degrees, 0 at +x, counter-clockwise.
        pub angle_deg: Option<f64>,
        /// Columns of the file that have no field of their own: name and text, in the file's order.
        pub extra: Vec<NamedText>,
        /// Defects on the same die of the same inspection, nearest first, at most 50.
        pub same_die: Vec<Neighbour>,
        /// All defects on that die, this one included.
        pub same_die_count: i64,
        /// The defect before it in the inspection.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub previous_defect_id: Option<DefectId>,
        /// The defect after it in the inspection.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub next_defect_id: Option<DefectId>,
    }

    /// A named text.
    pub struct NamedText {
        /// Name.
        pub name: String,
        /// Text as delivered.
        pub text: String,
    }

    /// A defect and its distance from another.
    pub struct Neighbour {
        /// The defect.
        pub defect: Defect,
        /// Distance in um; absent where either has no position.
        pub distance_um: Option<f64>,
    }

    /// A new defect.
    pub struct DefectCreate {
        /// Number, unique within the inspection; absent: one more than the highest.
        #[serde(default)]
        pub defect_no: Option<i32>,
        /// Position from the wafer centre in mm, notch down, within 1.02 radii.
        pub x_mm: f64,
        /// Position from the wafer centre in mm, y up.
        pub y_mm: f64,
        /// Type; it must exist.
        pub defect_type_id: i32,
        /// 0 or more.
        #[serde(default)]
        pub size_um: Option<f64>,
        /// At most 4000 characters.
        #[serde(default)]
        pub notes: Option<String>,
    }

    /// Changes to a defect; what is absent stays.
    #[derive(Default)]
    pub struct DefectUpdate {
        /// Type; it must exist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub defect_type_id: Option<i32>,
        /// 1 to 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub severity: Option<i32>,
        /// How far the work on it has come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub review_status: Option<ReviewStatus>,
        /// At most 4000 characters; empty removes them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub notes: Option<String>,
    }

    /// One change to several defects.
    pub struct DefectReview {
        /// Defects, 1 to 500, each once.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub defect_ids: Vec<DefectId>,
        /// What to change in all of them.
        pub changes: DefectUpdate,
    }

    /// What became of a change to several defects: all or none were changed.
    pub struct DefectsReviewed {
        /// Defects that are different now; those that were so already are not counted.
        pub changed: i64,
    }

    /// Another inspection of the same wafer, and what it saw at the same spot.
    pub struct SameSpot {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Step.
        pub step_id: String,
        /// Tool.
        pub equipment_id: Option<String>,
        /// When.
        pub inspected_at: chrono::DateTime<chrono::Utc>,
        /// The nearest defect within the tolerance; absent where it saw none.
        pub defect: Option<Defect>,
        /// Its distance in um.
        pub distance_um: Option<f64>,
    }

    /// Defects as columns, one value per defect in each, in the order of inspection and number.
    #[derive(Default)]
    pub struct DefectColumns {
        /// Index into the map's inspections.
        pub inspection: Vec<u32>,
        /// Number within its inspection.
        pub defect_no: Vec<i32>,
        /// Position from the wafer centre in mm, notch down.
        pub x_mm: Vec<f64>,
        /// Position from the wafer centre in mm, y up.
        pub y_mm: Vec<f64>,
        /// Index into the map's types.
        pub kind: Vec<u32>,
        /// Size in um, 0 where unknown.
        pub size_um: Vec<f32>,
        /// Cluster, 0 for none.
        pub cluster_no: Vec<i32>,
        /// Die column, as delivered, 0 where unknown.
        pub die_x: Vec<i32>,
        /// Die row, as delivered, 0 where unknown.
        pub die_y: Vec<i32>,
    }
}

filtered_query! {
    /// Which defects to list.
    pub struct DefectQuery {
        /// Only this inspection.
        pub inspection_id: Option<Uuid>,
        /// Only these numbers of the inspection, at most 500. Several: repeat the name.
        pub defect_no: Vec<i32>,
        /// Only this die column.
        pub die_x: Option<i32>,
        /// Only this die row.
        pub die_y: Option<i32>,
        /// Only this cluster.
        pub cluster_no: Option<i32>,
        /// Only this review status.
        pub review_status: Option<ReviewStatus>,
        /// `true`: only defects with an image that is stored here; `false`: only those without.
        pub has_image: Option<bool>,
        /// `true`: only defects with a spectrum that is stored here; `false`: only those without.
        pub has_spectrum: Option<bool>,
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
        /// Within an inspection: `defect_no` (default), `size_um`, `area_um2`, `defect_type`, `x_mm`, `y_mm`, `cluster_no`, `severity`.
        /// Over several inspections: time, then number.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
        /// Rows after this place, as `next_cursor` gave it; only with the default sort.
        pub cursor: Option<String>,
    }
}

map_query! {
    /// Which defects of its inspections a map shows.
    pub struct DefectChoice {}
}

query! {
    /// Where to look for a defect on other inspections of its wafer.
    pub struct SameSpotQuery {
        /// How far it may lie from this one, um, more than 0 and at most 5000; default 100.
        pub tolerance_um: Option<f64>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_id_is_read_as_it_is_written() {
        let id = DefectId {
            inspection_id: Uuid::from_u128(7),
            defect_no: -3,
        };
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_defect_id_without_a_number_is_refused() {
        assert!(
            "00000000000000000000000000000007"
                .parse::<DefectId>()
                .is_err()
        );
    }
}
