//! The analyses of an inspection: each is asked for when its tab or its layer is wanted, under the filter by type.

use std::sync::Arc;

use contract::analytics::MapDies;
use contract::spatial::{
    BinMap, BinQuality, ClusterQuery, Clusters, DieQuery, DieView, SignatureQuery, Signatures,
    ZoneQuery, Zones,
};
use leptos::prelude::*;
use uuid::Uuid;

use super::layer::Layer;
use super::pick::{Listing, Pick, Picked};
use super::places::is_in_zone;
use crate::api::{Api, ApiError, with_query};
use crate::pages::inspection_defects::Chosen;
use crate::pages::links;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;
use crate::state::remote::{Phase, Remote};

/// An answer and the question it belongs to: an answer to another question says nothing of what is picked now.
struct Asked<T> {
    path: String,
    answer: T,
}

/// What the analyses found, what is pointed at and what is picked.
#[derive(Clone, Copy)]
pub struct Analyses {
    /// What lies on the map.
    pub layer: Memo<Layer>,
    /// Patterns.
    pub signatures: Remote<Signatures>,
    /// Clusters.
    pub clusters: Remote<Clusters>,
    /// Zones.
    pub zones: Remote<Zones>,
    /// Dies.
    pub dies: Remote<DieView>,
    /// Bin maps of the wafer, newest first: what its bins mean.
    bin_maps: Remote<Vec<BinMap>>,
    /// What the pointer or the focus is on, in a list or on the map.
    pub pointed: RwSignal<Option<Pick>>,
    /// What is picked.
    pub pick: Memo<Option<Pick>>,
    /// Defects of each pattern, asked for when one is picked.
    signature_members: Remote<Asked<Signatures>>,
    /// Defects of each cluster, asked for when one is picked.
    cluster_members: Remote<Asked<Clusters>>,
    chosen: Chosen,
    query: UrlQuery,
}

/// What a cluster analysis asks, as the address says it.
fn cluster_query(query: UrlQuery, filter: FilterState) -> ClusterQuery {
    ClusterQuery {
        defect_type: filter.chosen().defect_types(),
        reach_mm: query.parsed("reach_mm"),
        min_points: query.parsed("min_points"),
        members: None,
        adders: filter.resolved().adders,
    }
}

fn signature_query(query: UrlQuery, filter: FilterState) -> SignatureQuery {
    SignatureQuery {
        defect_type: filter.chosen().defect_types(),
        alpha: query.parsed("alpha"),
        members: None,
        adders: filter.resolved().adders,
    }
}

/// Index of what is counted from 1.
fn index_of(place: u32) -> Option<usize> {
    place.checked_sub(1).map(|place| place as usize)
}

