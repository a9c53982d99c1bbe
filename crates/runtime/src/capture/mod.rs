//! From live objects to the compiler's input.
//!
//! Everything here runs under the GIL and runs no Python code: dictionaries are read in place under exact strs,
//! types through the interpreter's own cached lookup, and other objects field by field. Versions may be
//! assigned to types, as the specialising interpreter does; nothing else changes.

mod attributes;
mod codes;
mod feedback;
mod json;
mod objects;
mod references;
mod supers;
mod types;

pub use json::snapshot_json;
pub(crate) use types::has_plain_class;
pub use references::{Pending, References};

use std::collections::{BTreeMap, BTreeSet, HashMap};
use thiserror::Error;
use crate::dict_keys;
use crate::profile::Sight;
use whipsnake_bytecode::{DecodeError, Instr, Version};
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::{
    CodeId, CodeInfo, Entry, ObjectId, ObjectInfo, Observed, Platform, SeenExit, Snapshot, TypeId, TypeInfo, Variable,
};
use whipsnake_cpython::ffi::{PyDict_CheckExact, PyInterpreterState, PyObject, PyTypeObject};
use whipsnake_cpython::{Code, Frame};

/// Most variables of a module that a unit keeps.
const MOST_VARIABLES: usize = 64;

/// Where native code is to be entered.
#[derive(Clone, Copy, Debug)]
pub enum EntryPoint<'a> {
    /// At the start of a function.
    Function {
        /// The function.
        function: *mut PyObject,
        /// One object per parameter slot, as the interpreter would put them into the frame; NULL for an empty one.
        arguments: &'a [*mut PyObject],
    },
    /// At the header of a loop that runs in a frame.
    Loop {
        /// The frame; its stack pointer is saved.
        frame: Frame,
        /// Code unit offset of the header.
        header: u32,
        /// Code unit offset of the back edge.
        back_edge: u32,
    },
    /// Where a generator that is created or suspended goes on.
    Resume {
        /// Its frame.
        frame: Frame,
        /// Code unit offset of the next instruction.
        offset: u32,
    },
}

/// What the runtime knows of units.
pub trait Units {
    /// Address of the record of an installed unit for direct calls of the function; 0 if there is none.
    fn unit_of(&self, function: *mut PyObject) -> u64;
    /// Exits that earlier units of the code took often, without types.
    fn exits_seen(&self, code: Code) -> Vec<SeenExit>;
    /// True if the code is to be interpreted wherever it runs.
    fn is_excluded(&self, code: Code) -> bool;
    /// The living types that have these versions, borrowed.
    fn types_by_version(&self, interpreter: *mut PyInterpreterState, versions: &BTreeSet<u32>) -> BTreeMap<u32, *mut PyTypeObject>;
    /// True if units were compiled for a value of that dictionary entry, and it changed again and again: a snapshot names no value then.
    fn is_volatile(&self, dict: *mut PyObject, name: &str) -> bool;
    /// The same for a type, at whose state nothing is relied on then.
    fn is_volatile_type(&self, kind: *mut PyTypeObject) -> bool;
    /// True if instances of the type were often met without the inline values that the type provides for.
    fn loses_values(&self, kind: *mut PyTypeObject) -> bool;
    /// Calls `visit` with each type that failed type guards at the instruction, most frequent first; what it is told of is alive during the
    /// call.
    fn types_seen(&self, code: Code, offset: u32, visit: &mut dyn FnMut(Sight));
    /// The same with the operands whose types were noted, by their key.
    fn operands_seen(&self, code: Code, visit: &mut dyn FnMut(u32, Sight));
    /// True if a test lets something fail now.
    fn fails(&self, fault: Fault) -> bool;
}

