//! Attributes of `super()`.

use super::{Obj, Ptr};
use std::ffi::c_int;
use std::ptr::null_mut;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// `super(class, object).name`, owned. Where `method` is asked for, a method is not bound and 1 is stored there.
    fn _PySuper_Lookup(class: *mut ffi::PyTypeObject, object: Obj, name: Obj, method: *mut c_int) -> Obj;
}

/// The attribute is looked up as a method.
const METHOD: i64 = 1;
/// Class and object were written as arguments.
const TWO_ARGUMENTS: i64 = 2;

/// # Safety
/// The objects are alive, `name` is a str, `out` points to two words.
pub unsafe extern "C" fn load_super_attr(callable: Obj, class: Obj, object: Obj, name: Obj, flags: i64, out: Ptr) -> i64 {
    let out = out.cast::<Obj>();
    let mut unbound: c_int = 0;
    // SAFETY: the caller vouches for the objects; the instance of `super` is ours. The caller gave room for two words.
    unsafe {
        let attribute = if callable == (&raw mut ffi::PySuper_Type).cast() && ffi::PyType_Check(class) != 0 {
            // Instances that find attributes in a way of their own must not be bypassed.
            let generic = (*ffi::Py_TYPE(object)).tp_getattro.map(|f| f as usize) == Some(ffi::PyObject_GenericGetAttr as *const () as usize);
            let wanted = if flags & METHOD != 0 && generic { &raw mut unbound } else { null_mut() };
            _PySuper_Lookup(class.cast(), object, name, wanted)
        } else {
            let arguments = [class, object];
            let count = if flags & TWO_ARGUMENTS != 0 { arguments.len() } else { 0 };
            let instance = ffi::PyObject_Vectorcall(callable, arguments.as_ptr(), count, null_mut());
            if instance.is_null() {
                return -1;
            }
            let attribute = ffi::PyObject_GetAttr(instance, name);
            ffi::Py_DECREF(instance);
            attribute
        };
        if attribute.is_null() {
            return -1;
        }
        out.write(attribute);
        out.add(1).write(if unbound != 0 { ffi::Py_NewRef(object) } else { null_mut() });
    }
    0
}
