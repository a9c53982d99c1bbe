//! Tools that want events (`sys.monitoring`, `sys.settrace`, `sys.setprofile`), ours excluded.

use crate::code::Code;
use crate::ffi::{PyBytes_AsString, PyErr_GetRaisedException, PyErr_SetRaisedException, PyInterpreterState, PyMem_Malloc};
use crate::frame::Frame;
use crate::memory::{read, write};
use crate::offsets;
use crate::platform::owned;
use crate::symbols::{
    _PyEval_MonitorRaise, _PyMonitoring_FireExceptionHandledEvent, _PyMonitoring_FirePyUnwindEvent, MonitoringState,
    PyCode_GetCode,
};
use crate::thread::Thread;

/// The tool id that PEP 669 reserves for optimisers, and that whipsnake uses.
pub const OPTIMIZER_ID: u8 = 5;

/// One bit per tool; 6 and 7 stand for `sys.setprofile` and `sys.settrace`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tools(pub u8);

impl Tools {
    /// These tools without ours.
    pub const fn others(self) -> Tools {
        Tools(self.0 & !(1 << OPTIMIZER_ID))
    }

    /// True if there is no tool.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn and(self, other: Tools) -> Tools {
        Tools(self.0 & other.0)
    }

    const fn or(self, other: Tools) -> Tools {
        Tools(self.0 | other.0)
    }
}

/// Exception events that the crate tells tools of when it unwinds a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A handler was found.
    Handled,
    /// The exception leaves the frame.
    Unwind,
}

impl Event {
    const fn number(self) -> usize {
        match self {
            Event::Handled => offsets::EVENT_EXCEPTION_HANDLED,
            Event::Unwind => offsets::EVENT_PY_UNWIND,
        }
    }
}

/// Tools that want an event everywhere.
///
/// # Safety
///
/// `interpreter` is alive and `event` is the number of an event that exists by itself.
unsafe fn global_tools(interpreter: *mut PyInterpreterState, event: usize) -> Tools {
    // SAFETY: the table has an entry for each such event.
    unsafe { Tools(read(interpreter.cast(), offsets::INTERP_MONITORS + event)) }
}

/// Tools that want an event in one code object.
fn local_tools(code: Code, table: usize, event: usize) -> Tools {
    let record = code.monitoring();
    if record.is_null() {
        return Tools(0);
    }
    // SAFETY: the record has an entry for each event that is tied to an instruction.
    unsafe { Tools(read(record, table + event)) }
}

/// The tools but ours, in each byte of a word.
const OTHERS: u64 = u64::from_le_bytes([Tools(u8::MAX).others().0; size_of::<u64>()]);

/// True if a tool other than ours wants events of this code object alone. Tools may begin to without a new instrumentation version.
#[inline]
pub fn has_local_tools(code: Code) -> bool {
    local_tools_of_all(code) & OTHERS != 0
}

/// True if tools may want events of this code object: those that the interpreter has made for its own purposes have none.
pub fn has_events(code: Code) -> bool {
    code.flags() as usize & offsets::CODE_NO_EVENTS == 0
}

/// True if we want events of this code object alone.
pub fn listens(code: Code) -> bool {
    local_tools_of_all(code) & !OTHERS != 0
}

/// Where a code object says which tools want events of it alone. That it never moves elsewhere, once it is there, saves a look at the code.
#[derive(Clone, Copy, Debug)]
pub struct LocalTools(*const u8);

impl LocalTools {
    /// Of a code object, as far as it has a record of tools.
    #[inline]
    pub fn of(code: Code) -> LocalTools {
        LocalTools(code.monitoring())
    }

    /// [`has_local_tools`] of that code object.
    ///
    /// # Safety
    ///
    /// `code` is the one that [`Self::of`] was given.
    #[inline]
    pub unsafe fn any(self, code: Code) -> bool {
        // SAFETY: the record lives as long as its code object, and has an entry for each event that is tied to an instruction.
        if self.0.is_null() { has_local_tools(code) } else { unsafe { tools_of_all(self.0.add(offsets::MONITORING_LOCAL)) & OTHERS != 0 } }
    }
}

/// True if a tool that has taken an id (`sys.settrace` and `sys.setprofile` have ids of their own) wants events of this code object alone.
pub fn has_local_tools_with_id(code: Code) -> bool {
    const WITH_ID: u64 = u64::from_le_bytes([(1 << OPTIMIZER_ID) - 1; size_of::<u64>()]);
    local_tools_of_all(code) & WITH_ID != 0
}

