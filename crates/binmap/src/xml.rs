//! An XML file as a tree of elements, bounded in depth and number. Namespaces are left out: producers vary in them.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::findings::{Fault, shortened};

/// Elements inside one another.
const DEPTH: usize = 64;
/// Elements and attributes of a file.
const NODES: usize = 250_000;
/// Attributes of one element: the check for doubles takes the square of their number in steps.
const ATTRIBUTES: usize = 100;

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    /// Name without prefix.
    pub name: String,
    /// Its byte in the file.
    pub offset: usize,
    attributes: Vec<(String, String)>,
    /// Text in it, all pieces together.
    pub text: String,
    /// Elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The value of an attribute without the blanks around it; `None` where it is absent or empty.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.raw_attribute(name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// The value of an attribute as it is.
    pub fn raw_attribute(&self, name: &str) -> Option<&str> {
        let mut named = self.attributes.iter();
        named
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The elements of a name in this one.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of a name in this one.
    pub fn first(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of a name, without the blanks around it; `None` where it is empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        let text = self.first(name)?.text.trim();
        Some(text).filter(|text| !text.is_empty())
    }

    /// A fault of this element or of something in it.
    pub fn fault(&self, field: &str, rule: impl Into<String>) -> Fault {
        Fault::at(self.offset, field, rule)
    }

    /// A whole number that has to be there.
    pub fn count(&self, name: &str) -> Result<usize, Fault> {
        let value = self
            .attribute(name)
            .ok_or_else(|| self.fault(name, "has to be there"))?;
        let count = value.parse::<usize>().ok().filter(|&count| count > 0);
        count.ok_or_else(|| {
            self.fault(name, "has to be a whole number above 0")
                .found(value)
        })
    }

    /// A number, where it is there.
    pub fn real(&self, name: &str) -> Result<Option<f64>, Fault> {
        let Some(value) = self.attribute(name) else {
            return Ok(None);
        };
        let real = value.parse::<f64>().ok().filter(|real| real.is_finite());
        real.map(Some)
            .ok_or_else(|| self.fault(name, "has to be a number").found(value))
    }

    /// A whole number with its sign, where it is there.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        let Some(value) = self.attribute(name) else {
            return Ok(None);
        };
        // An index far from any wafer would only overflow later.
        let integer = value.parse::<i64>().ok().filter(|i| i.abs() < 1 << 24);
        integer
            .map(Some)
            .ok_or_else(|| self.fault(name, "has to be a whole number").found(value))
    }
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Result<Element, Fault> {
    let mut tree = Tree::default();
    let mut reader = Reader::from_str(text);
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = reader.read_event().map_err(|error| {
            let offset = usize::try_from(reader.error_position()).unwrap_or(offset);
            Fault::at(offset, "XML", format!("cannot be read: {error}"))
        })?;
        match event {
            Event::Start(start) => {
                let element = tree.element(&start, offset)?;
                tree.open(element)?;
            }
            Event::Empty(start) => {
                let element = tree.element(&start, offset)?;
                tree.close(element)?;
            }
            Event::End(_) => {
                if let Some(element) = tree.opened.pop() {
                    tree.close(element)?;
                }
            }
            Event::Text(piece) => tree.text(decoded(piece.decode(), offset)?.as_ref(), offset)?,
            Event::CData(piece) => tree.text(decoded(piece.decode(), offset)?.as_ref(), offset)?,
            Event::GeneralRef(reference) => {
                let name = decoded(reference.decode(), offset)?;
                let piece = resolved(&name).ok_or_else(|| {
                    Fault::at(offset, "entity", "has to be a predefined one").found(&name)
                })?;
                tree.text(&piece, offset)?;
            }
            Event::DocType(_) => {
                let rule = "is not taken: bin maps need none, and entities can be made to grow without end";
                return Err(Fault::at(offset, "DOCTYPE", rule));
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return tree.root(text.len()),
        }
    }
}

#[derive(Default)]
struct Tree {
    opened: Vec<Element>,
    root: Option<Element>,
    nodes: usize,
}

impl Tree {
    fn element(&mut self, start: &BytesStart<'_>, offset: usize) -> Result<Element, Fault> {
        let mut element = Element {
            name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
            offset,
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        };
        for attribute in start.attributes() {
            let name = shortened(&element.name);
            let fault = |rule: String| Fault::at(offset, name.clone(), rule);
            let attribute = attribute.map_err(|error| fault(format!("cannot be read: {error}")))?;
            if element.attributes.len() == ATTRIBUTES {
                return Err(fault(format!(
                    "has to have at most {ATTRIBUTES} attributes"
                )));
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| fault(format!("has an attribute that cannot be read: {error}")))?;
            let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
            element.attributes.push((key, value.into_owned()));
        }
        self.nodes += 1 + element.attributes.len();
        if self.nodes > NODES {
            let rule = format!("has to have at most {NODES} elements and attributes");
            return Err(Fault::at(offset, "file", rule));
        }
        Ok(element)
    }

    fn open(&mut self, element: Element) -> Result<(), Fault> {
        if self.opened.len() == DEPTH {
            let rule = format!("stands deeper than {DEPTH} elements");
            return Err(Fault::at(element.offset, shortened(&element.name), rule));
        }
        self.opened.push(element);
        Ok(())
    }

    fn close(&mut self, element: Element) -> Result<(), Fault> {
        match self.opened.last_mut() {
            Some(parent) => parent.children.push(element),
            None if self.root.is_none() => self.root = Some(element),
            None => return Err(element.fault("root element", "has to be the only one")),
        }
        Ok(())
    }

    fn text(&mut self, piece: &str, offset: usize) -> Result<(), Fault> {
        match self.opened.last_mut() {
            Some(element) => element.text.push_str(piece),
            None if piece.trim().trim_matches('\u{feff}').is_empty() => {}
            None => {
                let rule = "has to stand inside the root element";
                return Err(Fault::at(offset, "text", rule).found(piece));
            }
        }
        Ok(())
    }

    fn root(self, end: usize) -> Result<Element, Fault> {
        if let Some(element) = self.opened.last() {
            let rule = "is not closed: the file breaks off";
            return Err(Fault::at(end, shortened(&element.name), rule));
        }
        self.root
            .ok_or_else(|| Fault::at(end, "root element", "has to be there"))
    }
}

fn decoded<E: std::fmt::Display>(
    text: Result<Cow<'_, str>, E>,
    offset: usize,
) -> Result<String, Fault> {
    text.map(Cow::into_owned)
        .map_err(|error| Fault::at(offset, "text", format!("cannot be read: {error}")))
}

/// What a reference stands for: a predefined entity or a character by its number.
fn resolved(name: &str) -> Option<String> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
    let character = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix('x') {
            Some(hexadecimal) => number(hexadecimal, 16),
            None => number(digits, 10),
        },
        None => return quick_xml::escape::resolve_predefined_entity(name).map(str::to_owned),
    };
    character.and_then(char::from_u32).map(String::from)
}
