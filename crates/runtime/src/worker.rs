//! The compiling thread. It never holds the GIL: snapshots go in, code comes out, and a pending call of the interpreter
//! (or the next counted event) installs what is done. It also serves as an alarm clock.
//!
//! `os.fork()` is announced: the thread ends before. It starts again, in parent and child, with the first event or call by the interpreter after the
//! fork if there is work: not earlier, since `os.fork()` counts the process's threads before it returns, and warns. After a fork that was not announced, the
//! child's next job starts a thread with empty queues.

use whipsnake_compiler::{Failure, Outcome, Settings, TrampolineCache, compile};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::os::unix::thread::JoinHandleExt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use whipsnake_backend::{Backend, CpuFeatures};
use whipsnake_contract::faults::{Fault, Faults};
use whipsnake_contract::options::DumpSpec;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_cpython::Thread;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::symbols::_PyEval_AddPendingCall;

use crate::native_stack;
use crate::stats::time_of;
use crate::unit::Unit;

/// Stack of the thread in bytes.
const STACK: usize = 16 << 20;
/// The least that is taken to be enough where code is compiled in the thread that runs it, which may be one of a program with small stacks.
const LEAST_STACK: usize = 2 << 20;

/// Jobs that may wait for the thread: each keeps alive what its snapshot names. What gets hot faster has to go on being hot.
const MOST_WAITING: usize = 128;
/// Bytes of memory that must be free for a compilation: the allocator ends the process where it finds none.
const COMPILE_BYTES: usize = 64 << 20;

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
    /// Number of what keeps the snapshot's addresses valid in the session's [`Pending`](crate::capture::Pending).
    pub references: u64,
    /// Count of changed functions when the snapshot was taken.
    pub function_changes: u64,
    /// The backend.
    pub backend: Arc<dyn Backend>,
    /// The processor.
    pub features: CpuFeatures,
    /// The pass that is left out.
    pub skip_pass: String,
    /// What to dump.
    pub dump: DumpSpec,
    /// What fails, in tests.
    pub faults: Arc<Faults>,
}

// SAFETY: the addresses of unit and function are only used with the GIL held.
unsafe impl Send for Job {}

impl Job {
    /// Compiles it.
    pub fn run(&self, cache: &TrampolineCache) -> Outcome {
        if self.faults.happens(Fault::CompileMemory) || !has_memory() {
            return no_memory();
        }
        let (backend, skip_pass) = (&*self.backend, &*self.skip_pass);
        let settings = Settings { backend, features: self.features, skip_pass, dump: &self.dump, faults: &self.faults };
        compile(&self.snapshot, settings, cache)
    }

    /// Compiles it while this thread waits: on its own stack if that has room.
    pub(crate) fn run_here(&mut self, thread: Thread, cache: &TrampolineCache) -> Outcome {
        if native_stack::left(thread) >= LEAST_STACK {
            return self.run(cache);
        }
        // Exclusive: the job may be sent to another thread, but not shared with one.
        let job = self;
        std::thread::scope(|scope| {
            let other = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || job.run(cache));
            other.ok().and_then(|other| other.join().ok()).unwrap_or_else(no_memory)
        })
    }
}

/// A job that there was no memory for.
fn no_memory() -> Outcome {
    Outcome { result: Err(Failure::NoMemory), dump: String::new() }
}

