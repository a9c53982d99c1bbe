//! Variables of a module that the unit's code assigns: in a loop of the module itself, or as `global` in functions.
//!
//! The namespace, a dictionary that anybody may look at, is brought up to date before anything that could: before Python code runs, and
//! at exits, which store what frame states list. In between, variables are slots as locals are, in one of three forms:
//!
//! - only the namespace holds it (`Val::InFrame`), as after all that may have changed it: it is taken where it is needed;
//! - the slot and the namespace hold the same object;
//! - the namespace is *behind*: it holds an object of a leaf type, whose end nobody can tell.
//!
//! Where the value that a store replaces is of no leaf type, its end may be seen, so the namespace is set at once. Only names that are bound
//! when the snapshot is taken are variables here.

use crate::GiveUp;
use crate::body::Body;
use crate::builder::{Build, Builder, Edge};
use crate::feedback::MANY_EXITS;
use crate::value::{Slot, State, Val};
use std::collections::BTreeSet;
use whipsnake_bytecode::Op;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Assumption, CodeId, KnownType, Observed};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region, StateId, Value};

/// A variable of the module in a state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VariableSlot {
    /// Content; `Val::InFrame` if only the namespace holds it.
    pub slot: Slot,
    /// The namespace holds some object of a leaf type instead.
    pub behind: bool,
}

impl VariableSlot {
    /// Only the namespace holds it.
    pub(crate) const STORED: VariableSlot = VariableSlot { slot: Slot::borrowed(Val::InFrame), behind: false };

    fn is_taken(&self) -> bool {
        self.slot.val != Val::InFrame
    }
}

/// A variable of the module as the unit knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'s> {
    name: &'s str,
    /// Address of the str.
    object: u64,
    /// What it held when the snapshot was taken.
    seen: Observed,
}

/// The name that an instruction takes from or puts into the globals of its code, at module level.
fn global_name(op: &Op) -> Option<u32> {
    match *op {
        Op::LoadName { name } | Op::StoreName { name } | Op::LoadGlobal { name, .. } | Op::StoreGlobal { name } => Some(name),
        _ => None,
    }
}

impl<'s> Builder<'s> {
    /// Chooses the variables that the unit keeps: those of the snapshot that its code, or code that may be inlined into it, names, and that
    /// the unit's own does not delete. Of a module's code only the loop counts.
    pub(crate) fn choose_variables(&mut self, entered: Option<usize>) {
        let body = self.instance.body.clone();
        let own = self.code();
        let instrs = &body.decoded.instrs;
        let in_unit = |at: &usize| !self.is_module || entered.is_some_and(|index| body.loops[index].contains(*at));
        let ops: Vec<Op> = (0..instrs.len()).filter(in_unit).map(|at| instrs[at].op).collect();
        let text = |name: u32| own.names[name as usize].as_str();
        let named: BTreeSet<&str> = ops.iter().filter_map(global_name).map(text).collect();
        let deletes = |op: &Op| match *op {
            Op::DeleteName { name } | Op::DeleteGlobal { name } => Some(text(name)),
            _ => None,
        };
        let deleted: BTreeSet<&str> = ops.iter().filter_map(deletes).collect();
        let others = || self.snapshot.codes[1..].iter().filter(|code| code.globals == own.globals);
        let find = |name: &str| {
            let here = std::iter::once(own).filter(|_| named.contains(name)).chain(others());
            here.filter_map(|code| code.names.iter().position(|other| other == name).map(|at| code.name_objects[at])).next()
        };
        let kept = self.snapshot.variables.iter().filter(|variable| !deleted.contains(variable.name.as_str()));
        self.variables = kept.filter_map(|variable| Some(Named { name: &variable.name, object: find(&variable.name)?, seen: variable.seen })).collect();
    }

    /// The number of the variable that a name of the code being built stands for.
    pub(crate) fn variable_of(&self, name: u32) -> Option<usize> {
        self.variable_in(self.instance.body.code, name)
    }

    /// The variable that a code object means by a name.
    fn variable_in(&self, code: CodeId, name: u32) -> Option<usize> {
        let code = &self.snapshot.codes[code as usize];
        if self.variables.is_empty() || code.globals != self.snapshot.codes[0].globals {
            return None;
        }
        let text = &code.names[name as usize];
        self.variables.iter().position(|variable| variable.name == text)
    }

    /// Gives up if something is assumed of an entry of the namespace that is a variable.
    pub(crate) fn check_variables(&self) -> Build<()> {
        let globals = self.snapshot.codes[0].globals;
        let clashes = |assumption: &Assumption| match assumption {
            Assumption::DictEntry { dict, name, .. } => *dict == globals && self.variables.iter().any(|variable| variable.name == name),
            _ => false,
        };
        if self.f.assumptions.iter().any(clashes) {
            return Err(GiveUp::Contradiction("a variable that is found in another way, too,").into());
        }
        Ok(())
    }

