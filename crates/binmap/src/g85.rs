//! SEMI G85: `Maps/Map/Device` with `Bin` and `Data/Row`.

use crate::array::Array;
use crate::findings::{Fault, Findings, shortened};
use crate::model::{Axis, BinMap, BinType, Origin, Reference};
use crate::sinf::quarter_turn;
use crate::xml::Element;

/// Elements of a device that are read, or that say nothing about dies.
const IN_DEVICE: [&str; 4] = ["Bin", "Data", "ReferenceDevice", "SupplierData"];

/// Reads every map of a file.
pub(crate) fn maps(root: &Element, findings: &mut Findings) -> Result<Vec<BinMap>, Fault> {
    let maps: Vec<&Element> = match root.name.as_str() {
        "Map" => vec![root],
        _ => {
            unknown(root, &["Map"], findings);
            root.named("Map").collect()
        }
    };
    let mut all = Vec::new();
    for map in maps {
        unknown(map, &["Device"], findings);
        for device in map.named("Device") {
            all.push(device_map(map, device, findings)?);
        }
    }
    if all.is_empty() {
        return Err(root.fault("Map/Device", "has to be there"));
    }
    Ok(all)
}

fn device_map(map: &Element, device: &Element, findings: &mut Findings) -> Result<BinMap, Fault> {
    unknown(device, &IN_DEVICE, findings);
    let data = device
        .first("Data")
        .ok_or_else(|| device.fault("Data", "has to be there"))?;
    unknown(data, &["Row"], findings);
    let text = |element: &Element, name| element.attribute(name).map(str::to_owned);
    let (columns, rows) = (device.count("Columns")?, device.count("Rows")?);
    if !findings.take_cells(columns, rows) {
        let rule = "times `Columns` has to be at most 8,000,000, all maps of the file together";
        return Err(device
            .fault("Rows", rule)
            .found(format!("{rows} x {columns}")));
    }
    let head = BinMap {
        name: text(data, "MapName"),
        wafer_id: text(map, "WaferId").or_else(|| text(map, "SubstrateId")),
        lot_id: text(device, "LotId"),
        product_id: text(device, "ProductId"),
        notch_deg: notch(device)?,
        origin: origin(device)?,
        axis: axis(device)?,
        bin_type: bin_type(device)?,
        null_bin: device.raw_attribute("NullBin").map(str::to_owned),
        columns,
        rows,
        references: device
            .named("ReferenceDevice")
            .map(reference)
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect(),
        ..BinMap::default()
    };
    if head.null_bin.is_none() {
        findings.note(
            device.offset,
            "`NullBin` is missing: every code counts as a die".to_owned(),
        );
    }
    let mut array = Array::new(head);
    for bin in device.named("Bin") {
        array.define(bin, findings)?;
    }
    let lines = data.named("Row").count();
    if lines != rows {
        let rule = format!("have to be {rows}, as `Rows` says");
        return Err(data.fault("Row elements", rule).found(lines.to_string()));
    }
    for row in data.named("Row") {
        array.row(&row.text, row.offset, "Row")?;
    }
    Ok(array.counted(findings))
}

/// `Orientation` of an element, where it is there.
pub(crate) fn notch(element: &Element) -> Result<Option<u16>, Fault> {
    read(
        element,
        "Orientation",
        "has to be 0, 90, 180 or 270",
        quarter_turn,
    )
}

/// `BinType` of an element.
pub(crate) fn bin_type(element: &Element) -> Result<BinType, Fault> {
    let rule = "has to be ASCII, Decimal, HexaDecimal or Integer2";
    let bin_type = read(element, "BinType", rule, BinType::parse)?;
    bin_type.ok_or_else(|| element.fault("BinType", "has to be there"))
}

/// `OriginLocation` of an element, where it is there: a corner's name, or its number as SECS-II (E5) writes it.
pub(crate) fn origin(element: &Element) -> Result<Option<Origin>, Fault> {
    let rule = "has to be LowerLeft, LowerRight, UpperLeft, UpperRight or Center";
    read(element, "OriginLocation", rule, |name| {
        match name.to_ascii_lowercase().as_str() {
            "center" | "centre" | "0" => Some(Origin::Center),
            "upperright" | "1" => Some(Origin::UpperRight),
            "upperleft" | "2" => Some(Origin::UpperLeft),
            "lowerleft" | "3" => Some(Origin::LowerLeft),
            "lowerright" | "4" => Some(Origin::LowerRight),
            _ => None,
        }
    })
}

/// `AxisDirection` of an element, where it is there.
pub(crate) fn axis(element: &Element) -> Result<Option<Axis>, Fault> {
    let rule = "has to be UpRight, DownRight, UpLeft or DownLeft";
    read(element, "AxisDirection", rule, |name| {
        match name.to_ascii_lowercase().as_str() {
            "upright" => Some(Axis::UpRight),
            "downright" => Some(Axis::DownRight),
            "upleft" => Some(Axis::UpLeft),
            "downleft" => Some(Axis::DownLeft),
            _ => None,
        }
    })
}

/// Notes the children of an element that have none of these names, each name once.
pub(crate) fn unknown(element: &Element, known: &[&str], findings: &mut Findings) {
    let mut told: Vec<&str> = Vec::new();
    for child in &element.children {
        let name = child.name.as_str();
        if known.contains(&name) || told.contains(&name) || told.len() == 20 {
            continue;
        }
        told.push(name);
        let (child_name, name) = (shortened(name), shortened(&element.name));
        findings.note(
            child.offset,
            format!("`{child_name}` in `{name}` is not known and was left out"),
        );
    }
}

fn read<T>(
    element: &Element,
    name: &str,
    rule: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    let Some(value) = element.attribute(name) else {
        return Ok(None);
    };
    parse(value)
        .map(Some)
        .ok_or_else(|| element.fault(name, rule).found(value))
}

/// A reference device; its distance from the wafer centre has no unit here and is left out.
fn reference(device: &Element) -> Result<Option<Reference>, Fault> {
    let place = (
        device.integer("ReferenceDeviceX")?,
        device.integer("ReferenceDeviceY")?,
    );
    let (Some(x), Some(y)) = place else {
        return Ok(None);
    };
    Ok(Some(Reference {
        x,
        y,
        position_mm: None,
    }))
}
