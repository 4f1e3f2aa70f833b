//! Rows of `defect` in the binary format of COPY.
//!
//! A row is the number of its fields (i16) and for each field its length (i32, -1 for null) and its bytes, all big
//! endian. Source: PostgreSQL documentation, "COPY", Binary Format.

use uuid::Uuid;

/// The columns in the order of [`Rows::push`]; the others keep their defaults.
const COLUMNS: &str = "inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, x_size_um, y_size_um, \
     area_um2, class_no, rough_bin, fine_bin, cluster_no, test_no, image_count, confidence, review_status, extra";
const FIELDS: i16 = 20;
/// Signature, no flags, no header extension.
pub const COPY_START: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// A field count of -1.
pub const COPY_END: &[u8] = b"\xff\xff";
/// The statement that takes [`Rows`] into `table`: `defect`, one of its partitions, or a table like it. The name is ours.
#[must_use]
pub fn copy_statement(table: &str) -> String {
    format!("copy {table} ({COLUMNS}) from stdin with (format binary)")
}

/// Type `text` in PostgreSQL's catalogue.
const TEXT_OID: i32 = 25;

/// A defect as a file delivers it. Numbers that are not finite are stored as null.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DefectRow {
    /// Number, unique within the wafer.
    pub defect_no: i32,
    /// Type, from [`super::File::defect_type_id`].
    pub defect_type_id: i32,
    /// Position from the wafer centre in mm, notch down.
    pub x_mm: Option<f64>,
    /// Position from the wafer centre in mm, y up.
    pub y_mm: Option<f64>,
    /// Die column, as delivered.
    pub die_x: Option<i32>,
    /// Die row, as delivered.
    pub die_y: Option<i32>,
    /// Size in um.
    pub size_um: Option<f64>,
    /// Width of the bounding box in um.
    pub x_size_um: Option<f64>,
    /// Height of the bounding box in um.
    pub y_size_um: Option<f64>,
    /// Area in um2.
    pub area_um2: Option<f64>,
    /// Class number, as delivered.
    pub class_no: Option<i32>,
    /// Rough bin.
    pub rough_bin: Option<i32>,
    /// Fine bin.
    pub fine_bin: Option<i32>,
    /// Cluster.
    pub cluster_no: Option<i32>,
    /// Test.
    pub test_no: Option<i32>,
    /// Images.
    pub image_count: Option<i32>,
    /// Confidence of its classification, 0 to 1.
    pub confidence: Option<f64>,
    /// As `defect.review_status`: 0 detected, 1 analyzed, 2 reviewed.
    pub review_status: i16,
}

