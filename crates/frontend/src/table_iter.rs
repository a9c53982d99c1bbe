//! Iterators over dicts, their views, and sets in parts: where they are in the table. An entry is looked up without changing anything, so that generators in
//! place may run over them, too.
//!
//! What the interpreter raises where the table has changed it finds itself: native code leaves before it has moved on.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, TablePlaces};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Parts of such an iterator: the container, the entries that it has had all along, the place in its table, the number of entries left, and of an iterator
/// over items the last one.
const CONTAINER: usize = 0;
const USED: usize = 1;
const PLACE: usize = 2;
const LEFT: usize = 3;
const LAST: usize = 4;

/// An entry that an iterator has found.
pub(crate) struct Entry {
    kind: Virtual,
    parts: Vec<Slot>,
    left: Value,
    out: Value,
}

/// True for iterators over tables.
pub(crate) const fn runs_over_table(kind: Virtual) -> bool {
    matches!(kind, Virtual::DictKeyIter | Virtual::DictValueIter | Virtual::DictItemIter | Virtual::SetIter)
}

/// The iterator over an object of a type, and whether the object is a view of what it runs over.
const fn iterator_over(known: KnownType) -> Option<(Virtual, bool)> {
    match known {
        KnownType::Dict => Some((Virtual::DictKeyIter, false)),
        KnownType::DictKeys => Some((Virtual::DictKeyIter, true)),
        KnownType::DictValues => Some((Virtual::DictValueIter, true)),
        KnownType::DictItems => Some((Virtual::DictItemIter, true)),
        KnownType::Set | KnownType::FrozenSet => Some((Virtual::SetIter, false)),
        _ => None,
    }
}

/// True for types whose iterators run over tables.
pub(crate) const fn is_table(known: KnownType) -> bool {
    iterator_over(known).is_some()
}

/// The iterators of these types in parts.
const fn iterator_of(known: KnownType) -> Option<Virtual> {
    match known {
        KnownType::DictKeyIter => Some(Virtual::DictKeyIter),
        KnownType::DictValueIter => Some(Virtual::DictValueIter),
        KnownType::DictItemIter => Some(Virtual::DictItemIter),
        KnownType::SetIter => Some(Virtual::SetIter),
        _ => None,
    }
}

/// Drops what iterators over items keep of the last one, as long as the table lends it: the next one takes its place at once.
pub(crate) fn forget_lent_items(state: &mut State) {
    let State { stack, loans, .. } = state;
    for slot in stack {
        if let Val::Virtual(Virtual::DictItemIter, parts) = &mut slot.val {
            let lent = |part: &Slot| matches!(part.val, Val::Obj(value) if !part.owned && loans.contains(&value));
            parts[LAST..].iter_mut().filter(|part| lent(part)).for_each(|part| *part = Slot::NULL);
        }
    }
}

/// Instructions from the call of `items` to the loop, where a comprehension begins.
const SOON: usize = 9;

/// True if a loop that begins there unpacks its items.
fn unpacks_items(instrs: &[Instr]) -> bool {
    instrs.get(1).is_some_and(|instr| matches!(instr.op, Op::UnpackSequence { count: 2 }))
}

