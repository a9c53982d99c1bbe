//! What the attribute names of the codes resolve to.

use super::{Builder, Name, objects, types};
use crate::dict_keys;
use std::ffi::{CStr, c_int};
use whipsnake_contract::snapshot::{Attribute, ExceptionInit, ObjectId, ObjectKind, TypeId, TypeInfo, Wrapper};
use whipsnake_cpython::ffi::{self, PyHeapTypeObject, PyObject, PyTypeObject};
use whipsnake_cpython::memory;
use whipsnake_cpython::symbols::_PyType_Lookup;

unsafe extern "C" {
    static PyStaticMethod_Type: PyTypeObject;
    static PyClassMethod_Type: PyTypeObject;
}

/// `Py_T_OBJECT_EX`: the member type of `__slots__`.
const SLOT_MEMBER: c_int = 16;
/// `SHARED_KEYS_MAX_SIZE` of `pycore_dict.h`: names that the instances of a type share at most.
const SHARED_KEYS_MAX: usize = 30;

impl Builder<'_> {
    /// Looks all names up in all types and modules in which they were not looked up yet, and in those that this finds.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn resolve_attributes(&mut self) {
        let mut known = None;
        // Classes bring new names: those that patterns of them stand for.
        while known != Some(self.names.len()) {
            known = Some(self.names.len());
            // SAFETY: as the caller says.
            unsafe { self.resolve_names() };
        }
    }

    /// # Safety
    /// As [`Self::resolve_attributes`].
    unsafe fn resolve_names(&mut self) {
        // SAFETY: the tables hold references to all types, modules and names.
        unsafe {
            let mut index = 0;
            while index < self.type_sources.len() && index < self.limits.types {
                self.resolve_type(index as TypeId);
                index += 1;
            }
            self.resolve_supers();
            let mut index = 0;
            while index < self.classes.len() && index < self.limits.types {
                self.resolve_class(index);
                index += 1;
            }
            let mut index = 0;
            while index < self.modules.len() {
                self.resolve_module(index);
                index += 1;
            }
        }
    }

    /// # Safety
    /// As [`Self::resolve_attributes`].
    unsafe fn resolve_module(&mut self, index: usize) {
        let (id, dict, done) = self.modules[index];
        self.modules[index].2 = self.names.len();
        for at in done..self.names.len() {
            let Name { text, object: name, special } = self.names[at].clone();
            // SAFETY: a module's dictionary is exact, the name is an exact str.
            let value = unsafe { dict_keys::get(dict, name) };
            if value.is_null() || special || self.units.is_volatile(dict, &text) {
                continue;
            }
            // SAFETY: the value is alive, as it is in the dictionary.
            let value = unsafe { self.object_id(value) };
            if let ObjectKind::Module { attributes, .. } = &mut self.objects[id as usize].kind {
                attributes.insert(text, value);
            }
        }
    }

    /// # Safety
    /// As [`Self::resolve_attributes`].
    unsafe fn resolve_type(&mut self, id: TypeId) {
        let (kind, done) = self.type_sources[id as usize];
        self.type_sources[id as usize].1 = self.names.len();
        if self.types[id as usize].version == 0 {
            return;
        }
        // SAFETY: the type and the names are alive.
        unsafe {
            if self.types[id as usize].simple_init.is_none() && !self.types[id as usize].bare && self.is_made_by_object(id, kind) {
                let object = &*(&raw const ffi::PyBaseObject_Type);
                if (*kind).tp_init.map(|f| f as usize) == object.tp_init.map(|f| f as usize) {
                    self.types[id as usize].bare = true;
                } else {
                    self.types[id as usize].simple_init = self.init_function(kind);
                }
            }
            if self.types[id as usize].simple_new.is_none() {
                self.types[id as usize].simple_new = self.simple_new(id, kind);
            }
            if self.types[id as usize].new_exception.is_none() {
                self.types[id as usize].new_exception = self.new_exception(kind);
                self.types[id as usize].gives_arguments = self.types[id as usize].new_exception.is_some() && self.gives_arguments(kind);
            }
            let getattr = self.interned("__getattribute__");
            let Some(lookup) = lookup_of(kind, getattr) else { return };
            for at in done..self.names.len() {
                let name = self.names[at].clone();
                if name.special && !objects::is_function(_PyType_Lookup(kind, name.object)) {
                    continue;
                }
                if let Some(attribute) = self.resolve(id, kind, name.object, lookup) {
                    self.types[id as usize].attributes.insert(name.text, attribute);
                }
            }
        }
    }

    /// # Safety
    /// As [`Self::resolve_attributes`].
    unsafe fn resolve_class(&mut self, index: usize) {
        let (id, done) = self.classes[index];
        self.classes[index].1 = self.names.len();
        let kind = self.type_sources[id as usize].0;
        // SAFETY: the type, its metaclass and the names are alive.
        unsafe {
            if std::ptr::eq(kind, &raw mut ffi::PyBaseObject_Type) {
                return self.resolve_object(id, done);
            }
            let metaclass = types::type_of(kind.cast());
            let plain = &raw mut ffi::PyType_Type;
            let known_way = (*metaclass).tp_getattro.map(|f| f as usize) == (*plain).tp_getattro.map(|f| f as usize);
            // Builtin classes have little of interest, and their attributes are C functions.
            let TypeInfo { version, mutable, .. } = self.types[id as usize];
            if !known_way || version == 0 || !mutable || !self.rests_on(id, metaclass) {
                return;
            }
            for at in done..self.names.len() {
                let name = self.names[at].clone();
                // Data descriptors of the metaclass come first.
                let of_metaclass = _PyType_Lookup(metaclass, name.object);
                let hidden = !of_metaclass.is_null() && {
                    let descriptor = types::type_of(of_metaclass);
                    (*descriptor).tp_descr_set.is_some() || !self.rests_on(id, descriptor)
                };
                if name.special || hidden {
                    continue;
                }
                let found = _PyType_Lookup(kind, name.object);
                if found.is_null() || !self.rests_on(id, types::type_of(found)) {
                    continue;
                }
                let attribute = match self.wrapped(kind, found) {
                    None if objects::is_function(found) || (*types::type_of(found)).tp_descr_get.is_none() => {
                        Some(Attribute::ClassValue { object: self.object_id(found) })
                    }
                    wrapped => wrapped,
                };
                if name.text == "__match_args__" && ffi::PyTuple_CheckExact(found) != 0 {
                    (0..ffi::PyTuple_GET_SIZE(found)).for_each(|at| self.add_str(ffi::PyTuple_GET_ITEM(found, at)));
                }
                if let Some(attribute) = attribute {
                    self.types[id as usize].class_attributes.insert(name.text, attribute);
                }
            }
        }
    }

    /// The methods of `object` that programs call as such.
    ///
    /// # Safety
    /// As [`Self::resolve_attributes`].
    unsafe fn resolve_object(&mut self, id: TypeId, done: usize) {
        for at in done..self.names.len() {
            let name = self.names[at].clone();
            if name.text == "__setattr__" && !name.special {
                // SAFETY: what the lookup finds is alive as long as the type.
                let object = unsafe { self.object_id(_PyType_Lookup(&raw mut ffi::PyBaseObject_Type, name.object)) };
                self.types[id as usize].class_attributes.insert(name.text, Attribute::ClassValue { object });
            }
        }
    }

    /// A static method, or a class method of a function.
    ///
    /// # Safety
    /// `kind` is an alive type that has the alive object `found` in its attributes.
    unsafe fn wrapped(&mut self, kind: *mut PyTypeObject, found: *mut PyObject) -> Option<Attribute> {
        // SAFETY: both types hold one object in the member of that name.
        unsafe {
            let found_type = types::type_of(found);
            let is_static = std::ptr::eq(found_type, &raw const PyStaticMethod_Type);
            if !is_static && !std::ptr::eq(found_type, &raw const PyClassMethod_Type) {
                return None;
            }
            let member = _PyType_Lookup(found_type, self.interned("__func__"));
            if member.is_null() || !std::ptr::eq(types::type_of(member), &raw mut ffi::PyMemberDescr_Type) {
                return None;
            }
            let offset = (*(*member.cast::<ffi::PyMemberDescrObject>()).d_member).offset;
            let function: *mut PyObject = memory::read(found.cast(), offset as usize);
            if function.is_null() || !is_static && !objects::is_function(function) {
                return None;
            }
            let wrapper = Wrapper { address: found as u64, offset: offset as i64, function: self.object_id(function) };
            Some(if is_static {
                Attribute::StaticMethod { wrapper }
            } else {
                let namespace = self.namespace_of(kind, objects::namespaces(function).0);
                Attribute::ClassMethod { wrapper, class: self.object_id(kind.cast()), namespace }
            })
        }
    }

    /// The address of a dictionary if it has a class under the class's own name, else 0.
    ///
    /// # Safety
    /// `kind` and `dict` are alive.
    unsafe fn namespace_of(&self, kind: *mut PyTypeObject, dict: *mut PyObject) -> u64 {
        // SAFETY: heap types have a name; only exact dicts are read.
        unsafe {
            if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || ffi::PyDict_CheckExact(dict) == 0 {
                return 0;
            }
            let name = (*kind.cast::<PyHeapTypeObject>()).ht_qualname;
            let volatile = || objects::text(name).is_none_or(|text| self.units.is_volatile(dict, &text));
            let there = ffi::PyUnicode_CheckExact(name) != 0 && std::ptr::eq(dict_keys::get(dict, name), kind.cast());
            if there && !volatile() { dict as u64 } else { 0 }
        }
    }

    /// # Safety
    /// `kind` is an alive type with a version and that number, `name` an alive exact str.
    unsafe fn resolve(&mut self, id: TypeId, kind: *mut PyTypeObject, name: *mut PyObject, lookup: Lookup) -> Option<Attribute> {
        // SAFETY: what the lookup finds is alive as long as the type keeps its version, and is held as soon as it is in the table.
        unsafe {
            let found = _PyType_Lookup(kind, name);
            if !found.is_null() {
                let found_type = types::type_of(found);
                if std::ptr::eq(found_type, &raw mut ffi::PyMemberDescr_Type) {
                    return slot_offset(kind, found).map(|offset| Attribute::Slot { offset });
                }
                if std::ptr::eq(found_type, &raw mut ffi::PyProperty_Type) {
                    // An `AttributeError` of the getter would lead to `__getattr__`.
                    return if lookup == Lookup::Plain { self.property(found) } else { None };
                }
                if let Some(index) = item_of_named_tuple(kind, found) {
                    return Some(Attribute::TupleItem { index });
                }
                if !self.rests_on(id, found_type) {
                    return None;
                }
                if (*found_type).tp_descr_set.is_some() {
                    return if lookup == Lookup::Plain { self.descriptor(found) } else { None };
                }
            }
            // Instances' own values come before what is no data descriptor.
            if let Some(index) = types::shared_keys(kind).and_then(|keys| keys.find(name)) {
                let is_plain = !found.is_null() && (*types::type_of(found)).tp_descr_get.is_none();
                let is_method = !found.is_null() && (*types::type_of(found)).tp_flags & ffi::Py_TPFLAGS_METHOD_DESCRIPTOR != 0;
                let [default, method] = [is_plain, is_method].map(|wanted| wanted.then(|| self.object_id(found)));
                return Some(Attribute::InlineValue { index: index as u32, default, method });
            }
            if found.is_null() {
                return has_own_names(kind).then_some(Attribute::DictValue);
            }
            let found_type = types::type_of(found);
            if (*found_type).tp_flags & ffi::Py_TPFLAGS_METHOD_DESCRIPTOR != 0 {
                return Some(Attribute::Method { object: self.object_id(found) });
            }
            if let Some(wrapped) = self.wrapped(kind, found) {
                return Some(wrapped);
            }
            let descriptor = (*found_type).tp_descr_get.is_some();
            (!descriptor).then(|| Attribute::ClassValue { object: self.object_id(found) })
        }
    }

    /// Notes that what is known of a type's attributes is true as long as the type of one keeps its version: if that can be changed, it may become
    /// one of descriptors. False if nobody would hear of that.
    ///
    /// # Safety
    /// `found_type` is alive.
    unsafe fn rests_on(&mut self, id: TypeId, found_type: *mut PyTypeObject) -> bool {
        // SAFETY: as the caller says.
        let other = unsafe { self.type_id(found_type) };
        let TypeInfo { mutable, version, .. } = self.types[other as usize];
        let owner = &mut self.types[id as usize];
        // Nothing is assumed of a type that cannot be changed itself.
        let assumed = mutable && version != 0 && owner.mutable;
        if assumed && !owner.rests_on.contains(&other) {
            owner.rests_on.push(other);
        }
        assumed || !mutable
    }

    /// # Safety
    /// `object` is an alive exact property.
    unsafe fn property(&mut self, object: *mut PyObject) -> Option<Attribute> {
        // SAFETY: the property holds getter and setter.
        unsafe {
            let getter = self.getter_of(object);
            let setter = property_part(object, self.interned("fset"));
            if !objects::is_function(getter) {
                return None;
            }
            let setter = objects::is_function(setter).then(|| self.object_id(setter));
            Some(Attribute::Property { getter: self.object_id(getter), setter })
        }
    }

    /// # Safety
    /// `object` is alive, and of a type with a version.
    unsafe fn descriptor(&mut self, object: *mut PyObject) -> Option<Attribute> {
        // SAFETY: what the lookups find is alive, and held by the tables from then on.
        unsafe {
            let [getter, setter] = ["__get__", "__set__"].map(|name| {
                let name = self.interned(name);
                let found = if name.is_null() { name } else { _PyType_Lookup(types::type_of(object), name) };
                objects::is_function(found).then(|| self.object_id(found))
            });
            (getter.is_some() || setter.is_some()).then(|| Attribute::Descriptor { object: self.object_id(object), getter, setter })
        }
    }

    /// The getter of a property, borrowed; NULL if there is none.
    ///
    /// # Safety
    /// `property` is an alive exact property.
    pub(super) unsafe fn getter_of(&mut self, property: *mut PyObject) -> *mut PyObject {
        // SAFETY: the caller vouches for the type.
        unsafe { property_part(property, self.interned("fget")) }
    }

    /// `__init__` of a class, if it is a function.
    ///
    /// # Safety
    /// `kind` is alive.
    unsafe fn init_function(&mut self, kind: *mut PyTypeObject) -> Option<ObjectId> {
        // SAFETY: type objects are readable; what the lookup finds is alive.
        unsafe {
            let name = self.interned("__init__");
            let init = if name.is_null() { name } else { _PyType_Lookup(kind, name) };
            objects::is_function(init).then(|| self.object_id(init))
        }
    }

    /// True if calling the class makes an instance by `object.__new__`, and then calls `__init__`.
    ///
    /// # Safety
    /// `kind` is alive.
    unsafe fn is_made_by_object(&mut self, id: TypeId, kind: *mut PyTypeObject) -> bool {
        // SAFETY: type objects are readable.
        unsafe {
            let object_new = (*(&raw const ffi::PyBaseObject_Type)).tp_new.map(|f| f as usize);
            (*kind).tp_flags & ffi::Py_TPFLAGS_IS_ABSTRACT == 0
                && (*kind).tp_alloc.map(|f| f as usize) == Some(ffi::PyType_GenericAlloc as *const () as usize)
                && (*kind).tp_new.map(|f| f as usize) == object_new
                && self.is_called_as_usual(id, kind)
        }
    }

    /// What sets up exceptions of the class, if they are made by `BaseException.__new__` and nothing else, and have no finalizer.
    ///
    /// # Safety
    /// `kind` is alive.
    unsafe fn new_exception(&mut self, kind: *mut PyTypeObject) -> Option<ExceptionInit> {
        // SAFETY: type objects are readable; what the lookup finds is alive.
        unsafe {
            let base = &*ffi::PyExc_BaseException.cast::<PyTypeObject>();
            let plain = (*kind).tp_flags & ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS != 0
                && (*kind).tp_new.map(|f| f as usize) == base.tp_new.map(|f| f as usize)
                && (*kind).tp_alloc.map(|f| f as usize) == Some(ffi::PyType_GenericAlloc as *const () as usize)
                && (*kind).tp_finalize.is_none()
                && (*kind).tp_del.is_none()
                && std::ptr::eq(types::type_of(kind.cast()), &raw const ffi::PyType_Type);
            if !plain {
                return None;
            }
            if (*kind).tp_init.map(|f| f as usize) == base.tp_init.map(|f| f as usize) {
                return Some(ExceptionInit::Base);
            }
            self.init_function(kind).map(ExceptionInit::Python)
        }
    }

    /// `__new__` of the class with that number, if calling the class calls that and nothing else.
    ///
    /// # Safety
    /// `kind` is alive.
    unsafe fn simple_new(&mut self, id: TypeId, kind: *mut PyTypeObject) -> Option<ObjectId> {
        // SAFETY: type objects are readable; what the lookup finds is alive.
        unsafe {
            // `object.__init__` takes any arguments where there is a `__new__`.
            let object = &*(&raw const ffi::PyBaseObject_Type);
            let has_init = (*kind).tp_init.map(|f| f as usize) != object.tp_init.map(|f| f as usize);
            let has_new = (*kind).tp_new.map(|f| f as usize) != object.tp_new.map(|f| f as usize);
            if has_init || !has_new || !self.is_called_as_usual(id, kind) {
                return None;
            }
            let name = self.interned("__new__");
            let found = if name.is_null() { name } else { _PyType_Lookup(kind, name) };
            if found.is_null() {
                return None;
            }
            match self.wrapped(kind, found)? {
                Attribute::StaticMethod { wrapper } if matches!(self.objects[wrapper.function as usize].kind, ObjectKind::Function(_)) => Some(wrapper.function),
                _ => None,
            }
        }
    }

    /// True for a class of exceptions whose `args` nothing overrides.
    ///
    /// # Safety
    /// The GIL is held; `kind` is alive and ready.
    unsafe fn gives_arguments(&mut self, kind: *mut PyTypeObject) -> bool {
        // SAFETY: type objects are readable; what the lookups find is only compared.
        unsafe {
            let name = self.interned("args");
            let base = ffi::PyExc_BaseException.cast::<PyTypeObject>();
            !name.is_null()
                && (*kind).tp_getattro.map(|f| f as usize) == (*base).tp_getattro.map(|f| f as usize)
                && std::ptr::eq(_PyType_Lookup(kind, name), _PyType_Lookup(base, name))
        }
    }

    /// True if calling a class written in Python makes an instance and sets it up, as `type` does it.
    ///
    /// # Safety
    /// `kind` is alive.
    unsafe fn is_called_as_usual(&mut self, id: TypeId, kind: *mut PyTypeObject) -> bool {
        // SAFETY: type objects are readable.
        unsafe {
            let (metaclass, plain) = (types::type_of(kind.cast()), &raw const ffi::PyType_Type);
            (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                && (*metaclass).tp_call.map(|f| f as usize) == (*plain).tp_call.map(|f| f as usize)
                && (std::ptr::eq(metaclass, plain) || self.rests_on(id, metaclass))
        }
    }

    /// A name that no code holds, interned by the interpreter; NULL if there is no memory.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn interned(&mut self, text: &'static str) -> *mut PyObject {
        // SAFETY: the text has a length; the new reference goes over to the tables.
        unsafe {
            let mut name = ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len() as isize);
            if name.is_null() {
                ffi::PyErr_Clear();
                return name;
            }
            ffi::PyUnicode_InternInPlace(&mut name);
            self.references.hold(name);
            ffi::Py_DECREF(name);
            name
        }
    }

    /// Entry of an exact dict, borrowed; NULL if it is missing.
    ///
    /// # Safety
    /// The GIL is held, and `dict` is an alive exact dict.
    pub(super) unsafe fn entry_of(&mut self, dict: *mut PyObject, text: &'static str) -> *mut PyObject {
        // SAFETY: the name is an exact str.
        unsafe {
            let name = self.interned(text);
            if name.is_null() { name } else { dict_keys::get(dict, name) }
        }
    }

    /// Notes a name of a special method that the interpreter looks up on types.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn add_special_name(&mut self, text: &'static str) {
        if self.name_ids.contains_key(text) {
            return;
        }
        // SAFETY: the GIL is held.
        let name = unsafe { self.interned(text) };
        if !name.is_null() {
            self.name_ids.insert(text.to_owned(), self.names.len());
            self.names.push(Name { text: text.to_owned(), object: name, special: true });
        }
    }
}

