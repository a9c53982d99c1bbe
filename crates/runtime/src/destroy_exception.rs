//! Exceptions, tracebacks and frame objects that can be destroyed without anybody looking.

use crate::destroy::{MANAGED_WEAKREF, is_leaf, silent};
use whipsnake_cpython::ffi::{self, Py_REFCNT, Py_TYPE, PyObject, PyTypeObject};
use whipsnake_cpython::frame::Owner;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::slot::is_immortal;
use whipsnake_cpython::{Frame, offsets};

/// Objects with several references that are looked at.
const MAX_SHARED: usize = 24;

/// References that go with the exception. Objects may lose more than one of them.
struct Lost {
    shared: [*mut PyObject; MAX_SHARED],
    count: usize,
    depth: u32,
}

impl Lost {
    /// Counts a reference. False if destroying what it leads to may run Python code.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive.
    unsafe fn reference(&mut self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            if object.is_null() || is_immortal(object) || is_leaf(Py_TYPE(object)) {
                return true;
            }
            if Py_REFCNT(object) == 1 {
                return self.goes_silently(object);
            }
        }
        if self.count < MAX_SHARED {
            self.shared[self.count] = object;
            self.count += 1;
            return true;
        }
        false
    }

    /// True if each of the shared objects outlives the loss of all these references, or goes silently.
    ///
    /// # Safety
    ///
    /// The objects are alive.
    unsafe fn all_fine(&self) -> bool {
        let shared = &self.shared[..self.count];
        shared.iter().all(|&object| {
            let lost = shared.iter().filter(|&&other| std::ptr::eq(object, other)).count();
            // SAFETY: as the caller says.
            unsafe { lost < Py_REFCNT(object) as usize || self.goes_silently(object) }
        })
    }

    /// # Safety
    ///
    /// `object` is alive.
    unsafe fn goes_silently(&self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        self.depth > 0 && unsafe { silent(object, self.depth - 1) }
    }
}

/// True if destroying the exception runs no Python code.
///
/// # Safety
///
/// `object` is an exception of class `ty`.
pub(crate) unsafe fn exception_is_silent(object: *mut PyObject, ty: *mut PyTypeObject, depth: u32) -> bool {
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
        let mut lost = Lost { shared: [std::ptr::null_mut(); MAX_SHARED], count: 0, depth };
        let exception = &*object.cast::<ffi::PyBaseExceptionObject>();
        let own_fields = object.cast::<u8>().offset(BASE).cast::<*mut PyObject>();
        (0..own).all(|index| lost.reference(own_fields.offset(index).read()))
            && arguments_are_silent(exception.args, &mut lost)
            && [exception.dict, exception.notes, exception.context, exception.cause].into_iter().all(|field| lost.reference(field))
            && traceback_is_silent(exception.traceback, &mut lost)
            && lost.all_fine()
    }
}

/// True for builtin classes of exceptions and those derived in Python that have no finalizer, if nothing watches the object.
///
/// # Safety
///
/// `object` is an exception of class `ty`.
unsafe fn is_plain(object: *mut PyObject, ty: *mut PyTypeObject) -> bool {
    const MANAGED_WEAKREF_FLAG: u64 = 1 << 3;
    // SAFETY: as the caller says; derived classes have a base.
    unsafe {
        let class = &*ty;
        let flags = class.tp_flags as u64;
        let watched = flags & MANAGED_WEAKREF_FLAG != 0
            && object.cast::<u8>().offset(MANAGED_WEAKREF).cast::<usize>().read() != 0;
        let derived = flags & ffi::Py_TPFLAGS_HEAPTYPE as u64 != 0;
        let same_fields = !derived || class.tp_basicsize == size_of::<ffi::PyBaseExceptionObject>() as isize;
        !watched && class.tp_finalize.is_none() && class.tp_del.is_none() && same_fields
    }
}

/// # Safety
///
/// `args` is NULL or a tuple.
unsafe fn arguments_are_silent(args: *mut PyObject, lost: &mut Lost) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        if args.is_null() || Py_REFCNT(args) != 1 || ffi::PyTuple_CheckExact(args) == 0 {
            return lost.reference(args);
        }
        (0..ffi::PyTuple_GET_SIZE(args)).all(|index| lost.reference(ffi::PyTuple_GET_ITEM(args, index)))
    }
}

/// # Safety
///
/// `traceback` is NULL, or a traceback that loses one reference.
unsafe fn traceback_is_silent(traceback: *mut PyObject, lost: &mut Lost) -> bool {
    let mut at = traceback.cast::<ffi::PyTracebackObject>();
    // SAFETY: a traceback keeps the next one and its frame object alive.
    unsafe {
        while !at.is_null() && Py_REFCNT(at.cast()) == 1 {
            if !frame_is_silent((*at).tb_frame.cast(), lost) {
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
unsafe fn frame_is_silent(object: *mut PyObject, lost: &mut Lost) -> bool {
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
            && lost.reference(frame.function())
            && lost.reference(frame.executable())
            && (0..frame.stack_top()).all(|index| lost.reference(frame.slot(index).borrow()))
    }
}
