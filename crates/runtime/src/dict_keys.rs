//! Dictionary keys read in place: lookups by exact str that run no Python code, also under keys that do.
//!
//! Layout source: `struct _dictkeysobject` in `pycore_dict.h`.

use crate::plain_keys::Key;
use std::convert::Infallible;
use std::mem::offset_of;
use whipsnake_cpython::ffi::{self, PyObject};
use whipsnake_cpython::{memory, offsets};

unsafe extern "C" {
    pub(crate) fn _PyUnicode_Equal(left: *mut PyObject, right: *mut PyObject) -> std::ffi::c_int;
}

/// The fixed part of a keys object; index table and entries follow.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct Header {
    refcnt: isize,
    log2_size: u8,
    log2_index_bytes: u8,
    kind: u8,
    version: u32,
    usable: isize,
    nentries: isize,
}

const _: () = assert!(offset_of!(Header, version) == offsets::KEYS_VERSION);

/// `dk_kind` of keys of any type, whose entries hold their hash.
const KIND_GENERAL: u8 = 0;
/// `dk_kind` of keys that are all exact strs.
const KIND_STRS: u8 = 1;
/// `dk_kind` of keys shared by instances of a type.
const KIND_SPLIT: u8 = 2;

/// In the index table: nothing was ever there (`DKIX_EMPTY`).
const EMPTY: isize = -1;

/// Versions that are assigned here have this bit.
const ASSIGNED_VERSIONS: u32 = 1 << 31;

/// A table entry of keys that are all strs.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct StrEntry {
    key: *mut PyObject,
    value: *mut PyObject,
}

/// A table entry of other keys.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct GeneralEntry {
    hash: isize,
    key: *mut PyObject,
    value: *mut PyObject,
}

/// The keys of a dictionary or of a type's instances. Valid until the dictionary is changed.
#[derive(Clone, Copy, Debug)]
pub struct Keys(*const Header);

impl Keys {
    /// Keys at an address.
    ///
    /// # Safety
    /// `keys` is an alive keys object, and stays so and unchanged as long as the value is used.
    pub unsafe fn from_ptr(keys: *const u8) -> Keys {
        Keys(keys.cast())
    }

    /// The keys of a dict.
    ///
    /// # Safety
    /// `dict` is an alive dict, which is not changed as long as the value is used.
    pub unsafe fn of_dict(dict: *mut PyObject) -> Keys {
        // SAFETY: every dict has keys.
        Keys(unsafe { memory::read(dict.cast(), offsets::DICT_KEYS) })
    }

    /// The fixed part. Fields are read one by one: a load over several that were just written waits for their stores.
    fn header(&self) -> &Header {
        // SAFETY: the constructors' callers vouch for the keys object.
        unsafe { &*self.0 }
    }

    /// Address of the keys object.
    pub fn address(self) -> u64 {
        self.0 as u64
    }

    /// `dk_version`: 0 if none was assigned since the last change.
    pub fn version(self) -> u32 {
        self.header().version
    }

    /// `dk_version` of keys that a type's instances share, after assigning one if there was none.
    ///
    /// The interpreter resets the version when a key is added, and compares it only behind a check of the type. Shared
    /// keys only ever grow, so a number made from their count is new for them; it is far above those
    /// that the interpreter gives out in ascending order. 0 for other keys.
    ///
    /// # Safety
    /// The GIL is held.
    pub unsafe fn shared_version(self) -> u32 {
        if self.is_shared() && self.version() == 0 {
            let version = ASSIGNED_VERSIONS | self.len() as u32;
            // SAFETY: the keys are alive, and with the GIL nobody else looks at them.
            unsafe { (&raw mut (*self.0.cast_mut()).version).write(version) };
            return version;
        }
        if self.is_shared() { self.version() } else { 0 }
    }

    /// Number of entries, deleted ones included.
    pub fn len(self) -> usize {
        self.header().nentries as usize
    }

    /// True if there is no entry.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// True for keys that instances of a type share.
    pub fn is_shared(self) -> bool {
        self.header().kind == KIND_SPLIT
    }

    fn entries<T>(self) -> *const T {
        let indices = self.0.cast::<u8>().wrapping_add(size_of::<Header>());
        indices.wrapping_add(1usize.wrapping_shl(u32::from(self.header().log2_index_bytes))).cast()
    }

