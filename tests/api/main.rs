//! The API over HTTP, on a real PostgreSQL: one database and one server a test.

mod adders;
mod alert;
mod analytics;
mod auth;
mod backtest;
mod bin_map;
mod cache;
mod commonality;
mod compare;
mod control_chart;
mod correlation;
mod cut_off;
mod defect;
mod defect_type;
mod die;
mod edge_cases;
mod equipment;
mod evidence;
mod harness;
mod history;
mod image;
mod import;
mod import_image;
mod inspection;
mod live;
mod lot_map;
mod pages;
mod permissions;
#[path = "../store/evidence/place.rs"]
#[allow(dead_code, reason = "shared with the tests of the store")]
mod place;
mod review;
mod seasonality;
mod seed;
mod similar;
mod spatial;
mod spectrum;
mod stack;
mod streams;
mod synthetic;
mod trends;
mod truth;
mod user;
mod wafer;
