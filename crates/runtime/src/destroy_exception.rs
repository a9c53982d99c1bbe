//! Exceptions, tracebacks and frame objects that can be destroyed without anybody looking.

use crate::destroy::Lost;
use crate::destroy_type::is_watched;
use whipsnake_cpython::ffi::{self, Py_REFCNT, PyObject, PyTypeObject};
use whipsnake_cpython::frame::Owner;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Frame, offsets};

/// Counts what goes with the exception. False if that may run Python code.
///
/// # Safety
///
/// `object` is an exception of class `ty`.
pub(crate) unsafe fn exception_is_silent(object: *mut PyObject, ty: *mut PyTypeObject, lost: &mut Lost<'_>, depth: u32) -> bool {
    const WORD: isize = size_of::<usize>() as isize;
    const BASE: isize = size_of::<ffi::PyBaseExceptionObject>() as isize;
    // SAFETY: all exceptions begin with the fields of the base class, whose `args` is a tuple; those of builtin classes that are larger
    // by one or two words hold objects there.
    unsafe {
        if !is_plain(object, ty) {
            return false;
        }
        let own = ((*ty).tp_basicsize - BASE) / WORD;
        if own != 0 {
            let known = [(ffi::PyExc_StopIteration, 1), (ffi::PyExc_NameError, 1), (ffi::PyExc_AttributeError, 2)];
            if !known.iter().any(|&(class, words)| std::ptr::eq(class.cast(), ty) && own == words) {
                return false;
            }
        }
        let exception = &*object.cast::<ffi::PyBaseExceptionObject>();
        let own_fields = object.cast::<u8>().offset(BASE).cast::<*mut PyObject>();
        (0..own).all(|index| lost.reference(own_fields.offset(index).read(), depth))
            && arguments_are_silent(exception.args, lost, depth)
            && [exception.dict, exception.notes, exception.context, exception.cause].into_iter().all(|field| lost.reference(field, depth))
            && traceback_is_silent(exception.traceback, lost, depth)
    }
}

/// True for builtin classes of exceptions and those derived in Python that have no finalizer, if nothing watches the object.
///
/// # Safety
///
/// `object` is an exception of class `ty`.
unsafe fn is_plain(object: *mut PyObject, ty: *mut PyTypeObject) -> bool {
    // SAFETY: as the caller says; derived classes have a base.
    unsafe {
        let class = &*ty;
        let flags = class.tp_flags as u64;
        let derived = flags & ffi::Py_TPFLAGS_HEAPTYPE as u64 != 0;
        let same_fields = !derived || class.tp_basicsize == size_of::<ffi::PyBaseExceptionObject>() as isize;
        !is_watched(object, class) && class.tp_finalize.is_none() && class.tp_del.is_none() && same_fields
    }
}

/// # Safety
///
/// `args` is NULL or a tuple.
unsafe fn arguments_are_silent(args: *mut PyObject, lost: &mut Lost<'_>, depth: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        if args.is_null() || Py_REFCNT(args) != 1 || ffi::PyTuple_CheckExact(args) == 0 {
            return lost.reference(args, depth);
        }
        lost.spend(ffi::PyTuple_GET_SIZE(args) as usize) && (0..ffi::PyTuple_GET_SIZE(args)).all(|index| lost.reference(ffi::PyTuple_GET_ITEM(args, index), depth))
    }
}

/// # Safety
///
/// `traceback` is NULL, or a traceback that loses one reference.
unsafe fn traceback_is_silent(traceback: *mut PyObject, lost: &mut Lost<'_>, depth: u32) -> bool {
    let mut at = traceback.cast::<ffi::PyTracebackObject>();
    // SAFETY: a traceback keeps the next one and its frame object alive.
    unsafe {
        while !at.is_null() && Py_REFCNT(at.cast()) == 1 {
            if !frame_is_silent((*at).tb_frame.cast(), lost, depth) {
                return false;
            }
            at = (*at).tb_next;
        }
    }
    true
}

/// True if losing references to the frame object, perhaps all, runs no Python code.
///
/// # Safety
///
/// `object` is an alive frame object.
unsafe fn frame_is_silent(object: *mut PyObject, lost: &mut Lost<'_>, depth: u32) -> bool {
    // SAFETY: a frame object shows a frame; what it shows when nobody runs the frame any more belongs to it alone.
    unsafe {
        let base = object.cast::<u8>();
        let Some(frame) = Frame::from_ptr(read(base, offsets::FRAME_OBJECT_FRAME)) else { return false };
        if frame.owner() != Owner::FrameObject {
            // The frame keeps it.
            return true;
        }
        let noted = (offsets::FRAME_OBJECT_EXTRA_LOCALS..offsets::FRAME_OBJECT_DATA).step_by(size_of::<usize>());
        let back: *mut PyObject = read(base, offsets::FRAME_OBJECT_BACK);
        read::<usize>(base, offsets::FRAME_OBJECT_TRACE) == 0
            && noted.into_iter().all(|offset| read::<usize>(base, offset) == 0)
            && (back.is_null() || Py_REFCNT(back) > 1)
            && lost.spend(frame.stack_top())
            && lost.reference(frame.function(), depth)
            && lost.reference(frame.executable(), depth)
            && (0..frame.stack_top()).all(|index| lost.reference(frame.slot(index).borrow(), depth))
    }
}
