//! SEMI E142: `MapData` with layouts, substrates and maps of substrates; every `BinCodeMap` is read.

use crate::array::Array;
use crate::findings::{Fault, Findings};
use crate::g85::{axis, bin_type, notch, origin, unknown};
use crate::model::{Axis, BinMap, Reference};
use crate::sinf::unit_mm;
use crate::xml::Element;

/// Overlays that say nothing about bins.
const OVERLAYS: [&str; 5] = [
    "BinCodeMap",
    "ReferenceDevices",
    "DeviceIdMap",
    "TransferMap",
    "DeviceDataMap",
];

/// Reads every bin map of every substrate.
pub(crate) fn maps(root: &Element, findings: &mut Findings) -> Result<Vec<BinMap>, Fault> {
    unknown(root, &["Layouts", "Substrates", "SubstrateMaps"], findings);
    let mut all = Vec::new();
    for maps in root.named("SubstrateMaps") {
        unknown(maps, &["SubstrateMap"], findings);
        for substrate in maps.named("SubstrateMap") {
            unknown(substrate, &["Overlay"], findings);
            for overlay in substrate.named("Overlay") {
                unknown(overlay, &OVERLAYS, findings);
                for codes in overlay.named("BinCodeMap") {
                    all.push(bin_code_map(root, substrate, overlay, codes, findings)?);
                }
            }
        }
    }
    if all.is_empty() {
        let rule = "has to be there: the file holds no bin map";
        return Err(root.fault("SubstrateMap/Overlay/BinCodeMap", rule));
    }
    Ok(all)
}

fn bin_code_map(
    root: &Element,
    substrate: &Element,
    overlay: &Element,
    codes: &Element,
    findings: &mut Findings,
) -> Result<BinMap, Fault> {
    unknown(codes, &["BinDefinitions", "BinCode"], findings);
    let id = substrate.attribute("SubstrateId");
    let listed = root.first("Substrates").and_then(|substrates| {
        let mut all = substrates.named("Substrate");
        all.find(|one| one.attribute("SubstrateId") == id)
    });
    let layout = layout(root, substrate);
    let head = BinMap {
        name: overlay.attribute("MapName").map(str::to_owned),
        wafer_id: id.map(str::to_owned),
        lot_id: listed
            .and_then(|one| one.text_of("LotId"))
            .map(str::to_owned),
        product_id: layout
            .and_then(|one| one.text_of("ProductId"))
            .map(str::to_owned),
        notch_deg: notch(substrate)?,
        origin: origin(substrate)?,
        axis: axis(substrate)?,
        is_back_side: substrate
            .attribute("SubstrateSide")
            .is_some_and(|side| side.eq_ignore_ascii_case("BottomSide")),
        bin_type: bin_type(codes)?,
        null_bin: codes.raw_attribute("NullBin").map(str::to_owned),
        references: references(overlay)?,
        die_size_mm: layout.map(die_size_mm).transpose()?.flatten(),
        ..BinMap::default()
    };
    let is_single = codes
        .named("BinCode")
        .any(|code| code.attribute("X").is_some());
    let filled = match is_single {
        true => single_dies(head, codes, findings)?,
        false => rows(head, codes, layout, findings)?,
    };
    Ok(filled.counted(findings))
}

/// An array that is given by its rows.
fn rows(
    mut head: BinMap,
    codes: &Element,
    layout: Option<&Element>,
    findings: &mut Findings,
) -> Result<Array, Fault> {
    let dimension = layout.and_then(|layout| layout.first("Dimension"));
    let Some(dimension) = dimension else {
        let rule = "has to be there: it says how many columns and rows the map has";
        return Err(codes.fault("Layout/Dimension", rule));
    };
    (head.columns, head.rows) = (dimension.count("X")?, dimension.count("Y")?);
    let (columns, rows) = (head.columns, head.rows);
    if !findings.take_cells(columns, rows) {
        return Err(too_large(dimension, columns, rows));
    }
    let mut array = defined(head, codes, findings)?;
    let lines = codes.named("BinCode").count();
    if lines != rows {
        let rule = format!("have to be {rows}, as `Dimension` says");
        return Err(codes
            .fault("BinCode elements", rule)
            .found(lines.to_string()));
    }
    for row in codes.named("BinCode") {
        array.row(&row.text, row.offset, "BinCode")?;
    }
    Ok(array)
}

