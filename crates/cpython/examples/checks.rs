//! A Python module that exposes the crate's accessors to the scripts in `tests/scripts`.

#![allow(clippy::missing_safety_doc, reason = "test functions that only the scripts call")]

use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_int};
use std::ptr::null_mut;
use std::time::Instant;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_cpython::ffi::*;
use whipsnake_cpython::{Code, Slot, Thread, datastack, eval, int, monitoring, platform, unwind, verify, version_lookup};

type Args<'a> = &'a [*mut PyObject];

/// Raises `RuntimeError`.
unsafe fn fail(message: &str) -> *mut PyObject {
    let text = CString::new(message).unwrap_or_default();
    // SAFETY: the GIL is held; the text lives until the exception has its copy.
    unsafe { PyErr_SetString(PyExc_RuntimeError, text.as_ptr()) };
    null_mut()
}

unsafe fn number(object: *mut PyObject) -> i64 {
    // SAFETY: `object` is a live object; what is no int gives -1.
    unsafe { int::value(object) }.unwrap_or(-1)
}

unsafe fn text(object: *mut PyObject) -> String {
    // SAFETY: the scripts pass strs, whose UTF-8 form lives as long as they do.
    unsafe { CStr::from_ptr(PyUnicode_AsUTF8(object)) }.to_string_lossy().into_owned()
}

/// A list of new references.
unsafe fn list(items: impl IntoIterator<Item = *mut PyObject>) -> *mut PyObject {
    // SAFETY: the GIL is held; each item is a new reference, given up once the list has its own.
    unsafe {
        let list = PyList_New(0);
        for item in items {
            PyList_Append(list, item);
            Py_DECREF(item);
        }
        list
    }
}

unsafe fn numbers(items: impl IntoIterator<Item = i64>) -> *mut PyObject {
    // SAFETY: `list` is given new references only.
    unsafe { list(items.into_iter().map(|item| PyLong_FromLongLong(item))) }
}

unsafe fn items(sequence: *mut PyObject) -> Vec<*mut PyObject> {
    // SAFETY: the scripts pass lists and tuples that they keep; indices are below the size.
    unsafe { (0..PyList_Size(sequence)).map(|index| PyList_GetItem(sequence, index)).collect() }
}

/// `verify([(name, number), …])`: the seconds it took.
unsafe fn verify_with(args: Args) -> *mut PyObject {
    // SAFETY: the script passes a list of (str, int) pairs.
    unsafe {
        let opcodes: Vec<(String, u8)> = items(args[0])
            .into_iter()
            .map(|pair| (text(PyTuple_GetItem(pair, 0)), number(PyTuple_GetItem(pair, 1)) as u8))
            .collect();
        let opcodes: Vec<(&str, u8)> = opcodes.iter().map(|(name, number)| (name.as_str(), *number)).collect();
        let start = Instant::now();
        match verify::verify(&opcodes) {
            Ok(_) => PyFloat_FromDouble(start.elapsed().as_secs_f64()),
            Err(reason) => fail(&reason.to_string()),
        }
    }
}

/// `known_types()`: `[(expression, address), …]`.
unsafe fn known_types(_: Args) -> *mut PyObject {
    // SAFETY: the GIL is held; name and address live through the call that copies them.
    unsafe {
        let platform = platform::platform();
        list(KnownType::ALL.iter().zip(platform.known_types).map(|(known, address)| {
            let name = CString::new(known.expression()).unwrap_or_default();
            Py_BuildValue(c"(sK)".as_ptr(), name.as_ptr(), address)
        }))
    }
}

/// `array_offsets()`: offsets of item and descriptor pointer, 0 if unknown.
unsafe fn array_offsets(_: Args) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe {
        let platform = platform::platform();
        numbers([platform.array_items, platform.array_descriptor])
    }
}

