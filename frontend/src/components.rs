//! Parts that several pages are made of.

pub mod dialog;
pub mod facts;
pub mod filter_bar;
pub mod icon;
pub mod link;
pub mod multi_select;
pub mod shell;
pub mod status;
pub mod user_menu;
