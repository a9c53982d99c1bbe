//! What is known to run no Python code because of the exact types of its operands: builtin functions and methods, dictionaries and sets under
//! keys that are strs, ints or tuples, and most of `isinstance`. No frames are built for it.

use crate::builder::{Build, Builder};
use whipsnake_bytecode::Instr;
use crate::hashed::TableKey;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::BinaryOp;
use whipsnake_contract::builtins::Builtin;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::{FOUND_TO_SET, Helper};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// What happens to a set with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetChange {
    Add,
    Discard,
    /// A key that must be there.
    Remove,
}

/// Types whose instances are hashed and compared without running Python code.
pub(crate) const PLAIN: [KnownType; 6] = [KnownType::Str, KnownType::Int, KnownType::Float, KnownType::Bool, KnownType::None, KnownType::Bytes];

impl Builder<'_> {
    /// Calls a function that is declared to run no Python code for arguments of the types that are known. False if it is none.
    pub(crate) fn builtin_call(&mut self, state: &mut State, name: &str, base: usize) -> bool {
        let with_receiver = !matches!(state.stack[base + 1].val, Val::Null);
        let first = if with_receiver { base + 1 } else { base + 2 };
        let count = state.stack.len() - first;
        let Some(builtin) = Builtin::find(name, count) else { return false };
        let known = state.stack[first..].iter().map(|slot| self.known_type(state, &slot.val));
        if !builtin.arguments().zip(known).all(|(accepts, known)| accepts.takes(known)) {
            return false;
        }
        if builtin.raises && self.native_handler().is_some() {
            // Native code only goes on at a handler where the frame tells the truth.
            return false;
        }
        let lists_values = |known| matches!(known, KnownType::DictValues | KnownType::DictItems | KnownType::DictValueIter | KnownType::DictItemIter);
        let kinds: Vec<Option<KnownType>> = state.stack[first..].iter().map(|slot| self.known_type(state, &slot.val)).collect();
        let is_dict = |kind: &Option<KnownType>| *kind == Some(KnownType::Dict);
        if !self.variables.is_empty() && kinds.iter().flatten().any(|&known| lists_values(known)) || kinds.iter().any(is_dict) && !self.may_use_dict() {
            return false;
        }
        let values = self.objects(state, count);
        for (&value, _) in values.iter().zip(&kinds).filter(|(_, kind)| is_dict(kind)) {
            self.guard_no_namespace(value);
        }
        self.settle(state);
        let function = self.container_object(state, count + if with_receiver { 1 } else { 2 });
        let words = self.lend_operands(&values, 0);
        let number = self.int_const(count as i64);
        let result = self.helper(builtin.helper, &[function, words, number]);
        self.check_raised(state, result);
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        match builtin.result {
            Some(KnownType::None) => state.stack.push(Slot::borrowed(self.none())),
            Some(known) => self.push_typed(state, result, known),
            None => state.stack.push(Slot::owned(Val::Obj(result))),
        }
        true
    }

    /// `left + right` of two lists, tuples or bytes, `list += list`, and `sequence * int`. False if it is something else.
    pub(crate) fn sequence_arithmetic(&mut self, state: &mut State, op: BinaryOp, inplace: bool) -> bool {
        use KnownType::{Bool, Bytes, Int, List, Str, Tuple};
        let [left, right] = [2, 1].map(|depth| self.known_type(state, &state.peek(depth).val));
        let (Some(left), Some(right)) = (left, right) else { return false };
        let is_number = |known| matches!(known, Int | Bool);
        let result = match op {
            BinaryOp::Add if left == right && matches!(left, List | Tuple | Bytes) => left,
            BinaryOp::Multiply if is_number(right) && matches!(left, List | Tuple | Bytes | Str) => left,
            BinaryOp::Multiply if is_number(left) && matches!(right, List | Tuple | Bytes | Str) => right,
            _ => return false,
        };
        // Native code only goes on at a handler where the frame tells the truth.
        if self.native_handler().is_some() {
            return false;
        }
        let changes = inplace && left == List;
        if changes && op == BinaryOp::Multiply {
            // It may lose its items.
            return false;
        }
        let operands = self.objects(state, 2);
        let value = if changes {
            self.helper(Helper::list_extended, &operands)
        } else {
            let number = self.int_const(i64::from(op.code()));
            self.helper(Helper::sequence_binary, &[operands[0], operands[1], number])
        };
        self.check_raised(state, value);
        self.drop_operands(state, 2);
        self.push_typed(state, value, result);
        true
    }

    /// True if the object `depth` 1 from the top is an exact str or int.
    pub(crate) fn is_plain_key(&self, state: &State, depth: usize) -> bool {
        matches!(self.known_type(state, &state.peek(depth).val), Some(KnownType::Str | KnownType::Int | KnownType::Tuple))
    }

    /// True if the keys among the top `2 * pairs` slots are hashed and compared without running Python code.
    pub(crate) fn are_plain_keys(&self, state: &State, pairs: usize) -> bool {
        (1..=pairs).all(|pair| self.known_type(state, &state.peek(2 * pair).val).is_some_and(|known| PLAIN.contains(&known)))
    }

    /// Exits if a status is negative: then only Python code can tell.
    pub(crate) fn guard_told(&mut self, status: Value) {
        let zero = self.int_const(0);
        let told = self.icmp(Cond::Ge, status, zero);
        self.guard(told, ExitReason::NeedsPython);
    }

    /// A status that is negative where only Python code can tell, as truth.
    pub(crate) fn answer(&mut self, status: Value) -> Value {
        self.guard_told(status);
        self.positive(status)
    }

    /// The items of a tuple in parts on the stack as words, their number, and what was made for it: enough to look the tuple up without
    /// making it.
    pub(crate) fn lend_tuple(&mut self, state: &mut State, depth: usize) -> Option<[Value; 2]> {
        let at = state.stack.len() - depth;
        let Val::Virtual(Virtual::Tuple, parts) = &state.stack[at].val else { return None };
        let is_simple = |part: &Slot| matches!(part.val, Val::Obj(_) | Val::Const(_) | Val::Int(_) | Val::SmallInt(_) | Val::Bool(_));
        if parts.iter().any(|part| !is_simple(part) || state.unbuilt_of(&part.val).is_some()) {
            return None;
        }
        // Numbers stay objects: the key is often used again.
        let Val::Virtual(kind, mut parts) = std::mem::replace(&mut state.stack[at].val, Val::Null) else { unreachable!("it is one") };
        let items: Vec<Value> = parts.iter_mut().map(|part| self.object_in(state, part)).collect();
        state.stack[at].val = Val::Virtual(kind, parts);
        self.recapture(state);
        let count = self.int_const(items.len() as i64);
        Some([self.lend_operands(&items, 0), count])
    }

    /// `key in table`, of the key and the dictionary or set on the stack. `None` if that may run Python code.
    pub(crate) fn table_contains(&mut self, state: &mut State) -> Build<Option<Value>> {
        let known = self.known_type(state, &state.peek(1).val);
        let is_dict = match known {
            Some(KnownType::Set | KnownType::FrozenSet) => false,
            Some(KnownType::Dict) if self.may_use_dict() => true,
            _ => return Ok(None),
        };
        if !self.may_speculate(ExitReason::NeedsPython) {
            return Ok(None);
        }
        let Some(key) = self.table_key(state, 2)? else { return Ok(None) };
        let tuple = if let TableKey::Plain = key { self.lend_tuple(state, 2) } else { None };
        if let Some([items, count]) = tuple {
            let table = self.objects(state, 1)[0];
            if is_dict {
                self.guard_no_namespace(table);
            }
            let status = self.helper(if is_dict { Helper::dict_has_tuple } else { Helper::set_has_tuple }, &[table, items, count]);
            return Ok(Some(self.answer(status)));
        }
        let v = self.objects(state, 2);
        let status = match (is_dict, key) {
            (false, TableKey::Plain) => return Ok(Some(self.set_has(v[1], v[0]).0)),
            (false, TableKey::Hashed(hash)) => self.helper(Helper::set_has_hashed, &[v[1], v[0], hash]),
            (true, key) => {
                self.guard_no_namespace(v[1]);
                match key {
                    TableKey::Plain => self.helper(Helper::dict_has_plain, &[v[1], v[0]]),
                    TableKey::Hashed(hash) => self.helper(Helper::dict_has_hashed, &[v[1], v[0], hash]),
                }
            }
        };
        Ok(Some(self.answer(status)))
    }

    /// Whether a set has a key, and where.
    fn set_has(&mut self, set: Value, key: Value) -> (Value, Value) {
        let place = self.emit(Ir::Scratch, &[], Imm::Int(2));
        let status = self.helper(Helper::set_has_plain, &[set, key, place]);
        (self.answer(status), place)
    }

    /// `dict.get(key)` or `dict.get(key, default)`.
    pub(crate) fn dict_get(&mut self, state: &mut State, base: usize) -> Build<bool> {
        let argc = state.stack.len() - base - 2;
        let is_dict = self.known_type(state, &state.stack[base + 1].val) == Some(KnownType::Dict);
        if !is_dict || !self.may_speculate(ExitReason::NeedsPython) || !self.may_use_dict() {
            return Ok(false);
        }
        let Some(key) = self.table_key(state, argc)? else { return Ok(false) };
        let default = if argc == 2 { state.peek(1).val.clone() } else { self.none() };
        let tuple = if let TableKey::Plain = key { self.lend_tuple(state, argc) } else { None };
        let values = match tuple {
            Some(_) => vec![self.container_object(state, argc + 1)],
            None => self.objects(state, argc + 1),
        };
        let dict = values[0];
        self.guard_no_namespace(dict);
        let missing = match &default {
            Val::Const(id) => self.object_const(*id),
            _ => self.objects(state, 1)[0],
        };
        let item = match (tuple, key) {
            (Some([items, count]), _) => self.helper(Helper::dict_get_tuple, &[dict, items, count, missing]),
            (None, TableKey::Plain) => self.helper(Helper::dict_get_plain, &[dict, values[1], missing]),
            (None, TableKey::Hashed(hash)) => self.helper(Helper::dict_get_hashed, &[dict, values[1], hash, missing]),
        };
        self.guard_not_null(item, ExitReason::NeedsPython);
        if matches!(default, Val::Const(_)) {
            self.push_loan(state, argc + 2, item);
        } else {
            // It may be the default, whose reference goes with the operands.
            self.effect(Ir::Incref, &[item], Imm::None);
            self.drop_from_top(state, argc + 2);
            state.stack.push(Slot::owned(Val::Obj(item)));
        }
        Ok(true)
    }

    /// `dict[key]` under an instance of a class whose `__hash__` can run in place. False if that may run Python code.
    pub(crate) fn dict_item_hashed(&mut self, state: &mut State) -> Build<bool> {
        if !self.may_speculate(ExitReason::NeedsPython) || !self.may_use_dict() {
            return Ok(false);
        }
        let Some(TableKey::Hashed(hash)) = self.table_key(state, 1)? else { return Ok(false) };
        let v = self.objects(state, 2);
        self.guard_no_namespace(v[0]);
        let null = self.null();
        let item = self.helper(Helper::dict_get_hashed, &[v[0], v[1], hash, null]);
        // Whether there is none, or Python code has to tell, the interpreter finds out.
        self.guard_not_null(item, ExitReason::NeedsPython);
        self.push_loan(state, 2, item);
        Ok(true)
    }

    /// `dict[key]` under a str, an int or a tuple: one that is there, or the error is handled in place. False if that may run Python code.
    pub(crate) fn dict_item(&mut self, state: &mut State, key: Option<KnownType>, instr: Instr) -> Build<bool> {
        let misses = !self.may_speculate(ExitReason::Unbound);
        if !self.may_use_dict() || misses && !self.may_raise_in_place(state, instr, instr) {
            return Ok(false);
        }
        let items = if key == Some(KnownType::Str) || misses { None } else { self.lend_tuple(state, 1) };
        let (dict, item) = if let Some([items, count]) = items {
            let dict = self.container_object(state, 2);
            self.guard_no_namespace(dict);
            let null = self.null();
            (dict, self.helper(Helper::dict_get_tuple, &[dict, items, count, null]))
        } else {
            let v = self.objects(state, 2);
            self.guard_no_namespace(v[0]);
            let item = match key {
                Some(KnownType::Str) => self.helper(Helper::dict_get_str, &v),
                _ => {
                    let null = self.null();
                    self.helper(Helper::dict_get_plain, &[v[0], v[1], null])
                }
            };
            (v[0], item)
        };
        if misses {
            let null = self.null();
            let missing = self.same(item, null);
            let found = self.emit(Ir::Bnot, &[missing], Imm::None);
            let key = state.stack.len() - 1;
            let tells = |builder: &mut Self, at: &mut State| {
                let key = builder.objects(at, 1)[0];
                let status = builder.helper(Helper::dict_has_plain, &[dict, key]);
                builder.guard_told(status);
            };
            if !self.raise_unless(state, found, ("KeyError", ExitReason::Unbound), 2, key..key + 1, instr, tells)? {
                return Ok(false);
            }
        } else {
            self.guard_not_null(item, ExitReason::Unbound);
        }
        self.push_loan(state, 2, item);
        Ok(true)
    }

    /// `dict[key] = value`. False if that may run Python code.
    pub(crate) fn store_dict_item(&mut self, state: &mut State) -> Build<bool> {
        if !self.may_speculate(ExitReason::NeedsPython) || !self.may_use_dict() {
            return Ok(false);
        }
        let Some(key) = self.table_key(state, 1)? else { return Ok(false) };
        // value, dict, key
        let v = self.objects(state, 3);
        self.set_entry(state, v[1], v[2], key, v[0]);
        self.drop_from_top(state, 3);
        Ok(true)
    }

    /// Sets the entry of a dictionary under a key that is a str, an int or a tuple, unless that runs Python code.
    pub(crate) fn set_plain_entry(&mut self, state: &mut State, dict: Value, key: Value, value: Value) {
        self.set_entry(state, dict, key, TableKey::Plain, value);
    }

    /// Sets the entry of a dictionary under such a key, or one that is looked up in another way.
    fn set_entry(&mut self, state: &mut State, dict: Value, key: Value, as_key: TableKey, value: Value) {
        self.guard_no_namespace(dict);
        let found = self.emit(Ir::Scratch, &[], Imm::Int(FOUND_TO_SET));
        let can = match as_key {
            TableKey::Plain => self.helper(Helper::dict_can_set_plain, &[dict, key, found]),
            TableKey::Hashed(hash) => self.helper(Helper::dict_can_set_hashed, &[dict, key, hash, found]),
        };
        let zero = self.int_const(0);
        let can = self.icmp(Cond::Ne, can, zero);
        self.guard(can, ExitReason::NeedsPython);
        let old = self.load(found, 0, MemSize::Obj, Region::Scratch);
        self.settle(state);
        let status = self.helper(Helper::dict_set_plain, &[dict, key, value, found]);
        let fine = self.icmp(Cond::Eq, status, zero);
        self.check_fine(state, fine);
        self.drops.push(Slot::owned(Val::MaybeObj(old)));
    }

    /// `set.add(key)`, `set.discard(key)` and `set.remove(key)`. False if that may run Python code.
    pub(crate) fn change_set(&mut self, state: &mut State, base: usize, change: SetChange) -> bool {
        let is_set = self.known_type(state, &state.stack[base + 1].val) == Some(KnownType::Set);
        let may_leave = self.may_speculate(ExitReason::NeedsPython) && self.native_handler().is_none();
        if !is_set || !self.is_plain_key(state, 1) || !may_leave {
            return false;
        }
        let v = self.objects(state, 2);
        self.change_plain_entry(state, v[0], v[1], change);
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        state.stack.push(Slot::borrowed(self.none()));
        true
    }

    /// Adds, discards or removes a key that is a str, an int or a tuple, unless that runs Python code.
    fn change_plain_entry(&mut self, state: &mut State, set: Value, key: Value, change: SetChange) {
        let (has, place) = self.set_has(set, key);
        if change == SetChange::Remove {
            self.guard(has, ExitReason::NeedsPython);
        }
        self.settle(state);
        let (there, missing) = self.split(has);
        let done = self.f.add_block();
        let (changes, same) = if change == SetChange::Add { (missing, there) } else { (there, missing) };
        self.f.jump(same, done, &[]);
        self.block = changes;
        if change == SetChange::Add {
            let status = self.helper(Helper::set_add_plain, &[set, key, place]);
            let zero = self.int_const(0);
            let fine = self.icmp(Cond::Eq, status, zero);
            self.check_fine(state, fine);
        } else {
            self.effect(Ir::CallHelper, &[set, place], Imm::Helper(Helper::set_discard_plain));
        }
        let changes = self.block;
        self.f.jump(changes, done, &[]);
        self.block = done;
    }

    /// `SET_ADD`: adds the top of the stack to the set `depth` below it.
    pub(crate) fn set_add(&mut self, state: &mut State, depth: usize) -> Build<()> {
        self.expect_noted(state, 1);
        let set = self.under_construction(state, depth)?;
        if self.is_plain_key(state, 1) && self.may_speculate(ExitReason::NeedsPython) {
            let key = self.objects(state, 1)[0];
            self.change_plain_entry(state, set, key, SetChange::Add);
            self.drop_from_top(state, 1);
            return Ok(());
        }
        self.note(state, 1);
        self.add_to(state, depth, Helper::set_add)
    }

    /// `MAP_ADD`: sets the entry of the two topmost in the dictionary `depth` below them.
    pub(crate) fn map_add(&mut self, state: &mut State, depth: usize) -> Build<()> {
        self.expect_noted(state, 2);
        let dict = self.under_construction(state, depth + 1)?;
        if self.is_plain_key(state, 2) && self.may_speculate(ExitReason::NeedsPython) && self.may_use_dict() {
            let v = self.objects(state, 2);
            self.set_plain_entry(state, dict, v[0], v[1]);
            self.drop_from_top(state, 2);
            return Ok(());
        }
        self.note(state, 2);
        let v = self.objects(state, 2);
        self.status(state, Helper::map_add, &[dict, v[0], v[1]])?;
        self.drop_from_top(state, 2);
        Ok(())
    }

    /// `isinstance(x, C)` where the types of `x` vary.
    pub(crate) fn ask_isinstance(&mut self, state: &mut State, base: usize) -> bool {
        if !self.may_speculate(ExitReason::NeedsPython) {
            return false;
        }
        let v = self.objects(state, 2);
        let status = self.helper(Helper::is_instance_plain, &[v[0], v[1]]);
        let answer = self.answer(status);
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        state.stack.push(Slot::borrowed(Val::Bool(answer)));
        true
    }
}
