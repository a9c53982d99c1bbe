//! Assumptions: which units depend on which type, dictionary entry and function, and what happens when one changes.
//!
//! Watched things are not kept alive. Types announce their end as a modification (when the collector clears them, the only
//! way in which heap types die), dictionaries and functions by an event of their own.

use crate::dict_keys;
use crate::marked::MarkedAddresses;
use crate::session::{Session, session};
use crate::unit::{State, Unit};
use rustc_hash::FxHashMap as HashMap;
use std::ffi::c_int;
use std::hash::{BuildHasher, Hash};
use std::ptr::NonNull;
use whipsnake_contract::faults::{Fault, Faults};
use whipsnake_contract::snapshot::Assumption;
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::{
    Py_DECREF, PyCodeObject, PyErr_Clear, PyObject, PyTypeObject, PyUnicode_AsUTF8AndSize, PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromStringAndSize,
};
use whipsnake_cpython::symbols::{
    PyCode_AddWatcher, PyCode_ClearWatcher, PyDict_AddWatcher, PyDict_ClearWatcher, PyDict_Watch, PyFunction_AddWatcher,
    PyFunction_ClearWatcher, PyType_AddWatcher, PyType_ClearWatcher, PyType_Watch, code_event, dict_event, function_event,
};
use whipsnake_strategy::Decision;

type Units = Vec<NonNull<Unit>>;
/// For each key the units that rely on it, with the address of the value they expect.
type Keys = HashMap<String, Vec<(u64, NonNull<Unit>)>>;

/// Watcher ids and dependants.
#[derive(Debug)]
pub struct Watch {
    dict_id: c_int,
    type_id: c_int,
    dicts: HashMap<usize, Keys>,
    types: HashMap<usize, Units>,
    functions: HashMap<usize, Units>,
    /// Keys of `functions`: most functions that die are not among them.
    marked_functions: MarkedAddresses,
    /// What stands for each dict and name that was ever in `dicts`: most entries that change are not among them.
    marked_entries: MarkedAddresses,
}

/// What stands for a dictionary's entry in a set of addresses.
///
/// # Safety
///
/// `name` is an alive exact str.
unsafe fn entry_mark(dict: usize, name: *mut PyObject) -> usize {
    // SAFETY: as the caller says.
    let hash = unsafe { dict_keys::str_hash(name) };
    (hash as usize).wrapping_mul(16) ^ dict
}

/// Takes the last free id: programs that expect their watchers to get the first ones, as without us, do. `None` if none is free.
///
/// # Safety
///
/// The GIL is held; `add` takes an id and `clear` gives it back.
unsafe fn last_free(add: impl Fn() -> c_int, clear: unsafe extern "C" fn(c_int) -> c_int) -> Option<c_int> {
    let mut taken: Vec<c_int> = std::iter::from_fn(|| Some(add()).filter(|&id| id >= 0)).collect();
    let last = taken.pop();
    // SAFETY: the ids were taken just now; the exception says that there are no more.
    unsafe {
        PyErr_Clear();
        for id in taken {
            clear(id);
        }
    }
    last
}

/// Gives back the watchers that were taken.
///
/// # Safety
///
/// The GIL is held; the ids are ours.
unsafe fn give_back([dict_id, type_id, function_id, code_id]: [Option<c_int>; 4]) {
    // SAFETY: as the caller says; an error is of no consequence.
    unsafe {
        dict_id.map(|id| PyDict_ClearWatcher(id));
        type_id.map(|id| PyType_ClearWatcher(id));
        function_id.map(|id| PyFunction_ClearWatcher(id));
        code_id.map(|id| PyCode_ClearWatcher(id));
        PyErr_Clear();
    }
}

