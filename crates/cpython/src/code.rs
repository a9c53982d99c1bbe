//! Code objects.

use crate::ffi::{PyBytes_AS_STRING, PyBytes_Size, PyCode_Type, PyObject, PyTuple_GET_ITEM, PyTuple_GET_SIZE, Py_TYPE};
use crate::memory::{read, write};
use crate::offsets;
use std::ptr::NonNull;

/// A code object. Invariant: it is alive while the value is used.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code(NonNull<PyObject>);

/// What a local variable slot is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalKind {
    /// A local variable or argument.
    pub local: bool,
    /// A cell, made by this code.
    pub cell: bool,
    /// A cell of an enclosing function.
    pub free: bool,
    /// Hidden from `locals()` (a comprehension's variable).
    pub hidden: bool,
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty as $result:ty = $offset:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[inline]
            pub fn $name(self) -> $result {
                self.field::<$type>(offsets::$offset) as $result
            }
        )+
    };
}

impl Code {
    /// Wraps a code object; `None` for NULL and any other object.
    ///
    /// # Safety
    ///
    /// `object` is NULL or alive, and stays alive while the value is used.
    #[inline]
    pub unsafe fn from_object(object: *mut PyObject) -> Option<Code> {
        let object = NonNull::new(object)?;
        // SAFETY: the object is alive; the type object is static.
        unsafe { std::ptr::eq(Py_TYPE(object.as_ptr()), &raw const PyCode_Type) }.then_some(Code(object))
    }

    /// Wraps what is known to be a code object, or NULL.
    ///
    /// # Safety
    ///
    /// As for [`Self::from_object`]; `object` is NULL or a code object.
    #[inline]
    pub unsafe fn from_object_unchecked(object: *mut PyObject) -> Option<Code> {
        NonNull::new(object).map(Code)
    }

    /// The code object of an exact function; `None` for any other object.
    ///
    /// # Safety
    ///
    /// As for [`Self::from_object`]; the function is not given another code meanwhile.
    #[inline]
    pub unsafe fn of_function(function: *mut PyObject) -> Option<Code> {
        // SAFETY: the caller vouches for the object; the field is read of functions only.
        unsafe {
            (crate::ffi::PyFunction_Check(function) != 0)
                .then(|| Code::from_object(read(function.cast(), offsets::FUNCTION_CODE)))
                .flatten()
        }
    }

    /// The object, borrowed.
    #[inline]
    pub const fn as_object(self) -> *mut PyObject {
        self.0.as_ptr()
    }

    /// Sets [`Self::version`]. The interpreter gives it to the functions that it makes of the code; with 0, it specialises no calls of them.
    ///
    /// # Safety
    ///
    /// The GIL is held. When the code dies, the version is the one that it was made with.
    pub unsafe fn set_version(self, version: u32) {
        // SAFETY: code objects have that field.
        unsafe { write(self.0.as_ptr().cast(), offsets::CODE_VERSION, version) }
    }

    #[inline]
    fn field<T: Copy>(self, offset: usize) -> T {
        // SAFETY: the code object is alive; callers pass the offset of a field of that type.
        unsafe { read(self.0.as_ptr().cast(), offset) }
    }

    fields! {
        /// `co_flags`.
        flags: i32 as u32 = CODE_FLAGS;
        /// `co_argcount`.
        argcount: i32 as u32 = CODE_ARGCOUNT;
        /// `co_posonlyargcount`.
        posonly: i32 as u32 = CODE_POSONLYARGCOUNT;
        /// `co_kwonlyargcount`.
        kwonly: i32 as u32 = CODE_KWONLYARGCOUNT;
        /// `co_stacksize`.
        stacksize: i32 as usize = CODE_STACKSIZE;
        /// `co_firstlineno`.
        first_line: i32 as u32 = CODE_FIRSTLINENO;
        /// Number of locals, cells and free variables.
        nlocalsplus: i32 as usize = CODE_NLOCALSPLUS;
        /// Size of a frame in words.
        framesize: i32 as usize = CODE_FRAMESIZE;
        /// Number of free variables: the last ones of the locals.
        nfreevars: i32 as usize = CODE_NFREEVARS;
        /// Version that functions made from the code start with.
        version: u32 as u32 = CODE_VERSION;
        /// Number of code units.
        len: isize as usize = CODE_LENGTH;
        /// Code unit offset of the first `RESUME`.
        first_traceable: i32 as usize = CODE_FIRSTTRACEABLE;
        /// `co_consts`, borrowed.
        consts_tuple: *mut PyObject as *mut PyObject = CODE_CONSTS;
        /// `co_names`, borrowed.
        names_tuple: *mut PyObject as *mut PyObject = CODE_NAMES;
        /// Names of all locals, cells and free variables, borrowed.
        local_names_tuple: *mut PyObject as *mut PyObject = CODE_LOCALSPLUSNAMES;
        /// `co_filename`, borrowed.
        filename: *mut PyObject as *mut PyObject = CODE_FILENAME;
        /// `co_name`, borrowed.
        name: *mut PyObject as *mut PyObject = CODE_NAME;
        /// `co_qualname`, borrowed.
        qualname: *mut PyObject as *mut PyObject = CODE_QUALNAME;
    }

