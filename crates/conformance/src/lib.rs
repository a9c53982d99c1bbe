//! Executes functions of the IR as machine code and by the reference interpreter, in the same small world
//! without Python, so that tests can compare what they do: results, exits, helper calls and memory.
//!
//! Only tests use this crate. It is the one place besides the runtime where machine code is entered.

pub mod executable;
pub mod filetests;
pub mod helpers;
pub mod interpret;
pub mod platform;
pub mod run;
pub mod trampolines;
pub mod world;

pub use platform::{platform, structure_platform};
pub use run::{Observation, Unit};
pub use world::World;
