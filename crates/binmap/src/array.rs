//! The array of a map, filled row by row or die by die, with its bins.

use std::collections::HashMap;

use crate::findings::{Fault, Findings};
use crate::model::{Bin, BinMap, BinType, Quality};
use crate::xml::Element;

/// Bins of a map.
const BINS: usize = 10_000;

/// A map that is being filled.
#[derive(Debug)]
pub(crate) struct Array {
    map: BinMap,
    by_code: HashMap<String, u16>,
    declared: HashMap<u16, (usize, u64)>,
}

impl Array {
    /// A map whose head is known and that has no bins yet.
    pub fn new(mut map: BinMap) -> Self {
        map.null_bin = map.null_bin.map(|code| normal(map.bin_type, &code));
        Self {
            map,
            by_code: HashMap::new(),
            declared: HashMap::new(),
        }
    }

    /// Defines a bin by an element with `BinCode`, `BinCount`, `BinQuality`, `BinDescription`. The code of places
    /// without a die may be defined too; that is not a bin.
    pub fn define(&mut self, bin: &Element, findings: &mut Findings) -> Result<(), Fault> {
        // A blank is a code of one character.
        let code = match self.map.bin_type {
            BinType::Ascii => bin.raw_attribute("BinCode").filter(|code| !code.is_empty()),
            _ => bin.attribute("BinCode"),
        };
        let code = code.ok_or_else(|| bin.fault("BinCode", "has to be there"))?;
        if self.is_null(code) {
            return Ok(());
        }
        let place = self.place(code, bin.offset)?;
        let count = bin.integer_count("BinCount")?;
        if let Some(count) = count {
            let declared = self.declared.entry(place).or_insert((bin.offset, 0));
            declared.1 = declared.1.saturating_add(count);
        }
        let quality = quality(bin.attribute("BinQuality"));
        let known = &mut self.map.bins[usize::from(place)];
        if known.quality != Quality::Unknown && quality != known.quality {
            let message = format!(
                "bin `{}` is defined twice, with different qualities",
                known.code
            );
            findings.note(bin.offset, message);
            return Ok(());
        }
        known.quality = quality;
        let description = bin.attribute("BinDescription").map(str::to_owned);
        known.description = known.description.take().or(description);
        Ok(())
    }

    /// Defines good bins by their codes.
    pub fn define_good(&mut self, codes: &str, offset: usize) -> Result<(), Fault> {
        for code in codes.split_whitespace() {
            let place = self.place(code, offset)?;
            self.map.bins[usize::from(place)].quality = Quality::Pass;
        }
        Ok(())
    }

    /// Adds the next row from the top. `name` is what the file calls it.
    pub fn row(&mut self, text: &str, offset: usize, name: &str) -> Result<(), Fault> {
        let number = self.map.cells.len() / self.map.columns.max(1) + 1;
        let columns = self.map.columns;
        let codes = split(self.map.bin_type, text, columns).ok_or_else(|| {
            let rule = match self.map.bin_type.width() {
                Some(width) => format!("has to hold codes of {width} characters"),
                None => "has to hold codes separated by blanks".to_owned(),
            };
            Fault::at(offset, format!("{name} {number}"), rule).found(text)
        })?;
        if codes.len() != columns {
            let rule = format!("has to hold {columns} codes, one a column");
            let found = format!("{} codes", codes.len());
            return Err(Fault::at(offset, format!("{name} {number}"), rule).found(found));
        }
        for code in codes {
            let cell = match self.is_null(code) {
                true => None,
                false => Some(self.place(code, offset)?),
            };
            self.map.cells.push(cell);
        }
        Ok(())
    }

    /// Puts a single die at a column from the left and a row from the top of an array that is whole. `false` where
    /// there is one already.
    pub fn die(
        &mut self,
        column: usize,
        row: usize,
        code: &str,
        offset: usize,
    ) -> Result<bool, Fault> {
        if self.is_null(code) {
            return Ok(true);
        }
        let bin = self.place(code, offset)?;
        let cell = &mut self.map.cells[row * self.map.columns + column];
        let is_free = cell.is_none();
        *cell = Some(bin);
        Ok(is_free)
    }

    /// Makes the array whole before single dies are put into it.
    pub fn clear(&mut self) {
        self.map.cells = vec![None; self.map.columns * self.map.rows];
    }

    /// The map, its dies counted and compared with the counts declared.
    pub fn counted(mut self, findings: &mut Findings) -> BinMap {
        for cell in self.map.cells.iter().flatten() {
            self.map.bins[usize::from(*cell)].count += 1;
        }
        let mut declared: Vec<_> = self.declared.into_iter().collect();
        declared.sort_unstable_by_key(|&(place, _)| place);
        for (place, (offset, count)) in declared {
            let bin = &self.map.bins[usize::from(place)];
            if bin.count != count {
                let (code, there) = (&bin.code, bin.count);
                findings.note(
                    offset,
                    format!("bin `{code}` is declared with {count} dies, there are {there}"),
                );
            }
        }
        self.map
    }

