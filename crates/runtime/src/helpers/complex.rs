//! Complex numbers, by the functions that the interpreter computes with.

use super::{Obj, Ptr};
use crate::reserve::insist;
use whipsnake_cpython::ffi::{Py_complex, PyComplex_FromDoubles};
use whipsnake_cpython::symbols::{_Py_c_abs, _Py_c_quot};

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn box_complex(real: f64, imaginary: f64) -> Obj {
    // SAFETY: the GIL is held.
    unsafe { insist(|| PyComplex_FromDoubles(real, imaginary)) }
}

/// # Safety
/// None; the signature is that of the table.
pub unsafe extern "C" fn complex_abs(real: f64, imaginary: f64) -> f64 {
    // SAFETY: it only computes.
    unsafe { _Py_c_abs(Py_complex { real, imag: imaginary }) }
}

/// # Safety
/// `out` points to two words.
pub unsafe extern "C" fn complex_div(left_real: f64, left_imaginary: f64, right_real: f64, right_imaginary: f64, out: Ptr) -> i64 {
    if right_real == 0.0 && right_imaginary == 0.0 {
        return 0;
    }
    let (left, right) = (Py_complex { real: left_real, imag: left_imaginary }, Py_complex { real: right_real, imag: right_imaginary });
    // SAFETY: it only computes; the caller gave room for two words.
    unsafe {
        let quotient = _Py_c_quot(left, right);
        out.cast::<f64>().write(quotient.real);
        out.cast::<f64>().add(1).write(quotient.imag);
    }
    1
}
