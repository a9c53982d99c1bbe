//! The text form of functions: what `Display` of [`Function`] writes and [`mod@crate::parse`] reads.
//!
//! ```text
//! function %f abi function {
//!   forced 100 at 0x5000                       forced exits: every 100th passed guard, counted there
//!   o0 = 0x7f00 immortal "None"                constant objects
//!   assume type_version 0x8000 17              assumptions
//!   s0 = code 0 at 12 execute function borrowed v1 locals [raw v3, null] stack [tuple(owned v4, 5)]
//! block0(v0: ptr, v1: obj, v2: ptr):
//!   v3: i64 = load.i64.scratch v2+8
//!   v4: obj = box_int v3
//!   v5: bool = icmp.lt v3, v3
//!   guard.type-guard v5 [s0]
//!   branch v5, block1(v3), block2
//! block1(v6: i64):
//!   return v4
//! block2 cold:
//!   exit.cold-branch [s0]
//! }
//! ```
//!
//! Immediates that name something (comparison, memory access, helper, exit reason) follow the operation after a dot;
//! numbers and objects follow the operands.

use crate::entity::{Block, Inst, StateId, Value};
use crate::function::{Abi, Function, InstData};
use crate::ops::{Imm, Sig, Ty};
use crate::state::{FrameState, Slot};
use std::fmt::{self, Display, Formatter, Write};
use whipsnake_contract::exit::{OnReturn, Resume};
use whipsnake_contract::snapshot::Assumption;

impl Abi {
    /// All calling conventions.
    pub const ALL: &'static [Abi] = &[Abi::Function, Abi::Loop];

    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        match self {
            Abi::Function => "function",
            Abi::Loop => "loop",
        }
    }
}

/// Names of the ways to resume in text IR.
pub(crate) const RESUMES: [(Resume, &str); 5] = [
    (Resume::Execute, "execute"),
    (Resume::Behind, "behind"),
    (Resume::Raise, "raise"),
    (Resume::Again, "again"),
    (Resume::Observe, "observe"),
];

/// The text of a table entry.
fn name_in<T: PartialEq>(table: &[(T, &'static str)], item: &T) -> &'static str {
    table.iter().find(|(t, _)| t == item).map_or("?", |(_, name)| name)
}

/// An instruction as text, without its line end.
pub fn inst_text(function: &Function, inst: Inst) -> String {
    InstText(function, function.inst(inst)).to_string()
}

/// A frame state as text, without its number.
pub fn state_text(state: &FrameState) -> String {
    StateText(state).to_string()
}

/// A double as text that reads back to the same bits.
pub fn float_text(bits: u64) -> String {
    let value = f64::from_bits(bits);
    if value.is_nan() { format!("nan:{bits:#x}") } else { format!("{value:?}") }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("function %")?;
        if !self.name.is_empty() && self.name.chars().all(is_plain) {
            f.write_str(&self.name)?;
        } else {
            quote(f, &self.name)?;
        }
        writeln!(f, " abi {} {{", self.abi.name())?;
        if let Some((every, counter)) = self.exit_every {
            writeln!(f, "  forced {every} at {counter:#x}")?;
        }
        for (index, object) in self.objects.iter().enumerate() {
            write!(f, "  o{index} = {:#x}{} ", object.address, if object.immortal { " immortal" } else { "" })?;
            quote(f, &object.label)?;
            f.write_char('\n')?;
        }
        for assumption in &self.assumptions {
            write!(f, "  assume ")?;
            match assumption {
                Assumption::TypeVersion { address, version } => write!(f, "type_version {address:#x} {version}")?,
                Assumption::Function { address } => write!(f, "function {address:#x}")?,
                Assumption::DictEntry { dict, name, value } => {
                    write!(f, "dict_entry {dict:#x} ")?;
                    quote(f, name)?;
                    write!(f, " {value:#x}")?;
                }
            }
            f.write_char('\n')?;
        }
        for (index, state) in self.states.iter().enumerate() {
            writeln!(f, "  {} = {}", StateId(index as u32), StateText(state))?;
        }
        for block in self.block_ids() {
            write!(f, "{block}")?;
            let data = self.block(block);
            comma_list(f, "(", ")", data.params.iter(), |f, &v| write!(f, "{v}: {}", type_name(self, v)))?;
            writeln!(f, "{}:", if data.cold { " cold" } else { "" })?;
            for &inst in &data.insts {
                writeln!(f, "  {}", InstText(self, self.inst(inst)))?;
            }
        }
        f.write_str("}\n")
    }
}

/// True for characters of a function name that needs no quotes.
pub(crate) fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.<>".contains(c)
}

fn quote(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            c if c.is_control() => write!(f, "\\u{{{:x}}}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// Writes the items between brackets, or nothing if there are none.
fn comma_list<T>(
    f: &mut Formatter<'_>,
    open: &str,
    close: &str,
    items: impl ExactSizeIterator<Item = T>,
    mut write_item: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    if items.len() == 0 {
        return Ok(());
    }
    f.write_str(open)?;
    for (index, item) in items.enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write_item(f, item)?;
    }
    f.write_str(close)
}

/// The type's name; `?` for a value that the function does not have.
fn type_name(function: &Function, value: Value) -> &'static str {
    function.values.get(value.index()).map_or("?", |ty| ty.name())
}

struct InstText<'a>(&'a Function, &'a InstData);

impl Display for InstText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let InstText(function, data) = self;
        if let Some(result) = data.result {
            write!(f, "{result}: {} = ", type_name(function, result))?;
        }
        let info = data.op.info();
        f.write_str(info.name)?;
        let mut offset = 0;
        match &data.imm {
            Imm::Cond(cond) => write!(f, ".{}", cond.name())?,
            Imm::Helper(helper) => write!(f, ".{}", helper.info().name)?,
            Imm::Exit(reason) => write!(f, ".{}", reason.name())?,
            Imm::Mem { offset: bytes, size, region } => {
                write!(f, ".{}.{}", size.name(), region.name())?;
                offset = *bytes;
            }
            Imm::None | Imm::Int(_) | Imm::Float(_) | Imm::Object(_) | Imm::Type(_) => {}
        }
        let mut separator = " ";
        for arg in &data.args {
            write!(f, "{separator}{arg}")?;
            separator = ", ";
            if offset != 0 {
                write!(f, "{offset:+}")?;
                offset = 0;
            }
        }
        match &data.imm {
            Imm::Int(value) if info.result == Sig::Is(Ty::Ptr) && !(0..4096).contains(value) => {
                write!(f, "{separator}{value:#x}")?;
            }
            Imm::Int(value) => write!(f, "{separator}{value}")?,
            Imm::Float(bits) => write!(f, "{separator}{}", float_text(*bits))?,
            Imm::Object(index) => write!(f, "{separator}o{index}")?,
            Imm::Type(address) => write!(f, "{separator}{address:#x}")?,
            Imm::None | Imm::Cond(_) | Imm::Helper(_) | Imm::Exit(_) | Imm::Mem { .. } => {}
        }
        if matches!(data.imm, Imm::Int(_) | Imm::Float(_) | Imm::Object(_) | Imm::Type(_)) {
            separator = ", ";
        }
        for target in &data.targets {
            write!(f, "{separator}{}", target.block)?;
            separator = ", ";
            comma_list(f, "(", ")", target.args.iter(), |f, v| write!(f, "{v}"))?;
        }
        match data.state {
            Some(state) => write!(f, " [{state}]"),
            None => Ok(()),
        }
    }
}

