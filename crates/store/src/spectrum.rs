//! Spectra of defects and the elements that they speak for. Their counts lie in the object store ([`crate::object`]).

use std::collections::HashMap;

use entity::{
    defect_element,
    defect_spectrum::{Column, Entity, Model},
};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Result, evidence::Inserted, object::Key, record, sql::Sql};

/// Spectra that one statement inserts: their values stay far below the 65,535 that it may have.
const ROWS: usize = 500;

/// A spectrum to come. Its content was put to the object store just before.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSpectrum {
    /// Inspection of its defect.
    pub inspection_id: Uuid,
    /// Number of its defect.
    pub defect_no: i32,
    /// Name of the file, without its path.
    pub file_name: String,
    /// The file as delivered, EMSA/MSA.
    pub object_key: Key,
    /// Title that the file gives.
    pub title: Option<String>,
    /// Channels.
    pub channels: i32,
    /// Energy of the first channel's centre in keV.
    pub energy_offset_kev: f64,
    /// Width of a channel in keV.
    pub energy_per_channel_kev: f64,
    /// Energy of the beam in kV.
    pub beam_kv: Option<f64>,
    /// Live time in s.
    pub live_time_s: Option<f64>,
    /// Counts of all channels.
    pub total_counts: f64,
    /// Who added it.
    pub created_by: Option<Uuid>,
    /// Elements that it speaks for, each once.
    pub elements: Vec<NewElement>,
}

/// An element that a spectrum speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct NewElement {
    /// Symbol.
    pub element: String,
    /// Weight of the evidence, 0 to 1.
    pub weight: f32,
    /// Net counts over their standard deviation.
    pub significance: f32,
    /// Counts of its lines above the background.
    pub net_counts: f64,
}

/// A spectrum, its elements, and who added it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The spectrum.
    pub spectrum: Model,
    /// User name; `None` for imports on the command line, or when the account is gone.
    pub created_by_username: Option<String>,
    /// Elements, heaviest evidence first.
    pub elements: Vec<defect_element::Model>,
}

/// Adds spectra with their elements, and tells of each, in their order, under which id it is known: content that the
/// defect has already is not added again, nor are its elements.
///
/// # Errors
/// [`crate::Error::Missing`] when a defect, or content in the object store, does not exist; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, spectra: &[NewSpectrum]) -> Result<Vec<Inserted>> {
    let mut inserted = Vec::with_capacity(spectra.len());
    for spectra in spectra.chunks(ROWS) {
        let ids: Vec<Uuid> = spectra.iter().map(|_| Uuid::now_v7()).collect();
        insert_rows(&ids, spectra).execute(db).await?;
        let by_content = find(db, spectra).await?;
        inserted.extend(ids.iter().zip(spectra).map(|(own, spectrum)| {
            let known = by_content.get(&content(spectrum));
            let id = known.copied().unwrap_or(*own);
            Inserted {
                id,
                new: id == *own,
            }
        }));
    }
    Ok(inserted)
}

/// One statement for both tables, so that there is no spectrum without its elements whatever the caller's transaction.
fn insert_rows(ids: &[Uuid], spectra: &[NewSpectrum]) -> Sql {
    let mut sql = Sql::new(
        "with made as (insert into defect_spectrum (spectrum_id, inspection_id, defect_no, file_name, object_key, title, channels,
            energy_offset_kev, energy_per_channel_kev, beam_kv, live_time_s, total_counts, created_by) values ",
    );
    for (index, (id, spectrum)) in ids.iter().zip(spectra).enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" });
        push_values(&mut sql, *id, spectrum);
        sql.push(")");
    }
    let elements: Vec<(Uuid, &NewElement)> = ids
        .iter()
        .zip(spectra)
        .flat_map(|(id, spectrum)| spectrum.elements.iter().map(|element| (*id, element)))
        .collect();
    let reals =
        |of: fn(&NewElement) -> f32| elements.iter().map(|(_, e)| of(e)).collect::<Vec<_>>();
    sql.push(
        " on conflict on constraint defect_spectrum_content_key do nothing returning spectrum_id, inspection_id, defect_no)
         insert into defect_element (spectrum_id, element, inspection_id, defect_no, weight, significance, net_counts)
         select m.spectrum_id, e.element, m.inspection_id, m.defect_no, e.weight, e.significance, e.net_counts
         from made m join unnest(",
    );
    sql.bind(elements.iter().map(|(id, _)| *id).collect::<Vec<Uuid>>())
        .push(", ")
        .bind(
            elements
                .iter()
                .map(|(_, e)| e.element.clone())
                .collect::<Vec<String>>(),
        )
        .push(", ")
        .bind(reals(|e| e.weight))
        .push(", ")
        .bind(reals(|e| e.significance))
        .push(", ")
        .bind(
            elements
                .iter()
                .map(|(_, e)| e.net_counts)
                .collect::<Vec<f64>>(),
        )
        .push(") e(spectrum_id, element, weight, significance, net_counts) using (spectrum_id)");
    sql
}

