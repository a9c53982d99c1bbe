//! Constants that the build script computed from the interpreter's headers; offsets and sizes are in bytes.

use whipsnake_contract::layout::Layout;

include!(concat!(env!("OUT_DIR"), "/offsets.rs"));

/// The contract's layout of the interpreter that the crate was built for.
///
/// # Panics
///
/// If the build script and the contract disagree on the fields, which a build makes impossible.
pub fn layout() -> Layout {
    Layout::from_values(LAYOUT_VALUES).expect("the build script evaluates every layout field")
}

/// Minor version of Python 3 that the crate was built for.
pub const MINOR: u8 = ((VERSION_HEX >> 16) & 0xff) as u8;