    fn namespace(&mut self) -> Value {
        let globals = self.address(self.snapshot.codes[0].globals);
        self.emit(Ir::AsObject, &[globals], Imm::None)
    }

    /// The number of a variable's name in the function's object table.
    fn variable_name(&mut self, index: usize) -> u32 {
        let Named { name, object, .. } = self.variables[index];
        self.f.add_object(ObjectRef { address: object, immortal: false, label: name.to_owned() })
    }

    fn variable_key(&mut self, index: usize) -> Value {
        let object = self.variable_name(index);
        self.emit(Ir::Object, &[], Imm::Object(object))
    }

    /// What a frame state says of the variables: those to be stored, and the references to be released because the namespace has its own.
    pub(crate) fn variables_in_state(&mut self, state: &State) -> (Vec<(u32, whipsnake_ir::Slot)>, Vec<Value>) {
        let (mut stored, mut released) = (Vec::new(), Vec::new());
        for (index, variable) in state.variables.iter().enumerate() {
            match variable.slot {
                _ if variable.behind => {
                    let name = self.variable_name(index);
                    stored.push((name, self.ir_slot(&variable.slot)));
                }
                Slot { val: Val::Obj(value), owned: true } => released.push(value),
                _ => {}
            }
        }
        (stored, released)
    }

    /// Takes a variable out of the namespace, which goes on holding it, unless that was done: guarded by a state to be bound, and of the
    /// type that it had.
    fn take_variable(&mut self, state: &mut State, index: usize, (offset, exit): (u32, StateId)) {
        if state.variables[index].is_taken() {
            return;
        }
        let (namespace, key) = (self.namespace(), self.variable_key(index));
        let value = self.helper(Helper::dict_get_str, &[namespace, key]);
        let block = self.block;
        self.f.push(block, Ir::GuardNotNull, &[value], Imm::Exit(ExitReason::Unbound), Some(exit));
        state.variables[index] = VariableSlot { slot: Slot::borrowed(Val::Obj(value)), behind: false };
        let seen @ Observed::Object { type_id, format, .. } = self.variables[index].seen else { return };
        let info = &self.snapshot.types[type_id as usize];
        let failures = |reason: ExitReason| {
            let at = self.code().exits_seen.iter().filter(|seen| seen.offset == offset && seen.reason == reason);
            at.map(|seen| seen.count).sum::<u32>()
        };
        let may_guard = info.known.is_some() || info.version != 0 && !self.guesses_no_types();
        let types_failed = failures(ExitReason::TypeGuard);
        let ints_failed = [ExitReason::BigInt, ExitReason::WideOverflow].map(|reason| failures(reason) > 0);
        if !may_guard || types_failed > MANY_EXITS {
            return;
        }
        self.f.push(block, Ir::GuardType, &[value], Imm::Type(info.address), Some(exit));
        state.facts.update(value, |fact| fact.ty = Some(info.address));
        self.expect_format(state, value, format, exit);
        self.unbox_seen(state, value, seen, ints_failed, exit);
    }

    /// [`Self::take_variable`] for the current instruction.
    fn take_here(&mut self, state: &mut State, index: usize) {
        if !state.variables[index].is_taken() {
            let offset = self.instr.expect("an instruction was begun").offset;
            let exit = self.pre_state();
            self.take_variable(state, index, (offset, exit));
        }
    }

    /// The same at the end of an edge.
    fn take_on_edge(&mut self, edge: &mut Edge, index: usize) {
        if !edge.state.variables[index].is_taken() {
            self.block = edge.block;
            let exit = self.edge_state(edge);
            self.take_variable(&mut edge.state, index, (edge.offset, exit));
            edge.block = self.block;
        }
    }

    /// Takes all variables that a code object names, before the current instruction does anything.
    pub(crate) fn take_named(&mut self, state: &mut State, body: &Body) {
        if self.variables.is_empty() {
            return;
        }
        for name in body.decoded.instrs.iter().filter_map(|instr| global_name(&instr.op)) {
            if let Some(index) = self.variable_in(body.code, name) {
                self.take_here(state, index);
            }
        }
        self.recapture(state);
    }

    /// Pushes a variable.
    pub(crate) fn load_variable(&mut self, state: &mut State, index: usize) {
        self.take_here(state, index);
        let slot = state.variables[index].slot.borrow();
        if let Val::Obj(value) = slot.val
            && !state.loans.contains(&value)
        {
            // A store to the variable may end it.
            state.loans.push(value);
        }
        state.stack.push(slot);
    }

