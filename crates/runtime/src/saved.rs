//! Compiler inputs saved for `whipsnake-tool compile`, each with the code that it gave.

use crate::session::Session;
use crate::unit::Site;
use std::path::{Path, PathBuf};
use whipsnake_backend::Artifact;
use whipsnake_compiler::Outcome;
use whipsnake_contract::snapshot::Snapshot;

fn write(path: &Path, bytes: Result<Vec<u8>, String>) {
    let written = bytes.and_then(|bytes| std::fs::write(path, bytes).map_err(|error| error.to_string()));
    if let Err(error) = written {
        crate::notice::say(&format!("snapshot {}: {error}", path.display()));
    }
}

impl Session {
    /// Saves a compiler input if the options ask for it; the file's path.
    pub(crate) fn save_snapshot(&self, site: &Site, snapshot: &Snapshot) -> Option<PathBuf> {
        if self.options.snapshot_dir.is_empty() || site.hidden {
            return None;
        }
        let number = self.saved.get() + 1;
        self.saved.set(number);
        let clean: String = site.name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let directory = Path::new(&self.options.snapshot_dir);
        let path = directory.join(format!("{number:04}-{}-{clean}.json", site.kind.name()));
        let made = std::fs::create_dir_all(directory).map_err(|error| error.to_string());
        write(&path, made.and_then(|()| serde_json::to_vec(snapshot).map_err(|error| error.to_string())));
        Some(path)
    }
}

/// Saves the machine code of a compilation, before relocation, beside its input.
pub(crate) fn save_code(snapshot: Option<&Path>, outcome: &Outcome) {
    if let (Some(path), Ok(compiled)) = (snapshot, &outcome.result)
        && let Artifact::Machine(code) = &compiled.code.artifact
    {
        write(&path.with_extension("code"), Ok(code.bytes.clone()));
    }
}
