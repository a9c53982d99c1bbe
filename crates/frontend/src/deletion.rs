//! Deleting names.

use crate::builder::{Build, Builder, Stop};
use crate::value::State;
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::{Imm, Op as Ir};

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
}