    /// The entry in the index table that a test accepts, of those where a key with that hash may be, in the order of the search, or where in the
    /// table a new one belongs. `Err` if the test has no answer.
    ///
    /// # Safety
    /// The keys are not changed meanwhile.
    #[inline(always)]
    unsafe fn probe<E>(self, hash: isize, mut accepts: impl FnMut(usize) -> Result<bool, E>) -> Result<Probed, E> {
        // SAFETY: the constructors' callers vouch for the keys object; the table has `1 << log2_size` elements, of a width that depends on their
        // number, and `slot` is masked.
        unsafe {
            let log2_size = self.header().log2_size;
            let indices = self.0.cast::<u8>().add(size_of::<Header>());
            let mask = 1usize.wrapping_shl(u32::from(log2_size)).wrapping_sub(1);
            let mut perturb = hash as usize;
            let mut slot = perturb & mask;
            let mut free = None;
            loop {
                let entry = match log2_size {
                    0..8 => isize::from(indices.cast::<i8>().add(slot).read()),
                    8..16 => isize::from(indices.cast::<i16>().add(slot).read()),
                    16..32 => indices.cast::<i32>().add(slot).read() as isize,
                    _ => indices.cast::<i64>().add(slot).read() as isize,
                };
                if entry >= 0 {
                    if accepts(entry as usize)? {
                        return Ok(Probed::Entry(entry as usize));
                    }
                } else {
                    // What was deleted is a place for the next key, but does not end a search.
                    let free = *free.get_or_insert(slot);
                    if entry == EMPTY {
                        return Ok(Probed::Free(free));
                    }
                }
                perturb >>= 5;
                slot = slot.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1) & mask;
            }
        }
    }

    /// Number of the entry with an exact str as key. Keys of other types are only found where they compare as strs do.
    ///
    /// # Safety
    /// `key` is an alive exact str.
    pub unsafe fn find(self, key: *mut PyObject) -> Option<usize> {
        // SAFETY: as the caller says.
        match unsafe { self.probe_str(key, str_hash(key)) } {
            Probed::Entry(entry) => Some(entry),
            Probed::Free(_) => None,
        }
    }

    /// [`Self::find`], for a key with that hash.
    ///
    /// # Safety
    /// `key` is an alive exact str.
    #[inline(always)]
    unsafe fn probe_str(self, key: *mut PyObject, hash: isize) -> Probed {
        // SAFETY: the key is a str; entries that the index table names exist, have a key, and are of the table's kind.
        unsafe {
            let found = if self.header().kind == KIND_GENERAL {
                let entries = self.entries::<GeneralEntry>();
                self.probe::<Infallible>(hash, |entry| {
                    let other = entries.add(entry).read();
                    Ok(other.key == key || other.hash == hash && compares_as_str(other.key) && _PyUnicode_Equal(other.key, key) != 0)
                })
            } else {
                let entries = self.entries::<StrEntry>();
                self.probe::<Infallible>(hash, |entry| {
                    let other = (*entries.add(entry)).key;
                    Ok(other == key || str_hash(other) == hash && _PyUnicode_Equal(other, key) != 0)
                })
            };
            let Ok(found) = found;
            found
        }
    }

    /// Looks a key up without running Python code.
    ///
    /// # Safety
    /// The key's objects are alive.
    unsafe fn seek(self, key: Key<'_>) -> Found {
        // SAFETY: the key is alive and hashable; entries that the index table names exist and have a key, which is alive.
        unsafe {
            if self.header().kind != KIND_GENERAL {
                if let Key::Str(key) = key {
                    let hash = str_hash(key);
                    return self.probe_str(key, hash).with(hash);
                }
                return match key {
                    // A str may be equal to it.
                    Key::Hashed(..) if self.len() > 0 => Found::Unsure,
                    _ if key.hash().is_some() => Found::Missing(None),
                    _ => Found::Unsure,
                };
            }
            let Some(hash) = key.hash() else { return Found::Unsure };
            let entries = self.entries::<GeneralEntry>();
            let object = key.object();
            let found = self.probe(hash, |entry| {
                let other = entries.add(entry).read();
                if other.key == object {
                    return Ok(true);
                }
                if other.hash == hash { key.equals(other.key).ok_or(()) } else { Ok(false) }
            });
            found.map_or(Found::Unsure, |probed| probed.with(hash))
        }
    }

    /// Adds an entry behind the others, as `insert_combined_dict` of the interpreter does; false if the table has no room.
    ///
    /// # Safety
    /// The keys belong to one dict, which no watcher looks at; `place` is what a search for the key gave, and nothing was changed since. The key is an
    /// exact str if all others are. The references are the keys' from here on if the result is true, and the dict has one entry more.
    unsafe fn add(self, place: FreePlace, key: *mut PyObject, value: *mut PyObject) -> bool {
        // SAFETY: as the caller says: keys with room have space for another entry, and the slot is one of the index table.
        unsafe {
            let header = &mut *self.0.cast_mut();
            if header.usable <= 0 {
                return false;
            }
            let entry = header.nentries as usize;
            let indices = self.0.cast_mut().cast::<u8>().add(size_of::<Header>());
            match header.log2_size {
                0..8 => indices.add(place.slot).write(entry as u8),
                8..16 => indices.cast::<u16>().add(place.slot).write(entry as u16),
                16..32 => indices.cast::<u32>().add(place.slot).write(entry as u32),
                _ => indices.cast::<u64>().add(place.slot).write(entry as u64),
            }
            if header.kind == KIND_GENERAL {
                self.entries::<GeneralEntry>().cast_mut().add(entry).write(GeneralEntry { hash: place.hash, key, value });
            } else {
                self.entries::<StrEntry>().cast_mut().add(entry).write(StrEntry { key, value });
            }
            header.version = 0;
            header.usable -= 1;
            header.nentries += 1;
            true
        }
    }

    /// The entries' values, NULL where there is none, if all keys are exact strs that belong to this dict alone.
    pub fn values_of_strs(self) -> Option<impl Iterator<Item = *mut PyObject>> {
        // SAFETY: the places are those of existing entries.
        self.value_places_of_strs().map(|places| places.map(|place| unsafe { place.read() }))
    }

    /// The places of [`Self::values_of_strs`].
    pub fn value_places_of_strs(self) -> Option<impl Iterator<Item = *mut *mut PyObject>> {
        let entries = self.entries::<StrEntry>().cast_mut();
        // SAFETY: entries of that kind of table, as many as the header says.
        (self.header().kind == KIND_STRS).then(|| (0..self.len()).map(move |entry| unsafe { &raw mut (*entries.add(entry)).value }))
    }

    /// The places of keys and values, which may be NULL, if the keys may be of any type: those of the first entry, then of the next.
    pub fn general_places(self) -> Option<impl Iterator<Item = [*mut *mut PyObject; 2]>> {
        let entries = self.entries::<GeneralEntry>().cast_mut();
        // SAFETY: entries of that kind of table, as many as the header says.
        let places = move |entry: usize| unsafe { [&raw mut (*entries.add(entry)).key, &raw mut (*entries.add(entry)).value] };
        (self.header().kind == KIND_GENERAL).then(|| (0..self.len()).map(places))
    }

    /// Value of an entry, NULL if it has none (also in keys shared by instances).
    pub fn value(self, entry: usize) -> *mut PyObject {
        if entry >= self.len() {
            return std::ptr::null_mut();
        }
        // SAFETY: the entry exists.
        unsafe { self.place(entry).read() }
    }

    /// Where an entry keeps its value.
    ///
    /// # Safety
    /// There is such an entry.
    unsafe fn place(self, entry: usize) -> *mut *mut PyObject {
        // SAFETY: as the caller says; its type is that of the table's kind.
        unsafe {
            if self.header().kind == KIND_GENERAL {
                &raw mut (*self.entries::<GeneralEntry>().cast_mut().add(entry)).value
            } else {
                &raw mut (*self.entries::<StrEntry>().cast_mut().add(entry)).value
            }
        }
    }
}

