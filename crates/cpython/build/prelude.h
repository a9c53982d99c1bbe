/* Headers and per-version macros for the expressions that the build script evaluates. */
#define Py_BUILD_CORE_MODULE 1
#define NEED_OPCODE_METADATA
#include "Python.h"
#include "opcode.h"
#include <stddef.h>
#include <stdio.h>
#include "internal/pycore_ceval.h"
#include "internal/pycore_code.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_frame.h"
#include "internal/pycore_function.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_instruments.h"
#include "internal/pycore_list.h"
#include "internal/pycore_long.h"
#include "internal/pycore_object.h"
#include "internal/pycore_opcode_metadata.h"
#include "internal/pycore_opcode_utils.h"
#include "internal/pycore_range.h"
#include "internal/pycore_runtime.h"
#include "internal/pycore_tuple.h"
#include "internal/pycore_unicodeobject.h"

#ifdef Py_GIL_DISABLED
#  error "free-threaded builds are not supported"
#endif
#if PyLong_SHIFT != 30
#  error "ints with digits of other than 30 bits are not supported"
#endif

/* The managed dict pointer's offset from the object. */
#define WS_MANAGED_DICT MANAGED_DICT_OFFSET

#if PY_VERSION_HEX >= 0x030E0000
#  include "internal/pycore_genobject.h"
#  include "internal/pycore_interpframe.h"
#  include "internal/pycore_stackref.h"
#  define WS_TAGGED_SLOTS 1
   /* `datastack_cached_chunk`, the last field of thread states since one of the later releases of 3.14; 0 before. */
#  define WS_THREAD_FIELDS (offsetof(PyThreadState, remote_debugger_support) + sizeof(_PyRemoteDebuggerSupport))
#  define WS_CACHED_CHUNK (sizeof(PyThreadState) > WS_THREAD_FIELDS ? sizeof(PyThreadState) - sizeof(_PyStackChunk *) : 0)
#  define WS_SLOT_NULL PyStackRef_NULL_BITS
#  define WS_SLOT_TAG Py_TAG_REFCNT
#  define WS_FRAME_STACK offsetof(_PyInterpreterFrame, stackpointer)
   /* The byte after `owner`; in debug builds bits, of which there is no offset. */
#  define WS_FRAME_VISITED (offsetof(_PyInterpreterFrame, owner) + 1)
#  define WS_FLOAT_FREELIST offsetof(PyInterpreterState, object_state.freelists.floats.freelist)
#  define WS_FLOAT_FREELIST_COUNT offsetof(PyInterpreterState, object_state.freelists.floats.size)
#  define WS_FLOAT_FREELIST_COUNT_SIZE sizeof(((PyInterpreterState *)0)->object_state.freelists.floats.size)
   /* Entries are linked through their first word. */
#  define WS_FLOAT_FREELIST_LINK 0
#  define WS_TYPE_VERSION_CACHE offsetof(PyInterpreterState, types.type_version_cache)
#  define WS_TYPE_VERSION_CACHE_SIZE TYPE_VERSION_CACHE_SIZE
#  define WS_C_RECURSION 0
#  define WS_C_STACK_SOFT_LIMIT offsetof(_PyThreadStateImpl, c_stack_soft_limit)
#  define WS_IMMORTAL_FLAGS offsetof(PyObject, ob_flags)
#  define WS_OWNER_INTERPRETER FRAME_OWNED_BY_INTERPRETER
#  define WS_GEN_FRAME offsetof(PyGenObject, gi_iframe)
#  define WS_GEN_STATE offsetof(PyGenObject, gi_frame_state)
#  define WS_COMMON_CONSTS offsetof(PyInterpreterState, common_consts)
#else
#  define WS_TAGGED_SLOTS 0
#  define WS_CACHED_CHUNK 0
#  define WS_SLOT_NULL 0
#  define WS_SLOT_TAG 0
#  define WS_FRAME_STACK offsetof(_PyInterpreterFrame, stacktop)
#  define WS_FRAME_VISITED 0
#  define WS_FLOAT_FREELIST offsetof(PyInterpreterState, object_state.freelists.floats.items)
#  define WS_FLOAT_FREELIST_COUNT offsetof(PyInterpreterState, object_state.freelists.floats.numfree)
#  define WS_FLOAT_FREELIST_COUNT_SIZE sizeof(((PyInterpreterState *)0)->object_state.freelists.floats.numfree)
   /* Entries are linked through their type pointer. */
#  define WS_FLOAT_FREELIST_LINK offsetof(PyObject, ob_type)
#  define WS_TYPE_VERSION_CACHE 0
#  define WS_TYPE_VERSION_CACHE_SIZE 0
#  define WS_C_RECURSION offsetof(PyThreadState, c_recursion_remaining)
#  define WS_C_STACK_SOFT_LIMIT 0
#  define WS_IMMORTAL_FLAGS 0
#  define WS_OWNER_INTERPRETER FRAME_OWNED_BY_CSTACK
#  define WS_GEN_FRAME offsetof(PyGenObject, gi_iframe)
#  define WS_GEN_STATE offsetof(PyGenObject, gi_frame_state)
#  define WS_COMMON_CONSTS 0
#endif

#ifdef Py_REF_DEBUG
#  define WS_REFERENCE_TOTAL offsetof(PyInterpreterState, object_state.reftotal)
#else
#  define WS_REFERENCE_TOTAL 0
#endif

#ifdef Py_DEBUG
#  define WS_DEBUG_BUILD 1
#else
#  define WS_DEBUG_BUILD 0
#endif
