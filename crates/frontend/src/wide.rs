//! Ints of more than 64 bits: a result that may be larger is kept as two words, until somebody needs the object. Products of 64-bit numbers that
//! are reduced at once, by a mask or a modulus, never become objects.
//!
//! Values are exact, from -2**127 to 2**127 - 1; what could leave that range is guarded. Only where the very next thing that happens is a mask of at
//! most 64 bits is the high word left out: nobody can look at the value in between.

use crate::builder::Builder;
use crate::shape::Shape;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::{BinaryOp, CmpOp};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind, Observed};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, StateId, Ty, Value};

/// What is known of a number's high word.
#[derive(Clone, Copy, Debug, PartialEq)]
enum High {
    /// It is 0.
    Zero,
    /// It is the sign of the low word: the number fits 64 bits.
    Sign,
    /// Nothing.
    Word(Value),
}

/// An int of up to 128 bits.
#[derive(Clone, Copy, Debug)]
struct Number {
    low: Value,
    high: High,
    constant: Option<i128>,
}

impl Number {
    /// It fits 64 bits with a sign.
    fn is_narrow(&self) -> bool {
        self.high == High::Sign || self.constant.is_some_and(|constant| i64::try_from(constant).is_ok())
    }

    /// It fits 64 bits without a sign.
    fn is_unsigned(&self) -> bool {
        self.high == High::Zero || self.constant.is_some_and(|constant| u64::try_from(constant).is_ok())
    }

    /// Its magnitude is at most 2**64.
    fn is_short(&self) -> bool {
        self.is_narrow() || self.is_unsigned()
    }
}

/// A number of that low word in a slot.
fn in_slot(low: Value, high: High) -> Val {
    let parts = |high| Val::Virtual(Virtual::Wide, [Val::Int(low), high].map(Slot::borrowed).into());
    match high {
        High::Sign => Val::Int(low),
        High::Zero => parts(Val::SmallInt(0)),
        High::Word(word) => parts(Val::Int(word)),
    }
}

fn value_of(low: i64, high: i64) -> i128 {
    i128::from(high) << 64 | i128::from(low as u64)
}

