//! Images and spectra: their bytes in a folder and in S3, their rows, and that neither is ever without the other.

mod bulk;
mod cut;
mod defects;
mod elements;
mod objects;
mod place;
mod rows;
mod sweep;

use std::time::Duration;

use bytes::Bytes;
use entity::defect_image::ImageKind;
use serde_json::json;
use store::{
    Db,
    evidence::Inserted,
    image::NewImage,
    object::{Key, Objects, Swept},
    spectrum::{NewElement, NewSpectrum},
};
use uuid::Uuid;

/// Everything that nothing refers to is old enough.
const AT_ONCE: Duration = Duration::ZERO;
const HOUR: Duration = Duration::from_secs(3600);

fn image(inspection_id: Uuid, defect_no: i32, key: &Key) -> NewImage {
    NewImage {
        inspection_id,
        defect_no,
        kind: ImageKind::Sem,
        file_name: "D1.png".to_owned(),
        page: 1,
        original_key: key.clone(),
        original_media_type: "image/png".to_owned(),
        display_key: key.clone(),
        display_media_type: "image/png".to_owned(),
        width_px: 480,
        height_px: 400,
        pixel_size_nm: Some(2.5),
        thumbnail: vec![0xff, 0xd8, 0xff],
        metadata: json!({"beam_kv": 5}),
        created_by: None,
    }
}

fn spectrum(
    inspection_id: Uuid,
    defect_no: i32,
    key: &Key,
    elements: &[(&str, f32)],
) -> NewSpectrum {
    let element = |(element, weight): &(&str, f32)| NewElement {
        element: (*element).to_owned(),
        weight: *weight,
        significance: 12.0,
        net_counts: 345.0,
    };
    NewSpectrum {
        inspection_id,
        defect_no,
        file_name: "D1.msa".to_owned(),
        object_key: key.clone(),
        title: Some("Defect 1".to_owned()),
        channels: 1024,
        energy_offset_kev: 0.0,
        energy_per_channel_kev: 0.01,
        beam_kv: Some(10.0),
        live_time_s: None,
        total_counts: 51234.0,
        created_by: None,
        elements: elements.iter().map(element).collect(),
    }
}

async fn put(db: &Db, objects: &Objects, content: impl Into<Bytes>) -> Key {
    objects.put(db, content.into()).await.expect("stores")
}

/// An image with content of its own.
async fn put_image(db: &Db, objects: &Objects, of: (Uuid, i32), content: &'static str) -> Uuid {
    let key = put(db, objects, content).await;
    insert_image(db, image(of.0, of.1, &key)).await.id
}

async fn insert_image(db: &Db, image: NewImage) -> Inserted {
    let inserted = store::image::insert(db, vec![image]).await;
    inserted.expect("inserts").remove(0)
}

async fn put_spectrum(
    db: &Db,
    objects: &Objects,
    of: (Uuid, i32),
    elements: &[(&str, f32)],
) -> Uuid {
    let key = put(db, objects, format!("spectrum of {of:?} {elements:?}")).await;
    let inserted = store::spectrum::insert(db, &[spectrum(of.0, of.1, &key, elements)]).await;
    inserted.expect("inserts")[0].id
}

async fn sweep(db: &Db, objects: &Objects, older_than: Duration) -> Swept {
    store::object::sweep(db, objects, older_than)
        .await
        .expect("sweeps")
}

async fn stored(db: &Db) -> Vec<String> {
    crate::seed::texts(db, "select object_key from stored_object order by 1").await
}
