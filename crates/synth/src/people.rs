//! Customers and operators.

use fake::Fake;
use fake::faker::company::en::CompanyName;
use fake::faker::name::en::{FirstName, LastName};

use crate::stream::{Purpose, fake_stream};
use crate::wafer::{Customer, Mark};

/// Operators of a crew.
pub(crate) const CREW: usize = 4;

/// Those who work in the fab and those it works for.
#[derive(Clone, Debug)]
pub(crate) struct People {
    pub customers: Vec<Customer>,
    /// Four crews: two take turns by day, two by night.
    pub operators: Vec<String>,
}

pub(crate) fn people(seed: u64) -> People {
    let mut rng = fake_stream(seed, Purpose::People);
    let rules = [
        ('F', Mark::T7, "NX"),
        ('H', Mark::M12, "QS"),
        ('K', Mark::M13, "OW"),
        ('R', Mark::T7, "QS"),
    ];
    let customers = rules.map(|(letter, mark, supplier)| Customer {
        name: CompanyName().fake_with_rng(&mut rng),
        letter,
        mark,
        supplier,
    });
    let operators = (0..4 * CREW).map(|_| {
        let first: String = FirstName().fake_with_rng(&mut rng);
        let last: String = LastName().fake_with_rng(&mut rng);
        format!("{first} {last}")
    });
    People {
        customers: customers.into(),
        operators: operators.collect(),
    }
}
