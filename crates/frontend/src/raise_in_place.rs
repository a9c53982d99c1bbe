//! Exceptions that are made, raised and handled within a unit, and that nobody else sees: no object is made for them, and no traceback.
//!
//! From the call of the class, or from a `raise` of the class itself, up to the end of the handler all is an attempt ([`crate::attempt`]): where native code leaves
//! before that, the interpreter makes the exception and raises it. The handler is built once more for it, as far as it is a straight line: which `except` clause
//! takes it is known, and what can be seen of it comes last. Inlined code that raises ends with the attempt; what its frames held is given up then, since a traceback would have held it so long.

use crate::attempt::owned_by;
use crate::builder::{Build, Builder, Edge, Instance, Stop};
use crate::call::{Callee, Runs};
use crate::region::Outcome;
use crate::unbuilt::Kind;
use crate::value::{Slot, State, Val};
use std::ops::Range;
use std::rc::Rc;
use whipsnake_bytecode::{Handler, Instr, Op};
use whipsnake_contract::exit::{ExitPolicy, ExitReason, OnReturn, Virtual};
use whipsnake_contract::snapshot::{Attribute, ExceptionInit, KnownType, ObjectId, ObjectKind, SeenExit, TypeId, TypeInfo};
use whipsnake_ir::Value;

/// Classes whose `__init__` is that of `BaseException`: it keeps the arguments.
const BASES: [&str; 14] = [
    "BaseException",
    "Exception",
    "ArithmeticError",
    "AssertionError",
    "BufferError",
    "IndexError",
    "KeyError",
    "LookupError",
    "NotImplementedError",
    "OverflowError",
    "RuntimeError",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
];
/// Most instructions of a handler.
const MAX_HANDLER: usize = 60;

/// Where an exception is handled.
struct Caught {
    /// The unit's own code.
    instance: Rc<Instance>,
    handler: Handler,
}

/// What is raised.
struct Thrown {
    /// Its class, and that as an object.
    class: TypeId,
    object: ObjectId,
    /// Slots of the stack below what the exception takes the place of.
    base: usize,
    /// Slots of the stack that are its arguments. None where they are not known: then nobody may look at them.
    arguments: Range<usize>,
    /// The instruction that raises it.
    raise: Instr,
    /// That has found the error itself: its operands end with it.
    is_found: bool,
}

/// An exception while it is raised and handled.
#[derive(Clone, Copy)]
struct Raised {
    /// What stands for it.
    value: Value,
    /// Its class.
    class: TypeId,
}

/// What handles an exception, when that is done.
struct Built {
    /// State of the unit's own code.
    state: State,
    /// Frames that the exception has ended, each with whether it is linked.
    frames: Vec<(Rc<Instance>, bool)>,
    /// The block that follows.
    behind: usize,
}

