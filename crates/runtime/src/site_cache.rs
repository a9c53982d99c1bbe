//! Which site an address leads to: a function, or the instruction at which a generator goes on. It is found here without the way over code
//! object and what is kept for it, which is long and often out of the processor's caches.

use crate::address_hash::place_of;
use crate::unit::{Site, Unit};
use std::cell::Cell;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::monitoring::{LocalTools, frame_evaluator_replaced};
use whipsnake_cpython::{Code, Frame, Thread, offsets};

/// Addresses remembered at a time: a power of two.
const CACHED: usize = 1024;

/// What was found for an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) site: NonNull<Site>,
    tools: LocalTools,
}

impl Found {
    /// The site is of that code.
    #[inline]
    pub(crate) fn new(site: NonNull<Site>, code: Code) -> Found {
        Found { site, tools: LocalTools::of(code) }
    }

    /// The unit of the site, if nothing at all speaks against entering it.
    ///
    /// # Safety
    ///
    /// The site lives, and so does `code`, which is the site's.
    #[inline]
    pub(crate) unsafe fn quiet<'a>(self, thread: Thread, code: Code) -> Option<&'a Unit> {
        // SAFETY: as the caller says.
        unsafe {
            let site: &'a Site = &*self.site.as_ptr();
            let quiet = || thread.eval_breaker() as u64 == site.record.quiet.get() && !self.tools.any(code);
            site.current().filter(|_| quiet() && !frame_evaluator_replaced(thread))
        }
    }
}

/// An entry of the cache: an address of 0 stands for none.
#[repr(C, align(32))]
#[derive(Clone, Copy)]
struct Place {
    address: usize,
    found: Option<Found>,
}

/// Sites by address, where they were found last. They are kept as long as no code object with sites dies; the addresses are not followed.
pub struct SiteCache([Cell<Place>; CACHED]);

impl Default for SiteCache {
    fn default() -> SiteCache {
        SiteCache([const { Cell::new(NOWHERE) }; CACHED])
    }
}

const NOWHERE: Place = Place { address: 0, found: None };

impl SiteCache {
    #[inline]
    fn place(&self, address: usize) -> &Cell<Place> {
        &self.0[place_of(address, CACHED)]
    }

    #[inline]
    fn find(&self, address: usize) -> Option<Found> {
        let place = self.place(address).get();
        place.found.filter(|_| place.address == address)
    }

    /// What was found for the function, if it still has that code, which is returned, those globals and those builtins.
    ///
    /// # Safety
    ///
    /// `function` is an alive function.
    #[inline]
    pub(crate) unsafe fn of_function(&self, function: *mut PyObject) -> Option<(Code, Found)> {
        let found = self.find(function as usize)?;
        // SAFETY: sites stay until `clear`; functions have these fields.
        unsafe {
            let site = found.site.as_ref();
            let code: *mut PyObject = read(function.cast(), offsets::FUNCTION_CODE);
            let globals = read(function.cast(), offsets::FUNCTION_GLOBALS);
            let builtins = read(function.cast(), offsets::FUNCTION_BUILTINS);
            (site.code == code && site.belongs_to(globals, builtins)).then_some((Code::from_object_unchecked(code)?, found))
        }
    }

    /// What was found for the frame's instruction, if the frame has its globals and builtins.
    ///
    /// # Safety
    ///
    /// The frame is that of a generator that has not ended.
    #[inline]
    pub(crate) unsafe fn of_frame(&self, frame: Frame) -> Option<Found> {
        let found = self.find(frame.instruction() as usize)?;
        // SAFETY: sites stay until `clear`.
        unsafe { found.site.as_ref() }.belongs_to(frame.globals(), frame.builtins()).then_some(found)
    }

    /// Remembers the site that an address leads to; its code is given.
    pub(crate) fn set<T>(&self, address: *mut T, site: NonNull<Site>, code: Code) -> Found {
        let found = Found::new(site, code);
        self.place(address as usize).set(Place { address: address as usize, found: Some(found) });
        found
    }

    /// Forgets all sites: some of them are going to be freed.
    pub fn clear(&self) {
        self.0.iter().for_each(|place| place.set(NOWHERE));
    }
}
