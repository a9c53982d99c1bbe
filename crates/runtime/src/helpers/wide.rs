//! Ints of two words: the low one, and the high one with the sign.

use super::{Obj, Ptr};
use crate::reserve::insist;
use whipsnake_cpython::int::{self, from_words as value};

/// # Safety
/// `out` points to two words.
unsafe fn store(out: Ptr, value: i128) {
    // SAFETY: the caller gave room for two words.
    unsafe {
        out.cast::<i64>().write(value as i64);
        out.cast::<i64>().add(1).write((value >> 64) as i64);
    }
}

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn box_wide(low: i64, high: i64) -> Obj {
    // SAFETY: the GIL is held.
    unsafe { insist(|| int::make_wide(low, high)) }
}

/// # Safety
/// `object` is an exact int, `out` points to two words.
pub unsafe extern "C" fn unbox_wide(object: Obj, out: Ptr) -> i64 {
    // SAFETY: the object is an int.
    match unsafe { int::wide_value(object) } {
        Some((low, high)) => {
            // SAFETY: the caller gave room for two words.
            unsafe { store(out, value(low, high)) };
            1
        }
        None => 0,
    }
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn wide_mod(low: i64, high: i64, divisor: i64) -> i64 {
    let (value, positive) = (value(low, high), divisor.unsigned_abs());
    // Divisions without a sign are the fast ones.
    let remainder = (value.unsigned_abs() % u128::from(positive)) as i128;
    match (remainder, value < 0, divisor < 0) {
        (0, ..) => 0,
        (_, true, true) => -remainder as i64,
        (_, false, false) => remainder as i64,
        (_, true, false) => (i128::from(positive) - remainder) as i64,
        (_, false, true) => (remainder - i128::from(positive)) as i64,
    }
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn wide_mod_unsigned(low: i64, high: i64, divisor: i64) -> i64 {
    value(low, high).rem_euclid(i128::from(divisor as u64)) as i64
}

/// # Safety
/// `out` points to two words.
pub unsafe extern "C" fn wide_floordiv(low: i64, high: i64, divisor: i64, out: Ptr) -> i64 {
    let (value, divisor) = (value(low, high), i128::from(divisor));
    let Some(quotient) = value.checked_div(divisor) else { return 0 };
    let inexact_negative = value % divisor != 0 && (value < 0) != (divisor < 0);
    // SAFETY: as the caller says.
    unsafe { store(out, quotient - i128::from(inexact_negative)) };
    1
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn wide_to_float(low: i64, high: i64) -> f64 {
    value(low, high) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: i128) -> (i64, i64) {
        (value as i64, (value >> 64) as i64)
    }

    const VALUES: [i128; 9] = [0, 1, -1, 7, -7, i64::MAX as i128 + 1, u64::MAX as i128, -(1 << 100) - 3, i128::MAX];

    #[test]
    fn quotients_and_remainders_are_floored() {
        for wide in VALUES {
            let (low, high) = words(wide);
            for divisor in [1, -1, 3, -3, 1 << 40, i64::MAX, i64::MIN] {
                let mut out = [0_i64; 2];
                // SAFETY: there is room for two words.
                let (fine, remainder) = unsafe { (wide_floordiv(low, high, divisor, out.as_mut_ptr().cast()), wide_mod(low, high, divisor)) };
                assert_eq!(fine, 1);
                let (divisor, quotient) = (i128::from(divisor), value(out[0], out[1]));
                assert_eq!(quotient * divisor + i128::from(remainder), wide);
                assert!(remainder == 0 || (remainder < 0) == (divisor < 0) && i128::from(remainder).abs() < divisor.abs(), "{wide} {divisor}");
            }
        }
        let (low, high) = words(i128::MIN);
        let mut out = [0_i64; 2];
        for divisor in [0, -1] {
            // SAFETY: there is room for two words.
            assert_eq!(unsafe { wide_floordiv(low, high, divisor, out.as_mut_ptr().cast()) }, 0);
        }
    }

    #[test]
    fn remainders_without_a_sign() {
        for wide in VALUES {
            let (low, high) = words(wide);
            for divisor in [1, 10, u64::MAX, 1 << 63] {
                // SAFETY: it only computes.
                let remainder = unsafe { wide_mod_unsigned(low, high, divisor as i64) } as u64;
                assert_eq!(i128::from(remainder), wide.rem_euclid(i128::from(divisor)));
            }
        }
    }
}
