//! What `super().name` finds in the methods of the snapshot.

use super::{Builder, objects, types};
use crate::dict_keys;
use whipsnake_contract::snapshot::{CodeId, SuperMethod, TypeId};
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject};

/// A name that a code asks of `super()`.
pub(super) struct SuperName {
    code: CodeId,
    name: *mut PyObject,
    text: String,
    /// Types in which it was looked up.
    done: usize,
}

impl Builder<'_> {
    /// Notes that a code asks for a name of `super()`.
    ///
    /// # Safety
    /// `name` is a str of the code.
    pub(super) unsafe fn add_super_name(&mut self, code: CodeId, name: *mut PyObject) {
        // SAFETY: as the caller says.
        if let Some(text) = unsafe { objects::text(name) }
            && text != "__class__"
            && !self.supers.iter().any(|known| known.code == code && known.text == text)
        {
            self.supers.push(SuperName { code, name, text, done: 0 });
        }
    }

    /// Looks these names up for all types that have such a method.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn resolve_supers(&mut self) {
        let mut supers = std::mem::take(&mut self.supers);
        for asked in &mut supers {
            let code = self.sources[asked.code as usize].code;
            // SAFETY: the tables hold the codes, their names and the types.
            unsafe {
                // As in `super_init_without_args` of `typeobject.c`, an object of a metaclass is taken for a class.
                let count = self.type_sources.len();
                for id in asked.done..count {
                    let kind = self.type_sources[id].0;
                    let usable = self.types[id].version != 0 && self.types[id].mutable && (*kind).tp_flags & ffi::Py_TPFLAGS_TYPE_SUBCLASS == 0;
                    if usable && let Some((class, method)) = self.behind(kind, code, asked.name) {
                        let method = self.object_id(method);
                        let found = SuperMethod { code: asked.code, name: asked.text.clone(), class: class as u64, method };
                        self.types[id as TypeId as usize].super_methods.push(found);
                    }
                }
                asked.done = count;
            }
        }
        self.supers = supers;
    }

    /// The class among those that a type derives from which has that code as a method, and the method that the classes behind it have under a name.
    ///
    /// # Safety
    /// The GIL is held; the type, the code and the name are alive.
    unsafe fn behind(&mut self, kind: *mut PyTypeObject, code: Code, name: *mut PyObject) -> Option<(*mut PyTypeObject, *mut PyObject)> {
        // SAFETY: a type keeps what it derives from alive, and these what is in their dictionaries.
        unsafe {
            let mro = (*kind).tp_mro;
            if mro.is_null() || ffi::PyTuple_CheckExact(mro) == 0 {
                return None;
            }
            let classes: Vec<*mut PyTypeObject> = (0..ffi::PyTuple_GET_SIZE(mro)).map(|index| ffi::PyTuple_GET_ITEM(mro, index).cast()).collect();
            let own_name = code.name();
            let owner = classes.iter().position(|&class| {
                let method = own_attribute(class, own_name);
                objects::is_function(method) && Code::of_function(method).is_some_and(|found| found.as_object() == code.as_object())
            })?;
            let found = classes[owner + 1..].iter().map(|&class| own_attribute(class, name)).find(|found| !found.is_null())?;
            let is_method = (*types::type_of(found)).tp_flags & ffi::Py_TPFLAGS_METHOD_DESCRIPTOR != 0;
            is_method.then_some((classes[owner], found))
        }
    }
}

/// What a class itself has under a name, borrowed; NULL if it has nothing.
///
/// # Safety
/// The GIL is held; the class is alive, `name` is an exact str.
unsafe fn own_attribute(class: *mut PyTypeObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the class keeps its dictionary, which is exact.
    unsafe {
        let dict = PyType_GetDict(class);
        if dict.is_null() {
            ffi::PyErr_Clear();
            return dict;
        }
        let found = dict_keys::get(dict, name);
        ffi::Py_DECREF(dict);
        found
    }
}

unsafe extern "C" {
    /// The dictionary of a class, owned.
    fn PyType_GetDict(class: *mut PyTypeObject) -> *mut PyObject;
}
