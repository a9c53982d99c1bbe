//! How hot code is found: `PY_START` and `JUMP` events of `sys.monitoring` under the optimiser's tool id.

use crate::capture::{CaptureError, EntryPoint, Limits, UnitFacts, Units, capture};
use crate::entry::{self, c_stack_is_low};
use crate::extra::CodeExtra;
use crate::frame_log::{FrameLog, Mark};
use crate::profile::Sight;
use crate::session::{Session, session};
use crate::trial::Trial;
use crate::unit::{Place, Site, SiteKey, State, Unit};
use crate::worker::Job;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;
use std::time::Duration;
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::ffi::{Py_INCREF, Py_None, PyLong_AsSsize_t, PyInterpreterState, PyObject, PyTypeObject};
use whipsnake_cpython::{Code, Frame, Thread, monitoring};
use whipsnake_cpython::platform::{add_arrays, array_facts};
use whipsnake_strategy::{Decision, ExitFacts, SURVEYS, SiteFacts, UnitKind, Where};
use whipsnake_contract::exit::{ExitPoint, ExitPolicy, ExitReason};

/// Functions with their own locals, which calls enter.
pub(crate) const CO_OPTIMIZED: u32 = 0x1;
pub(crate) const CO_NEWLOCALS: u32 = 0x2;
/// Generators and coroutines of all kinds.
pub(crate) const CO_SUSPENDS: u32 = 0x20 | 0x80 | 0x100 | 0x200;
/// Changes of a dictionary entry that units relied on, from which its value is not relied on any more.
const VOLATILE: u32 = 2;
/// Changes of a type that units relied on, or were compiled to rely on, from which its state is not relied on any more: classes that count
/// their instances in an attribute change all the time.
const VOLATILE_TYPE: u32 = 4;
/// Instances without inline values that guards met, from which on code for the type is compiled for both kinds.
const LOSES_VALUES: u32 = 8;
/// Calls or back edges from which what the interpreter has never executed is not expected to be.
const WARM: u64 = 16;
/// Starts that the callback sees after the installation, of functions that were not called since or are entered past their
/// vectorcall, before it stops to look.
const LATE_STARTS: u32 = 1024;
/// As many of them stands one in an interpreted call of a trial for: that waits for the end of these callbacks.
const STARTS_ON_TRIAL: u32 = 8;

/// Compilations of a site from which on its types are not guessed any more: the strategy does not go on for long. What is compiled then may be
/// slower than the interpreter.
const WARY: u32 = 10;

impl Units for Session {
    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the trait's contract is that the function is alive")]
    fn unit_of(&self, function: *mut PyObject) -> u64 {
        // SAFETY: the capture passes alive functions.
        unsafe { self.function_site(function) }.map_or(0, |site| site.as_ptr() as u64)
    }

    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the trait's contract is that it is the main interpreter")]
    fn types_by_version(&self, interpreter: *mut PyInterpreterState, versions: &BTreeSet<u32>) -> BTreeMap<u32, *mut PyTypeObject> {
        // SAFETY: captures are taken with the GIL held and no exception raised.
        unsafe { self.type_versions.look_up(interpreter, versions) }
    }

    fn is_excluded(&self, code: Code) -> bool {
        self.exclusion(code).is_some()
    }

    fn is_volatile(&self, dict: *mut PyObject, name: &str) -> bool {
        let volatile = self.volatile.borrow();
        !volatile.is_empty() && volatile.get(&(dict as usize, name.to_owned())).is_some_and(|changes| *changes >= VOLATILE)
    }

    fn is_volatile_type(&self, kind: *mut PyTypeObject) -> bool {
        self.volatile_types.borrow().get(&(kind as usize)).is_some_and(|changes| *changes >= VOLATILE_TYPE)
    }

    fn loses_values(&self, kind: *mut PyTypeObject) -> bool {
        self.lost_values.borrow().get(&(kind as usize)).is_some_and(|met| *met >= LOSES_VALUES)
    }

    fn exits_seen(&self, code: Code) -> Vec<SeenExit> {
        CodeExtra::of(self, code).map_or(Vec::new(), CodeExtra::seen)
    }

