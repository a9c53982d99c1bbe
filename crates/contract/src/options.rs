//! The options, declared once: environment variable, keyword of `enable()`, kind, default and text.

use crate::faults::{Fault, FaultPlan};
use crate::passes::PASS_CHOICES;
use crate::selection::{FunctionList, Sample, Selection};
use serde::Serialize;
use std::collections::BTreeMap;

/// What values an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// `0` or `1`.
    Flag,
    /// A whole number from `min` to `max`.
    Number {
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// One of the words.
    Choice(&'static [&'static str]),
    /// `stage[,stage…][:name]`, with stages out of the words.
    Dump(&'static [&'static str]),
    /// `place:n` or `place:n+`, with a place out of the words and n from 1; empty for none.
    Fault(&'static [&'static str]),
    /// A path, or empty for none.
    Path,
    /// The path of a file with a function a line, or empty for none.
    Functions,
    /// `percent:seed`, or empty for none.
    Sample,
}

/// One declared option.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OptionInfo {
    /// Keyword of `enable()`; the environment variable is `WHIPSNAKE_` and this in capitals.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The default, as text.
    pub default: &'static str,
    /// One line for users.
    pub doc: &'static str,
}

impl OptionInfo {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("WHIPSNAKE_{}", self.name.to_ascii_uppercase())
    }
}

/// A refused option; the message names the option, the value and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// There is no option of that name.
    #[error("unknown option {given:?}; the options are: {known} (see `whipsnake options`)")]
    Unknown {
        /// What was given.
        given: String,
        /// The names there are.
        known: String,
    },
    /// The value does not fit.
    #[error("{option}={value:?} is not valid: {expected}")]
    BadValue {
        /// The option as the user wrote it.
        option: String,
        /// The refused value.
        value: String,
        /// What would be accepted.
        expected: String,
    },
}

/// A stage list with an optional function name, the value of `dump`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DumpSpec {
    /// Stages to print.
    pub stages: Vec<String>,
    /// Only functions whose qualified name contains this.
    pub name: Option<String>,
}

impl DumpSpec {
    /// True if `stage` is to be printed for the function `qualname`.
    pub fn wants(&self, stage: &str, qualname: &str) -> bool {
        self.stages.iter().any(|s| s == stage)
            && self.name.as_deref().is_none_or(|name| qualname.contains(name))
    }
}

/// How it is found out whether native code is worth it, the value of `trial`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// By time: of single calls, and of the program as a whole.
    Time,
    /// Not at all.
    Off,
    /// No call by the interpreter is worth it.
    Detach,
    /// The program as a whole changes all the time between native code and none.
    Switch,
}

impl Trial {
    const WORDS: &[&str] = &["time", "off", "detach", "switch"];
}

trait FromText: Sized {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String>;
}

impl FromText for bool {
    fn from_text(_: Kind, text: &str) -> Result<Self, String> {
        match text {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err("use 0 or 1".into()),
        }
    }
}

impl FromText for u64 {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String> {
        let Kind::Number { min, max } = kind else { unreachable!("declared as a number") };
        let expected = || format!("use a whole number from {min} to {max}");
        let value: u64 = text.parse().map_err(|_| expected())?;
        if (min..=max).contains(&value) { Ok(value) } else { Err(expected()) }
    }
}

impl FromText for String {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String> {
        match kind {
            Kind::Choice(words) if !words.contains(&text) => {
                Err(format!("use one of {}", words.join(", ")))
            }
            _ => Ok(text.to_owned()),
        }
    }
}

impl FromText for Trial {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String> {
        Ok(match &*String::from_text(kind, text)? {
            "off" => Trial::Off,
            "detach" => Trial::Detach,
            "switch" => Trial::Switch,
            _ => Trial::Time,
        })
    }
}

impl FromText for DumpSpec {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String> {
        let Kind::Dump(words) = kind else { unreachable!("declared as a dump") };
        if text.is_empty() {
            return Ok(DumpSpec::default());
        }
        let (stages, name) = match text.split_once(':') {
            Some((stages, name)) => (stages, Some(name.to_owned())),
            None => (text, None),
        };
        let stages: Vec<String> = stages.split(',').map(str::to_owned).collect();
        if let Some(bad) = stages.iter().find(|s| !words.contains(&s.as_str())) {
            return Err(format!(
                "stage {bad:?} does not exist; use stages out of {} separated by commas, then optionally `:name`",
                words.join(", ")
            ));
        }
        Ok(DumpSpec { stages, name })
    }
}

impl FromText for FunctionList {
    fn from_text(_: Kind, text: &str) -> Result<Self, String> {
        FunctionList::read(text)
    }
}

impl FromText for Option<Sample> {
    fn from_text(_: Kind, text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { Sample::parse(text).map(Some) }
    }
}

