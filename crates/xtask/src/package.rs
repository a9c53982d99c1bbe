//! Building the extension module and installing the package into an environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::interpreter::Interpreter;
use crate::process::{self, note};
use crate::workspace::Workspace;

/// The crate of the extension module.
const CRATE: &str = "whipsnake";
/// The file that Cargo makes of it.
const LIBRARY: &str = "lib_native.so";
/// The module's name below the package.
const MODULE: &str = "_native";
/// The Python part, relative to the root of the checkout.
const PYTHON_PART: &str = "python/whipsnake";

/// The Cargo profile to build with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    Dev,
}

impl Profile {
    fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }
}

/// Builds the package for an interpreter and installs it into that interpreter's environment.
///
/// # Errors
/// If the build or the installation fails, or the installed package cannot be imported.
pub(crate) fn install(
    workspace: &Workspace,
    python: &Interpreter,
    profile: Profile,
) -> Result<Environment> {
    let _lock = workspace.lock_setup()?;
    let environment = Environment::prepare(workspace, python)?;
    let library = build(workspace, python, &environment, profile)?;
    copy(workspace, python, &environment, &library)?;
    check(&environment).context("the package was built and installed but cannot be imported")?;
    Ok(environment)
}

/// The environment with the package as it was installed before.
///
/// # Errors
/// If it is not installed.
pub(crate) fn installed(workspace: &Workspace, python: &Interpreter) -> Result<Environment> {
    let environment = Environment::prepare(workspace, python)?;
    check(&environment).context("the package is not installed; run `cargo xtask build`")?;
    Ok(environment)
}

fn check(environment: &Environment) -> Result<()> {
    let code = "import whipsnake._native";
    process::read(Command::new(environment.python()).args(["-I", "-c", code])).map(|_| ())
}

/// Each version has its own target directory: a shared one would hold one version's module at a time and
/// rebuild everything that depends on PyO3 at each change of version.
fn build(
    workspace: &Workspace,
    python: &Interpreter,
    environment: &Environment,
    profile: Profile,
) -> Result<PathBuf> {
    let target = workspace.target(&format!("python{}", python.minor));
    seed(workspace, &target, profile)?;
    note(format!(
        "building whipsnake for Python {} ({} profile)",
        python.version,
        profile.name()
    ));
    let start = Instant::now();
    let mut command = cargo(workspace);
    command
        .args([
            "build",
            "--package",
            CRATE,
            "--profile",
            profile.name(),
            "--target-dir",
        ])
        .arg(&target)
        .env("PYO3_PYTHON", environment.python());
    process::run(&mut command)?;
    let library = target.join(profile.directory()).join(LIBRARY);
    if !library.is_file() {
        bail!("the build made no {}", library.display());
    }
    note(format!(
        "built for Python {} in {:.0} s",
        python.version,
        start.elapsed().as_secs_f64()
    ));
    Ok(library)
}

/// Fills a new target directory with a copy of another version's, so that what does not depend on the
/// version (the code generator, above all) is compiled once. Cargo rebuilds what differs.
fn seed(workspace: &Workspace, target: &Path, profile: Profile) -> Result<()> {
    if target.join(profile.directory()).exists() {
        return Ok(());
    }
    let others = workspace
        .target("")
        .read_dir()
        .context("reading the target directory")?;
    for other in others {
        let other = other?;
        let source = other.path().join(profile.directory());
        if !other.file_name().to_string_lossy().starts_with("python3.")
            || !source.join(LIBRARY).is_file()
        {
            continue;
        }
        fs::create_dir_all(target).with_context(|| format!("creating {}", target.display()))?;
        // `-a` keeps the modification times that Cargo compares.
        let mut command = Command::new("cp");
        command
            .args(["-a", "--reflink=auto"])
            .arg(&source)
            .arg(target);
        return process::run(&mut command);
    }
    Ok(())
}

/// A `cargo` command of the toolchain that started this one, without what it set for its own run.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace.root());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name == "CARGO_BIN_NAME"
        {
            command.env_remove(name);
        }
    }
    command
}

fn copy(
    workspace: &Workspace,
    python: &Interpreter,
    environment: &Environment,
    library: &Path,
) -> Result<()> {
    let site = environment.site_packages()?;
    let destination = site.join("whipsnake");
    let staged = site.join(".whipsnake-staged");
    if staged.exists() {
        fs::remove_dir_all(&staged).with_context(|| format!("removing {}", staged.display()))?;
    }
    copy_tree(&workspace.path(PYTHON_PART), &staged)?;
    let module = staged.join(format!("{MODULE}{}", python.ext_suffix));
    fs::copy(library, &module)
        .with_context(|| format!("copying {} to {}", library.display(), module.display()))?;
    // The old package is renamed away, not written over: a running process may have its module mapped.
    let retired = site.join(".whipsnake-retired");
    if destination.exists() {
        if retired.exists() {
            fs::remove_dir_all(&retired)
                .with_context(|| format!("removing {}", retired.display()))?;
        }
        fs::rename(&destination, &retired)
            .with_context(|| format!("replacing {}", destination.display()))?;
    }
    fs::rename(&staged, &destination)
        .with_context(|| format!("installing {}", destination.display()))?;
    if retired.exists() {
        fs::remove_dir_all(&retired).with_context(|| format!("removing {}", retired.display()))?;
    }
    byte_compile(environment, &destination)?;
    describe(&site)?;
    command(environment)
}

/// Compiles the Python part, as pip does: programs start with what is installed, whether they may write there or not.
fn byte_compile(environment: &Environment, directory: &Path) -> Result<()> {
    process::run(
        Command::new(environment.python())
            .args(["-I", "-m", "compileall", "-q"])
            .arg(directory),
    )
}

fn copy_tree(source: &Path, destination: &Path) -> Result<()> {
    let entries = source
        .read_dir()
        .with_context(|| format!("reading {}", source.display()))?;
    fs::create_dir_all(destination)
        .with_context(|| format!("creating {}", destination.display()))?;
    for entry in entries {
        let entry = entry?;
        let (from, to) = (entry.path(), destination.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "__pycache__" {
                copy_tree(&from, &to)?;
            }
        } else if from
            .extension()
            .is_none_or(|extension| extension != "so" && extension != "pyc")
        {
            fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(())
}

/// Records the installation, so that `importlib.metadata` and pip know of it.
fn describe(site: &Path) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    for entry in site
        .read_dir()
        .with_context(|| format!("reading {}", site.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("whipsnake-") && name.ends_with(".dist-info") {
            fs::remove_dir_all(entry.path())
                .with_context(|| format!("removing {}", entry.path().display()))?;
        }
    }
    let directory = site.join(format!("whipsnake-{version}.dist-info"));
    fs::create_dir_all(&directory).with_context(|| format!("creating {}", directory.display()))?;
    let files = [
        (
            "METADATA",
            format!("Metadata-Version: 2.1\nName: whipsnake\nVersion: {version}\n"),
        ),
        ("INSTALLER", "cargo xtask\n".to_owned()),
        (
            "entry_points.txt",
            "[console_scripts]\nwhipsnake = whipsnake.__main__:main\n".to_owned(),
        ),
    ];
    for (name, text) in files {
        let path = directory.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Writes the console command `whipsnake`.
fn command(environment: &Environment) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let path = environment.bin().join("whipsnake");
    let text = format!(
        "#!{}\nimport sys\nfrom whipsnake.__main__ import main\nsys.exit(main())\n",
        environment.python().display()
    );
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("making {} executable", path.display()))
}
