//! From the bytes of a file to its spectrum.

use super::axis::{Axis, Unit};
use super::header::{DataType, Header, Statement};
use super::{Error, MAX_BYTES, MAX_COUNTS, MAX_POINTS, Text};
use crate::spectrum::Spectrum;

/// Reads an EMSA/MSA file. What it takes and what not stands at the head of [this module](super).
///
/// # Errors
/// The first thing that makes the file unusable, with its line and column. The `SPECTRUM` line's place
/// stands for what is missing.
/// # Example
/// ```
/// let file = b"#FORMAT : EMSA/MAS Spectral Data File\n#XUNITS : eV\n#XPERCHAN : 10\n#SPECTRUM :\n3, 5, 4\n#ENDOFDATA :\n";
/// let spectrum = edx::msa::read(file)?;
/// assert_eq!(spectrum.counts, [3.0, 5.0, 4.0]);
/// assert_eq!(spectrum.energy_of(2), 0.02);
/// # Ok::<(), edx::msa::Error>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Spectrum, Error> {
    if bytes.len() > MAX_BYTES {
        let rule = format!("must be at most {MAX_BYTES} bytes");
        let size = bytes.len().to_string();
        return Err(Text {
            line: 1,
            column: 1,
            text: &size,
        }
        .error("size of the file", rule));
    }
    let text = decoded(bytes);
    let mut lines = lines(&text);
    require_format(lines.next())?;
    let mut header = Header::default();
    let Some(start) = read_header(&mut lines, &mut header)? else {
        let end = Text {
            line: text.lines().count().max(1),
            column: 1,
            text: "",
        };
        return Err(end.error("SPECTRUM", "is missing: no data in this file"));
    };
    let data = read_data(&mut lines, &mut header)?;
    finished(header, data, start)
}

/// Text of a file: UTF-8, else ISO 8859-1, whose characters are the first 256 of Unicode.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Lines that are not blank, with their numbers; CR, LF and CRLF end a line.
fn lines(text: &str) -> impl Iterator<Item = Text<'_>> {
    let mut rest = Some(text);
    let split = std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            return rest.take();
        };
        let width = if text[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = Some(&text[end + width..]);
        Some(&text[..end])
    });
    split
        .enumerate()
        .map(|(index, text)| Text {
            line: index + 1,
            column: 1,
            text,
        })
        .filter(|line| !line.text.trim().is_empty())
}

/// The first line tells whether this is such a file at all.
fn require_format(first: Option<Text<'_>>) -> Result<(), Error> {
    let rule = "the first line must be `#FORMAT : EMSA/MAS Spectral Data File`";
    let first = first.unwrap_or(Text {
        line: 1,
        column: 1,
        text: "",
    });
    let format = Statement::of(first).filter(|statement| statement.is("FORMAT"));
    let Some(format) = format else {
        return Err(first.error("FORMAT", rule));
    };
    let value = format.value().text.to_ascii_uppercase();
    if value.starts_with("EMSA/MAS") {
        Ok(())
    } else {
        Err(format.value().error("FORMAT", rule))
    }
}

/// Reads up to the line `#SPECTRUM`, which it returns; none if the file has no such line.
fn read_header<'a>(
    lines: &mut impl Iterator<Item = Text<'a>>,
    header: &mut Header<'a>,
) -> Result<Option<Text<'a>>, Error> {
    for line in lines {
        let Some(statement) = Statement::of(line) else {
            return Err(line
                .trim()
                .error("header", "a line before SPECTRUM must start with `#`"));
        };
        if statement.is("SPECTRUM") {
            return Ok(Some(line));
        }
        header.add(&statement)?;
    }
    Ok(None)
}

/// The values of a file in their order, with their places, and whether `ENDOFDATA` was there.
struct Data<'a> {
    values: Vec<(f64, Text<'a>)>,
    is_ended: bool,
}

fn read_data<'a>(
    lines: &mut impl Iterator<Item = Text<'a>>,
    header: &mut Header<'a>,
) -> Result<Data<'a>, Error> {
    let mut values = Vec::new();
    for line in lines {
        if let Some(statement) = Statement::of(line) {
            if statement.is("ENDOFDATA") {
                return Ok(Data {
                    values,
                    is_ended: true,
                });
            }
            header.add(&statement)?;
            continue;
        }
        read_values(line, &mut values)?;
    }
    Ok(Data {
        values,
        is_ended: false,
    })
}

