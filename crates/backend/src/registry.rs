//! The backends by name.

use crate::backend::{Backend, BackendError};
use crate::cranelift::CraneliftBackend;
use crate::reference::ReferenceBackend;

/// Names of all backends, the default first.
pub const BACKENDS: &[&str] = &[CraneliftBackend::NAME, ReferenceBackend::NAME];

/// The backend of that name.
///
/// Returns `None` for names outside [`BACKENDS`].
///
/// # Errors
/// [`BackendError::Unsupported`] if the backend generates no code for this machine.
pub fn backend_by_name(name: &str) -> Result<Option<Box<dyn Backend>>, BackendError> {
    Ok(match name {
        CraneliftBackend::NAME => Some(Box::new(CraneliftBackend::new()?)),
        ReferenceBackend::NAME => Some(Box::new(ReferenceBackend)),
        _ => None,
    })
}
