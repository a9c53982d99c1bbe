//! What becomes of a compilation: assumptions checked, code placed, watchers registered, the site switched over.

use whipsnake_compiler::{Compiled, Failure, Outcome};
use crate::direct::with_checked_entry;
use crate::extra::CodeExtra;
use crate::crash::Described;
use crate::memory::{CodeBlock, PlaceError};
use crate::session::Session;
use crate::unit::{Content, Site, State, Unit};
use crate::worker::Job;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;
use whipsnake_backend::{Artifact, MachineCode, Symbol};
use whipsnake_contract::exit::{ExitPoint, ExitPolicy};
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::{Assumption, CodeId, CodeInfo, FunctionInfo, ObjectInfo, ObjectKind, SeenExit, Snapshot};
use whipsnake_cpython::ffi::{Py_INCREF, PyDict_CheckExact, PyErr_Clear, PyObject, PyUnicode_FromStringAndSize, Py_DECREF};
use whipsnake_cpython::version_lookup::type_version;
use whipsnake_cpython::{Code, Thread, slot::is_immortal};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::interp::Program;
use whipsnake_strategy::UnitKind;

/// Count from which an exit is told to the compiler.
const OFTEN: u32 = 4;

/// Why a finished compilation is not used.
enum Refused {
    /// The world changed meanwhile.
    Stale,
    /// For good.
    Never(String),
    /// For good, by a bug of the compiler or because something is used up.
    Lost(String),
    /// Something is short at present.
    Later(Fault, String),
    /// The system gives no executable memory.
    Denied(String),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Refused {
        let reason = failure.to_string();
        match failure {
            Failure::GaveUp(_) => Refused::Never(reason),
            Failure::Bug(_) => Refused::Lost(format!("{reason}; please report this")),
            Failure::NoMemory => Refused::Later(Fault::CompileMemory, reason),
        }
    }
}