/// What a search in an index table finds.
enum Probed {
    /// The entry.
    Entry(usize),
    /// The slot in the index table where it would be.
    Free(usize),
}

impl Probed {
    /// As what is known of a key with that hash.
    fn with(self, hash: isize) -> Found {
        match self {
            Probed::Entry(entry) => Found::Entry(entry),
            Probed::Free(slot) => Found::Missing(Some(FreePlace { slot, hash })),
        }
    }
}

/// Where a key that a dict does not have belongs, until the dict is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreePlace {
    slot: usize,
    hash: isize,
}

/// What a look into a table without running Python code finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// An entry under an equal key.
    Entry(usize),
    /// No key is equal. Where one would be added, unless the table has to change for it.
    Missing(Option<FreePlace>),
    /// Python code would have to compare keys.
    Unsure,
}

/// # Safety
/// `object` is alive.
pub(crate) unsafe fn is_exactly(object: *mut PyObject, kind: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { std::ptr::eq(ffi::Py_TYPE(object), kind) }
}

/// Hash of a str.
///
/// # Safety
/// `object` is an alive exact str.
pub(crate) unsafe fn str_hash(object: *mut PyObject) -> isize {
    // SAFETY: a str keeps its hash once it was computed; computing it cannot fail and runs no Python code.
    unsafe {
        match (*object.cast::<ffi::PyASCIIObject>()).hash {
            -1 => ffi::PyObject_Hash(object),
            hash => hash,
        }
    }
}

