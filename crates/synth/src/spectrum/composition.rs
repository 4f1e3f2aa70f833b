//! What defects are made of.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Kind;

/// Shares of the atoms.
type Material = &'static [(&'static str, f64)];

const SILICON: Material = &[("Si", 1.0)];
const OXIDE: Material = &[("Si", 0.34), ("O", 0.66)];
const NITRIDE: Material = &[("Si", 0.43), ("N", 0.57)];
const STAINLESS_304: Material = &[("Fe", 0.70), ("Cr", 0.20), ("Ni", 0.10)];
const STAINLESS_316: Material = &[("Fe", 0.67), ("Cr", 0.18), ("Ni", 0.12), ("C", 0.03)];
const STEEL: Material = &[("Fe", 0.94), ("C", 0.06)];
const RUST: Material = &[("Fe", 0.42), ("O", 0.58)];
const ALUMINA: Material = &[("Al", 0.4), ("O", 0.6)];
const ALUMINIUM: Material = &[("Al", 0.97), ("Cu", 0.03)];
const ALUMINIUM_CORRODED: Material = &[("Al", 0.33), ("O", 0.5), ("Cl", 0.17)];
const COPPER: Material = &[("Cu", 1.0)];
const COPPER_CORRODED: Material = &[("Cu", 0.55), ("O", 0.3), ("Cl", 0.15)];
const COPPER_SULPHIDE: Material = &[("Cu", 0.62), ("S", 0.33), ("O", 0.05)];
const TUNGSTEN: Material = &[("W", 1.0)];
const TITANIUM_NITRIDE: Material = &[("Ti", 0.5), ("N", 0.5)];
const TANTALUM_NITRIDE: Material = &[("Ta", 0.55), ("N", 0.45)];
const YTTRIA: Material = &[("Y", 0.4), ("O", 0.6)];
const CERIA: Material = &[("Ce", 0.3), ("O", 0.65), ("Si", 0.05)];
const ORGANIC: Material = &[("C", 0.8), ("O", 0.2)];
const RESIST: Material = &[("C", 0.75), ("O", 0.22), ("S", 0.03)];
const ETCH_POLYMER: Material = &[("C", 0.5), ("F", 0.4), ("O", 0.1)];
const SALT: Material = &[
    ("Na", 0.3),
    ("Cl", 0.3),
    ("K", 0.08),
    ("Ca", 0.07),
    ("O", 0.25),
];
const SILICA_STAIN: Material = &[("Si", 0.3), ("O", 0.62), ("C", 0.08)];

/// What a defect of a kind is made of, as the beam sees it: symbols and their shares of the atoms, largest first, which
/// make 1 together.
///
/// The same kind and variant give the same composition. Silicon is always below, bare or with its oxide or
/// nitride on it. Metal particles are of steel: iron in all of them.
pub fn composition(kind: Kind, variant: u64) -> Vec<(&'static str, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(variant ^ (kind as u64) << 56);
    let mut parts: Vec<(&'static str, f64)> = Vec::new();
    let (materials, least, most) = materials(kind);
    let share = if materials.is_empty() {
        0.0
    } else {
        random.random_range(least..most)
    };
    if let Some(material) = materials.choose(&mut random) {
        add(&mut parts, material, share);
    }
    if let Some(substrate) = [SILICON, SILICON, OXIDE, NITRIDE].choose(&mut random) {
        add(&mut parts, substrate, 1.0 - share);
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    parts
}

fn add(parts: &mut Vec<(&'static str, f64)>, material: Material, share: f64) {
    let total: f64 = material.iter().map(|(_, atoms)| atoms).sum();
    for &(symbol, atoms) in material {
        let added = share * atoms / total;
        match parts.iter_mut().find(|(present, _)| *present == symbol) {
            Some((_, atoms)) => *atoms += added,
            None => parts.push((symbol, added)),
        }
    }
}

/// Materials that a kind may be of, each as likely, and the share of the atoms under the beam that are the defect's:
/// from, below. None: the defect is a shape of the substrate.
fn materials(kind: Kind) -> (&'static [Material], f64, f64) {
    match kind {
        Kind::Particle => (
            &[
                OXIDE,
                ALUMINA,
                ORGANIC,
                YTTRIA,
                ETCH_POLYMER,
                TITANIUM_NITRIDE,
            ],
            0.4,
            0.8,
        ),
        Kind::EmbeddedParticle => (&[ALUMINA, TUNGSTEN, TITANIUM_NITRIDE, ORGANIC], 0.25, 0.5),
        Kind::MetalParticle => (
            &[STAINLESS_304, STAINLESS_304, STAINLESS_316, STEEL, RUST],
            0.4,
            0.8,
        ),
        Kind::Scratch | Kind::Pit | Kind::CrystalOriginatedParticle | Kind::StackingFault => {
            (&[], 0.0, 0.0)
        }
        Kind::Residue => (&[ORGANIC, RESIST, ETCH_POLYMER], 0.3, 0.7),
        Kind::SlurryResidue => (&[CERIA, CERIA, SILICA_STAIN, ALUMINA], 0.3, 0.6),
        Kind::Void => (&[COPPER, TUNGSTEN], 0.2, 0.4),
        Kind::Bridge | Kind::BrokenLine => (&[COPPER, ALUMINIUM, TUNGSTEN], 0.3, 0.6),
        Kind::MissingPattern | Kind::PatternCollapse => (&[RESIST], 0.2, 0.5),
        Kind::Corrosion => (
            &[ALUMINIUM_CORRODED, COPPER_CORRODED, COPPER_SULPHIDE],
            0.4,
            0.7,
        ),
        Kind::Discoloration => (&[SILICA_STAIN, ORGANIC], 0.15, 0.35),
        Kind::Watermark => (&[SILICA_STAIN, SALT], 0.2, 0.4),
        Kind::Flake => (
            &[NITRIDE, OXIDE, TITANIUM_NITRIDE, TANTALUM_NITRIDE, TUNGSTEN],
            0.5,
            0.8,
        ),
    }
}