impl Session {
    /// Installs what the compiling thread has finished. Any Python code may run.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn install_finished(&self) {
        if self.ended.get() {
            return;
        }
        // SAFETY: the GIL is held.
        let thread = unsafe { Thread::current() };
        for (job, outcome) in self.worker.finished(thread) {
            // SAFETY: the GIL is held.
            unsafe { self.install(job, outcome) };
        }
        self.mourn();
        // SAFETY: the GIL is held, and no exception is raised where Python code may run.
        unsafe {
            self.fill_reserve();
            self.attend_laps(thread);
        }
    }

    /// Installs one compilation, or records why not.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn install(&self, job: Job, outcome: Outcome) {
        if !outcome.dump.is_empty() {
            crate::notice::write(&outcome.dump);
        }
        crate::saved::save_code(job.saved.as_deref(), &outcome);
        self.totals.waiting.set(self.totals.waiting.get().saturating_sub(1));
        if !self.self_check.is_running() {
            self.totals.compiled(&outcome);
        }
        // Before anything runs that may need it.
        // SAFETY: the GIL is held and no exception is raised.
        unsafe { self.fill_reserve() };
        if let Some(site) = self.site(job.site) {
            site.compiling.set(false);
            let installed = match outcome.result {
                // SAFETY: the site is alive, and with it the unit; the references of the job keep what it names alive.
                Ok(compiled) => unsafe { self.try_install(site, &job, compiled) },
                Err(failure) => Err(Refused::from(failure)),
            };
            let installed = installed.map_err(|refused| match refused {
                Refused::Lost(reason) => {
                    self.tell_of_loss(site, &reason);
                    Refused::Never(reason)
                }
                Refused::Later(_, reason) if site.hidden => Refused::Denied(reason),
                other => other,
            });
            match installed {
                // SAFETY: the job keeps the function alive.
                Ok(()) if !job.function.is_null() && !self.is_resting(job.function) => unsafe { self.hook(job.function) },
                Ok(()) => {}
                Err(Refused::Stale) => site.next.set(site.count.get() + 1),
                Err(Refused::Never(reason)) if site.unit.get().is_some() => {
                    // The older unit goes on, as long as it is worth while.
                    site.refused.replace(Some(reason));
                    site.next.set(u64::MAX);
                }
                Err(Refused::Never(reason) | Refused::Lost(reason)) => self.leave_alone(site, reason),
                Err(Refused::Later(fault, reason)) => {
                    self.tell_once(fault, &format!("{} is compiled later: {reason}", site.name));
                    site.next.set((site.count.get() * 2).max(site.count.get() + self.strategy.threshold(site.kind)));
                }
                Err(Refused::Denied(reason)) => {
                    self.leave_alone(site, reason.clone());
                    // SAFETY: the GIL is held.
                    unsafe { self.switch_off(&reason) };
                }
            }
        }
        // SAFETY: the GIL is held; what the unit needs it owns by now.
        unsafe { self.pending.release(job.references) };
    }

    /// # Safety
    ///
    /// The GIL is held; the job belongs to the site.
    unsafe fn try_install(&self, site: &Site, job: &Job, compiled: Compiled) -> Result<(), Refused> {
        let functions_changed = job.function_changes != self.function_changes.get();
        let assumes_functions = compiled.assumptions.iter().any(|a| matches!(a, Assumption::Function { .. }));
        // SAFETY: the job keeps everything that it names alive.
        let broken: Vec<_> = compiled.assumptions.iter().filter(|assumption| !unsafe { holds(assumption) }).collect();
        // What changes faster than it is compiled in is not relied on the next time.
        for assumption in &broken {
            match assumption {
                Assumption::TypeVersion { address, .. } => self.type_changed(*address as usize),
                Assumption::DictEntry { dict, name, .. } => self.entry_changed(*dict as usize, name),
                _ => {}
            }
        }
        if !broken.is_empty() || functions_changed && assumes_functions || !self.enabled.get() {
            return Err(Refused::Stale);
        }
        let codes = codes_of(&job.snapshot, &compiled);
        // SAFETY: the job keeps the codes alive.
        if codes.iter().any(|&code| unsafe { Code::from_object(code) }.is_some_and(|code| self.exclusion(code).is_some())) {
            // SAFETY: as above.
            let own = unsafe { Code::from_object(site.code) }.and_then(|code| self.exclusion(code));
            return Err(own.map_or(Refused::Stale, |reason| Refused::Never(reason.to_owned())));
        }
        let mut direct = None;
        let block = match &compiled.code.artifact {
            Artifact::Machine(code) if site.kind == UnitKind::Function => {
                match with_checked_entry(code, crate::entry::interpret as *const () as u64, &self.last_limit) {
                    Some((code, checked)) => {
                        direct = Some(checked);
                        Some(self.place(&code, &compiled)?)
                    }
                    None => Some(self.place(code, &compiled)?),
                }
            }
            Artifact::Machine(code) => Some(self.place(code, &compiled)?),
            Artifact::Interpreted(_) => None,
        };
        let direct = direct.zip(block.as_ref()).map(|(offset, block)| block.base() + offset);
        // SAFETY: the site owns the unit.
        let unit = unsafe { job.unit.as_ref() };
        let mut assumptions = compiled.assumptions;
        let watched = held_elsewhere(&job.snapshot, &compiled.objects, &mut assumptions, site.code as u64);
        let mut owned = Vec::new();
        let mut dependent = Vec::new();
        for object in &compiled.objects {
            let address = object.address as *mut PyObject;
            // SAFETY: the job keeps the object alive.
            unsafe {
                // A unit that kept its own code alive, which owns the unit, would be in a cycle that nobody collects.
                let is_own = address == site.code || Code::of_function(address).is_some_and(|code| code.as_object() == site.code);
                if is_immortal(address) || is_own && !watched.contains(&object.address) {
                    continue;
                }
                if watched.contains(&object.address) {
                    dependent.push(address);
                } else {
                    Py_INCREF(address);
                    owned.push(address);
                }
            }
        }
        for &code in &codes {
            if code != site.code && !code.is_null() {
                // SAFETY: the job keeps the code alive.
                unsafe { Py_INCREF(code) };
                owned.push(code);
            }
        }
        if let Some(block) = &block {
            unit.record.entry.set(block.entries()[0]);
            if self.options.crash_info && let Artifact::Machine(code) = &compiled.code.artifact {
                self.crash.add(described(site, &job.snapshot, block, code, &codes));
            }
        }
        let exits = compiled.code.exits;
        let program = match compiled.code.artifact {
            Artifact::Interpreted(interpreted) => Some(Box::new(Program::new(&interpreted.function))),
            Artifact::Machine(_) => None,
        };
        // SAFETY: the job keeps the code alive.
        let stack_words = unsafe { stack_words(&exits, &codes) };
        unit.fill(Content {
            counts: vec![Cell::new(0); exits.len()],
            told: vec![Cell::new(0); exits.len()],
            exits,
            interpreted: program,
            code_bytes: compiled.code.stats.code_bytes,
            block: RefCell::new(block),
            objects: compiled.objects.iter().map(|object| object.address as *mut PyObject).collect(),
            codes,
            owned: RefCell::new(owned),
            watched: dependent,
            assumptions,
            stack_words,
            inlined: compiled.inlined,
            has_loops: compiled.has_loops,
            backend: compiled.backend,
            compile_time: compiled.time,
        });
        let content = unit.content().expect("just filled in");
        // SAFETY: the assumptions hold, so the things they name are alive.
        if !unsafe { self.watch.borrow_mut().add(NonNull::from(unit), &content.assumptions, &self.faults) } {
            self.bury_unit(unit);
            return Err(Refused::Lost("what it relies on cannot be watched".to_owned()));
        }
        if !site.hidden {
            self.list_compiled(&content.inlined);
        }
        // SAFETY: the GIL is held; the site owns the unit.
        unsafe { self.switch(site, unit, direct) };
        Ok(())
    }

    /// Makes a filled-in unit the one that is entered, by other units at `direct` if that differs.
    ///
    /// # Safety
    ///
    /// The GIL is held; the unit is the site's.
    unsafe fn switch(&self, site: &Site, unit: &Unit, direct: Option<u64>) {
        self.remember_exits(site);
        self.drop_unit(site);
        site.unit.set(Some(NonNull::from(unit)));
        let machine = unit.content().is_some_and(|content| content.interpreted.is_none());
        if machine && site.kind == UnitKind::Function {
            site.record.entry.set(direct.unwrap_or(unit.record.entry.get()));
        }
        *site.state.borrow_mut() = State::Installed;
        if !site.hidden {
            // SAFETY: the GIL is held.
            self.plan_laps_of_new_code(unsafe { Thread::current() });
        }
        // Units that call this one directly rely on its record alone.
        // SAFETY: the GIL is held; the site's code is alive.
        unsafe { crate::entry::may_go_on(self, Thread::current(), unit) };
    }

    /// Keeps what guards of the present unit saw, for the next compilation of any unit with that code.
    pub(crate) fn remember_exits(&self, site: &Site) {
        let Some(content) = site.current().and_then(Unit::content) else { return };
        for ((exit, count), told) in content.exits.iter().zip(&content.counts).zip(&content.told) {
            if count.get() < OFTEN || count == told || exit.reason.policy() == ExitPolicy::Normal {
                continue;
            }
            let new = count.get() - told.replace(count.get());
            let Some((code, offset)) = exit.place() else { continue };
            // SAFETY: the unit keeps its codes alive.
            let code = unsafe { Code::from_object(content.codes[code as usize]) };
            if let Some(extra) = code.map(|code| CodeExtra::of_or_new(self, code)) {
                extra.add_seen(SeenExit { offset, reason: exit.reason, count: new, types: Vec::new() });
            }
        }
    }

    /// Drops the site's unit until the one that is being compiled is installed.
    pub(crate) fn suspend(&self, site: &Site) {
        self.remember_exits(site);
        self.drop_unit(site);
        *site.state.borrow_mut() = State::Cold;
    }

    /// Never compiles the site again, and drops its unit.
    pub(crate) fn leave_alone(&self, site: &Site, reason: String) {
        self.remember_exits(site);
        self.drop_unit(site);
        site.set_left_alone(reason);
    }

    /// Places a unit's code, and the trampolines that are not there yet.
    fn place(&self, code: &MachineCode, compiled: &Compiled) -> Result<crate::memory::CodeBlock, Refused> {
        let refuse = |error: PlaceError| match error {
            PlaceError::Refused { .. } if error.may_pass() => Refused::Later(Fault::Map, error.to_string()),
            PlaceError::Refused { .. } => Refused::Denied(error.to_string()),
            PlaceError::Full { .. } | PlaceError::Relocation { .. } => Refused::Never(error.to_string()),
        };
        let mut placed = self.trampolines.borrow_mut();
        let missing: Vec<_> = compiled.trampolines.iter().filter(|(name, _)| !placed.contains_key(name)).collect();
        let mut memory = self.memory.borrow_mut();
        if !missing.is_empty() {
            let pieces: Vec<&MachineCode> = missing.iter().map(|(_, code)| &**code).collect();
            let block = memory
                .place(&pieces, &mut |symbol, entries| match symbol {
                    Symbol::Trampoline(wanted) => placed.get(&wanted).copied().unwrap_or_else(|| {
                        missing.iter().position(|(name, _)| *name == wanted).map_or(0, |index| entries[index])
                    }),
                    other => address(other),
                })
                .map_err(refuse)?;
            placed.extend(missing.iter().map(|(name, _)| *name).zip(block.entries().iter().copied()));
            // Trampolines stay for the life of the process.
            std::mem::forget(block);
        }
        memory
            .place(&[code], &mut |symbol, _| match symbol {
                Symbol::Trampoline(wanted) => placed.get(&wanted).copied().unwrap_or(0),
                other => address(other),
            })
            .map_err(refuse)
    }
}

