//! Entries into native code: the vectorcall of compiled functions, direct calls between units, and running loops.

use crate::bind::{self, Words};
use crate::extra::CodeExtra;
use crate::capture::EntryPoint;
use crate::hooks::{CO_NEWLOCALS, CO_OPTIMIZED, CO_SUSPENDS};
use crate::native_stack;
use crate::session::{Session, session};
use crate::site_cache::Found;
use crate::trial::Turn;
use crate::unit::{Site, Unit};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::time::{Duration, Instant};
use whipsnake_contract::faults::Fault;
use whipsnake_strategy::laps::Regime;
use whipsnake_strategy::{Decision, PATIENT_THRESHOLD};
use whipsnake_cpython::ffi::{PyErr_Occurred, PyObject, PyThreadState, vectorcallfunc};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::thread::OutsideCallback;
use whipsnake_cpython::version_lookup::forget_unversioned;
use whipsnake_cpython::{Code, Frame, Slot, Thread, datastack, eval, monitoring, offsets};
use whipsnake_ir::interp::Program;

/// Native entry of a function unit: thread state, function, argument words that the caller keeps alive; the result is owned.
pub type FunctionEntry =
    unsafe extern "C" fn(*mut PyThreadState, *mut PyObject, *mut *mut PyObject) -> *mut PyObject;
/// Native entry of a loop unit: thread state, frame.
pub type LoopEntry = unsafe extern "C" fn(*mut PyThreadState, *mut c_void) -> u64;

/// The flag that says that a vectorcall may overwrite the word before its arguments.
const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);
/// Words of data stack that must be free besides those of the unit's own frames.
const SPARE_WORDS: usize = 64;
/// Versions below are no versions (3.14 uses 1 for functions that shall get none).
const FIRST_FUNCTION_VERSION: u32 = 2;
/// Code units from which on the interpreter's specialised calls of functions that are made anew are kept from going past native code: the detour takes
/// as long as some eight instructions of bytecode.
const WORTH_A_DETOUR: usize = 16;
/// Counted events of one kind or another until resting functions are looked at again.
pub(crate) const EVENTS_UNTIL_AWAKE: u32 = 64;
/// C stack in bytes that native code may need before anything checks again.
pub const C_STACK_MARGIN: usize = 128 * 1024;
/// Entries into a loop that are all timed; later on only one in [`TIMED_LATER`] is.
const TIMED_ENTRIES: u64 = 4096;
const TIMED_LATER: u64 = 32;
/// Timed entries after which a loop is judged by them.
const JUDGED_ENTRIES: u32 = 256;
/// Entries from which on the function around a loop is considered: each of them may be a call.
const LEAST_CALLS: u32 = 16;
/// Units of C recursion that native code may need on versions that count them.
const C_RECURSION_MARGIN: i32 = 64;

/// One native activation; nothing that native code may use is freed while there is one.
pub(crate) struct Activity<'a>(&'a Session);

impl<'a> Activity<'a> {
    #[inline]
    pub(crate) fn new(session: &'a Session) -> Activity<'a> {
        session.active.set(session.active.get() + 1);
        Activity(session)
    }
}

impl Drop for Activity<'_> {
    #[inline]
    fn drop(&mut self) {
        let left = self.0.active.get() - 1;
        self.0.active.set(left);
        if left == 0 {
            self.0.last_activation_ended();
        }
    }
}

/// The arguments of a vectorcall.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) callable: *mut PyObject,
    pub(crate) args: *const *mut PyObject,
    pub(crate) nargsf: usize,
    pub(crate) kwnames: *mut PyObject,
}

impl Call {
    /// Number of positional arguments.
    fn positional(self) -> usize {
        self.nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET
    }

    /// Makes the call with another vectorcall.
    ///
    /// # Safety
    ///
    /// As for any vectorcall.
    unsafe fn by(self, function: vectorcallfunc) -> *mut PyObject {
        // SAFETY: the arguments are passed on as they came.
        unsafe { function(self.callable, self.args, self.nargsf, self.kwnames) }
    }
}

