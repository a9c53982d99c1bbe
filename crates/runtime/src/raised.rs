//! Exceptions that leave native code through frames which stand already, the short way: what they hold is put in its place, and nothing is built.

use crate::rebuild::{Frames, Rebuilt};
use smallvec::SmallVec;
use std::ffi::c_void;
use whipsnake_contract::exit::{ExitPoint, FrameImage, Resume, Source};
use whipsnake_cpython::ffi::{PyErr_GetRaisedException, PyErr_SetRaisedException, PyObject, Py_DECREF};
use whipsnake_cpython::{Frame, Slot};

/// Appends the frames of an exit that raises, outermost first, complete and linked. False, with nothing done, if frames or objects have to be built for it.
///
/// # Safety
///
/// As for [`exit_function`](crate::exits::exit_function); no observation waits for the exit.
#[inline]
pub(crate) unsafe fn standing_frames(point: &ExitPoint, words: *const u64, frames: &mut Frames) -> bool {
    let stand = |image: &FrameImage| image.frame.is_some() && !image.untraced && image.locals.iter().chain(&image.stack).all(stands);
    if point.resume != Resume::Raise || !point.variables.is_empty() || !point.frames.iter().all(stand) || !point.release.iter().all(stands) {
        return false;
    }
    // SAFETY: the exit point's numbers are below its number of words; frames that native code has are linked, and it counts them. What was in their
    // slots belongs to native code, or was taken over by it; locals and stacks fit their codes. Whether one has a frame was asked above.
    unsafe {
        let word = |index: u32| words.add(index as usize).read();
        for image in &point.frames {
            let Some(frame) = image.frame.and_then(|at| Frame::from_ptr(word(at) as *mut c_void)) else { unreachable!("it has a frame") };
            for (index, source) in image.locals.iter().chain(&image.stack).enumerate() {
                let slot = match *source {
                    Source::Owned(at) => Slot::from_owned(word(at) as *mut PyObject),
                    Source::OwnedOrNull(at) if word(at) != 0 => Slot::from_owned(word(at) as *mut PyObject),
                    Source::Borrowed(at) => Slot::new(word(at) as *mut PyObject),
                    Source::InFrame => continue,
                    _ => Slot::NULL,
                };
                frame.set_slot(index, slot);
            }
            frame.set_stack_top(image.locals.len() + image.stack.len());
            frame.set_offset(image.offset);
            frame.set_return_offset(image.return_offset as u16);
            frame.own_what_runs();
            frames.push(Rebuilt { frame, existed: true });
        }
        let released = point.release.iter().filter_map(|source| match *source {
            Source::Owned(at) | Source::OwnedOrNull(at) => Some(word(at) as *mut PyObject).filter(|object| !object.is_null()),
            _ => None,
        });
        let released: SmallVec<[*mut PyObject; 4]> = released.collect();
        if !released.is_empty() {
            let raised = PyErr_GetRaisedException();
            released.into_iter().for_each(|object| Py_DECREF(object));
            PyErr_SetRaisedException(raised);
        }
    }
    true
}

/// True for what is there already, or is nothing.
fn stands(source: &Source) -> bool {
    matches!(source, Source::Null | Source::InFrame | Source::Owned(_) | Source::Borrowed(_) | Source::OwnedOrNull(_))
}
