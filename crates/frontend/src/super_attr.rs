//! Attributes of `super()`.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region};

impl Builder<'_> {
    /// Finds a method where the class of self is known, in a method of a class that it derives from. False if that is left to the general way.
    fn known_super_method(&mut self, state: &mut State, name: u32, method: bool) -> bool {
        let is_super = match state.peek(3).val {
            Val::Const(id) => Some(self.snapshot.objects[id as usize].address) == self.platform().known_type(KnownType::Super),
            _ => false,
        };
        self.expect_noted(state, 1);
        let info = self.exact_type(state, &state.peek(1).val).and_then(|ty| self.type_info(ty));
        let (Some(info), Val::Obj(class), true) = (info, &state.peek(2).val, is_super && self.may_speculate(ExitReason::IdentityGuard)) else {
            self.note(state, 1);
            return false;
        };
        let class = *class;
        let (code, text) = (self.instance.body.code, &self.code().names[name as usize]);
        let found = info.super_methods.iter().find(|known| known.code == code && known.name == *text);
        let Some(found) = found.filter(|_| info.mutable && info.version != 0) else { return false };
        self.assume_type(info.address, info.version);
        // The type keeps the class alive.
        let wanted = self.address(found.class);
        let same = self.same(class, wanted);
        self.guard(same, ExitReason::IdentityGuard);
        let receiver = state.pop();
        let owners = [state.pop(), state.pop()];
        self.push_method(state, found.method, receiver, method);
        owners.into_iter().for_each(|slot| self.drop_slot(state, slot));
        true
    }

    /// `super().name`; as a method also pushes self, or NULL if what was found is bound.
    pub(crate) fn load_super_attr(&mut self, state: &mut State, name: u32, method: bool, two_args: bool) -> Build<()> {
        // super, class, self
        if self.known_super_method(state, name, method) {
            return Ok(());
        }
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