    fn types_seen(&self, code: Code, offset: u32, visit: &mut dyn FnMut(Sight)) {
        if let Some(extra) = CodeExtra::of(self, code) {
            // SAFETY: captures are taken with the GIL held.
            unsafe {
                extra.types.borrow().for_each(offset, &mut *visit);
                extra.wanted.borrow().for_each(offset, visit);
            }
        }
    }

    fn fails(&self, fault: Fault) -> bool {
        self.faults.happens(fault)
    }

    fn operands_seen(&self, code: Code, visit: &mut dyn FnMut(u32, Sight)) {
        let Some(extra) = CodeExtra::of(self, code) else { return };
        let operands = extra.operands.borrow();
        for key in operands.keys() {
            // SAFETY: captures are taken with the GIL held.
            unsafe { operands.for_each(key, |sight| visit(key, sight)) };
        }
    }
}

pub(crate) fn name_of(code: Code) -> String {
    // SAFETY: the qualified name of a code object is a str that lives as long as it.
    unsafe { crate::text::str_of(code.qualname()) }.unwrap_or_else(|| "?".to_owned())
}

impl Session {
    /// The site of a function, made if there is none; `None` for what is no compilable function.
    ///
    /// # Safety
    ///
    /// The GIL is held; `function` is an alive object.
    pub unsafe fn function_site(&self, function: *mut PyObject) -> Option<NonNull<Site>> {
        use whipsnake_cpython::{memory::read, offsets};
        // SAFETY: functions have these fields.
        unsafe {
            let code = Code::of_function(function)?;
            let extra = CodeExtra::of_or_new(self, code);
            let key = SiteKey {
                code: code.as_object(),
                globals: read(function.cast(), offsets::FUNCTION_GLOBALS),
                builtins: read(function.cast(), offsets::FUNCTION_BUILTINS),
                place: Place::Function,
            };
            extra.site(self, key, || name_of(code))
        }
    }

    /// Counts one more exit of a unit. True if the site is to be compiled again.
    pub(crate) fn exit_taken(&self, unit: &Unit, exit: &ExitPoint, count: u32) -> bool {
        let site = unit.site();
        let (failures, limit) = (self.failures(site, exit.reason), self.options.exit_limit);
        let asked = count.is_power_of_two() || count.is_multiple_of(1024) || limit > 0 && failures >= limit;
        let normal = exit.reason.policy() == ExitPolicy::Normal && exit.reason != ExitReason::FrameObserved;
        if normal || !asked || site.unit.get() != Some(NonNull::from(unit)) {
            return false;
        }
        let offset = exit.frames.last().map_or(0, |image| image.offset);
        match self.strategy.after_exit(site.facts(), ExitFacts { reason: exit.reason, offset, count, failures }, self.totals.load()) {
            Decision::Keep | Decision::Later | Decision::Detach(_) => false,
            Decision::Compile if site.compiling.get() => false,
            Decision::Compile => {
                let next = SURVEYS.get(site.surveys.get()).filter(|_| matches!(exit.reason, ExitReason::TypeGuard | ExitReason::IdentityGuard));
                site.survey_due.set(next.is_some_and(|&(compiles, _)| site.compiles.get() >= compiles));
                true
            }
            Decision::Suspend => {
                self.suspend(site);
                false
            }
            Decision::LeaveAlone(reason) => {
                self.leave_alone(site, reason);
                false
            }
            Decision::Exclude(reason) => {
                self.exclude_function(site, reason);
                false
            }
        }
    }

    /// Counts an exit for the limit of failed guards, if there is one and it counts; how many there were.
    fn failures(&self, site: &Site, reason: ExitReason) -> u64 {
        if self.options.exit_limit == 0 || reason.policy() != ExitPolicy::Speculation {
            return 0;
        }
        // SAFETY: the code of a unit that has just been left is alive.
        let code = unsafe { Code::from_object(site.code) };
        code.and_then(|code| CodeExtra::of(self, code)).map_or(0, |extra| {
            extra.failures.set(extra.failures.get() + 1);
            extra.failures.get()
        })
    }

    /// Never compiles the function of a site again, and drops its units.
    pub(crate) fn exclude_function(&self, site: &Site, reason: String) {
        // SAFETY: sites are asked about while their code is alive.
        match unsafe { Code::from_object(site.code) }.and_then(|code| CodeExtra::of(self, code)) {
            Some(extra) => self.exclude(extra, &reason),
            None => self.leave_alone(site, reason),
        }
    }

