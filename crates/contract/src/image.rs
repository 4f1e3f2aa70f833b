//! Images of defects.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::defect::DefectId;

words! {
    /// What an image was taken with.
    pub enum ImageKind {
        /// Scanning electron microscope.
        Sem = "sem",
        /// Light microscope.
        Optical = "optical",
        /// Anything else.
        Other = "other",
    }
}

api! {
    /// An image of a defect. Its bytes: `/images/{image_id}/content`, `/original`, `/thumbnail`.
    pub struct DefectImage {
        /// Id.
        pub image_id: Uuid,
        /// Defect that it shows.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub defect_id: DefectId,
        /// What it was taken with.
        pub kind: ImageKind,
        /// Name of the file as sent; no path.
        pub file_name: String,
        /// Page of a file with several, from 1.
        pub page: i32,
        /// Media type of `content`: `image/png` or `image/jpeg`.
        pub media_type: String,
        /// Media type of `original`: also `image/tiff`.
        pub original_media_type: String,
        /// Bytes of the original file.
        pub original_bytes: i64,
        /// Width in pixels.
        pub width_px: i32,
        /// Height in pixels.
        pub height_px: i32,
        /// Side of a pixel in nm; absent where nobody said so.
        pub pixel_size_nm: Option<f64>,
        /// What the tool said of it, for example `magnification`, `beam_kv`, `working_distance_mm`, `detector`.
        pub metadata: serde_json::Map<String, serde_json::Value>,
        /// Who added it; absent for imports on the command line.
        pub created_by: Option<String>,
        /// When.
        pub created_at: DateTime<Utc>,
    }

    /// The form in which images and spectra are sent.
    pub struct EvidenceForm {
        /// Files, any number; each part carries its file's name.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, format = Binary))]
        pub files: Vec<String>,
    }

    /// Changes to what is said of an image; what is absent stays.
    #[derive(Default)]
    pub struct ImageUpdate {
        /// What it was taken with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<ImageKind>,
        /// Side of a pixel in nm, more than 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pixel_size_nm: Option<f64>,
    }

    /// All images of an inspection, for a gallery.
    pub struct Gallery {
        /// One item an image, in the order of defect, then image.
        pub items: Vec<GalleryItem>,
        /// Images left out because there are more than can be sent (20,000).
        pub left_out: i64,
    }

    /// One picture of a gallery.
    pub struct GalleryItem {
        /// Image.
        pub image_id: Uuid,
        /// Defect.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub defect_id: DefectId,
        /// Number of the defect within the inspection.
        pub defect_no: i32,
        /// Its type.
        pub defect_type_id: i32,
        /// Its size in um.
        pub size_um: Option<f64>,
        /// Its place from the wafer centre in mm, notch down.
        pub x_mm: Option<f64>,
        /// Its place from the wafer centre in mm, y up.
        pub y_mm: Option<f64>,
        /// How far the work on it has come.
        pub review_status: crate::defect::ReviewStatus,
        /// What the image was taken with.
        pub kind: ImageKind,
        /// Elements in it, as `Defect.elements`.
        pub elements: Vec<String>,
    }
}

query! {
    /// What is known of images that are sent.
    pub struct ImageOptions {
        /// What they were taken with, default `sem`.
        pub kind: Option<ImageKind>,
        /// Side of a pixel in nm, more than 0; default: what the file itself says, if it does.
        pub pixel_size_nm: Option<f64>,
    }
}
