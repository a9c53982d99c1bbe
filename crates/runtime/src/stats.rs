//! Statistics: what was compiled, how it went, and why not.

use whipsnake_compiler::Outcome;
use crate::session::Session;
use crate::unit::{Site, State, Unit};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
use whipsnake_contract::selection::FunctionKey;
use whipsnake_cpython::Code;
use whipsnake_strategy::Load;
use whipsnake_strategy::laps::Regime;

/// Sites of dead code objects that are remembered one by one.
const MAX_DEAD: usize = 2000;
/// Exit points that are shown of a unit.
const EXIT_POINTS: usize = 8;

/// Counters of the process.
#[derive(Debug, Default)]
pub struct Totals {
    /// Compilations that ended.
    pub compilations: Cell<u64>,
    /// Those that gave no code, or none that could be used.
    pub refused: Cell<u64>,
    /// Time of compilations.
    pub compile_time: Cell<Duration>,
    /// Compilations begun that have not ended.
    pub waiting: Cell<u32>,
    /// Broken assumptions.
    pub invalidations: Cell<u64>,
    dead: RefCell<Vec<UnitStats>>,
}

/// One compiled or refused site.
#[derive(Clone, Debug, Serialize)]
pub struct UnitStats {
    /// `filename:line:name`, as the file of `WHIPSNAKE_ONLY` takes it.
    pub key: String,
    /// Qualified name of the code.
    pub name: String,
    /// File of the code.
    pub filename: String,
    /// First line of the code.
    pub line: u32,
    /// `function`, `loop` or `resume`.
    pub kind: &'static str,
    /// Byte offset of a loop's header, or of where a generator goes on.
    pub offset: u32,
    /// `interpreted`, `compiling`, `installed`, `detached` (only native code enters it) or `left-alone`.
    pub state: &'static str,
    /// Why it is left alone, or why an installed one cannot be compiled again.
    pub reason: Option<String>,
    /// Backend of the latest unit.
    pub backend: &'static str,
    /// Bytes of machine code over all compilations.
    pub code_bytes: u64,
    /// Qualified names of the functions that were inlined into it.
    pub inlined: Vec<String>,
    /// Their keys.
    pub inlined_keys: Vec<String>,
    /// Milliseconds of all compilations.
    pub compile_ms: f64,
    /// Compilations begun.
    pub compiles: u32,
    /// Broken assumptions.
    pub invalidations: u32,
    /// Entries into native code.
    pub entries: u64,
    /// Exits by reason.
    pub exits: BTreeMap<&'static str, u64>,
    /// Where the present unit is left most often, most frequent first.
    pub exit_points: Vec<ExitStats>,
}

/// One point where a unit is left.
#[derive(Clone, Debug, Serialize)]
pub struct ExitStats {
    /// Why.
    pub reason: &'static str,
    /// Qualified name of the code that goes on in the interpreter: the unit's, or one that is inlined.
    pub code: String,
    /// Line of the instruction.
    pub line: i32,
    /// Byte offset of the instruction.
    pub offset: u32,
    /// How often.
    pub count: u32,
}

/// All statistics.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// Native code may be entered.
    pub enabled: bool,
    /// Sites that were compiled, or refused for a reason; in the order in which they were found.
    pub units: Vec<UnitStats>,
    /// What is known of the program as a whole.
    pub program: ProgramStats,
    /// Sums.
    pub totals: TotalStats,
    /// The place that `WHIPSNAKE_FAULT` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultStats>,
    /// What [`forbidden_mappings`](crate::memory::forbidden_mappings) finds in this process; only in the file that is written at its end, and
    /// there where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden_mappings: Option<Vec<String>>,
}

/// A place that fails in a test.
#[derive(Clone, Debug, Serialize)]
pub struct FaultStats {
    /// Its name.
    pub place: &'static str,
    /// How often it was passed.
    pub passed: u64,
    /// How often it failed.
    pub failed: u64,
}

