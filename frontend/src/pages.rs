//! One file per page; long pages keep a part of theirs beside it.

pub mod dashboard;
mod dashboard_kpis;
pub mod defect;
mod defect_edit;
pub mod defect_type;
pub mod defect_types;
pub mod equipment;
pub mod equipment_list;
mod import_drop;
mod import_report;
mod import_run;
pub mod imports;
pub mod inspection;
mod inspection_defects;
mod inspection_edit;
mod inspection_facts;
pub mod inspections;
pub mod links;
pub mod lots;
pub mod not_found;
pub mod pareto;
pub mod sign_in;
pub mod trends;
pub mod users;
pub mod wafer;
mod wafer_edit;
pub mod wafers;
