//! Editing a wafer.

use std::sync::Arc;

use contract::wafer::{MarkType, Wafer, WaferStatus, WaferUpdate};
use leptos::prelude::*;

use crate::api::Api;
use crate::components::form::{Form, Saving, SelectField, TextField, Values, options};

/// The fields of a wafer that an engineer may change.
#[component]
pub fn EditForm(
    /// The wafer as it is.
    wafer: Arc<Wafer>,
    /// Its path in the API.
    path: String,
    /// Called with the wafer as it has become.
    on_done: Callback<Wafer>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = wafer.clone();
    let send = Callback::new(move |values: Values| {
        let update = update_of(&values, &before);
        let path = path.clone();
        saving.run(
            async move { api.put::<_, Wafer>(&path, &update).await },
            move |changed| on_done.run(changed),
        );
    });
    let number = |value: Option<f64>| value.map(|value| value.to_string());
    view! {
        <Form on_send=send saving>
            <div class="form-row">
                <SelectField name="status" label="Status" options=options(WaferStatus::ALL) value=wafer.status.as_str()/>
                <SelectField name="mark_type" label="Mark" options=options(MarkType::ALL) value=wafer.mark_type.as_str()/>
            </div>
            <div class="form-row">
                <TextField name="lot_id" label="Lot" longest=64 required=true value=wafer.lot_id.clone()/>
                <TextField name="slot" label="Slot" kind="number" min="1" max="99" value=wafer.slot.map(|slot| slot.to_string())/>
            </div>
            <div class="form-row">
                <TextField name="wafer_type" label="Type" longest=64 hint="For example production, monitor, test" value=wafer.wafer_type.clone()/>
                <TextField name="process_node" label="Process node" longest=64 value=wafer.process_node.clone()/>
            </div>
            <div class="form-row">
                <TextField name="manufacturer" label="Manufacturer" value=wafer.manufacturer.clone()/>
                <TextField name="material" label="Material" longest=64 value=wafer.material.clone()/>
                <TextField name="orientation" label="Orientation" longest=16 value=wafer.orientation.clone()/>
            </div>
            <div class="form-row">
                <TextField name="resistivity_ohm_cm" label="Resistivity, Ω cm" kind="number" min="0" value=number(wafer.resistivity_ohm_cm)/>
                <TextField name="thickness_um" label="Thickness, µm" kind="number" min="0" value=number(wafer.thickness_um)/>
            </div>
        </Form>
    }
}

fn update_of(values: &Values, wafer: &Wafer) -> WaferUpdate {
    WaferUpdate {
        if_updated_at: Some(wafer.updated_at),
        status: values.changed_to("status", Some(wafer.status)),
        lot_id: values.changed("lot_id", Some(&wafer.lot_id)),
        slot: values.changed_to("slot", wafer.slot),
        wafer_type: values.changed("wafer_type", wafer.wafer_type.as_deref()),
        process_node: values.changed("process_node", wafer.process_node.as_deref()),
        manufacturer: values.changed("manufacturer", wafer.manufacturer.as_deref()),
        material: values.changed("material", wafer.material.as_deref()),
        orientation: values.changed("orientation", wafer.orientation.as_deref()),
        resistivity_ohm_cm: values.changed_to("resistivity_ohm_cm", wafer.resistivity_ohm_cm),
        thickness_um: values.changed_to("thickness_um", wafer.thickness_um),
        mark_type: values.changed_to("mark_type", Some(wafer.mark_type)),
        additional_info: None,
    }
}
