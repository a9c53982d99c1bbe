//! Which site a function leads to: calls find it here without the way over code object and extra data, which is long and often
//! out of the processor's caches.

use crate::address_hash::place_of;
use crate::unit::Site;
use std::cell::Cell;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, offsets};

/// Functions remembered at a time: a power of two.
const CACHED: usize = 1024;

/// Sites by function, where they were found last. Only the addresses of functions are kept; those of sites as long as no code object
/// with sites dies.
pub struct EntryCache([Cell<(usize, Option<NonNull<Site>>)>; CACHED]);

impl Default for EntryCache {
    fn default() -> EntryCache {
        EntryCache([const { Cell::new((0, None)) }; CACHED])
    }
}

impl EntryCache {
    #[inline]
    fn place(&self, function: *mut PyObject) -> &Cell<(usize, Option<NonNull<Site>>)> {
        &self.0[place_of(function as usize, CACHED)]
    }

    /// The site that was found for the function, if it still has that code, those globals and those builtins.
    ///
    /// # Safety
    ///
    /// `function` is an alive function.
    #[inline]
    pub unsafe fn get(&self, function: *mut PyObject) -> Option<(Code, NonNull<Site>)> {
        let (known, site) = self.place(function).get();
        let site = site.filter(|_| known == function as usize)?;
        // SAFETY: sites stay until `clear`; functions have these fields.
        unsafe {
            let found = site.as_ref();
            let code: *mut PyObject = read(function.cast(), offsets::FUNCTION_CODE);
            let globals = read(function.cast(), offsets::FUNCTION_GLOBALS);
            let builtins = read(function.cast(), offsets::FUNCTION_BUILTINS);
            (found.code == code && found.belongs_to(globals, builtins)).then_some((Code::from_object_unchecked(code)?, site))
        }
    }

    /// Remembers the site of a function.
    pub fn set(&self, function: *mut PyObject, site: NonNull<Site>) {
        self.place(function).set((function as usize, Some(site)));
    }

    /// Forgets all sites: some of them are going to be freed.
    pub fn clear(&self) {
        self.0.iter().for_each(|place| place.set((0, None)));
    }
}
