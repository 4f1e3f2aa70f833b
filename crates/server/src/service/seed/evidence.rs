//! Images and spectra of the synthetic fab, drawn as a review tool would have delivered them.

use bytes::Bytes;
use contract::defect::DefectId;
use entity::defect_image::ImageKind;
use image::ImageFormat;
use serde_json::json;
use store::image::NewImage;
use store::object::Key;
use store::spectrum::NewSpectrum;
use synth::sem::{self, Image};
use synth::{Defect, Evidence, Fab, Inspection, Wafer};
use uuid::Uuid;

use crate::service::evidence::thumbnail_of_quality;
use crate::service::spectrum;

/// A row, and the content that it refers to.
pub(super) struct With<T> {
    pub row: T,
    pub content: Bytes,
}

/// What stands behind a defect.
pub(super) struct Drawn {
    pub image: With<NewImage>,
    pub spectrum: Option<With<NewSpectrum>>,
}

impl Drawn {
    /// Draws the evidence of a defect, where it has any; some milliseconds.
    pub fn of(
        fab: &Fab,
        inspection: &Inspection,
        wafer: &Wafer,
        defect: &Defect,
        inspection_id: Uuid,
    ) -> Option<Self> {
        let evidence = defect.evidence?;
        let subject = fab.sem_subject(inspection, defect)?;
        let step_id = fab.steps()[inspection.step].step_id;
        let name = format!("{}_{step_id}_{}", wafer.wafer_id, defect.defect_no);
        let at = (inspection_id, defect.defect_no);
        Some(Self {
            image: image(sem::image(&subject), &evidence, at, &name)?,
            spectrum: fab
                .spectrum(defect)
                .map(|spectrum| spectrum_row(spectrum, at, &name)),
        })
    }
}

/// Half the usual size: thousands of them are a tenth of the default fab's bytes.
const THUMBNAIL_QUALITY: u8 = 50;

fn image(
    drawn: Image,
    evidence: &Evidence,
    (inspection_id, defect_no): (Uuid, i32),
    name: &str,
) -> Option<With<NewImage>> {
    // Our own PNG: that it can be read is held by tests.
    let decoded = image::load_from_memory_with_format(&drawn.png, ImageFormat::Png).ok()?;
    let content = Bytes::from(drawn.png);
    let key = Key::of(&content);
    let row = NewImage {
        inspection_id,
        defect_no,
        kind: ImageKind::Sem,
        file_name: format!("{name}.png"),
        page: 1,
        original_key: key.clone(),
        original_media_type: "image/png".to_owned(),
        display_key: key,
        display_media_type: "image/png".to_owned(),
        width_px: i32::try_from(drawn.width_px).ok()?,
        height_px: i32::try_from(drawn.height_px).ok()?,
        pixel_size_nm: Some(drawn.pixel_size_nm),
        thumbnail: thumbnail_of_quality(&decoded, &[THUMBNAIL_QUALITY]).ok()?,
        metadata: json!({
            "system": evidence.equipment_id,
            "taken_at": evidence.taken_at,
            "beam_kv": drawn.beam_kv,
            "working_distance_mm": drawn.working_distance_mm,
            "magnification": drawn.magnification,
            "detector": drawn.detector,
            "field_of_view_um": drawn.field_of_view_um,
        }),
        created_by: None,
    };
    Some(With { row, content })
}

fn spectrum_row(
    mut drawn: edx::Spectrum,
    (inspection_id, defect_no): (Uuid, i32),
    name: &str,
) -> With<NewSpectrum> {
    drawn.title = name.to_owned();
    let content = Bytes::from(edx::msa::write(&drawn));
    let id = DefectId {
        inspection_id,
        defect_no,
    };
    let file = (format!("{name}.msa"), Key::of(&content));
    let row = spectrum::new_row(id, file, &drawn, spectrum::elements(&drawn));
    With { row, content }
}
