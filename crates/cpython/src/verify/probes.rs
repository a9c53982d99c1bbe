//! Known objects read through the crate's offsets, and frames run by the interpreter.

use super::Unsupported;
use crate::code::Code;
use crate::datastack::{self, has_room};
use crate::eval::{resume, resume_with_exception};
use crate::ffi::*;
use crate::frame::Frame;
use crate::memory::read;
use crate::platform::{Owned, owned};
use crate::slot::Slot;
use crate::symbols::{
    _PyFunction_SetVersion, _PyRuntime, PyCode_GetCode, PyMethod_New, PyRefTracer_GetTracer, PyRefTracer_SetTracer, PyUnstable_Type_AssignVersionTag,
    PyZip_Type, RefTracer,
};
use crate::thread::Thread;
use crate::{int, iterators, offsets, version_lookup};
use std::collections::BTreeSet;
use std::ffi::{c_int, c_void};

/// Runs all probes; the result is the entry of interpreted functions.
///
/// # Safety
///
/// The GIL is held, no exception is raised, and `_Py_DebugOffsets` agrees with the headers.
pub(super) unsafe fn run() -> Result<vectorcallfunc, Unsupported> {
    // SAFETY: the caller vouches for the GIL; the probes leave no exception.
    unsafe {
        let _silent = Silent::enter(Thread::current());
        numbers()?;
        containers()?;
        iterators()?;
        instances()?;
        tracer()?;
        thread()?;
        let function = probe_function()?;
        let entry = functions(function.0)?;
        frames(function.0)?;
        Ok(entry)
    }
}

/// Keeps tools from hearing of what the probes run.
struct Silent(Thread);

impl Silent {
    /// # Safety
    ///
    /// `thread` is the calling thread's state.
    unsafe fn enter(thread: Thread) -> Silent {
        // SAFETY: as while a tool's callback runs.
        unsafe { thread.set_tracing(thread.tracing() + 1) };
        Silent(thread)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // SAFETY: takes back what `enter` added.
        unsafe { self.0.set_tracing(self.0.tracing() - 1) };
    }
}

fn check(condition: bool, what: &'static str) -> Result<(), Unsupported> {
    if condition { Ok(()) } else { Err(Unsupported::Probe(what)) }
}

/// # Safety
///
/// As for [`run`]; `object` is a new reference or NULL.
unsafe fn made(object: *mut PyObject, what: &'static str) -> Result<Owned, Unsupported> {
    // SAFETY: the caller vouches for the reference.
    unsafe { owned(object) }.ok_or(Unsupported::Probe(what))
}

/// # Safety
///
/// `object` is alive and has a word there.
unsafe fn word(object: &Owned, offset: usize) -> usize {
    // SAFETY: the caller vouches for the field.
    unsafe { read(object.0.cast(), offset) }
}

/// # Safety
///
/// As for [`run`].
unsafe fn numbers() -> Result<(), Unsupported> {
    // SAFETY: all objects are alive while they are read.
    unsafe {
        for value in [0, 1, -1, -7, 255, 1 << 30, -(1 << 30), 1 << 60, i64::MAX, i64::MIN] {
            let object = made(int::make(value), "int")?;
            check(int::is_exact(object.0) && int::value(object.0) == Some(value), "value of an int")?;
        }
        for value in [-(offsets::SMALL_INTS_NEGATIVE as i64), 0, offsets::SMALL_INTS_POSITIVE as i64 - 1] {
            let object = made(int::make(value), "int")?;
            let expected = int::small_zero() as i64 + value * offsets::LONG_SIZE as i64;
            check(object.0 as i64 == expected, "place of small ints")?;
            check(crate::slot::is_immortal(object.0), "small ints are immortal")?;
        }
        let big = made(PyLong_FromString(c"0x1_0000_0000_0000_0000".as_ptr(), std::ptr::null_mut(), 16), "int")?;
        check(int::value(big.0).is_none(), "value of a large int")?;
        let float = made(PyFloat_FromDouble(1.25), "float")?;
        check(read::<f64>(float.0.cast(), offsets::FLOAT_VALUE) == 1.25, "value of a float")?;
        check(word(&float, offsets::OB_TYPE) == &raw const PyFloat_Type as usize, "type of a float")?;
        check(!crate::slot::is_immortal(float.0), "floats are mortal")?;
        let complex = made(PyComplex_FromDoubles(1.25, -0.5), "complex number")?;
        let parts = [0, 8].map(|offset| read::<f64>(complex.0.cast(), offsets::COMPLEX_VALUE + offset));
        check(parts == [1.25, -0.5], "parts of a complex number")?;
        float_freelist()
    }
}