/// How instances find attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lookup {
    /// As `object` does.
    Plain,
    /// What `object` does not find is asked of a `__getattr__` written in Python.
    WithHook,
}

/// How instances of a type find attributes; `None` if not in a known way.
///
/// # Safety
/// The GIL is held, `kind` is alive, `getattribute` is the name or NULL.
unsafe fn lookup_of(kind: *mut PyTypeObject, getattribute: *mut PyObject) -> Option<Lookup> {
    // SAFETY: type objects are readable; the lookups run no Python code under that name.
    unsafe {
        let base = &raw mut ffi::PyBaseObject_Type;
        if (*kind).tp_getattro.map(|f| f as usize) == (*base).tp_getattro.map(|f| f as usize) {
            return Some(Lookup::Plain);
        }
        // Types with a function of their own have a `__getattribute__` that wraps it, and so have those that derive from them.
        let inherits = !getattribute.is_null() && std::ptr::eq(_PyType_Lookup(kind, getattribute), _PyType_Lookup(base, getattribute));
        ((*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 && inherits).then_some(Lookup::WithHook)
    }
}

/// True if attributes of instances are set as `object` does.
///
/// # Safety
/// `kind` is an alive type.
pub(super) unsafe fn sets_as_object(kind: *mut PyTypeObject) -> bool {
    // SAFETY: type objects are readable.
    unsafe { (*kind).tp_setattro.map(|f| f as usize) == (*(&raw mut ffi::PyBaseObject_Type)).tp_setattro.map(|f| f as usize) }
}

/// True if instances may have attributes that are not among the keys that they share.
///
/// # Safety
/// `kind` is an alive type.
unsafe fn has_own_names(kind: *mut PyTypeObject) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        match types::shared_keys(kind) {
            Some(keys) => keys.len() >= SHARED_KEYS_MAX,
            None => (*kind).tp_dictoffset != 0,
        }
    }
}