/// What the snapshot says of the unit to be compiled.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnitFacts {
    /// Address of the unit's record.
    pub unit: u64,
    /// The interpreter has run the code often.
    pub warm: bool,
    /// Operand types were noted for it.
    pub profiled: bool,
    /// Guesses at types have failed too often.
    pub wary: bool,
    /// All operand types are to be noted.
    pub surveys: bool,
    /// Force every N-th guard to exit; 0 for none.
    pub exit_every: u64,
    /// Address of the countdown of forced exits.
    pub exit_counter: u64,
}

/// How far a snapshot reaches. Everything beyond is left to guards and calls.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls from the unit's own code to the innermost code that may be inlined.
    pub depth: u32,
    /// Code units of a code that may be inlined.
    pub candidate_units: usize,
    /// Codes.
    pub codes: usize,
    /// Objects.
    pub objects: usize,
    /// Types.
    pub types: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 4, candidate_units: 300, codes: 64, objects: 8192, types: 512 }
    }
}

/// Why no snapshot was taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CaptureError {
    /// The object is not a Python function.
    #[error("{0} is not a Python function; only functions written in Python are compiled")]
    NotAFunction(String),
    /// The frame runs no Python code.
    #[error("the frame runs no Python code")]
    NoCode,
    /// The bytecode was not understood.
    #[error("{qualname}: {error}")]
    Decode {
        /// The code.
        qualname: String,
        /// Why.
        error: DecodeError,
    },
    /// The interpreter keeps something in a stack slot that is no object.
    #[error("{qualname}: stack slot {slot} holds a position and no object; the code is left to the interpreter")]
    PositionOnStack {
        /// The code.
        qualname: String,
        /// Index of the slot, locals included.
        slot: usize,
    },
    /// The bytecode crate does not know the version.
    #[error("CPython 3.{0} has no opcode tables")]
    Version(u8),
    /// A test has asked for it.
    #[error("fault snapshot injected")]
    Injected,
    /// The code that takes snapshots has a bug.
    #[error("compiler panic: {0}")]
    Panic(String),
    /// The snapshot cannot be written as JSON.
    #[error("the snapshot cannot be written as JSON: {0}")]
    Text(String),
}

/// A snapshot and what keeps its addresses valid.
#[derive(Debug)]
pub struct Captured {
    /// The compiler's input.
    pub snapshot: Snapshot,
    /// References to all objects and types of the snapshot.
    pub references: References,
}

/// Takes a snapshot.
///
/// # Errors
/// See [`CaptureError`]. No Python exception is left behind.
///
/// # Safety
/// The GIL is held, no exception is raised, and the entry point's objects are alive. `platform` is that of the
/// running interpreter.
pub unsafe fn capture(
    entry: EntryPoint<'_>,
    platform: &Platform,
    unit: UnitFacts,
    units: &dyn Units,
    limits: Limits,
) -> Result<Captured, CaptureError> {
    let version = Version::new(3, platform.minor).ok_or(CaptureError::Version(platform.minor))?;
    let mut builder = Builder::new(platform, version, units, limits);
    // SAFETY: the caller vouches for the objects; the builder holds references to all it meets.
    let taken = whipsnake_compiler::without_panic(|| unsafe {
        let entry = builder.entry(entry)?;
        builder.follow();
        let variables = builder.variables();
        assert!(!units.fails(Fault::SnapshotPanic), "fault {} injected", Fault::SnapshotPanic.name());
        if units.fails(Fault::Snapshot) { Err(CaptureError::Injected) } else { Ok((entry, variables)) }
    });
    match taken.unwrap_or_else(|message| Err(CaptureError::Panic(message))) {
        Ok((entry, variables)) => {
            let snapshot = Snapshot {
                platform: platform.clone(),
                entry,
                codes: builder.codes,
                objects: builder.objects,
                types: builder.types,
                variables,
                unit: unit.unit,
                warm: unit.warm,
                profiled: unit.profiled,
                wary: unit.wary,
                surveys: unit.surveys,
                exit_every: unit.exit_every,
                exit_counter: unit.exit_counter,
            };
            Ok(Captured { snapshot, references: builder.references })
        }
        Err(error) => {
            // SAFETY: the GIL is held.
            unsafe { builder.references.release() };
            Err(error)
        }
    }
}