/// A freed float must be the first of the free list.
///
/// # Safety
///
/// As for [`run`].
unsafe fn float_freelist() -> Result<(), Unsupported> {
    // SAFETY: the interpreter state has these fields; the float is not used once it was freed.
    unsafe {
        let interpreter: *const u8 = Thread::current().interpreter().cast_const().cast();
        let count = || match offsets::FLOAT_FREELIST_COUNT_SIZE {
            4 => i64::from(read::<i32>(interpreter, offsets::INTERP_FLOAT_FREELIST_COUNT)),
            _ => read::<i64>(interpreter, offsets::INTERP_FLOAT_FREELIST_COUNT),
        };
        let floats = (0..2).map(|_| made(PyFloat_FromDouble(2.5), "float")).collect::<Result<Vec<_>, _>>()?;
        let addresses: Vec<usize> = floats.iter().map(|float| float.0 as usize).collect();
        let before = count();
        drop(floats);
        check(count() == before + 2, "count of the free list of floats")?;
        let first: usize = read(interpreter, offsets::INTERP_FLOAT_FREELIST);
        let next: usize = read(first as *const u8, offsets::FLOAT_FREELIST_LINK);
        check([next, first] == addresses[..], "free list of floats")
    }
}

/// # Safety
///
/// As for [`run`].
unsafe fn containers() -> Result<(), Unsupported> {
    // SAFETY: all objects are alive while they are read.
    unsafe {
        let item = made(PyFloat_FromDouble(3.5), "float")?;
        let address = item.0 as usize;
        let tuple = made(PyTuple_Pack(2, item.0, item.0), "tuple")?;
        check(word(&tuple, offsets::OB_SIZE) == 2, "size of a tuple")?;
        check(word(&tuple, offsets::TUPLE_ITEMS + 8) == address, "items of a tuple")?;
        let list = made(PySequence_List(tuple.0), "list")?;
        check(word(&list, offsets::OB_SIZE) == 2 && word(&list, offsets::LIST_ALLOCATED) >= 2, "size of a list")?;
        check(read::<usize>(word(&list, offsets::LIST_ITEMS) as *const u8, 8) == address, "items of a list")?;
        let dict = made(PyDict_New(), "dict")?;
        check(PyDict_SetItem(dict.0, item.0, item.0) == 0, "dict")?;
        check(word(&dict, offsets::DICT_USED) == 1 && word(&dict, offsets::DICT_KEYS) != 0, "fields of a dict")?;
        let cell = made(PyCell_New(item.0), "cell")?;
        check(word(&cell, offsets::CELL_VALUE) == address, "content of a cell")?;
        let str = made(PyUnicode_FromString(c"whipsnake".as_ptr()), "str")?;
        check(word(&str, offsets::STR_LENGTH) == 9, "length of a str")?;
        let bytes = made(PyBytes_FromStringAndSize(c"abc".as_ptr(), 3), "bytes")?;
        check(read::<[u8; 4]>(bytes.0.cast(), offsets::BYTES_ITEMS) == *b"abc\0", "content of bytes")?;
        let bytearray = made(PyByteArray_FromObject(bytes.0), "bytearray")?;
        let start = word(&bytearray, offsets::BYTEARRAY_ITEMS) as *const u8;
        check(read::<[u8; 3]>(start, 0) == *b"abc", "content of a bytearray")?;
        let view = made(PyMemoryView_FromObject(bytes.0), "memoryview")?;
        let buffer = word(&view, offsets::VIEW_BUFFER) as *const u8;
        check(read::<usize>(buffer, offsets::BUFFER_EXPORTER) == bytes.0 as usize, "object of a memoryview")?;
        let slice = made(PySlice_New(item.0, Py_None(), Py_None()), "slice")?;
        check(word(&slice, offsets::SLICE_START) == address, "start of a slice")?;
        let method = made(PyMethod_New(item.0, tuple.0), "method")?;
        let parts = (word(&method, offsets::METHOD_FUNCTION), word(&method, offsets::METHOD_SELF));
        check(parts == (address, tuple.0 as usize), "fields of a method")
    }
}

