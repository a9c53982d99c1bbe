//! What inlined special methods return: operators, truth and lengths accept only some answers.

use crate::builder::{Build, Builder, Parent, Stop};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::{ExitReason, OnReturn};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, MemSize, Op, Region};

impl Builder<'_> {
    /// Makes sure that the result of an inlined method is one for the instruction that has called it, and unboxes it if that wants so. False if control
    /// does not go on: the method returns through the interpreter, which knows what to do then.
    pub(crate) fn take_answer(&mut self, state: &mut State, result: &mut Slot, parent: &Parent) -> Build<bool> {
        let known = self.known_type(state, &result.val);
        let wanted = match parent.on_return {
            OnReturn::PushBool | OnReturn::PushNot | OnReturn::CheckBool | OnReturn::CompareBool => Some(KnownType::Bool),
            OnReturn::Length | OnReturn::Filled => Some(KnownType::Int),
            OnReturn::Operator | OnReturn::Compare => None,
            OnReturn::Push
            | OnReturn::Unary
            | OnReturn::Builtin
            | OnReturn::CheckNone
            | OnReturn::SetAttr
            | OnReturn::SetItem
            | OnReturn::Next => return Ok(true),
        };
        let not_implemented = self.platform().known_type(KnownType::NotImplemented);
        let fits = match wanted {
            Some(wanted) => known == Some(wanted),
            None => known != Some(KnownType::NotImplemented) && self.exact_type(state, &result.val).is_some(),
        };
        if !fits {
            let refuse = Stop::NoInline((parent.instance.path, parent.call.offset));
            if !self.may_speculate(ExitReason::Declined) {
                return Err(refuse);
            }
            if known == Some(KnownType::NotImplemented) && parent.on_return.may_decline() {
                let offset = self.instr.expect("an instruction was begun").offset;
                let pre = self.pre.clone().expect("an instruction was begun");
                self.leave(&pre, offset, ExitReason::Declined);
                return Ok(false);
            }
            let (Val::Obj(object), None, Some(not_implemented)) = (&result.val, known, not_implemented) else { return Err(refuse) };
            let object = *object;
            let ty = self.load(object, self.layout().ob_type, MemSize::Ptr, Region::Type);
            let expected = match wanted {
                Some(wanted) => self.platform().known_type(wanted),
                None => Some(not_implemented),
            };
            let expected = self.address(expected.expect("there are bools and ints"));
            let mut fine = self.same(ty, expected);
            if wanted.is_none() {
                fine = self.emit(Op::Bnot, &[fine], Imm::None);
            }
            self.guard(fine, ExitReason::Declined);
            if let Some(wanted) = wanted {
                let ty = self.platform().known_type(wanted);
                state.facts.update(object, |fact| fact.ty = ty);
            }
        }
        match (wanted, &result.val) {
            (Some(KnownType::Bool), Val::Obj(object)) => {
                // Bools are immortal.
                let object = *object;
                let yes = self.address(self.platform().true_);
                let value = self.same(object, yes);
                *result = Slot::borrowed(Val::Bool(value));
            }
            (Some(KnownType::Int), _) => {
                state.stack.push(result.clone());
                let length = self.int_on_stack(state, 1);
                state.stack.pop();
                let Some(length) = length else { return Err(Stop::NoInline((parent.instance.path, parent.call.offset))) };
                let zero = self.int_const(0);
                let fine = self.icmp(Cond::Ge, length, zero);
                self.guard(fine, ExitReason::Declined);
                if parent.on_return == OnReturn::Filled {
                    let filled = self.icmp(Cond::Ne, length, zero);
                    *result = Slot::borrowed(Val::Bool(filled));
                }
            }
            _ => {}
        }
        Ok(true)
    }
}