/// Addresses of objects that the unit need not hold, since it is told before they die: what namespaces hold as long as the assumptions are
/// true, and functions, for which an assumption is added where it is missing. A unit that held them would be in a cycle with its own code,
/// which they lead to, and nobody would collect it.
///
/// Dictionaries under watch tell before they let go. Classes do not: the garbage collector may clear a class's dictionary first, and then the
/// class. So what they hold, other than functions, the unit holds, too.
fn held_elsewhere(snapshot: &Snapshot, objects: &[ObjectRef], assumptions: &mut Vec<Assumption>, own_code: u64) -> BTreeSet<u64> {
    let mut held: BTreeSet<u64> = assumptions
        .iter()
        .filter_map(|assumption| match assumption {
            Assumption::DictEntry { value, .. } => Some(*value),
            Assumption::TypeVersion { .. } | Assumption::Function { .. } => None,
        })
        .collect();
    let functions: BTreeMap<u64, u64> = snapshot.objects.iter().filter_map(function_info).map(|info| (info.address, info.code_address)).collect();
    for address in objects.iter().map(|object| object.address) {
        let Some(&code) = functions.get(&address).filter(|_| !held.contains(&address)) else { continue };
        let lives = Assumption::Function { address };
        if assumptions.contains(&lives) {
            held.insert(address);
        } else if code != own_code {
            // Those with the unit's own code may be made again and again.
            held.insert(address);
            assumptions.push(lives);
        }
    }
    held
}

