//! What the adaptive interpreter has learned at an instruction: its specialised opcode and inline
//! caches.
//!
//! Versions are those the interpreter keeps (`tp_version_tag`, `dk_version`, `func_version`); equal
//! versions mean unchanged objects. Addresses (`descr`) are borrowed from the inline cache and are
//! only valid as long as the version beside them still holds. Layout source: `pycore_code.h` and
//! the macro expansions in `pycore_opcode_metadata.h` of each version.

use serde::Serialize;

use crate::Version;
use crate::opcode::Specialized as S;

/// Bytes of a pointer; only 64-bit builds are supported.
const POINTER: u32 = 8;

/// Bytes from the start of an object to the pointer to its managed dictionary, in builds with the
/// GIL (`pycore_object.h`). The cache of `LOAD_ATTR_METHOD_LAZY_DICT` counts from there.
const MANAGED_DICT_OFFSET: i32 = -3 * POINTER as i32;

/// Feedback of one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Feedback {
    /// Nothing known: never specialised, specialisation failed, or not a specialisable opcode.
    None,
    /// The last 16 outcomes of a conditional jump, newest in bit 0; 1 means the jump was taken.
    Branch {
        /// Outcome bits.
        history: u16,
    },
    /// Operand types of an arithmetic `BinaryOp`.
    Binary(BinaryKind),
    /// Operand types of `BinaryOp` with `Subscr`.
    Subscr(SubscrKind),
    /// Operand types of `StoreSubscr`.
    StoreSubscr(StoreSubscrKind),
    /// Operand types of `CompareOp`.
    Compare(CompareKind),
    /// Container type of `ContainsOp`.
    Contains(ContainsKind),
    /// Operand type of `ToBool`.
    ToBool(ToBoolKind),
    /// Iterator type of `ForIter`.
    ForIter(IterKind),
    /// Sequence type of `UnpackSequence`.
    Unpack(UnpackKind),
    /// How `LoadAttr` finds its attribute.
    LoadAttr(LoadAttrKind),
    /// How `StoreAttr` stores.
    StoreAttr(StoreAttrKind),
    /// `LoadSuperAttr`: `super` is the builtin type.
    SuperAttr {
        /// The lookup binds a method (pushes function and self).
        method: bool,
    },
    /// Where `LoadGlobal` finds its name.
    LoadGlobal(LoadGlobalKind),
    /// What `Call` calls.
    Call(CallKind),
    /// What `CallKw` calls.
    CallKw(CallKwKind),
    /// `Send` to a generator or coroutine that is not running.
    SendGen,
}

/// Operands seen by an arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum BinaryKind {
    /// Two exact `int`.
    Int,
    /// Two exact `float`.
    Float,
    /// Two exact `str` (concatenation).
    Str,
    /// Two exact `str`; the left one is the local that the next instruction stores to.
    StrInplace,
    /// A pair in the interpreter's extension table (3.14: mixed float and int, bitwise int).
    Extend {
        /// Address of the `_PyBinaryOpSpecializationDescr`, static in the interpreter.
        descr: u64,
    },
}

/// Operands seen by `a[b]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum SubscrKind {
    /// Exact `list`, non-negative one-digit `int`.
    ListInt,
    /// Exact `list`, `slice` (3.14).
    ListSlice,
    /// Exact `tuple`, non-negative one-digit `int`.
    TupleInt,
    /// Exact `str`, non-negative one-digit `int`, with a Latin-1 (ASCII) result.
    StrInt,
    /// Exact `dict`.
    Dict,
    /// Heap type with a Python `__getitem__`; function and version are in the type's
    /// `_spec_cache`, not in the inline cache.
    Getitem,
}

/// Operands seen by `a[b] = c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum StoreSubscrKind {
    /// Exact `list`, non-negative one-digit `int` in range.
    ListInt,
    /// Exact `dict`.
    Dict,
}

