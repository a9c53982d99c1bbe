//! The statistics that a program run under whipsnake leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The reason of the exits that are no fault: the loop ended.
const LOOP_END: &str = "loop-end";

/// One compiled function or loop.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Machine code, in bytes.
    pub(crate) code_bytes: u64,
    /// Time in the compiler, in milliseconds.
    pub(crate) compile_ms: f64,
}

/// What was compiled, and why native code was left.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) units: Vec<Unit>,
    /// Reason to count.
    pub(crate) exits: BTreeMap<String, u64>,
}

impl Statistics {
    /// Reads a file written by `--stats-json`; `None` if there is none, as after a crash.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        Some(Self::parse(&serde_json::from_str(&text).ok()?))
    }

    /// Takes what is there; a missing key counts as nothing. Units that are not compiled yet, or that were
    /// given up, have no code and are left out.
    pub(crate) fn parse(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let mut statistics = Self::default();
        for unit in value["units"].as_array().into_iter().flatten() {
            for (reason, count) in unit["exits"].as_object().into_iter().flatten() {
                *statistics.exits.entry(reason.clone()).or_default() += count.as_u64().unwrap_or(0);
            }
            let code_bytes = unit["code_bytes"].as_u64().unwrap_or(0);
            if code_bytes > 0 {
                statistics.units.push(Unit {
                    name: text(&unit["name"]),
                    kind: text(&unit["kind"]),
                    code_bytes,
                    compile_ms: unit["compile_ms"].as_f64().unwrap_or(0.0),
                });
            }
        }
        statistics
    }

    /// Machine code of all units, in bytes.
    pub(crate) fn code_bytes(&self) -> u64 {
        self.units.iter().map(|unit| unit.code_bytes).sum()
    }

    /// Time in the compiler, in milliseconds.
    pub(crate) fn compile_ms(&self) -> f64 {
        self.units.iter().map(|unit| unit.compile_ms).sum()
    }

    /// How often native code was left other than at the end of a loop.
    pub(crate) fn exit_count(&self) -> u64 {
        self.exits
            .iter()
            .filter(|(reason, _)| *reason != LOOP_END)
            .map(|(_, count)| count)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_units_and_exits() {
        let statistics = Statistics::parse(&serde_json::json!({"units": [
            {"name": "f", "kind": "function", "code_bytes": 100, "compile_ms": 1.5, "exits": {"type": 2}},
            {"name": "g", "kind": "loop", "code_bytes": 20, "compile_ms": 0.5, "exits": {"type": 3, "loop-end": 1}},
            {"name": "h", "kind": "loop", "code_bytes": 0, "compile_ms": 0.0, "exits": {}},
        ]}));
        assert_eq!(
            (
                statistics.code_bytes(),
                statistics.compile_ms(),
                statistics.exit_count()
            ),
            (120, 2.0, 5)
        );
        assert_eq!((statistics.units.len(), statistics.exits["type"]), (2, 5));
    }

    #[test]
    fn missing_keys_are_nothing() {
        assert_eq!(
            Statistics::parse(&serde_json::json!({})),
            Statistics::default()
        );
        let statistics = Statistics::parse(&serde_json::json!({"units": [{"code_bytes": 1}]}));
        assert_eq!(
            (statistics.units[0].name.as_str(), statistics.exit_count()),
            ("?", 0)
        );
    }
}