    /// True for code without any code unit, which the compiler never makes.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The first code unit, as the interpreter specialised and instrumented it.
    #[inline]
    pub const fn units_ptr(self) -> *mut u16 {
        self.0.as_ptr().cast::<u8>().wrapping_add(offsets::CODE_UNITS).cast()
    }

    /// A copy of the code units as the interpreter specialised them. Line and instruction events are replaced by the
    /// instruction below them; `INSTRUMENTED_…` forms of instructions stay.
    pub fn units(self) -> Vec<u16> {
        // SAFETY: a code object has that many code units there.
        let mut units = unsafe { std::slice::from_raw_parts(self.units_ptr(), self.len()) }.to_vec();
        crate::monitoring::remove_site_markers(self, &mut units);
        units
    }

    /// The line of the instruction at a code unit offset; -1 if it has none.
    pub fn line_at(self, offset: u32) -> i32 {
        // SAFETY: the code object is alive, and the GIL is held as for everything here; offsets outside the code have no line.
        unsafe { crate::ffi::PyCode_Addr2Line(self.0.as_ptr().cast(), offset as i32 * 2) }
    }

    /// `co_consts`, borrowed.
    pub fn consts(self) -> Vec<*mut PyObject> {
        tuple_items(self.consts_tuple())
    }

    /// `co_names`, borrowed.
    pub fn names(self) -> Vec<*mut PyObject> {
        tuple_items(self.names_tuple())
    }

    /// Names of all locals, cells and free variables, borrowed.
    pub fn local_names(self) -> Vec<*mut PyObject> {
        tuple_items(self.local_names_tuple())
    }

    /// Kinds of all locals, cells and free variables.
    pub fn local_kinds(self) -> Vec<LocalKind> {
        let has = |byte: u8, flag: usize| usize::from(byte) & flag != 0;
        self.bytes(offsets::CODE_LOCALSPLUSKINDS)
            .iter()
            .map(|&byte| LocalKind {
                local: has(byte, offsets::KIND_LOCAL),
                cell: has(byte, offsets::KIND_CELL),
                free: has(byte, offsets::KIND_FREE),
                hidden: has(byte, offsets::KIND_HIDDEN),
            })
            .collect()
    }

    /// `co_exceptiontable`.
    pub fn exception_table(&self) -> &[u8] {
        self.bytes(offsets::CODE_EXCEPTIONTABLE)
    }

    /// Instrumentation version that the code units were last adapted to.
    pub fn instrumentation_version(self) -> usize {
        self.field(offsets::CODE_INSTRUMENTATION_VERSION)
    }

    /// The monitoring record, NULL if no tool ever wanted events of the code.
    pub(crate) fn monitoring(self) -> *const u8 {
        self.field(offsets::CODE_MONITORING)
    }

    fn bytes(&self, offset: usize) -> &[u8] {
        let object: *mut PyObject = self.field(offset);
        // SAFETY: the field holds an exact bytes object that lives and stays the same as long as the code object.
        unsafe { std::slice::from_raw_parts(PyBytes_AS_STRING(object).cast(), PyBytes_Size(object) as usize) }
    }
}

fn tuple_items(tuple: *mut PyObject) -> Vec<*mut PyObject> {
    // SAFETY: the fields of a code object that get here are exact tuples.
    unsafe { (0..PyTuple_GET_SIZE(tuple)).map(|index| PyTuple_GET_ITEM(tuple, index)).collect() }
}
