//! SINF: lines `NAME:value`, one `RowData:` line a row.

use std::collections::HashMap;

use crate::array::Array;
use crate::findings::{Fault, Findings};
use crate::model::{BinMap, BinType, Reference};

const KNOWN: [&str; 12] = [
    "DEVICE", "LOT", "WAFER", "FNLOC", "ROWCT", "COLCT", "BCEQU", "REFPX", "REFPY", "DUTMS",
    "XDIES", "YDIES",
];

/// Reads a file.
pub(crate) fn map(text: &str, findings: &mut Findings) -> Result<BinMap, Fault> {
    let mut head = Head::default();
    let mut array = None;
    let mut rows = 0;
    for (offset, line) in lines(text) {
        let Some((name, value)) = line.split_once(':') else {
            let is_nothing = line
                .trim_matches(['\u{1a}', '\u{feff}', ' ', '\t'])
                .is_empty();
            if is_nothing {
                continue;
            }
            let rule = "has to be `NAME:value` (SINF), or XML (SEMI G85 or E142)";
            return Err(Fault::at(offset, "line", rule).found(line));
        };
        let name = name.trim().trim_start_matches('\u{feff}');
        let value_at = offset + line.len() - value.len();
        if name.eq_ignore_ascii_case("RowData") {
            let array = match &mut array {
                Some(array) => array,
                none => none.insert(head.array(offset, findings)?),
            };
            rows += 1;
            if rows > head.rows {
                let rule = format!("have to be {}, as `ROWCT` says", head.rows);
                return Err(
                    Fault::at(offset, "RowData lines", rule).found(format!("{rows} and more"))
                );
            }
            array.row(value, value_at, "RowData")?;
        } else {
            head.take(name, value.trim(), value_at, findings);
        }
    }
    let Some(mut array) = array else {
        let rule = "have to be there (SINF), or the file has to be XML (SEMI G85 or E142)";
        return Err(Fault::at(text.len(), "RowData lines", rule));
    };
    if rows != head.rows {
        let rule = format!("have to be {}, as `ROWCT` says", head.rows);
        return Err(Fault::at(text.len(), "RowData lines", rule).found(rows.to_string()));
    }
    if head.values.contains_key("BCEQU") {
        array.others_fail();
    }
    Ok(array.counted(findings))
}

/// What stands above the rows.
#[derive(Default)]
struct Head {
    values: HashMap<&'static str, (String, usize)>,
    rows: usize,
}

impl Head {
    fn take(&mut self, name: &str, value: &str, offset: usize, findings: &mut Findings) {
        let Some(known) = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name)) else {
            let name = crate::findings::shortened(name);
            return findings.note(offset, format!("`{name}` is not known and was left out"));
        };
        if value.is_empty() {
            return;
        }
        if self.values.contains_key(known) {
            return findings.note(
                offset,
                format!("`{known}` stands a second time; the first counts"),
            );
        }
        self.values.insert(known, (value.to_owned(), offset));
    }

    fn array(&mut self, offset: usize, findings: &mut Findings) -> Result<Array, Fault> {
        let (columns, rows) = (self.count("COLCT", offset)?, self.count("ROWCT", offset)?);
        self.rows = rows;
        if !findings.take_cells(columns, rows) {
            let rule = "times `COLCT` has to be at most 8,000,000";
            return Err(Fault::at(offset, "ROWCT", rule).found(format!("{rows} x {columns}")));
        }
        let map = BinMap {
            wafer_id: self.text("WAFER"),
            lot_id: self.text("LOT"),
            product_id: self.text("DEVICE"),
            notch_deg: self.notch()?,
            bin_type: BinType::Words,
            columns,
            rows,
            references: self.references()?,
            die_size_mm: self.die_size_mm()?,
            ..BinMap::default()
        };
        let mut array = Array::new(map);
        if let Some((codes, offset)) = self.values.get("BCEQU") {
            array.define_good(codes, *offset)?;
        }
        Ok(array)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|(value, _)| value.clone())
    }

    fn count(&self, name: &str, offset: usize) -> Result<usize, Fault> {
        let missing = || Fault::at(offset, name, "has to stand above the rows");
        let (value, offset) = self.values.get(name).ok_or_else(missing)?;
        let count = value.parse::<usize>().ok().filter(|&count| count > 0);
        count.ok_or_else(|| {
            Fault::at(*offset, name, "has to be a whole number above 0").found(value)
        })
    }

    fn notch(&self) -> Result<Option<u16>, Fault> {
        let Some((value, offset)) = self.values.get("FNLOC") else {
            return Ok(None);
        };
        let notch = quarter_turn(value);
        let rule = "has to be 0, 90, 180 or 270";
        notch
            .map(Some)
            .ok_or_else(|| Fault::at(*offset, "FNLOC", rule).found(value))
    }

    fn real(&self, name: &str) -> Result<Option<f64>, Fault> {
        let Some((value, offset)) = self.values.get(name) else {
            return Ok(None);
        };
        let real = value.parse::<f64>().ok().filter(|real| real.is_finite());
        real.map(Some)
            .ok_or_else(|| Fault::at(*offset, name, "has to be a number").found(value))
    }

    fn references(&self) -> Result<Vec<Reference>, Fault> {
        let place = (self.real("REFPX")?, self.real("REFPY")?);
        let (Some(x), Some(y)) = place else {
            return Ok(Vec::new());
        };
        Ok(vec![Reference {
            x: x as i64,
            y: y as i64,
            position_mm: None,
        }])
    }

    fn die_size_mm(&self) -> Result<Option<(f64, f64)>, Fault> {
        let unit = self.values.get("DUTMS").and_then(|(unit, _)| unit_mm(unit));
        let size = (self.real("XDIES")?, self.real("YDIES")?);
        let (Some(unit), (Some(x), Some(y))) = (unit, size) else {
            return Ok(None);
        };
        Ok(Some((x * unit, y * unit)))
    }
}

/// Degrees of a flat or notch, 360 as 0; `None` where they are no quarter turn.
pub(crate) fn quarter_turn(degrees: &str) -> Option<u16> {
    let degrees: f64 = degrees.trim().parse().ok()?;
    [0_u16, 90, 180, 270, 360]
        .into_iter()
        .find(|&quarter| f64::from(quarter) == degrees)
        .map(|quarter| quarter % 360)
}

/// A unit of length in mm.
pub(crate) fn unit_mm(unit: &str) -> Option<f64> {
    match unit.trim().to_ascii_lowercase().as_str() {
        "mm" | "millimeter" | "millimeters" => Some(1.0),
        "um" | "µm" | "μm" | "micron" | "microns" | "micrometer" | "micrometers" => Some(1e-3),
        "mil" | "mils" => Some(0.0254),
        "in" | "inch" | "inches" => Some(25.4),
        _ => None,
    }
}

/// Lines with their bytes in the file.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line.trim_end_matches(['\r', '\n']))
    })
}
