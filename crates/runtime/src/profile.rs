//! Which types the objects had that failed type guards, by instruction.
//!
//! Types are held weakly: a profile keeps no class alive, and a class that died is not told to the compiler.

use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::ffi::{
    Py_DECREF, PyErr_Clear, PyErr_GetRaisedException, PyErr_SetRaisedException, PyObject, PyTypeObject,
    PyWeakref_NewRef, compat::PyWeakref_GetRef,
};

/// A type that may die. Made, used and dropped with the GIL held.
#[derive(Debug)]
struct WeakType {
    /// The weak reference object, owned. All weak references without callback to one living type are the same object.
    reference: *mut PyObject,
}

impl WeakType {
    /// A weak reference to a type; `None` if memory is short. Keeps a raised exception, and runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; the type is alive.
    unsafe fn new(kind: *mut PyTypeObject) -> Option<WeakType> {
        // SAFETY: the type is alive.
        unsafe {
            let raised = PyErr_GetRaisedException();
            let reference = PyWeakref_NewRef(kind.cast(), std::ptr::null_mut());
            if reference.is_null() {
                PyErr_Clear();
            }
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
            (!reference.is_null()).then_some(WeakType { reference })
        }
    }

    /// Calls `f` with the type, which stays alive meanwhile, unless it is dead.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    unsafe fn with<T>(&self, f: impl FnOnce(*mut PyTypeObject) -> T) -> Option<T> {
        let mut kind: *mut PyObject = std::ptr::null_mut();
        // SAFETY: the reference is a weak reference to a type; the new reference is given up after its use.
        unsafe {
            if PyWeakref_GetRef(self.reference, &mut kind) <= 0 {
                return None;
            }
            let result = f(kind.cast());
            Py_DECREF(kind);
            Some(result)
        }
    }
}

impl Drop for WeakType {
    fn drop(&mut self) {
        // SAFETY: the reference is ours; profiles are dropped with the GIL held. Weak references without callback run no code.
        unsafe { Py_DECREF(self.reference) };
    }
}

/// The types seen at one instruction.
#[derive(Debug)]
struct Site {
    offset: u32,
    /// With their counts; at most [`SeenExit::MAX_TYPES`].
    types: Vec<(WeakType, u32)>,
}

impl Site {
    fn add(&mut self, kind: WeakType) {
        if let Some((_, count)) = self.types.iter_mut().find(|(known, _)| known.reference == kind.reference) {
            *count = count.saturating_add(1);
            return;
        }
        if self.types.len() >= SeenExit::MAX_TYPES {
            // SAFETY: the GIL is held, as for all of the profile.
            self.types.retain(|(known, _)| unsafe { known.with(|_| ()) }.is_some());
        }
        if self.types.len() < SeenExit::MAX_TYPES {
            self.types.push((kind, 1));
        } else if let Some((rarest, count)) = self.types.iter_mut().min_by_key(|(_, count)| *count) {
            // Types that were frequent long ago make room in time.
            *count -= 1;
            if *count == 0 {
                *rarest = kind;
                *count = 1;
            }
        }
    }
}

/// The types seen in one code object.
#[derive(Debug, Default)]
pub struct TypeProfile {
    sites: Vec<Site>,
}

impl TypeProfile {
    /// Counts a type at an instruction. Keeps a raised exception, and runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; the type is alive.
    pub unsafe fn add(&mut self, offset: u32, kind: *mut PyTypeObject) {
        // SAFETY: as the caller says.
        let Some(kind) = (unsafe { WeakType::new(kind) }) else { return };
        match self.sites.iter_mut().find(|site| site.offset == offset) {
            Some(site) => site.add(kind),
            None => self.sites.push(Site { offset, types: vec![(kind, 1)] }),
        }
    }

    /// Calls `f` with each living type seen at an instruction, most frequent first. The types are alive during the call.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn for_each(&self, offset: u32, mut f: impl FnMut(*mut PyTypeObject)) {
        let Some(site) = self.sites.iter().find(|site| site.offset == offset) else { return };
        let mut types: Vec<&(WeakType, u32)> = site.types.iter().collect();
        types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (kind, _) in types {
            // SAFETY: the GIL is held.
            unsafe { kind.with(&mut f) };
        }
    }
}