/// True for a str, or an instance of a subclass that compares and hashes as str does.
///
/// # Safety
/// `object` is alive.
unsafe fn compares_as_str(object: *mut PyObject) -> bool {
    // SAFETY: the object is alive; type objects are readable.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        let str_type = &raw mut ffi::PyUnicode_Type;
        std::ptr::eq(kind, str_type)
            || ffi::PyType_IsSubtype(kind, str_type) != 0
                && (*kind).tp_richcompare.map(|f| f as usize) == (*str_type).tp_richcompare.map(|f| f as usize)
    }
}

/// Value in an exact dict under an exact str, borrowed; NULL if it is missing. Runs no Python code.
///
/// # Safety
/// `dict` is an alive dict, `key` an alive exact str.
pub unsafe fn get(dict: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller vouches for the types; values of a split dictionary are in its values array.
    unsafe {
        let keys = Keys::of_dict(dict);
        let Some(entry) = keys.find(key) else { return std::ptr::null_mut() };
        let values: *const u8 = memory::read(dict.cast(), offsets::DICT_VALUES);
        if values.is_null() {
            keys.value(entry)
        } else {
            values_item(values, entry)
        }
    }
}

/// # Safety
/// `values` are those of a split dictionary whose keys have such an entry.
unsafe fn values_item(values: *const u8, entry: usize) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe { memory::read(values, offsets::VALUES_ITEMS.wrapping_add(entry.wrapping_mul(size_of::<usize>()))) }
}

/// Value in an exact dict under a key, borrowed, or NULL if there is none; `None` if Python code would have to hash or compare keys.
///
/// # Safety
/// `dict` is an alive dict, and the key's objects are alive.
pub(crate) unsafe fn seek(dict: *mut PyObject, key: Key<'_>) -> Option<*mut PyObject> {
    // SAFETY: the caller vouches for the types; values of a split dictionary are in its values array.
    unsafe {
        let keys = Keys::of_dict(dict);
        match keys.seek(key) {
            Found::Unsure => None,
            Found::Missing(_) => Some(std::ptr::null_mut()),
            Found::Entry(entry) => {
                let values: *const u8 = memory::read(dict.cast(), offsets::DICT_VALUES);
                Some(if values.is_null() { keys.value(entry) } else { values_item(values, entry) })
            }
        }
    }
}

/// Number of entries of a dict.
///
/// # Safety
/// `dict` is an alive dict.
pub unsafe fn used(dict: *mut PyObject) -> usize {
    // SAFETY: as the caller says.
    unsafe { memory::read(dict.cast(), offsets::DICT_USED) }
}

