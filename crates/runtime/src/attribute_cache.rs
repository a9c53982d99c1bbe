//! How attributes of a type's instances are found, for accesses that meet objects of many types.
//!
//! The interpreter looks such an attribute up in the type and its bases, then in the instance's keys. Both lookups have the same outcome
//! as long as the type has the same version, except for what the instance holds itself. So the table remembers it by
//! type and name, as "megamorphic" inline caches of other compilers do (U. Hölzle, C. Chambers and D. Ungar, "Optimizing
//! Dynamically-Typed Object-Oriented Languages With Polymorphic Inline Caches", 1991, name the problem).

use crate::address_hash::place_of;
use crate::dict_keys::Keys;
use crate::session::Session;
use crate::text::str_of;
use std::cell::Cell;
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, Py_DECREF, Py_INCREF, Py_NewRef, Py_TYPE, PyObject, PyTypeObject};
use whipsnake_cpython::memory::{read, write};
use whipsnake_cpython::offsets;
use whipsnake_cpython::symbols::{_PyType_Lookup, PyUnstable_Type_AssignVersionTag};
use whipsnake_cpython::version_lookup::type_version;

/// Places of the table: a power of two.
const CACHED: usize = 2048;

/// `Py_T_OBJECT` and `Py_T_OBJECT_EX`: members that are objects. They differ for NULL only.
const OBJECT_MEMBERS: [i32; 2] = [6, 16];
/// `Py_READONLY`.
const READ_ONLY: i32 = 1;

/// What an instance may hold under the name.
#[derive(Clone, Copy, Debug)]
enum Own {
    /// Nothing.
    Never,
    /// The value with this number, if its values are inline, so many words from its start, and it has one.
    Inline { words: u8, index: u8 },
    /// Nothing as long as the keys that all instances share are so many, if its values are inline, so many words from its start.
    NotAmong { words: u8, keys: u8 },
    /// An entry of its dictionary.
    InDict,
}

/// What the name means.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Something that is left to the interpreter.
    Unknown,
    /// A data descriptor.
    Descriptor,
    /// The member at that byte offset, which may be written.
    Member { offset: u16, writable: bool },
    /// The object's type.
    Class,
    /// The object is a class: its name.
    Name,
    /// The object is a class: what was found, as an attribute of that.
    OfClass,
    /// What the instance holds, else what was found.
    Instance(Own),
    /// What the instance holds, else the method that was found, whose type never changes.
    Method(Own),
}

/// What was found out about a name.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Address of the instances' type; of the object itself, and one more, if that is a class.
    key: usize,
    /// What the type has under the name, borrowed: it lives as long as the version is the type's. Or NULL.
    found: *mut PyObject,
    /// The name, an exact str that the table owns a reference to.
    name: *mut PyObject,
    /// Version of the type at that address.
    version: u32,
    way: Way,
}

/// Two entries fill a line of the processor's caches.
const _: () = assert!(size_of::<Entry>() == 32);

const EMPTY: Entry = Entry { key: 0, name: null_mut(), version: 0, way: Way::Unknown, found: null_mut() };

/// The table.
pub(crate) struct AttributeCache(Box<[Cell<Entry>; CACHED]>);

impl Default for AttributeCache {
    fn default() -> AttributeCache {
        let places = vec![Cell::new(EMPTY); CACHED].into_boxed_slice();
        AttributeCache(places.try_into().expect("so many were made"))
    }
}

/// How an attribute was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// It was not: the interpreter must find it.
    Missed,
    /// It was there.
    Held,
    /// It is a method of the type, to be called with the object first, and of a builtin type itself.
    Method,
    /// The same, of any type.
    AnyMethod,
    /// A descriptor gave it; Python code may have run.
    Given,
}

/// An attribute. Two words, which are returned in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loaded {
    /// Owned; NULL if it was missed, or with an exception if it was given.
    pub value: *mut PyObject,
    pub how: How,
}

impl Loaded {
    pub(crate) const MISSED: Loaded = Loaded { value: null_mut(), how: How::Missed };