impl Watch {
    /// Takes one watcher of each kind.
    ///
    /// # Errors
    /// If another package has taken all of a kind.
    ///
    /// # Safety
    ///
    /// The GIL is held; a session is published before any of the callbacks has something to do.
    pub unsafe fn start(faults: &Faults) -> Result<Watch, &'static str> {
        // SAFETY: the GIL is held; the callbacks live as long as the process.
        unsafe {
            let free = |fault, add: &dyn Fn() -> c_int, clear| if faults.happens(fault) { None } else { last_free(add, clear) };
            let dict_id = free(Fault::DictWatcher, &|| PyDict_AddWatcher(on_dict), PyDict_ClearWatcher);
            let type_id = free(Fault::TypeWatcher, &|| PyType_AddWatcher(on_type), PyType_ClearWatcher);
            let function_id = free(Fault::FunctionWatcher, &|| PyFunction_AddWatcher(on_function), PyFunction_ClearWatcher);
            let code_id = free(Fault::CodeWatcher, &|| PyCode_AddWatcher(on_code), PyCode_ClearWatcher);
            let taken = match (dict_id, type_id, function_id, code_id) {
                (Some(dict_id), Some(type_id), Some(_), Some(_)) => Ok((dict_id, type_id)),
                (None, ..) => Err("no dictionary watcher is free"),
                (_, None, ..) => Err("no type watcher is free"),
                (.., None, _) => Err("no function watcher is free"),
                (.., None) => Err("no code watcher is free"),
            };
            let (dict_id, type_id) = taken.inspect_err(|_| give_back([dict_id, type_id, function_id, code_id]))?;
            Ok(Watch {
                dict_id,
                type_id,
                dicts: HashMap::default(),
                types: HashMap::default(),
                functions: HashMap::default(),
                marked_functions: MarkedAddresses::default(),
                marked_entries: MarkedAddresses::default(),
            })
        }
    }

    /// Registers a unit's assumptions, which hold at present. False if a watch was refused.
    ///
    /// # Safety
    ///
    /// The GIL is held and the things named are alive.
    pub unsafe fn add(&mut self, unit: NonNull<Unit>, assumptions: &[Assumption], faults: &Faults) -> bool {
        assumptions.iter().all(|assumption| {
            // SAFETY: the caller vouches for the address; watching changes a flag only.
            let status = unsafe {
                match assumption {
                    _ if faults.happens(Fault::Watch) => -1,
                    Assumption::TypeVersion { address, .. } => {
                        self.types.entry(*address as usize).or_default().push(unit);
                        PyType_Watch(self.type_id, *address as *mut PyObject)
                    }
                    Assumption::DictEntry { dict, name, value } => {
                        if !self.mark_entry(*dict as usize, name) {
                            return false;
                        }
                        let keys = self.dicts.entry(*dict as usize).or_default();
                        keys.entry(name.clone()).or_default().push((*value, unit));
                        PyDict_Watch(self.dict_id, *dict as *mut PyObject)
                    }
                    Assumption::Function { address } => {
                        self.functions.entry(*address as usize).or_default().push(unit);
                        self.marked_functions.add(*address as usize);
                        0
                    }
                }
            };
            if status != 0 {
                // SAFETY: the GIL is held.
                unsafe { PyErr_Clear() };
            }
            status == 0
        })
    }

    /// Notes that something is going to rely on an entry. False if there is no memory.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    unsafe fn mark_entry(&mut self, dict: usize, name: &str) -> bool {
        // SAFETY: the text is passed with its length; the str is new.
        unsafe {
            let object = PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize);
            if object.is_null() {
                PyErr_Clear();
                return false;
            }
            self.marked_entries.add(entry_mark(dict, object));
            Py_DECREF(object);
        }
        true
    }

    /// True if a unit may rely on what a dictionary has under a name.
    ///
    /// # Safety
    ///
    /// `name` is an alive exact str.
    pub unsafe fn may_rely_on(&self, dict: *mut PyObject, name: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let has_units = || self.dicts.get(&(dict as usize)).is_some_and(|keys| key_text(name).is_none_or(|text| keys.contains_key(text)));
            self.marked_entries.may_contain(entry_mark(dict as usize, name)) && has_units()
        }
    }

    /// The bit of our watcher in a dictionary.
    pub const fn dict_watcher(&self) -> u8 {
        1 << self.dict_id
    }

    /// Forgets a unit. The things themselves stay watched: another unit often asks again.
    pub fn remove(&mut self, unit: NonNull<Unit>, assumptions: &[Assumption]) {
        for assumption in assumptions {
            match assumption {
                Assumption::TypeVersion { address, .. } => forget(&mut self.types, *address as usize, unit),
                Assumption::Function { address } => forget(&mut self.functions, *address as usize, unit),
                Assumption::DictEntry { dict, name, .. } => {
                    let Some(keys) = self.dicts.get_mut(&(*dict as usize)) else { continue };
                    if let Some(units) = keys.get_mut(name) {
                        units.retain(|(_, other)| *other != unit);
                        if units.is_empty() {
                            keys.remove(name);
                        }
                    }
                    if keys.is_empty() {
                        self.dicts.remove(&(*dict as usize));
                    }
                }
            }
        }
    }
}

