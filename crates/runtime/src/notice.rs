//! What is said on standard error: one line for each kind of thing that went wrong.
//!
//! Where nobody reads it, it is lost: unlike `eprintln!`, nothing here panics.

use crate::session::Session;
use crate::unit::Site;
use std::cell::{Cell, RefCell};
use std::io::Write;
use whipsnake_contract::faults::Fault;
use whipsnake_contract::selection::FunctionKey;

/// Writes text to standard error as it is.
pub(crate) fn write(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes one line to standard error.
pub(crate) fn say(text: &str) {
    write(&format!("whipsnake: {}\n", text.replace('\n', " ")));
}

/// What has been said.
#[derive(Debug, Default)]
pub struct Said {
    /// A bit for each kind.
    faults: Cell<u64>,
    /// Why nothing is compiled any more.
    off: RefCell<Option<String>>,
}

const _: () = assert!(Fault::ALL.len() <= u64::BITS as usize);

impl Session {
    /// Says that something failed, the first time that it does.
    pub(crate) fn tell_once(&self, fault: Fault, text: &str) {
        let bit = 1 << fault as u64;
        if self.said.faults.get() & bit == 0 {
            self.said.faults.set(self.said.faults.get() | bit);
            say(text);
        }
    }

    /// Says that a unit is not compiled because something is wrong, the first time that this happens.
    pub(crate) fn tell_of_loss(&self, site: &Site, reason: &str) {
        if !site.hidden {
            let unit = site.key.get().map_or_else(|| site.name.clone(), FunctionKey::to_string);
            self.tell_once(Fault::PassPanic, &format!("{unit} ({}) is left to the interpreter: {reason}", site.kind.name()));
        }
    }

    /// Switches native code off for good and says why.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn switch_off(&self, reason: &str) {
        if self.said.off.borrow().is_none() {
            self.said.off.replace(Some(reason.to_owned()));
            write(&format!("whipsnake stays off: {}\n", reason.replace('\n', " ")));
        }
        // SAFETY: as the caller says.
        unsafe { crate::start::disable() };
    }

    /// Why native code was switched off for good.
    pub(crate) fn why_off(&self) -> Option<String> {
        self.said.off.borrow().clone()
    }
}
