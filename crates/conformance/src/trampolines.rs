//! Placing code together with the trampolines that it calls.

use crate::executable::Executable;
use crate::helpers::{exit_address, helper_address};
use std::collections::BTreeMap;
use whipsnake_backend::{Backend, CpuFeatures, CraneliftBackend, Dump, MachineCode, Symbol, TargetInfo, Trampoline};
use whipsnake_contract::snapshot::Platform;

/// The trampolines of one unit.
#[derive(Debug)]
pub struct Trampolines {
    /// What made them.
    pub backend: CraneliftBackend,
    /// What they were made for.
    pub platform: Platform,
    /// Instructions they use.
    pub features: CpuFeatures,
    placed: BTreeMap<Trampoline, Executable>,
}

impl Trampolines {
    /// No trampolines.
    pub fn new(backend: CraneliftBackend, platform: Platform, features: CpuFeatures) -> Trampolines {
        Trampolines { backend, platform, features, placed: BTreeMap::new() }
    }

    /// Places code, with the trampolines that it refers to.
    pub fn place(&mut self, code: &MachineCode) -> Executable {
        Executable::place(code, |symbol| match symbol {
            Symbol::Helper(helper) => helper_address(helper),
            Symbol::ExitFunction | Symbol::ExitLoop => exit_address(),
            Symbol::Trampoline(trampoline) => self.address(trampoline),
        })
    }

    fn address(&mut self, trampoline: Trampoline) -> u64 {
        if !self.placed.contains_key(&trampoline) {
            let dump = Dump::default();
            let platform = self.platform.clone();
            let target = TargetInfo { platform: &platform, unit: 0, features: self.features, dump };
            let code = self.backend.trampoline(trampoline, &target).expect("trampolines compile");
            let placed = self.place(&code);
            self.placed.insert(trampoline, placed);
        }
        self.placed[&trampoline].entry()
    }
}