/// [`tools_of_all`] for the events that are wanted of this code object alone.
#[inline]
fn local_tools_of_all(code: Code) -> u64 {
    recorded_tools_of_all(code, offsets::MONITORING_LOCAL)
}

/// [`tools_of_all`] for the events that the code's instructions announce.
#[inline]
fn active_tools_of_all(code: Code) -> u64 {
    recorded_tools_of_all(code, offsets::MONITORING_ACTIVE)
}

#[inline]
fn recorded_tools_of_all(code: Code, table: usize) -> u64 {
    let record = code.monitoring();
    // SAFETY: both tables of the record have an entry for each event that is tied to an instruction.
    if record.is_null() { 0 } else { unsafe { tools_of_all(record.add(table)) } }
}

/// The tools that want any event tied to an instruction, over all bytes of the words, from a table with a byte for each such event.
///
/// # Safety
///
/// `table` leads to such a table.
#[inline]
unsafe fn tools_of_all(table: *const u8) -> u64 {
    const LAST: usize = offsets::MONITORING_LOCAL_EVENTS - size_of::<u64>();
    // SAFETY: there are eight to sixteen such events; the two words may overlap.
    unsafe {
        let words = table.cast::<u64>();
        words.read_unaligned() | words.byte_add(LAST).read_unaligned()
    }
}

const _: () = assert!(offsets::MONITORING_LOCAL_EVENTS >= size_of::<u64>() && offsets::MONITORING_LOCAL_EVENTS <= 2 * size_of::<u64>());

/// True if a tool other than ours wants any instruction event in all code, or evaluates frames in the interpreter's place.
///
/// # Safety
///
/// `thread` is the calling thread's state.
pub unsafe fn other_tools_everywhere(thread: Thread) -> bool {
    let asked = |event| {
        // SAFETY: all events tied to instructions exist by themselves.
        !unsafe { global_tools(thread.interpreter(), event) }.others().is_empty()
    };
    // SAFETY: as the caller says.
    (0..offsets::MONITORING_LOCAL_EVENTS).any(asked) || unsafe { frame_evaluator_replaced(thread) }
}

/// True if a tool other than ours wants any instruction event in `code`, or evaluates frames in the interpreter's place: native code
/// for it must not run. So it is where the code's instructions still announce themselves to a tool that wants nothing any more: the
/// interpreter takes that back when it is called the next time, and an exit into the middle of it would come to them before. Debug builds
/// assert on the way that the code knows of the last change of tools, whichever that was.
///
/// # Safety
///
/// `thread` is the calling thread's state.
#[inline]
pub unsafe fn other_tools_active(thread: Thread, code: Code) -> bool {
    // SAFETY: the caller vouches for the thread; the table has an entry for each event that is tied to an instruction.
    unsafe {
        if offsets::HEADERS_DEBUG == 1 && !adapted(thread, code) {
            return true;
        }
        let global = tools_of_all(thread.interpreter().cast::<u8>().add(offsets::INTERP_MONITORS));
        (global | local_tools_of_all(code) | active_tools_of_all(code)) & OTHERS != 0 || frame_evaluator_replaced(thread)
    }
}

/// True if a tool other than ours wants to hear of exceptions (raised, handled, leaving a frame).
///
/// # Safety
///
/// `thread` is the calling thread's state.
pub unsafe fn other_exception_tools_active(thread: Thread) -> bool {
    (offsets::MONITORING_LOCAL_EVENTS..offsets::MONITORING_UNGROUPED_EVENTS)
        // SAFETY: the events behind the local ones exist by themselves.
        .any(|event| !unsafe { global_tools(thread.interpreter(), event) }.others().is_empty())
}

/// True if somebody evaluates frames in the interpreter's place (PEP 523: some debuggers, tracing compilers). They expect to see
/// every Python call, so native code must not run.
///
/// # Safety
///
/// `thread` is the calling thread's state.
#[inline]
pub unsafe fn frame_evaluator_replaced(thread: Thread) -> bool {
    // SAFETY: the interpreter state has that field; it is NULL for the interpreter's own evaluator.
    unsafe { read::<usize>(thread.interpreter().cast(), offsets::INTERP_EVAL_FRAME) != 0 }
}

