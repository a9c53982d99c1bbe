//! Numbers: boxes, operators, comparisons, and the arithmetic whose results Python defines differently from C.

use super::{Obj, Ptr};
use crate::reserve::insist;
use whipsnake_cpython::{ffi, int};

unsafe extern "C" {
    /// The functions of `BINARY_OP`, by its argument (`NB_*` in `opcode.h`); the in-place subtraction comes last.
    static _PyEval_BinaryOps: [ffi::binaryfunc; ARITHMETIC_OPS];
    fn fmod(left: f64, right: f64) -> f64;
    fn pow(base: f64, exponent: f64) -> f64;
}

/// Number of plain and in-place arithmetic operators.
const ARITHMETIC_OPS: usize = 26;
/// `BINARY_OP` with this argument is `left[right]` (3.14; other versions have an opcode for it).
const SUBSCR: i64 = 26;

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn box_int(value: i64) -> Obj {
    // SAFETY: the GIL is held.
    unsafe { insist(|| int::make(value)) }
}

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn box_real(is_float: i64, int: i64, float: f64) -> Obj {
    // SAFETY: the GIL is held.
    unsafe { if is_float != 0 { box_float(float) } else { box_int(int) } }
}

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn box_float(value: f64) -> Obj {
    // SAFETY: the GIL is held.
    unsafe { insist(|| ffi::PyFloat_FromDouble(value)) }
}

/// # Safety
/// `object` is an int, `out` points to one word.
pub unsafe extern "C" fn unbox_int_slow(object: Obj, out: Ptr) -> i64 {
    // SAFETY: the object is an int.
    match unsafe { int::value(object) } {
        Some(value) => {
            // SAFETY: the caller gave room for one word.
            unsafe { out.cast::<i64>().write(value) };
            1
        }
        None => 0,
    }
}

/// # Safety
/// The operands are alive, and `op` is a number of `BINARY_OP`.
pub unsafe extern "C" fn binary_op(left: Obj, right: Obj, op: i64) -> Obj {
    if op == SUBSCR {
        // SAFETY: the operands are alive.
        return unsafe { ffi::PyObject_GetItem(left, right) };
    }
    // SAFETY: the interpreter's table is constant.
    match unsafe { _PyEval_BinaryOps.get(op as usize) } {
        // SAFETY: the operands are alive.
        Some(function) => unsafe { function(left, right) },
        None => {
            // SAFETY: the format takes one long long.
            unsafe { ffi::PyErr_Format(ffi::PyExc_SystemError, c"unknown binary operator %lld".as_ptr(), op) }
        }
    }
}

/// # Safety
/// The operands are alive, and `op` is one of `Py_LT` to `Py_GE`.
pub unsafe extern "C" fn compare_op(left: Obj, right: Obj, op: i64) -> Obj {
    // SAFETY: the operands are alive.
    unsafe { ffi::PyObject_RichCompare(left, right, op as i32) }
}

/// # Safety
/// The operands are alive, and `op` is one of `Py_LT` to `Py_GE`.
pub unsafe extern "C" fn compare_bool(left: Obj, right: Obj, op: i64) -> i64 {
    // SAFETY: the operands are alive; the result is ours.
    unsafe {
        let result = ffi::PyObject_RichCompare(left, right, op as i32);
        if result.is_null() {
            return -1;
        }
        let truth = ffi::PyObject_IsTrue(result);
        ffi::Py_DECREF(result);
        i64::from(truth)
    }
}

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn is_true(object: Obj) -> i64 {
    // SAFETY: the object is alive.
    i64::from(unsafe { ffi::PyObject_IsTrue(object) })
}

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn negative(object: Obj) -> Obj {
    // SAFETY: the object is alive.
    unsafe { ffi::PyNumber_Negative(object) }
}

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn positive(object: Obj) -> Obj {
    // SAFETY: the object is alive.
    unsafe { ffi::PyNumber_Positive(object) }
}

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn invert(object: Obj) -> Obj {
    // SAFETY: the object is alive.
    unsafe { ffi::PyNumber_Invert(object) }
}

/// # Safety
/// `out` points to one word.
pub unsafe extern "C" fn float_pow(base: f64, exponent: f64, out: Ptr) -> i64 {
    match power(base, exponent) {
        Some(value) => {
            // SAFETY: the caller gave room for one word.
            unsafe { out.cast::<f64>().write(value) };
            1
        }
        None => 0,
    }
}

