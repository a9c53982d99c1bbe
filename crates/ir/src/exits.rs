//! From frame states to exit tables: what every backend stores at an exit, in which order, and what the
//! runtime is told about it.
//!
//! There is one [`ExitPoint`] for each distinct (state, reason, resume, culprit) of the instructions in the function's
//! blocks, numbered in layout order; the culprit is the object whose type a `guard_type` checks, or that a
//! `decref_or_exit` drops. A backend asks [`ExitTable::exits_of`] which exits an instruction
//! has, stores [`ExitTable::values`] of the number into the exit buffer (one 64-bit word each: integers and
//! truth values as they are, doubles as bits) and hands the number to the runtime.

use crate::entity::{Inst, StateId, Value};
use crate::function::{Function, InstData};
use crate::ops::{Exits, Imm, Op, Ty};
use crate::state::Slot;
use smallvec::SmallVec;
use std::collections::HashMap;
use whipsnake_contract::exit::{ExitPoint, ExitReason, FrameImage, Resume, Source};

/// Why an instruction can leave by its state, without forced exits; empty if it cannot.
///
/// An instruction with two reasons tests for them in the order given here.
pub fn exit_reasons(data: &InstData) -> SmallVec<[ExitReason; 2]> {
    use ExitReason::{Arithmetic, BigInt, FrameObserved, IntOverflow, TypeGuard};
    let fixed: &[ExitReason] = match (data.op, &data.imm) {
        (_, Imm::Exit(reason)) => &[*reason],
        (Op::GuardType, _) => &[TypeGuard],
        (Op::UnboxInt, _) => &[BigInt],
        (Op::IshlChecked | Op::IfloordivChecked, _) => &[Arithmetic, IntOverflow],
        (Op::IshrChecked | Op::ImodChecked, _) => &[Arithmetic],
        (op, _) => match op.info().exits {
            Exits::Never => &[],
            Exits::Observe => &[FrameObserved],
            Exits::Guard | Exits::Always => &[IntOverflow],
        },
    };
    SmallVec::from_slice(fixed)
}

/// The exits of one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExitTable {
    /// The exits, by number.
    pub points: Vec<ExitPoint>,
    /// For each exit the values to store, in word order.
    pub values: Vec<Vec<Value>>,
    ids: Vec<SmallVec<[(ExitReason, u32); 2]>>,
}