/// # Safety
///
/// As for [`run`].
unsafe fn iterators() -> Result<(), Unsupported> {
    // SAFETY: all objects are alive while they are read.
    unsafe {
        let range = made(PyObject_CallFunction((&raw mut PyRange_Type).cast(), c"iii".as_ptr(), 3, 11, 2), "range")?;
        let iterator = made(PyObject_GetIter(range.0), "range iterator")?;
        let fields = [offsets::RANGE_ITER_START, offsets::RANGE_ITER_STEP, offsets::RANGE_ITER_LEN];
        check(fields.map(|field| word(&iterator, field)) == [3, 2, 4], "fields of a range iterator")?;
        let tuple = made(PyTuple_Pack(2, Py_None(), Py_None()), "tuple")?;
        let list = made(PySequence_List(tuple.0), "list")?;
        let places = [
            (&tuple, offsets::TUPLE_ITER_INDEX, offsets::TUPLE_ITER_SEQ),
            (&list, offsets::LIST_ITER_INDEX, offsets::LIST_ITER_SEQ),
        ];
        for (sequence, index, at) in places {
            let iterator = made(PyObject_GetIter(sequence.0), "iterator")?;
            drop(made(PyIter_Next(iterator.0), "iterator item")?);
            let fields = (word(&iterator, index), word(&iterator, at));
            check(fields == (1, sequence.0 as usize), "fields of a sequence iterator")?;
        }
        let places = iterators::WRAPPERS;
        let inner = made(PyObject_GetIter(list.0), "iterator")?;
        let numbered = made(PyObject_CallFunctionObjArgs((&raw mut PyEnum_Type).cast(), inner.0, std::ptr::null_mut::<PyObject>()), "enumerate")?;
        drop(made(PyIter_Next(numbered.0), "item of enumerate")?);
        let fields = [places.enumerate_index, places.enumerate_inner].map(|field| word(&numbered, field as usize));
        check(fields == [1, inner.0 as usize], "fields of enumerate")?;
        let reversed = made(PyObject_CallFunctionObjArgs((&raw mut PyReversed_Type).cast(), list.0, std::ptr::null_mut::<PyObject>()), "reversed")?;
        drop(made(PyIter_Next(reversed.0), "item of reversed")?);
        let fields = [places.reverse_index, places.reverse_list].map(|field| word(&reversed, field as usize));
        check(fields == [0, list.0 as usize], "fields of reversed")?;
        let zipped = made(PyObject_CallFunctionObjArgs((&raw mut PyZip_Type).cast(), inner.0, std::ptr::null_mut::<PyObject>()), "zip")?;
        check(word(&zipped, places.zip_size as usize) == 1, "number of iterators of zip")?;
        let iterators: *const u8 = read(zipped.0.cast(), places.zip_iterators as usize);
        check(read::<usize>(iterators, offsets::TUPLE_ITEMS) == inner.0 as usize, "iterators of zip")?;
        check(read::<i32>(zipped.0.cast(), places.zip_strict as usize) == 0, "zip that is not strict")?;
        let dict = made(PyDict_New(), "dict")?;
        let [keys, values, items] = [c"keys", c"values", c"items"].map(|name| made(PyObject_CallMethod(dict.0, name.as_ptr(), std::ptr::null()), "view"));
        let views = [keys?, values?, items?];
        let set = made(PySet_New(std::ptr::null_mut()), "set")?;
        let (text, wide) = (made(PyUnicode_FromString(c"ab".as_ptr()), "str")?, made(PyUnicode_FromString(c"\u{100}b".as_ptr()), "str")?);
        let bytes = made(PyBytes_FromString(c"ab".as_ptr()), "bytes")?;
        let tables = [(&dict, &dict), (&views[0], &dict), (&views[1], &dict), (&views[2], &dict), (&set, &set)];
        let texts = [(&text, &text), (&wide, &wide), (&bytes, &bytes)];
        for (places, at) in [(&tables[..], iterators::TABLE_CONTAINER), (&texts[..], iterators::TEXT_CONTAINER)] {
            for (iterable, container) in places {
                let iterator = made(PyObject_GetIter(iterable.0), "iterator")?;
                check(word(&iterator, at) == container.0 as usize, "container of an iterator")?;
            }
        }
        let (first, second) = (made(PyFloat_FromDouble(1.5), "float")?, made(PyFloat_FromDouble(2.5), "float")?);
        for key in [&first, &second] {
            check(PyDict_SetItem(dict.0, key.0, key.0) == 0 && PySet_Add(set.0, key.0) == 0, "table")?;
        }
        let places = iterators::TABLES;
        for ((table, _), left) in tables.iter().zip([places.dict_left; 4].into_iter().chain([places.set_left])) {
            let iterator = made(PyObject_GetIter(table.0), "iterator")?;
            drop(made(PyIter_Next(iterator.0), "iterator item")?);
            check([places.used, left].map(|field| word(&iterator, field as usize)) == [2, 1], "counts of an iterator over a table")?;
            check(word(&iterator, places.position as usize) > 0, "position of an iterator over a table")?;
        }
        check(word(&set, places.set_used as usize) == 2, "number of a set's keys")?;
        check(views.iter().all(|view| word(view, places.view_dict as usize) == dict.0 as usize), "dict of a view")?;
        let iterator = made(PyObject_GetIter(views[2].0), "iterator")?;
        let item = made(PyIter_Next(iterator.0), "iterator item")?;
        check(word(&iterator, places.item as usize) == item.0 as usize, "last item of an iterator over items")?;
        let iterator = made(PyObject_GetIter(text.0), "iterator")?;
        drop(made(PyIter_Next(iterator.0), "iterator item")?);
        check(word(&iterator, iterators::TEXT_INDEX) == 1, "index of an iterator over a str")?;
        Ok(())
    }
}

