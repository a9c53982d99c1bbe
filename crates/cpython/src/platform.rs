//! The facts of the running interpreter that the compiler needs.

use crate::ffi::{
    Py_DECREF, Py_False, Py_INCREF, Py_None, Py_True, Py_TYPE, PyBUF_SIMPLE, PyBuffer_Release, PyDict_GetItemString, PyErr_Clear,
    PyDict_CheckExact, PySys_GetObject, PyObject, PyObject_CallFunction, PyObject_GetAttrString, PyObject_GetBuffer,
    PyObject_GetIter, PyTypeObject, PyUnicode_AsUTF8, PyUnicode_FromOrdinal, PyUnicode_FromString, PyUnicode_New,
};
use crate::int::small_zero;
use crate::memory::read;
use crate::offsets;
use crate::slot::is_immortal;
use crate::symbols::{PyMethod_Type, PyZip_Type};
use crate::thread::Thread;
use std::mem::MaybeUninit;
use std::ffi::{CStr, c_char};
use std::ptr::NonNull;
use whipsnake_contract::snapshot::{ArrayFormat, AsciiStrs, KnownType, Platform};

/// Collects the facts. Imports nothing: `array` is known only if the program has imported it, see [`array_facts`].
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn platform() -> Platform {
    // SAFETY: the GIL is held.
    unsafe {
        let mut platform = Platform {
            minor: offsets::MINOR,
            layout: offsets::layout(),
            known_types: KnownType::ALL.iter().map(|&known| known_type(known) as u64).collect(),
            none: Py_None() as u64,
            true_: Py_True() as u64,
            false_: Py_False() as u64,
            small_zero: small_zero() as u64,
            interpreter: Thread::current().interpreter() as u64,
            array_items: 0,
            array_descriptor: 0,
            array_formats: Vec::new(),
            ascii: ascii_strs(),
            wrappers: Some(crate::iterators::WRAPPERS),
            tables: Some(crate::iterators::TABLES),
        };
        if let Some(facts) = array_facts() {
            add_arrays(&mut platform, facts);
        }
        platform
    }
}

/// What strs of ASCII are like, found by making some: the bits of their state have no place that C could name.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
unsafe fn ascii_strs() -> Option<AsciiStrs> {
    // SAFETY: the GIL is held; new strs have the room of their kind, and their heads are initialised.
    unsafe {
        let single = |number: u32| owned(PyUnicode_FromOrdinal(number as i32));
        let (first, second) = (single(0)?, single(1)?);
        let stride = second.0 as i64 - first.0 as i64;
        for number in 0..128 {
            let object = single(number)?;
            if object.0 as i64 != first.0 as i64 + stride * i64::from(number) || !is_immortal(object.0) {
                return None;
            }
        }
        let made = |text: &CStr| owned(PyUnicode_FromString(text.as_ptr()));
        let text = made(c"text")?;
        // A str of ASCII is its own UTF-8.
        let data = PyUnicode_AsUTF8(text.0) as usize - text.0 as usize;
        // Behind length and hash.
        let state = offsets::STR_LENGTH + 2 * size_of::<usize>();
        let byte = |object: &Owned| read::<u8>(object.0.cast(), state);
        let plain = [made(c"some text")?, made(c"!")?, owned(PyUnicode_New(3, 127))?];
        let others = [made(c"\u{e9}t\u{e9}")?, made(c"\u{65e5}\u{672c}")?, made(c"\u{1f40d}")?, owned(PyUnicode_New(3, 255))?];
        let set_in_all = plain.iter().fold(byte(&first) & byte(&text), |mask, object| mask & byte(object));
        let mask = others.iter().fold(set_in_all, |mask, object| mask & !byte(object));
        let bytes = std::slice::from_raw_parts(text.0.cast::<u8>().add(data), 4);
        (mask.is_power_of_two() && bytes == b"text").then_some(AsciiStrs {
            first: first.0 as u64,
            stride,
            data: data as i64,
            state: state as i64,
            mask: i64::from(mask),
        })
    }
}

/// Adds what is known of `array.array`.
///
/// # Safety
///
/// The GIL is held; the type is alive.
pub unsafe fn add_arrays(platform: &mut Platform, facts: ArrayFacts) {
    // What the compiler was told stays valid when the program forgets the module.
    // SAFETY: as the caller says.
    unsafe { Py_INCREF(facts.kind.cast()) };
    platform.known_types[KnownType::Array as usize] = facts.kind as u64;
    platform.array_items = facts.items as i64;
    platform.array_descriptor = facts.descriptor as i64;
    platform.array_formats = facts.formats;
}

