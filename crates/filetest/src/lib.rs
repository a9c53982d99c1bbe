//! Text tests: functions in text IR, with what is expected of them as comments behind them.
//!
//! A file under `tests/filetests` begins with `; test COMMAND`:
//!
//! | command | expectation |
//! |---|---|
//! | `roundtrip` | the function's text is what the printer writes |
//! | `verify` | `; error: …` lines name all broken rules |
//! | `interp` | `; run: …` lines hold for the reference interpreter |
//! | `run` | `; run: …` lines hold for every executor |
//! | `pass NAME` | the comment is the function after that pass |
//!
//! The comment lines directly behind a function's `}` are the expectation; `WHIPSNAKE_BLESS=1` rewrites them. A run line is
//! `; run: %name(1, 2.5, int(3)) with is_true = 1 == result`: the arguments are words at the address that the
//! function gets (see [`Datum`] for what can be written); `with` sets the results of helpers; the
//! result is that of [`Call::run`]. Types, objects and the counter of forced exits are bound to the test heap, see
//! [`bind`].
#![forbid(unsafe_code)]

mod call;
mod data;
mod driver;
mod file;
mod heap;

pub use call::{Call, Execution, Executor, Interpreter, bind};
pub use data::Datum;
pub use driver::{Driver, Pass, test_files};
pub use heap::Heap;
