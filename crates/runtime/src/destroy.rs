//! Which objects can be destroyed without anybody looking: then no frames need to be built for it.

use crate::destroy_exception::exception_is_silent;
use crate::destroy_type::{Destruction, is_leaf};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, Py_REFCNT, Py_TYPE};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;

/// Containers in containers that are looked into.
const DEPTH: u32 = 3;
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
        let mut lost = Lost { shared: [Shared::NONE; MAX_SHARED], count: 0, references: 0, least: usize::MAX };
        is_leaf(Py_TYPE(object)) || lost.contents(object, DEPTH) && lost.all_fine()
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
            match Destruction::of(object, ty) {
                Destruction::Leaf => true,
                Destruction::Traversed(traverse) => self.traversed(object, traverse, depth),
                Destruction::Unknown => false,
            }
        }
    }

    /// Counts what a type's own traversal, which the garbage collector uses, visits.
    ///
    /// # Safety
    ///
    /// `traverse` is that of the object's type.
    unsafe fn traversed(&mut self, object: *mut PyObject, traverse: ffi::traverseproc, depth: u32) -> bool {
        struct Visit<'a> {
            lost: &'a mut Lost,
            depth: u32,
        }

        /// # Safety
        ///
        /// `visit` is a `Visit`; `object` is alive.
        unsafe extern "C" fn visit(object: *mut PyObject, visit: *mut c_void) -> c_int {
            // SAFETY: as the caller says.
            unsafe {
                let visit = &mut *visit.cast::<Visit<'_>>();
                c_int::from(!visit.lost.reference(object, visit.depth))
            }
        }

        let mut state = Visit { lost: self, depth };
        // SAFETY: traversing changes nothing and runs no Python code; it ends with the first answer that is not 0.
        unsafe { traverse(object, visit, (&raw mut state).cast()) == 0 }
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
}
