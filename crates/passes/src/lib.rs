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

macro_rules! passes {
    ($($name:ident: $type:ident;)+) => {
        /// All passes.
        pub const PASSES: &[&dyn Pass] = &[$(&$name::$type,)+];
    };
}

whipsnake_contract::for_each_pass!(passes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_have_their_names_in_the_table_and_a_place_in_the_pipeline() {
        let names: Vec<&str> = PASSES.iter().map(|pass| pass.name()).collect();
        assert_eq!(names, whipsnake_contract::passes::PASS_CHOICES[1..]);
        assert!(names.iter().all(|name| PIPELINE.contains(name)) && PIPELINE.iter().all(|name| names.contains(name)));
    }
}
