//! Objects that native code kept in parts, built when they are needed as objects.

use super::functions::{make_function, set_function_attribute};
use super::{Obj, Ptr};
use crate::attribute_cache::note_insertion;
use crate::plain_tuples;
use crate::reserve::{insist, persist};
use crate::session::session;
use whipsnake_contract::exit::{Place, Places, Virtual};
use smallvec::SmallVec;
use whipsnake_cpython::generator::Start;
use whipsnake_cpython::{Code, Generator, ffi, int, iterators, memory, offsets};

/// Arguments of `SET_FUNCTION_ATTRIBUTE`: for defaults, defaults by keyword, annotations, and the function that makes these.
const ATTRIBUTES: [i64; 4] = [1, 2, 4, 16];
/// The one for the closure.
const CLOSURE: i64 = 8;

unsafe extern "C" {
    static mut PyZip_Type: ffi::PyTypeObject;
    /// A bound method.
    fn PyMethod_New(function: Obj, instance: Obj) -> Obj;
}

/// # Safety
/// `kind` is the number of a [`Virtual`], `parts` points to `count` words as that kind wants them; object references among them are
/// taken over.
pub unsafe extern "C" fn build_virtual(kind: i64, parts: Ptr, count: i64) -> Obj {
    let parts = parts.cast::<u64>();
    let Some(&kind) = Virtual::ALL.get(kind as usize) else {
        // SAFETY: the format takes one long long.
        return unsafe { ffi::PyErr_Format(ffi::PyExc_SystemError, c"unknown virtual object %lld".as_ptr(), kind) };
    };
    // SAFETY: the caller vouches for the parts.
    unsafe { finished(kind, parts, count as isize, insist(|| build(kind, parts, count as isize))) }
}

/// [`build_virtual`] where a lack of memory can be told: the object, or NULL with `MemoryError`.
///
/// # Safety
/// `parts` is what the kind wants; object references in it are taken over.
pub(crate) unsafe fn try_build_virtual(kind: Virtual, parts: &[u64]) -> Obj {
    let (parts, count) = (parts.as_ptr(), parts.len() as isize);
    // SAFETY: as the caller says.
    unsafe {
        let make = || build(kind, parts, count);
        // A slice may be larger than any reserve.
        let object = if kind == Virtual::ListSlice { make() } else { persist(make) };
        finished(kind, parts, count, object)
    }
}

/// Gives up the references to the parts of an object that was built.
///
/// # Safety
/// As for [`build_virtual`].
unsafe fn finished(kind: Virtual, parts: *const u64, count: isize, object: Obj) -> Obj {
    // SAFETY: the caller vouches for the parts.
    unsafe {
        for i in 0..count {
            if !kind.is_raw(i as usize) {
                ffi::Py_XDECREF(parts.offset(i).read() as Obj);
            }
        }
        object
    }
}