/// `float.__pow__` where it gives a float; special cases as documented for `math.pow` and C99, annex F.
fn power(base: f64, exponent: f64) -> Option<f64> {
    // SAFETY: `fmod` only computes.
    let odd = |x: f64| unsafe { fmod(x.abs(), 2.0) } == 1.0;
    if exponent == 0.0 {
        return Some(1.0);
    }
    if base.is_nan() {
        return Some(base);
    }
    if exponent.is_nan() {
        return Some(if base == 1.0 { 1.0 } else { exponent });
    }
    if exponent.is_infinite() {
        let magnitude = base.abs();
        return Some(if magnitude == 1.0 {
            1.0
        } else if (exponent > 0.0) == (magnitude > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if base.is_infinite() {
        return Some(match (exponent > 0.0, odd(exponent)) {
            (true, true) => base,
            (true, false) => base.abs(),
            (false, true) => 0.0_f64.copysign(base),
            (false, false) => 0.0,
        });
    }
    if base == 0.0 {
        let zero = if odd(exponent) { base } else { 0.0 };
        return (exponent > 0.0).then_some(zero);
    }
    let mut magnitude = base;
    let mut negate = false;
    if base < 0.0 {
        if exponent != exponent.floor() {
            return None;
        }
        magnitude = -base;
        negate = odd(exponent);
    }
    let result = if magnitude == 1.0 {
        1.0
    } else {
        // SAFETY: `pow` only computes.
        unsafe { pow(magnitude, exponent) }
    };
    // Both arguments are finite, so an infinite result is an overflow, which Python raises.
    result.is_finite().then_some(if negate { -result } else { result })
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn float_mod(left: f64, right: f64) -> f64 {
    floored(left, right).1
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn float_floordiv(left: f64, right: f64) -> f64 {
    floored(left, right).0
}

/// Floor quotient and remainder with the divisor's sign, rounded and signed as `float.__divmod__` does it.
fn floored(left: f64, right: f64) -> (f64, f64) {
    // SAFETY: `fmod` only computes.
    let mut remainder = unsafe { fmod(left, right) };
    let mut quotient = (left - remainder) / right;
    if remainder != 0.0 {
        if (right < 0.0) != (remainder < 0.0) {
            remainder += right;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0_f64.copysign(right);
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(left / right), remainder);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

/// # Safety
/// `out` points to one word.
pub unsafe extern "C" fn int_pow(base: i64, exponent: i64, out: Ptr) -> i64 {
    match integer_power(base, exponent) {
        Some(value) => {
            // SAFETY: the caller gave room for one word.
            unsafe { out.cast::<i64>().write(value) };
            1
        }
        None => 0,
    }
}

/// # Safety
/// `out` points to one word.
pub unsafe extern "C" fn int_pow_mod(base: i64, exponent: i64, modulus: i64, out: Ptr) -> i64 {
    match power_modulo(base, exponent, modulus) {
        Some(value) => {
            // SAFETY: the caller gave room for one word.
            unsafe { out.cast::<i64>().write(value) };
            1
        }
        None => 0,
    }
}

/// The power by squaring, with the sign of the modulus, as `pow` of Python has it. `None` for what needs an inverse, or raises.
fn power_modulo(base: i64, exponent: i64, modulus: i64) -> Option<i64> {
    let mut exponent = u64::try_from(exponent).ok()?;
    let size = modulus.unsigned_abs();
    let times = |one: u64, other: u64| match one.checked_mul(other) {
        Some(product) => product % size,
        None => (u128::from(one) * u128::from(other) % u128::from(size)) as u64,
    };
    if size == 0 {
        return None;
    }
    // Below the modulus's size, so that it fits a word.
    let mut square = i128::from(base).rem_euclid(i128::from(size)) as u64;
    let mut result = 1 % size;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        exponent >>= 1;
        if exponent > 0 {
            square = times(square, square);
        }
    }
    // Below 2**63, since the size is 2**63 at most.
    let result = result as i64;
    Some(if modulus < 0 && result != 0 { result.wrapping_add(modulus) } else { result })
}

fn integer_power(base: i64, exponent: i64) -> Option<i64> {
    match base {
        _ if exponent < 0 => None,
        _ if exponent == 0 => Some(1),
        0 | 1 => Some(base),
        -1 => Some(if exponent & 1 == 0 { 1 } else { -1 }),
        _ => base.checked_pow(u32::try_from(exponent).ok()?),
    }
}
