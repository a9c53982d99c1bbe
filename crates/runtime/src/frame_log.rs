//! A log of frames, by which those that native code leaves are compared with those that the interpreter has.
//!
//! A line stands for a frame: a mark, the code, the instruction, the locals, the value stack, separated by tabs, with spaces between
//! slots. Of the interpreter (`frame_log_of=interpreter`) there is a line for each instruction of the program before it is executed; the
//! frames that native code leaves must be found among them, in the same order. Numbers and text are written by value, other objects by
//! their types and by which slots of the frame hold the same one; lists and dictionaries with their lengths, iterators with what is left.

use crate::text::shown_text;
use std::cell::RefCell;
use std::ffi::CStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use whipsnake_cpython::ffi::{
    Py_False, Py_None, Py_TYPE, Py_True, PyBytes_Type, PyCell_Type, PyDict_Size, PyDict_Type, PyErr_Clear, PyErr_GetRaisedException,
    PyErr_SetRaisedException, PyFloat_AS_DOUBLE, PyFloat_Type,
    PyList_Size, PyList_Type, PyListIter_Type, PyLong_Type, PyObject, PyObject_Hash, PyObject_LengthHint, PyLongRangeIter_Type, PyRangeIter_Type, PyTuple_GET_ITEM,
    PyTuple_GET_SIZE, PyTuple_Type, PyTupleIter_Type, PyTypeObject, PyUnicode_Type,
};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::symbols::PyMethod_Type;
use whipsnake_cpython::{Code, Frame, Slot, int, offsets};

/// Levels of tuples and cells that are looked into.
const DEPTH: u32 = 3;

/// What a line stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// The interpreter is about to execute the instruction.
    Executes,
    /// Native code leaves, and the interpreter goes on with the instruction.
    Leaves,
    /// Native code leaves with an exception that the instruction raised: what is on the stack is of no consequence.
    Raises,
    /// The frame waits at the instruction for a callee that native code leaves.
    Calls,
    /// Native code leaves before the instructions of a function's beginning of which no tool is told: those that fetch cells.
    Begins,
    /// Foreign code may look at the frame while the instruction is executed.
    Shows,
}

impl Mark {
    const fn letter(self) -> char {
        match self {
            Mark::Executes => 'I',
            Mark::Leaves => 'X',
            Mark::Raises => 'R',
            Mark::Calls => 'C',
            Mark::Begins => 'B',
            Mark::Shows => 'S',
        }
    }
}

/// The log of a session.
#[derive(Debug)]
pub(crate) struct FrameLog(RefCell<BufWriter<File>>);

impl FrameLog {
    /// Makes the file; `None` for an empty path.
    ///
    /// # Errors
    /// The path and why it cannot be written.
    pub(crate) fn create(path: &str) -> Result<Option<FrameLog>, String> {
        if path.is_empty() {
            return Ok(None);
        }
        let file = File::create(path).map_err(|error| format!("WHIPSNAKE_FRAME_LOG={path:?}: {error}"))?;
        Ok(Some(FrameLog(RefCell::new(BufWriter::new(file)))))
    }

    /// Writes a line, unless the code is [of the library](is_of_library). Runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; the frame's slots below its stack top are initialised.
    pub(crate) unsafe fn write(&self, mark: Mark, frame: Frame, offset: u32) {
        let Some(code) = frame.code().filter(|&code| !is_of_library(code)) else { return };
        // SAFETY: a code object's name is an alive str.
        let name = unsafe { shown_text(code.qualname()) };
        // The length tells lambdas of one line apart.
        let mut line = format!("{}\t{}:{name}:{}\t{offset}\t", mark.letter(), code.first_line(), code.len());
        let mut others = Vec::new();
        // SAFETY: as the caller says; a raised exception is put aside while iterators are asked.
        unsafe {
            let raised = PyErr_GetRaisedException();
            for index in 0..frame.stack_top() {
                line.push(if index == code.nlocalsplus() { '\t' } else { ' ' });
                write_slot(&mut line, frame.slot(index), &mut others);
            }
            // A length that is too long for the interpreter.
            PyErr_Clear();
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
        }
        line.push('\n');
        // A log that cannot be written is found to be too short by who compares it.
        let _ = self.0.borrow_mut().write_all(line.as_bytes());
    }

    /// Writes what is kept back.
    pub(crate) fn flush(&self) {
        let _ = self.0.borrow_mut().flush();
    }
}

