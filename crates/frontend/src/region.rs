//! Regions of blocks: straight code in order, and loops, whose headers take a shape per slot that all back edges can take too.
//!
//! A loop whose back edge brings another kind of number than its entry (`s = 0` and then floats) is built twice: the first
//! version leads into the second. What cannot be settled by that is widened and built again.

use crate::builder::{Build, Builder, Edge, MAX_INSTS, Stop};
use crate::called_generator::has_not_begun;
use crate::shape::Shape;
use crate::table_iter::forget_lent_items;
use crate::value::{Slot, State, Val};
use crate::variable::VariableSlot;
use crate::GiveUp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use whipsnake_contract::exit::{ExitReason, Resume, Virtual};
use whipsnake_ir::{Block, Imm, Op, Value};

/// Edges by target block that wait for the target to be built.
#[derive(Default)]
pub(crate) struct Pending(BTreeMap<usize, Vec<Edge>>);

impl Pending {
    /// Adds an edge.
    pub(crate) fn add(&mut self, target: usize, edge: Edge) {
        self.0.entry(target).or_default().push(edge);
    }

    fn take(&mut self, target: usize) -> Vec<Edge> {
        self.0.remove(&target).unwrap_or_default()
    }

    /// All edges that are left, by target.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (usize, Vec<Edge>)> {
        std::mem::take(&mut self.0).into_iter()
    }

    /// Edges of an attempt that is given up are dropped: the counts tell which those are.
    fn mark(&self) -> BTreeMap<usize, usize> {
        self.0.iter().map(|(target, edges)| (*target, edges.len())).collect()
    }

    fn roll_back(&mut self, mark: &BTreeMap<usize, usize>) {
        self.0.retain(|target, edges| {
            edges.truncate(mark.get(target).copied().unwrap_or(0));
            !edges.is_empty()
        });
    }
}

/// Where code of an instance leads besides its blocks.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Edges to blocks.
    pub pending: Pending,
    /// Returns of an inlined callee: block, and the caller's state with the result.
    pub returns: Vec<(Block, State)>,
    /// Items of a generator in place: block, and its state with the item.
    pub yields: Vec<(Block, State)>,
    /// Ends of a generator in place, or of the iteration that asked an inlined `__next__` for an item.
    pub ends: Vec<(Block, State)>,
}

/// How much there is of an outcome.
struct Mark {
    pending: BTreeMap<usize, usize>,
    lengths: [usize; 3],
}

impl Outcome {
    /// True if it leads nowhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.pending.0.is_empty() && self.returns.is_empty() && self.yields.is_empty() && self.ends.is_empty()
    }

    fn mark(&self) -> Mark {
        Mark { pending: self.pending.mark(), lengths: [&self.returns, &self.yields, &self.ends].map(Vec::len) }
    }

    /// Drops what an attempt at a loop has added that is given up.
    fn roll_back(&mut self, mark: &Mark) {
        self.pending.roll_back(&mark.pending);
        for (list, length) in [&mut self.returns, &mut self.yields, &mut self.ends].into_iter().zip(mark.lengths) {
            list.truncate(length);
        }
    }
}

/// A built version of a loop header.
struct Version {
    /// The state at the header.
    state: State,
    block: Block,
    linked: u32,
    shapes: Vec<Shape>,
}

/// Versions of one loop that may be built.
const MAX_VERSIONS: usize = 2;
/// What is on top of an edge's stack, if that is not built.
fn iterator_on_top(edge: &Edge) -> Option<Virtual> {
    match edge.state.stack.last()?.val {
        Val::Virtual(kind, _) => Some(kind),
        _ => None,
    }
}

/// Ways to a `yield` of a generator in place that are built apart: on each it is known what the generator held before, and keeps.
const MAX_APART: usize = 3;
/// Kinds of iterators that a loop may be entered with for which it has versions.
const MAX_ITERATORS: usize = 3;
/// The version, in the lessons of a loop, that asks a generator for its first item.
const NEW_GENERATOR: usize = usize::MAX;
/// Attempts at one loop before its types count as unstable.
const MAX_ATTEMPTS: usize = 40;

