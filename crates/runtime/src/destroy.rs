//! Which objects can be destroyed without anybody looking: then no frames need to be built for it.

use crate::destroy_exception::exception_is_silent;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, Py_REFCNT, Py_TYPE};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;

/// Containers in containers that are looked into.
const DEPTH: u32 = 3;
/// `MANAGED_WEAKREF_OFFSET` of `pycore_object.h`: four words before the object.
pub(crate) const MANAGED_WEAKREF: isize = -4 * (size_of::<usize>() as isize);
/// Size of an instance without slots.
const PLAIN_SIZE: isize = size_of::<PyObject>() as isize;

/// True if destroying the object, which nobody refers to any more, runs no Python code.
///
/// # Safety
///
/// The GIL is held and the object's contents are intact.
pub unsafe fn is_silent(object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { silent(object, DEPTH) }
}

/// [`is_silent`], looking into that many containers in containers.
///
/// # Safety
///
/// As for [`is_silent`].
pub(crate) unsafe fn silent(object: *mut PyObject, depth: u32) -> bool {
    // SAFETY: fields are read according to the exact type of the object.
    unsafe {
        let ty = Py_TYPE(object);
        let is = |known: *mut PyTypeObject| std::ptr::eq(ty, known);
        let items = |first: *const *mut PyObject, count: usize| {
            (0..count).all(|index| survives_or_silent(first.add(index).read(), depth))
        };
        let base = object.cast::<u8>();
        if is(&raw mut ffi::PyList_Type) {
            return items(read(base, offsets::LIST_ITEMS), read::<usize>(base, offsets::OB_SIZE));
        }
        if is(&raw mut ffi::PyTuple_Type) {
            return items(base.add(offsets::TUPLE_ITEMS).cast(), read::<usize>(base, offsets::OB_SIZE));
        }
        if is(&raw mut ffi::PySlice_Type) {
            return items(base.add(offsets::SLICE_START).cast(), 3);
        }
        if is(&raw mut ffi::PyCell_Type) {
            return items(base.add(offsets::CELL_VALUE).cast(), 1);
        }
        if is(&raw mut ffi::PyListIter_Type) {
            return items(base.add(offsets::LIST_ITER_SEQ).cast(), 1);
        }
        if is(&raw mut ffi::PyTupleIter_Type) {
            return items(base.add(offsets::TUPLE_ITER_SEQ).cast(), 1);
        }
        if (*ty).tp_flags as u64 & ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS as u64 != 0 {
            return exception_is_silent(object, ty, depth);
        }
        is_leaf(ty) || is_plain_instance(ty) && plain_instance_is_silent(base, ty, depth)
    }
}

/// True if the object outlives the loss of one reference, or goes silently.
///
/// # Safety
///
/// `object` is NULL or alive.
unsafe fn survives_or_silent(object: *mut PyObject, depth: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe { object.is_null() || is_immortal(object) || Py_REFCNT(object) > 1 || depth > 0 && silent(object, depth - 1) }
}

/// Types whose instances refer to nothing and cannot be watched by weak references.
pub(crate) fn is_leaf(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyBytes_Type,
        &raw mut ffi::PyComplex_Type,
    ]
    .contains(&ty)
}

/// True for classes without `__del__`, `__slots__` and builtin bases other than `object`, whose instances keep their attributes inline.
///
/// # Safety
///
/// `ty` is an alive type.
unsafe fn is_plain_instance(ty: *mut PyTypeObject) -> bool {
    const INLINE_VALUES: u64 = 1 << 2;
    // SAFETY: as the caller says; a type's base is alive as long as it.
    unsafe {
        let plain = |ty: &PyTypeObject| {
            ty.tp_flags as u64 & ffi::Py_TPFLAGS_HEAPTYPE as u64 != 0 && ty.tp_basicsize == PLAIN_SIZE && ty.tp_itemsize == 0
        };
        let class = &*ty;
        if class.tp_flags as u64 & INLINE_VALUES == 0 || class.tp_finalize.is_some() || class.tp_del.is_some() {
            return false;
        }
        let mut base = ty;
        while !std::ptr::eq(base, &raw mut ffi::PyBaseObject_Type) {
            if base.is_null() || !plain(&*base) {
                return false;
            }
            base = (*base).tp_base;
        }
        true
    }
}

/// # Safety
///
/// `base` is an instance of `ty`, for which [`is_plain_instance`] holds.
unsafe fn plain_instance_is_silent(base: *mut u8, ty: *mut PyTypeObject, depth: u32) -> bool {
    const MANAGED_WEAKREF_FLAG: u64 = 1 << 3;
    // SAFETY: such instances have their dictionary and weak references before them, and their values behind them.
    unsafe {
        let word_before = |offset: isize| base.offset(offset).cast::<usize>().read();
        if (*ty).tp_flags as u64 & MANAGED_WEAKREF_FLAG != 0 && word_before(MANAGED_WEAKREF) != 0 {
            return false;
        }
        let values = base.offset(PLAIN_SIZE);
        if word_before(offsets::MANAGED_DICT) != 0 || values.add(offsets::VALUES_VALID).read() == 0 {
            return false;
        }
        // The first byte of the values is their number.
        let first = values.add(offsets::VALUES_ITEMS).cast::<*mut PyObject>();
        (0..usize::from(values.read())).all(|index| survives_or_silent(first.add(index).read(), depth))
    }
}