/// The number of the item that an attribute of a named tuple stands for; `None` for other attributes.
///
/// # Safety
/// The GIL is held; `kind` and the descriptor are alive.
unsafe fn item_of_named_tuple(kind: *mut PyTypeObject, descriptor: *mut PyObject) -> Option<u32> {
    // SAFETY: an alive type has a name; the exact builtin type gives its parts out without running Python code.
    unsafe {
        let ty = types::type_of(descriptor);
        let known = CStr::from_ptr((*ty).tp_name) == c"collections._tuplegetter" && (*ty).tp_flags & ffi::Py_TPFLAGS_IMMUTABLETYPE != 0;
        if !known || (*kind).tp_flags & ffi::Py_TPFLAGS_TUPLE_SUBCLASS == 0 {
            return None;
        }
        let reduced = ffi::PyObject_CallMethod(descriptor, c"__reduce__".as_ptr(), std::ptr::null());
        if reduced.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let arguments = ffi::PyTuple_GetItem(reduced, 1);
        let index = if arguments.is_null() { -1 } else { ffi::PyLong_AsLong(ffi::PyTuple_GET_ITEM(arguments, 0)) };
        ffi::PyErr_Clear();
        ffi::Py_DECREF(reduced);
        u32::try_from(index).ok()
    }
}

