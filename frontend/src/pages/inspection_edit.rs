//! Editing an inspection.

use std::sync::Arc;

use contract::inspection::{InspectionDetail, InspectionUpdate};
use leptos::prelude::*;

use crate::api::Api;
use crate::components::form::{Form, Saving, TextField, Values};

/// The fields of an inspection that an engineer may change.
#[component]
pub fn EditForm(
    /// The inspection as it is.
    shown: Arc<InspectionDetail>,
    /// Its path in the API.
    path: String,
    /// Called with the inspection as it has become.
    on_done: Callback<InspectionDetail>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = shown.clone();
    let send = Callback::new(move |values: Values| {
        let update = update_of(&values, &before);
        let path = path.clone();
        saving.run(
            async move { api.put::<_, InspectionDetail>(&path, &update).await },
            move |changed| on_done.run(changed),
        );
    });
    let inspection = shown.inspection.clone();
    view! {
        <p class="quiet">"Time and wafer are part of what the inspection is and stay."</p>
        <Form on_send=send saving>
            <div class="form-row">
                <TextField name="step_id" label="Step" required=true value=inspection.step_id/>
                <TextField name="device_id" label="Product" value=inspection.device_id/>
            </div>
            <div class="form-row">
                <TextField name="equipment_id" label="Equipment" longest=64 value=inspection.equipment_id/>
                <TextField name="recipe" label="Recipe" value=inspection.recipe/>
            </div>
            <div class="form-row">
                <TextField name="run_id" label="Run" value=inspection.run_id/>
                <TextField name="operator" label="Operator" value=shown.operator.clone()/>
            </div>
            <TextField name="area_cm2" label="Inspected area, cm²" kind="number" min="0" value=inspection.area_cm2.map(|area| area.to_string())/>
        </Form>
    }
}

fn update_of(values: &Values, shown: &InspectionDetail) -> InspectionUpdate {
    let before = &shown.inspection;
    InspectionUpdate {
        if_updated_at: Some(shown.updated_at),
        step_id: values.changed("step_id", Some(&before.step_id)),
        device_id: values.changed("device_id", before.device_id.as_deref()),
        equipment_id: values.changed("equipment_id", before.equipment_id.as_deref()),
        recipe: values.changed("recipe", before.recipe.as_deref()),
        run_id: values.changed("run_id", before.run_id.as_deref()),
        operator: values.changed("operator", shown.operator.as_deref()),
        area_cm2: values.changed_to("area_cm2", before.area_cm2),
    }
}
