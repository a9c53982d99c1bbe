//! Which objects can be destroyed without anybody looking: then no frames need to be built for it.

use crate::destroy_exception::exception_is_silent;
use std::ffi::CStr;
use std::ptr::null_mut;
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
/// Objects with several references that are told apart.
const MAX_SHARED: usize = 24;

/// True if destroying the object, which nobody refers to any more, runs no Python code.
///
/// # Safety
///
/// The GIL is held and the object's contents are intact.
pub unsafe fn is_silent(object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        if is_leaf(Py_TYPE(object)) {
            return true;
        }
        let mut lost = Lost { shared: [Shared::NONE; MAX_SHARED], count: 0, references: 0, least: usize::MAX };
        lost.contents(object, DEPTH) && lost.all_fine()
    }
}

/// An object that loses a reference and has others.
#[derive(Clone, Copy)]
struct Shared {
    object: *mut PyObject,
    depth: u32,
    lost: usize,
    /// It loses all of them, and what it refers to has been counted.
    dies: bool,
}

impl Shared {
    const NONE: Shared = Shared { object: std::ptr::null_mut(), depth: 0, lost: 0, dies: false };
}

/// References that go with an object. Others may lose more than one of them.
pub(crate) struct Lost {
    shared: [Shared; MAX_SHARED],
    count: usize,
    /// References counted, of all shared objects.
    references: usize,
    /// Fewest references that a shared object has.
    least: usize,
}