impl Builder<'_> {
    /// Builds blocks in order, as far as they are reached.
    pub(crate) fn build_blocks(&mut self, order: &[usize], around: Option<usize>, out: &mut Outcome) -> Build<()> {
        let body = self.instance.body.clone();
        let mut done = BTreeSet::new();
        for &block in order {
            if done.contains(&block) {
                continue;
            }
            if self.f.insts.len() > MAX_INSTS {
                return Err(GiveUp::TooLarge(self.f.insts.len()).into());
            }
            let edges = out.pending.take(block);
            if edges.is_empty() {
                continue;
            }
            match body.loop_at(block).filter(|l| Some(*l) != around) {
                Some(index) => {
                    let inside = body.loop_blocks(index);
                    self.build_loop(index, edges, out)?;
                    done.extend(inside);
                }
                None => {
                    let (edges, done) = self.drop_iterators(block, edges);
                    let apart = self.is_in_place() && edges.len() <= MAX_APART && self.suspends_in(block);
                    for edge in if apart { edges } else { vec![self.join(edges)] } {
                        self.build_block(block, done, edge, out)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Where ways that have iterated over different things meet to drop the iterator, each drops its own: it need not be built. Returns the edges, and the
    /// number of instructions of the block that they have behind them.
    fn drop_iterators(&mut self, block: usize, mut edges: Vec<Edge>) -> (Vec<Edge>, usize) {
        let body = self.instance.body.clone();
        let instr = body.decoded.instrs[body.blocks[block].start];
        let mut kinds: Vec<_> = edges.iter().map(iterator_on_top).collect();
        kinds.dedup();
        let is_plain = instr.op == whipsnake_bytecode::Op::PopIter && edges.iter().all(|edge| edge.state.untraced.is_none());
        if !is_plain || kinds.len() < 2 || kinds.contains(&None) {
            return (edges, 0);
        }
        for edge in &mut edges {
            self.block = edge.block;
            self.begin(instr, &edge.state);
            let iterator = edge.state.pop();
            self.drop_slot(&mut edge.state, iterator);
            self.finish(&mut edge.state, instr.next);
            edge.block = self.block;
            edge.offset = instr.next;
        }
        (edges, 1)
    }

    /// Builds one block from its joined edge, but for so many instructions that were built before.
    fn build_block(&mut self, block: usize, done: usize, edge: Edge, out: &mut Outcome) -> Build<()> {
        let body = self.instance.body.clone();
        self.block = edge.block;
        let created = self.f.blocks.len();
        let mut state = edge.state;
        let range = body.blocks[block].start + done..body.blocks[block].end;
        let mut goes_on = true;
        for index in range {
            let instr = body.decoded.instrs[index];
            self.take_locals(&mut state, &instr.op);
            self.begin(instr, &state);
            self.trace_for(&mut state, instr);
            goes_on = match self.instruction(&mut state, instr, out) {
                Err(Stop::Leaves) => false,
                built => built?,
            };
            if self.instance.depth == 0 {
                std::mem::take(&mut self.handler_edges).into_iter().for_each(|(target, edge)| out.pending.add(target, edge));
            }
            if !goes_on {
                break;
            }
        }
        if let Some(next) = body.blocks[block].fall_through.filter(|_| goes_on) {
            let offset = body.offset(next);
            out.pending.add(next, Edge { block: self.block, state, offset });
        }
        if body.exceptional[block] {
            self.cold(edge.block);
            self.cold_since(created);
        }
        Ok(())
    }

    /// Builds a loop from the edges that enter it.
    pub(crate) fn build_loop(&mut self, index: usize, edges: Vec<Edge>, out: &mut Outcome) -> Build<()> {
        let mut versions: Vec<Version> = Vec::new();
        let mut work = Vec::new();
        for edges in self.by_iterator(index, edges) {
            let mut entry = self.join(edges);
            self.settle_locals(index, &mut entry);
            work.push(entry);
        }
        while let Some(mut edge) = work.pop() {
            self.trace_on(&mut edge);
            match self.version_for(&edge.state, &versions, versions.len() < MAX_VERSIONS) {
                Some((state, version)) => {
                    edge.state = state;
                    let (shapes, linked, block) = (version.shapes.clone(), version.linked, version.block);
                    self.enter(&mut edge, &shapes, linked, block);
                }
                None => {
                    let (version, rest) = self.build_version(index, edge, &versions, out)?;
                    versions.push(version);
                    if !rest.is_empty() {
                        let joined = self.join(rest);
                        work.push(joined);
                    }
                }
            }
        }
        Ok(())
    }

    /// The edges that enter a loop, those apart that iterate over something else: an innermost loop has a version for each.
    fn by_iterator(&self, index: usize, edges: Vec<Edge>) -> Vec<Vec<Edge>> {
        let body = &self.instance.body;
        let is_for = matches!(body.decoded.instrs[body.loops[index].header].op, whipsnake_bytecode::Op::ForIter { .. });
        let is_innermost = is_for && !body.loops.iter().any(|other| other.parent == Some(index));
        let mut groups: Vec<Vec<Edge>> = Vec::new();
        for edge in edges {
            match groups.iter_mut().find(|group| !is_innermost || iterator_on_top(&group[0]) == iterator_on_top(&edge)) {
                Some(group) => group.push(edge),
                None => groups.push(vec![edge]),
            }
        }
        if groups.len() > MAX_ITERATORS { vec![groups.into_iter().flatten().collect()] } else { groups }
    }

    /// The first version that the state fits, and the state as it enters that one. If it may be given up, only one for which nothing needs to be built.
    fn version_for<'v>(&mut self, state: &State, versions: &'v [Version], may_give_up: bool) -> Option<(State, &'v Version)> {
        versions.iter().find_map(|version| {
            let mut state = state.clone();
            self.match_unbuilt(&mut state, &version.state);
            let fits = self.fits_version(&state, version) && !(may_give_up && self.has_more_unbuilt(&state, &version.shapes));
            fits.then_some((state, version))
        })
    }

    fn fits_version(&self, state: &State, version: &Version) -> bool {
        let same_form = |(a, b): (&VariableSlot, &VariableSlot)| a.behind == b.behind;
        let variables = state.variables.iter().zip(&version.state.variables).all(same_form);
        version.linked >= state.linked_frames() && variables && self.fits_all(state, &version.shapes)
    }

    fn fits_all(&self, state: &State, shapes: &[Shape]) -> bool {
        state.all_slots().zip(shapes).all(|(slot, shape)| self.fits(state, slot, shape))
    }

    /// Builds a version of a loop; returns it with the back edges that fit no version there is.
    fn build_version(
        &mut self,
        index: usize,
        mut entry: Edge,
        versions: &[Version],
        out: &mut Outcome,
    ) -> Build<(Version, Vec<Edge>)> {
        let body = self.instance.body.clone();
        let inside = body.loop_blocks(index);
        let order: Vec<usize> = body.order.iter().copied().filter(|b| inside.contains(b)).collect();
        let header = body.block_at(entry.offset).ok_or(GiveUp::NoLoop(entry.offset))?;
        self.open_assigned(index, &mut entry);
        // A generator that is new at first, and then waits, is another one for all loops.
        let asks_new = entry.state.stack.last().is_some_and(has_not_begun);
        let key = (self.instance.path, entry.offset, if asks_new { NEW_GENERATOR } else { versions.len() });
        let may_split = versions.len() + 1 < MAX_VERSIONS && (asks_new || !body.loops.iter().any(|l| l.parent == Some(index)));
        for _ in 0..MAX_ATTEMPTS {
            let (mark, raised, built) = (out.mark(), self.handler_edges.len(), self.built());
            let widened = self.lessons.shapes.get(&key).cloned().unwrap_or_default();
            let before = self.f.add_block();
            let target = self.f.add_block();
            let mut first = Edge { block: before, state: entry.state.clone(), offset: entry.offset };
            let through = |variable| widened.contains_key(&(THROUGH + variable));
            self.enter_with_variables(index, &mut first, widened.contains_key(&RUNS_PYTHON), through);
            let keys = lesson_keys(&first.state);
            self.build_for_loop(&mut first, &keys, &widened);
            self.box_for_loop(&mut first, &widened);
            let entered = first.state.clone();
            let keys = lesson_keys(&entered);
            let shapes = self.header_shapes(index, &entered, &widened, &keys);
            let mut state = entered.clone();
            self.forget_in_loop(&mut state, &widened);
            if widened.contains_key(&RUNS_PYTHON) && self.frame.is_some() {
                // Frames are pushed before the loop, not in it.
                state.assume_linked(self.instance.depth + 1);
            }
            let linked = state.linked_frames();
            self.enter(&mut first, &shapes, linked, target);
            self.receive(&shapes, target, &mut state);
            let stands = !widened.contains_key(&RUNS_PYTHON);
            state.for_each_frame(&mut |frame| {
                frame.stands &= stands;
                for (memory, local) in frame.memory.iter_mut().zip(&frame.locals) {
                    if memory.as_ref() != Some(local) {
                        *memory = None;
                    }
                }
            });
            let in_memory = state.all_memory();
            let at_header = state.clone();
            let runs = self.python_runs;
            out.pending.add(header, Edge { block: target, state, offset: entry.offset });
            self.open_loops += 1;
            self.build_blocks(&order, Some(index), out)?;
            self.open_loops -= 1;
            let back = out.pending.take(header);
            if self.python_runs > runs && !widened.contains_key(&RUNS_PYTHON) {
                self.lessons.shapes.entry(key).or_default().insert(RUNS_PYTHON, Shape::Null);
                out.roll_back(&mark);
                self.handler_edges.truncate(raised);
                self.abandon(built);
                continue;
            }
            let mut rest = Vec::new();
            let mut again = HashMap::new();
            let mut fitting = Vec::new();
            for mut edge in back {
                self.trace_on(&mut edge);
                self.settle_locals(index, &mut edge);
                forget_lent_items(&mut edge.state);
                self.match_variables(&mut edge, &at_header.variables, |variable| {
                    again.insert(THROUGH + variable, Shape::Null);
                });
                for (i, (held, now)) in in_memory.iter().zip(&edge.state.all_memory()).enumerate() {
                    if held.is_some() && held != now {
                        again.insert(MEMORY + i, Shape::Null);
                    }
                }
                debug_assert!(edge.state.linked_frames() == linked || self.python_runs > runs);
                again.extend(self.boxed_in_loop(&edge.state, &shapes).map(|i| (BOXED + i, Shape::Null)));
                let before = (!versions.is_empty()).then(|| edge.state.clone());
                self.match_unbuilt(&mut edge.state, &at_header);
                if self.fits_all(&edge.state, &shapes) && !(may_split && self.has_more_unbuilt(&edge.state, &shapes)) {
                    fitting.push((edge, shapes.clone(), linked, target));
                } else if let Some((state, v)) = before.and_then(|before| self.version_for(&before, versions, true)) {
                    edge.state = state;
                    fitting.push((edge, v.shapes.clone(), v.linked, v.block));
                } else if may_split && self.only_numbers_differ(&edge.state, &shapes) {
                    rest.push(edge);
                } else {
                    // What a second version is for is not widened.
                    self.widen(&edge.state, &entered, (&shapes, &keys), may_split, &mut again);
                }
            }
            if again.is_empty() && self.failed_at(entry.offset, &[ExitReason::Unbound]) {
                // What the loop does not assign after all is not guarded to be unbound again.
                let unassigned = |(slot, shape): (&Slot, &Shape)| matches!(slot.val, Val::Unseen(_)) && *shape == Shape::Null;
                let slots = entered.all_slots().zip(&shapes).enumerate();
                again.extend(slots.filter(|(_, pair)| unassigned(*pair)).map(|(i, _)| (i, Shape::MaybeObj)));
            }
            if again.is_empty() {
                let from = entry.block;
                self.f.jump(from, before, &[]);
                for (mut edge, shapes, linked, block) in fitting {
                    self.enter(&mut edge, &shapes, linked, block);
                }
                return Ok((Version { state: at_header, block: target, linked, shapes }, rest));
            }
            self.lessons.shapes.entry(key).or_default().extend(again);
            out.roll_back(&mark);
            self.abandon(built);
        }
        Err(GiveUp::Unstable.into())
    }

    /// True if guards at an instruction failed for one of the reasons in earlier units.
    fn failed_at(&self, offset: u32, reasons: &[ExitReason]) -> bool {
        self.code().exits_seen.iter().any(|exit| exit.offset == offset && reasons.contains(&exit.reason))
    }

    /// Locals that the loop assigns first and that hold an object or nothing when it is entered: if the loop keeps numbers in them, they
    /// are unboxed at the entry, unless that has failed.
    fn open_assigned(&self, index: usize, entry: &mut Edge) {
        if self.resumes() || self.failed_at(entry.offset, &[ExitReason::Unbound, ExitReason::TypeGuard, ExitReason::BigInt]) {
            return;
        }
        let body = self.instance.body.clone();
        let Some(header) = body.block_at(entry.offset) else { return };
        // What the loop reads before it assigns it is not unbound.
        let dead = body.loops[index].stored_locals.iter().filter(|&local| !body.live[header].contains(local));
        for &local in dead {
            let slot = &mut entry.state.locals[local as usize];
            if let Val::MaybeObj(object) = slot.val {
                slot.val = Val::Unseen(object);
            }
        }
    }

    /// The shapes that a loop's slots have at its header, as far as is known before it is built.
    fn header_shapes(&self, index: usize, state: &State, widened: &HashMap<usize, Shape>, keys: &[usize]) -> Vec<Shape> {
        let stored = &self.instance.body.loops[index].stored_locals;
        let (locals, variables) = (state.locals.len(), state.first_variable());
        let assigned: BTreeSet<usize> = self.assigned_variables(index).into_iter().map(|variable| variables + variable).collect();
        let parts = variables + state.variables.len();
        let carried = parts_of_assigned(state, stored);
        state
            .all_slots()
            .enumerate()
            .map(|(i, slot)| match widened.get(&keys[i]) {
                // The namespace holds the variable now, whatever an earlier attempt carried round.
                _ if i >= variables && slot.val == Val::InFrame => Shape::Same(slot.clone()),
                Some(shape) => self.shape_for_entry(state, slot, shape),
                None if assigned.contains(&i) => self.carried_shape(state, slot),
                None if i < locals && stored.contains(&(i as u32)) => self.carried_shape(state, slot),
                None if i >= parts && carried.contains(&(i - parts)) => self.carried_shape(state, slot),
                None => self.iterator_shape(slot).unwrap_or_else(|| Shape::Same(slot.clone())),
            })
            .collect()
    }

    /// A shape that an earlier attempt arrived at, made general enough for a slot that enters the loop now.
    fn shape_for_entry(&self, state: &State, slot: &Slot, shape: &Shape) -> Shape {
        let shape = &with_parts_of(slot, shape);
        if self.fits(state, slot, shape) {
            return shape.clone();
        }
        let joined = self.join_shapes(shape.clone(), self.shape_of(state, slot));
        [joined, Shape::Obj(None)].into_iter().find(|shape| self.fits(state, slot, shape)).unwrap_or(Shape::MaybeObj)
    }

    /// The shape of a slot at a loop's header, made general enough for a back edge.
    pub(crate) fn widened(&self, (entry, first): (&State, &Slot), shape: &Shape, (state, slot): (&State, &Slot)) -> Shape {
        if self.fits(state, slot, shape) {
            return shape.clone();
        }
        if let (Shape::Virtual(kind, shapes), Val::Virtual(before, firsts), Val::Virtual(now, parts)) = (shape, &first.val, &slot.val)
            && kind == before
            && kind == now
            && firsts.len() == parts.len()
        {
            let widened = shapes.iter().zip(firsts.iter().zip(parts)).map(|(shape, (first, part))| self.widened((entry, first), shape, (state, part)));
            return Shape::Virtual(*kind, widened.collect());
        }
        let mut new = self.shape_of(state, slot);
        let mut known = match shape {
            Shape::Same(_) => self.shape_of(entry, first),
            other => other.clone(),
        };
        if matches!(shape, Shape::Same(_)) && matches!(new, Shape::Virtual(Virtual::Wide, _)) {
            known = self.shape_as_wide(entry, first).unwrap_or(known);
        } else if matches!(known, Shape::Virtual(Virtual::Wide, _)) {
            new = self.shape_as_wide(state, slot).unwrap_or(new);
        }
        self.join_shapes(known, new)
    }

    fn carried_shape(&self, state: &State, slot: &Slot) -> Shape {
        self.shape_of(state, slot)
    }

    /// Iterators in parts advance in the loop: their positions become block parameters.
    pub(crate) fn iterator_shape(&self, slot: &Slot) -> Option<Shape> {
        let Val::Virtual(kind, parts) = &slot.val else { return None };
        let same = |i: usize| Shape::Same(parts[i].clone());
        let nested = |i: usize| self.iterator_shape(&parts[i]).unwrap_or_else(|| same(i));
        let shapes = match kind {
            Virtual::RangeIter => vec![Shape::Int, same(1), Shape::Int],
            Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::ListReverseIter => vec![same(0), Shape::Int],
            Virtual::DictKeyIter | Virtual::DictValueIter | Virtual::SetIter => vec![same(0), same(1), Shape::Int, Shape::Int],
            Virtual::DictItemIter => vec![same(0), same(1), Shape::Int, Shape::Int, same(4), same(5)],
            Virtual::Enumerate => vec![nested(0), Shape::Int],
            Virtual::Zip => (0..parts.len()).map(nested).collect(),
            Virtual::Begun => (0..parts.len()).map(|i| if i == 0 { same(i) } else { self.carried_shape(&State::in_frame(0), &parts[i]) }).collect(),
            Virtual::Generator => (0..parts.len()).map(|i| if kind.is_raw(i) { Shape::Int } else { nested(i) }).collect(),
            Virtual::WaitingGenerator => (0..parts.len()).map(nested).collect(),
            _ => return None,
        };
        Some(Shape::Virtual(*kind, shapes))
    }

    /// Drops facts that code in the loop may end.
    fn forget_in_loop(&self, state: &mut State, widened: &HashMap<usize, Shape>) {
        if widened.contains_key(&RUNS_PYTHON) {
            state.facts.forget_types(|ty| !self.keeps_type(ty));
            state.know_unbuilt();
        }
        let mut first = MEMORY;
        state.for_each_frame(&mut |frame| {
            for (i, memory) in frame.memory.iter_mut().enumerate() {
                if widened.contains_key(&(first + i)) {
                    *memory = None;
                }
            }
            first += frame.locals.len();
        });
    }

    /// Slots of frames whose number a loop has boxed without changing it.
    fn boxed_in_loop(&self, state: &State, shapes: &[Shape]) -> impl Iterator<Item = usize> {
        let slots = state.frame_slots().zip(shapes).enumerate();
        slots.filter(|(_, (slot, shape))| matches!(shape, Shape::Same(wanted) if self.holds_raw(state, slot, wanted))).map(|(i, _)| i)
    }

    /// Boxes such numbers before the loop, once.
    fn box_for_loop(&mut self, edge: &mut Edge, widened: &HashMap<usize, Shape>) {
        for i in 0..edge.state.frame_slots().count() {
            if !widened.contains_key(&(BOXED + i)) || !matches!(edge.state.slot_mut(i).val, Val::Int(_) | Val::Float(_)) {
                continue;
            }
            let block = std::mem::replace(&mut self.block, edge.block);
            let mut slot = std::mem::replace(edge.state.slot_mut(i), Slot::NULL);
            self.object_in(&mut edge.state, &mut slot);
            *edge.state.slot_mut(i) = slot;
            edge.block = std::mem::replace(&mut self.block, block);
        }
    }

    /// True if the state would fit but for numbers of one kind (int, float, complex) where another kind was expected, and instances that are not built yet.
    fn only_numbers_differ(&self, state: &State, shapes: &[Shape]) -> bool {
        state.all_slots().zip(shapes).all(|(slot, shape)| self.fits(state, slot, shape) || self.may_differ(state, slot, shape))
    }

    /// True if another version of the loop could take the slot.
    fn may_differ(&self, state: &State, slot: &Slot, shape: &Shape) -> bool {
        let fixed = matches!(shape, Shape::Same(_));
        match (&slot.val, shape) {
            (Val::Virtual(Virtual::WaitingGenerator, _), Shape::Same(before)) => return has_not_begun(before),
            (Val::Virtual(Virtual::Generator, parts), Shape::Virtual(Virtual::Generator, shapes)) if parts.len() == shapes.len() => {
                return parts.iter().zip(shapes).all(|(part, shape)| self.fits(state, part, shape) || self.may_differ(state, part, shape));
            }
            _ => {}
        }
        self.is_other_number(state, slot, shape) || !fixed && state.unbuilt_of(&slot.val).is_some()
    }

    /// True if the slot holds a number, and the shape is one of a number, too.
    fn is_other_number(&self, state: &State, slot: &Slot, shape: &Shape) -> bool {
        let number = |shape: &Shape| matches!(shape, Shape::Int | Shape::Float | Shape::Virtual(Virtual::Complex | Virtual::Real, _));
        number(shape) && number(&self.shape_of(state, slot))
    }

    /// Notes more general shapes for the slots of a back edge that do not fit, or for those of them that do not only hold another kind of number.
    fn widen(&self, state: &State, entry: &State, (shapes, keys): (&[Shape], &[usize]), but_numbers: bool, again: &mut HashMap<usize, Shape>) {
        for ((slot, (shape, &key)), first) in state.all_slots().zip(shapes.iter().zip(keys)).zip(entry.all_slots()) {
            if self.fits(state, slot, shape) || but_numbers && self.may_differ(state, slot, shape) {
                continue;
            }
            let widened = self.widened((entry, first), shape, (state, slot));
            let mut joined = match again.get(&key) {
                Some(sofar) => self.join_shapes(sofar.clone(), widened),
                None => widened,
            };
            if !self.fits(state, slot, &joined) || !self.fits(entry, first, &joined) {
                joined = Shape::Obj(None);
            }
            if !self.fits(state, slot, &joined) || !self.fits(entry, first, &joined) {
                joined = Shape::MaybeObj;
            }
            if joined == *shape {
                joined = match joined {
                    Shape::Obj(Some(_)) => Shape::Obj(None),
                    _ => Shape::MaybeObj,
                };
            }
            again.insert(key, joined);
        }
    }

    /// The back edge's check for pending work: leaves at the back edge, which the interpreter then executes.
    pub(crate) fn poll_back_edge(&mut self, state: &State, offset: u32) {
        let id = self.frame_state(state, offset, Resume::Execute, &[]);
        self.poll(id);
    }

    /// Ends the current block with an exit that continues at the offset.
    pub(crate) fn leave(&mut self, state: &State, offset: u32, reason: whipsnake_contract::exit::ExitReason) {
        let id = self.frame_state(state, offset, Resume::Execute, &[]);
        let block = self.block;
        self.f.exit(block, reason, id);
    }

    /// Splits the current block by a condition; returns the blocks for true and false.
    pub(crate) fn split(&mut self, condition: Value) -> (Block, Block) {
        let (yes, no) = (self.f.add_block(), self.f.add_block());
        let from = self.block;
        self.f.branch(from, condition, Self::target(yes), Self::target(no));
        (yes, no)
    }

    /// The edge of the current instruction to its jump target.
    pub(crate) fn edge_to(&mut self, out: &mut Outcome, offset: u32, block: Block, state: State) -> Build<()> {
        let target = self.instance.body.block_at(offset);
        let target = target.ok_or_else(|| Stop::GiveUp(GiveUp::Bytecode(format!("no block at offset {offset}"))))?;
        out.pending.add(target, Edge { block, state, offset });
        Ok(())
    }

    /// Marks a block as rarely executed.
    pub(crate) fn cold(&mut self, block: Block) {
        self.f.blocks[block.index()].cold = true;
    }

    /// A comparison of two addresses.
    pub(crate) fn same(&mut self, a: Value, b: Value) -> Value {
        self.emit(Op::Same, &[a, b], Imm::None)
    }
}

/// By slot of a state the key that it has in the lessons of a loop: its number, but for what instances hold that are not built. There it says how it is reached from
/// a slot of a frame, so that it stays the same whatever else is built.
fn lesson_keys(state: &State) -> Vec<usize> {
    fn part(key: usize, index: usize) -> usize {
        PARTS + (key.rotate_left(7) ^ index).wrapping_mul(0x9e37_79b9_7f4a_7c15) % (THROUGH - PARTS)
    }
    fn visit(state: &State, slot: &Slot, key: usize, holders: &mut HashMap<Value, usize>) {
        match &slot.val {
            Val::Virtual(_, parts) => parts.iter().enumerate().for_each(|(index, slot)| visit(state, slot, part(key, index), holders)),
            val => {
                let Some(one) = state.unbuilt_of(val).filter(|one| !holders.contains_key(&one.value)) else { return };
                holders.insert(one.value, key);
                one.parts.iter().enumerate().for_each(|(index, slot)| visit(state, slot, part(key, index), holders));
            }
        }
    }
    let mut holders = HashMap::new();
    let mut keys = Vec::new();
    for (key, slot) in state.frame_slots().enumerate() {
        visit(state, slot, key, &mut holders);
        keys.push(key);
    }
    for one in &*state.unbuilt {
        let key = holders.get(&one.value).copied().unwrap_or(PARTS);
        keys.extend((0..one.parts.len()).map(|index| part(key, index)));
    }
    keys
}

/// Numbers of the attributes of instances that are not built and that locals hold which a loop assigns.
fn parts_of_assigned(state: &State, stored: &[u32]) -> BTreeSet<usize> {
    let mut numbers = BTreeSet::new();
    let mut first = 0;
    for one in &*state.unbuilt {
        let is_assigned = stored.iter().any(|&local| state.locals.get(local as usize).is_some_and(|slot| slot.val == Val::Obj(one.value)));
        if is_assigned {
            numbers.extend(first..first + one.parts.len());
        }
        first += one.parts.len();
    }
    numbers
}

/// A shape of which the parts that stay the same are those of the slot: in another attempt these are other values.
fn with_parts_of(slot: &Slot, shape: &Shape) -> Shape {
    match (shape, &slot.val) {
        (Shape::Virtual(kind, shapes), Val::Virtual(found, parts)) if kind == found && shapes.len() == parts.len() => {
            let part = |(shape, part): (&Shape, &Slot)| match shape {
                Shape::Same(_) => Shape::Same(part.clone()),
                shape => with_parts_of(part, shape),
            };
            Shape::Virtual(*kind, shapes.iter().zip(parts).map(part).collect())
        }
        _ => shape.clone(),
    }
}

/// Keys in the lessons of a loop from here on: the number in that slot of a frame, which the loop leaves alone, is needed as an object in it.
const BOXED: usize = usize::MAX / 16;
/// Key in the lessons of a loop: Python code runs in it.
const RUNS_PYTHON: usize = usize::MAX;
/// Keys in the lessons of a loop from here on: the frame's memory for that local differs at a back edge.
const MEMORY: usize = usize::MAX / 2;
/// Keys in the lessons of a loop from here on: the loop may assign an object to that variable whose end can be seen, so that the namespace is never
/// behind at the header.
const THROUGH: usize = usize::MAX / 4;
/// Keys in the lessons of a loop from here on: what an instance holds that is not built.
const PARTS: usize = usize::MAX / 8;