/// Type codes of numbers.
const NUMBER_CODES: &[u8] = b"bBhHiIlLqQfd";

/// What is known of `array.array`, whose structure is in no header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArrayFacts {
    /// The type.
    pub kind: *mut PyTypeObject,
    /// Offset of the item pointer in bytes.
    pub items: usize,
    /// Offset of the pointer to the item type's descriptor in bytes.
    pub descriptor: usize,
    /// Descriptors of the type codes of numbers.
    pub formats: Vec<ArrayFormat>,
}

/// The module of that name in `sys.modules`, borrowed, if the program has imported it by now.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn imported(name: &CStr) -> Option<NonNull<PyObject>> {
    // SAFETY: as the caller says.
    unsafe {
        // There is none while the interpreter ends.
        let modules = PySys_GetObject(c"modules".as_ptr());
        if modules.is_null() || PyDict_CheckExact(modules) == 0 {
            return None;
        }
        NonNull::new(PyDict_GetItemString(modules, name.as_ptr()))
    }
}

/// `array.array`, if the program has imported it by now, with offsets that were checked against an instance. Python code may run.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn array_facts() -> Option<ArrayFacts> {
    // SAFETY: the GIL is held; all references taken are given back.
    unsafe {
        let module = imported(c"array")?.as_ptr();
        let kind = owned(PyObject_GetAttrString(module, c"array".as_ptr()))?;
        probe_array(kind.0)
    }
}

/// Finds the item pointer by the buffer of an instance, and the descriptor as the only other pointer behind it.
///
/// # Safety
///
/// The GIL is held.
unsafe fn probe_array(kind: *mut PyObject) -> Option<ArrayFacts> {
    // `PyObject_VAR_HEAD`, item pointer, allocated count, descriptor.
    let items = offsets::OB_SIZE + size_of::<isize>();
    let (allocated, descriptor) = (items + size_of::<usize>(), items + 2 * size_of::<usize>());
    // SAFETY: two instances are made with formats that take their arguments; fields are read only if the type's
    // instances are large enough.
    unsafe {
        if crate::ffi::PyType_Check(kind) == 0 || read::<isize>(kind.cast(), offsets::TYPE_BASICSIZE) < (descriptor + 8) as isize {
            return None;
        }
        let instance = || owned(PyObject_CallFunction(kind, c"s(dd)".as_ptr(), c"d".as_ptr(), 1.5f64, 2.5f64));
        let (first, second) = (instance()?, instance()?);
        let mut view = MaybeUninit::uninit();
        if PyObject_GetBuffer(first.0, view.as_mut_ptr(), PyBUF_SIMPLE) != 0 {
            PyErr_Clear();
            return None;
        }
        let mut view = view.assume_init();
        let data = view.buf as usize;
        PyBuffer_Release(&mut view);
        let field = |object: &Owned, offset: usize| read::<usize>(object.0.cast(), offset);
        let known = Py_TYPE(first.0) == kind.cast()
            && field(&first, offsets::OB_SIZE) == 2
            && field(&first, items) == data
            && field(&first, allocated) >= 2
            && field(&first, descriptor) != 0
            && field(&first, descriptor) == field(&second, descriptor);
        if !known {
            return None;
        }
        let format = |&code: &u8| {
            let text = [code as c_char, 0];
            let array = owned(PyObject_CallFunction(kind, c"s".as_ptr(), text.as_ptr()))?;
            Some(ArrayFormat { code, descriptor: field(&array, descriptor) as u64 })
        };
        let formats = NUMBER_CODES.iter().map(format).collect::<Option<Vec<_>>>()?;
        Some(ArrayFacts { kind: kind.cast(), items, descriptor, formats })
    }
}

/// The address of the function that destroys the instances of classes made in Python.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn python_class_dealloc() -> Option<usize> {
    // SAFETY: the GIL is held; what calling `type` gives is a class.
    unsafe {
        let class = PyObject_CallFunction((&raw mut crate::ffi::PyType_Type).cast(), c"s(){}".as_ptr(), c"Probe".as_ptr());
        let class = owned(class)?;
        (*class.0.cast::<PyTypeObject>()).tp_dealloc.map(|dealloc| dealloc as usize)
    }
}

