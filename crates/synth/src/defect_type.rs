//! The eighteen defect types as the fab's engineers describe them.

use serde::Serialize;

use crate::Kind;

/// A defect type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DefectType {
    /// The kind it describes; its number in KLARF files is [`DefectType::class_no`].
    pub kind: Kind,
    /// Name.
    pub name: &'static str,
    /// What it looks like.
    pub description: &'static str,
    /// Where it comes from: `contamination`, `mechanical`, `process`, `pattern`, `crystal`.
    pub category: &'static str,
    /// Finer.
    pub subcategory: &'static str,
    /// 1 (harmless) to 5 (the die is lost).
    pub severity: u8,
    /// Whether one of them as a rule kills the die.
    pub is_killer: bool,
    /// `#rrggbb`, with a contrast of 3 or more on white and on a dark page.
    pub colour: &'static str,
    /// What causes it.
    pub causes: &'static str,
    /// What prevents it.
    pub prevention: &'static str,
}

impl Kind {
    /// Its number in KLARF files: its place in [`Kind::ALL`], from 1.
    #[must_use]
    pub fn class_no(self) -> i32 {
        self as i32 + 1
    }

    /// The type that describes it.
    #[must_use]
    pub fn defect_type(self) -> &'static DefectType {
        &DEFECT_TYPES[self as usize]
    }
}

impl DefectType {
    /// Number of its class in KLARF files.
    #[must_use]
    pub fn class_no(&self) -> i32 {
        self.kind.class_no()
    }
}

impl Serialize for Kind {
    /// By name, `Metal particle`.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.defect_type().name)
    }
}

