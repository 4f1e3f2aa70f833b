//! The filter bar as the URL's query holds it, and the API's filter it stands for.

use chrono::{DateTime, Duration, DurationRound, Utc};
use contract::filter::Filter;
use leptos::prelude::*;

use super::navigation::{Pairs, UrlQuery};

/// Time windows to choose with one click: name in the URL, text, days back from now.
pub const PRESETS: [(&str, &str, i64); 6] = [
    ("24h", "Last 24 hours", 1),
    ("7d", "Last 7 days", 7),
    ("30d", "Last 30 days", 30),
    ("90d", "Last 90 days", 90),
    ("1y", "Last year", 365),
    ("5y", "Last 5 years", 1826),
];

/// The lists of the filter bar that hold several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Process step.
    Step,
    /// Product.
    Product,
    /// Tool.
    Equipment,
    /// Lot.
    Lot,
    /// Wafer; set by links, not by the bar.
    Wafer,
    /// Defect type, by id.
    DefectType,
    /// Chemical element in the defect's spectra, by its symbol.
    Element,
    /// Attribute of the inspection as delivered, as `name=value`; set by links, not by the bar.
    Attribute,
}

impl Dimension {
    /// Every dimension, in the order of the bar.
    pub const ALL: [Self; 8] = [
        Self::Step,
        Self::Product,
        Self::Equipment,
        Self::Lot,
        Self::Wafer,
        Self::DefectType,
        Self::Element,
        Self::Attribute,
    ];

    /// Its name in the URL and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Product => "product",
            Self::Equipment => "equipment",
            Self::Lot => "lot",
            Self::Wafer => "wafer",
            Self::DefectType => "defect_type",
            Self::Element => "element",
            Self::Attribute => "attribute",
        }
    }

    /// What the bar writes.
    pub fn label(self) -> &'static str {
        match self {
            Self::Step => "Step",
            Self::Product => "Product",
            Self::Equipment => "Equipment",
            Self::Lot => "Lot",
            Self::Wafer => "Wafer",
            Self::DefectType => "Defect type",
            Self::Element => "Element",
            Self::Attribute => "Attribute",
        }
    }
}

impl Dimension {
    /// What must be known before choosing, where it is not plain.
    pub fn note(self) -> Option<&'static str> {
        (self == Self::Element).then_some(
            "Counts only defects with a spectrum that speaks for the element (weight 0.5 or more); defects without a \
             spectrum are left out, whatever they are made of.",
        )
    }
}

/// The time window.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TimeWindow {
    /// All time.
    #[default]
    All,
    /// The time up to now: an index of [`PRESETS`].
    Last(usize),
    /// Between two moments, the first inclusive, the second exclusive.
    Between(Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

/// The filter without the choices of one dimension: for what these are chosen from. A Pareto of defect
/// types shows them all, the chosen ones standing out.
pub fn without(mut filter: Filter, dimension: Dimension) -> Filter {
    match dimension {
        Dimension::Step => filter.step.clear(),
        Dimension::Product => filter.product.clear(),
        Dimension::Equipment => filter.equipment.clear(),
        Dimension::Lot => filter.lot.clear(),
        Dimension::Wafer => filter.wafer.clear(),
        Dimension::DefectType => filter.defect_type.clear(),
        Dimension::Element => filter.element.clear(),
        Dimension::Attribute => filter.attribute.clear(),
    }
    filter
}

/// The filter bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrlFilter {
    /// Time window.
    pub window: TimeWindow,
    /// Chosen values, in the order they were chosen.
    pub chosen: Vec<(Dimension, String)>,
    /// Count only defects of killer types.
    pub killers: bool,
    /// Count only defects that no earlier inspection of the wafer saw.
    pub adders: bool,
    /// Count inspections that a later one has replaced too.
    pub superseded: bool,
}