/// True if the system would give the process the memory that a compilation may need.
fn has_memory() -> bool {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
    // SAFETY: a new mapping at an address that the system chooses; nobody uses it.
    unsafe {
        mmap_anonymous(std::ptr::null_mut(), COMPILE_BYTES, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
            .is_ok_and(|base| munmap(base, COMPILE_BYTES).is_ok())
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<VecDeque<Job>>,
    wake: Condvar,
    done: Mutex<Vec<(Job, Outcome)>>,
    ready: AtomicBool,
    /// When the interpreter is to be called, whether or not a job is done.
    alarm: Mutex<Option<Instant>>,
    /// Held while the interpreter is called; true once it must not be called any more.
    closed: Mutex<bool>,
    /// The thread ends when it has finished its present job.
    pausing: Mutex<bool>,
    /// The kernel's number of the thread.
    thread_id: AtomicI32,
    cache: Arc<TrampolineCache>,
    beat: Beat,
}

/// Calls at regular intervals, as long as the interpreter answers them: a process that waits is left in peace.
#[derive(Default)]
struct Beat {
    /// Nanoseconds between two calls; 0 for none.
    period: AtomicU64,
    /// The last call was answered.
    answered: AtomicBool,
    /// The thread sleeps until it is.
    waits: AtomicBool,
}

impl Beat {
    /// Time until the next call, seen from now.
    fn next(&self) -> Option<Duration> {
        let period = Duration::from_nanos(self.period.load(Ordering::Relaxed));
        let comes = !period.is_zero() && self.answered.load(Ordering::Acquire);
        self.waits.store(!comes, Ordering::Release);
        // The answer may have come in between.
        (comes || self.answered.load(Ordering::Acquire) && !period.is_zero()).then_some(period)
    }
}

impl Shared {
    fn has_work(&self) -> bool {
        !lock(&self.queue).is_empty() || lock(&self.alarm).is_some() || self.beat.period.load(Ordering::Relaxed) != 0
    }

    /// Waits until something happens or it is time to call the interpreter. True if that is so.
    fn sleep<'a>(&self, queue: MutexGuard<'a, VecDeque<Job>>) -> (MutexGuard<'a, VecDeque<Job>>, bool) {
        let alarm = *lock(&self.alarm);
        let now = Instant::now();
        let beat = self.beat.next().map(|period| now + period);
        let Some(time) = alarm.into_iter().chain(beat).min() else {
            return (self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner), false);
        };
        let queue = self.wake.wait_timeout(queue, time.saturating_duration_since(now)).unwrap_or_else(PoisonError::into_inner).0;
        let now = Instant::now();
        let rings = alarm.is_some_and(|alarm| now >= alarm);
        if rings {
            *lock(&self.alarm) = None;
        }
        let beats = beat.is_some_and(|beat| now >= beat) && self.beat.answered.swap(false, Ordering::AcqRel);
        (queue, rings || beats)
    }

    /// Has the interpreter call [`attend`] soon. False if it must not be called any more.
    fn call_interpreter(&self) -> bool {
        // The lock makes sure that the interpreter exists.
        let closed = lock(&self.closed);
        if !*closed {
            ask_for_attention();
        }
        !*closed
    }
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

/// A call of `os.fork()` on its way: the frame that called it, and where that stands.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ForkCall {
    thread: usize,
    frame: usize,
    instruction: usize,
}

/// The thread, once there is one. Used with the GIL held.
#[derive(Default)]
pub struct Worker {
    running: RefCell<Option<Running>>,
    /// The fork that has paused the thread.
    fork: Cell<Option<ForkCall>>,
    /// Time between two calls of the interpreter; zero for none.
    period: Cell<Duration>,
    /// Trampolines made so far, by this process: what a parent's thread has locked at a fork is never unlocked here.
    cache: RefCell<Option<(u32, Arc<TrampolineCache>)>>,
    faults: Arc<Faults>,
}

impl Worker {
    /// No thread yet.
    pub fn new(faults: Arc<Faults>) -> Worker {
        Worker { faults, ..Worker::default() }
    }

    /// Trampolines made so far.
    pub fn cache(&self) -> Arc<TrampolineCache> {
        let pid = std::process::id();
        let mut slot = self.cache.borrow_mut();
        match &*slot {
            Some((owner, cache)) if *owner == pid => cache.clone(),
            _ => {
                let cache = Arc::default();
                // A parent's cache may be locked for good.
                std::mem::forget(slot.replace((pid, Arc::clone(&cache))));
                cache
            }
        }
    }

    /// True if so many jobs wait for the thread that others had better come later.
    pub fn is_full(&self) -> bool {
        self.running.borrow().as_ref().is_some_and(|running| {
            running.pid == std::process::id() && lock(&running.shared.queue).len() >= MOST_WAITING
        })
    }

    /// Hands a job to the thread, which is started if this process has none. (Within `os.fork()` it waits for that to return.)
    ///
    /// # Errors
    /// The job, if no thread can be started.
    pub fn submit(&self, caller: Thread, job: Job) -> Result<(), Box<Job>> {
        let Some(shared) = self.shared(caller) else { return Err(Box::new(job)) };
        lock(&shared.queue).push_back(job);
        shared.wake.notify_one();
        Ok(())
    }

    /// Has the thread call the interpreter at that time, or before. False if no thread can be started.
    pub fn wake_at(&self, caller: Thread, time: Instant) -> bool {
        let Some(shared) = self.shared(caller) else { return false };
        // With the queue locked the thread is not between its look at the alarm and its sleep.
        let _queue = lock(&shared.queue);
        let mut alarm = lock(&shared.alarm);
        if alarm.is_none_or(|alarm| alarm > time) {
            *alarm = Some(time);
            shared.wake.notify_one();
        }
        true
    }

