//! Names from outside: text to show, never a path.

/// The last part of a name from outside, which is never trusted as a path.
#[must_use]
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|character| !character.is_control())
        .take(200)
        .collect();
    if plain.is_empty() {
        "unnamed".to_owned()
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_is_no_path() {
        assert_eq!(plain_name("C:\\results\\..\\lot.001"), "lot.001");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\0b\n"), "ab");
        assert_eq!(plain_name("folder/"), "unnamed");
    }
}
