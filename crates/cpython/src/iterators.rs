//! Where iterators of builtin containers keep what they run over; the structures are private to C files of CPython, and the same in 3.13 and 3.14.
//! [`crate::verify`] looks whether it is there.

use crate::ffi::PyObject;
use whipsnake_contract::snapshot::{TablePlaces, WrapperPlaces};

/// Byte offset of `di_dict` in iterators over a dict or a view of one, and of `si_set` in iterators over sets: NULL once they have ended.
pub const TABLE_CONTAINER: usize = size_of::<PyObject>();
/// Byte offset of `it_index` in iterators over strs and bytes.
pub const TEXT_INDEX: usize = TABLE_CONTAINER;
/// Byte offset of `it_seq` in iterators over strs and bytes, behind the index.
pub const TEXT_CONTAINER: usize = TABLE_CONTAINER + size_of::<isize>();
/// `en_index` and `en_sit` of `enumobject.c`, `tuplesize`, `ittuple` and `strict` of `zipobject` in `bltinmodule.c`, `it_index` and `it_seq` of `listreviterobject` in `listobject.c`.
pub const WRAPPERS: WrapperPlaces = {
    const HEAD: i64 = size_of::<PyObject>() as i64;
    const WORD: i64 = size_of::<usize>() as i64;
    WrapperPlaces { enumerate_index: HEAD, enumerate_inner: HEAD + WORD, zip_size: HEAD, zip_iterators: HEAD + WORD, zip_strict: HEAD + 3 * WORD, reverse_index: HEAD, reverse_list: HEAD + WORD }
};
/// `dictiterobject` of `dictobject.c`, `setiterobject` of `setobject.c`, `_PyDictViewObject` and `PySetObject` of their headers.
pub const TABLES: TablePlaces = {
    const HEAD: i64 = size_of::<PyObject>() as i64;
    const WORD: i64 = size_of::<usize>() as i64;
    TablePlaces {
        container: HEAD,
        used: HEAD + WORD,
        position: HEAD + 2 * WORD,
        item: HEAD + 3 * WORD,
        dict_left: HEAD + 4 * WORD,
        set_left: HEAD + 3 * WORD,
        view_dict: HEAD,
        set_used: HEAD + WORD,
    }
};
