//! Global names, cells and closures.

use crate::GiveUp;
use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Assumption, KnownType, ObjectId, ObjectKind};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region, Slot as FrameSlot, Value};

impl Builder<'_> {
    /// The object of a name of `co_names`.
    pub(crate) fn name_object(&mut self, name: u32) -> Value {
        let code = self.code();
        let address = code.name_objects[name as usize];
        let label = code.names[name as usize].clone();
        let index = self.f.add_object(ObjectRef { address, immortal: false, label });
        self.emit(Ir::Object, &[], Imm::Object(index))
    }

    /// A global or builtin name: a constant as long as the dictionaries say so.
    pub(crate) fn load_global(&mut self, state: &mut State, name: u32, push_null: bool) -> Build<()> {
        if let Some(index) = self.variable_of(name) {
            self.load_variable(state, index);
            if push_null {
                state.stack.push(Slot::NULL);
            }
            return Ok(());
        }
        let code = self.code();
        let text = &code.names[name as usize];
        match code.global_values.get(text) {
            Some(global) => {
                let object = &self.snapshot.objects[global.object as usize];
                if global.builtin {
                    self.assume(Assumption::DictEntry { dict: code.globals, name: text.clone(), value: 0 });
                    self.assume(Assumption::DictEntry { dict: code.builtins, name: text.clone(), value: object.address });
                } else {
                    self.assume(Assumption::DictEntry { dict: code.globals, name: text.clone(), value: object.address });
                }
                state.stack.push(Slot::borrowed(Val::Const(global.object)));
            }
            None => {
                self.objects(state, 0);
                self.recapture(state);
                let globals = self.address(code.globals);
                let globals = self.emit(Ir::AsObject, &[globals], Imm::None);
                let builtins = self.address(code.builtins);
                let builtins = self.emit(Ir::AsObject, &[builtins], Imm::None);
                let name = self.name_object(name);
                let value = self.raising(state, Helper::load_global, &[globals, builtins, name])?;
                state.stack.push(Slot::owned(Val::Obj(value)));
            }
        }
        if push_null {
            state.stack.push(Slot::NULL);
        }
        Ok(())
    }

    /// Replaces level and names by the module that an `import` gives.
    pub(crate) fn import_name(&mut self, state: &mut State, name: u32) -> Build<()> {
        let v = self.objects(state, 2);
        let code = self.code();
        let frame = match self.frame {
            Some(frame) => frame,
            None => self.address(0),
        };
        let globals = self.address(code.globals);
        let globals = self.emit(Ir::AsObject, &[globals], Imm::None);
        let builtins = self.address(code.builtins);
        let builtins = self.emit(Ir::AsObject, &[builtins], Imm::None);
        let name = self.name_object(name);
        let module = self.raising(state, Helper::import_name, &[frame, globals, builtins, name, v[0], v[1]])?;
        self.drop_operands(state, 2);
        state.stack.push(Slot::owned(Val::Obj(module)));
        Ok(())
    }

    /// Pushes what `from module import name` finds in the module's dictionary. False if it is found in other ways, which are the
    /// interpreter's.
    pub(crate) fn import_from(&mut self, state: &mut State, name: u32) -> bool {
        let special = self.code().names[name as usize].starts_with("__");
        if special || !self.may_speculate(ExitReason::Unbound) {
            return false;
        }
        let module = self.objects(state, 1)[0];
        // It may be the very module that is executed.
        self.store_all_back(state);
        self.recapture(state);
        let name = self.name_object(name);
        let value = self.helper(Helper::module_entry, &[module, name]);
        self.guard_not_null(value, ExitReason::Unbound);
        self.effect(Ir::Incref, &[value], Imm::None);
        state.stack.push(Slot::owned(Val::Obj(value)));
        true
    }

    pub(crate) fn store_global(&mut self, state: &mut State, name: u32) -> Build<()> {
        if let Some(index) = self.variable_of(name) {
            self.store_variable(state, index);
            return Ok(());
        }
        let value = self.objects(state, 1)[0];
        let globals = self.address(self.code().globals);
        let globals = self.emit(Ir::AsObject, &[globals], Imm::None);
        let name = self.name_object(name);
        self.status(state, Helper::store_global, &[globals, name, value])?;
        self.drop_operands(state, 1);
        Ok(())
    }

    pub(crate) fn load_name(&mut self, state: &mut State, name: u32) -> Build<()> {
        if self.is_module {
            return self.load_global(state, name, false);
        }
        self.objects(state, 0);
        self.recapture(state);
        let Some(frame) = self.frame else { return Err(crate::builder::Stop::NeedsFrame) };
        let name = self.name_object(name);
        let value = self.raising(state, Helper::load_name, &[frame, name])?;
        state.stack.push(Slot::owned(Val::Obj(value)));
        Ok(())
    }

    pub(crate) fn store_name(&mut self, state: &mut State, name: u32) -> Build<()> {
        if let Some(index) = self.variable_of(name).filter(|_| self.is_module) {
            self.store_variable(state, index);
            return Ok(());
        }
        let value = self.objects(state, 1)[0];
        let Some(frame) = self.frame else { return Err(crate::builder::Stop::NeedsFrame) };
        let name = self.name_object(name);
        self.status(state, Helper::store_name, &[frame, name, value])?;
        self.drop_operands(state, 1);
        Ok(())
    }

    /// Replaces a local by a new cell around it.
    pub(crate) fn make_cell(&mut self, state: &mut State, local: u32) {
        let mut slot = std::mem::replace(&mut state.locals[local as usize], Slot::NULL);
        let value = self.owned_or_null(state, &mut slot);
        let cell = self.helper(Helper::make_cell, &[value]);
        let null = self.null();
        let is_null = self.same(value, null);
        // The cell took a reference of its own.
        let (done, bound) = self.split(is_null);
        self.block = bound;
        self.effect(Ir::DecrefPlain, &[value], Imm::None);
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = done;
        let ty = self.platform().known_type(KnownType::Cell);
        state.facts.update(cell, |fact| fact.ty = ty);
        state.locals[local as usize] = Slot::owned(Val::Obj(cell));
    }

    /// The cells of the function's closure become locals. False in a frame that was there before the unit: it has them.
    pub(crate) fn copy_free_vars(&mut self, state: &mut State, count: u32) -> bool {
        let Some(cells) = self.closure_cells(state, count) else { return false };
        let base = state.locals.len() - cells.len();
        for (local, cell) in (base..).zip(cells) {
            self.effect(Ir::Incref, &[cell], Imm::None);
            state.locals[local] = Slot::owned(Val::Obj(cell));
        }
        true
    }

    /// The cells that the function being built brings along, borrowed; `None` if it is not at hand.
    pub(crate) fn closure_cells(&mut self, state: &mut State, count: u32) -> Option<Vec<Value>> {
        if count == 0 {
            return Some(Vec::new());
        }
        // Other functions may have the same code. Of a known one, too, cells are no constants: the unit would keep them, and they lead to
        // namespaces, and these to the unit.
        let function = match self.instance.function {
            FrameSlot::Borrowed(function) => function,
            FrameSlot::Object(index) => self.emit(Ir::Object, &[], Imm::Object(index)),
            _ => return None,
        };
        let closure = self.load(function, self.layout().function_closure, MemSize::Obj, Region::Function);
        let ty = self.platform().known_type(KnownType::Cell);
        let cells = (0..i64::from(count)).map(|i| {
            let cell = self.load(closure, self.layout().tuple_items + 8 * i, MemSize::Obj, Region::Const);
            state.facts.update(cell, |fact| fact.ty = ty);
            cell
        });
        Some(cells.collect())
    }

    /// The cell in a local, which is there from the start of the code on.
    pub(crate) fn cell(state: &State, local: u32) -> Build<Value> {
        match state.locals[local as usize].val {
            Val::Obj(v) | Val::MaybeObj(v) => Ok(v),
            _ => Err(GiveUp::Contradiction("a cell").into()),
        }
    }

    pub(crate) fn load_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        let cell = Self::cell(state, local)?;
        let value = self.load(cell, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.guard_not_null(value, ExitReason::Unbound);
        let known = self.object_in_closure(local);
        if let Some(id) = known.filter(|&id| matches!(self.kind(id), ObjectKind::Type(_)))
            && self.may_speculate(ExitReason::IdentityGuard)
        {
            let wanted = self.object_const(id);
            let same = self.same(value, wanted);
            self.guard(same, ExitReason::IdentityGuard);
            state.stack.push(Slot::borrowed(Val::Const(id)));
            return Ok(());
        }
        state.loans.push(value);
        let function = known.filter(|&id| matches!(self.kind(id), ObjectKind::Function(_)));
        state.facts.update(value, |fact| fact.function = fact.function.or(function));
        state.stack.push(Slot::borrowed(Val::Obj(value)));
        Ok(())
    }

    /// What a free variable of inlined code holds, if the code is that of a known function.
    fn object_in_closure(&self, local: u32) -> Option<ObjectId> {
        let ObjectKind::Function(info) = self.kind(self.instance.known?) else { return None };
        let free = self.code().nlocalsplus as usize - info.closure.len();
        *info.closure.get((local as usize).checked_sub(free)?)?
    }

    pub(crate) fn store_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        self.settle(state);
        let cell = Self::cell(state, local)?;
        let mut slot = state.pop();
        let value = self.owned_for_store(state, &mut slot);
        let old = self.load(cell, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.store(cell, value, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.drops.push(Slot::owned(Val::MaybeObj(old)));
        Ok(())
    }
}
