//! Generators of generator functions in place: a loop that asks one for its items gets what it executes from one `yield` to the next.
//!
//! As for generator expressions ([`crate::generator`]) the generator stays in parts, and what it executes for an item is an attempt. But its code may begin with
//! anything and have any loops and several `yield`s: what it executes first and what it goes on with later is built apart, and so are the loops that ask
//! for the first item and for further ones.

use crate::arguments::{Source, VARARGS, VARKEYWORDS, arranged};
use crate::attempt::owned_by;
use crate::body::Body;
use crate::builder::{Build, Builder, Edge, Site, Stop};
use crate::call::Known;
use crate::generator::{Asked, GENERATOR, Waiting, back};
use crate::reduction::Reduction;
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Resume, Virtual};
use whipsnake_contract::snapshot::{CodeId, FunctionInfo, ObjectId, ObjectKind};
use whipsnake_ir::{Cond, Imm, Op as Ir, Value};

/// Parts of a generator: its function, the place at which it goes on, its code; its locals follow, without the variables of its closure, and then what is on its
/// stack.
const FUNCTION: usize = 0;
const PLACE: usize = 1;
const CODE: usize = 2;
const LOCALS: usize = 3;

/// Most `yield`s of such a function.
const MAX_YIELDS: usize = 8;

/// What is needed to know of a generator function.
struct Waits {
    /// Indices of its `yield`s.
    yields: Vec<usize>,
    /// Variables of its closure.
    free: u32,
}

impl Body {
    /// What the code is like if it is that of a generator function that can run in place.
    fn waits(&self) -> Option<Waits> {
        let instrs = &self.decoded.instrs;
        let op = |index: usize| instrs.get(index).map(|instr| instr.op);
        let (free, start) = self.closure();
        if !matches!(op(start), Some(Op::ReturnGenerator)) || instrs.iter().any(|instr| matches!(instr.op, Op::MakeCell { .. })) {
            return None;
        }
        let yields: Vec<usize> = (start + 1..instrs.len()).filter(|&index| instrs[index].op.suspends()).collect();
        // Within `try` and `with` it would have to be told when it is given up.
        let waits = |&index: &usize| {
            matches!(op(index), Some(Op::YieldValue { delegating: false })) && matches!(op(index + 1), Some(Op::Resume { except_depth1: true, .. }))
        };
        // What lies on its stack must not depend on where it waits.
        let are_alike = yields.windows(2).all(|pair| self.depths[pair[0]] == self.depths[pair[1]]);
        (are_alike && (1..=MAX_YIELDS).contains(&yields.len()) && yields.iter().all(waits)).then_some(Waits { yields, free })
    }
}

impl Waits {
    /// Code unit offsets at which the generator goes on.
    fn places(&self, body: &Body) -> Vec<u32> {
        self.yields.iter().map(|&index| body.decoded.instrs[index].next).collect()
    }
}

