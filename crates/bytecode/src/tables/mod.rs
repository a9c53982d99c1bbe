//! Opcode tables, one generated file per CPython version.

mod v313;
mod v314;

use crate::Version;
use crate::opcode::{Opcode, Specialized};

/// What one opcode number of one version means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The interpreter's name of exactly this number, for example `LOAD_ATTR_SLOT`.
    pub name: &'static str,
    /// The opcode without specialisation or instrumentation; `None` for the hidden forms.
    pub base: Option<Opcode>,
    /// How this number relates to `base`.
    pub form: Form,
    /// Inline cache units behind the instruction.
    pub caches: u8,
    /// Whether `base` has specialised forms. Where there also are caches, the first of them
    /// is an adaptive counter.
    pub adaptive: bool,
    /// Values popped by `base`, where independent of its argument.
    pub popped: Option<u8>,
    /// Values pushed by `base` on fall-through, where independent of its argument.
    pub pushed: Option<u8>,
}

/// How an opcode number relates to its base opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The base opcode itself.
    Base,
    /// Specialised by the adaptive interpreter.
    Specialized(Specialized),
    /// Instrumented for `sys.monitoring`; same arguments and caches as the base.
    Instrumented,
    /// The original unit is kept outside the code (`INSTRUMENTED_LINE`,
    /// `INSTRUMENTED_INSTRUCTION`, `ENTER_EXECUTOR`).
    Hidden,
}

const fn entry(
    name: &'static str,
    base: Opcode,
    form: Form,
    caches: u8,
    adaptive: bool,
    popped: Option<u8>,
    pushed: Option<u8>,
) -> Entry {
    Entry {
        name,
        base: Some(base),
        form,
        caches,
        adaptive,
        popped,
        pushed,
    }
}

const fn hidden(name: &'static str) -> Entry {
    Entry {
        name,
        base: None,
        form: Form::Hidden,
        caches: 0,
        adaptive: false,
        popped: None,
        pushed: None,
    }
}

impl Version {
    /// All 256 opcode numbers of this version; `None` for unassigned ones.
    pub fn table(self) -> &'static [Option<Entry>; 256] {
        match self {
            Version::V313 => &v313::TABLE,
            Version::V314 => &v314::TABLE,
        }
    }

    /// What `opcode` means in this version; `None` if unassigned.
    pub fn entry(self, opcode: u8) -> Option<&'static Entry> {
        self.table()[usize::from(opcode)].as_ref()
    }
}
