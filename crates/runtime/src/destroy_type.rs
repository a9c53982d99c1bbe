//! What the type of an object says about its destruction.

use crate::address_hash::place_of;
use crate::destroy_future::FutureGetters;
use crate::dict_keys::Keys;
use crate::session::session;
use std::cell::Cell;
use std::ffi::CStr;
use std::mem::offset_of;
use whipsnake_cpython::ffi::{self, Py_TYPE, PyObject, PyTypeObject};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Frame, offsets};
use whipsnake_cpython::symbols::{PyMethod_Type, PyUnstable_Type_AssignVersionTag, PyZip_Type};

/// `MANAGED_WEAKREF_OFFSET` of `pycore_object.h`: four words before the object.
const MANAGED_WEAKREF: isize = -4 * (size_of::<usize>() as isize);

/// How instances of a type are destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destruction {
    /// They refer to nothing and cannot be watched.
    Leaf,
    /// As a list.
    List,
    /// As a tuple.
    Tuple,
    /// As a dict.
    Dict,
    /// As a set or frozenset.
    Set,
    /// As an exception.
    Exception,
    /// As a function.
    Function,
    /// As a generator.
    Generator,
    /// As a coroutine.
    Coroutine,
    /// As a future of `_asyncio`.
    Future,
    /// As a task of `_asyncio`.
    Task,
    /// As an instance of a class made in Python whose fields are all among its inline values.
    Instance,
    /// As an instance of a class made in Python that has nothing but that many slots, which begin behind its header.
    Slots(u8),
    /// As an instance of a class made in Python that derives from `tuple` and has nothing but its items.
    Items,
    /// They give up the references in the words at these offsets in bytes, which may be the same, and do nothing else.
    Fields(u8, u8),
    /// As a `datetime` or a `time`, which refer to a time zone if they say so; the offset of that in bytes.
    Zoned(u8),
    /// As a view of another object's memory.
    View,
    /// They give up the references that their type's traversal visits, and do nothing else.
    Traversed,
    /// In a way that is not known, or one that runs Python code.
    Unknown,
}

/// Types of which the cache remembers something at a time: a power of two.
const CACHED: usize = 256;
/// Stands for the version of a type that never changes: no type has this one.
const LASTING: u32 = u32::MAX;

/// What was found out about types, each by its address and version: a version stands for one state of one type. Types that live as long as the
/// process and never change have none there.
pub struct DestructionCache {
    types: [Cell<(usize, u32, Destruction)>; CACHED],
    pub(crate) futures: FutureGetters,
}

impl Default for DestructionCache {
    fn default() -> DestructionCache {
        DestructionCache { types: [const { Cell::new((0, 0, Destruction::Unknown)) }; CACHED], futures: FutureGetters::default() }
    }
}

impl Destruction {
    /// Of the instances of a type.
    ///
    /// # Safety
    ///
    /// The type is alive; the GIL is held.
    #[inline]
    pub(crate) unsafe fn of(cache: &DestructionCache, ty: *mut PyTypeObject) -> Destruction {
        // The most frequent ones are found by branches, which are foreseen better than a look into a table.
        let is = |known: *const PyTypeObject| std::ptr::eq(ty, known);
        if is(&raw const ffi::PyTuple_Type) {
            return Destruction::Tuple;
        }
        if is(&raw const ffi::PyList_Type) {
            return Destruction::List;
        }
        if is(&raw const ffi::PyDict_Type) {
            return Destruction::Dict;
        }
        let entry = &cache.types[place_of(ty as usize, CACHED)];
        let (known, version, destruction) = entry.get();
        // SAFETY: as the caller says.
        unsafe {
            if known == ty as usize && (version == LASTING || version == (*ty).tp_version_tag && version != 0) {
                return destruction;
            }
            let destruction = Destruction::find(ty);
            PyUnstable_Type_AssignVersionTag(ty);
            let is_static = (*ty).tp_flags as u64 & ffi::Py_TPFLAGS_HEAPTYPE as u64 == 0;
            entry.set((ty as usize, if is_static { LASTING } else { (*ty).tp_version_tag }, destruction));
            destruction
        }
    }

