//! The stacks of frame states are as deep as the interpreter's.
//!
//! A frame that is rebuilt with a value too few or too many would make the interpreter read something else as its operands. Native code that could leave with such a
//! frame is not installed.

use crate::GiveUp;
use crate::builder::Builder;
use std::collections::BTreeSet;
use whipsnake_contract::exit::{OnReturn, Resume};
use whipsnake_ir::{FrameState, Op, StateId};

impl Builder<'_> {
    /// Checks all states by which the unit may leave.
    ///
    /// # Errors
    /// [`GiveUp::Depth`] for the first state of which the stack has another depth than the interpreter's where it goes on.
    pub(crate) fn check_depths(&self) -> Result<(), GiveUp> {
        let mut callers: BTreeSet<StateId> = BTreeSet::new();
        for inst in &self.f.insts {
            let Some(id) = inst.state else { continue };
            let state = self.f.state(id);
            callers.extend(state.parent);
            let drops = matches!(inst.op, Op::Decref | Op::DecrefOrExit);
            match state.resume {
                // The caller of what runs natively.
                Resume::Execute if state.return_offset != 0 && !drops => {
                    callers.insert(id);
                }
                Resume::Execute | Resume::Again | Resume::Behind => self.check_depth(state, state.offset.wrapping_add(state.return_offset), 0)?,
                // The handler's depth, which the interpreter unwinds to, or what a destructor sees.
                Resume::Raise | Resume::Observe => {}
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = callers.pop_first() {
            let caller = self.f.state(id);
            if !seen.insert(id) {
                continue;
            }
            callers.extend(caller.parent);
            if caller.on_return == OnReturn::Push {
                self.check_depth(caller, caller.offset + caller.return_offset, 1)?;
            }
        }
        Ok(())
    }

    /// Checks one, which gets so many values more before the instruction at that offset is executed.
    fn check_depth(&self, state: &FrameState, offset: u32, more: usize) -> Result<(), GiveUp> {
        let body = &self.bodies[&state.code];
        let wanted = body.decoded.index_of_offset(offset).and_then(|index| body.depths[index]);
        let depth = state.stack.len() + more;
        match wanted {
            Some(wanted) if wanted as usize != depth => {
                let code = self.snapshot.codes[state.code as usize].qualname.clone();
                let wrong = GiveUp::Depth { code, offset, depth, wanted };
                // Tests and fuzzers build the compiler with assertions.
                debug_assert!(false, "{wrong}");
                Err(wrong)
            }
            _ => Ok(()),
        }
    }
}
