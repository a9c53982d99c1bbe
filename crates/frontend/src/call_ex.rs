//! Calls whose arguments are in a tuple and a dict: `callable(*args, **kwargs)`.

use crate::arguments::{VARARGS, VARKEYWORDS, arranged};
use crate::builder::{Build, Builder};
use crate::call::{Callee, Known, Runs};
use crate::unbuilt::Kind;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_bytecode::operand::KwargsSlot;
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{FunctionInfo, ObjectKind};

impl Builder<'_> {
    /// `callable(*args, **kwargs)`.
    pub(crate) fn call_ex(&mut self, state: &mut State, kwargs: KwargsSlot, instr: Instr) -> Build<bool> {
        let count = 3 + kwargs.slots() as usize;
        self.take_arguments(state, count, instr);
        if let Some(goes_on) = self.spread_call_ex(state, count, instr)? {
            return Ok(goes_on);
        }
        if let Some(goes_on) = self.inlined_call_ex(state, count, instr)? {
            return Ok(goes_on);
        }
        let values = self.objects(state, count);
        let keywords = match values.get(3) {
            Some(v) => *v,
            None => self.null(),
        };
        let result = self.raising(state, Helper::call_ex, &[values[0], values[2], keywords])?;
        self.drop_from_top(state, count);
        state.stack.push(Slot::owned(Val::Obj(result)));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// Inlines `function(*args, **kwargs)` where `args` is a tuple in parts and `kwargs` missing or in parts. `None` if that cannot be, else
    /// whether control falls through.
    fn inlined_call_ex(&mut self, state: &mut State, operands: usize, instr: Instr) -> Build<Option<bool>> {
        let base = state.stack.len() - operands;
        let keywords: &[Slot] = match state.stack.get(base + 3).map(|kwargs| &kwargs.val) {
            None | Some(Val::Null) => &[],
            Some(Val::Virtual(Virtual::Dict, parts)) => parts,
            Some(_) => return Ok(None),
        };
        let (Val::Virtual(Virtual::Tuple, parts), Val::Null) = (&state.stack[base + 2].val, &state.stack[base + 1].val) else {
            return Ok(None);
        };
        let mut parts = parts.clone();
        let mut names = Vec::new();
        for pair in keywords.chunks_exact(2) {
            let Val::Const(name) = pair[0].val else { return Ok(None) };
            names.push(name);
            parts.push(pair[1].clone());
        }
        let (id, held) = match state.stack[base].val {
            Val::Const(id) => (id, None),
            Val::Obj(callable) => match state.facts.get(callable).function {
                Some(id) if self.may_speculate(ExitReason::IdentityGuard) => (id, Some(callable)),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let Some((info, code, sources)) = self.inlinable_with(id, parts.len(), &names, instr) else { return Ok(None) };
        if let Some(callable) = held {
            self.guard_callee(callable, Known { id, exact: true });
        }
        let mut callable = state.stack.split_off(base).remove(0);
        if held.is_some() {
            self.own_if_lent(state, &mut callable);
        }
        self.drop_slot(state, callable);
        let callee = Callee { id, info: &info, code, runs: held.map_or(Runs::Constant, Runs::Held), exact: true };
        let args = arranged(&sources, parts, &names);
        let goes_on = self.inline(state, callee, args, OnReturn::Push, instr)?;
        if goes_on {
            self.finish(state, instr.next);
        }
        Ok(Some(goes_on))
    }

    /// Takes the items out of a sequence of arguments, which takes its place as a tuple in parts, where the callee is known and takes that many.
    fn take_arguments(&mut self, state: &mut State, operands: usize, instr: Instr) {
        let base = state.stack.len() - operands;
        let plain = matches!(state.stack.get(base + 3).map(|kwargs| &kwargs.val), None | Some(Val::Null));
        if !plain || state.stack[base + 1].val != Val::Null || matches!(state.stack[base + 2].val, Val::Virtual(..)) {
            return;
        }
        let Some(wanted) = self.parameters_of(state, base).filter(|_| self.may_inline_callee(state, base, instr)) else { return };
        let kwargs = state.stack.split_off(base + 3);
        self.expect_noted(state, 1);
        if self.take_items(state, wanted) {
            let mut items = state.stack.split_off(base + 2);
            items.reverse();
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Tuple, items)));
        } else {
            self.note(state, 1);
        }
        state.stack.extend(kwargs);
    }

    /// What is known of a callee, and whether it is a class, of which it is `__init__`.
    fn known_callee(&self, state: &State, base: usize) -> Option<(FunctionInfo, bool)> {
        let id = match state.unbuilt_of(&state.stack[base].val).map(|one| one.kind) {
            Some(Kind::Function { code }) => return Some((self.info_of_made(self.code_constant(code)), false)),
            Some(_) => return None,
            None => match state.stack[base].val {
                Val::Const(id) => id,
                Val::Obj(callable) => state.facts.get(callable).function?,
                _ => return None,
            },
        };
        let (function, is_class) = match self.kind(id) {
            ObjectKind::Type(class) => (self.init_of_class(*class)?, true),
            _ => (id, false),
        };
        let ObjectKind::Function(info) = self.kind(function) else { return None };
        Some((info.clone(), is_class))
    }

    /// How many arguments a callee takes that is known, and has neither `*args` nor keywords.
    pub(crate) fn parameters_of(&self, state: &State, base: usize) -> Option<usize> {
        let (info, is_class) = self.known_callee(state, base)?;
        let plain = info.flags & (VARARGS | VARKEYWORDS) == 0 && info.kwonly == 0;
        (info.argcount as usize).checked_sub(usize::from(is_class)).filter(|_| plain)
    }

    /// True if that callee can be inlined at an instruction.
    pub(crate) fn may_inline_callee(&self, state: &State, base: usize, instr: Instr) -> bool {
        self.known_callee(state, base).and_then(|(info, _)| info.code).is_some_and(|code| self.may_inline(code, instr.offset))
    }

    /// Calls a class, or a function that is not built, with a tuple in parts. `None` if that cannot be: a function is built then.
    fn spread_call_ex(&mut self, state: &mut State, operands: usize, instr: Instr) -> Build<Option<bool>> {
        let base = state.stack.len() - operands;
        let plain = matches!(state.stack.get(base + 3).map(|kwargs| &kwargs.val), None | Some(Val::Null)) && state.stack[base + 1].val == Val::Null;
        if let Val::Virtual(Virtual::Tuple, items) = &state.stack[base + 2].val
            && plain
        {
            let items = items.clone();
            if let Val::Const(id) = state.stack[base].val
                && let ObjectKind::Type(class) = *self.kind(id)
                && self.init_of_class(class).is_some_and(|init| self.inlinable(init, items.len() + 1, instr).is_some())
            {
                state.stack.truncate(base + 2);
                state.stack.extend(items);
                let goes_on = self.construct(state, class, base, &[], instr)?;
                if goes_on == Some(true) {
                    self.finish(state, instr.next);
                }
                return Ok(goes_on);
            }
            if self.takes_unbuilt(state, base, items.len(), instr) {
                state.stack.truncate(base + 2);
                state.stack.extend(items);
                return self.call_unbuilt(state, base, instr);
            }
        }
        self.build_on_stack(state, operands);
        Ok(None)
    }
}
