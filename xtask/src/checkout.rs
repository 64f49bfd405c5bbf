//! Where this checkout, its build folder and the built programs are, and how to call its cargo.

use std::env::{self, consts::EXE_SUFFIX};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::Call;

/// A clone of the repository and the folder it builds to.
pub(crate) struct Checkout {
    root: PathBuf,
    target: PathBuf,
}

/// How the app is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Profile {
    /// Quick to build.
    Debug,
    /// What users get.
    Release,
}

/// Which hosts the app may take for official regions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Regions {
    /// The vendor's, as users get it.
    Official,
    /// Those a test names, on loopback.
    Loopback,
}

impl Checkout {
    /// The checkout that xtask was built from; `CARGO_TARGET_DIR` moves its build folder.
    pub(crate) fn find() -> Result<Self, Failure> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .map_or_else(|| package.clone(), Path::to_path_buf);
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let target = std::path::absolute(&target).map_err(|source| Failure::File {
            path: target,
            source,
        })?;
        Ok(Self { root, target })
    }

    /// The top folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The build folder, absolute.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A call of cargo in the root workspace, with arguments that hold no spaces.
    pub(crate) fn cargo(&self, arguments: &str) -> Call {
        self.cargo_in(&self.root, arguments)
    }

    /// A call of cargo in xtask's own workspace.
    pub(crate) fn cargo_for_xtask(&self, arguments: &str) -> Call {
        self.cargo_in(&self.root.join("xtask"), arguments)
    }

    /// Builds the app and returns where it is.
    pub(crate) fn build_app(&self, profile: Profile, regions: Regions) -> Result<PathBuf, Failure> {
        let mut call = self.cargo("build --locked --package dashdesk");
        if profile == Profile::Release {
            call = call.args(["--release"]);
        }
        if regions == Regions::Loopback {
            call = call.args(["--features", "loopback-regions"]);
        }
        call.run()?;
        let folder = match profile {
            Profile::Debug => "debug",
            Profile::Release => "release",
        };
        let program = self
            .target
            .join(folder)
            .join(format!("dashdesk{EXE_SUFFIX}"));
        if program.is_file() {
            Ok(program)
        } else {
            Err(Failure::NotBuilt(program))
        }
    }

    fn cargo_in(&self, folder: &Path, arguments: &str) -> Call {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Call::new(cargo)
            .args(arguments.split_whitespace())
            .folder(folder)
            .env("CARGO_TARGET_DIR", &self.target)
    }
}