    /// # Safety
    ///
    /// As for [`Self::of`].
    #[cold]
    unsafe fn find(ty: *mut PyTypeObject) -> Destruction {
        // SAFETY: as the caller says.
        unsafe {
            let class = &*ty;
            let flags = class.tp_flags as u64;
            let is = |known: *mut PyTypeObject| std::ptr::eq(ty, known);
            if is_leaf_type(ty) {
                Destruction::Leaf
            } else if is(&raw mut ffi::PySet_Type) || is(&raw mut ffi::PyFrozenSet_Type) {
                Destruction::Set
            } else if is(&raw mut ffi::PyMemoryView_Type) {
                Destruction::View
            } else if is(&raw mut ffi::PyFunction_Type) {
                Destruction::Function
            } else if is(&raw mut ffi::PyGen_Type) {
                Destruction::Generator
            } else if is(&raw mut ffi::PyCoro_Type) {
                Destruction::Coroutine
            } else if let Some(destruction) = future_type(class) {
                destruction
            } else if let Some(zone) = zone_of(class) {
                Destruction::Zoned(zone as u8)
            } else if let Some((first, second)) = fields_of(ty) {
                Destruction::Fields(first as u8, second as u8)
            } else if class.tp_finalize.is_some() || class.tp_del.is_some() {
                Destruction::Unknown
            } else if flags & ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS as u64 != 0 {
                Destruction::Exception
            } else if !is_python_class(ty) && !is_container(ty) && !is_imported_container(class) && !is_record(class) {
                Destruction::Unknown
            } else if has_inline_values_only(class) {
                Destruction::Instance
            } else if let Some(count) = slots_only(ty) {
                Destruction::Slots(count)
            } else if items_only(ty) {
                Destruction::Items
            } else {
                Destruction::Traversed
            }
        }
    }
}

/// True if the end of the object makes weak references to it call something.
///
/// # Safety
///
/// The object is intact, and an instance of `class`.
#[inline]
pub(crate) unsafe fn is_watched(object: *mut PyObject, class: &PyTypeObject) -> bool {
    // SAFETY: the type says where the list of weak references is.
    let watched = |offset: isize| unsafe { has_callback(object.cast::<u8>().offset(offset).cast::<*mut PyObject>().read()) };
    class.tp_weaklistoffset != 0 && watched(class.tp_weaklistoffset)
        || class.tp_flags as usize & offsets::FLAG_MANAGED_WEAKREF != 0 && watched(MANAGED_WEAKREF)
}

/// True if there are weak references to an instance whose class keeps them before it, if at all.
///
/// # Safety
///
/// The object is intact.
#[inline]
pub(crate) unsafe fn has_weak_references(object: *mut PyObject) -> bool {
    // SAFETY: the type says whether there is a word for them.
    unsafe {
        (*Py_TYPE(object)).tp_flags as usize & offsets::FLAG_MANAGED_WEAKREF != 0
            && !object.cast::<u8>().offset(MANAGED_WEAKREF).cast::<*mut PyObject>().read().is_null()
    }
}

/// True if one of the weak references in a list has a function to call. The others are only cleared.
///
/// # Safety
///
/// `first` is NULL or the first weak reference to an alive object.
#[inline]
pub(crate) unsafe fn has_callback(first: *mut PyObject) -> bool {
    let mut at: *mut ffi::PyWeakReference = first.cast();
    // SAFETY: weak references to an alive object are alive, and linked to each other.
    unsafe {
        while !at.is_null() {
            if !(*at).wr_callback.is_null() {
                return true;
            }
            at = (*at).wr_next;
        }
    }
    false
}

/// True for generators and coroutines that have run to their end: what their frames held is gone already.
///
/// # Safety
///
/// The object is a generator or a coroutine.
pub(crate) unsafe fn has_ended(object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    usize::from(unsafe { read::<i8>(object.cast(), offsets::GEN_FRAME_STATE) } as u8) == offsets::GEN_FRAME_CLEARED
}

/// The frame in a generator or a coroutine.
///
/// # Safety
///
/// The object is one.
pub(crate) unsafe fn frame_of(object: *mut PyObject) -> Option<Frame> {
    // SAFETY: as the caller says.
    unsafe { Frame::from_ptr(object.cast::<u8>().add(offsets::GEN_FRAME).cast()) }
}

/// True for generators that are closed without running any of their code: they have ended, were never started, or wait where the
/// compiler says that only its own handler covers them.
///
/// # Safety
///
/// The object is a generator.
pub(crate) unsafe fn closes_unseen(object: *mut PyObject) -> bool {
    const STATES: [usize; 2] = [offsets::GEN_FRAME_CLEARED, offsets::GEN_FRAME_CREATED];
    const RESUMES: [usize; 3] = [offsets::OPCODE_RESUME, offsets::OPCODE_RESUME_CHECK, offsets::OPCODE_INSTRUMENTED_RESUME];
    // SAFETY: as the caller says; the frame of a generator that waits stands at an instruction of its code.
    unsafe {
        let state = read::<i8>(object.cast(), offsets::GEN_FRAME_STATE) as u8;
        if STATES.contains(&usize::from(state)) {
            return true;
        }
        let Some(frame) = frame_of(object).filter(|_| usize::from(state) == offsets::GEN_FRAME_SUSPENDED) else { return false };
        let [opcode, argument] = frame.instruction().read().to_le_bytes();
        RESUMES.contains(&usize::from(opcode)) && usize::from(argument) & offsets::RESUME_DEPTH1_MASK != 0
    }
}

