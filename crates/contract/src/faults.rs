//! Places that can fail, declared once: name, what fails there, and what then follows.
//!
//! Tests make the n-th passage of one of them fail (`WHIPSNAKE_FAULT`). All lie on paths that are rare anyway.

use std::sync::atomic::{AtomicU64, Ordering};

/// What follows from a failure. The program goes on in the interpreter in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing is compiled in this process; one line says why.
    StaysOff,
    /// Native code that cannot be told to be right is switched off; one line says why.
    SwitchedOff,
    /// The unit is left to the interpreter for good; the first such unit is named in one line.
    UnitLost,
    /// The unit is left to the interpreter for good, as many are for ordinary reasons: `stats()` says why.
    UnitLeftAlone,
    /// The unit is compiled again when it is twice as hot; the first time is told in one line.
    UnitPutOff,
    /// The unit is compiled with less knowledge.
    Slower,
    /// Code is compiled in the thread that runs it; the first time is told in one line.
    CompiledHere,
    /// The loop is not entered this time.
    NotEntered,
    /// `MemoryError` is raised, as where the interpreter finds no memory for a frame or an object.
    MemoryError,
}

impl Consequence {
    /// What `docs/faults.md` says of it.
    pub const fn text(self) -> &'static str {
        match self {
            Consequence::StaysOff => "nothing is compiled in this process; one line says why",
            Consequence::SwitchedOff => "native code is switched off; one line says why",
            Consequence::UnitLost => "the unit is left to the interpreter for good; the first such unit is named in one line",
            Consequence::UnitLeftAlone => "the unit is left to the interpreter for good; `stats()` says why",
            Consequence::UnitPutOff => "the unit is compiled again once it is twice as hot; the first time is told in one line",
            Consequence::Slower => "the unit is compiled with less knowledge",
            Consequence::CompiledHere => "code is compiled in the thread that runs it; the first time is told in one line",
            Consequence::NotEntered => "the loop is not entered this time",
            Consequence::MemoryError => "`MemoryError` is raised, as where the interpreter has no memory for a frame or an object",
        }
    }
}

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, $consequence:ident;)+) => {
        /// A place that can fail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault { $($(#[doc = $doc])+ $name,)+ }

        impl Fault {
            /// All places, in declaration order.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)+];

            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text,)+];

            /// The name in `WHIPSNAKE_FAULT`, statistics and documentation.
            pub const fn name(self) -> &'static str {
                match self { $(Fault::$name => $text,)+ }
            }

            /// What fails there.
            pub const fn doc(self) -> &'static str {
                match self { $(Fault::$name => concat!($($doc),+),)+ }
            }

            /// What follows.
            pub const fn consequence(self) -> Consequence {
                match self { $(Fault::$name => Consequence::$consequence,)+ }
            }
        }
    };
}

faults! {
    /// No dictionary watcher is free.
    DictWatcher, "dict-watcher", StaysOff;
    /// No type watcher is free.
    TypeWatcher, "type-watcher", StaysOff;
    /// No function watcher is free.
    FunctionWatcher, "function-watcher", StaysOff;
    /// No code watcher is free.
    CodeWatcher, "code-watcher", StaysOff;
    /// `sys.monitoring.use_tool_id` refuses the tool id.
    Tool, "tool", StaysOff;
    /// `sys.monitoring.register_callback` refuses a callback.
    Callback, "callback", StaysOff;
    /// `sys.monitoring.set_events` refuses the events.
    Events, "events", StaysOff;
    /// A function of the self-check gives a wrong answer.
    SelfCheck, "self-check", SwitchedOff;
    /// The snapshot is given up.
    Snapshot, "snapshot", UnitLeftAlone;
    /// Taking the snapshot panics.
    SnapshotPanic, "snapshot-panic", UnitLost;
    /// A type gets no version tag: they are used up.
    TypeVersion, "type-version", Slower;
    /// The compiling thread cannot be started.
    Thread, "thread", CompiledHere;
    /// There is too little memory for a compilation.
    CompileMemory, "compile-memory", UnitPutOff;
    /// The frontend panics.
    FrontendPanic, "frontend-panic", UnitLost;
    /// A pass breaks the function, and the verifier says so.
    Pass, "pass", UnitLost;
    /// A pass panics.
    PassPanic, "pass-panic", UnitLost;
    /// The backend refuses the function.
    Backend, "backend", UnitLeftAlone;
    /// The backend panics.
    BackendPanic, "backend-panic", UnitLost;
    /// No address space is left for code.
    Reserve, "reserve", UnitPutOff;
    /// `memfd_create` finds no free file descriptor.
    Memfd, "memfd", UnitPutOff;
    /// Code cannot be written to its file.
    Write, "write", UnitPutOff;
    /// The file cannot be sealed.
    Seal, "seal", UnitPutOff;
    /// The file cannot be mapped.
    Map, "map", UnitPutOff;
    /// The system forbids executable memory.
    Denied, "denied", SwitchedOff;
    /// A dictionary or a type cannot be watched.
    Watch, "watch", UnitLost;
    /// There is no memory for frames at the entry of a loop.
    EntryFrames, "entry-frames", NotEntered;
    /// There is no memory for a frame where native code is left.
    ExitFrame, "exit-frame", MemoryError;
    /// There is no memory for an object where native code is left.
    ExitObject, "exit-object", MemoryError;
}

