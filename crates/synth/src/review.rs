//! What a review of a defect shows: its SEM image and its EDX spectrum, drawn from the seeds of its evidence.

use edx::Spectrum;

use crate::sem::{Background, LineMaterial, Subject};
use crate::spectrum::{Recipe, composition, spectrum};
use crate::step::place;
use crate::{Defect, Fab, Inspection, Kind};

/// Energy of the electrons for spectra, keV: it excites the K lines of iron and copper well.
const BEAM_KEV: f64 = 15.0;
/// Seconds that a spectrum takes.
const LIVE_TIME_S: f64 = 30.0;
/// Counts per second.
const COUNTS_PER_SECOND: f64 = 1_500.0;

impl Fab {
    /// What the review SEM sees of a defect of an inspection: for [`crate::sem::image`]. `None` where it has no image.
    #[must_use]
    pub fn sem_subject(&self, inspection: &Inspection, defect: &Defect) -> Option<Subject> {
        let evidence = defect.evidence?;
        let extent = defect.extent;
        Some(Subject {
            seed: evidence.image_seed,
            kind: defect.kind,
            size_um: extent.x_size_um.max(extent.y_size_um),
            aspect: extent.x_size_um / extent.y_size_um,
            background: self.background(inspection),
            charging: charging(inspection.step, defect.kind),
        })
    }

    /// The spectrum of a defect; `None` where it has none.
    #[must_use]
    pub fn spectrum(&self, defect: &Defect) -> Option<Spectrum> {
        let seed = defect.evidence?.spectrum_seed?;
        let composition = composition(defect.kind, seed);
        Some(spectrum(&Recipe {
            seed,
            composition: &composition,
            beam_energy_kev: BEAM_KEV,
            live_time_s: LIVE_TIME_S,
            counts_per_second: COUNTS_PER_SECOND,
        }))
    }

    /// What the wafer looks like after a step.
    fn background(&self, inspection: &Inspection) -> Background {
        let gate_pitch_nm = self.products()[inspection.product].gate_pitch_nm;
        let lines = |pitch_nm, angle_deg, material| Background::LineSpace {
            pitch_nm,
            angle_deg,
            material,
        };
        match inspection.step {
            place::INCOMING => Background::Bare,
            place::GATE_LITHO => lines(gate_pitch_nm, 0.0, LineMaterial::Resist),
            place::GATE_ETCH => lines(gate_pitch_nm, 0.0, LineMaterial::Silicon),
            place::CONTACT_ETCH => Background::ContactHoles {
                pitch_nm: 1.5 * gate_pitch_nm,
            },
            place::METAL_DEPOSITION => Background::MetalGrain { grain_nm: 220.0 },
            place::METAL_CMP => lines(1.4 * gate_pitch_nm, 90.0, LineMaterial::Metal),
            _ => Background::Film,
        }
    }
}

/// Insulators charge up, metal does not.
fn charging(step: usize, kind: Kind) -> f64 {
    let of_wafer = match step {
        place::METAL_DEPOSITION | place::METAL_CMP | place::INCOMING => 0.1,
        place::GATE_LITHO => 0.5,
        _ => 0.3,
    };
    match kind {
        Kind::Particle | Kind::Residue | Kind::Flake => of_wafer + 0.3,
        Kind::MetalParticle | Kind::CrystalOriginatedParticle | Kind::StackingFault => 0.05,
        _ => of_wafer,
    }
}