impl Builder<'_> {
    /// Replaces the top of the stack, if that is a dict, a view of one, or a set, by its iterator.
    pub(crate) fn open_table(&mut self, state: &mut State) -> bool {
        let Some((kind, is_view)) = self.known_type(state, &state.peek(1).val).and_then(iterator_over) else { return false };
        let Some(places) = self.platform().tables else { return false };
        if kind == Virtual::DictItemIter && self.keeps_items() {
            return false;
        }
        let object = self.container_object(state, 1);
        let mut container = if is_view { Slot::borrowed(Val::Obj(self.load(object, places.view_dict, MemSize::Obj, Region::Const))) } else { state.peek(1).clone() };
        if !is_view {
            state.stack.pop();
        }
        self.own(&mut container);
        let iterator = self.table_iterator(places, kind, container);
        let view = is_view.then(|| state.pop());
        state.stack.push(iterator);
        view.into_iter().for_each(|view| self.drop_slot(state, view));
        true
    }

    /// `dict.keys()`, `.values()` or `.items()` whose iterator is all that is asked for. False if it is something else.
    pub(crate) fn open_view(&mut self, state: &mut State, base: usize, kind: Virtual) -> bool {
        let decoded = &self.instance.body.decoded;
        let next = self.instr.and_then(|instr| decoded.index_of_offset(instr.next)).map(|index| decoded.instrs[index].op);
        let keeps = kind == Virtual::DictItemIter && self.keeps_items();
        let Some(places) = self.platform().tables else { return false };
        if !matches!(next, Some(Op::GetIter)) || keeps || !self.is_dict(state, &state.stack[base + 1].val.clone()) {
            return false;
        }
        let dict = self.container_object(state, 1);
        let mut container = Slot::borrowed(Val::Obj(dict));
        self.own(&mut container);
        let iterator = self.table_iterator(places, kind, container);
        self.finish_native(state, base, iterator);
        true
    }

    /// True for dicts and instances of classes that derive from it.
    fn is_dict(&self, state: &State, val: &Val) -> bool {
        let Some(dict) = self.platform().known_type(KnownType::Dict) else { return false };
        let Some(ty) = self.exact_type(state, val) else { return false };
        ty == dict || self.type_info(ty).is_some_and(|info| info.mro.contains(&dict))
    }

    /// An iterator at its start.
    fn table_iterator(&mut self, places: TablePlaces, kind: Virtual, container: Slot) -> Slot {
        let object = self.object_of(&container.val).expect("it is owned");
        let offset = if kind == Virtual::SetIter { places.set_used } else { self.layout().dict_used };
        let used = self.load(object, offset, MemSize::I64, Region::Dict);
        let mut parts = vec![container, Slot::borrowed(Val::Int(used)), Slot::borrowed(Val::SmallInt(0)), Slot::borrowed(Val::Int(used))];
        if kind == Virtual::DictItemIter {
            parts.resize(LAST + 2, Slot::NULL);
        }
        Slot::borrowed(Val::Virtual(kind, parts))
    }

    /// The parts of an iterator object of a known type; what it holds is owned. `None` for others.
    pub(crate) fn open_table_iterator(&mut self, iterator: Value, known: KnownType) -> Option<(Virtual, Vec<Slot>)> {
        let kind = iterator_of(known)?;
        let places = self.platform().tables?;
        let container = self.load(iterator, places.container, MemSize::Obj, Region::Iterator);
        self.guard_not_null(container, ExitReason::Unbound);
        let left = if kind == Virtual::SetIter { places.set_left } else { places.dict_left };
        let numbers = [places.used, places.position, left].map(|offset| self.load(iterator, offset, MemSize::I64, Region::Iterator));
        let mut parts = vec![Slot::borrowed(Val::Obj(container))];
        parts.extend(numbers.map(|number| Slot::borrowed(Val::Int(number))));
        if kind == Virtual::DictItemIter {
            let layout = self.layout();
            let last = self.load(iterator, places.item, MemSize::Obj, Region::Iterator);
            let count = self.load(last, layout.ob_refcnt, MemSize::I32, Region::Other);
            let one = self.int_const(1);
            let unshared = self.icmp(Cond::Eq, count, one);
            self.guard(unshared, ExitReason::IdentityGuard);
            for index in [1, 0] {
                let item = self.load(last, layout.tuple_items + 8 * index, MemSize::Obj, Region::Iterator);
                parts.push(Slot::borrowed(Val::Obj(item)));
            }
        }
        parts.iter_mut().for_each(|part| self.own(part));
        self.effect(Ir::DecrefPlain, &[iterator], Imm::None);
        Some((kind, parts))
    }

    /// True unless an iterator in parts has to become an object: over items where the tuple of one may be kept, and where native code left because a table had
    /// changed.
    pub(crate) fn stays_in_parts(&self, kind: Virtual, instr: Instr) -> bool {
        let decoded = &self.instance.body.decoded;
        let index = decoded.index_of_offset(instr.offset);
        self.may_speculate(ExitReason::NeedsPython) && (kind != Virtual::DictItemIter || index.is_some_and(|index| unpacks_items(&decoded.instrs[index..])))
    }

    /// True if the loop that begins soon, if there is one, does not unpack its items at once.
    fn keeps_items(&self) -> bool {
        let decoded = &self.instance.body.decoded;
        let Some(index) = self.instr.and_then(|instr| decoded.index_of_offset(instr.offset)) else { return false };
        let soon = &decoded.instrs[index..decoded.instrs.len().min(index + SOON)];
        let header = soon.iter().position(|instr| matches!(instr.op, Op::ForIter { .. }));
        header.is_some_and(|at| !unpacks_items(&decoded.instrs[index + at..]))
    }

    /// Whether there is a next entry.
    pub(crate) fn next_entry(&mut self, state: &State, kind: Virtual, parts: &[Slot]) -> Option<(Value, Entry)> {
        let container = self.object_of(&parts[CONTAINER].val)?;
        if matches!(kind, Virtual::DictValueIter | Virtual::DictItemIter) {
            self.guard_no_namespace(container);
        }
        let [used, place, left] = [USED, PLACE, LEFT].map(|part| self.int_of(state, &parts[part].val));
        let (used, place, left) = (used?, place?, left?);
        let out = self.emit(Ir::Scratch, &[], Imm::Int(3));
        let status = match kind {
            Virtual::SetIter => self.helper(Helper::set_next, &[container, used, place, out]),
            _ => self.helper(Helper::dict_next, &[container, used, place, left, out]),
        };
        self.guard_told(status);
        Some((self.positive(status), Entry { kind, parts: parts.to_vec(), left, out }))
    }

    /// The iterator behind an entry, and the item.
    pub(crate) fn take_entry(&mut self, state: &mut State, entry: Entry) -> (Slot, Slot) {
        let Entry { kind, mut parts, left, out } = entry;
        let mut lent = |b: &mut Self, offset| {
            let object = b.load(out, offset, MemSize::Obj, Region::Scratch);
            state.loans.push(object);
            Slot::borrowed(Val::Obj(object))
        };
        let item = match kind {
            Virtual::DictKeyIter | Virtual::SetIter => lent(self, 0),
            Virtual::DictValueIter => lent(self, 8),
            _ => {
                let [key, value] = [0, 8].map(|offset| lent(self, offset));
                let last = std::mem::replace(&mut parts[LAST], value.clone());
                let before = std::mem::replace(&mut parts[LAST + 1], key.clone());
                self.drop_slot(state, before);
                self.drop_slot(state, last);
                Slot::borrowed(Val::Virtual(Virtual::Tuple, vec![key, value]))
            }
        };
        let after = self.load(out, if kind == Virtual::SetIter { 8 } else { 16 }, MemSize::I64, Region::Scratch);
        let one = self.int_const(1);
        let fewer = self.emit(Ir::Isub, &[left, one], Imm::None);
        parts[PLACE] = Slot::borrowed(Val::Int(after));
        parts[LEFT] = Slot::borrowed(Val::Int(fewer));
        (Slot::borrowed(Val::Virtual(kind, parts)), item)
    }
}