fn forget(table: &mut HashMap<usize, Units>, address: usize, unit: NonNull<Unit>) {
    if let Some(units) = table.get_mut(&address) {
        units.retain(|other| *other != unit);
        if units.is_empty() {
            table.remove(&address);
        }
    }
}

impl Session {
    /// An assumption of the unit broke: it is not entered any more, and leaves where it runs.
    pub(crate) fn invalidate(&self, unit: NonNull<Unit>) {
        // SAFETY: units in the watch tables are alive: they are taken out when they are buried.
        let unit = unsafe { unit.as_ref() };
        if unit.record.invalid.get() != 0 {
            return;
        }
        let site = unit.site();
        if site.unit.get() != Some(NonNull::from(unit)) {
            self.bury_unit(unit);
            return;
        }
        site.invalidations.set(site.invalidations.get() + 1);
        self.totals.invalidations.set(self.totals.invalidations.get() + 1);
        let decision = self.strategy.after_invalidation(site.facts());
        self.drop_unit(site);
        *site.state.borrow_mut() = State::Cold;
        match decision {
            Decision::LeaveAlone(reason) => self.leave_alone(site, reason),
            Decision::Exclude(reason) => self.exclude_function(site, reason),
            Decision::Keep | Decision::Later | Decision::Suspend | Decision::Detach(_) | Decision::Compile => {
                site.next.set(site.count.get() + self.strategy.threshold(site.kind));
            }
        }
    }

    /// Invalidates the units that something of a code object was inlined into.
    pub(crate) fn invalidate_users(&self, code: Code) {
        // SAFETY: sites in the table are alive.
        let units = self.sites.borrow().values().filter_map(|site| unsafe { site.as_ref() }.unit.get()).collect::<Vec<_>>();
        for unit in units {
            // SAFETY: a site owns its units, and none is freed here.
            let uses = unsafe { unit.as_ref() }.content().is_some_and(|content| content.codes.contains(&code.as_object()));
            if uses {
                self.invalidate(unit);
            }
        }
    }

    /// Counts a change of a type that something relied on.
    pub(crate) fn type_changed(&self, address: usize) {
        count_change(&mut self.volatile_types.borrow_mut(), address);
    }

    /// Counts a change of a dictionary's entry that something relied on.
    pub(crate) fn entry_changed(&self, dict: usize, name: &str) {
        count_change(&mut self.volatile.borrow_mut(), (dict, name.to_owned()));
    }

    fn invalidate_all(&self, units: impl IntoIterator<Item = NonNull<Unit>>) {
        units.into_iter().for_each(|unit| self.invalidate(unit));
    }
}

/// Counts something about what is found by a key.
pub(crate) fn count_change<K: Eq + Hash, S: BuildHasher>(counts: &mut std::collections::HashMap<K, u32, S>, key: K) {
    /// Keys that are remembered at a time.
    const MOST: usize = 4096;
    if counts.len() >= MOST {
        counts.clear();
    }
    *counts.entry(key).or_default() += 1;
}

