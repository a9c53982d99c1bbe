//! Where iterators of builtin containers keep what they run over; the structures are private to C files of CPython, and the same in 3.13 and 3.14.
//! [`crate::verify`] looks whether it is there.

use crate::ffi::PyObject;
use whipsnake_contract::snapshot::WrapperPlaces;

/// Byte offset of `di_dict` in iterators over a dict or a view of one, and of `si_set` in iterators over sets: NULL once they have ended.
pub const TABLE_CONTAINER: usize = size_of::<PyObject>();
/// Byte offset of `di_used` in the former, and of `si_used` in the latter.
pub const TABLE_USED: usize = TABLE_CONTAINER + size_of::<usize>();
/// Byte offset of `di_pos` and of `si_pos`.
pub const TABLE_POSITION: usize = TABLE_USED + size_of::<usize>();
/// Byte offset of `di_result` in iterators over items of a dict: the tuple of the last one, for the next one if nobody else has it.
pub const DICT_RESULT: usize = TABLE_POSITION + size_of::<usize>();
/// Byte offset of `len` in iterators over a dict or a view of one.
pub const DICT_LEFT: usize = DICT_RESULT + size_of::<usize>();
/// Byte offset of `len` in iterators over sets.
pub const SET_LEFT: usize = TABLE_POSITION + size_of::<usize>();
/// Byte offset of `dv_dict` in views of a dict (`cpython/dictobject.h`).
pub const VIEW_DICT: usize = size_of::<PyObject>();
/// Byte offset of `it_index` in iterators over strs and bytes.
pub const TEXT_INDEX: usize = TABLE_CONTAINER;
/// Byte offset of `it_seq` in iterators over strs and bytes, behind the index.
pub const TEXT_CONTAINER: usize = TABLE_CONTAINER + size_of::<isize>();
/// `en_index` and `en_sit` of `enumobject.c`, `tuplesize`, `ittuple` and `strict` of `zipobject` in `bltinmodule.c`.
pub const WRAPPERS: WrapperPlaces = {
    const HEAD: i64 = size_of::<PyObject>() as i64;
    const WORD: i64 = size_of::<usize>() as i64;
    WrapperPlaces { enumerate_index: HEAD, enumerate_inner: HEAD + WORD, zip_size: HEAD, zip_iterators: HEAD + WORD, zip_strict: HEAD + 3 * WORD }
};
