//! Code units to neutral instructions.

use thiserror::Error;

use crate::Version;
use crate::feedback::{self, Feedback};
use crate::normalize::{Site, normalize};
use crate::op::Op;
use crate::opcode::Opcode;
use crate::tables::{Entry, Form};

/// One instruction. Offsets are in code units (2 bytes) from the start of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instr {
    /// The first unit, which is the first `EXTENDED_ARG` if there are any. Execution must resume
    /// here.
    pub offset: u32,
    /// The opcode itself, behind its `EXTENDED_ARG`s. A running frame's `instr_ptr` and `f_lasti`
    /// show this one.
    pub op_offset: u32,
    /// The first unit behind the inline caches: the next instruction.
    pub next: u32,
    /// What it does.
    pub op: Op,
    /// What the adaptive interpreter has learned.
    pub feedback: Feedback,
    /// The opcode can be specialised, is not, and its adaptive counter holds its start value: the
    /// interpreter has not executed it since the code was made or last re-instrumented.
    pub cold: bool,
    /// The opcode number found in the adaptive code.
    pub raw_opcode: u8,
    /// The opcode without specialisation and instrumentation.
    pub base_opcode: Opcode,
    /// The argument, with its `EXTENDED_ARG`s.
    pub oparg: u32,
}

/// A decoded code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Version it was decoded for.
    pub version: Version,
    /// The instructions, ascending; each starts where the one before ends.
    pub instrs: Vec<Instr>,
    /// Instruction that covers each code unit.
    owner: Vec<u32>,
}

impl Code {
    /// The instruction that starts at `offset` (its first `EXTENDED_ARG`).
    pub fn index_of_offset(&self, offset: u32) -> Option<usize> {
        self.index_covering(offset)
            .filter(|&i| self.instrs[i].offset == offset)
    }

    /// The instruction that covers the unit at `offset`: an `EXTENDED_ARG`, the opcode or a cache.
    pub fn index_covering(&self, offset: u32) -> Option<usize> {
        self.owner.get(offset as usize).map(|&i| i as usize)
    }

    /// Length in code units.
    pub fn len(&self) -> u32 {
        self.owner.len() as u32
    }

    /// Whether there is no code at all.
    pub fn is_empty(&self) -> bool {
        self.owner.is_empty()
    }
}

/// Why code could not be decoded. Offsets are in code units.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The number is not assigned in this version.
    #[error(
        "opcode {opcode} at offset {offset} is not assigned in CPython {version}; is the version right?"
    )]
    UnknownOpcode {
        /// Version decoded for.
        version: Version,
        /// Where.
        offset: u32,
        /// Opcode number.
        opcode: u8,
    },
    /// A unit that no compiler emits as an instruction.
    #[error(
        "{name} at offset {offset} is not an instruction; does the code start at an instruction?"
    )]
    NotAnInstruction {
        /// Where.
        offset: u32,
        /// Opcode name.
        name: &'static str,
    },
    /// The original unit is kept outside the code.
    #[error(
        "{name} at offset {offset} hides the instruction; pass the units of `co_code` to decode_with_clean()"
    )]
    Hidden {
        /// Where.
        offset: u32,
        /// Opcode name.
        name: &'static str,
    },
    /// `clean` does not belong to the same code object.
    #[error(
        "clean code has {clean} units, adaptive code {adaptive}; take both from the same code object"
    )]
    CleanLength {
        /// Units of the clean code.
        clean: usize,
        /// Units of the adaptive code.
        adaptive: usize,
    },
    /// The code ends inside an instruction.
    #[error(
        "code ends at offset {length} inside the instruction at offset {offset}; pass the whole code"
    )]
    Truncated {
        /// Where the instruction starts.
        offset: u32,
        /// Length of the code.
        length: u32,
    },
    /// More units than offsets can count.
    #[error("code has {length} units, more than {max}; leave it to the interpreter")]
    TooLong {
        /// Length of the code.
        length: usize,
        /// Longest code accepted.
        max: usize,
    },
    /// More than three `EXTENDED_ARG`.
    #[error("the argument at offset {offset} has more than 32 bits; leave it to the interpreter")]
    ArgumentTooWide {
        /// Where the instruction starts.
        offset: u32,
    },
    /// An argument without meaning.
    #[error(
        "{opcode:?} at offset {offset} has argument {oparg}, which has no meaning in CPython {version}; is the version right?"
    )]
    BadArgument {
        /// Version decoded for.
        version: Version,
        /// Where the instruction starts.
        offset: u32,
        /// The opcode.
        opcode: Opcode,
        /// Its argument.
        oparg: u32,
    },
    /// A jump to something that is not the start of an instruction.
    #[error(
        "{opcode:?} at offset {offset} jumps to {target}, where no instruction starts; pass the whole code"
    )]
    BadTarget {
        /// Where the instruction starts.
        offset: u32,
        /// The opcode.
        opcode: Opcode,
        /// The target.
        target: i64,
    },
}

/// Longest code accepted, in units: all offset and depth arithmetic then stays within 32 bits.
pub(crate) const MAX_UNITS: usize = 1 << 28;

/// Start value of an adaptive counter (`ADAPTIVE_WARMUP_VALUE` 1, `ADAPTIVE_WARMUP_BACKOFF` 1 in
/// `pycore_code.h`; four bits of backoff).
const COUNTER_START: u16 = 1 << 4 | 1;

/// Start value of the branch history (`_PyCode_Quicken`): no outcome recorded yet.
const HISTORY_START: u16 = 0x5555;

