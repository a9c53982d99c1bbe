//! What runs native code inside a Python process.

pub mod dict_keys;
pub mod helpers;
