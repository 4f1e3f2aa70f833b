//! A wafer's identifier taken apart: its pieces, its check pair, its T7 symbol.

use contract::wafer::{IdScheme, Wafer};
use leptos::prelude::*;
use semi::{CheckStep, PieceKind, Scheme, T7};

/// How the identifier of a wafer reads.
#[component]
pub fn WaferIdentity(
    /// The wafer.
    wafer: Wafer,
) -> impl IntoView {
    // A wafer known by lot and slot has a key of our own making; what the tool read is the scribe or its id.
    let text = match (wafer.id_scheme, wafer.scribe) {
        (_, Some(scribe)) => scribe,
        (IdScheme::LotSlot, None) => wafer.delivered_id,
        (_, None) => wafer.wafer_id,
    };
    let explained = semi::explain(&text);
    let pieces = explained.pieces.iter().map(|piece| {
        view! {
            <li class="id-piece" class:id-piece-check=piece.kind == PieceKind::CheckPair class:id-piece-foreign=piece.kind == PieceKind::Foreign>
                <code>{piece.text.clone()}</code><span class="quiet">{meaning(piece.kind)}</span>
            </li>
        }
    });
    let scheme = explained.shape.map_or_else(
        || "Text as delivered".to_owned(),
        |shape| {
            let name = shape.to_string();
            format!("{}{}", name[..1].to_uppercase(), &name[1..])
        },
    );
    let verdict = match (explained.is_valid, explained.shape) {
        (true, _) => super::badge::badge(super::badge::Tone::Good, "valid".to_owned()),
        (false, Some(_)) => super::badge::badge(super::badge::Tone::Bad, "not valid".to_owned()),
        (false, None) => {
            super::badge::badge(super::badge::Tone::Plain, "no SEMI scheme".to_owned())
        }
    };
    let t7 = t7_of(&text, explained.shape);
    view! {
        <p><strong>{scheme}</strong> " " {verdict}</p>
        <ul class="id-pieces" aria-label="Pieces of the identifier">{pieces.collect_view()}</ul>
        <ul class="id-sentences">{explained.sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
        {(!explained.steps.is_empty()).then(|| view! {
            <details class="id-steps">
                <summary>"How the check pair is computed"</summary>
                <Steps steps=explained.steps pair=explained.expected.map(|pair| pair.to_string()).unwrap_or_default()/>
            </details>
        })}
        {t7.map(|t7| view! { <Symbol t7/> })}
    }
}

/// The mark that a Data Matrix reader would find: of T7 messages and of M12 marks without their pair.
fn t7_of(text: &str, shape: Option<Scheme>) -> Option<T7> {
    match shape? {
        Scheme::T7 => text.parse().ok(),
        Scheme::M12 => text.parse::<semi::M12>().ok()?.to_t7(),
        _ => None,
    }
}

fn meaning(kind: PieceKind) -> &'static str {
    match kind {
        PieceKind::Wafer => "wafer id",
        PieceKind::Code => "code",
        PieceKind::Lot => "lot",
        PieceKind::WaferNumber => "wafer number",
        PieceKind::Separator => "separator",
        PieceKind::Supplier => "supplier",
        PieceKind::CheckPair => "check pair",
        PieceKind::Text => "text",
        PieceKind::Foreign => "no mark character",
    }
}

#[component]
fn Steps(steps: Vec<CheckStep>, pair: String) -> impl IntoView {
    let last = steps.last().map_or(0, |step| step.remainder);
    let rows = steps.into_iter().map(|step| view! {
        <tr><td><code>{step.character.to_string()}</code></td><td class="numeric">{step.value}</td><td class="numeric">{step.remainder}</td></tr>
    });
    let result = match last {
        0 => format!("The last remainder is 0: the pair is {pair}."),
        last => format!(
            "59 − {last} = {}: the pair is {pair} (eights as a letter from A, ones as a digit).",
            59 - last
        ),
    };
    view! {
        <p class="quiet">"Each remainder is (8 × the one before + value) mod 59, over the text in front of the pair and A0; value = character code − 32."</p>
        <table class="table id-table">
            <thead><tr><th scope="col">"Character"</th><th scope="col" class="numeric">"Value"</th><th scope="col" class="numeric">"Remainder"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <p>{result}</p>
    }
}

#[component]
fn Symbol(t7: T7) -> impl IntoView {
    let caption = format!(
        "T7 Data Matrix of {}: 8 × 32 cells, 4.0 mm × 1.0 mm on the back of the wafer",
        t7.as_str()
    );
    // The SVG is our own, made of the ten characters that a T7 message may hold.
    view! { <figure class="t7"><div class="t7-symbol" inner_html=semi::t7_svg(&t7)></div><figcaption class="quiet">{caption}</figcaption></figure> }
}