/// An array that is given die by die: as large as their places ask for.
fn single_dies(mut head: BinMap, codes: &Element, findings: &mut Findings) -> Result<Array, Fault> {
    let mut dies = Vec::new();
    for code in codes.named("BinCode") {
        let place = (code.integer("X")?, code.integer("Y")?);
        let (Some(x), Some(y)) = place else {
            return Err(code.fault(
                "BinCode",
                "has to have `X` and `Y`, as others of the map have",
            ));
        };
        dies.push((x, y, code));
    }
    let axis = head.axis.unwrap_or_default();
    let leftwards = matches!(axis, Axis::UpLeft | Axis::DownLeft);
    let upwards = matches!(axis, Axis::UpRight | Axis::UpLeft);
    let (left, columns) = extent(
        dies.iter()
            .map(|die| if leftwards { -die.0 } else { die.0 }),
    );
    let (top, rows) = extent(dies.iter().map(|die| if upwards { -die.1 } else { die.1 }));
    if !findings.take_cells(columns, rows) {
        return Err(too_large(codes, columns, rows));
    }
    (head.columns, head.rows) = (columns, rows);
    let mut array = defined(head, codes, findings)?;
    array.clear();
    for (x, y, code) in dies {
        let x = if leftwards { -x } else { x };
        let y = if upwards { -y } else { y };
        // Both are at least their minimum, and less than the extent above it.
        let (column, row) = ((x - left) as usize, (y - top) as usize);
        if !array.die(column, row, code.text.trim(), code.offset)? {
            let (x, y) = (code.attribute("X"), code.attribute("Y"));
            let (x, y) = (x.unwrap_or_default(), y.unwrap_or_default());
            return Err(code.fault("BinCode", format!("has X={x} Y={y}, as another die has")));
        }
    }
    Ok(array)
}

fn defined(head: BinMap, codes: &Element, findings: &mut Findings) -> Result<Array, Fault> {
    if head.null_bin.is_none() {
        findings.note(
            codes.offset,
            "`NullBin` is missing: every code counts as a die".to_owned(),
        );
    }
    let mut array = Array::new(head);
    for definitions in codes.named("BinDefinitions") {
        unknown(definitions, &["BinDefinition"], findings);
        for bin in definitions.named("BinDefinition") {
            array.define(bin, findings)?;
        }
    }
    Ok(array)
}

fn too_large(element: &Element, columns: usize, rows: usize) -> Fault {
    let rule = "has to have at most 8,000,000 places, all maps of the file together";
    element
        .fault("map", rule)
        .found(format!("{columns} x {rows}"))
}

/// The least of some indices, and how many there are from it to the greatest.
fn extent(indices: impl Iterator<Item = i64> + Clone) -> (i64, usize) {
    let least = indices.clone().min().unwrap_or_default();
    let greatest = indices.max().unwrap_or_default();
    (
        least,
        usize::try_from(greatest - least + 1).unwrap_or_default(),
    )
}

/// The layout of the devices: the last name of the specifier, or the last layout where there is no specifier.
fn layout<'a>(root: &'a Element, substrate: &Element) -> Option<&'a Element> {
    let layouts = root.first("Layouts")?;
    let specifier = substrate.attribute("LayoutSpecifier");
    match specifier.and_then(|path| path.rsplit('/').next()) {
        Some(id) => layouts
            .named("Layout")
            .find(|layout| layout.attribute("LayoutId") == Some(id)),
        None => layouts.named("Layout").last(),
    }
}

fn die_size_mm(layout: &Element) -> Result<Option<(f64, f64)>, Fault> {
    let Some(size) = layout.first("DeviceSize") else {
        return Ok(None);
    };
    let unit = size
        .attribute("Units")
        .or_else(|| layout.attribute("DefaultUnits"));
    let (Some(unit), Some(x), Some(y)) = (unit.and_then(unit_mm), size.real("X")?, size.real("Y")?)
    else {
        return Ok(None);
    };
    Ok(Some((x * unit, y * unit)))
}

fn references(overlay: &Element) -> Result<Vec<Reference>, Fault> {
    let mut all = Vec::new();
    for device in overlay
        .named("ReferenceDevices")
        .flat_map(|devices| devices.named("ReferenceDevice"))
    {
        let Some(at) = device.first("Coordinates") else {
            continue;
        };
        if let (Some(x), Some(y)) = (at.integer("X")?, at.integer("Y")?) {
            let position_mm = position_mm(device)?;
            all.push(Reference { x, y, position_mm });
        }
    }
    Ok(all)
}

/// Where a reference device lies, where the file says it with a unit.
fn position_mm(device: &Element) -> Result<Option<(f64, f64)>, Fault> {
    let Some(position) = device.first("Position") else {
        return Ok(None);
    };
    let unit = position.attribute("Units").and_then(unit_mm);
    let place = (position.real("X")?, position.real("Y")?);
    Ok(match (unit, place) {
        (Some(unit), (Some(x), Some(y))) => Some((x * unit, y * unit)),
        _ => None,
    })
}