/// The address of a known type, NULL if it is not there.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
unsafe fn known_type(known: KnownType) -> *mut PyTypeObject {
    use crate::ffi;
    // SAFETY: static types are always there; `None` and the module exist as long as the interpreter.
    unsafe {
        match known {
            KnownType::Int => &raw mut ffi::PyLong_Type,
            KnownType::Float => &raw mut ffi::PyFloat_Type,
            KnownType::Bool => &raw mut ffi::PyBool_Type,
            KnownType::Complex => &raw mut ffi::PyComplex_Type,
            KnownType::None => Py_TYPE(Py_None()),
            KnownType::Str => &raw mut ffi::PyUnicode_Type,
            KnownType::Bytes => &raw mut ffi::PyBytes_Type,
            KnownType::ByteArray => &raw mut ffi::PyByteArray_Type,
            KnownType::List => &raw mut ffi::PyList_Type,
            KnownType::Tuple => &raw mut ffi::PyTuple_Type,
            KnownType::Dict => &raw mut ffi::PyDict_Type,
            KnownType::Set => &raw mut ffi::PySet_Type,
            KnownType::FrozenSet => &raw mut ffi::PyFrozenSet_Type,
            KnownType::Slice => &raw mut ffi::PySlice_Type,
            KnownType::Range => &raw mut ffi::PyRange_Type,
            KnownType::RangeIter => iterator_type(PyObject_CallFunction(
                (&raw mut ffi::PyRange_Type).cast(),
                c"i".as_ptr(),
                0,
            )),
            KnownType::ListIter => iterator_type(ffi::PyList_New(0)),
            KnownType::TupleIter => iterator_type(ffi::PyTuple_New(0)),
            KnownType::Enumerate => &raw mut ffi::PyEnum_Type,
            KnownType::Zip => &raw mut PyZip_Type,
            KnownType::Function => &raw mut ffi::PyFunction_Type,
            KnownType::Method => &raw mut PyMethod_Type,
            KnownType::CFunction => &raw mut ffi::PyCFunction_Type,
            KnownType::MethodDescriptor => &raw mut ffi::PyMethodDescr_Type,
            KnownType::Cell => &raw mut ffi::PyCell_Type,
            KnownType::Module => &raw mut ffi::PyModule_Type,
            KnownType::Type => &raw mut ffi::PyType_Type,
            KnownType::NotImplemented => Py_TYPE(ffi::Py_NotImplemented()),
            KnownType::Super => &raw mut ffi::PySuper_Type,
            KnownType::DictKeys => &raw mut ffi::PyDictKeys_Type,
            KnownType::DictValues => &raw mut ffi::PyDictValues_Type,
            KnownType::DictItems => &raw mut ffi::PyDictItems_Type,
            KnownType::DictKeyIter => &raw mut ffi::PyDictIterKey_Type,
            KnownType::DictValueIter => &raw mut ffi::PyDictIterValue_Type,
            KnownType::DictItemIter => &raw mut ffi::PyDictIterItem_Type,
            KnownType::SetIter => &raw mut ffi::PySetIter_Type,
            KnownType::StrIter => &raw mut ffi::PyUnicodeIter_Type,
            KnownType::AsciiStrIter => iterator_type(ffi::PyUnicode_FromStringAndSize(c"".as_ptr(), 0)),
            KnownType::BytesIter => &raw mut ffi::PyBytesIter_Type,
            KnownType::StopIteration => ffi::PyExc_StopIteration.cast(),
            KnownType::Reversed => &raw mut ffi::PyReversed_Type,
            KnownType::ListReverseIter => &raw mut ffi::PyListRevIter_Type,
            KnownType::Generator => &raw mut ffi::PyGen_Type,
            // Known once the program has imported it.
            KnownType::Array => std::ptr::null_mut(),
        }
    }
}

/// The type of the iterator of `iterable`, whose reference it takes over; NULL if memory is short.
///
/// # Safety
///
/// The GIL is held; `iterable` is owned or NULL.
unsafe fn iterator_type(iterable: *mut PyObject) -> *mut PyTypeObject {
    // SAFETY: iterators of builtin types have static types, which outlive them.
    unsafe {
        let Some(iterable) = owned(iterable) else { return std::ptr::null_mut() };
        owned(PyObject_GetIter(iterable.0)).map_or(std::ptr::null_mut(), |iterator| Py_TYPE(iterator.0))
    }
}

/// An owned reference, given back when dropped.
pub(crate) struct Owned(pub(crate) *mut PyObject);

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the reference is owned, and the crate's functions hold the GIL.
        unsafe { Py_DECREF(self.0) };
    }
}

/// Wraps a new reference; for NULL clears the exception and returns `None`.
///
/// # Safety
///
/// The GIL is held; `object` is an owned reference or NULL with an exception raised.
pub(crate) unsafe fn owned(object: *mut PyObject) -> Option<Owned> {
    if object.is_null() {
        // SAFETY: the GIL is held.
        unsafe { PyErr_Clear() };
        return None;
    }
    Some(Owned(object))
}
