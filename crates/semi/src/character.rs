//! The characters of a mark and their values in the check.

/// Whether SEMI's OCR font has the character: `A-Z`, `0-9`, dash and period.
pub fn is_mark_character(character: char) -> bool {
    matches!(character, 'A'..='Z' | '0'..='9' | '-' | '.')
}

/// Value of a character in the check: its ASCII code less 32, so space is 0 and `Z` is 58.
///
/// `None` for what lies outside (lower case, underscore, anything that is not ASCII).
/// Space has a value, but is no mark character: readers deliver it, nobody engraves it.
pub fn value(character: char) -> Option<u8> {
    matches!(character, ' '..='Z').then(|| character as u8 - b' ')
}

/// Whether all characters are letters or digits of the mark set (no dash, no period).
pub(crate) fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The first character no mark can hold, with its place in characters from 0.
pub(crate) fn first_foreign(text: &str) -> Option<(usize, char)> {
    text.chars()
        .enumerate()
        .find(|&(_, character)| !is_mark_character(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_run_from_space_to_z() {
        assert_eq!(value(' '), Some(0));
        assert_eq!((value('A'), value('0')), (Some(33), Some(16)));
        assert_eq!(value('Z'), Some(58));
        assert_eq!((value('_'), value('a'), value('é')), (None, None, None));
    }

    #[test]
    fn the_set_has_38_characters() {
        let marks = (0u8..=127)
            .filter(|&byte| is_mark_character(byte as char))
            .count();
        assert_eq!(marks, 38);
    }
}
