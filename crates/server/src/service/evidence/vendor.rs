//! What microscopes write into a TIFF beside the pixels: FEI/Thermo Fisher (tag 34682) and Zeiss (tag 34118).

use serde_json::{Map, Value, json};

use super::picture::is_possible;

/// Tag of FEI and Thermo Fisher: sections of `Name=value` lines, in SI units.
pub(super) const FEI: u16 = 34_682;
/// Tag of Zeiss: lines of `Name = value unit`.
pub(super) const ZEISS: u16 = 34_118;

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Side of a pixel in nm.
    pub pixel_size_nm: Option<f64>,
    /// `beam_kv`, `working_distance_mm`, `magnification`, `detector`, `system`.
    pub metadata: Map<String, Value>,
}

impl Said {
    fn number(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.metadata.insert(name.to_owned(), json!(value));
        }
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let short: String = value.chars().take(200).collect();
            self.metadata.insert(name.to_owned(), json!(short));
        }
    }
}

/// Reads the text of FEI's tag. The pixel's side counts where width and height agree.
pub(super) fn fei(text: &str) -> Said {
    let mut section = "";
    let mut values: Vec<(&str, &str, &str)> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name;
        } else if let Some((name, value)) = line.split_once('=') {
            values.push((section, name.trim(), value.trim()));
        }
    }
    let find = |section: &str, name: &str| {
        let found = values.iter().find(|(s, n, _)| *s == section && *n == name);
        found.map(|(_, _, value)| *value)
    };
    let number = |section: &str, name: &str| find(section, name)?.parse::<f64>().ok();
    let mut said = Said::default();
    let width = number("Scan", "PixelWidth").or_else(|| number("EScan", "PixelWidth"));
    let height = number("Scan", "PixelHeight").or_else(|| number("EScan", "PixelHeight"));
    said.pixel_size_nm = match (width, height) {
        (Some(width), Some(height)) if (width - height).abs() <= width.abs() * 1e-3 => {
            Some(width * 1e9)
        }
        _ => None,
    };
    said.pixel_size_nm = said
        .pixel_size_nm
        .map(rounded)
        .filter(|nm| is_possible(*nm));
    said.number(
        "beam_kv",
        number("Beam", "HV")
            .or_else(|| number("EBeam", "HV"))
            .map(|v| v / 1e3),
    );
    let distance = number("EBeam", "WD").or_else(|| number("Stage", "WorkingDistance"));
    said.number("working_distance_mm", distance.map(|m| rounded(m * 1e3)));
    said.text("detector", find("Detectors", "Name"));
    said.text("system", find("System", "SystemType"));
    said
}

/// Reads the text of Zeiss' tag.
pub(super) fn zeiss(text: &str) -> Said {
    let find = |name: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        let found = pairs.find(|(own, _)| own.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    };
    let mut said = Said {
        pixel_size_nm: length_nm(find("Image Pixel Size").or_else(|| find("Pixel Size"))),
        ..Said::default()
    };
    said.pixel_size_nm = said.pixel_size_nm.filter(|nm| is_possible(*nm));
    let with_unit = |name: &str, unit: &str| {
        let (value, own) = find(name)?.split_once(' ')?;
        let is_asked = own.trim().eq_ignore_ascii_case(unit);
        value.parse::<f64>().ok().filter(|_| is_asked)
    };
    said.number(
        "beam_kv",
        with_unit("EHT", "kV").or_else(|| with_unit("Actual kV", "kV")),
    );
    said.number("working_distance_mm", with_unit("WD", "mm"));
    said.number("magnification", find("Mag").and_then(magnification));
    said.text("detector", find("Signal A").or_else(|| find("Detector")));
    said
}

/// `20.00 K X`, `500 X`.
fn magnification(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let value: f64 = words.next()?.parse().ok()?;
    match words.next()? {
        "K" | "KX" => Some(value * 1e3),
        "X" => Some(value),
        _ => None,
    }
}

/// `5.582 nm`, `1.2 um`, `30 pm`.
fn length_nm(text: Option<&str>) -> Option<f64> {
    let mut words = text?.split_whitespace();
    let value: f64 = words.next()?.parse().ok()?;
    let scale = match words.next()? {
        "pm" => 1e-3,
        "nm" => 1.0,
        "um" | "µm" | "\u{3bc}m" => 1e3,
        "mm" => 1e6,
        _ => return None,
    };
    Some(value * scale)
}

/// Without the last digits that a change of units brings: 1.3999999999999999 is 1.4.
fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fei_says_the_pixel_in_metres() {
        let text = "[User]\r\nDate=03/04/2019\r\n[System]\r\nSystemType=Helios\r\n[Beam]\r\nHV=5000\r\n\
            [EBeam]\r\nWD=0.0041\r\n[Scan]\r\nPixelWidth=1.4e-009\r\nPixelHeight=1.4e-009\r\n[Detectors]\r\nName=TLD\r\n";
        let said = fei(text);
        assert_eq!(said.pixel_size_nm, Some(1.4));
        let expected = json!({"beam_kv": 5.0, "working_distance_mm": 4.1, "detector": "TLD", "system": "Helios"});
        assert_eq!(Value::Object(said.metadata), expected);
    }

    #[test]
    fn zeiss_says_the_pixel_with_its_unit() {
        let text = "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 5.582 nm\r\nAP_MAG\r\nMag =  20.00 K X\r\n\
            AP_ACTUALKV\r\nEHT =  3.00 kV\r\nAP_WD\r\nWD =  4.6 mm\r\nDP_DETECTOR_CHANNEL\r\nSignal A = InLens\r\n";
        let said = zeiss(text);
        assert_eq!(said.pixel_size_nm, Some(5.582));
        let expected = json!({"beam_kv": 3.0, "working_distance_mm": 4.6, "magnification": 20_000.0, "detector": "InLens"});
        assert_eq!(Value::Object(said.metadata), expected);
    }

    #[test]
    fn what_is_in_doubt_is_left_out() {
        assert_eq!(
            fei("[Scan]\nPixelWidth=1e-9\nPixelHeight=2e-9").pixel_size_nm,
            None
        );
        assert_eq!(
            fei("[Scan]\nPixelWidth=-1e-9\nPixelHeight=-1e-9").pixel_size_nm,
            None
        );
        assert_eq!(zeiss("Image Pixel Size = 5.582").pixel_size_nm, None);
        assert_eq!(zeiss("Image Pixel Size = NaN nm").pixel_size_nm, None);
        assert_eq!(fei("\0\u{ff}"), Said::default());
    }
}
