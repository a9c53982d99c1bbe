//! From samples to ratios.

use std::collections::BTreeMap;

use super::contestant::{OFF, ON};
use super::run::{Outcome, Series};
use crate::statistics::Statistics;

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
    /// Time with the JIT off divided by this, sample by sample.
    pub(super) ratio: Option<Ratio>,
    /// Seconds from the first iteration until the program was warm.
    pub(super) warm_after: f64,
    /// The first iteration, in seconds.
    pub(super) first: f64,
    /// The most memory of the process, in bytes; programs with several benchmarks share a process.
    pub(super) peak_memory: u64,
    /// Samples of all rounds.
    pub(super) samples: usize,
    /// What whipsnake compiled, for all benchmarks of the process together.
    pub(super) statistics: Option<Statistics>,
}

/// How many times as fast as the baseline, over all rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    /// Median of the rounds; a round's is the median of its pairs of samples.
    pub(super) median: f64,
    /// Standard error of that: what the samples of the rounds say, or what the rounds say if that is more.
    pub(super) error: f64,
    /// Least and greatest of the rounds.
    pub(super) least: f64,
    pub(super) greatest: f64,
}

/// Standard error of a median against that of a mean, for normally distributed values.
const MEDIAN_ERROR: f64 = 1.2533;
/// Distance of the quartiles of normally distributed values, in standard deviations.
const QUARTILES: f64 = 1.349;

impl Ratio {
    /// Of the ratios of pairs of samples, by round. `None` if there is none.
    fn of(rounds: &[Vec<f64>]) -> Option<Self> {
        let medians: Vec<f64> = rounds.iter().filter_map(|pairs| median(pairs)).collect();
        let count = medians.len() as f64;
        let within = rounds.iter().map(|pairs| median_error(pairs).powi(2));
        let within = within.sum::<f64>().sqrt() / count;
        let mean = medians.iter().sum::<f64>() / count;
        let squares = medians.iter().map(|ratio| (ratio - mean).powi(2));
        let between = (squares.sum::<f64>() / (count - 1.0).max(1.0) / count).sqrt();
        Some(Self {
            median: median(&medians)?,
            error: within.max(between),
            least: medians.iter().copied().fold(f64::INFINITY, f64::min),
            greatest: medians.iter().copied().fold(0.0, f64::max),
        })
    }
}

/// Standard error of the median, from the distance of the quartiles: a few outliers do not count.
fn median_error(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quartile = |part: usize| sorted.get(sorted.len() * part / 4).copied();
    let (Some(first), Some(third)) = (quartile(1), quartile(3)) else {
        return 0.0;
    };
    (third - first) / QUARTILES * MEDIAN_ERROR / (values.len() as f64).sqrt()
}

/// All rows so far.
#[derive(Default)]
pub(super) struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    /// Adds the benchmarks of a program, from its runs (contestant, round, outcome).
    pub(super) fn add(&mut self, program: &str, runs: &[(String, usize, Outcome)]) {
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
                cells: cells(&series),
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

fn cells(series: &[(&str, usize, &Outcome, &Series)]) -> BTreeMap<String, Cell> {
    let baseline = |round: usize| {
        let own = |(contestant, of, _, _): &&(&str, usize, &Outcome, &Series)| {
            *contestant == OFF && *of == round
        };
        series
            .iter()
            .find(own)
            .map(|(_, _, _, series)| &series.samples)
    };
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut medians: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut pairs: BTreeMap<&str, Vec<Vec<f64>>> = BTreeMap::new();
    let mut curves: BTreeMap<&str, &[(f64, f64)]> = BTreeMap::new();
    for (contestant, round, outcome, series) in series {
        let cell = cells.entry((*contestant).to_owned()).or_default();
        cell.samples += series.samples.len();
        cell.peak_memory = cell.peak_memory.max(outcome.peak_memory);
        if outcome.statistics.is_some() {
            cell.statistics.clone_from(&outcome.statistics);
        }
        medians
            .entry(contestant)
            .or_default()
            .extend(median(&series.samples));
        if let Some(baseline) = baseline(*round) {
            let ratios = baseline
                .iter()
                .zip(&series.samples)
                .map(|(off, own)| off / own);
            pairs.entry(contestant).or_default().push(ratios.collect());
        }
        if let Some(first) = series.warmup.first() {
            if cell.first == 0.0 || first.1 < cell.first {
                cell.first = first.1;
            }
            curves.insert(contestant, &series.warmup);
        }
    }
    for (contestant, cell) in &mut cells {
        cell.seconds = median(&medians[contestant.as_str()]).unwrap_or(f64::NAN);
        cell.ratio = pairs
            .get(contestant.as_str())
            .and_then(|pairs| Ratio::of(pairs));
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

/// Benchmarks whose ratio with the JIT on is below a floor, with that ratio.
pub(super) fn below<'a>(rows: &'a [Row], floor: f64) -> impl Iterator<Item = (&'a str, Ratio)> {
    let ratio = |row: &'a Row| Some((row.name.as_str(), row.cells.get(ON)?.ratio?));
    rows.iter()
        .filter_map(ratio)
        .filter(move |(_, ratio)| ratio.median < floor)
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

    fn outcome(samples: &[f64]) -> Outcome {
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
    fn ratios_are_taken_pair_by_pair() {
        // The machine ran at half its speed for the second pair.
        let runs = [
            (OFF.to_owned(), 0, outcome(&[4.0, 8.0, 4.4])),
            (ON.to_owned(), 0, outcome(&[2.0, 4.0, 2.0])),
            (OFF.to_owned(), 1, outcome(&[6.0])),
            (ON.to_owned(), 1, outcome(&[2.0])),
        ];
        let mut summary = Summary::default();
        summary.add("x", &runs);
        let rows = summary.rows(&[OFF.to_owned(), ON.to_owned()]);
        let on = &rows[0].cells[ON];
        let ratio = on.ratio.expect("a ratio");
        assert_eq!((ratio.median, ratio.least, ratio.greatest), (2.5, 2.0, 3.0));
        assert!((ratio.error - 0.5).abs() < 1e-9, "{ratio:?}");
        let off = &rows[0].cells[OFF];
        assert_eq!((off.samples, off.seconds), (4, 5.2));
        assert_eq!(geomean(&rows, ON), Some((2.5, 1)));
        assert_eq!(extra_memory(&rows[0]), Some(0));
        assert_eq!(
            below(&rows, 2.6).map(|(name, _)| name).collect::<Vec<_>>(),
            ["x"]
        );
        assert_eq!(below(&rows, 2.5).count(), 0);
    }

    #[test]
    fn errors_come_from_the_samples_and_from_the_rounds() {
        let steady = Ratio::of(&[vec![2.0; 8], vec![2.0; 8]]).expect("a ratio");
        assert_eq!((steady.median, steady.error), (2.0, 0.0));
        let one_round = Ratio::of(&[vec![1.0, 1.1, 1.2, 1.3, 1.4, 9.0]]).expect("a ratio");
        assert!(
            one_round.error > 0.05 && one_round.error < 0.2,
            "{one_round:?}"
        );
        assert_eq!(Ratio::of(&[]), None);
        assert_eq!(Ratio::of(&[vec![]]), None);
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
        summary.add("x", &[(ON.to_owned(), 0, outcome(&[2.0]))]);
        assert!(summary.rows(&[OFF.to_owned(), ON.to_owned()]).is_empty());
    }
}
