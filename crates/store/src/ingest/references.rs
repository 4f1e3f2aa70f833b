//! Rows of `image_reference` in the binary format of COPY.

use uuid::Uuid;

use super::{COPY_END, COPY_START, File};
use crate::{Error, Result};

const STATEMENT: &str = "copy image_reference (inspection_id, defect_no, ordinal, file_name, image_no, image_type, description) \
     from stdin with (format binary)";
const FIELDS: i16 = 7;

/// An image that a file lists for a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceRow<'a> {
    /// Number of the defect within the wafer.
    pub defect_no: i32,
    /// Which of the defect's references this is, from 1.
    pub ordinal: i16,
    /// Name of the image's file, without its path, 1 to 512 characters.
    pub file_name: &'a str,
    /// Page of a TIFF, from 1.
    pub image_no: i32,
    /// As delivered, at most 64 characters.
    pub image_type: Option<&'a str>,
    /// As delivered, at most 256 characters.
    pub description: Option<&'a str>,
}

/// Encoded references of one inspection.
#[derive(Clone, Debug)]
pub struct References {
    inspection_id: Uuid,
    bytes: Vec<u8>,
}

impl References {
    /// No references yet.
    #[must_use]
    pub fn new(inspection_id: Uuid) -> Self {
        Self {
            inspection_id,
            bytes: Vec::new(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds a row. U+0000, which PostgreSQL cannot store, is left out.
    pub fn push(&mut self, row: &ReferenceRow<'_>) {
        self.bytes.extend_from_slice(&FIELDS.to_be_bytes());
        self.field(self.inspection_id.into_bytes());
        self.field(row.defect_no.to_be_bytes());
        self.field(row.ordinal.to_be_bytes());
        self.text(Some(row.file_name));
        self.field(row.image_no.to_be_bytes());
        self.text(row.image_type);
        self.text(row.description);
    }

    fn field<const N: usize>(&mut self, value: [u8; N]) {
        self.bytes.extend_from_slice(&(N as i32).to_be_bytes());
        self.bytes.extend_from_slice(&value);
    }

    fn text(&mut self, text: Option<&str>) {
        let Some(text) = text else {
            return self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
        };
        let bytes = || text.bytes().filter(|byte| *byte != 0);
        // A name is far from 2 GiB.
        let length = bytes().count() as i32;
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend(bytes());
    }
}

impl File {
    /// Takes the images that the file lists for defects of the wafer at hand. They are sent once the
    /// defects that are on their way are in. Whether those exist is not asked: both come from one reader.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a text is too long, or a defect has an ordinal twice ([`Error::Exists`]). Both may come
    /// later, at the end of the wafer.
    pub async fn push_references(&mut self, references: References) -> Result<()> {
        self.references.extend_from_slice(&references.bytes);
        if self.references.len() >= super::COPY_BYTES {
            self.end_copy().await?;
        }
        Ok(())
    }

    /// Sends the references at hand. No other COPY goes on.
    pub(super) async fn copy_references(&mut self) -> Result<()> {
        if self.references.is_empty() {
            return Ok(());
        }
        let pool = self.own.get_postgres_connection_pool();
        let mut copy = super::PgPoolCopyExt::copy_in_raw(pool, STATEMENT)
            .await
            .map_err(Error::from_sqlx)?;
        copy.send(COPY_START).await.map_err(Error::from_sqlx)?;
        for chunk in std::mem::take(&mut self.references).chunks(256 << 10) {
            copy.send(chunk).await.map_err(Error::from_sqlx)?;
        }
        copy.send(COPY_END).await.map_err(Error::from_sqlx)?;
        copy.finish().await.map_err(Error::from_sqlx).map(drop)
    }
}
