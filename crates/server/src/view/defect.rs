//! Single defects.

use std::collections::HashMap;

use contract::defect::{Defect, DefectId, NamedText, Neighbour, ReviewStatus, SameSpot};
use contract::spatial::TypeShare;
use entity::{defect, defect_type};
use store::evidence::Evidence;

use uuid::Uuid;

use super::defect_type::colour;

/// Images, spectra and elements of defects, by inspection and number.
pub type Behind = HashMap<(Uuid, i32), Evidence>;

/// All defect types by id, to name and colour defects.
#[derive(Debug)]
pub struct Types(HashMap<i32, defect_type::Model>);

impl Types {
    /// The types of the database.
    pub fn new(rows: Vec<defect_type::Model>) -> Self {
        Self(
            rows.into_iter()
                .map(|row| (row.defect_type_id, row))
                .collect(),
        )
    }

    /// Name and colour of a type.
    pub fn label(&self, defect_type_id: i32) -> (String, String) {
        let row = self.0.get(&defect_type_id);
        let name = row.map_or_else(String::new, |row| row.name.clone());
        let chosen = row.and_then(|row| row.colour.clone());
        (name, colour(defect_type_id, chosen))
    }

    /// So many defects of a type.
    pub fn share(&self, defect_type_id: i32, count: i64) -> TypeShare {
        let (name, colour) = self.label(defect_type_id);
        TypeShare {
            defect_type_id,
            name,
            colour,
            count,
        }
    }

    /// Types with their defects, most first; `counts` may name a type several times.
    pub fn shares(&self, counts: impl IntoIterator<Item = (i32, i64)>) -> Vec<TypeShare> {
        let mut sums: HashMap<i32, i64> = HashMap::new();
        for (defect_type_id, count) in counts {
            *sums.entry(defect_type_id).or_default() += count;
        }
        let mut sums: Vec<(i32, i64)> = sums.into_iter().collect();
        sums.sort_unstable_by_key(|&(defect_type_id, count)| (-count, defect_type_id));
        let shares = sums.into_iter();
        shares.map(|(id, count)| self.share(id, count)).collect()
    }

    /// Ids and names of all of them, in the order of the ids.
    pub fn names(&self) -> Vec<(i32, String)> {
        let rows = self.0.values();
        let mut names: Vec<_> = rows
            .map(|row| (row.defect_type_id, row.name.clone()))
            .collect();
        names.sort_unstable();
        names
    }

    /// Severity of a type, 1 (least) to 5.
    pub fn severity(&self, defect_type_id: i32) -> i32 {
        let row = self.0.get(&defect_type_id);
        row.map_or(3, |row| row.severity.into())
    }

    /// A defect with name, colour and severity of its type, and what stands behind it.
    pub fn defect(&self, row: defect::Model, evidence: &Behind) -> Defect {
        let behind = evidence.get(&(row.inspection_id, row.defect_no));
        let behind = behind.cloned().unwrap_or_default();
        let small = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
        let (name, colour) = self.label(row.defect_type_id);
        Defect {
            defect_id: id(&row),
            inspection_id: row.inspection_id,
            defect_no: row.defect_no,
            x_mm: row.x_mm,
            y_mm: row.y_mm,
            die_x: row.die_x,
            die_y: row.die_y,
            size_um: row.size_um.map(shortest),
            x_size_um: row.x_size_um.map(shortest),
            y_size_um: row.y_size_um.map(shortest),
            area_um2: row.area_um2.map(shortest),
            defect_type_id: row.defect_type_id,
            defect_type: name,
            colour,
            class_no: row.class_no,
            rough_bin: row.rough_bin,
            fine_bin: row.fine_bin,
            cluster_no: row.cluster_no,
            test_no: row.test_no,
            confidence: row.confidence.map(shortest),
            severity: match row.severity {
                Some(severity) => severity.into(),
                None => self.severity(row.defect_type_id),
            },
            review_status: review(row.review_status),
            notes: row.notes,
            image_count: row.image_count,
            images: small(behind.images),
            first_image_id: behind.first_image_id,
            spectra: small(behind.spectra),
            elements: behind.elements,
        }
    }

    /// A defect on the same die.
    pub fn neighbour(&self, row: store::defect::Neighbour, evidence: &Behind) -> Neighbour {
        Neighbour {
            defect: self.defect(row.defect, evidence),
            distance_um: row.distance_um,
        }
    }

    /// What another inspection saw at a spot.
    pub fn same_spot(&self, row: store::defect::SameSpotRow, evidence: &Behind) -> SameSpot {
        SameSpot {
            inspection_id: row.inspection_id,
            step_id: row.step_id,
            equipment_id: row.equipment_id,
            inspected_at: row.inspected_at,
            defect: row.defect.map(|defect| self.defect(defect, evidence)),
            distance_um: row.distance_um,
        }
    }
}

/// The id of a row.
pub fn id(row: &defect::Model) -> DefectId {
    DefectId {
        inspection_id: row.inspection_id,
        defect_no: row.defect_no,
    }
}

/// Names and texts of the columns that have no field of their own.
pub fn extra(names: &[String], texts: Option<&Vec<String>>) -> Vec<NamedText> {
    let texts = texts.into_iter().flatten();
    let pairs = names.iter().zip(texts);
    pairs
        .map(|(name, text)| NamedText {
            name: name.clone(),
            text: text.clone(),
        })
        .collect()
}

/// The double with the same shortest decimals: 0.1 stays 0.1 and does not become 0.10000000149.
pub fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| value.into())
}

same_words! {
    defect::ReviewStatus as ReviewStatus: review, review_row [Detected, Analyzed, Reviewed]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_keeps_the_decimals_it_was_delivered_with() {
        assert!((shortest(0.163) - 0.163).abs() < 1e-12);
    }
}