/// Operands seen by a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum CompareKind {
    /// Two exact `int` of at most one digit.
    Int,
    /// Two exact `float`.
    Float,
    /// Two exact `str`, `==` or `!=`.
    Str,
}

/// Container seen by `in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ContainsKind {
    /// Exact `dict`.
    Dict,
    /// Exact `set` or `frozenset`.
    Set,
}

/// Operand seen by a truth test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ToBoolKind {
    /// `bool`
    Bool,
    /// Exact `int`.
    Int,
    /// Exact `list`.
    List,
    /// `None`
    None,
    /// Exact `str`.
    Str,
    /// A type with neither `__bool__` nor `__len__`.
    AlwaysTrue {
        /// `tp_version_tag` of that type.
        type_version: u32,
    },
}

/// Iterator seen by `ForIter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum IterKind {
    /// `list_iterator`
    List,
    /// `tuple_iterator`
    Tuple,
    /// `range_iterator`
    Range,
    /// Generator that is not running.
    Generator,
}

/// Sequence seen by `UnpackSequence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum UnpackKind {
    /// Exact `tuple` of length two.
    TwoTuple,
    /// Exact `tuple` of the wanted length.
    Tuple,
    /// Exact `list` of the wanted length.
    List,
}

/// How an attribute is found. All but `Module` and the class forms guard the type of the owner by
/// `type_version` (`tp_version_tag`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum LoadAttrKind {
    /// In the owner's inline values.
    InstanceValue {
        /// Version of the owner's type.
        type_version: u32,
        /// Where in the object.
        place: InlinePlace,
    },
    /// In the owner's `__dict__` at a hinted entry.
    WithHint {
        /// Version of the owner's type.
        type_version: u32,
        /// Index into the entries of the dictionary's keys.
        hint: u16,
    },
    /// In a `__slots__` member.
    Slot {
        /// Version of the owner's type.
        type_version: u32,
        /// Bytes from the start of the object to the value's pointer.
        offset: u16,
    },
    /// In a module's dictionary.
    Module {
        /// `dk_version` of the module dictionary's keys.
        keys_version: u32,
        /// Index into the entries of the keys.
        index: u16,
    },
    /// The owner is a class and the attribute is found on it.
    Class {
        /// Version of the owner, which is a type.
        type_version: u32,
        /// Version of the owner's metaclass, where it must be checked (3.14).
        metaclass_version: Option<u32>,
        /// The attribute's address.
        descr: u64,
    },
    /// A property whose getter is a Python function.
    Property {
        /// Version of the owner's type.
        type_version: u32,
        /// `func_version` of the getter.
        func_version: u32,
        /// The getter's address.
        fget: u64,
    },
    /// A Python `__getattribute__`.
    GetattributeOverridden {
        /// Version of the owner's type.
        type_version: u32,
        /// `func_version` of `__getattribute__`.
        func_version: u32,
        /// The function's address.
        getattribute: u64,
    },
    /// A method not shadowed by the owner's inline values.
    MethodWithValues {
        /// Version of the owner's type.
        type_version: u32,
        /// `dk_version` of the type's shared keys.
        keys_version: u32,
        /// The function's address.
        descr: u64,
    },
    /// A method; instances have no dictionary.
    MethodNoDict {
        /// Version of the owner's type.
        type_version: u32,
        /// The function's address.
        descr: u64,
    },
    /// A method; the owner's dictionary pointer must be NULL.
    MethodLazyDict {
        /// Version of the owner's type.
        type_version: u32,
        /// Bytes from the start of the object to the dictionary pointer; negative for a managed
        /// dictionary.
        dict_offset: i32,
        /// The function's address.
        descr: u64,
    },
    /// A class variable that is no descriptor, not shadowed by inline values.
    NondescriptorWithValues {
        /// Version of the owner's type.
        type_version: u32,
        /// `dk_version` of the type's shared keys.
        keys_version: u32,
        /// The object's address.
        descr: u64,
    },
    /// A class variable that is no descriptor; instances have no dictionary.
    NondescriptorNoDict {
        /// Version of the owner's type.
        type_version: u32,
        /// The object's address.
        descr: u64,
    },
}