/// # Safety
/// `parts` points to `count` words as the kind wants them; references among them are borrowed.
unsafe fn build(kind: Virtual, parts: *const u64, count: isize) -> Obj {
    // SAFETY: the parts are what the kind says, so that the objects' types are known; new iterators are changed before
    // anybody sees them.
    unsafe {
        let object = |i: usize| parts.add(i).read() as Obj;
        let integer = |i: usize| parts.add(i).read() as i64;
        match kind {
            Virtual::Tuple => tuple(parts, count),
            Virtual::OneTuple => tuple(parts.add(1), count - 1),
            Virtual::Range => call((&raw mut ffi::PyRange_Type).cast(), parts, count),
            Virtual::Zip => call((&raw mut PyZip_Type).cast(), parts, count),
            Virtual::Slice => ffi::PySlice_New(object(0), object(1), object(2)),
            Virtual::Method => PyMethod_New(object(0), object(1)),
            Virtual::ListSlice => super::list_stepped_slice(object(0), integer(1), integer(2), integer(3)),
            Virtual::Position => ffi::PyLong_FromLongLong(integer(0)),
            Virtual::Wide => int::make_wide(integer(0), integer(1)),
            Virtual::Complex => ffi::PyComplex_FromDoubles(f64::from_bits(integer(0) as u64), f64::from_bits(integer(1) as u64)),
            Virtual::Real if integer(0) != 0 => ffi::PyFloat_FromDouble(f64::from_bits(integer(2) as u64)),
            Virtual::Real => int::make(integer(1)),
            Virtual::Instance => {
                let values: SmallVec<[Obj; Places::MAX]> = (3..count as usize).map(object).collect();
                let made = instance(object(0), Places::from_number(integer(2)), &values);
                if !made.is_null() {
                    values.iter().for_each(|&value| ffi::Py_INCREF(value));
                }
                made
            }
            Virtual::DictCopy => ffi::PyDict_Copy(object(0)),
            Virtual::Dict => super::build_plain_map(parts.cast_mut().cast(), count as i64 / 2),
            Virtual::Begun => crate::begun::begun(object(0), integer(1), std::slice::from_raw_parts(parts.cast::<Obj>().add(2), count as usize - 2)),
            Virtual::Generator => {
                // The iterator is the parameter, and the only object on the stack.
                let place = integer(1) as u32;
                let locals: SmallVec<[Obj; 8]> = (2..if place > 0 { count as usize } else { 3 }).map(object).collect();
                let code = memory::read(object(0).cast(), offsets::FUNCTION_CODE);
                generator(object(0), code, &locals, (place > 0).then_some((place, &[object(2)])))
            }
            Virtual::NewGenerator => generator(object(0), object(2), std::slice::from_raw_parts(parts.add(3).cast(), count as usize - 3), None),
            Virtual::WaitingGenerator => {
                let slots = std::slice::from_raw_parts(parts.add(3).cast::<Obj>(), count as usize - 3);
                let (locals, stack) = slots.split_at(own_locals(object(2)));
                generator(object(0), object(2), locals, Some((integer(1) as u32, stack)))
            }
            Virtual::Cell => ffi::PyCell_New(if count > 1 { object(1) } else { std::ptr::null_mut() }),
            Virtual::Function => {
                let objects = std::slice::from_raw_parts(parts.add(2).cast::<Obj>(), count as usize - 2);
                function(object(1), objects)
            }
            Virtual::Enumerate => {
                let start = ffi::PyLong_FromLongLong(integer(1));
                if start.is_null() {
                    return start;
                }
                let words = [object(0) as u64, start as u64];
                let result = call((&raw mut ffi::PyEnum_Type).cast(), words.as_ptr(), 2);
                ffi::Py_DECREF(start);
                result
            }
            Virtual::DictKeyIter => over_table(&raw mut ffi::PyDictIterKey_Type, parts, iterators::TABLES.dict_left),
            Virtual::DictValueIter => over_table(&raw mut ffi::PyDictIterValue_Type, parts, iterators::TABLES.dict_left),
            Virtual::SetIter => over_table(&raw mut ffi::PySetIter_Type, parts, iterators::TABLES.set_left),
            Virtual::DictItemIter => {
                let [value, key] = [object(4), object(5)].map(|part| if part.is_null() { ffi::Py_None() } else { part });
                let last = tuple([key as u64, value as u64].as_ptr(), 2);
                if last.is_null() {
                    return last;
                }
                let iterator = over_table(&raw mut ffi::PyDictIterItem_Type, parts, iterators::TABLES.dict_left);
                if iterator.is_null() {
                    ffi::Py_DECREF(last);
                } else {
                    memory::write(iterator.cast(), iterators::TABLES.item as usize, last);
                }
                iterator
            }
            Virtual::ListIter => at_index(object(0), offsets::LIST_ITER_INDEX, integer(1)),
            Virtual::ListReverseIter => {
                let iterator = call((&raw mut ffi::PyReversed_Type).cast(), parts, 1);
                if !iterator.is_null() {
                    memory::write(iterator.cast(), iterators::WRAPPERS.reverse_index as usize, integer(1));
                }
                iterator
            }
            Virtual::AsciiIter => at_index(object(0), iterators::TEXT_INDEX, integer(1)),
            Virtual::TupleIter => at_index(object(0), offsets::TUPLE_ITER_INDEX, integer(1)),
            Virtual::RangeIter => {
                let zero = ffi::PyLong_FromLong(0);
                let words = [zero as u64];
                let range = call((&raw mut ffi::PyRange_Type).cast(), words.as_ptr(), 1);
                ffi::Py_DECREF(zero);
                if range.is_null() {
                    return range;
                }
                let iterator = ffi::PyObject_GetIter(range);
                ffi::Py_DECREF(range);
                if !iterator.is_null() {
                    memory::write(iterator.cast(), offsets::RANGE_ITER_START, integer(0));
                    memory::write(iterator.cast(), offsets::RANGE_ITER_STEP, integer(1));
                    memory::write(iterator.cast(), offsets::RANGE_ITER_LEN, integer(2));
                }
                iterator
            }
        }
    }
}

/// A function with these globals; NULL with an exception.
///
/// # Safety
/// `parts` are borrowed: a code object, what else functions are given in the order of [`ATTRIBUTES`], each of which may be NULL, and cells.
unsafe fn function(globals: Obj, parts: &[Obj]) -> Obj {
    // SAFETY: the function is new, and the parts are what the caller says.
    unsafe {
        let (given, cells) = parts[1..].split_at(ATTRIBUTES.len());
        let closure = match cells {
            [] => std::ptr::null_mut(),
            cells => tuple(cells.as_ptr().cast(), cells.len() as isize),
        };
        let function = if closure.is_null() && !cells.is_empty() { closure } else { make_function(parts[0], globals) };
        if function.is_null() {
            ffi::Py_XDECREF(closure);
            return function;
        }
        let given = given.iter().map(|&value| ffi::Py_XNewRef(value)).zip(ATTRIBUTES);
        for (value, which) in given.chain([(closure, CLOSURE)]).filter(|(value, _)| !value.is_null()) {
            set_function_attribute(function, value, which);
        }
        function
    }
}