    /// # Safety
    ///
    /// `value` is alive.
    #[inline]
    unsafe fn new(value: *mut PyObject, how: How) -> Loaded {
        // SAFETY: as the caller says.
        Loaded { value: unsafe { Py_NewRef(value) }, how }
    }
}

impl AttributeCache {
    /// `object.name`, or what a call of that calls.
    ///
    /// # Safety
    ///
    /// The GIL is held; `object` is alive, `name` an exact str.
    #[inline(always)]
    pub(crate) unsafe fn load(&self, session: &Session, object: *mut PyObject, name: *mut PyObject) -> Loaded {
        // SAFETY: as the caller says.
        unsafe {
            let Some(entry) = self.entry(session, object, name) else { return Loaded::MISSED };
            // The most frequent ones come first.
            if let Way::Method(Own::Inline { words, index }) | Way::Instance(Own::Inline { words, index }) = entry.way
                && (entry.found.is_null() || !is_data_descriptor(entry.found))
                && are_valid(values_at(object, words))
            {
                let value: *mut PyObject = read(values_at(object, words), place_of_value(index));
                if !value.is_null() {
                    return Loaded::new(value, How::Held);
                }
            }
            match entry.way {
                Way::Class => Loaded::new(Py_TYPE(object).cast(), How::Held),
                Way::Name => Loaded::new(read(object.cast(), offsets::TYPE_HT_NAME), How::Held),
                way => load_by(way, entry.found, object, name),
            }
        }
    }

    /// `object.name = value`, where that replaces or adds what the instance holds in a place of its own: true if no Python code can have run.
    /// `None` if the interpreter must do it.
    ///
    /// # Safety
    ///
    /// As for [`Self::load`]; `value` is alive.
    #[inline]
    pub(crate) unsafe fn store(&self, session: &Session, object: *mut PyObject, name: *mut PyObject, value: *mut PyObject) -> Option<bool> {
        // SAFETY: as the caller says.
        unsafe { self.entry(session, object, name)?.store(object, value) }
    }

    /// The entry for a name and an object. The first time there is none.
    ///
    /// # Safety
    ///
    /// As for [`Self::load`].
    #[inline(always)]
    unsafe fn entry(&self, session: &Session, object: *mut PyObject, name: *mut PyObject) -> Option<Entry> {
        // SAFETY: as the caller says; a class is a type object.
        unsafe {
            let kind = Py_TYPE(object);
            let is_class = std::ptr::eq(kind, &raw mut ffi::PyType_Type);
            let (key, described) = if is_class { (object as usize | 1, object.cast()) } else { (kind as usize, kind) };
            let place = &self.0[place_of(key ^ (name as usize).rotate_left(u32::BITS), CACHED)];
            let entry = place.get();
            if entry.key != key || entry.name != name || entry.version != type_version(described) || entry.version == 0 {
                fill(session, place, key, described, is_class, name);
                return None;
            }
            Some(entry)
        }
    }
}

/// An attribute for which there is an entry.
///
/// # Safety
///
/// As for [`AttributeCache::load`]; the entry is for the object's type, or for the object.
#[inline(never)]
unsafe fn load_by(way: Way, found: *mut PyObject, object: *mut PyObject, name: *mut PyObject) -> Loaded {
    // SAFETY: the type is as it was when the entry was made, so the object has what the entry says.
    unsafe {
        let kind = Py_TYPE(object);
        match way {
            Way::Unknown | Way::Class | Way::Name => Loaded::MISSED,
            // The descriptor's own type may have changed.
            Way::Descriptor => if is_data_descriptor(found) { described(found, object, kind) } else { Loaded::MISSED },
            Way::Member { offset, .. } => {
                let member: *mut PyObject = read(object.cast(), usize::from(offset));
                if member.is_null() { Loaded::MISSED } else { Loaded::new(member, How::Held) }
            }
            Way::OfClass => described(found, null_mut(), object.cast()),
            Way::Method(own) => match own_value(object, kind, own, name) {
                None => Loaded::MISSED,
                Some(value) if value.is_null() => Loaded::new(found, How::Method),
                Some(value) => Loaded::new(value, How::Held),
            },
            Way::Instance(_) if !found.is_null() && is_data_descriptor(found) => Loaded::MISSED,
            Way::Instance(own) => match own_value(object, kind, own, name) {
                None => Loaded::MISSED,
                Some(value) if !value.is_null() => Loaded::new(value, How::Held),
                Some(_) if found.is_null() => Loaded::MISSED,
                Some(_) if (*Py_TYPE(found)).tp_flags & ffi::Py_TPFLAGS_METHOD_DESCRIPTOR != 0 => Loaded::new(found, How::AnyMethod),
                Some(_) => described(found, object, kind),
            },
        }
    }
}

