//! The optimisations, one file each, and the runner that verifies, times and dumps them.
//!
//! A pass changes a valid function into a valid function that does the same: the same result or exit, the same calls in the same
//! order, objects destroyed at the same time.
#![forbid(unsafe_code)]

pub mod dce;
mod edit;
pub mod effects;
pub mod fold;
pub mod gvn;
pub mod licm;
pub mod loops;
mod memory;
pub mod refcount;
pub mod runner;
pub mod simplify_cfg;

pub use runner::{PIPELINE, PassError, Runner, optimize, run};

use whipsnake_ir::Function;

/// An optimisation.
pub trait Pass: Sync {
    /// Its name in options, dumps and tests.
    fn name(&self) -> &'static str;

    /// Changes a function that the verifier accepts into another one that does the same.
    fn run(&self, function: &mut Function);
}

/// All passes.
pub const PASSES: &[&dyn Pass] = &[
    &simplify_cfg::SimplifyCfg,
    &fold::Fold,
    &gvn::Gvn,
    &dce::Dce,
    &refcount::Refcount,
    &licm::Licm,
];
