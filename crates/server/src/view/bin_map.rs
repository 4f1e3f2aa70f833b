//! Bin maps.

use contract::spatial::{Bin, BinMap, BinMapDetail, BinMapFormat, BinQuality};
use entity::bin_map::Model;
use store::spatial::bin_map::Head;

/// A map without its dies.
///
/// # Errors
/// When the row holds what was never written.
pub fn bin_map(row: Head) -> anyhow::Result<BinMap> {
    let bins = bins(row.bins)?;
    let sum =
        |of: &dyn Fn(&Bin) -> bool| bins.iter().filter(|bin| of(bin)).map(|bin| bin.count).sum();
    Ok(BinMap {
        bin_map_id: row.bin_map_id,
        wafer_id: row.wafer_id,
        name: row.name,
        format: format(&row.format)?,
        columns: row.columns,
        rows: row.rows,
        delivered_notch_deg: row.delivered_notch_deg,
        placed: row.placed,
        warnings: row.warnings,
        dies: sum(&|_| true),
        good: sum(&|bin| bin.quality == BinQuality::Pass),
        bins,
        source_file: row.source_file,
        source_sha256: row.source_sha256,
        imported_at: row.imported_at,
    })
}

/// A map with its dies.
///
/// # Errors
/// When the row holds what was never written.
pub fn detail(row: Model) -> anyhow::Result<BinMapDetail> {
    let bin = row.bin.iter().map(|&bin| u32::try_from(bin));
    let bin = bin.collect::<Result<_, _>>()?;
    let head = Head {
        bin_map_id: row.bin_map_id,
        wafer_id: row.wafer_id,
        name: row.name,
        format: row.format,
        columns: row.columns,
        rows: row.rows,
        delivered_notch_deg: row.delivered_notch_deg,
        placed: row.placed,
        warnings: row.warnings,
        bins: row.bins,
        source_file: row.source_file,
        source_sha256: row.source_sha256,
        imported_at: row.imported_at,
    };
    Ok(BinMapDetail {
        bin_map: bin_map(head)?,
        die_x: row.die_x,
        die_y: row.die_y,
        bin,
    })
}

/// Bins as a row holds them.
///
/// # Errors
/// When they are none.
pub fn bins(json: serde_json::Value) -> anyhow::Result<Vec<Bin>> {
    Ok(serde_json::from_value(json)?)
}

/// A bin as a file tells it.
pub fn bin(bin: &binmap::Bin) -> Bin {
    Bin {
        code: bin.code.clone(),
        quality: match bin.quality {
            binmap::Quality::Pass => BinQuality::Pass,
            binmap::Quality::Fail => BinQuality::Fail,
            binmap::Quality::Unknown => BinQuality::Unknown,
        },
        description: bin.description.clone(),
        count: i64::try_from(bin.count).unwrap_or(i64::MAX),
    }
}

/// A format as the database writes it.
pub fn format_row(format: binmap::Format) -> &'static str {
    let shown = match format {
        binmap::Format::Sinf => BinMapFormat::Sinf,
        binmap::Format::G85 => BinMapFormat::G85,
        binmap::Format::E142 => BinMapFormat::E142,
    };
    shown.as_str()
}

fn format(row: &str) -> anyhow::Result<BinMapFormat> {
    row.parse().map_err(anyhow::Error::msg)
}