/// Where a value lies among the inline values of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum InlinePlace {
    /// Index into the values, which lie behind the object (`tp_basicsize` of its type) and a header
    /// of one pointer's size (3.13).
    Index(u16),
    /// Bytes from the start of the object to the value's pointer (3.14).
    Offset(u16),
}

impl InlinePlace {
    /// Bytes from the start of the object to the value's pointer, for a type whose `tp_basicsize`
    /// is `basicsize`.
    pub const fn offset(self, basicsize: u32) -> u32 {
        match self {
            InlinePlace::Index(index) => basicsize + POINTER * (1 + index as u32),
            InlinePlace::Offset(offset) => offset as u32,
        }
    }

    fn new(version: Version, cached: u16) -> InlinePlace {
        match version {
            Version::V313 => InlinePlace::Index(cached),
            Version::V314 => InlinePlace::Offset(cached),
        }
    }
}

/// How an attribute is stored; `type_version` is `tp_version_tag` of the owner's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum StoreAttrKind {
    /// Into the owner's inline values; there is no dictionary object yet.
    InstanceValue {
        /// Version of the owner's type.
        type_version: u32,
        /// Where in the object.
        place: InlinePlace,
    },
    /// Into a `__slots__` member.
    Slot {
        /// Version of the owner's type.
        type_version: u32,
        /// Bytes from the start of the object to the value's pointer.
        offset: u16,
    },
    /// Into the owner's `__dict__` at a hinted entry.
    WithHint {
        /// Version of the owner's type.
        type_version: u32,
        /// Index into the entries of the dictionary's keys.
        hint: u16,
    },
}

/// Where a global name is found; versions are the low 16 bits of `dk_version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum LoadGlobalKind {
    /// In the module's dictionary.
    Module {
        /// Keys version of the globals.
        module_keys_version: u16,
        /// Index into the entries of the globals' keys.
        index: u16,
    },
    /// In the builtins.
    Builtin {
        /// Keys version of the globals.
        module_keys_version: u16,
        /// Keys version of the builtins.
        builtin_keys_version: u16,
        /// Index into the entries of the builtins' keys.
        index: u16,
    },
}

