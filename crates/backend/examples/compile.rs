//! Prints what the Cranelift backend makes of a file of text IR: CLIF, machine code, sizes.
//!
//! `cargo run -p whipsnake-backend --example compile -- file.ir`

use whipsnake_backend::{Backend, CpuFeatures, CraneliftBackend, Dump, TargetInfo};
use whipsnake_conformance::structure_platform;

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: compile FILE");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let functions = whipsnake_ir::parse::parse_all(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let backend = CraneliftBackend::new().expect("there is a code generator for this machine");
    let platform = structure_platform(14);
    let target = TargetInfo { platform: &platform, unit: 0x1000, features: CpuFeatures::detect(), dump: Dump::ALL };
    for function in &functions {
        let started = std::time::Instant::now();
        match backend.compile(function, &target) {
            Ok(code) => {
                println!("{}\n{}", code.clif.unwrap_or_default(), code.asm.unwrap_or_default());
                println!("; {:?}, {:?}", code.stats, started.elapsed());
            }
            Err(error) => println!("; {error}"),
        }
    }
}