impl Entry {
    /// # Safety
    ///
    /// As for [`AttributeCache::store`]; the entry is for the object's type, or for the object.
    #[inline(always)]
    unsafe fn store(self, object: *mut PyObject, value: *mut PyObject) -> Option<bool> {
        // SAFETY: the type is as it was when the entry was made, so the object has the place that the entry tells of, and nothing in the type
        // comes before it. Nobody else knows of the inline values of an object without a dictionary.
        unsafe {
            let kind = Py_TYPE(object);
            let base = &raw mut ffi::PyBaseObject_Type;
            if (*kind).tp_setattro.map(|f| f as usize) != (*base).tp_setattro.map(|f| f as usize) {
                return None;
            }
            let place: *mut *mut PyObject = match self.way {
                Way::Member { offset, writable: true } => object.byte_add(usize::from(offset)).cast(),
                Way::Method(Own::Inline { words, index }) | Way::Instance(Own::Inline { words, index }) => {
                    let dict: *mut PyObject = object.byte_offset(offsets::MANAGED_DICT).cast::<*mut PyObject>().read();
                    let values = values_at(object, words);
                    if !dict.is_null() || !are_valid(values) || !self.found.is_null() && (*Py_TYPE(self.found)).tp_descr_set.is_some() {
                        return None;
                    }
                    let place: *mut *mut PyObject = values.add(place_of_value(index)).cast();
                    if (*place).is_null() {
                        note_insertion(values, index);
                    }
                    place
                }
                _ => return None,
            };
            let before = place.replace(Py_NewRef(value));
            let stays = before.is_null() || ffi::Py_REFCNT(before) > 1;
            ffi::Py_XDECREF(before);
            Some(stays)
        }
    }
}

/// What was found in a class, as an attribute of an object (NULL: of the class itself).
///
/// # Safety
///
/// All are alive; no Python code has run since `found` was found.
unsafe fn described(found: *mut PyObject, object: *mut PyObject, class: *mut PyTypeObject) -> Loaded {
    // SAFETY: as the caller says; what was found is held as long as its type may run Python code.
    unsafe {
        let Some(get) = (*Py_TYPE(found)).tp_descr_get else { return Loaded::new(found, How::Held) };
        Py_INCREF(found);
        let result = get(found, object, class.cast());
        Py_DECREF(found);
        Loaded { value: result, how: How::Given }
    }
}

/// Notes the key of an inline value as inserted last (`_PyDictValues_AddToInsertionOrder` of `pycore_dict.h`).
///
/// # Safety
///
/// `values` leads to the valid inline values of an alive object, which has none with that number.
pub(crate) unsafe fn note_insertion(values: *mut u8, index: u8) {
    // SAFETY: the order follows the values, which have room for a number for each.
    unsafe {
        let size = read::<u8>(values, offsets::VALUES_SIZE);
        let order = offsets::VALUES_ITEMS + usize::from(read::<u8>(values, offsets::VALUES_CAPACITY)) * size_of::<usize>();
        write(values, order + usize::from(size), index);
        write(values, offsets::VALUES_SIZE, size + 1);
    }
}

