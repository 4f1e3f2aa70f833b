//! Reading a case, comparing with it, and keeping account of what was read and compared.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use analytics::spc::{Baseline, Setup};
use serde_json::Value;

/// What runs a case: it ends early where the library refuses the input.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// One case of a method.
pub struct Case {
    pub name: String,
    json: Value,
    /// Inputs, parameters and expected values that were looked at, as "params.alpha".
    known: RefCell<BTreeSet<String>>,
    failures: RefCell<Vec<String>>,
}

/// The cases of a file, and their method.
pub fn cases_in(file: &Path) -> (String, Vec<Case>) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let json: Value = serde_json::from_str(&text).expect("vectors are JSON");
    assert_eq!(
        json["schema"],
        "wafermaps-spc-vectors-1",
        "{}",
        file.display()
    );
    assert_eq!(json["index_base"], 0, "{}", file.display());
    let method = json["method"].as_str().expect("a method").to_owned();
    let cases = json["cases"].as_array().expect("a list of cases");
    let case = |json: &Value| Case {
        name: format!("{method}/{}", json["name"].as_str().expect("a name")),
        json: json.clone(),
        known: RefCell::default(),
        failures: RefCell::default(),
    };
    let cases = cases.iter().map(case).collect();
    (method, cases)
}

/// The folders with vectors: our own, and the published ones where they are at hand.
pub fn folders() -> Vec<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let published = std::env::var_os("WAFERMAPS_VECTORS")
        .map_or_else(|| workspace.join("../shared/spc/published"), PathBuf::from);
    let mut folders = vec![workspace.join("tests/vectors/spc")];
    match published.exists() {
        true => folders.push(published),
        false => println!("no published vectors in {}", published.display()),
    }
    folders
}

impl Case {
    fn look_up(&self, part: &str, key: &str) -> Option<&Value> {
        self.known.borrow_mut().insert(format!("{part}.{key}"));
        let mut path = key.split('.');
        path.try_fold(&self.json[part], |value, key| value.get(key))
    }

    /// What failed, and what the case holds that nothing looked at.
    pub fn failures(self) -> Vec<String> {
        let known = self.known.into_inner();
        let mut failures = self.failures.into_inner();
        for part in ["inputs", "params", "expected"] {
            for key in leaves(&self.json[part]) {
                let key = format!("{part}.{key}");
                if !known.contains(&key) {
                    failures.push(format!("{}: no test knows {key}", self.name));
                }
            }
        }
        failures
    }

    pub fn fail(&self, message: impl std::fmt::Display) {
        let message = format!("{}: {message}", self.name);
        self.failures.borrow_mut().push(message);
    }

    pub fn input(&self, key: &str) -> Option<&Value> {
        self.look_up("inputs", key)
    }

    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, String> {
        let values = self.optional_numbers(key)?.into_iter();
        let present = values.map(|value| value.ok_or_else(|| format!("{key} has a gap")));
        present.collect()
    }

    pub fn optional_numbers(&self, key: &str) -> Result<Vec<Option<f64>>, String> {
        let list = self.input(key).and_then(Value::as_array);
        let list = list.ok_or_else(|| format!("no input {key}"))?;
        Ok(list.iter().map(Value::as_f64).collect())
    }

    pub fn number_in(&self, key: &str) -> Result<f64, String> {
        let value = self.input(key).and_then(Value::as_f64);
        value.ok_or_else(|| format!("no input {key}"))
    }

    pub fn counts(&self, key: &str) -> Result<Vec<u64>, String> {
        let values = self.numbers(key)?;
        if let Some(value) = values.iter().find(|v| v.fract() != 0.0 || **v < 0.0) {
            return Err(format!("{key} has {value}, which is no count"));
        }
        Ok(values.into_iter().map(|value| value as u64).collect())
    }

    pub fn parameter(&self, key: &str) -> Option<&Value> {
        self.look_up("params", key)
    }

    pub fn number_of(&self, key: &str) -> Option<f64> {
        self.parameter(key).and_then(Value::as_f64)
    }

    pub fn needed(&self, key: &str) -> Result<f64, String> {
        self.number_of(key)
            .ok_or_else(|| format!("no parameter {key}"))
    }