/// Who calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalledBy {
    /// The interpreter, or C code.
    Interpreter,
    /// Native code, by a helper.
    Native,
}

/// The vectorcall of functions that have a compiled site.
///
/// # Safety
///
/// As for any vectorcall; `callable` is a function.
pub unsafe extern "C" fn vectorcall(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { call(Thread::current(), Call { callable, args, nargsf, kwnames }, CalledBy::Interpreter) }
}

/// [`vectorcall`] for a thread whose state is known.
///
/// # Safety
///
/// As for [`vectorcall`].
#[inline]
pub(crate) unsafe fn call(thread: Thread, call: Call, by: CalledBy) -> *mut PyObject {
    // SAFETY: whoever put `vectorcall` into a function object published a session first; the arguments are passed on
    // as they came.
    unsafe {
        let Some(session) = session() else { return std::ptr::null_mut() };
        if by == CalledBy::Interpreter {
            session.trials.count_detour();
        }
        if let Some((code, found)) = cached_site(session, call.callable)
            && let Some(unit) = found.quiet(thread, code).or_else(|| loud(session, thread, code, found.site.as_ref()))
            && thread.recursion_remaining() > 0
            && !c_stack_is_low(thread)
        {
            // From here on the unit's code stays: binding may run Python code.
            let _activity = Activity::new(session);
            if unit.trial.is_due(unit.entries.get()) {
                return call_on_trial(session, thread, code, unit, call, by);
            }
            return enter_by_vectorcall(thread, code, unit, call);
        }
        vectorcall_slowly(session, thread, call)
    }
}

/// Runs a unit with the arguments of a vectorcall.
///
/// # Safety
///
/// As for [`vectorcall`]; `unit` is of a site with that code, which is the callable's, and may run.
#[inline]
unsafe fn enter_by_vectorcall(thread: Thread, code: Code, unit: &Unit, call: Call) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe {
        if call.kwnames.is_null() && unit.site().simple_parameters == Some(call.positional() as u32) {
            return enter_function(thread, unit, call.callable, call.args.cast_mut());
        }
        bind_and_enter(thread, code, unit, call)
    }
}

/// [`enter_by_vectorcall`] for calls whose arguments are not the parameters as they are. Apart from the others, which need no room for them.
///
/// # Safety
///
/// As for [`enter_by_vectorcall`].
#[inline(never)]
unsafe fn bind_and_enter(thread: Thread, code: Code, unit: &Unit, call: Call) -> *mut PyObject {
    let mut words = Words::new();
    // SAFETY: as the caller says; the words live until the unit returns.
    unsafe {
        if !bind::bind(&mut words, thread, call.callable, code, call.args, call.positional(), call.kwnames) {
            return std::ptr::null_mut();
        }
        enter_function(thread, unit, call.callable, words.as_mut_ptr())
    }
}

/// A call of a unit that is compared with the interpreter, or was.
///
/// # Safety
///
/// As for [`enter_by_vectorcall`].
#[cold]
unsafe fn call_on_trial(session: &Session, thread: Thread, code: Code, unit: &Unit, call: Call, by: CalledBy) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe {
        let timed = match session.begin_trial(unit) {
            Turn::Native => return enter_by_vectorcall(thread, code, unit, call),
            Turn::Interpreted => return call.by(session.original),
            Turn::Detached => {
                session.unhook(call.callable);
                return call.by(session.original);
            }
            Turn::Timed(timed) => timed,
        };
        let result = if timed.is_native() { enter_by_vectorcall(thread, code, unit, call) } else { call.by(session.original) };
        session.end_trial(unit, &timed, by);
        result
    }
}

/// A call that is not entered as it is: perhaps compiled first, else left to the interpreter.
///
/// # Safety
///
/// As for [`vectorcall`].
#[cold]
unsafe fn vectorcall_slowly(session: &Session, thread: Thread, call: Call) -> *mut PyObject {
    // SAFETY: the arguments are passed on as they came.
    unsafe {
        if let Some((code, site)) = site_of_function(session, call.callable).filter(|_| session.enabled.get()) {
            let site = site.as_ref();
            if site.unit.get().is_none() {
                count_call(session, thread, site, call);
            } else if c_stack_is_low(thread) || monitoring::other_tools_active(thread, code) {
                // Interpreted calls of functions that are not hooked need no native stack.
                session.rest(thread, call.callable);
            }
        }
        call.by(session.original)
    }
}

