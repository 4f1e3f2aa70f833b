//! Signatures: what the wafer says, in a sentence and pattern by pattern.

use std::sync::Arc;

use contract::spatial::{Signature, SignatureKind, Signatures};
use leptos::prelude::*;

use super::analyses::Analyses;
use super::panel::{AnalysisCard, MembersError, NoElements, TypeList, seen_words, types_words};
use super::pick::Pick;
use crate::chart::{Cell, ChartSpec, Datum};
use crate::components::badge::{Tone, badge};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::navigation::UrlQuery;

/// Probabilities below which a pattern is told, to choose from; the server's own is 0.01.
const ALPHAS: [(&str, &str); 4] = [
    ("0.001", "0.1 %"),
    ("0.01", "1 %"),
    ("0.05", "5 %"),
    ("0.1", "10 %"),
];
const ALPHA: &str = "0.01";

/// The word for a kind of pattern.
pub fn kind_word(kind: SignatureKind) -> &'static str {
    match kind {
        SignatureKind::Scratch => "Scratch",
        SignatureKind::Ring => "Ring",
        SignatureKind::Edge => "Edge",
        SignatureKind::Centre => "Centre",
        SignatureKind::Sector => "Sector",
        SignatureKind::HotDie => "Hot die",
        SignatureKind::Repeater => "Repeater",
        SignatureKind::Cluster => "Cluster",
        SignatureKind::Random => "Random",
    }
}

/// What a pattern is and where: the server's words without the counts behind the colon.
pub fn name(signature: &Signature) -> String {
    let description = &signature.description;
    let place = description
        .split_once(':')
        .map_or(description.as_str(), |(place, _)| place);
    format::words(place)
}

/// How much more there is than chance would put there, and how sure that is.
fn evidence_words(signature: &Signature) -> String {
    let sure = format::p_value(signature.adjusted_p);
    match signature.ratio {
        Some(ratio) => format!("×{} of chance, {sure}", format::significant(ratio)),
        None => sure,
    }
}

/// What the wafer says, in one sentence.
pub fn headline(found: &Signatures) -> String {
    let count = tested(found);
    match found.found.first() {
        Some(main) => match found.found.len() - 1 {
            0 => format!("{}.", format::words(&main.description)),
            others => format!(
                "{}, and {}.",
                format::words(&main.description),
                format::plural(others as i64, "more pattern", "more patterns")
            ),
        },
        None if count == 0 && found.outside > 0 => {
            "No defects to look at on what was inspected.".to_owned()
        }
        None if count == 0 => "No defects with a position to look at.".to_owned(),
        None => format!(
            "Random: {} as chance would put them; none of {} finds a pattern.",
            match count {
                1 => "the one defect lies".to_owned(),
                many => format!("the {} defects lie", format::count(many)),
            },
            format::plural(found.tests.into(), "test", "tests")
        ),
    }
}

/// Defects that the tests looked at.
fn tested(found: &Signatures) -> i64 {
    found.seen.defects - found.seen.unplaced - found.outside
}

/// That defects and inspected dies do not fit, where they do not.
pub fn outside_words(found: &Signatures) -> Option<String> {
    (found.outside > 0).then(|| {
        format!(
            "{} outside what was inspected, such as on dies that the plan of the inspection does not have. No test looks at them.",
            format::plural(found.outside, "defect lies", "defects lie")
        )
    })
}

/// How the findings were tested.
fn method(found: &Signatures) -> String {
    format!(
        "{} against defects that lie at random; p is after Benjamini-Hochberg control over all of them, and below {} a pattern is told. {} {} to no pattern.",
        format::plural(found.tests.into(), "test", "tests"),
        format::percent(found.alpha * 100.0),
        format::plural(found.left, "defect", "defects"),
        if found.left == 1 { "belongs" } else { "belong" },
    )
}

