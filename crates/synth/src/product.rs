use serde::Serialize;

use crate::Geometry;

/// A product of the fab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Product {
    /// Id, a KLARF file's `DeviceID`.
    pub product_id: &'static str,
    /// What it is.
    pub description: &'static str,
    /// For example `28 nm`.
    pub process_node: &'static str,
    /// Share of the lots.
    pub share: f64,
    /// Its dies.
    pub geometry: Geometry,
    /// Distance from line to line of its gates, nm.
    pub gate_pitch_nm: f64,
    /// The reticles of its gate layer: two copies, which lots take at random.
    pub reticles: [&'static str; 2],
}

/// The products, most frequent first.
pub(crate) fn products() -> [Product; 3] {
    [
        Product {
            product_id: "AX7",
            description: "Application processor",
            process_node: "28 nm",
            share: 0.42,
            geometry: Geometry::new(300.0, (12.6, 9.8), (2, 3)),
            gate_pitch_nm: 117.0,
            reticles: ["AX7-GT-01", "AX7-GT-02"],
        },
        Product {
            product_id: "BK2",
            description: "Memory controller",
            process_node: "40 nm",
            share: 0.34,
            geometry: Geometry::new(300.0, (8.1, 10.4), (3, 3)),
            gate_pitch_nm: 160.0,
            reticles: ["BK2-GT-01", "BK2-GT-02"],
        },
        Product {
            product_id: "CP5",
            description: "Power management",
            process_node: "130 nm",
            share: 0.24,
            geometry: Geometry::new(200.0, (5.2, 4.6), (4, 4)),
            gate_pitch_nm: 460.0,
            reticles: ["CP5-GT-01", "CP5-GT-02"],
        },
    ]
}
