//! Run lines: calling a function with values, and what came of it as text.

use crate::data::{Datum, split_list};
use crate::heap::Heap;
use whipsnake_contract::exit::{ExitPoint, FrameImage, Resume, Source};
use whipsnake_ir::function::Abi;
use whipsnake_ir::interp::{Outcome, Program, World};
use whipsnake_ir::{Function, Imm, MemSize};

/// Something that executes functions: the reference interpreter, or machine code of a backend.
pub trait Executor {
    /// Its name, for messages.
    fn name(&self) -> &str;

    /// Executes a function with the words of its parameters.
    ///
    /// # Errors
    /// If the function cannot be compiled or executed.
    fn execute(&mut self, function: &Function, heap: &mut Heap, params: &[u64]) -> Result<Execution, String>;
}

/// How an execution ended.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Result or exit.
    pub outcome: Outcome,
    /// The exits that the outcome's number refers to.
    pub exits: Vec<ExitPoint>,
}

/// The reference interpreter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Interpreter;

impl Executor for Interpreter {
    fn name(&self) -> &str {
        "interpreter"
    }

    fn execute(&mut self, function: &Function, heap: &mut Heap, params: &[u64]) -> Result<Execution, String> {
        let program = Program::new(function);
        let outcome = program.run(heap, params);
        Ok(Execution { outcome, exits: program.exits.points })
    }
}

/// Replaces what stands for addresses in a test by addresses of the heap: a type `n` is the n-th known type, an object is
/// what its label says as a [`Datum`] (or else an object of that name), and the counter of forced exits a word that begins at N.
pub fn bind(function: &Function, heap: &mut Heap) -> Function {
    let mut bound = function.clone();
    for object in &mut bound.objects {
        let datum = Datum::parse(&object.label).unwrap_or_else(|_| Datum::Named(object.label.clone()));
        object.address = heap.word(&datum);
    }
    for inst in &mut bound.insts {
        if let Imm::Type(index) = inst.imm
            && let Some(&address) = heap.platform().known_types.get(index as usize)
        {
            inst.imm = Imm::Type(address);
        }
    }
    if let Some((every, address)) = &mut bound.exit_every {
        *address = heap.allocate(8);
        heap.store(*address, MemSize::I64, *every);
    }
    bound
}

/// A parsed run line.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function called.
    pub function: String,
    /// Its arguments.
    pub args: Vec<Datum>,
    /// Results of helpers.
    pub scripts: Vec<(String, Datum)>,
    /// The result as text.
    pub expected: String,
    /// The line before the result.
    pub text: String,
}

impl Call {
    /// Reads what follows `run:`.
    ///
    /// # Errors
    /// If the line is not a call; the message says what is wrong.
    pub fn parse(line: &str) -> Result<Call, String> {
        let (text, expected) = match line.split_once(" == ") {
            Some((text, expected)) => (text.trim(), expected.trim()),
            None => (line.trim(), ""),
        };
        let (call, with) = match text.split_once(" with ") {
            Some((call, with)) => (call.trim(), with),
            None => (text, ""),
        };
        let bad = || format!("expected `%function(arguments)`, found `{call}`");
        let (function, args) = call.strip_prefix('%').and_then(|c| c.split_once('(')).ok_or_else(bad)?;
        let args = args.strip_suffix(')').ok_or_else(bad)?;
        let scripts: Result<Vec<_>, String> = split_list(with)
            .into_iter()
            .map(|part| {
                let (name, datum) =
                    part.split_once('=').ok_or_else(|| format!("expected `helper = value`, found `{part}`"))?;
                Ok((name.trim().to_owned(), Datum::parse(datum)?))
            })
            .collect();
        Ok(Call {
            function: function.to_owned(),
            args: Datum::parse_list(args)?,
            scripts: scripts?,
            expected: expected.to_owned(),
            text: text.to_owned(),
        })
    }