/// True for code of the standard library: the log is of the program.
pub(crate) fn is_of_library(code: Code) -> bool {
    // SAFETY: a code object's file name is an alive str.
    let filename = unsafe { shown_text(code.filename()) };
    filename.contains("/lib/python") || filename.starts_with("<frozen")
}

/// True for iterators of the interpreter's own types that know their lengths: asking runs no Python code.
fn is_builtin_iterator(kind: *const PyTypeObject) -> bool {
    let known =
        [&raw const PyRangeIter_Type, &raw const PyLongRangeIter_Type, &raw const PyListIter_Type, &raw const PyTupleIter_Type];
    known.contains(&kind)
}

/// # Safety
///
/// The GIL is held; the slot is valid.
unsafe fn write_slot(line: &mut String, slot: Slot, others: &mut Vec<*mut PyObject>) {
    if slot.is_position() {
        line.push('p');
    } else {
        // SAFETY: as the caller says.
        unsafe { write_object(line, slot.borrow(), others, DEPTH) };
    }
}

/// Writes an object in a few letters. `others` are the objects of the frame that were met before and are no plain values.
///
/// # Safety
///
/// The GIL is held; the object is NULL or alive.
unsafe fn write_object(line: &mut String, object: *mut PyObject, others: &mut Vec<*mut PyObject>, depth: u32) {
    if object.is_null() {
        return line.push('-');
    }
    // SAFETY: as the caller says; the types are exact, so that hashing runs no Python code.
    unsafe {
        let kind = Py_TYPE(object);
        let is = |known: *const PyTypeObject| std::ptr::eq(kind, known);
        let field = |offset: usize| read::<isize>(object.cast(), offset);
        let done = if object == Py_None() {
            line.write_char('N')
        } else if object == Py_True() {
            line.write_char('T')
        } else if object == Py_False() {
            line.write_char('F')
        } else if is(&raw const PyLong_Type) {
            match int::value(object) {
                Some(value) => write!(line, "i{value}"),
                None => write!(line, "I{:x}", PyObject_Hash(object)),
            }
        } else if is(&raw const PyFloat_Type) {
            write!(line, "f{:x}", PyFloat_AS_DOUBLE(object).to_bits())
        } else if is(&raw const PyUnicode_Type) || is(&raw const PyBytes_Type) {
            write!(line, "s{:x}", PyObject_Hash(object))
        } else if is(&raw const PyTuple_Type) && depth > 0 {
            line.push('(');
            for index in 0..PyTuple_GET_SIZE(object) {
                line.push(',');
                write_object(line, PyTuple_GET_ITEM(object, index), others, depth - 1);
            }
            line.write_char(')')
        } else if is(&raw const PyCell_Type) && depth > 0 {
            line.push_str("c[");
            write_object(line, read(object.cast(), offsets::CELL_VALUE), others, depth - 1);
            line.write_char(']')
        } else if is(&raw const PyMethod_Type) && depth > 0 {
            line.push_str("m[");
            write_object(line, read(object.cast(), offsets::METHOD_FUNCTION), others, depth - 1);
            line.push(',');
            write_object(line, read(object.cast(), offsets::METHOD_SELF), others, depth - 1);
            line.write_char(']')
        } else if is_builtin_iterator(kind) && PyObject_LengthHint(object, -1) == 0 {
            // How an iterator looks at its end, which comes next, is of no consequence.
            line.write_str("end")
        } else if is(&raw const PyRangeIter_Type) {
            let [start, step, len] = [offsets::RANGE_ITER_START, offsets::RANGE_ITER_STEP, offsets::RANGE_ITER_LEN].map(field);
            write!(line, "r{start}+{step}*{len}")
        } else {
            let number = others.iter().position(|other| *other == object).unwrap_or_else(|| {
                others.push(object);
                others.len() - 1
            });
            let size = if is(&raw const PyList_Type) {
                PyList_Size(object)
            } else if is(&raw const PyDict_Type) {
                PyDict_Size(object)
            } else if is_builtin_iterator(kind) {
                PyObject_LengthHint(object, -1)
            } else {
                -1
            };
            write!(line, "{}#{number}:{size}", CStr::from_ptr((*kind).tp_name).to_string_lossy())
        };
        debug_assert!(done.is_ok(), "writing to a String cannot fail");
    }
}
