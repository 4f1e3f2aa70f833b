//! The kinds of defect that the fab sees.

/// A kind of defect. Its number in KLARF files and elsewhere is its place here, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A particle that fell on the wafer.
    Particle,
    /// A particle under a film that was deposited on top of it.
    EmbeddedParticle,
    /// A metal particle of a worn part.
    MetalParticle,
    /// A curved line drawn by contact.
    Scratch,
    /// What a clean or strip left behind.
    Residue,
    /// Slurry left by polishing.
    SlurryResidue,
    /// A small hole in the surface.
    Pit,
    /// A cavity in a film or a fill.
    Void,
    /// Two features joined that should be apart.
    Bridge,
    /// A line that is interrupted.
    BrokenLine,
    /// A feature that was not printed.
    MissingPattern,
    /// Resist lines that fell over.
    PatternCollapse,
    /// A crystal-originated particle: an octahedral void of the ingot, seen as a pit.
    CrystalOriginatedParticle,
    /// A stacking fault of the epitaxial layer.
    StackingFault,
    /// Metal attacked by moisture or chemistry.
    Corrosion,
    /// A stain or a thickness change, seen as another shade.
    Discoloration,
    /// A drop mark of a watery rinse.
    Watermark,
    /// A flake of film peeling at the edge.
    Flake,
}

impl Kind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Particle,
        Self::EmbeddedParticle,
        Self::MetalParticle,
        Self::Scratch,
        Self::Residue,
        Self::SlurryResidue,
        Self::Pit,
        Self::Void,
        Self::Bridge,
        Self::BrokenLine,
        Self::MissingPattern,
        Self::PatternCollapse,
        Self::CrystalOriginatedParticle,
        Self::StackingFault,
        Self::Corrosion,
        Self::Discoloration,
        Self::Watermark,
        Self::Flake,
    ];
}
