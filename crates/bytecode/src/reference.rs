//! The reference page of the neutral instruction set, from the declarations.

use std::fmt::Write;

use crate::{ALL, Flow};

/// Markdown of `docs/opcodes.md`: every neutral instruction with operands, stack effect and
/// documentation.
pub fn reference() -> String {
    let mut page = String::from(
        "# Neutral instructions\n\n\
         Generated from `crates/bytecode/src/op.rs`; do not edit. The bytecode of every supported\n\
         CPython version is decoded into these. Stack effects read `( before -- after )` with the\n\
         top of the stack on the right; `?` marks a value that depends on an operand.\n",
    );
    for info in ALL {
        let operands: Vec<String> = info
            .operands
            .iter()
            .map(|(name, ty)| format!("`{name}: {}`", ty.replace(' ', "")))
            .collect();
        let leaves = match info.flow {
            Flow::Next => "",
            Flow::Jump => " Always jumps.",
            Flow::Branch => " May jump.",
            Flow::Return => " Leaves the frame.",
            Flow::Raise => " Always raises.",
        };
        let doc: Vec<&str> = info.doc.lines().map(str::trim).collect();
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## {}\n\n`{}`", info.name, info.stack_effect);
        if !operands.is_empty() {
            let _ = write!(page, " with {}", operands.join(", "));
        }
        let _ = writeln!(page, "\n\n{}{leaves}", doc.join("\n"));
    }
    page
}
