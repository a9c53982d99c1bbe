//! The table of codes: the unit's own, then those that may be inlined.

use super::objects;
use super::{Builder, CaptureError, Name, Source};
use crate::dict_keys;
use crate::module_loops::spans_of;
use crate::text::shown_text;
use std::collections::BTreeMap;
use whipsnake_bytecode::operand::{BinaryOp, CmpOp, Intrinsic1};
use whipsnake_bytecode::{Instr, Op, decode};
use whipsnake_contract::builtins::OF_METHODS;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::snapshot::{CodeId, CodeInfo, GlobalInfo, ObjectKind, SeenExit, SeenType};
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::{self, PyObject};

/// Flags of code whose locals are fast locals of a frame of its own (`CO_OPTIMIZED | CO_NEWLOCALS`).
const FUNCTION_FLAGS: u32 = 3;
/// Flags of coroutines and asynchronous generators, which are never inlined.
const ASYNC_FLAGS: u32 = 0x80 | 0x200;

impl Builder<'_> {
    /// Adds a code to the table; reading it further is left to [`Self::read_names`].
    ///
    /// # Safety
    /// The GIL is held; the code and the namespaces are alive.
    pub(super) unsafe fn add_code(
        &mut self,
        code: Code,
        globals: *mut PyObject,
        builtins: *mut PyObject,
        locals_are_globals: bool,
    ) -> Result<CodeId, CaptureError> {
        // SAFETY: a code object's strs live as long as it.
        let (qualname, filename) = unsafe { (shown_text(code.qualname()), shown_text(code.filename())) };
        let units = code.units();
        let instrs = match decode(self.version, &units) {
            Ok(decoded) => decoded.instrs,
            Err(error) => return Err(CaptureError::Decode { qualname, error }),
        };
        // SAFETY: constants and names live as long as the code object, to which the tables hold a reference from here on.
        unsafe {
            self.references.hold(code.as_object());
            // A loop's frame may be gone when its unit is installed, and with it all that leads to the namespaces.
            for namespace in [globals, builtins].into_iter().filter(|namespace| !namespace.is_null()) {
                self.references.hold(namespace);
            }
            if !self.codes.is_empty() {
                self.references.hold_for_unit(code.as_object());
            }
            let id = self.codes.len() as CodeId;
            self.code_ids.insert((code.as_object() as usize, globals as usize, builtins as usize), id);
            let kinds = code.local_kinds();
            let operand_types = self.operands_seen(code);
            let info = CodeInfo {
                address: code.as_object() as u64,
                qualname,
                filename,
                first_line: code.first_line(),
                flags: code.flags(),
                argcount: code.argcount(),
                kwonly: code.kwonly(),
                stacksize: code.stacksize() as u32,
                framesize: code.framesize() as u32,
                nlocalsplus: code.nlocalsplus() as u32,
                varnames: code.local_names().into_iter().map(|name| shown_text(name)).collect(),
                is_cell: kinds.iter().map(|kind| kind.cell || kind.free).collect(),
                units,
                exception_table: code.exception_table().to_vec(),
                constants: code.consts().into_iter().map(|object| self.object_id(object)).collect(),
                names: code.names().into_iter().map(|name| shown_text(name)).collect(),
                varname_objects: code.local_names().into_iter().map(|name| name as u64).collect(),
                name_objects: code.names().into_iter().map(|name| name as u64).collect(),
                globals: globals as u64,
                builtins: builtins as u64,
                global_values: BTreeMap::new(),
                types_by_version: BTreeMap::new(),
                objects_by_address: BTreeMap::new(),
                functions_by_version: BTreeMap::new(),
                exits_seen: self.exits_seen(code),
                operand_types,
            };
            self.codes.push(info);
            self.sources.push(Source { code, instrs, globals, builtins, locals_are_globals });
            Ok(id)
        }
    }

    /// What exits of earlier units tell of a code.
    ///
    /// # Safety
    /// The GIL is held, and the code is alive.
    unsafe fn exits_seen(&mut self, code: Code) -> Vec<SeenExit> {
        let units = self.units;
        let mut seen = units.exits_seen(code);
        for exit in seen.iter_mut().filter(|exit| exit.reason == ExitReason::TypeGuard) {
            units.types_seen(code, exit.offset, &mut |sight| {
                // SAFETY: the type is alive, and is kept so from here on.
                let type_id = unsafe { self.type_id(sight.kind) };
                if exit.types.len() < SeenExit::MAX_TYPES && exit.types.iter().all(|seen| seen.type_id != type_id) {
                    exit.types.push(SeenType { type_id, format: sight.format, function: None });
                }
            });
        }
        seen
    }

    /// The types of operands that earlier units of a code have noted.
    ///
    /// # Safety
    /// The GIL is held, and the code is alive.
    unsafe fn operands_seen(&mut self, code: Code) -> BTreeMap<u32, Vec<SeenType>> {
        let units = self.units;
        let mut seen: BTreeMap<u32, Vec<SeenType>> = BTreeMap::new();
        units.operands_seen(code, &mut |key, sight| {
            // SAFETY: the type and the function are alive, and are kept so from here on.
            let (type_id, function) = unsafe { (self.type_id(sight.kind), (!sight.function.is_null()).then(|| self.object_id(sight.function))) };
            seen.entry(key).or_default().push(SeenType { type_id, format: sight.format, function });
        });
        seen
    }

    /// Looks the global names of a code up, and notes its attribute names and nested codes.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn read_names(&mut self, index: usize) {
        let source = &self.sources[index];
        let (code, globals, builtins) = (source.code, source.globals, source.builtins);
        let locals_are_globals = source.locals_are_globals;
        let names = code.names();
        let ops: Vec<Op> = source.instrs.iter().map(|instr| instr.op).collect();
        // SAFETY: the names are strs of the code object.
        let name = |index: u32| names.get(index as usize).copied().filter(|&n| unsafe { ffi::PyUnicode_CheckExact(n) } != 0);
        if std::ptr::eq(globals, self.sources[0].globals) {
            let assigned = self.assigned_globals(index);
            for (text, object) in assigned.into_iter().filter_map(|at| Some((self.codes[index].names[at as usize].clone(), name(at)?))) {
                self.variables.insert(text, object);
            }
        }
        for (at, op) in ops.iter().copied().enumerate() {
            if let (Op::MatchClass { .. }, Some(Op::LoadConst { index: keywords })) = (op, at.checked_sub(1).map(|before| ops[before])) {
                // SAFETY: the GIL is held.
                unsafe { self.add_pattern_names(index, keywords) };
            }
            // SAFETY: the code holds the names, the tables hold the code.
            unsafe {
                match op {
                    Op::LoadGlobal { name: at, .. } => {
                        if let Some(name) = name(at) {
                            self.read_global(index, name, globals, builtins);
                        }
                    }
                    Op::LoadName { name: at } if locals_are_globals => {
                        if let Some(name) = name(at) {
                            self.read_global(index, name, globals, builtins);
                        }
                    }
                    Op::LoadAttr { name: at, .. } | Op::StoreAttr { name: at } => {
                        if let Some(name) = name(at) {
                            self.add_name(name);
                        }
                    }
                    Op::LoadSuperAttr { name: at, .. } => {
                        if let Some(name) = name(at) {
                            self.add_super_name(index as CodeId, name);
                        }
                    }
                    _ => {}
                }
                for special in special_methods(&op) {
                    self.add_special_name(special);
                }
            }
        }
        for (function, method) in OF_METHODS {
            if self.codes[index].names.iter().any(|name| function.strip_prefix("builtins.") == Some(name)) {
                // SAFETY: the GIL is held.
                unsafe { self.add_special_name(method) };
            }
        }
        if self.codes[index].names.iter().any(|name| name == "__setattr__") {
            // `object.__setattr__(self, "name", value)`.
            // SAFETY: the code holds the constants, the tables hold the code.
            code.consts().into_iter().for_each(|constant| unsafe { self.add_str(constant) });
        }
        for (at, constant) in code.consts().into_iter().enumerate() {
            // SAFETY: the constant is alive; a code object as constant becomes a function with the same namespaces.
            unsafe {
                if let Some(code) = Code::from_object(constant) {
                    let object = self.codes[index].constants[at];
                    self.candidates.push(super::Candidate { code, object, globals, builtins });
                }
            }
        }
    }

    /// Names that a code assigns as `global`, or, if it is a module's, in a loop.
    fn assigned_globals(&self, index: usize) -> Vec<u32> {
        let Source { instrs, locals_are_globals, .. } = &self.sources[index];
        // Modules may be long: their few loops are looked for once.
        let loops: Vec<_> = spans_of(instrs).collect();
        let repeated = |at: u32| loops.iter().any(|&(header, end)| (header..end).contains(&at));
        let assigned = |instr: &Instr| match instr.op {
            Op::StoreGlobal { name } => Some(name),
            Op::StoreName { name } if *locals_are_globals && repeated(instr.offset) => Some(name),
            _ => None,
        };
        instrs.iter().filter_map(assigned).collect()
    }

    /// # Safety
    /// The GIL is held; the namespaces are alive, `name` is an exact str.
    unsafe fn read_global(&mut self, index: usize, name: *mut PyObject, globals: *mut PyObject, builtins: *mut PyObject) {
        // SAFETY: only exact dicts are read; what is in them is alive, and held as soon as it is in the table.
        unsafe {
            let Some(text) = objects::text(name) else { return };
            let is_variable = self.variables.contains_key(&text) && std::ptr::eq(globals, self.sources[0].globals);
            if is_variable || self.codes[index].global_values.contains_key(&text) {
                return;
            }
            for (dict, builtin) in [(globals, false), (builtins, true)] {
                if dict.is_null() || ffi::PyDict_CheckExact(dict) == 0 {
                    return;
                }
                let value = dict_keys::get(dict, name);
                if !value.is_null() {
                    if self.units.is_volatile(dict, &text) {
                        return;
                    }
                    let object = self.object_id(value);
                    self.codes[index].global_values.insert(text, GlobalInfo { object, builtin });
                    return;
                }
            }
        }
    }

    /// Notes what a class pattern asks for: the attribute that names its positional parts, and those that its keywords name.
    ///
    /// # Safety
    /// The GIL is held.
    unsafe fn add_pattern_names(&mut self, index: usize, keywords: u32) {
        // SAFETY: the interpreter interns the name for good; the code holds its constants.
        unsafe {
            let name = self.interned("__match_args__");
            if !name.is_null() {
                self.add_name(name);
            }
            let keywords = self.codes[index].constants.get(keywords as usize).map(|&id| self.objects[id as usize].kind.clone());
            if let Some(ObjectKind::Tuple(names)) = keywords {
                for name in names {
                    self.add_str(self.objects[name as usize].address as *mut PyObject);
                }
            }
        }
    }

    /// Notes an attribute name, if the object is one.
    ///
    /// # Safety
    /// The object is alive as long as the tables are.
    pub(super) unsafe fn add_str(&mut self, name: *mut PyObject) {
        // SAFETY: as the caller says.
        if unsafe { ffi::PyUnicode_CheckExact(name) } != 0 {
            // SAFETY: it is an exact str.
            unsafe { self.add_name(name) };
        }
    }

    /// Notes an attribute name.
    ///
    /// # Safety
    /// `name` is an exact str of a captured code.
    unsafe fn add_name(&mut self, name: *mut PyObject) {
        // SAFETY: the name is alive.
        let Some(text) = (unsafe { objects::text(name) }) else { return };
        match self.name_ids.get(&text) {
            Some(&at) if !self.names[at].special => {}
            // A special method that a code also names itself is looked up like any other from now on.
            _ => {
                self.name_ids.insert(text.clone(), self.names.len());
                self.names.push(Name { text, object: name, special: false });
            }
        }
    }

    /// Captures the codes that were found since the last time; true if there were any.
    ///
    /// # Safety
    /// The GIL is held.
    pub(super) unsafe fn admit_candidates(&mut self) -> bool {
        let before = self.codes.len();
        for candidate in std::mem::take(&mut self.candidates) {
            let (code, globals) = (candidate.code, candidate.globals);
            let key = (code.as_object() as usize, globals as usize, candidate.builtins as usize);
            let known = self.code_ids.get(&key).copied();
            let flags = code.flags();
            if self.units.is_excluded(code) {
                continue;
            }
            let fits = code.len() <= self.limits.candidate_units
                && flags & FUNCTION_FLAGS == FUNCTION_FLAGS
                && flags & ASYNC_FLAGS == 0
                && self.codes.len() < self.limits.codes;
            // SAFETY: the object that it was found as keeps the code alive, and the tables hold that.
            let id = match known {
                Some(id) => id,
                None if fits => {
                    // SAFETY: as above.
                    match unsafe { self.add_code(code, globals, candidate.builtins, false) } {
                        Ok(id) => id,
                        // It is called instead of inlined.
                        Err(_) => continue,
                    }
                }
                None => continue,
            };
            match &mut self.objects[candidate.object as usize].kind {
                ObjectKind::Function(info) => info.code = Some(id),
                kind => *kind = ObjectKind::Code(id),
            }
        }
        self.codes.len() > before
    }
}

