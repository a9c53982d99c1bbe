//! Runs passes in order.

use crate::{PASSES, Pass};
use std::time::{Duration, Instant};
use whipsnake_ir::Function;
use whipsnake_ir::verify::verify_text;

/// The order in which functions are optimised. Names of [`PASSES`]; a pass may run more than once.
pub const PIPELINE: &[&str] =
    &["simplify_cfg", "fold", "gvn", "simplify_cfg", "fold", "dce", "refcount", "licm", "gvn", "fold", "dce", "simplify_cfg"];

/// Why a pass could not be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// There is no pass of that name.
    #[error("there is no pass `{name}`; the passes are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The pass broke a function: a bug in the pass.
    #[error("pass `{pass}` broke `{function}`:\n{violations}")]
    Broken {
        /// The pass.
        pass: &'static str,
        /// The function.
        function: String,
        /// What the verifier says.
        violations: String,
    },
}

/// What is called after each pass with its name, the function and the time it took.
type Observer<'a> = dyn FnMut(&'static str, &Function, Duration) + 'a;

/// How passes are run.
pub struct Runner<'a> {
    /// Verify after each pass. On by default in debug builds.
    pub verify: bool,
    /// Called after each pass, for dumps and statistics.
    pub observer: Option<&'a mut Observer<'a>>,
}

impl Default for Runner<'_> {
    fn default() -> Self {
        Runner { verify: cfg!(debug_assertions), observer: None }
    }
}

impl Runner<'_> {
    /// Runs one pass.
    ///
    /// # Errors
    /// [`PassError::Broken`] if verification is on and finds something.
    pub fn pass(&mut self, pass: &dyn Pass, function: &mut Function) -> Result<(), PassError> {
        let start = Instant::now();
        pass.run(function);
        let time = start.elapsed();
        if self.verify
            && let Some(violations) = verify_text(function)
        {
            return Err(PassError::Broken { pass: pass.name(), function: function.name.clone(), violations });
        }
        if let Some(observer) = &mut self.observer {
            observer(pass.name(), function, time);
        }
        Ok(())
    }

    /// Runs passes by name, one after the other.
    ///
    /// # Errors
    /// [`PassError::Unknown`] for a name that no pass has, else as [`Runner::pass`].
    pub fn passes(&mut self, names: &[&str], function: &mut Function) -> Result<(), PassError> {
        for name in names {
            let pass = PASSES.iter().find(|pass| pass.name() == *name).ok_or_else(|| PassError::Unknown {
                name: (*name).to_owned(),
                known: PASSES.iter().map(|pass| pass.name()).collect::<Vec<_>>().join(", "),
            })?;
            self.pass(*pass, function)?;
        }
        Ok(())
    }
}

/// Runs one pass by name.
///
/// # Errors
/// As [`Runner::passes`].
pub fn run(name: &str, function: &mut Function) -> Result<(), PassError> {
    Runner::default().passes(&[name], function)
}

/// Runs the whole pipeline.
///
/// # Errors
/// As [`Runner::passes`].
pub fn optimize(function: &mut Function) -> Result<(), PassError> {
    Runner::default().passes(PIPELINE, function)
}
