//! Typed indexes.

use std::fmt;

macro_rules! entity {
    ($(#[doc = $doc:literal] $name:ident, $prefix:literal;)+) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a `usize`.
            pub const fn index(self) -> usize { self.0 as usize }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
    )+};
}

entity! {
    /// An SSA value: the result of an instruction or a block parameter.
    Value, "v";
    /// A basic block.
    Block, "block";
    /// An instruction.
    Inst, "inst";
    /// A frame state.
    StateId, "s";
}
