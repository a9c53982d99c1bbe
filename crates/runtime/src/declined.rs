//! What follows when the method of an operator has returned `NotImplemented`: the interpreter asks the other operand, then gives other answers, or raises.
//!
//! All this is left to the interpreter. The operator is executed as if for the first time, and the call of the method that has run already is
//! answered in its place.

use crate::helpers::{binary_op, compare_op};
use crate::session::session;
use std::cell::RefCell;
use whipsnake_contract::exit::OnReturn;
use whipsnake_cpython::ffi::{Py_INCREF, Py_NotImplemented, PyObject, vectorcallfunc};
use whipsnake_cpython::{Frame, memory, offsets};

/// Methods whose next call is answered with `NotImplemented`, with the vectorcall that they had.
#[derive(Default, Debug)]
pub(crate) struct Declined(RefCell<Vec<(usize, vectorcallfunc)>>);

impl Declined {
    /// Gives a method its vectorcall back, unless it has it.
    ///
    /// # Safety
    /// The method is an alive function.
    unsafe fn restore(&self, method: *mut PyObject) {
        let mut waiting = self.0.borrow_mut();
        if let Some(at) = waiting.iter().rposition(|&(waits, _)| waits == method as usize) {
            let (_, vectorcall) = waiting.remove(at);
            // SAFETY: functions have their vectorcall there.
            unsafe { memory::write(method.cast(), offsets::FUNCTION_VECTORCALL, vectorcall) };
        }
    }
}

/// The vectorcall of a method whose next call is answered.
unsafe extern "C" fn decline(
    method: *mut PyObject,
    _args: *const *mut PyObject,
    _nargsf: usize,
    _names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the callable is alive; the singleton is immortal or gets a reference.
    unsafe {
        if let Some(session) = session() {
            session.declined.restore(method);
        }
        let answer = Py_NotImplemented();
        Py_INCREF(answer);
        answer
    }
}

/// The result of the operator at which the frame stands, whose operands are on top of its stack, after its method has declined; owned, or NULL with
/// an exception.
///
/// # Safety
/// The GIL is held, no exception is raised, the frame is complete and visible, `method` is an alive function.
pub(crate) unsafe fn ask_further(frame: Frame, operator: OnReturn, method: *mut PyObject) -> *mut PyObject {
    let Some(session) = session() else { return std::ptr::null_mut() };
    // SAFETY: the frame stands at an instruction with two operands, which its stack keeps alive; functions have their vectorcall there.
    unsafe {
        let top = frame.stack_top();
        let (left, right) = (frame.slot(top - 2).borrow(), frame.slot(top - 1).borrow());
        let argument = i64::from(*frame.instruction() >> 8);
        let original: vectorcallfunc = memory::read(method.cast(), offsets::FUNCTION_VECTORCALL);
        session.declined.0.borrow_mut().push((method as usize, original));
        memory::write::<vectorcallfunc>(method.cast(), offsets::FUNCTION_VECTORCALL, decline);
        let result = match operator {
            OnReturn::Operator => binary_op(left, right, argument),
            _ => compare_op(left, right, argument >> COMPARISON_SHIFT),
        };
        session.declined.restore(method);
        result
    }
}

/// Bits of the argument of `COMPARE_OP` below the comparison (3.13 and 3.14).
const COMPARISON_SHIFT: u32 = 5;