/// A code that may be inlined, not read yet.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    code: Code,
    /// The function or code object that it was found as.
    object: ObjectId,
    globals: *mut PyObject,
    builtins: *mut PyObject,
}

/// The tables of a snapshot while they grow.
struct Builder<'a> {
    platform: &'a Platform,
    version: Version,
    units: &'a dyn Units,
    limits: Limits,
    codes: Vec<CodeInfo>,
    objects: Vec<ObjectInfo>,
    types: Vec<TypeInfo>,
    references: References,
    object_ids: HashMap<usize, ObjectId>,
    type_ids: HashMap<usize, TypeId>,
    /// By address of the code object and of its globals.
    code_ids: HashMap<(usize, usize, usize), CodeId>,
    /// The code objects behind `codes`, with their instructions and namespaces.
    sources: Vec<Source>,
    candidates: Vec<Candidate>,
    /// Module objects with the number of names that were looked up in them.
    modules: Vec<(ObjectId, *mut PyObject, usize)>,
    /// Classes that are objects of the snapshot, with the number of names that were looked up in them.
    classes: Vec<(TypeId, usize)>,
    /// Names that codes ask of `super()`.
    supers: Vec<supers::SuperName>,
    /// The types behind `types`, with the number of names that were looked up in them.
    type_sources: Vec<(*mut PyTypeObject, usize)>,
    /// Attribute names that the codes use, in order of discovery.
    names: Vec<Name>,
    name_ids: BTreeMap<String, usize>,
    /// Names of the module's variables, with their strs: nothing relies on what they hold, so that is not kept alive either.
    variables: BTreeMap<String, *mut PyObject>,
}

/// An attribute name; the str is held by its code or by the references.
#[derive(Clone)]
struct Name {
    text: String,
    object: *mut PyObject,
    /// Looked up by an operator and not by a code's own name: only functions written in Python are of interest.
    special: bool,
}

/// A captured code.
struct Source {
    code: Code,
    instrs: Vec<Instr>,
    globals: *mut PyObject,
    builtins: *mut PyObject,
    /// `LOAD_NAME` finds globals: the locals mapping is the globals dictionary.
    locals_are_globals: bool,
}

impl<'a> Builder<'a> {
    fn new(platform: &'a Platform, version: Version, units: &'a dyn Units, limits: Limits) -> Self {
        let mut builder = Builder {
            platform,
            version,
            units,
            limits,
            codes: Vec::new(),
            objects: Vec::new(),
            types: Vec::new(),
            references: References::default(),
            object_ids: HashMap::new(),
            type_ids: HashMap::new(),
            code_ids: HashMap::new(),
            sources: Vec::new(),
            candidates: Vec::new(),
            modules: Vec::new(),
            classes: Vec::new(),
            supers: Vec::new(),
            type_sources: Vec::new(),
            names: Vec::new(),
            name_ids: BTreeMap::new(),
            variables: BTreeMap::new(),
        };
        for &address in &platform.known_types {
            if address != 0 {
                // SAFETY: the platform is that of the running interpreter, whose known types live as long as it.
                unsafe { builder.type_id(address as *mut PyTypeObject) };
            }
        }
        for singleton in [platform.none, platform.true_, platform.false_] {
            // SAFETY: the singletons are immortal.
            unsafe { builder.object_id(singleton as *mut PyObject) };
        }
        builder
    }