impl Builder<'_> {
    /// Makes an exception, of which the class is `base` on the stack, below its arguments, and raises it, up to the end of its handler, if the next instruction
    /// raises it and all is known that happens then. False if it is to be made as any other object.
    pub(crate) fn raise_new(&mut self, state: &mut State, class: TypeId, base: usize, instr: Instr) -> Build<bool> {
        let decoded = &self.instance.body.decoded;
        let next = decoded.index_of_offset(instr.next).map(|index| decoded.instrs[index]);
        let Some(raise) = next.filter(|next| matches!(next.op, Op::RaiseVarargs { argc: 1 })) else { return Ok(false) };
        if state.stack[base + 1].val != Val::Null {
            return Ok(false);
        }
        let Val::Const(object) = state.stack[base].val else { return Ok(false) };
        let arguments = base + 2..state.stack.len();
        self.raise_in_place(state, Thrown { class, object, base, arguments, raise, is_found: false }, instr)
    }

    /// The same for `raise class`, with the class on top of the stack.
    pub(crate) fn raise_class(&mut self, state: &mut State, instr: Instr) -> Build<bool> {
        let Val::Const(id) = state.peek(1).val else { return Ok(false) };
        let ObjectKind::Type(class) = *self.kind(id) else { return Ok(false) };
        let thrown = Thrown { class, object: id, base: state.stack.len() - 1, arguments: 0..0, raise: instr, is_found: false };
        self.raise_in_place(state, thrown, instr)
    }

    /// Goes on where the condition holds. Where it does not, the current instruction fails with its operands on top of the stack: raises an exception of the builtin
    /// class of that name in place, up to the end of its handler; before that, leaves unless it is certain to fail that way. False, and nothing is done, if it cannot be
    /// raised in place: before it was seen to fail, too.
    pub(crate) fn raise_unless(
        &mut self,
        state: &State,
        fine: Value,
        (name, reason): (&str, ExitReason),
        operands: usize,
        arguments: Range<usize>,
        instr: Instr,
        makes_sure: impl FnOnce(&mut Self, &mut State),
    ) -> Build<bool> {
        let types = self.snapshot.types.iter();
        let Some(class) = types.clone().position(|info| info.name == name && !info.mutable && info.new_exception.is_some()) else { return Ok(false) };
        let class = class as TypeId;
        let Some(object) = self.snapshot.objects.iter().position(|object| object.kind == ObjectKind::Type(class)) else { return Ok(false) };
        let others = |exit: &SeenExit| self.is_here(exit) && exit.reason != reason && exit.reason.policy() == ExitPolicy::Speculation;
        if self.exits_seen(&[reason]) == 0 || self.code().exits_seen.iter().any(others) || !self.may_raise_in_place(state, instr, instr) {
            return Ok(false);
        }
        let (found, failed) = self.split(fine);
        self.block = failed;
        let created = self.f.blocks.len();
        let mut at = state.clone();
        makes_sure(self, &mut at);
        let thrown = Thrown { class, object: object as ObjectId, base: state.stack.len() - operands, arguments, raise: instr, is_found: true };
        if !self.raise_in_place(&mut at, thrown, instr)? {
            return Err(Stop::NoInline((self.instance.path, instr.offset)));
        }
        self.cold_since(created);
        self.block = found;
        self.begin(instr, state);
        Ok(true)
    }

    /// True if all is known of the state that has to be, and what is raised is handled by the unit's own code.
    pub(crate) fn may_raise_in_place(&self, state: &State, raise: Instr, instr: Instr) -> bool {
        let site = (self.instance.path, instr.offset);
        // A generator's locals are taken out of its frame where they are needed: those would be no new ones.
        let takes_locals = self.resumes();
        let is_odd = |slot: &Slot| match slot.val {
            Val::MaybeObj(_) | Val::Unseen(_) | Val::Maybe(..) => true,
            Val::InFrame => takes_locals,
            _ => false,
        };
        let knows_all = !state.frames().any(|frame| frame.untraced.is_some() || frame.locals.iter().chain(&frame.stack).any(is_odd));
        self.attempt.is_none() && !self.lessons.no_inline.contains(&site) && knows_all && self.drops.is_empty() && self.caught_in_place(raise.offset).is_some()
    }

    fn raise_in_place(&mut self, state: &mut State, thrown: Thrown, instr: Instr) -> Build<bool> {
        let info = &self.snapshot.types[thrown.class as usize];
        let Some(init) = info.new_exception.filter(|_| !info.mutable || info.version != 0) else { return Ok(false) };
        if !self.may_raise_in_place(state, thrown.raise, instr) || !thrown.is_found && self.failed_here(false) {
            return Ok(false);
        }
        let Some(caught) = self.caught_in_place(thrown.raise.offset) else { return Ok(false) };
        let site = (self.instance.path, instr.offset);
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        let (attempt, inside) = self.begin_apart(state, site);
        let inlined = self.instance.clone();
        self.begin(instr, &inside);
        let built = self.raise_and_handle(state, inside, (thrown, init), instr, &caught);
        let Built { state: mut inside, frames, behind } = match built {
            Err(Stop::Leaves) => {
                // For the time being: what is noted may be enough for the next unit.
                (self.instance, self.late) = (inlined, None);
                self.end_attempt(attempt)?;
                return Ok(true);
            }
            built => built?,
        };
        let is_built = self.region.as_ref().is_none_or(|region| region.contains(&behind));
        if inside.variables != state.variables || !is_built {
            return Err(Stop::NoInline(site));
        }
        let gone = self.keep(state, &mut inside);
        self.end_seen_attempt(attempt)?;
        for (instance, linked) in frames {
            if let Some(parent) = instance.parent.clone().filter(|_| linked) {
                self.instance = instance;
                self.pop_inlined_frame(&parent);
            }
        }
        self.instance = caught.instance;
        let offset = self.instance.body.offset(behind);
        self.drops = self.late.take().into_iter().flatten().chain(gone).collect();
        self.flush_drops(&mut inside, offset);
        self.handler_edges.push((behind, Edge { block: self.block, state: inside, offset }));
        self.instance = inlined;
        self.drops.clear();
        Ok(true)
    }

    /// Builds all that; `state` owns nothing of what `before` does.
    fn raise_and_handle(
        &mut self,
        before: &State,
        mut state: State,
        (thrown, init): (Thrown, ExceptionInit),
        instr: Instr,
        caught: &Caught,
    ) -> Build<Built> {
        self.guard_unobserved();
        // What is called, and given to it, is kept by the exception; other operands end.
        let ends = if thrown.is_found { state.stack.len() } else { thrown.base };
        self.guard_operands(&state, before, ends, caught);
        let raised = self.new_exception(&mut state, thrown, init, instr)?;
        let (mut state, frames) = self.unwind_to(state, caught);
        self.late = Some(Vec::new());
        let behind = self.handle(&mut state, raised, caught)?;
        Ok(Built { state, frames, behind })
    }

    /// The handler of what is raised at an instruction, if that is one of the unit's own code, and no code in between has one or keeps something for later.
    fn caught_in_place(&self, mut offset: u32) -> Option<Caught> {
        let mut instance = self.instance.clone();
        while let Some(parent) = instance.parent.clone() {
            if instance.body.exceptions.handler_for(offset).is_some() || !parent.release.is_empty() {
                return None;
            }
            offset = parent.call.offset;
            instance = parent.instance.clone();
        }
        let handler = self.handler_of(&instance.body, offset).filter(|handler| !handler.lasti)?;
        Some(Caught { instance, handler })
    }

    /// Leaves if somebody could see how operands end that are on the stacks: that is before the handler begins.
    fn guard_operands(&mut self, state: &State, before: &State, base: usize, caught: &Caught) {
        let mut operands: Vec<&Slot> = Vec::new();
        for (index, frame) in before.frames().enumerate() {
            let stack = if index == 0 { &frame.stack[..base] } else { &frame.stack[..] };
            let kept = if frame.caller.is_none() { (caught.handler.depth as usize).min(stack.len()) } else { 0 };
            operands.extend(&stack[kept..]);
        }
        self.guard_unseen(state, &operands, &[]);
    }

    /// Puts an exception on the stack in place of its class and the arguments.
    fn new_exception(&mut self, state: &mut State, thrown: Thrown, init: ExceptionInit, instr: Instr) -> Build<Raised> {
        let Thrown { class, object, base, arguments, .. } = thrown;
        let count = arguments.len();
        let arguments = state.stack[arguments].to_vec();
        state.stack.truncate(base);
        state.stack.extend(arguments);
        (1..=count).for_each(|depth| self.to_part(state, depth));
        let first = state.stack.len() - count;
        let mut parts = state.stack.split_off(first);
        state.stack.truncate(base);
        let arguments: Vec<Slot> = parts.iter().map(Slot::borrow).collect();
        parts.iter_mut().for_each(|part| self.own(part));
        let info = &self.snapshot.types[class as usize];
        let kind = Kind::Exception { class: object, arguments: count, names: 0 };
        let value = self.leave_unbuilt(state, kind, info.address, parts);
        state.stack.push(Slot::owned(Val::Obj(value)));
        if let ExceptionInit::Python(method) = init {
            let site = (self.instance.path, instr.offset);
            let Some((function, code, sources)) = self.inlinable_with(method, count + 1, &[], instr) else { return Err(Stop::NoInline(site)) };
            let args = std::iter::once(Slot::borrowed(Val::Obj(value))).chain(arguments).collect();
            let args = crate::arguments::arranged(&sources, args, &[]);
            let callee = Callee { id: method, info: &function, code, runs: Runs::Constant, exact: true };
            if !self.inline(state, callee, args, OnReturn::CheckNone, instr)? {
                return Err(Stop::Leaves);
            }
        }
        Ok(Raised { value, class })
    }

    /// The state of the unit's own code at the handler, with the exception that is on top of the innermost frame's stack; and the frames that end, each with whether it
    /// is linked.
    fn unwind_to(&mut self, mut state: State, caught: &Caught) -> (State, Vec<(Rc<Instance>, bool)>) {
        let exception = state.pop();
        let mut frames = Vec::new();
        let mut instance = self.instance.clone();
        while let (Some(parent), Some(caller)) = (instance.parent.clone(), state.caller.take()) {
            frames.push((instance, state.linked));
            let caller = Rc::unwrap_or_clone(caller);
            state = State { facts: state.facts, variables: state.variables, unbuilt: state.unbuilt, loans: Vec::new(), ..caller };
            instance = parent.instance.clone();
        }
        state.stack.truncate(caught.handler.depth as usize);
        state.stack.push(exception);
        self.instance = instance;
        (state, frames)
    }

    /// Builds the handler until the exception is gone; returns the block that follows.
    fn handle(&mut self, state: &mut State, raised: Raised, caught: &Caught) -> Build<usize> {
        let body = caught.instance.body.clone();
        let instrs = &body.decoded.instrs;
        let index_of = |offset: u32| body.decoded.index_of_offset(offset);
        let gives_up = Stop::NoInline(self.attempt.expect("it was begun").site);
        let Some(mut index) = index_of(caught.handler.target) else { return Err(gives_up) };
        let mut handled = false;
        for _ in 0..MAX_HANDLER {
            let instr = instrs[index];
            index += 1;
            self.begin(instr, state);
            match instr.op {
                Op::PushExcInfo => {
                    // What was handled before is put back by the end of the handler: nobody looks at it.
                    let exception = state.pop();
                    state.stack.extend([Slot::borrowed(self.none()), exception]);
                }
                Op::CheckExcMatch => {
                    let branch = instrs.get(index).map(|next| next.op);
                    let (Some(matches), Some(Op::PopJumpIfFalse { target })) = (self.catches_class(raised.class, &state.pop().val), branch) else {
                        return Err(gives_up);
                    };
                    let next = if matches { Some(index + 1) } else { index_of(target) };
                    let Some(next) = next else { return Err(gives_up) };
                    index = next;
                }
                Op::PopExcept => {
                    state.pop();
                    handled = true;
                }
                _ => {
                    let mut out = Outcome::default();
                    let (edges, goes_on) = (self.handler_edges.len(), self.instruction(state, instr, &mut out)?);
                    if !goes_on || !out.is_empty() || self.handler_edges.len() > edges {
                        return Err(gives_up);
                    }
                }
            }
            let is_gone = state.unbuilt_of(&Val::Obj(raised.value)).is_none();
            if let Some(block) = body.block_at(instr.next).filter(|_| handled && is_gone) {
                return Ok(block);
            }
        }
        Err(gives_up)
    }

    /// Whether an `except` clause with that class, or these classes, takes exceptions of a class; `None` if that is not known.
    fn catches_class(&self, class: TypeId, wanted: &Val) -> Option<bool> {
        let one = |wanted: ObjectId| {
            let ObjectKind::Type(wanted) = *self.kind(wanted) else { return None };
            let wanted: &TypeInfo = &self.snapshot.types[wanted as usize];
            Some(self.snapshot.types[class as usize].mro.contains(&wanted.address))
        };
        match wanted {
            Val::Const(id) => match self.kind(*id) {
                ObjectKind::Tuple(classes) => classes.iter().map(|&class| one(class)).try_fold(false, |any, one| Some(any | one?)),
                _ => one(*id),
            },
            Val::Virtual(Virtual::Tuple, parts) => {
                let ones = parts.iter().map(|part| if let Val::Const(id) = part.val { one(id) } else { None });
                ones.into_iter().try_fold(false, |any, one| Some(any | one?))
            }
            _ => None,
        }
    }

    /// The state behind the handler takes over what it still has of the state before the attempt. Returns the rest, which is to be given up.
    fn keep(&mut self, before: &State, inside: &mut State) -> Vec<Slot> {
        // The traceback would give up the innermost frame first.
        let slots: Vec<Slot> = before.frames().flat_map(|frame| self.in_order_of_release(frame.locals.clone()).into_iter().chain(frame.stack.clone())).collect();
        let (mut held, mut gone) = self.unkept(inside, &slots);
        gone.sort_by_key(|slot| slots.iter().position(|other| other.holds(&slot.val)));
        let own = before.frames().last().expect("a state is one of a frame");
        let stack = inside.stack.iter_mut().zip(&own.stack);
        for (slot, original) in inside.locals.iter_mut().zip(&own.locals).chain(stack) {
            if *slot == original.borrow() {
                *slot = original.clone();
                for value in owned_by([original]) {
                    if let Some(index) = held.iter().position(|other| *other == value) {
                        held.swap_remove(index);
                    }
                }
            } else {
                self.take_over(&mut held, slot);
            }
        }
        let old = own.stack.len().min(inside.stack.len());
        for slot in &mut inside.stack[old..] {
            self.take_over(&mut held, slot);
        }
        gone
    }

    /// Gives an exception on the stack that is not built an attribute, whose value is below it. False if that cannot be done.
    pub(crate) fn set_on_exception(&mut self, state: &mut State, name: &str) -> bool {
        let Some(one) = state.unbuilt_of(&state.peek(1).val) else { return false };
        let (Kind::Exception { class, arguments, names }, value) = (one.kind, one.value) else { return false };
        let is_plain = self.owner_type(state, 1, None).is_some_and(|info| info.sets_as_object && matches!(info.attributes.get(name), Some(Attribute::DictValue)));
        if !is_plain {
            return false;
        }
        self.to_part(state, 2);
        let owner = state.pop();
        if state.reaches(state.peek(1), value) {
            state.stack.push(owner);
            return false;
        }
        let mut part = state.pop();
        self.own(&mut part);
        let known = self.exception_names(names).iter().position(|known| known == name);
        let more = if known.is_none() { self.with_name(names, name) } else { names };
        let one = state.unbuilt_mut(value);
        one.kind = Kind::Exception { class, arguments, names: more };
        match known {
            Some(index) => {
                let old = std::mem::replace(&mut one.parts[arguments + index], part);
                self.drop_slot(state, old);
            }
            None => one.parts.push(part),
        }
        self.drop_slot(state, owner);
        true
    }

    /// An attribute of the exception on top of the stack, which is not built, for slots that own nothing; `None` if that is not known.
    pub(crate) fn part_of_exception(&mut self, state: &mut State, name: &str) -> Option<Slot> {
        let one = state.unbuilt_of(&state.peek(1).val)?;
        let Kind::Exception { arguments, names, .. } = one.kind else { return None };
        let index = self.exception_names(names).iter().position(|known| known == name)?;
        Some(one.parts[arguments + index].borrow())
    }

    /// `args` of the exception on top of the stack, which is not built, in parts that are owned; `None` if they are not known.
    pub(crate) fn arguments_of_exception(&mut self, state: &State) -> Option<Slot> {
        let one = state.unbuilt_of(&state.peek(1).val)?;
        let (Kind::Exception { arguments, .. }, Some(info)) = (one.kind, self.type_info(one.ty)) else { return None };
        // Where the error was found by an instruction, its arguments may not be known.
        if arguments == 0 || !info.gives_arguments {
            return None;
        }
        let mut parts: Vec<Slot> = one.parts[..arguments].iter().map(Slot::borrow).collect();
        parts.iter_mut().for_each(|part| self.own(part));
        Some(Slot::borrowed(Val::Virtual(Virtual::Tuple, parts)))
    }

    /// `__init__` of a class by that name, with an exception that is not built as self: it gets other arguments. False if it is something else.
    pub(crate) fn set_arguments(&mut self, state: &mut State, base: usize, name: &str) -> bool {
        let Some(one) = state.unbuilt_of(&state.stack[base + 1].val) else { return false };
        let (Kind::Exception { class, arguments, names }, value) = (one.kind, one.value) else { return false };
        if !name.strip_suffix(".__init__").is_some_and(|owner| BASES.contains(&owner)) {
            return false;
        }
        let count = state.stack.len() - base - 2;
        (1..=count).for_each(|depth| self.to_part(state, depth));
        if state.stack[base + 2..].iter().any(|argument| state.reaches(argument, value)) {
            return false;
        }
        let mut given: Vec<Slot> = state.stack[base + 2..].iter().map(Slot::borrow).collect();
        given.iter_mut().for_each(|argument| self.own(argument));
        let one = state.unbuilt_mut(value);
        one.kind = Kind::Exception { class, arguments: count, names };
        let old: Vec<Slot> = one.parts.splice(..arguments, given).collect();
        old.into_iter().for_each(|slot| self.drop_slot(state, slot));
        let none = self.none();
        self.finish_native(state, base, Slot::borrowed(none));
        true
    }

    /// `str()` of the exception on top of the stack, for a slot that owns nothing, if that is not built and has a str as its only argument.
    pub(crate) fn text_of_exception(&self, state: &State) -> Option<Slot> {
        let one = state.unbuilt_of(&state.peek(1).val)?;
        let (Kind::Exception { arguments: 1, .. }, Some(info)) = (one.kind, self.type_info(one.ty)) else { return None };
        let text = &one.parts[0];
        (info.shows_arguments && self.known_type(state, &text.val) == Some(KnownType::Str)).then(|| text.borrow())
    }

    /// Names of the attributes that were set on an exception, in that order.
    fn exception_names(&self, names: usize) -> &[String] {
        &self.exception_names[names]
    }

    /// The number of the same names and one more.
    fn with_name(&mut self, names: usize, name: &str) -> usize {
        let wanted: Vec<String> = self.exception_names[names].iter().cloned().chain([name.to_owned()]).collect();
        match self.exception_names.iter().position(|known| *known == wanted) {
            Some(index) => index,
            None => {
                self.exception_names.push(wanted);
                self.exception_names.len() - 1
            }
        }
    }
}
