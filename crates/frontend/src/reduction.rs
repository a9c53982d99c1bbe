//! Builtin functions that ask a generator in place for all its items: `sum(… for …)`, `min`, `max`, `list`, `set`, `sorted`, `join`; `any`, `all` and `tuple`
//! where the bytecode compiler has made no loop of them.
//!
//! The call becomes a loop. Between two items the callable on the stack stands for a call that has begun ([`Virtual::Begun`]): the interpreter, which
//! executes the same instruction, goes on with what the items have come to so far.

use crate::builder::{Build, Builder, Edge};
use crate::called_generator::has_not_begun;
use crate::generator::Asked;
use crate::plain::PLAIN;
use crate::shape::Shape;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::{Begun, ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, TypeId};
use whipsnake_ir::{Block, Cond, Imm, Op as Ir, Value};

/// Attempts at the loop before its types count as unstable.
const MAX_ATTEMPTS: usize = 6;

/// Parts of a call that has begun: the function, what it has begun to do (an integer; 0 before the first item), and what the items have come to.
const STAGE: usize = 1;
const SO_FAR: usize = 2;

/// What a function makes of items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reduction {
    /// A sum of ints and bools.
    Sum,
    /// A sum of floats, with compensation.
    FloatSum,
    /// The first one to which no other compares so; floats, or ints.
    Extreme(Cond, KnownType),
    /// Whether there is one that is true, or false.
    Finds(bool),
    /// An object of all of them, which are expected to be of that type if that matters.
    Collects(Begun, Option<KnownType>),
}

/// What an item was taken for.
pub(crate) struct Taken {
    /// The callable from now on.
    pub callable: Slot,
    /// No more items are wanted if this is true.
    pub stop: Option<Value>,
    /// The item was a number, of which nothing is wanted any more.
    pub is_number: bool,
}

impl Reduction {
    /// What a function may make of items, the most likely first.
    fn of(name: &str) -> &'static [Reduction] {
        use KnownType::{Float, Int};
        match name {
            "builtins.sum" => &[Reduction::Sum, Reduction::FloatSum],
            "builtins.min" => &[Reduction::Extreme(Cond::Lt, Int), Reduction::Extreme(Cond::Lt, Float)],
            "builtins.max" => &[Reduction::Extreme(Cond::Gt, Int), Reduction::Extreme(Cond::Gt, Float)],
            "builtins.any" => &[Reduction::Finds(true)],
            "builtins.all" => &[Reduction::Finds(false)],
            "list" => &[Reduction::Collects(Begun::List, None)],
            "tuple" => &[Reduction::Collects(Begun::Tuple, None)],
            "set" => &[Reduction::Collects(Begun::Set, Some(Int)), Reduction::Collects(Begun::Set, Some(KnownType::Str))],
            "builtins.sorted" => &[
                Reduction::Collects(Begun::Sorted, Some(Int)),
                Reduction::Collects(Begun::Sorted, Some(Float)),
                Reduction::Collects(Begun::Sorted, Some(KnownType::Str)),
            ],
            "str.join" => &[Reduction::Collects(Begun::Join, Some(KnownType::Str))],
            _ => &[],
        }
    }

    /// The type that items are expected to have of which nothing is known, if that matters.
    const fn item(self) -> Option<KnownType> {
        match self {
            Reduction::Sum => Some(KnownType::Int),
            Reduction::FloatSum => Some(KnownType::Float),
            Reduction::Extreme(_, known) => Some(known),
            Reduction::Finds(_) => Some(KnownType::Bool),
            Reduction::Collects(_, known) => known,
        }
    }

    /// What the interpreter does with what the items have come to; `None` where that is nothing.
    const fn begun(self) -> Option<Begun> {
        match self {
            Reduction::Sum => Some(Begun::Sum),
            Reduction::FloatSum => Some(Begun::FloatSum),
            Reduction::Extreme(Cond::Lt, _) => Some(Begun::Least),
            Reduction::Extreme(..) => Some(Begun::Greatest),
            Reduction::Finds(_) => None,
            Reduction::Collects(begun, _) => Some(begun),
        }
    }

    /// True if an iterable is asked first how many items there may be.
    const fn asks_length(self) -> bool {
        matches!(self, Reduction::Collects(Begun::List | Begun::Tuple | Begun::Sorted | Begun::Join, _))
    }

    /// True if a call without items ends in another way.
    pub(crate) const fn needs_item(self) -> bool {
        matches!(self, Reduction::FloatSum | Reduction::Extreme(..))
    }
}

