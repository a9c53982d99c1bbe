//! Which objects can be destroyed without anybody looking: then no frames need to be built for it.

use crate::destroy_apart::Apart;
use crate::destroy_exception::exception_is_silent;
use crate::destroy_type::{Destruction, DestructionCache, closes_unseen, is_watched};
use crate::dict_keys::Keys;
use crate::session::session;
use std::ffi::{c_int, c_void};
use std::mem::{MaybeUninit, offset_of};
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, PyObject, Py_REFCNT, Py_TYPE};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;
use whipsnake_cpython::symbols::_Py_Dealloc;

/// Containers in containers that are looked into.
const DEPTH: u32 = 3;
/// References that are looked at: building frames costs about as much as so many.
const BUDGET: usize = 256;
/// Objects with more references need not be told apart at first.
const POPULAR: usize = 32;
/// Objects with several references that are told apart without a look at their type.
const FEW: usize = 8;
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
        let Some(types) = session().map(|session| &session.destructions) else { return false };
        goes_silently(types, object, Destruction::of(types, Py_TYPE(object)))
    }
}

/// [`is_silent`] for an object that is destroyed in that way.
///
/// # Safety
///
/// As for [`is_silent`].
pub(crate) unsafe fn goes_silently(types: &DestructionCache, object: *mut PyObject, destruction: Destruction) -> bool {
    match destruction {
        Destruction::Leaf => true,
        Destruction::Unknown => false,
        // SAFETY: as the caller says.
        Destruction::Traversed if unsafe { Glance::at(object) } => true,
        destruction => {
            let mut room = Room::uninit();
            let mut lost = Lost::new(types, &mut room, Some(0));
            // SAFETY: as the caller says.
            unsafe {
                lost.contents(object, destruction, DEPTH) && lost.all_fine()
                    || lost.popular.is_some_and(|count| count > POPULAR) && exactly(types, object, destruction)
            }
        }
    }
}

/// Destroys an object that nobody refers to any more, if that runs no Python code. If it may, what the object holds before the point
/// where it may is given up, and false returned: the interpreter must destroy the rest.
///
/// # Safety
///
/// As for [`is_silent`]; nothing looks at the object's contents before it is destroyed.
#[inline]
pub unsafe fn destroy_silently(object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let Some(types) = session().map(|session| &session.destructions) else { return false };
        let destruction = Destruction::of(types, Py_TYPE(object));
        let silent = match Apart::take(types, object, destruction) {
            Some(silent) => silent,
            None => goes_silently(types, object, destruction),
        };
        if silent {
            _Py_Dealloc(object);
        }
        silent
    }
}

/// [`is_silent`] for an object that leads to popular ones many times.
///
/// # Safety
///
/// As for [`is_silent`].
#[cold]
unsafe fn exactly(types: &DestructionCache, object: *mut PyObject, destruction: Destruction) -> bool {
    let mut room = Room::uninit();
    let mut lost = Lost::new(types, &mut room, None);
    // SAFETY: as the caller says.
    unsafe { lost.contents(object, destruction, DEPTH) && lost.all_fine() }
}

/// A short look at an object with few references: views, iterators and methods mostly refer to what others refer to as well.
struct Glance {
    /// References to mortal objects.
    count: isize,
    /// Fewest references that one of them has: with more than [`Self::count`], each outlives the loss of all these.
    least: isize,
}

impl Glance {
    /// References that it looks at.
    const MOST: isize = 8;

    /// True if all that an object refers to outlives it, or is an int or str.
    ///
    /// # Safety
    ///
    /// The object's contents are intact; all it does when it is destroyed is giving up the references that its traversal visits.
    unsafe fn at(object: *mut PyObject) -> bool {
        /// # Safety
        ///
        /// `glance` is a `Glance`; `object` is alive.
        unsafe extern "C" fn visit(object: *mut PyObject, glance: *mut c_void) -> c_int {
            // SAFETY: as the caller says.
            unsafe { c_int::from(!(*glance.cast::<Glance>()).reference(object)) }
        }

        let mut glance = Glance { count: 0, least: isize::MAX };
        // SAFETY: traversing changes nothing and runs no Python code; it ends with the first answer that is not 0.
        unsafe {
            let class = &*Py_TYPE(object);
            let traverse = class.tp_traverse.filter(|_| class.tp_flags as u64 & ffi::Py_TPFLAGS_HAVE_GC as u64 != 0);
            !is_watched(object, class)
                && traverse.is_some_and(|traverse| traverse(object, visit, (&raw mut glance).cast()) == 0)
                && glance.least > glance.count
        }
    }

