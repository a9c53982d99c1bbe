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
