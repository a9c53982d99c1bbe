//! Types, functions and descriptors that inline caches name by version or address.

use super::Builder;
use std::collections::BTreeSet;
use whipsnake_bytecode::feedback::{CallKind, CallKwKind, LoadAttrKind, StoreAttrKind, ToBoolKind};
use whipsnake_bytecode::{Feedback, Instr, Op};
use whipsnake_cpython::ffi::{self, PyInterpreterState, PyObject, PyTypeObject};
use whipsnake_cpython::symbols::_PyType_Lookup;
use whipsnake_cpython::version_lookup::function_by_version;

/// What an inline cache names. Versions are 0 and addresses NULL where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Named {
    type_version: u32,
    metaclass_version: u32,
    function_version: u32,
    /// Valid as long as the type has the version.
    descriptor: u64,
    /// The descriptor is the getter of the property that is found.
    getter: bool,
}

impl Builder<'_> {
    /// Looks up what the inline caches of all codes name that were not read yet.
    ///
    /// # Safety
    /// The GIL is held and no exception is raised.
    pub(super) unsafe fn read_feedback(&mut self) {
        let interpreter = self.platform.interpreter as *mut PyInterpreterState;
        let mut wanted = Vec::new();
        for (index, source) in self.sources.iter_mut().enumerate() {
            // Each code is read once: its instructions are not needed afterwards.
            for instr in std::mem::take(&mut source.instrs) {
                let named = named_by(instr.feedback);
                if named != Named::default() {
                    wanted.push((index, instr, named));
                }
            }
        }
        // Known types first: they need not be looked up.
        let known: std::collections::BTreeMap<u32, *mut PyTypeObject> =
            self.types.iter().zip(&self.type_sources).map(|(info, &(kind, _))| (info.version, kind)).collect();
        let versions: BTreeSet<u32> = wanted
            .iter()
            .flat_map(|(_, _, named)| [named.type_version, named.metaclass_version])
            .filter(|version| *version != 0 && !known.contains_key(version))
            .collect();
        let mut types = self.units.types_by_version(interpreter, &versions);
        types.extend(known);
        for (index, instr, named) in wanted {
            for version in [named.type_version, named.metaclass_version] {
                if let (true, Some(&kind)) = (version != 0, types.get(&version)) {
                    // SAFETY: the type is alive, since it has the version.
                    let id = unsafe { self.type_id(kind) };
                    self.codes[index].types_by_version.insert(version, id);
                }
            }
            // SAFETY: the GIL is held, and the interpreter's cache holds functions that are alive.
            unsafe {
                if let Some(found) = function_by_version(interpreter, named.function_version)
                    && !found.function.is_null()
                {
                    let id = self.object_id(found.function);
                    self.codes[index].functions_by_version.insert(named.function_version, id);
                }
                if let (true, Some(&kind)) = (named.descriptor != 0, types.get(&named.type_version)) {
                    self.read_descriptor(index, &instr, named, kind);
                }
            }
        }
    }

    /// Notes a descriptor if it still is what the type has under the instruction's name.
    ///
    /// # Safety
    /// The GIL is held, and the type is alive.
    unsafe fn read_descriptor(&mut self, index: usize, instr: &Instr, named: Named, kind: *mut PyTypeObject) {
        let Op::LoadAttr { name, .. } = instr.op else { return };
        let Some(&name) = self.sources[index].code.names().get(name as usize) else { return };
        // SAFETY: the name is a str of the code; what the lookup finds is alive.
        unsafe {
            let mut found = _PyType_Lookup(kind, name);
            if named.getter && !found.is_null() && std::ptr::eq(ffi::Py_TYPE(found), &raw mut ffi::PyProperty_Type) {
                found = self.getter_of(found);
            }
            if !found.is_null() && std::ptr::eq(found, named.descriptor as *mut PyObject) {
                let id = self.object_id(found);
                self.codes[index].objects_by_address.insert(named.descriptor, id);
            }
        }
    }
}

fn named_by(feedback: Feedback) -> Named {
    let none = Named::default();
    match feedback {
        Feedback::ToBool(ToBoolKind::AlwaysTrue { type_version }) => Named { type_version, ..none },
        Feedback::LoadAttr(kind) => match kind {
            LoadAttrKind::InstanceValue { type_version, .. }
            | LoadAttrKind::WithHint { type_version, .. }
            | LoadAttrKind::Slot { type_version, .. }
            | LoadAttrKind::GetattributeOverridden { type_version, .. } => Named { type_version, ..none },
            LoadAttrKind::Module { .. } => none,
            LoadAttrKind::Class { type_version, metaclass_version, descr } => {
                Named { type_version, metaclass_version: metaclass_version.unwrap_or(0), descriptor: descr, ..none }
            }
            LoadAttrKind::Property { type_version, func_version, fget } => {
                Named { type_version, function_version: func_version, descriptor: fget, getter: true, ..none }
            }
            LoadAttrKind::MethodWithValues { type_version, descr, .. }
            | LoadAttrKind::MethodNoDict { type_version, descr }
            | LoadAttrKind::MethodLazyDict { type_version, descr, .. }
            | LoadAttrKind::NondescriptorWithValues { type_version, descr, .. }
            | LoadAttrKind::NondescriptorNoDict { type_version, descr } => {
                Named { type_version, descriptor: descr, ..none }
            }
        },
        Feedback::StoreAttr(
            StoreAttrKind::InstanceValue { type_version, .. }
            | StoreAttrKind::Slot { type_version, .. }
            | StoreAttrKind::WithHint { type_version, .. },
        )
        | Feedback::Call(CallKind::AllocAndEnterInit { type_version }) => Named { type_version, ..none },
        Feedback::Call(
            CallKind::PyExactArgs { func_version }
            | CallKind::PyGeneral { func_version }
            | CallKind::BoundMethodExactArgs { func_version }
            | CallKind::BoundMethodGeneral { func_version },
        )
        | Feedback::CallKw(CallKwKind::Py { func_version } | CallKwKind::BoundMethod { func_version }) => {
            Named { function_version: func_version, ..none }
        }
        _ => none,
    }
}
