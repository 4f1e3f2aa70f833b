//! Images of defects: what is known of them. Their bytes lie in the object store ([`crate::object`]).

use std::collections::HashMap;

use entity::{
    defect::ReviewStatus,
    defect_image::{ActiveModel, Column, Entity, ImageKind, Model},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult,
    sea_query::OnConflict,
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    Result,
    evidence::{Inserted, elements_of},
    object::Key,
    record,
    sql::Sql,
};

/// Images that one statement inserts: their values stay far below the 65,535 that it may have.
const ROWS: usize = 500;

/// An image to come. Its content was put to the object store just before.
#[derive(Clone, Debug, PartialEq)]
pub struct NewImage {
    /// Inspection of its defect.
    pub inspection_id: Uuid,
    /// Number of its defect.
    pub defect_no: i32,
    /// What it was taken with.
    pub kind: ImageKind,
    /// Name of the file, without its path.
    pub file_name: String,
    /// Page of a file with several, from 1.
    pub page: i32,
    /// The file as delivered.
    pub original_key: Key,
    /// `image/png`, `image/jpeg` or `image/tiff`.
    pub original_media_type: String,
    /// What a browser can show; the original itself where it can show that.
    pub display_key: Key,
    /// `image/png` or `image/jpeg`.
    pub display_media_type: String,
    /// Width in pixels.
    pub width_px: i32,
    /// Height in pixels.
    pub height_px: i32,
    /// Side of a pixel in nm.
    pub pixel_size_nm: Option<f64>,
    /// JPEG of at most 128 pixels a side and 64 KiB.
    pub thumbnail: Vec<u8>,
    /// What the tool said of it: an object.
    pub metadata: Json,
    /// Who added it.
    pub created_by: Option<Uuid>,
}

/// An image, its file's size, and who added it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Row {
    /// The image.
    #[sea_orm(nested)]
    pub image: Model,
    /// Bytes of the file as delivered.
    pub original_bytes: i64,
    /// User name; `None` for imports on the command line, or when the account is gone.
    pub created_by_username: Option<String>,
}

/// An image of an inspection, with what a gallery shows of its defect.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct GalleryRow {
    /// Image.
    pub image_id: Uuid,
    /// Defect.
    pub defect_no: i32,
    /// What the image was taken with.
    pub kind: ImageKind,
    /// Type of the defect.
    pub defect_type_id: i32,
    /// Its size in um.
    pub size_um: Option<f32>,
    /// Its position from the wafer centre in mm, notch down.
    pub x_mm: Option<f64>,
    /// Its position from the wafer centre in mm, y up.
    pub y_mm: Option<f64>,
    /// How far its review is.
    pub review_status: ReviewStatus,
    /// Elements in it, as [`crate::evidence::Evidence::elements`].
    pub elements: Vec<String>,
}

/// Adds images, and tells of each, in their order, under which id it is known: content that the defect has already, of
/// the same page, is not added again.
///
/// # Errors
/// [`crate::Error::Missing`] when a defect, or content in the object store, does not exist; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, images: Vec<NewImage>) -> Result<Vec<Inserted>> {
    let mut inserted = Vec::with_capacity(images.len());
    let mut images = images.into_iter().peekable();
    while images.peek().is_some() {
        let rows: Vec<ActiveModel> = images.by_ref().take(ROWS).map(row).collect();
        inserted.extend(insert_rows(db, rows).await?);
    }
    Ok(inserted)
}

