//! Settings of the code generator.

use crate::backend::BackendError;
use crate::features::CpuFeatures;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use target_lexicon::Triple;

/// Settings that differ from Cranelift's defaults, or whose value matters here.
const SETTINGS: &[(&str, &str)] = &[
    // Addresses are absolute: the runtime relocates code once, at its final place.
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    // Frames are bounded by FRAME_LIMIT, well below what a guard page needs.
    ("enable_probestack", "false"),
    ("unwind_info", "false"),
    // Profilers that walk frame pointers see through native code.
    ("preserve_frame_pointers", "true"),
    ("machine_code_cfg_info", "false"),
];

/// How much work the code generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// For code that is replaced soon.
    Little,
    /// For code that stays.
    Full,
}

impl Effort {
    const fn settings(self) -> [(&'static str, &'static str); 2] {
        match self {
            Effort::Little => [("opt_level", "none"), ("regalloc_algorithm", "single_pass")],
            Effort::Full => [("opt_level", "speed"), ("regalloc_algorithm", "backtracking")],
        }
    }
}

/// The code generator for this architecture with these extensions.
pub(super) fn isa(features: CpuFeatures, effort: Effort) -> Result<OwnedTargetIsa, BackendError> {
    let triple = Triple::host();
    let unsupported = |message: String| BackendError::Unsupported { target: triple.to_string(), message };
    let mut flags = settings::builder();
    let verify = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in SETTINGS.iter().copied().chain(effort.settings()).chain([("enable_verifier", verify)]) {
        flags.set(name, value).map_err(|error| unsupported(format!("{name}={value}: {error}")))?;
    }
    let mut builder = isa::lookup(triple.clone()).map_err(|error| unsupported(error.to_string()))?;
    if matches!(triple.architecture, target_lexicon::Architecture::X86_64) {
        for (name, present) in features.settings() {
            let value = if present { "true" } else { "false" };
            builder.set(name, value).map_err(|error| unsupported(format!("{name}={value}: {error}")))?;
        }
    }
    builder.finish(settings::Flags::new(flags)).map_err(|error| unsupported(error.to_string()))
}