    /// Compiles a function site again after an exit, with the locals of the rebuilt frame as what was seen.
    ///
    /// # Safety
    ///
    /// The frame is complete and belongs to a function of the site.
    pub(crate) unsafe fn compile_again(&self, thread: Thread, site: &Site, frame: Frame) {
        // SAFETY: the caller vouches for the frame.
        unsafe {
            let Some(code) = frame.code() else { return };
            let arguments = crate::bind::parameters_in(frame, code);
            let function = frame.function();
            let raised = whipsnake_cpython::ffi::PyErr_GetRaisedException();
            self.compile(thread, site, EntryPoint::Function { function, arguments: &arguments });
            if !raised.is_null() {
                whipsnake_cpython::ffi::PyErr_SetRaisedException(raised);
            }
        }
    }

    /// Compiles a site, here or in the background as the strategy says.
    ///
    /// # Safety
    ///
    /// The GIL is held, no exception is raised; the entry point belongs to the site.
    pub unsafe fn compile(&self, thread: Thread, site: &Site, entry: EntryPoint<'_>) {
        // SAFETY: as the caller says.
        unsafe {
            if !self.passes_self_check(thread) {
                return;
            }
            let background = self.strategy.place() == Where::Background && !site.hidden;
            // Where the stack is short, the snapshot may not fit.
            if background && self.worker.is_full() || c_stack_is_low(thread) || !self.end_rest(thread, site) {
                site.next.set(site.count.get() + self.strategy.threshold(site.kind));
                return;
            }
            let Some(job) = self.job(site, entry) else { return };
            if !background {
                self.compile_here(thread, job);
            } else if let Err(job) = self.worker.submit(thread, job) {
                self.tell_once(Fault::Thread, "the compiling thread cannot be started; code is compiled in the thread that runs it");
                self.compile_here(thread, *job);
            }
        }
    }

    /// Compiles a site in this thread and installs it at once.
    ///
    /// # Safety
    ///
    /// As for [`Self::compile`].
    pub unsafe fn compile_synchronously(&self, thread: Thread, site: &Site, entry: EntryPoint<'_>) {
        // SAFETY: as the caller says.
        unsafe {
            if let Some(job) = self.job(site, entry) {
                self.compile_here(thread, job);
            }
        }
    }

    /// Compiles while this thread waits, and installs at once.
    ///
    /// # Safety
    ///
    /// As for [`Self::compile`].
    unsafe fn compile_here(&self, thread: Thread, mut job: Job) {
        let outcome = job.run_here(thread, &self.worker.cache());
        // SAFETY: the GIL is held.
        unsafe { self.install(job, outcome) };
    }