/// Counts a call of a function that is hooked but has no unit; compiles it when it is hot.
///
/// # Safety
///
/// As for [`vectorcall`]; the site is the function's.
#[cold]
unsafe fn count_call(session: &Session, thread: Thread, site: &Site, call: Call) {
    // SAFETY: the caller vouches for the arguments.
    unsafe {
        if session.worker.has_finished() {
            session.install_finished();
        }
        if site.compiling.get() {
            return;
        }
        if site.left_alone().is_some() {
            return session.unhook(call.callable);
        }
        let count = site.count.get() + 1;
        if count < site.next.get() {
            // It waits for a second chance.
            return site.count.set(count);
        }
        let Some(code) = Code::of_function(call.callable) else { return };
        let mut arguments = vec![std::ptr::null_mut(); bind::parameters(code)];
        if call.kwnames.is_null() {
            for (index, slot) in arguments.iter_mut().enumerate().take(call.positional().min(code.argcount() as usize)) {
                *slot = *call.args.add(index);
            }
        }
        session.count_call(thread, site, call.callable, &arguments);
    }
}

/// [`site_of_function`] for functions that are called again and again.
///
/// # Safety
///
/// `function` is an alive function.
#[inline]
unsafe fn cached_site(session: &Session, function: *mut PyObject) -> Option<(Code, Found)> {
    // SAFETY: as the caller says.
    unsafe {
        session.entry_cache.of_function(function).or_else(|| {
            let (code, site) = site_of_function(session, function)?;
            Some((code, session.entry_cache.set(function, site, code)))
        })
    }
}

/// The code object and the site of a function.
///
/// # Safety
///
/// `function` is an alive function.
#[inline]
unsafe fn site_of_function(session: &Session, function: *mut PyObject) -> Option<(Code, NonNull<Site>)> {
    // SAFETY: functions have these fields.
    unsafe {
        let code = Code::from_object_unchecked(read(function.cast(), offsets::FUNCTION_CODE))?;
        let extra = CodeExtra::of(session, code)?;
        let globals = read(function.cast(), offsets::FUNCTION_GLOBALS);
        let builtins = read(function.cast(), offsets::FUNCTION_BUILTINS);
        Some((code, extra.function(globals, builtins)?))
    }
}

/// The unit of a site, if it may be entered now. Counts, and compiles what has become hot.
///
/// # Safety
///
/// The site is alive and `code` is its code.
#[inline]
pub(crate) unsafe fn ready<'a>(
    session: &Session,
    thread: Thread,
    code: Code,
    site: &'a Site,
) -> Option<&'a Unit> {
    // SAFETY: the caller vouches for the site.
    unsafe { Found::new(NonNull::from(site), code).quiet(thread, code).or_else(|| loud(session, thread, code, site)) }
}

/// The unit of a site that something speaks against entering, if it may be entered nevertheless.
///
/// # Safety
///
/// As for [`ready`].
unsafe fn loud<'a>(session: &Session, thread: Thread, code: Code, site: &'a Site) -> Option<&'a Unit> {
    let unit = site.current()?;
    // SAFETY: as the caller says.
    unsafe { grow_quiet(session, thread, code, site, unit) }.then_some(unit)
}

/// The slow path of the check in native code at back edges: true if the unit may go on.
///
/// # Safety
///
/// The unit is running on this thread.
pub unsafe fn may_go_on(session: &Session, thread: Thread, unit: &Unit) -> bool {
    let site = unit.site();
    // SAFETY: a running unit's frame or caller keeps its code alive.
    unsafe { Code::from_object(site.code).is_some_and(|code| grow_quiet(session, thread, code, site, unit)) }
}