/// True if the code's instructions are those that the present tools ask for.
///
/// # Safety
///
/// `thread` is the calling thread's state.
unsafe fn adapted(thread: Thread, code: Code) -> bool {
    // SAFETY: the interpreter state has that field.
    let version: usize = unsafe { read(thread.interpreter().cast(), offsets::INTERP_INSTRUMENTATION_VERSION) };
    // The version is kept where the eval breaker has it, above the event bits.
    code.instrumentation_version() & !offsets::EVAL_EVENTS_MASK == version & !offsets::EVAL_EVENTS_MASK
}

/// Code unit offsets at which tools other than ours still get events: those that answered `DISABLE` are not counted.
///
/// `None` if the code has not been adapted to the present tools yet, so that nothing is known.
///
/// # Safety
///
/// `thread` is the calling thread's state.
pub unsafe fn other_tool_sites(thread: Thread, code: Code) -> Option<Vec<u32>> {
    // SAFETY: as the caller says.
    if !unsafe { adapted(thread, code) } {
        return None;
    }
    let sites = Sites::of(code);
    // SAFETY: a code object has that many code units there.
    let units = unsafe { std::slice::from_raw_parts(code.units_ptr(), code.len()) };
    let wanted = units.iter().enumerate().filter(|&(index, unit)| !sites.tools(index, *unit).others().is_empty());
    Some(wanted.map(|(index, _)| index as u32).collect())
}

/// Lets other tools' `INSTRUCTION` events (`f_trace_opcodes`, so `pdb.set_trace()` on 3.13) survive ours.
///
/// The interpreter keeps one byte of tools per code unit as soon as several tools want the same event of the code. It makes the table with
/// zeros, so a tool that alone wanted `INSTRUCTION` events before loses them: since we want `PY_START` and `JUMP` events everywhere, any
/// tracer that asks for the code's instructions first and for starts later. A table that exists before is kept up to date.
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn keep_instruction_tools(code: Code) {
    let record = code.monitoring().cast_mut();
    if record.is_null() {
        return;
    }
    // SAFETY: the record has that pointer, to one byte per code unit or NULL. The interpreter frees it with `PyMem_Free` when the
    // code object dies, and has no other copy of it.
    unsafe {
        if !read::<*mut u8>(record, offsets::MONITORING_INSTRUCTION_TOOLS).is_null() {
            return;
        }
        let table: *mut u8 = PyMem_Malloc(code.len()).cast();
        if !table.is_null() {
            let Tools(present) = local_tools(code, offsets::MONITORING_ACTIVE, offsets::EVENT_INSTRUCTION);
            table.write_bytes(present, code.len());
            write(record, offsets::MONITORING_INSTRUCTION_TOOLS, table);
        }
    }
}

/// What a monitoring record says of the single code units.
struct Sites {
    tools: *const u8,
    line_tools: *const u8,
    instruction_tools: *const u8,
    instruction_opcodes: *const u8,
    lines: *const u8,
    any: Tools,
    line: Tools,
    instruction: Tools,
}

impl Sites {
    fn of(code: Code) -> Sites {
        let record = code.monitoring();
        let field = |offset: usize| -> *const u8 {
            if record.is_null() {
                return std::ptr::null();
            }
            // SAFETY: the record has that pointer.
            unsafe { read(record, offset) }
        };
        let active = |event| local_tools(code, offsets::MONITORING_ACTIVE, event);
        let others = (0..offsets::MONITORING_LOCAL_EVENTS)
            .filter(|&event| event != offsets::EVENT_LINE && event != offsets::EVENT_INSTRUCTION);
        Sites {
            tools: field(offsets::MONITORING_TOOLS),
            line_tools: field(offsets::MONITORING_LINE_TOOLS),
            instruction_tools: field(offsets::MONITORING_INSTRUCTION_TOOLS),
            instruction_opcodes: field(offsets::MONITORING_INSTRUCTION_OPCODES),
            lines: field(offsets::MONITORING_LINES),
            any: others.fold(Tools(0), |tools, event| tools.or(active(event))),
            line: active(offsets::EVENT_LINE),
            instruction: active(offsets::EVENT_INSTRUCTION),
        }
    }

    /// The opcode below a line event at a code unit.
    fn below_line(&self, index: usize) -> Option<u8> {
        if self.lines.is_null() {
            return None;
        }
        // SAFETY: the first byte is the size of an entry; there is one entry per code unit, the opcode first.
        unsafe {
            let entry = usize::from(self.lines.read());
            Some(self.lines.add(1 + index * entry).read())
        }
    }

    /// The opcode below an instruction event at a code unit.
    fn below_instruction(&self, index: usize) -> Option<u8> {
        // SAFETY: there is one byte per code unit.
        (!self.instruction_opcodes.is_null()).then(|| unsafe { self.instruction_opcodes.add(index).read() })
    }

