//! The units of the two families.

use crate::wafer::Family;

/// Divisors from a family's units: exact powers of ten, so that a quotient is the nearest number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units {
    pub length_per_mm: f64,
    pub length_per_um: f64,
    pub area_per_um2: f64,
    pub area_per_cm2: f64,
}

impl Units {
    pub fn of(family: Family) -> Self {
        match family {
            Family::Flat => Self {
                length_per_mm: 1e3,
                length_per_um: 1.0,
                area_per_um2: 1.0,
                area_per_cm2: 1e8,
            },
            Family::Brace => Self {
                length_per_mm: 1e6,
                length_per_um: 1e3,
                area_per_um2: 1e6,
                area_per_cm2: 1e14,
            },
        }
    }
}