/// Encoded rows of one inspection. Some thousand rows a value are a good size.
#[derive(Clone, Debug)]
pub struct Rows {
    inspection_id: Uuid,
    bytes: Vec<u8>,
    len: i64,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(inspection_id: Uuid) -> Self {
        Self {
            inspection_id,
            bytes: Vec::new(),
            len: 0,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> i64 {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes the rows out, leaving none.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let capacity = self.bytes.len();
        let empty = Self {
            inspection_id: self.inspection_id,
            bytes: Vec::with_capacity(capacity),
            len: 0,
        };
        std::mem::replace(self, empty)
    }

    /// The rows, encoded, without [`COPY_START`] and [`COPY_END`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds a row. `extra` holds the texts of the file's columns that have none of their own, in the order of
    /// `inspection.extra_columns`; U+0000, which PostgreSQL cannot store, is left out.
    pub fn push<T: AsRef<str>>(&mut self, row: &DefectRow, extra: impl IntoIterator<Item = T>) {
        self.bytes.extend_from_slice(&FIELDS.to_be_bytes());
        self.field(self.inspection_id.into_bytes());
        self.field(row.defect_no.to_be_bytes());
        self.field(row.defect_type_id.to_be_bytes());
        self.double(row.x_mm);
        self.double(row.y_mm);
        self.int(row.die_x);
        self.int(row.die_y);
        self.real(row.size_um);
        self.real(row.x_size_um);
        self.real(row.y_size_um);
        self.real(row.area_um2);
        self.int(row.class_no);
        self.int(row.rough_bin);
        self.int(row.fine_bin);
        self.int(row.cluster_no);
        self.int(row.test_no);
        self.int(row.image_count);
        self.real(row.confidence);
        self.field(row.review_status.to_be_bytes());
        self.texts(extra);
        self.len += 1;
    }

    fn field<const N: usize>(&mut self, value: [u8; N]) {
        self.bytes.extend_from_slice(&(N as i32).to_be_bytes());
        self.bytes.extend_from_slice(&value);
    }

    fn null(&mut self) {
        self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
    }

    fn int(&mut self, value: Option<i32>) {
        match value {
            Some(value) => self.field(value.to_be_bytes()),
            None => self.null(),
        }
    }

    fn double(&mut self, value: Option<f64>) {
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.field(value.to_be_bytes()),
            None => self.null(),
        }
    }

    fn real(&mut self, value: Option<f64>) {
        match value
            .map(|value| value as f32)
            .filter(|value| value.is_finite())
        {
            Some(value) => self.field(value.to_be_bytes()),
            None => self.null(),
        }
    }

    /// `text[]`: dimensions (1), whether there are nulls, element type, length, lower bound (1), then the elements as
    /// fields. Lengths are written once they are known. No texts are null, not an empty array.
    fn texts<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        let start = self.bytes.len();
        for word in [0, 1, 0, TEXT_OID, 0, 1] {
            self.bytes.extend_from_slice(&i32::to_be_bytes(word));
        }
        let mut count = 0_i32;
        for text in texts {
            let at = self.bytes.len();
            self.bytes.extend_from_slice(&[0; 4]);
            self.bytes
                .extend(text.as_ref().bytes().filter(|byte| *byte != 0));
            self.write_length(at);
            count += 1;
        }
        if count == 0 {
            self.bytes.truncate(start);
            return self.null();
        }
        self.write_length(start);
        self.bytes[start + 16..start + 20].copy_from_slice(&count.to_be_bytes());
    }

    /// Writes into the four bytes at `at` how many follow them. A row is far from 2 GiB.
    fn write_length(&mut self, at: usize) {
        let length = (self.bytes.len() - at - 4) as i32;
        self.bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{DefectRow, Rows};

    fn encoded(row: &DefectRow, extra: &[&str]) -> Vec<u8> {
        let mut rows = Rows::new(Uuid::nil());
        rows.push(row, extra);
        rows.bytes().to_vec()
    }

    #[test]
    fn a_row_is_laid_out_as_postgresql_documents_it() {
        let row = DefectRow {
            defect_no: 7,
            defect_type_id: 1,
            x_mm: Some(1.0),
            ..DefectRow::default()
        };
        let mut expected = vec![0, 20, 0, 0, 0, 16];
        expected.extend([0; 16]);
        expected.extend([0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 1]);
        expected.extend([0, 0, 0, 8, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0xff; 4 * 14]);
        expected.extend([0, 0, 0, 2, 0, 0]);
        expected.extend([0xff; 4]);
        assert_eq!(encoded(&row, &[]), expected);
    }

    #[test]
    fn texts_are_an_array_without_the_character_that_cannot_be_stored() {
        let with = encoded(&DefectRow::default(), &["a\0b", ""]);
        let tail = [
            0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2,
            b'a', b'b', 0, 0, 0, 0,
        ];
        assert_eq!(&with[with.len() - tail.len()..], tail);
    }

    #[test]
    fn what_is_no_number_is_null() {
        let odd = DefectRow {
            x_mm: Some(f64::NAN),
            size_um: Some(1e300),
            ..DefectRow::default()
        };
        assert_eq!(encoded(&odd, &[]), encoded(&DefectRow::default(), &[]));
    }

    #[test]
    fn taking_rows_leaves_none_for_the_same_inspection() {
        let mut rows = Rows::new(Uuid::max());
        rows.push(&DefectRow::default(), [""; 0]);
        let taken = rows.take();
        assert_eq!((taken.len(), rows.len(), rows.is_empty()), (1, 0, true));
        rows.push(&DefectRow::default(), [""; 0]);
        assert_eq!(rows.bytes(), taken.bytes());
    }
}
