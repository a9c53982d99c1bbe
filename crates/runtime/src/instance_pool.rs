//! Memory of instances that native code has destroyed, for the next ones that it makes of the same class.
//!
//! The interpreter keeps such lists for floats, tuples and others, but not for classes written in Python, whose instances it gives back to the
//! allocator each time. An instance in a list is untracked and empty: its slots and inline values are NULL. It holds no reference to its class,
//! and is known to fit by the class's version, which no other class, and no other state of this one, ever has.
//!
//! An instance that is taken from a list is not counted as a new one by the garbage collector, as one that goes to a list is not counted as gone.

use crate::address_hash::place_of;
use std::cell::Cell;
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, Py_INCREF, Py_TYPE};
use whipsnake_cpython::memory::{read, write};
use whipsnake_cpython::symbols::_PyRuntime;
use whipsnake_cpython::offsets;

/// Classes of which instances are kept at a time: a power of two.
const CLASSES: usize = 32;
/// Instances of a class that are kept.
const MOST: u32 = 128;
/// `PyGC_Head`, and a dict and a list of weak references where the class has either (`_PyType_PreHeaderSize` of `pycore_object.h`).
const COLLECTED: usize = 2 * size_of::<usize>();
const MANAGED: usize = 2 * size_of::<usize>();

/// The instances that are kept of a class, linked through the words of their reference counts.
#[derive(Debug)]
struct List {
    class: Cell<*mut PyTypeObject>,
    version: Cell<u32>,
    first: Cell<*mut PyObject>,
    count: Cell<u32>,
    /// Bytes of memory before the instances.
    before: Cell<usize>,
}

impl List {
    const EMPTY: List = List {
        class: Cell::new(null_mut()),
        version: Cell::new(0),
        first: Cell::new(null_mut()),
        count: Cell::new(0),
        before: Cell::new(0),
    };

    /// True if the list is of this class as it is now.
    ///
    /// # Safety
    ///
    /// The class is alive.
    #[inline(always)]
    unsafe fn is_of(&self, class: *mut PyTypeObject) -> bool {
        // SAFETY: as the caller says.
        std::ptr::eq(self.class.get(), class) && unsafe { (*class).tp_version_tag } == self.version.get()
    }

    /// Makes it the list of another class, or of this one's new version.
    ///
    /// # Safety
    ///
    /// The GIL is held; the class is alive.
    #[cold]
    unsafe fn begin(&self, class: *mut PyTypeObject) {
        // SAFETY: what the list holds is memory of the object allocator, which begins so many bytes before each instance.
        unsafe {
            while let Some(object) = self.pop() {
                ffi::PyObject_Free(object.cast::<u8>().sub(self.before.get()).cast());
            }
            let version = (*class).tp_version_tag;
            let managed = (*class).tp_flags as usize & (offsets::FLAG_MANAGED_DICT | offsets::FLAG_MANAGED_WEAKREF) != 0;
            self.class.set(if version == 0 { null_mut() } else { class });
            self.version.set(version);
            self.before.set(COLLECTED + if managed { MANAGED } else { 0 });
        }
    }

    #[inline(always)]
    unsafe fn pop(&self) -> Option<*mut PyObject> {
        let object = self.first.get();
        if object.is_null() {
            return None;
        }
        // SAFETY: instances in the list are linked through their first words.
        self.first.set(unsafe { read(object.cast(), 0) });
        self.count.set(self.count.get() - 1);
        Some(object)
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct InstancePool {
    lists: [List; CLASSES],
}

impl Default for InstancePool {
    fn default() -> InstancePool {
        InstancePool { lists: [const { List::EMPTY }; CLASSES] }
    }
}

impl InstancePool {
    /// An empty instance of a class, untracked, with one reference to it; `None` if there is none. From then on instances of the class are kept.
    ///
    /// # Safety
    ///
    /// The GIL is held; `class` is an alive class made in Python whose instances are made by `PyType_GenericAlloc`.
    #[inline]
    pub(crate) unsafe fn take(&self, class: *mut PyTypeObject) -> Option<*mut PyObject> {
        let list = &self.lists[place_of(class as usize, CLASSES)];
        // SAFETY: an instance of the list has the layout of the class. One reference is what the word of a new object's count says.
        unsafe {
            if !list.is_of(class) {
                list.begin(class);
                return None;
            }
            if Self::is_watched() {
                return None;
            }
            let object = list.pop()?;
            write::<usize>(object.cast(), 0, 1);
            Py_INCREF(class.cast());
            Some(object)
        }
    }

    /// Keeps an instance that is dead, untracked and empty, and whose class still has its reference. False if it must be freed.
    ///
    /// # Safety
    ///
    /// The GIL is held. The instance was made by `PyType_GenericAlloc`, and its memory belongs to nobody else.
    #[inline]
    pub(crate) unsafe fn keep(&self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let class = Py_TYPE(object);
            let list = &self.lists[place_of(class as usize, CLASSES)];
            if !list.is_of(class) || list.count.get() == MOST || Self::is_watched() {
                return false;
            }
            write(object.cast(), 0, list.first.get());
            list.first.set(object);
            list.count.set(list.count.get() + 1);
            true
        }
    }

    /// True if somebody hears of objects that are made and destroyed, as `tracemalloc` does, or counts references.
    #[inline(always)]
    unsafe fn is_watched() -> bool {
        // SAFETY: the word is the tracer of `PyRefTracer_SetTracer`.
        offsets::HEADERS_DEBUG == 1 || unsafe { read::<usize>(&raw const _PyRuntime, offsets::RUNTIME_REF_TRACER) } != 0
    }
}
