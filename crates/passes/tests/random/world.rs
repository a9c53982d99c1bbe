//! A world for random functions: memory, objects with counts and types, and helpers that change what they may change.

use crate::generator::{FIELDS, OBJECTS, POINTED, WORDS};
use std::collections::BTreeMap;
use whipsnake_contract::exit::{ExitPoint, Source};
use whipsnake_contract::helpers::{Helper, HelperEffect};
use whipsnake_ir::interp::{Outcome, Program, World};
use whipsnake_ir::{Function, MemSize};

/// What can be seen of an execution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// Result or exit, with values instead of addresses.
    pub(crate) ended: String,
    /// Helper calls.
    pub(crate) log: Vec<String>,
    /// Objects' fields and other memory.
    pub(crate) memory: BTreeMap<u64, u8>,
    /// References to the objects that the function was given.
    pub(crate) counts: Vec<i64>,
    /// Something forbidden.
    pub(crate) fault: Option<String>,
}

const MEMORY: u64 = 0x10_0000;
const SCRATCH: u64 = 0x20_0000;
const ARGUMENTS: u64 = 0x30_0000;
const BOXES: u64 = 0x40_0000;

struct Random {
    memory: BTreeMap<u64, u8>,
    objects: BTreeMap<u64, (u64, i64)>,
    boxes: BTreeMap<u64, String>,
    areas: Vec<u64>,
    scratch: u64,
    log: Vec<String>,
    fault: Option<String>,
    calls: u64,
}

/// Executes a function on a world that the seed decides.
pub(crate) fn execute(function: &Function, seed: u64) -> Report {
    let mut world = Random {
        memory: BTreeMap::new(),
        objects: BTreeMap::new(),
        boxes: BTreeMap::new(),
        areas: Vec::new(),
        scratch: SCRATCH,
        log: Vec::new(),
        fault: None,
        calls: seed,
    };
    let mut args = Vec::new();
    for index in 0..OBJECTS as u64 {
        let address = MEMORY + 0x1000 * index;
        world.objects.insert(address, (0, 10));
        world.fill(address + FIELDS as u64, WORDS as u64, seed * 31 + index);
        world.areas.push(address + FIELDS as u64);
        args.push(address);
    }
    // Two names for one object.
    if seed % 2 == 1 {
        args[1] = args[0];
    }
    if seed.is_multiple_of(3) {
        args[OBJECTS - 1] = 0;
    }
    for (index, _) in POINTED.iter().enumerate() {
        // The first two overlap.
        let address = if index == 1 { args[OBJECTS] + 8 } else { MEMORY + 0x1_0000 + 0x1000 * index as u64 };
        world.fill(address, 2 * WORDS as u64, seed * 17 + index as u64);
        world.areas.push(address);
        args.push(address);
    }
    args.extend([seed.wrapping_mul(5).wrapping_sub(7), 3]);
    for (index, &word) in args.iter().enumerate() {
        world.write(ARGUMENTS + 8 * index as u64, 8, word);
    }
    let program = Program::new(function);
    let outcome = program.run(&mut world, &[0, MEMORY, ARGUMENTS]);
    let ended = match outcome {
        Outcome::Return(word) => format!("return {}", world.boxes.get(&word).map_or("?", |v| v)),
        Outcome::Unreachable => "unreachable".into(),
        Outcome::Exit { exit, words } => world.exit(&program.exits.points[exit as usize], &words),
    };
    world.memory.retain(|address, _| (MEMORY..SCRATCH).contains(address));
    Report {
        ended,
        log: world.log,
        memory: world.memory,
        counts: world.objects.values().map(|(_, count)| *count).collect(),
        fault: world.fault,
    }
}

impl Random {
    fn fill(&mut self, address: u64, words: u64, seed: u64) {
        for index in 0..words {
            self.write(address + 8 * index, 8, (seed + index) % 5);
        }
    }

    fn write(&mut self, address: u64, bytes: u64, word: u64) {
        for (index, byte) in word.to_le_bytes().into_iter().take(bytes as usize).enumerate() {
            self.memory.insert(address + index as u64, byte);
        }
    }

    fn read(&mut self, address: u64, bytes: u64) -> u64 {
        let mut word = [0; 8];
        for index in 0..bytes {
            match self.memory.get(&(address + index)) {
                Some(&byte) => word[index as usize] = byte,
                None if (SCRATCH..ARGUMENTS).contains(&address) => {}
                None => self.fault = Some(format!("load at {address:#x}")),
            }
        }
        u64::from_le_bytes(word)
    }