/// True if an attribute of a class comes before what its instances hold.
///
/// # Safety
///
/// `attribute` is alive.
#[inline]
unsafe fn is_data_descriptor(attribute: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let kind = &*Py_TYPE(attribute);
        kind.tp_descr_set.is_some() && kind.tp_descr_get.is_some()
    }
}

/// What the object itself holds under the name, borrowed, or NULL; `None` if that is not where it was.
///
/// # Safety
///
/// As for [`AttributeCache::load`]; the type, which is `kind`, has that version.
#[inline]
unsafe fn own_value(object: *mut PyObject, kind: *mut PyTypeObject, own: Own, name: *mut PyObject) -> Option<*mut PyObject> {
    // SAFETY: a type with inline values has shared keys, and its instances have their values behind their own fields; a type with a
    // managed dictionary has it at a fixed place, maybe NULL.
    unsafe {
        match own {
            Own::Never => return Some(null_mut()),
            Own::Inline { words, index } if are_valid(values_at(object, words)) => {
                return Some(read(values_at(object, words), place_of_value(index)));
            }
            Own::NotAmong { words, keys } if are_valid(values_at(object, words)) => {
                let shared = Keys::from_ptr(read(kind.cast(), offsets::TYPE_CACHED_KEYS));
                return (shared.len() == usize::from(keys)).then_some(null_mut());
            }
            Own::Inline { .. } | Own::NotAmong { .. } | Own::InDict => {}
        }
        let dict: *mut PyObject = object.byte_offset(offsets::MANAGED_DICT).cast::<*mut PyObject>().read();
        if dict.is_null() {
            return Some(null_mut());
        }
        let simple = ffi::PyDict_CheckExact(dict) != 0;
        if simple { crate::dict_keys::seek(dict, crate::plain_keys::Key::Str(name)) } else { None }
    }
}

/// True if an instance keeps its attributes in inline values.
///
/// # Safety
///
/// The object is alive, and of that type, which provides for inline values.
#[inline]
pub(crate) unsafe fn has_inline_values(object: *mut PyObject, kind: *mut PyTypeObject) -> bool {
    // SAFETY: the values are behind the instance's own fields.
    unsafe { are_valid(object.byte_offset((*kind).tp_basicsize).cast()) }
}

/// Byte offset of an inline value among them.
#[inline]
fn place_of_value(index: u8) -> usize {
    offsets::VALUES_ITEMS + usize::from(index) * size_of::<usize>()
}

/// Where the inline values of an object begin, so many words from its start.
#[inline]
fn values_at(object: *mut PyObject, words: u8) -> *mut u8 {
    object.cast::<usize>().wrapping_add(usize::from(words)).cast()
}

/// True if inline values are used.
///
/// # Safety
///
/// `values` leads to the inline values of an alive object.
#[inline]
unsafe fn are_valid(values: *const u8) -> bool {
    // SAFETY: as the caller says.
    unsafe { read::<u8>(values, offsets::VALUES_VALID) == 1 }
}

/// Finds out about a name and remembers it.
///
/// # Safety
///
/// As for [`AttributeCache::load`]; `described` is the class itself, or the type of the instances.
#[cold]
unsafe fn fill(session: &Session, place: &Cell<Entry>, key: usize, described: *mut PyTypeObject, is_class: bool, name: *mut PyObject) {
    // SAFETY: as the caller says; lookups in types under an exact str run no Python code, and neither does the end of a str.
    unsafe {
        if session.ended.get() || PyUnstable_Type_AssignVersionTag(described) == 0 {
            return;
        }
        let (way, found) = if is_class { way_of_class(described, name) } else { way_of_instances(described, name) };
        let before = place.get();
        place.set(Entry { key, name: Py_NewRef(name), version: type_version(described), way, found });
        ffi::Py_XDECREF(before.name);
    }
}