/// Pushes a frame of `function` with the locals and stack of two lists (`Ellipsis` for an empty slot); the
/// second one is emptied.
unsafe fn pushed(thread: Thread, args: Args) -> Option<whipsnake_cpython::Frame> {
    // SAFETY: the callers pass a function, an offset in its code and two lists; the slots fit the frame, since the scripts take them from that code.
    unsafe {
        let code = Code::of_function(args[0])?;
        let frame = datastack::push(thread, args[0], code)?;
        let slot = |item| if item == Py_Ellipsis() { Slot::NULL } else { Slot::new(item) };
        for (index, item) in items(args[2]).into_iter().enumerate() {
            frame.set_slot(index, slot(item));
        }
        for item in items(args[3]) {
            frame.push(slot(item));
        }
        // The frame alone owns the stack values.
        PyList_SetSlice(args[3], 0, isize::MAX, null_mut());
        frame.set_offset(number(args[1]) as u32);
        Some(frame)
    }
}

/// `resume(function, offset, locals, stack)`: the result of running from there.
unsafe fn resume(args: Args) -> *mut PyObject {
    // SAFETY: the frame was pushed just now on this thread and is not linked; its offset and stack belong together.
    unsafe {
        let thread = Thread::current();
        match pushed(thread, args) {
            Some(frame) => eval::resume(thread, frame),
            None => fail("no frame"),
        }
    }
}

/// `resume_raising(function, offset, locals, stack, exception)`: the exception is raised by the instruction there.
unsafe fn resume_raising(args: Args) -> *mut PyObject {
    // SAFETY: as in `resume`; `args[4]` is an exception and gets the reference that is given up.
    unsafe {
        let thread = Thread::current();
        let Some(frame) = pushed(thread, args) else { return fail("no frame") };
        Py_INCREF(args[4]);
        PyErr_SetRaisedException(args[4]);
        eval::resume_with_exception(thread, frame, number(args[1]) as u32)
    }
}

/// `resume_after_call(function, offset, locals, stack, units, callable)`: calls with the frame linked, delivers the result.
unsafe fn resume_after_call(args: Args) -> *mut PyObject {
    // SAFETY: as in `resume`; the frame is linked before the call, and its offset is that of a call.
    unsafe {
        let thread = Thread::current();
        let Some(frame) = pushed(thread, args) else { return fail("no frame") };
        frame.set_return_offset(number(args[4]) as u16);
        datastack::link(thread, frame);
        let result = PyObject_CallNoArgs(args[5]);
        eval::resume_after_call(thread, frame, result)
    }
}

/// `framed_call(function, offset, locals, stack, callable)`: calls with a frame of `function` linked, then drops the frame.
unsafe fn framed_call(args: Args) -> *mut PyObject {
    // SAFETY: the frame is linked on this thread until it is cleared, with no exception set meanwhile.
    unsafe {
        let thread = Thread::current();
        let Some(frame) = pushed(thread, args) else { return null_mut() };
        datastack::link(thread, frame);
        let result = PyObject_CallNoArgs(args[4]);
        let raised = PyErr_GetRaisedException();
        datastack::clear_and_pop(thread, frame);
        PyErr_SetRaisedException(raised);
        result
    }
}

/// `top()`: the address of the data stack's top.
unsafe fn top(_: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, so there is a current thread.
    unsafe { PyLong_FromLongLong(Thread::current().datastack_top() as i64) }
}

/// `raise_from_jump(state, code, source, destination)`: for a `JUMP` callback; `state` is `[code, count, offset, exception]`.
unsafe fn raise_from_jump(args: Args) -> *mut PyObject {
    // SAFETY: called by a `JUMP` event of the frame; `args[0]` is a list of four, and `state[3]` an exception that gets the reference that is given up.
    unsafe {
        let state = items(args[0]);
        let left = number(state[1]) - 1;
        if args[1] == state[0] && left >= 0 {
            PyList_SetItem(args[0], 1, PyLong_FromLongLong(left));
            if left == 0 {
                let thread = Thread::current();
                let Some(frame) = thread.current_frame() else { return fail("no frame") };
                Py_INCREF(state[3]);
                PyErr_SetRaisedException(state[3]);
                unwind::raise_from_callback(thread, frame, number(state[2]) as u32);
            }
        }
        Py_INCREF(Py_None());
        Py_None()
    }
}

