//! TIFF: the pages of a file, each as PNG.
//!
//! Taken: grey of 1, 2, 4, 8 and 16 bits, either way round; RGB with or without transparency of 8 and 16 bits;
//! palettes; strips and tiles; samples side by side or, in strips, in planes; uncompressed, PackBits, LZW, deflate. Not taken:
//! JPEG, fax and other compressions, floating point, CMYK, YCbCr, Lab.

use serde_json::{Map, Value, json};
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::{ByteOrder, PhotometricInterpretation, PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError, TiffFormatError};

use super::overlay::Overlay;
use super::picture::{Picture, pixel_size, png, thumbnail};
use super::pixels::{self, Layout, Scale};
use super::spool::ReadSeek;
use super::{Limits, Refusal, vendor};

/// nm in an inch.
const INCH_NM: f64 = 25.4e6;
/// nm in a centimetre.
const CENTIMETRE_NM: f64 = 1e7;

/// An opened TIFF file.
pub struct TiffFile {
    name: String,
    decoder: Decoder<Overlay<Box<dyn ReadSeek>>>,
    limits: Limits,
}

/// What keeps a page from being shown: a rule for people.
type Rule = String;

impl TiffFile {
    /// Opens a file at its first page.
    ///
    /// # Errors
    /// When the file has no page that can be read.
    pub(super) fn open(
        name: &str,
        content: Box<dyn ReadSeek>,
        limits: Limits,
    ) -> Result<Self, Refusal> {
        let mut own = tiff::decoder::Limits::default();
        // Tags are read into such a buffer too.
        let decoded = usize::try_from(limits.decoded_bytes).unwrap_or(usize::MAX);
        own.decoding_buffer_size = decoded.max(own.ifd_value_size);
        let decoder = Decoder::new(Overlay::new(content));
        let decoder = decoder.map_err(|error| Refusal::page(name, 1, rule_of(&error)))?;
        Ok(Self {
            name: name.to_owned(),
            decoder: decoder.with_limits(own),
            limits,
        })
    }

    /// The picture of a page, from 1; `None` where there is no such page.
    pub(super) fn page(&mut self, page: u32) -> Result<Option<Picture>, Refusal> {
        let name = self.name.clone();
        let refuse = |rule: Rule| Refusal::page(name, page, rule);
        if page > self.limits.pages {
            let most = self.limits.pages;
            return Err(refuse(format!(
                "lies beyond the {most} pages that are looked at"
            )));
        }
        let Some(index) = page.checked_sub(1) else {
            return Ok(None);
        };
        match self.decoder.seek_to_image(index as usize) {
            Ok(()) => {}
            Err(TiffError::FormatError(TiffFormatError::ImageFileDirectoryNotFound)) => {
                return Ok(None);
            }
            Err(error) => return Err(refuse(rule_of(&error))),
        }
        let picture = self.picture(page, index as usize);
        self.decoder.inner().set(None);
        picture.map(Some).map_err(refuse)
    }

    fn picture(&mut self, page: u32, index: usize) -> Result<Picture, Rule> {
        let (width, height) = self.decoder.dimensions().map_err(|error| rule_of(&error))?;
        let mut metadata = Map::new();
        let palette = self.palette()?;
        if palette.is_some() {
            self.read_as_grey(index)?;
        }
        let (layout, levels, scale) = self.levels(width, height, palette.as_deref())?;
        if let Some(scale) = scale {
            metadata.insert("bits_per_sample".to_owned(), json!(16));
            metadata.insert("shown_black".to_owned(), json!(scale.black));
            metadata.insert("shown_white".to_owned(), json!(scale.white));
        }
        let image = pixels::image(width, height, layout, levels);
        let image = image.ok_or("has more or fewer samples than its size says")?;
        let pixel_size_nm = self.pixel_size(&mut metadata);
        Ok(Picture {
            page,
            width_px: width,
            height_px: height,
            pixel_size_nm,
            metadata,
            display: Some(png(&image).map_err(|error| error.to_string())?),
            thumbnail: thumbnail(&image).map_err(|error| error.to_string())?,
        })
    }

