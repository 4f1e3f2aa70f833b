//! Images that files list for their defects, until the images themselves come. Rows come in with their file:
//! [`crate::ingest::File::push_references`].

use entity::image_reference::Model;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{Result, sql::Sql};

/// A reference and the image that it turned out to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Inspection of the defect.
    pub inspection_id: Uuid,
    /// Number of the defect.
    pub defect_no: i32,
    /// Which of the defect's references, from 1.
    pub ordinal: i16,
    /// The image.
    pub image_id: Uuid,
}

/// References to files of these names, whatever the case of their letters, whose image is not here yet; of any
/// inspection, or only of these. By inspection, defect and ordinal. Served by `image_reference_waiting_idx`.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    db: &impl ConnectionTrait,
    file_names: &[String],
    inspection_ids: Option<&[Uuid]>,
) -> Result<Vec<Model>> {
    let mut sql = Sql::new(
        "select r.* from image_reference r where r.image_id is null and lower(r.file_name) in (select lower(n) from unnest(",
    );
    sql.bind(file_names.to_vec()).push(") n)");
    if let Some(ids) = inspection_ids {
        sql.push(" and r.inspection_id = any(")
            .bind(ids.to_vec())
            .push(")");
    }
    sql.push(" order by r.inspection_id, r.defect_no, r.ordinal");
    sql.all(db).await
}

/// All references of these inspections, by inspection, defect and ordinal. Served by the key.
///
/// # Errors
/// When the database fails.
pub async fn of_inspections(
    db: &impl ConnectionTrait,
    inspection_ids: &[Uuid],
) -> Result<Vec<Model>> {
    let mut sql = Sql::new("select * from image_reference where inspection_id = any(");
    sql.bind(inspection_ids.to_vec())
        .push(") order by inspection_id, defect_no, ordinal");
    sql.all(db).await
}

/// Notes which images references mean, and returns how many of them had been waiting; those that had an image keep it.
///
/// # Errors
/// [`crate::Error::Missing`] when an image does not exist.
pub async fn resolve(db: &impl ConnectionTrait, resolved: &[Resolved]) -> Result<u64> {
    if resolved.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new(
        "with found as (select r.inspection_id, r.defect_no, r.ordinal, u.image_id from image_reference r join unnest(",
    );
    sql.bind(resolved.iter().map(|r| r.inspection_id).collect::<Vec<_>>())
        .push(", ")
        .bind(resolved.iter().map(|r| r.defect_no).collect::<Vec<_>>())
        .push(", ")
        .bind(resolved.iter().map(|r| r.ordinal).collect::<Vec<_>>())
        .push(", ")
        .bind(resolved.iter().map(|r| r.image_id).collect::<Vec<_>>())
        .push(
            ") u(inspection_id, defect_no, ordinal, image_id) using (inspection_id, defect_no, ordinal)
             where r.image_id is null order by r.inspection_id, r.defect_no, r.ordinal for update of r)
             update image_reference r set image_id = f.image_id from found f
             where r.inspection_id = f.inspection_id and r.defect_no = f.defect_no and r.ordinal = f.ordinal and r.image_id is null",
        );
    sql.execute(db).await
}
