//! Keys of classes written in Python: `__hash__` runs in place, as an attempt, and what is found under the hash must be the very object. Where another
//! key has the same hash, the interpreter asks `__eq__`.

use crate::builder::{Build, Builder, Stop};
use crate::call::{Callee, Runs};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::{ExitReason, OnReturn};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, Op as Ir, Value};

/// How a key is looked up without running Python code as any other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TableKey {
    /// An exact str, int or tuple.
    Plain,
    /// An object with that hash.
    Hashed(Value),
}

impl Builder<'_> {
    /// How the key so far below the top of the stack is looked up; `None` if that is left to the interpreter's way.
    pub(crate) fn table_key(&mut self, state: &mut State, depth: usize) -> Build<Option<TableKey>> {
        if self.is_plain_key(state, depth) {
            return Ok(Some(TableKey::Plain));
        }
        Ok(self.hash_in_place(state, depth)?.map(TableKey::Hashed))
    }

    /// The hash of an instance of a class whose `__hash__` can run in place.
    fn hash_in_place(&mut self, state: &mut State, depth: usize) -> Build<Option<Value>> {
        let Some(instr) = self.instr.filter(|_| self.attempt.is_none() && state.untraced.is_none() && self.drops.is_empty()) else { return Ok(None) };
        let site = (self.instance.path, instr.offset);
        let Some(info) = self.python_class(state, depth) else { return Ok(None) };
        let Some(method) = self.special(info, "__hash__") else { return Ok(None) };
        let Some((function, code)) = self.inlinable(method, 1, instr) else { return Ok(None) };
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        let (attempt, mut inside) = self.begin_apart(state, site);
        self.begin(instr, &inside);
        let argument = inside.peek(depth).borrow();
        let callee = Callee { id: method, info: &function, code, runs: Runs::Constant, exact: true };
        match self.inline(&mut inside, callee, vec![argument], OnReturn::Push, instr) {
            Ok(true) => {}
            // It never returns: the unit is built again without it.
            Ok(false) | Err(Stop::Leaves) => return Err(Stop::NoInline(site)),
            Err(stop) => return Err(stop),
        }
        let Some(hash) = self.int_on_stack(&mut inside, 1).filter(|_| inside.variables == state.variables) else { return Err(Stop::NoInline(site)) };
        let result = inside.pop();
        self.drop_slot(&mut inside, result);
        self.flush_drops(&mut inside, instr.offset);
        // -1 says that there was an error.
        let [error, instead] = [-1, -2].map(|number| self.int_const(number));
        let is_error = self.icmp(Cond::Eq, hash, error);
        let hash = self.emit(Ir::Select, &[is_error, instead, hash], Imm::None);
        self.end_attempt(attempt)?;
        self.begin(instr, state);
        Ok(Some(hash))
    }

    /// `hash(x)` of a tuple.
    pub(crate) fn hash_of_tuple(&mut self, state: &mut State, base: usize) -> bool {
        if self.known_type(state, &state.peek(1).val) != Some(KnownType::Tuple) || !self.may_speculate(ExitReason::NeedsPython) {
            return false;
        }
        let hash = match self.lend_tuple(state, 1) {
            Some([items, count]) => self.helper(Helper::hash_of_items, &[items, count]),
            None => {
                let tuple = self.objects(state, 1)[0];
                self.helper(Helper::hash_of_tuple, &[tuple])
            }
        };
        let unsure = self.int_const(-1);
        let told = self.icmp(Cond::Ne, hash, unsure);
        self.guard(told, ExitReason::NeedsPython);
        self.finish_native(state, base, Slot::borrowed(Val::Int(hash)));
        true
    }
}
