//! Value numbering over the dominator tree: what was computed, checked or loaded before is not computed, checked or loaded
//! again. Loads stay valid until something may have written their region; stores say what the memory holds.

use crate::Pass;
use crate::edit::Replacements;
use crate::effects::{Regions, is_numeric_function, writes};
use crate::memory::{Access, Places, Written, keeps_all_bits};
use crate::simplify_cfg::take_target;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::Hash;
use whipsnake_ir::dominators::Dominators;
use whipsnake_ir::ops::Effect;
use whipsnake_ir::{Block, Cond, Function, Imm, Inst, InstData, Op, Region, Value};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Gvn;

impl Pass for Gvn {
    fn name(&self) -> &'static str {
        "gvn"
    }

    fn run(&self, function: &mut Function) {
        let dominators = Dominators::new(function);
        let written = function.blocks.iter().map(|b| Written::by(function, &b.insts)).collect();
        let places = Places::new(function);
        let mut scope = Scope {
            function,
            dominators,
            written,
            places,
            replacements: Replacements::default(),
            computed: Table::new(),
            memory: Table::new(),
            truths: Table::new(),
            definitions: HashMap::new(),
        };
        scope.walk();
        scope.replacements.apply(scope.function);
    }
}

/// An operation with its operands: equal keys give equal values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    op: Op,
    imm: [u64; 3],
    args: SmallVec<[Value; 3]>,
}

/// A load that need not be repeated.
#[derive(Clone, Copy, Debug)]
struct Known {
    value: Value,
    access: Access,
}

/// A table whose changes are undone when the walk leaves a part of the dominator tree.
#[derive(Debug)]
struct Table<K, V> {
    entries: HashMap<K, V>,
    log: Vec<(K, Option<V>)>,
}

impl<K: Clone + Eq + Hash, V: Clone> Table<K, V> {
    fn new() -> Self {
        Table { entries: HashMap::new(), log: Vec::new() }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    fn insert(&mut self, key: K, value: V) {
        let old = self.entries.insert(key.clone(), value);
        self.log.push((key, old));
    }

    fn remove_if(&mut self, mut gone: impl FnMut(&K, &V) -> bool) {
        let keys: Vec<K> = self.entries.iter().filter(|(k, v)| gone(k, v)).map(|(k, _)| k.clone()).collect();
        for key in keys {
            let old = self.entries.remove(&key);
            self.log.push((key, old));
        }
    }

    fn undo_to(&mut self, mark: usize) {
        while self.log.len() > mark {
            if let Some((key, old)) = self.log.pop() {
                match old {
                    Some(value) => self.entries.insert(key, value),
                    None => self.entries.remove(&key),
                };
            }
        }
    }
}

struct Scope<'a> {
    function: &'a mut Function,
    dominators: Dominators,
    written: Vec<Written>,
    places: Places,
    replacements: Replacements,
    computed: Table<Key, Value>,
    memory: Table<Key, Known>,
    truths: Table<Value, bool>,
    /// Instructions by result, for what is known of the parts of a condition.
    definitions: HashMap<Value, Inst>,
}

enum Step {
    Enter(Block),
    Leave([usize; 3]),
}

