//! All files of `tests/filetests` but those of passes, with the reference interpreter.

use whipsnake_filetest::{Driver, test_files};

#[test]
fn files_hold() {
    let mut files = Vec::new();
    for directory in ["interp", "print", "run", "verifier"] {
        files.extend(test_files(directory).expect("tests/filetests can be read"));
    }
    assert!(files.len() >= 40, "only {} test files found", files.len());
    let pass = |name: &str, _: &mut whipsnake_ir::Function| Err(format!("there is no pass `{name}`"));
    let bless = std::env::var_os("WHIPSNAKE_BLESS").is_some();
    let mut driver = Driver { bless, executors: Vec::new(), pass };
    let failures: Vec<String> = files.iter().flat_map(|file| driver.file(file)).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
