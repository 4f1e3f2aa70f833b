//! The correlation matrix as an SVG file; on the page it is a table.

use contract::analytics::{CorrelatedPair, CorrelationMatrix};

use crate::format;

/// Side of a cell, and room for the names.
const CELL: usize = 44;
const NAMES: usize = 190;

/// Colours of the page.
#[derive(Clone, Debug, Default)]
pub struct MatrixColours {
    /// Text.
    pub ink: String,
    /// Text of unrelated pairs.
    pub muted: String,
    /// Background.
    pub surface: String,
    /// Cells of unrelated pairs.
    pub pale: String,
    /// Strongest positive relation.
    pub more: String,
    /// Strongest negative relation.
    pub less: String,
}

/// The lower half of the matrix: cells coloured by their coefficient, with the number in them.
#[must_use]
pub fn svg(matrix: &CorrelationMatrix, colours: &MatrixColours) -> String {
    let many = matrix.types.len();
    let (width, height) = (NAMES + many * CELL, NAMES + many * CELL);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\"><rect width=\"100%\" height=\"100%\" fill=\"{}\"/>",
        colours.surface
    );
    for (index, of) in matrix.types.iter().enumerate() {
        let name = escaped(&of.name);
        let middle = NAMES + index * CELL + CELL / 2;
        text.push_str(&format!(
            "<text x=\"{}\" y=\"{middle}\" fill=\"{ink}\" text-anchor=\"end\" dominant-baseline=\"central\">{name}</text>\
             <text transform=\"translate({middle} {}) rotate(-90)\" fill=\"{ink}\" dominant-baseline=\"central\">{name}</text>",
            NAMES - 8,
            NAMES - 8,
            ink = colours.ink
        ));
    }
    for pair in &matrix.pairs {
        text.push_str(&cell(pair, colours));
    }
    text.push_str("</svg>");
    text
}

fn cell(pair: &CorrelatedPair, colours: &MatrixColours) -> String {
    let Some(r) = pair.r else {
        return String::new();
    };
    let (x, y) = (
        NAMES + pair.first as usize * CELL,
        NAMES + pair.second as usize * CELL,
    );
    let (fill, opacity, ink) = match (pair.is_related, r < 0.0) {
        (false, _) => (&colours.pale, 1.0, &colours.muted),
        (true, false) => (&colours.more, r.abs(), &colours.ink),
        (true, true) => (&colours.less, r.abs(), &colours.ink),
    };
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{side}\" height=\"{side}\" fill=\"{fill}\" fill-opacity=\"{opacity:.2}\"/>\
         <text x=\"{}\" y=\"{}\" fill=\"{ink}\" text-anchor=\"middle\" dominant-baseline=\"central\">{}</text>",
        x + 1,
        y + 1,
        x + CELL / 2,
        y + CELL / 2,
        format::fixed(r, 2),
        side = CELL - 2
    )
}

/// Text as XML holds it: names of types come from others.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn each_pair_has_its_number_and_a_name_cannot_break_out() {
        let mut matrix = sample::matrix(&[
            (0, 1, Some(0.4), true),
            (0, 2, Some(-0.9), false),
            (1, 2, None, false),
        ]);
        matrix.types[0].name = "<script>&".to_owned();
        let drawn = svg(&matrix, &MatrixColours::default());
        assert!(drawn.contains(">0.40</text>") && drawn.contains(">−0.90</text>"));
        assert!(drawn.contains("&lt;script&gt;&amp;") && !drawn.contains("<script>"));
    }
}