/// # Safety
///
/// Called by the interpreter before a watched dictionary changes.
unsafe extern "C" fn on_dict(event: c_int, dict: *mut PyObject, key: *mut PyObject, value: *mut PyObject) -> c_int {
    let Some(session) = session() else { return 0 };
    let address = dict as usize;
    let broken: Units = match event {
        dict_event::ADDED | dict_event::MODIFIED | dict_event::DELETED => {
            // SAFETY: the interpreter passes the key, which is alive.
            if unsafe { !key.is_null() && PyUnicode_CheckExact(key) != 0 && !session.watch.borrow().may_rely_on(dict, key) } {
                return 0;
            }
            // SAFETY: as above.
            let Some(name) = (unsafe { key_text(key) }) else { return 0 };
            let watch = session.watch.borrow();
            let Some(units) = watch.dicts.get(&address).and_then(|keys| keys.get(name)) else { return 0 };
            let broken = units.iter().filter(|(expected, _)| *expected != value as u64).map(|(_, unit)| *unit).collect();
            session.entry_changed(address, name);
            broken
        }
        _ => {
            let watch = session.watch.borrow();
            let Some(keys) = watch.dicts.get(&address) else { return 0 };
            keys.values().flatten().map(|(_, unit)| *unit).collect()
        }
    };
    session.invalidate_all(broken);
    if event == dict_event::DEALLOCATED {
        session.watch.borrow_mut().dicts.remove(&address);
        session.volatile.borrow_mut().retain(|(dict, _), _| *dict != address);
    }
    0
}

/// The text of a str key; `None` for other keys and for text that is not UTF-8.
///
/// # Safety
///
/// `key` is alive.
unsafe fn key_text<'a>(key: *mut PyObject) -> Option<&'a str> {
    // SAFETY: the text lives as long as the key, which the dictionary's caller keeps alive.
    unsafe {
        if key.is_null() || PyUnicode_Check(key) == 0 {
            return None;
        }
        let mut len = 0;
        let text = PyUnicode_AsUTF8AndSize(key, &mut len);
        if text.is_null() {
            PyErr_Clear();
            return None;
        }
        std::str::from_utf8(std::slice::from_raw_parts(text.cast(), len as usize)).ok()
    }
}

/// # Safety
///
/// Called by the interpreter when a watched type changes.
unsafe extern "C" fn on_type(kind: *mut PyTypeObject) -> c_int {
    let Some(session) = session() else { return 0 };
    let units = session.watch.borrow().types.get(&(kind as usize)).cloned();
    if let Some(units) = units {
        session.type_changed(kind as usize);
        session.invalidate_all(units);
    }
    0
}

/// # Safety
///
/// Called by the interpreter when a function was made, and before it changes or dies.
unsafe extern "C" fn on_function(event: c_int, function: *mut PyObject, _: *mut PyObject) -> c_int {
    let Some(session) = session() else { return 0 };
    match event {
        // SAFETY: the function is complete when it is announced.
        function_event::CREATE => unsafe { session.function_created(function) },
        // SAFETY: the function is not dead yet.
        function_event::DESTROY => unsafe { session.function_dies(function) },
        _ => {
            session.function_changes.set(session.function_changes.get() + 1);
            session.function_changes(function);
        }
    }
    if event != function_event::CREATE && session.watch.borrow().marked_functions.may_contain(function as usize) {
        invalidate_users_of_function(session, function);
    }
    0
}

/// # Safety
///
/// Called by the interpreter when a code object was made, and before it dies.
unsafe extern "C" fn on_code(event: c_int, code: *mut PyCodeObject) -> c_int {
    if event == code_event::DESTROY
        && let Some(session) = session()
    {
        // SAFETY: as the caller says.
        unsafe { crate::extra::code_dies(session, code.cast()) };
    }
    0
}

#[cold]
fn invalidate_users_of_function(session: &Session, function: *mut PyObject) {
    let units = session.watch.borrow().functions.get(&(function as usize)).cloned();
    session.invalidate_all(units.into_iter().flatten());
}
