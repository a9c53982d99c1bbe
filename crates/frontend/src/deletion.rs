//! Deleting names and cells.

use crate::builder::{Build, Builder, Stop};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region};

impl Builder<'_> {
    /// `del name` of a global.
    pub(crate) fn delete_global(&mut self, state: &mut State, name: u32) -> Build<()> {
        self.objects(state, 0);
        let globals = self.address(self.code().globals);
        let globals = self.emit(Ir::AsObject, &[globals], Imm::None);
        let name = self.name_object(name);
        self.status(state, Helper::delete_global, &[globals, name])?;
        Ok(())
    }

    /// `del name` at module level or in a class body.
    pub(crate) fn delete_name(&mut self, state: &mut State, name: u32) -> Build<()> {
        self.objects(state, 0);
        let Some(frame) = self.frame else { return Err(Stop::NeedsFrame) };
        let name = self.name_object(name);
        self.status(state, Helper::delete_name, &[frame, name])?;
        Ok(())
    }

    /// Empties a cell; an empty one is left to the interpreter, which raises.
    pub(crate) fn delete_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        let cell = Self::cell(state, local)?;
        let at = self.layout().cell_value;
        let value = self.load(cell, at, MemSize::Obj, Region::Cell);
        self.guard_not_null(value, ExitReason::Unbound);
        // What the cell lends to the stack must survive.
        self.settle(state);
        let null = self.null();
        self.store(cell, null, at, MemSize::Obj, Region::Cell);
        self.drop_slot(state, Slot::owned(Val::Obj(value)));
        Ok(())
    }
}
