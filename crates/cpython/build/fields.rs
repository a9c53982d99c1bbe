//! What this crate needs of the headers besides the contract's layout.

/// Name and C expression of each fact.
pub(crate) const OWN: &[(&str, &str)] = &[
    // Threads.
    ("tstate_recursion_limit", "offsetof(PyThreadState, py_recursion_limit)"),
    ("tstate_recursion_headroom", "offsetof(PyThreadState, recursion_headroom)"),
    ("tstate_c_recursion", "WS_C_RECURSION"),
    ("tstate_c_stack_soft_limit", "WS_C_STACK_SOFT_LIMIT"),
    ("tstate_thread_id", "offsetof(PyThreadState, thread_id)"),
    ("tstate_tracing", "offsetof(PyThreadState, tracing)"),
    ("tstate_what_event", "offsetof(PyThreadState, what_event)"),
    ("tstate_exc_info", "offsetof(PyThreadState, exc_info)"),
    ("tstate_datastack_chunk", "offsetof(PyThreadState, datastack_chunk)"),
    ("tstate_cached_chunk", "WS_CACHED_CHUNK"),
    ("exc_item_value", "offsetof(_PyErr_StackItem, exc_value)"),
    ("exc_item_previous", "offsetof(_PyErr_StackItem, previous_item)"),
    ("chunk_previous", "offsetof(_PyStackChunk, previous)"),
    ("chunk_size", "offsetof(_PyStackChunk, size)"),
    ("chunk_top", "offsetof(_PyStackChunk, top)"),
    ("chunk_data", "offsetof(_PyStackChunk, data)"),
    ("eval_events_mask", "_PY_EVAL_EVENTS_MASK"),
    // Frames.
    ("frame_specials_words", "FRAME_SPECIALS_SIZE"),
    ("frame_visited", "WS_FRAME_VISITED"),
    ("owner_thread", "FRAME_OWNED_BY_THREAD"),
    ("owner_generator", "FRAME_OWNED_BY_GENERATOR"),
    ("owner_frame_object", "FRAME_OWNED_BY_FRAME_OBJECT"),
    ("owner_interpreter", "WS_OWNER_INTERPRETER"),
    ("slot_tag", "WS_SLOT_TAG"),
    ("frame_object_frame", "offsetof(struct _frame, f_frame)"),
    ("frame_object_back", "offsetof(struct _frame, f_back)"),
    ("frame_object_trace", "offsetof(struct _frame, f_trace)"),
    ("frame_object_lineno", "offsetof(struct _frame, f_lineno)"),
    ("frame_object_trace_lines", "offsetof(struct _frame, f_trace_lines)"),
    ("frame_object_trace_opcodes", "offsetof(struct _frame, f_trace_opcodes)"),
    ("frame_object_extra_locals", "offsetof(struct _frame, f_extra_locals)"),
    ("frame_object_data", "offsetof(struct _frame, _f_frame_data)"),
    // Views of memory.
    ("view_buffer", "offsetof(PyMemoryViewObject, mbuf)"),
    ("buffer_exporter", "offsetof(_PyManagedBufferObject, master.obj)"),
    // Generators.
    ("gen_frame", "WS_GEN_FRAME"),
    ("gen_frame_state", "WS_GEN_STATE"),
    ("gen_exc_state", "offsetof(PyGenObject, gi_exc_state)"),
    // As the bytes that hold them.
    ("gen_frame_cleared", "(unsigned char)FRAME_CLEARED"),
    ("gen_frame_created", "(unsigned char)FRAME_CREATED"),
    ("gen_frame_suspended", "(unsigned char)FRAME_SUSPENDED"),
    ("gen_frame_suspended_yield_from", "(unsigned char)FRAME_SUSPENDED_YIELD_FROM"),
    ("gen_frame_executing", "(unsigned char)FRAME_EXECUTING"),
    ("resume_depth1_mask", "RESUME_OPARG_DEPTH1_MASK"),
    // Code objects.
    ("code_length", "offsetof(PyCodeObject, ob_base.ob_size)"),
    ("code_consts", "offsetof(PyCodeObject, co_consts)"),
    ("code_names", "offsetof(PyCodeObject, co_names)"),
    ("code_exceptiontable", "offsetof(PyCodeObject, co_exceptiontable)"),
    ("code_flags", "offsetof(PyCodeObject, co_flags)"),
    ("code_argcount", "offsetof(PyCodeObject, co_argcount)"),
    ("code_posonlyargcount", "offsetof(PyCodeObject, co_posonlyargcount)"),
    ("code_kwonlyargcount", "offsetof(PyCodeObject, co_kwonlyargcount)"),
    ("code_stacksize", "offsetof(PyCodeObject, co_stacksize)"),
    ("code_firstlineno", "offsetof(PyCodeObject, co_firstlineno)"),
    ("code_nlocalsplus", "offsetof(PyCodeObject, co_nlocalsplus)"),
    ("code_nlocals", "offsetof(PyCodeObject, co_nlocals)"),
    ("code_ncellvars", "offsetof(PyCodeObject, co_ncellvars)"),
    ("code_nfreevars", "offsetof(PyCodeObject, co_nfreevars)"),
    ("code_version", "offsetof(PyCodeObject, co_version)"),
    ("code_localsplusnames", "offsetof(PyCodeObject, co_localsplusnames)"),
    ("code_localspluskinds", "offsetof(PyCodeObject, co_localspluskinds)"),
    ("code_filename", "offsetof(PyCodeObject, co_filename)"),
    ("code_name", "offsetof(PyCodeObject, co_name)"),
    ("code_qualname", "offsetof(PyCodeObject, co_qualname)"),
    ("code_instrumentation_version", "offsetof(PyCodeObject, _co_instrumentation_version)"),
    ("code_monitoring", "offsetof(PyCodeObject, _co_monitoring)"),
    ("code_firsttraceable", "offsetof(PyCodeObject, _co_firsttraceable)"),
    ("code_no_events", "CO_NO_MONITORING_EVENTS"),
    ("kind_hidden", "CO_FAST_HIDDEN"),
    ("kind_local", "CO_FAST_LOCAL"),
    ("kind_cell", "CO_FAST_CELL"),
    ("kind_free", "CO_FAST_FREE"),
    ("opcode_extended_arg", "EXTENDED_ARG"),
    ("opcode_reraise", "RERAISE"),
    ("opcode_copy_free_vars", "COPY_FREE_VARS"),
    ("opcode_return_generator", "RETURN_GENERATOR"),
    ("opcode_resume", "RESUME"),
    ("opcode_resume_check", "RESUME_CHECK"),
    ("opcode_instrumented_resume", "INSTRUMENTED_RESUME"),
    ("opcode_instrumented_line", "INSTRUMENTED_LINE"),
    ("opcode_instrumented_instruction", "INSTRUMENTED_INSTRUCTION"),
    ("opcode_first_instrumented", "MIN_INSTRUMENTED_OPCODE"),
    ("opcode_enter_executor", "ENTER_EXECUTOR"),
    // Monitoring.
    ("monitoring_active", "offsetof(_PyCoMonitoringData, active_monitors.tools)"),
    ("monitoring_local", "offsetof(_PyCoMonitoringData, local_monitors.tools)"),
    ("monitoring_tools", "offsetof(_PyCoMonitoringData, tools)"),
    ("monitoring_lines", "offsetof(_PyCoMonitoringData, lines)"),
    ("monitoring_line_tools", "offsetof(_PyCoMonitoringData, line_tools)"),
    ("monitoring_instruction_opcodes", "offsetof(_PyCoMonitoringData, per_instruction_opcodes)"),
    ("monitoring_instruction_tools", "offsetof(_PyCoMonitoringData, per_instruction_tools)"),
    ("monitoring_local_events", "_PY_MONITORING_LOCAL_EVENTS"),
    ("monitoring_ungrouped_events", "_PY_MONITORING_UNGROUPED_EVENTS"),
    ("event_py_start", "PY_MONITORING_EVENT_PY_START"),
    ("event_py_return", "PY_MONITORING_EVENT_PY_RETURN"),
    ("event_call", "PY_MONITORING_EVENT_CALL"),
    ("event_line", "PY_MONITORING_EVENT_LINE"),
    ("event_instruction", "PY_MONITORING_EVENT_INSTRUCTION"),
    ("event_jump", "PY_MONITORING_EVENT_JUMP"),
    ("event_raise", "PY_MONITORING_EVENT_RAISE"),
    ("event_exception_handled", "PY_MONITORING_EVENT_EXCEPTION_HANDLED"),
    ("event_py_unwind", "PY_MONITORING_EVENT_PY_UNWIND"),
    ("interp_monitors", "offsetof(PyInterpreterState, monitors.tools)"),
    ("interp_instrumentation_version", "offsetof(PyInterpreterState, ceval.instrumentation_version)"),
    ("interp_id", "offsetof(PyInterpreterState, id)"),
    // Objects by version.
    ("interp_function_versions", "offsetof(PyInterpreterState, func_state.func_version_cache)"),
    ("function_version_cache_size", "FUNC_VERSION_CACHE_SIZE"),
    ("function_version_item_size", "sizeof(struct _func_version_cache_item)"),
    ("function_version_item_function", "offsetof(struct _func_version_cache_item, func)"),
    ("function_version_item_code", "offsetof(struct _func_version_cache_item, code)"),
    ("interp_type_versions", "WS_TYPE_VERSION_CACHE"),
    ("type_version_cache_size", "WS_TYPE_VERSION_CACHE_SIZE"),
    // Objects that instructions use without a name in the code.
    ("interp_common_consts", "WS_COMMON_CONSTS"),
    ("runtime_ref_tracer", "offsetof(struct pyruntimestate, ref_tracer.tracer_func)"),
    ("runtime_str_enter", "offsetof(struct pyruntimestate, static_objects.singletons.strings.identifiers._py___enter__)"),
    ("runtime_str_exit", "offsetof(struct pyruntimestate, static_objects.singletons.strings.identifiers._py___exit__)"),
    // Objects.
    ("object_flags", "WS_IMMORTAL_FLAGS"),
    ("float_freelist_count_size", "WS_FLOAT_FREELIST_COUNT_SIZE"),
    ("function_kwdefaults", "offsetof(PyFunctionObject, func_kwdefaults)"),
    ("type_dictoffset", "offsetof(PyTypeObject, tp_dictoffset)"),
    ("type_ht_name", "offsetof(PyHeapTypeObject, ht_name)"),
    ("flag_inline_values", "Py_TPFLAGS_INLINE_VALUES"),
    ("flag_managed_dict", "Py_TPFLAGS_MANAGED_DICT"),
    ("flag_managed_weakref", "Py_TPFLAGS_MANAGED_WEAKREF"),
    ("flag_heap_type", "Py_TPFLAGS_HEAPTYPE"),
    ("flag_immutable_type", "Py_TPFLAGS_IMMUTABLETYPE"),
    ("runtime_debug_offsets", "offsetof(struct pyruntimestate, debug_offsets)"),
    ("headers_debug", "WS_DEBUG_BUILD"),
];

