//! From samples to ratios.

use std::collections::BTreeMap;

use super::contestant::{OFF, ON};
use super::run::{Outcome, Series};
use crate::statistics::Statistics;

/// A sample during which the native reference took longer than this, against its usual time, does not count.
const SLOW_STATE: f64 = 1.15;
/// A program is warm when an iteration takes at most this, against its steady time.
const WARM: f64 = 1.10;

/// A benchmark and the contestants' figures.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// Contestant to figures; a contestant that failed is missing.
    pub(super) cells: BTreeMap<String, Cell>,
}

/// The figures of one benchmark under one contestant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    /// Seconds per iteration in the steady state: the median over rounds of each round's median.
    pub(super) seconds: f64,
    /// Time with the JIT off divided by this, by round: median, least and greatest.
    pub(super) ratio: Option<Spread>,
    /// Seconds from the first iteration until the program was warm.
    pub(super) warm_after: f64,
    /// The first iteration, in seconds.
    pub(super) first: f64,
    /// The most memory of the process, in bytes; programs with several benchmarks share a process.
    pub(super) peak_memory: u64,
    /// Samples that count, and all samples.
    /// A cell with none was measured while the machine was slow throughout.
    pub(super) kept: usize,
    pub(super) taken: usize,
    /// What whipsnake compiled, for all benchmarks of the process together.
    pub(super) statistics: Option<Statistics>,
}

/// A median and its neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) greatest: f64,
}

/// All rows so far.
#[derive(Default)]
pub(super) struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    /// Adds the benchmarks of a program, from its runs (contestant, round, outcome). `reference` is the usual
    /// time of the native reference, in seconds.
    pub(super) fn add(&mut self, program: &str, runs: &[(String, usize, Outcome)], reference: f64) {
        let mut names: Vec<&str> = Vec::new();
        for series in runs.iter().flat_map(|(_, _, outcome)| &outcome.series) {
            if !names.contains(&series.name.as_str()) {
                names.push(&series.name);
            }
        }
        for name in names {
            let series: Vec<(&str, usize, &Outcome, &Series)> = runs
                .iter()
                .flat_map(|(contestant, round, outcome)| {
                    outcome
                        .series
                        .iter()
                        .map(move |series| (contestant.as_str(), *round, outcome, series))
                })
                .filter(|(_, _, _, series)| series.name == name)
                .collect();
            // Programs with one benchmark go by the program's name: variants of a program share the benchmark's.
            let single = runs.iter().all(|(_, _, outcome)| outcome.series.len() <= 1);
            let name = if single && !name.contains(program) {
                program
            } else {
                name
            };
            self.rows.push(Row {
                name: name.to_owned(),
                cells: cells(&series, reference),
            });
        }
    }

    /// The rows, once measured with the JIT off.
    pub(super) fn rows(self, contestants: &[String]) -> Vec<Row> {
        let mut rows = self.rows;
        rows.retain(|row| {
            row.cells.contains_key(OFF) && row.cells.keys().any(|name| contestants.contains(name))
        });
        rows
    }
}

fn cells(series: &[(&str, usize, &Outcome, &Series)], reference: f64) -> BTreeMap<String, Cell> {
    // Contestant and round to the median of the samples that count.
    let mut medians: BTreeMap<(&str, usize), f64> = BTreeMap::new();
    let mut slow: BTreeMap<(&str, usize), Vec<f64>> = BTreeMap::new();
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut curves: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for (contestant, round, outcome, series) in series {
        let fast: Vec<f64> = series
            .samples
            .iter()
            .filter(|sample| sample.1 <= reference * SLOW_STATE)
            .map(|sample| sample.0)
            .collect();
        let cell = cells.entry((*contestant).to_owned()).or_default();
        cell.kept += fast.len();
        cell.taken += series.samples.len();
        cell.peak_memory = cell.peak_memory.max(outcome.peak_memory);
        if outcome.statistics.is_some() {
            cell.statistics.clone_from(&outcome.statistics);
        }
        if let Some(median) = median(&fast) {
            medians.insert((contestant, *round), median);
        }
        slow.entry((contestant, *round))
            .or_insert_with(|| series.samples.iter().map(|sample| sample.0).collect());
        if let Some(first) = series.warmup.first() {
            if cell.first == 0.0 || first.1 < cell.first {
                cell.first = first.1;
            }
            curves.insert(contestant, series.warmup.clone());
        }
    }
    // A contestant that never met the machine at its normal speed still gets figures, marked by `kept`.
    for ((contestant, round), samples) in slow {
        if cells[contestant].kept == 0
            && let Some(median) = median(&samples)
        {
            medians.insert((contestant, round), median);
        }
    }
    let of = |contestant: &str| -> Vec<f64> {
        medians
            .iter()
            .filter(|((name, _), _)| *name == contestant)
            .map(|(_, median)| *median)
            .collect()
    };
    for (contestant, cell) in &mut cells {
        cell.seconds = median(&of(contestant)).unwrap_or(f64::NAN);
        let ratios: Vec<f64> = medians
            .iter()
            .filter(|((name, _), _)| name == contestant)
            .filter_map(|((_, round), own)| Some(medians.get(&(OFF, *round))? / own))
            .collect();
        cell.ratio = spread(&ratios);
        if let Some(curve) = curves.get(contestant.as_str()) {
            cell.warm_after = warm_after(curve, cell.seconds);
        }
    }
    cells
}

