//! Evaluates the layout facts with the headers of the interpreter that the crate is built for.
//!
//! A C program that includes the headers prints the value of every expression; the values become
//! constants in `$OUT_DIR/offsets.rs`.

mod fields;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use whipsnake_contract::layout::LAYOUT_FIELDS;

/// Minor versions of Python 3 that the crate knows, oldest first.
const SUPPORTED: [u8; 2] = [13, 14];

fn main() {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-env-changed=PYO3_PYTHON");
    for minor in SUPPORTED {
        println!("cargo:rustc-check-cfg=cfg(py3{minor})");
    }
    if let Err(message) = generate() {
        eprintln!("whipsnake-cpython: {message}");
        std::process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    let config = pyo3_build_config::get();
    let minor = config.version().minor;
    if config.version().major != 3 || !SUPPORTED.contains(&minor) {
        return Err(format!(
            "CPython 3.{minor} is not supported; set PYO3_PYTHON to a CPython of 3.{} to 3.{}",
            SUPPORTED[0],
            SUPPORTED[SUPPORTED.len() - 1]
        ));
    }
    let python = std::env::var("PYO3_PYTHON")
        .ok()
        .or_else(|| config.executable().map(str::to_owned))
        .ok_or("no Python interpreter to build for was found; set PYO3_PYTHON to its path")?;
    let installation = installation(&python)?;
    let include = &installation.include;
    println!("cargo:rerun-if-changed={}", include.join("patchlevel.h").display());
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?);
    let facts = evaluate(&c_program(minor), include, &out)?;
    std::fs::write(out.join("offsets.rs"), rust_source(&facts)?).map_err(|e| format!("offsets.rs: {e}"))?;
    println!("cargo:rustc-cfg=py3{minor}");
    println!("cargo:rustc-env=WHIPSNAKE_BUILD_PYTHON={python}");
    println!("cargo:rustc-env=WHIPSNAKE_BUILD_TIER_TWO={}", installation.tier_two);
    Ok(())
}

/// What the interpreter says of its installation.
struct Installation {
    /// Directory of the headers, the internal ones included.
    include: PathBuf,
    /// Digit of `-D_Py_TIER2=…` among the flags that it was compiled with; 0 without its own JIT.
    tier_two: char,
}