struct StateText<'a>(&'a FrameState);

impl Display for StateText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let state = self.0;
        write!(f, "code {} at {} {}", state.code, state.offset, name_in(&RESUMES, &state.resume))?;
        if state.untraced {
            f.write_str(" untraced")?;
        }
        if let Some((code, offset)) = state.origin {
            write!(f, " due {code} {offset}")?;
        }
        if (state.return_offset, state.on_return) != (0, OnReturn::Push) {
            write!(f, " return {} {}", state.return_offset, state.on_return.name())?;
        }
        if state.function != Slot::Null {
            write!(f, " function {}", SlotText(&state.function))?;
        }
        if let Some(frame) = state.frame {
            write!(f, " frame {frame}")?;
        }
        comma_list(f, " locals [", "]", state.locals.iter(), |f, s| write!(f, "{}", SlotText(s)))?;
        comma_list(f, " stack [", "]", state.stack.iter(), |f, s| write!(f, "{}", SlotText(s)))?;
        comma_list(f, " variables [", "]", state.variables.iter(), |f, (name, slot)| write!(f, "o{name} = {}", SlotText(slot)))?;
        comma_list(f, " release [", "]", state.release.iter(), |f, v| write!(f, "{v}"))?;
        match state.parent {
            Some(parent) => write!(f, " parent {parent}"),
            None => Ok(()),
        }
    }
}

struct SlotText<'a>(&'a Slot);

impl Display for SlotText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Slot::Null => f.write_str("null"),
            Slot::Owned(v) => write!(f, "owned {v}"),
            Slot::Borrowed(v) => write!(f, "borrowed {v}"),
            Slot::Raw(v) => write!(f, "raw {v}"),
            Slot::Int(value) => write!(f, "{value}"),
            Slot::Float(bits) => write!(f, "float {}", float_text(*bits)),
            Slot::Object(index) => write!(f, "o{index}"),
            Slot::Virtual(kind, parts) => {
                f.write_str(kind.name())?;
                if parts.is_empty() {
                    return f.write_str("()");
                }
                comma_list(f, "(", ")", parts.iter(), |f, s| write!(f, "{}", SlotText(s)))
            }
            Slot::Maybe(flag, slot) => write!(f, "maybe {flag} {}", SlotText(slot)),
            Slot::OwnedOrNull(v) => write!(f, "owned_or_null {v}"),
            Slot::InFrame => f.write_str("in_frame"),
        }
    }
}

/// Where an instruction is, for messages.
pub(crate) fn place(function: &Function, block: Block, inst: Inst) -> String {
    format!("{block}: `{}`", inst_text(function, inst))
}
