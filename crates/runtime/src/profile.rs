//! Which types objects were seen to have: those that failed type guards, by instruction, and operands that the interpreter's
//! feedback does not tell, by operand.
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

/// A type with how often it was seen.
#[derive(Debug)]
struct Seen {
    kind: WeakType,
    count: u32,
    /// Type code of arrays, if it was always the same; else 0.
    format: u8,
}

/// The types seen in one place.
#[derive(Debug)]
struct Site {
    key: u32,
    /// At most [`SeenExit::MAX_TYPES`].
    types: Vec<Seen>,
}

impl Site {
    fn add(&mut self, kind: WeakType, format: u8) {
        if let Some(seen) = self.types.iter_mut().find(|seen| seen.kind.reference == kind.reference) {
            seen.count = seen.count.saturating_add(1);
            if seen.format != format {
                seen.format = 0;
            }
            return;
        }
        if self.types.len() >= SeenExit::MAX_TYPES {
            // SAFETY: the GIL is held, as for all of the profile.
            self.types.retain(|seen| unsafe { seen.kind.with(|_| ()) }.is_some());
        }
        let new = Seen { kind, count: 1, format };
        if self.types.len() < SeenExit::MAX_TYPES {
            self.types.push(new);
        } else if let Some(rarest) = self.types.iter_mut().min_by_key(|seen| seen.count) {
            // Types that were frequent long ago make room in time.
            rarest.count -= 1;
            if rarest.count == 0 {
                *rarest = new;
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
    /// Counts a type in a place, with the type code of an array or 0. Keeps a raised exception, and runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; the type is alive.
    pub unsafe fn add(&mut self, key: u32, kind: *mut PyTypeObject, format: u8) {
        // SAFETY: as the caller says.
        let Some(kind) = (unsafe { WeakType::new(kind) }) else { return };
        match self.sites.iter_mut().find(|site| site.key == key) {
            Some(site) => site.add(kind, format),
            None => self.sites.push(Site { key, types: vec![Seen { kind, count: 1, format }] }),
        }
    }

    /// Calls `f` with each living type seen in a place and the type code of arrays, most frequent first. The types are alive during
    /// the call.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn for_each(&self, key: u32, mut f: impl FnMut(*mut PyTypeObject, u8)) {
        let Some(site) = self.sites.iter().find(|site| site.key == key) else { return };
        let mut types: Vec<&Seen> = site.types.iter().collect();
        types.sort_by_key(|seen| std::cmp::Reverse(seen.count));
        for seen in types {
            // SAFETY: the GIL is held.
            unsafe { seen.kind.with(|kind| f(kind, seen.format)) };
        }
    }

    /// The places at which types were seen.
    pub fn keys(&self) -> Vec<u32> {
        self.sites.iter().map(|site| site.key).collect()
    }
}
