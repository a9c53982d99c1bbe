//! Instances that hold nothing but numbers, text and what others keep: destroyed here, without the interpreter's destructor for all classes.
//!
//! That destructor (`subtype_dealloc` of `Objects/typeobject.c`) looks for finalizers, weak references, slots of each base class and a dict. The type
//! has been asked for these once, when its [`Destruction`] was found; what is left to do is to give up the references and the memory.

use crate::destroy::is_number_or_str;
use crate::destroy_type::{Destruction, has_weak_references, used_values};
use crate::instance_pool::InstancePool;
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{PyObject, PyObject_GC_Del, PyObject_GC_UnTrack, Py_DECREF, Py_REFCNT, Py_TYPE};
use whipsnake_cpython::memory::{self, read};
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;

/// Destroys an instance that nobody refers to any more, and whose type destroys it in that way, if no other object goes with it but numbers and strs.
/// Else nothing has happened, and the answer is false.
///
/// # Safety
///
/// The GIL is held; the object's contents are intact.
#[inline]
pub(crate) unsafe fn destroy_plain(pool: &InstancePool, object: *mut PyObject, destruction: Destruction) -> bool {
    // SAFETY: fields are read as the type lays them out; what the places hold is alive, and given up once. The type outlives its instance.
    unsafe {
        let class = Py_TYPE(object);
        let base = object.cast::<u8>();
        let (first, count): (*mut *mut PyObject, usize) = match destruction {
            Destruction::Slots(count) => (base.add(size_of::<PyObject>()).cast(), usize::from(count)),
            Destruction::Items => (base.add(offsets::TUPLE_ITEMS).cast(), read(base, offsets::OB_SIZE)),
            Destruction::Instance => {
                let values = base.offset((*class).tp_basicsize);
                let dict = base.offset(offsets::MANAGED_DICT).cast::<usize>().read();
                if dict != 0 || read::<u8>(values, offsets::VALUES_VALID) != 1 || has_weak_references(object) {
                    return false;
                }
                (values.add(offsets::VALUES_ITEMS).cast(), used_values(class, values))
            }
            _ => return false,
        };
        let held = std::slice::from_raw_parts_mut(first, count);
        let stays = |&value: &*mut PyObject| {
            // Places that hold the same object take more than one reference from it.
            value.is_null() || is_immortal(value) || is_number_or_str(Py_TYPE(value)) || Py_REFCNT(value) > count as isize
        };
        if !held.iter().all(stays) || Py_REFCNT(class.cast()) == 1 {
            return false;
        }
        PyObject_GC_UnTrack(object.cast());
        for place in held {
            let value = std::mem::replace(place, null_mut());
            if !value.is_null() {
                Py_DECREF(value);
            }
        }
        if destruction == Destruction::Instance {
            memory::write::<u8>(base.offset((*class).tp_basicsize), offsets::VALUES_SIZE, 0);
        }
        if destruction == Destruction::Items || !pool.keep(object) {
            PyObject_GC_Del(object.cast());
        }
        Py_DECREF(class.cast());
        true
    }
}