    /// All samples of the page as levels of eight bits.
    fn levels(
        &mut self,
        width: u32,
        height: u32,
        palette: Option<&[u16]>,
    ) -> Result<(Layout, Vec<u8>, Option<Scale>), Rule> {
        let colour = self.decoder.colortype().map_err(|error| rule_of(&error))?;
        let samples = usize::from(colour.num_samples());
        let (layout, shown) = match colour {
            ColorType::Gray(1 | 2 | 4 | 8 | 16) => (Layout::Grey, 1),
            ColorType::Multiband {
                bit_depth: 8 | 16, ..
            } => (Layout::Grey, 1),
            ColorType::RGB(8 | 16) => (Layout::Rgb, samples),
            ColorType::RGBA(8 | 16) => (Layout::Rgba, samples),
            other => return Err(format!("is of a kind that is not shown: {other:?}")),
        };
        let bits = colour.bit_depth();
        let bytes = samples as u64 * u64::from(bits).div_ceil(8);
        // Palettes become three bytes a pixel, whatever they are stored in.
        let bytes = if palette.is_some() {
            bytes.max(4)
        } else {
            bytes
        };
        self.limits.check(width, height, bytes)?;
        let is_planar = samples > 1 && self.is_planar();
        self.check_tiles(is_planar)?;
        match self.samples()? {
            DecodingResult::U8(read) => {
                let read = match bits {
                    8 => arranged(read, samples, shown, is_planar),
                    // Of grey alone: several samples a pixel have 8 bits or 16.
                    _ => pixels::unpacked(&read, width as usize, bits),
                };
                match palette {
                    Some(map) => Ok((Layout::Rgb, colours(&read, map)?, None)),
                    None => Ok((layout, pixels::stretched(read, bits), None)),
                }
            }
            DecodingResult::U16(_) if palette.is_some() => {
                Err("has a palette of 16 bits".to_owned())
            }
            DecodingResult::U16(read) => {
                let (levels, scale) = pixels::scaled(&arranged(read, samples, shown, is_planar));
                Ok((layout, levels, Some(scale)))
            }
            _ => Err("holds numbers that are not of 1 to 16 bits without a sign".to_owned()),
        }
    }

    fn samples(&mut self) -> Result<DecodingResult, Rule> {
        let mut samples = DecodingResult::U8(Vec::new());
        let layout = self.decoder.read_image_to_buffer(&mut samples);
        let layout = layout.map_err(|error| rule_of(&error))?;
        let read = samples.as_buffer(0).byte_len();
        if read < layout.complete_len {
            return Err("has more samples than are taken".to_owned());
        }
        Ok(samples)
    }

    /// Tiles may claim to be larger than their page; rows of them are decoded at a time. Planes in tiles make the decoder
    /// give up.
    fn check_tiles(&self, is_planar: bool) -> Result<(), Rule> {
        if self.decoder.get_chunk_type() != tiff::decoder::ChunkType::Tile {
            return Ok(());
        }
        let (width, height) = self.decoder.chunk_dimensions();
        if width > 65_536 || height > 65_536 {
            return Err(format!("has tiles of {width} x {height} pixels"));
        }
        if is_planar {
            return Err("is of a kind that is not taken: planes in tiles".to_owned());
        }
        Ok(())
    }

    fn is_planar(&mut self) -> bool {
        let found = self
            .decoder
            .find_tag_unsigned::<u16>(Tag::PlanarConfiguration);
        found.ok().flatten() == Some(PlanarConfiguration::Planar.to_u16())
    }

    /// The colours of a page with a palette.
    fn palette(&mut self) -> Result<Option<Vec<u16>>, Rule> {
        let found = self
            .decoder
            .find_tag_unsigned::<u16>(Tag::PhotometricInterpretation);
        if found.ok().flatten() != Some(PhotometricInterpretation::RGBPalette.to_u16()) {
            return Ok(None);
        }
        let map = self.decoder.get_tag_u16_vec(Tag::ColorMap);
        map.map(Some).map_err(|error| rule_of(&error))
    }