/// True if a view gives back the memory of another object without running Python code.
///
/// # Safety
///
/// The object is an alive memoryview.
pub(crate) unsafe fn view_ends_silently(object: *mut PyObject) -> bool {
    // SAFETY: a view keeps its buffer alive, and the buffer the object whose memory it is; it holds NULL once it is released.
    unsafe {
        let buffer: *mut u8 = read(object.cast(), offsets::VIEW_BUFFER);
        let exporter: *mut PyObject = read(buffer, offsets::BUFFER_EXPORTER);
        // Of the leaves, bytes and bytearrays have memory to show. Others may have a `__release_buffer__`.
        !is_watched(object, &*Py_TYPE(object)) && (exporter.is_null() || is_leaf(Py_TYPE(exporter)))
    }
}

/// True for classes written in Python whose instances have no finalizer.
///
/// # Safety
///
/// The type is alive.
pub(crate) unsafe fn ends_unseen(ty: *mut PyTypeObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { (*ty).tp_finalize.is_none() && (*ty).tp_del.is_none() && is_python_class(ty) }
}

/// True if the type's instances refer to nothing that has a finalizer, cannot be watched, and this cannot change.
///
/// # Safety
///
/// The type is alive.
pub(crate) unsafe fn is_leaf_type(ty: *mut PyTypeObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { is_leaf(ty) || is_imported_leaf(&*ty) }
}

/// Builtin types whose instances refer to nothing that has a finalizer and cannot be watched by weak references.
fn is_leaf(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyBytes_Type,
        &raw mut ffi::PyByteArray_Type,
        &raw mut ffi::PyComplex_Type,
        &raw mut ffi::PyRange_Type,
        &raw mut ffi::PyRangeIter_Type,
    ]
    .contains(&ty)
}

/// Where instances of a builtin type hold all that they refer to, if that is in one or two words.
fn fields_of(ty: *mut PyTypeObject) -> Option<(usize, usize)> {
    const VIEW: usize = size_of::<PyObject>();
    const FUNCTION: (usize, usize) = (offset_of!(ffi::PyCFunctionObject, m_self), offset_of!(ffi::PyCFunctionObject, m_module));
    [
        (&raw mut PyMethod_Type, (offsets::METHOD_FUNCTION, offsets::METHOD_SELF)),
        (&raw mut ffi::PyCFunction_Type, FUNCTION),
        (&raw mut ffi::PyListIter_Type, (offsets::LIST_ITER_SEQ, offsets::LIST_ITER_SEQ)),
        (&raw mut ffi::PyTupleIter_Type, (offsets::TUPLE_ITER_SEQ, offsets::TUPLE_ITER_SEQ)),
        // `_PyDictViewObject` in `cpython/dictobject.h`.
        (&raw mut ffi::PyDictItems_Type, (VIEW, VIEW)),
        (&raw mut ffi::PyDictKeys_Type, (VIEW, VIEW)),
        (&raw mut ffi::PyDictValues_Type, (VIEW, VIEW)),
    ]
    .into_iter()
    .find_map(|(known, fields)| std::ptr::eq(known, ty).then_some(fields))
}

/// Builtin types whose instances give up what they refer to and do nothing else.
fn is_container(ty: *mut PyTypeObject) -> bool {
    [
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PyTuple_Type,
        &raw mut ffi::PyDict_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyFrozenSet_Type,
        &raw mut ffi::PySlice_Type,
        &raw mut ffi::PyCell_Type,
        &raw mut ffi::PyDictIterItem_Type,
        &raw mut ffi::PyDictIterKey_Type,
        &raw mut ffi::PyDictIterValue_Type,
        &raw mut ffi::PySetIter_Type,
        &raw mut ffi::PyUnicodeIter_Type,
        &raw mut ffi::PyBytesIter_Type,
        &raw mut ffi::PySeqIter_Type,
        &raw mut ffi::PyListRevIter_Type,
        &raw mut ffi::PyReversed_Type,
        &raw mut ffi::PyEnum_Type,
        &raw mut PyZip_Type,
        &raw mut ffi::PyMap_Type,
        &raw mut ffi::PyFilter_Type,
        &raw mut ffi::PyDictProxy_Type,
    ]
    .contains(&ty)
}