/// Finds out whether a unit may run although its record does not know the present `eval_breaker`: nothing is pending, and
/// no other tool wants events of the code or of any inlined code. Then the record learns the value.
///
/// # Safety
///
/// The unit is the site's and installed.
#[cold]
unsafe fn grow_quiet(session: &Session, thread: Thread, code: Code, site: &Site, unit: &Unit) -> bool {
    if !session.enabled.get() || session.laps.regime() == Regime::Nothing || thread.has_pending() || unit.record.invalid.get() != 0 {
        return false;
    }
    if session.retreats() {
        return false;
    }
    let Some(content) = unit.content() else { return false };
    // SAFETY: code objects of an installed unit are alive.
    unsafe {
        let watched = |code| monitoring::other_tools_active(thread, code);
        if watched(code) {
            return false;
        }
        let mut inlined = content.codes.iter().filter_map(|&code| Code::from_object(code));
        if inlined.any(watched) {
            return false;
        }
    }
    let quiet = thread.eval_breaker() as u64;
    unit.record.quiet.set(quiet);
    site.record.quiet.set(quiet);
    true
}

/// True if C code should not go much deeper.
#[inline]
pub(crate) fn c_stack_is_low(thread: Thread) -> bool {
    // SAFETY: the thread state has that field on the versions that use it.
    let calls_are_few = || unsafe {
        offsets::TSTATE_C_RECURSION != 0 && read::<i32>(thread.as_ptr().cast(), offsets::TSTATE_C_RECURSION) < C_RECURSION_MARGIN
    };
    native_stack::left(thread) < C_STACK_MARGIN || calls_are_few()
}

/// Enters a function unit.
///
/// # Safety
///
/// The unit is installed and may run; `words` are its parameters, which stay alive until it returns. For a unit in which a generator
/// goes on, that takes the place of the function, and its frame that of the words.
#[inline]
pub(crate) unsafe fn enter_function(
    thread: Thread,
    unit: &Unit,
    function: *mut PyObject,
    words: *mut *mut PyObject,
) -> *mut PyObject {
    unit.entries.set(unit.entries.get() + 1);
    let _depth = CDepth::enter(thread);
    // SAFETY: an installed function unit's entry has this signature.
    unsafe {
        if let Some(program) = unit.interpreted.get() {
            return enter_reference(thread, unit, program, function, words);
        }
        let entry: FunctionEntry = std::mem::transmute(unit.record.entry.get());
        entry(thread.as_ptr(), function, words)
    }
}

/// [`enter_function`] on the reference backend.
///
/// # Safety
///
/// As for [`enter_function`]; the program is the unit's.
#[cold]
#[inline(never)]
unsafe fn enter_reference(
    thread: Thread,
    unit: &Unit,
    program: NonNull<Program>,
    function: *mut PyObject,
    words: *mut *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { crate::reference::run_function(thread, unit, program.as_ref(), function, words) }
}

/// Counts a native activation as C recursion, on versions that count it.
struct CDepth(Thread);

impl CDepth {
    #[inline]
    fn enter(thread: Thread) -> CDepth {
        CDepth::add(thread, -1);
        CDepth(thread)
    }

    #[inline]
    fn add(thread: Thread, change: i32) {
        if offsets::TSTATE_C_RECURSION != 0 {
            // SAFETY: the thread state has the field on these versions.
            unsafe {
                let base = thread.as_ptr().cast::<u8>();
                let left: i32 = read(base, offsets::TSTATE_C_RECURSION);
                whipsnake_cpython::memory::write(base, offsets::TSTATE_C_RECURSION, left + change);
            }
        }
    }
}

impl Drop for CDepth {
    #[inline]
    fn drop(&mut self) {
        CDepth::add(self.0, 1);
    }
}