    /// Has the thread call the interpreter after that time, and again each time that this is called. False if no thread can be started.
    pub fn beat(&self, caller: Thread, period: Duration) -> bool {
        self.period.set(period);
        let Some(shared) = self.shared(caller) else { return false };
        let nanos = period.as_nanos() as u64;
        let begins = shared.beat.period.swap(nanos, Ordering::Relaxed) == 0;
        shared.beat.answered.store(true, Ordering::Release);
        if begins || shared.beat.waits.swap(false, Ordering::AcqRel) {
            let _queue = lock(&shared.queue);
            shared.wake.notify_one();
        }
        true
    }

    /// Ends what [`Self::beat`] has begun.
    pub fn stop_beat(&self) {
        self.period.set(Duration::ZERO);
        if let Some(running) = &*self.running.borrow() {
            running.shared.beat.period.store(0, Ordering::Relaxed);
        }
    }

    /// True if the call that [`Self::beat`] has asked for is not answered.
    pub fn has_beaten(&self) -> bool {
        self.running.borrow().as_ref().is_some_and(|running| !running.shared.beat.answered.load(Ordering::Acquire))
    }

    /// The interpreter has called us between two instructions: a fork of the frame that runs has returned.
    fn called_between_instructions(&self, caller: Thread) {
        let runs = |call: ForkCall| {
            let frame = caller.current_frame().map(|frame| frame.as_ptr() as usize);
            call.thread == caller.as_ptr() as usize && frame == Some(call.frame)
        };
        if self.fork.get().is_some_and(runs) {
            self.fork.set(None);
        }
    }

    /// Processor time of the thread so far; zero if there is none.
    pub(crate) fn processor_time(&self) -> Duration {
        let slot = self.running.borrow();
        let running = slot.as_ref().filter(|running| running.pid == std::process::id());
        let Some(thread) = running.and_then(|running| running.thread.as_ref()) else { return Duration::ZERO };
        let mut clock = 0;
        // SAFETY: the thread is one of this process and not joined, so that its handle is valid.
        let found = unsafe { libc::pthread_getcpuclockid(thread.as_pthread_t(), &mut clock) } == 0;
        if found { time_of(clock) } else { Duration::ZERO }
    }

    /// What is shared with the thread, which is started if need be; `None` if it cannot be.
    fn shared(&self, caller: Thread) -> Option<Arc<Shared>> {
        let pid = std::process::id();
        let mut slot = self.running.borrow_mut();
        if slot.as_ref().is_none_or(|running| running.pid != pid && running.thread.is_some()) {
            let shared = Arc::new(Shared { cache: self.cache(), ..Shared::default() });
            shared.beat.period.store(self.period.get().as_nanos() as u64, Ordering::Relaxed);
            shared.beat.answered.store(true, Ordering::Relaxed);
            // A parent's queues may be locked by a thread that does not exist here: they are left as they are.
            std::mem::forget(slot.replace(Running { pid, shared, thread: None }));
        }
        let running = slot.as_mut()?;
        running.pid = pid;
        if running.thread.is_none() {
            if self.is_forking(caller) {
                running.shared.ready.store(true, Ordering::Release);
            } else {
                running.thread = Some(self.start(&running.shared)?);
            }
        }
        Some(running.shared.clone())
    }

