//! Optimises text IR: `cargo run -p whipsnake-passes --example optimize -- [PASS ...] < function.wir` prints the functions after
//! the passes (or the whole pipeline), and how long each pass took and how many instructions it left.

use std::io::Read;
use std::process::ExitCode;
use whipsnake_ir::Function;
use whipsnake_passes::{PIPELINE, Runner};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let passes: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> =
        if passes.is_empty() { PIPELINE.to_vec() } else { passes.iter().map(String::as_str).collect() };
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
    for mut function in whipsnake_ir::parse::parse_all(&text).map_err(|error| error.to_string())? {
        let size = |f: &Function| f.blocks.iter().map(|b| b.insts.len()).sum::<usize>();
        eprintln!("{}: {} instructions", function.name, size(&function));
        let mut report = |name: &'static str, f: &Function, time: std::time::Duration| {
            eprintln!("  {name:14} {:6} instructions {time:?}", size(f));
        };
        let mut runner = Runner { verify: true, observer: Some(&mut report) };
        runner.passes(&names, &mut function).map_err(|error| error.to_string())?;
        print!("{function}");
    }
    Ok(())
}
