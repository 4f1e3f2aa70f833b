//! Parts that several pages are made of.

pub mod badge;
pub mod delete;
pub mod diagnostics;
pub mod dialog;
pub mod evidence;
pub mod export;
pub mod facts;
pub mod filter_bar;
pub mod form;
pub mod history;
pub mod icon;
pub mod keys;
pub mod link;
pub mod multi_select;
pub mod near;
pub mod page;
pub mod search;
pub mod shell;
pub mod status;
pub mod step_through;
pub mod table;
pub mod thumbnail;
pub mod type_choice;
pub mod type_filter;
pub mod user_menu;
pub mod wafer_identity;
