//! Instruction set extensions.

macro_rules! features {
    ($($(#[doc = $doc:literal])+ $field:ident, $detect:tt, $setting:literal;)+) => {
        /// Extensions of the x86-64 baseline that generated code may use. Ignored on other architectures.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct CpuFeatures { $($(#[doc = $doc])+ pub $field: bool,)+ }

        impl CpuFeatures {
            /// None.
            pub const BASELINE: CpuFeatures = CpuFeatures { $($field: false,)+ };

            /// What the running processor has.
            pub fn detect() -> CpuFeatures {
                #[cfg(target_arch = "x86_64")]
                return CpuFeatures { $($field: std::is_x86_feature_detected!($detect),)+ };
                #[cfg(not(target_arch = "x86_64"))]
                return CpuFeatures::BASELINE;
            }

            /// Cranelift's name of each extension, and whether it is there.
            pub fn settings(&self) -> impl Iterator<Item = (&'static str, bool)> {
                [$(($setting, self.$field),)+].into_iter()
            }
        }
    };
}

features! {
    /// SSE3.
    sse3, "sse3", "has_sse3";
    /// SSSE3.
    ssse3, "ssse3", "has_ssse3";
    /// SSE4.1: rounding.
    sse41, "sse4.1", "has_sse41";
    /// SSE4.2.
    sse42, "sse4.2", "has_sse42";
    /// AVX: three-operand floating-point instructions.
    avx, "avx", "has_avx";
    /// BMI1.
    bmi1, "bmi1", "has_bmi1";
    /// BMI2: shifts by any register.
    bmi2, "bmi2", "has_bmi2";
}