/// The types, in the order of [`Kind::ALL`].
pub(crate) static DEFECT_TYPES: [DefectType; 18] = [
    DefectType {
        kind: Kind::Particle,
        name: "Particle",
        description: "A foreign body on the surface",
        category: "contamination",
        subcategory: "particle",
        severity: 3,
        is_killer: false,
        colour: "#2985df",
        causes: "Flakes from chamber walls, robots and cassettes; people; slurry and resist that dried",
        prevention: "Clean chambers by wafer count; purge load ports; check the filters of air and chemicals",
    },
    DefectType {
        kind: Kind::EmbeddedParticle,
        name: "Embedded particle",
        description: "A particle under a film that was deposited on top of it: a bump with a soft rim",
        category: "contamination",
        subcategory: "particle",
        severity: 4,
        is_killer: true,
        colour: "#207582",
        causes: "Particles that a clean before deposition left behind; gas-phase nucleation",
        prevention: "Clean right before deposition; shorten the queue time; season the chamber",
    },
    DefectType {
        kind: Kind::MetalParticle,
        name: "Metal particle",
        description: "A bright, angular particle of metal",
        category: "contamination",
        subcategory: "particle",
        severity: 5,
        is_killer: true,
        colour: "#fd2e1c",
        causes: "Wear of bearings, valves, lift pins and shields; arcing on a target",
        prevention: "Replace worn parts by cycle count; look at the spectrum to find the alloy",
    },
    DefectType {
        kind: Kind::Scratch,
        name: "Scratch",
        description: "A curved line of torn surface",
        category: "mechanical",
        subcategory: "contact",
        severity: 4,
        is_killer: true,
        colour: "#a17003",
        causes: "Agglomerated slurry, a worn pad conditioner, contact in a robot or cassette",
        prevention: "Filter slurry at the point of use; change pads and discs in time; teach the robot again",
    },
    DefectType {
        kind: Kind::Residue,
        name: "Residue",
        description: "An irregular film that a clean or strip left behind",
        category: "contamination",
        subcategory: "residue",
        severity: 3,
        is_killer: false,
        colour: "#17a92a",
        causes: "Short strip, exhausted chemistry, polymer from the etch",
        prevention: "Hold the bath's life; extend the strip; tune the etch chemistry",
    },
    DefectType {
        kind: Kind::SlurryResidue,
        name: "Slurry residue",
        description: "Grains in a film after polishing",
        category: "contamination",
        subcategory: "residue",
        severity: 2,
        is_killer: false,
        colour: "#4a937f",
        causes: "Weak brush clean, slurry that dried on the way",
        prevention: "Keep wafers wet; check brush pressure and rinse time",
    },
    DefectType {
        kind: Kind::Pit,
        name: "Pit",
        description: "A small hole in the surface",
        category: "process",
        subcategory: "surface",
        severity: 3,
        is_killer: false,
        colour: "#816fa3",
        causes: "Corrosion under a film, grains torn out by polishing",
        prevention: "Watch pH and inhibitor; lower the down force",
    },
    DefectType {
        kind: Kind::Void,
        name: "Void",
        description: "A cavity in a film or a fill",
        category: "process",
        subcategory: "fill",
        severity: 5,
        is_killer: true,
        colour: "#884bf6",
        causes: "Seed too thin, plating additives out of balance, a contact that pinched off",
        prevention: "Control the seed's step coverage; analyse the bath daily",
    },
    DefectType {
        kind: Kind::Bridge,
        name: "Bridge",
        description: "Two features joined that should be apart",
        category: "pattern",
        subcategory: "lithography",
        severity: 5,
        is_killer: true,
        colour: "#cc2a1b",
        causes: "Underexposure, scumming, a particle below the resist, haze on the reticle",
        prevention: "Check focus and dose; inspect the reticle; filter the resist",
    },
    DefectType {
        kind: Kind::BrokenLine,
        name: "Broken line",
        description: "A line that is interrupted",
        category: "pattern",
        subcategory: "etch",
        severity: 5,
        is_killer: true,
        colour: "#b14282",
        causes: "A bubble or particle in the resist, over-etch, line collapse",
        prevention: "Degas the resist; control the line width before the etch",
    },
    DefectType {
        kind: Kind::MissingPattern,
        name: "Missing pattern",
        description: "A feature that was not printed",
        category: "pattern",
        subcategory: "lithography",
        severity: 5,
        is_killer: true,
        colour: "#fa4dc7",
        causes: "Blocked exposure, poor resist adhesion, a closed contact",
        prevention: "Inspect the reticle; prime the surface; check the focus",
    },
    DefectType {
        kind: Kind::PatternCollapse,
        name: "Pattern collapse",
        description: "Resist lines that fell over",
        category: "pattern",
        subcategory: "lithography",
        severity: 5,
        is_killer: true,
        colour: "#cc34c5",
        causes: "Surface tension of the rinse on lines that are too tall and thin",
        prevention: "Rinse with surfactant; thinner resist; slower spin-dry",
    },
    DefectType {
        kind: Kind::CrystalOriginatedParticle,
        name: "Crystal-originated particle",
        description: "A pit with square outline: an octahedral void of the ingot",
        category: "crystal",
        subcategory: "bulk",
        severity: 2,
        is_killer: false,
        colour: "#235efa",
        causes: "Vacancies that gathered while the crystal was pulled",
        prevention: "Choose wafers of slow-pulled or annealed crystal; grow an epitaxial layer",
    },
    DefectType {
        kind: Kind::StackingFault,
        name: "Stacking fault",
        description: "A square or triangle along crystal axes",
        category: "crystal",
        subcategory: "epitaxy",
        severity: 3,
        is_killer: false,
        colour: "#aa71fc",
        causes: "Particles or damage below the epitaxial layer, metal in the crystal",
        prevention: "Clean before epitaxy; control the metals in the chemistry",
    },
    DefectType {
        kind: Kind::Corrosion,
        name: "Corrosion",
        description: "Metal that was attacked: dark, ragged edges",
        category: "process",
        subcategory: "metal",
        severity: 4,
        is_killer: true,
        colour: "#d65c88",
        causes: "Moisture while wafers wait after polish or etch; chlorine that was not passivated",
        prevention: "Shorten the wait, dry it with nitrogen; passivate in the etcher",
    },
    DefectType {
        kind: Kind::Discoloration,
        name: "Discoloration",
        description: "A stain or another shade: the film's thickness differs",
        category: "process",
        subcategory: "film",
        severity: 1,
        is_killer: false,
        colour: "#b2912e",
        causes: "Uneven gas flow or temperature, a warped wafer",
        prevention: "Check the showerhead and the heater's zones",
    },
    DefectType {
        kind: Kind::Watermark,
        name: "Watermark",
        description: "A ring that a drop left when it dried",
        category: "contamination",
        subcategory: "residue",
        severity: 2,
        is_killer: false,
        colour: "#9b8fa9",
        causes: "Drops of rinse or immersion water that dried on the wafer",
        prevention: "Tune the spin-dry; watch the immersion hood's meniscus",
    },
    DefectType {
        kind: Kind::Flake,
        name: "Flake",
        description: "A flake of film that peeled off, mostly at the rim",
        category: "contamination",
        subcategory: "film",
        severity: 4,
        is_killer: true,
        colour: "#317d01",
        causes: "Film on the bevel under stress, chamber walls past their clean",
        prevention: "Remove the film from the bevel; clean by film thickness",
    },
];
