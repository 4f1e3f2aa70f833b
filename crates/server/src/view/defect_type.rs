//! Defect types.

use contract::defect_type::DefectType;

/// Colours for types that nobody gave one: told apart also by readers who cannot see red from green,
/// on light and on dark (Okabe and Ito 2008, and darker or lighter siblings).
const PALETTE: [&str; 12] = [
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b59b00", "#7f4fc9",
    "#00857c", "#a6341b", "#5c7cfa", "#8f5a2b",
];

/// A type with its count.
pub fn defect_type(row: store::defect_type::Row) -> DefectType {
    let kind = row.defect_type;
    DefectType {
        colour: colour(kind.defect_type_id, kind.colour),
        defect_type_id: kind.defect_type_id,
        name: kind.name,
        description: super::delivered(kind.description),
        severity: kind.severity.into(),
        category: kind.category,
        subcategory: kind.subcategory,
        killer: kind.killer,
        causes: super::delivered(kind.causes),
        prevention: super::delivered(kind.prevention),
        defect_count: row.defect_count,
        created_at: kind.created_at,
        updated_at: kind.updated_at,
    }
}

/// The colour that was chosen, or one by the type's id.
pub fn colour(defect_type_id: i32, chosen: Option<String>) -> String {
    let places = i32::try_from(PALETTE.len()).unwrap_or(1);
    let place = usize::try_from(defect_type_id.rem_euclid(places)).unwrap_or(0);
    chosen.unwrap_or_else(|| PALETTE[place].to_owned())
}