fn installation(python: &str) -> Result<Installation, String> {
    let script = "import sys, sysconfig; print(sysconfig.get_path('include')); print(*sys.version_info[:2], sep='.'); \
                  print(sysconfig.get_config_var('PY_CORE_CFLAGS'))";
    let output = Command::new(python)
        .args(["-I", "-c", script])
        .output()
        .map_err(|e| format!("{python} does not start: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines();
    let (Some(dir), Some(version), Some(flags)) = (lines.next(), lines.next(), lines.next()) else {
        return Err(format!("{python} does not describe itself: {}", String::from_utf8_lossy(&output.stderr)));
    };
    let include = PathBuf::from(dir);
    let probe = include.join("internal/pycore_frame.h");
    if !probe.is_file() {
        return Err(format!(
            "{} is missing: install python{version}-dev (Debian, Ubuntu), python{version}-devel (Fedora), or set PYO3_PYTHON \
             to an interpreter that has its headers",
            probe.display()
        ));
    }
    let tier_two = flags.split_once("-D_Py_TIER2=").and_then(|(_, rest)| rest.chars().next()).unwrap_or('0');
    Ok(Installation { include, tier_two })
}

/// All expressions: the contract's, the crate's own, and the running interpreter's self-description.
fn expressions(minor: u8) -> impl Iterator<Item = (String, &'static str)> {
    let contract = LAYOUT_FIELDS.iter().map(|(name, expr)| (format!("layout {name}"), *expr));
    let own = fields::OWN.iter().map(|(name, expr)| (format!("own {name}"), *expr));
    let debug = fields::DEBUG_OFFSETS
        .iter()
        .filter(move |field| field.since <= minor)
        .map(|field| (format!("debug {}", field.path), field.expr));
    contract.chain(own).chain(debug)
}

/// Number of inline cache units behind each opcode.
fn cache_counts(source: &mut String) {
    for opcode in 0..=u8::MAX {
        let _ = writeln!(source, "    printf(\"caches {opcode} %d 0\\n\", _PyOpcode_Caches[{opcode}]);");
    }
}

fn c_program(minor: u8) -> String {
    let mut source = String::from(include_str!("prelude.h"));
    source.push_str("\nint main(void) {\n");
    for (name, expr) in expressions(minor) {
        let at = match name.strip_prefix("debug ") {
            Some(path) => format!("offsetof(struct pyruntimestate, debug_offsets.{path})"),
            None => "0".to_owned(),
        };
        let _ = writeln!(source, "    printf(\"{name} %lld %lld\\n\", (long long)({expr}), (long long)({at}));");
    }
    cache_counts(&mut source);
    source.push_str("    return 0;\n}\n");
    source
}

/// One evaluated expression.
struct Fact {
    kind: String,
    name: String,
    value: i64,
    /// For `debug` facts: where the interpreter's own value is in `_PyRuntime`.
    at: i64,
}

fn evaluate(program: &str, include: &Path, out: &Path) -> Result<Vec<Fact>, String> {
    let (source, binary) = (out.join("offsets.c"), out.join("offsets"));
    std::fs::write(&source, program).map_err(|e| format!("{}: {e}", source.display()))?;
    let mut build = cc::Build::new();
    build.cargo_metadata(false).warnings(false).opt_level(1).include(include).include(include.join("internal"));
    let compiler = build.try_get_compiler().map_err(|e| format!("no C compiler was found (install gcc or clang, or set CC): {e}"))?;
    let compiled = compiler
        .to_command()
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .output()
        .map_err(|e| format!("the C compiler {} does not start: {e}", compiler.path().display()))?;
    if !compiled.status.success() {
        return Err(format!(
            "the headers in {} do not have what this version of whipsnake expects:\n{}",
            include.display(),
            String::from_utf8_lossy(&compiled.stderr)
        ));
    }
    let run = Command::new(&binary).output().map_err(|e| format!("{}: {e}", binary.display()))?;
    String::from_utf8_lossy(&run.stdout).lines().map(parse_fact).collect()
}

fn parse_fact(line: &str) -> Result<Fact, String> {
    let bad = || format!("unexpected line {line:?} from the layout program");
    let mut words = line.split(' ');
    let (Some(kind), Some(name), Some(value), Some(at)) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(bad());
    };
    let number = |word: &str| word.parse().map_err(|_| bad());
    Ok(Fact { kind: kind.to_owned(), name: name.to_owned(), value: number(value)?, at: number(at)? })
}

fn rust_source(facts: &[Fact]) -> Result<String, String> {
    let mut values = String::new();
    let mut constants = String::new();
    let mut debug = String::new();
    let mut caches = String::new();
    for fact in facts {
        let Fact { kind, name, value, at } = fact;
        if kind == "debug" {
            let _ = writeln!(debug, "    ({name:?}, {at}, {value}),");
            continue;
        }
        if kind == "caches" {
            let _ = write!(caches, "{value}, ");
            continue;
        }
        if kind == "layout" {
            let _ = writeln!(values, "    {value},");
        }
        let kind = if *value < 0 { "isize" } else { "usize" };
        let _ = writeln!(constants, "/// `{name}`.\npub const {}: {kind} = {value};", name.to_uppercase());
    }
    if values.is_empty() || debug.is_empty() {
        return Err("the layout program printed nothing".to_owned());
    }
    Ok(format!(
        "{constants}\n/// Values of the contract's layout fields, in declaration order.\npub const LAYOUT_VALUES: &[i64] = &[\n{values}];\n\n\
         /// Name, position in `_PyRuntime`, and value according to the headers of what the interpreter says of itself.\n\
         pub const DEBUG_OFFSETS: &[(&str, usize, u64)] = &[\n{debug}];\n\n\
         /// Number of inline cache units behind each opcode; 0 for specialised and instrumented ones.\n\
         pub const CACHES: [u8; 256] = [{caches}];\n"
    ))
}
