//! What the tooltip of a point of a control chart says.

use contract::analytics::{Spc, SpcPoint, Violation};

use crate::chart::figure;
use crate::chart::spec::shown;
use crate::chart::trend::unit;

/// Lines of the tooltip after its head.
pub fn tip(spc: &Spc, point: &SpcPoint, stage: &str, broken: &[&Violation]) -> Vec<String> {
    let from_centre = point.centre.zip(point.sigma.filter(|sigma| *sigma > 0.0));
    let distance = from_centre.map(|(centre, sigma)| (point.value - centre) / sigma);
    let far = distance.map_or_else(String::new, |z| format!("   ({z:+.1} sigma)"));
    let mut lines = vec![
        format!("{}: {}{far}", unit(spc.metric), figure(point.value)),
        format!(
            "LCL {}   centre {}   UCL {}",
            shown(point.lcl),
            shown(point.centre),
            shown(point.ucl)
        ),
    ];
    if !stage.is_empty() {
        lines.push(format!("Stage: {stage}"));
    }
    if let Some(reason) = &point.excluded {
        lines.extend(wrapped(&format!("Left out: {reason}")));
    }
    for violation in broken {
        let sentence = match violation.sentence.starts_with(&violation.name) {
            true => violation.sentence.clone(),
            false => format!("{}: {}", violation.name, violation.sentence),
        };
        lines.extend(wrapped(&format!("▲ {sentence}")));
    }
    lines
}

/// Text in lines of at most some 60 characters: tooltips are painted and do not wrap by themselves.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + word.chars().count() > 60 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_long_sentence_is_wrapped_for_the_tooltip() {
        let lines = wrapped(&"word ".repeat(30));
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= 60));
    }
}