impl Scope<'_> {
    fn walk(&mut self) {
        let mut children = vec![Vec::new(); self.function.blocks.len()];
        for &block in self.dominators.order() {
            if let Some(parent) = self.dominators.immediate(block) {
                children[parent.index()].push(block);
            }
        }
        let mut steps = vec![Step::Enter(self.function.entry())];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(block) => {
                    steps.push(Step::Leave([self.computed.log.len(), self.memory.log.len(), self.truths.log.len()]));
                    self.enter(block);
                    self.block(block);
                    steps.extend(children[block.index()].iter().rev().map(|&child| Step::Enter(child)));
                }
                Step::Leave([computed, memory, truths]) => {
                    self.computed.undo_to(computed);
                    self.memory.undo_to(memory);
                    self.truths.undo_to(truths);
                }
            }
        }
    }

    /// What holds at the start of a block, as far as it differs from the end of its immediate dominator.
    fn enter(&mut self, block: Block) {
        let Some(parent) = self.dominators.immediate(block) else { return };
        if let [only] = *self.dominators.predecessors(block) {
            let Some(last) = self.function.terminator(only) else { return };
            if last.op == Op::Branch {
                let (condition, truth) = (last.args[0], last.targets[0].block == block);
                self.learn(condition, truth);
            }
            return;
        }
        let between = self.written_between(parent, block);
        self.forget(&between);
    }

    /// What is written on any path from the end of a dominator to the start of a block.
    fn written_between(&self, above: Block, block: Block) -> Written {
        let mut all = Written::default();
        let mut seen = vec![false; self.function.blocks.len()];
        let mut work: Vec<Block> = self.dominators.predecessors(block).to_vec();
        while let Some(at) = work.pop() {
            if at == above || std::mem::replace(&mut seen[at.index()], true) {
                continue;
            }
            all.add(&self.written[at.index()]);
            work.extend(self.dominators.predecessors(at));
        }
        all
    }

    fn block(&mut self, block: Block) {
        let insts = std::mem::take(&mut self.function.blocks[block.index()].insts);
        let kept = insts.into_iter().filter(|&inst| self.inst(inst)).collect();
        self.function.blocks[block.index()].insts = kept;
    }

    /// Returns whether the instruction is still needed.
    fn inst(&mut self, inst: Inst) -> bool {
        self.replacements.apply_to(self.function, inst);
        let data = self.function.inst(inst).clone();
        match (data.op, data.op.info().effect) {
            // Each has a place of its own.
            (Op::Scratch, _) => {}
            (Op::Guard, _) => {
                if self.truths.get(&data.args[0]) == Some(&true) {
                    return false;
                }
                self.learn(data.args[0], true);
            }
            (Op::GuardNotNull, _) => {
                if self.computed.get(&something(data.args[0])).is_some() {
                    return false;
                }
                self.is_something(data.args[0]);
            }
            (Op::Same, _) => {
                let kept = self.compute(inst, &data);
                self.learn_of_null(&data);
                return kept;
            }
            // Objects keep their type until something runs that could change it.
            (Op::GuardType, _) => {
                let base = data.args[0];
                self.is_something(base);
                return self.remember(&data, base, place_of_type(base));
            }
            (Op::IsType, _) => {
                let (base, Some(result)) = (data.args[0], data.result) else { return true };
                self.is_something(base);
                if self.memory.get(&Key { op: Op::GuardType, ..key(&data) }).is_some() {
                    self.truths.insert(result, true);
                    return true;
                }
                self.definitions.insert(result, inst);
                return self.remember(&data, result, place_of_type(base));
            }
            (Op::Branch, _) => {
                if let Some(&truth) = self.truths.get(&data.args[0]) {
                    take_target(self.function, inst, usize::from(!truth));
                }
            }
            (_, Effect::Load) => {
                if let (Some(place), Some(result)) = (Access::of(&data), data.result)
                    && place.region != Region::Thread
                {
                    return self.remember(&data, result, place);
                }
            }
            (_, Effect::Store) => self.store(&data),
            (_, Effect::Pure | Effect::Checked) => return self.compute(inst, &data),
            (_, Effect::Helper) if is_numeric_function(&data) => return self.compute(inst, &data),
            _ => self.forget(&Written { regions: writes(&data), stores: Vec::new() }),
        }
        true
    }

    fn compute(&mut self, inst: Inst, data: &InstData) -> bool {
        let Some(result) = data.result else { return true };
        let key = key(data);
        match self.computed.get(&key) {
            Some(&known) => {
                self.replacements.add(result, known);
                false
            }
            None => {
                self.computed.insert(key, result);
                self.definitions.insert(result, inst);
                true
            }
        }
    }

    /// A load or a check of memory: returns false if its outcome is known, else remembers it.
    fn remember(&mut self, data: &InstData, outcome: Value, access: Access) -> bool {
        let key = key(data);
        if let Some(known) = self.memory.get(&key) {
            if let Some(result) = data.result {
                self.replacements.add(result, known.value);
            }
            return false;
        }
        self.memory.insert(key, Known { value: outcome, access });
        true
    }

    fn store(&mut self, data: &InstData) {
        let (Some(place), Imm::Mem { size, .. }) = (Access::of(data), data.imm) else { return };
        self.forget(&Written { regions: Regions::NONE, stores: vec![place] });
        let load = match data.op {
            Op::Store => Op::Load,
            Op::StoreIndexed => Op::LoadIndexed,
            Op::StoreSlot => Op::ReadSlot,
            _ => return,
        };
        if keeps_all_bits(size)
            && place.region != Region::Thread
            && let Some((&value, address)) = data.args.split_last()
        {
            let key = Key { op: load, imm: imm_words(&data.imm), args: SmallVec::from_slice(address) };
            self.memory.insert(key, Known { value, access: place });
        }
    }

    fn forget(&mut self, written: &Written) {
        let places = &self.places;
        if !written.regions.is_empty() || !written.stores.is_empty() {
            self.memory.remove_if(|_, known| written.touches(places, &known.access));
        }
    }

    /// A comparison with NULL of what is known to be something.
    fn learn_of_null(&mut self, data: &InstData) {
        let (Some(result), [left, right]) = (data.result, data.args.as_slice()) else { return };
        let is_other = |scope: &Self, value: Value, other: Value| scope.is_null(other) && scope.computed.get(&something(value)).is_some();
        if is_other(self, *left, *right) || is_other(self, *right, *left) {
            self.truths.insert(self.replacements.resolve(result), false);
        }
    }

    fn is_null(&self, value: Value) -> bool {
        self.definitions.get(&value).is_some_and(|&inst| self.function.inst(inst).op == Op::Null)
    }

    /// The value is not NULL from here on.
    fn is_something(&mut self, value: Value) {
        self.computed.insert(something(value), value);
    }

    /// A truth value is known from here on, and with it perhaps its parts.
    fn learn(&mut self, value: Value, truth: bool) {
        let value = self.replacements.resolve(value);
        self.truths.insert(value, truth);
        let Some(&inst) = self.definitions.get(&value) else { return };
        let data = self.function.inst(inst).clone();
        match (data.op, truth) {
            (Op::Bnot, _) => self.learn(data.args[0], !truth),
            (Op::Same, false) => match *data.args.as_slice() {
                [value, other] if self.is_null(other) => self.is_something(value),
                [other, value] if self.is_null(other) => self.is_something(value),
                _ => {}
            },
            // Unless something may have changed it since.
            (Op::IsType, true) if self.memory.get(&key(&data)).is_some_and(|known| known.value == value) => {
                let base = data.args[0];
                self.memory.insert(Key { op: Op::GuardType, ..key(&data) }, Known { value: base, access: place_of_type(base) });
            }
            (Op::Band, true) | (Op::Bor, false) => data.args.iter().for_each(|&part| self.learn(part, truth)),
            _ => {}
        }
    }
}

