//! Runs the scripts in `tests/scripts` in the interpreter that the crate was built for, with the `checks` example
//! as a module.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The example that cargo built next to this test: `…/deps/interpreter-…` is here, `…/examples/libchecks.so` there.
fn module() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let directory = test.ancestors().nth(2).expect("tests are built in <profile>/deps").join("examples");
    let name = format!("{}checks{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = directory.join(name);
    assert!(path.is_file(), "{} is missing: run the tests of the whole package", path.display());
    path
}

fn run(script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(script);
    let output = Command::new(env!("WHIPSNAKE_BUILD_PYTHON"))
        .args(["-E", "-s", "-B", "-X", "faulthandler"])
        .arg(&path)
        .arg(module())
        .output()
        .expect("the interpreter starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && stdout.ends_with("passed\n"), "{script}: {}\n{stdout}\n{stderr}", output.status);
}

macro_rules! scripts {
    ($($name:ident;)+) => {
        $(
            #[test]
            fn $name() {
                run(concat!(stringify!($name), ".py"));
            }
        )+
    };
}

scripts! {
    callbacks;
    datastack;
    exceptions;
    frames;
    lookups;
    tools;
    verification;
}

/// Every symbol that `src/symbols.rs` declares is explained in `docs/abi.md`.
#[test]
fn symbols_are_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let (source, page) = (read("src/symbols.rs"), read("../../docs/abi.md"));
    let declared: Vec<&str> = source
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let rest = ["pub fn ", "pub static mut ", "pub static "].iter().find_map(|start| line.strip_prefix(start))?;
            rest.split(['(', ':']).next()
        })
        .collect();
    assert!(declared.len() > 30, "{declared:?}");
    let missing: Vec<_> = declared.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "not in docs/abi.md: {missing:?}");
}