    /// Captures the unit's own code and what its slots hold.
    ///
    /// # Safety
    /// As [`capture`].
    unsafe fn entry(&mut self, entry: EntryPoint<'_>) -> Result<Entry, CaptureError> {
        // SAFETY: the caller vouches for the entry point's objects.
        unsafe {
            match entry {
                EntryPoint::Function { function, arguments } => {
                    let code = Code::of_function(function)
                        .ok_or_else(|| CaptureError::NotAFunction(types::type_name(types::type_of(function))))?;
                    let (globals, builtins) = objects::namespaces(function);
                    self.add_code(code, globals, builtins, false)?;
                    let arguments = arguments.iter().map(|&object| self.observed(object)).collect();
                    Ok(Entry::Function { arguments })
                }
                EntryPoint::Loop { frame, header, back_edge } => {
                    let code = frame.code().ok_or(CaptureError::NoCode)?;
                    let module_level = std::ptr::eq(frame.locals(), frame.globals());
                    self.add_code(code, frame.globals(), frame.builtins(), module_level)?;
                    Ok(Entry::Loop { header, back_edge, slots: self.slots(frame)?, module: module_level })
                }
                EntryPoint::Resume { frame, offset } => {
                    let code = frame.code().ok_or(CaptureError::NoCode)?;
                    self.add_code(code, frame.globals(), frame.builtins(), false)?;
                    Ok(Entry::Resume { offset, slots: self.slots(frame)? })
                }
            }
        }
    }

    /// What the slots of a frame hold, whose code was added first.
    ///
    /// # Safety
    /// The frame's stack pointer is saved.
    unsafe fn slots(&mut self, frame: Frame) -> Result<Vec<Observed>, CaptureError> {
        let mut slots = Vec::with_capacity(frame.stack_top());
        for index in 0..frame.stack_top() {
            // SAFETY: slots below the top are initialised.
            unsafe {
                let slot = frame.slot(index);
                if slot.is_position() {
                    let qualname = self.codes[0].qualname.clone();
                    return Err(CaptureError::PositionOnStack { qualname, slot: index });
                }
                slots.push(self.observed(slot.borrow()));
            }
        }
        Ok(slots)
    }

    /// The variables of the unit's module, as far as they are bound.
    ///
    /// # Safety
    /// The GIL is held; the namespaces of the codes are alive.
    unsafe fn variables(&mut self) -> Vec<Variable> {
        let Some(globals) = self.sources.first().map(|source| source.globals) else { return Vec::new() };
        // SAFETY: as the caller says; names are alive exact strs, values of the dict are alive.
        unsafe {
            if globals.is_null() || PyDict_CheckExact(globals) == 0 {
                return Vec::new();
            }
            let names: Vec<(String, *mut PyObject)> = self.variables.iter().map(|(text, object)| (text.clone(), *object)).collect();
            let held = names.into_iter().map(|(name, object)| (name, dict_keys::get(globals, object)));
            let bound = held.filter(|(_, value)| !value.is_null()).take(MOST_VARIABLES);
            bound.map(|(name, value)| Variable { name, seen: self.observed(value) }).collect()
        }
    }

    /// What a slot holds.
    ///
    /// # Safety
    /// `object` is alive or NULL.
    unsafe fn observed(&mut self, object: *mut PyObject) -> Observed {
        if object.is_null() {
            return Observed::Null;
        }
        // SAFETY: the object is alive; its value is read for exact ints only.
        unsafe {
            let type_id = self.type_id(types::type_of(object));
            let big = whipsnake_cpython::int::is_exact(object) && whipsnake_cpython::int::value(object).is_none();
            let format = crate::exits::array_format_of(self.platform, object);
            let huge = big && whipsnake_cpython::int::wide_value(object).is_none();
            Observed::Object { type_id, big, huge, format }
        }
    }

    /// Follows names, feedback and attributes from the unit's own code into codes that may be inlined.
    ///
    /// # Safety
    /// As [`capture`].
    unsafe fn follow(&mut self) {
        let mut read = 0;
        for depth in 0..=self.limits.depth {
            // SAFETY: all objects met are alive: the tables hold references to them.
            unsafe {
                while read < self.sources.len() {
                    self.read_names(read);
                    read += 1;
                }
                self.read_feedback();
                self.resolve_attributes();
                if depth == self.limits.depth || !self.admit_candidates() {
                    break;
                }
            }
        }
    }
}