/// The key under which it is known that a value is not NULL.
fn something(value: Value) -> Key {
    Key { op: Op::GuardNotNull, imm: [0; 3], args: SmallVec::from_slice(&[value]) }
}

/// What a check of an object's type depends on.
fn place_of_type(base: Value) -> Access {
    Access { region: Region::Type, base, offset: 0, bytes: i64::MAX, indexed: false }
}

fn imm_words(imm: &Imm) -> [u64; 3] {
    match *imm {
        Imm::None => [0; 3],
        Imm::Int(value) => [value as u64, 0, 0],
        Imm::Float(bits) | Imm::Type(bits) => [bits, 0, 0],
        Imm::Cond(cond) => [cond as u64, 0, 0],
        Imm::Mem { offset, size, region } => [offset as u64, size as u64, region as u64],
        Imm::Object(index) => [index.into(), 0, 0],
        Imm::Helper(helper) => [helper as u64, 0, 0],
        Imm::Exit(reason) => [reason as u64, 0, 0],
    }
}

fn key(data: &InstData) -> Key {
    let mut args: SmallVec<[Value; 3]> = SmallVec::from_slice(&data.args);
    let mut imm = imm_words(&data.imm);
    let commutes = match (data.op, data.imm) {
        (
            Op::Iadd | Op::IaddChecked | Op::Imul | Op::ImulChecked | Op::Smulhi | Op::Umulhi | Op::Iand | Op::Ior | Op::Ixor | Op::Band | Op::Bor
            | Op::Same,
            _,
        )
        | (Op::Icmp | Op::Fcmp, Imm::Cond(Cond::Eq | Cond::Ne)) => true,
        // `a > b` is `b < a`, also with NaNs.
        (Op::Icmp | Op::Fcmp, Imm::Cond(cond @ (Cond::Gt | Cond::Ge))) => {
            args.swap(0, 1);
            imm[0] = if cond == Cond::Gt { Cond::Lt } else { Cond::Le } as u64;
            false
        }
        _ => false,
    };
    if commutes {
        args.sort_unstable();
    }
    Key { op: data.op, imm, args }
}