impl Builder<'_> {
    /// The constant in a slot.
    fn wide_constant(&self, val: &Val) -> Option<i128> {
        match val {
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::WideInt(low, high) => Some(value_of(low, high)),
                _ => self.const_int(val).map(i128::from),
            },
            _ => self.const_int(val).map(i128::from),
        }
    }

    /// True for what is no 64-bit int although its type is known to be int.
    fn is_wide(&self, val: &Val) -> bool {
        match val {
            Val::Virtual(Virtual::Wide, _) => true,
            Val::Const(id) => matches!(self.kind(*id), ObjectKind::WideInt(..)),
            _ => false,
        }
    }

    /// The number of an int that is at hand without an exit.
    fn number_at_hand(&mut self, state: &State, val: &Val) -> Option<Number> {
        if let Some(constant) = self.wide_constant(val) {
            let low = self.int_const(constant as i64);
            let high = match (constant >> 64) as i64 {
                0 => High::Zero,
                high if high == constant as i64 >> 63 => High::Sign,
                high => High::Word(self.int_const(high)),
            };
            return Some(Number { low, high, constant: Some(constant) });
        }
        if let Val::Virtual(Virtual::Wide, parts) = val {
            let low = self.int_of(state, &parts[0].val)?;
            let high = if parts[1].val == Val::SmallInt(0) { High::Zero } else { High::Word(self.int_of(state, &parts[1].val)?) };
            return Some(Number { low, high, constant: None });
        }
        if let Some(low) = self.int_of(state, val) {
            return Some(Number { low, high: High::Sign, constant: None });
        }
        let Val::Obj(object) = val else { return None };
        let [low, high] = state.facts.get(*object).wide?;
        Some(Number { low, high: High::Word(high), constant: None })
    }

    /// The number in a stack slot that is known to be an int; exits if it does not fit.
    fn number_on_stack(&mut self, state: &mut State, depth: usize) -> Option<Number> {
        let val = state.peek(depth).val.clone();
        if let Some(number) = self.number_at_hand(state, &val) {
            return Some(number);
        }
        let Val::Obj(object) = val else { return None };
        if self.known_type(state, &val) != Some(KnownType::Int) {
            return None;
        }
        if self.may_speculate(ExitReason::BigInt) {
            let low = self.unbox_int(state, object);
            return Some(Number { low, high: High::Sign, constant: None });
        }
        if !self.may_speculate(ExitReason::WideOverflow) {
            return None;
        }
        let exit = self.pre_state();
        let [low, high] = self.unbox_wide(state, object, exit);
        Some(Number { low, high: High::Word(high), constant: None })
    }

    /// The words of an object that is known to be an int.
    fn unbox_wide(&mut self, state: &mut State, object: Value, exit: StateId) -> [Value; 2] {
        let layout = self.layout();
        let done = self.f.add_block();
        let words = [(); 2].map(|()| self.f.add_param(done, Ty::I64));
        let tag = self.load(object, layout.long_tag, MemSize::I64, Region::Const);
        let limit = self.int_const(layout.long_compact_limit);
        let compact = self.icmp(Cond::Ult, tag, limit);
        let (yes, no) = self.split(compact);
        self.block = yes;
        let digit = self.load(object, layout.long_digits, MemSize::U32, Region::Const);
        let (mask, one) = (self.int_const(layout.long_sign_mask), self.int_const(1));
        let sign = self.emit(Ir::Iand, &[tag, mask], Imm::None);
        let factor = self.emit(Ir::Isub, &[one, sign], Imm::None);
        let low = self.emit(Ir::Imul, &[digit, factor], Imm::None);
        let high = self.high_word(Number { low, high: High::Sign, constant: None });
        self.f.jump(yes, done, &[low, high]);
        self.block = no;
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        let fine = self.helper(Helper::unbox_wide, &[object, out]);
        self.guard_status(fine, exit);
        let stored = self.stored_words(out);
        self.f.jump(no, done, &stored);
        self.block = done;
        state.facts.update(object, |fact| fact.wide = Some(words));
        words
    }

    /// Unboxes an int that is entered with, as large as it was seen to be, unless ints there did not fit 64 bits, or 128, in earlier units.
    pub(crate) fn unbox_seen(&mut self, state: &mut State, object: Value, seen: Observed, [big_failed, huge_failed]: [bool; 2], exit: StateId) {
        let Observed::Object { type_id, big, huge, .. } = seen else { return };
        if self.snapshot.types[type_id as usize].known != Some(KnownType::Int) {
            return;
        }
        if !big && !big_failed {
            let block = self.block;
            let raw = self.f.push_value(block, Ir::UnboxInt, &[object], Imm::None, Some(exit));
            state.facts.update(object, |fact| fact.raw = Some(raw));
        } else if !huge && !huge_failed {
            self.unbox_wide(state, object, exit);
        }
    }

    /// Exits unless a helper returned 1.
    fn guard_status(&mut self, status: Value, exit: StateId) {
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Ne, status, zero);
        self.guard_at(fine, ExitReason::WideOverflow, exit);
    }

    fn stored_words(&mut self, out: Value) -> [Value; 2] {
        [0, 8].map(|offset| self.load(out, offset, MemSize::I64, Region::Scratch))
    }

    fn high_word(&mut self, number: Number) -> Value {
        match number.high {
            High::Zero => self.int_const(0),
            High::Sign => {
                let sign = self.int_const(63);
                self.emit(Ir::Ishr, &[number.low, sign], Imm::None)
            }
            High::Word(word) => word,
        }
    }

    /// The low word of an int in parts if it fits 64 bits; exits with big-int otherwise.
    pub(crate) fn narrowed(&mut self, state: &State, val: &Val) -> Option<Value> {
        if !self.may_speculate(ExitReason::BigInt) {
            return None;
        }
        let number = self.number_at_hand(state, val)?;
        let high = self.high_word(number);
        let sign = self.high_word(Number { high: High::Sign, ..number });
        let fine = self.icmp(Cond::Eq, high, sign);
        self.guard(fine, ExitReason::BigInt);
        Some(number.low)
    }

    /// The double nearest to an int in parts.
    pub(crate) fn double_of_wide(&mut self, state: &State, val: &Val) -> Option<Value> {
        if !matches!(val, Val::Virtual(Virtual::Wide, _)) {
            return None;
        }
        let number = self.number_at_hand(state, val)?;
        let high = self.high_word(number);
        Some(self.helper(Helper::wide_to_float, &[number.low, high]))
    }

    /// True if the instruction behind that one is a constant of at most 64 bits without a sign, and the one behind that masks with it.
    fn is_masked_next(&self, instr: Instr) -> bool {
        let body = &self.instance.body;
        let Some(index) = body.decoded.index_of_offset(instr.next) else { return false };
        let [Some(load), Some(mask)] = [index, index + 1].map(|index| body.decoded.instrs.get(index)) else { return false };
        let code = self.code();
        let constant = match load.op {
            Op::LoadSmallInt { value } => Some(i128::from(value)),
            Op::LoadConst { index } => self.wide_constant(&Val::Const(code.constants[index as usize])),
            Op::LoadGlobal { name, push_null: false } if self.variable_of(name).is_none() => {
                let global = code.global_values.get(&code.names[name as usize]);
                global.and_then(|global| self.wide_constant(&Val::Const(global.object)))
            }
            _ => None,
        };
        let masks = matches!(mask.op, Op::BinaryOp { op: BinaryOp::And, .. });
        let is_joined = [load, mask].iter().any(|instr| body.block_at(instr.offset).is_some());
        masks && !is_joined && constant.is_some_and(|constant| u64::try_from(constant).is_ok())
    }

    /// `left op right` of the ints on top of the stack where 64 bits may be too few; `None` if there is no reason to expect that.
    pub(crate) fn wide_arithmetic(&mut self, state: &mut State, op: BinaryOp, instr: Instr) -> Option<Val> {
        use BinaryOp::{Add, And, FloorDivide, LeftShift, Multiply, Or, Remainder, RightShift, Subtract, Xor};
        let grows = matches!(op, Add | Subtract | Multiply | LeftShift);
        if !grows && !matches!(op, And | Or | Xor | RightShift | Remainder | FloorDivide) {
            return None;
        }
        let [left, right] = [2, 1].map(|depth| state.peek(depth).val.clone());
        let has_wide = self.is_wide(&left) || self.is_wide(&right);
        if op == And
            && has_wide
            && let (Some(left), Some(right)) = (self.number_at_hand(state, &left), self.number_at_hand(state, &right))
        {
            return Some(self.wide_and(left, right));
        }
        let masked = grows && self.is_masked_next(instr);
        let overflows = grows && !self.may_speculate(ExitReason::IntOverflow);
        if self.exits_seen(&[ExitReason::WideOverflow, ExitReason::Arithmetic]) > 0
            || !(has_wide || masked || overflows || !self.may_speculate(ExitReason::BigInt))
        {
            return None;
        }
        for (known, other) in [(1, 2), (2, 1)] {
            let val = state.peek(other).val.clone();
            if self.known_type(state, &state.peek(known).val) == Some(KnownType::Int)
                && matches!(val, Val::Obj(_))
                && self.exact_type(state, &val).is_none()
            {
                self.speculate(state, other, KnownType::Int);
            }
        }
        let known = [2, 1].iter().all(|&depth| self.known_type(state, &state.peek(depth).val) == Some(KnownType::Int));
        if !known {
            return None;
        }
        let (left, right) = (self.number_on_stack(state, 2)?, self.number_on_stack(state, 1)?);
        if left.is_narrow() && right.is_narrow() && !(masked || overflows) {
            return None;
        }
        match op {
            Add | Subtract => Some(self.wide_sum(op, left, right, masked)),
            Multiply => Some(self.wide_product(left, right, masked)),
            LeftShift => self.wide_left_shift(left, right, masked),
            RightShift => self.wide_right_shift(left, right),
            And => Some(self.wide_and(left, right)),
            Or => Some(self.wide_bits(Ir::Ior, left, right)),
            Xor => Some(self.wide_bits(Ir::Ixor, left, right)),
            Remainder => self.wide_remainder(left, right),
            _ => self.wide_quotient(left, right),
        }
    }

    fn wide_and(&mut self, left: Number, right: Number) -> Val {
        let low = self.emit(Ir::Iand, &[left.low, right.low], Imm::None);
        // A part of something that is not negative is not, and is not larger.
        if [left, right].iter().any(|side| side.is_unsigned() && side.is_narrow()) {
            return in_slot(low, High::Sign);
        }
        if left.is_unsigned() || right.is_unsigned() {
            return in_slot(low, High::Zero);
        }
        let (left, right) = (self.high_word(left), self.high_word(right));
        let high = self.emit(Ir::Iand, &[left, right], Imm::None);
        in_slot(low, High::Word(high))
    }

    /// `|` and `^`.
    fn wide_bits(&mut self, op: Ir, left: Number, right: Number) -> Val {
        let low = self.emit(op, &[left.low, right.low], Imm::None);
        if left.is_narrow() && right.is_narrow() {
            return in_slot(low, High::Sign);
        }
        if left.is_unsigned() && right.is_unsigned() {
            return in_slot(low, High::Zero);
        }
        let (left, right) = (self.high_word(left), self.high_word(right));
        let high = self.emit(op, &[left, right], Imm::None);
        in_slot(low, High::Word(high))
    }

    fn wide_sum(&mut self, op: BinaryOp, left: Number, right: Number, masked: bool) -> Val {
        let add = op == BinaryOp::Add;
        let word = if add { Ir::Iadd } else { Ir::Isub };
        let low = self.emit(word, &[left.low, right.low], Imm::None);
        if masked {
            return in_slot(low, High::Zero);
        }
        let carries = if add { self.icmp(Cond::Ult, low, left.low) } else { self.icmp(Cond::Ult, left.low, right.low) };
        let carry = self.emit(Ir::BtoI, &[carries], Imm::None);
        let (l, r) = (self.high_word(left), self.high_word(right));
        let high = self.emit(word, &[l, r], Imm::None);
        let high = self.emit(word, &[high, carry], Imm::None);
        if !(left.is_short() && right.is_short()) {
            // The sign of a sum of two of the same sign, or of a difference of two of different ones, is that of the left one.
            let changed = self.emit(Ir::Ixor, &[l, high], Imm::None);
            let other = if add { high } else { l };
            let differs = self.emit(Ir::Ixor, &[r, other], Imm::None);
            let overflow = self.emit(Ir::Iand, &[changed, differs], Imm::None);
            let zero = self.int_const(0);
            let fine = self.icmp(Cond::Ge, overflow, zero);
            self.guard(fine, ExitReason::WideOverflow);
        }
        in_slot(low, High::Word(high))
    }

    fn wide_product(&mut self, left: Number, right: Number, masked: bool) -> Val {
        let low = self.emit(Ir::Imul, &[left.low, right.low], Imm::None);
        if masked {
            return in_slot(low, High::Zero);
        }
        let [left, right] = [left, right].map(|side| self.at_most_a_word(side));
        let zero = self.int_const(0);
        let high = match (left.is_narrow(), right.is_narrow()) {
            (true, true) => self.emit(Ir::Smulhi, &[left.low, right.low], Imm::None),
            (false, false) => {
                let high = self.emit(Ir::Umulhi, &[left.low, right.low], Imm::None);
                let fine = self.icmp(Cond::Ge, high, zero);
                self.guard(fine, ExitReason::WideOverflow);
                high
            }
            (narrow, _) => {
                let (signed, unsigned) = if narrow { (left, right) } else { (right, left) };
                let high = self.emit(Ir::Umulhi, &[signed.low, unsigned.low], Imm::None);
                // Without its sign a negative number is 2**64 too large.
                let negative = self.high_word(Number { high: High::Sign, ..signed });
                let excess = self.emit(Ir::Iand, &[unsigned.low, negative], Imm::None);
                self.emit(Ir::Isub, &[high, excess], Imm::None)
            }
        };
        in_slot(low, High::Word(high))
    }

    /// The number as one that fits a word without a sign, or with one; exits if it does neither.
    fn at_most_a_word(&mut self, number: Number) -> Number {
        if number.is_short() {
            return number;
        }
        let (high, zero) = (self.high_word(number), self.int_const(0));
        let fine = self.icmp(Cond::Eq, high, zero);
        self.guard(fine, ExitReason::WideOverflow);
        Number { high: High::Zero, ..number }
    }

    /// A shift count below 64, and 63 less it.
    fn shift_count(&mut self, count: Number) -> Option<[Value; 2]> {
        match count.constant {
            Some(constant) if !(0..64).contains(&constant) => return None,
            Some(_) => {}
            None if !count.is_narrow() => return None,
            None => {
                let width = self.int_const(64);
                let fine = self.icmp(Cond::Ult, count.low, width);
                self.guard(fine, ExitReason::Arithmetic);
            }
        }
        let last = self.int_const(63);
        Some([count.low, self.emit(Ir::Isub, &[last, count.low], Imm::None)])
    }

    fn wide_left_shift(&mut self, number: Number, count: Number, masked: bool) -> Option<Val> {
        let [count, rest] = self.shift_count(count)?;
        let low = self.emit(Ir::Ishl, &[number.low, count], Imm::None);
        if masked {
            return Some(in_slot(low, High::Zero));
        }
        let before = self.high_word(number);
        let one = self.int_const(1);
        let moved = self.emit(Ir::Ushr, &[number.low, one], Imm::None);
        let moved = self.emit(Ir::Ushr, &[moved, rest], Imm::None);
        let shifted = self.emit(Ir::Ishl, &[before, count], Imm::None);
        let high = self.emit(Ir::Ior, &[shifted, moved], Imm::None);
        if !number.is_short() {
            let back = self.emit(Ir::Ishr, &[high, count], Imm::None);
            let fine = self.icmp(Cond::Eq, back, before);
            self.guard(fine, ExitReason::WideOverflow);
        }
        Some(in_slot(low, High::Word(high)))
    }

    fn wide_right_shift(&mut self, number: Number, count: Number) -> Option<Val> {
        if let Some(constant) = count.constant.filter(|constant| (64..128).contains(constant)) {
            let (high, count) = (self.high_word(number), self.int_const((constant - 64) as i64));
            return Some(in_slot(self.emit(Ir::Ishr, &[high, count], Imm::None), High::Sign));
        }
        let moves = count.constant.is_some_and(|constant| constant > 0);
        let [count, rest] = self.shift_count(count)?;
        if number.is_narrow() {
            return Some(in_slot(self.emit(Ir::Ishr, &[number.low, count], Imm::None), High::Sign));
        }
        let low = self.emit(Ir::Ushr, &[number.low, count], Imm::None);
        if number.is_unsigned() {
            return Some(in_slot(low, if moves { High::Sign } else { High::Zero }));
        }
        let (before, one) = (self.high_word(number), self.int_const(1));
        let moved = self.emit(Ir::Ishl, &[before, one], Imm::None);
        let moved = self.emit(Ir::Ishl, &[moved, rest], Imm::None);
        let low = self.emit(Ir::Ior, &[low, moved], Imm::None);
        let high = self.emit(Ir::Ishr, &[before, count], Imm::None);
        Some(in_slot(low, High::Word(high)))
    }

    fn wide_remainder(&mut self, number: Number, divisor: Number) -> Option<Val> {
        if let Some(power) = divisor.constant.filter(|constant| constant.count_ones() == 1 && *constant > 0) {
            let mask = power - 1;
            let (low, high) = (self.int_const(mask as i64), (mask >> 64) as i64);
            let high = if high == 0 { High::Zero } else { High::Word(self.int_const(high)) };
            return Some(self.wide_and(number, Number { low, high, constant: Some(mask) }));
        }
        let high = self.high_word(number);
        let divisor = if divisor.is_short() { divisor } else { self.at_most_a_word(divisor) };
        self.guard_divisor(divisor);
        let helper = if divisor.is_narrow() { Helper::wide_mod } else { Helper::wide_mod_unsigned };
        let kind = if divisor.is_narrow() { High::Sign } else { High::Zero };
        Some(in_slot(self.helper(helper, &[number.low, high, divisor.low]), kind))
    }

    /// Exits where the divisor is 0.
    fn guard_divisor(&mut self, divisor: Number) {
        if divisor.constant.is_none_or(|constant| constant == 0) {
            let zero = self.int_const(0);
            let fine = self.icmp(Cond::Ne, divisor.low, zero);
            self.guard(fine, ExitReason::Arithmetic);
        }
    }

    fn wide_quotient(&mut self, number: Number, divisor: Number) -> Option<Val> {
        if !divisor.is_narrow() {
            return None;
        }
        self.guard_divisor(divisor);
        let high = self.high_word(number);
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        let fine = self.helper(Helper::wide_floordiv, &[number.low, high, divisor.low, out]);
        let exit = self.pre_state();
        self.guard_status(fine, exit);
        let [low, high] = self.stored_words(out);
        let shrinks = number.is_unsigned() && divisor.constant.is_some_and(|constant| constant > 1);
        Some(in_slot(low, if shrinks { High::Sign } else { High::Word(high) }))
    }

    /// A comparison of the ints on top of the stack where 64 bits may be too few; `None` if there is no reason to expect that.
    pub(crate) fn wide_compare(&mut self, state: &mut State, op: CmpOp) -> Option<Value> {
        let has_wide = [2, 1].iter().any(|&depth| self.is_wide(&state.peek(depth).val));
        if !has_wide && self.may_speculate(ExitReason::BigInt) {
            return None;
        }
        let (left, right) = (self.number_on_stack(state, 2)?, self.number_on_stack(state, 1)?);
        let highs = [self.high_word(left), self.high_word(right)];
        let equal = self.icmp(Cond::Eq, highs[0], highs[1]);
        let less = |builder: &mut Self, [l, r]: [usize; 2]| {
            let lows = [left.low, right.low];
            let above = builder.icmp(Cond::Lt, highs[l], highs[r]);
            let below = builder.icmp(Cond::Ult, lows[l], lows[r]);
            let tie = builder.emit(Ir::Band, &[equal, below], Imm::None);
            builder.emit(Ir::Bor, &[above, tie], Imm::None)
        };
        let (result, negated) = match op {
            CmpOp::Eq | CmpOp::Ne => {
                let lows = self.icmp(Cond::Eq, left.low, right.low);
                (self.emit(Ir::Band, &[equal, lows], Imm::None), op == CmpOp::Ne)
            }
            CmpOp::Lt => (less(self, [0, 1]), false),
            CmpOp::Ge => (less(self, [0, 1]), true),
            CmpOp::Gt => (less(self, [1, 0]), false),
            CmpOp::Le => (less(self, [1, 0]), true),
        };
        Some(if negated { self.emit(Ir::Bnot, &[result], Imm::None) } else { result })
    }

    /// Whether an int in parts is not 0.
    pub(crate) fn truth_of_wide(&mut self, state: &State, val: &Val) -> Option<Value> {
        if !matches!(val, Val::Virtual(Virtual::Wide, _)) {
            return None;
        }
        let number = self.number_at_hand(state, val)?;
        let (high, zero) = (self.high_word(number), self.int_const(0));
        let bits = self.emit(Ir::Ior, &[number.low, high], Imm::None);
        Some(self.icmp(Cond::Ne, bits, zero))
    }

    /// The shape of an int that meets one in parts at a join, if it is one and at hand. Where its high word is known to be 0 it stays so.
    pub(crate) fn shape_as_wide(&self, state: &State, slot: &Slot) -> Option<Shape> {
        let high = match self.wide_constant(&slot.val) {
            Some(constant) if u64::try_from(constant).is_ok() => Shape::Same(Slot::borrowed(Val::SmallInt(0))),
            Some(_) => Shape::Int,
            None => match &slot.val {
                Val::Virtual(Virtual::Wide, parts) if parts[1].val == Val::SmallInt(0) => Shape::Same(parts[1].clone()),
                Val::Virtual(Virtual::Wide, _) => Shape::Int,
                _ if self.shape_of(state, slot) == Shape::Int => Shape::Int,
                _ => return None,
            },
        };
        Some(Shape::Virtual(Virtual::Wide, vec![Shape::Int, high]))
    }

    /// Brings an int that is at hand into parts.
    pub(crate) fn into_parts(&mut self, state: &State, slot: &mut Slot) {
        let number = self.number_at_hand(state, &slot.val).expect("the slot fits");
        self.release_leaf(state, slot);
        let high = if number.is_unsigned() { High::Zero } else { High::Word(self.high_word(number)) };
        *slot = Slot::borrowed(in_slot(number.low, high));
    }
}
