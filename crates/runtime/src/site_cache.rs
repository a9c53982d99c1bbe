//! Which site an address leads to: a function, or the instruction at which a generator goes on. It is found here without the way over code
//! object and extra data, which is long and often out of the processor's caches.

use crate::address_hash::place_of;
use crate::unit::Site;
use std::cell::Cell;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, Frame, offsets};

/// Addresses remembered at a time: a power of two.
const CACHED: usize = 1024;

/// Sites by address, where they were found last. They are kept as long as no code object with sites dies; the addresses are not followed.
pub struct SiteCache([Cell<(usize, Option<NonNull<Site>>)>; CACHED]);

impl Default for SiteCache {
    fn default() -> SiteCache {
        SiteCache([const { Cell::new((0, None)) }; CACHED])
    }
}

impl SiteCache {
    #[inline]
    fn place(&self, address: usize) -> &Cell<(usize, Option<NonNull<Site>>)> {
        &self.0[place_of(address, CACHED)]
    }

    #[inline]
    fn find(&self, address: usize) -> Option<NonNull<Site>> {
        let (known, site) = self.place(address).get();
        site.filter(|_| known == address)
    }

    /// The site that was found for the function, if it still has that code, those globals and those builtins.
    ///
    /// # Safety
    ///
    /// `function` is an alive function.
    #[inline]
    pub unsafe fn of_function(&self, function: *mut PyObject) -> Option<(Code, NonNull<Site>)> {
        let site = self.find(function as usize)?;
        // SAFETY: sites stay until `clear`; functions have these fields.
        unsafe {
            let found = site.as_ref();
            let code: *mut PyObject = read(function.cast(), offsets::FUNCTION_CODE);
            let globals = read(function.cast(), offsets::FUNCTION_GLOBALS);
            let builtins = read(function.cast(), offsets::FUNCTION_BUILTINS);
            (found.code == code && found.belongs_to(globals, builtins)).then_some((Code::from_object_unchecked(code)?, site))
        }
    }

    /// The site that was found for the frame's instruction, if the frame has its globals and builtins.
    ///
    /// # Safety
    ///
    /// The frame is that of a generator that has not ended.
    #[inline]
    pub unsafe fn of_frame(&self, frame: Frame) -> Option<NonNull<Site>> {
        let site = self.find(frame.instruction() as usize)?;
        // SAFETY: sites stay until `clear`.
        unsafe { site.as_ref() }.belongs_to(frame.globals(), frame.builtins()).then_some(site)
    }

    /// Remembers the site that an address leads to.
    pub fn set<T>(&self, address: *mut T, site: NonNull<Site>) {
        self.place(address as usize).set((address as usize, Some(site)));
    }

    /// Forgets all sites: some of them are going to be freed.
    pub fn clear(&self) {
        self.0.iter().for_each(|place| place.set((0, None)));
    }
}
