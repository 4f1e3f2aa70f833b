//! Images and spectra of a defect, and adding more.

use std::sync::Arc;

use contract::defect::DefectDetail;
use contract::image::DefectImage;
use contract::spectrum::DefectSpectrum;
use contract::user::Role;
use leptos::prelude::*;

use super::defect_spectra::Spectra;
use crate::api::Api;
use crate::components::evidence::AddEvidence;
use crate::components::status::{Notice, loaded};
use crate::image::ImageViewer;
use crate::state::caller::Caller;
use crate::state::remote::Remote;

/// Everything that was seen of a defect.
#[component]
pub fn Evidence(
    /// The defect.
    shown: Signal<Arc<DefectDetail>>,
    /// Called when an image or a spectrum has come, changed or gone.
    on_change: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let path = Memo::new(move |_| format!("/defects/{}", shown.read().defect.defect_id));
    let images = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Vec<DefectImage>>(&format!("{path}/sem")).await },
    );
    let spectra = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Vec<DefectSpectrum>>(&format!("{path}/edx")).await },
    );
    let changed = Callback::new(move |()| {
        images.reload();
        spectra.reload();
        on_change.run(());
    });
    let may_add = Caller::here().may(Role::Operator);
    view! {
        <section class="card card-flush" aria-label="Images">
            {loaded(images, 10, move |images| view! { <Images images shown changed/> })}
        </section>
        {loaded(spectra, 4, move |spectra| view! { <SpectraOrNone spectra shown changed/> })}
        {may_add.then(|| view! { <AddEvidence path on_done=changed/> })}
    }
}

#[component]
fn Images(
    images: Signal<Arc<Vec<DefectImage>>>,
    shown: Signal<Arc<DefectDetail>>,
    changed: Callback<()>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| images.read().is_empty());
    let all = Signal::derive(move || Vec::clone(&images.read()));
    move || match is_empty.get() {
        true => view! { <NoImage shown/> }.into_any(),
        false => view! { <ImageViewer images=all on_change=changed/> }.into_any(),
    }
}

/// No image: the file may have promised some.
#[component]
fn NoImage(shown: Signal<Arc<DefectDetail>>) -> impl IntoView {
    let text = move || {
        let promised = shown.read().defect.image_count.filter(|count| *count > 0);
        match promised {
            Some(count) => format!(
                "The inspection file lists {}, but it came without. Add it below, or import the file together with its images.",
                crate::format::plural(count.into(), "image", "images")
            ),
            None => "Images come with an inspection file that lists them, or are added below."
                .to_owned(),
        }
    };
    move || view! { <Notice title="No image of this defect" text=text()/> }
}

#[component]
fn SpectraOrNone(
    spectra: Signal<Arc<Vec<DefectSpectrum>>>,
    shown: Signal<Arc<DefectDetail>>,
    changed: Callback<()>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| spectra.read().is_empty());
    let all = Signal::derive(move || Vec::clone(&spectra.read()));
    move || match is_empty.get() {
        true => {
            let number = shown.read().defect.defect_no;
            view! { <p class="card no-spectrum quiet">{format!("No EDX spectrum of defect {number}: it counts in no element.")}</p> }.into_any()
        }
        false => view! { <Spectra spectra=all on_change=changed/> }.into_any(),
    }
}