    /// Limits from the first `baseline` points.
    pub fn setup(&self, baseline: usize) -> Setup {
        Setup {
            k_sigma: self.number_of("k_sigma").unwrap_or(3.0),
            baseline: Baseline::Range(0..baseline),
            standard_centre: self.number_of("standard_center"),
        }
    }

    pub fn expected(&self, key: &str) -> Option<&Value> {
        self.look_up("expected", key)
    }

    /// Compares a number, if the case has one under this key; `null` means none.
    pub fn number(&self, key: &str, got: impl Into<Option<f64>>) {
        if let Some(expected) = self.expected(key) {
            self.compare(key, expected.as_f64(), got.into());
        }
    }

    /// Compares a list of numbers, if the case has one under this key; a single number stands for
    /// a list of equal ones, `null` for none.
    pub fn list<'a, T, L>(&self, key: &str, got: L)
    where
        T: Into<Option<f64>> + Copy + 'a,
        L: Into<Option<&'a [T]>>,
    {
        let Some(expected) = self.expected(key) else {
            return;
        };
        let got = got.into();
        let (Some(got), false) = (got, expected.is_null()) else {
            if got.is_some() == expected.is_null() {
                self.fail(format_args!(
                    "{key} has a value or none, expected the opposite"
                ));
            }
            return;
        };
        let expected: Vec<Option<f64>> = match expected.as_array() {
            Some(list) => list.iter().map(Value::as_f64).collect(),
            None => vec![expected.as_f64(); got.len()],
        };
        if got.len() != expected.len() {
            let (found, wanted) = (got.len(), expected.len());
            self.fail(format_args!("{key} has {found} values, expected {wanted}"));
        }
        for (index, (expected, &got)) in expected.into_iter().zip(got).enumerate() {
            self.compare(&format!("{key}[{index}]"), expected, got.into());
        }
    }

    /// Compares a list with a value that the case has beside the expected ones, if it has it.
    pub fn alternative(&self, key: &str, got: Option<&[f64]>) {
        let Some(expected) = self.look_up("alternatives", key).and_then(Value::as_array) else {
            return;
        };
        for (index, expected) in expected.iter().enumerate() {
            let got = got.and_then(|got| got.get(index)).copied();
            self.compare(&format!("{key}[{index}]"), expected.as_f64(), got);
        }
    }

    /// Compares a list of indices, exactly, if the case has one under this key.
    pub fn indices(&self, key: &str, got: &[usize]) {
        if let Some(expected) = self.expected(key) {
            let got = serde_json::json!(got);
            if got != *expected {
                self.fail(format_args!("{key} is {got}, expected {expected}"));
            }
        }
    }

    /// A p-value: below 1e-12 an absolute tolerance says nothing, so the relative one counts.
    pub fn probability(&self, key: &str, got: impl Into<Option<f64>>) {
        let got = got.into();
        self.number(key, got);
        let expected = self.expected(key).and_then(Value::as_f64);
        if let (Some(expected), Some(got)) = (expected.filter(|p| *p < 1e-12), got)
            && (got - expected).abs() > 1e-6 * expected
        {
            self.fail(format_args!("{key} is {got:e}, expected {expected:e}"));
        }
    }

    fn compare(&self, what: &str, expected: Option<f64>, got: Option<f64>) {
        let tolerance = |key: &str| self.json["tolerance"][key].as_f64().expect("a tolerance");
        let is_close = match (expected, got) {
            (None, None) => true,
            (Some(expected), Some(got)) => {
                (got - expected).abs() <= tolerance("abs") + tolerance("rel") * expected.abs()
            }
            _ => false,
        };
        if !is_close {
            self.fail(format_args!("{what} is {got:?}, expected {expected:?}"));
        }
    }
}

/// The keys of an object, those of inner objects as "outer.inner"; a map from indices is one value.
fn leaves(value: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let is_of_indices = |inner: &serde_json::Map<String, Value>| {
            inner.keys().all(|key| key.parse::<usize>().is_ok())
        };
        match value.as_object().filter(|inner| !is_of_indices(inner)) {
            Some(_) => keys.extend(
                leaves(value)
                    .into_iter()
                    .map(|inner| format!("{key}.{inner}")),
            ),
            None => keys.push(key.clone()),
        }
    }
    keys
}
