//! What runs native code inside a Python process: it finds hot code, has it compiled, enters it, and leaves it.
//!
//! All functions need the GIL; see [`session::Session`] for what follows from that.

mod address_hash;
mod attribute_cache;
pub mod bind;
pub mod capture;
mod crash;
pub mod destroy;
mod destroy_apart;
mod destroy_exception;
mod destroy_future;
mod destroy_type;
pub mod dict_keys;
pub mod direct;
pub mod entry;
pub mod exits;
pub mod extra;
pub mod helpers;
mod frame_log;
mod generator;
pub mod hooks;
pub mod install;
mod instance_checks;
mod laps;
mod listed;
mod listening;
pub mod lost;
pub mod memory;
pub mod native_entry;
pub mod notice;
pub mod profile;
mod quiet_answers;
pub mod rebuild;
pub mod reference;
mod reserve;
mod saved;
pub mod selfcheck;
pub mod session;
mod site_cache;
pub mod start;
pub mod stats;
pub mod text;
mod tool;
pub mod trial;
pub mod unit;
pub mod watch;
pub mod worker;