    /// Executes the call on a fresh heap and returns the result as text: the object returned, or
    /// `exit REASON RESUME` with the frames, outermost first, as `code@offset(locals | stack)`, where `&` marks objects that still
    /// need a reference. Behind it the log, and the reference counts of the arguments if one changed.
    ///
    /// # Errors
    /// What the executor reports.
    pub fn run(&self, function: &Function, executor: &mut dyn Executor) -> Result<String, String> {
        let mut heap = Heap::new();
        for (name, result) in &self.scripts {
            heap.script(name, result.clone());
        }
        let bound = bind(function, &mut heap);
        let words: Vec<u64> = self.args.iter().map(|datum| heap.word(datum)).collect();
        let memory = heap.allocate(8 * words.len().max(1) as i64);
        for (index, &word) in words.iter().enumerate() {
            heap.store(memory + 8 * index as u64, MemSize::I64, word);
        }
        let params = match function.abi {
            Abi::Function => {
                let callee = heap.word(&Datum::Named("function".into()));
                vec![heap.tstate(), callee, memory]
            }
            Abi::Loop => vec![heap.tstate(), memory],
        };
        let execution = executor.execute(&bound, &mut heap, &params)?;
        let mut text = self.outcome(&bound, &mut heap, execution);
        if !heap.log().is_empty() {
            text += &format!(", log [{}]", heap.log().join("; "));
        }
        let objects = self.args.iter().zip(&words).filter(|(datum, _)| {
            matches!(datum, Datum::IntObject(_) | Datum::FloatObject(_) | Datum::Named(_))
        });
        let counts: Vec<u32> = objects.filter_map(|(_, &word)| heap.references(word)).collect();
        if counts.iter().any(|&count| count != 1) {
            text += &format!(", references {counts:?}");
        }
        if let Some(fault) = heap.fault() {
            text += &format!(", fault: {fault}");
        }
        Ok(text)
    }

    fn outcome(&self, function: &Function, heap: &mut Heap, execution: Execution) -> String {
        match execution.outcome {
            Outcome::Return(word) => heap.describe(word),
            Outcome::Unreachable => "unreachable".into(),
            Outcome::Exit { exit, words } => {
                let Some(point) = execution.exits.get(exit as usize) else {
                    return format!("exit {exit}, which does not exist");
                };
                Exited { function, heap, words: &words }.point(point)
            }
        }
    }
}

/// An exit with its buffer.
struct Exited<'a> {
    function: &'a Function,
    heap: &'a mut Heap,
    words: &'a [u64],
}

impl Exited<'_> {
    fn point(&mut self, point: &ExitPoint) -> String {
        let resume = match point.resume {
            Resume::Execute => "execute",
            Resume::Behind => "behind",
            Resume::Raise => "raise",
            Resume::Again => "again",
            Resume::Observe => "observe",
        };
        let mut text = format!("exit {} {resume}", point.reason.name());
        let innermost = point.frames.len().saturating_sub(1);
        for (index, frame) in point.frames.iter().enumerate() {
            text += &format!(" {}", self.frame(frame, index != innermost));
        }
        if !point.release.is_empty() {
            text += &format!(" release({})", self.sources(&point.release));
        }
        text
    }

    fn frame(&mut self, frame: &FrameImage, is_caller: bool) -> String {
        let mut text = format!("code{}@{}", frame.code, frame.offset);
        if is_caller {
            text += &format!("+{} {}", frame.return_offset, frame.on_return.name());
        }
        if frame.function != Source::Null {
            text += &format!(" {}", self.source(&frame.function));
        }
        if frame.frame.is_some() {
            text += " in frame";
        }
        text + &format!("({} | {})", self.sources(&frame.locals), self.sources(&frame.stack))
    }

    fn sources(&mut self, sources: &[Source]) -> String {
        let parts: Vec<String> = sources.iter().map(|source| self.source(source)).collect();
        parts.join(", ")
    }

    fn word(&self, index: u32) -> u64 {
        self.words.get(index as usize).copied().unwrap_or(0)
    }

    fn source(&mut self, source: &Source) -> String {
        match source {
            Source::Null => Datum::Null.to_string(),
            Source::Owned(index) | Source::OwnedOrNull(index) => self.heap.describe(self.word(*index)),
            Source::Borrowed(index) => format!("&{}", self.heap.describe(self.word(*index))),
            Source::Int(index) => Datum::Int(self.word(*index) as i64).to_string(),
            Source::Float(index) => Datum::Float(self.word(*index)).to_string(),
            Source::Bool(index) => Datum::Bool(self.word(*index) != 0).to_string(),
            Source::ConstInt(value) => Datum::Int(*value).to_string(),
            Source::ConstFloat(bits) => Datum::Float(*bits).to_string(),
            Source::Object(index) => {
                let address = self.function.objects.get(*index as usize).map_or(0, |object| object.address);
                format!("&{}", self.heap.describe(address))
            }
            Source::Virtual(parts) => format!("{}({})", parts.0.name(), self.sources(&parts.1)),
            Source::Maybe(flag, _) if self.word(*flag) == 0 => Datum::Null.to_string(),
            Source::Maybe(_, source) => self.source(source),
            Source::InFrame => "in_frame".into(),
        }
    }
}
