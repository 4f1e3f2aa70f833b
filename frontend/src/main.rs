//! The browser application's entry.

fn main() {
    frontend::run();
}
