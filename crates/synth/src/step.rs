//! The route: eight process steps, each followed by an inspection.

use serde::Serialize;

use crate::equipment::tool;
use crate::{Kind, Signature};

/// A process step and what its inspection finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Id, a KLARF file's `StepID`.
    pub step_id: &'static str,
    /// What is done to the wafer.
    pub description: &'static str,
    /// Recipe of the process.
    pub process_recipe: &'static str,
    /// Recipe of the inspection.
    pub recipe: &'static str,
    /// Process tools, with their chambers (heads, modules).
    pub process_tools: &'static [ProcessTool],
    /// Inspection tools that a lot may go to, as indices of the fab's equipment.
    pub tools: &'static [usize],
    /// Defects that the step adds per cm2, signatures not counted: those that are large enough for the
    /// keenest of its inspection tools.
    pub adders_per_cm2: f64,
    /// Shape `k` of the negative binomial that the adders of a wafer follow: variance is `mean + mean^2 / k`.
    /// Over wafers and lots it is `mean + mean^2 ((1 + 1/k) exp(LOT_SPREAD^2 + WAFER_SPREAD^2) - 1)`.
    pub shape: f64,
    /// What is added, with weights that sum to 1.
    pub kinds: &'static [(Kind, f64)],
    /// Share of the defects present before the step that can still be seen after it: cleaned off or
    /// buried otherwise.
    pub survival: f64,
    /// Patterns on some of the wafers.
    pub signatures: &'static [Tendency],
}

/// A process tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProcessTool {
    /// Id.
    pub process_tool: &'static str,
    /// Chambers, each named with its tool, for no other chamber has that name; the wafers of a lot take them in turn.
    pub chambers: &'static [&'static str],
}

/// A pattern that a step leaves on some wafers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tendency {
    /// The pattern.
    pub signature: Signature,
    /// What it is made of.
    pub kind: Kind,
    /// Share of the wafers that carry it.
    pub share: f64,
    /// Mean number of defects in it.
    pub mean: f64,
}

/// Places in the route.
pub(crate) mod place {
    pub const INCOMING: usize = 0;
    pub const GATE_LITHO: usize = 2;
    pub const GATE_ETCH: usize = 3;
    pub const CONTACT_ETCH: usize = 4;
    pub const METAL_DEPOSITION: usize = 5;
    pub const METAL_CMP: usize = 6;
}

const fn on(signature: Signature, kind: Kind, share: f64, mean: f64) -> Tendency {
    Tendency {
        signature,
        kind,
        share,
        mean,
    }
}