/// Names of the methods that the interpreter looks up on the operands' types.
fn special_methods(op: &Op) -> &'static [&'static str] {
    match op {
        Op::BinaryOp { op, .. } => match op {
            BinaryOp::Add => &["__add__", "__radd__", "__iadd__"],
            BinaryOp::And => &["__and__", "__rand__", "__iand__"],
            BinaryOp::FloorDivide => &["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
            BinaryOp::LeftShift => &["__lshift__", "__rlshift__", "__ilshift__"],
            BinaryOp::MatrixMultiply => &["__matmul__", "__rmatmul__", "__imatmul__"],
            BinaryOp::Multiply => &["__mul__", "__rmul__", "__imul__"],
            BinaryOp::Remainder => &["__mod__", "__rmod__", "__imod__"],
            BinaryOp::Or => &["__or__", "__ror__", "__ior__"],
            BinaryOp::Power => &["__pow__", "__rpow__", "__ipow__"],
            BinaryOp::RightShift => &["__rshift__", "__rrshift__", "__irshift__"],
            BinaryOp::Subtract => &["__sub__", "__rsub__", "__isub__"],
            BinaryOp::TrueDivide => &["__truediv__", "__rtruediv__", "__itruediv__"],
            BinaryOp::Xor => &["__xor__", "__rxor__", "__ixor__"],
            BinaryOp::Subscr => &["__getitem__", "__hash__"],
        },
        Op::CompareOp { op, .. } => match op {
            CmpOp::Lt | CmpOp::Gt => &["__lt__", "__gt__"],
            CmpOp::Le | CmpOp::Ge => &["__le__", "__ge__"],
            CmpOp::Eq => &["__eq__"],
            CmpOp::Ne => &["__ne__", "__eq__"],
        },
        Op::StoreSubscr => &["__setitem__", "__hash__"],
        Op::LoadSpecial { .. } => &["__enter__", "__exit__"],
        Op::ContainsOp { .. } => &["__contains__", "__hash__"],
        Op::ToBool => &["__bool__", "__len__"],
        Op::UnaryNegative => &["__neg__"],
        Op::UnaryInvert => &["__invert__"],
        Op::CallIntrinsic1 { function: Intrinsic1::UnaryPositive } => &["__pos__"],
        Op::GetIter => &["__iter__"],
        Op::ForIter { .. } => &["__next__"],
        Op::Call { argc: 1 } => &["__call__", "__len__", "__iter__"],
        Op::Call { .. } | Op::CallKw { .. } => &["__call__"],
        _ => &[],
    }
}