/// # Safety
///
/// As for [`run`].
unsafe fn instances() -> Result<(), Unsupported> {
    // SAFETY: all objects are alive while they are read; the type is checked before its instances are read.
    unsafe {
        // Import specs are instances of a Python class that every interpreter has.
        let spec = PyObject_GetAttrString(PyImport_AddModule(c"sys".as_ptr()), c"__spec__".as_ptr());
        let spec = made(spec, "sys.__spec__")?;
        let kind = Py_TYPE(spec.0);
        let flags: usize = read(kind.cast(), offsets::TYPE_FLAGS);
        check(flags == PyType_GetFlags(kind) as usize, "type flags")?;
        let wanted = offsets::FLAG_INLINE_VALUES | offsets::FLAG_MANAGED_DICT | offsets::FLAG_HEAP_TYPE;
        check(flags & wanted == wanted, "flags of a Python class")?;
        let name = made(PyUnicode_FromString(c"whipsnake probe".as_ptr()), "str")?;
        let instance = made(PyObject_CallFunctionObjArgs(
            kind.cast(), name.0, Py_None(), std::ptr::null_mut::<PyObject>(),
        ), "instance")?;
        let base = instance.0.cast::<u8>();
        let values = base.add(read::<isize>(kind.cast(), offsets::TYPE_BASICSIZE) as usize);
        check(read::<u8>(values, offsets::VALUES_VALID) == 1, "inline values")?;
        let count = usize::from(read::<u8>(values, offsets::VALUES_SIZE));
        let value = |index: usize| read::<usize>(values, offsets::VALUES_ITEMS + index * size_of::<usize>());
        check((0..count).any(|index| value(index) == name.0 as usize), "items of inline values")?;
        let dict: *mut PyObject = base.offset(offsets::MANAGED_DICT).cast::<*mut PyObject>().read();
        check(dict.is_null(), "managed dict before it is made")?;
        let asked = made(PyObject_GetAttrString(instance.0, c"__dict__".as_ptr()), "__dict__")?;
        let dict: *mut PyObject = base.offset(offsets::MANAGED_DICT).cast::<*mut PyObject>().read();
        check(dict == asked.0, "managed dict")?;
        check(read::<usize>(dict.cast(), offsets::DICT_VALUES) == values as usize, "values of a managed dict")?;
        let keys: usize = read(kind.cast(), offsets::TYPE_CACHED_KEYS);
        check(keys != 0 && read::<usize>(dict.cast(), offsets::DICT_KEYS) == keys, "shared keys")?;
        check(PyUnstable_Type_AssignVersionTag(kind) == 1, "type version")?;
        let version = version_lookup::type_version(kind);
        let found = version_lookup::walk_types(&BTreeSet::from([version]));
        check(version != 0 && found.get(&version) == Some(&kind), "type by version")?;
        let in_table = version_lookup::type_in_table(Thread::current().interpreter(), version);
        check(in_table.is_none_or(|found| found == kind), "table of type versions")
    }
}

