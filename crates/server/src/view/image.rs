//! Images of defects.

use contract::defect::DefectId;
use contract::image::{DefectImage, GalleryItem, ImageKind};
use entity::defect_image;
use store::image::{GalleryRow, Row};
use uuid::Uuid;

use super::defect::{review, shortest};

/// An image with everything but its bytes.
pub fn image(row: Row) -> DefectImage {
    let Row {
        image,
        original_bytes,
        created_by_username,
    } = row;
    DefectImage {
        image_id: image.image_id,
        defect_id: DefectId {
            inspection_id: image.inspection_id,
            defect_no: image.defect_no,
        },
        kind: kind(image.kind),
        file_name: image.file_name,
        page: image.page,
        media_type: image.display_media_type,
        original_media_type: image.original_media_type,
        original_bytes,
        width_px: image.width_px,
        height_px: image.height_px,
        pixel_size_nm: image.pixel_size_nm,
        metadata: match image.metadata {
            serde_json::Value::Object(metadata) => metadata,
            _ => serde_json::Map::new(),
        },
        created_by: created_by_username,
        created_at: image.created_at,
    }
}

/// One picture of a gallery.
pub fn gallery_item(inspection_id: Uuid, row: GalleryRow) -> GalleryItem {
    GalleryItem {
        image_id: row.image_id,
        defect_id: DefectId {
            inspection_id,
            defect_no: row.defect_no,
        },
        defect_no: row.defect_no,
        defect_type_id: row.defect_type_id,
        size_um: row.size_um.map(shortest),
        x_mm: row.x_mm,
        y_mm: row.y_mm,
        review_status: review(row.review_status),
        kind: kind(row.kind),
        elements: row.elements,
    }
}

same_words! {
    defect_image::ImageKind as ImageKind: kind, kind_row [Sem, Optical, Other]
}
