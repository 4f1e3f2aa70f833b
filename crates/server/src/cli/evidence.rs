//! Where a command puts images and spectra.

use anyhow::Context;
use store::object::Objects;

use crate::config::Place;
use crate::service::evidence::Intake;

/// Opens the object store: the URL's, or the folder `objects` of the data folder.
pub fn intake(place: &Place) -> anyhow::Result<Intake> {
    let objects = match &place.objects {
        Some(url) => Objects::at(url).context("`--objects`"),
        None => {
            let folder = place.data.join("objects");
            Objects::in_folder(&folder).with_context(|| format!("cannot use {}", folder.display()))
        }
    }?;
    let waiting = place.data.join("uploads");
    let limits = place.evidence.into();
    Intake::new(objects, limits, waiting.clone())
        .with_context(|| format!("cannot make the folder {}", waiting.display()))
}
