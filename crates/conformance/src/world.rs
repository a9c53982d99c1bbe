//! A block of memory with a few objects in it, and a log of what code does besides writing to memory.

use crate::helpers::Host;
use crate::platform::{self, LONG_SIZE, SMALL_NEGATIVE, SMALL_POSITIVE, type_address};
use std::cell::{Cell, RefCell};
use whipsnake_contract::helpers::{Arg, Helper};
use whipsnake_contract::snapshot::{KnownType, Platform};

/// Words of the whole memory.
const WORDS: usize = 3 << 10;
/// Words of the argument array.
pub const ARGUMENT_WORDS: u64 = 32;
/// Where the parts begin, in words.
const INTERPRETER: usize = 0;
const SMALL_INTS: usize = 64;
const CONSTANTS: usize = SMALL_INTS + ((SMALL_NEGATIVE + SMALL_POSITIVE) * LONG_SIZE / 8) as usize;
const TYPES: usize = CONSTANTS + 16;
const ARGUMENTS: usize = TYPES + 8 * KnownType::ALL.len();
const UNIT: usize = ARGUMENTS + ARGUMENT_WORDS as usize;
const COUNTER: usize = UNIT + 8;
const THREAD: usize = COUNTER + 8;
const SCRATCH: usize = THREAD + 8;
const OBJECTS: usize = SCRATCH + 32;

/// Something that code did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Called a helper with these argument words.
    Helper(Helper, Vec<u64>),
    /// Called another unit.
    Native([u64; 3]),
    /// Destroyed an object at an observation point: exit number, words, object.
    Observe(u32, Vec<u64>, u64),
}

/// Memory and log. Addresses stay the same when it is reset.
#[derive(Debug)]
pub struct World {
    memory: Box<[Cell<u64>]>,
    initial: RefCell<Vec<u64>>,
    next: Cell<usize>,
    initial_next: Cell<usize>,
    minor: u8,
    /// What was done.
    pub events: RefCell<Vec<Event>>,
    /// What `observe` answers.
    pub observe_leaves: Cell<bool>,
}

impl World {
    /// A world for Python 3.`minor` with that many floats in the free list, and as many ints if there is one.
    pub fn new(minor: u8, free_objects: usize) -> World {
        let world = World {
            memory: (0..WORDS).map(|_| Cell::new(0)).collect(),
            initial: RefCell::default(),
            next: Cell::new(OBJECTS),
            initial_next: Cell::new(OBJECTS),
            minor,
            events: RefCell::default(),
            observe_leaves: Cell::new(false),
        };
        for value in -SMALL_NEGATIVE..SMALL_POSITIVE {
            world.fill_int(world.small_int(value), value, u64::from(u32::MAX));
        }
        for (constant, value) in [(world.address(CONSTANTS + 4), 1), (world.address(CONSTANTS + 8), 0)] {
            world.fill_int(constant, value, u64::from(u32::MAX));
            world.write(constant + 8, world.type_of(KnownType::Bool));
        }
        for _ in 0..free_objects {
            let (float, int) = (world.float(0.5), world.int(1000));
            assert!(world.free(float), "the free list has room");
            assert_eq!(world.free(int), minor >= 14, "3.14 has a list of ints");
        }
        world.write(world.thread_state() + platform::layout(minor).tstate_interp as u64, world.address(INTERPRETER));
        world.keep();
        world
    }

    /// The platform of this world.
    pub fn platform(&self) -> Platform {
        let constants = [0, 4, 8].map(|i| self.address(CONSTANTS + i));
        platform::platform(self.minor, self.address(INTERPRETER), self.small_int(0), constants, self.address(TYPES))
    }

    /// Makes the present state the one that [`World::reset`] brings back.
    pub fn keep(&self) {
        *self.initial.borrow_mut() = self.words();
        self.initial_next.set(self.next.get());
    }

    /// Brings the state of the last [`World::keep`] back.
    pub fn reset(&self) {
        for (cell, &word) in self.memory.iter().zip(self.initial.borrow().iter()) {
            cell.set(word);
        }
        self.next.set(self.initial_next.get());
        self.events.borrow_mut().clear();
    }

    /// All words that code may have changed, without the scratch words.
    pub fn words(&self) -> Vec<u64> {
        let scratch = SCRATCH..OBJECTS;
        self.memory.iter().enumerate().map(|(i, c)| if scratch.contains(&i) { 0 } else { c.get() }).collect()
    }

    fn address(&self, word: usize) -> u64 {
        self.memory[word].as_ptr() as u64
    }

    /// The place of an address in [`World::words`].
    pub fn index(&self, address: u64) -> usize {
        let offset = address.wrapping_sub(self.address(0));
        assert!(offset.is_multiple_of(8) && offset < WORDS as u64 * 8, "{address:#x} is no word of the world");
        offset as usize / 8
    }