    /// Pops into a variable.
    pub(crate) fn store_variable(&mut self, state: &mut State, index: usize) {
        if !state.loans.is_empty() {
            self.settle(state);
            self.recapture(state);
        }
        if matches!(state.peek(1).val, Val::Virtual(kind, _) if !kind.is_number()) {
            self.objects(state, 1);
        }
        self.build_on_stack(state, 1);
        self.expect_leaf(state, index);
        let old = state.variables[index].clone();
        let replaces_leaf = old.behind || old.is_taken() && self.is_leaf(state, &old.slot.val);
        if replaces_leaf && self.is_leaf(state, &state.peek(1).val) {
            let mut slot = state.pop();
            self.own(&mut slot);
            state.variables[index] = VariableSlot { slot, behind: true };
            self.drop_slot(state, old.slot);
            return;
        }
        let value = self.objects(state, 1)[0];
        let (namespace, key, out) = (self.namespace(), self.variable_key(index), self.emit(Ir::Scratch, &[], Imm::Int(1)));
        let status = self.helper(Helper::swap_variable, &[namespace, key, value, out]);
        let zero = self.int_const(0);
        let fine = self.icmp(whipsnake_ir::Cond::Eq, status, zero);
        // Only where the name is not there any more, and there is no memory for it: the interpreter finds the handler.
        let raise = self.raise_state();
        self.guard_at(fine, ExitReason::Exception, raise);
        let replaced = self.load(out, 0, MemSize::Obj, Region::Scratch);
        let mut slot = state.pop();
        self.own(&mut slot);
        state.variables[index] = VariableSlot { slot, behind: false };
        if !old.behind && let Slot { val: Val::Obj(duplicate), owned: true } = old.slot {
            // What was replaced is the same object.
            self.effect(Ir::DecrefPlain, &[duplicate], Imm::None);
        } else if old.behind {
            self.drop_slot(state, old.slot);
        }
        if replaces_leaf {
            self.effect(Ir::DecrefLeaf, &[replaced], Imm::None);
        } else {
            self.drops.push(Slot::owned(Val::MaybeObj(replaced)));
        }
    }

    /// Guards that an object of unknown type, which is to be stored to a variable, is of the type that the variable had, if that is of leaves: these need no
    /// stores to the namespace.
    fn expect_leaf(&mut self, state: &mut State, index: usize) {
        let Slot { val: Val::Obj(value), .. } = *state.peek(1) else { return };
        let Observed::Object { type_id, .. } = self.variables[index].seen else { return };
        let info = &self.snapshot.types[type_id as usize];
        let is_leaf = info.known.map_or(info.leaf && info.version != 0, KnownType::is_leaf);
        let fact = state.facts.get(value);
        if is_leaf && fact.ty.is_none() && fact.seen.is_none() && !fact.many_types && self.may_speculate(ExitReason::TypeGuard) {
            let exit = self.pre_state();
            let block = self.block;
            self.f.push(block, Ir::GuardType, &[value], Imm::Type(info.address), Some(exit));
            state.facts.update(value, |fact| fact.ty = Some(info.address));
        }
    }

    /// Brings the namespace up to date and leaves the variable to it. The content that the namespace has then.
    fn store_back(&mut self, state: &mut State, index: usize) -> Val {
        let VariableSlot { mut slot, behind } = std::mem::replace(&mut state.variables[index], VariableSlot::STORED);
        if behind {
            let value = self.object_in(state, &mut slot);
            if !slot.owned {
                self.effect(Ir::Incref, &[value], Imm::None);
            }
            let (namespace, key) = (self.namespace(), self.variable_key(index));
            self.effect(Ir::CallHelper, &[namespace, key, value], Imm::Helper(Helper::set_variable));
        } else if let Slot { val: Val::Obj(value), owned: true } = slot {
            // The namespace has a reference of its own.
            self.effect(Ir::DecrefPlain, &[value], Imm::None);
        }
        slot.val
    }

    /// Brings the namespace up to date and leaves all variables to it, which may be changed there from now on. What the stack borrows of them
    /// has to be settled before.
    pub(crate) fn store_all_back(&mut self, state: &mut State) {
        for index in 0..state.variables.len() {
            self.store_back(state, index);
        }
    }

    /// Leaves by the state before the current instruction if a dictionary that native code is about to use without storing variables back is the
    /// namespace.
    pub(crate) fn guard_no_namespace(&mut self, dict: Value) {
        if !self.variables.is_empty() {
            let namespace = self.namespace();
            let same = self.same(dict, namespace);
            let other = self.emit(Ir::Bnot, &[same], Imm::None);
            self.guard(other, ExitReason::IdentityGuard);
        }
    }

