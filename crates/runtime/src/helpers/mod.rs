//! The functions of the contract's helper table, called by native code with the GIL held.
//!
//! They do what the interpreter's instructions do, with its messages. None of them may panic: they are called
//! from native code, which cannot unwind.

mod attributes;
mod builtins;
mod calls;
mod collections;
mod complex;
mod exceptions;
mod formatting;
mod functions;
mod heaps;
mod iteration;
mod managers;
mod mappings;
mod names;
mod numbers;
mod patterns;
mod sequences;
mod sets;
mod strings;
mod supers;
mod templates;
mod unions;
mod variables;
mod virtuals;
mod wide;

pub use crate::native_entry::{catch_exception, dealloc, destroy_unseen, may_handle, note_type, observe, poll};
pub use attributes::*;
pub use builtins::*;
pub use calls::*;
pub use collections::*;
pub use complex::*;
pub use exceptions::*;
pub use formatting::*;
pub use functions::*;
pub use heaps::*;
pub use iteration::*;
pub use managers::*;
pub use mappings::*;
pub use names::*;
pub use numbers::*;
pub use patterns::*;
pub use sequences::*;
pub use sets::*;
pub use strings::*;
pub use supers::*;
pub use templates::*;
pub use unions::*;
pub use variables::*;
pub use virtuals::*;
pub use wide::*;
use whipsnake_contract::for_each_helper;
use whipsnake_contract::helpers::Helper;

/// An object, borrowed as an argument and owned as a result unless the table says otherwise.
pub type Obj = *mut whipsnake_cpython::ffi::PyObject;
/// Memory that is no object.
pub type Ptr = *mut std::ffi::c_void;

/// Kinds of the table as C types.
macro_rules! c_type {
    (Obj) => { Obj };
    (Ptr) => { Ptr };
    (I64) => { i64 };
    (F64) => { f64 };
    (()) => { () };
}

macro_rules! addresses {
    ($($name:ident ($($arg:ident: $kind:ident),*) -> $result:tt, $effect:ident, $doc:literal;)+) => {
        /// Where native code finds a helper.
        pub fn address(helper: Helper) -> *const () {
            match helper {
                $(Helper::$name => {
                    let function: unsafe extern "C" fn($(c_type!($kind)),*) -> c_type!($result) = $name;
                    function as *const ()
                })+
            }
        }
    };
}

for_each_helper!(addresses);