    /// Changes all memory but the constant part, as Python code might.
    fn disturb(&mut self, only_containers: bool) {
        self.calls += 1;
        let areas: Vec<u64> = self.areas[..self.areas.len() - 1].to_vec();
        for address in areas {
            let at = address + 8 * (self.calls % 3);
            let word = self.read(at, 8).wrapping_add(1);
            self.write(at, 8, word);
        }
        if !only_containers && self.calls.is_multiple_of(5) {
            for (ty, _) in self.objects.values_mut() {
                *ty ^= 1;
            }
        }
    }

    /// Takes the references that an exit takes, and shows what it was given.
    fn exit(&mut self, point: &ExitPoint, words: &[u64]) -> String {
        let mut text = format!("exit {}", point.reason.name());
        for frame in &point.frames {
            text += &format!(" at {}", frame.offset);
            for source in frame.locals.iter().chain(&frame.stack) {
                text += &format!(" {}", self.source(source, words));
            }
        }
        for source in &point.release {
            if let Source::Owned(index) = source {
                self.decref(words[*index as usize]);
            }
        }
        text
    }

    fn source(&mut self, source: &Source, words: &[u64]) -> String {
        match *source {
            Source::Int(index) => (words[index as usize] as i64).to_string(),
            Source::ConstInt(value) => value.to_string(),
            Source::Float(index) => show_float(words[index as usize]),
            Source::ConstFloat(bits) => show_float(bits),
            Source::Bool(index) => (words[index as usize] != 0).to_string(),
            Source::Owned(index) | Source::Borrowed(index) => {
                let object = words[index as usize];
                if let Some(content) = self.boxes.get(&object) {
                    return content.clone();
                }
                if matches!(source, Source::Borrowed(_)) {
                    self.incref(object);
                }
                format!("object {object:#x}")
            }
            _ => format!("{source:?}"),
        }
    }
}

fn show_float(bits: u64) -> String {
    let value = f64::from_bits(bits);
    if value.is_nan() { "nan".into() } else { format!("{value:?}") }
}

impl World for Random {
    fn load(&mut self, address: u64, size: MemSize) -> u64 {
        size.word(self.read(address, size.bytes() as u64))
    }

    fn store(&mut self, address: u64, size: MemSize, word: u64) {
        self.write(address, size.bytes() as u64, size.raw(word));
    }

    fn call_helper(&mut self, helper: Helper, args: &[u64]) -> u64 {
        if helper == Helper::dealloc_leaf {
            return 0;
        }
        if helper == Helper::float_mod {
            return (f64::from_bits(args[0]) - 0.5 * f64::from_bits(args[1])).to_bits();
        }
        if helper == Helper::int_pow {
            self.write(args[2], 8, args[0] ^ args[1]);
            return args[0] & 1;
        }
        self.log.push(format!("{}{args:x?}", helper.info().name));
        match helper.info().effect {
            HelperEffect::Any | HelperEffect::Tells => self.disturb(false),
            HelperEffect::Mutates => self.disturb(true),
            HelperEffect::Pure | HelperEffect::Allocates => {}
        }
        self.calls % 3
    }

    fn call_native(&mut self, _: u64, _: u64, _: u64, _: u64) -> u64 {
        0
    }

    fn type_of(&mut self, object: u64) -> u64 {
        self.objects.get(&object).map_or(0, |(ty, _)| *ty)
    }

    fn box_int(&mut self, value: i64) -> u64 {
        let address = BOXES + 16 * self.boxes.len() as u64;
        self.boxes.insert(address, value.to_string());
        address
    }

    fn box_float(&mut self, value: f64) -> u64 {
        let address = BOXES + 16 * self.boxes.len() as u64;
        self.boxes.insert(address, show_float(value.to_bits()));
        address
    }

    fn box_bool(&mut self, value: bool) -> u64 {
        u64::from(value)
    }

    fn unbox_int(&mut self, _: u64) -> Option<i64> {
        None
    }

    fn unbox_float(&mut self, _: u64) -> f64 {
        0.0
    }

    fn incref(&mut self, object: u64) {
        if let Some((_, count)) = self.objects.get_mut(&object) {
            *count += 1;
        }
    }

    fn decref(&mut self, object: u64) -> bool {
        if let Some((_, count)) = self.objects.get_mut(&object) {
            *count -= 1;
            return *count == 0;
        }
        false
    }

    fn destroy_unseen(&mut self, _object: u64) -> bool {
        false
    }

    fn observe(&mut self, _: u32, _: &[u64], _: u64) -> bool {
        false
    }

    fn scratch(&mut self, words: usize) -> u64 {
        let address = self.scratch;
        self.scratch += 8 * words as u64;
        address
    }

    fn free_scratch(&mut self, address: u64, _: usize) {
        self.scratch = address;
    }
}
