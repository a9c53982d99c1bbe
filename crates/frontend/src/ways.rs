//! Instructions of which an operand has one of several types, each of which decides what they do: in a way of its own for each type, or for those that have
//! the same method.

use crate::builder::{Build, Builder};
use crate::compare::truth_met;
use crate::protocol::comparison_method;
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::{CompareKind, ContainsKind, StoreSubscrKind, SubscrKind, UnpackKind};
use whipsnake_bytecode::operand::BinaryOp;
use whipsnake_bytecode::{Feedback, Instr, Op};
use whipsnake_contract::builtins::method_behind;
use whipsnake_contract::snapshot::{CALLABLE, KnownType, ObjectKind, Truth, TypeId, TypeInfo};

/// What an instruction does with an operand.
struct Use {
    /// How deep it lies.
    depth: usize,
    /// The type that the interpreter has specialised the instruction for.
    met: Option<KnownType>,
    /// The special method of classes written in Python that decides.
    method: &'static str,
    /// Builtin types that decide.
    known: &'static [KnownType],
}

/// Instructions that test a result, at most: `bool`, `not` and a branch.
const LONGEST_TEST: usize = 3;
/// The method that a call of an instance calls.
const CALL: &str = "__call__";
/// Sequences with items, and tables.
const CONTAINERS: &[KnownType] = &[KnownType::List, KnownType::Tuple, KnownType::Str, KnownType::Bytes, KnownType::Dict];
/// Types of numbers.
const NUMBERS: &[KnownType] = &[KnownType::Int, KnownType::Float];
/// Objects that can be compared without a call.
const COMPARED: &[KnownType] = &[KnownType::Int, KnownType::Float, KnownType::Str];
/// What is taken apart without an iterator.
const UNPACKED: &[KnownType] = &[KnownType::Tuple, KnownType::List];
/// What is iterated over in parts: each in a loop of its own.
const ITERATED: &[KnownType] = &[KnownType::List, KnownType::Tuple, KnownType::Dict, KnownType::Range];
/// What can be changed.
const STORED: &[KnownType] = &[KnownType::List, KnownType::Dict];

impl<'s> Builder<'s> {
    /// Lowers an instruction in several ways, if the types that were met of one of its operands ask for that: whether control falls through. `None` if they
    /// do not.
    pub(crate) fn in_ways(&mut self, state: &mut State, instr: Instr, out: &mut Outcome) -> Build<Option<bool>> {
        for place in self.uses(state, instr) {
            let Val::Obj(object) = state.peek(place.depth).val else { continue };
            let met = place.met.and_then(|known| self.type_of_known(known));
            let several = match place.method {
                CALL => {
                    let seen = self.noted_at(instr.offset, CALLABLE).iter().map(|seen| seen.type_id).collect();
                    self.several_types_of(state, place.depth, seen)
                }
                _ => self.several_types_with(state, place.depth, met),
            };
            let Some(types) = several else { continue };
            let method = |info: &TypeInfo| self.special(info, place.method);
            if !types.infos.iter().any(|info| info.known.is_some_and(|known| place.known.contains(&known)) || method(info).is_some()) {
                continue;
            }
            // What is called must be of a known class.
            let alike = |one: &TypeInfo, other: &TypeInfo| place.method != CALL && method(one).is_some_and(|found| method(other) == Some(found));
            let Some(groups) = types.groups(alike) else { continue };
            if groups.len() == 1 {
                self.guard_types(state, place.depth, &types, None);
                return Ok(None);
            }
            let rest = self.test_behind(instr);
            let lower = |builder: &mut Self, at: &mut State| builder.lower_use(at, instr);
            return self.each_way(state, object, &types, groups, instr, |builder, at| builder.with_test(at, instr, &rest, out, lower)).map(Some);
        }
        match instr.op {
            Op::Call { argc: 2 } => self.isinstance_in_ways(state, instr, out),
            Op::ToBool => self.truth_in_ways(state, instr, out),
            _ => Ok(None),
        }
    }

