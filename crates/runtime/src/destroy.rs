//! Which objects can be destroyed without anybody looking: then no frames need to be built for it.

use crate::destroy_apart::Apart;
use crate::destroy_exception::exception_is_silent;
use crate::destroy_plain::destroy_plain;
use crate::destroy_type::{Destruction, DestructionCache, closes_unseen, frame_of, has_callback, has_ended, has_zone, is_watched, view_ends_silently};
use crate::dict_keys::Keys;
use crate::session::session;
use std::ffi::{c_int, c_void};
use std::mem::{MaybeUninit, offset_of};
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, Py_REFCNT, Py_TYPE};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;
use whipsnake_cpython::symbols::_Py_Dealloc;

/// Containers in containers that are looked into.
const DEPTH: u32 = 3;
/// References that are looked at: building frames costs about as much as so many.
const BUDGET: usize = 256;
/// References to objects that have others are told apart for so many.
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

/// True if no Python code runs when each of these objects, some of which may be NULL or the same, loses a reference.
///
/// # Safety
///
/// The GIL is held and the objects' contents are intact.
pub(crate) unsafe fn are_silent(objects: &[*mut PyObject]) -> bool {
    let Some(session) = session() else { return false };
    let mut room = Room::uninit();
    let mut lost = Lost::new(&session.destructions, &mut room);
    // SAFETY: as the caller says.
    unsafe { objects.iter().all(|&object| lost.reference(object, DEPTH)) && lost.is_fine() }
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
        Destruction::Fields(first, second) if unsafe { fields_outlive(object, first, second) } => true,
        // SAFETY: as the caller says.
        Destruction::Traversed if unsafe { few_outlive(object) } => true,
        destruction => {
            let mut room = Room::uninit();
            let mut lost = Lost::new(types, &mut room);
            // SAFETY: as the caller says.
            unsafe { lost.contents(object, destruction, DEPTH) && lost.is_fine() }
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
        let Some(session) = session() else { return false };
        let types = &session.destructions;
        let destruction = Destruction::of(types, Py_TYPE(object));
        if destroy_plain(&session.instances, object, destruction) {
            return true;
        }
        if destruction != Destruction::Leaf && !gives_up_silently(types, object, destruction) {
            return false;
        }
        _Py_Dealloc(object);
        true
    }
}

/// Prepares an object that is no leaf to be destroyed: true if that runs no Python code. Apart, so that leaves need no room for it.
///
/// # Safety
///
/// As for [`destroy_silently`]; the object is destroyed in that way.
#[inline(never)]
unsafe fn gives_up_silently(types: &DestructionCache, object: *mut PyObject, destruction: Destruction) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        match Apart::take(types, object, destruction) {
            Some(silent) => silent,
            None => goes_silently(types, object, destruction),
        }
    }
}

/// True if what an object refers to in two words, or one, has other references.
///
/// # Safety
///
/// As for [`is_silent`]; the words hold objects or NULL.
#[inline]
unsafe fn fields_outlive(object: *mut PyObject, first: u8, second: u8) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let [one, other] = [first, second].map(|offset| read::<*mut PyObject>(object.cast(), usize::from(offset)));
        let outlives = |field: *mut PyObject| {
            let lost = if std::ptr::eq(one, other) && first != second { 2 } else { 1 };
            field.is_null() || is_immortal(field) || Py_REFCNT(field) > lost
        };
        !is_watched(object, &*Py_TYPE(object)) && outlives(one) && outlives(other)
    }
}

/// Objects that [`few_outlive`] tells apart.
const FEW: usize = 4;

