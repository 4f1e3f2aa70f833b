//! Images of defects.

use contract::defect::DefectId;
use contract::image::{DefectImage, Gallery, ImageOptions, ImageUpdate};
use entity::defect_image::ActiveModel;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::sync::Arc;
use store::Db;
use store::image::{NewImage, Row};
use store::object::Key;
use uuid::Uuid;

use super::audit::{self, Author};
use super::evidence::{Fault, Intake, Refusal, Spool, StoredPage};
use super::{begin, change, commit, defect};
use crate::error::{ApiError, ApiResult, Thing};
use crate::{validate, view};

/// Images of a gallery at most.
const GALLERY: u32 = 20_000;

/// Lists the images of a defect, in the order in which they came.
///
/// # Errors
/// When there is no such defect or the database fails.
pub async fn list(db: &impl ConnectionTrait, id: DefectId) -> ApiResult<Vec<DefectImage>> {
    defect::find(db, id).await?;
    let rows = store::image::list_of_defect(db, id.inspection_id, id.defect_no).await?;
    Ok(rows.into_iter().map(view::image::image).collect())
}

/// One image.
///
/// # Errors
/// When there is none or the database fails.
pub async fn get(db: &impl ConnectionTrait, image_id: Uuid) -> ApiResult<DefectImage> {
    Ok(view::image::image(row(db, image_id).await?))
}

/// One image as the database has it.
///
/// # Errors
/// When there is none or the database fails.
pub async fn row(db: &impl ConnectionTrait, image_id: Uuid) -> ApiResult<Row> {
    let found = store::image::get(db, image_id).await?;
    found.ok_or_else(|| Thing::Image.missing(image_id))
}

/// The JPEG of an image's thumbnail.
///
/// # Errors
/// When there is no such image or the database fails.
pub async fn thumbnail(db: &impl ConnectionTrait, image_id: Uuid) -> ApiResult<Vec<u8>> {
    let found = store::image::thumbnail(db, image_id).await?;
    found.ok_or_else(|| Thing::Image.missing(image_id))
}

/// Puts an image file to the object store, all its pages decoded.
///
/// # Errors
/// When the file is no image, damaged or too large, or database or object store fail.
pub async fn take(intake: &Intake, db: &Db, spool: Spool) -> Result<Vec<StoredPage>, Fault> {
    let most = intake.limits().pages_per_defect;
    let spool = Arc::new(spool);
    let mut image = intake.open(db, &spool).await?;
    let mut pages = Vec::new();
    for number in 1.. {
        let (opened, page) = intake.page(db, image, number).await?;
        let Some(page) = page else { break };
        if number > most {
            let rule = format!(
                "has more than {most} pages, too many for one defect: import it with the KLARF file that lists its pages"
            );
            return Err(Refusal::file(&spool.name, rule).into());
        }
        image = opened;
        pages.push(page);
    }
    Ok(pages)
}

/// Adds images to a defect: all or none. Those that it has already stay as they are. Returns those that were sent,
/// in their order.
///
/// # Errors
/// When there is no such defect, or database fails.
pub async fn add(
    db: &Db,
    author: &Author,
    id: DefectId,
    pages: &[StoredPage],
    options: &ImageOptions,
) -> ApiResult<Vec<DefectImage>> {
    validate::positive("pixel_size_nm", options.pixel_size_nm)?;
    let images = pages
        .iter()
        .map(|page| new(id, page, options, author.user_id()));
    let tx = begin(db).await?;
    defect::find(&tx, id).await?;
    let inserted = store::image::insert(&tx, images.collect()).await?;
    let rows = store::image::list_of_defect(&tx, id.inspection_id, id.defect_no).await?;
    let all: Vec<_> = rows.into_iter().map(view::image::image).collect();
    let mut sent = Vec::with_capacity(inserted.len());
    for image in inserted {
        let Some(shown) = all.iter().find(|shown| shown.image_id == image.id) else {
            continue;
        };
        if image.new {
            let after = audit::whole(shown);
            audit::record(&tx, author, "image.create", image.id, None, after).await?;
        }
        sent.push(shown.clone());
    }
    commit(tx).await?;
    Ok(sent)
}

/// A row for a page that is in the object store.
pub(super) fn new(
    id: DefectId,
    page: &StoredPage,
    options: &ImageOptions,
    created_by: Option<Uuid>,
) -> NewImage {
    let picture = &page.picture;
    let is_original = page.display_key == page.original_key;
    let original = page.format.media_type();
    let small = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    NewImage {
        inspection_id: id.inspection_id,
        defect_no: id.defect_no,
        kind: view::image::kind_row(options.kind.unwrap_or(contract::image::ImageKind::Sem)),
        file_name: page.file_name.clone(),
        page: small(picture.page),
        original_key: page.original_key.clone(),
        original_media_type: original.to_owned(),
        display_key: page.display_key.clone(),
        display_media_type: if is_original { original } else { "image/png" }.to_owned(),
        width_px: small(picture.width_px),
        height_px: small(picture.height_px),
        pixel_size_nm: options.pixel_size_nm.or(picture.pixel_size_nm),
        thumbnail: picture.thumbnail.clone(),
        metadata: Value::Object(picture.metadata.clone()),
        created_by,
    }
}

/// Changes what is said of an image.
///
/// # Errors
/// When a value breaks a rule, there is no such image, or the database fails.
pub async fn update(
    db: &Db,
    author: &Author,
    image_id: Uuid,
    update: ImageUpdate,
) -> ApiResult<DefectImage> {
    validate::positive("pixel_size_nm", update.pixel_size_nm)?;
    let tx = begin(db).await?;
    let before = get(&tx, image_id).await?;
    let changes = ActiveModel {
        kind: change(update.kind, view::image::kind_row),
        pixel_size_nm: change(update.pixel_size_nm, Some),
        ..Default::default()
    };
    store::image::update(&tx, image_id, changes).await?;
    let after = get(&tx, image_id).await?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        audit::record(&tx, author, "image.update", image_id, Some(old), Some(new)).await?;
    }
    commit(tx).await?;
    Ok(after)
}

/// Deletes an image; its bytes go with a later sweep, unless another image has the same.
///
/// # Errors
/// When there is none or the database fails.
pub async fn delete(db: &Db, author: &Author, image_id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let before = get(&tx, image_id).await?;
    store::image::delete(&tx, image_id).await?;
    let whole = audit::whole(&before);
    audit::record(&tx, author, "image.delete", image_id, whole, None).await?;
    commit(tx).await?;
    Ok(())
}

/// All images of an inspection, as many as can be sent.
///
/// # Errors
/// When there is no such inspection or the database fails.
pub async fn gallery(db: &impl ConnectionTrait, inspection_id: Uuid) -> ApiResult<Gallery> {
    let found = store::inspection::row(db, inspection_id).await?;
    found.ok_or_else(|| Thing::Inspection.missing(inspection_id))?;
    let (rows, left_out) = store::image::gallery(db, inspection_id, GALLERY).await?;
    let items = rows
        .into_iter()
        .map(|row| view::image::gallery_item(inspection_id, row));
    Ok(Gallery {
        items: items.collect(),
        left_out,
    })
}

/// A key as the database holds it.
///
/// # Errors
/// When it holds none: a fault of ours.
pub fn key(text: &str) -> ApiResult<Key> {
    text.parse()
        .map_err(|error| ApiError::Internal(anyhow::Error::new(error)))
}