/// What a site's record leads to while it has no unit, and what units call for functions that are not compiled: runs the function in
/// the interpreter.
///
/// # Safety
///
/// As for [`FunctionEntry`].
pub unsafe extern "C" fn interpret(
    tstate: *mut PyThreadState,
    function: *mut PyObject,
    words: *mut *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller passes its own thread state, an alive function and the function's parameters.
    unsafe {
        let (Some(thread), Some(code)) = (Thread::from_ptr(tstate), Code::of_function(function)) else {
            return std::ptr::null_mut();
        };
        let parameters = bind::parameters(code);
        if let Some(session) = session() {
            if c_stack_is_low(thread) {
                session.rest(thread, function);
            } else if let Some((_, site)) = site_of_function(session, function)
                && let Some(unit) = ready(session, thread, code, site.as_ref())
                && unit.content().is_some_and(|content| content.interpreted.is_some())
            {
                let _activity = Activity::new(session);
                return enter_function(thread, unit, function, words);
            }
        }
        let Some(frame) = datastack::push(thread, function, code) else { return std::ptr::null_mut() };
        for index in 0..parameters {
            let word = *words.add(index);
            frame.set_slot(index, if word.is_null() { Slot::NULL } else { Slot::new(word) });
        }
        eval::resume(thread, frame)
    }
}

/// Runs the native loop of a site in the frame that waits in a `JUMP` callback. False if it was not entered.
///
/// # Safety
///
/// The frame is the thread's current one and waits in the callback for a jump to the site's header.
pub unsafe fn enter_loop(session: &Session, thread: Thread, frame: Frame, code: Code, site: &Site) -> bool {
    let Some(unit) = site.current() else { return false };
    let Some(content) = unit.content() else { return false };
    // SAFETY: the caller vouches for frame and site.
    unsafe {
        let mut codes = content.codes.iter().filter_map(|&code| Code::from_object(code));
        let suspicious = thread.eval_breaker() as u64 != unit.record.quiet.get() || codes.any(monitoring::has_local_tools);
        if suspicious && !grow_quiet(session, thread, code, site, unit) {
            return false;
        }
        if c_stack_is_low(thread) {
            return false;
        }
        let words = content.stack_words + SPARE_WORDS;
        if session.faults.happens(Fault::EntryFrames) {
            return false;
        }
        // Tracebacks of exceptions that were handled before leave one behind: native code would take it for a sign that somebody looks.
        frame.let_object_go();
        let Some(_room) = datastack::reserve(thread, words) else { return false };
        let _activity = Activity::new(session);
        let _outside = OutsideCallback::enter(thread);
        let _depth = CDepth::enter(thread);
        let entries = unit.entries.get() + 1;
        unit.entries.set(entries);
        let is_timed = (entries <= TIMED_ENTRIES || entries.is_multiple_of(TIMED_LATER)) && session.options.threshold >= PATIENT_THRESHOLD;
        let timed = is_timed.then(Instant::now);
        unit.activations.set(unit.activations.get() + 1);
        match content.interpreted.as_deref() {
            Some(interpreted) => crate::reference::run_loop(thread, unit, interpreted, frame),
            None => {
                let entry: LoopEntry = std::mem::transmute(unit.record.entry.get());
                entry(thread.as_ptr(), frame.as_ptr());
            }
        }
        unit.activations.set(unit.activations.get() - 1);
        session.loop_ended(unit);
        if let Some(start) = timed {
            let (time, count) = unit.time_inside.get();
            let (time, count) = (time + start.elapsed(), count + 1);
            unit.time_inside.set(if count < JUDGED_ENTRIES { (time, count) } else { Default::default() });
            if count == JUDGED_ENTRIES {
                unit.mean_inside.set(Some(time / count));
                session.judge(site, unit, time / count);
            }
            if count >= LEAST_CALLS && count.is_power_of_two() {
                let arguments = bind::parameters_in(frame, code);
                session.consider_whole(thread, frame, code, &arguments, time / count * entries.min(u64::from(u32::MAX)) as u32);
            }
        }
        true
    }
}