    /// The tools that are told when the unit executes.
    fn tools(&self, index: usize, unit: u16) -> Tools {
        let at = |table: *const u8, all: Tools| {
            if table.is_null() {
                return all;
            }
            // SAFETY: the tables have one byte per code unit.
            Tools(unsafe { table.add(index).read() }).and(all)
        };
        let mut opcode = usize::from(unit & 0xff);
        let mut tools = Tools(0);
        if opcode == offsets::OPCODE_INSTRUMENTED_LINE {
            tools = tools.or(at(self.line_tools, self.line));
            opcode = usize::from(self.below_line(index).unwrap_or(0));
        }
        if opcode == offsets::OPCODE_INSTRUMENTED_INSTRUCTION {
            tools = tools.or(at(self.instruction_tools, self.instruction));
            opcode = usize::from(self.below_instruction(index).unwrap_or(0));
        }
        let instrumented = opcode >= offsets::OPCODE_FIRST_INSTRUMENTED && opcode != offsets::OPCODE_ENTER_EXECUTOR;
        if instrumented { tools.or(at(self.tools, self.any)) } else { tools }
    }
}

/// Replaces line and instruction event markers in a copy of the code units by the opcodes below them.
pub(crate) fn remove_site_markers(code: Code, units: &mut [u16]) {
    let sites = Sites::of(code);
    for (index, unit) in units.iter_mut().enumerate() {
        let mut opcode = (*unit & 0xff) as u8;
        if usize::from(opcode) == offsets::OPCODE_INSTRUMENTED_LINE {
            opcode = sites.below_line(index).unwrap_or(opcode);
        }
        if usize::from(opcode) == offsets::OPCODE_INSTRUMENTED_INSTRUCTION {
            opcode = sites.below_instruction(index).unwrap_or(opcode);
        }
        *unit = *unit & 0xff00 | u16::from(opcode);
    }
}

/// Tells tools that the instruction at code unit `offset` has raised the current exception. They may raise another one.
///
/// # Safety
///
/// The frame is linked and runs `code`; an exception is raised.
pub unsafe fn fire_raise(thread: Thread, frame: Frame, code: Code, offset: u32) {
    // SAFETY: the event exists by itself.
    if unsafe { global_tools(thread.interpreter(), offsets::EVENT_RAISE) }.is_empty() {
        return;
    }
    let instruction = code.units_ptr().wrapping_add(last_unit(code, offset) as usize);
    // SAFETY: the caller vouches for frame and exception.
    unsafe { _PyEval_MonitorRaise(thread.as_ptr(), frame.as_ptr(), instruction) };
}

/// The place of an exception event: an exception that is handled is told at its handler, at code unit `offset`;
/// one that leaves the frame at the last cache unit of the instruction there, as the interpreter does.
///
/// False if a tool raised another exception instead.
///
/// # Safety
///
/// An exception is raised.
pub(crate) unsafe fn fire_exception_event(thread: Thread, code: Code, event: Event, offset: u32) -> bool {
    // SAFETY: both events exist by themselves.
    let tools = unsafe { global_tools(thread.interpreter(), event.number()) };
    if tools.is_empty() {
        return true;
    }
    let mut state = MonitoringState { active: tools.0, opaque: 0 };
    // SAFETY: an exception is raised, as both functions need; the code object is alive.
    let status = unsafe {
        match event {
            Event::Handled => {
                _PyMonitoring_FireExceptionHandledEvent(&mut state, code.as_object(), (offset * 2) as i32)
            }
            Event::Unwind => {
                let unit = last_unit(code, offset);
                _PyMonitoring_FirePyUnwindEvent(&mut state, code.as_object(), (unit * 2) as i32)
            }
        }
    };
    status == 0
}

/// The last cache unit of the instruction at code unit `offset`: where the interpreter stands when it fails.
fn last_unit(code: Code, offset: u32) -> u32 {
    // SAFETY: the exception is put aside because making the clean code may raise; the bytes are alive while read.
    unsafe {
        let raised = PyErr_GetRaisedException();
        let opcode = owned(PyCode_GetCode(code.as_object())).map(|clean| {
            PyBytes_AsString(clean.0).cast::<u8>().add(2 * offset as usize).read()
        });
        PyErr_SetRaisedException(raised);
        offset + opcode.map_or(0, |opcode| u32::from(offsets::CACHES[usize::from(opcode)]))
    }
}
