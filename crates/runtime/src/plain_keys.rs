//! Keys that are hashed and compared without Python code: strs, ints, and tuples of what is plain itself.

use crate::destroy::is_number_or_str;
use crate::dict_keys::{_PyUnicode_Equal, is_exactly, str_hash};
use whipsnake_cpython::ffi::{self, PyObject};
use whipsnake_cpython::{int, memory, offsets};

/// Tuples in tuples that are looked into, and the longest of them.
const DEPTH: u32 = 2;
const LONGEST: usize = 8;
/// `_PyHASH_MODULUS` of `pyhash.h`: ints of less magnitude are their own hash, but for -1.
const HASH_MODULUS: u64 = (1 << 61) - 1;

/// A key that is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'a> {
    Str(*mut PyObject),
    Int(*mut PyObject),
    /// A tuple of those items, which is that object, or none that exists (NULL).
    Tuple(*mut PyObject, &'a [*mut PyObject]),
    /// An object of any other type, with its hash: only the very object is known to be equal.
    Hashed(*mut PyObject, isize),
}

impl<'a> Key<'a> {
    /// The key that an object is.
    ///
    /// # Safety
    /// `key` is an alive exact str, int or tuple, and outlives what is returned.
    #[inline(always)]
    pub(crate) unsafe fn of(key: *mut PyObject) -> Key<'a> {
        // SAFETY: as the caller says.
        unsafe {
            if is_exactly(key, &raw mut ffi::PyUnicode_Type) {
                Key::Str(key)
            } else if is_exactly(key, &raw mut ffi::PyLong_Type) {
                Key::Int(key)
            } else {
                Key::Tuple(key, items(key))
            }
        }
    }

    /// A tuple of so many items, which need not exist.
    ///
    /// # Safety
    /// `items` leads to `count` alive objects, and outlives what is returned.
    pub(crate) unsafe fn of_items(items: *const *mut PyObject, count: usize) -> Key<'a> {
        // SAFETY: as the caller says.
        Key::Tuple(std::ptr::null_mut(), unsafe { std::slice::from_raw_parts(items, count) })
    }

    /// The object, if it exists.
    #[inline(always)]
    pub(crate) fn object(self) -> *mut PyObject {
        match self {
            Key::Str(key) | Key::Int(key) | Key::Tuple(key, _) | Key::Hashed(key, _) => key,
        }
    }

    /// The hash; `None` if the key is not plain.
    ///
    /// # Safety
    /// The objects of the key are alive.
    #[inline(always)]
    pub(crate) unsafe fn hash(self) -> Option<isize> {
        // SAFETY: as the caller says.
        unsafe {
            match self {
                Key::Str(key) => Some(str_hash(key)),
                Key::Int(key) => Some(int_hash(key)),
                Key::Tuple(key, items) => known_hash(key, items),
                Key::Hashed(_, hash) => Some(hash),
            }
        }
    }

    /// Whether a key of a table with the same hash is equal; `None` if Python code may have to tell.
    ///
    /// # Safety
    /// All objects are alive; the key is plain.
    pub(crate) unsafe fn equals(self, other: *mut PyObject) -> Option<bool> {
        // SAFETY: as the caller says.
        unsafe {
            match self {
                Key::Str(key) | Key::Int(key) => equal(other, key, DEPTH),
                Key::Tuple(_, items) => equals_tuple(other, items, DEPTH),
                Key::Hashed(key, _) => (other == key).then_some(true),
            }
        }
    }
}

/// The items of a tuple.
///
/// # Safety
/// `tuple` is an alive exact tuple, and outlives what is returned.
unsafe fn items<'a>(tuple: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: as the caller says; the items lie behind each other.
    unsafe { std::slice::from_raw_parts(tuple.cast::<u8>().add(offsets::TUPLE_ITEMS).cast(), memory::read::<usize>(tuple.cast(), offsets::OB_SIZE)) }
}

/// True for what is neither a container nor of a type that a program has defined.
///
/// # Safety
/// `object` is alive.
unsafe fn is_plain_leaf(object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { is_number_or_str(ffi::Py_TYPE(object)) || is_exactly(object, &raw mut ffi::PyBool_Type) || std::ptr::eq(object, ffi::Py_None()) }
}

/// # Safety
/// `object` is alive.
unsafe fn is_plain(object: *mut PyObject, depth: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        if is_exactly(object, &raw mut ffi::PyTuple_Type) {
            let items = items(object);
            return depth > 0 && items.len() <= LONGEST && items.iter().all(|&item| is_plain(item, depth - 1));
        }
        is_plain_leaf(object)
    }
}