/// True if an object that its type's traversal takes apart refers to a few others only, all of which have other references.
///
/// # Safety
///
/// As for [`is_silent`].
unsafe fn few_outlive(object: *mut PyObject) -> bool {
    /// The objects visited so far, without leaves.
    struct Few {
        objects: [*mut PyObject; FEW],
        count: usize,
    }

    /// # Safety
    ///
    /// `few` is a `Few`; `object` is alive.
    unsafe extern "C" fn visit(object: *mut PyObject, few: *mut c_void) -> c_int {
        // SAFETY: as the caller says.
        unsafe {
            if is_immortal(object) || is_number_or_str(Py_TYPE(object)) {
                return 0;
            }
            let few = &mut *few.cast::<Few>();
            let Some(place) = few.objects.get_mut(few.count) else { return 1 };
            *place = object;
            few.count += 1;
        }
        0
    }

    let mut few = Few { objects: [null_mut(); FEW], count: 0 };
    // SAFETY: traversing changes nothing and runs no Python code; it ends with the first answer that is not 0.
    unsafe {
        let class = &*Py_TYPE(object);
        if class.tp_flags as u64 & ffi::Py_TPFLAGS_HAVE_GC as u64 == 0 || is_watched(object, class) {
            return false;
        }
        if class.tp_traverse.is_none_or(|traverse| traverse(object, visit, (&raw mut few).cast()) != 0) {
            return false;
        }
        let visited = &few.objects[..few.count];
        let lost = |object: *mut PyObject| visited.iter().filter(|other| std::ptr::eq(**other, object)).count() as isize;
        visited.iter().all(|&object| Py_REFCNT(object) > lost(object))
    }
}

/// True for strs, ints and floats: the most frequent leaves.
#[inline(always)]
pub(crate) fn is_number_or_str(ty: *const PyTypeObject) -> bool {
    let is = |known: *const PyTypeObject| std::ptr::eq(ty, known);
    is(&raw const ffi::PyUnicode_Type) || is(&raw const ffi::PyLong_Type) || is(&raw const ffi::PyFloat_Type)
}

/// Cells in a closure that are looked into without counting what goes with them.
const FEW_CELLS: usize = 4;
/// More references than a function and that many cells can hold to one object.
const MANY_REFERENCES: isize = 32;

