//! Keeps `docs/ir.md` in step with the tables.

use std::path::Path;

#[test]
fn docs_are_generated_from_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ir.md");
    let expected = whipsnake_ir::reference::markdown();
    if std::env::var_os("WHIPSNAKE_BLESS").is_some() {
        std::fs::write(&path, &expected).expect("docs/ir.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/ir.md is out of date: run `WHIPSNAKE_BLESS=1 cargo test -p whipsnake-ir`");
}
