//! Signatures: patterns that tell where defects come from.

use super::{Seen, TypeShare, ZoneShape};

words! {
    /// A pattern of defects on a wafer.
    pub enum SignatureKind {
        /// A line or an arc.
        Scratch = "scratch",
        /// A ring around the centre.
        Ring = "ring",
        /// The rim, all of it or an arc.
        Edge = "edge",
        /// The middle.
        Centre = "centre",
        /// A sector.
        Sector = "sector",
        /// One die.
        HotDie = "hot_die",
        /// The same place in many dies or reticle fields.
        Repeater = "repeater",
        /// A heap.
        Cluster = "cluster",
        /// No pattern: the defects lie as chance would put them.
        Random = "random",
    }
}

api! {
    /// The signatures of an inspection.
    pub struct Signatures {
        /// What was looked at.
        pub seen: Seen,
        /// The pattern that explains most defects; `random` where none was found.
        pub main: SignatureKind,
        /// Tests made; the adjusted probabilities count all of them.
        pub tests: u32,
        /// Adjusted probability below which a pattern is reported.
        pub alpha: f64,
        /// Patterns found, most excess defects first.
        pub found: Vec<Signature>,
        /// Defects that belong to none of them.
        pub left: i64,
        /// Those of them that lie outside what was inspected, such as on a die that the inspection's plan does not have: no test
        /// looks at them.
        pub outside: i64,
    }

    /// A pattern.
    pub struct Signature {
        /// Kind.
        pub kind: SignatureKind,
        /// Defects that belong to it.
        pub count: i64,
        /// Defects that chance would put there.
        pub expected: f64,
        /// Found over expected; absent where nothing was expected.
        pub ratio: Option<f64>,
        /// Probability by chance.
        pub p_value: f64,
        /// The same after Benjamini-Hochberg control over all tests.
        pub adjusted_p: f64,
        /// The test in words: which statistic, with which result.
        pub test: String,
        /// What the pattern is in words, with its place and size.
        pub description: String,
        /// Defects by type, most first.
        pub types: Vec<TypeShare>,
        /// Numbers of its defects, ascending; absent unless asked for with `members=true`.
        pub defect_nos: Option<Vec<i32>>,
        /// Where it is, for ring, edge, centre and sector.
        pub zone: Option<ZoneShape>,
        /// Where it is, for a scratch (along it) and a cluster (its hull), mm.
        pub path_mm: Option<Vec<[f64; 2]>>,
        /// Where it is, for a hot die: column and row as delivered.
        pub die: Option<[i32; 2]>,
        /// Where it is in the die or field, mm from its lower-left corner, for a repeater.
        pub place_mm: Option<[f64; 2]>,
    }
}

query! {
    /// How signatures are found.
    pub struct SignatureQuery {
        /// Only defects of these types.
        pub defect_type: Vec<i32>,
        /// `true` counts only adders: defects that no earlier inspection of the wafer saw at the same place. Of an inspection whose
        /// adders are still to be computed, which takes seconds after an import or a change, none is counted meanwhile. Default `false`.
        pub adders: Option<bool>,
        /// 0.0001 to 0.2, default 0.01.
        pub alpha: Option<f64>,
        /// `true` lists the numbers of each pattern's defects.
        pub members: Option<bool>,
    }
}