    /// Takes the snapshot for a compilation.
    ///
    /// # Safety
    ///
    /// As for [`Self::compile`].
    unsafe fn job(&self, site: &Site, entry: EntryPoint<'_>) -> Option<Job> {
        site.compiles.set(site.compiles.get() + 1);
        if site.kind == UnitKind::Function {
            self.compiled_codes.add(site.code as usize);
        }
        // SAFETY: the entry point keeps the site's code alive.
        if let Some(code) = unsafe { Code::from_object(site.code) } {
            let key = site.key.get_or_init(|| crate::text::key_of(code));
            if !site.hidden {
                self.list_compiled([key]);
            }
        }
        site.again.set(false);
        self.remember_exits(site);
        let unit = Box::new(Unit::new(NonNull::from(site), entry::interpret as *const () as u64, Trial::new(&self.options)));
        let address = NonNull::from(&*unit);
        let surveys = site.survey_due.take();
        if surveys {
            unit.notes.set(SURVEYS[site.surveys.get()].1);
            site.surveys.set(site.surveys.get() + 1);
        }
        site.units.borrow_mut().push(unit);
        let facts = UnitFacts {
            unit: address.as_ptr() as u64,
            warm: site.count.get() >= WARM,
            profiled: site.profiled.get(),
            wary: site.compiles.get() >= WARY,
            surveys,
            exit_every: self.options.exit_every,
            exit_counter: std::ptr::from_ref(&self.exit_counter) as u64,
        };
        let function = match entry {
            EntryPoint::Function { function, .. } => function,
            EntryPoint::Loop { .. } | EntryPoint::Resume { .. } => std::ptr::null_mut(),
        };
        if self.platform.borrow().array_formats.is_empty() {
            // The program may have imported it since. Nothing is borrowed where an array is made: Python code runs there.
            // SAFETY: the GIL is held and no exception is raised.
            unsafe {
                if let Some(facts) = array_facts() {
                    add_arrays(&mut self.platform.borrow_mut(), facts);
                }
            }
        }
        let platform = self.platform.borrow();
        // SAFETY: as the caller says.
        let taken = unsafe { capture(entry, &platform, facts, self, Limits::default()) };
        drop(platform);
        match taken {
            Ok(captured) => {
                let saved = self.save_snapshot(site, &captured.snapshot);
                site.compiling.set(true);
                self.totals.waiting.set(self.totals.waiting.get() + 1);
                Some(Job {
                    site: site.id,
                    function,
                    unit: address,
                    snapshot: Box::new(captured.snapshot),
                    saved,
                    references: self.pending.keep(captured.references),
                    function_changes: self.function_changes.get(),
                    backend: self.backend.borrow().clone(),
                    features: self.features,
                    skip_pass: self.options.skip_pass.clone(),
                    faults: self.faults.clone(),
                    dump: if site.hidden { Default::default() } else { self.options.dump.clone() },
                })
            }
            Err(error) => {
                if matches!(error, CaptureError::Panic(_)) {
                    self.tell_of_loss(site, &format!("{error}; please report this"));
                }
                self.leave_alone(site, error.to_string());
                None
            }
        }
    }

    /// Asks the strategy about a site that has reached its count, and does what it says; `Compile` is left to the caller.
    pub(crate) fn decide(&self, facts: SiteFacts<'_>, site: &Site) -> Decision {
        if site.compiling.get() {
            return Decision::Later;
        }
        if site.hidden {
            return Decision::Compile;
        }
        let met = self.time_met(site);
        let decision = self.strategy.hot(SiteFacts { met, ..facts }, self.totals.load());
        match &decision {
            // What it waits for comes from elsewhere.
            Decision::Later if met.is_some() => site.next.set(site.count.get() + self.strategy.threshold(site.kind) / 8),
            Decision::Keep | Decision::Later | Decision::Suspend | Decision::Detach(_) => {
                site.next.set(site.count.get() + self.strategy.threshold(site.kind));
            }
            Decision::Compile => {}
            Decision::LeaveAlone(reason) => self.leave_alone(site, reason.clone()),
            Decision::Exclude(reason) => self.exclude_function(site, reason.clone()),
        }
        decision
    }

    /// Counts a call of a function without a unit; compiles it when it is hot.
    ///
    /// # Safety
    ///
    /// The GIL is held; the function belongs to the site; the arguments are alive.
    pub(crate) unsafe fn count_call(&self, thread: Thread, site: &Site, function: *mut PyObject, arguments: &[*mut PyObject]) {
        site.count.set(site.count.get() + 1);
        if site.count.get() >= site.next.get() && self.decide(site.facts(), site) == Decision::Compile {
            // SAFETY: as the caller says.
            unsafe { self.compile(thread, site, EntryPoint::Function { function, arguments }) };
        }
    }

    fn keep(&self) -> *mut PyObject {
        // SAFETY: `None` is immortal.
        unsafe { Py_None() }
    }

    fn disable(&self) -> *mut PyObject {
        // SAFETY: the session holds the object.
        unsafe { Py_INCREF(self.disable_event) };
        self.disable_event
    }

    /// [`Self::disable`] until the code is met again, or all events are switched on again.
    fn disable_until_met(&self, code: Code) -> *mut PyObject {
        if let Some(extra) = CodeExtra::of(self, code) {
            extra.paused.set(true);
            extra.heard_in_vain.set(Duration::ZERO);
        }
        self.disable()
    }