impl Builder<'_> {
    /// Calls a builtin function with a generator in parts on top of the stack. False if it is left to the general way.
    pub(crate) fn reduce(&mut self, state: &mut State, name: &str, base: usize, instr: Instr) -> Build<bool> {
        if Reduction::of(name).first().is_some_and(|reduction| !reduction.asks_length()) {
            self.iterate_by_generator(state, instr);
        }
        if !matches!(state.peek(1).val, Val::Virtual(Virtual::Generator | Virtual::NewGenerator | Virtual::WaitingGenerator, _)) || !matches!(state.stack[base].val, Val::Const(_)) {
            return Ok(false);
        }
        if name == "str.join" && self.known_type(state, &state.stack[base + 1].val) != Some(KnownType::Str) {
            return Ok(false);
        }
        self.settle(state);
        self.build_all_but_function(state);
        if let Some(body) = self.body_of_generator(state)? {
            self.take_named(state, &body);
        }
        for &reduction in Reduction::of(name) {
            if self.may_reduce(reduction)
                && let Some(result) = self.reduction_loop(state, reduction, base, instr)?
            {
                *state = result;
                return Ok(true);
            }
        }
        self.note_generator(state);
        Ok(false)
    }

    /// True unless items that an earlier unit met were of another type.
    fn may_reduce(&self, reduction: Reduction) -> bool {
        let Some(expected) = reduction.item() else { return true };
        let is_expected = |id: TypeId| self.snapshot.types[id as usize].known == Some(expected);
        let mut met = self.code().exits_seen.iter().filter(|exit| self.is_here(exit) && exit.reason == ExitReason::TypeGuard);
        met.all(|exit| exit.types.iter().all(|seen| is_expected(seen.type_id)))
    }

    /// The call as a loop: the state behind it, in the current block. `None` if the items are not what the reduction takes.
    fn reduction_loop(&mut self, state: &State, reduction: Reduction, base: usize, instr: Instr) -> Build<Option<State>> {
        let mut entry = state.clone();
        if reduction.begun().is_some() {
            let mut parts = vec![entry.stack[base].clone(), Slot::borrowed(Val::SmallInt(0))];
            parts.extend(self.nothing_so_far(reduction));
            entry.stack[base] = Slot::borrowed(Val::Virtual(Virtual::Begun, parts));
        }
        let (origin, built) = (self.block, self.built());
        let start = self.f.add_block();
        self.block = start;
        if let Reduction::Collects(begun, _) = reduction {
            entry.stack[base] = self.new_collection(&mut entry, begun, &state.stack[base]);
        }
        let mut ends = Vec::new();
        // A new generator is asked for its first item apart: from then on it waits.
        let is_new = has_not_begun(state.peek(1));
        let rest = if is_new { self.ask_once(entry, reduction, base, instr, &mut ends)? } else { Some(Some((start, entry))) };
        let done = match rest {
            None => false,
            Some(None) => true,
            Some(Some((block, entry))) => self.ask_on(block, &entry, reduction, base, instr, &mut ends)?,
        };
        if done && ends.is_empty() && self.leaves_to_learn(start) {
            // Whatever follows is not reached before what a guard saw has become known.
            self.f.jump(origin, start, &[]);
            self.block = self.f.add_block();
            let mut after = state.clone();
            after.stack.truncate(base);
            self.revive(&mut after);
            return Ok(Some(after));
        }
        if !done || ends.is_empty() {
            self.abandon(built);
            self.block = origin;
            self.begin(instr, state);
            return Ok(None);
        }
        self.f.jump(origin, start, &[]);
        let joined = self.join(ends);
        self.block = joined.block;
        self.begin(instr, &joined.state);
        Ok(Some(joined.state))
    }

    /// True if code that was built from that block on leaves by guards, or for what will be known then, and for nothing else.
    fn leaves_to_learn(&self, first: Block) -> bool {
        let insts = self.f.blocks[first.index()..].iter().flat_map(|block| &block.insts).map(|&inst| self.f.inst(inst));
        let mut exits = insts.filter(|data| data.op == Ir::Exit);
        exits.all(|data| matches!(data.imm, Imm::Exit(reason) if reason == ExitReason::Profiled || reason.is_of_instruction()))
    }

    /// Asks for items as long as there are any, from that block on. False if the items are not what the reduction takes.
    fn ask_on(&mut self, from: Block, entry: &State, reduction: Reduction, base: usize, instr: Instr, ends: &mut Vec<Edge>) -> Build<bool> {
        let mut shapes: Vec<Shape> = entry.all_slots().map(|slot| self.iterator_shape(slot).unwrap_or_else(|| Shape::Same(slot.clone()))).collect();
        let callable = entry.locals.len() + base;
        if let Reduction::Collects(..) = reduction {
            shapes[callable] = Shape::Same(entry.stack[base].clone());
        }
        let linked = entry.linked_frames();
        for _ in 0..MAX_ATTEMPTS {
            let built = self.built();
            let (before, header) = (self.f.add_block(), self.f.add_block());
            let mut first = Edge { block: before, state: entry.clone(), offset: instr.offset };
            self.enter(&mut first, &shapes, linked, header);
            let mut at = entry.clone();
            self.receive(&shapes, header, &mut at);
            self.begin(instr, &at);
            let exit = self.pre_state();
            self.poll(exit);
            self.open_loops += 1;
            let mut found = Vec::new();
            let rest = self.ask_once(at, reduction, base, instr, &mut found)?;
            self.open_loops -= 1;
            let Some(rest) = rest else { return Ok(false) };
            if let Some((block, state)) = rest {
                let fits = state.all_slots().zip(&shapes).all(|(slot, shape)| self.fits(&state, slot, shape));
                if !fits {
                    let slots = entry.all_slots().zip(state.all_slots());
                    shapes = shapes.iter().zip(slots).map(|(shape, (first, slot))| self.widened((entry, first), shape, (&state, slot))).collect();
                    self.abandon(built);
                    continue;
                }
                let mut back = Edge { block, state, offset: instr.offset };
                self.enter(&mut back, &shapes, linked, header);
            }
            self.f.jump(from, before, &[]);
            ends.append(&mut found);
            return Ok(true);
        }
        Ok(false)
    }

    /// Asks for one item: where there is one and more are wanted, and the edges from where the call ends. `None` if items are not what the reduction takes.
    #[allow(clippy::type_complexity, reason = "one caller, which takes it apart at once")]
    fn ask_once(
        &mut self,
        mut at: State,
        reduction: Reduction,
        base: usize,
        instr: Instr,
        ends: &mut Vec<Edge>,
    ) -> Build<Option<Option<(Block, State)>>> {
        self.begin(instr, &at);
        let Some(Asked { item, end }) = self.ask_generator(&mut at, instr, Some((reduction, base)))? else { return Ok(None) };
        let mut rest = None;
        if let Some((block, mut state, taken)) = item {
            self.block = block;
            if let Reduction::Collects(..) = reduction {
                let item = state.pop();
                self.collect(&mut state, base, item);
            }
            if let Some(stop) = taken {
                let (found, goes_on) = self.split(stop);
                ends.push(self.result(found, state.clone(), base, instr, |b, _| Slot::borrowed(b.constant_bool(reduction == Reduction::Finds(true)))));
                self.block = goes_on;
            }
            rest = Some((self.block, state));
        }
        if let Some((block, state)) = end {
            ends.push(match reduction {
                Reduction::Collects(begun, _) => self.collection(block, state, base, instr, begun),
                _ => self.result(block, state, base, instr, |b, state| Slot::borrowed(b.total(state, reduction, base))),
            });
        }
        Ok(Some(rest))
    }

    /// The edge from where the loop ends: the operands are dropped, and the result is on the stack.
    fn result(&mut self, block: Block, mut state: State, base: usize, instr: Instr, result: impl FnOnce(&mut Self, &mut State) -> Slot) -> Edge {
        self.block = block;
        let result = result(self, &mut state);
        let count = state.stack.len() - base;
        self.drop_from_top(&mut state, count);
        state.stack.push(result);
        self.flush_drops(&mut state, instr.next);
        Edge { block: self.block, state, offset: instr.next }
    }

    /// The same for an object of all items.
    fn collection(&mut self, block: Block, state: State, base: usize, instr: Instr, begun: Begun) -> Edge {
        self.block = block;
        self.begin(instr, &state);
        self.result(block, state, base, instr, |b, state| {
            let separator = b.object_of(&state.stack[base + 1].val).unwrap_or_else(|| b.null());
            let collection = Self::collection_of(&state.stack[base]);
            let number = b.int_const(begun as i64);
            let result = b.helper(Helper::collected, &[collection, number, separator]);
            b.check_raised(state, result);
            let ty = b.platform().known_type(match begun {
                Begun::Set => KnownType::Set,
                Begun::Tuple => KnownType::Tuple,
                Begun::Join => KnownType::Str,
                _ => KnownType::List,
            });
            state.facts.update(result, |fact| fact.ty = ty);
            Slot::owned(Val::Obj(result))
        })
    }

    /// What no items come to.
    fn nothing_so_far(&mut self, reduction: Reduction) -> Vec<Slot> {
        let zero = |b: &mut Self| Slot::borrowed(Val::Float(b.float_const(0)));
        match reduction {
            Reduction::Sum | Reduction::Extreme(_, KnownType::Int) => vec![Slot::borrowed(Val::SmallInt(0))],
            Reduction::FloatSum => vec![zero(self), zero(self)],
            Reduction::Extreme(..) => vec![zero(self)],
            Reduction::Finds(_) | Reduction::Collects(..) => Vec::new(),
        }
    }

    /// The call that collects items and has none so far.
    fn new_collection(&mut self, state: &mut State, begun: Begun, function: &Slot) -> Slot {
        let number = self.int_const(begun as i64);
        let collection = self.helper(Helper::new_collection, &[number]);
        let ty = self.platform().known_type(if begun == Begun::Set { KnownType::Set } else { KnownType::List });
        state.facts.update(collection, |fact| fact.ty = ty);
        let parts = vec![function.clone(), Slot::borrowed(Val::SmallInt(begun as i64)), Slot::owned(Val::Obj(collection))];
        Slot::borrowed(Val::Virtual(Virtual::Begun, parts))
    }

    /// What a call has collected.
    fn collection_of(callable: &Slot) -> Value {
        match &callable.val {
            Val::Virtual(Virtual::Begun, parts) => match parts[SO_FAR].val {
                Val::Obj(collection) => collection,
                _ => unreachable!("it collects"),
            },
            _ => unreachable!("the call has begun"),
        }
    }

    /// Adds an item to what a call has collected. The generator waits again.
    pub(crate) fn collect(&mut self, state: &mut State, callable: usize, mut item: Slot) {
        let collection = Self::collection_of(&state.stack[callable]);
        let item = self.owned_object(state, &mut item);
        self.helper(Helper::collect, &[collection, item]);
    }

    /// True if such items are hashed, compared or joined without Python code, or it does not matter.
    fn may_collect(&self, state: &State, begun: Begun, item: &Val) -> bool {
        let known = self.known_type(state, item);
        match (begun, item) {
            (Begun::Join, _) => known == Some(KnownType::Str),
            (Begun::Set | Begun::Sorted, Val::Virtual(Virtual::Tuple, parts)) => parts.iter().all(|part| self.may_collect(state, begun, &part.val)),
            (Begun::Set | Begun::Sorted, _) => known.is_some_and(|known| PLAIN.contains(&known)),
            _ => true,
        }
    }

    /// Takes the item on top of the generator's stack. `None` if it is no such item; leaves if only the interpreter can take it.
    pub(crate) fn take_item(&mut self, inside: &mut State, reduction: Reduction, callable: &Slot) -> Build<Option<Taken>> {
        self.takes_item = true;
        self.forget_states();
        let taken = self.take(inside, reduction, callable);
        self.takes_item = false;
        self.forget_states();
        taken
    }

    fn take(&mut self, inside: &mut State, reduction: Reduction, callable: &Slot) -> Build<Option<Taken>> {
        self.expect_noted(inside, 1);
        if let (Val::Obj(_), None, Some(expected)) = (&inside.peek(1).val, self.exact_type(inside, &inside.peek(1).val), reduction.item()) {
            self.speculate(inside, 1, expected);
        }
        if let Reduction::Collects(begun, _) = reduction {
            let item = &inside.peek(1).val;
            return Ok(self.may_collect(inside, begun, item).then(|| Taken { callable: callable.clone(), stop: None, is_number: false }));
        }
        let known = self.known_type(inside, &inside.peek(1).val);
        let (Some(begun), Val::Virtual(_, parts)) = (reduction.begun(), &callable.val) else {
            let Some(truth) = self.truth_of_number(inside, known) else { return Ok(None) };
            let stop = if reduction == Reduction::Finds(true) { truth } else { self.emit(Ir::Bnot, &[truth], Imm::None) };
            return Ok(Some(Taken { callable: callable.clone(), stop: Some(stop), is_number: true }));
        };
        let mut parts = parts.clone();
        let so_far = match reduction {
            Reduction::Sum => {
                let (Some(sum), Some(item)) = (self.int_of(inside, &parts[SO_FAR].val), self.integer_on_stack(inside, 1)) else { return Ok(None) };
                vec![Val::Int(self.checked(Ir::IaddChecked, &[sum, item]))]
            }
            Reduction::FloatSum => {
                let item = inside.peek(1).val.clone();
                let (Some(high), Some(low)) = (self.float_of(inside, &parts[SO_FAR].val), self.float_of(inside, &parts[SO_FAR + 1].val)) else {
                    return Ok(None);
                };
                let Some(item) = self.float_of(inside, &item) else { return Ok(None) };
                let (high, low) = self.compensated_sum(high, low, item);
                vec![Val::Float(high), Val::Float(low)]
            }
            Reduction::Extreme(cond, wanted) => {
                if known != Some(wanted) {
                    return Ok(None);
                }
                let zero = self.int_const(0);
                let Some(stage) = self.int_of(inside, &parts[STAGE].val) else { return Ok(None) };
                let is_first = self.icmp(Cond::Eq, stage, zero);
                let item = inside.peek(1).val.clone();
                let (best, item, compare) = if wanted == KnownType::Int {
                    (self.int_of(inside, &parts[SO_FAR].val), self.int_on_stack(inside, 1), Ir::Icmp)
                } else {
                    (self.float_of(inside, &parts[SO_FAR].val), self.float_of(inside, &item), Ir::Fcmp)
                };
                let (Some(best), Some(item)) = (best, item) else { return Ok(None) };
                let better = self.emit(compare, &[item, best], Imm::Cond(cond));
                let taken = self.emit(Ir::Bor, &[is_first, better], Imm::None);
                let best = self.emit(Ir::Select, &[taken, item, best], Imm::None);
                vec![if wanted == KnownType::Int { Val::Int(best) } else { Val::Float(best) }]
            }
            Reduction::Finds(_) | Reduction::Collects(..) => unreachable!("there is no number so far"),
        };
        parts[STAGE] = Slot::borrowed(Val::SmallInt(begun as i64));
        parts.truncate(SO_FAR);
        parts.extend(so_far.into_iter().map(Slot::borrowed));
        Ok(Some(Taken { callable: Slot::borrowed(Val::Virtual(Virtual::Begun, parts)), stop: None, is_number: true }))
    }

    /// One step of `sum` over floats: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
    fn compensated_sum(&mut self, high: Value, low: Value, item: Value) -> (Value, Value) {
        let sum = self.emit(Ir::Fadd, &[high, item], Imm::None);
        let sizes = [high, item].map(|value| self.emit(Ir::Fabs, &[value], Imm::None));
        let is_larger = self.emit(Ir::Fcmp, &sizes, Imm::Cond(Cond::Ge));
        let lost = |b: &mut Self, large: Value, small: Value| {
            let rest = b.emit(Ir::Fsub, &[large, sum], Imm::None);
            b.emit(Ir::Fadd, &[rest, small], Imm::None)
        };
        let (of_item, of_high) = (lost(self, high, item), lost(self, item, high));
        let lost = self.emit(Ir::Select, &[is_larger, of_item, of_high], Imm::None);
        (sum, self.emit(Ir::Fadd, &[low, lost], Imm::None))
    }

    /// What all items have come to.
    fn total(&mut self, state: &State, reduction: Reduction, base: usize) -> Val {
        let Val::Virtual(_, parts) = &state.stack[base].val else { return self.constant_bool(reduction == Reduction::Finds(false)) };
        if reduction != Reduction::FloatSum {
            return parts[SO_FAR].val.clone();
        }
        let [high, low] = [SO_FAR, SO_FAR + 1].map(|part| self.float_of(state, &parts[part].val).expect("sums of floats are floats"));
        // What was lost counts unless it is infinite or no number.
        let size = self.emit(Ir::Fabs, &[low], Imm::None);
        let infinity = self.float_const(f64::INFINITY.to_bits());
        let is_finite = self.emit(Ir::Fcmp, &[size, infinity], Imm::Cond(Cond::Lt));
        let zero = self.float_const(0);
        let is_some = self.emit(Ir::Fcmp, &[low, zero], Imm::Cond(Cond::Ne));
        let counts = self.emit(Ir::Band, &[is_finite, is_some], Imm::None);
        let both = self.emit(Ir::Fadd, &[high, low], Imm::None);
        Val::Float(self.emit(Ir::Select, &[counts, both, high], Imm::None))
    }
}
