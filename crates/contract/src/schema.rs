//! The schema of a closed list of words.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A string that is one of `words`; each comes with what it means, empty where the word says it.
pub(crate) fn words(meaning: &str, words: &[(&str, &str)]) -> RefOr<Schema> {
    let mut description = meaning.trim().to_owned();
    for (word, meaning) in words.iter().filter(|(_, meaning)| !meaning.is_empty()) {
        description.push_str(&format!("\n- `{word}`: {}", meaning.trim()));
    }
    let object = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(words.iter().map(|(word, _)| *word)));
    RefOr::T(Schema::Object(object.build()))
}