    /// # Safety
    ///
    /// Called in a `PY_START` callback for `code`.
    unsafe fn started(&self, thread: Thread, code: Code) -> *mut PyObject {
        // SAFETY: the current frame is the one that started.
        unsafe {
            let flags = code.flags();
            if flags & CO_SUSPENDS != 0 || flags & (CO_OPTIMIZED | CO_NEWLOCALS) != CO_OPTIMIZED | CO_NEWLOCALS {
                return self.disable();
            }
            let Some(frame) = thread.current_frame().filter(|frame| frame.code() == Some(code)) else { return self.keep() };
            let extra = CodeExtra::of_or_new(self, code);
            if extra.exclusion().is_some() {
                return self.disable();
            }
            let key = SiteKey { code: code.as_object(), globals: frame.globals(), builtins: frame.builtins(), place: Place::Function };
            let Some(site) = extra.site(self, key, || name_of(code)) else { return self.disable() };
            let site = site.as_ref();
            let function = frame.function();
            if site.unit.get().is_none() {
                if site.left_alone().is_some() {
                    return self.disable();
                }
                if self.ends_lap(thread, code) {
                    return self.keep();
                }
                let arguments = if site.count.get() + 1 >= site.next.get() { crate::bind::parameters_in(frame, code) } else { Vec::new() };
                self.count_call(thread, site, function, &arguments);
                if site.count.get() < site.next.get() && self.is_seldom(extra, site) {
                    return self.disable();
                }
            }
            if site.detached.borrow().is_some() {
                return self.disable();
            }
            if site.is(&State::Installed) {
                if !self.is_resting(function) {
                    self.hook(function);
                }
                let starts = if self.trials.spoil(site.unit.get()) { STARTS_ON_TRIAL } else { 1 };
                extra.late_starts.set(extra.late_starts.get() + starts);
                if extra.late_starts.get() > LATE_STARTS {
                    return self.disable();
                }
            }
            self.keep()
        }
    }

    /// # Safety
    ///
    /// Called in a `JUMP` callback for `code`.
    unsafe fn jumped(&self, thread: Thread, code: Code, from: u32, to: u32) -> *mut PyObject {
        if to > from {
            return self.disable();
        }
        // SAFETY: the current frame is the one that jumps.
        unsafe {
            let Some(frame) = thread.current_frame().filter(|frame| frame.code() == Some(code)) else { return self.keep() };
            let extra = CodeExtra::of_or_new(self, code);
            if extra.exclusion().is_some() {
                return self.disable();
            }
            let key = SiteKey { code: code.as_object(), globals: frame.globals(), builtins: frame.builtins(), place: Place::Loop(to) };
            let Some(site) = extra.site(self, key, || name_of(code)) else { return self.disable() };
            let site = site.as_ref();
            let entry = EntryPoint::Loop { frame, header: to, back_edge: from };
            if site.again.get() && !site.compiling.get() {
                self.compile(thread, site, entry);
            }
            if site.unit.get().is_none() {
                if site.left_alone().is_some() {
                    return self.disable();
                }
                site.count.set(site.count.get() + 1);
                if site.count.get() < site.next.get() {
                    return if self.is_seldom(extra, site) { self.disable() } else { self.keep() };
                }
                let calls = extra.function(frame.globals(), frame.builtins()).map_or(0, |site| site.as_ref().count.get());
                match self.decide(SiteFacts { calls, ..site.facts() }, site) {
                    Decision::Compile => {}
                    Decision::Later => return self.keep(),
                    _ => return if self.pause(extra, site) { self.disable() } else { self.keep() },
                }
                self.compile(thread, site, entry);
            }
            entry::enter_loop(self, thread, frame, code, site);
            if whipsnake_cpython::unwind::exception_raised() { std::ptr::null_mut() } else { self.keep() }
        }
    }
}

/// What both callbacks do first. An error is what they answer at once.
///
/// # Safety
///
/// `args` has at least one item; the GIL is held.
unsafe fn prepare(args: *const *mut PyObject) -> Result<(&'static Session, Thread, Code), *mut PyObject> {
    // SAFETY: `None` is immortal.
    let nothing = unsafe { Py_None() };
    let session = session().filter(|session| session.enabled.get()).ok_or(nothing)?;
    // SAFETY: the first argument of all callbacks is the code object.
    unsafe {
        let thread = Thread::current();
        let code = Code::from_object(*args).ok_or(nothing)?;
        monitoring::keep_instruction_tools(code);
        if session.worker.has_finished() {
            session.install_finished();
        }
        if monitoring::other_tools_active(thread, code) {
            if session.until_awake.get() == 0 {
                session.rest(thread, std::ptr::null_mut());
            }
            if monitoring::has_local_tools_with_id(code) {
                // Our events cost as much as the tool's, and lead to nothing as long as it watches the code.
                if !session.sampling.is_on() {
                    session.until_hearing.set(entry::EVENTS_UNTIL_AWAKE);
                }
                return Err(session.disable_until_met(code));
            }
            return Err(if session.sampling.is_on() { session.disable_until_met(code) } else { nothing });
        }
        if !session.hears(code) {
            return Err(session.disable_until_met(code));
        }
        session.wake(thread);
        let left = session.until_hearing.get();
        if left > 0 {
            session.until_hearing.set(left - 1);
            if left == 1 {
                session.hear_again();
            }
        }
        Ok((session, thread, code))
    }
}

