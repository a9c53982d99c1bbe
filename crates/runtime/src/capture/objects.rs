//! The table of objects.

use super::{Builder, Candidate, types};
use crate::text::shown_text;
use std::ffi::{CStr, c_char, c_int, c_void};
use whipsnake_contract::snapshot::{CO_NESTED, FunctionInfo, ObjectId, ObjectInfo, ObjectKind, Receiver};
use whipsnake_cpython::ffi::{self, PyFunctionObject, PyObject};
use whipsnake_cpython::{Code, int, memory, offsets};

/// Longest str whose text is captured, in code points.
const MAX_TEXT: isize = 4096;
/// Longest tuple whose items are captured.
const MAX_TUPLE: isize = 256;
/// Tuples in tuples and defaults of defaults that are followed.
const MAX_NESTING: u32 = 8;

/// `PyCFunctionObject`, public in `cpython/methodobject.h`.
#[repr(C)]
struct CFunction {
    base: PyObject,
    definition: *mut MethodDefinition,
    instance: *mut PyObject,
    module: *mut PyObject,
}

/// `PyMethodDef`.
#[repr(C)]
struct MethodDefinition {
    name: *const c_char,
    function: *const c_void,
    flags: c_int,
    doc: *const c_char,
}

impl Builder<'_> {
    /// The table's entry for an object.
    ///
    /// # Safety
    /// The GIL is held and the object is alive.
    pub(super) unsafe fn object_id(&mut self, object: *mut PyObject) -> ObjectId {
        // SAFETY: the caller vouches for the object.
        unsafe { self.nested_object_id(object, 0) }
    }

    /// # Safety
    /// As [`Self::object_id`].
    unsafe fn nested_object_id(&mut self, object: *mut PyObject, nesting: u32) -> ObjectId {
        if let Some(&id) = self.object_ids.get(&(object as usize)) {
            return id;
        }
        // SAFETY: the object is alive, and is kept so from here on.
        unsafe {
            self.references.hold(object);
            let type_id = self.type_id(types::type_of(object));
            let id = self.objects.len() as ObjectId;
            self.object_ids.insert(object as usize, id);
            let immortal = memory::read::<i32>(object.cast(), offsets::OB_REFCNT) < 0;
            self.objects.push(ObjectInfo { address: object as u64, type_id, immortal, kind: ObjectKind::Other });
            let kind = self.kind_of(id, object, nesting);
            self.objects[id as usize].kind = kind;
            id
        }
    }

    /// # Safety
    /// As [`Self::object_id`].
    unsafe fn kind_of(&mut self, id: ObjectId, object: *mut PyObject, nesting: u32) -> ObjectKind {
        // SAFETY: the object is alive; each branch reads what its type check promises.
        unsafe {
            let address = object as u64;
            if address == self.platform.none {
                return ObjectKind::None;
            }
            if address == self.platform.true_ || address == self.platform.false_ {
                return ObjectKind::Bool(address == self.platform.true_);
            }
            if int::is_exact(object) {
                let wide = || int::wide_value(object).map_or(ObjectKind::Other, |(low, high)| ObjectKind::WideInt(low, high));
                return int::value(object).map_or_else(wide, ObjectKind::Int);
            }
            if ffi::PyFloat_CheckExact(object) != 0 {
                return ObjectKind::Float(memory::read(object.cast(), offsets::FLOAT_VALUE));
            }
            if ffi::PyComplex_CheckExact(object) != 0 {
                let part = |index: usize| memory::read(object.cast(), offsets::COMPLEX_VALUE + 8 * index);
                return ObjectKind::Complex(part(0), part(1));
            }
            if ffi::PyUnicode_CheckExact(object) != 0 {
                let short = ffi::PyUnicode_GetLength(object) <= MAX_TEXT;
                return short.then(|| text(object)).flatten().map_or(ObjectKind::Other, ObjectKind::Str);
            }
            if is_function(object) {
                return ObjectKind::Function(self.function_info(id, object, nesting));
            }
            if ffi::PyType_Check(object) != 0 {
                let class = self.type_id(object.cast());
                self.classes.push((class, 0));
                return ObjectKind::Type(class);
            }
            if ffi::PyCode_Check(object) != 0 {
                // A code object becomes `Code` when it is captured.
                return ObjectKind::Other;
            }
            if ffi::PyTuple_CheckExact(object) != 0 {
                return self.tuple(object, nesting);
            }
            if types::type_of(object) == &raw mut ffi::PySlice_Type && nesting < MAX_NESTING {
                let part = |index| memory::read(object.cast(), offsets::SLICE_START + index * size_of::<*mut PyObject>());
                return ObjectKind::Slice([0, 1, 2].map(|index| self.nested_object_id(part(index), nesting + 1)));
            }
            if ffi::PyModule_CheckExact(object) != 0 {
                let dict = ffi::PyModule_GetDict(object);
                self.modules.push((id, dict, 0));
                let name = self.module_name(dict);
                return ObjectKind::Module { name, dict: dict as u64, attributes: Default::default() };
            }
            native(object).unwrap_or(ObjectKind::Other)
        }
    }

    /// # Safety
    /// `object` is an alive exact tuple.
    unsafe fn tuple(&mut self, object: *mut PyObject, nesting: u32) -> ObjectKind {
        // SAFETY: items of a tuple are alive as long as it.
        unsafe {
            let count = ffi::PyTuple_GET_SIZE(object);
            if count > MAX_TUPLE || nesting >= MAX_NESTING || self.objects.len() >= self.limits.objects {
                return ObjectKind::Other;
            }
            let items = (0..count).map(|i| self.nested_object_id(ffi::PyTuple_GET_ITEM(object, i), nesting + 1));
            ObjectKind::Tuple(items.collect())
        }
    }

    /// # Safety
    /// `object` is an alive function.
    unsafe fn function_info(&mut self, id: ObjectId, object: *mut PyObject, nesting: u32) -> FunctionInfo {
        // SAFETY: a function's code, globals, defaults and closure are alive as long as they are set.
        unsafe {
            let function = &*object.cast::<PyFunctionObject>();
            let mut info = FunctionInfo {
                address: object as u64,
                code: None,
                code_address: function.func_code as u64,
                defaults: Vec::new(),
                defaults_tuple: None,
                keyword_only_defaults: Vec::new(),
                keyword_only_dict: 0,
                argcount: 0,
                flags: 0,
                kwonly: 0,
                posonly: 0,
                closure: Vec::new(),
                parameters: Vec::new(),
                globals: function.func_globals as u64,
                unit: self.units.unit_of(object),
            };
            let Some(code) = Code::from_object(function.func_code) else { return info };
            (info.argcount, info.flags, info.kwonly) = (code.argcount(), code.flags(), code.kwonly());
            info.posonly = code.posonly();
            let names = code.local_names_tuple();
            let count = (info.argcount + info.kwonly) as isize;
            info.parameters = (0..count).map(|index| shown_text(ffi::PyTuple_GET_ITEM(names, index))).collect();
            if nesting < MAX_NESTING && self.objects.len() < self.limits.objects {
                info.defaults = self.items(function.func_defaults, nesting + 1);
                // Functions that are made again and again share them.
                if info.flags & CO_NESTED != 0 && !function.func_defaults.is_null() {
                    info.defaults_tuple = Some(self.nested_object_id(function.func_defaults, nesting + 1));
                }
                if info.flags & CO_NESTED == 0 && !function.func_kwdefaults.is_null() && ffi::PyDict_CheckExact(function.func_kwdefaults) != 0 {
                    info.keyword_only_dict = function.func_kwdefaults as u64;
                    let names = (info.argcount as isize..count).map(|index| ffi::PyTuple_GET_ITEM(names, index));
                    info.keyword_only_defaults = names.map(|name| self.keyword_default(function.func_kwdefaults, name, nesting + 1)).collect();
                }
                info.closure = self.cells(function.func_closure, nesting + 1);
                let (globals, builtins) = namespaces(object);
                self.candidates.push(Candidate { code, object: id, globals, builtins });
            }
            info
        }
    }

    /// The default of a keyword-only parameter, unless it changes often.
    ///
    /// # Safety
    /// `dict` is an alive exact dict, and `name` an alive exact str.
    unsafe fn keyword_default(&mut self, dict: *mut PyObject, name: *mut PyObject, nesting: u32) -> Option<ObjectId> {
        // SAFETY: as the caller says; what the dict holds is alive.
        unsafe {
            let value = crate::dict_keys::get(dict, name);
            let usable = !value.is_null() && !self.units.is_volatile(dict, &shown_text(name));
            usable.then(|| self.nested_object_id(value, nesting))
        }
    }

    /// The functions in the cells of a closure or NULL, and types that live as long as the process: methods of dataclasses find `object` in theirs, and
    /// what makes their defaults.
    ///
    /// # Safety
    /// `closure` is NULL or an alive tuple of cells.
    unsafe fn cells(&mut self, closure: *mut PyObject, nesting: u32) -> Vec<Option<ObjectId>> {
        if closure.is_null() {
            return Vec::new();
        }
        // SAFETY: what is in a cell of a tuple is alive as long as it is there.
        unsafe {
            let contents = |index| memory::read::<*mut PyObject>(ffi::PyTuple_GET_ITEM(closure, index).cast(), offsets::CELL_VALUE);
            (0..ffi::PyTuple_GET_SIZE(closure))
                .map(|index| {
                    let known = is_function(contents(index)) || is_static_type(contents(index));
                    known.then(|| self.nested_object_id(contents(index), nesting))
                })
                .collect()
        }
    }

    /// Objects of a tuple or NULL.
    ///
    /// # Safety
    /// `tuple` is NULL or an alive tuple.
    unsafe fn items(&mut self, tuple: *mut PyObject, nesting: u32) -> Vec<ObjectId> {
        if tuple.is_null() {
            return Vec::new();
        }
        // SAFETY: items of a tuple are alive as long as it.
        unsafe {
            (0..ffi::PyTuple_GET_SIZE(tuple))
                .map(|i| self.nested_object_id(ffi::PyTuple_GET_ITEM(tuple, i), nesting))
                .collect()
        }
    }

    /// `__name__` in a module's dictionary.
    ///
    /// # Safety
    /// `dict` is an alive exact dict.
    unsafe fn module_name(&mut self, dict: *mut PyObject) -> String {
        // SAFETY: the dict is alive, and what is in it.
        unsafe {
            let name = self.entry_of(dict, "__name__");
            let is_text = !name.is_null() && ffi::PyUnicode_CheckExact(name) != 0;
            is_text.then(|| text(name)).flatten().unwrap_or_else(|| "?".to_owned())
        }
    }
}

