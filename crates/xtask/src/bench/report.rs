//! The report as a table and as JSON.

use serde_json::{Map, Value, json};

use super::Skipped;
use super::contestant::{OFF, ON};
use super::startup::StartUp;
use super::summary::{Cell, Ratio, Row, below, extra_memory, geomean};
use crate::statistics::Statistics;
use crate::table::Table;

/// Everything that was measured.
pub(super) struct Report<'a> {
    /// The full version of the baseline.
    pub(super) python: &'a str,
    pub(super) clock: &'a str,
    pub(super) rounds: usize,
    /// The first is the baseline.
    pub(super) contestants: &'a [String],
    pub(super) rows: Vec<Row>,
    pub(super) start_up: Option<Vec<StartUp>>,
    pub(super) skipped: &'a [Skipped],
    pub(super) broken: &'a [String],
    /// What each benchmark's ratio should be at least.
    pub(super) floor: Option<f64>,
    /// The pinned suite.
    pub(super) suite: String,
}

impl Report<'_> {
    /// Those that are compared with the baseline.
    pub(super) fn challengers(&self) -> impl Iterator<Item = &String> {
        self.contestants.iter().filter(|name| *name != OFF)
    }

    /// Benchmarks that are slower than asked for.
    pub(super) fn below_floor(&self) -> impl Iterator<Item = (&str, Ratio)> {
        below(&self.rows, self.floor.unwrap_or(0.0))
    }

    /// The tables that are printed.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "\nCPython {} with the JIT off is 1.00x; {} time, {} rounds, {}\n\n",
            self.python, self.clock, self.rounds, self.suite
        );
        text.push_str(&self.ratios());
        text.push('\n');
        text.push_str(&self.costs());
        if let Some(start_up) = &self.start_up {
            text.push('\n');
            let mut table = Table::new(["start-up", "CPU", "peak memory", ""]);
            for found in start_up {
                table.row(vec![
                    found.contestant.clone(),
                    format!("{:.1} ms", found.milliseconds),
                    format!("{:.1} MB", megabytes(found.memory as f64)),
                ]);
            }
            text.push_str(&table.render());
        }
        for (title, lines) in [
            (
                "not measured:",
                self.skipped
                    .iter()
                    .map(|skipped| format!("{}: {}", skipped.name, skipped.reason))
                    .collect(),
            ),
            ("FAILED with the JIT on:", self.broken.to_vec()),
            (
                "below the floor:",
                self.below_floor()
                    .map(|(name, found)| {
                        format!("{name}: {:.3} ± {:.3}", found.median, found.error)
                    })
                    .collect(),
            ),
        ] {
            if !lines.is_empty() {
                text.push_str(&format!("\n{title}\n"));
                for line in lines {
                    text.push_str(&format!("  {line}\n"));
                }
            }
        }
        text
    }

    fn ratios(&self) -> String {
        let others: Vec<&String> = self.challengers().filter(|name| *name != ON).collect();
        let mut headings = vec!["benchmark", "off", "on", "ratio", "±", "rounds"];
        headings.extend(others.iter().map(|name| name.as_str()));
        headings.push("");
        let mut table = Table::from_headings(headings);
        for row in &self.rows {
            let on = row.cells.get(ON);
            let mut cells = vec![
                row.name.clone(),
                row.cells
                    .get(OFF)
                    .map_or("-".into(), |cell| time(cell.seconds)),
                on.map_or("failed".into(), |cell| time(cell.seconds)),
                ratio(on),
                on.and_then(|cell| cell.ratio)
                    .map_or("-".into(), |found| error(found.error)),
                on.and_then(|cell| cell.ratio).map_or("-".into(), |found| {
                    format!("{:.2}-{:.2}", found.least, found.greatest)
                }),
            ];
            cells.extend(others.iter().map(|name| ratio(row.cells.get(*name))));
            table.row(cells);
        }
        let mean = |name: &str| {
            geomean(&self.rows, name).map_or("-".into(), |(mean, _)| format!("{mean:.2}x"))
        };
        let count = geomean(&self.rows, ON).map_or(0, |(_, count)| count);
        let mut last = vec![
            format!("geomean of {count}"),
            String::new(),
            String::new(),
            mean(ON),
            String::new(),
            String::new(),
        ];
        last.extend(others.iter().map(|name| mean(name)));
        table.row(last);
        table.render()
    }

    fn costs(&self) -> String {
        let mut table = Table::new([
            "benchmark",
            "warm after",
            "first",
            "compiled",
            "compile time",
            "code",
            "exits",
            "memory",
            "samples",
            "",
        ]);
        for row in &self.rows {
            let (Some(on), Some(off)) = (row.cells.get(ON), row.cells.get(OFF)) else {
                continue;
            };
            let statistic = |show: &dyn Fn(&Statistics) -> String| {
                on.statistics.as_ref().map_or("-".to_owned(), show)
            };
            table.row(vec![
                row.name.clone(),
                format!("{:.2} s", on.warm_after),
                format!("{:.2}x", off.first / on.first),
                statistic(&|found| found.units.len().to_string()),
                statistic(&|found| format!("{:.0} ms", found.compile_ms())),
                statistic(&|found| format!("{:.1} kB", found.code_bytes() as f64 / 1000.0)),
                statistic(&|found| found.exit_count().to_string()),
                extra_memory(row).map_or("-".into(), |bytes| {
                    format!("{:+.1} MB", megabytes(bytes as f64))
                }),
                on.samples.to_string(),
            ]);
        }
        table.render()
    }

    /// Everything, for other programs.
    pub(super) fn json(&self) -> String {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let cells: Map<String, Value> = row
                    .cells
                    .iter()
                    .map(|(name, cell)| (name.clone(), cell_json(cell)))
                    .collect();
                json!({"name": row.name, "results": cells})
            })
            .collect();
        let geomeans: Map<String, Value> = self
            .challengers()
            .filter_map(|name| {
                let (mean, count) = geomean(&self.rows, name)?;
                Some((name.clone(), json!({"ratio": mean, "benchmarks": count})))
            })
            .collect();
        let start_up: Option<Vec<Value>> = self.start_up.as_ref().map(|found| {
            let entry = |one: &StartUp| json!({"name": one.contestant, "cpu_ms": one.milliseconds, "peak_memory_bytes": one.memory});
            found.iter().map(entry).collect()
        });
        let skipped: Vec<Value> = self
            .skipped
            .iter()
            .map(|skipped| json!({"name": skipped.name, "reason": skipped.reason}))
            .collect();
        let report = json!({
            "python": self.python, "clock": self.clock, "rounds": self.rounds, "suite": self.suite,
            "baseline": OFF, "benchmarks": rows, "geomean": geomeans, "start_up": start_up,
            "not_measured": skipped, "failed": self.broken,
        });
        format!("{report:#}\n")
    }
}

