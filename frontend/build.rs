//! Tells the code under which name `scripts/vendor.mjs` has put the chart library, and the linker what
//! `scripts/split.mjs` needs.

use std::{env, fs};

fn main() {
    let file = "vendor/echarts.name";
    println!("cargo:rerun-if-changed={file}");
    // Tests on the host and `cargo check` need no charts; a page says that they could not be loaded.
    let name = fs::read_to_string(file).unwrap_or_else(|_| "echarts-not-built.js".to_owned());
    println!("cargo:rustc-env=WAFERMAPS_ECHARTS={}", name.trim());
    // Which function uses which other function or constant: by that the application is split.
    let for_browser = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if for_browser && env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