/// True for a Python function.
///
/// # Safety
/// `object` is NULL or alive.
pub(super) unsafe fn is_function(object: *mut PyObject) -> bool {
    // SAFETY: the object is alive.
    !object.is_null() && unsafe { ffi::PyFunction_Check(object) } != 0
}

/// True for a type that is no heap type.
///
/// # Safety
/// `object` is NULL or alive.
unsafe fn is_static_type(object: *mut PyObject) -> bool {
    // SAFETY: the object is alive, and read as a type if it is one.
    unsafe { !object.is_null() && ffi::PyType_Check(object) != 0 && (*object.cast::<ffi::PyTypeObject>()).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 }
}

/// Globals and builtins of a function.
///
/// # Safety
/// `function` is an alive function.
pub(super) unsafe fn namespaces(function: *mut PyObject) -> (*mut PyObject, *mut PyObject) {
    // SAFETY: the caller vouches for the type.
    let function = unsafe { &*function.cast::<PyFunctionObject>() };
    (function.func_globals, function.func_builtins)
}

/// The text of a str, unless it holds surrogates.
///
/// # Safety
/// `object` is an alive str.
pub(super) unsafe fn text(object: *mut PyObject) -> Option<String> {
    // SAFETY: the indices are inside of the str.
    unsafe { (0..ffi::PyUnicode_GetLength(object)).map(|i| char::from_u32(ffi::PyUnicode_ReadChar(object, i))).collect() }
}

