//! Generator expressions in place: a loop that asks one for its items gets the code between two `yield`s built into it.
//!
//! The generator is kept in parts, and made where something else needs it. What it executes for an item is an attempt
//! ([`crate::attempt`]): it takes effect with the item, and where native code leaves before that, the interpreter resumes a generator that
//! still waits where it waited.

use crate::attempt::owned_by;
use crate::body::Body;
use crate::builder::{Build, Builder, Edge, Instance, Parent, Site, Stop};
use crate::feedback::MANY_EXITS;
use crate::reduction::{Reduction, Taken};
use crate::region::Outcome;
use crate::value::{Facts, Slot, State, Val};
use std::cell::Cell;
use std::rc::Rc;
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitPolicy, ExitReason, OnReturn, Resume, Virtual};
use whipsnake_contract::snapshot::{CodeId, SeenExit};
use whipsnake_ir::{Block, Cond, Imm, Op as Ir, Value};

/// `CO_GENERATOR`.
pub(crate) const GENERATOR: u32 = 0x20;

/// Parts of a generator: its function, the place at which it goes on, and the iterator that it runs over; its locals follow, from the second one on,
/// without the variables of its closure.
const FUNCTION: usize = 0;
const PLACE: usize = 1;
const ITERATOR: usize = 2;
const LOCALS: usize = 3;

/// A generator expression of one loop: all that it keeps from one item to the next is its iterator.
#[derive(Clone, Copy, Debug)]
struct Expression {
    /// Code unit offset of the loop's header.
    header: u32,
    /// Index of the `yield`.
    at: usize,
    /// Variables of the closure.
    free: u32,
}

impl Body {
    /// How many variables of a closure the code begins with copying, and the index of the instruction behind that.
    pub(crate) fn closure(&self) -> (u32, usize) {
        match self.decoded.instrs.first().map(|instr| instr.op) {
            Some(Op::CopyFreeVars { count }) => (count, 1),
            _ => (0, 0),
        }
    }

    /// What the code, with that many locals, is like if it is that of such an expression.
    fn expression(&self, locals: u32) -> Option<Expression> {
        let instrs = &self.decoded.instrs;
        let op = |index: usize| instrs.get(index).map(|instr| instr.op);
        let (free, start) = self.closure();
        let begins = matches!(op(start), Some(Op::ReturnGenerator))
            && matches!(op(start + 1), Some(Op::PopTop))
            && matches!(op(start + 2), Some(Op::Resume { .. }))
            && matches!(op(start + 3), Some(Op::LoadFast { local: 0, .. }))
            && matches!(op(start + 4), Some(Op::ForIter { .. }));
        let header = instrs.get(start + 4).filter(|_| begins)?.offset;
        let mut yields = (start + 4..instrs.len()).filter(|&index| instrs[index].op.suspends());
        let (at, None) = (yields.next()?, yields.next()) else { return None };
        let goes_on = matches!(op(at), Some(Op::YieldValue { delegating: false }))
            && matches!(op(at + 1), Some(Op::Resume { .. }))
            && matches!(op(at + 2), Some(Op::PopTop))
            && matches!(op(at + 3), Some(Op::JumpBackward { target, .. }) if target == header);
        let [the_loop] = self.loops.as_slice() else { return None };
        let keeps_none = self.live[self.block_at(header)?].iter().all(|&local| local >= locals - free);
        (goes_on && the_loop.header == start + 4 && keeps_none).then_some(Expression { header, at, free })
    }
}

/// Where a generator has given an item and waits again: the state with the generator on the stack, and the item, unless that was a number and taken; then, too,
/// whether another one is wanted.
pub(crate) type Waiting = (Block, State, Option<Value>);

/// A generator that was asked for an item.
pub(crate) struct Asked {
    /// Where it has one.
    pub item: Option<Waiting>,
    /// Where it has none: the state without the generator.
    pub end: Option<(Block, State)>,
}

