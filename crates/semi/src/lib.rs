//! semi.
