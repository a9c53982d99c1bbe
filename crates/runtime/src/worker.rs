//! The compiling thread. It never holds the GIL: snapshots go in, code comes out, and a pending call of the interpreter
//! (or the next counted event) installs what is done.
//!
//! `os.fork()` is announced: the thread ends before and starts again after, in parent and child, when there is work. After a fork that was
//! not announced, the child's next job starts a thread with empty queues.

use crate::capture::References;
use whipsnake_compiler::{Outcome, TrampolineCache, compile};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use whipsnake_backend::{Backend, CpuFeatures};
use whipsnake_contract::options::DumpSpec;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_cpython::ffi::{Py_AddPendingCall, PyObject};

use crate::unit::Unit;

/// Stack of the thread in bytes.
const STACK: usize = 16 << 20;

/// One compilation.
pub struct Job {
    /// Number of the site.
    pub site: u64,
    /// The function that was called, to be hooked when the unit is installed; NULL for loops. Kept alive by the references.
    pub function: *mut PyObject,
    /// The unit to fill in; valid while the site is.
    pub unit: NonNull<Unit>,
    /// The input.
    pub snapshot: Box<Snapshot>,
    /// Where the input was saved.
    pub saved: Option<std::path::PathBuf>,
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

// SAFETY: the addresses of unit and function are only used with the GIL held.
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
    /// The thread ends when it has finished its present job.
    pausing: Mutex<bool>,
    cache: Arc<TrampolineCache>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Running {
    pid: u32,
    shared: Arc<Shared>,
    /// `None` while the thread pauses.
    thread: Option<JoinHandle<()>>,
}

/// The thread, once there is one. Used with the GIL held.
#[derive(Default)]
pub struct Worker {
    running: RefCell<Option<Running>>,
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
        let mut slot = self.running.borrow_mut();
        if slot.as_ref().is_none_or(|running| running.pid != pid && running.thread.is_some()) {
            let shared = Arc::new(Shared { cache: self.cache.clone(), ..Shared::default() });
            // A parent's queues may be locked by a thread that does not exist here: they are left as they are.
            std::mem::forget(slot.replace(Running { pid, shared, thread: None }));
        }
        let Some(running) = &mut *slot else { return Err(Box::new(job)) };
        running.pid = pid;
        if running.thread.is_none() {
            match start(&running.shared) {
                Some(thread) => running.thread = Some(thread),
                None => return Err(Box::new(job)),
            }
        }
        lock(&running.shared.queue).push_back(job);
        running.shared.wake.notify_one();
        Ok(())
    }

    /// Lets the thread end after the job that it has begun, and waits for that: a fork then copies no locked queue and no
    /// half of a thread.
    pub fn pause(&self) {
        let mut slot = self.running.borrow_mut();
        let Some(running) = &mut *slot else { return };
        if running.pid != std::process::id() {
            return;
        }
        if let Some(thread) = running.thread.take() {
            *lock(&running.shared.pausing) = true;
            running.shared.wake.notify_one();
            let _ = thread.join();
            *lock(&running.shared.pausing) = false;
        }
    }

    /// Starts the thread again if jobs wait.
    pub fn resume(&self) {
        let mut slot = self.running.borrow_mut();
        let Some(running) = &mut *slot else { return };
        if running.thread.is_none() && !lock(&running.shared.queue).is_empty() {
            running.pid = std::process::id();
            running.thread = start(&running.shared);
        }
    }

    /// True if finished jobs wait.
    #[inline]
    pub fn has_finished(&self) -> bool {
        self.running.borrow().as_ref().is_some_and(|running| running.shared.ready.load(Ordering::Acquire))
    }

    /// Takes the finished jobs.
    pub fn finished(&self) -> Vec<(Job, Outcome)> {
        match &*self.running.borrow() {
            Some(running) if running.pid == std::process::id() => {
                running.shared.ready.store(false, Ordering::Release);
                std::mem::take(&mut *lock(&running.shared.done))
            }
            _ => Vec::new(),
        }
    }

    /// Lets the thread end; it does not call the interpreter again.
    pub fn close(&self) {
        if let Some(running) = &*self.running.borrow()
            && running.pid == std::process::id()
        {
            *lock(&running.shared.closed) = true;
            lock(&running.shared.queue).clear_without_dropping();
            running.shared.wake.notify_one();
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

fn start(shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
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
        thread.ok()
    }
}

/// A running loop pays for events until it is compiled, and the one that became hot last runs most likely: loops first, the latest
/// of them. Functions in turn.
fn next_job(queue: &mut VecDeque<Job>) -> Option<Job> {
    match queue.iter().rposition(|job| job.function.is_null()) {
        Some(index) => queue.remove(index),
        None => queue.pop_front(),
    }
}

fn work(shared: &Shared) {
    loop {
        let job = {
            let mut queue = lock(&shared.queue);
            loop {
                if *lock(&shared.closed) || *lock(&shared.pausing) {
                    return;
                }
                match next_job(&mut queue) {
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
        // The lock makes sure that the interpreter exists.
        ask_for_attention();
    }
}

/// Has the interpreter call [`Session::install_finished`](crate::session::Session::install_finished) soon.
pub(crate) fn ask_for_attention() {
    // SAFETY: may be called from any thread while the interpreter exists. A full queue does no harm: counted events and exits do
    // the same.
    unsafe { Py_AddPendingCall(Some(install_finished), std::ptr::null_mut()) };
}

/// Called by the interpreter with the GIL held.
extern "C" fn install_finished(_: *mut c_void) -> c_int {
    if let Some(session) = crate::session::session() {
        // SAFETY: the GIL is held.
        unsafe { session.install_finished() };
    }
    0
}