/// What is known of an object that is a Python function.
fn function_info(object: &ObjectInfo) -> Option<&FunctionInfo> {
    match &object.kind {
        ObjectKind::Function(info) => Some(info),
        _ => None,
    }
}

/// The code objects that a unit consists of, by their number in the snapshot; NULL for those that it has nothing of.
fn codes_of(snapshot: &Snapshot, compiled: &Compiled) -> Vec<*mut PyObject> {
    let mut used: BTreeSet<CodeId> = compiled.code.exits.iter().flat_map(|exit| &exit.frames).map(|image| image.code).collect();
    used.insert(0);
    used.extend(compiled.code.exits.iter().filter_map(|exit| exit.origin).map(|(code, _)| code));
    // What runs in place of a generator has no frames, but it notes types.
    used.extend(&compiled.noted);
    // Inlined code may have no exit: it counts as part of the unit by what is assumed of its function.
    for info in snapshot.objects.iter().filter_map(function_info) {
        if compiled.assumptions.contains(&Assumption::Function { address: info.address }) {
            used.extend(info.code);
        }
    }
    let address = |(id, code): (usize, &CodeInfo)| if used.contains(&(id as CodeId)) { code.address as *mut PyObject } else { std::ptr::null_mut() };
    snapshot.codes.iter().enumerate().map(address).collect()
}

