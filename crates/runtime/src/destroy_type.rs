//! What the type of an object says about its destruction.

use crate::session::session;
use std::ffi::CStr;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, traverseproc};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::symbols::{PyMethod_Type, PyZip_Type};

/// `MANAGED_WEAKREF_OFFSET` of `pycore_object.h`: four words before the object.
pub(crate) const MANAGED_WEAKREF: isize = -4 * (size_of::<usize>() as isize);
/// `Py_TPFLAGS_MANAGED_WEAKREF`.
const MANAGED_WEAKREF_FLAG: u64 = 1 << 3;

/// How an object is destroyed.
pub(crate) enum Destruction {
    /// It refers to nothing.
    Leaf,
    /// It gives up the references that its type's traversal visits, and does nothing else.
    Traversed(traverseproc),
    /// In a way that is not known, or one that runs Python code.
    Unknown,
}

impl Destruction {
    /// Of an object of that type, for which [`is_leaf`] does not hold.
    ///
    /// # Safety
    ///
    /// `ty` is the type of `object`, which is intact.
    pub(crate) unsafe fn of(object: *mut PyObject, ty: *mut PyTypeObject) -> Destruction {
        // SAFETY: as the caller says.
        unsafe {
            let class = &*ty;
            let flags = class.tp_flags as u64;
            let watched = |offset: isize| offset != 0 && object.cast::<u8>().offset(offset).cast::<usize>().read() != 0;
            if class.tp_del.is_some()
                || watched(class.tp_weaklistoffset)
                || flags & MANAGED_WEAKREF_FLAG != 0 && watched(MANAGED_WEAKREF)
            {
                return Destruction::Unknown;
            }
            let known = if std::ptr::eq(ty, &raw mut ffi::PyGen_Type) {
                // Nothing is left to be closed.
                read::<i8>(object.cast(), offsets::GEN_FRAME_STATE) == GEN_CLEARED
            } else {
                class.tp_finalize.is_none() && (is_python_class(ty) || is_container(ty) || is_imported_container(class))
            };
            match class.tp_traverse {
                _ if !known => if class.tp_finalize.is_none() && is_imported_leaf(class) { Destruction::Leaf } else { Destruction::Unknown },
                _ if flags & ffi::Py_TPFLAGS_HAVE_GC as u64 == 0 => Destruction::Leaf,
                Some(traverse) => Destruction::Traversed(traverse),
                None => Destruction::Unknown,
            }
        }
    }
}

/// `gi_frame_state` of a generator whose frame is gone.
#[expect(clippy::cast_possible_truncation, reason = "frame states are small")]
const GEN_CLEARED: i8 = offsets::GEN_FRAME_CLEARED as i8;

/// Builtin types whose instances refer to nothing that has a finalizer and cannot be watched by weak references.
#[inline]
pub(crate) fn is_leaf(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyBytes_Type,
        &raw mut ffi::PyComplex_Type,
        &raw mut ffi::PyRange_Type,
        &raw mut ffi::PyRangeIter_Type,
    ]
    .contains(&ty)
}

/// Builtin types whose instances give up what they refer to and do nothing else.
fn is_container(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PyTuple_Type,
        &raw mut ffi::PyDict_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyFrozenSet_Type,
        &raw mut ffi::PyFunction_Type,
        &raw mut PyMethod_Type,
        &raw mut ffi::PyCell_Type,
        &raw mut ffi::PyDictItems_Type,
        &raw mut ffi::PyDictKeys_Type,
        &raw mut ffi::PyDictValues_Type,
        &raw mut ffi::PyDictIterItem_Type,
        &raw mut ffi::PyDictIterKey_Type,
        &raw mut ffi::PyDictIterValue_Type,
        &raw mut ffi::PySetIter_Type,
        &raw mut ffi::PyUnicodeIter_Type,
        &raw mut ffi::PyBytesIter_Type,
        &raw mut ffi::PySeqIter_Type,
        &raw mut ffi::PyListRevIter_Type,
        &raw mut ffi::PyReversed_Type,
        &raw mut ffi::PyEnum_Type,
        &raw mut PyZip_Type,
        &raw mut ffi::PyMap_Type,
        &raw mut ffi::PyFilter_Type,
        &raw mut ffi::PyDictProxy_Type,
    ]
    .contains(&ty)
}

/// [`is_leaf`] for types of modules that the program may have imported, by the names that their C sources give them.
///
/// # Safety
///
/// The type is alive.
unsafe fn is_imported_leaf(class: &PyTypeObject) -> bool {
    // SAFETY: an alive type has a name.
    is_builtin(class) && matches!(unsafe { CStr::from_ptr(class.tp_name) }.to_bytes(), b"decimal.Decimal" | b"datetime.date" | b"datetime.timedelta")
}

/// [`is_container`] for such types.
///
/// # Safety
///
/// The type is alive.
unsafe fn is_imported_container(class: &PyTypeObject) -> bool {
    // SAFETY: an alive type has a name.
    let name = unsafe { CStr::from_ptr(class.tp_name) }.to_bytes();
    let known = [&b"collections.deque"[..], b"_collections._deque_iterator", b"functools.partial", b"re.Match", b"re.Pattern"];
    is_builtin(class) && (name.starts_with(b"itertools.") || known.contains(&name))
}

/// True for types that a program cannot change.
fn is_builtin(class: &PyTypeObject) -> bool {
    let flags = class.tp_flags as u64;
    flags & ffi::Py_TPFLAGS_HEAPTYPE as u64 == 0 || flags & ffi::Py_TPFLAGS_IMMUTABLETYPE as u64 != 0
}

/// True for classes made in Python, unless they derive from a builtin type whose instances are destroyed in a way that is not known.
///
/// # Safety
///
/// `ty` is an alive type.
unsafe fn is_python_class(ty: *mut PyTypeObject) -> bool {
    let Some(session) = session() else { return false };
    let is_made_in_python = |ty: &PyTypeObject| ty.tp_dealloc.is_some_and(|dealloc| dealloc as usize == session.python_dealloc);
    // SAFETY: as the caller says; a type's base is alive as long as it.
    unsafe {
        if !is_made_in_python(&*ty) {
            return false;
        }
        let mut base = ty;
        while is_made_in_python(&*base) {
            base = (*base).tp_base;
            if base.is_null() {
                return false;
            }
        }
        std::ptr::eq(base, &raw mut ffi::PyBaseObject_Type) || is_leaf(base) || is_container(base)
    }
}
