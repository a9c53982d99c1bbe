//! Offsets and constants of CPython's structures that native code uses, as plain data.
//!
//! Each field is declared once with the C expression that computes it. The `cpython` crate evaluates the
//! expressions with the headers of the interpreter it is built for and verifies the result against the
//! running one; the compiler only ever sees the numbers.

use serde::{Deserialize, Serialize};

macro_rules! layout_fields {
    ($($(#[doc = $doc:literal])+ $name:ident = $expr:literal;)+) => {
        /// The numbers, one field per declared fact. Offsets and sizes are in bytes.
        #[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct Layout { $($(#[doc = $doc])+ pub $name: i64,)+ }

        /// Name and C expression of each field, in declaration order.
        pub const LAYOUT_FIELDS: &[(&str, &str)] = &[$((stringify!($name), $expr),)+];

        impl Layout {
            /// Builds a layout from values in declaration order.
            ///
            /// Returns `None` if the number of values differs from the number of fields.
            pub fn from_values(values: &[i64]) -> Option<Layout> {
                let mut values = values.iter().copied();
                let layout = Layout { $($name: values.next()?,)+ };
                values.next().is_none().then_some(layout)
            }
        }
    };
}

layout_fields! {
    /// `PY_VERSION_HEX` of the headers.
    version_hex = "PY_VERSION_HEX";
    /// The 32-bit reference count.
    ob_refcnt = "offsetof(PyObject, ob_refcnt)";
    /// The type pointer.
    ob_type = "offsetof(PyObject, ob_type)";
    /// Number of items of a variable-sized object.
    ob_size = "offsetof(PyVarObject, ob_size)";
    /// 1 if stack slots are tagged `_PyStackRef`s (3.14+), 0 if they are plain pointers.
    tagged_slots = "WS_TAGGED_SLOTS";
    /// Word of an empty (NULL) stack slot.
    slot_null = "WS_SLOT_NULL";
    /// `lv_tag` of an int.
    long_tag = "offsetof(PyLongObject, long_value.lv_tag)";
    /// First 30-bit digit of an int.
    long_digits = "offsetof(PyLongObject, long_value.ob_digit)";
    /// Tags below this belong to compact (one digit) ints.
    long_compact_limit = "(2 << _PyLong_NON_SIZE_BITS)";
    /// Mask of the sign bits of `lv_tag`: 0 positive, 1 zero, 2 negative.
    long_sign_mask = "3";
    /// Number of non-size bits of `lv_tag`.
    long_non_size_bits = "_PyLong_NON_SIZE_BITS";
    /// Number of preallocated negative ints.
    small_ints_negative = "_PY_NSMALLNEGINTS";
    /// Number of preallocated non-negative ints.
    small_ints_positive = "_PY_NSMALLPOSINTS";
    /// Offset of the array of small ints in `_PyRuntime`.
    runtime_small_ints = "offsetof(struct pyruntimestate, static_objects.singletons.small_ints)";
    /// Size of an element of the array of small ints.
    long_size = "sizeof(PyLongObject)";
    /// The double of a float.
    float_value = "offsetof(PyFloatObject, ob_fval)";
    /// The real part of a complex number; the imaginary one follows.
    complex_value = "offsetof(PyComplexObject, cval)";
    /// Size of a float object.
    float_size = "sizeof(PyFloatObject)";
    /// Item array pointer of a list.
    list_items = "offsetof(PyListObject, ob_item)";
    /// Allocated slots of a list.
    list_allocated = "offsetof(PyListObject, allocated)";
    /// First item of a tuple.
    tuple_items = "offsetof(PyTupleObject, ob_item)";
    /// Number of entries of a dict.
    dict_used = "offsetof(PyDictObject, ma_used)";
    /// Keys of a dict.
    dict_keys = "offsetof(PyDictObject, ma_keys)";
    /// Values of a split dict.
    dict_values = "offsetof(PyDictObject, ma_values)";
    /// Version of a dict's keys.
    keys_version = "offsetof(PyDictKeysObject, dk_version)";
    /// `tp_basicsize`: inline values begin there.
    type_basicsize = "offsetof(PyTypeObject, tp_basicsize)";
    /// `tp_version_tag` of a type.
    type_version = "offsetof(PyTypeObject, tp_version_tag)";
    /// `tp_flags` of a type.
    type_flags = "offsetof(PyTypeObject, tp_flags)";
    /// Shared keys of a heap type.
    type_cached_keys = "offsetof(PyHeapTypeObject, ht_cached_keys)";
    /// `capacity` byte of inline values: behind so many values are the bytes with the order of their insertion.
    values_capacity = "offsetof(PyDictValues, capacity)";
    /// `valid` byte of inline values, from the start of the values.
    values_valid = "offsetof(PyDictValues, valid)";
    /// `size` byte of inline values.
    values_size = "offsetof(PyDictValues, size)";
    /// First value of inline values.
    values_items = "offsetof(PyDictValues, values)";
    /// The managed dict pointer, from the object (negative).
    managed_dict = "WS_MANAGED_DICT";
    /// The object in a cell.
    cell_value = "offsetof(PyCellObject, ob_ref)";
    /// `func_code` of a function.
    function_code = "offsetof(PyFunctionObject, func_code)";
    /// `func_defaults` of a function.
    function_defaults = "offsetof(PyFunctionObject, func_defaults)";
    /// `func_closure` of a function.
    function_closure = "offsetof(PyFunctionObject, func_closure)";
    /// `func_globals` of a function.
    function_globals = "offsetof(PyFunctionObject, func_globals)";
    /// `func_builtins` of a function.
    function_builtins = "offsetof(PyFunctionObject, func_builtins)";
    /// `vectorcall` of a function.
    function_vectorcall = "offsetof(PyFunctionObject, vectorcall)";
    /// `func_version` of a function.
    function_version = "offsetof(PyFunctionObject, func_version)";
    /// Function of a bound method.
    method_function = "offsetof(PyMethodObject, im_func)";
    /// Instance of a bound method.
    method_self = "offsetof(PyMethodObject, im_self)";
    /// Length in code points of a str.
    str_length = "offsetof(PyASCIIObject, length)";
    /// First byte of a bytes object.
    bytes_items = "offsetof(PyBytesObject, ob_sval)";
    /// Data pointer of a bytearray.
    bytearray_items = "offsetof(PyByteArrayObject, ob_start)";
    /// `start` of a slice.
    slice_start = "offsetof(PySliceObject, start)";
    /// `start` of a range iterator (C long).
    range_iter_start = "offsetof(_PyRangeIterObject, start)";
    /// `step` of a range iterator (C long).
    range_iter_step = "offsetof(_PyRangeIterObject, step)";
    /// Remaining length of a range iterator (C long).
    range_iter_len = "offsetof(_PyRangeIterObject, len)";
    /// Index of a list iterator.
    list_iter_index = "offsetof(_PyListIterObject, it_index)";
    /// List of a list iterator, NULL when exhausted.
    list_iter_seq = "offsetof(_PyListIterObject, it_seq)";
    /// Index of a tuple iterator.
    tuple_iter_index = "offsetof(_PyTupleIterObject, it_index)";
    /// Tuple of a tuple iterator, NULL when exhausted.
    tuple_iter_seq = "offsetof(_PyTupleIterObject, it_seq)";
    /// Interpreter of a thread state.
    tstate_interp = "offsetof(PyThreadState, interp)";
    /// Innermost frame of a thread.
    tstate_current_frame = "offsetof(PyThreadState, current_frame)";
    /// Pending work flags and instrumentation version of a thread.
    tstate_eval_breaker = "offsetof(PyThreadState, eval_breaker)";
    /// Python calls left before `RecursionError` (C int).
    tstate_recursion_remaining = "offsetof(PyThreadState, py_recursion_remaining)";
    /// Top of the data stack.
    tstate_datastack_top = "offsetof(PyThreadState, datastack_top)";
    /// Limit of the current chunk of the data stack.
    tstate_datastack_limit = "offsetof(PyThreadState, datastack_limit)";
    /// The exception being raised.
    tstate_current_exception = "offsetof(PyThreadState, current_exception)";
    /// What evaluates frames in the interpreter's place (PEP 523), from the interpreter state; NULL for its own evaluator.
    interp_eval_frame = "offsetof(PyInterpreterState, eval_frame)";
    /// Free list of floats, from the interpreter state: pointer to the first free object.
    interp_float_freelist = "WS_FLOAT_FREELIST";
    /// Count of that free list, from the interpreter state.
    interp_float_freelist_count = "WS_FLOAT_FREELIST_COUNT";
    /// Word of a free float that holds the next free one.
    float_freelist_link = "WS_FLOAT_FREELIST_LINK";
    /// Number of floats that the free list may hold (the same in the headers of 3.12 to 3.15).
    float_freelist_limit = "100";
    /// Free list of one-digit ints, from the interpreter state: pointer to the first free object; 0 if there is none. In 3.14
    /// it stands behind that of floats, is linked like it, and holds as many objects.
    interp_int_freelist = "(PY_VERSION_HEX >> 16 == 0x030E ? WS_FLOAT_FREELIST + 2 * sizeof(void *) : 0)";
    /// Count of that free list, from the interpreter state; 0 if there is none.
    interp_int_freelist_count = "(PY_VERSION_HEX >> 16 == 0x030E ? WS_FLOAT_FREELIST_COUNT + 2 * sizeof(void *) : 0)";
    /// Number of all references, from the interpreter state, which debug builds keep; 0 if there is none.
    interp_reference_total = "WS_REFERENCE_TOTAL";
    /// Code object of a frame.
    frame_executable = "offsetof(_PyInterpreterFrame, f_executable)";
    /// Caller of a frame.
    frame_previous = "offsetof(_PyInterpreterFrame, previous)";
    /// Function of a frame.
    frame_function = "offsetof(_PyInterpreterFrame, f_funcobj)";
    /// Globals of a frame.
    frame_globals = "offsetof(_PyInterpreterFrame, f_globals)";
    /// Builtins of a frame.
    frame_builtins = "offsetof(_PyInterpreterFrame, f_builtins)";
    /// Locals dictionary of a frame.
    frame_locals = "offsetof(_PyInterpreterFrame, f_locals)";
    /// Frame object of a frame, or NULL.
    frame_object = "offsetof(_PyInterpreterFrame, frame_obj)";
    /// Current instruction of a frame.
    frame_instr_ptr = "offsetof(_PyInterpreterFrame, instr_ptr)";
    /// Stack pointer (3.14: pointer) or stack top (3.13: C int index) of a frame.
    frame_stack = "WS_FRAME_STACK";
    /// 1 if `frame_stack` is a pointer, 0 if it is an index from `frame_slots`.
    frame_stack_is_pointer = "WS_TAGGED_SLOTS";
    /// `return_offset` of a frame (16 bits).
    frame_return_offset = "offsetof(_PyInterpreterFrame, return_offset)";
    /// Owner byte of a frame.
    frame_owner = "offsetof(_PyInterpreterFrame, owner)";
    /// First local of a frame.
    frame_slots = "offsetof(_PyInterpreterFrame, localsplus)";
    /// First code unit of a code object.
    code_units = "offsetof(PyCodeObject, co_code_adaptive)";
    /// Frame size of a code object in words.
    code_framesize = "offsetof(PyCodeObject, co_framesize)";
}
