//! One file per page.

pub mod dashboard;
pub mod defect_type;
pub mod defect_types;
pub mod equipment;
pub mod equipment_list;
pub mod inspections;
pub mod links;
pub mod lots;
pub mod not_found;
pub mod sign_in;
pub mod users;
pub mod wafers;
