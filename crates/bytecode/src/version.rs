//! The supported CPython versions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A CPython feature release whose bytecode can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    /// CPython 3.13.
    V313,
    /// CPython 3.14.
    V314,
}

impl Version {
    /// Every supported version, oldest first.
    pub const ALL: &'static [Version] = &[Version::V313, Version::V314];

    /// The version with this major and minor number, if supported.
    pub fn new(major: u8, minor: u8) -> Option<Version> {
        Version::ALL
            .iter()
            .copied()
            .find(|v| v.number() == (major, minor))
    }

    /// Major and minor number.
    pub const fn number(self) -> (u8, u8) {
        match self {
            Version::V313 => (3, 13),
            Version::V314 => (3, 14),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.number();
        write!(f, "{major}.{minor}")
    }
}
