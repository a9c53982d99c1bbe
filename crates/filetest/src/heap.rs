//! A small heap with objects laid out as CPython does, for functions under test.
//!
//! Addresses are real, so that machine code can be given the same heap; safe code reaches it by offset. Nothing is reused
//! after it was freed. What a function does that can be seen from outside goes into the log.

use crate::data::{Datum, SINGLETONS};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use whipsnake_contract::helpers::{Arg, Helper};
use whipsnake_contract::layout::Layout;
use whipsnake_contract::snapshot::{KnownType, Platform};
use whipsnake_ir::MemSize;
use whipsnake_ir::interp::World;

/// Bytes of a heap.
const SIZE: usize = 1 << 18;
/// Bytes of blocks that stand for structures of the interpreter: types, thread state, interpreter state.
const STRUCTURE: i64 = 1024;
/// Reference count of immortal objects.
const IMMORTAL: u32 = 3 << 30;
const DIGIT_BITS: u32 = 30;

/// Memory, objects and log of one execution.
#[derive(Debug)]
pub struct Heap {
    bytes: Vec<u8>,
    next: u64,
    platform: Platform,
    tstate: u64,
    names: HashMap<u64, String>,
    singletons: BTreeMap<&'static str, u64>,
    dead: BTreeSet<u64>,
    log: Vec<String>,
    scripts: BTreeMap<String, Datum>,
    fault: Option<String>,
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

/// The numbers of CPython that the heap uses; all other structures are empty.
fn layout() -> Layout {
    Layout {
        ob_refcnt: 0,
        ob_type: 8,
        ob_size: 16,
        long_tag: 16,
        long_digits: 24,
        long_compact_limit: 16,
        long_sign_mask: 3,
        long_non_size_bits: 3,
        small_ints_negative: 5,
        small_ints_positive: 257,
        long_size: 32,
        float_value: 16,
        float_size: 24,
        interp_float_freelist: 64,
        interp_float_freelist_count: 72,
        float_freelist_link: 8,
        // Nothing is kept for reuse.
        float_freelist_limit: 0,
        ..Layout::default()
    }
}

impl Heap {
    /// A heap with the objects that always exist.
    pub fn new() -> Heap {
        let bytes = vec![0; SIZE];
        let start = bytes.as_ptr() as u64;
        let platform = Platform {
            minor: 14,
            layout: layout(),
            known_types: Vec::new(),
            none: 0,
            true_: 0,
            false_: 0,
            small_zero: 0,
            interpreter: 0,
            array_items: 0,
            array_descriptor: 0,
            array_formats: Vec::new(),
            ascii: None,
            wrappers: None,
            tables: None,
        };
        let mut heap = Heap {
            bytes,
            next: start.next_multiple_of(16),
            platform,
            tstate: 0,
            names: HashMap::new(),
            singletons: BTreeMap::new(),
            dead: BTreeSet::new(),
            log: Vec::new(),
            scripts: BTreeMap::new(),
            fault: None,
        };
        heap.tstate = heap.allocate(STRUCTURE);
        heap.platform.interpreter = heap.allocate(STRUCTURE);
        heap.platform.known_types = KnownType::ALL.iter().map(|_| heap.allocate(STRUCTURE)).collect();
        let (negative, positive) = (heap.layout().small_ints_negative, heap.layout().small_ints_positive);
        let small_ints = heap.allocate(heap.layout().long_size * (negative + positive));
        for value in -negative..positive {
            let address = small_ints.wrapping_add(((value + negative) * heap.layout().long_size) as u64);
            heap.write_int(address, i128::from(value), IMMORTAL);
        }
        heap.platform.small_zero = small_ints + (negative * heap.layout().long_size) as u64;
        for name in SINGLETONS {
            let address = match name {
                "None" => heap.named(name, KnownType::None, IMMORTAL),
                _ => {
                    let address = heap.allocate(heap.layout().long_size);
                    heap.write_int(address, i128::from(name == "True"), IMMORTAL);
                    heap.write_header(address, KnownType::Bool, IMMORTAL);
                    heap.names.insert(address, name.to_owned());
                    address
                }
            };
            heap.singletons.insert(name, address);
        }
        heap.platform.none = heap.singletons["None"];
        heap.platform.true_ = heap.singletons["True"];
        heap.platform.false_ = heap.singletons["False"];
        heap
    }

    fn layout(&self) -> &Layout {
        &self.platform.layout
    }

    /// What a backend compiles for.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Address of the thread state.
    pub fn tstate(&self) -> u64 {
        self.tstate
    }

    /// The first access outside the heap or to a destroyed object, if there was one.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Helper calls and destroyed objects, in order.
    pub fn log(&self) -> &[String] {
        &self.log
    }

    /// Sets what a helper (or `native`, `observe`) returns.
    pub fn script(&mut self, name: &str, result: Datum) {
        self.scripts.insert(name.to_owned(), result);
    }

    /// Memory of that many bytes, zeroed; 0 if the heap is full.
    pub fn allocate(&mut self, bytes: i64) -> u64 {
        let address = self.next;
        self.next = (address + bytes as u64).next_multiple_of(16);
        if self.offset(address, bytes as u64).is_none() {
            self.fail(format!("the test heap of {SIZE} bytes is full"));
            return 0;
        }
        address
    }

