//! Images and spectra that come with a file's defects, in its transaction.

use super::File;
use crate::{
    Result,
    evidence::Inserted,
    image::{self, NewImage},
    spectrum::{self, NewSpectrum},
};

impl File {
    /// Adds images of defects that were pushed before, of this wafer or an earlier one of the file. Their content was put
    /// to the object store just before.
    ///
    /// # Errors
    /// As [`image::insert`] and [`File::push`].
    pub async fn push_images(&mut self, images: Vec<NewImage>) -> Result<Vec<Inserted>> {
        self.end_copy().await?;
        image::insert(&self.own, images).await
    }

    /// Adds spectra, with their elements, of defects that were pushed before, as [`File::push_images`] adds images.
    ///
    /// # Errors
    /// As [`spectrum::insert`] and [`File::push`].
    pub async fn push_spectra(&mut self, spectra: &[NewSpectrum]) -> Result<Vec<Inserted>> {
        self.end_copy().await?;
        spectrum::insert(&self.own, spectra).await
    }
}
