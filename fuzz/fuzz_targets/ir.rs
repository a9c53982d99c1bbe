//! Text IR: whatever the parser and the verifier accept, the passes keep valid and the backend compiles or refuses.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::sync::LazyLock;
use whipsnake_backend::{Backend, CpuFeatures, CraneliftBackend, Dump, TargetInfo};
use whipsnake_conformance::structure_platform;
use whipsnake_contract::snapshot::Platform;
use whipsnake_fuzz::{Choices, tokens};
use whipsnake_ir::parse::parse_all;
use whipsnake_ir::verify::verify_text;

static BACKEND: LazyLock<CraneliftBackend> = LazyLock::new(|| CraneliftBackend::new().expect("there is a code generator for this machine"));
static PLATFORMS: LazyLock<[Platform; 2]> = LazyLock::new(|| [13, 14].map(structure_platform));

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    let Ok(functions) = parse_all(text) else { return Corpus::Keep };
    for mut function in functions {
        if verify_text(&function).is_some() {
            continue;
        }
        let printed = function.to_string();
        if let Err(error) = whipsnake_passes::optimize(&mut function) {
            panic!("{error}\nof\n{printed}");
        }
        let platform = &PLATFORMS[text.len() & 1];
        let target = TargetInfo { platform, unit: 0x1000, features: CpuFeatures::detect(), dump: Dump::default() };
        // A refusal is an answer.
        let _ = BACKEND.compile(&function, &target);
    }
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut choices = Choices::new(seed);
    let mutated = std::str::from_utf8(&data[..size]).ok().filter(|_| choices.below(8) > 0).map(|text| tokens::mutate(text, &mut choices));
    match mutated {
        Some(text) if !text.is_empty() && text.len() <= max_size => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