/// A field of `_Py_DebugOffsets`, by which the running interpreter describes itself.
pub(crate) struct DebugOffset {
    /// The field.
    pub(crate) path: &'static str,
    /// Its value according to the headers.
    pub(crate) expr: &'static str,
    /// Minor version of Python 3 that introduced the field.
    pub(crate) since: u8,
}

macro_rules! debug_offsets {
    ($($path:literal = $expr:literal $(since $since:literal)?;)+) => {
        /// All fields that describe what whipsnake reads.
        pub(crate) const DEBUG_OFFSETS: &[DebugOffset] =
            &[$(DebugOffset { path: $path, expr: $expr, since: debug_offsets!(@since $($since)?) },)+];
    };
    (@since $since:literal) => { $since };
    (@since) => { 13 };
}

debug_offsets! {
    "free_threaded" = "0";
    "runtime_state.size" = "sizeof(struct pyruntimestate)";
    "interpreter_state.size" = "sizeof(PyInterpreterState)";
    "interpreter_state.id" = "offsetof(PyInterpreterState, id)";
    "interpreter_state.gc" = "offsetof(PyInterpreterState, gc)";
    "interpreter_state.sysdict" = "offsetof(PyInterpreterState, sysdict)";
    "interpreter_state.builtins" = "offsetof(PyInterpreterState, builtins)";
    "interpreter_state.ceval_gil" = "offsetof(PyInterpreterState, ceval.gil)";
    "thread_state.size" = "sizeof(PyThreadState)";
    "thread_state.interp" = "offsetof(PyThreadState, interp)";
    "thread_state.current_frame" = "offsetof(PyThreadState, current_frame)";
    "thread_state.datastack_chunk" = "offsetof(PyThreadState, datastack_chunk)";
    "thread_state.thread_id" = "offsetof(PyThreadState, thread_id)";
    "interpreter_frame.size" = "sizeof(_PyInterpreterFrame)";
    "interpreter_frame.previous" = "offsetof(_PyInterpreterFrame, previous)";
    "interpreter_frame.executable" = "offsetof(_PyInterpreterFrame, f_executable)";
    "interpreter_frame.instr_ptr" = "offsetof(_PyInterpreterFrame, instr_ptr)";
    "interpreter_frame.localsplus" = "offsetof(_PyInterpreterFrame, localsplus)";
    "interpreter_frame.owner" = "offsetof(_PyInterpreterFrame, owner)";
    "interpreter_frame.stackpointer" = "offsetof(_PyInterpreterFrame, stackpointer)" since 14;
    "code_object.size" = "sizeof(PyCodeObject)";
    "code_object.filename" = "offsetof(PyCodeObject, co_filename)";
    "code_object.name" = "offsetof(PyCodeObject, co_name)";
    "code_object.qualname" = "offsetof(PyCodeObject, co_qualname)";
    "code_object.firstlineno" = "offsetof(PyCodeObject, co_firstlineno)";
    "code_object.argcount" = "offsetof(PyCodeObject, co_argcount)";
    "code_object.localsplusnames" = "offsetof(PyCodeObject, co_localsplusnames)";
    "code_object.localspluskinds" = "offsetof(PyCodeObject, co_localspluskinds)";
    "code_object.co_code_adaptive" = "offsetof(PyCodeObject, co_code_adaptive)";
    "pyobject.size" = "sizeof(PyObject)";
    "pyobject.ob_type" = "offsetof(PyObject, ob_type)";
    "type_object.size" = "sizeof(PyTypeObject)";
    "type_object.tp_flags" = "offsetof(PyTypeObject, tp_flags)";
    "tuple_object.size" = "sizeof(PyTupleObject)";
    "tuple_object.ob_item" = "offsetof(PyTupleObject, ob_item)";
    "tuple_object.ob_size" = "offsetof(PyTupleObject, ob_base.ob_size)";
    "list_object.size" = "sizeof(PyListObject)";
    "list_object.ob_item" = "offsetof(PyListObject, ob_item)";
    "dict_object.size" = "sizeof(PyDictObject)";
    "dict_object.ma_keys" = "offsetof(PyDictObject, ma_keys)";
    "dict_object.ma_values" = "offsetof(PyDictObject, ma_values)";
    "float_object.size" = "sizeof(PyFloatObject)";
    "float_object.ob_fval" = "offsetof(PyFloatObject, ob_fval)";
    "long_object.size" = "sizeof(PyLongObject)";
    "long_object.lv_tag" = "offsetof(PyLongObject, long_value.lv_tag)";
    "long_object.ob_digit" = "offsetof(PyLongObject, long_value.ob_digit)";
    "bytes_object.size" = "sizeof(PyBytesObject)";
    "bytes_object.ob_sval" = "offsetof(PyBytesObject, ob_sval)";
    "unicode_object.size" = "sizeof(PyUnicodeObject)";
    "unicode_object.length" = "offsetof(PyUnicodeObject, _base._base.length)";
    "unicode_object.asciiobject_size" = "sizeof(PyASCIIObject)";
    "gc.size" = "sizeof(struct _gc_runtime_state)";
    "set_object.size" = "sizeof(PySetObject)" since 14;
    "gen_object.size" = "sizeof(PyGenObject)" since 14;
    "gen_object.gi_iframe" = "offsetof(PyGenObject, gi_iframe)" since 14;
    "gen_object.gi_frame_state" = "offsetof(PyGenObject, gi_frame_state)" since 14;
    "debugger_support.eval_breaker" = "offsetof(PyThreadState, eval_breaker)" since 14;
}