    /// Reads the directory of the page at hand again, as that of a grey one.
    fn read_as_grey(&mut self, index: usize) -> Result<(), Rule> {
        let entry = self.photometric_entry().map_err(|error| rule_of(&error))?;
        let grey = PhotometricInterpretation::BlackIsZero.to_u16();
        let is_little = self.decoder.byte_order() == ByteOrder::LittleEndian;
        let bytes = if is_little {
            grey.to_le_bytes()
        } else {
            grey.to_be_bytes()
        };
        self.decoder.inner().set(Some((entry, bytes)));
        self.decoder
            .seek_to_image(index)
            .map_err(|error| rule_of(&error))
    }

    /// Where in the file the value of the page's `PhotometricInterpretation` stands.
    fn photometric_entry(&mut self) -> Result<u64, TiffError> {
        let missing = TiffError::from(TiffFormatError::RequiredTagNotFound(
            Tag::PhotometricInterpretation,
        ));
        let Some(directory) = self.decoder.ifd_pointer() else {
            return Err(missing);
        };
        let is_big = self.is_big()?;
        self.decoder.goto_offset_u64(directory.0)?;
        let (count, head, entry, value) = match is_big {
            true => (self.decoder.read_long8()?, 8, 20, 12),
            false => (u64::from(self.decoder.read_short()?), 2, 12, 8),
        };
        for number in 0..count.min(65_536) {
            let place = directory.0.saturating_add(head + number * entry);
            self.decoder.goto_offset_u64(place)?;
            if self.decoder.read_short()? == Tag::PhotometricInterpretation.to_u16() {
                return Ok(place + value);
            }
        }
        Err(missing)
    }

    fn is_big(&mut self) -> Result<bool, TiffError> {
        self.decoder.goto_offset_u64(2)?;
        Ok(self.decoder.read_short()? == 43)
    }

    /// The side of a pixel, and what else the tool said: its own tags, else the resolution.
    fn pixel_size(&mut self, metadata: &mut Map<String, Value>) -> Option<f64> {
        for (tag, read) in [
            (vendor::FEI, vendor::fei as fn(&str) -> _),
            (vendor::ZEISS, vendor::zeiss),
        ] {
            if let Some(text) = self.text(Tag::Unknown(tag)) {
                let mut said: vendor::Said = read(&text);
                metadata.append(&mut said.metadata);
                if said.pixel_size_nm.is_some() {
                    return said.pixel_size_nm;
                }
            }
        }
        let unit = self.decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit);
        let unit_nm = match unit.ok()? {
            Some(2) | None => INCH_NM,
            Some(3) => CENTIMETRE_NM,
            Some(_) => return None,
        };
        let mut pixel = |tag| match self.decoder.get_tag(tag).ok()? {
            tiff::decoder::ifd::Value::Rational(per_unit, of) => {
                Some(unit_nm * f64::from(of) / f64::from(per_unit))
            }
            _ => None,
        };
        pixel_size(pixel(Tag::XResolution)?, pixel(Tag::YResolution)?)
    }

    /// A tag as text; bytes that are not UTF-8 are taken for ISO 8859-1.
    fn text(&mut self, tag: Tag) -> Option<String> {
        let mut bytes = vec![0; 1 << 16];
        let read = self.decoder.image_ifd().find_tag_bytes(tag, &mut bytes, 0);
        bytes.truncate(read.ok().flatten()?);
        let text = String::from_utf8(bytes);
        Some(text.unwrap_or_else(|error| {
            error
                .as_bytes()
                .iter()
                .map(|byte| char::from(*byte))
                .collect()
        }))
    }
}

/// Samples side by side, those that are shown.
fn arranged<T: Copy>(read: Vec<T>, samples: usize, shown: usize, is_planar: bool) -> Vec<T> {
    match (is_planar, shown < samples) {
        (true, true) => read[..read.len() / samples].to_vec(),
        (true, false) => pixels::interleaved(&read, samples),
        (false, true) => pixels::first_of(&read, samples),
        (false, false) => read,
    }
}

fn colours(indices: &[u8], map: &[u16]) -> Result<Vec<u8>, Rule> {
    let rule = || "has pixels beyond its palette".to_owned();
    pixels::coloured(indices, map).ok_or_else(rule)
}

fn rule_of(error: &TiffError) -> Rule {
    match error {
        TiffError::UnsupportedError(what) => format!("is of a kind that is not taken: {what}"),
        TiffError::LimitsExceeded => "takes more memory than is given to a page".to_owned(),
        other => format!("is damaged: {other}"),
    }
}
