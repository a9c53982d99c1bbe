//! Attributes of `super()`.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region};

impl Builder<'_> {
    /// `super().name`; as a method also pushes self, or NULL if what was found is bound.
    pub(crate) fn load_super_attr(&mut self, state: &mut State, name: u32, method: bool, two_args: bool) -> Build<()> {
        // super, class, self
        let v = self.objects(state, 3);
        let name = self.name_object(name);
        let flags = self.int_const(i64::from(method) | i64::from(two_args) << 1);
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        self.status(state, Helper::load_super_attr, &[v[0], v[1], v[2], name, flags, out])?;
        let attribute = self.load(out, 0, MemSize::Obj, Region::Scratch);
        self.drop_from_top(state, 3);
        state.stack.push(Slot::owned(Val::Obj(attribute)));
        if method {
            let receiver = self.load(out, 8, MemSize::Obj, Region::Scratch);
            state.stack.push(Slot::owned(Val::MaybeObj(receiver)));
        }
        Ok(())
    }
}