impl Session {
    /// Compiles the function that the frame executes if the strategy finds it worth while after its loop, or a generator that it asks for items, has run natively
    /// for that long in all calls. `arguments`: what is known of them.
    ///
    /// # Safety
    ///
    /// The GIL is held; the frame is the thread's current one and executes the code; the arguments are alive, or NULL.
    #[cold]
    pub(crate) unsafe fn consider_whole(&self, thread: Thread, frame: Frame, code: Code, arguments: &[*mut PyObject], inside: Duration) {
        let flags = code.flags();
        if flags & CO_SUSPENDS != 0 || flags & (CO_OPTIMIZED | CO_NEWLOCALS) != CO_OPTIMIZED | CO_NEWLOCALS || self.is_marker(code) {
            return;
        }
        // SAFETY: the frame keeps its function alive, and that its code.
        unsafe {
            let function = frame.function();
            let Some(site) = self.function_site(function) else { return };
            let site = site.as_ref();
            let idle = site.unit.get().is_none() && site.left_alone().is_none() && PyErr_Occurred().is_null();
            if idle && self.strategy.is_worth_whole(site.facts(), inside, self.totals.load()) {
                self.compile(thread, site, EntryPoint::Function { function, arguments });
            }
        }
    }

    /// Asks the strategy whether a loop that is left in ways which stay runs long enough to be worth its entries.
    fn judge(&self, site: &Site, unit: &Unit, time: Duration) {
        let is_asked = site.unit.get() == Some(NonNull::from(unit)) && !site.compiling.get();
        if !is_asked || unit.ended() * 2 < unit.entries.get() {
            return;
        }
        if let Decision::LeaveAlone(reason) = self.strategy.after_entries(site.facts(), time) {
            self.leave_alone(site, reason);
        }
    }

    /// Sets a function's vectorcall to ours, if nobody has replaced it.
    ///
    /// # Safety
    ///
    /// The GIL is held; `function` is an alive function.
    pub unsafe fn hook(&self, function: *mut PyObject) {
        // SAFETY: functions have these fields.
        unsafe {
            if self.may_hook(function) {
                self.set_hook(function, read(function.cast(), offsets::FUNCTION_VERSION));
            }
        }
    }

    /// True if nobody has replaced a function's vectorcall, ours neither. Where nothing may run natively now, it is hooked later.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`].
    unsafe fn may_hook(&self, function: *mut PyObject) -> bool {
        // SAFETY: functions have that field.
        let present: vectorcallfunc = unsafe { read(function.cast(), offsets::FUNCTION_VECTORCALL) };
        let is_original = present as usize == self.original as usize;
        if is_original && self.laps.regime() == Regime::Nothing {
            self.laps.park(function);
            return false;
        }
        is_original
    }

    /// Hooks a function that is to get that version back.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`], which may be done now.
    unsafe fn set_hook(&self, function: *mut PyObject, version: u32) {
        self.hooked.insert(function as usize, version);
        // SAFETY: as the caller says.
        unsafe { whipsnake_cpython::symbols::PyFunction_SetVectorcall(function, vectorcall) };
    }

    /// Gives a function its own vectorcall and its version back.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`].
    pub unsafe fn unhook(&self, function: *mut PyObject) {
        if self.laps.regime() == Regime::Nothing {
            self.laps.forget(function);
        }
        let Some(version) = self.hooked.remove(function as usize) else { return };
        // SAFETY: functions have these fields.
        unsafe {
            if self.is_hooked(function) {
                whipsnake_cpython::symbols::PyFunction_SetVectorcall(function, self.original);
                // Without a version the interpreter gives the function one when it wants to specialise a call.
                whipsnake_cpython::memory::write(function.cast(), offsets::FUNCTION_VERSION, 0u32);
                if version >= FIRST_FUNCTION_VERSION {
                    whipsnake_cpython::symbols::_PyFunction_SetVersion(function, version);
                }
            }
        }
    }

    /// Gives a function its own vectorcall back for a while: because another tool wants events (to it, hooked functions look like C
    /// functions; if the events are wanted everywhere, all functions rest), or because the native stack is short.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`].
    pub unsafe fn rest(&self, thread: Thread, function: *mut PyObject) {
        // SAFETY: hooked functions are alive: dying ones take themselves out of the table.
        unsafe {
            let functions: Vec<usize> = if monitoring::other_tools_everywhere(thread) {
                self.hooked.functions()
            } else {
                (!function.is_null()).then_some(function as usize).into_iter().collect()
            };
            for function in functions {
                self.unhook(function as *mut PyObject);
                self.resting.borrow_mut().insert(function);
            }
            self.until_awake.set(EVENTS_UNTIL_AWAKE);
        }
    }

