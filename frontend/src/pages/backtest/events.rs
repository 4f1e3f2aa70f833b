//! Known events: added and removed by the user, kept in the URL as the API takes them, `from/to/name`.

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use contract::analytics::KnownEvent;
use leptos::prelude::*;

use crate::components::icon::{Drawn, Icon};
use crate::components::page::Card;
use crate::format;
use crate::state::navigation::UrlQuery;

/// An event from its text; `None` for what is none.
fn read(text: &str) -> Option<KnownEvent> {
    let mut parts = text.splitn(3, '/');
    let mut moment = || {
        let moment = DateTime::parse_from_rfc3339(parts.next()?).ok()?;
        Some(moment.to_utc())
    };
    let (from, to) = (moment()?, moment()?);
    let name = parts.next()?.to_owned();
    Some(KnownEvent { name, from, to })
}

/// An event as the URL and the API write it.
fn written(event: &KnownEvent) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("{}/{}/{}", moment(event.from), moment(event.to), event.name)
}

/// The events that the URL names, in its order.
pub fn known_events(query: UrlQuery) -> Vec<KnownEvent> {
    query
        .values("event")
        .iter()
        .filter_map(|text| read(text))
        .collect()
}

/// The event of two days, both inclusive, in the browser's zone.
fn event_of(name: &str, first_day: &str, last_day: &str) -> Result<KnownEvent, &'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Err("Say what happened.");
    }
    let from = format::day_start(first_day).ok_or("Choose the first day.")?;
    let last: NaiveDate = last_day.parse().map_err(|_| "Choose the last day.")?;
    let after = last.succ_opt().map(|day| day.to_string());
    let to = after
        .and_then(|day| format::day_start(&day))
        .ok_or("Choose the last day.")?;
    if to <= from {
        return Err("The last day lies before the first.");
    }
    Ok(KnownEvent {
        name: name.to_owned(),
        from,
        to,
    })
}

/// The list of events with a row to add one.
#[component]
pub fn Events() -> impl IntoView {
    let query = UrlQuery::here();
    let (name, first, last) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let refused = RwSignal::new(None::<&'static str>);
    let put = move |events: &[KnownEvent]| {
        let mut pairs = untrack(|| query.pairs());
        pairs.retain(|(name, _)| name != "event");
        pairs.extend(
            events
                .iter()
                .map(|event| ("event".to_owned(), written(event))),
        );
        query.set_pairs(&pairs, false);
    };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // Read to the end before anything is set: a field cannot be written while it is read.
        let entered = event_of(
            &name.get_untracked(),
            &first.get_untracked(),
            &last.get_untracked(),
        );
        match entered {
            Ok(event) => {
                refused.set(None);
                let mut events = untrack(|| known_events(query));
                events.push(event);
                put(&events);
                for field in [name, first, last] {
                    field.set(String::new());
                }
            }
            Err(why) => refused.set(Some(why)),
        }
    };
    let remove = move |index: usize| {
        let mut events = untrack(|| known_events(query));
        if index < events.len() {
            events.remove(index);
            put(&events);
        }
    };
    let row = move |(index, event): (usize, KnownEvent)| {
        let until = event.to - Duration::seconds(1);
        let text = format!(
            "{}: {} to {}",
            event.name,
            format::day(event.from),
            format::day(until)
        );
        let label = format!("Remove {}", event.name);
        view! { <li><button class="chip" type="button" aria-label=label on:click=move |_| remove(index)>{text}<Drawn icon=Icon::Close/></button></li> }
    };
    let rows = move || {
        known_events(query)
            .into_iter()
            .enumerate()
            .map(row)
            .collect_view()
    };
    let day = |label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="choice"><span>{label}</span>
                <input type="date" prop:value=move || value.get() on:change:target=move |event| value.set(event.target().value())/>
            </label>
        }
    };
    view! {
        <Card title="What is known to have happened">
            <ul class="chips" aria-label="Known events">{rows}</ul>
            <form class="toolbar event-form" on:submit=add>
                <label class="choice"><span>"Event"</span>
                    <input type="text" placeholder="Pump worn" maxlength="100" prop:value=move || name.get()
                        on:input:target=move |event| name.set(event.target().value())/>
                </label>
                {day("First day", first)}{day("Last day", last)}
                <button class="button" type="submit">"Add event"</button>
                <span role="alert">{move || refused.get().map(|why| view! { <span class="message message-error">{why}</span> })}</span>
            </form>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_is_written_and_its_name_may_hold_slashes() {
        let text = "2026-06-15T00:00:00Z/2026-08-24T00:00:00Z/PVD-01 B: shield/liner";
        let event = read(text).expect("an event");
        assert_eq!(event.name, "PVD-01 B: shield/liner");
        assert_eq!(written(&event), text);
        assert_eq!(read("soon/later/Pump"), None);
    }

    #[test]
    fn an_event_of_one_day_lasts_that_day() {
        let event = event_of("Pump", "2026-06-15", "2026-06-15").expect("an event");
        assert_eq!(event.to - event.from, Duration::days(1));
        assert!(event_of("Pump", "2026-06-15", "2026-06-14").is_err());
        assert!(event_of(" ", "2026-06-15", "2026-06-15").is_err());
    }
}
