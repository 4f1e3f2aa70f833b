//! The run rules as people call them, for choosing among them; what a violation means the API tells with it.

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id in the API.
    pub id: &'static str,
    /// Its number in its set.
    pub short: &'static str,
    /// The pattern in a few words.
    pub name: &'static str,
    /// What it finds.
    pub finds: &'static str,
}

const fn rule(
    id: &'static str,
    short: &'static str,
    name: &'static str,
    finds: &'static str,
) -> Rule {
    Rule {
        id,
        short,
        name,
        finds,
    }
}

const SUDDEN: &str = "a sudden, large change";
const SHIFT_OF_TWO: &str = "a shift of about 2 sigma";
const SHIFT_OF_ONE: &str = "a small, lasting shift of about 1 sigma";
const LEVEL: &str = "a level that has moved, by however little";

/// Western Electric 1 to 4, then Nelson 1 to 8.
pub const RULES: [Rule; 12] = [
    rule("we1", "WE 1", "1 point beyond the limits", SUDDEN),
    rule(
        "we2",
        "WE 2",
        "2 of 3 points beyond 2 sigma on one side",
        SHIFT_OF_TWO,
    ),
    rule(
        "we3",
        "WE 3",
        "4 of 5 points beyond 1 sigma on one side",
        SHIFT_OF_ONE,
    ),
    rule(
        "we4",
        "WE 4",
        "8 points in a row on one side of the centre",
        LEVEL,
    ),
    rule("n1", "Nelson 1", "1 point beyond the limits", SUDDEN),
    rule(
        "n2",
        "Nelson 2",
        "9 points in a row on one side of the centre",
        LEVEL,
    ),
    rule(
        "n3",
        "Nelson 3",
        "6 points in a row, all rising or all falling",
        "a drift: wear, build-up, ageing chemistry",
    ),
    rule(
        "n4",
        "Nelson 4",
        "14 points in a row, alternating up and down",
        "two sources that take turns",
    ),
    rule(
        "n5",
        "Nelson 5",
        "2 of 3 points beyond 2 sigma on one side",
        SHIFT_OF_TWO,
    ),
    rule(
        "n6",
        "Nelson 6",
        "4 of 5 points beyond 1 sigma on one side",
        SHIFT_OF_ONE,
    ),
    rule(
        "n7",
        "Nelson 7",
        "15 points in a row within 1 sigma",
        "limits that are too wide, or mixed sources",
    ),
    rule(
        "n8",
        "Nelson 8",
        "8 points in a row outside 1 sigma, on both sides",
        "two populations on one chart",
    ),
];

/// Names of the rules with these ids, one behind the other.
#[must_use]
pub fn short_names(ids: &[String]) -> String {
    let names = ids.iter().map(|id| {
        let known = RULES.iter().find(|rule| rule.id == id);
        known.map_or(id.as_str(), |rule| rule.short)
    });
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_not_known_yet_is_named_by_its_id() {
        let ids = ["we1", "n8", "x9"].map(str::to_owned);
        assert_eq!(short_names(&ids), "WE 1, Nelson 8, x9");
    }
}
