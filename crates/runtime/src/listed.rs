//! The list of compiled functions that `WHIPSNAKE_COMPILED_LIST` asks for. It is written before their native code runs, so that it is there
//! after a crash.

use crate::session::Session;
use std::fs::OpenOptions;
use std::io::Write as _;
use whipsnake_contract::selection::FunctionKey;

impl Session {
    /// Adds functions to the list, each once per process, if the options ask for one.
    pub(crate) fn list_compiled<'a>(&self, keys: impl IntoIterator<Item = &'a FunctionKey>) {
        let path = &self.options.compiled_list;
        if path.is_empty() {
            return;
        }
        let mut listed = self.listed.borrow_mut();
        let new: String = keys.into_iter().filter(|key| listed.insert((*key).clone())).map(|key| format!("{key}\n")).collect();
        if new.is_empty() {
            return;
        }
        // One write at the end of the file: other processes may list theirs there, too.
        let written = OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| file.write_all(new.as_bytes()));
        if let Err(error) = written {
            eprintln!("whipsnake: list of compiled functions {path}: {error}");
        }
    }
}