/// Key and value of the first entry from a place on where iterators of the interpreter are, borrowed, and the place after it.
///
/// # Safety
/// `dict` is an alive dict.
pub unsafe fn next(dict: *mut PyObject, place: usize) -> Option<([*mut PyObject; 2], usize)> {
    // SAFETY: as the caller says. The values of an instance are in the order of the bytes behind them, as many as the dict has entries.
    unsafe {
        let keys = Keys::of_dict(dict);
        let values: *const u8 = memory::read(dict.cast(), offsets::DICT_VALUES);
        if !values.is_null() {
            if place >= used(dict) {
                return None;
            }
            let order = values.add(offsets::VALUES_ITEMS + usize::from(memory::read::<u8>(values, offsets::VALUES_CAPACITY)) * size_of::<usize>());
            let entry = usize::from(order.add(place).read());
            return Some(([(*keys.entries::<StrEntry>().add(entry)).key, values_item(values, entry)], place + 1));
        }
        let general = keys.header().kind == KIND_GENERAL;
        (place..keys.len()).find_map(|at| {
            let (key, value) = if general {
                let entry = &*keys.entries::<GeneralEntry>().add(at);
                (entry.key, entry.value)
            } else {
                let entry = &*keys.entries::<StrEntry>().add(at);
                (entry.key, entry.value)
            };
            (!value.is_null()).then_some(([key, value], at + 1))
        })
    }
}

/// Where an exact dict keeps its value under an exact str, if there is one that may be replaced in its place, and no watcher but that one looks at the dict.
///
/// # Safety
/// `dict` is an alive dict, `key` an alive exact str.
pub unsafe fn place_of_variable(dict: *mut PyObject, key: *mut PyObject, watcher: u8) -> Option<*mut *mut PyObject> {
    // SAFETY: dicts have these fields; the entry exists.
    unsafe {
        let watched = memory::read::<u8>(dict.cast(), WATCHERS) & !watcher != 0;
        if !VALUES_CHANGE_IN_PLACE || watched || memory::read::<usize>(dict.cast(), offsets::DICT_VALUES) != 0 {
            return None;
        }
        let keys = Keys::of_dict(dict);
        let place = keys.place(keys.find(key)?);
        (!place.read().is_null()).then_some(place)
    }
}

/// The word after `ma_used` in `cpython/dictobject.h`, whose lowest byte says which watchers look at the dict.
const WATCHERS: usize = offsets::DICT_USED + size_of::<usize>();

/// True if a value under a key that stays may be replaced in its place, and entries added: the dict has no version that must tell of it (`ma_version_tag`
/// until 3.13), and the garbage collector knows every dict (since 3.14).
pub const VALUES_CHANGE_IN_PLACE: bool = offsets::MINOR >= 14;

/// Where an entry is to be set.
#[derive(Clone, Copy, Debug)]
pub enum SetPlace {
    /// Where its value is now.
    Value(*mut *mut PyObject),
    /// There is none; where it would be added if only the table has room.
    Missing(Option<FreePlace>),
}

/// Where an exact dict keeps its value under a key; `None` if setting it may run Python code, or if the values are those of an instance.
///
/// # Safety
/// `dict` is an alive dict, the key's objects are alive.
pub(crate) unsafe fn place_to_set(dict: *mut PyObject, key: Key<'_>) -> Option<SetPlace> {
    // SAFETY: dicts have these fields.
    unsafe {
        if memory::read::<u8>(dict.cast(), WATCHERS) != 0 || memory::read::<usize>(dict.cast(), offsets::DICT_VALUES) != 0 {
            return None;
        }
        let keys = Keys::of_dict(dict);
        match keys.seek(key) {
            Found::Unsure => None,
            Found::Missing(free) => Some(SetPlace::Missing(free)),
            Found::Entry(entry) => Some(SetPlace::Value(keys.place(entry))),
        }
    }
}

/// Adds an entry to an exact dict, which gets references of its own; false if the interpreter has to do that.
///
/// # Safety
/// [`place_to_set`] gave that place for the key, and nothing was changed since; key and value are alive.
pub unsafe fn add(dict: *mut PyObject, place: FreePlace, key: *mut PyObject, value: *mut PyObject) -> bool {
    // SAFETY: as the caller says; watched dicts and those of instances have no such place, and the key fits the table's kind.
    unsafe {
        if !VALUES_CHANGE_IN_PLACE || !Keys::of_dict(dict).add(place, key, value) {
            return false;
        }
        ffi::Py_INCREF(key);
        ffi::Py_INCREF(value);
        let used = dict.cast::<u8>().add(offsets::DICT_USED).cast::<isize>();
        used.write(used.read() + 1);
        true
    }
}