/// `frame_state()`: `(code, offset, stack top, locals)` of the caller's frame.
unsafe fn frame_state(_: Args) -> *mut PyObject {
    // SAFETY: the caller's frame is running, so its code and slots are alive; slots are below `nlocalsplus`.
    unsafe {
        let Some((frame, code)) = Thread::current().current_frame().and_then(|frame| Some((frame, frame.code()?))) else {
            return fail("no frame");
        };
        let locals = (0..code.nlocalsplus()).map(|index| {
            let slot = frame.slot(index);
            if slot.is_null() { Py_Ellipsis() } else { slot.borrow() }
        });
        let locals = list(locals.inspect(|&item| Py_INCREF(item)));
        let top = frame.stack_top().wrapping_sub(code.nlocalsplus()) as i64;
        Py_BuildValue(c"(OiLN)".as_ptr(), code.as_object(), frame.offset().unwrap_or(0) as c_int, top, locals)
    }
}

/// `outside_callback(callable)`: calls with the running tool callback hidden.
unsafe fn outside_callback(args: Args) -> *mut PyObject {
    // SAFETY: the guard is dropped on the same thread, before this returns.
    unsafe {
        let guard = thread_outside();
        let result = PyObject_CallNoArgs(args[0]);
        drop(guard);
        result
    }
}

unsafe fn thread_outside() -> whipsnake_cpython::thread::OutsideCallback {
    // SAFETY: the GIL is held; the only caller drops the guard on this thread.
    unsafe { whipsnake_cpython::thread::OutsideCallback::enter(Thread::current()) }
}

unsafe fn units(args: Args) -> *mut PyObject {
    // SAFETY: `args[0]` is alive, and `from_object` checks that it is code.
    unsafe {
        match Code::from_object(args[0]) {
            Some(code) => numbers(code.units().into_iter().map(i64::from)),
            None => fail("no code"),
        }
    }
}

/// `code_facts(code)`.
unsafe fn code_facts(args: Args) -> *mut PyObject {
    // SAFETY: `args[0]` is alive, and `from_object` checks that it is code.
    unsafe {
        let Some(code) = Code::from_object(args[0]) else { return fail("no code") };
        let kinds = code.local_kinds();
        numbers([
            i64::from(code.flags()),
            i64::from(code.argcount()),
            i64::from(code.posonly()),
            i64::from(code.kwonly()),
            code.stacksize() as i64,
            i64::from(code.first_line()),
            code.len() as i64,
            code.consts().len() as i64,
            code.names().len() as i64,
            code.nlocalsplus() as i64,
            kinds.iter().filter(|kind| kind.cell).count() as i64,
            kinds.iter().filter(|kind| kind.free).count() as i64,
            code.nfreevars() as i64,
        ])
    }
}

/// `entries(table)`: the exception table, flattened.
unsafe fn entries(args: Args) -> *mut PyObject {
    // SAFETY: `args[0]` is bytes, kept by the caller, and its size is that of the slice.
    unsafe {
        let table = std::slice::from_raw_parts(PyBytes_AsString(args[0]).cast::<u8>(), PyBytes_Size(args[0]) as usize);
        numbers(unwind::exception_entries(table).flat_map(|entry| {
            [entry.start, entry.end, entry.target, entry.depth, u32::from(entry.push_position)].map(i64::from)
        }))
    }
}

unsafe fn other_tools_active(args: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, and `from_object` checks that `args[0]` is code.
    unsafe {
        let Some(code) = Code::from_object(args[0]) else { return fail("no code") };
        PyBool_FromLong(monitoring::other_tools_active(Thread::current(), code).into())
    }
}

unsafe fn other_exception_tools_active(_: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, so there is a current thread.
    unsafe { PyBool_FromLong(monitoring::other_exception_tools_active(Thread::current()).into()) }
}

unsafe fn frame_evaluator_replaced(_: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, so there is a current thread.
    unsafe { PyBool_FromLong(monitoring::frame_evaluator_replaced(Thread::current()).into()) }
}

/// `other_tool_sites(code)`: a list, or `None` if not known yet.
unsafe fn other_tool_sites(args: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, and `from_object` checks that `args[0]` is code.
    unsafe {
        let Some(code) = Code::from_object(args[0]) else { return fail("no code") };
        match monitoring::other_tool_sites(Thread::current(), code) {
            Some(sites) => numbers(sites.into_iter().map(i64::from)),
            None => {
                Py_INCREF(Py_None());
                Py_None()
            }
        }
    }
}