impl UrlFilter {
    /// What a query says; what is not understood counts as absent.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let mut filter = Self::default();
        let (mut from, mut to) = (None, None);
        for (name, value) in pairs {
            match name.as_str() {
                "window" => {
                    let preset = PRESETS.iter().position(|(key, ..)| key == value);
                    filter.window = preset.map_or(TimeWindow::All, TimeWindow::Last);
                }
                "from" => from = moment(value),
                "to" => to = moment(value),
                "killers" => filter.killers = value == "true",
                "adders" => filter.adders = value == "true",
                "superseded" => filter.superseded = value == "true",
                name => filter.read_choice(name, value),
            }
        }
        if from.is_some() || to.is_some() {
            filter.window = TimeWindow::Between(from, to);
        }
        filter
    }

    fn read_choice(&mut self, name: &str, value: &str) {
        let Some(dimension) = Dimension::ALL
            .into_iter()
            .find(|known| known.name() == name)
        else {
            return;
        };
        let is_readable = match dimension {
            Dimension::DefectType => value.parse::<i32>().is_ok(),
            Dimension::Attribute => split_attribute(value).is_some(),
            _ => true,
        };
        let choice = (dimension, value.to_owned());
        if is_readable && !value.is_empty() && !self.chosen.contains(&choice) {
            self.chosen.push(choice);
        }
    }

    /// The filter as names and values of a query.
    pub fn pairs(&self) -> Pairs {
        let mut pairs = Pairs::new();
        let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
        match &self.window {
            TimeWindow::All => {}
            TimeWindow::Last(preset) => add("window", PRESETS[*preset].0.to_owned()),
            TimeWindow::Between(from, to) => {
                for (name, moment) in [("from", from), ("to", to)] {
                    if let Some(moment) = moment {
                        add(name, moment.format("%Y-%m-%dT%H:%M:%SZ").to_string());
                    }
                }
            }
        }
        for (dimension, value) in &self.chosen {
            add(dimension.name(), value.clone());
        }
        for (name, is_set) in [
            ("killers", self.killers),
            ("adders", self.adders),
            ("superseded", self.superseded),
        ] {
            if is_set {
                add(name, "true".to_owned());
            }
        }
        pairs
    }

    /// Whether the name belongs to the filter.
    pub fn owns(name: &str) -> bool {
        matches!(
            name,
            "window" | "from" | "to" | "killers" | "adders" | "superseded"
        ) || Dimension::ALL
            .into_iter()
            .any(|dimension| dimension.name() == name)
    }

    /// Chosen values of one list.
    pub fn values(&self, dimension: Dimension) -> Vec<String> {
        let of_it = self.chosen.iter().filter(|(kept, _)| *kept == dimension);
        of_it.map(|(_, value)| value.clone()).collect()
    }

    /// Chooses a value, or takes the choice back.
    pub fn toggle(&mut self, dimension: Dimension, value: &str) {
        let choice = (dimension, value.to_owned());
        match self.chosen.iter().position(|kept| *kept == choice) {
            Some(place) => drop(self.chosen.remove(place)),
            None => self.chosen.push(choice),
        }
    }

    /// The API's filter at a moment. A window up to now ends at the next full five minutes, so that
    /// the same question is asked, and answered from a cache, for a while.
    pub fn resolve(&self, now: DateTime<Utc>) -> Filter {
        let (from, to) = match &self.window {
            TimeWindow::All => (None, None),
            TimeWindow::Last(preset) => {
                let five = Duration::minutes(5);
                let end = now.duration_trunc(five).unwrap_or(now) + five;
                (Some(end - Duration::days(PRESETS[*preset].2)), Some(end))
            }
            TimeWindow::Between(from, to) => (*from, *to),
        };
        Filter {
            from,
            to,
            step: self.values(Dimension::Step),
            product: self.values(Dimension::Product),
            lot: self.values(Dimension::Lot),
            wafer: self.values(Dimension::Wafer),
            equipment: self.values(Dimension::Equipment),
            defect_type: self.defect_types(),
            element: self.values(Dimension::Element),
            killers: self.killers.then_some(true),
            adders: self.adders.then_some(true),
            attribute: self.values(Dimension::Attribute),
            superseded: self.superseded.then_some(true),
        }
    }

    /// Ids of the chosen defect types.
    pub fn defect_types(&self) -> Vec<i32> {
        self.values(Dimension::DefectType)
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect()
    }
}