/// # Safety
///
/// As for [`fill`].
unsafe fn way_of_class(class: *mut PyTypeObject, name: *mut PyObject) -> (Way, *mut PyObject) {
    // SAFETY: as the caller says; `type` never changes.
    unsafe {
        let of_type = _PyType_Lookup(&raw mut ffi::PyType_Type, name);
        if !of_type.is_null() && is_data_descriptor(of_type) {
            let has_name = (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0;
            return match str_of(name).as_deref() {
                Some("__name__") if has_name => (Way::Name, null_mut()),
                _ => (Way::Descriptor, of_type),
            };
        }
        let found = _PyType_Lookup(class, name);
        if found.is_null() { (Way::Unknown, found) } else { (Way::OfClass, found) }
    }
}

/// # Safety
///
/// As for [`fill`].
unsafe fn way_of_instances(kind: *mut PyTypeObject, name: *mut PyObject) -> (Way, *mut PyObject) {
    let unknown = (Way::Unknown, null_mut());
    // SAFETY: as the caller says; the descriptors' types have the fields read of them.
    unsafe {
        let base = &raw mut ffi::PyBaseObject_Type;
        if (*kind).tp_getattro.map(|f| f as usize) != (*base).tp_getattro.map(|f| f as usize) {
            return unknown;
        }
        let found = _PyType_Lookup(kind, name);
        if !found.is_null() && is_data_descriptor(found) {
            if std::ptr::eq(Py_TYPE(found), &raw mut ffi::PyMemberDescr_Type) {
                return (member_of(kind, found).unwrap_or(Way::Descriptor), found);
            }
            let is_class = str_of(name).as_deref() == Some("__class__") && std::ptr::eq(found, _PyType_Lookup(base, name));
            return (if is_class { Way::Class } else { Way::Descriptor }, found);
        }
        let flags = (*kind).tp_flags as usize;
        let own = if flags & offsets::FLAG_INLINE_VALUES != 0 {
            let keys: *const u8 = read(kind.cast(), offsets::TYPE_CACHED_KEYS);
            if keys.is_null() {
                return unknown;
            }
            let keys = Keys::from_ptr(keys);
            let (Ok(words), Ok(count)) = (u8::try_from((*kind).tp_basicsize / size_of::<usize>() as isize), u8::try_from(keys.len())) else {
                return unknown;
            };
            match keys.find(name) {
                None => Own::NotAmong { words, keys: count },
                Some(index) => Own::Inline { words, index: index as u8 },
            }
        } else if flags & offsets::FLAG_MANAGED_DICT != 0 {
            Own::InDict
        } else if (*kind).tp_dictoffset == 0 {
            Own::Never
        } else {
            return unknown;
        };
        (if is_lasting_method(found) { Way::Method(own) } else { Way::Instance(own) }, found)
    }
}

/// True for what is a method, and no data descriptor, whatever happens: its type is builtin.
///
/// # Safety
///
/// `found` is NULL or alive.
unsafe fn is_lasting_method(found: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    let is = |known: *const PyTypeObject| !found.is_null() && std::ptr::eq(unsafe { Py_TYPE(found) }, known);
    is(&raw const ffi::PyFunction_Type) || is(&raw const ffi::PyMethodDescr_Type) || is(&raw const ffi::PyWrapperDescr_Type)
}

/// The way to a member that is an object and needs no check.
///
/// # Safety
///
/// `descriptor` is an alive member descriptor.
unsafe fn member_of(kind: *mut PyTypeObject, descriptor: *mut PyObject) -> Option<Way> {
    // SAFETY: a member descriptor has a type and a definition, which live as long as it.
    unsafe {
        let descriptor = &*descriptor.cast::<ffi::PyMemberDescrObject>();
        let member = &*descriptor.d_member;
        let plain = OBJECT_MEMBERS.contains(&member.type_code) && member.flags & !READ_ONLY == 0;
        let offset = u16::try_from(member.offset).ok()?;
        let writable = member.flags & READ_ONLY == 0;
        (plain && ffi::PyType_IsSubtype(kind, descriptor.d_common.d_type) != 0).then_some(Way::Member { offset, writable })
    }
}