    /// To be called before a fork. Lets the thread end after the job that it has begun, and waits for that: a fork then copies no locked
    /// queue and no half of a thread.
    pub fn pause(&self, caller: Thread) {
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
            wait_until_gone(running.shared.thread_id.load(Ordering::Relaxed));
            self.fork.set(caller.current_frame().map(|frame| ForkCall {
                thread: caller.as_ptr() as usize,
                frame: frame.as_ptr() as usize,
                instruction: frame.instruction() as usize,
            }));
        }
    }

    /// To be called after a fork, in parent and child: if jobs wait, [`Self::finished`] starts the thread again.
    pub fn resume(&self) {
        let mut slot = self.running.borrow_mut();
        let Some(running) = &mut *slot else { return };
        if running.thread.is_none() {
            running.pid = std::process::id();
            if running.shared.has_work() {
                running.shared.ready.store(true, Ordering::Release);
                ask_for_attention();
            }
        }
    }

    /// True as long as the call of `os.fork()` that has paused the thread has not returned.
    fn is_forking(&self, caller: Thread) -> bool {
        let Some(call) = self.fork.get() else { return false };
        let mut frame = caller.current_frame().filter(|_| caller.as_ptr() as usize == call.thread);
        while let Some(running) = frame {
            if running.as_ptr() as usize == call.frame && running.instruction() as usize == call.instruction {
                return true;
            }
            frame = running.previous();
        }
        self.fork.set(None);
        false
    }

    fn start(&self, shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
        if self.faults.happens(Fault::Thread) { None } else { start(shared) }
    }

    /// True if finished jobs wait.
    #[inline]
    pub fn has_finished(&self) -> bool {
        self.running.borrow().as_ref().is_some_and(|running| running.shared.ready.load(Ordering::Acquire))
    }

    /// Takes the finished jobs, and starts the thread again if a fork has paused it.
    pub fn finished(&self, caller: Thread) -> Vec<(Job, Outcome)> {
        match &mut *self.running.borrow_mut() {
            Some(running) if running.pid == std::process::id() => {
                let paused = running.thread.is_none() && running.shared.has_work();
                let forking = paused && self.is_forking(caller);
                if paused && !forking {
                    running.thread = self.start(&running.shared);
                }
                running.shared.ready.store(forking, Ordering::Release);
                if forking {
                    ask_for_attention();
                }
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
            lock(&running.shared.queue).clear();
            running.shared.wake.notify_one();
        }
    }
}

/// Waits until the kernel does not count a thread any more: it still does for a moment after the thread can be joined.
fn wait_until_gone(thread: i32) {
    const ATTEMPTS: u32 = 1000;
    for _ in 0..ATTEMPTS {
        // SAFETY: signal 0 is none: it only asks whether the thread exists.
        let status = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, 0) };
        if status != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_micros(10));
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

/// Time spent compiling after which the memory that it took is worth giving back.
const WORTH_TRIMMING: Duration = Duration::from_millis(10);
/// Memory of the process in bytes from which what compilation leaves behind does not matter, but looking through all of it does.
const MATTERS_BELOW: u64 = 256 << 20;

/// Gives memory that compilations have freed back to the system: the allocator keeps the peak of each thread.
fn trim() {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let resident = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
    // SAFETY: plain calls.
    unsafe {
        if resident.is_some_and(|pages| pages * libc::sysconf(libc::_SC_PAGESIZE) as u64 <= MATTERS_BELOW) {
            #[cfg(target_env = "gnu")]
            libc::malloc_trim(0);
        }
    }
}

fn work(shared: &Shared) {
    // SAFETY: a plain system call.
    shared.thread_id.store(unsafe { libc::gettid() }, Ordering::Relaxed);
    let mut spent = Duration::ZERO;
    loop {
        if spent > WORTH_TRIMMING && lock(&shared.queue).is_empty() {
            trim();
            spent = Duration::ZERO;
        }
        let job = {
            let mut queue = lock(&shared.queue);
            loop {
                if *lock(&shared.closed) || *lock(&shared.pausing) {
                    return;
                }
                let rings;
                match next_job(&mut queue) {
                    Some(job) => break job,
                    None => (queue, rings) = shared.sleep(queue),
                }
                if rings && !shared.call_interpreter() {
                    return;
                }
            }
        };
        let begin = Instant::now();
        let outcome = job.run(&shared.cache);
        spent += begin.elapsed();
        lock(&shared.done).push((job, outcome));
        shared.ready.store(true, Ordering::Release);
        if !shared.call_interpreter() {
            return;
        }
    }
}

/// Has the interpreter call [`attend`] soon, in whichever thread runs then. False if its queue is full: counted events and exits install
/// code, too.
pub(crate) fn ask_for_attention() -> bool {
    // SAFETY: may be called from any thread while the interpreter exists.
    crate::session::session().is_some_and(|session| unsafe { _PyEval_AddPendingCall(session.interpreter, attend, std::ptr::null_mut(), 0) == 0 })
}

/// Installs what is done, and looks at what runs. Called by the interpreter with the GIL held, between two instructions.
extern "C" fn attend(_: *mut c_void) -> c_int {
    if let Some(session) = crate::session::session() {
        // SAFETY: the GIL is held, and no exception is raised between two instructions.
        unsafe {
            let thread = Thread::current();
            session.worker.called_between_instructions(thread);
            session.install_finished();
            session.mourn_early();
            session.sample(thread);
        }
    }
    0
}
