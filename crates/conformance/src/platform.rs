//! Platforms that look like CPython 3.13 and 3.14 to the compiler.

use whipsnake_contract::layout::Layout;
use whipsnake_contract::snapshot::{KnownType, Platform};

/// Preallocated ints of the test world.
pub const SMALL_NEGATIVE: i64 = 5;
/// Preallocated ints of the test world that are not negative.
pub const SMALL_POSITIVE: i64 = 257;
/// Bytes of an int object.
pub const LONG_SIZE: i64 = 32;

/// Structure offsets, as far as code generation asks for them, of Python 3.`minor`.
pub fn layout(minor: u8) -> Layout {
    let tagged = i64::from(minor >= 14);
    Layout {
        version_hex: 0x0300_00f0 | i64::from(minor) << 16,
        ob_refcnt: 0,
        ob_type: 8,
        ob_size: 16,
        tagged_slots: tagged,
        slot_null: tagged,
        long_tag: 16,
        long_digits: 24,
        long_compact_limit: 16,
        long_sign_mask: 3,
        long_non_size_bits: 3,
        small_ints_negative: SMALL_NEGATIVE,
        small_ints_positive: SMALL_POSITIVE,
        long_size: LONG_SIZE,
        float_value: 16,
        float_size: 24,
        list_items: 24,
        list_allocated: 32,
        tuple_items: if minor >= 14 { 32 } else { 24 },
        tstate_interp: 16,
        interp_eval_frame: 8,
        interp_float_freelist: if minor >= 14 { 16 } else { 24 },
        interp_float_freelist_count: if minor >= 14 { 24 } else { 16 },
        float_freelist_link: if minor >= 14 { 0 } else { 8 },
        float_freelist_limit: 100,
        interp_int_freelist: if minor >= 14 { 32 } else { 0 },
        interp_int_freelist_count: if minor >= 14 { 40 } else { 0 },
        interp_reference_total: 0,
        ..Layout::default()
    }
}

/// A platform whose structures are at the given addresses.
pub fn platform(minor: u8, interpreter: u64, small_zero: u64, constants: [u64; 3], types: u64) -> Platform {
    let [none, true_, false_] = constants;
    Platform {
        minor,
        layout: layout(minor),
        known_types: KnownType::ALL.iter().map(|&known| type_address(types, known)).collect(),
        none,
        true_,
        false_,
        small_zero,
        interpreter,
        array_items: 24,
        array_descriptor: 32,
        array_formats: Vec::new(),
        ascii: None,
        wrappers: None,
        tables: None,
    }
}

/// The address of a known type in a world whose types begin there.
pub const fn type_address(types: u64, known: KnownType) -> u64 {
    types + known as u64 * 64
}

/// A platform with made-up addresses, for tests that only look at code.
pub fn structure_platform(minor: u8) -> Platform {
    platform(
        minor,
        0x7f00_0001_0000,
        0x7f00_0002_0000,
        [0x7f00_0003_0000, 0x7f00_0003_0020, 0x7f00_0003_0040],
        0x7f00_0004_0000,
    )
}