fn cell_json(cell: &Cell) -> Value {
    let mut value = json!({
        "seconds": cell.seconds, "first_seconds": cell.first, "warm_after_seconds": cell.warm_after,
        "peak_memory_bytes": cell.peak_memory, "samples": cell.samples,
    });
    if let Some(ratio) = cell.ratio {
        value["ratio"] = json!({"median": ratio.median, "error": ratio.error, "least": ratio.least, "greatest": ratio.greatest});
    }
    if let Some(statistics) = &cell.statistics {
        let units: Vec<Value> = statistics
            .units
            .iter()
            .map(|unit| json!({"name": unit.name, "kind": unit.kind, "code_bytes": unit.code_bytes, "compile_ms": unit.compile_ms}))
            .collect();
        value["compiled"] = units.into();
        value["compile_ms"] = statistics.compile_ms().into();
        value["code_bytes"] = statistics.code_bytes().into();
        value["exits"] = json!(statistics.exits);
    }
    value
}

/// The median ratio.
fn ratio(cell: Option<&Cell>) -> String {
    cell.and_then(|cell| cell.ratio)
        .map_or("-".to_owned(), |ratio| format!("{:.2}x", ratio.median))
}

/// A standard error, with as many digits as say something.
fn error(error: f64) -> String {
    if error < 1.0 {
        format!("{error:.2}")
    } else {
        format!("{error:.1}")
    }
}

fn megabytes(bytes: f64) -> f64 {
    bytes / (1024.0 * 1024.0)
}

/// A duration with three digits.
fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s if s >= 1e-6 => (s * 1e6, "us"),
        s => (s * 1e9, "ns"),
    };
    let digits = if value < 10.0 {
        2
    } else if value < 100.0 {
        1
    } else {
        0
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let shown: Vec<String> = [1.234, 0.012_34, 0.123_4, 0.000_001_234, 5e-8]
            .into_iter()
            .map(time)
            .collect();
        assert_eq!(shown, ["1.23 s", "12.3 ms", "123 ms", "1.23 us", "50.0 ns"]);
    }

    #[test]
    fn the_table_and_the_json_hold_the_ratios() {
        let alone = |median| {
            Some(Ratio {
                median,
                error: 0.0,
                least: median,
                greatest: median,
            })
        };
        let cell = |seconds, median| Cell {
            seconds,
            ratio: alone(median),
            first: 1.0,
            samples: 1,
            ..Cell::default()
        };
        let names = [OFF, ON, "PyPy"].map(str::to_owned);
        let cells = [
            (OFF, cell(4.0, 1.0)),
            (ON, cell(1.0, 4.0)),
            ("PyPy", cell(0.5, 8.0)),
        ];
        let report = Report {
            python: "3.14.0",
            clock: "cpu",
            rounds: 1,
            contestants: &names,
            rows: vec![Row {
                name: "x".into(),
                cells: cells.map(|(name, cell)| (name.to_owned(), cell)).into(),
            }],
            start_up: None,
            skipped: &[Skipped {
                name: "y".into(),
                reason: "why".into(),
            }],
            broken: &[],
            floor: None,
            suite: "suite".into(),
        };
        let text = report.text();
        assert!(
            text.contains("4.00x") && text.contains("8.00x") && text.contains("y: why"),
            "{text}"
        );
        let value: Value = serde_json::from_str(&report.json()).expect("valid JSON");
        assert_eq!(
            value["geomean"][ON]["ratio"].as_f64().map(f64::round),
            Some(4.0)
        );
        assert_eq!(
            value["benchmarks"][0]["results"]["PyPy"]["ratio"]["median"],
            8.0
        );
    }
}
