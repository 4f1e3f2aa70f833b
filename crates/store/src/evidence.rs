//! What stands behind defects, for lists of them.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Result, filter::CONTAINS, sql::Sql};

/// Images, spectra and elements of a defect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many images.
    pub images: i64,
    /// The first of them.
    pub first_image_id: Option<Uuid>,
    /// How many spectra.
    pub spectra: i64,
    /// Elements that they speak for with a weight of 0.5 or more, heaviest first.
    pub elements: Vec<String>,
}

/// An image or a spectrum after its insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inserted {
    /// Its id: that of the one with the same content at the same defect, where there was one.
    pub id: Uuid,
    /// Whether it is new.
    pub new: bool,
}

#[derive(FromQueryResult)]
struct Row {
    inspection_id: Uuid,
    defect_no: i32,
    images: i64,
    first_image_id: Option<Uuid>,
    spectra: i64,
    elements: Vec<String>,
}

/// The elements of the defect `inspection` and `defect_no` name, heaviest first, as an array.
pub(crate) fn elements_of(inspection: &str, defect_no: &str) -> String {
    format!(
        "array(select e.element from defect_element e where e.inspection_id = {inspection} and e.defect_no = {defect_no}
         and {CONTAINS} group by e.element order by max(e.weight) desc, e.element)"
    )
}

/// The evidence of each of these defects, a page of a list of them; those that do not exist have none. One query, served
/// by `defect_image_content_key`, `defect_spectrum_content_key` and `defect_element_defect_idx`.
///
/// # Errors
/// When the database fails.
pub async fn of_defects(
    db: &impl ConnectionTrait,
    defects: &[(Uuid, i32)],
) -> Result<HashMap<(Uuid, i32), Evidence>> {
    if defects.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(
        "select k.inspection_id, k.defect_no, coalesce(i.images, 0) as images, i.first_image_id,
            (select count(*) from defect_spectrum s where s.inspection_id = k.inspection_id and s.defect_no = k.defect_no) as spectra, ",
    );
    sql.push(&elements_of("k.inspection_id", "k.defect_no"));
    sql.push(" as elements from ").keys(defects).push(
        " k left join lateral (select count(*) as images, (array_agg(image_id order by image_id))[1] as first_image_id
            from defect_image i where i.inspection_id = k.inspection_id and i.defect_no = k.defect_no) i on true",
    );
    let rows: Vec<Row> = sql.all(db).await?;
    let evidence = rows.into_iter().map(|row| {
        let evidence = Evidence {
            images: row.images,
            first_image_id: row.first_image_id,
            spectra: row.spectra,
            elements: row.elements,
        };
        ((row.inspection_id, row.defect_no), evidence)
    });
    Ok(evidence.collect())
}
