//! What electrons make a specimen emit: coarse laws, right to within a factor of some.

use crate::line::Family;

/// Energy in keV at which about half of the X-rays made in the specimen leave it.
const HALF_ABSORBED_KEV: f64 = 0.6;

/// X-rays of a family per atom and electron, on a scale common to all families; 0 when electrons of
/// `beam_energy_kev` cannot make the vacancy.
///
/// ω (U - 1)^1.67 with the fluorescence yield ω and the overvoltage U = E0 / edge.
/// # Source
/// M. Green, V. E. Cosslett, Proc. Phys. Soc. 78 (1961) 1206; J. I. Goldstein et al. 2018, ch. 4.
pub fn generated(family: &Family, beam_energy_kev: f64) -> f64 {
    let overvoltage = beam_energy_kev / family.edge_kev;
    if overvoltage <= 1.0 {
        0.0
    } else {
        family.fluorescence_yield * libm::pow(overvoltage - 1.0, 1.67)
    }
}

/// Share of the X-rays of an energy in keV that leave the specimen, roughly: soft ones are absorbed in it.
pub fn emerging(energy_kev: f64) -> f64 {
    let ratio = HALF_ABSORBED_KEV / energy_kev.max(1e-3);
    1.0 / (1.0 + ratio * ratio)
}

/// Bremsstrahlung per energy that leaves the specimen, on a scale of its own: Kramers' law, (E0 - E) / E.
/// # Source
/// H. A. Kramers, Phil. Mag. 46 (1923) 836.
pub fn bremsstrahlung(energy_kev: f64, beam_energy_kev: f64) -> f64 {
    if energy_kev <= 0.0 || energy_kev >= beam_energy_kev {
        return 0.0;
    }
    (beam_energy_kev - energy_kev) / energy_kev * emerging(energy_kev)
}