const fn process(process_tool: &'static str, chambers: &'static [&'static str]) -> ProcessTool {
    ProcessTool {
        process_tool,
        chambers,
    }
}

/// The route, first step first.
pub(crate) const STEPS: [Step; 8] = [
    INCOMING,
    ISOLATION_POLISH,
    GATE_LITHOGRAPHY,
    GATE_ETCH,
    CONTACT_ETCH,
    METAL_DEPOSITION,
    METAL_POLISH,
    PASSIVATION,
];

const INCOMING: Step = Step {
    step_id: "INCOMING",
    description: "Bare wafer as received, epitaxial layer grown",
    process_recipe: "EPI-3",
    recipe: "BARE-60NM",
    process_tools: &[
        process("EPI-01", &["EPI-01 A"]),
        process("EPI-02", &["EPI-02 A"]),
    ],
    tools: &[tool::SURFACE],
    adders_per_cm2: 0.0112,
    shape: 2.5,
    kinds: &[
        (Kind::Particle, 0.40),
        (Kind::CrystalOriginatedParticle, 0.30),
        (Kind::StackingFault, 0.14),
        (Kind::Pit, 0.09),
        (Kind::Scratch, 0.07),
    ],
    survival: 1.0,
    signatures: &[
        on(Signature::Edge, Kind::Particle, 0.015, 11.0),
        on(Signature::Cluster, Kind::Particle, 0.015, 9.0),
    ],
};

const ISOLATION_POLISH: Step = Step {
    step_id: "STI-CMP",
    description: "Shallow trench isolation, oxide polish",
    process_recipe: "STI-P4",
    recipe: "STI-DF",
    process_tools: &[
        process(
            "CMP-01",
            &["CMP-01 H1", "CMP-01 H2", "CMP-01 H3", "CMP-01 H4"],
        ),
        process(
            "CMP-02",
            &["CMP-02 H1", "CMP-02 H2", "CMP-02 H3", "CMP-02 H4"],
        ),
    ],
    tools: &[tool::DARK_1, tool::DARK_3],
    adders_per_cm2: 0.0112,
    shape: 2.0,
    kinds: &[
        (Kind::Particle, 0.38),
        (Kind::SlurryResidue, 0.26),
        (Kind::Scratch, 0.20),
        (Kind::Pit, 0.16),
    ],
    survival: 0.55,
    signatures: &[
        on(Signature::Scratch, Kind::Scratch, 0.04, 14.0),
        on(Signature::Ring, Kind::SlurryResidue, 0.012, 16.0),
    ],
};

const GATE_LITHOGRAPHY: Step = Step {
    step_id: "GATE-LITHO",
    description: "Gate resist, after develop",
    process_recipe: "GT-IMM-2",
    recipe: "GATE-ADI-BF",
    process_tools: &[
        process("LIT-01", &["LIT-01 T1", "LIT-01 T2"]),
        process("LIT-02", &["LIT-02 T1", "LIT-02 T2"]),
    ],
    tools: &[tool::BRIGHT_1, tool::BRIGHT_2],
    adders_per_cm2: 0.0104,
    shape: 3.0,
    kinds: &[
        (Kind::Particle, 0.34),
        (Kind::PatternCollapse, 0.18),
        (Kind::Watermark, 0.15),
        (Kind::MissingPattern, 0.13),
        (Kind::EmbeddedParticle, 0.10),
        (Kind::Bridge, 0.10),
    ],
    survival: 0.6,
    signatures: &[
        on(Signature::SpinSplash, Kind::Residue, 0.02, 18.0),
        on(Signature::CentreSpot, Kind::MissingPattern, 0.012, 11.0),
        on(Signature::HotDie, Kind::Bridge, 0.01, 8.0),
    ],
};

const GATE_ETCH: Step = Step {
    step_id: "GATE-ETCH",
    description: "Gate etched, resist stripped",
    process_recipe: "GT-E7",
    recipe: "GATE-AEI-BF",
    process_tools: &[
        process("ETC-01", &["ETC-01 A", "ETC-01 B"]),
        process("ETC-02", &["ETC-02 A", "ETC-02 B"]),
    ],
    tools: &[tool::BRIGHT_1, tool::BRIGHT_3],
    adders_per_cm2: 0.0094,
    shape: 3.0,
    kinds: &[
        (Kind::Particle, 0.36),
        (Kind::Residue, 0.24),
        (Kind::BrokenLine, 0.21),
        (Kind::Bridge, 0.19),
    ],
    survival: 0.5,
    signatures: &[
        on(Signature::CentreSpot, Kind::Residue, 0.015, 13.0),
        on(Signature::HotDie, Kind::BrokenLine, 0.01, 8.0),
    ],
};

const CONTACT_ETCH: Step = Step {
    step_id: "CT-ETCH",
    description: "Contact holes etched and cleaned",
    process_recipe: "CT-E3",
    recipe: "CT-AEI-BF",
    process_tools: &[process("ETC-03", &["ETC-03 A", "ETC-03 B", "ETC-03 C"])],
    tools: &[tool::BRIGHT_2, tool::BRIGHT_3],
    adders_per_cm2: 0.0112,
    shape: 4.0,
    kinds: &[
        (Kind::Residue, 0.46),
        (Kind::Particle, 0.27),
        (Kind::Void, 0.14),
        (Kind::MissingPattern, 0.13),
    ],
    survival: 0.5,
    signatures: &[
        on(Signature::Ring, Kind::Residue, 0.01, 16.0),
        on(Signature::Edge, Kind::Particle, 0.015, 11.0),
    ],
};

const METAL_DEPOSITION: Step = Step {
    step_id: "M1-DEP",
    description: "Barrier, seed and copper of metal 1",
    process_recipe: "M1-CU-5",
    recipe: "M1-DEP-DF",
    process_tools: &[
        process("PVD-01", &["PVD-01 A", "PVD-01 B"]),
        process("PVD-02", &["PVD-02 A", "PVD-02 B"]),
    ],
    tools: &[tool::DARK_1, tool::DARK_2],
    adders_per_cm2: 0.0104,
    shape: 2.5,
    kinds: &[
        (Kind::Particle, 0.38),
        (Kind::EmbeddedParticle, 0.24),
        (Kind::MetalParticle, 0.15),
        (Kind::Void, 0.13),
        (Kind::Flake, 0.10),
    ],
    survival: 0.45,
    signatures: &[
        on(Signature::Edge, Kind::Flake, 0.02, 13.0),
        on(Signature::Cluster, Kind::Particle, 0.015, 11.0),
    ],
};

const METAL_POLISH: Step = Step {
    step_id: "M1-CMP",
    description: "Metal 1 polished and cleaned",
    process_recipe: "M1-P6",
    recipe: "M1-CMP-DF",
    process_tools: &[process(
        "CMP-03",
        &["CMP-03 H1", "CMP-03 H2", "CMP-03 H3", "CMP-03 H4"],
    )],
    tools: &[tool::DARK_2, tool::DARK_3],
    adders_per_cm2: 0.0130,
    shape: 2.5,
    kinds: &[
        (Kind::Particle, 0.31),
        (Kind::SlurryResidue, 0.22),
        (Kind::Scratch, 0.19),
        (Kind::Corrosion, 0.14),
        (Kind::Pit, 0.09),
        (Kind::MetalParticle, 0.05),
    ],
    survival: 0.4,
    signatures: &[
        on(Signature::Scratch, Kind::Scratch, 0.04, 14.0),
        on(Signature::Cluster, Kind::SlurryResidue, 0.012, 11.0),
    ],
};

const PASSIVATION: Step = Step {
    step_id: "PASSIVATION",
    description: "Nitride cover, macro inspection",
    process_recipe: "PAS-N2",
    recipe: "PAS-MACRO",
    process_tools: &[
        process("CVD-01", &["CVD-01 A", "CVD-01 B"]),
        process("CVD-02", &["CVD-02 A", "CVD-02 B"]),
    ],
    tools: &[tool::MACRO],
    adders_per_cm2: 0.0086,
    shape: 3.0,
    kinds: &[
        (Kind::EmbeddedParticle, 0.30),
        (Kind::Discoloration, 0.25),
        (Kind::Watermark, 0.18),
        (Kind::Flake, 0.16),
        (Kind::Void, 0.11),
    ],
    survival: 0.6,
    signatures: &[
        on(Signature::Edge, Kind::Flake, 0.015, 11.0),
        on(Signature::Ring, Kind::Discoloration, 0.012, 10.0),
        on(Signature::HandlingMarks, Kind::Flake, 0.008, 9.0),
    ],
};