impl FromText for Option<FaultPlan> {
    fn from_text(kind: Kind, text: &str) -> Result<Self, String> {
        let Kind::Fault(words) = kind else { unreachable!("declared as a fault") };
        if text.is_empty() {
            return Ok(None);
        }
        let (name, number) = text.split_once(':').unwrap_or((text, ""));
        let lasting = number.ends_with('+');
        let first = number.strip_suffix('+').unwrap_or(number).parse().ok().filter(|&first| first > 0);
        match (Fault::ALL.iter().find(|fault| fault.name() == name), first) {
            (Some(&fault), Some(first)) => Ok(Some(FaultPlan { fault, first, lasting })),
            (None, _) => Err(format!("place {name:?} does not exist; use one of {}", words.join(", "))),
            (_, None) => Err(format!("use `{name}:n` for the n-th passage, from 1, or `{name}:n+` for all from it on")),
        }
    }
}

macro_rules! options {
    ($(#[doc = $doc:literal] $name:ident: $ty:ty = $default:literal, $kind:expr;)+) => {
        /// The values of all options.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Options { $(#[doc = $doc] pub $name: $ty,)+ }

        /// All options, in declaration order.
        pub const OPTIONS: &[OptionInfo] = &[$(OptionInfo {
            name: stringify!($name), kind: $kind, default: $default, doc: $doc,
        },)+];

        impl Default for Options {
            fn default() -> Self {
                Options { $($name: <$ty as FromText>::from_text($kind, $default)
                    .expect("declared defaults are valid"),)+ }
            }
        }

        impl Options {
            /// Sets one option from text. `shown` is how the user spelled the option, for messages.
            pub fn set(&mut self, name: &str, value: &str, shown: &str) -> Result<(), OptionError> {
                match name {
                    $(stringify!($name) => {
                        self.$name = <$ty as FromText>::from_text($kind, value).map_err(|expected| {
                            OptionError::BadValue {
                                option: shown.to_owned(), value: value.to_owned(), expected,
                            }
                        })?;
                        Ok(())
                    })+
                    _ => Err(OptionError::Unknown {
                        given: shown.to_owned(),
                        known: OPTIONS.iter().map(|o| o.name).collect::<Vec<_>>().join(", "),
                    }),
                }
            }
        }
    };
}

options! {
    /// Calls of a function, or back edges of a loop, before it is compiled; from 100 on, if they follow each other fast, counted from when the code has run for a few times as long as it takes to compile. 1 compiles at once.
    threshold: u64 = "1000", Kind::Number { min: 1, max: 1_000_000_000 };
    /// Compile in the calling thread instead of in the background.
    sync: bool = "0", Kind::Flag;
    /// Percent of the program's processor time that compilations may take, less and less from ten seconds on; once they take more, only what is hotter is compiled (100: no limit).
    compile_share: u64 = "10", Kind::Number { min: 1, max: 100 };
    /// What decides what is compiled, when and how far.
    strategy: String = "method", Kind::Choice(&["method"]);
    /// What turns the optimised IR into something that runs; `reference` interprets it.
    backend: String = "cranelift", Kind::Choice(&["cranelift", "reference"]);
    /// Force every N-th passed guard to exit (0: none), to test exits.
    exit_every: u64 = "0", Kind::Number { min: 0, max: 1_000_000_000 };
    /// How native code is compared with the interpreter, function by function and as a whole: by `time`, or not (`off`); `detach` and `switch` test what follows.
    trial: Trial = "time", Kind::Choice(Trial::WORDS);
    /// Leave a function alone for good that has left its native code N times by failed guards (0: no limit).
    exit_limit: u64 = "0", Kind::Number { min: 0, max: 1_000_000_000 };
    /// Compile only the functions that this file lists, one `filename:firstlineno:qualname` a line.
    only: FunctionList = "", Kind::Functions;
    /// Compile only so many percent of the functions; the seed says which.
    sample: Option<Sample> = "", Kind::Sample;
    /// Leave one pass of the optimiser out.
    skip_pass: String = "none", Kind::Choice(PASS_CHOICES);
    /// Print what the compiler makes of a function to standard error, as `ir,clif,asm:name`.
    dump: DumpSpec = "", Kind::Dump(&["bytecode", "ir", "passes", "clif", "asm"]);
    /// Most bytes of machine code kept at one time.
    code_cap: u64 = "67108864", Kind::Number { min: 4096, max: 1 << 40 };
    /// Write to standard error which unit and instruction it was when the process dies by SIGSEGV, SIGBUS, SIGILL or SIGABRT in native code or below.
    crash_info: bool = "1", Kind::Flag;
    /// Print statistics to standard error when the program ends.
    stats: bool = "0", Kind::Flag;
    /// Write statistics as JSON to this file when the program ends.
    stats_json: String = "", Kind::Path;
    /// Write the frames that native code leaves to this file, to compare them with the interpreter's.
    frame_log: String = "", Kind::Path;
    /// Whose frames `frame_log` gets: those that `native` code leaves, or with nothing compiled, those of the `interpreter` at each instruction.
    frame_log_of: String = "native", Kind::Choice(&["native", "interpreter"]);
    /// Append each function that is compiled, alone or inlined, to this file, as `only` takes it.
    compiled_list: String = "", Kind::Path;
    /// Let something fail, to test what follows: the n-th passage of a place (`docs/faults.md`), as `map:3`, or all from it on, as `map:3+`.
    fault: Option<FaultPlan> = "", Kind::Fault(Fault::NAMES);
    /// Save the input of each compilation as a file in this directory, to be compiled again offline.
    snapshot_dir: String = "", Kind::Path;
}

impl Options {
    /// The functions that may be compiled.
    pub fn selection(&self) -> Selection<'_> {
        Selection { only: &self.only, sample: self.sample }
    }

    /// The options of an environment: every `WHIPSNAKE_…` variable must be known and valid.
    ///
    /// `WHIPSNAKE` itself (the main switch) and `WHIPSNAKE_PYTHON` (read by the developer commands) are no options.
    pub fn from_env(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Options, OptionError> {
        let mut options = Options::default();
        let ours: BTreeMap<String, String> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with("WHIPSNAKE_") && name != "WHIPSNAKE_PYTHON")
            .collect();
        for (variable, value) in &ours {
            let name = variable["WHIPSNAKE_".len()..].to_ascii_lowercase();
            options.set(&name, value, variable)?;
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Result<Options, OptionError> {
        Options::from_env(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn variables_set_options() {
        let options = env(&[("WHIPSNAKE_THRESHOLD", "7"), ("WHIPSNAKE_SYNC", "1"), ("HOME", "x")]).unwrap();
        assert_eq!((options.threshold, options.sync), (7, true));
    }

    #[test]
    fn unknown_and_bad_values_are_errors_that_name_them() {
        let unknown = env(&[("WHIPSNAKE_TRESHOLD", "7")]).unwrap_err().to_string();
        assert!(unknown.contains("WHIPSNAKE_TRESHOLD") && unknown.contains("threshold"), "{unknown}");
        let bad = env(&[("WHIPSNAKE_THRESHOLD", "0")]).unwrap_err().to_string();
        assert!(bad.contains("WHIPSNAKE_THRESHOLD=\"0\"") && bad.contains("from 1"), "{bad}");
        let choice = env(&[("WHIPSNAKE_BACKEND", "llvm")]).unwrap_err().to_string();
        assert!(choice.contains("cranelift, reference"), "{choice}");
    }

    #[test]
    fn dump_takes_stages_and_a_name() {
        let options = env(&[("WHIPSNAKE_DUMP", "ir,asm:fib")]).unwrap();
        assert!(options.dump.wants("ir", "mod.fib") && !options.dump.wants("clif", "fib"));
        assert!(!options.dump.wants("ir", "main"));
        assert!(env(&[("WHIPSNAKE_DUMP", "hir")]).is_err());
    }

    #[test]
    fn selections_are_checked_when_they_are_set() {
        let file = env(&[("WHIPSNAKE_ONLY", "/nonexistent/list")]).unwrap_err().to_string();
        assert!(file.contains("WHIPSNAKE_ONLY=\"/nonexistent/list\"") && file.contains("No such file"), "{file}");
        let sample = env(&[("WHIPSNAKE_SAMPLE", "200:1")]).unwrap_err().to_string();
        assert!(sample.contains("WHIPSNAKE_SAMPLE=\"200:1\"") && sample.contains("percent:seed"), "{sample}");
        let pass = env(&[("WHIPSNAKE_SKIP_PASS", "lowering")]).unwrap_err().to_string();
        assert!(pass.contains("none, simplify_cfg") && pass.contains("licm"), "{pass}");
        let options = env(&[("WHIPSNAKE_SAMPLE", "20:7"), ("WHIPSNAKE_SKIP_PASS", "gvn")]).unwrap();
        assert_eq!((options.sample, &*options.skip_pass), (Some(Sample { percent: 20, seed: 7 }), "gvn"));
        assert!(Options::default().selection().is_everything() && !options.selection().is_everything());
    }

    #[test]
    fn fault_takes_a_place_and_a_passage() {
        let plan = |text| env(&[("WHIPSNAKE_FAULT", text)]).map(|options| options.fault);
        assert_eq!(plan("map:3"), Ok(Some(FaultPlan { fault: Fault::Map, first: 3, lasting: false })));
        assert_eq!(plan("memfd:1+"), Ok(Some(FaultPlan { fault: Fault::Memfd, first: 1, lasting: true })));
        assert_eq!(plan(""), Ok(None));
        for (bad, hint) in [("mapp:1", "seal"), ("map", "map:n"), ("map:0", "from 1"), ("map:x+", "map:n+")] {
            let error = plan(bad).unwrap_err().to_string();
            assert!(error.contains(bad) && error.contains(hint), "{error}");
        }
    }
}
