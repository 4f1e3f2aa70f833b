//! klarf.