/// The `PY_START` callback: code, offset.
///
/// # Safety
///
/// Called by the interpreter as a `METH_FASTCALL` function.
pub unsafe extern "C" fn on_start(_: *mut PyObject, args: *mut *mut PyObject, nargs: isize) -> *mut PyObject {
    // SAFETY: the interpreter passes two arguments; a program that calls the function itself may pass none.
    unsafe {
        match if nargs >= 1 { prepare(args) } else { Err(Py_None()) } {
            Ok((session, thread, code)) => guarded(code, || session.started(thread, code)).unwrap_or(Py_None()),
            Err(answer) => answer,
        }
    }
}

impl Session {
    /// The log of frames, while the program runs.
    pub(crate) fn program_log(&self) -> Option<&FrameLog> {
        self.frame_log.as_ref().filter(|_| !self.self_check.is_running())
    }

    /// True if nothing is compiled: the interpreter's frames are logged.
    pub(crate) fn only_logs(&self) -> bool {
        self.frame_log.is_some() && self.options.frame_log_of == "interpreter"
    }
}

/// The `INSTRUCTION` callback: code, offset in bytes. Writes the frame to the log.
///
/// # Safety
///
/// Called by the interpreter as a `METH_FASTCALL` function.
pub unsafe extern "C" fn on_instruction(_: *mut PyObject, args: *mut *mut PyObject, nargs: isize) -> *mut PyObject {
    // SAFETY: as for `on_start`; the interpreter has stored the frame's stack top before it tells tools of an instruction.
    unsafe {
        let session = session().filter(|session| session.enabled.get() && nargs >= 2);
        let Some((session, code)) = session.and_then(|session| Some((session, Code::from_object(*args)?))) else { return Py_None() };
        if crate::frame_log::is_of_library(code) {
            return session.disable();
        }
        let frame = Thread::current().current_frame().filter(|frame| frame.code() == Some(code));
        if let (Some(frame), Some(log)) = (frame, &session.frame_log) {
            let offset = PyLong_AsSsize_t(*args.add(1)) as u32 / 2;
            guarded(code, || log.write(Mark::Executes, frame, offset));
        }
        Py_None()
    }
}

/// The `JUMP` callback: code, source and destination offset in bytes.
///
/// # Safety
///
/// Called by the interpreter as a `METH_FASTCALL` function.
pub unsafe extern "C" fn on_jump(_: *mut PyObject, args: *mut *mut PyObject, nargs: isize) -> *mut PyObject {
    // SAFETY: as for `on_start`, with three arguments.
    unsafe {
        match if nargs >= 3 { prepare(args) } else { Err(Py_None()) } {
            Ok((session, thread, code)) => {
                let [from, to] = [1, 2].map(|index| PyLong_AsSsize_t(*args.add(index)) as u32 / 2);
                guarded(code, || session.jumped(thread, code, from, to)).unwrap_or(Py_None())
            }
            Err(answer) => answer,
        }
    }
}

/// A panic of the runtime at an event of a code must not cross into the interpreter: the event is ignored, native code stays off from now on.
pub(crate) fn guarded<R>(code: Code, f: impl FnOnce() -> R) -> Option<R> {
    let result = whipsnake_compiler::without_panic(f);
    result
        .inspect_err(|message| {
            if let Some(session) = session() {
                session.enabled.set(false);
            }
            crate::notice::say(&format!("internal error at {}, native code is off: {message}; please report this", crate::text::key_of(code)));
        })
        .ok()
}