fn table(found: &Signatures) -> ChartSpec {
    let columns = [
        "Signature",
        "Where",
        "Found",
        "Expected",
        "Ratio",
        "p",
        "p adjusted",
        "Test",
        "Types",
    ];
    let row = |(one, place): (&Signature, u32)| Datum {
        key: Pick::Signature(place).to_string(),
        title: kind_word(one.kind).to_owned(),
        cells: vec![
            Cell::Text(one.description.clone()),
            Cell::count(one.count),
            Cell::Number(Some(one.expected)),
            Cell::Number(one.ratio),
            Cell::Number(Some(one.p_value)),
            Cell::Number(Some(one.adjusted_p)),
            Cell::Text(one.test.clone()),
            Cell::Text(types_words(&one.types)),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "signatures",
        columns: columns.map(str::to_owned).to_vec(),
        data: found.found.iter().zip(1..).map(row).collect(),
        ..ChartSpec::default()
    }
}

/// The patterns of an inspection.
#[component]
pub fn SignaturePanel(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    let query = UrlQuery::here();
    let spec = Signal::derive(move || {
        analyses
            .signatures
            .get()
            .map(|found| table(&found))
            .unwrap_or_default()
    });
    let alpha = move || query.value("alpha").unwrap_or_else(|| ALPHA.to_owned());
    let choose = move |value: String| {
        let value = Some(value).filter(|value| value != ALPHA);
        query.set(&[("alpha", value), ("pick", None), ("page", None)]);
    };
    let options = ALPHAS.map(|(value, text)| view! { <option value=value selected=move || alpha() == value>{text}</option> });
    view! {
        <AnalysisCard title="Signatures" spec>
            <div class="toolbar panel-tools">
                <label>"Told below p"
                    <select prop:value=alpha on:change:target=move |event| choose(event.target().value())>{options.into_iter().collect_view()}</select>
                </label>
            </div>
            <NoElements/>
            {loaded(analyses.signatures, 8, move |found| view! { <Found found analyses/> })}
            <MembersError analyses/>
        </AnalysisCard>
    }
}

#[component]
fn Found(found: Signal<Arc<Signatures>>, analyses: Analyses) -> impl IntoView {
    let has_defects =
        Memo::new(move |_| found.with(|found| found.seen.defects > found.seen.unplaced));
    let list = move || {
        let found = found.read();
        let numbered = found.found.iter().cloned().zip(1_u32..);
        numbered
            .map(|(signature, place)| view! { <Pattern signature place analyses/> })
            .collect_view()
    };
    view! {
        <Show when=move || has_defects.get() fallback=|| view! {
            <Notice title="No defects to look at" text="None was found, none is of the chosen types, or they have no position."/>
        }>
            <p class="verdict-text" data-signature=move || found.read().main.as_str()>{move || headline(&found.read())}</p>
            <OutsideNote found=Signal::derive(move || Some(found.get()))/>
            <ol class="patterns">{list}</ol>
            <p class="quiet">{move || method(&found.read())}</p>
            <p class="quiet">{move || seen_words(&found.read().seen)}</p>
        </Show>
    }
}

/// Says that defects lie outside what was inspected, while some do.
#[component]
pub fn OutsideNote(
    /// What was found.
    #[prop(into)]
    found: Signal<Option<Arc<Signatures>>>,
) -> impl IntoView {
    move || {
        let words = found.read().as_deref().and_then(outside_words);
        words.map(|words| view! { <p class="message message-warning">{words}</p> })
    }
}

/// A pattern: a button that picks it, what speaks for it, and of which types it is.
#[component]
fn Pattern(signature: Signature, place: u32, analyses: Analyses) -> impl IntoView {
    let pick = Pick::Signature(place);
    let point = move |on: bool| analyses.pointed.set(on.then_some(pick));
    let types = signature.types.clone();
    view! {
        <li class="pattern" class:is-selected=move || analyses.is_picked(pick) class:is-pointed=move || analyses.pointed.get() == Some(pick)
            on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false)
            on:focusin=move |_| point(true) on:focusout=move |_| point(false)>
            <button class="pattern-button" type="button" data-pick=pick.to_string() aria-pressed=move || analyses.is_picked(pick).to_string()
                on:click=move |_| analyses.toggle(pick)>
                {badge(Tone::Warning, kind_word(signature.kind).to_owned())}<span>{format::words(&signature.description)}</span>
            </button>
            <p>{evidence_words(&signature)}</p>
            <TypeList types/>
            <p class="quiet">{signature.test.clone()}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use contract::spatial::Seen;

    use super::*;

    fn signature(kind: SignatureKind, description: &str, ratio: Option<f64>) -> Signature {
        Signature {
            kind,
            count: 320,
            expected: 110.0,
            ratio,
            p_value: 1e-9,
            adjusted_p: 1e-8,
            test: String::new(),
            description: description.to_owned(),
            types: Vec::new(),
            defect_nos: None,
            zone: None,
            path_mm: None,
            die: None,
            place_mm: None,
        }
    }

    fn found(defects: i64, found: Vec<Signature>) -> Signatures {
        Signatures {
            seen: Seen {
                defects,
                unplaced: 0,
                area_cm2: 600.0,
                area_from: "wafer".to_owned(),
            },
            main: found
                .first()
                .map_or(SignatureKind::Random, |main| main.kind),
            tests: 42,
            alpha: 0.01,
            found,
            left: 0,
            outside: 0,
        }
    }

    #[test]
    fn a_wafer_without_a_pattern_says_that_it_is_random() {
        let words = headline(&found(131, Vec::new()));
        assert!(
            words.starts_with("Random: the 131 defects lie as chance"),
            "{words}"
        );
        assert!(headline(&found(1, Vec::new())).contains("the one defect lies"));
        assert!(headline(&found(0, Vec::new())).starts_with("No defects"));
    }

    #[test]
    fn defects_outside_what_was_inspected_are_told_and_not_called_random() {
        let mut found = found(131, Vec::new());
        assert_eq!(outside_words(&found), None);
        found.outside = 130;
        assert!(headline(&found).contains("the one defect lies"));
        found.outside = 131;
        assert!(headline(&found).starts_with("No defects to look at on what"));
        let words = outside_words(&found).unwrap_or_default();
        assert!(words.starts_with("131 defects lie outside"), "{words}");
    }

    #[test]
    fn the_headline_names_the_pattern_that_explains_most() {
        let ring = signature(
            SignatureKind::Ring,
            "ring at 92 mm: 320 defects where 110 were expected",
            Some(2.909),
        );
        let scratch = signature(SignatureKind::Scratch, "scratch around 3 mm, 4 mm", None);
        assert_eq!(
            headline(&found(500, vec![ring.clone()])),
            "Ring at 92 mm: 320 defects where 110 were expected."
        );
        assert_eq!(
            headline(&found(500, vec![ring.clone(), scratch.clone()])),
            "Ring at 92 mm: 320 defects where 110 were expected, and 1 more pattern."
        );
        assert_eq!(
            (name(&ring), name(&scratch)),
            (
                "Ring at 92 mm".to_owned(),
                "Scratch around 3 mm, 4 mm".to_owned()
            )
        );
        assert_eq!(
            (
                evidence_words(&ring).as_str(),
                evidence_words(&scratch).as_str()
            ),
            ("×2.91 of chance, p < 0.001", "p < 0.001")
        );
    }
}
