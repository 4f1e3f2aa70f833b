//! What pages share: the filter of the URL, answers of the API, who looks, how it is drawn.

pub mod caller;
pub mod defect_types;
pub mod filter;
pub mod list;
pub mod live;
pub mod navigation;
pub mod remote;
pub mod theme;
pub mod thumbnails;
pub mod title;
pub mod uploads;