impl Builder<'_> {
    /// Keeps the generator that a call of a known function returns in parts. False if it could not run in place.
    pub(crate) fn make_called_generator(
        &mut self,
        state: &mut State,
        known: Known,
        info: &FunctionInfo,
        base: usize,
        (sources, names): (&[Source], &[ObjectId]),
        instr: Instr,
    ) -> Build<bool> {
        let Some(code) = self.code_in_place(info, instr) else { return Ok(false) };
        if known.exact {
            self.assume_function(info);
        }
        let mut args = state.stack.split_off(base);
        if !names.is_empty() {
            args.pop();
        }
        let callable = args.remove(0);
        if args[0].val == Val::Null {
            args.remove(0);
        }
        self.push_new_generator(state, callable, code, arranged(sources, args, names));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// The same for a generator expression of several loops, whose function the unit has made and whose iterator takes the place of self.
    pub(crate) fn make_called_expression(&mut self, state: &mut State, base: usize, code: CodeId) -> bool {
        let info = self.info_of_made(code);
        let (Some(instr), Val::Obj(function), None) = (self.instr, &state.stack[base].val, state.unbuilt_of(&state.stack[base].val)) else { return false };
        let function = *function;
        let Some(code) = self.code_in_place(&info, instr) else { return false };
        self.guard_made_of(function, code);
        let (Some(iterator), Some(function)) = (state.stack.pop(), state.stack.pop()) else { unreachable!("both are on the stack") };
        self.push_new_generator(state, function, code, vec![iterator]);
        true
    }

    /// The code of a generator function that may run in place.
    fn code_in_place(&mut self, info: &FunctionInfo, instr: Instr) -> Option<CodeId> {
        let code = info.code.filter(|&code| self.may_inline(code, instr.offset))?;
        let is_plain = info.flags & (VARARGS | VARKEYWORDS) == 0 && info.kwonly == 0 && self.attempt.is_none();
        (is_plain && self.body(code).ok()?.waits().is_some()).then_some(code)
    }

    fn push_new_generator(&mut self, state: &mut State, function: Slot, code: CodeId, parameters: Vec<Slot>) {
        let code_object = self.code_object(&self.snapshot.codes[code as usize]);
        state.facts.update(code_object, |fact| fact.made_of = Some(code));
        let base = state.stack.len();
        state.stack.extend([function, Slot::borrowed(Val::SmallInt(0)), Slot::borrowed(Val::Obj(code_object))]);
        state.stack.extend(parameters);
        let count = state.stack.len() - base;
        let parts = self.take_parts(state, count);
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::NewGenerator, parts)));
    }

    /// Replaces an instance of a class whose `__iter__` is a generator function on top of the stack by its iterator in parts. False if it is none.
    pub(crate) fn iterate_by_generator(&mut self, state: &mut State, instr: Instr) -> bool {
        let Some(info) = self.python_class(state, 1) else { return false };
        let Some(method) = self.special(info, "__iter__") else { return false };
        let ObjectKind::Function(function) = self.kind(method).clone() else { return false };
        if function.flags & GENERATOR == 0 || function.argcount != 1 {
            return false;
        }
        let Some(code) = self.code_in_place(&function, instr) else { return false };
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        self.assume_function(&function);
        let iterable = state.pop();
        self.push_new_generator(state, Slot::borrowed(Val::Const(method)), code, vec![iterable]);
        true
    }

    /// Code and parts of such a generator on top of the stack.
    pub(crate) fn called_generator_on_top(&self, state: &State) -> Option<(CodeId, Vec<Slot>)> {
        let Val::Virtual(Virtual::NewGenerator | Virtual::WaitingGenerator, parts) = &state.peek(1).val else { return None };
        let Val::Obj(code) = parts[CODE].val else { return None };
        Some((state.facts.get(code).made_of?, parts.clone()))
    }

    /// Asks such a generator on top of the stack for an item: as [`Self::ask_generator`].
    pub(crate) fn ask_called_generator(&mut self, state: &mut State, instr: Instr, reduction: Option<(Reduction, usize)>) -> Build<Option<Asked>> {
        let Some((code, parts)) = self.called_generator_on_top(state) else { return Ok(None) };
        // In another generator in place what may be NULL would have to be told from what the other one holds.
        let is_lent = self.attempt.is_some() && parts.iter().any(may_be_null);
        if is_lent || state.untraced.is_some() || self.failed_here(reduction.is_some()) || !self.may_inline(code, instr.offset) {
            return Ok(None);
        }
        let body = self.body(code)?;
        let Some(waits) = body.waits() else { return Ok(None) };
        let Some(function) = self.object_of(&parts[FUNCTION].val) else { return Ok(None) };
        self.take_named(state, &body);
        self.build_all(state);
        let Some((_, parts)) = self.called_generator_on_top(state) else { return Ok(None) };
        let site: Site = (self.instance.path, instr.offset);
        let attempt = self.begin_attempt(state, site);
        let pending = std::mem::take(&mut self.drops);
        let caller = self.enter_generator(code, body.clone(), Some(function), instr);
        let mut outcome = Outcome::default();
        let starts = self.go_on(state, &parts, &body, &waits, &mut outcome)?;
        self.build_from(&body, &starts, &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        let needs_item = reduction.is_some_and(|(reduction, _)| reduction.needs_item());
        let item = self.wait_each(outcome.yields, instr.next, |b, inside| b.wait_called(state, &parts, (&body, &waits), inside, reduction))?;
        let end = self.meet(outcome.ends, instr.next).and_then(|mut inside| {
            self.build_all(&mut inside);
            self.end_called(state, &parts, inside, needs_item)
        });
        self.instance = caller;
        self.end_attempt(attempt)?;
        self.drops = pending;
        self.begin(instr, state);
        Ok(item.map(|item| Asked { item, end }))
    }

    /// Adds the edges to where the generator goes on; returns their blocks.
    fn go_on(&mut self, state: &State, parts: &[Slot], body: &Body, waits: &Waits, out: &mut Outcome) -> Build<Vec<usize>> {
        let place = &parts[PLACE].val;
        let mut starts = Vec::new();
        let places = match place {
            Val::SmallInt(place) => vec![*place as u32],
            _ => waits.places(body),
        };
        let is_new = places == [0];
        let place = self.int_of(state, place).expect("places are integers");
        let (last, others) = places.split_last().expect("there is one");
        for &offset in others.iter().chain([last]) {
            let here = self.block;
            let mut otherwise = None;
            if offset != *last {
                let wanted = self.int_const(i64::from(offset));
                let is_here = self.icmp(Cond::Eq, place, wanted);
                let (yes, no) = self.split(is_here);
                self.block = yes;
                otherwise = Some(no);
            }
            let inside = self.inside_of(state, parts, waits.free, is_new);
            let block = if is_new { 0 } else { self.block_to_go_on(body, offset)? };
            out.pending.add(block, Edge { block: self.block, state: inside, offset });
            starts.push(block);
            self.block = otherwise.unwrap_or(here);
        }
        Ok(starts)
    }

    fn block_to_go_on(&self, body: &Body, offset: u32) -> Build<usize> {
        body.block_at(offset).ok_or(crate::GiveUp::NoResume(offset).into())
    }

    /// The generator's own state where it goes on. What it holds belongs to the generator that waits, for the time being.
    fn inside_of(&mut self, state: &State, parts: &[Slot], free: u32, is_new: bool) -> State {
        let count = self.code().nlocalsplus as usize;
        let own = count - free as usize;
        let slots: Vec<Slot> = parts[LOCALS..].iter().map(|part| self.lent_part(part)).collect();
        let (locals, stack) = if is_new { (slots.as_slice(), [].as_slice()) } else { slots.split_at(own) };
        let mut inside = self.inside(state, locals.to_vec(), stack.to_vec());
        if !is_new {
            // What is sent; the closure was copied before.
            inside.stack.push(Slot::borrowed(self.none()));
            self.lend_closure(&mut inside, free);
        }
        inside
    }

    /// A part as the generator's code has it: borrowed, but for what may be NULL, which has a reference of its own.
    fn lent_part(&mut self, part: &Slot) -> Slot {
        match &part.val {
            Val::MaybeObj(_) | Val::Unseen(_) => {
                self.unless_null(part, |b, value| b.effect(Ir::Incref, &[value], Imm::None));
                part.clone()
            }
            Val::Virtual(kind, parts) => {
                let parts = parts.clone();
                let lent = parts.iter().map(|part| self.lent_part(part)).collect();
                Slot::borrowed(Val::Virtual(*kind, lent))
            }
            _ => part.borrow(),
        }
    }

    /// The generator has an item, and waits again: what it held before and does not hold any more is given up.
    fn wait_called(
        &mut self,
        state: &State,
        parts: &[Slot],
        (body, waits): (&Body, &Waits),
        mut inside: State,
        reduction: Option<(Reduction, usize)>,
    ) -> Build<Option<Waiting>> {
        let instr = body.decoded.instrs[waits.yields[0]];
        self.begin(instr, &inside);
        self.build_all(&mut inside);
        let Some(taken) = self.take_for(&mut inside, reduction, state)? else { return Ok(None) };
        if inside.variables != state.variables {
            return Err(Stop::NoInline(self.attempt.map_or((self.instance.path, instr.offset), |attempt| attempt.site)));
        }
        let mut held = self.drop_unkept(&inside, &parts[LOCALS..]);
        let mut item = inside.pop();
        let place = inside.stack.remove(0);
        inside.locals.truncate(inside.locals.len() - waits.free as usize);
        let mut now = vec![parts[FUNCTION].clone(), place, parts[CODE].clone()];
        let slots: Vec<Slot> = inside.locals.drain(..).chain(inside.stack.drain(..)).collect();
        for mut slot in slots {
            self.take_over(&mut held, &mut slot);
            now.push(slot);
        }
        self.take_over(&mut held, &mut item);
        Ok(Some(self.give_item(state, inside, Val::Virtual(Virtual::WaitingGenerator, now), item, taken)))
    }

    /// What a generator held before and passes to what its state holds now, the item included. The rest is given up.
    pub(crate) fn drop_unkept(&mut self, inside: &State, before: &[Slot]) -> Vec<Value> {
        let (held, gone) = self.unkept(inside, before);
        self.drop_unseen(inside, &gone.iter().collect::<Vec<_>>(), &[]);
        held
    }

    /// What slots held before and pass to what the state holds now, and what is to be given up.
    pub(crate) fn unkept(&self, inside: &State, before: &[Slot]) -> (Vec<Value>, Vec<Slot>) {
        let mut held = owned_by(before);
        let is_maybe = |value: &Value| before.iter().any(|part| part.holds(&Val::MaybeObj(*value)) || part.holds(&Val::Unseen(*value)));
        let mut gone: Vec<Value> = held.clone();
        inside.locals.iter().chain(&inside.stack).for_each(|slot| take_out(&mut gone, slot, &is_maybe));
        for value in &gone {
            held.remove(held.iter().rposition(|other| other == value).expect("it was held"));
        }
        let gone = gone.into_iter().map(|value| Slot::owned(if is_maybe(&value) { Val::MaybeObj(value) } else { Val::Obj(value) })).collect();
        (held, gone)
    }

    /// The generator has come to its end. What it held when it was asked is still held by what is on the stack in its place.
    fn end_called(&mut self, state: &State, parts: &[Slot], inside: State, needs_item: bool) -> Option<(whipsnake_ir::Block, State)> {
        if needs_item && parts[PLACE].val == Val::SmallInt(0) {
            let exit = self.frame_state(&inside, 0, Resume::Execute, &[]);
            let block = self.block;
            self.f.exit(block, ExitReason::LoopEnd, exit);
            return None;
        }
        self.drop_unseen(&inside, &inside.locals.iter().chain(&inside.stack).collect::<Vec<_>>(), &[]);
        Some((self.block, back(state, inside)))
    }
}

fn may_be_null(part: &Slot) -> bool {
    match &part.val {
        Val::MaybeObj(_) | Val::Unseen(_) => true,
        Val::Virtual(_, parts) => parts.iter().any(may_be_null),
        _ => false,
    }
}

/// True if the slot holds a generator of a function that has not begun, itself or for a generator expression.
pub(crate) fn has_not_begun(slot: &Slot) -> bool {
    match &slot.val {
        Val::Virtual(Virtual::NewGenerator, _) => true,
        Val::Virtual(Virtual::Generator, parts) => parts.iter().any(has_not_begun),
        _ => false,
    }
}

/// Takes what a slot borrows out of what is held.
fn take_out(held: &mut Vec<Value>, slot: &Slot, is_maybe: &impl Fn(&Value) -> bool) {
    match &slot.val {
        Val::Obj(value) if !slot.owned && !is_maybe(value) => {
            if let Some(at) = held.iter().position(|other| other == value) {
                held.swap_remove(at);
            }
        }
        Val::Virtual(_, parts) => parts.iter().for_each(|part| take_out(held, part, is_maybe)),
        _ => {}
    }
}
