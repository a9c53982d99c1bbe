//! Global names, and names of module level and class bodies.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Assumption, CodeId};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Imm, Op as Ir, Value};

impl Builder<'_> {
    /// The object of a name of `co_names`.
    pub(crate) fn name_object(&mut self, name: u32) -> Value {
        let code = self.code();
        let address = code.name_objects[name as usize];
        let label = code.names[name as usize].clone();
        let index = self.f.add_object(ObjectRef { address, immortal: false, label });
        self.emit(Ir::Object, &[], Imm::Object(index))
    }

    /// The name of a local variable of a code.
    pub(crate) fn varname_object(&mut self, code: CodeId, local: usize) -> Value {
        let code = &self.snapshot.codes[code as usize];
        let (address, label) = (code.varname_objects[local], code.varnames[local].clone());
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
}