/// The hash that a tuple keeps, once it was asked for it: between its size and its items, since 3.14 (`PyTupleObject`).
///
/// # Safety
/// `tuple` is NULL or an alive exact tuple.
unsafe fn kept_hash(tuple: *mut PyObject) -> Option<isize> {
    const PLACE: usize = offsets::OB_SIZE + size_of::<usize>();
    if tuple.is_null() || offsets::TUPLE_ITEMS == PLACE {
        return None;
    }
    // SAFETY: as the caller says.
    let hash: isize = unsafe { memory::read(tuple.cast(), PLACE) };
    (hash != -1).then_some(hash)
}

/// The hash of a tuple of those items, which is that object or none.
///
/// # Safety
/// `tuple` is NULL or alive; the items are alive.
#[inline(never)]
unsafe fn known_hash(tuple: *mut PyObject, items: &[*mut PyObject]) -> Option<isize> {
    // SAFETY: as the caller says.
    unsafe {
        match kept_hash(tuple) {
            Some(hash) => (items.len() <= LONGEST && items.iter().all(|&item| is_plain(item, DEPTH))).then_some(hash),
            None => tuple_hash(items, DEPTH),
        }
    }
}

/// # Safety
/// `key` is an alive exact int.
#[inline]
unsafe fn int_hash(key: *mut PyObject) -> isize {
    // SAFETY: as the caller says; ints are hashed without Python code.
    unsafe {
        match int::value(key) {
            Some(-1) => -2,
            Some(value) if value.unsigned_abs() < HASH_MODULUS => value as isize,
            _ => ffi::PyObject_Hash(key),
        }
    }
}

/// # Safety
/// `item` is alive.
unsafe fn item_hash(item: *mut PyObject, depth: u32) -> Option<isize> {
    // SAFETY: as the caller says; what is plain is hashed without Python code, and can be.
    unsafe {
        if is_exactly(item, &raw mut ffi::PyLong_Type) {
            Some(int_hash(item))
        } else if is_exactly(item, &raw mut ffi::PyUnicode_Type) {
            Some(str_hash(item))
        } else if is_exactly(item, &raw mut ffi::PyTuple_Type) {
            tuple_hash(items(item), depth.checked_sub(1)?)
        } else {
            is_plain_leaf(item).then(|| ffi::PyObject_Hash(item))
        }
    }
}

/// The hash of a tuple of those items, as `tuple_hash` of `tupleobject.c` computes it: xxHash of the items' hashes, without its last part.
///
/// # Safety
/// The items are alive.
unsafe fn tuple_hash(items: &[*mut PyObject], depth: u32) -> Option<isize> {
    const PRIMES: [u64; 3] = [11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 2_870_177_450_012_600_261];
    if items.len() > LONGEST {
        return None;
    }
    let mut sum = PRIMES[2];
    for &item in items {
        // SAFETY: as the caller says.
        let hash = unsafe { item_hash(item, depth) }?;
        sum = sum.wrapping_add((hash as u64).wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(PRIMES[0]);
    }
    sum = sum.wrapping_add(items.len() as u64 ^ (PRIMES[2] ^ 3_527_539));
    // -1 says that there was an error.
    Some(if sum == u64::MAX { 1_546_275_796 } else { sum as isize })
}

/// Whether an object is equal to one that is plain; `None` if Python code may have to tell.
///
/// # Safety
/// Both are alive.
unsafe fn equal(other: *mut PyObject, key: *mut PyObject, depth: u32) -> Option<bool> {
    let str_type = &raw mut ffi::PyUnicode_Type;
    // SAFETY: as the caller says; comparing what is plain runs no Python code.
    unsafe {
        if other == key {
            return Some(true);
        }
        if is_exactly(key, &raw mut ffi::PyTuple_Type) {
            return equals_tuple(other, items(key), depth.checked_sub(1)?);
        }
        if is_exactly(other, &raw mut ffi::PyTuple_Type) {
            // No tuple is equal to a number or text.
            return Some(false);
        }
        match (is_exactly(other, str_type), is_exactly(key, str_type)) {
            (true, true) => Some(_PyUnicode_Equal(other, key) != 0),
            (true, false) => Some(false),
            (false, key_is_str) if is_plain_leaf(other) => Some(!key_is_str && ffi::PyObject_RichCompareBool(other, key, ffi::Py_EQ) == 1),
            _ => None,
        }
    }
}

/// Whether an object is equal to a tuple of those plain items; `None` if Python code may have to tell.
///
/// # Safety
/// All are alive.
unsafe fn equals_tuple(other: *mut PyObject, key: &[*mut PyObject], depth: u32) -> Option<bool> {
    // SAFETY: as the caller says.
    unsafe {
        if !is_exactly(other, &raw mut ffi::PyTuple_Type) {
            return is_plain_leaf(other).then_some(false);
        }
        let others = items(other);
        if others.len() != key.len() {
            return Some(false);
        }
        for (&other, &key) in others.iter().zip(key) {
            if !equal(other, key, depth)? {
                return Some(false);
            }
        }
        Some(true)
    }
}