fn read_values<'a>(line: Text<'a>, values: &mut Vec<(f64, Text<'a>)>) -> Result<(), Error> {
    let is_separator = |character: char| character == ',' || character.is_whitespace();
    let mut rest = line;
    while let Some(start) = rest.text.find(|character| !is_separator(character)) {
        rest = rest.from(start);
        let (value, after) = rest.split_at(rest.text.find(is_separator).unwrap_or(rest.text.len()));
        if values.len() == 2 * MAX_POINTS {
            return Err(value.error(
                "counts",
                format!("a spectrum may have at most {MAX_POINTS} points"),
            ));
        }
        values.push((value.number("counts")?, value));
        rest = after;
    }
    Ok(())
}

fn finished(header: Header<'_>, data: Data<'_>, start: Text<'_>) -> Result<Spectrum, Error> {
    let is_paired = match header.data_type {
        Some(DataType::EnergiesAndCounts) => true,
        _ => header
            .points
            .is_some_and(|points| data.values.len() == 2 * points),
    };
    let (energies, counts) = if is_paired {
        paired(&data.values)?
    } else {
        (Vec::new(), data.values)
    };
    require_whole(header.points, counts.len(), data.is_ended, start)?;
    let axis = axis(&header, &energies, start)?;
    let unit = header.unit.unwrap_or_else(|| {
        Unit::guess(
            header
                .per_channel
                .map_or(axis.per_channel_kev, |(width, _)| width),
        )
    });
    for (channel, &(energy, place)) in energies.iter().enumerate() {
        if !axis.fits(channel, unit.to_kev(energy)) {
            return Err(place.error(
                "energy",
                "must keep to OFFSET and XPERCHAN within one channel",
            ));
        }
    }
    if let Some((_, place)) = counts
        .iter()
        .find(|(count, _)| !(0.0..=MAX_COUNTS).contains(count))
    {
        return Err(place.error("counts", format!("must be from 0 to {MAX_COUNTS}")));
    }
    Ok(Spectrum {
        counts: counts.into_iter().map(|(count, _)| count).collect(),
        energy_offset_kev: axis.offset_kev,
        energy_per_channel_kev: axis.per_channel_kev,
        live_time_s: header.live_time_s,
        real_time_s: header.real_time_s,
        beam_energy_kev: header.beam_energy_kev,
        title: header.title.unwrap_or_default(),
        keywords: header.keywords,
    })
}

type Values<'a> = Vec<(f64, Text<'a>)>;

/// Energies and counts of values that come in pairs.
fn paired<'a>(values: &[(f64, Text<'a>)]) -> Result<(Values<'a>, Values<'a>), Error> {
    let (pairs, rest) = values.as_chunks::<2>();
    if let [(_, place)] = rest {
        return Err(place.error("energy", "must be followed by its counts (DATATYPE XY)"));
    }
    Ok(pairs.iter().map(|&[energy, count]| (energy, count)).unzip())
}

/// A file that was cut off must not be taken for a spectrum.
fn require_whole(
    announced: Option<usize>,
    found: usize,
    is_ended: bool,
    start: Text<'_>,
) -> Result<(), Error> {
    let shown = found.to_string();
    let found_here = Text {
        line: start.line,
        column: start.column,
        text: &shown,
    };
    let rule = match announced {
        _ if found == 0 => "there must be at least one point after SPECTRUM".to_owned(),
        _ if found > MAX_POINTS => format!("a spectrum may have at most {MAX_POINTS} points"),
        _ if is_ended => return Ok(()),
        Some(announced) if announced == found => return Ok(()),
        Some(announced) => {
            format!("must be {announced} as NPOINTS says: the file is cut off, it has no ENDOFDATA")
        }
        None => "the file is cut off: neither NPOINTS nor ENDOFDATA tells where it ends".to_owned(),
    };
    Err(found_here.error("number of points", rule))
}

/// The scale that the header gives; without `XPERCHAN`, that of the energies beside the counts.
fn axis(header: &Header<'_>, energies: &[(f64, Text<'_>)], start: Text<'_>) -> Result<Axis, Error> {
    let nowhere = Text { text: "", ..start };
    if let Some(per_channel) = header.per_channel {
        return Axis::new(
            header.offset.unwrap_or((0.0, nowhere)),
            per_channel,
            header.unit,
        );
    }
    let (Some(&first), Some(&last)) = (energies.first(), energies.last()) else {
        return Err(nowhere.error("XPERCHAN", "is missing: the counts have no energies"));
    };
    if energies.len() < 2 {
        return Err(nowhere.error("XPERCHAN", "is missing: one energy gives no scale"));
    }
    let width = (last.0 - first.0) / (energies.len() - 1) as f64;
    Axis::new(first, (width, last.1), header.unit)
}
