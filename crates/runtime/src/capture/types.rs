//! The table of types.

use super::Builder;
use crate::text::shown_text;
use crate::destroy_type::{ends_unseen, is_leaf_type};
use crate::dict_keys::Keys;
use std::collections::BTreeMap;
use std::ffi::CStr;
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::{KnownType, Truth, TypeId, TypeInfo};
use whipsnake_cpython::ffi::{self, PyHeapTypeObject, PyObject, PyTypeObject};
use whipsnake_cpython::{memory, offsets, symbols, version_lookup};

impl Builder<'_> {
    /// The table's entry for a type; the type gets a version if it has none.
    ///
    /// # Safety
    /// The GIL is held and the type is alive.
    pub(super) unsafe fn type_id(&mut self, kind: *mut PyTypeObject) -> TypeId {
        if let Some(&id) = self.type_ids.get(&(kind as usize)) {
            return id;
        }
        // SAFETY: the type is alive, and is kept so from here on.
        unsafe {
            self.references.hold(kind.cast());
            let info = self.type_info(kind);
            let id = self.types.len() as TypeId;
            self.type_ids.insert(kind as usize, id);
            self.types.push(info);
            self.type_sources.push((kind, 0));
            id
        }
    }

    /// # Safety
    /// As [`Self::type_id`].
    unsafe fn type_info(&self, kind: *mut PyTypeObject) -> TypeInfo {
        // SAFETY: the type is alive and has all fields of its structure.
        unsafe {
            let known = KnownType::ALL.iter().copied().find(|&known| self.platform.known_type(known) == Some(kind as u64));
            let assigned = !self.units.is_volatile_type(kind)
                && !self.units.fails(Fault::TypeVersion)
                && symbols::PyUnstable_Type_AssignVersionTag(kind) != 0;
            let flags = (*kind).tp_flags as usize;
            let heap = flags & offsets::FLAG_HEAP_TYPE != 0;
            let inline_values = flags & offsets::FLAG_INLINE_VALUES != 0;
            let managed_dict = flags & offsets::FLAG_MANAGED_DICT != 0;
            let keys = shared_keys(kind);
            TypeInfo {
                address: kind as u64,
                name: type_name(kind),
                known,
                version: if assigned { version_lookup::type_version(kind) } else { 0 },
                basicsize: (*kind).tp_basicsize as i64,
                inline_values,
                loses_values: inline_values && self.units.loses_values(kind),
                managed_dict,
                has_dict: managed_dict || (*kind).tp_dictoffset != 0,
                dict_offset: if managed_dict { 0 } else { ((*kind).tp_dictoffset as i64).max(0) },
                shared_keys_version: keys.map_or(0, |keys| keys.shared_version()),
                shared_keys: keys.map_or(0, Keys::address),
                mutable: heap && flags & offsets::FLAG_IMMUTABLE_TYPE == 0,
                attributes: BTreeMap::new(),
                class_attributes: BTreeMap::new(),
                super_methods: Vec::new(),
                rests_on: Vec::new(),
                mro: mro(kind),
                plain_metaclass: std::ptr::eq(type_of(kind.cast()), &raw const ffi::PyType_Type),
                plain_class: has_plain_class(kind),
                truth: truth(kind),
                sets_as_object: super::attributes::sets_as_object(kind),
                leaf: is_leaf_type(kind),
                ends_unseen: ends_unseen(kind),
                simple_init: None,
                bare: false,
                simple_new: None,
                new_exception: None,
                shows_arguments: shows_arguments(kind),
                gives_arguments: false,
                tuple_like: is_tuple_like(kind),
            }
        }
    }
}

/// What decides whether an instance is true, as long as the type stays what it is.
///
/// # Safety
/// `kind` is alive and ready.
unsafe fn truth(kind: *mut PyTypeObject) -> Truth {
    // SAFETY: type objects are readable, and so are their tables of slots.
    unsafe {
        let asked = (*kind).tp_as_number.as_ref().is_some_and(|slots| slots.nb_bool.is_some());
        let mapping = (*kind).tp_as_mapping.as_ref().is_some_and(|slots| slots.mp_length.is_some());
        let sequence = (*kind).tp_as_sequence.as_ref().is_some_and(|slots| slots.sq_length.is_some());
        match (asked, mapping || sequence) {
            (true, _) => Truth::Asked,
            (false, true) => Truth::Length,
            (false, false) => Truth::Always,
        }
    }
}