    /// The operands whose types decide, the one that matters most first.
    fn uses(&self, state: &State, instr: Instr) -> Vec<Use> {
        match instr.op {
            Op::BinaryOp { op: BinaryOp::Subscr, .. } => {
                let met = match instr.feedback {
                    Feedback::Subscr(SubscrKind::ListInt | SubscrKind::ListSlice) => Some(KnownType::List),
                    Feedback::Subscr(SubscrKind::TupleInt) => Some(KnownType::Tuple),
                    Feedback::Subscr(SubscrKind::StrInt) => Some(KnownType::Str),
                    Feedback::Subscr(SubscrKind::Dict) => Some(KnownType::Dict),
                    _ => None,
                };
                vec![Use { depth: 2, met, method: "__getitem__", known: CONTAINERS }]
            }
            Op::StoreSubscr => {
                let met = match instr.feedback {
                    Feedback::StoreSubscr(StoreSubscrKind::ListInt) => Some(KnownType::List),
                    Feedback::StoreSubscr(StoreSubscrKind::Dict) => Some(KnownType::Dict),
                    _ => None,
                };
                vec![Use { depth: 2, met, method: "__setitem__", known: STORED }]
            }
            Op::CompareOp { op, .. } => {
                let met = match instr.feedback {
                    Feedback::Compare(CompareKind::Int) => Some(KnownType::Int),
                    Feedback::Compare(CompareKind::Float) => Some(KnownType::Float),
                    Feedback::Compare(CompareKind::Str) => Some(KnownType::Str),
                    _ => None,
                };
                [2, 1].map(|depth| Use { depth, met, method: comparison_method(op), known: COMPARED }).into()
            }
            Op::ContainsOp { .. } => {
                let met = match instr.feedback {
                    Feedback::Contains(ContainsKind::Dict) => Some(KnownType::Dict),
                    _ => None,
                };
                vec![Use { depth: 1, met, method: "__contains__", known: CONTAINERS }]
            }
            Op::UnpackSequence { .. } => {
                let met = match instr.feedback {
                    Feedback::Unpack(UnpackKind::TwoTuple | UnpackKind::Tuple) => Some(KnownType::Tuple),
                    Feedback::Unpack(UnpackKind::List) => Some(KnownType::List),
                    _ => None,
                };
                vec![Use { depth: 1, met, method: "", known: UNPACKED }]
            }
            Op::GetIter if self.instance.body.block_at(instr.next).is_some() => {
                vec![Use { depth: 1, met: None, method: "", known: ITERATED }]
            }
            Op::Call { argc: 1 } if self.calls(state, 3, "builtins.len") => {
                vec![Use { depth: 1, met: None, method: "__len__", known: CONTAINERS }]
            }
            Op::Call { argc: 1 } if let Some(method) = self.builtin_called(state, 3).and_then(method_behind) => {
                vec![Use { depth: 1, met: None, method, known: NUMBERS }]
            }
            Op::Call { argc } if state.peek(argc as usize + 1).val == Val::Null => {
                vec![Use { depth: argc as usize + 2, met: None, method: CALL, known: &[] }]
            }
            _ => Vec::new(),
        }
    }

    /// True if the function that is called, so deep on the stack, is that builtin.
    fn calls(&self, state: &State, depth: usize, name: &str) -> bool {
        self.builtin_called(state, depth) == Some(name)
    }

    /// The name of the builtin function that is called, so deep on the stack.
    fn builtin_called(&self, state: &State, depth: usize) -> Option<&str> {
        let (Val::Const(id), Val::Null) = (&state.peek(depth).val, &state.peek(depth - 1).val) else { return None };
        match self.kind(*id) {
            ObjectKind::Native { name, .. } => Some(name),
            _ => None,
        }
    }

    /// `isinstance(x, C)`: one way for types of which it is true, and one for the others.
    fn isinstance_in_ways(&mut self, state: &mut State, instr: Instr, out: &mut Outcome) -> Build<Option<bool>> {
        let (Val::Obj(object), Val::Const(class)) = (&state.peek(2).val, &state.peek(1).val) else { return Ok(None) };
        let (object, class) = (*object, *class);
        if !self.calls(state, 4, "builtins.isinstance") {
            return Ok(None);
        }
        let Some(types) = self.several_types(state, 2, None) else { return Ok(None) };
        let answers: Vec<Option<bool>> = types.infos.iter().map(|info| self.is_instance_of(info.address, class)).collect();
        if answers.contains(&None) {
            return Ok(None);
        }
        let groups: Vec<Vec<usize>> = [true, false].map(|answer| (0..answers.len()).filter(|&place| answers[place] == Some(answer)).collect()).into();
        let groups: Vec<Vec<usize>> = groups.into_iter().filter(|group| !group.is_empty()).collect();
        if groups.len() == 1 {
            self.guard_types(state, 2, &types, None);
            self.answer_isinstance(state, answers[0] == Some(true));
            self.finish(state, instr.next);
            return Ok(Some(true));
        }
        let answers: Vec<bool> = groups.iter().map(|group| answers[group[0]] == Some(true)).collect();
        let mut answers = answers.into_iter();
        let rest = self.test_behind(instr);
        self.each_way(state, object, &types, groups, instr, |builder, at| {
            let answer = answers.next() == Some(true);
            builder.with_test(at, instr, &rest, out, |builder, at| {
                builder.answer_isinstance(at, answer);
                Ok(true)
            })
        })
        .map(Some)
    }