    /// True unless dictionaries at the current instruction have turned out to be the namespace.
    pub(crate) fn may_use_dict(&self) -> bool {
        self.variables.is_empty() || self.may_speculate(ExitReason::IdentityGuard)
    }

    /// Brings edges that meet to the same forms of variables: taken if any has taken it, and behind only if all can be.
    pub(crate) fn agree_on_variables(&mut self, edges: &mut [Edge]) {
        for index in 0..edges[0].state.variables.len() {
            if !edges.iter().any(|edge| edge.state.variables[index].is_taken()) {
                continue;
            }
            let is_behind = edges.iter().any(|edge| edge.state.variables[index].behind);
            if self.open_loops == 0 && !is_behind && edges.iter().any(|edge| !edge.state.variables[index].is_taken()) {
                // What is not repeated takes it again where it is needed.
                edges.iter_mut().for_each(|edge| self.store_back_on_edge(edge, index));
                continue;
            }
            edges.iter_mut().for_each(|edge| self.take_on_edge(edge, index));
            let behind = is_behind && edges.iter().all(|edge| self.may_be_behind(&edge.state, index));
            edges.iter_mut().for_each(|edge| self.put_behind(edge, index, behind));
        }
    }

    fn may_be_behind(&self, state: &State, index: usize) -> bool {
        let variable = &state.variables[index];
        variable.behind || variable.is_taken() && self.is_leaf(state, &variable.slot.val)
    }

    /// Brings a taken variable of an edge into a form in which the namespace is, or is not, behind.
    pub(crate) fn put_behind(&mut self, edge: &mut Edge, index: usize, behind: bool) {
        if edge.state.variables[index].behind == behind {
            return;
        }
        self.block = edge.block;
        let slot = if behind {
            let mut slot = std::mem::replace(&mut edge.state.variables[index].slot, Slot::NULL);
            self.own(&mut slot);
            slot
        } else {
            Slot::borrowed(self.store_back(&mut edge.state, index))
        };
        edge.state.variables[index] = VariableSlot { slot, behind };
        edge.block = self.block;
    }

    /// Prepares the edge on which a loop is entered: what the loop names is taken, and the namespace is behind where the loop assigns
    /// leaves, unless `through` says that it must not be. If Python code runs in the loop, all else is left to the namespace.
    pub(crate) fn enter_with_variables(&mut self, index: usize, edge: &mut Edge, runs_python: bool, through: impl Fn(usize) -> bool) {
        if self.variables.is_empty() {
            return;
        }
        let assigned = self.assigned_variables(index);
        let body = self.instance.body.clone();
        let named: BTreeSet<u32> = body.loops[index].body.iter().filter_map(|&at| global_name(&body.decoded.instrs[at].op)).collect();
        let used: BTreeSet<usize> = named.into_iter().filter_map(|name| self.variable_of(name)).collect();
        for variable in 0..self.variables.len() {
            if used.contains(&variable) {
                self.take_on_edge(edge, variable);
                let behind = edge.state.variables[variable].behind || assigned.contains(&variable);
                let may_be = !through(variable) && self.may_be_behind(&edge.state, variable);
                self.put_behind(edge, variable, behind && may_be);
            } else if runs_python {
                self.store_back_on_edge(edge, variable);
            }
        }
    }

    fn store_back_on_edge(&mut self, edge: &mut Edge, index: usize) {
        if edge.state.variables[index].is_taken() {
            self.block = edge.block;
            self.store_back(&mut edge.state, index);
            edge.block = self.block;
        }
    }

    /// Brings the variables of a back edge into the forms that they have at the header. Those where that would leave the namespace behind what is no
    /// leaf are given to `refuse`.
    pub(crate) fn match_variables(&mut self, edge: &mut Edge, header: &[VariableSlot], mut refuse: impl FnMut(usize)) {
        for (index, wanted) in header.iter().enumerate() {
            if !wanted.is_taken() {
                self.store_back_on_edge(edge, index);
                continue;
            }
            self.take_on_edge(edge, index);
            if wanted.behind && !self.may_be_behind(&edge.state, index) {
                refuse(index);
            } else {
                self.put_behind(edge, index, wanted.behind);
            }
        }
    }

    /// The variables that a loop of the code being built assigns itself.
    pub(crate) fn assigned_variables(&self, index: usize) -> BTreeSet<usize> {
        let body = &self.instance.body;
        let assigned = |at: &usize| match body.decoded.instrs[*at].op {
            Op::StoreName { name } | Op::StoreGlobal { name } => self.variable_of(name),
            _ => None,
        };
        body.loops[index].body.iter().filter_map(assigned).collect()
    }
}
