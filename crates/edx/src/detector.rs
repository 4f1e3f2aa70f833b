//! An energy-dispersive detector: how wide its peaks are, which X-rays it counts.

/// Energy of Mn Kα in keV, at which resolutions are given (ISO 15632).
pub const MN_K_ALPHA_KEV: f64 = 5.895;
/// FWHM at Mn Kα, in keV, of a usual silicon drift detector.
pub const USUAL_FWHM_KEV: f64 = 0.130;
/// FWHM of a Gaussian beside its standard deviation: √(8 ln 2).
pub const FWHM_PER_SIGMA: f64 = 2.354_820_045_030_949;

/// Fano factor of silicon.
const FANO: f64 = 0.115;
/// Energy in keV that makes one electron-hole pair in silicon.
const PAIR_KEV: f64 = 0.003_65;
/// Energy of Si Kα in keV, which an escaping X-ray takes along.
const SILICON_K_KEV: f64 = 1.740;
/// K edge of silicon in keV: below it none escapes.
const SILICON_EDGE_KEV: f64 = 1.839;

/// Full width at half maximum of a line at `energy_kev`, in keV, for a detector with `fwhm_at_mn_ka_kev`.
///
/// FWHM² = noise² + 8 ln 2 · F · ε · E: electronic noise that does not depend on the energy, and the statistics
/// of electron-hole pairs with F = 0.115, ε = 3.65 eV (silicon). Where the resolution asked for is better
/// than these statistics allow, the noise is 0.
/// # Source
/// J. I. Goldstein et al., "Scanning Electron Microscopy and X-Ray Microanalysis", 4th ed., 2018, ch. 16;
/// C. E. Fiori, D. E. Newbury, Scanning Electron Microscopy 1978/I, 401.
/// # Example
/// ```
/// use edx::detector::{MN_K_ALPHA_KEV, fwhm_kev};
/// assert!((fwhm_kev(MN_K_ALPHA_KEV, 0.130) - 0.130).abs() < 1e-12);
/// ```
pub fn fwhm_kev(energy_kev: f64, fwhm_at_mn_ka_kev: f64) -> f64 {
    let per_kev = FWHM_PER_SIGMA * FWHM_PER_SIGMA * FANO * PAIR_KEV;
    let noise_squared = (fwhm_at_mn_ka_kev * fwhm_at_mn_ka_kev - per_kev * MN_K_ALPHA_KEV).max(0.0);
    (noise_squared + per_kev * energy_kev.max(0.0)).sqrt()
}

/// Standard deviation of a line at `energy_kev`, in keV.
pub fn sigma_kev(energy_kev: f64, fwhm_at_mn_ka_kev: f64) -> f64 {
    fwhm_kev(energy_kev, fwhm_at_mn_ka_kev) / FWHM_PER_SIGMA
}

/// Energies in keV, and the share of X-rays that pass a thin polymer window on its silicon grid and are
/// absorbed in 0.45 mm of silicon: rounded from the curves that makers of windows and detectors publish. The jumps
/// at the edges of carbon, nitrogen and oxygen are told by the neighbouring points.
const EFFICIENCY: [(f64, f64); 17] = [
    (0.10, 0.02),
    (0.183, 0.25),
    (0.277, 0.61),
    (0.285, 0.30),
    (0.392, 0.43),
    (0.525, 0.59),
    (0.677, 0.67),
    (0.85, 0.71),
    (1.04, 0.74),
    (1.254, 0.77),
    (1.74, 0.79),
    (2.3, 0.81),
    (3.0, 0.85),
    (5.0, 0.96),
    (10.0, 0.97),
    (15.0, 0.86),
    (30.0, 0.24),
];

/// Share of the X-rays of an energy in keV that the detector counts; between 0 and 1.
///
/// A rounded curve of a usual detector, good to some 20 %: for spectra that look right and for coarse ratios of
/// lines, not for quantities.
pub fn efficiency(energy_kev: f64) -> f64 {
    let after = EFFICIENCY.partition_point(|&(energy, _)| energy <= energy_kev);
    match (
        after.checked_sub(1).map(|before| EFFICIENCY[before]),
        EFFICIENCY.get(after),
    ) {
        (Some((from, low)), Some(&(to, high))) => {
            low + (high - low) * (energy_kev - from) / (to - from)
        }
        (None, Some(&(to, high))) => high * (energy_kev / to).max(0.0),
        (Some((from, low)), None) => low * libm::pow(from / energy_kev, 3.0),
        (None, None) => 0.0,
    }
}

/// The escape peak of a line: its energy in keV and its share of the line's counts; none below the K edge of silicon.
///
/// A silicon X-ray that leaves the detector takes 1.740 keV along. The share falls with the depth at which X-rays
/// are absorbed, here as 1.5 % · exp(-E / 6 keV): 0.9 % at 3 keV, 0.5 % at 6.4 keV.
/// # Source
/// S. J. B. Reed, N. G. Ware, J. Phys. E 5 (1972) 582.
pub fn escape_peak(energy_kev: f64) -> Option<(f64, f64)> {
    (energy_kev > SILICON_EDGE_KEV).then(|| {
        (
            energy_kev - SILICON_K_KEV,
            0.015 * libm::exp(-energy_kev / 6.0),
        )
    })
}