impl Analyses {
    /// The analyses of the inspection at `path` in the API. `view` is the tab that is open, where it is one of theirs;
    /// `wants_verdict` asks for signatures without it. What is picked goes to `chosen`.
    pub fn new(
        path: Memo<String>,
        inspection_id: Memo<Uuid>,
        wafer_id: Memo<String>,
        view: Memo<Option<Layer>>,
        wants_verdict: Memo<bool>,
        chosen: Chosen,
    ) -> Self {
        let api = Api::here();
        let query = UrlQuery::here();
        let filter = FilterState::here();
        let layer = Memo::new(move |_| Layer::of(query));
        let pick = Memo::new(move |_| query.parsed::<Pick>("pick"));
        let is_wanted = move |one: Layer| layer.get() == one || view.get() == Some(one);
        let signature_path = move |members| {
            let asked = SignatureQuery {
                members,
                ..signature_query(query, filter)
            };
            with_query(&format!("{}/signatures", path.read()), &asked)
        };
        let cluster_path = move |members| {
            let asked = ClusterQuery {
                members,
                ..cluster_query(query, filter)
            };
            with_query(&format!("{}/clusters", path.read()), &asked)
        };
        // Grows when defects were changed: what was found may be another.
        let version = move || chosen.version.get();
        let signatures = Remote::new(
            move || {
                let is_wanted = wants_verdict.get() || is_wanted(Layer::Signatures);
                is_wanted.then(|| (signature_path(None), version()))
            },
            move |(path, _)| async move { api.get::<Signatures>(&path).await },
        );
        let clusters = Remote::new(
            move || is_wanted(Layer::Clusters).then(|| (cluster_path(None), version())),
            move |(path, _)| async move { api.get::<Clusters>(&path).await },
        );
        let zones = Remote::new(
            move || {
                let asked = ZoneQuery {
                    inspection_id: Some(inspection_id.get()),
                    rings: query.parsed("rings"),
                    sectors: query.parsed("sectors"),
                    division: query.parsed("division"),
                    defect_type: filter.chosen().defect_types(),
                    element: filter.chosen().values(Dimension::Element),
                    adders: filter.resolved().adders,
                    ..ZoneQuery::default()
                };
                is_wanted(Layer::Zones).then(|| (with_query("/analytics/zones", &asked), version()))
            },
            move |(path, _)| async move { api.get::<Zones>(&path).await },
        );
        let dies = Remote::new(
            move || {
                let asked = DieQuery {
                    inspection_id: Some(inspection_id.get()),
                    defect_type: filter.chosen().defect_types(),
                    element: filter.chosen().values(Dimension::Element),
                    adders: filter.resolved().adders,
                    ..DieQuery::default()
                };
                is_wanted(Layer::Dies).then(|| (with_query("/analytics/dies", &asked), version()))
            },
            move |(path, _)| async move { api.get::<DieView>(&path).await },
        );
        let has_bins = Memo::new(move |_| {
            let map = dies.get().and_then(|found| found.map.clone());
            map.is_some_and(|map| map.bin.iter().any(Option::is_some))
        });
        let bin_maps = Remote::new(
            move || {
                has_bins
                    .get()
                    .then(|| format!("{}/bin-maps", links::wafer(&wafer_id.read())))
            },
            move |path| async move { api.get::<Vec<BinMap>>(&path).await },
        );
        let signature_members = Remote::new(
            move || {
                matches!(pick.get(), Some(Pick::Signature(_))).then(|| signature_path(Some(true)))
            },
            move |path| async move {
                let answer = api.get(&path).await?;
                Ok(Asked { path, answer })
            },
        );
        let cluster_members = Remote::new(
            move || matches!(pick.get(), Some(Pick::Cluster(_))).then(|| cluster_path(Some(true))),
            move |path| async move {
                let answer = api.get(&path).await?;
                Ok(Asked { path, answer })
            },
        );
        let analyses = Self {
            layer,
            signatures,
            clusters,
            zones,
            dies,
            bin_maps,
            pointed: RwSignal::new(None),
            pick,
            signature_members,
            cluster_members,
            chosen,
            query,
        };
        let picked = Memo::new(move |_| {
            let (what, numbers, listing) = match pick.get()? {
                Pick::Signature(place) => {
                    let members = signature_members.get()?;
                    (members.path == signature_path(Some(true))).then_some(())?;
                    let found = members.answer.found.get(index_of(place)?)?;
                    let name = super::signatures::name(found);
                    (name, found.defect_nos.clone()?, Listing::Numbers)
                }
                Pick::Cluster(number) => {
                    let members = cluster_members.get()?;
                    (members.path == cluster_path(Some(true))).then_some(())?;
                    let mut clusters = members.answer.clusters.iter();
                    let found = clusters.find(|cluster| cluster.cluster == number)?;
                    let name = format!("Cluster {number}");
                    (name, found.defect_nos.clone()?, Listing::Numbers)
                }
                Pick::Zone(place) => {
                    let zones = zones.get()?;
                    let zone = zones.zones.get(index_of(place)?)?;
                    let types = filter.chosen().defect_types();
                    let numbers = chosen
                        .numbers_where(&types, |place_mm, _| is_in_zone(&zone.shape, place_mm));
                    let shape = &zone.shape;
                    let edges = [
                        shape.inner_mm,
                        shape.outer_mm,
                        shape.from_deg,
                        shape.sweep_deg,
                    ];
                    (format!("Zone {}", zone.name), numbers, Listing::Zone(edges))
                }
                Pick::Die(column, row) => {
                    let types = filter.chosen().defect_types();
                    let numbers = chosen.numbers_where(&types, |_, die| die == (column, row));
                    (
                        format!("Die {column}, {row}"),
                        numbers,
                        Listing::Die(column, row),
                    )
                }
            };
            let around = chosen.around(&numbers);
            Some(Arc::new(Picked {
                what,
                numbers: Arc::new(numbers),
                around,
                listing,
                lassoed: false,
            }))
        });
        Effect::new(move || chosen.picked.set(picked.get()));
        // A row that is taken away under the pointer is not left.
        Effect::new(move || {
            view.track();
            analyses.pointed.set(None);
        });
        analyses
    }

    /// Picks a finding; the one that is picked already is let go.
    pub fn toggle(self, pick: Pick) {
        let now = self.pick.get_untracked();
        let next = (now != Some(pick)).then(|| pick.to_string());
        self.query.set(&[("pick", next), ("page", None)]);
    }

    /// Asks anew for what lies on the map.
    pub fn reload(self) {
        match self.layer.get_untracked() {
            Layer::Nothing => {}
            Layer::Signatures => self.signatures.reload(),
            Layer::Clusters => self.clusters.reload(),
            Layer::Zones => self.zones.reload(),
            Layer::Dies => self.dies.reload(),
        }
    }

    /// Whether a finding is picked.
    pub fn is_picked(self, pick: Pick) -> bool {
        self.pick.get() == Some(pick)
    }

    /// Why the defects of what is picked could not be read.
    pub fn members_error(self) -> Option<ApiError> {
        let phase = match self.pick.get()? {
            Pick::Signature(_) => self.signature_members.phase(),
            Pick::Cluster(_) => self.cluster_members.phase(),
            Pick::Zone(_) | Pick::Die(..) => return None,
        };
        match phase {
            Phase::Failed(error) => Some(error),
            Phase::Loading | Phase::Ready => None,
        }
    }

    /// Whether a bin is good, where the newest bin map says so.
    pub fn is_good(self, code: &str) -> Option<bool> {
        self.bin_maps.get().and_then(|maps| {
            let bin = maps.first()?.bins.iter().find(|bin| bin.code == code)?;
            match bin.quality {
                BinQuality::Pass => Some(true),
                BinQuality::Fail => Some(false),
                BinQuality::Unknown => None,
            }
        })
    }

    /// The dies of the map, for their places.
    pub fn map_dies(self) -> Option<Arc<MapDies>> {
        self.chosen.dies()
    }
}