/// Which passages of a place fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultPlan {
    /// The place.
    pub fault: Fault,
    /// The first passage that fails, counted from 1.
    pub first: u64,
    /// All later ones fail, too.
    pub lasting: bool,
}

/// Fault injection of one process: counts how often the planned place is passed.
#[derive(Debug, Default)]
pub struct Faults {
    plan: Option<FaultPlan>,
    passed: AtomicU64,
    failed: AtomicU64,
}

impl Faults {
    /// Faults as planned; none without a plan.
    pub fn new(plan: Option<FaultPlan>) -> Faults {
        Faults { plan, ..Faults::default() }
    }

    /// To be asked wherever `fault` could happen: true if it is to happen now.
    #[inline]
    pub fn happens(&self, fault: Fault) -> bool {
        self.plan.is_some_and(|plan| plan.fault == fault && self.counted(plan))
    }

    /// Panics if `fault` is to happen now.
    ///
    /// # Panics
    /// As it says.
    pub fn panic_at(&self, fault: Fault) {
        if self.happens(fault) {
            panic!("fault {} injected", fault.name());
        }
    }

    #[cold]
    fn counted(&self, plan: FaultPlan) -> bool {
        let passage = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        let fails = passage == plan.first || plan.lasting && passage > plan.first;
        self.failed.fetch_add(u64::from(fails), Ordering::Relaxed);
        fails
    }

    /// The planned place, and how many passages of it there were and failed; `None` without a plan.
    pub fn counts(&self) -> Option<(Fault, u64, u64)> {
        self.plan.map(|plan| (plan.fault, self.passed.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed)))
    }
}

/// The text of `docs/faults.md`.
pub fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    for fault in Fault::ALL {
        text.push_str(&format!("| `{}` | {} | {} |\n", fault.name(), fault.doc().trim(), fault.consequence().text()));
    }
    text
}

const INTRODUCTION: &str = "# Faults

This file is generated from the table in `crates/contract/src/faults.rs`; `WHIPSNAKE_BLESS=1 cargo test -p whipsnake-contract` writes it anew.

Each place that can fail is made to fail in tests: `WHIPSNAKE_FAULT=map:3` lets the third passage of `map` fail, `map:3+` that and all later
ones. `stats()[\"fault\"]` then says how often the place was passed, and how often it failed. Without the option the places cost nothing:
they are passed where something is started, compiled, installed or given up. `tests/python/test_faults.py` runs each of them: the
program's answers stay the same, at most one line is written to standard error, and nothing leaks.

Failures of the interpreter's own allocations, which helpers and exits meet, are made by `_testcapi.set_nomemory` in the same file.

| place | what fails | what follows |
|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    fn passages(text_first: u64, lasting: bool) -> Vec<bool> {
        let faults = Faults::new(Some(FaultPlan { fault: Fault::Map, first: text_first, lasting }));
        (0..4).map(|_| faults.happens(Fault::Map)).collect()
    }

    #[test]
    fn one_passage_or_all_from_it_on_fail() {
        assert_eq!(passages(2, false), [false, true, false, false]);
        assert_eq!(passages(3, true), [false, false, true, true]);
    }

    #[test]
    fn other_places_do_not_fail_and_are_not_counted() {
        let faults = Faults::new(Some(FaultPlan { fault: Fault::Map, first: 1, lasting: true }));
        assert!(!faults.happens(Fault::Seal) && faults.happens(Fault::Map));
        assert_eq!(faults.counts(), Some((Fault::Map, 1, 1)));
        assert!(Faults::default().counts().is_none() && !Faults::default().happens(Fault::Map));
    }

    #[test]
    fn docs_are_generated_from_the_table() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
        let expected = markdown();
        if std::env::var_os("WHIPSNAKE_BLESS").is_some() {
            std::fs::write(&path, &expected).expect("docs/faults.md can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "docs/faults.md is out of date: run `WHIPSNAKE_BLESS=1 cargo test -p whipsnake-contract`");
    }
}