/// What a call site calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum CallKind {
    /// Python function; argument count equals its positional parameters, nothing else.
    PyExactArgs {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Python function, any signature.
    PyGeneral {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Bound method of a Python function, exact arguments.
    BoundMethodExactArgs {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Bound method of a Python function, any signature.
    BoundMethodGeneral {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Python class whose `__new__` is `object`'s and whose `__init__` is a Python function with
    /// matching arguments (it is in the type's `_spec_cache`).
    AllocAndEnterInit {
        /// `tp_version_tag` of the class.
        type_version: u32,
    },
    /// `type(x)`
    Type1,
    /// `str(x)`
    Str1,
    /// `tuple(x)`
    Tuple1,
    /// A class with `tp_vectorcall`.
    BuiltinClass,
    /// Built-in function, `METH_O`.
    BuiltinO,
    /// Built-in function, `METH_FASTCALL`.
    BuiltinFast,
    /// Built-in function, `METH_FASTCALL | METH_KEYWORDS`.
    BuiltinFastWithKeywords,
    /// `len(x)`
    Len,
    /// `isinstance(x, c)`
    Isinstance,
    /// `list.append`; the interpreter also executes the `PopTop` that follows.
    ListAppend,
    /// Method descriptor, `METH_O`.
    MethodDescriptorO,
    /// Method descriptor, `METH_NOARGS`.
    MethodDescriptorNoArgs,
    /// Method descriptor, `METH_FASTCALL`.
    MethodDescriptorFast,
    /// Method descriptor, `METH_FASTCALL | METH_KEYWORDS`.
    MethodDescriptorFastWithKeywords,
    /// Neither a Python function nor a bound method.
    NonPyGeneral,
}

/// What a call site with keyword arguments calls (3.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum CallKwKind {
    /// Python function.
    Py {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Bound method of a Python function.
    BoundMethod {
        /// `func_version` of the function.
        func_version: u32,
    },
    /// Neither.
    NonPy,
}

/// The inline cache units of one instruction. Units beyond the end read as 0, which cannot happen
/// for the cache sizes in the opcode tables (tested).
#[derive(Clone, Copy)]
struct Caches<'a>(&'a [u16]);

impl Caches<'_> {
    fn u16(self, at: usize) -> u16 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn u32(self, at: usize) -> u32 {
        let [a, b] = self.u16(at).to_ne_bytes();
        let [c, d] = self.u16(at + 1).to_ne_bytes();
        u32::from_ne_bytes([a, b, c, d])
    }

    /// A pointer: four units, zero-extended on 32-bit builds.
    fn pointer(self, at: usize) -> u64 {
        let mut bytes = [0; 8];
        for (i, pair) in bytes.chunks_exact_mut(2).enumerate() {
            pair.copy_from_slice(&self.u16(at + i).to_ne_bytes());
        }
        u64::from_ne_bytes(bytes)
    }
}

/// Feedback of a specialised opcode. Unit 0 of `caches` is the adaptive counter.
pub(crate) fn of_specialized(version: Version, opcode: S, caches: &[u16]) -> Feedback {
    use Feedback as F;
    let c = Caches(caches);
    let type_version = || c.u32(1);
    let func_version = || c.u32(1);
    match opcode {
        S::BINARY_OP_ADD_INT | S::BINARY_OP_SUBTRACT_INT | S::BINARY_OP_MULTIPLY_INT => {
            F::Binary(BinaryKind::Int)
        }
        S::BINARY_OP_ADD_FLOAT | S::BINARY_OP_SUBTRACT_FLOAT | S::BINARY_OP_MULTIPLY_FLOAT => {
            F::Binary(BinaryKind::Float)
        }
        S::BINARY_OP_ADD_UNICODE => F::Binary(BinaryKind::Str),
        S::BINARY_OP_INPLACE_ADD_UNICODE => F::Binary(BinaryKind::StrInplace),
        S::BINARY_OP_EXTEND => F::Binary(BinaryKind::Extend {
            descr: c.pointer(1),
        }),
        S::BINARY_OP_SUBSCR_LIST_INT | S::BINARY_SUBSCR_LIST_INT => F::Subscr(SubscrKind::ListInt),
        S::BINARY_OP_SUBSCR_LIST_SLICE => F::Subscr(SubscrKind::ListSlice),
        S::BINARY_OP_SUBSCR_TUPLE_INT | S::BINARY_SUBSCR_TUPLE_INT => {
            F::Subscr(SubscrKind::TupleInt)
        }
        S::BINARY_OP_SUBSCR_STR_INT | S::BINARY_SUBSCR_STR_INT => F::Subscr(SubscrKind::StrInt),
        S::BINARY_OP_SUBSCR_DICT | S::BINARY_SUBSCR_DICT => F::Subscr(SubscrKind::Dict),
        S::BINARY_OP_SUBSCR_GETITEM | S::BINARY_SUBSCR_GETITEM => F::Subscr(SubscrKind::Getitem),
        S::STORE_SUBSCR_LIST_INT => F::StoreSubscr(StoreSubscrKind::ListInt),
        S::STORE_SUBSCR_DICT => F::StoreSubscr(StoreSubscrKind::Dict),
        S::COMPARE_OP_INT => F::Compare(CompareKind::Int),
        S::COMPARE_OP_FLOAT => F::Compare(CompareKind::Float),
        S::COMPARE_OP_STR => F::Compare(CompareKind::Str),
        S::CONTAINS_OP_DICT => F::Contains(ContainsKind::Dict),
        S::CONTAINS_OP_SET => F::Contains(ContainsKind::Set),
        S::TO_BOOL_BOOL => F::ToBool(ToBoolKind::Bool),
        S::TO_BOOL_INT => F::ToBool(ToBoolKind::Int),
        S::TO_BOOL_LIST => F::ToBool(ToBoolKind::List),
        S::TO_BOOL_NONE => F::ToBool(ToBoolKind::None),
        S::TO_BOOL_STR => F::ToBool(ToBoolKind::Str),
        S::TO_BOOL_ALWAYS_TRUE => F::ToBool(ToBoolKind::AlwaysTrue {
            type_version: type_version(),
        }),
        S::FOR_ITER_LIST => F::ForIter(IterKind::List),
        S::FOR_ITER_TUPLE => F::ForIter(IterKind::Tuple),
        S::FOR_ITER_RANGE => F::ForIter(IterKind::Range),
        S::FOR_ITER_GEN => F::ForIter(IterKind::Generator),
        S::UNPACK_SEQUENCE_TWO_TUPLE => F::Unpack(UnpackKind::TwoTuple),
        S::UNPACK_SEQUENCE_TUPLE => F::Unpack(UnpackKind::Tuple),
        S::UNPACK_SEQUENCE_LIST => F::Unpack(UnpackKind::List),
        S::LOAD_ATTR_INSTANCE_VALUE => F::LoadAttr(LoadAttrKind::InstanceValue {
            type_version: type_version(),
            place: InlinePlace::new(version, c.u16(3)),
        }),
        S::LOAD_ATTR_WITH_HINT => F::LoadAttr(LoadAttrKind::WithHint {
            type_version: type_version(),
            hint: c.u16(3),
        }),
        S::LOAD_ATTR_SLOT => F::LoadAttr(LoadAttrKind::Slot {
            type_version: type_version(),
            offset: c.u16(3),
        }),
        S::LOAD_ATTR_MODULE => F::LoadAttr(LoadAttrKind::Module {
            keys_version: c.u32(1),
            index: c.u16(3),
        }),
        S::LOAD_ATTR_CLASS => F::LoadAttr(LoadAttrKind::Class {
            type_version: type_version(),
            metaclass_version: None,
            descr: c.pointer(5),
        }),
        S::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK => F::LoadAttr(LoadAttrKind::Class {
            type_version: type_version(),
            metaclass_version: Some(c.u32(3)),
            descr: c.pointer(5),
        }),
        S::LOAD_ATTR_PROPERTY => F::LoadAttr(LoadAttrKind::Property {
            type_version: type_version(),
            func_version: c.u32(3),
            fget: c.pointer(5),
        }),
        S::LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN => F::LoadAttr(LoadAttrKind::GetattributeOverridden {
            type_version: type_version(),
            func_version: c.u32(3),
            getattribute: c.pointer(5),
        }),
        S::LOAD_ATTR_METHOD_WITH_VALUES => F::LoadAttr(LoadAttrKind::MethodWithValues {
            type_version: type_version(),
            keys_version: c.u32(3),
            descr: c.pointer(5),
        }),
        S::LOAD_ATTR_METHOD_NO_DICT => F::LoadAttr(LoadAttrKind::MethodNoDict {
            type_version: type_version(),
            descr: c.pointer(5),
        }),
        S::LOAD_ATTR_METHOD_LAZY_DICT => F::LoadAttr(LoadAttrKind::MethodLazyDict {
            type_version: type_version(),
            dict_offset: i32::from(c.u16(3)) + MANAGED_DICT_OFFSET,
            descr: c.pointer(5),
        }),
        S::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => {
            F::LoadAttr(LoadAttrKind::NondescriptorWithValues {
                type_version: type_version(),
                keys_version: c.u32(3),
                descr: c.pointer(5),
            })
        }
        S::LOAD_ATTR_NONDESCRIPTOR_NO_DICT => F::LoadAttr(LoadAttrKind::NondescriptorNoDict {
            type_version: type_version(),
            descr: c.pointer(5),
        }),
        S::STORE_ATTR_INSTANCE_VALUE => F::StoreAttr(StoreAttrKind::InstanceValue {
            type_version: type_version(),
            place: InlinePlace::new(version, c.u16(3)),
        }),
        S::STORE_ATTR_SLOT => F::StoreAttr(StoreAttrKind::Slot {
            type_version: type_version(),
            offset: c.u16(3),
        }),
        S::STORE_ATTR_WITH_HINT => F::StoreAttr(StoreAttrKind::WithHint {
            type_version: type_version(),
            hint: c.u16(3),
        }),
        S::LOAD_SUPER_ATTR_ATTR => F::SuperAttr { method: false },
        S::LOAD_SUPER_ATTR_METHOD => F::SuperAttr { method: true },
        S::LOAD_GLOBAL_MODULE => F::LoadGlobal(LoadGlobalKind::Module {
            module_keys_version: c.u16(1),
            index: c.u16(3),
        }),
        S::LOAD_GLOBAL_BUILTIN => F::LoadGlobal(LoadGlobalKind::Builtin {
            module_keys_version: c.u16(1),
            builtin_keys_version: c.u16(2),
            index: c.u16(3),
        }),
        S::CALL_PY_EXACT_ARGS => F::Call(CallKind::PyExactArgs {
            func_version: func_version(),
        }),
        S::CALL_PY_GENERAL => F::Call(CallKind::PyGeneral {
            func_version: func_version(),
        }),
        S::CALL_BOUND_METHOD_EXACT_ARGS => F::Call(CallKind::BoundMethodExactArgs {
            func_version: func_version(),
        }),
        S::CALL_BOUND_METHOD_GENERAL => F::Call(CallKind::BoundMethodGeneral {
            func_version: func_version(),
        }),
        S::CALL_ALLOC_AND_ENTER_INIT => F::Call(CallKind::AllocAndEnterInit {
            type_version: type_version(),
        }),
        S::CALL_TYPE_1 => F::Call(CallKind::Type1),
        S::CALL_STR_1 => F::Call(CallKind::Str1),
        S::CALL_TUPLE_1 => F::Call(CallKind::Tuple1),
        S::CALL_BUILTIN_CLASS => F::Call(CallKind::BuiltinClass),
        S::CALL_BUILTIN_O => F::Call(CallKind::BuiltinO),
        S::CALL_BUILTIN_FAST => F::Call(CallKind::BuiltinFast),
        S::CALL_BUILTIN_FAST_WITH_KEYWORDS => F::Call(CallKind::BuiltinFastWithKeywords),
        S::CALL_LEN => F::Call(CallKind::Len),
        S::CALL_ISINSTANCE => F::Call(CallKind::Isinstance),
        S::CALL_LIST_APPEND => F::Call(CallKind::ListAppend),
        S::CALL_METHOD_DESCRIPTOR_O => F::Call(CallKind::MethodDescriptorO),
        S::CALL_METHOD_DESCRIPTOR_NOARGS => F::Call(CallKind::MethodDescriptorNoArgs),
        S::CALL_METHOD_DESCRIPTOR_FAST => F::Call(CallKind::MethodDescriptorFast),
        S::CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS => {
            F::Call(CallKind::MethodDescriptorFastWithKeywords)
        }
        S::CALL_NON_PY_GENERAL => F::Call(CallKind::NonPyGeneral),
        S::CALL_KW_PY => F::CallKw(CallKwKind::Py {
            func_version: func_version(),
        }),
        S::CALL_KW_BOUND_METHOD => F::CallKw(CallKwKind::BoundMethod {
            func_version: func_version(),
        }),
        S::CALL_KW_NON_PY => F::CallKw(CallKwKind::NonPy),
        S::SEND_GEN => F::SendGen,
        // These say nothing about values.
        S::JUMP_BACKWARD_JIT
        | S::JUMP_BACKWARD_NO_JIT
        | S::LOAD_CONST_IMMORTAL
        | S::LOAD_CONST_MORTAL
        | S::RESUME_CHECK => F::None,
    }
}
