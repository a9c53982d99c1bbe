//! Calls of builtin functions that native code has begun: what the interpreter calls in their place to go on.

use crate::method::Method;
use std::ffi::c_int;
use whipsnake_contract::exit::Begun;
use whipsnake_cpython::ffi::{
    METH_O, Py_DECREF, Py_GT, Py_LT, Py_NewRef, Py_XNewRef, PyCFunction_NewEx, PyErr_Occurred, PyFloat_AS_DOUBLE, PyFloat_CheckExact,
    PyFloat_FromDouble, PyIter_Next, PyList_Append, PyList_AsTuple, PyList_Sort, PyLong_AsDouble, PyLong_AsLongAndOverflow, PyLong_Check, PyNumber_Add, PyObject,
    PyObject_RichCompareBool, PyObject_Vectorcall, PySet_Add, PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM, PyUnicode_Join,
};
use whipsnake_cpython::offsets;

static SUM: Method = Method::new(c"sum", sum, METH_O);
static FLOAT_SUM: Method = Method::new(c"sum", float_sum, METH_O);
static LEAST: Method = Method::new(c"min", least, METH_O);
static GREATEST: Method = Method::new(c"max", greatest, METH_O);
static LIST: Method = Method::new(c"list", list, METH_O);
static TUPLE: Method = Method::new(c"tuple", tuple, METH_O);
static SET: Method = Method::new(c"set", set, METH_O);
static SORTED: Method = Method::new(c"sorted", sorted, METH_O);
static JOIN: Method = Method::fast(c"join", join);

/// Minor version since which `sum` adds ints to floats as it does floats.
const COMPENSATES_INTS: u8 = 14;

/// What is called for the rest of the items, owned; the function itself if there was none yet. NULL with an exception if there is no memory.
///
/// # Safety
///
/// The GIL is held, the objects are alive, and are those of [`Begun`].
pub(crate) unsafe fn begun(function: *mut PyObject, how: i64, so_far: &[*mut PyObject]) -> *mut PyObject {
    let method = match Begun::from_number(how) {
        None => {
            // SAFETY: as the caller says.
            return unsafe { Py_NewRef(function) };
        }
        Some(Begun::Sum) => &SUM,
        Some(Begun::FloatSum) => &FLOAT_SUM,
        Some(Begun::Least) => &LEAST,
        Some(Begun::Greatest) => &GREATEST,
        Some(Begun::List) => &LIST,
        Some(Begun::Tuple) => &TUPLE,
        Some(Begun::Set) => &SET,
        Some(Begun::Join) => &JOIN,
        Some(Begun::Sorted) => &SORTED,
    };
    // SAFETY: the tuple is new, and has room for the function and the objects.
    unsafe {
        let state = PyTuple_New(so_far.len() as isize + 1);
        if state.is_null() {
            return state;
        }
        for (index, &object) in (0..).zip(std::iter::once(&function).chain(so_far)) {
            PyTuple_SET_ITEM(state, index, Py_NewRef(object));
        }
        let callable = PyCFunction_NewEx(method.get(), state, std::ptr::null_mut());
        Py_DECREF(state);
        callable
    }
}

/// `function(iterator, start)`, with what is left of the iterator; the start is given up.
///
/// # Safety
///
/// The GIL is held, the objects are alive; the start is owned, or NULL with an exception.
unsafe fn sum_from(function: *mut PyObject, iterator: *mut PyObject, start: *mut PyObject) -> *mut PyObject {
    if start.is_null() {
        return start;
    }
    // SAFETY: as the caller says.
    unsafe {
        let result = PyObject_Vectorcall(function, [iterator, start].as_ptr(), 2, std::ptr::null_mut());
        Py_DECREF(start);
        result
    }
}

/// # Safety
///
/// Called by the interpreter as a `METH_O` function whose `self` is what [`begun`] has made for it.
unsafe extern "C" fn sum(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the tuple has the function and the sum.
    unsafe { sum_from(PyTuple_GET_ITEM(state, 0), iterator, Py_NewRef(PyTuple_GET_ITEM(state, 1))) }
}

/// A sum of floats as `sum` has it: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
struct FloatSum {
    high: f64,
    low: f64,
}

impl FloatSum {
    fn add(&mut self, item: f64) {
        let sum = self.high + item;
        self.low += if self.high.abs() >= item.abs() { (self.high - sum) + item } else { (item - sum) + self.high };
        self.high = sum;
    }

    fn total(&self) -> f64 {
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }

    /// Adds an item that is a float or an int. False if that must be done in the general way, or, with an exception, not at all.
    ///
    /// # Safety
    ///
    /// The GIL is held, the item is alive.
    unsafe fn takes(&mut self, item: *mut PyObject) -> bool {
        // SAFETY: the item is of the type that is asked for.
        unsafe {
            if PyFloat_CheckExact(item) != 0 {
                self.add(PyFloat_AS_DOUBLE(item));
                return true;
            }
            if PyLong_Check(item) == 0 {
                return false;
            }
            if offsets::MINOR >= COMPENSATES_INTS {
                let value = PyLong_AsDouble(item);
                let fits = value != -1.0 || PyErr_Occurred().is_null();
                if fits {
                    self.add(value);
                }
                return fits;
            }
            let mut overflow = 0;
            let value = PyLong_AsLongAndOverflow(item, &raw mut overflow);
            if overflow == 0 {
                self.high += value as f64;
            }
            overflow == 0
        }
    }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn float_sum(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the tuple has the function and two floats; items are owned.
    unsafe {
        let part = |index| PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(state, index));
        let mut so_far = FloatSum { high: part(1), low: part(2) };
        loop {
            let item = PyIter_Next(iterator);
            if item.is_null() {
                return if PyErr_Occurred().is_null() { PyFloat_FromDouble(so_far.total()) } else { item };
            }
            if so_far.takes(item) {
                Py_DECREF(item);
                continue;
            }
            let mut next = std::ptr::null_mut();
            if PyErr_Occurred().is_null() {
                let total = PyFloat_FromDouble(so_far.total());
                if !total.is_null() {
                    next = PyNumber_Add(total, item);
                    Py_DECREF(total);
                }
            }
            Py_DECREF(item);
            return sum_from(PyTuple_GET_ITEM(state, 0), iterator, next);
        }
    }
}

/// The best of what is in the tuple and the items.
///
/// # Safety
///
/// As for [`sum`].
unsafe fn extreme(state: *mut PyObject, iterator: *mut PyObject, compares: i32) -> *mut PyObject {
    // SAFETY: the tuple has the function and the best item so far; items are owned.
    unsafe {
        let mut best = Py_NewRef(PyTuple_GET_ITEM(state, 1));
        loop {
            let item = PyIter_Next(iterator);
            if item.is_null() {
                if PyErr_Occurred().is_null() {
                    return best;
                }
                Py_DECREF(best);
                return item;
            }
            match PyObject_RichCompareBool(item, best, compares) {
                0 => Py_DECREF(item),
                1.. => Py_DECREF(std::mem::replace(&mut best, item)),
                _ => {
                    Py_DECREF(item);
                    Py_DECREF(best);
                    return std::ptr::null_mut();
                }
            }
        }
    }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn least(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { extreme(state, iterator, Py_LT) }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn greatest(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { extreme(state, iterator, Py_GT) }
}

/// Adds the items to the list or set in the tuple, which is what is returned, borrowed; NULL with an exception.
///
/// # Safety
///
/// As for [`sum`].
unsafe fn filled(state: *mut PyObject, iterator: *mut PyObject, add: unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> c_int) -> *mut PyObject {
    // SAFETY: the tuple has the function and what the items are added to; items are owned.
    unsafe {
        let collection = PyTuple_GET_ITEM(state, 1);
        loop {
            let item = PyIter_Next(iterator);
            if item.is_null() {
                return if PyErr_Occurred().is_null() { collection } else { item };
            }
            let status = add(collection, item);
            Py_DECREF(item);
            if status < 0 {
                return std::ptr::null_mut();
            }
        }
    }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn list(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { Py_XNewRef(filled(state, iterator, PyList_Append)) }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn tuple(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says; the list is exact.
    unsafe {
        let list = filled(state, iterator, PyList_Append);
        if list.is_null() { list } else { PyList_AsTuple(list) }
    }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn set(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { Py_XNewRef(filled(state, iterator, PySet_Add)) }
}

/// # Safety
///
/// As for [`sum`].
unsafe extern "C" fn sorted(state: *mut PyObject, iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says; the list is exact.
    unsafe {
        let list = filled(state, iterator, PyList_Append);
        if list.is_null() || PyList_Sort(list) < 0 { std::ptr::null_mut() } else { Py_NewRef(list) }
    }
}

/// # Safety
///
/// Called by the interpreter as a `METH_FASTCALL` function whose `self` is what [`begun`] has made for it, with the separator and the iterator.
unsafe extern "C" fn join(state: *mut PyObject, arguments: *mut *mut PyObject, _count: isize) -> *mut PyObject {
    // SAFETY: as the caller says; the call that has begun was one of a method, with one argument.
    unsafe {
        let list = filled(state, *arguments.add(1), PyList_Append);
        if list.is_null() { list } else { PyUnicode_Join(*arguments, list) }
    }
}