/// True for exceptions whose text is made by `BaseException`.
///
/// # Safety
/// `kind` is alive and ready.
unsafe fn shows_arguments(kind: *mut PyTypeObject) -> bool {
    // SAFETY: type objects are readable.
    unsafe {
        let base = &*ffi::PyExc_BaseException.cast::<PyTypeObject>();
        (*kind).tp_flags & ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS != 0 && (*kind).tp_str.map(|f| f as usize) == base.tp_str.map(|f| f as usize)
    }
}

/// True for a class written in Python that derives from `tuple` and allocates and iterates as that.
///
/// # Safety
/// `kind` is alive and ready.
unsafe fn is_tuple_like(kind: *mut PyTypeObject) -> bool {
    // SAFETY: type objects are readable.
    unsafe {
        let tuple = &*(&raw const ffi::PyTuple_Type);
        let flags = (*kind).tp_flags;
        flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && flags & ffi::Py_TPFLAGS_TUPLE_SUBCLASS != 0
            && (*kind).tp_iter.map(|f| f as usize) == tuple.tp_iter.map(|f| f as usize)
            && (*kind).tp_alloc.map(|f| f as usize) == Some(ffi::PyType_GenericAlloc as *const () as usize)
    }
}

/// Addresses of the types that a type derives from, itself first.
///
/// # Safety
/// `kind` is alive and ready.
unsafe fn mro(kind: *mut PyTypeObject) -> Vec<u64> {
    // SAFETY: the tuple lives as long as the type has no other bases.
    unsafe {
        let mro = (*kind).tp_mro;
        if mro.is_null() || ffi::PyTuple_CheckExact(mro) == 0 {
            return Vec::new();
        }
        (0..ffi::PyTuple_GET_SIZE(mro)).map(|index| ffi::PyTuple_GET_ITEM(mro, index) as u64).collect()
    }
}

/// True if instances answer `__class__` with their type.
///
/// # Safety
/// The GIL is held; `kind` is alive.
pub(crate) unsafe fn has_plain_class(kind: *mut PyTypeObject) -> bool {
    // SAFETY: the name is an exact str, given back after the lookups, which run no Python code under it.
    unsafe {
        let name = ffi::PyUnicode_InternFromString(c"__class__".as_ptr());
        if name.is_null() {
            ffi::PyErr_Clear();
            return false;
        }
        let base = &raw mut ffi::PyBaseObject_Type;
        let plain = (*kind).tp_getattro.map(|f| f as usize) == (*base).tp_getattro.map(|f| f as usize)
            && std::ptr::eq(symbols::_PyType_Lookup(kind, name), symbols::_PyType_Lookup(base, name));
        ffi::Py_DECREF(name);
        plain
    }
}

/// The keys that instances with inline values share.
///
/// # Safety
/// `kind` is alive; the keys are used before the type or an instance changes.
pub(super) unsafe fn shared_keys(kind: *mut PyTypeObject) -> Option<Keys> {
    // SAFETY: only types with inline values are sure to have keys.
    unsafe {
        if (*kind).tp_flags as usize & offsets::FLAG_INLINE_VALUES == 0 {
            return None;
        }
        let keys: *const u8 = memory::read(kind.cast(), offsets::TYPE_CACHED_KEYS);
        (!keys.is_null()).then(|| Keys::from_ptr(keys))
    }
}

/// `type(object)`.
///
/// # Safety
/// `object` is alive.
#[inline]
pub(super) unsafe fn type_of(object: *mut PyObject) -> *mut PyTypeObject {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_TYPE(object) }
}

/// `__qualname__` of a class, the name of a builtin type.
///
/// # Safety
/// `kind` is alive.
pub(super) unsafe fn type_name(kind: *mut PyTypeObject) -> String {
    // SAFETY: heap types have a qualified name, which is a str; all types have a C name.
    unsafe {
        if (*kind).tp_flags as usize & offsets::FLAG_HEAP_TYPE != 0 {
            let name = (*kind.cast::<PyHeapTypeObject>()).ht_qualname;
            if !name.is_null() && ffi::PyUnicode_Check(name) != 0 {
                return shown_text(name);
            }
        }
        let name = CStr::from_ptr((*kind).tp_name).to_string_lossy();
        name.rsplit('.').next().unwrap_or(&name).to_owned()
    }
}
