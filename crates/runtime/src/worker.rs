//! The compiling thread. It never holds the GIL: snapshots go in, code comes out, and a pending call of the interpreter
//! (or the next counted event) installs what is done.
//!
//! A forked child has no such thread; the next job there starts one with empty queues.

use crate::capture::References;
use crate::compile::{Outcome, TrampolineCache, compile};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use whipsnake_backend::{Backend, CpuFeatures};
use whipsnake_contract::options::DumpSpec;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_cpython::ffi::Py_AddPendingCall;

use crate::unit::Unit;

/// Stack of the thread in bytes.
const STACK: usize = 16 << 20;

/// One compilation.
pub struct Job {
    /// Number of the site.
    pub site: u64,
    /// The unit to fill in; valid while the site is.
    pub unit: NonNull<Unit>,
    /// The input.
    pub snapshot: Box<Snapshot>,
    /// What keeps the snapshot's addresses valid.
    pub references: References,
    /// Count of changed functions when the snapshot was taken.
    pub function_changes: u64,
    /// The backend.
    pub backend: Arc<dyn Backend>,
    /// The processor.
    pub features: CpuFeatures,
    /// What to dump.
    pub dump: DumpSpec,
}

// SAFETY: the unit's address is only used with the GIL held.
unsafe impl Send for Job {}

impl Job {
    /// Compiles it.
    pub fn run(&self, cache: &TrampolineCache) -> Outcome {
        compile(&self.snapshot, &*self.backend, self.features, &self.dump, cache)
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<VecDeque<Job>>,
    wake: Condvar,
    done: Mutex<Vec<(Job, Outcome)>>,
    ready: AtomicBool,
    /// Held while the interpreter is called; true once it must not be called any more.
    closed: Mutex<bool>,
    cache: Arc<TrampolineCache>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread, once there is one. Used with the GIL held.
#[derive(Default)]
pub struct Worker {
    running: RefCell<Option<(u32, Arc<Shared>)>>,
    /// Trampolines made so far.
    pub cache: Arc<TrampolineCache>,
}

impl Worker {
    /// Hands a job to the thread, which is started if this process has none.
    ///
    /// # Errors
    /// The job, if no thread can be started.
    pub fn submit(&self, job: Job) -> Result<(), Box<Job>> {
        let pid = std::process::id();
        let mut running = self.running.borrow_mut();
        if running.as_ref().is_none_or(|(owner, _)| *owner != pid) {
            let Some(shared) = start(&self.cache) else { return Err(Box::new(job)) };
            // A parent's queues may be locked by a thread that does not exist here: they are left as they are.
            std::mem::forget(running.replace((pid, shared)));
        }
        if let Some((_, shared)) = &*running {
            lock(&shared.queue).push_back(job);
            shared.wake.notify_one();
        }
        Ok(())
    }

    /// True if finished jobs wait.
    #[inline]
    pub fn has_finished(&self) -> bool {
        self.running.borrow().as_ref().is_some_and(|(_, shared)| shared.ready.load(Ordering::Acquire))
    }

    /// Takes the finished jobs.
    pub fn finished(&self) -> Vec<(Job, Outcome)> {
        match &*self.running.borrow() {
            Some((pid, shared)) if *pid == std::process::id() => {
                shared.ready.store(false, Ordering::Release);
                std::mem::take(&mut *lock(&shared.done))
            }
            _ => Vec::new(),
        }
    }

    /// Lets the thread end; it does not call the interpreter again.
    pub fn close(&self) {
        if let Some((pid, shared)) = &*self.running.borrow()
            && *pid == std::process::id()
        {
            *lock(&shared.closed) = true;
            lock(&shared.queue).clear_without_dropping();
            shared.wake.notify_one();
        }
    }
}

trait ClearWithoutDropping {
    fn clear_without_dropping(&mut self);
}

impl ClearWithoutDropping for VecDeque<Job> {
    /// References must not be given up while the interpreter ends.
    fn clear_without_dropping(&mut self) {
        self.drain(..).for_each(std::mem::forget);
    }
}

fn start(cache: &Arc<TrampolineCache>) -> Option<Arc<Shared>> {
    let shared = Arc::new(Shared { cache: cache.clone(), ..Shared::default() });
    let theirs = shared.clone();
    // Signals are the main thread's: a new thread inherits the mask of its creator.
    // SAFETY: plain calls on local signal sets.
    unsafe {
        let mut all = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let thread = std::thread::Builder::new().name("whipsnake".into()).stack_size(STACK).spawn(move || work(&theirs));
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        thread.is_ok().then_some(shared)
    }
}

fn work(shared: &Shared) {
    loop {
        let job = {
            let mut queue = lock(&shared.queue);
            loop {
                if *lock(&shared.closed) {
                    return;
                }
                match queue.pop_front() {
                    Some(job) => break job,
                    None => queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
                }
            }
        };
        let outcome = job.run(&shared.cache);
        lock(&shared.done).push((job, outcome));
        shared.ready.store(true, Ordering::Release);
        let closed = lock(&shared.closed);
        if *closed {
            return;
        }
        // SAFETY: may be called from any thread while the interpreter exists, which the lock makes sure of. A full
        // queue does no harm: the next counted event installs as well.
        unsafe { Py_AddPendingCall(Some(install_finished), std::ptr::null_mut()) };
    }
}

/// Called by the interpreter with the GIL held.
extern "C" fn install_finished(_: *mut c_void) -> c_int {
    if let Some(session) = crate::session::session() {
        // SAFETY: the GIL is held.
        unsafe { session.install_finished() };
    }
    0
}