/// When the last iteration ended that was slower than steady; 0 if none was.
fn warm_after(curve: &[(f64, f64)], steady: f64) -> f64 {
    curve
        .iter()
        .rev()
        .find(|point| point.1 > steady * WARM)
        .map_or(0.0, |point| point.0)
}

/// The middle value; `None` of nothing.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

fn spread(values: &[f64]) -> Option<Spread> {
    Some(Spread {
        median: median(values)?,
        least: values.iter().copied().fold(f64::INFINITY, f64::min),
        greatest: values.iter().copied().fold(0.0, f64::max),
    })
}

/// The geometric mean of a contestant's median ratios, and how many there are.
pub(super) fn geomean(rows: &[Row], contestant: &str) -> Option<(f64, usize)> {
    let logs: Vec<f64> = rows
        .iter()
        .filter_map(|row| Some(row.cells.get(contestant)?.ratio?.median.ln()))
        .filter(|log| log.is_finite())
        .collect();
    if logs.is_empty() {
        return None;
    }
    Some((
        (logs.iter().sum::<f64>() / logs.len() as f64).exp(),
        logs.len(),
    ))
}

/// Peak memory with the JIT on above that with it off, in bytes.
pub(super) fn extra_memory(row: &Row) -> Option<i64> {
    let (off, on) = (
        row.cells.get(OFF)?.peak_memory,
        row.cells.get(ON)?.peak_memory,
    );
    (off > 0 && on > 0).then(|| on.cast_signed() - off.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(samples: &[(f64, f64)]) -> Outcome {
        let series = Series {
            name: "x".into(),
            warmup: vec![(0.1, 9.0), (0.2, 1.0)],
            samples: samples.to_vec(),
        };
        Outcome {
            series: vec![series],
            peak_memory: 100,
            ..Outcome::default()
        }
    }

    #[test]
    fn ratios_are_taken_by_round_and_slow_samples_are_dropped() {
        let runs = [
            (OFF.to_owned(), 0, outcome(&[(4.0, 1.0), (40.0, 2.0)])),
            (ON.to_owned(), 0, outcome(&[(2.0, 1.0), (2.0, 1.1)])),
            (OFF.to_owned(), 1, outcome(&[(6.0, 1.0)])),
            (ON.to_owned(), 1, outcome(&[(2.0, 1.0)])),
        ];
        let mut summary = Summary::default();
        summary.add("x", &runs, 1.0);
        let rows = summary.rows(&[OFF.to_owned(), ON.to_owned()]);
        let on = &rows[0].cells[ON];
        assert_eq!(
            on.ratio,
            Some(Spread {
                median: 2.5,
                least: 2.0,
                greatest: 3.0
            })
        );
        let off = &rows[0].cells[OFF];
        assert_eq!((off.kept, off.taken, off.seconds), (2, 3, 5.0));
        assert_eq!(geomean(&rows, ON), Some((2.5, 1)));
        assert_eq!(extra_memory(&rows[0]), Some(0));
    }

    #[test]
    fn a_slow_round_is_left_out_and_slow_runs_alone_still_give_figures() {
        let runs = [
            (OFF.to_owned(), 0, outcome(&[(4.0, 1.0)])),
            (ON.to_owned(), 0, outcome(&[(9.0, 2.0)])),
            (OFF.to_owned(), 1, outcome(&[(4.0, 1.0)])),
            (ON.to_owned(), 1, outcome(&[(2.0, 1.0)])),
            ("slow".to_owned(), 0, outcome(&[(8.0, 2.0)])),
        ];
        let mut summary = Summary::default();
        summary.add("x", &runs, 1.0);
        let rows = summary.rows(&[OFF.to_owned()]);
        let (on, slow) = (&rows[0].cells[ON], &rows[0].cells["slow"]);
        assert_eq!(
            on.ratio,
            Some(Spread {
                median: 2.0,
                least: 2.0,
                greatest: 2.0
            })
        );
        assert_eq!(
            (slow.kept, slow.ratio.map(|ratio| ratio.median)),
            (0, Some(0.5))
        );
    }

    #[test]
    fn warm_is_after_the_last_slow_iteration() {
        assert_eq!(
            warm_after(&[(0.1, 5.0), (0.2, 1.0), (0.3, 2.0), (0.4, 1.0)], 1.0),
            0.3
        );
        assert_eq!(warm_after(&[(0.1, 1.0)], 1.0), 0.0);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn a_row_without_the_baseline_is_left_out() {
        let mut summary = Summary::default();
        summary.add("x", &[(ON.to_owned(), 0, outcome(&[(2.0, 1.0)]))], 1.0);
        assert!(summary.rows(&[OFF.to_owned(), ON.to_owned()]).is_empty());
    }
}
