//! What a file says of itself and of its wafers.

use entity::{
    import_file::{self, FileKind, ImportState},
    inspection, wafer,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, Iterable, Value};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// The tool that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquipmentFacts {
    /// Id, the third string of KLARF's `InspectionStationID`.
    pub equipment_id: String,
    /// Manufacturer, the first.
    pub manufacturer: Option<String>,
    /// Model, the second.
    pub model: Option<String>,
}

/// What is known of a wafer when its defects begin.
#[derive(Clone, Debug)]
pub struct WaferFacts {
    /// The tool; made where it is new, left as it is where it is known.
    pub equipment: Option<EquipmentFacts>,
    /// The wafer, with at least `wafer_id` and `id_scheme`; made where it is new, left as it is where it is known.
    pub wafer: wafer::ActiveModel,
    /// The inspection, with at least `wafer_id`. Id, time, job, source file and counts are set by the ingestion.
    pub inspection: inspection::ActiveModel,
}

/// What is known of a file once it has been read to its end.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// Name as sent; no path.
    pub file_name: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Its length.
    pub bytes: i64,
    /// KLARF version, for example `1.2`.
    pub klarf_version: Option<String>,
    /// Everything noticed while reading it, a JSON array.
    pub diagnostics: Json,
}

/// What is to be said of a file that [`super::File::commit`] does not report on: images and spectra, and files that did
/// not land. Write it with [`crate::job::insert_file`].
#[derive(Clone, Debug)]
pub struct Report {
    /// Name as sent; no path.
    pub file_name: String,
    /// SHA-256 of its bytes, where it was read to its end. What landed has one.
    pub sha256: Option<String>,
    /// Bytes read.
    pub bytes: i64,
    /// What it holds.
    pub kind: FileKind,
    /// KLARF version, where it is one.
    pub klarf_version: Option<String>,
    /// Images of it that were put to their defects.
    pub images: i64,
    /// Why it was refused.
    pub error: Option<String>,
    /// Everything noticed while reading it, a JSON array.
    pub diagnostics: Json,
}

/// What a file brought into being.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Equipment ids.
    pub equipment: Vec<String>,
    /// Lots.
    pub lots: Vec<String>,
    /// Wafer ids.
    pub wafers: Vec<String>,
    /// Names of defect types.
    pub defect_types: Vec<String>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in.
    Imported(import_file::Model),
    /// The same content was in already; nothing was added but a report.
    Duplicate {
        /// The report on this file.
        report: import_file::Model,
        /// The report on the one that landed.
        first: Box<import_file::Model>,
    },
}

impl FileFacts {
    /// A report on this file in `state`.
    #[must_use]
    pub fn report(&self, job_id: Uuid, state: ImportState) -> import_file::ActiveModel {
        let report = Report {
            file_name: self.file_name.clone(),
            sha256: Some(self.sha256.clone()),
            bytes: self.bytes,
            kind: FileKind::Klarf,
            klarf_version: self.klarf_version.clone(),
            images: 0,
            error: None,
            diagnostics: self.diagnostics.clone(),
        };
        report.row(job_id, state)
    }

    pub(super) fn without_nul(self) -> Self {
        Self {
            file_name: text_without_nul(self.file_name),
            klarf_version: self.klarf_version.map(text_without_nul),
            diagnostics: json_without_nul(self.diagnostics),
            ..self
        }
    }
}

impl Report {
    /// The row for a file of job `job_id` that ended in `state`.
    #[must_use]
    pub fn row(self, job_id: Uuid, state: ImportState) -> import_file::ActiveModel {
        import_file::ActiveModel {
            import_file_id: Set(Uuid::now_v7()),
            job_id: Set(job_id),
            file_name: Set(self.file_name),
            sha256: Set(self.sha256),
            bytes: Set(self.bytes),
            state: Set(state),
            kind: Set(self.kind),
            klarf_version: Set(self.klarf_version),
            images: Set(self.images),
            error: Set(self.error),
            diagnostics: Set(self.diagnostics),
            ..Default::default()
        }
    }
}

impl Created {
    pub(super) fn to_json(&self) -> Json {
        serde_json::json!(self)
    }
}

impl WaferFacts {
    pub(super) fn without_nul(self) -> Self {
        let equipment = self.equipment.map(|equipment| EquipmentFacts {
            equipment_id: text_without_nul(equipment.equipment_id),
            manufacturer: equipment.manufacturer.map(text_without_nul),
            model: equipment.model.map(text_without_nul),
        });
        Self {
            equipment,
            wafer: row_without_nul(self.wafer),
            inspection: inspection_without_nul(self.inspection),
        }
    }
}

pub(super) fn inspection_without_nul(row: inspection::ActiveModel) -> inspection::ActiveModel {
    row_without_nul(row)
}

/// Files hold any byte; PostgreSQL stores any text but U+0000, in `text` and in `jsonb` alike.
pub(crate) fn row_without_nul<A: ActiveModelTrait>(mut row: A) -> A {
    use sea_orm::EntityTrait;
    for column in <A::Entity as EntityTrait>::Column::iter() {
        if let Some(value) = row.get(column).into_value() {
            row.set(column, value_without_nul(value));
        }
    }
    row
}

fn value_without_nul(value: Value) -> Value {
    match value {
        Value::String(Some(text)) => Value::String(Some(text_without_nul(text))),
        Value::Json(Some(json)) => Value::Json(Some(Box::new(json_without_nul(*json)))),
        Value::Array(kind, Some(values)) => Value::Array(
            kind,
            Some(Box::new(
                values.into_iter().map(value_without_nul).collect(),
            )),
        ),
        other => other,
    }
}

fn text_without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

fn json_without_nul(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(text_without_nul(text)),
        Json::Array(items) => Json::Array(items.into_iter().map(json_without_nul).collect()),
        Json::Object(fields) => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| (text_without_nul(name), json_without_nul(value)));
            Json::Object(fields.collect())
        }
        other => other,
    }
}
