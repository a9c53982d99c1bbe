//! Comparisons, identity, membership and truth.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::{CompareKind, ToBoolKind};
use whipsnake_bytecode::operand::CmpOp;
use whipsnake_bytecode::{Feedback, Instr};
use whipsnake_contract::exit::{ExitReason, OnReturn};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind, Truth};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

pub(crate) fn cond(op: CmpOp) -> Cond {
    match op {
        CmpOp::Lt => Cond::Lt,
        CmpOp::Le => Cond::Le,
        CmpOp::Eq => Cond::Eq,
        CmpOp::Ne => Cond::Ne,
        CmpOp::Gt => Cond::Gt,
        CmpOp::Ge => Cond::Ge,
    }
}

/// What the interpreter has specialised a truth test for: a builtin type, or the version of a type that is always true.
pub(crate) fn truth_met(feedback: Feedback) -> (Option<KnownType>, Option<u32>) {
    let Feedback::ToBool(kind) = feedback else { return (None, None) };
    match kind {
        ToBoolKind::Bool => (Some(KnownType::Bool), None),
        ToBoolKind::Int => (Some(KnownType::Int), None),
        ToBoolKind::List => (Some(KnownType::List), None),
        ToBoolKind::Str => (Some(KnownType::Str), None),
        ToBoolKind::AlwaysTrue { type_version } => (None, Some(type_version)),
        ToBoolKind::None => (None, None),
    }
}

/// Members of a constant tuple of which each is compared by itself.
const MAX_ALTERNATIVES: usize = 8;