/// Decodes code units as found in `co_code_adaptive`, in the machine's byte order.
///
/// # Errors
/// See [`DecodeError`]; [`DecodeError::Hidden`] if line or instruction events are on, or an
/// executor of the in-tree JIT is installed: use [`decode_with_clean`] then.
pub fn decode(version: Version, code: &[u16]) -> Result<Code, DecodeError> {
    decode_impl(version, code, None)
}

/// As [`decode`], with the units of `co_code` (`PyCode_GetCode`: neither specialised nor
/// instrumented) from which instructions hidden by the interpreter are taken.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_with_clean(
    version: Version,
    code: &[u16],
    clean: &[u16],
) -> Result<Code, DecodeError> {
    if clean.len() != code.len() {
        return Err(DecodeError::CleanLength {
            clean: clean.len(),
            adaptive: code.len(),
        });
    }
    decode_impl(version, code, Some(clean))
}

fn decode_impl(version: Version, code: &[u16], clean: Option<&[u16]>) -> Result<Code, DecodeError> {
    if code.len() > MAX_UNITS {
        return Err(DecodeError::TooLong {
            length: code.len(),
            max: MAX_UNITS,
        });
    }
    let mut instrs = Vec::with_capacity(code.len() / 2);
    let mut owner = Vec::with_capacity(code.len());
    while owner.len() < code.len() {
        let instr = decode_one(version, code, clean, owner.len() as u32)?;
        owner.resize(instr.next as usize, instrs.len() as u32);
        instrs.push(instr);
    }
    let code = Code {
        version,
        instrs,
        owner,
    };
    for instr in &code.instrs {
        for target in [instr.op.encoded_target(), instr.op.jump_target()]
            .into_iter()
            .flatten()
        {
            if code.index_of_offset(target).is_none() {
                return Err(DecodeError::BadTarget {
                    offset: instr.offset,
                    opcode: instr.base_opcode,
                    target: i64::from(target),
                });
            }
        }
    }
    Ok(code)
}

/// Opcode and argument of a unit.
fn split(unit: u16) -> (u8, u8) {
    let [opcode, oparg] = unit.to_ne_bytes();
    (opcode, oparg)
}

/// The unit at `offset`, taken from `clean` where the adaptive code hides it.
fn unit(
    version: Version,
    code: &[u16],
    clean: Option<&[u16]>,
    offset: u32,
) -> Result<(&'static Entry, Opcode, u8), DecodeError> {
    let lookup = |units: &[u16]| {
        let (opcode, oparg) = split(units[offset as usize]);
        match version.entry(opcode) {
            Some(entry) => Ok((entry, oparg)),
            None => Err(DecodeError::UnknownOpcode {
                version,
                offset,
                opcode,
            }),
        }
    };
    let (entry, oparg) = lookup(code)?;
    if let Some(base) = entry.base {
        return Ok((entry, base, oparg));
    }
    let hidden = DecodeError::Hidden {
        offset,
        name: entry.name,
    };
    let (entry, oparg) = lookup(clean.ok_or(hidden.clone())?)?;
    match (entry.form, entry.base) {
        (Form::Base, Some(base)) => Ok((entry, base, oparg)),
        _ => Err(hidden),
    }
}

fn decode_one(
    version: Version,
    code: &[u16],
    clean: Option<&[u16]>,
    offset: u32,
) -> Result<Instr, DecodeError> {
    let length = code.len() as u32;
    let truncated = DecodeError::Truncated { offset, length };
    let mut op_offset = offset;
    let (mut entry, mut base, low) = unit(version, code, clean, op_offset)?;
    let mut oparg = u32::from(low);
    while base == Opcode::EXTENDED_ARG {
        if oparg > u32::MAX >> 8 || op_offset - offset == 3 {
            return Err(DecodeError::ArgumentTooWide { offset });
        }
        op_offset += 1;
        if op_offset == length {
            return Err(truncated);
        }
        let low;
        (entry, base, low) = unit(version, code, clean, op_offset)?;
        oparg = oparg << 8 | u32::from(low);
    }
    let next = op_offset + 1 + u32::from(entry.caches);
    if next > length {
        return Err(truncated);
    }
    let caches = &code[op_offset as usize + 1..next as usize];
    let (raw_opcode, _) = split(code[op_offset as usize]);
    let site = Site {
        version,
        offset,
        next,
        opcode: base,
        oparg,
    };
    let op = normalize(&site)?;
    // A hidden opcode's caches belong to whatever it hides; they say nothing.
    let visible = version.entry(raw_opcode) == Some(entry);
    let feedback = match (entry.form, caches) {
        (Form::Specialized(opcode), _) => feedback::of_specialized(version, opcode, caches),
        (_, &[history]) if visible && is_conditional(&op) && history != HISTORY_START => {
            Feedback::Branch { history }
        }
        _ => Feedback::None,
    };
    let cold = visible
        && entry.form == Form::Base
        && entry.adaptive
        && base != Opcode::JUMP_BACKWARD
        && caches.first() == Some(&COUNTER_START);
    Ok(Instr {
        offset,
        op_offset,
        next,
        op,
        feedback,
        cold,
        raw_opcode,
        base_opcode: base,
        oparg,
    })
}

/// Conditional jumps keep a history of their outcomes in their one cache unit.
fn is_conditional(op: &Op) -> bool {
    matches!(
        op,
        Op::PopJumpIfTrue { .. }
            | Op::PopJumpIfFalse { .. }
            | Op::PopJumpIfNone { .. }
            | Op::PopJumpIfNotNone { .. }
    )
}