/// # Safety
///
/// As for [`run`].
unsafe fn tracer() -> Result<(), Unsupported> {
    unsafe extern "C" fn hear(_object: *mut PyObject, _event: c_int, _data: *mut c_void) -> c_int {
        0
    }

    // SAFETY: nothing is made or destroyed while the tracer is ours.
    unsafe {
        let current = || read::<usize>(&raw const _PyRuntime, offsets::RUNTIME_REF_TRACER);
        let mut data = std::ptr::null_mut();
        let before = PyRefTracer_GetTracer(&raw mut data);
        check(current() == before.map_or(0, |tracer| tracer as usize), "tracer of references")?;
        PyRefTracer_SetTracer(Some(hear), std::ptr::null_mut());
        let seen = current();
        PyRefTracer_SetTracer(before, data);
        check(seen == hear as RefTracer as usize, "new tracer of references")
    }
}

/// # Safety
///
/// As for [`run`].
unsafe fn thread() -> Result<(), Unsupported> {
    // SAFETY: the GIL is held.
    unsafe {
        let thread = Thread::current();
        check(thread.recursion_limit() == Py_GetRecursionLimit(), "recursion limit")?;
        check(thread.recursion_remaining() <= thread.recursion_limit(), "recursion depth")?;
        check(thread.current_exception().is_null(), "no current exception")?;
        PyErr_SetNone(PyExc_ValueError);
        let current = thread.current_exception();
        let raised = made(PyErr_GetRaisedException(), "exception")?;
        check(current == raised.0, "current exception")?;
        let version: usize = read(thread.interpreter().cast(), offsets::INTERP_INSTRUMENTATION_VERSION);
        let mask = offsets::EVAL_EVENTS_MASK;
        check(version & !mask == thread.instrumentation_version(), "instrumentation version")?;
        let shown = PyEval_GetFrame();
        if !shown.is_null() {
            let frame = Frame::from_ptr(read(shown.cast(), offsets::FRAME_OBJECT_FRAME));
            let innermost = std::iter::successors(thread.current_frame(), |frame| frame.previous());
            check(innermost.into_iter().find(|frame| frame.is_complete()) == frame, "current frame")?;
            let chunk = thread.datastack_chunk() as usize;
            let (top, limit) = (thread.datastack_top() as usize, thread.datastack_limit() as usize);
            let size: usize = read(chunk as *const u8, offsets::CHUNK_SIZE);
            check(chunk < top && top <= limit && limit == chunk + size, "data stack")?;
        }
        Ok(())
    }
}

/// A function whose frames are run from the middle. Line 3 fails for `y == 0`.
const SOURCE: &std::ffi::CStr = c"\
def probe(x, y):
    try:
        z = x // y
    except ZeroDivisionError as error:
        return error.__traceback__.tb_lineno
    return z
";

/// # Safety
///
/// As for [`run`].
unsafe fn probe_function() -> Result<Owned, Unsupported> {
    // SAFETY: compiling runs no Python code; the function keeps code and globals alive.
    unsafe {
        let module = made(Py_CompileString(SOURCE.as_ptr(), c"<whipsnake>".as_ptr(), Py_file_input), "compiler")?;
        let module = Code::from_object(module.0).map(|code| (code, module)).ok_or(Unsupported::Probe("code type"))?;
        let code = module.0.consts().into_iter().find(|&item| Code::from_object(item).is_some());
        let globals = made(PyDict_New(), "dict")?;
        check(PyDict_SetItemString(globals.0, c"__builtins__".as_ptr(), PyEval_GetBuiltins()) == 0, "globals")?;
        made(PyFunction_New(code.ok_or(Unsupported::Probe("constants of a code object"))?, globals.0), "function")
    }
}

