//! Arithmetic on ints, floats and strings; everything else through the interpreter's own protocol.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::BinaryKind;
use whipsnake_bytecode::operand::BinaryOp;
use whipsnake_bytecode::{Feedback, Instr, Op};
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, SeenType};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Ty, Value};

/// Ints up to this magnitude convert to doubles exactly.
pub(crate) const EXACT_DOUBLE: i64 = 1 << 53;

/// True for operators that the interpreter specialises for two ints and for two floats.
const fn is_specialised(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply)
}

/// The unboxed operands of an operator.
enum Operands {
    Ints(Value, Value),
    Bools(Value, Value),
    Floats(Value, Value),
}

impl Builder<'_> {
    /// Guards that the stack slot `depth` from the top holds an object of the known type, unless that is known.
    /// False if it is known to be something else, or is no object.
    pub(crate) fn speculate(&mut self, state: &mut State, depth: usize, known: KnownType) -> bool {
        let slot = state.peek(depth).clone();
        let Some(wanted) = self.platform().known_type(known) else { return false };
        match self.exact_type(state, &slot.val) {
            Some(ty) => ty == wanted,
            None => {
                let Val::Obj(v) = slot.val else { return false };
                if !self.may_speculate(ExitReason::TypeGuard) {
                    return false;
                }
                let exit = self.pre_state();
                let block = self.block;
                self.f.push(block, Ir::GuardType, &[v], Imm::Type(wanted), Some(exit));
                state.facts.update(v, |fact| fact.ty = Some(wanted));
                true
            }
        }
    }

    /// The int in a stack slot whose type is known to be int; exits with big-int if it does not fit.
    pub(crate) fn int_on_stack(&mut self, state: &mut State, depth: usize) -> Option<Value> {
        let val = state.peek(depth).val.clone();
        if let Some(raw) = self.int_of(state, &val) {
            return Some(raw);
        }
        match val {
            Val::Obj(v) if self.known_type(state, &val) == Some(KnownType::Int) => {
                if !self.may_speculate(ExitReason::BigInt) {
                    return None;
                }
                Some(self.unbox_int(state, v))
            }
            Val::Virtual(Virtual::Wide, _) => self.narrowed(state, &val),
            _ => None,
        }
    }

    fn number_kind(&self, state: &State, depth: usize) -> Option<KnownType> {
        self.known_type(state, &state.peek(depth).val)
            .filter(|k| matches!(k, KnownType::Int | KnownType::Float | KnownType::Bool))
    }

    /// Decides on unboxed operands for the two top slots, guarding what feedback or the other operand suggests.
    fn operands(&mut self, state: &mut State, op: BinaryOp, feedback: Feedback) -> Option<Operands> {
        match feedback {
            Feedback::Binary(BinaryKind::Int) => {
                if !self.speculate(state, 1, KnownType::Int) || !self.speculate(state, 2, KnownType::Int) {
                    return self.known_operands(state);
                }
            }
            Feedback::Binary(BinaryKind::Float) => {
                if !self.speculate(state, 1, KnownType::Float) || !self.speculate(state, 2, KnownType::Float) {
                    return self.mixed_operands(state).or_else(|| self.known_operands(state));
                }
            }
            _ => {
                // One operand is a number and nothing is known of the other: most likely it is the same kind of number, unless the interpreter would have
                // noticed that.
                let differs = self.is_mixed(op, feedback);
                let asks = self.asks_first(op, feedback);
                for (known, other) in [(1, 2), (2, 1)] {
                    if let (Some(kind), None) = (self.number_kind(state, known), self.known_type(state, &state.peek(other).val))
                        && kind != KnownType::Bool
                        && matches!(state.peek(other).val, Val::Obj(_))
                        && self.exact_type(state, &state.peek(other).val).is_none()
                    {
                        if asks && self.noted(other).is_empty() {
                            return None;
                        }
                        let likely = match kind {
                            KnownType::Int if differs => KnownType::Float,
                            KnownType::Float if differs => KnownType::Int,
                            same => same,
                        };
                        self.speculate(state, other, likely);
                    }
                }
            }
        }
        self.mixed_operands(state).or_else(|| self.known_operands(state))
    }

    /// True if the interpreter's feedback says that an operator has met numbers, but not two of the same kind.
    fn is_mixed(&self, op: BinaryOp, feedback: Feedback) -> bool {
        match feedback {
            Feedback::Binary(BinaryKind::Extend { .. }) => !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor),
            // 3.13 specialises for two of the same kind only.
            Feedback::None => is_specialised(op) && self.snapshot.warm && self.platform().minor < 14,
            _ => false,
        }
    }

    /// True if the interpreter has run an operator often without specialising it, although it does so for two numbers of the same kind: rather than
    /// guess, a unit that notes types asks for that of the other operand.
    fn asks_first(&self, op: BinaryOp, feedback: Feedback) -> bool {
        is_specialised(op) && feedback == Feedback::None && self.snapshot.warm && !self.snapshot.profiled
    }

    /// A float and an operand that was seen to be an int now and a float then.
    fn mixed_operands(&mut self, state: &mut State) -> Option<Operands> {
        for (float, other) in [(1, 2), (2, 1)] {
            if self.number_kind(state, float) == Some(KnownType::Float)
                && let Some(mixed) = self.double_of_mixed(state, other)
            {
                let float = self.double_on_stack(state, float)?;
                return Some(if other == 2 { Operands::Floats(mixed, float) } else { Operands::Floats(float, mixed) });
            }
        }
        None
    }

    /// The double of an operand of which ints and floats were seen, and nothing else.
    fn double_of_mixed(&mut self, state: &mut State, depth: usize) -> Option<Value> {
        let Val::Obj(object) = state.peek(depth).val else { return None };
        let met = self.types_met(depth);
        let number = |seen: &SeenType| {
            matches!(self.snapshot.types[seen.type_id as usize].known, Some(KnownType::Int | KnownType::Float))
        };
        if self.exact_type(state, &Val::Obj(object)).is_some()
            || met.is_empty()
            || !met.iter().all(number)
            || !self.may_speculate(ExitReason::BigInt)
        {
            return None;
        }
        let (int, float) = (self.platform().known_type(KnownType::Int)?, self.platform().known_type(KnownType::Float)?);
        let done = self.f.add_block();
        let result = self.f.add_param(done, Ty::F64);
        let is_float = self.emit(Ir::IsType, &[object], Imm::Type(float));
        let (yes, no) = self.split(is_float);
        self.block = yes;
        let value = self.emit(Ir::UnboxFloat, &[object], Imm::None);
        self.f.jump(yes, done, &[value]);
        self.block = no;
        let exit = self.pre_state();
        self.f.push(no, Ir::GuardType, &[object], Imm::Type(int), Some(exit));
        let raw = self.checked(Ir::UnboxInt, &[object]);
        let value = self.emit(Ir::ItoF, &[raw], Imm::None);
        self.f.jump(no, done, &[value]);
        self.block = done;
        Some(result)
    }

    fn known_operands(&mut self, state: &mut State) -> Option<Operands> {
        use KnownType::{Bool, Float};
        let (left, right) = (self.number_kind(state, 2)?, self.number_kind(state, 1)?);
        match (left, right) {
            (Bool, Bool) => {
                let (l, r) = (self.bool_on_stack(state, 2)?, self.bool_on_stack(state, 1)?);
                Some(Operands::Bools(l, r))
            }
            (Float, _) | (_, Float) => {
                let l = self.double_on_stack(state, 2)?;
                let r = self.double_on_stack(state, 1)?;
                Some(Operands::Floats(l, r))
            }
            _ => {
                let l = self.integer_on_stack(state, 2)?;
                let r = self.integer_on_stack(state, 1)?;
                Some(Operands::Ints(l, r))
            }
        }
    }

    pub(crate) fn bool_on_stack(&mut self, state: &State, depth: usize) -> Option<Value> {
        let val = state.peek(depth).val.clone();
        match val {
            Val::Obj(v) => {
                let yes = self.address(self.platform().true_);
                Some(self.same(v, yes))
            }
            _ => self.bool_of(&val),
        }
    }

    /// The value of an int or bool.
    pub(crate) fn integer_on_stack(&mut self, state: &mut State, depth: usize) -> Option<Value> {
        match self.number_kind(state, depth)? {
            KnownType::Int => self.int_on_stack(state, depth),
            KnownType::Bool => {
                let value = self.bool_on_stack(state, depth)?;
                Some(self.emit(Ir::BtoI, &[value], Imm::None))
            }
            _ => None,
        }
    }

    /// The value of a float, or of an int as the nearest double.
    pub(crate) fn double_on_stack(&mut self, state: &mut State, depth: usize) -> Option<Value> {
        let val = state.peek(depth).val.clone();
        if let Some(value) = self.float_of(state, &val) {
            return Some(value);
        }
        if let Some(constant) = self.const_int(&val) {
            return Some(self.float_const((constant as f64).to_bits()));
        }
        if let Some(value) = self.double_of_wide(state, &val).or_else(|| self.double_of_real(state, &val)) {
            return Some(value);
        }
        let int = self.integer_on_stack(state, depth)?;
        Some(self.emit(Ir::ItoF, &[int], Imm::None))
    }

    /// `left op right`.
    pub(crate) fn binary(&mut self, state: &mut State, op: BinaryOp, inplace: bool, instr: Instr) -> Build<()> {
        if op == BinaryOp::Subscr {
            return self.subscript(state, instr);
        }
        if matches!(instr.feedback, Feedback::None | Feedback::Binary(BinaryKind::Extend { .. })) {
            self.expect_noted(state, 1);
            self.expect_noted(state, 2);
        }
        if let Some(result) = self.wide_arithmetic(state, op, instr) {
            self.drop_operands(state, 2);
            state.stack.push(Slot::borrowed(result));
            return Ok(());
        }
        if let Some(result) = self.complex_arithmetic(state, op) {
            self.drop_operands(state, 2);
            state.stack.push(Slot::borrowed(result));
            return Ok(());
        }
        if self.binary_by_type(state, op, inplace, instr)? {
            return Ok(());
        }
        let overflowed = self.exits_seen(&[ExitReason::IntOverflow, ExitReason::Arithmetic]) > 0;
        if !overflowed {
            if let Some(result) = self.real_arithmetic(state, op) {
                self.drop_operands(state, 2);
                state.stack.push(Slot::borrowed(result));
                return Ok(());
            }
            if let Some(operands) = self.operands(state, op, instr.feedback)
                && let Some(result) = self.arithmetic(op, operands)
            {
                self.drop_operands(state, 2);
                state.stack.push(Slot::borrowed(result));
                return Ok(());
            }
            if self.inlined_operator(state, op, inplace, instr)?.is_some() {
                return Ok(());
            }
            if op == BinaryOp::Add && self.concatenate(state, instr)? {
                return Ok(());
            }
            if op == BinaryOp::Remainder && self.percent(state) {
                return Ok(());
            }
        }
        if self.sequence_arithmetic(state, op, inplace) {
            return Ok(());
        }
        self.note(state, 2);
        self.note(state, 1);
        let v = self.objects(state, 2);
        let number = i64::from(op.code()) + if inplace { 13 } else { 0 };
        let number = self.int_const(number);
        let is_complex = self.gives_complex(state, op);
        let result = self.raising(state, Helper::binary_op, &[v[0], v[1], number])?;
        self.drop_operands(state, 2);
        if is_complex {
            self.push_typed(state, result, KnownType::Complex);
        } else {
            state.stack.push(Slot::owned(Val::Obj(result)));
        }
        Ok(())
    }

    fn arithmetic(&mut self, op: BinaryOp, operands: Operands) -> Option<Val> {
        match operands {
            Operands::Floats(l, r) => self.float_arithmetic(op, l, r),
            Operands::Ints(l, r) => self.int_arithmetic(op, l, r),
            Operands::Bools(l, r) => {
                let bool_op = match op {
                    BinaryOp::And => Some(Ir::Band),
                    BinaryOp::Or => Some(Ir::Bor),
                    BinaryOp::Xor => None,
                    _ => {
                        let l = self.emit(Ir::BtoI, &[l], Imm::None);
                        let r = self.emit(Ir::BtoI, &[r], Imm::None);
                        return self.int_arithmetic(op, l, r);
                    }
                };
                let value = match bool_op {
                    Some(op) => self.emit(op, &[l, r], Imm::None),
                    None => {
                        let l = self.emit(Ir::BtoI, &[l], Imm::None);
                        let r = self.emit(Ir::BtoI, &[r], Imm::None);
                        self.icmp(Cond::Ne, l, r)
                    }
                };
                Some(Val::Bool(value))
            }
        }
    }

    pub(crate) fn float_arithmetic(&mut self, op: BinaryOp, l: Value, r: Value) -> Option<Val> {
        let simple = match op {
            BinaryOp::Add => Some(Ir::Fadd),
            BinaryOp::Subtract => Some(Ir::Fsub),
            BinaryOp::Multiply => Some(Ir::Fmul),
            _ => None,
        };
        if let Some(op) = simple {
            return Some(Val::Float(self.emit(op, &[l, r], Imm::None)));
        }
        match op {
            BinaryOp::TrueDivide | BinaryOp::Remainder | BinaryOp::FloorDivide => {
                let zero = self.float_const(0);
                let fine = self.emit(Ir::Fcmp, &[r, zero], Imm::Cond(Cond::Ne));
                self.guard(fine, ExitReason::Arithmetic);
                let value = match op {
                    BinaryOp::TrueDivide => self.emit(Ir::Fdiv, &[l, r], Imm::None),
                    BinaryOp::Remainder => self.helper(Helper::float_mod, &[l, r]),
                    _ => self.helper(Helper::float_floordiv, &[l, r]),
                };
                Some(Val::Float(value))
            }
            BinaryOp::Power => {
                let out = self.emit(Ir::Scratch, &[], Imm::Int(1));
                let fine = self.helper(Helper::float_pow, &[l, r, out]);
                let value = self.taken_result(fine, out, MemSize::F64);
                Some(Val::Float(value))
            }
            _ => None,
        }
    }

    /// The result that a helper stored to `out` if its status is not 0; exits with arithmetic otherwise.
    pub(crate) fn taken_result(&mut self, status: Value, out: Value, size: MemSize) -> Value {
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Ne, status, zero);
        self.guard(fine, ExitReason::Arithmetic);
        self.load(out, 0, size, Region::Scratch)
    }

    pub(crate) fn int_arithmetic(&mut self, op: BinaryOp, l: Value, r: Value) -> Option<Val> {
        let value = match op {
            BinaryOp::Add => self.checked(Ir::IaddChecked, &[l, r]),
            BinaryOp::Subtract => self.checked(Ir::IsubChecked, &[l, r]),
            BinaryOp::Multiply => self.checked(Ir::ImulChecked, &[l, r]),
            BinaryOp::FloorDivide => self.checked(Ir::IfloordivChecked, &[l, r]),
            BinaryOp::Remainder => self.checked(Ir::ImodChecked, &[l, r]),
            BinaryOp::LeftShift => self.checked(Ir::IshlChecked, &[l, r]),
            BinaryOp::RightShift => self.checked(Ir::IshrChecked, &[l, r]),
            BinaryOp::And => self.emit(Ir::Iand, &[l, r], Imm::None),
            BinaryOp::Or => self.emit(Ir::Ior, &[l, r], Imm::None),
            BinaryOp::Xor => self.emit(Ir::Ixor, &[l, r], Imm::None),
            BinaryOp::TrueDivide => {
                // Correctly rounded as long as both sides are exact doubles.
                for side in [l, r] {
                    self.guard_exact(side);
                }
                let zero = self.int_const(0);
                let fine = self.icmp(Cond::Ne, r, zero);
                self.guard(fine, ExitReason::Arithmetic);
                let l = self.emit(Ir::ItoF, &[l], Imm::None);
                let r = self.emit(Ir::ItoF, &[r], Imm::None);
                return Some(Val::Float(self.emit(Ir::Fdiv, &[l, r], Imm::None)));
            }
            BinaryOp::Power => {
                let out = self.emit(Ir::Scratch, &[], Imm::Int(1));
                let fine = self.helper(Helper::int_pow, &[l, r, out]);
                self.taken_result(fine, out, MemSize::I64)
            }
            _ => return None,
        };
        Some(Val::Int(value))
    }

    /// Exits unless the int converts to a double exactly.
    pub(crate) fn guard_exact(&mut self, int: Value) {
        let limit = self.int_const(EXACT_DOUBLE);
        let shifted = self.emit(Ir::Iadd, &[int, limit], Imm::None);
        let range = self.int_const(2 * EXACT_DOUBLE);
        let fine = self.icmp(Cond::Ult, shifted, range);
        self.guard(fine, ExitReason::Arithmetic);
    }

    /// `str + str`; true if it was that.
    fn concatenate(&mut self, state: &mut State, instr: Instr) -> Build<bool> {
        let said = matches!(instr.feedback, Feedback::Binary(BinaryKind::Str | BinaryKind::StrInplace));
        let known = |b: &Self, depth| b.known_type(state, &state.peek(depth).val) == Some(KnownType::Str);
        if !(known(self, 1) || known(self, 2) || said) {
            return Ok(false);
        }
        if !self.speculate(state, 1, KnownType::Str) || !self.speculate(state, 2, KnownType::Str) {
            return Ok(false);
        }
        let v = self.objects(state, 2);
        // `s += t`: the local is about to be replaced, so that the string can grow in place.
        let body = self.instance.body.clone();
        let next = body.decoded.index_of_offset(instr.next).map(|i| body.decoded.instrs[i].op);
        let local = match next {
            Some(Op::StoreFast { local } | Op::StoreFastLoadFast { store: local, .. } | Op::StoreFastStoreFast { first: local, .. }) => {
                Some(local as usize)
            }
            _ => None,
        };
        let result = match local.filter(|&i| {
            state.locals[i] == Slot::owned(Val::Obj(v[0])) && !state.peek(2).owned && v[0] != v[1]
        }) {
            Some(local) => {
                state.locals[local] = Slot::NULL;
                let right = state.pop();
                state.pop();
                // If memory runs out, the local is unbound, as in the interpreter.
                let at = state.stack.len();
                state.stack.extend([Slot::NULL, right]);
                self.recapture(state);
                let result = self.helper(Helper::str_append, &v);
                self.check_raised(state, result);
                let right = state.pop();
                state.stack.truncate(at);
                self.drop_slot(state, right);
                result
            }
            None => {
                let result = self.helper(Helper::str_concat, &v);
                self.check_raised(state, result);
                self.drop_operands(state, 2);
                result
            }
        };
        self.push_typed(state, result, KnownType::Str);
        Ok(true)
    }

    /// `-value`.
    pub(crate) fn negative(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        self.expect_noted(state, 1);
        match self.number_kind(state, 1) {
            Some(KnownType::Float) => {
                let value = self.double_on_stack(state, 1).expect("a float");
                let value = self.emit(Ir::Fneg, &[value], Imm::None);
                self.drop_operands(state, 1);
                state.stack.push(Slot::borrowed(Val::Float(value)));
                return Ok(());
            }
            None if let Some(value) = self.complex_negative(state).or_else(|| self.real_negative(state)) => {
                self.drop_operands(state, 1);
                state.stack.push(Slot::borrowed(value));
                return Ok(());
            }
            Some(_) if self.may_speculate(ExitReason::IntOverflow) => {
                if let Some(value) = self.integer_on_stack(state, 1) {
                    let zero = self.int_const(0);
                    let value = self.checked(Ir::IsubChecked, &[zero, value]);
                    self.drop_operands(state, 1);
                    state.stack.push(Slot::borrowed(Val::Int(value)));
                    return Ok(());
                }
            }
            _ => {}
        }
        self.unary_method(state, "__neg__", Helper::negative, instr)
    }

    /// `+value`.
    pub(crate) fn unary_plus(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        self.expect_noted(state, 1);
        match self.number_kind(state, 1) {
            // Exact ints and floats give themselves.
            Some(KnownType::Int | KnownType::Float) => Ok(()),
            _ => self.unary_method(state, "__pos__", Helper::positive, instr),
        }
    }

    /// `~value`.
    pub(crate) fn invert(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        self.expect_noted(state, 1);
        if self.number_kind(state, 1) == Some(KnownType::Int)
            && let Some(value) = self.int_on_stack(state, 1)
        {
            let value = self.emit(Ir::Inot, &[value], Imm::None);
            self.drop_operands(state, 1);
            state.stack.push(Slot::borrowed(Val::Int(value)));
            return Ok(());
        }
        self.unary_method(state, "__invert__", Helper::invert, instr)
    }

    /// A unary operator by the method that a class written in Python has for it, or by a helper.
    fn unary_method(&mut self, state: &mut State, name: &str, helper: Helper, instr: Instr) -> Build<()> {
        if self.inlined_special(state, name, &[1], OnReturn::Unary, instr)?.is_some() {
            return Ok(());
        }
        self.note(state, 1);
        self.unary_helper(state, helper)
    }
}
