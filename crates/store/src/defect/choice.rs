//! Which defects of some inspections: type, class, cluster, status, size, rectangle, zone.

use entity::defect::ReviewStatus;
use sea_orm::ActiveEnum;

use super::Rectangle;
use crate::sql::Sql;

/// A defect without a position, or so far out (2 m) that no map can show it. `d` is the defect.
pub(crate) const UNPLACED: &str =
    "(d.x_mm between -2000 and 2000 and d.y_mm between -2000 and 2000) is not true";

/// Which defects. Empty lists and absent bounds do not narrow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Only these types.
    pub defect_types: Vec<i32>,
    /// Only these class numbers, as delivered.
    pub class_nos: Vec<i32>,
    /// Only these clusters; 0 stands for none.
    pub cluster_nos: Vec<i32>,
    /// Only these review statuses.
    pub review_statuses: Vec<ReviewStatus>,
    /// At least this size.
    pub min_size_um: Option<f64>,
    /// At most this size.
    pub max_size_um: Option<f64>,
    /// Only in this rectangle.
    pub rectangle: Option<Rectangle>,
    /// Only in this zone.
    pub zone: Option<Zone>,
    /// Only adders; none of inspections whose adders are not known.
    pub adders: bool,
}

/// A ring around the wafer centre, or a sector of one. Zones that share an edge share no defect: the outer radius and the
/// last angle belong to the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// Inner radius, 0 for a disc.
    pub inner_mm: f64,
    /// Outer radius.
    pub outer_mm: f64,
    /// Where it begins, degrees counter-clockwise from +x.
    pub from_deg: f64,
    /// How far it goes round, degrees; 360 all the way.
    pub sweep_deg: f64,
}

impl Choice {
    /// Whether nothing but types narrows, so that counts by type tell what passes.
    #[must_use]
    pub fn is_about_types_only(&self) -> bool {
        let plain = Self {
            defect_types: self.defect_types.clone(),
            ..Self::default()
        };
        *self == plain
    }

    /// Appends the conditions, each with its ` and `, for defects under the alias `d` of a table that holds adders only where
    /// only those are wanted.
    pub(crate) fn push(&self, sql: &mut Sql) {
        let statuses: Vec<i16> = self
            .review_statuses
            .iter()
            .map(ActiveEnum::to_value)
            .collect();
        sql.and_any("d.defect_type_id", &self.defect_types)
            .and_any("d.class_no", &self.class_nos)
            .and_any("coalesce(d.cluster_no, 0)", &self.cluster_nos)
            .and_any("d.review_status", &statuses)
            .and("d.size_um >=", self.min_size_um)
            .and("d.size_um <=", self.max_size_um);
        if let Some(rectangle) = self.rectangle {
            rectangle.push(sql);
        }
        if let Some(zone) = self.zone {
            zone.push(sql);
        }
    }
}

impl Zone {
    /// Appends the condition, with its ` and `, for defects under the alias `d`.
    pub(super) fn push(self, sql: &mut Sql) {
        sql.push(" and d.x_mm ^ 2 + d.y_mm ^ 2 >= ")
            .bind(self.inner_mm * self.inner_mm)
            .push(" and d.x_mm ^ 2 + d.y_mm ^ 2 < ")
            .bind(self.outer_mm * self.outer_mm);
        if self.sweep_deg < 360.0 {
            // The angle from where the zone begins, in whole turns, less the turns that are whole.
            let turns = "(atan2d(d.y_mm, d.x_mm) - ";
            sql.push(" and ").push(turns).bind(self.from_deg);
            sql.push(") / 360 - floor(").push(turns).bind(self.from_deg);
            sql.push(") / 360) < ").bind(self.sweep_deg / 360.0);
        }
    }
}