async fn insert_rows(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<Vec<Inserted>> {
    let ids: Vec<Uuid> = rows
        .iter()
        .map(|row| row.image_id.clone().unwrap())
        .collect();
    let content: Vec<Content> = rows.iter().map(Content::of).collect();
    let known = OnConflict::columns([
        Column::InspectionId,
        Column::DefectNo,
        Column::OriginalKey,
        Column::Page,
    ])
    .do_nothing()
    .to_owned();
    Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(db)
        .await?;
    let by_content = find(db, &content).await?;
    let inserted = ids.iter().zip(&content).map(|(own, content)| {
        let id = by_content.get(content).copied().unwrap_or(*own);
        Inserted {
            id,
            new: id == *own,
        }
    });
    Ok(inserted.collect())
}

/// What makes an image the same as another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, FromQueryResult)]
struct Content {
    inspection_id: Uuid,
    defect_no: i32,
    original_key: String,
    page: i32,
}

impl Content {
    fn of(row: &ActiveModel) -> Self {
        Self {
            inspection_id: row.inspection_id.clone().unwrap(),
            defect_no: row.defect_no.clone().unwrap(),
            original_key: row.original_key.clone().unwrap(),
            page: row.page.clone().unwrap(),
        }
    }
}

/// Ids by content. Served by `defect_image_content_key`.
async fn find(db: &impl ConnectionTrait, content: &[Content]) -> Result<HashMap<Content, Uuid>> {
    #[derive(FromQueryResult)]
    struct Found {
        image_id: Uuid,
        #[sea_orm(nested)]
        content: Content,
    }
    let column = |of: fn(&Content) -> i32| content.iter().map(of).collect::<Vec<_>>();
    let inspections: Vec<Uuid> = content.iter().map(|c| c.inspection_id).collect();
    let keys: Vec<String> = content.iter().map(|c| c.original_key.clone()).collect();
    let mut sql = Sql::new(
        "select i.image_id, i.inspection_id, i.defect_no, i.original_key, i.page from defect_image i join unnest(",
    );
    sql.bind(inspections)
        .push(", ")
        .bind(column(|c| c.defect_no))
        .push(", ")
        .bind(keys)
        .push(", ")
        .bind(column(|c| c.page))
        .push(") k(inspection_id, defect_no, original_key, page) using (inspection_id, defect_no, original_key, page)");
    let found: Vec<Found> = sql.all(db).await?;
    Ok(found
        .into_iter()
        .map(|found| (found.content, found.image_id))
        .collect())
}

fn row(image: NewImage) -> ActiveModel {
    ActiveModel {
        image_id: Set(Uuid::now_v7()),
        inspection_id: Set(image.inspection_id),
        defect_no: Set(image.defect_no),
        kind: Set(image.kind),
        file_name: Set(image.file_name),
        page: Set(image.page),
        original_key: Set(image.original_key.into()),
        original_media_type: Set(image.original_media_type),
        display_key: Set(image.display_key.into()),
        display_media_type: Set(image.display_media_type),
        width_px: Set(image.width_px),
        height_px: Set(image.height_px),
        pixel_size_nm: Set(image.pixel_size_nm),
        thumbnail: Set(image.thumbnail),
        metadata: Set(image.metadata),
        created_by: Set(image.created_by),
        created_at: NotSet,
    }
}

const SELECT: &str = "select i.*, o.bytes as original_bytes, u.username as created_by_username from defect_image i
     join stored_object o on o.object_key = i.original_key left join app_user u on u.user_id = i.created_by where ";

/// The images of a defect, in the order in which they came. Served by `defect_image_content_key`.
///
/// # Errors
/// When the database fails.
pub async fn list_of_defect(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
) -> Result<Vec<Row>> {
    let mut sql = Sql::new(SELECT);
    sql.push("i.inspection_id = ")
        .bind(inspection_id)
        .push(" and i.defect_no = ")
        .bind(defect_no)
        .push(" order by i.image_id");
    sql.all(db).await
}

/// One image.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, image_id: Uuid) -> Result<Option<Row>> {
    let mut sql = Sql::new(SELECT);
    sql.push("i.image_id = ").bind(image_id);
    sql.one(db).await
}

/// The JPEG of an image's thumbnail.
///
/// # Errors
/// When the database fails.
pub async fn thumbnail(db: &impl ConnectionTrait, image_id: Uuid) -> Result<Option<Vec<u8>>> {
    #[derive(FromQueryResult)]
    struct Thumbnail {
        thumbnail: Vec<u8>,
    }
    let mut sql = Sql::new("select thumbnail from defect_image where image_id = ");
    sql.bind(image_id);
    let found: Option<Thumbnail> = sql.one(db).await?;
    Ok(found.map(|row| row.thumbnail))
}

/// Changes kind or pixel size; `None` where there is no such image.
///
/// # Errors
/// [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    image_id: Uuid,
    changes: ActiveModel,
) -> Result<Option<Model>> {
    record::update::<Entity>(db, Column::ImageId.eq(image_id), changes, None).await
}

/// Deletes an image and tells whether there was one. Its content goes with a later sweep.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, image_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::ImageId.eq(image_id)).await
}

/// The first `limit` images of an inspection in the order of defect, then arrival, and how many there are beyond them.
/// One query, served by `defect_image_content_key` and the key of `defect`.
///
/// # Errors
/// When the database fails.
pub async fn gallery(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    limit: u32,
) -> Result<(Vec<GalleryRow>, i64)> {
    #[derive(FromQueryResult)]
    struct Counted {
        #[sea_orm(nested)]
        row: GalleryRow,
        total: i64,
    }
    let mut sql = Sql::new(
        "select i.image_id, i.defect_no, i.kind, d.defect_type_id, d.size_um, d.x_mm, d.y_mm, d.review_status, ",
    );
    sql.push(&elements_of("i.inspection_id", "i.defect_no"))
        .push(
            " as elements, i.total from (select inspection_id, defect_no, image_id, kind, count(*) over () as total
                from defect_image where inspection_id = ",
        )
        .bind(inspection_id)
        .push(" order by defect_no, image_id limit ")
        .bind(i64::from(limit))
        .push(") i join defect d on d.inspection_id = ")
        .bind(inspection_id)
        .push(" and d.defect_no = i.defect_no order by i.defect_no, i.image_id");
    let rows: Vec<Counted> = sql.all(db).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let left_out = total - rows.len() as i64;
    Ok((rows.into_iter().map(|row| row.row).collect(), left_out))
}