    /// # Safety
    ///
    /// `object` is alive.
    #[inline]
    unsafe fn reference(&mut self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let ty = Py_TYPE(object);
            if is_immortal(object) || std::ptr::eq(ty, &raw const ffi::PyUnicode_Type) || std::ptr::eq(ty, &raw const ffi::PyLong_Type) {
                return true;
            }
            let references = Py_REFCNT(object);
            if references == 1 && std::ptr::eq(ty, &raw const ffi::PyTuple_Type) {
                // The iterator of a dict's items has one for its results.
                let items = ffi::PyTuple_GET_SIZE(object);
                return items < Glance::MOST && (0..items).all(|index| self.item(ffi::PyTuple_GET_ITEM(object, index)));
            }
            self.mortal(references)
        }
    }

    /// # Safety
    ///
    /// `object` is NULL or alive.
    unsafe fn item(&mut self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe { object.is_null() || is_immortal(object) || self.mortal(Py_REFCNT(object)) }
    }

    fn mortal(&mut self, references: isize) -> bool {
        self.count += 1;
        self.least = self.least.min(references);
        self.count <= Glance::MOST
    }
}

/// References that may still be looked at.
#[derive(Debug)]
pub(crate) struct Budget(pub(crate) usize);

impl Budget {
    /// Takes the work on that many references out of the budget. False if it is used up.
    pub(crate) fn spend(&mut self, references: usize) -> bool {
        let left = self.0.checked_sub(references);
        self.0 = left.unwrap_or(0);
        left.is_some()
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

/// Room for the shared objects; left as it is where there are none.
type Room = MaybeUninit<[Shared; MAX_SHARED]>;

/// References that go with an object. Others may lose more than one of them.
pub(crate) struct Lost<'a> {
    types: &'a DestructionCache,
    /// As many as [`Self::known`] says are initialised.
    shared: &'a mut Room,
    /// Shared objects, those included that found no place.
    count: usize,
    /// References counted, of all shared objects.
    references: usize,
    /// Fewest references that a shared object has.
    least: usize,
    budget: Budget,
    /// References to objects that have more than [`POPULAR`]: as long as there are no more than that, such objects stay. None if these
    /// are to be told apart, too.
    popular: Option<usize>,
}

impl<'a> Lost<'a> {
    fn new(types: &'a DestructionCache, shared: &'a mut Room, popular: Option<usize>) -> Lost<'a> {
        Lost { types, shared, count: 0, references: 0, least: usize::MAX, budget: Budget(BUDGET), popular }
    }

    /// Shared objects that have a place.
    fn known(&mut self) -> &mut [Shared] {
        // SAFETY: an object is counted when its place has been filled.
        unsafe { std::slice::from_raw_parts_mut(self.shared.as_mut_ptr().cast(), self.count.min(MAX_SHARED)) }
    }