fn push_values(sql: &mut Sql, id: Uuid, spectrum: &NewSpectrum) {
    sql.bind(id);
    sql.push(", ").bind(spectrum.inspection_id);
    sql.push(", ").bind(spectrum.defect_no);
    sql.push(", ").bind(spectrum.file_name.as_str());
    sql.push(", ").bind(spectrum.object_key.as_str());
    sql.push(", ").bind(spectrum.title.clone());
    sql.push(", ").bind(spectrum.channels);
    sql.push(", ").bind(spectrum.energy_offset_kev);
    sql.push(", ").bind(spectrum.energy_per_channel_kev);
    sql.push(", ").bind(spectrum.beam_kv);
    sql.push(", ").bind(spectrum.live_time_s);
    sql.push(", ").bind(spectrum.total_counts);
    sql.push(", ").bind(spectrum.created_by);
}

/// What makes a spectrum the same as another.
type Content = (Uuid, i32, String);

fn content(spectrum: &NewSpectrum) -> Content {
    let key = spectrum.object_key.to_string();
    (spectrum.inspection_id, spectrum.defect_no, key)
}

/// Ids by content. Served by `defect_spectrum_content_key`.
async fn find(
    db: &impl ConnectionTrait,
    spectra: &[NewSpectrum],
) -> Result<HashMap<Content, Uuid>> {
    #[derive(FromQueryResult)]
    struct Found {
        spectrum_id: Uuid,
        inspection_id: Uuid,
        defect_no: i32,
        object_key: String,
    }
    let inspections: Vec<Uuid> = spectra.iter().map(|s| s.inspection_id).collect();
    let numbers: Vec<i32> = spectra.iter().map(|s| s.defect_no).collect();
    let keys: Vec<String> = spectra.iter().map(|s| s.object_key.to_string()).collect();
    let mut sql = Sql::new(
        "select s.spectrum_id, s.inspection_id, s.defect_no, s.object_key from defect_spectrum s join unnest(",
    );
    sql.bind(inspections)
        .push(", ")
        .bind(numbers)
        .push(", ")
        .bind(keys)
        .push(") k(inspection_id, defect_no, object_key) using (inspection_id, defect_no, object_key)");
    let found: Vec<Found> = sql.all(db).await?;
    let by_content = found.into_iter().map(|row| {
        let content = (row.inspection_id, row.defect_no, row.object_key);
        (content, row.spectrum_id)
    });
    Ok(by_content.collect())
}

const SELECT: &str = "select s.*, u.username as created_by_username from defect_spectrum s
     left join app_user u on u.user_id = s.created_by where ";

/// The spectra of a defect, in the order in which they came. Served by `defect_spectrum_content_key`.
///
/// # Errors
/// When the database fails.
pub async fn list_of_defect(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
) -> Result<Vec<Row>> {
    let mut sql = Sql::new(SELECT);
    sql.push("s.inspection_id = ")
        .bind(inspection_id)
        .push(" and s.defect_no = ")
        .bind(defect_no)
        .push(" order by s.spectrum_id");
    with_elements(db, sql).await
}

/// One spectrum.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, spectrum_id: Uuid) -> Result<Option<Row>> {
    let mut sql = Sql::new(SELECT);
    sql.push("s.spectrum_id = ").bind(spectrum_id);
    Ok(with_elements(db, sql).await?.pop())
}

/// Deletes a spectrum with its elements and tells whether there was one. Its content goes with a later sweep.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, spectrum_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::SpectrumId.eq(spectrum_id)).await
}

async fn with_elements(db: &impl ConnectionTrait, spectra: Sql) -> Result<Vec<Row>> {
    #[derive(FromQueryResult)]
    struct Named {
        #[sea_orm(nested)]
        spectrum: Model,
        created_by_username: Option<String>,
    }
    let spectra: Vec<Named> = spectra.all(db).await?;
    let ids: Vec<Uuid> = spectra.iter().map(|row| row.spectrum.spectrum_id).collect();
    let mut sql = Sql::new("select * from defect_element where spectrum_id = any(");
    sql.bind(ids).push(") order by weight desc, element");
    let mut elements: HashMap<Uuid, Vec<defect_element::Model>> = HashMap::new();
    for element in sql.all::<defect_element::Model>(db).await? {
        elements
            .entry(element.spectrum_id)
            .or_default()
            .push(element);
    }
    let rows = spectra.into_iter().map(|row| Row {
        elements: elements
            .remove(&row.spectrum.spectrum_id)
            .unwrap_or_default(),
        spectrum: row.spectrum,
        created_by_username: row.created_by_username,
    });
    Ok(rows.collect())
}
