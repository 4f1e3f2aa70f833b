//! sea-orm entities, one file a table. What the columns mean stands beside them in `migrations/`; a test compares both.

#![allow(
    missing_docs,
    reason = "columns are described where they are made, in migrations/"
)]

pub mod adder_queue;
pub mod alert;
pub mod app_user;
pub mod audit_log;
pub mod bin_map;
pub mod chart_evaluation;
pub mod chart_violation;
pub mod control_chart;
pub mod control_limit;
pub mod data_change;
pub mod data_version;
pub mod defect;
pub mod defect_element;
pub mod defect_image;
pub mod defect_spectrum;
pub mod defect_type;
pub mod equipment;
pub mod image_reference;
pub mod import_file;
pub mod inspection;
pub mod inspection_adder;
pub mod inspection_descriptor;
pub mod inspection_type_count;
pub mod job;
pub mod session;
pub mod stored_object;
pub mod wafer;