impl Lost {
    /// Counts a reference. False if destroying what it leads to may run Python code.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive.
    pub(crate) unsafe fn reference(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            if object.is_null() || is_immortal(object) || is_leaf(Py_TYPE(object)) {
                return true;
            }
            let references = Py_REFCNT(object) as usize;
            if references == 1 {
                return depth > 0 && self.contents(object, depth - 1);
            }
            self.references += 1;
            self.least = self.least.min(references);
        }
        let known = self.shared[..self.count.min(MAX_SHARED)].iter_mut().find(|shared| std::ptr::eq(shared.object, object));
        if let Some(shared) = known {
            shared.lost += 1;
        } else {
            if self.count < MAX_SHARED {
                self.shared[self.count] = Shared { object, depth, lost: 1, dies: false };
            }
            self.count += 1;
        }
        true
    }

    /// True if each of the shared objects outlives the loss of all these references, or goes silently.
    ///
    /// # Safety
    ///
    /// The objects are alive.
    unsafe fn all_fine(&mut self) -> bool {
        loop {
            if self.references < self.least {
                return true;
            }
            if self.count > MAX_SHARED {
                return false;
            }
            // SAFETY: as the caller says.
            let dying = |shared: &&mut Shared| !shared.dies && unsafe { shared.lost >= Py_REFCNT(shared.object) as usize };
            let Some(shared) = self.shared[..self.count].iter_mut().find(dying) else { return true };
            shared.dies = true;
            let (object, depth) = (shared.object, shared.depth);
            // SAFETY: as the caller says.
            if depth == 0 || !unsafe { self.contents(object, depth - 1) } {
                return false;
            }
        }
    }

    /// Counts what goes with an object that is destroyed. False if that may run Python code.
    ///
    /// # Safety
    ///
    /// The object's contents are intact.
    unsafe fn contents(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: fields are read according to the exact type of the object.
        unsafe {
            let ty = Py_TYPE(object);
            let is = |known: *mut PyTypeObject| std::ptr::eq(ty, known);
            let base = object.cast::<u8>();
            if is(&raw mut ffi::PyList_Type) {
                return self.items(read(base, offsets::LIST_ITEMS), read::<usize>(base, offsets::OB_SIZE), depth);
            }
            if is(&raw mut ffi::PyTuple_Type) {
                return self.items(base.add(offsets::TUPLE_ITEMS).cast(), read::<usize>(base, offsets::OB_SIZE), depth);
            }
            if is(&raw mut ffi::PyDict_Type) {
                return self.entries(object, depth);
            }
            if is(&raw mut ffi::PySet_Type) || is(&raw mut ffi::PyFrozenSet_Type) {
                let set = &*object.cast::<ffi::PySetObject>();
                return set.weakreflist.is_null()
                    && (0..=set.mask as usize).all(|index| self.reference((*set.table.add(index)).key, depth));
            }
            if is(&raw mut ffi::PySlice_Type) {
                return self.items(base.add(offsets::SLICE_START).cast(), 3, depth);
            }
            if is(&raw mut ffi::PyCell_Type) {
                return self.items(base.add(offsets::CELL_VALUE).cast(), 1, depth);
            }
            if is(&raw mut ffi::PyListIter_Type) {
                return self.items(base.add(offsets::LIST_ITER_SEQ).cast(), 1, depth);
            }
            if is(&raw mut ffi::PyTupleIter_Type) {
                return self.items(base.add(offsets::TUPLE_ITER_SEQ).cast(), 1, depth);
            }
            if is(&raw mut ffi::PyCFunction_Type) {
                let function = &*object.cast::<ffi::PyCFunctionObject>();
                return function.m_weakreflist.is_null()
                    && self.reference(function.m_self, depth)
                    && self.reference(function.m_module, depth);
            }
            if (*ty).tp_flags as u64 & ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS as u64 != 0 {
                return exception_is_silent(object, ty, self, depth);
            }
            is_leaf(ty) || is_plain_instance(ty) && self.plain_instance(base, ty, depth)
        }
    }

    /// # Safety
    ///
    /// `first` leads to that many objects or NULLs.
    unsafe fn items(&mut self, first: *const *mut PyObject, count: usize, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe { (0..count).all(|index| self.reference(first.add(index).read(), depth)) }
    }

    /// # Safety
    ///
    /// `dict` is a dict.
    unsafe fn entries(&mut self, dict: *mut PyObject, depth: u32) -> bool {
        let (mut position, mut key, mut value) = (0, null_mut(), null_mut());
        // SAFETY: as the caller says; nothing changes the dict meanwhile.
        unsafe {
            while ffi::PyDict_Next(dict, &raw mut position, &raw mut key, &raw mut value) != 0 {
                if !self.reference(key, depth) || !self.reference(value, depth) {
                    return false;
                }
            }
        }
        true
    }

    /// # Safety
    ///
    /// `base` is an instance of `ty`, for which [`is_plain_instance`] holds.
    unsafe fn plain_instance(&mut self, base: *mut u8, ty: *mut PyTypeObject, depth: u32) -> bool {
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
            self.items(first, usize::from(values.read()), depth)
        }
    }
}

/// Types whose instances refer to nothing that has a finalizer and cannot be watched by weak references.
pub(crate) fn is_leaf(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyBytes_Type,
        &raw mut ffi::PyComplex_Type,
        &raw mut ffi::PyRange_Type,
    ]
    .contains(&ty)
        // SAFETY: objects' types are alive.
        || unsafe { is_imported_leaf(&*ty) }
}

/// [`is_leaf`] for types of modules that the program may have imported, by the names that their C sources give them.
///
/// # Safety
///
/// The type's name is valid.
unsafe fn is_imported_leaf(ty: &PyTypeObject) -> bool {
    const NAMES: [&CStr; 3] = [c"decimal.Decimal", c"datetime.date", c"datetime.timedelta"];
    let flags = ty.tp_flags as u64;
    // Classes written in Python can be changed.
    let builtin = flags & ffi::Py_TPFLAGS_HEAPTYPE as u64 == 0 || flags & ffi::Py_TPFLAGS_IMMUTABLETYPE as u64 != 0;
    builtin
        && ty.tp_weaklistoffset == 0
        && ty.tp_finalize.is_none()
        && ty.tp_del.is_none()
        // SAFETY: as the caller says.
        && unsafe { NAMES.contains(&CStr::from_ptr(ty.tp_name)) }
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
