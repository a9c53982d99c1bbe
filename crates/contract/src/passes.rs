//! The table of optimisation passes: their names, from which the crate `passes` and the choices of `skip_pass` are made.

/// Calls the macro given with the table of all passes: `module: Type;`. Each can be left out: none is needed for code to be right.
#[macro_export]
macro_rules! for_each_pass {
    ($m:ident) => { $m! {
        simplify_cfg: SimplifyCfg;
        fold: Fold;
        gvn: Gvn;
        dce: Dce;
        refcount: Refcount;
        licm: Licm;
    } };
}

/// The choice that leaves no pass out.
pub const NO_PASS: &str = "none";

macro_rules! choices {
    ($($name:ident: $type:ident;)+) => {
        /// [`NO_PASS`], then the names of all passes.
        pub const PASS_CHOICES: &[&str] = &[NO_PASS, $(stringify!($name),)+];
    };
}

for_each_pass!(choices);