/// True if of these fields of a function whatever they refer to stays, but for the closure with cells of its own, numbers and strs: most often that needs
/// no counting.
///
/// # Safety
///
/// `function` is an alive function, and these are the objects that it refers to.
unsafe fn shares_all(function: *const ffi::PyFunctionObject, fields: &[*mut PyObject]) -> bool {
    // SAFETY: as the caller says; closures are tuples of cells.
    unsafe {
        let stays = |object: *mut PyObject| object.is_null() || is_immortal(object) || is_number_or_str(Py_TYPE(object)) || Py_REFCNT(object) > MANY_REFERENCES;
        let is_code = |field: &*mut PyObject| std::ptr::eq(field, &raw const (*function).func_code) && Py_REFCNT(*field) > 1;
        let is_closure = |field: &*mut PyObject| std::ptr::eq(field, &raw const (*function).func_closure);
        let closes_over_little = |closure: *mut PyObject| {
            let cells = std::slice::from_raw_parts(closure.cast::<u8>().add(offsets::TUPLE_ITEMS).cast::<*mut PyObject>(), ffi::PyTuple_GET_SIZE(closure) as usize);
            let cell_stays = |cell: *mut PyObject| Py_REFCNT(cell) == 1 && stays(read(cell.cast(), offsets::CELL_VALUE));
            Py_REFCNT(closure) == 1 && cells.len() <= FEW_CELLS && cells.iter().all(|&cell| stays(cell) || cell_stays(cell))
        };
        fields.iter().all(|field| stays(*field) || is_code(field) || is_closure(field) && closes_over_little(*field))
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

/// References that go, to an object that has others.
#[derive(Clone, Copy)]
struct Shared {
    object: *mut PyObject,
    /// So many of them; other entries may have more.
    lost: isize,
    depth: u32,
}

/// The last entries in which a reference is looked for: what frames of a traceback share comes again soon.
const RECENT: usize = 4;

/// Room for such references; left as it is where there are none.
type Room = MaybeUninit<[Shared; MAX_SHARED]>;

/// References that go with an object. Others may lose more than one of them.
pub(crate) struct Lost<'a> {
    types: &'a DestructionCache,
    /// As many as `entries` says are initialised, up to [`MAX_SHARED`].
    shared: &'a mut Room,
    entries: usize,
    /// References to objects that have others, but not more than can be told apart.
    count: isize,
    /// Fewest references that one of these objects has: if that is more than there are in all, each of them stays.
    least: isize,
    /// The same for objects with more references, which are not told apart.
    popular: isize,
    least_popular: isize,
    /// Objects that lose all their references, and whose contents have been counted: they come first among the shared ones.
    dying: usize,
    budget: Budget,
}

impl<'a> Lost<'a> {
    /// Nothing yet.
    fn new(types: &'a DestructionCache, shared: &'a mut Room) -> Lost<'a> {
        Lost {
            types,
            shared,
            entries: 0,
            count: 0,
            least: isize::MAX,
            popular: 0,
            least_popular: isize::MAX,
            dying: 0,
            budget: Budget(BUDGET),
        }
    }

    /// The references to shared objects, as far as there was room.
    fn known(&mut self) -> &mut [Shared] {
        // SAFETY: an entry is counted when its place has been filled.
        unsafe { std::slice::from_raw_parts_mut(self.shared.as_mut_ptr().cast(), self.entries.min(MAX_SHARED)) }
    }

    /// Takes the work on that many references out of the budget. False if it is used up.
    pub(crate) fn spend(&mut self, references: usize) -> bool {
        self.budget.spend(references)
    }

    /// Counts a reference. False if destroying what it leads to may run Python code.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive.
    #[inline(always)]
    pub(crate) unsafe fn reference(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe { object.is_null() || is_immortal(object) || is_number_or_str(Py_TYPE(object)) || self.counted(object, depth) }
    }

    /// [`Self::reference`] to an object that does not go silently in any case.
    ///
    /// # Safety
    ///
    /// `object` is alive and mortal.
    #[inline(never)]
    unsafe fn counted(&mut self, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let references = Py_REFCNT(object);
            if references == 1 {
                return match Destruction::of(self.types, Py_TYPE(object)) {
                    Destruction::Leaf => true,
                    Destruction::Unknown => false,
                    destruction => depth > 0 && self.contents(object, destruction, depth - 1),
                };
            }
            if references > MAX_SHARED as isize {
                self.popular += 1;
                self.least_popular = self.least_popular.min(references);
                return true;
            }
            self.count += 1;
            self.least = self.least.min(references);
            if let Some(shared) = self.known().iter_mut().rev().take(RECENT).find(|shared| std::ptr::eq(shared.object, object)) {
                shared.lost += 1;
                shared.depth = shared.depth.min(depth);
                return true;
            }
            if self.entries < MAX_SHARED {
                // There is room for so many.
                self.shared.as_mut_ptr().cast::<Shared>().add(self.entries).write(Shared { object, lost: 1, depth });
            }
            self.entries += 1;
        }
        true
    }

    /// True if each of the shared objects outlives the loss of all these references, or goes silently.
    ///
    /// # Safety
    ///
    /// The objects are alive.
    #[inline]
    unsafe fn is_fine(&mut self) -> bool {
        // SAFETY: as the caller says.
        self.popular < self.least_popular && (self.count < self.least || unsafe { self.told_apart() })
    }

    /// [`Self::is_fine`] where some may lose all their references.
    ///
    /// # Safety
    ///
    /// As for [`Self::is_fine`].
    #[cold]
    unsafe fn told_apart(&mut self) -> bool {
        let mut at = 0;
        loop {
            if self.entries > MAX_SHARED || self.popular >= self.least_popular {
                // Not all can be told apart.
                return false;
            }
            let Some(&Shared { object, depth, .. }) = self.known().get(at) else { return true };
            at += 1;
            // SAFETY: as the caller says.
            let references = unsafe { Py_REFCNT(object) };
            if references > self.count {
                continue;
            }
            let lost: isize = self.known().iter().filter(|shared| std::ptr::eq(shared.object, object)).map(|shared| shared.lost).sum();
            let dying = self.dying;
            let is_counted = self.known()[..dying].iter().any(|shared| std::ptr::eq(shared.object, object));
            if is_counted || lost < references {
                continue;
            }
            self.known().swap(dying, at - 1);
            self.dying += 1;
            // SAFETY: as the caller says.
            let fine = match unsafe { Destruction::of(self.types, Py_TYPE(object)) } {
                Destruction::Leaf => true,
                // SAFETY: as the caller says.
                destruction => depth > 0 && unsafe { self.contents(object, destruction, depth - 1) },
            };
            if !fine {
                return false;
            }
            // Others may have lost more by that.
            at = self.dying;
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
                    !has_callback(set.weakreflist)
                        && self.budget.spend(set.mask as usize)
                        && self.keys(set, depth)
                }
                Destruction::Function => {
                    // All fields in between are objects; weak references are none.
                    const WORDS: usize = (offset_of!(ffi::PyFunctionObject, vectorcall) - offset_of!(ffi::PyFunctionObject, func_globals)) / size_of::<usize>();
                    let function = object.cast::<ffi::PyFunctionObject>();
                    !has_callback((*function).func_weakreflist)
                        && (shares_all(function, std::slice::from_raw_parts(&raw const (*function).func_globals, WORDS))
                            || self.items(&raw const (*function).func_globals, WORDS, depth))
                }
                Destruction::Exception => exception_is_silent(object, ty, self, depth),
                Destruction::Generator | Destruction::Coroutine if has_ended(object) => {
                    let code = frame_of(object).map_or(null_mut(), |frame| frame.executable());
                    !is_watched(object, &*ty) && self.reference(code, depth)
                }
                Destruction::Generator => closes_unseen(object) && !is_watched(object, &*ty) && self.traversed(object, depth),
                Destruction::Fields(first, second) => {
                    let field = |offset: u8| read::<*mut PyObject>(base, usize::from(offset));
                    !is_watched(object, &*ty)
                        && self.reference(field(first), depth)
                        && (first == second || self.reference(field(second), depth))
                }
                Destruction::Items => self.items(base.add(offsets::TUPLE_ITEMS).cast(), read::<usize>(base, offsets::OB_SIZE), depth),
                Destruction::Slots(count) => self.items(base.add(size_of::<PyObject>()).cast(), usize::from(count), depth),
                Destruction::View => view_ends_silently(object),
                Destruction::Zoned(zone) => !has_zone(object) || self.reference(read(base, usize::from(zone)), depth),
                Destruction::Instance | Destruction::Traversed => !is_watched(object, &*ty) && self.traversed(object, depth),
                Destruction::Future | Destruction::Task => {
                    !is_watched(object, &*ty)
                        && self.types.futures.ends_unheard(object, destruction == Destruction::Task)
                        && self.traversed(object, depth)
                }
                // One that was never started warns of that.
                Destruction::Coroutine | Destruction::Unknown => false,
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
                c_int::from(!(visit.lost.spend(1) && visit.lost.reference(object, visit.depth)))
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
    /// `set` is a set or frozenset.
    unsafe fn keys(&mut self, set: &ffi::PySetObject, depth: u32) -> bool {
        let mut left = set.fill;
        let mut place = set.table;
        // SAFETY: as the caller says: its table holds that many objects.
        unsafe {
            while left > 0 {
                let key = (*place).key;
                if !key.is_null() {
                    left -= 1;
                    if !self.reference(key, depth) {
                        return false;
                    }
                }
                place = place.add(1);
            }
        }
        true
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
