//! Reading a case and comparing with it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One case of a method.
pub struct Case {
    pub name: String,
    json: Value,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cases_in(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let json: Value = serde_json::from_str(&text).expect("vectors are JSON");
    let cases = json["cases"].as_array().expect("a list of cases");
    let case = |json: &Value| Case {
        name: json["name"].as_str().expect("a name").to_owned(),
        json: json.clone(),
    };
    cases.iter().map(case).collect()
}

/// Runs a check on every case of a method: at least `own` cases of the repository, and the
/// published ones where their folder exists.
pub fn check(method: &str, own: usize, check: impl Fn(&Case)) {
    let file = format!("{method}.json");
    let cases = cases_in(&workspace().join("tests/vectors/spc").join(&file));
    assert_eq!(cases.len(), own, "cases of {method}");
    cases.iter().for_each(&check);

    let folder = std::env::var_os("WAFERMAPS_VECTORS").map_or_else(
        || workspace().join("../shared/spc/published"),
        PathBuf::from,
    );
    if !folder.exists() {
        println!("{method}: no published vectors in {}", folder.display());
    } else if folder.join(&file).exists() {
        cases_in(&folder.join(&file)).iter().for_each(&check);
    }
}

impl Case {
    pub fn input(&self, key: &str) -> &Value {
        &self.json["inputs"][key]
    }

    pub fn has_input(&self, key: &str) -> bool {
        self.json["inputs"].get(key).is_some()
    }

    pub fn numbers(&self, key: &str) -> Vec<f64> {
        let missing = || panic!("{}: {key} has a gap", self.name);
        let values = self.optional_numbers(key).into_iter();
        values.map(|value| value.unwrap_or_else(missing)).collect()
    }

    pub fn optional_numbers(&self, key: &str) -> Vec<Option<f64>> {
        let list = self
            .input(key)
            .as_array()
            .unwrap_or_else(|| panic!("{}: no {key}", self.name));
        list.iter().map(Value::as_f64).collect()
    }

    pub fn counts(&self, key: &str) -> Vec<u64> {
        let list = self
            .input(key)
            .as_array()
            .unwrap_or_else(|| panic!("{}: no {key}", self.name));
        list.iter()
            .map(|count| count.as_u64().expect("a count"))
            .collect()
    }

    pub fn parameter(&self, key: &str) -> Option<f64> {
        self.json["params"].get(key).and_then(Value::as_f64)
    }

    pub fn has_parameter(&self, key: &str) -> bool {
        self.json["params"].get(key).is_some()
    }

    pub fn expected(&self) -> &Value {
        &self.json["expected"]
    }

    pub fn expects(&self, key: &str) -> bool {
        self.expected().get(key).is_some()
    }

    /// Compares a number, if the case has one under this key; `null` means none.
    pub fn number(&self, key: &str, got: impl Into<Option<f64>>) {
        if self.expects(key) {
            self.compare(key, self.expected()[key].as_f64(), got.into());
        }
    }

    /// Compares a list of numbers, if the case has one under this key.
    pub fn list<T: Into<Option<f64>>>(&self, key: &str, got: impl IntoIterator<Item = T>) {
        let Some(expected) = self.expected().get(key) else {
            return;
        };
        let expected = expected
            .as_array()
            .unwrap_or_else(|| panic!("{}: {key}", self.name));
        let got: Vec<Option<f64>> = got.into_iter().map(Into::into).collect();
        assert_eq!(got.len(), expected.len(), "{}: length of {key}", self.name);
        for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
            self.compare(&format!("{key}[{index}]"), expected.as_f64(), got);
        }
    }

    /// Compares a list of indices, exactly; the case must have it.
    pub fn indices(&self, key: &str, got: &[usize]) {
        let list = self.expected()[key]
            .as_array()
            .unwrap_or_else(|| panic!("{}: {key}", self.name));
        let expected: Vec<u64> = list
            .iter()
            .map(|index| index.as_u64().expect("an index"))
            .collect();
        let got: Vec<u64> = got.iter().map(|&index| index as u64).collect();
        assert_eq!(got, expected, "{}: {key}", self.name);
    }

    /// A p-value: below 1e-12 an absolute tolerance says nothing, so the relative one counts.
    pub fn probability(&self, key: &str, got: Option<f64>) {
        self.number(key, got);
        let expected = self.expected().get(key).and_then(Value::as_f64);
        if let (Some(expected), Some(got)) = (expected.filter(|p| *p < 1e-12), got) {
            let error = (got - expected).abs();
            assert!(
                error <= 1e-6 * expected,
                "{}: {key} is {got:e}, expected {expected:e}",
                self.name
            );
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
        assert!(
            is_close,
            "{}: {what} is {got:?}, expected {expected:?}",
            self.name
        );
    }
}
