//! The reference page of the neutral instruction set, from the declarations.

use std::fmt::Write;

use crate::{ALL, Flow};

/// Markdown of `docs/opcodes.md`: every neutral instruction with operands, stack effect and
/// documentation. `uncompiled` tells by name why native code leaves to the interpreter at an
/// instruction, if it does.
pub fn reference(uncompiled: impl Fn(&str) -> Option<&'static str>) -> String {
    // Writing to a string cannot fail.
    let mut page = String::from(
        "# Neutral instructions\n\n\
         Generated from `crates/bytecode/src/op.rs`; do not edit. The bytecode of every supported\n\
         CPython version is decoded into these. Stack effects read `( before -- after )` with the\n\
         top of the stack on the right; `?` marks a value that depends on an operand.\n\n\
         Native code executes all of them but those with a line \"Left to the interpreter\": there it\n\
         hands over, and the interpreter goes on. Why is declared in `crates/frontend/src/coverage.rs`.\n",
    );
    let left: Vec<String> =
        ALL.iter().filter(|info| uncompiled(info.name).is_some()).map(|info| format!("[{0}](#{1})", info.name, info.name.to_lowercase())).collect();
    let _ = writeln!(page, "\n{} of {} are left: {}.", left.len(), ALL.len(), left.join(", "));
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
        let _ = write!(page, "\n## {}\n\n`{}`", info.name, info.stack_effect);
        if !operands.is_empty() {
            let _ = write!(page, " with {}", operands.join(", "));
        }
        let _ = writeln!(page, "\n\n{}{leaves}", doc.join("\n"));
        if let Some(why) = uncompiled(info.name) {
            let _ = writeln!(page, "\nLeft to the interpreter: {why}.");
        }
    }
    page
}