    fn fail(&mut self, fault: String) {
        self.fault.get_or_insert(fault);
    }

    fn offset(&self, address: u64, bytes: u64) -> Option<usize> {
        let offset = address.checked_sub(self.bytes.as_ptr() as u64)?;
        (offset.checked_add(bytes)? <= SIZE as u64).then_some(offset as usize)
    }

    fn read(&mut self, address: u64, bytes: u64) -> u64 {
        let Some(at) = self.offset(address, bytes) else {
            self.fail("load from outside the heap".into());
            return 0;
        };
        let mut word = [0; 8];
        word[..bytes as usize].copy_from_slice(&self.bytes[at..at + bytes as usize]);
        u64::from_le_bytes(word)
    }

    fn write(&mut self, address: u64, bytes: u64, word: u64) {
        match self.offset(address, bytes) {
            Some(at) => self.bytes[at..at + bytes as usize].copy_from_slice(&word.to_le_bytes()[..bytes as usize]),
            None => self.fail("store to outside the heap".into()),
        }
    }

    fn field(&self, object: u64, offset: i64) -> u64 {
        object.wrapping_add(offset as u64)
    }

    fn write_header(&mut self, address: u64, known: KnownType, count: u32) {
        let (refcnt, ty) = (self.layout().ob_refcnt, self.layout().ob_type);
        self.write(self.field(address, refcnt), 4, count.into());
        self.write(self.field(address, ty), 8, self.platform.known_types[known as usize]);
    }

    fn write_int(&mut self, address: u64, value: i128, count: u32) {
        self.write_header(address, KnownType::Int, count);
        let (tag, digits) = (self.layout().long_tag, self.layout().long_digits);
        let (mut rest, mut length) = (value.unsigned_abs(), 0);
        while rest != 0 || length == 0 {
            let digit = (rest as u64) & ((1 << DIGIT_BITS) - 1);
            self.write(self.field(address, digits + 4 * length), 4, digit);
            rest >>= DIGIT_BITS;
            length += 1;
        }
        let sign = match value.signum() {
            1 => 0,
            0 => 1,
            _ => 2,
        };
        let length = if value == 0 { 0 } else { length };
        self.write(self.field(address, tag), 8, (length << self.layout().long_non_size_bits | sign) as u64);
    }

    fn read_int(&mut self, object: u64) -> i128 {
        let layout = self.layout().clone();
        let tag = self.read(self.field(object, layout.long_tag), 8);
        let length = (tag >> layout.long_non_size_bits).min(4) as i64;
        let mut value = 0i128;
        for index in (0..length).rev() {
            let digit = self.read(self.field(object, layout.long_digits + 4 * index), 4);
            value = value << DIGIT_BITS | i128::from(digit);
        }
        if tag & layout.long_sign_mask as u64 == 2 { -value } else { value }
    }

    fn named(&mut self, name: &str, known: KnownType, count: u32) -> u64 {
        let address = self.allocate(64);
        self.write_header(address, known, count);
        self.names.insert(address, name.to_owned());
        address
    }

    /// The word of a value; objects get a reference.
    pub fn word(&mut self, datum: &Datum) -> u64 {
        match datum {
            Datum::Int(value) => *value as u64,
            Datum::Float(bits) => *bits,
            Datum::Bool(value) => u64::from(*value),
            Datum::Null => 0,
            Datum::IntObject(value) => {
                let address = self.allocate(48);
                self.write_int(address, *value, 1);
                address
            }
            Datum::FloatObject(bits) => {
                let (size, offset) = (self.layout().float_size, self.layout().float_value);
                let address = self.allocate(size);
                self.write_header(address, KnownType::Float, 1);
                self.write(self.field(address, offset), 8, *bits);
                address
            }
            Datum::Named(name) => match self.singletons.get(name.as_str()) {
                Some(&address) => address,
                None => self.named(name, KnownType::Str, 1),
            },
            Datum::Memory(words) => {
                let words: Vec<u64> = words.iter().map(|datum| self.word(datum)).collect();
                let address = self.allocate(8 * words.len() as i64);
                for (index, word) in words.into_iter().enumerate() {
                    self.write(address + 8 * index as u64, 8, word);
                }
                address
            }
        }
    }

    /// What an object is.
    pub fn describe(&mut self, object: u64) -> String {
        if object == 0 {
            return Datum::Null.to_string();
        }
        if let Some(name) = self.names.get(&object) {
            return Datum::Named(name.clone()).to_string();
        }
        if self.offset(object, 16).is_none() {
            return "a word that is no object".into();
        }
        let ty = self.type_of(object);
        if self.platform.known_type(KnownType::Int) == Some(ty) {
            Datum::IntObject(self.read_int(object)).to_string()
        } else if self.platform.known_type(KnownType::Float) == Some(ty) {
            Datum::FloatObject(self.unbox_float(object).to_bits()).to_string()
        } else {
            "a word that is no object".into()
        }
    }