impl Builder<'_> {
    /// A rich comparison.
    pub(crate) fn compare(&mut self, state: &mut State, op: CmpOp, to_bool: bool, instr: Instr) -> Build<()> {
        match instr.feedback {
            Feedback::Compare(CompareKind::Int) => {
                let _ = self.speculate(state, 1, KnownType::Int) && self.speculate(state, 2, KnownType::Int);
            }
            Feedback::Compare(CompareKind::Float) => {
                let _ = self.speculate(state, 1, KnownType::Float) && self.speculate(state, 2, KnownType::Float);
            }
            Feedback::Compare(CompareKind::Str) => {
                let _ = self.speculate(state, 1, KnownType::Str) && self.speculate(state, 2, KnownType::Str);
            }
            _ => {
                self.expect_noted(state, 2);
                self.expect_noted(state, 1);
                for (a, b) in [(1, 2), (2, 1)] {
                    let kind = self.known_type(state, &state.peek(a).val);
                    let open = self.exact_type(state, &state.peek(b).val).is_none();
                    if let (Some(kind @ (KnownType::Int | KnownType::Float)), true) = (kind, open)
                        && !matches!(op, CmpOp::Eq | CmpOp::Ne)
                    {
                        self.speculate(state, b, kind);
                    }
                }
            }
        }
        let kinds = (self.known_type(state, &state.peek(2).val), self.known_type(state, &state.peek(1).val));
        if let Some(result) = self.compare_tuples(state, op).or_else(|| self.quick_compare(state, op, kinds)).or_else(|| self.real_compare(state, cond(op))) {
            self.drop_from_top(state, 2);
            state.stack.push(Slot::borrowed(Val::Bool(result)));
            return Ok(());
        }
        if self.inlined_comparison(state, op, to_bool, instr)?.is_some() {
            return Ok(());
        }
        if !matches!(instr.feedback, Feedback::Compare(_)) {
            self.note(state, 2);
            self.note(state, 1);
        }
        let v = self.objects(state, 2);
        let number = self.int_const(i64::from(op.code()));
        if to_bool {
            let status = self.status(state, Helper::compare_bool, &[v[0], v[1], number])?;
            let result = self.positive(status);
            self.drop_from_top(state, 2);
            state.stack.push(Slot::borrowed(Val::Bool(result)));
        } else {
            let result = self.raising(state, Helper::compare_op, &[v[0], v[1], number])?;
            self.drop_from_top(state, 2);
            state.stack.push(Slot::owned(Val::Obj(result)));
        }
        Ok(())
    }

    pub(crate) fn positive(&mut self, status: Value) -> Value {
        let zero = self.int_const(0);
        self.icmp(Cond::Gt, status, zero)
    }

    pub(crate) fn quick_compare(&mut self, state: &mut State, op: CmpOp, kinds: (Option<KnownType>, Option<KnownType>)) -> Option<Value> {
        use KnownType::{Bool, Complex, Float, Int, Str};
        match kinds {
            (Some(Int | Bool), Some(Int | Bool)) => {
                if let Some(result) = self.wide_compare(state, op) {
                    return Some(result);
                }
                let l = self.integer_on_stack(state, 2)?;
                let r = self.integer_on_stack(state, 1)?;
                Some(self.icmp(cond(op), l, r))
            }
            (Some(Float), Some(Float)) => {
                let l = self.double_on_stack(state, 2)?;
                let r = self.double_on_stack(state, 1)?;
                Some(self.emit(Ir::Fcmp, &[l, r], Imm::Cond(cond(op))))
            }
            (Some(Complex), Some(Complex)) => self.complex_compare(state, op),
            (Some(Float), Some(Int | Bool)) | (Some(Int | Bool), Some(Float)) => {
                // Python compares the exact values: convert only what converts exactly.
                let side = if kinds.0 == Some(Float) { 1 } else { 2 };
                let val = state.peek(side).val.clone();
                match self.const_int(&val) {
                    Some(constant) if constant.unsigned_abs() <= 1 << 53 => {}
                    _ => {
                        if !self.may_speculate(ExitReason::Arithmetic) {
                            return None;
                        }
                        let int = self.integer_on_stack(state, side)?;
                        self.guard_exact(int);
                    }
                }
                let l = self.double_on_stack(state, 2)?;
                let r = self.double_on_stack(state, 1)?;
                Some(self.emit(Ir::Fcmp, &[l, r], Imm::Cond(cond(op))))
            }
            (Some(Str), Some(Str)) => {
                if let Some(result) = self.compare_characters(state, cond(op)) {
                    return Some(result);
                }
                let v = self.objects(state, 2);
                let zero = self.int_const(0);
                match op {
                    CmpOp::Eq | CmpOp::Ne => {
                        let equal = self.helper(Helper::str_equal, &v);
                        let cond = if op == CmpOp::Eq { Cond::Ne } else { Cond::Eq };
                        Some(self.icmp(cond, equal, zero))
                    }
                    _ => {
                        let order = self.helper(Helper::str_compare, &v);
                        Some(self.icmp(cond(op), order, zero))
                    }
                }
            }
            _ => None,
        }
    }

    /// `is` and `is not`.
    pub(crate) fn is_op(&mut self, state: &mut State, invert: bool) {
        let types = [1, 2].map(|depth| self.exact_type(state, &state.peek(depth).val));
        let raw = |depth| matches!(state.peek(depth).val, Val::Int(_) | Val::Float(_) | Val::SmallInt(_) | Val::Virtual(..));
        if (raw(1) || raw(2)) && types[0].is_some() && types[1].is_some() && types[0] != types[1] {
            // Objects of different types are different objects.
            let result = self.bool_const(invert);
            self.drop_from_top(state, 2);
            state.stack.push(Slot::borrowed(Val::Bool(result)));
            return;
        }
        if [1, 2].iter().any(|&depth| state.unbuilt_of(&state.peek(depth).val).is_some()) {
            // Nobody else knows of it.
            let result = self.bool_const((state.peek(1).val == state.peek(2).val) != invert);
            self.drop_from_top(state, 2);
            state.stack.push(Slot::borrowed(Val::Bool(result)));
            return;
        }
        let v = self.objects(state, 2);
        let mut result = self.same(v[0], v[1]);
        if invert {
            result = self.emit(Ir::Bnot, &[result], Imm::None);
        }
        self.drop_from_top(state, 2);
        state.stack.push(Slot::borrowed(Val::Bool(result)));
    }

    /// `in` and `not in`.
    pub(crate) fn contains(&mut self, state: &mut State, invert: bool, instr: Instr) -> Build<()> {
        // item, container
        self.expect_noted(state, 2);
        self.expect_noted(state, 1);
        let on_return = if invert { OnReturn::PushNot } else { OnReturn::PushBool };
        if self.inlined_special(state, "__contains__", &[1, 2], on_return, instr)?.is_some() {
            let answer = state.pop();
            // After a method that never returns there is nothing to tell.
            let mut answer = self.bool_of(&answer.val).unwrap_or_else(|| self.bool_const(false));
            if invert {
                answer = self.emit(Ir::Bnot, &[answer], Imm::None);
            }
            state.stack.push(Slot::borrowed(Val::Bool(answer)));
            return Ok(());
        }
        let found = match self.character_in(state).or_else(|| self.int_in(state)).or_else(|| self.text_in(state)) {
            None => self.table_contains(state)?,
            found => found,
        };
        let mut result = match found {
            Some(result) => result,
            None => {
                self.note(state, 2);
                self.note(state, 1);
                let v = self.objects(state, 2);
                let status = self.status(state, Helper::contains, &[v[1], v[0]])?;
                self.positive(status)
            }
        };
        if invert {
            result = self.emit(Ir::Bnot, &[result], Imm::None);
        }
        self.drop_from_top(state, 2);
        state.stack.push(Slot::borrowed(Val::Bool(result)));
        Ok(())
    }

    /// `str in str`.
    fn text_in(&mut self, state: &mut State) -> Option<Value> {
        let are_strs = [2, 1].iter().all(|&depth| self.known_type(state, &state.peek(depth).val) == Some(KnownType::Str));
        if !are_strs || !self.may_speculate(ExitReason::NeedsPython) {
            return None;
        }
        let v = self.objects(state, 2);
        let status = self.helper(Helper::str_contains, &[v[1], v[0]]);
        Some(self.answer(status))
    }

    /// `int in (1, 2, None)`, with a constant tuple on top of the stack.
    fn int_in(&mut self, state: &mut State) -> Option<Value> {
        let Val::Const(id) = state.peek(1).val else { return None };
        let ObjectKind::Tuple(items) = self.kind(id) else { return None };
        if items.len() > MAX_ALTERNATIVES || self.known_type(state, &state.peek(2).val) != Some(KnownType::Int) {
            return None;
        }
        let mut alternatives = Vec::new();
        for &item in items {
            match *self.kind(item) {
                ObjectKind::Int(value) => alternatives.push(value),
                ObjectKind::Bool(value) => alternatives.push(i64::from(value)),
                // No int is equal to these.
                ObjectKind::None | ObjectKind::Str(_) => {}
                _ => return None,
            }
        }
        let value = self.int_on_stack(state, 2)?;
        let mut found = self.bool_const(false);
        for alternative in alternatives {
            let alternative = self.int_const(alternative);
            let same = self.icmp(Cond::Eq, value, alternative);
            found = self.emit(Ir::Bor, &[found, same], Imm::None);
        }
        Some(found)
    }

    /// Whether a number on top of the stack is true.
    pub(crate) fn truth_of_number(&mut self, state: &mut State, known: Option<KnownType>) -> Option<Value> {
        match known? {
            KnownType::Bool => self.bool_on_stack(state, 1),
            KnownType::Int => {
                let val = state.peek(1).val.clone();
                if let Some(result) = self.truth_of_wide(state, &val) {
                    return Some(result);
                }
                let (value, zero) = (self.int_on_stack(state, 1)?, self.int_const(0));
                Some(self.icmp(Cond::Ne, value, zero))
            }
            KnownType::Float => {
                let (value, zero) = (self.double_on_stack(state, 1)?, self.float_const(0));
                Some(self.emit(Ir::Fcmp, &[value, zero], Imm::Cond(Cond::Ne)))
            }
            KnownType::Complex => self.truth_of_complex(state),
            _ => None,
        }
    }

    /// `bool(value)`.
    pub(crate) fn to_bool(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        let (mut known, mut version) = truth_met(instr.feedback);
        if let Val::Obj(object) = state.peek(1).val
            && state.facts.get(object).one_of.is_some()
        {
            (known, version) = (None, None);
        }
        if let Some(known) = known {
            self.speculate(state, 1, known);
        }
        if version.is_some() {
            self.owner_type(state, 1, version);
        }
        let types = self.types_of(state, 1);
        if !types.is_empty() && types.iter().all(|info| info.truth == Truth::Always) {
            types.iter().filter(|info| info.mutable).for_each(|info| self.assume_type(info.address, info.version));
            self.drop_operands(state, 1);
            state.stack.push(Slot::borrowed(self.constant_bool(true)));
            return Ok(());
        }
        let val = state.peek(1).val.clone();
        if let Val::Const(id) = val {
            let constant = match *self.kind(id) {
                ObjectKind::Bool(value) => Some(value),
                ObjectKind::None => Some(false),
                _ => None,
            };
            if let Some(value) = constant {
                state.pop();
                state.stack.push(Slot::borrowed(self.constant_bool(value)));
                return Ok(());
            }
        }
        let result = match self.known_type(state, &val) {
            known @ Some(KnownType::Bool | KnownType::Int | KnownType::Float) => self.truth_of_number(state, known),
            Some(KnownType::None) => Some(self.bool_const(false)),
            Some(known @ (KnownType::List | KnownType::Tuple | KnownType::Str | KnownType::Dict | KnownType::Bytes)) => {
                if let Val::Virtual(_, parts) = &val {
                    let filled = !parts.is_empty();
                    Some(self.bool_const(filled))
                } else {
                    let layout = self.layout();
                    let (offset, region) = match known {
                        KnownType::List => (layout.ob_size, Region::ListHeader),
                        KnownType::Tuple | KnownType::Bytes => (layout.ob_size, Region::Const),
                        KnownType::Str => (layout.str_length, Region::Const),
                        _ => (layout.dict_used, Region::Dict),
                    };
                    let object = self.objects(state, 1)[0];
                    let size = self.load(object, offset, MemSize::I64, region);
                    let zero = self.int_const(0);
                    Some(self.icmp(Cond::Ne, size, zero))
                }
            }
            _ => self.truth_of_real(state),
        };
        let result = match result {
            Some(result) => result,
            None => {
                self.expect_noted(state, 1);
                let is_length = self.python_classes(state, 1).iter().all(|info| info.truth == Truth::Length);
                let (method, on_return) = if is_length { ("__len__", OnReturn::Filled) } else { ("__bool__", OnReturn::CheckBool) };
                if self.inlined_special(state, method, &[1], on_return, instr)?.is_some() {
                    return Ok(());
                }
                if known.is_none() && version.is_none() {
                    self.note(state, 1);
                }
                let v = self.objects(state, 1);
                let status = self.status(state, Helper::is_true, &v)?;
                self.positive(status)
            }
        };
        self.drop_operands(state, 1);
        state.stack.push(Slot::borrowed(Val::Bool(result)));
        Ok(())
    }
}
