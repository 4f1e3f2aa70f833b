//! Tells the code under which name `scripts/vendor.mjs` has put the chart library.

use std::fs;

fn main() {
    let file = "vendor/echarts.name";
    println!("cargo:rerun-if-changed={file}");
    // Tests on the host and `cargo check` need no charts; a page says that they could not be loaded.
    let name = fs::read_to_string(file).unwrap_or_else(|_| "echarts-not-built.js".to_owned());
    println!("cargo:rustc-env=WAFERMAPS_ECHARTS={}", name.trim());
}
