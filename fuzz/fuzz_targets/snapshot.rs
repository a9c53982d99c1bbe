//! Snapshots: whatever was seen of a program, the compiler compiles it or says why not.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::sync::LazyLock;
use whipsnake_backend::{CpuFeatures, CraneliftBackend};
use whipsnake_compiler::{Failure, Settings, TrampolineCache, compile};
use whipsnake_contract::faults::Faults;
use whipsnake_contract::options::Options;
use whipsnake_contract::passes::NO_PASS;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_fuzz::{Choices, snapshots};

static BACKEND: LazyLock<CraneliftBackend> = LazyLock::new(|| CraneliftBackend::new().expect("there is a code generator for this machine"));
static OPTIONS: LazyLock<Options> = LazyLock::new(Options::default);
static FAULTS: LazyLock<Faults> = LazyLock::new(Faults::default);
static TRAMPOLINES: LazyLock<TrampolineCache> = LazyLock::new(TrampolineCache::default);

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(snapshot) = serde_json::from_slice::<Snapshot>(data) else { return Corpus::Reject };
    let settings =
        Settings { backend: &*BACKEND, features: CpuFeatures::detect(), skip_pass: NO_PASS, dump: &OPTIONS.dump, faults: &FAULTS };
    match compile(&snapshot, settings, &TRAMPOLINES).result {
        Ok(_) | Err(Failure::GaveUp(_)) => Corpus::Keep,
        Err(failure) => panic!("{failure}"),
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    match snapshots::mutate(&data[..size], &mut Choices::new(seed)) {
        Some(json) if json.len() <= max_size => {
            data[..json.len()].copy_from_slice(&json);
            json.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