    /// `bool(x)`.
    fn truth_in_ways(&mut self, state: &mut State, instr: Instr, out: &mut Outcome) -> Build<Option<bool>> {
        let Val::Obj(object) = state.peek(1).val else { return Ok(None) };
        let met = match truth_met(instr.feedback) {
            (Some(known), _) => self.type_of_known(known),
            (None, version) => version.and_then(|version| self.code().types_by_version.get(&version).copied()),
        };
        let Some(types) = self.several_types_with(state, 1, met) else { return Ok(None) };
        let method = |info: &TypeInfo| self.special(info, if info.truth == Truth::Length { "__len__" } else { "__bool__" });
        let alike = |one: &TypeInfo, other: &TypeInfo| {
            let is_same = one.known.is_none() && other.known.is_none() && method(one).is_some_and(|found| method(other) == Some(found));
            one.truth == other.truth && (one.truth == Truth::Always || is_same)
        };
        let Some(groups) = types.groups(alike) else { return Ok(None) };
        if groups.len() == 1 {
            self.guard_types(state, 1, &types, None);
            return Ok(None);
        }
        let rest = self.test_behind(instr);
        let lower = |builder: &mut Self, at: &mut State| builder.to_bool(at, instr).map(|()| true);
        self.each_way(state, object, &types, groups, instr, |builder, at| builder.with_test(at, instr, &rest, out, lower)).map(Some)
    }

    /// The instructions that follow in the same block if they do nothing but test the result.
    fn test_behind(&self, instr: Instr) -> Vec<Instr> {
        let body = &self.instance.body;
        let mut rest = Vec::new();
        let first = body.decoded.index_of_offset(instr.next).unwrap_or(body.decoded.instrs.len());
        for next in body.decoded.instrs[first..].iter().take(LONGEST_TEST) {
            if body.block_at(next.offset).is_some() {
                break;
            }
            rest.push(*next);
            match next.op {
                Op::ToBool | Op::UnaryNot => {}
                Op::PopJumpIfTrue { .. } | Op::PopJumpIfFalse { .. } => return rest,
                _ => break,
            }
        }
        Vec::new()
    }

    /// Lowers an instruction, and then those that test its result: what is known of its operand is known behind their branch, too. Whether control falls
    /// through the last of them.
    fn with_test(
        &mut self,
        state: &mut State,
        instr: Instr,
        rest: &[Instr],
        out: &mut Outcome,
        lower: impl FnOnce(&mut Self, &mut State) -> Build<bool>,
    ) -> Build<bool> {
        let mut goes_on = lower(self, state)?;
        if goes_on && instr.op == Op::GetIter {
            self.finish(state, instr.next);
            self.edge_to(out, instr.next, self.block, state.clone())?;
            return Ok(false);
        }
        if goes_on && !rest.is_empty() {
            self.finish(state, instr.next);
        }
        for &next in rest {
            if !goes_on {
                break;
            }
            self.begin(next, state);
            self.trace_for(state, next);
            goes_on = self.instruction(state, next, out)?;
        }
        Ok(goes_on)
    }

    /// Ends a call of `isinstance` with that answer.
    fn answer_isinstance(&mut self, state: &mut State, answer: bool) {
        let answer = self.constant_bool(answer);
        let base = state.stack.len() - 4;
        self.finish_native(state, base, Slot::borrowed(answer));
    }

    /// The instruction itself, where the type is known: whether control falls through.
    fn lower_use(&mut self, state: &mut State, instr: Instr) -> Build<bool> {
        match instr.op {
            Op::BinaryOp { op, inplace } => self.binary(state, op, inplace, instr),
            Op::StoreSubscr => self.store_subscr(state, instr),
            Op::CompareOp { op, to_bool } => self.compare(state, op, to_bool, instr),
            Op::ContainsOp { invert } => self.contains(state, invert, instr),
            Op::UnpackSequence { count } => self.unpack_sequence(state, count as usize, instr),
            Op::GetIter => self.get_iter(state),
            Op::Call { argc } => return self.call(state, argc, instr),
            _ => unreachable!("has no uses"),
        }?;
        Ok(true)
    }

    /// The number of a builtin type among those of the snapshot.
    pub(crate) fn type_of_known(&self, known: KnownType) -> Option<TypeId> {
        self.snapshot.types.iter().position(|info| info.known == Some(known)).map(|id| id as TypeId)
    }
}