impl ExitTable {
    /// Collects the exits of all instructions in the function's blocks.
    pub fn build(function: &Function) -> ExitTable {
        let definitions = Definitions::new(function);
        let mut table = ExitTable { ids: vec![SmallVec::new(); function.insts.len()], ..ExitTable::default() };
        let mut known: HashMap<(StateId, ExitReason, bool, Option<Value>), u32> = HashMap::new();
        for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
            let data = function.inst(inst);
            let Some(state) = data.state else { continue };
            let exits = data.op.info().exits;
            let observes = exits == Exits::Observe;
            // A state that raises needs an exception, which a check that has passed does not have.
            let forced = exits == Exits::Guard
                && function.exit_every.is_some()
                && function.states[state.index()].resume != Resume::Raise;
            let forced = forced.then_some(ExitReason::Forced);
            for reason in exit_reasons(data).into_iter().chain(forced) {
                let names_object = data.op == Op::DecrefOrExit || data.op == Op::GuardType && reason == ExitReason::TypeGuard;
                let culprit = names_object.then(|| data.args[0]);
                let wanted = match data.imm {
                    Imm::Type(address) if reason == ExitReason::TypeGuard => address,
                    _ => 0,
                };
                let id = *known.entry((state, reason, observes, culprit)).or_insert_with(|| {
                    let (mut point, values) = definitions.exit_point(state, reason, observes, culprit);
                    point.wanted = wanted;
                    table.points.push(point);
                    table.values.push(values);
                    table.points.len() as u32 - 1
                });
                table.ids[inst.index()].push((reason, id));
            }
        }
        table.order_words(function.values.len());
        table
    }

    /// Puts words that many exits have first: where the words of two exits begin alike, the same code can store them.
    fn order_words(&mut self, values: usize) {
        let mut uses = vec![0u32; values];
        self.values.iter().flatten().for_each(|value| uses[value.index()] += 1);
        for (point, values) in self.points.iter_mut().zip(&mut self.values) {
            let mut order: Vec<usize> = (0..values.len()).collect();
            order.sort_unstable_by_key(|&word| (std::cmp::Reverse(uses[values[word].index()]), values[word]));
            let mut numbers = vec![0; order.len()];
            order.iter().zip(0..).for_each(|(&word, number)| numbers[word] = number);
            point.renumber(&numbers);
            *values = order.iter().map(|&word| values[word]).collect();
        }
    }

    /// Reasons and numbers of an instruction's exits, in the order in which they are tested.
    ///
    /// Under forced exits the last one of a guard is [`ExitReason::Forced`], unless its state raises. The one of an observing
    /// instruction has [`Resume::Observe`].
    pub fn exits_of(&self, inst: Inst) -> &[(ExitReason, u32)] {
        self.ids.get(inst.index()).map_or(&[], |ids| ids.as_slice())
    }

    /// Number of the exit that an instruction takes for a reason.
    pub fn id_of(&self, inst: Inst, reason: ExitReason) -> Option<u32> {
        self.exits_of(inst).iter().find(|(r, _)| *r == reason).map(|(_, id)| *id)
    }

    /// Number of the only or first exit of an instruction.
    pub fn first_id_of(&self, inst: Inst) -> Option<u32> {
        self.exits_of(inst).first().map(|(_, id)| *id)
    }

    /// Words that the largest exit buffer needs.
    pub fn max_words(&self) -> usize {
        self.values.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Which values are constants, so that exits need no words for them.
struct Definitions<'a> {
    function: &'a Function,
    definition: Vec<Option<Inst>>,
}

impl<'a> Definitions<'a> {
    fn new(function: &'a Function) -> Self {
        let mut definition = vec![None; function.values.len()];
        for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
            if let Some(result) = function.inst(inst).result {
                definition[result.index()] = Some(inst);
            }
        }
        Definitions { function, definition }
    }

    fn exit_point(
        &self,
        state: StateId,
        reason: ExitReason,
        observes: bool,
        culprit: Option<Value>,
    ) -> (ExitPoint, Vec<Value>) {
        let mut words = Words { definitions: self, values: Vec::new() };
        let (mut release, mut variables) = (Vec::new(), Vec::new());
        let mut frames = Vec::with_capacity(self.function.state_chain(state).count());
        for id in self.function.state_chain(state) {
            let state = self.function.state(id);
            frames.push(FrameImage {
                code: state.code,
                function: words.source(&state.function),
                offset: state.offset,
                return_offset: state.return_offset,
                on_return: state.on_return,
                untraced: state.untraced,
                frame: state.frame.map(|v| words.word(v)),
                locals: state.locals.iter().map(|s| words.source(s)).collect(),
                stack: state.stack.iter().map(|s| words.source(s)).collect(),
            });
            variables.extend(state.variables.iter().map(|(name, slot)| (*name, words.source(slot))));
            release.extend(state.release.iter().map(|&v| words.source(&Slot::Owned(v))));
        }
        frames.reverse();
        let resume = if observes { Resume::Observe } else { self.function.state(state).resume };
        let culprit = culprit.map(|value| words.word(value));
        let origin = self.function.state(state).origin.filter(|_| reason.is_of_instruction());
        let values = words.values;
        (ExitPoint { reason, resume, frames, variables, release, culprit, origin, wanted: 0, words: values.len() as u32 }, values)
    }

    fn constant(&self, value: Value) -> Option<&InstData> {
        self.definition[value.index()].map(|inst| self.function.inst(inst))
    }
}

/// The words of one exit buffer while it is laid out: each value has one word.
struct Words<'a> {
    definitions: &'a Definitions<'a>,
    values: Vec<Value>,
}

