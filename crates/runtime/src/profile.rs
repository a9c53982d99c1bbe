//! Which types objects were seen to have: those that failed type guards, by instruction, and operands that the interpreter's
//! feedback does not tell, by operand. Of what is called there, which function it was.
//!
//! Types and functions are held weakly: a profile keeps none alive, and what died is not told to the compiler.

use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::ffi::{
    Py_DECREF, PyErr_Clear, PyErr_GetRaisedException, PyErr_SetRaisedException, PyObject, PyTypeObject,
    PyWeakref_NewRef, compat::PyWeakref_GetRef,
};

/// An object that may die. Made, used and dropped with the GIL held.
#[derive(Debug)]
struct Weak {
    /// The weak reference object, owned. All weak references without callback to one living object are the same object.
    reference: *mut PyObject,
}

impl Weak {
    /// A weak reference to a type or function; `None` if memory is short. Keeps a raised exception, and runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; the object is alive.
    unsafe fn new(object: *mut PyObject) -> Option<Weak> {
        // SAFETY: the object is alive.
        unsafe {
            let raised = PyErr_GetRaisedException();
            let reference = PyWeakref_NewRef(object, std::ptr::null_mut());
            if reference.is_null() {
                PyErr_Clear();
            }
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
            (!reference.is_null()).then_some(Weak { reference })
        }
    }

    /// Calls `f` with the object, which stays alive meanwhile, unless it is dead.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    unsafe fn with<T>(&self, f: impl FnOnce(*mut PyObject) -> T) -> Option<T> {
        let mut object: *mut PyObject = std::ptr::null_mut();
        // SAFETY: the reference is a weak reference; the new reference is given up after its use.
        unsafe {
            if PyWeakref_GetRef(self.reference, &mut object) <= 0 {
                return None;
            }
            let result = f(object);
            Py_DECREF(object);
            Some(result)
        }
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        // SAFETY: the reference is ours; profiles are dropped with the GIL held. Weak references without callback run no code.
        unsafe { Py_DECREF(self.reference) };
    }
}

/// What is told of an object.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Its type.
    pub kind: *mut PyTypeObject,
    /// Type code of an array, or the number of items of a tuple, list or dict and 1; else 0.
    pub format: u8,
    /// The object if it is a function, and the function of a method; else NULL.
    pub function: *mut PyObject,
}

/// Functions of different code that are remembered of one place.
const MOST_FUNCTIONS: usize = 4;

/// The functions that were seen.
#[derive(Debug)]
enum Functions {
    /// None, or too many.
    Unknown,
    /// The last one of each code.
    Few(Vec<Weak>),
}

impl Functions {
    /// # Safety
    ///
    /// The GIL is held; the function is alive, or NULL.
    unsafe fn new(function: *mut PyObject) -> Functions {
        // SAFETY: as the caller says.
        let weak = if function.is_null() { None } else { unsafe { Weak::new(function) } };
        weak.map_or(Functions::Unknown, |weak| Functions::Few(vec![weak]))
    }

    /// # Safety
    ///
    /// As for [`Self::new`].
    unsafe fn add(&mut self, function: *mut PyObject) {
        let Functions::Few(few) = self else { return };
        if function.is_null() {
            *self = Functions::Unknown;
            return;
        }
        // SAFETY: the function is alive, and so are the others while they are asked for their code.
        unsafe {
            let code = |function: *mut PyObject| read::<*mut PyObject>(function.cast(), offsets::FUNCTION_CODE);
            // Dead ones make room.
            let alike = few.iter().position(|last| last.with(|last| code(last) == code(function)).unwrap_or(true));
            if alike.is_some_and(|at| few[at].with(|last| last == function) == Some(true)) {
                return;
            }
            match (Weak::new(function), alike) {
                (Some(weak), Some(at)) => few[at] = weak,
                (Some(weak), None) if few.len() < MOST_FUNCTIONS => few.push(weak),
                _ => *self = Functions::Unknown,
            }
        }
    }
}

/// A type with how often it was seen.
#[derive(Debug)]
struct Seen {
    kind: Weak,
    count: u32,
    /// As in [`Sight`], if it was always the same; else 0.
    format: u8,
    functions: Functions,
}

/// The types seen in one place.
#[derive(Debug)]
struct Site {
    key: u32,
    /// At most [`SeenExit::MAX_TYPES`].
    types: Vec<Seen>,
}

impl Site {
    /// # Safety
    ///
    /// As for [`TypeProfile::add`].
    unsafe fn add(&mut self, kind: Weak, sight: Sight) {
        if let Some(seen) = self.types.iter_mut().find(|seen| seen.kind.reference == kind.reference) {
            seen.count = seen.count.saturating_add(1);
            if seen.format != sight.format {
                seen.format = 0;
            }
            // SAFETY: as the caller says.
            unsafe { seen.functions.add(sight.function) };
            return;
        }
        if self.types.len() >= SeenExit::MAX_TYPES {
            // SAFETY: the GIL is held, as for all of the profile.
            self.types.retain(|seen| unsafe { seen.kind.with(|_| ()) }.is_some());
        }
        // SAFETY: as the caller says.
        let new = Seen { kind, count: 1, format: sight.format, functions: unsafe { Functions::new(sight.function) } };
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
    /// Counts an object in a place. Keeps a raised exception, and runs no Python code.
    ///
    /// # Safety
    ///
    /// The GIL is held; what the sight names is alive.
    pub unsafe fn add(&mut self, key: u32, sight: Sight) {
        // SAFETY: as the caller says.
        unsafe {
            let Some(kind) = Weak::new(sight.kind.cast()) else { return };
            let at = self.sites.iter().position(|site| site.key == key).unwrap_or_else(|| {
                self.sites.push(Site { key, types: Vec::new() });
                self.sites.len() - 1
            });
            self.sites[at].add(kind, sight);
        }
    }

    /// Calls `f` with each living type seen in a place and what is known of its objects, most frequent first; once for each function, if there were few. What
    /// it names is alive during the call. Functions that are all dead are left out, so that others are noted.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn for_each(&self, key: u32, mut f: impl FnMut(Sight)) {
        let Some(site) = self.sites.iter().find(|site| site.key == key) else { return };
        let mut types: Vec<&Seen> = site.types.iter().collect();
        types.sort_by_key(|seen| std::cmp::Reverse(seen.count));
        for seen in types {
            // SAFETY: the GIL is held.
            unsafe {
                seen.kind.with(|kind| {
                    let sight = Sight { kind: kind.cast(), format: seen.format, function: std::ptr::null_mut() };
                    match &seen.functions {
                        Functions::Few(few) => few.iter().for_each(|last| {
                            last.with(|function| f(Sight { function, ..sight }));
                        }),
                        Functions::Unknown => f(sight),
                    }
                })
            };
        }
    }

    /// The places at which types were seen.
    pub fn keys(&self) -> Vec<u32> {
        self.sites.iter().map(|site| site.key).collect()
    }
}