/// How the program as a whole compares with the interpreter.
#[derive(Clone, Debug, Serialize)]
pub struct ProgramStats {
    /// What runs natively of what is compiled: `everything`, `no-resumptions` (generators go on in the interpreter) or `nothing`.
    pub regime: &'static str,
    /// By how much that was faster than `everything`; 1 if it is that.
    pub factor: f64,
    /// `waiting`, `soon` (after new code), `looking` (for a function whose calls end laps) or `timing`.
    pub trial: &'static str,
}

/// Sums over all units.
#[derive(Clone, Debug, Serialize)]
pub struct TotalStats {
    /// Units that are entered at present.
    pub installed: usize,
    /// Sites that are left alone.
    pub left_alone: usize,
    /// Compilations.
    pub compilations: u64,
    /// Compilations without usable code.
    pub refused: u64,
    /// Milliseconds of all compilations.
    pub compile_ms: f64,
    /// Bytes of executable memory in use.
    pub code_memory: usize,
    /// Entries into native code.
    pub entries: u64,
    /// Exits.
    pub exits: u64,
    /// Broken assumptions.
    pub invalidations: u64,
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Processor time of the process; zero where the system does not tell.
pub(crate) fn processor_time() -> Duration {
    time_of(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// The time of that clock; zero if there is none.
pub(crate) fn time_of(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills in the structure it is given, or leaves it.
    unsafe { libc::clock_gettime(clock, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn add<T: Copy + std::ops::Add<Output = T>>(cell: &Cell<T>, value: T) {
    cell.set(cell.get() + value);
}

impl Totals {
    /// Counts a compilation.
    pub fn compiled(&self, outcome: &Outcome) {
        add(&self.compilations, 1);
        match &outcome.result {
            Ok(compiled) => add(&self.compile_time, compiled.time),
            Err(_) => add(&self.refused, 1),
        }
    }

    /// What compilations cost: those that wait are taken to cost as much as those that ended.
    pub fn load(&self) -> Load {
        let ended = self.compilations.get().max(1) as f64;
        let all = self.compile_time.get().mul_f64(1.0 + f64::from(self.waiting.get()) / ended);
        Load { compiling: all, process: processor_time() }
    }

    /// Remembers a site whose code object dies.
    pub fn absorb(&self, site: &Site) {
        let mut dead = self.dead.borrow_mut();
        if dead.len() < MAX_DEAD && let Some(stats) = UnitStats::of(site, false) {
            dead.push(stats);
        }
    }
}

impl UnitStats {
    /// The statistics of a site; `None` if nothing has happened to it.
    fn of(site: &Site, alive: bool) -> Option<UnitStats> {
        let state = site.state.borrow();
        if site.hidden || site.compiles.get() == 0 && !matches!(*state, State::LeftAlone(_)) {
            return None;
        }
        // SAFETY: the code of a live site is alive.
        let code = alive.then(|| unsafe { Code::from_object(site.code) }).flatten();
        let past = site.history();
        let detached = site.detached.borrow().clone();
        let key = site.key.get().cloned().or_else(|| code.map(crate::text::key_of));
        Some(UnitStats {
            key: key.as_ref().map_or_else(String::new, FunctionKey::to_string),
            name: site.name.clone(),
            line: key.as_ref().map_or(0, |key| key.line),
            filename: key.map(|key| key.filename).unwrap_or_default(),
            kind: site.kind.name(),
            offset: site.offset * 2,
            state: match &detached {
                _ if site.compiling.get() => "compiling",
                Some(_) => "detached",
                None => state.name(),
            },
            reason: match &*state {
                State::LeftAlone(reason) => Some(reason.clone()),
                _ => detached.or_else(|| site.refused.borrow().clone()),
            },
            backend: past.backend,
            code_bytes: past.code_bytes,
            compile_ms: milliseconds(past.compile_time),
            compiles: site.compiles.get(),
            invalidations: site.invalidations.get(),
            inlined_keys: past.inlined.iter().map(FunctionKey::to_string).collect(),
            inlined: past.inlined.into_iter().map(|key| key.qualname).collect(),
            entries: past.entries,
            exits: past.exits.iter().map(|(reason, count)| (reason.name(), *count)).collect(),
            exit_points: if alive { exit_points(site) } else { Vec::new() },
        })
    }
}

/// The most frequent exits of a live site's unit.
fn exit_points(site: &Site) -> Vec<ExitStats> {
    let Some(content) = site.current().and_then(Unit::content) else { return Vec::new() };
    let mut taken: Vec<_> = content.exits.iter().zip(&content.counts).filter(|(_, count)| count.get() > 0).collect();
    taken.sort_by_key(|(_, count)| Reverse(count.get()));
    taken
        .into_iter()
        .filter_map(|(point, count)| {
            let image = point.frames.last()?;
            // SAFETY: the codes of an installed unit are alive, and have a name as long as they are.
            let (code, name) = unsafe {
                let code = Code::from_object(content.codes[image.code as usize])?;
                (code, crate::text::str_of(code.qualname()))
            };
            Some(ExitStats {
                reason: point.reason.name(),
                code: name.unwrap_or_default(),
                line: code.line_at(image.offset),
                offset: image.offset * 2,
                count: count.get(),
            })
        })
        .take(EXIT_POINTS)
        .collect()
}

impl Session {
    /// The statistics as of now.
    pub fn stats(&self) -> Stats {
        let mut units = self.totals.dead.borrow().clone();
        // SAFETY: sites in the table are alive.
        units.extend(self.sites.borrow().values().filter_map(|site| UnitStats::of(unsafe { site.as_ref() }, true)));
        let count = |state: &str| units.iter().filter(|unit| unit.state == state).count();
        let totals = TotalStats {
            installed: count("installed") + count("detached"),
            left_alone: count("left-alone"),
            compilations: self.totals.compilations.get(),
            refused: self.totals.refused.get(),
            compile_ms: milliseconds(self.totals.compile_time.get()),
            code_memory: self.memory.borrow().used(),
            entries: units.iter().map(|unit| unit.entries).sum(),
            exits: units.iter().flat_map(|unit| unit.exits.values()).sum(),
            invalidations: self.totals.invalidations.get(),
        };
        let fault = self.faults.counts().map(|(fault, passed, failed)| FaultStats { place: fault.name(), passed, failed });
        Stats { enabled: self.enabled.get(), units, program: self.laps.stats(), totals, fault, forbidden_mappings: None }
    }
}

impl Stats {
    /// The table that `WHIPSNAKE_STATS=1` prints.
    pub fn table(&self) -> String {
        let mut text = String::from("whipsnake: state       kind      compiles     ms  bytes    entries  name (exits | reason)\n");
        for unit in &self.units {
            let exits: Vec<String> = unit.exits.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            let place = if unit.kind == "loop" { format!("{}+{}", unit.name, unit.offset) } else { unit.name.clone() };
            let note = unit.reason.clone().unwrap_or_else(|| exits.join(", "));
            let _ = writeln!(
                text,
                "whipsnake: {:<11} {:<9} {:>8} {:>6.1} {:>6} {:>10}  {place} ({note})",
                unit.state, unit.kind, unit.compiles, unit.compile_ms, unit.code_bytes, unit.entries
            );
        }
        if self.program.regime != Regime::Everything.name() {
            let _ = writeln!(text, "whipsnake: runs natively: {}, since that is faster by {:.3}", self.program.regime, self.program.factor);
        }
        let totals = &self.totals;
        let _ = writeln!(
            text,
            "whipsnake: {} installed, {} left alone, {} compilations in {:.1} ms ({} refused), {} bytes of code memory, {} entries, \
             {} exits, {} broken assumptions",
            totals.installed,
            totals.left_alone,
            totals.compilations,
            totals.compile_ms,
            totals.refused,
            totals.code_memory,
            totals.entries,
            totals.exits,
            totals.invalidations
        );
        text
    }
}