    /// Says that bins without a stated quality fail, in a format that lists the good ones alone.
    pub fn others_fail(&mut self) {
        for bin in &mut self.map.bins {
            if bin.quality == Quality::Unknown {
                bin.quality = Quality::Fail;
            }
        }
    }

    fn is_null(&self, code: &str) -> bool {
        let null = self.map.null_bin.as_deref();
        match self.map.bin_type {
            BinType::Words => code.bytes().all(|byte| byte == b'_'),
            of => null == Some(normal(of, code).as_str()),
        }
    }

    fn place(&mut self, code: &str, offset: usize) -> Result<u16, Fault> {
        let code = normal(self.map.bin_type, code);
        if let Some(&place) = self.by_code.get(&code) {
            return Ok(place);
        }
        if !is_code(self.map.bin_type, &code) {
            let rule = "has to be a code of the map's bin type";
            return Err(Fault::at(offset, "bin code", rule).found(&code));
        }
        let next = self.map.bins.len();
        let place = u16::try_from(next).ok().filter(|_| next < BINS);
        let place = place.ok_or_else(|| {
            let rule = format!("have to be at most {BINS} different ones");
            Fault::at(offset, "bins", rule)
        })?;
        self.map.bins.push(Bin {
            code: code.clone(),
            quality: Quality::Unknown,
            description: None,
            count: 0,
        });
        self.by_code.insert(code, place);
        Ok(place)
    }
}

impl BinType {
    /// Reads a name in any case; `None` where it is none.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "ascii" => Some(Self::Ascii),
            "decimal" => Some(Self::Decimal),
            "hexadecimal" => Some(Self::HexaDecimal),
            "integer2" => Some(Self::Integer2),
            _ => None,
        }
    }

    fn width(self) -> Option<usize> {
        match self {
            Self::Ascii => Some(1),
            Self::Decimal => Some(3),
            Self::HexaDecimal => Some(2),
            Self::Integer2 => Some(4),
            Self::Words => None,
        }
    }
}

impl Element {
    fn integer_count(&self, name: &str) -> Result<Option<u64>, Fault> {
        let Some(value) = self.attribute(name) else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|_| {
            self.fault(name, "has to be a whole number, at least 0")
                .found(value)
        })
    }
}

fn quality(word: Option<&str>) -> Quality {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("pass" | "good") => Quality::Pass,
        Some("fail" | "bad") => Quality::Fail,
        _ => Quality::Unknown,
    }
}

/// The codes of a row; `None` where it cannot be cut.
fn split(bin_type: BinType, text: &str, columns: usize) -> Option<Vec<&str>> {
    let Some(width) = bin_type.width() else {
        return Some(text.split_whitespace().collect());
    };
    if bin_type == BinType::Ascii {
        // A blank may be a code, so nothing but line breaks and indentation is taken off, and that only where it is in the way.
        let line = text.trim_matches(['\r', '\n']);
        let whole = [line, line.trim()].into_iter().map(|line| cut(line, 1));
        let mut whole = whole.filter(|codes| codes.len() == columns);
        return whole.next().or_else(|| {
            let words: Vec<&str> = text.split_whitespace().collect();
            match words.as_slice() {
                [run] => Some(cut(run, 1)),
                words => words
                    .iter()
                    .all(|word| word.chars().count() == 1)
                    .then_some(words.to_vec()),
            }
        });
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [run] if run.is_ascii() && run.len() % width == 0 => Some(cut(run, width)),
        [run] if run.len() > width => None,
        _ => Some(words),
    }
}

fn cut(run: &str, width: usize) -> Vec<&str> {
    let mut rest = run;
    let mut codes = Vec::new();
    while !rest.is_empty() {
        let end = rest
            .char_indices()
            .nth(width)
            .map_or(rest.len(), |(at, _)| at);
        let (code, more) = rest.split_at(end);
        codes.push(code);
        rest = more;
    }
    codes
}

/// A code as it is compared: digits of one width and case.
fn normal(bin_type: BinType, code: &str) -> String {
    match bin_type {
        BinType::HexaDecimal | BinType::Integer2 => code.to_ascii_uppercase(),
        BinType::Decimal => format!("{code:0>3}"),
        BinType::Ascii | BinType::Words => code.to_owned(),
    }
}

fn is_code(bin_type: BinType, code: &str) -> bool {
    match bin_type {
        BinType::Ascii => code.chars().count() == 1,
        BinType::Decimal => code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()),
        BinType::HexaDecimal => {
            code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        BinType::Integer2 => code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_hexdigit()),
        BinType::Words => code.len() <= 8 && code.bytes().all(|byte| byte.is_ascii_graphic()),
    }
}