impl Builder<'_> {
    /// True if the code being built is that of a generator in place.
    pub(crate) fn is_in_place(&self) -> bool {
        self.instance.depth > 0 && self.code().flags & GENERATOR != 0
    }

    /// True for the code of a generator expression of one loop.
    pub(crate) fn is_expression(&mut self, code: CodeId) -> bool {
        let locals = self.snapshot.codes[code as usize].nlocalsplus;
        self.body(code).is_ok_and(|body| body.expression(locals).is_some())
    }

    /// The code of a function that the unit has made, be it built or not.
    fn code_of_made(&self, state: &State, function: &Val) -> Option<CodeId> {
        let Val::Obj(value) = *function else { return None };
        let unbuilt = self.function_unbuilt(state, function).map(|(code, _)| self.code_constant(code));
        unbuilt.or(state.facts.get(value).made_of)
    }

    /// Keeps the generator that a call of a function that the unit has made would return, if it can run in place. False if it cannot.
    pub(crate) fn make_generator(&mut self, state: &mut State, base: usize) -> Build<bool> {
        let Some(code) = self.code_of_made(state, &state.stack[base].val) else { return Ok(false) };
        let info = &self.snapshot.codes[code as usize];
        let is_plain = info.flags & GENERATOR != 0 && info.argcount == 1 && info.kwonly == 0;
        // The argument takes the place of self.
        let is_alone = state.stack.len() == base + 2 && !matches!(state.stack[base + 1].val, Val::Null | Val::MaybeObj(_));
        if !is_plain || !is_alone || !state.stack[base].owned || !self.may_speculate(ExitReason::CodeGuard) {
            return Ok(false);
        }
        let Ok(body) = self.body(code) else { return Ok(false) };
        let Some(expression) = body.expression(info.nlocalsplus) else { return Ok(self.make_called_expression(state, base, code)) };
        if let (Val::Obj(function), None) = (&state.stack[base].val, state.unbuilt_of(&state.stack[base].val)) {
            self.guard_made_of(*function, code);
        }
        let mut iterator = state.pop();
        self.own(&mut iterator);
        let function = state.pop();
        let mut parts = vec![function, Slot::borrowed(Val::SmallInt(0)), iterator];
        parts.resize(LOCALS - 1 + (info.nlocalsplus - expression.free) as usize, Slot::NULL);
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Generator, parts)));
        Ok(true)
    }

    /// Code and parts of a generator in parts on top of the stack.
    fn generator_on_top(&self, state: &State) -> Option<(CodeId, Vec<Slot>)> {
        let Val::Virtual(Virtual::Generator, parts) = &state.peek(1).val else { return None };
        Some((self.code_of_made(state, &parts[FUNCTION].val)?, parts.clone()))
    }

    /// Builds all that is not built yet, but for the function of the generator in parts on top of the stack: of that, only the cells are used.
    pub(crate) fn build_all_but_function(&mut self, state: &mut State) {
        let function = match &state.peek(1).val {
            Val::Virtual(Virtual::Generator, parts) => parts[FUNCTION].val.clone(),
            _ => Val::Null,
        };
        let unbuilt = state.unbuilt_of(&function).map(|one| one.value);
        self.build_others(state, unbuilt);
    }

    /// The body of that generator.
    pub(crate) fn body_of_generator(&mut self, state: &State) -> Build<Option<Rc<Body>>> {
        let code = self.generator_on_top(state).map(|(code, ..)| code).or_else(|| self.called_generator_on_top(state).map(|(code, _)| code));
        Ok(code.map(|code| self.body(code)).transpose()?)
    }

    /// Asks the generator in parts on top of the stack for an item, to be taken by the callable in that stack slot if there is a reduction. `None` if
    /// that cannot be built in place.
    pub(crate) fn ask_generator(&mut self, state: &mut State, instr: Instr, reduction: Option<(Reduction, usize)>) -> Build<Option<Asked>> {
        let Some((code, parts)) = self.generator_on_top(state) else { return self.ask_called_generator(state, instr, reduction) };
        // What the generator owns while it runs in another one would have to be told from what the other one holds.
        let holds_others = self.attempt.is_some() && parts[LOCALS..].iter().any(|local| local.val != Val::Null);
        if holds_others || state.untraced.is_some() || self.failed_here(reduction.is_some()) || !self.may_inline(code, instr.offset) {
            return Ok(None);
        }
        let body = self.body(code)?;
        let Some(expression) = body.expression(self.snapshot.codes[code as usize].nlocalsplus) else { return Ok(None) };
        self.take_named(state, &body);
        self.build_all_but_function(state);
        let Some((_, parts)) = self.generator_on_top(state) else { return Ok(None) };
        let cells = self.function_unbuilt(state, &parts[FUNCTION].val).map(|(_, cells)| cells.iter().map(Slot::borrow).collect::<Vec<_>>());
        let function = self.object_of(&parts[FUNCTION].val).filter(|_| cells.is_none());
        let site: Site = (self.instance.path, instr.offset);
        let attempt = self.begin_attempt(state, site);
        let pending = std::mem::take(&mut self.drops);
        let caller = self.enter_generator(code, body.clone(), function, instr);
        let start = self.waiting(state, &parts, expression, cells);
        let mut outcome = Outcome::default();
        let header = body.block_at(expression.header).expect("it is that of a loop");
        outcome.pending.add(header, Edge { block: self.block, state: start, offset: expression.header });
        self.build_blocks(&body.order, None, &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        let item = self.wait_each(outcome.yields, instr.next, |b, inside| b.wait(state, &parts, expression, inside, reduction))?;
        let needs_item = reduction.is_some_and(|(reduction, _)| reduction.needs_item());
        let end = self.meet(outcome.ends, instr.next).map(|mut inside| {
            self.build_all(&mut inside);
            self.run_out(state, &parts, inside, needs_item)
        });
        self.instance = caller;
        self.end_attempt(attempt)?;
        self.drops = pending;
        self.begin(instr, state);
        Ok(item.map(|item| Asked { item, end }))
    }

    /// True if an earlier unit left at the current instruction because something was not as expected. Which branches are taken the interpreter sees, whose
    /// the iterator is does not matter here, and what types items have is for the reduction to know.
    pub(crate) fn failed_here(&self, reduces: bool) -> bool {
        let is_failure = |exit: &SeenExit| match exit.reason {
            ExitReason::IdentityGuard => false,
            ExitReason::ColdBranch => exit.count > MANY_EXITS,
            ExitReason::TypeGuard if reduces => exit.count > MANY_EXITS,
            reason => matches!(reason.policy(), ExitPolicy::Speculation | ExitPolicy::Uncovered),
        };
        self.code().exits_seen.iter().any(|exit| self.is_here(exit) && is_failure(exit))
    }

    /// True for exits at the current instruction.
    pub(crate) fn is_here(&self, exit: &SeenExit) -> bool {
        self.instr.is_some_and(|instr| exit.offset == instr.offset)
    }

    /// Makes the generator in parts on top of the stack, which cannot run in place. A first unit notes how often that is asked for items: by the time that
    /// this is enough, more may be known of what the generator does, and it is tried again.
    pub(crate) fn note_generator(&mut self, state: &mut State) {
        if matches!(state.peek(1).val, Val::Virtual(Virtual::Generator | Virtual::NewGenerator | Virtual::WaitingGenerator, _)) && self.attempt.is_none() {
            self.objects(state, 1);
        }
        if self.instr.is_some_and(|instr| self.lessons.no_inline.contains(&(self.instance.path, instr.offset))) {
            self.note(state, 1);
        }
    }

    /// Goes on in the generator's code, that of a function that may not be built; returns the caller.
    pub(crate) fn enter_generator(&mut self, code: CodeId, body: Rc<Body>, function: Option<Value>, instr: Instr) -> Rc<Instance> {
        let caller = self.instance.clone();
        let frame = self.frame_for_callee(&caller, self.snapshot.codes[code as usize].framesize);
        let state_id = Cell::new(self.pre_state());
        let parent = Rc::new(Parent { instance: caller.clone(), call: instr, on_return: OnReturn::Push, release: Vec::new(), state_id });
        let path = caller.path_of(instr.offset, code);
        // Exits lead out of the attempt, and never into a frame of its code.
        let function = function.map_or(whipsnake_ir::Slot::Null, whipsnake_ir::Slot::Borrowed);
        self.instance = Rc::new(Instance { body, depth: caller.depth + 1, path, known: None, function, made: None, frame, parent: Some(parent) });
        caller
    }

    /// The generator's own state at its loop's header, with the cells of a function that is not built. What it holds belongs to the generator that waits, for the
    /// time being.
    fn waiting(&mut self, state: &State, parts: &[Slot], expression: Expression, cells: Option<Vec<Slot>>) -> State {
        let mut inside = self.inside(state, Vec::new(), vec![parts[ITERATOR].borrow()]);
        match cells {
            Some(cells) => {
                let first = inside.locals.len() - cells.len();
                inside.locals.splice(first.., cells);
            }
            None => self.lend_closure(&mut inside, expression.free),
        }
        inside
    }

    /// The state of a generator's own code, with those first locals and that stack.
    pub(crate) fn inside(&self, state: &State, mut locals: Vec<Slot>, stack: Vec<Slot>) -> State {
        locals.resize(self.code().nlocalsplus as usize, Slot::NULL);
        State {
            locals,
            stack,
            memory: Vec::new(),
            linked: false,
            stands: false,
            caller: Some(Rc::new(State { facts: Facts::default(), variables: Vec::new(), stands: false, ..state.clone() })),
            variables: state.variables.clone(),
            unbuilt: Rc::default(),
            facts: state.facts.clone(),
            untraced: None,
            loans: Vec::new(),
        }
    }

    /// The cells of the closure as the last locals: the function keeps them.
    pub(crate) fn lend_closure(&mut self, inside: &mut State, free: u32) {
        let first = inside.locals.len() - free as usize;
        let cells = self.closure_cells(inside, free).unwrap_or_default();
        for (local, cell) in (first..).zip(cells) {
            inside.locals[local] = Slot::borrowed(Val::Obj(cell));
        }
    }

    /// Joins states of the generator.
    pub(crate) fn meet(&mut self, edges: Vec<(Block, State)>, offset: u32) -> Option<State> {
        let edges: Vec<Edge> = edges.into_iter().map(|(block, state)| Edge { block, state, offset }).collect();
        if edges.is_empty() {
            return None;
        }
        let joined = self.join(edges);
        self.block = joined.block;
        Some(joined.state)
    }

    /// Ends the ways to a `yield`, each by `wait`, and joins them, if there are any. `None` if one has no such item as is wanted, or if they took their items for
    /// different things.
    pub(crate) fn wait_each(
        &mut self,
        yields: Vec<(Block, State)>,
        offset: u32,
        mut wait: impl FnMut(&mut Self, State) -> Build<Option<Waiting>>,
    ) -> Build<Option<Option<Waiting>>> {
        let mut ways = Some(Vec::new());
        for (block, inside) in yields {
            self.block = block;
            ways = ways.zip(wait(self, inside)?).map(|(ways, way): (Vec<Waiting>, _)| ways.into_iter().chain([way]).collect());
        }
        Ok(ways.and_then(|ways| self.meet_waiting(ways, offset)))
    }

    fn meet_waiting(&mut self, ways: Vec<Waiting>, offset: u32) -> Option<Option<Waiting>> {
        let Some((_, first, stop)) = ways.first() else { return Some(None) };
        let (stops, depth) = (stop.is_some(), first.stack.len());
        if ways.iter().any(|(_, state, stop)| stop.is_some() != stops || state.stack.len() != depth) {
            return None;
        }
        let ways = ways.into_iter().map(|(block, mut state, stop)| {
            state.stack.extend(stop.map(|stop| Slot::borrowed(Val::Bool(stop))));
            (block, state)
        });
        let mut state = self.meet(ways.collect(), offset)?;
        let stop = stops.then(|| state.pop()).and_then(|stop| self.bool_of(&stop.val));
        Some(Some((self.block, state, stop)))
    }

    /// The generator has an item, and waits again: what it held before and does not hold any more is given up.
    fn wait(
        &mut self,
        state: &State,
        parts: &[Slot],
        expression: Expression,
        mut inside: State,
        reduction: Option<(Reduction, usize)>,
    ) -> Build<Option<Waiting>> {
        let instr = self.instance.body.decoded.instrs[expression.at];
        self.begin(instr, &inside);
        self.build_all(&mut inside);
        let Some(taken) = self.take_for(&mut inside, reduction, state)? else { return Ok(None) };
        self.own_item(&mut inside);
        if never_raises(&parts[ITERATOR]) {
            // Nobody sees these before they are assigned again.
            for local in 1..inside.locals.len() - expression.free as usize {
                self.forget_number(&mut inside, local);
            }
        }
        let mut held = self.drop_unkept(&inside, &parts[ITERATOR..]);
        let (mut item, mut iterator, place) = (inside.pop(), inside.pop(), inside.pop());
        inside.locals.truncate(inside.locals.len() - expression.free as usize);
        self.take_over(&mut held, &mut iterator);
        if inside.variables != state.variables {
            // It has assigned one.
            return Err(Stop::NoInline(self.attempt.map_or((self.instance.path, expression.header), |attempt| attempt.site)));
        }
        let mut now = vec![parts[FUNCTION].clone(), place, iterator];
        for mut local in inside.locals.drain(1..).collect::<Vec<_>>() {
            self.take_over(&mut held, &mut local);
            now.push(local);
        }
        self.take_over(&mut held, &mut item);
        Ok(Some(self.give_item(state, inside, Val::Virtual(Virtual::Generator, now), item, taken)))
    }

    /// What the reduction takes the item on top of the generator's stack for, and where its callable is, if there is a reduction. `None` if it is no such item.
    pub(crate) fn take_for(&mut self, inside: &mut State, reduction: Option<(Reduction, usize)>, state: &State) -> Build<Option<Option<(Taken, usize)>>> {
        let Some((reduction, callable)) = reduction else { return Ok(Some(None)) };
        Ok(self.take_item(inside, reduction, &state.stack[callable])?.map(|taken| Some((taken, callable))))
    }

    /// The state of the code that asked a generator, which waits again as that, with its item on the stack unless that was a number and taken; then, too,
    /// whether another one is wanted.
    pub(crate) fn give_item(&mut self, state: &State, inside: State, generator: Val, item: Slot, taken: Option<(Taken, usize)>) -> Waiting {
        let mut after = back(state, inside);
        after.pop();
        after.stack.push(Slot::borrowed(generator));
        let Some((taken, callable)) = taken.filter(|(taken, _)| taken.is_number) else {
            after.stack.push(item);
            return (self.block, after, None);
        };
        for value in owned_by([&item]) {
            self.effect(Ir::DecrefLeaf, &[value], Imm::None);
        }
        after.stack[callable] = taken.callable;
        (self.block, after, taken.stop)
    }

    /// The generator has come to its end. Its iterator and its function are still held by what is on the stack in its place.
    fn run_out(&mut self, state: &State, parts: &[Slot], inside: State, needs_item: bool) -> (Block, State) {
        let place = self.int_of(&inside, &parts[PLACE].val).filter(|_| needs_item);
        if let Some(place) = place {
            let exit = self.frame_state(&inside, 0, Resume::Execute, &[]);
            let zero = self.int_const(0);
            let had_item = self.icmp(Cond::Ne, place, zero);
            self.guard_at(had_item, ExitReason::LoopEnd, exit);
        }
        let locals: Vec<&Slot> = parts[LOCALS..].iter().chain(&inside.locals).collect();
        self.drop_unseen(&inside, &locals, &[]);
        let mut after = back(state, inside);
        if let Some(Slot { val: Val::Virtual(_, parts), .. }) = after.stack.last_mut() {
            parts[LOCALS..].fill(Slot::NULL);
        }
        (self.block, after)
    }

    /// Makes the item on top of the stack the stack's own, if it is that of a local: that may be about to be forgotten.
    fn own_item(&mut self, inside: &mut State) {
        let Some(mut item) = inside.stack.pop() else { return };
        let is_lent = match &item.val {
            Val::Obj(value) => !item.owned && inside.locals.iter().any(|local| local.owned && local.val == Val::Obj(*value)),
            Val::Virtual(..) => true,
            _ => false,
        };
        if is_lent {
            self.own(&mut item);
        }
        inside.stack.push(item);
    }

    /// Forgets what a local holds if that is a number or text: nobody can tell.
    fn forget_number(&mut self, inside: &mut State, local: usize) {
        if !self.ends_unseen(inside, &inside.locals[local]) {
            return;
        }
        let slot = std::mem::replace(&mut inside.locals[local], Slot::NULL);
        for value in owned_by([&slot]) {
            self.effect(Ir::DecrefLeaf, &[value], Imm::None);
        }
    }

    /// Makes a slot own its objects: those that are held pass to it.
    pub(crate) fn take_over(&mut self, held: &mut Vec<Value>, slot: &mut Slot) {
        match &mut slot.val {
            Val::Obj(value) if !slot.owned => {
                match held.iter().position(|other| other == value) {
                    Some(index) => drop(held.swap_remove(index)),
                    None => self.effect(Ir::Incref, &[*value], Imm::None),
                }
                slot.owned = true;
            }
            Val::Virtual(_, parts) => parts.iter_mut().for_each(|part| self.take_over(held, part)),
            _ => {}
        }
    }

    /// True if nobody can tell whether a local that is not read any more still holds what it does.
    pub(crate) fn ends_unseen(&self, state: &State, local: &Slot) -> bool {
        match &local.val {
            Val::Obj(_) => self.is_leaf(state, &local.val),
            Val::MaybeObj(_) | Val::Unseen(_) => false,
            Val::Virtual(Virtual::Tuple | Virtual::Wide | Virtual::Complex | Virtual::Real, parts) => parts.iter().all(|part| self.ends_unseen(state, part)),
            Val::Virtual(..) => false,
            _ => true,
        }
    }
}

/// True for iterators that give their items whatever happens. Where others raise, the traceback leads to the generator's locals.
fn never_raises(iterator: &Slot) -> bool {
    match &iterator.val {
        Val::Virtual(Virtual::RangeIter | Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::ListReverseIter, _) => true,
        Val::Virtual(Virtual::Enumerate | Virtual::Zip, parts) => parts.iter().all(|part| never_raises(part) || !matches!(part.val, Val::Virtual(..) | Val::Obj(_))),
        _ => false,
    }
}

/// The state of the code that asked the generator, with what has become known.
pub(crate) fn back(state: &State, inside: State) -> State {
    State { facts: inside.facts, variables: inside.variables, ..state.clone() }
}
