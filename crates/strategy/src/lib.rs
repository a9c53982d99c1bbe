//! What is compiled, when, in which thread, and what follows from exits and broken assumptions.
//!
//! | name | idea |
//! |---|---|
//! | `method` | whole functions and whole loops, compiled when hot, again with what failing guards saw |
#![forbid(unsafe_code)]

pub mod comparison;
pub mod laps;
mod mean;
mod method;

pub use method::Method;
use std::time::Duration;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::options::Options;

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// A function, entered by calls.
    Function,
    /// A loop, entered at its header while it runs.
    Loop,
    /// What a generator executes from one `yield` to the next, entered when it is asked for an item.
    Resume,
}

impl UnitKind {
    /// The name in statistics.
    pub const fn name(self) -> &'static str {
        match self {
            UnitKind::Function => "function",
            UnitKind::Loop => "loop",
            UnitKind::Resume => "resume",
        }
    }
}

/// Thresholds below which nothing depends on time: no function is compared with the interpreter, and nothing waits for others to be compiled.
pub const PATIENT_THRESHOLD: u64 = 100;

/// Compilations of a site from which on a failing type guard has all operand types noted by the next unit, the survey, and how many of them: of a
/// large function, each unit would find one more place where types vary. Once more later, and longer, for programs whose types vary little by little.
pub const SURVEYS: [(u32, u32); 2] = [(2, 2048), (5, 16_384)];

/// Calls or back edges that are counted before it is asked how fast they follow each other.
pub const WINDOW: u64 = 64;

/// What is known of a place that is or could be compiled.
#[derive(Clone, Copy, Debug)]
pub struct SiteFacts<'a> {
    /// Qualified name of the code.
    pub name: &'a str,
    /// Function or loop.
    pub kind: UnitKind,
    /// Calls or back edges counted so far.
    pub count: u64,
    /// Calls counted so far of the function that a loop is in; 0 for functions, and where they are not counted.
    pub calls: u64,
    /// Code units of the whole code object.
    pub length: usize,
    /// Processor time for which the code was met running; `None` where that is not looked at.
    pub met: Option<Duration>,
    /// Mean time that entries into its present unit spend in native code, as far as that is known; loops only.
    pub inside: Option<Duration>,
    /// How many of these entries have ended in ways that stay: with the loop, or at something that is not compiled; loops only.
    pub ended: u64,
    /// How often it was compiled.
    pub compiles: u32,
    /// How often an assumption of its units broke.
    pub invalidations: u32,
    /// Entries into its present unit.
    pub entries: u64,
    /// Its next unit is being compiled.
    pub compiling: bool,
    /// Bytes of machine code of its present unit; the time to compile grows with them.
    pub code_bytes: u32,
    /// There are loops in its present unit: what follows an exit may take long.
    pub has_loops: bool,
}

/// What compilations have cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Time of all compilations, those that wait included.
    pub compiling: Duration,
    /// Processor time of the whole process.
    pub process: Duration,
}

/// An exit of the present unit that was taken once more.
#[derive(Clone, Copy, Debug)]
pub struct ExitFacts {
    /// Why.
    pub reason: ExitReason,
    /// Code unit offset of the instruction.
    pub offset: u32,
    /// How often this exit was taken in the present unit.
    pub count: u32,
    /// Exits by failed guards of all units of the function so far; 0 where there is no limit.
    pub failures: u64,
}

/// Calls of a function unit that were timed, some of them in the interpreter, until these were faster beyond doubt.
#[derive(Clone, Copy, Debug)]
pub struct TrialFacts {
    /// How many.
    pub calls: u32,
    /// Mean time of those that ran natively.
    pub native: Duration,
    /// The same with what it costs that the interpreter calls a compiled function as one written in C.
    pub with_detour: Duration,
    /// Mean time of the others.
    pub interpreted: Duration,
    /// Exits of the unit by wrong speculation so far.
    pub failures: u64,
}

/// What to do with a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing; the unit, if there is one, stays.
    Keep,
    /// Count on: it is not hot enough for what compilations have cost already.
    Later,
    /// Compile it, with all that was seen so far; a present unit stays until the new one is ready.
    Compile,
    /// While its next unit is being compiled: drop the present one.
    Suspend,
    /// Never compile it again, and drop its unit.
    LeaveAlone(String),
    /// Never compile anything of its function again, alone or inlined, and drop all its units.
    Exclude(String),
    /// Keep the unit for native code that calls it; other calls run in the interpreter.
    Detach(String),
}

/// Where compilations run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the thread that met the hot code.
    Here,
    /// In the background; the interpreter goes on meanwhile.
    Background,
}

/// Decides what is compiled. Called with the GIL held, at counted events only: never on a hot path.
pub trait Strategy: Send + Sync {
    /// The name by which [`strategy_by_name`] finds it.
    fn name(&self) -> &'static str;

    /// The count of calls or back edges at which [`Self::hot`] is asked.
    fn threshold(&self, kind: UnitKind) -> u64;

    /// True if sites may be left uncounted for a time.
    fn is_patient(&self) -> bool;

    /// True if a site in code of so many code units whose last [`WINDOW`] calls or back edges took that long is not worth counting for now.
    fn is_seldom(&self, units: usize, time: Duration, load: Load) -> bool;

    /// True if code of so many code units that was met running for that time is to be listened to.
    fn is_worth_events(&self, units: usize, met: Duration, load: Load) -> bool;

    /// True if code that was met running for that time, and listened to in vain when it had been for `in_vain`, is not to be listened to yet.
    fn is_too_early(&self, met: Duration, in_vain: Duration) -> bool;

    /// A site without a unit reached the threshold.
    fn hot(&self, site: SiteFacts<'_>, load: Load) -> Decision;

    /// An exit of a unit was taken. Called for exits whose reason's policy is not `Normal`, and for those whose frames somebody
    /// held, at counts that are powers of two or multiples of 1024, and for every failed guard from the limit of `exit_limit` on.
    fn after_exit(&self, site: SiteFacts<'_>, exit: ExitFacts, load: Load) -> Decision;

    /// A unit was entered some hundred times more, and ran for that long per entry lately.
    fn after_entries(&self, site: SiteFacts<'_>, time: Duration) -> Decision;

    /// True if a function is to be compiled as a whole, whose calls entered one of its loops anew each time, which has run natively for that long.
    fn is_worth_whole(&self, function: SiteFacts<'_>, inside: Duration, load: Load) -> bool;

    /// A function unit turned out to be slower than the interpreter. If it is kept, it is timed anew.
    fn after_trial(&self, site: SiteFacts<'_>, trial: TrialFacts) -> Decision;

    /// An assumption of the site's unit broke; the unit is gone. `Compile` compiles when the site is hot again.
    fn after_invalidation(&self, site: SiteFacts<'_>) -> Decision;

    /// Where compilations run.
    fn place(&self) -> Where;
}

/// Names of all strategies, the default first.
pub const STRATEGIES: &[&str] = &[Method::NAME];

/// The strategy of that name, or `None` for names outside [`STRATEGIES`].
pub fn strategy_by_name(name: &str, options: &Options) -> Option<Box<dyn Strategy>> {
    match name {
        Method::NAME => Some(Box::new(Method::new(options))),
        _ => None,
    }
}