    fn cell(&self, address: u64) -> &Cell<u64> {
        &self.memory[self.index(address)]
    }

    /// Reads an aligned word.
    pub fn read(&self, address: u64) -> u64 {
        self.cell(address).get()
    }

    /// Writes an aligned word.
    pub fn write(&self, address: u64, word: u64) {
        self.cell(address).set(word);
    }

    /// Reads up to 8 bytes inside one aligned word.
    pub fn read_bytes(&self, address: u64, count: u64) -> u64 {
        let shift = address % 8 * 8;
        assert!(shift + count * 8 <= 64, "{count} bytes at {address:#x} cross a word");
        let word = self.read(address & !7) >> shift;
        if count == 8 { word } else { word & ((1 << (count * 8)) - 1) }
    }

    /// Writes up to 8 bytes inside one aligned word.
    pub fn write_bytes(&self, address: u64, count: u64, bytes: u64) {
        let shift = address % 8 * 8;
        assert!(shift + count * 8 <= 64, "{count} bytes at {address:#x} cross a word");
        let mask = if count == 8 { u64::MAX } else { ((1 << (count * 8)) - 1) << shift };
        let old = self.read(address & !7);
        self.write(address & !7, old & !mask | bytes << shift & mask);
    }

    /// The argument array.
    pub fn arguments(&self) -> u64 {
        self.address(ARGUMENTS)
    }

    /// The thread state.
    pub fn thread_state(&self) -> u64 {
        self.address(THREAD)
    }

    /// The unit's record.
    pub fn unit(&self) -> u64 {
        self.address(UNIT)
    }

    /// The countdown of forced exits.
    pub fn counter(&self) -> u64 {
        self.address(COUNTER)
    }

    /// Words for the reference interpreter's native frame.
    pub fn scratch(&self) -> u64 {
        self.address(SCRATCH)
    }

    /// The address of a type.
    pub fn type_of(&self, known: KnownType) -> u64 {
        type_address(self.address(TYPES), known)
    }

    /// A preallocated int.
    pub fn small_int(&self, value: i64) -> u64 {
        self.address(SMALL_INTS).wrapping_add_signed((value + SMALL_NEGATIVE) * LONG_SIZE)
    }

    /// A new object with one reference and three more words.
    pub fn object(&self, known: KnownType, words: [u64; 3]) -> u64 {
        let at = self.next.get();
        assert!(at + 5 < WORDS, "the world is full");
        self.next.set(at + 6);
        let address = self.address(at);
        for (i, word) in [1, self.type_of(known)].into_iter().chain(words).enumerate() {
            self.write(address + i as u64 * 8, word);
        }
        address
    }

    /// A new int.
    pub fn int(&self, value: i64) -> u64 {
        let object = self.object(KnownType::Int, [0; 3]);
        self.fill_int(object, value, 1);
        object
    }

    /// A new int that needs more than 64 bits.
    pub fn huge_int(&self) -> u64 {
        self.object(KnownType::Int, [9 << 3, 0, 1])
    }

    /// A new float.
    pub fn float(&self, value: f64) -> u64 {
        self.object(KnownType::Float, [value.to_bits(), 0, 0])
    }

    fn fill_int(&self, object: u64, value: i64, count: u64) {
        let sign = match value {
            0 => 1,
            v if v < 0 => 2,
            _ => 0,
        };
        let magnitude = value.unsigned_abs();
        let digits = match magnitude {
            0 => 0,
            m if m < 1 << 30 => 1,
            m if m < 1 << 60 => 2,
            _ => 3,
        };
        // Two digits of 30 bits in the first word, and what is left in the second.
        let low = magnitude & 0x3fff_ffff | (magnitude >> 30 & 0x3fff_ffff) << 32;
        let words = [count, self.type_of(KnownType::Int), digits << 3 | sign, low, magnitude >> 60];
        for (i, word) in words.into_iter().enumerate().take(if digits < 3 { 4 } else { 5 }) {
            self.write(object + i as u64 * 8, word);
        }
    }

    /// The value of an int or bool of any size, if it fits.
    pub fn int_value(&self, object: u64) -> Option<i64> {
        self.int_value_in(&self.words(), object)
    }

    /// The value of an int or bool in what [`World::words`] gave.
    pub fn int_value_in(&self, words: &[u64], object: u64) -> Option<i64> {
        let at = self.index(object);
        let (tag, low) = (words[at + 2], words[at + 3]);
        let high = if tag >> 3 > 2 { words[at + 4] } else { 0 };
        let magnitude = match tag >> 3 {
            0 => 0,
            1 => u128::from(low & 0xffff_ffff),
            2 => u128::from(low & 0xffff_ffff) | u128::from(low >> 32) << 30,
            3 => u128::from(low & 0xffff_ffff) | u128::from(low >> 32) << 30 | u128::from(high) << 60,
            _ => return None,
        };
        i64::try_from(if tag & 3 == 2 { -(magnitude as i128) } else { magnitude as i128 }).ok()
    }