    /// Counts a reference. False if destroying what it leads to may run Python code.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive.
    #[inline]
    pub(crate) unsafe fn reference(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            if object.is_null() || is_immortal(object) {
                return true;
            }
            match self.popular.as_mut() {
                Some(count) if Py_REFCNT(object) as usize > POPULAR => {
                    if *count == POPULAR && Destruction::of(self.types, Py_TYPE(object)) == Destruction::Leaf {
                        return true;
                    }
                    *count += 1;
                    *count <= POPULAR
                }
                _ => self.less_popular(object, depth),
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Self::reference`]; the object is mortal.
    unsafe fn less_popular(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let references = Py_REFCNT(object) as usize;
            if references == 1 {
                let ty = Py_TYPE(object);
                if std::ptr::eq(ty, &raw const ffi::PyUnicode_Type) || std::ptr::eq(ty, &raw const ffi::PyLong_Type) {
                    return true;
                }
                return match Destruction::of(self.types, ty) {
                    Destruction::Leaf => true,
                    destruction => depth > 0 && self.contents(object, destruction, depth - 1),
                };
            }
            if self.count >= FEW && Destruction::of(self.types, Py_TYPE(object)) == Destruction::Leaf {
                return true;
            }
            self.references += 1;
            self.least = self.least.min(references);
        }
        if let Some(shared) = self.known().iter_mut().find(|shared| std::ptr::eq(shared.object, object)) {
            shared.lost += 1;
        } else {
            if self.count < MAX_SHARED {
                let place = self.shared.as_mut_ptr().cast::<Shared>().wrapping_add(self.count);
                // SAFETY: there is room for so many.
                unsafe { place.write(Shared { object, depth, lost: 1, dies: false }) };
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
            let Some(shared) = self.known().iter_mut().find(dying) else { return true };
            shared.dies = true;
            let (object, depth) = (shared.object, shared.depth);
            // SAFETY: as the caller says.
            let fine = match unsafe { Destruction::of(self.types, Py_TYPE(object)) } {
                Destruction::Leaf => true,
                // SAFETY: as the caller says.
                destruction => depth > 0 && unsafe { self.contents(object, destruction, depth - 1) },
            };
            if !fine {
                return false;
            }
        }
    }

    /// Counts what goes with an object that is destroyed. False if that may run Python code.
    ///
    /// # Safety
    ///
    /// The object's contents are intact; its type destroys it in that way.
    unsafe fn contents(&mut self, object: *mut PyObject, destruction: Destruction, depth: u32) -> bool {
        // SAFETY: fields are read according to the exact type of the object.
        unsafe {
            let ty = Py_TYPE(object);
            let base = object.cast::<u8>();
            // The most frequent ones are found by branches, which are foreseen better than jumps through a table.
            if destruction == Destruction::Tuple {
                return self.items(base.add(offsets::TUPLE_ITEMS).cast(), read::<usize>(base, offsets::OB_SIZE), depth);
            }
            if destruction == Destruction::List {
                return self.items(read(base, offsets::LIST_ITEMS), read::<usize>(base, offsets::OB_SIZE), depth);
            }
            if destruction == Destruction::Dict {
                return self.entries(object, depth);
            }
            match destruction {
                Destruction::Leaf | Destruction::List | Destruction::Tuple | Destruction::Dict => true,
                Destruction::Set => {
                    let set = &*object.cast::<ffi::PySetObject>();
                    set.weakreflist.is_null()
                        && self.budget.spend(set.mask as usize)
                        && (0..=set.mask as usize).all(|index| self.reference((*set.table.add(index)).key, depth))
                }
                Destruction::Function => {
                    // All fields in between are objects; weak references are none.
                    const WORDS: usize = (offset_of!(ffi::PyFunctionObject, vectorcall) - offset_of!(ffi::PyFunctionObject, func_globals)) / size_of::<usize>();
                    let function = &raw const *object.cast::<ffi::PyFunctionObject>();
                    (*function).func_weakreflist.is_null() && self.items(&raw const (*function).func_globals, WORDS, depth)
                }
                Destruction::Exception => exception_is_silent(object, ty, self, depth),
                Destruction::Generator => closes_unseen(object) && !is_watched(object, &*ty) && self.traversed(object, depth),
                Destruction::Instance | Destruction::Traversed => !is_watched(object, &*ty) && self.traversed(object, depth),
                Destruction::Unknown => false,
            }
        }
    }

    /// Counts what the traversal of the object's type, which the garbage collector uses, visits.
    ///
    /// # Safety
    ///
    /// The object's contents are intact.
    unsafe fn traversed(&mut self, object: *mut PyObject, depth: u32) -> bool {
        struct Visit<'a, 'b> {
            lost: &'a mut Lost<'b>,
            depth: u32,
        }

        /// # Safety
        ///
        /// `visit` is a `Visit`; `object` is alive.
        unsafe extern "C" fn visit(object: *mut PyObject, visit: *mut c_void) -> c_int {
            // SAFETY: as the caller says.
            unsafe {
                let visit = &mut *visit.cast::<Visit<'_, '_>>();
                c_int::from(!visit.lost.reference(object, visit.depth))
            }
        }

        // SAFETY: traversing changes nothing and runs no Python code; it ends with the first answer that is not 0.
        unsafe {
            let class = &*Py_TYPE(object);
            if class.tp_flags as u64 & ffi::Py_TPFLAGS_HAVE_GC as u64 == 0 {
                // It refers to nothing.
                return true;
            }
            let mut state = Visit { lost: self, depth };
            class.tp_traverse.is_some_and(|traverse| traverse(object, visit, (&raw mut state).cast()) == 0)
        }
    }

    /// # Safety
    ///
    /// `first` leads to that many objects or NULLs.
    unsafe fn items(&mut self, first: *const *mut PyObject, count: usize, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe { self.budget.spend(count) && (0..count).all(|index| self.reference(first.add(index).read(), depth)) }
    }

    /// # Safety
    ///
    /// `dict` is a dict.
    unsafe fn entries(&mut self, dict: *mut PyObject, depth: u32) -> bool {
        let (mut position, mut key, mut value) = (0, null_mut(), null_mut());
        // SAFETY: as the caller says; nothing changes the dict meanwhile.
        unsafe {
            let keys = Keys::of_dict(dict);
            if !self.budget.spend(keys.len()) {
                return false;
            }
            if let Some(mut values) = keys.values_of_strs() {
                return values.all(|value| self.reference(value, depth));
            }
            while ffi::PyDict_Next(dict, &raw mut position, &raw mut key, &raw mut value) != 0 {
                if !self.reference(key, depth) || !self.reference(value, depth) {
                    return false;
                }
            }
        }
        true
    }
}