impl Words<'_> {
    fn word(&mut self, value: Value) -> u32 {
        let index = self.values.iter().position(|&v| v == value).unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        });
        index as u32
    }

    fn source(&mut self, slot: &Slot) -> Source {
        match slot {
            Slot::Null => Source::Null,
            Slot::Int(value) => Source::ConstInt(*value),
            Slot::Float(bits) => Source::ConstFloat(*bits),
            Slot::Object(index) => Source::Object(*index),
            Slot::InFrame => Source::InFrame,
            Slot::Virtual(kind, parts) => {
                Source::Virtual(Box::new((*kind, parts.iter().map(|s| self.source(s)).collect())))
            }
            Slot::Maybe(flag, slot) => Source::Maybe(self.word(*flag), Box::new(self.source(slot))),
            Slot::OwnedOrNull(value) => Source::OwnedOrNull(self.word(*value)),
            Slot::Owned(value) | Slot::Borrowed(value) | Slot::Raw(value) => {
                let owned = matches!(slot, Slot::Owned(_));
                self.constant(*value, owned).unwrap_or_else(|| {
                    let word = self.word(*value);
                    match self.definitions.function.ty(*value) {
                        Ty::F64 => Source::Float(word),
                        Ty::Bool => Source::Bool(word),
                        Ty::I64 => Source::Int(word),
                        Ty::Obj | Ty::Ptr if owned => Source::Owned(word),
                        Ty::Obj | Ty::Ptr => Source::Borrowed(word),
                    }
                })
            }
        }
    }

    /// The source of a value that is a constant. An owned reference to a constant object stays a word: the exit
    /// takes it over, where [`Source::Object`] makes a new one.
    fn constant(&self, value: Value, owned: bool) -> Option<Source> {
        let data = self.definitions.constant(value)?;
        match (data.op, &data.imm) {
            (Op::Iconst, Imm::Int(value)) => Some(Source::ConstInt(*value)),
            (Op::Fconst, Imm::Float(bits)) => Some(Source::ConstFloat(*bits)),
            (Op::Object, Imm::Object(index)) if !owned => Some(Source::Object(*index)),
            (Op::Null, _) => Some(Source::Null),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Abi;
    use crate::state::FrameState;
    use whipsnake_contract::exit::{OnReturn, Virtual};

    fn state(locals: Vec<Slot>, parent: Option<StateId>) -> FrameState {
        FrameState {
            code: parent.map_or(0, |_| 1),
            function: Slot::Null,
            offset: 10,
            return_offset: 4,
            on_return: OnReturn::Push,
            resume: Resume::Execute,
            untraced: false,
            frame: None,
            locals,
            stack: Vec::new(),
            variables: Vec::new(),
            release: Vec::new(),
            origin: None,
            parent,
        }
    }

    #[test]
    fn one_point_per_state_and_reason_with_values_in_word_order() {
        let mut f = Function::new("f", Abi::Function);
        let entry = f.entry();
        let callee = f.block(entry).params[1];
        let one = f.push_value(entry, Op::Iconst, &[], Imm::Int(1), None);
        let boxed = f.push_value(entry, Op::BoxInt, &[one], Imm::None, None);
        let sum = f.push_value(entry, Op::Iadd, &[one, one], Imm::None, None);
        let outer = f.add_state(state(vec![Slot::Borrowed(callee), Slot::Raw(one)], None));
        let mut inner = state(vec![Slot::Owned(boxed), Slot::Virtual(Virtual::Tuple, vec![Slot::Raw(sum), Slot::Borrowed(callee)])], Some(outer));
        inner.release.push(boxed);
        let inner = f.add_state(inner);
        let divide = f.push(entry, Op::IfloordivChecked, &[sum, one], Imm::None, Some(inner));
        let shift = f.push(entry, Op::IshrChecked, &[sum, one], Imm::None, Some(inner));
        let decref = f.push(entry, Op::Decref, &[boxed], Imm::None, Some(outer));
        f.exit(entry, ExitReason::Arithmetic, inner);

        let table = ExitTable::build(&f);
        assert_eq!(table.exits_of(divide), [(ExitReason::Arithmetic, 0), (ExitReason::IntOverflow, 1)]);
        assert_eq!(table.exits_of(shift), [(ExitReason::Arithmetic, 0)]);
        assert_eq!(table.id_of(decref, ExitReason::FrameObserved), Some(2));
        assert_eq!(table.points.len(), 3, "the exit shares the first point");
        assert_eq!(table.values, [vec![callee, boxed, sum], vec![callee, boxed, sum], vec![callee]], "what most exits have comes first");
        let point = &table.points[0];
        assert_eq!((point.words, point.resume), (3, Resume::Execute));
        assert_eq!(point.frames[0].locals, [Source::Borrowed(0), Source::ConstInt(1)]);
        let tuple = Source::Virtual(Box::new((Virtual::Tuple, vec![Source::Int(2), Source::Borrowed(0)])));
        assert_eq!(point.frames[1].locals, [Source::Owned(1), tuple]);
        assert_eq!(point.release, [Source::Owned(1)]);
        assert_eq!(table.points[2].resume, Resume::Observe);
        assert_eq!(table.max_words(), 3);
    }

    #[test]
    fn type_guards_tell_which_object_failed() {
        let mut f = Function::new("f", Abi::Function);
        let entry = f.entry();
        let stored = f.block(entry).params[1];
        let one = f.push_value(entry, Op::Iconst, &[], Imm::Int(1), None);
        let [other, boxed] = [(); 2].map(|()| f.push_value(entry, Op::BoxInt, &[one], Imm::None, None));
        let s = f.add_state(state(vec![Slot::Borrowed(other), Slot::Borrowed(stored)], None));
        let guards: Vec<Inst> = [(stored, 1), (boxed, 1), (stored, 2), (other, 1)]
            .map(|(value, ty)| f.push(entry, Op::GuardType, &[value], Imm::Type(ty), Some(s)))
            .to_vec();
        let unbox = f.push(entry, Op::UnboxInt, &[stored], Imm::None, Some(s));
        f.exit_every = Some((3, 0x1000));
        f.exit(entry, ExitReason::TypeGuard, s);

        let table = ExitTable::build(&f);
        let ids: Vec<u32> = guards.iter().map(|&guard| table.id_of(guard, ExitReason::TypeGuard).unwrap()).collect();
        assert_eq!(ids, [0, 2, 0, 3], "one exit per object, whatever type is expected");
        let culprits: Vec<Option<u32>> = table.points.iter().map(|point| point.culprit).collect();
        assert_eq!(culprits, [Some(0), None, Some(2), Some(1), None, None]);
        let wanted: Vec<u64> = table.points.iter().map(|point| point.wanted).collect();
        assert_eq!(wanted, [1, 0, 1, 1, 0, 0], "the type of the first guard");
        assert_eq!(table.values[0], [stored, other], "a word of the state serves");
        assert_eq!(table.values[2], [stored, other, boxed], "a word of its own");
        assert_eq!((table.points[2].words, table.points[1].reason), (3, ExitReason::Forced));
        assert_eq!(table.id_of(unbox, ExitReason::BigInt), Some(4));
        assert_eq!(table.points[5].reason, ExitReason::TypeGuard, "an exit without a guard blames nothing");
    }

    #[test]
    fn forced_exits_have_points_of_their_own() {
        let mut f = Function::new("f", Abi::Loop);
        let entry = f.entry();
        let s = f.add_state(state(Vec::new(), None));
        let flag = f.push_value(entry, Op::Bconst, &[], Imm::Int(1), None);
        let guard = f.push(entry, Op::Guard, &[flag], Imm::Exit(ExitReason::Unbound), Some(s));
        f.exit(entry, ExitReason::LoopEnd, s);
        assert_eq!(ExitTable::build(&f).exits_of(guard), [(ExitReason::Unbound, 0)]);
        f.exit_every = Some((3, 0x1000));
        let table = ExitTable::build(&f);
        assert_eq!(table.exits_of(guard), [(ExitReason::Unbound, 0), (ExitReason::Forced, 1)]);
        f.states[s.index()].resume = Resume::Raise;
        assert_eq!(ExitTable::build(&f).exits_of(guard), [(ExitReason::Unbound, 0)]);
    }
}