/// A module's C function, `tuple.__new__`, a type's method descriptor, or what wraps a slot of a type (`object.__setattr__`).
///
/// # Safety
/// `object` is alive.
unsafe fn native(object: *mut PyObject) -> Option<ObjectKind> {
    // SAFETY: the type checks promise the structures; definitions and their names are static or live with the object.
    unsafe {
        let (owner, definition, receiver) = if ffi::PyCFunction_CheckExact(object) != 0 {
            let function = &*object.cast::<CFunction>();
            if std::ptr::eq(function.instance, (&raw mut ffi::PyTuple_Type).cast()) && CStr::from_ptr((*function.definition).name) == c"__new__" {
                // Bound to the type, which looks at the class that is to be made.
                return Some(ObjectKind::Native { name: "tuple.__new__".to_owned(), flags: 0, function: 0, receiver: Receiver::Unknown });
            }
            // A method bound to an instance or a class is no function of a module.
            let of_module = function.instance.is_null() || ffi::PyModule_Check(function.instance) != 0;
            if !of_module || function.module.is_null() || ffi::PyUnicode_CheckExact(function.module) == 0 {
                return None;
            }
            (shown_text(function.module), function.definition, Receiver::Object(function.instance as u64))
        } else if std::ptr::eq(types::type_of(object), &raw mut ffi::PyMethodDescr_Type) {
            let descriptor = &*object.cast::<ffi::PyMethodDescrObject>();
            let owner = CStr::from_ptr((*descriptor.d_common.d_type).tp_name).to_string_lossy().into_owned();
            (owner, descriptor.d_method.cast(), Receiver::InstanceOf(descriptor.d_common.d_type as u64))
        } else if std::ptr::eq(types::type_of(object), &raw mut ffi::PyWrapperDescr_Type) {
            // What type slots do, by a name.
            let descriptor = &*object.cast::<ffi::PyWrapperDescrObject>();
            let owner = CStr::from_ptr((*descriptor.d_common.d_type).tp_name).to_string_lossy();
            let name = CStr::from_ptr((*descriptor.d_base).name).to_string_lossy();
            return Some(ObjectKind::Native { name: format!("{owner}.{name}"), flags: 0, function: 0, receiver: Receiver::Unknown });
        } else {
            return None;
        };
        let definition = &*definition;
        Some(ObjectKind::Native {
            name: format!("{owner}.{}", CStr::from_ptr(definition.name).to_string_lossy()),
            flags: definition.flags as u32,
            function: definition.function as u64,
            receiver,
        })
    }
}