/// Name and value of an attribute in the filter; `None` for what has no name.
pub fn split_attribute(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| !name.is_empty())
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|moment| moment.to_utc())
}

/// The filter of the current page, as signals.
#[derive(Clone, Copy)]
pub struct FilterState {
    query: UrlQuery,
    chosen: Memo<UrlFilter>,
    resolved: Memo<Filter>,
}

impl FilterState {
    /// Reads the URL; call it inside the router once, then take it with [`Self::here`].
    pub fn start() -> Self {
        let query = UrlQuery::here();
        let chosen = Memo::new(move |_| UrlFilter::read(&query.pairs()));
        let resolved = Memo::new(move |_| chosen.with(|chosen| chosen.resolve(Utc::now())));
        Self {
            query,
            chosen,
            resolved,
        }
    }

    /// The filter of this application.
    pub fn here() -> Self {
        expect_context()
    }

    /// The bar's state.
    pub fn chosen(self) -> UrlFilter {
        self.chosen.get()
    }

    /// The API's filter.
    pub fn resolved(self) -> Filter {
        self.resolved.get()
    }

    /// Changes the filter: the URL follows, and everything that reads it. Pages of lists start anew.
    pub fn update(self, change: impl FnOnce(&mut UrlFilter)) {
        let mut filter = self.chosen.get_untracked();
        change(&mut filter);
        let mut pairs = untrack(|| self.query.pairs());
        pairs.retain(|(name, _)| !UrlFilter::owns(name) && name != "page");
        pairs.extend(filter.pairs());
        self.query.set_pairs(&pairs, false);
    }

    /// Chooses a value, or takes the choice back.
    pub fn toggle(self, dimension: Dimension, value: &str) {
        self.update(|filter| filter.toggle(dimension, value));
    }

    /// A link to `path` that keeps this filter.
    pub fn link(self, path: &str) -> String {
        self.chosen
            .with(|chosen| super::navigation::keeping(path, chosen))
    }
}

#[cfg(test)]
mod tests {
    use super::super::navigation::pairs_of;
    use super::*;

    fn round_trip(query: &str) -> UrlFilter {
        let filter = UrlFilter::read(&pairs_of(query));
        assert_eq!(UrlFilter::read(&filter.pairs()), filter, "{query}");
        filter
    }

    #[test]
    fn a_filter_is_read_as_it_is_written() {
        let filter =
            round_trip("window=7d&step=A&step=B&lot=L%201&defect_type=3&superseded=true&sort=x");
        assert_eq!(filter.window, TimeWindow::Last(1));
        assert_eq!(filter.values(Dimension::Step), ["A", "B"]);
        assert!(filter.superseded);
        let filter = round_trip("killers=true&attribute=chamber%3DPVD-01%20B&attribute=lens=");
        assert!(filter.resolve(Utc::now()).killers == Some(true));
        assert_eq!(
            filter.values(Dimension::Attribute),
            ["chamber=PVD-01 B", "lens="]
        );
        round_trip("from=2024-03-01T00:00:00Z&to=2024-03-02T00:00:00%2B01:00");
        round_trip("");
    }

    #[test]
    fn what_is_not_understood_counts_as_absent() {
        let filter = round_trip(
            "window=yesterday&from=soon&defect_type=particle&step=&attribute=chamber&killers=1&page=3",
        );
        assert_eq!(filter, UrlFilter::default());
    }

    #[test]
    fn a_window_up_to_now_has_an_end_so_that_the_window_before_is_known() {
        let now = moment("2024-03-10T12:03:20Z").expect("a moment");
        let filter = UrlFilter {
            window: TimeWindow::Last(0),
            ..UrlFilter::default()
        }
        .resolve(now);
        assert_eq!(filter.to, moment("2024-03-10T12:05:00Z"));
        assert_eq!(filter.from, moment("2024-03-09T12:05:00Z"));
    }

    #[test]
    fn choosing_twice_takes_the_choice_back() {
        let mut filter = UrlFilter::default();
        filter.toggle(Dimension::DefectType, "7");
        assert_eq!(filter.defect_types(), [7]);
        filter.toggle(Dimension::DefectType, "7");
        assert_eq!(filter, UrlFilter::default());
    }
}