/// Byte offset of a `__slots__` member, if instances of `kind` have it: a class may borrow the member of another.
///
/// # Safety
/// `kind` is alive, `descriptor` an alive member descriptor.
unsafe fn slot_offset(kind: *mut PyTypeObject, descriptor: *mut PyObject) -> Option<i64> {
    // SAFETY: a member descriptor has a type, and a definition, which lives as long as that.
    unsafe {
        let descriptor = &*descriptor.cast::<ffi::PyMemberDescrObject>();
        let member = &*descriptor.d_member;
        let plain = member.type_code == SLOT_MEMBER && member.flags == 0;
        (plain && ffi::PyType_IsSubtype(kind, descriptor.d_common.d_type) != 0).then_some(member.offset as i64)
    }
}

/// `fget` or `fset` of a property, borrowed; NULL if there is none.
///
/// # Safety
/// `property` is an alive exact property, `name` an exact str or NULL.
unsafe fn property_part(property: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    if name.is_null() {
        return name;
    }
    // SAFETY: the generic lookup finds a member of the exact type; the property keeps the value alive.
    unsafe {
        let part = ffi::PyObject_GenericGetAttr(property, name);
        if part.is_null() {
            ffi::PyErr_Clear();
            return part;
        }
        ffi::Py_DECREF(part);
        part
    }
}
