//! Where things are in the checkout.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout that this command was built from.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// Held while shared directories below `target/` are being changed.
pub(crate) struct SetupLock(
    #[expect(dead_code, reason = "the lock is released when the file closes")] File,
);

impl Workspace {
    /// Finds the checkout, and its target directory (`CARGO_TARGET_DIR` is respected).
    pub(crate) fn locate() -> Result<Self> {
        // Cargo says at each start where the crate is, so that a checkout can be moved.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = Path::new(&manifest);
        let root = manifest
            .ancestors()
            .nth(2)
            .context("the xtask crate is expected at crates/xtask of the checkout")?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => root.join(directory),
            None => root.join("target"),
        };
        fs::create_dir_all(&target).with_context(|| format!("creating {}", target.display()))?;
        Ok(Self { root, target })
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside the target directory.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// Waits until no other process of this command changes the set-up.
    ///
    /// # Errors
    /// If the lock file cannot be created.
    pub(crate) fn lock_setup(&self) -> Result<SetupLock> {
        let path = self.target("xtask.lock");
        let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
        if file.try_lock().is_err() {
            crate::process::note("waiting for another `cargo xtask` that is setting up");
            file.lock()
                .with_context(|| format!("locking {}", path.display()))?;
        }
        Ok(SetupLock(file))
    }
}
