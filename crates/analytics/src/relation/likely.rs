use std::collections::BTreeMap;

use super::{Commonality, Inspected, Suspect};

/// Orders suspects as an engineer would go after them. Those that stand come first, and among them those that have more than
/// half of the bad inspections in question and were seen in several groups; then p, odds ratio and names, as before.
///
/// Inspections of one lot are alike in most things. What was seen in a single lot, the lot itself above all, cannot be told
/// from anything else that befell this lot, however small its p; and what a few of the bad have in common does not explain
/// the others.
///
/// `of` says for each inspection which group (lot) it belongs to, and whether it is in question: what is bad elsewhere is
/// evidence, but need not have the same cause. Inspections without an entry count for nothing.
pub fn likely_first<A: Ord + Clone, G: PartialEq>(
    found: &mut Commonality<A>,
    inspections: &[Inspected<A>],
    of: &[(G, bool)],
) {
    let mut seen: BTreeMap<(&A, &A), Seen<'_, G>> = BTreeMap::new();
    let mut bad = 0;
    for (one, (group, is_asked)) in inspections.iter().zip(of) {
        let counts = usize::from(one.is_bad && *is_asked);
        bad += counts;
        for (attribute, value) in &one.attributes {
            let seen = seen.entry((attribute, value)).or_insert(Seen {
                group,
                in_several: false,
                bad: 0,
            });
            seen.in_several |= seen.group != group;
            seen.bad += counts;
        }
    }
    let class = |suspect: &Suspect<A>| {
        let seen = seen.get(&(&suspect.attribute, &suspect.value));
        let is_broad = seen.is_some_and(|seen| seen.in_several && 2 * seen.bad > bad);
        match (suspect.is_suspect, is_broad) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) => 2,
        }
    };
    // Stable: within a class the order stays.
    found.suspects.sort_by_key(class);
}

/// Where a value was seen.
struct Seen<'a, G> {
    /// The first group.
    group: &'a G,
    /// Whether there are others.
    in_several: bool,
    /// Bad inspections in question with it.
    bad: usize,
}
