//! Dicts with the keywords of a call, in parts until it is known what the call does: `f(*args, key=1, **kwargs)`.

use crate::builder::{Build, Builder};
use crate::construct::MAX_VIRTUAL;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Op;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{CALLABLE, KnownType, ObjectKind};

impl Builder<'_> {
    /// Builds a dict in parts if it has the keywords of a call, or gets them. False if it is an object.
    pub(crate) fn build_keywords(&mut self, state: &mut State, pairs: usize) -> bool {
        let keywords = if pairs == 0 { self.only_takes_keywords(state) } else { self.only_becomes_keywords(state, pairs) };
        if keywords {
            let parts = self.take_parts(state, 2 * pairs);
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Dict, parts)));
        }
        keywords
    }

    /// True if the dict that is built now gets the entries of one that is in parts, or may be looked up in another's stead, and is handed to a call.
    fn only_takes_keywords(&self, state: &State) -> bool {
        let op = |count: usize| self.instr_behind(count).map(|instr| instr.op);
        if !matches!((op(2), op(3)), (Some(Op::DictMerge { depth: 1 }), Some(Op::CallFunctionEx { .. }))) {
            return false;
        }
        match op(1) {
            Some(Op::LoadFast { local, .. }) => match &state.locals[local as usize].val {
                Val::Virtual(kind, _) => *kind == Virtual::Dict,
                val => self.exact_type(state, val).is_none() || self.known_type(state, val) == Some(KnownType::Dict),
            },
            Some(Op::LoadGlobal { .. } | Op::LoadDeref { .. }) => true,
            _ => false,
        }
    }

    /// True if the dict that is built now has the keywords of a call of a function that may be inlined, and gets no others but what is in parts or was
    /// empty so far: `f(*args, key=1)`, `f(key=1, **kwargs)`.
    fn only_becomes_keywords(&self, state: &State, pairs: usize) -> bool {
        let names: Vec<&Val> = (1..=pairs).map(|pair| &state.peek(2 * pair).val).collect();
        if 2 * pairs > MAX_VIRTUAL || !self.are_names(&names) {
            return false;
        }
        let op = |count: usize| self.instr_behind(count).map(|instr| instr.op);
        let call = match op(1) {
            Some(Op::CallFunctionEx { .. }) => self.instr_behind(1),
            Some(Op::LoadFast { local, .. }) if op(2) == Some(Op::DictMerge { depth: 1 }) => {
                let in_parts = matches!(state.locals[local as usize].val, Val::Virtual(Virtual::Dict, _));
                let merge = self.instr_behind(2).filter(|merge| in_parts || self.noted_items(merge.offset, 1).is_none_or(|count| count == 0));
                merge.and_then(|_| self.instr_behind(3))
            }
            _ => None,
        };
        let call = call.filter(|call| matches!(call.op, Op::CallFunctionEx { .. }));
        let base = (state.stack.len() - 2 * pairs).checked_sub(3);
        call.zip(base).is_some_and(|(call, base)| self.may_inline_callee(state, base, call) || !self.noted_at(call.offset, CALLABLE).is_empty())
    }

    /// True for strs of the code, each only once.
    fn are_names(&self, names: &[&Val]) -> bool {
        let is_str = |name: &Val| matches!(name, Val::Const(id) if matches!(self.kind(*id), ObjectKind::Str(_)));
        names.iter().enumerate().all(|(place, name)| is_str(name) && !names[..place].contains(name))
    }

    /// Merges the mapping on top into the dict `depth` below it, for a call of the callable below that.
    pub(crate) fn dict_merge(&mut self, state: &mut State, depth: usize) -> Build<()> {
        if let Val::Virtual(Virtual::Dict, added) = &state.peek(1).val {
            let added = added.clone();
            let into = state.stack.len() - 1 - depth;
            let distinct = match &state.stack[into].val {
                Val::Virtual(Virtual::Dict, parts) => {
                    let names: Vec<&Val> = parts.iter().chain(&added).step_by(2).map(|name| &name.val).collect();
                    parts.is_empty() || self.are_names(&names)
                }
                _ => false,
            };
            if distinct && let Val::Virtual(_, parts) = &mut state.stack[into].val {
                parts.extend(added.iter().cloned());
            }
            if distinct || added.is_empty() {
                state.pop();
                return Ok(());
            }
        }
        let is_empty = matches!(&state.peek(depth + 1).val, Val::Virtual(Virtual::Dict, parts) if parts.is_empty());
        if depth == 1 && is_empty {
            self.expect_noted(state, 1);
            self.note(state, 1);
        }
        if depth == 1 && is_empty && self.becomes_copy(state) {
            let mapping = state.pop();
            state.pop();
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::DictCopy, vec![mapping])));
            return Ok(());
        }
        if depth == 1 && !is_empty && matches!(&state.peek(2).val, Val::Virtual(Virtual::Dict, _)) && self.is_without_entries(state) {
            self.drop_operands(state, 1);
            return Ok(());
        }
        // callable, null, args, dict, …, mapping
        // The arguments stay as they are.
        let [into, mapping, callable] = [depth + 1, 1, depth + 4].map(|operand| self.container_object(state, operand));
        self.status(state, Helper::dict_merge, &[into, mapping, callable])?;
        self.drop_operands(state, 1);
        Ok(())
    }

    /// Guards that the dict on top has no entries, if it had none so far; else notes how many it has.
    fn is_without_entries(&mut self, state: &mut State) -> bool {
        self.expect_noted(state, 1);
        let Some(instr) = self.instr else { return false };
        let mapping = state.peek(1).val.clone();
        let is_dict = self.known_type(state, &mapping) == Some(KnownType::Dict);
        if !is_dict || self.noted_items(instr.offset, 1) != Some(0) || !self.may_speculate(ExitReason::LengthGuard) {
            self.note_items(state, 1, 1);
            return false;
        }
        let Some(dict) = self.object_of(&mapping) else { return false };
        let none = self.int_const(0);
        self.guard_entries(dict, none);
        true
    }

    /// True if the mapping on top is a dict, and a call gets a copy of it next.
    fn becomes_copy(&self, state: &State) -> bool {
        let dict = &state.peek(1).val;
        matches!(dict, Val::Obj(_) | Val::Const(_))
            && self.known_type(state, dict) == Some(KnownType::Dict)
            && self.instr_behind(1).is_some_and(|call| matches!(call.op, Op::CallFunctionEx { .. }))
    }
}