    /// Reference count of an object; `None` for immortal ones.
    pub fn references(&mut self, object: u64) -> Option<u32> {
        let refcnt = self.layout().ob_refcnt;
        let count = self.read(self.field(object, refcnt), 4) as u32;
        ((count as i32) >= 0).then_some(count)
    }

    fn set_references(&mut self, object: u64, count: u32) {
        let refcnt = self.layout().ob_refcnt;
        self.write(self.field(object, refcnt), 4, count.into());
    }

    fn check_alive(&mut self, object: u64) {
        if self.dead.contains(&object) {
            let text = self.describe(object);
            self.fail(format!("use of {text} after it was destroyed"));
        }
    }

    /// The result that was set for a helper, or the default: 0, NULL for an observation, a new object named like the helper.
    fn scripted(&mut self, name: &str, result: Option<Arg>) -> u64 {
        match self.scripts.get(name).cloned() {
            Some(datum) => self.word(&datum),
            None if result == Some(Arg::Obj) => self.word(&Datum::Named(name.to_owned())),
            None => 0,
        }
    }

    fn destroy(&mut self, object: u64) {
        let text = self.describe(object);
        if self.references(object) != Some(0) || !self.dead.insert(object) {
            self.fail(format!("{text} is destroyed, but it has references or was destroyed before"));
        }
        self.log.push(format!("destroy {text}"));
    }
}

impl World for Heap {
    fn load(&mut self, address: u64, size: MemSize) -> u64 {
        size.word(self.read(address, size.bytes() as u64))
    }

    fn store(&mut self, address: u64, size: MemSize, word: u64) {
        self.write(address, size.bytes() as u64, size.raw(word));
    }

    fn call_helper(&mut self, helper: Helper, args: &[u64]) -> u64 {
        match (helper, args) {
            (Helper::box_int, [value]) => return self.box_int(*value as i64),
            (Helper::box_float, [bits]) => return self.box_float(f64::from_bits(*bits)),
            (Helper::unbox_int_slow, [object, out]) => {
                let value = self.unbox_int(*object);
                self.write(*out, 8, value.unwrap_or(0) as u64);
                return u64::from(value.is_some());
            }
            (Helper::dealloc | Helper::dealloc_leaf, [object]) => {
                self.destroy(*object);
                return 0;
            }
            _ => {}
        }
        let info = helper.info();
        let shown: Vec<String> = info
            .args
            .iter()
            .zip(args)
            .map(|(kind, &word)| match kind {
                Arg::Obj => self.describe(word),
                Arg::I64 => Datum::Int(word as i64).to_string(),
                Arg::F64 => Datum::Float(word).to_string(),
                Arg::Ptr => "ptr".to_owned(),
            })
            .collect();
        self.log.push(format!("{}({})", info.name, shown.join(", ")));
        self.scripted(info.name, info.result)
    }

    fn call_native(&mut self, _entry: u64, _tstate: u64, function: u64, args: u64) -> u64 {
        let (function, first) = (self.describe(function), self.read(args, 8));
        let first = self.describe(first);
        self.log.push(format!("native {function}({first}, …)"));
        self.scripted("native", Some(Arg::Obj))
    }

    fn type_of(&mut self, object: u64) -> u64 {
        let ty = self.layout().ob_type;
        self.read(self.field(object, ty), 8)
    }

    fn box_int(&mut self, value: i64) -> u64 {
        let layout = self.layout();
        if (-layout.small_ints_negative..layout.small_ints_positive).contains(&value) {
            return self.platform.small_zero.wrapping_add((value * layout.long_size) as u64);
        }
        self.word(&Datum::IntObject(value.into()))
    }

    fn box_float(&mut self, value: f64) -> u64 {
        self.word(&Datum::FloatObject(value.to_bits()))
    }

    fn box_bool(&mut self, value: bool) -> u64 {
        if value { self.platform.true_ } else { self.platform.false_ }
    }

    fn unbox_int(&mut self, object: u64) -> Option<i64> {
        i64::try_from(self.read_int(object)).ok()
    }

    fn unbox_float(&mut self, object: u64) -> f64 {
        let offset = self.layout().float_value;
        f64::from_bits(self.read(self.field(object, offset), 8))
    }

    fn incref(&mut self, object: u64) {
        self.check_alive(object);
        if let Some(count) = self.references(object) {
            self.set_references(object, count + 1);
        }
    }

    fn decref(&mut self, object: u64) -> bool {
        self.check_alive(object);
        match self.references(object) {
            Some(0) => {
                let text = self.describe(object);
                self.fail(format!("reference count of {text} below 0"));
                false
            }
            Some(count) => {
                self.set_references(object, count - 1);
                count == 1
            }
            None => false,
        }
    }

    fn destroy_unseen(&mut self, _object: u64) -> bool {
        false
    }

    fn observe(&mut self, _exit: u32, _words: &[u64], object: u64) -> bool {
        self.destroy(object);
        self.scripted("observe", None) != 0
    }

    fn scratch(&mut self, words: usize) -> u64 {
        self.allocate(8 * words as i64)
    }

    fn free_scratch(&mut self, _address: u64, _words: usize) {}
}
