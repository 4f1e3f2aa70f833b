//! Editing a defect: what an engineer makes of it.

use contract::defect::{Defect, DefectUpdate, ReviewStatus};
use contract::defect_type::{DefectType, DefectTypeQuery};
use leptos::prelude::*;

use crate::api::{Api, with_query};
use crate::components::form::{AreaField, Form, Saving, SelectField, TextField, Values, options};
use crate::components::status::loaded;
use crate::state::remote::Remote;

/// Type, severity, review and notes of a defect.
#[component]
pub fn EditForm(
    /// The defect as it is.
    defect: Defect,
    /// Its path in the API.
    path: String,
    /// Called when it is changed.
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = defect.clone();
    let send = Callback::new(move |values: Values| {
        let update = update_of(&values, &before);
        let path = path.clone();
        saving.run(
            async move { api.put::<_, serde_json::Value>(&path, &update).await },
            move |_| on_done.run(()),
        );
    });
    let types = Remote::new(|| Some(()), move |()| all_types(api));
    loaded(types, 4, move |types| {
        let known = types
            .read()
            .iter()
            .map(|kind| (kind.defect_type_id.to_string(), kind.name.clone()))
            .collect::<Vec<_>>();
        let defect = defect.clone();
        view! {
            <Form on_send=send saving>
                <SelectField name="defect_type_id" label="Type" options=known value=defect.defect_type_id.to_string()/>
                <div class="form-row">
                    <TextField name="severity" label="Severity, 1 to 5" kind="number" required=true min="1" max="5" value=defect.severity.to_string()/>
                    <SelectField name="review_status" label="Review" options=options(ReviewStatus::ALL) value=defect.review_status.as_str()/>
                </div>
                <AreaField name="notes" label="Notes" longest=4000 value=defect.notes/>
            </Form>
        }
    })
}

fn update_of(values: &Values, defect: &Defect) -> DefectUpdate {
    DefectUpdate {
        defect_type_id: values.changed_to("defect_type_id", Some(defect.defect_type_id)),
        severity: values.changed_to("severity", Some(defect.severity)),
        review_status: values.changed_to("review_status", Some(defect.review_status)),
        notes: values.changed("notes", defect.notes.as_deref()),
    }
}

/// Every defect type, page by page.
async fn all_types(api: Api) -> Result<Vec<DefectType>, crate::api::ApiError> {
    let mut types = Vec::new();
    for page in 1.. {
        let question = DefectTypeQuery {
            page: Some(page),
            per_page: Some(100),
            ..DefectTypeQuery::default()
        };
        let listed = api
            .list::<DefectType>(&with_query("/defect-types", &question))
            .await?;
        types.extend(listed.rows);
        if page >= listed.pagination.total_pages {
            break;
        }
    }
    Ok(types)
}