/// # Safety
///
/// As for [`run`]; `function` is the probe function.
unsafe fn functions(function: *mut PyObject) -> Result<vectorcallfunc, Unsupported> {
    // SAFETY: the function is alive; its fields are read by offsets that the headers gave.
    unsafe {
        let field = |offset: usize| read::<*mut PyObject>(function.cast(), offset);
        check(field(offsets::FUNCTION_GLOBALS) == PyFunction_GetGlobals(function), "globals of a function")?;
        check(field(offsets::FUNCTION_CODE) == PyFunction_GetCode(function), "code of a function")?;
        check(field(offsets::FUNCTION_BUILTINS) == PyEval_GetBuiltins(), "builtins of a function")?;
        let empty = [offsets::FUNCTION_DEFAULTS, offsets::FUNCTION_KWDEFAULTS, offsets::FUNCTION_CLOSURE];
        check(empty.iter().all(|&offset| field(offset).is_null()), "defaults and closure of a function")?;
        let entry = PyVectorcall_Function(function).ok_or(Unsupported::Probe("entry of a function"))?;
        check(field(offsets::FUNCTION_VECTORCALL) as usize == entry as usize, "entry of a function")?;
        let code = Code::of_function(function).ok_or(Unsupported::Probe("code of a function"))?;
        let shape = (code.argcount(), code.posonly(), code.kwonly(), code.nlocalsplus(), code.first_line());
        check(shape == (2, 0, 0, 4, 1), "fields of a code object")?;
        check(code.framesize() == offsets::FRAME_SPECIALS_WORDS + 4 + code.stacksize(), "frame size")?;
        let units = made(PyCode_GetCode(code.as_object()), "co_code")?;
        check(PyBytes_Size(units.0) as usize == 2 * code.len(), "length of code")?;
        let first = read::<u16>(PyBytes_AsString(units.0).cast(), 0);
        check(code.units().first() == Some(&first) && code.first_traceable() == 0, "first code unit")?;
        check(crate::unwind::exception_entries(code.exception_table()).count() > 0, "exception table")?;
        check(code.local_kinds().iter().all(|kind| kind.local && !kind.cell && !kind.free), "kinds of locals")?;
        // As `MAKE_FUNCTION` does.
        _PyFunction_SetVersion(function, code.version());
        check(version_lookup::function_version(function) == code.version(), "function version")?;
        let found = version_lookup::function_by_version(Thread::current().interpreter(), code.version());
        let expected = version_lookup::FunctionVersion { function, code: code.as_object() };
        check(found == Some(expected), "function by version")?;
        Ok(entry)
    }
}

/// Runs the probe function's frame from the failing line, once without and once with an exception.
///
/// # Safety
///
/// As for [`run`]; `function` is the probe function.
unsafe fn frames(function: *mut PyObject) -> Result<(), Unsupported> {
    // SAFETY: the frames are filled in as the interpreter would at that instruction: x and y set, stack empty.
    unsafe {
        let thread = Thread::current();
        let code = Code::of_function(function).ok_or(Unsupported::Probe("code of a function"))?;
        let entries: Vec<_> = crate::unwind::exception_entries(code.exception_table()).collect();
        let start = entries.first().map_or(0, |entry| entry.start);
        let caller = thread.current_frame();
        let prepare = |x: i64, y: i64| -> Result<Frame, Unsupported> {
            let (x, y) = (made(int::make(x), "int")?, made(int::make(y), "int")?);
            let frame = datastack::push(thread, function, code).ok_or(Unsupported::Probe("data stack"))?;
            frame.set_slot(0, Slot::new(x.0));
            frame.set_slot(1, Slot::new(y.0));
            frame.set_offset(start);
            Ok(frame)
        };
        let outcome = |result: *mut PyObject| owned(result).and_then(|result| int::value(result.0));
        let room = has_room(thread, code.framesize());
        let top = thread.datastack_top();
        check(outcome(resume(thread, prepare(21, 3)?)) == Some(7), "a frame run from the middle")?;
        check(outcome(resume(thread, prepare(21, 0)?)) == Some(3), "an exception in a resumed frame")?;
        PyErr_SetNone(PyExc_ZeroDivisionError);
        let line = outcome(resume_with_exception(thread, prepare(21, 0)?, start));
        check(line.is_some_and(|line| line == 2 || line == 3), "an exception raised for a frame")?;
        PyErr_SetNone(PyExc_ValueError);
        let left = resume_with_exception(thread, prepare(21, 0)?, start);
        let passed = left.is_null() && PyErr_ExceptionMatches(PyExc_ValueError) == 1;
        PyErr_Clear();
        check(passed, "an exception that leaves a frame")?;
        check(thread.current_frame() == caller, "the chain of frames")?;
        check(!room || thread.datastack_top() == top, "the top of the data stack")
    }
}