/// [`is_leaf`] for types that the interpreter does not export, many of them of modules that the program may have imported, by the names that
/// their C sources give them.
///
/// # Safety
///
/// The type is alive.
unsafe fn is_imported_leaf(class: &PyTypeObject) -> bool {
    // SAFETY: an alive type has a name.
    let name = unsafe { CStr::from_ptr(class.tp_name) }.to_bytes();
    is_builtin(class) && matches!(name, b"decimal.Decimal" | b"datetime.date" | b"datetime.timedelta" | b"longrange_iterator")
}

/// How the exact types of futures and tasks of the module `_asyncio` destroy theirs; `None` for other types.
///
/// # Safety
///
/// The type is alive.
unsafe fn future_type(class: &PyTypeObject) -> Option<Destruction> {
    // SAFETY: an alive type has a name.
    match unsafe { CStr::from_ptr(class.tp_name) }.to_bytes() {
        b"_asyncio.Future" if is_builtin(class) => Some(Destruction::Future),
        b"_asyncio.Task" if is_builtin(class) => Some(Destruction::Task),
        _ => None,
    }
}

/// Where instances of `datetime.datetime` and `datetime.time` hold their time zone, if they have one ([`has_zone`]); `None` for other types.
///
/// # Safety
///
/// The type is alive.
unsafe fn zone_of(class: &PyTypeObject) -> Option<usize> {
    // SAFETY: an alive type has a name.
    match unsafe { CStr::from_ptr(class.tp_name) }.to_bytes() {
        b"datetime.datetime" if is_builtin(class) => Some(offset_of!(ffi::PyDateTime_DateTime, tzinfo)),
        b"datetime.time" if is_builtin(class) => Some(offset_of!(ffi::PyDateTime_Time, tzinfo)),
        _ => None,
    }
}

/// True if the object has a time zone; else it is too short for one.
///
/// # Safety
///
/// The object is an alive instance of `datetime.datetime` or `datetime.time`.
pub(crate) unsafe fn has_zone(object: *mut PyObject) -> bool {
    const FLAG: usize = offset_of!(ffi::PyDateTime_DateTime, hastzinfo);
    const { assert!(FLAG == offset_of!(ffi::PyDateTime_Time, hastzinfo)) };
    // SAFETY: as the caller says.
    unsafe { read::<u8>(object.cast(), FLAG) != 0 }
}

/// [`is_container`] for such types.
///
/// # Safety
///
/// The type is alive.
unsafe fn is_imported_container(class: &PyTypeObject) -> bool {
    // SAFETY: an alive type has a name.
    let name = unsafe { CStr::from_ptr(class.tp_name) }.to_bytes();
    let known = [
        &b"collections.deque"[..],
        b"collections._deque_iterator",
        b"_collections._deque_iterator",
        b"collections.OrderedDict",
        b"odict_iterator",
        b"collections.defaultdict",
        b"functools.partial",
        b"operator.attrgetter",
        b"operator.itemgetter",
        b"operator.methodcaller",
        b"array.array",
        b"re.Match",
        b"re.Pattern",
        b"str_ascii_iterator",
        b"bytearray_iterator",
        b"callable_iterator",
        b"method-wrapper",
        b"super",
        b"types.GenericAlias",
        b"types.SimpleNamespace",
        b"types.UnionType",
        b"typing.Union",
        b"weakref.ReferenceType",
        b"_thread.lock",
        b"_asyncio.TaskStepMethWrapper",
        b"_contextvars.Context",
        b"_contextvars.Token",
        b"hamt",
        b"hamt_bitmap_node",
        b"hamt_array_node",
        b"hamt_collision_node",
    ];
    is_builtin(class) && (name.starts_with(b"itertools.") || known.contains(&name))
}

/// True for named tuples of C modules, as `os.stat()` returns.
fn is_record(class: &PyTypeObject) -> bool {
    let known = session().map_or(0, |session| session.record_dealloc);
    known != 0 && class.tp_dealloc.is_some_and(|dealloc| dealloc as usize == known)
}

/// The function that destroys such objects, 0 if it cannot be found.
///
/// # Safety
///
/// The GIL is held.
pub(crate) unsafe fn record_dealloc() -> usize {
    // SAFETY: the object is borrowed from the module `sys`; an alive type has a name.
    unsafe {
        let flags = ffi::PySys_GetObject(c"flags".as_ptr());
        if flags.is_null() {
            return 0;
        }
        let class = &*Py_TYPE(flags);
        // The program may have put something else there.
        let is_original = is_builtin(class) && CStr::from_ptr(class.tp_name) == c"sys.flags";
        class.tp_dealloc.filter(|_| is_original).map_or(0, |dealloc| dealloc as usize)
    }
}

