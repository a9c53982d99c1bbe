//! `with` statements, as far as no exception is raised in them.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::SpecialMethod;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::Attribute;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region};

fn name(method: SpecialMethod) -> &'static str {
    match method {
        SpecialMethod::Enter => "__enter__",
        SpecialMethod::Exit => "__exit__",
        SpecialMethod::AsyncEnter => "__aenter__",
        SpecialMethod::AsyncExit => "__aexit__",
    }
}

impl Builder<'_> {
    /// Replaces the owner by a method of its type and itself, or by something bound and NULL (3.14).
    pub(crate) fn load_special(&mut self, state: &mut State, method: SpecialMethod) -> Build<()> {
        self.expect_noted(state, 1);
        let known = self
            .owner_type(state, 1, None)
            .and_then(|info| match info.attributes.get(name(method)) {
                Some(Attribute::Method { object }) => Some(*object),
                _ => None,
            });
        if let Some(function) = known {
            let owner = state.pop();
            state.stack.push(Slot::borrowed(Val::Const(function)));
            state.stack.push(owner);
            return Ok(());
        }
        self.note(state, 1);
        let owner = self.objects(state, 1)[0];
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        let which = self.int_const(i64::from(method.code()));
        self.status(state, Helper::load_special, &[owner, which, out])?;
        let callable = self.load(out, 0, MemSize::Obj, Region::Scratch);
        let receiver = self.load(out, 8, MemSize::Obj, Region::Scratch);
        self.drop_operands(state, 1);
        state.stack.push(Slot::owned(Val::Obj(callable)));
        state.stack.push(Slot::owned(Val::MaybeObj(receiver)));
        Ok(())
    }

    /// Replaces the manager by its bound `__exit__` and what `__enter__` gives (3.13).
    pub(crate) fn before_with(&mut self, state: &mut State) -> Build<()> {
        let manager = self.objects(state, 1)[0];
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        self.status(state, Helper::enter_with, &[manager, out])?;
        let exit = self.load(out, 0, MemSize::Obj, Region::Scratch);
        let result = self.load(out, 8, MemSize::Obj, Region::Scratch);
        self.drop_operands(state, 1);
        state.stack.push(Slot::owned(Val::Obj(exit)));
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }
}
