//! `docs/opcodes.md` is what the declarations say. `WHIPSNAKE_BLESS=1` rewrites it.

use std::path::Path;

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/opcodes.md");
    let wanted = whipsnake_bytecode::reference();
    if std::env::var_os("WHIPSNAKE_BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/opcodes.md is out of date: run this test with WHIPSNAKE_BLESS=1"
    );
}