    /// True if the function was given its own vectorcall back for a while.
    pub(crate) fn is_resting(&self, function: *mut PyObject) -> bool {
        self.until_awake.get() != 0 && self.resting.borrow().contains(&(function as usize))
    }

    /// Hooks resting functions again, once no other tool wants events everywhere.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    #[inline]
    pub unsafe fn wake(&self, thread: Thread) {
        let left = self.until_awake.get();
        if left == 0 {
            return;
        }
        self.until_awake.set(left - 1);
        // SAFETY: resting functions are alive: dying ones take themselves out of the table.
        unsafe {
            if left == 1 {
                if c_stack_is_low(thread) || monitoring::other_tools_everywhere(thread) {
                    self.until_awake.set(EVENTS_UNTIL_AWAKE);
                    return;
                }
                for function in self.resting.take() {
                    self.hook(function as *mut PyObject);
                }
            }
        }
    }

    /// Hooks resting functions again if that may be, without waiting for events.
    ///
    /// # Safety
    ///
    /// As for [`Self::wake`].
    pub(crate) unsafe fn wake_at_once(&self, thread: Thread) {
        self.until_awake.set(self.until_awake.get().min(1));
        // SAFETY: as the caller says.
        unsafe { self.wake(thread) };
    }

    /// True if the function's vectorcall is ours.
    ///
    /// # Safety
    ///
    /// `function` is an alive function.
    #[inline]
    pub unsafe fn is_hooked(&self, function: *mut PyObject) -> bool {
        // SAFETY: functions have that field.
        let present: vectorcallfunc = unsafe { read(function.cast(), offsets::FUNCTION_VECTORCALL) };
        present as usize == vectorcall as *const () as usize
    }

    /// A function was made: if its code is compiled already, it is hooked.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`].
    #[inline]
    pub(crate) unsafe fn function_created(&self, function: *mut PyObject) {
        // SAFETY: the caller vouches for the function.
        unsafe {
            let code: *mut PyObject = read(function.cast(), offsets::FUNCTION_CODE);
            if !self.compiled_codes.may_contain(code as usize) {
                return;
            }
            let Some(code) = Code::from_object_unchecked(code).filter(|code| code.flags() & CO_SUSPENDS == 0) else { return };
            let Some(extra) = CodeExtra::of(self, code) else { return };
            let site = extra.function(read(function.cast(), offsets::FUNCTION_GLOBALS), read(function.cast(), offsets::FUNCTION_BUILTINS));
            if let Some(site) = site.filter(|site| site.as_ref().compiles.get() > 0) {
                self.hook_created(function, code, extra, site.as_ref());
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Self::hook`]; code, extra and site are the function's.
    unsafe fn hook_created(&self, function: *mut PyObject, code: Code, extra: &CodeExtra, site: &Site) {
        // SAFETY: as the caller says.
        unsafe {
            let hooks = self.enabled.get() && site.takes_calls() && self.may_hook(function);
            // Builds with assertions do not allow functions without a version here.
            let withhold = hooks && code.len() >= WORTH_A_DETOUR && offsets::HEADERS_DEBUG == 0;
            let version = extra.withhold_version(code, withhold);
            if hooks {
                // It is new, and has no version of its own.
                self.set_hook(function, if withhold { version } else { 0 });
            }
        }
    }

    /// A function's code or defaults are about to change: the version it had stands for what it was.
    pub(crate) fn function_changes(&self, function: *mut PyObject) {
        self.hooked.forget_version(function as usize);
    }

    /// A function is about to die.
    ///
    /// # Safety
    ///
    /// As for [`Self::hook`].
    #[inline]
    pub(crate) unsafe fn function_dies(&self, function: *mut PyObject) {
        // SAFETY: the caller vouches for the function.
        unsafe {
            if self.is_hooked(function) {
                self.hooked.remove(function as usize);
            }
            forget_unversioned(self.interpreter, function);
        }
        if self.until_awake.get() != 0 {
            self.resting.borrow_mut().remove(&(function as usize));
        }
        if self.laps.regime() == Regime::Nothing {
            self.laps.forget(function);
        }
    }
}