/// True for types that a program cannot change.
fn is_builtin(class: &PyTypeObject) -> bool {
    let flags = class.tp_flags as u64;
    flags & ffi::Py_TPFLAGS_HEAPTYPE as u64 == 0 || flags & ffi::Py_TPFLAGS_IMMUTABLETYPE as u64 != 0
}

/// True for classes made in Python whose instances have no slots, and are no instances of a builtin type but `object`.
fn has_inline_values_only(class: &PyTypeObject) -> bool {
    class.tp_flags as usize & offsets::FLAG_INLINE_VALUES != 0 && class.tp_basicsize == size_of::<PyObject>() as isize
}

/// The places among an instance's inline values that may be taken: those behind the keys that all share are empty.
///
/// # Safety
///
/// `values` are the inline values of an instance of the type.
#[inline]
pub(crate) unsafe fn used_values(ty: *mut PyTypeObject, values: *const u8) -> usize {
    // SAFETY: as the caller says.
    unsafe {
        let keys: *const u8 = read(ty.cast(), offsets::TYPE_CACHED_KEYS);
        let used = if keys.is_null() { usize::MAX } else { Keys::from_ptr(keys).len() };
        usize::from(read::<u8>(values, offsets::VALUES_CAPACITY)).min(used)
    }
}

/// The number of slots of classes made in Python whose instances have nothing else, and have some.
///
/// # Safety
///
/// The type is alive.
unsafe fn slots_only(ty: *mut PyTypeObject) -> Option<u8> {
    // SAFETY: as the caller says; a type's base is alive as long as it.
    unsafe {
        let words = ((*ty).tp_basicsize as usize).checked_sub(size_of::<PyObject>())? / size_of::<usize>();
        let fits = has_no_dict(&*ty) && (*ty).tp_itemsize == 0 && std::ptr::eq(builtin_base(ty)?, &raw const ffi::PyBaseObject_Type);
        u8::try_from(words).ok().filter(|&words| fits && words > 0)
    }
}

/// True for classes made in Python that derive from `tuple` and whose instances have nothing but its items.
///
/// # Safety
///
/// The type is alive.
unsafe fn items_only(ty: *mut PyTypeObject) -> bool {
    let tuple = &raw const ffi::PyTuple_Type;
    // SAFETY: as the caller says; the builtin type is always there.
    unsafe {
        has_no_dict(&*ty)
            && (*ty).tp_basicsize == (*tuple).tp_basicsize
            && (*ty).tp_itemsize == (*tuple).tp_itemsize
            && builtin_base(ty).is_some_and(|base| std::ptr::eq(base, tuple))
    }
}

/// True if the type's instances have neither a dict nor weak references, but are tracked.
fn has_no_dict(class: &PyTypeObject) -> bool {
    let managed = class.tp_flags as usize & (offsets::FLAG_MANAGED_DICT | offsets::FLAG_MANAGED_WEAKREF) != 0;
    !managed && class.tp_dictoffset == 0 && class.tp_weaklistoffset == 0 && class.tp_flags as u64 & ffi::Py_TPFLAGS_HAVE_GC as u64 != 0
}

/// The class that a class made in Python derives from and that is not made so; `None` for other classes.
///
/// # Safety
///
/// The type is alive.
unsafe fn builtin_base(ty: *mut PyTypeObject) -> Option<*mut PyTypeObject> {
    let session = session()?;
    let is_made_in_python = |ty: &PyTypeObject| ty.tp_dealloc.is_some_and(|dealloc| dealloc as usize == session.python_dealloc);
    // SAFETY: as the caller says; a type's base is alive as long as it.
    unsafe {
        if !is_made_in_python(&*ty) {
            return None;
        }
        let mut base = ty;
        while is_made_in_python(&*base) {
            base = (*base).tp_base;
            if base.is_null() {
                return None;
            }
        }
        Some(base)
    }
}

/// True for classes made in Python, unless they derive from a builtin type whose instances are destroyed in a way that is not known.
///
/// # Safety
///
/// `ty` is an alive type.
unsafe fn is_python_class(ty: *mut PyTypeObject) -> bool {
    // SAFETY: as the caller says.
    let base = unsafe { builtin_base(ty) };
    base.is_some_and(|base| std::ptr::eq(base, &raw mut ffi::PyBaseObject_Type) || is_leaf(base) || is_container(base))
}
