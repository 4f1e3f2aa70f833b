//! Wafers and their marks.

use rand::Rng;
use semi::{M12, M13, T7};
use serde::Serialize;

use crate::product::Product;
use crate::stream::Stream;

/// A customer of the fab. The marks on its wafers follow its choice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Customer {
    /// Name.
    pub name: String,
    /// First letter of its lots.
    pub letter: char,
    /// Mark on 300 mm wafers; a smaller wafer is not polished on both sides, so it has no T7 mark.
    pub mark: Mark,
    /// Code of its wafer supplier, two characters.
    pub supplier: &'static str,
}

/// A SEMI wafer mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Data Matrix of ten characters on the back.
    T7,
    /// Twelve characters, a check pair among them.
    M12,
    /// Eighteen characters, a check pair among them.
    M13,
}

/// A wafer of a lot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wafer {
    /// The mark without its check pair: the key under which all reads of the wafer meet.
    pub wafer_id: String,
    /// The mark as readers deliver it.
    pub mark: String,
    /// Its kind.
    pub scheme: Mark,
    /// Slot, 1 to 25.
    pub slot: u8,
    /// Whether it is inspected along the route.
    pub is_sampled: bool,
    /// Who pulled the crystal.
    pub manufacturer: &'static str,
    /// Growth orientation.
    pub orientation: &'static str,
    /// Resistivity in ohm cm.
    pub resistivity_ohm_cm: f64,
    /// Thickness in um.
    pub thickness_um: f64,
}

/// Wafers of a lot.
pub const LOT_WAFERS: u8 = 25;

/// The lot's name, six characters: the customer's letter and the lot's number in base 36.
pub(crate) fn lot_id(customer: &Customer, number: u32) -> String {
    // Lots were numbered before the records begin.
    let mut rest = number + 48_000;
    let mut digits = [b'0'; 5];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 36) as usize];
        rest /= 36;
    }
    let digits = digits.map(char::from);
    std::iter::once(customer.letter).chain(digits).collect()
}

impl Customer {
    pub(crate) fn scheme(&self, product: &Product) -> Mark {
        match self.mark {
            Mark::T7 if product.geometry.diameter_mm < 300.0 => Mark::M12,
            mark => mark,
        }
    }

    /// The wafer in a slot of a lot.
    pub(crate) fn wafer(
        &self,
        rng: &mut Stream,
        lot_id: &str,
        slot: u8,
        product: &Product,
    ) -> Wafer {
        let scheme = self.scheme(product);
        let resistivity_ohm_cm = f64::from(rng.random_range(80..=120_u32)) / 10.0;
        let id = format!("{lot_id}{slot:02}");
        let (wafer_id, mark) = marks(scheme, &id, self.supplier);
        Wafer {
            wafer_id,
            mark,
            scheme,
            slot,
            is_sampled: false,
            manufacturer: match self.supplier {
                "NX" => "Norrland Crystal",
                "QS" => "Quartzfield Silicon",
                _ => "Ostara Wafers",
            },
            orientation: "100",
            resistivity_ohm_cm,
            thickness_um: if product.geometry.diameter_mm < 300.0 {
                725.0
            } else {
                775.0
            },
        }
    }
}

/// Key and mark of a wafer. Lot, slot and supplier are letters and digits, of which any mark can be made.
fn marks(scheme: Mark, id: &str, supplier: &str) -> (String, String) {
    const MADE: &str = "letters and digits make a mark";
    match scheme {
        Mark::T7 => {
            let mark = T7::new(id, supplier).expect(MADE);
            (mark.as_str().to_owned(), mark.as_str().to_owned())
        }
        Mark::M12 => {
            let mark = M12::new(id, supplier).expect(MADE);
            (mark.as_str()[..10].to_owned(), mark.as_str().to_owned())
        }
        // Origin, resistivity, dopant and orientation follow the number; their places are not public.
        Mark::M13 => {
            let mark = M13::new(&format!("{id}{supplier}10P100")).expect(MADE);
            (mark.code().to_owned(), mark.as_str().to_owned())
        }
    }
}