unsafe fn type_version(args: Args) -> *mut PyObject {
    // SAFETY: the scripts pass a type.
    unsafe { PyLong_FromLongLong(version_lookup::type_version(args[0].cast()).into()) }
}

unsafe fn function_version(args: Args) -> *mut PyObject {
    // SAFETY: the scripts pass a function.
    unsafe { PyLong_FromLongLong(version_lookup::function_version(args[0]).into()) }
}

/// `types_by_version(versions)`: the types found.
unsafe fn types_by_version(args: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, so what was found stays alive until the list has its references.
    unsafe {
        let versions: BTreeSet<u32> = items(args[0]).into_iter().map(|item| number(item) as u32).collect();
        let found = version_lookup::walk_types(&versions);
        let interpreter = Thread::current().interpreter();
        for (&version, &kind) in &found {
            assert!(version_lookup::type_in_table(interpreter, version).is_none_or(|in_table| in_table == kind));
        }
        list(found.into_values().map(|kind| kind.cast()).inspect(|&kind| Py_INCREF(kind)))
    }
}

/// `function_by_version(version)`: `(function or None, code or None)`, or `None`.
unsafe fn function_by_version(args: Args) -> *mut PyObject {
    // SAFETY: the GIL is held, so what was found stays alive until the tuple has its references.
    unsafe {
        let or_none = |object: *mut PyObject| if object.is_null() { Py_None() } else { object };
        match version_lookup::function_by_version(Thread::current().interpreter(), number(args[0]) as u32) {
            Some(found) => Py_BuildValue(c"(OO)".as_ptr(), or_none(found.function), or_none(found.code)),
            None => {
                Py_INCREF(Py_None());
                Py_None()
            }
        }
    }
}

macro_rules! module {
    ($($function:ident: $count:literal;)+) => {
        $(
            mod $function {
                use super::*;
                pub(super) unsafe extern "C" fn call(_: *mut PyObject, args: *mut *mut PyObject, count: isize) -> *mut PyObject {
                    // SAFETY: CPython passes `count` arguments at `args`, which may be null for none.
                    unsafe {
                        if count != $count {
                            return fail(concat!(stringify!($function), " takes ", $count, " arguments"));
                        }
                        super::$function(if count == 0 { &[] } else { std::slice::from_raw_parts(args, count as usize) })
                    }
                }
            }
        )+

        static mut METHODS: [PyMethodDef; [$($count),+].len() + 1] = [
            $(PyMethodDef {
                ml_name: match CStr::from_bytes_with_nul(concat!(stringify!($function), "\0").as_bytes()) {
                    Ok(name) => name.as_ptr(),
                    Err(_) => panic!("a name without NUL"),
                },
                ml_meth: PyMethodDefPointer { PyCFunctionFast: $function::call },
                ml_flags: METH_FASTCALL,
                ml_doc: std::ptr::null(),
            },)+
            PyMethodDef::zeroed(),
        ];
    };
}

module! {
    verify_with: 1;
    known_types: 0;
    array_offsets: 0;
    resume: 4;
    resume_raising: 5;
    resume_after_call: 6;
    framed_call: 5;
    top: 0;
    raise_from_jump: 4;
    frame_state: 0;
    outside_callback: 1;
    units: 1;
    code_facts: 1;
    entries: 1;
    other_tools_active: 1;
    other_exception_tools_active: 0;
    frame_evaluator_replaced: 0;
    other_tool_sites: 1;
    type_version: 1;
    function_version: 1;
    types_by_version: 1;
    function_by_version: 1;
}

static mut MODULE: PyModuleDef = PyModuleDef {
    m_base: PyModuleDef_HEAD_INIT,
    m_name: c"checks".as_ptr(),
    m_doc: std::ptr::null(),
    m_size: -1,
    m_methods: (&raw mut METHODS).cast(),
    m_slots: null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

/// The module's entry point.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInit_checks() -> *mut PyObject {
    // SAFETY: CPython calls this once, with the GIL held; the definitions are statics.
    unsafe { PyModule_Create(&raw mut MODULE) }
}
