//! Everything that the compiler (which knows nothing of a running Python) and the runtime (which is
//! nothing but a running Python) have to agree on. Each fact is declared once, in a table.
#![forbid(unsafe_code)]

pub mod builtins;
pub mod exit;
pub mod faults;
pub mod format;
pub mod helpers;
pub mod layout;
pub mod options;
pub mod passes;
pub mod selection;
pub mod snapshot;
