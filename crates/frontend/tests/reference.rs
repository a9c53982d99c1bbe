//! `docs/opcodes.md` is what the declarations say. `WHIPSNAKE_BLESS=1` rewrites it.

use std::collections::BTreeSet;
use std::path::Path;
use whipsnake_frontend::coverage::{UNCOMPILED, left_to_interpreter};

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/opcodes.md");
    let wanted = whipsnake_bytecode::reference(left_to_interpreter);
    if std::env::var_os("WHIPSNAKE_BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/opcodes.md is out of date: run this test with WHIPSNAKE_BLESS=1");
}

/// The table's names go into the page by name: each is an instruction's, and none is there twice.
#[test]
fn uncompiled_instructions_exist() {
    let known: BTreeSet<&str> = whipsnake_bytecode::ALL.iter().map(|info| info.name).collect();
    let listed: BTreeSet<&str> = UNCOMPILED.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(listed.len(), UNCOMPILED.len());
}