/// # Safety
/// `items` points to `count` borrowed objects.
unsafe fn tuple(items: *const u64, count: isize) -> Obj {
    // SAFETY: the tuple is new.
    unsafe {
        let tuple = ffi::PyTuple_New(count);
        if !tuple.is_null() {
            for i in 0..count {
                ffi::PyTuple_SET_ITEM(tuple, i, ffi::Py_NewRef(items.offset(i).read() as Obj));
            }
            plain_tuples::settle(tuple);
        }
        tuple
    }
}

/// # Safety
/// `class` is a class written in Python; `values` points to `count` owned objects, which are taken over, for attributes of it in these places.
pub unsafe extern "C" fn build_instance(class: Obj, places: i64, values: Ptr, count: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe {
        let values = std::slice::from_raw_parts(values.cast::<Obj>(), count as usize);
        insist(|| instance(class, Places::from_number(places), values))
    }
}

/// An instance with attributes, whose references it takes over; NULL with an exception, and they are still the caller's.
///
/// # Safety
/// `class` is a class written in Python with room for attributes in these places, as many as there are owned values.
unsafe fn instance(class: Obj, places: Places, values: &[Obj]) -> Obj {
    // SAFETY: nobody else knows the instance yet. An inline value that is set is noted as inserted last (`_PyDictValues_AddToInsertionOrder` of
    // `pycore_dict.h`): the order of insertion is in the bytes behind the values.
    unsafe {
        let kept = session().and_then(|session| session.instances.take(class.cast()));
        let object = kept.unwrap_or_else(|| ffi::PyType_GenericAlloc(class.cast(), 0));
        if object.is_null() {
            return object;
        }
        let start = object.cast::<u8>();
        let inline = start.offset((*class.cast::<ffi::PyTypeObject>()).tp_basicsize);
        for (index, &value) in values.iter().enumerate() {
            match places.get(index) {
                Place::Slot(word) => start.cast::<Obj>().add(word as usize).write(value),
                Place::Value(number) => {
                    inline.add(offsets::VALUES_ITEMS).cast::<Obj>().add(number as usize).write(value);
                    note_insertion(inline, number as u8);
                }
            }
        }
        if kept.is_some() {
            ffi::PyObject_GC_Track(object.cast());
        }
        object
    }
}

/// A generator with these first locals, that waits at that code unit offset with that stack, or has not begun.
///
/// # Safety
/// `code` is or was that of the generator function, and the objects fit it; they are borrowed.
unsafe fn generator(function: Obj, code: Obj, locals: &[Obj], waits: Option<(u32, &[Obj])>) -> Obj {
    // SAFETY: as the caller says.
    unsafe {
        let code = Code::from_object_unchecked(code);
        let Some((code, start)) = code.and_then(|code| Some((code, Start::of(code)?))) else {
            ffi::PyErr_SetString(ffi::PyExc_SystemError, c"the function of a generator makes none".as_ptr());
            return std::ptr::null_mut();
        };
        let made = Generator::create(function, code, start, locals);
        if let (Some(generator), Some((place, stack))) = (Generator::from_object(made), waits) {
            generator.wait_at(place, stack);
        }
        made
    }
}

/// Number of locals of a generator function with that code, but for those of its closure.
///
/// # Safety
/// `code` is an alive code object.
unsafe fn own_locals(code: Obj) -> usize {
    // SAFETY: as the caller says.
    let code = unsafe { Code::from_object_unchecked(code) };
    code.map_or(0, |code| code.nlocalsplus() - Start::of(code).map_or(0, |start| start.free))
}

/// An iterator of that type over a dict or a set, which keeps how many entries are left at an offset.
///
/// # Safety
/// `parts` are those of an iterator over a table; the container is borrowed.
unsafe fn over_table(kind: *mut ffi::PyTypeObject, parts: *const u64, left: i64) -> Obj {
    // SAFETY: the iterator is new, and has these fields; what it does not get is NULL.
    unsafe {
        let iterator = ffi::PyType_GenericAlloc(kind, 0);
        if !iterator.is_null() {
            let places = iterators::TABLES;
            memory::write(iterator.cast(), places.container as usize, ffi::Py_NewRef(parts.read() as Obj));
            for (part, place) in [places.used, places.position, left].into_iter().enumerate() {
                memory::write(iterator.cast(), place as usize, parts.add(1 + part).read());
            }
        }
        iterator
    }
}

/// The iterator of an exact list, tuple or str, moved to an index.
///
/// # Safety
/// `index_offset` is that of the index in the iterators of the sequence's type.
unsafe fn at_index(sequence: Obj, index_offset: usize, index: i64) -> Obj {
    // SAFETY: the iterator is new.
    unsafe {
        let iterator = ffi::PyObject_GetIter(sequence);
        if !iterator.is_null() {
            memory::write(iterator.cast(), index_offset, index);
        }
        iterator
    }
}

/// # Safety
/// `args` points to `count` borrowed objects.
unsafe fn call(callable: Obj, args: *const u64, count: isize) -> Obj {
    // SAFETY: the caller vouches for the arguments.
    unsafe { ffi::PyObject_Vectorcall(callable, args.cast(), count as usize, std::ptr::null_mut()) }
}