/// What is told of a unit if the process dies in it.
fn described(site: &Site, snapshot: &Snapshot, block: &CodeBlock, code: &MachineCode, codes: &[*mut PyObject]) -> Described {
    let place = match site.kind {
        UnitKind::Function => String::new(),
        UnitKind::Loop | UnitKind::Resume => format!(" at offset {}", site.offset * 2),
    };
    let key = |info: &CodeInfo| info.key().to_string();
    let known = codes.iter().zip(&snapshot.codes);
    Described {
        base: block.base(),
        len: block.mapped() as u64,
        title: format!("{} ({}{place})", snapshot.codes.first().map_or_else(String::new, key), site.kind.name()),
        positions: code.positions.clone(),
        codes: known.map(|(&code, info)| (code, if code.is_null() { String::new() } else { key(info) })).collect(),
        next: Default::default(),
    }
}

/// Where native code finds what is not generated.
fn address(symbol: Symbol) -> u64 {
    match symbol {
        Symbol::Helper(helper) => crate::helpers::address(helper) as u64,
        Symbol::ExitFunction => crate::exits::exit_function as *const () as u64,
        Symbol::ExitLoop => crate::exits::exit_loop as *const () as u64,
        Symbol::Trampoline(_) => 0,
    }
}

/// Most words that the frames of one exit take.
///
/// # Safety
///
/// The codes are alive.
unsafe fn stack_words(exits: &[ExitPoint], codes: &[*mut PyObject]) -> usize {
    let words = |exit: &ExitPoint| -> usize {
        // A unit's inlined frames may be pushed by its own code; the outermost frame of a loop is the interpreter's.
        let new = exit.frames.iter().enumerate().filter(|(depth, image)| *depth > 0 || image.frame.is_none()).map(|(_, image)| image);
        // SAFETY: the caller vouches for the codes.
        new.filter_map(|image| unsafe { Code::from_object(codes[image.code as usize]) }).map(Code::framesize).sum()
    };
    exits.iter().map(words).max().unwrap_or(0)
}

/// True if an assumption holds at present.
///
/// # Safety
///
/// The GIL is held; what the assumption names is alive.
unsafe fn holds(assumption: &Assumption) -> bool {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        match assumption {
            Assumption::TypeVersion { address, version } => type_version(*address as *mut _) == *version,
            Assumption::Function { .. } => true,
            Assumption::DictEntry { dict, name, value } => {
                let dict = *dict as *mut PyObject;
                if PyDict_CheckExact(dict) == 0 {
                    return false;
                }
                let key = PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize);
                if key.is_null() {
                    PyErr_Clear();
                    return false;
                }
                let present = crate::dict_keys::get(dict, key);
                Py_DECREF(key);
                present as u64 == *value
            }
        }
    }
}