    /// Addresses of head and count of a type's free list, and the offset of its links.
    fn free_list(&self, known: KnownType) -> Option<[u64; 3]> {
        let layout = platform::layout(self.minor);
        let (head, count) = match known {
            KnownType::Float => (layout.interp_float_freelist, layout.interp_float_freelist_count),
            KnownType::Int => (layout.interp_int_freelist, layout.interp_int_freelist_count),
            _ => return None,
        };
        let at = |offset: i64| self.address(INTERPRETER).wrapping_add_signed(offset);
        (head != 0).then(|| [at(head), at(count), layout.float_freelist_link as u64])
    }

    fn reuse(&self, known: KnownType) -> Option<u64> {
        let [head, count, link] = self.free_list(known)?;
        let object = Some(self.read(head)).filter(|&f| f != 0)?;
        self.write(head, self.read(object + link));
        self.write_bytes(count, 4, self.read_bytes(count, 4).wrapping_sub(1));
        self.write(object, 1);
        Some(object)
    }

    /// Takes a float out of the free list.
    pub fn reuse_float(&self, value: f64) -> Option<u64> {
        let float = self.reuse(KnownType::Float)?;
        self.write(float + 8, self.type_of(KnownType::Float));
        self.write(float + 16, value.to_bits());
        Some(float)
    }

    /// Takes an int out of the free list, if it needs one digit only.
    pub fn reuse_int(&self, value: i64) -> Option<u64> {
        let digit = u32::try_from(value.unsigned_abs()).ok().filter(|&d| d < 1 << 30)?;
        let int = self.reuse(KnownType::Int)?;
        self.write(int + 16, 8 | if value < 0 { 2 } else { 0 });
        self.write_bytes(int + 24, 4, u64::from(digit));
        Some(int)
    }

    /// Puts an object into the free list of its type if it belongs there and there is room.
    pub fn free(&self, object: u64) -> bool {
        let kinds = [KnownType::Float, KnownType::Int];
        let known = kinds.into_iter().find(|&known| self.read(object + 8) == self.type_of(known));
        let Some((known, [head, count, link])) = known.and_then(|k| Some((k, self.free_list(k)?))) else {
            return false;
        };
        let free = self.read_bytes(count, 4);
        let limit = platform::layout(self.minor).float_freelist_limit as u64;
        if free >= limit || known == KnownType::Int && self.read(object + 16) >= 16 {
            return false;
        }
        self.write(object + link, self.read(head));
        self.write(head, object);
        self.write_bytes(count, 4, free + 1);
        true
    }

    /// What a helper does in this world: it is noted, and most results are made up from the arguments.
    pub fn call(&self, helper: Helper, args: &[u64]) -> u64 {
        if let (Helper::call_c, &[function, receiver, arguments, count]) = (helper, args)
            && function == crate::helpers::native_address()
        {
            return self.native([receiver, arguments, count]);
        }
        // The out-parameter of this one is somewhere else for the reference interpreter.
        match helper {
            Helper::unbox_int_slow => {}
            // Machine code stores the value later.
            Helper::box_float => self.events.borrow_mut().push(Event::Helper(helper, Vec::new())),
            _ => self.events.borrow_mut().push(Event::Helper(helper, args.to_vec())),
        }
        match (helper, args) {
            (Helper::box_int, &[value]) => self.int(value as i64),
            (Helper::box_float, &[bits]) => self.float(f64::from_bits(bits)),
            (Helper::unbox_int_slow, &[object, out]) => match self.int_value(object) {
                Some(value) => {
                    // SAFETY: the contract of the helper: `out` points to a word that is its to fill.
                    unsafe { (out as *mut u64).write(value as u64) };
                    1
                }
                None => 0,
            },
            _ => match helper.info().result {
                None => 0,
                Some(Arg::F64) => (args.len() as f64 + 0.25).to_bits(),
                Some(_) => args.iter().fold(helper as u64 + 1, |hash, &arg| hash.wrapping_mul(31).wrapping_add(arg)),
            },
        }
    }
}

impl Host for World {
    fn thread_state(&self) -> u64 {
        World::thread_state(self)
    }

    fn unit(&self) -> u64 {
        World::unit(self)
    }

    fn helper(&self, helper: Helper, args: &[u64]) -> u64 {
        self.call(helper, args)
    }

    fn native(&self, arguments: [u64; 3]) -> u64 {
        self.events.borrow_mut().push(Event::Native(arguments));
        arguments[2] ^ 0x55
    }

    fn observe(&self, exit: u32, words: Vec<u64>, object: u64) -> bool {
        self.events.borrow_mut().push(Event::Observe(exit, words, object));
        self.observe_leaves.get()
    }
}
