//! What is said when the process dies by a signal in or below native code: which unit, which instruction.
//!
//! The handler is installed only where nobody else handles the signal (or only Python's `faulthandler` does). It writes to standard error and hands the
//! signal on to whoever had it before, so that the process ends as it would have. It allocates nothing, takes no lock, and reads what the
//! thread with the GIL may be changing: at worst it says nothing, or faults itself, which the previous handler then gets.

use crate::session::{Session, session};
use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use whipsnake_backend::{Origin, Position};
use whipsnake_cpython::ffi::{PyGILState_GetThisThreadState, PyObject};
use whipsnake_cpython::slot::Slot;
use whipsnake_cpython::{Code, offsets};

/// Signals by which broken code dies.
const SIGNALS: [(c_int, &str); 4] =
    [(libc::SIGSEGV, "SIGSEGV"), (libc::SIGBUS, "SIGBUS"), (libc::SIGILL, "SIGILL"), (libc::SIGABRT, "SIGABRT")];

/// Bytes of stack that are searched for a return address into native code.
const SEARCHED: usize = 1 << 20;
/// Frames whose code is looked for.
const SHOWN: usize = 16;
/// Bytes that are read at a time.
const CHUNK: usize = 4096;

/// What is told of a unit's machine code.
#[derive(Debug)]
pub(crate) struct Described {
    /// Address of the first byte.
    pub base: u64,
    /// Bytes.
    pub len: u64,
    /// What the unit is.
    pub title: String,
    /// Where its code comes from.
    pub positions: Vec<Position>,
    /// Code objects by their number in the snapshot, with their keys; NULL for those that the unit has nothing of.
    pub codes: Vec<(*mut PyObject, String)>,
    /// The next in the list.
    pub next: AtomicPtr<Described>,
}

/// The units that can be told of, and what the signals did before.
#[derive(Default)]
pub(crate) struct CrashInfo {
    units: AtomicPtr<Described>,
    installed: Cell<bool>,
    /// By index of [`SIGNALS`]; `None` where there is no handler of ours.
    previous: UnsafeCell<[Option<libc::sigaction>; SIGNALS.len()]>,
    /// Where handlers return to, with which the frames of signals begin.
    restorer: Cell<u64>,
    busy: AtomicBool,
}

impl CrashInfo {
    /// Adds a unit, until [`Self::remove`] is called with the address of its code.
    pub(crate) fn add(&self, described: Described) {
        let unit = Box::into_raw(Box::new(described));
        // SAFETY: just made; the list is changed with the GIL held only.
        unsafe { (*unit).next.store(self.units.load(Ordering::Relaxed), Ordering::Relaxed) };
        self.units.store(unit, Ordering::Release);
    }

    /// Removes the unit with code at that address, if it is there.
    pub(crate) fn remove(&self, base: u64) {
        let mut link = &self.units;
        loop {
            let unit = link.load(Ordering::Relaxed);
            // SAFETY: what is in the list is alive, and only removed here, with the GIL held.
            let Some(described) = (unsafe { unit.as_ref() }) else { return };
            if described.base == base {
                link.store(described.next.load(Ordering::Relaxed), Ordering::Release);
                // SAFETY: made by `add`, and in no list any more.
                drop(unsafe { Box::from_raw(unit) });
                return;
            }
            link = &described.next;
        }
    }

    /// The unit whose code an address lies in.
    fn find(&self, address: u64) -> Option<&Described> {
        let mut unit = self.units.load(Ordering::Acquire);
        // SAFETY: as for `remove`. While another thread removes a unit, this may read freed memory, in a process that is about to die.
        while let Some(described) = unsafe { unit.as_ref() } {
            if address.wrapping_sub(described.base) < described.len {
                return Some(described);
            }
            unit = described.next.load(Ordering::Acquire);
        }
        None
    }
}

impl Described {
    /// Where the code at an address comes from.
    fn position(&self, address: u64) -> Option<Position> {
        let offset = address - self.base;
        self.positions.iter().rev().find(|position| u64::from(position.start) <= offset).copied()
    }
}

impl Session {
    /// Handles the signals from now on, once, where they do what they do by default; also where they do not if `others_only_tell`: their
    /// handlers end the process in any case.
    ///
    /// # Safety
    ///
    /// The GIL is held; the session is published.
    pub(crate) unsafe fn watch_crashes(&self, others_only_tell: bool) {
        if !self.options.crash_info || !cfg!(target_arch = "x86_64") || self.crash.installed.replace(true) {
            return;
        }
        for (index, (signal, _)) in SIGNALS.into_iter().enumerate() {
            // SAFETY: plain calls on local structures. What was there before is written down before the handler can run.
            unsafe {
                let mut before: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(signal, std::ptr::null(), &mut before) != 0 {
                    continue;
                }
                let is_free = before.sa_sigaction == libc::SIG_DFL || others_only_tell && before.sa_sigaction != libc::SIG_IGN;
                if is_free {
                    (*self.crash.previous.get())[index] = Some(before);
                    let mut ours: libc::sigaction = std::mem::zeroed();
                    ours.sa_sigaction = on_signal as *const () as usize;
                    ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                    libc::sigaction(signal, &ours, std::ptr::null_mut());
                    libc::sigaction(signal, std::ptr::null(), &mut ours);
                    self.crash.restorer.set(ours.sa_restorer.map_or(0, |restorer| restorer as usize as u64));
                }
            }
        }
    }
}

/// Text for standard error, a line at a time, without allocation.
struct Line {
    text: [u8; 1024],
    len: usize,
}

impl Line {
    /// Writes one line; what does not fit is cut off.
    fn write(text: std::fmt::Arguments<'_>) {
        let mut line = Line { text: [0; 1024], len: 0 };
        let _ = line.write_fmt(text);
        line.text[line.len.min(1023)] = b'\n';
        // SAFETY: the bytes are the line's own.
        unsafe { libc::write(2, line.text.as_ptr().cast(), line.len.min(1023) + 1) };
    }
}

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(1023 - self.len);
        self.text[self.len..self.len + count].copy_from_slice(&bytes[..count]);
        self.len += count;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The handler.
///
/// # Safety
///
/// Called by the kernel with `SA_SIGINFO`, after the session was published.
unsafe extern "C" fn on_signal(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let Some(session) = session() else { return };
    // SAFETY: the kernel passes both structures; calls are async-signal-safe.
    unsafe {
        if session.active.get() > 0 && !session.crash.busy.swap(true, Ordering::AcqRel) {
            tell(session, signal, info, context);
        }
        let index = SIGNALS.iter().position(|(number, _)| *number == signal);
        match index.and_then(|index| (*session.crash.previous.get())[index]) {
            Some(previous) => libc::sigaction(signal, &previous, std::ptr::null_mut()),
            None => libc::signal(signal, libc::SIG_DFL) as c_int,
        };
        // A fault happens again when this returns; what somebody sent has to be sent again.
        if (*info).si_code <= 0 {
            libc::raise(signal);
        }
    }
}

/// Writes what is known, if the thread is in or below native code.
///
/// # Safety
///
/// As for [`on_signal`].
unsafe fn tell(session: &Session, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes both structures.
    let Some((instruction, stack)) = (unsafe { registers(context) }) else { return };
    let (unit, address, place, unseen) = match session.crash.find(instruction) {
        Some(unit) => (unit, instruction, "in", None),
        None => match caller(&session.crash, stack) {
            Some(Caller { unit, address, unseen }) => (unit, address, "below", unseen),
            None => return,
        },
    };
    let name = SIGNALS.iter().find(|(number, _)| *number == signal).map_or("signal", |(_, name)| name);
    // SAFETY: faults have an address, others have other fields there.
    match unsafe { ((*info).si_code > 0).then(|| (*info).si_addr()) } {
        Some(fault) => Line::write(format_args!("whipsnake: {name} at address {fault:p} {place} native code")),
        None => Line::write(format_args!("whipsnake: {name} {place} native code")),
    }
    Line::write(format_args!("whipsnake:   unit {}", unit.title));
    match unit.position(address) {
        Some(Position { origin: Some(Origin { code, offset }), .. }) => {
            let (object, key) = unit.codes.get(code as usize).map_or((std::ptr::null_mut(), "?"), |(object, key)| (*object, key));
            // SAFETY: the unit is running, and keeps its codes alive.
            let line = unsafe { Code::from_object(object) }.map_or(-1, |code| code.line_at(offset));
            Line::write(format_args!("whipsnake:   instruction at or near offset {} (line {line}) of {key}", offset * 2));
        }
        Some(Position { origin: None, .. }) => {
            Line::write(format_args!("whipsnake:   native code was left, and the interpreter went on in its frames"));
        }
        None => {}
    }
    let offset = address - unit.base;
    Line::write(format_args!("whipsnake:   native address {address:#x}, {offset:#x} bytes behind the start of the unit"));
    if let Some(unit) = unseen {
        Line::write(format_args!("whipsnake:   or below that in unit {}, if it is not left from an earlier call", unit.title));
    }
    Line::write(format_args!("whipsnake:   `whipsnake bisect -- PROGRAM` finds the functions and the pass that it takes"));
}

/// Instruction and stack pointer of the interrupted code.
///
/// # Safety
///
/// The context is a signal's.
#[cfg(target_arch = "x86_64")]
unsafe fn registers(context: *mut c_void) -> Option<(u64, u64)> {
    // SAFETY: as the caller says.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    Some((registers[libc::REG_RIP as usize] as u64, registers[libc::REG_RSP as usize] as u64))
}

/// As above, where it is not known how to read them.
///
/// # Safety
///
/// None.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn registers(_: *mut c_void) -> Option<(u64, u64)> {
    None
}

/// Reads memory that may be unmapped. True if all of it was read.
fn read(address: u64, words: &mut [u64]) -> bool {
    let len = size_of_val(words);
    let local = libc::iovec { iov_base: words.as_mut_ptr().cast(), iov_len: len };
    let remote = libc::iovec { iov_base: address as *mut c_void, iov_len: len };
    // SAFETY: the kernel checks the source; the destination is our own.
    unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) == len as isize }
}

/// Code objects of the innermost frames that this thread shows.
fn shown() -> [u64; SHOWN] {
    let word = |address: u64| {
        let mut words = [0];
        (address != 0 && read(address, &mut words)).then_some(words[0]).filter(|&word| word != 0)
    };
    // SAFETY: reads a variable of the thread, also where it does not hold the GIL.
    let state = unsafe { PyGILState_GetThisThreadState() } as u64;
    let mut codes = [0; SHOWN];
    let mut frame = (state != 0).then(|| word(state + offsets::TSTATE_CURRENT_FRAME as u64)).flatten();
    for code in &mut codes {
        let Some(address) = frame else { break };
        *code = word(address + offsets::FRAME_EXECUTABLE as u64).map_or(0, |word| Slot::from_word(word).borrow() as u64);
        frame = word(address + offsets::FRAME_PREVIOUS as u64);
    }
    codes
}

/// A place in a unit that the thread is below.
struct Caller<'a> {
    unit: &'a Described,
    /// Of the call's last byte.
    address: u64,
    /// A unit without a frame whose return address lies nearer.
    unseen: Option<&'a Described>,
}

/// The innermost place in a unit that is found on the stack: the address before a return address, which lies in the call.
///
/// The functions in between may have no frame pointers, so every word is looked at; what they have not written is left from earlier calls. So a
/// unit with the code of a frame that is shown goes first. Where another handler was interrupted, perhaps on a stack of its own, the search goes on
/// in what that had interrupted.
fn caller(crash: &CrashInfo, stack: u64) -> Option<Caller<'_>> {
    let codes = shown();
    let mut first: Option<(&Described, u64)> = None;
    let mut chunk = [0u64; CHUNK / 8];
    let (mut from, mut searched) = (stack & !7, 0);
    while searched < SEARCHED {
        let len = CHUNK - from as usize % CHUNK;
        let words = &mut chunk[..len / 8];
        if !read(from, words) {
            break;
        }
        searched += len;
        let mut next = from + len as u64;
        for (index, &word) in words.iter().enumerate() {
            if let Some(unit) = crash.find(word).filter(|unit| follows_call(unit, word)) {
                if unit.codes.iter().any(|(code, _)| !code.is_null() && codes.contains(&(*code as u64))) {
                    return Some(Caller { unit, address: word - 1, unseen: first.map(|(unit, _)| unit) });
                }
                first = first.or(Some((unit, word - 1)));
            }
            if word != 0
                && word == crash.restorer.get()
                && let Some((instruction, stack)) = interrupted(from + 8 * index as u64)
            {
                if let Some(unit) = crash.find(instruction) {
                    return Some(Caller { unit, address: instruction, unseen: None });
                }
                next = stack & !7;
                break;
            }
        }
        from = next;
    }
    first.map(|(unit, address)| Caller { unit, address, unseen: None })
}

/// Instruction and stack pointer of what a signal interrupted whose frame, which begins with the return address of the handler, is there.
#[cfg(target_arch = "x86_64")]
fn interrupted(frame: u64) -> Option<(u64, u64)> {
    let registers = size_of::<u64>() + std::mem::offset_of!(libc::ucontext_t, uc_mcontext);
    let mut words = [0; libc::REG_RIP as usize + 1];
    read(frame + registers as u64, &mut words).then(|| (words[libc::REG_RIP as usize], words[libc::REG_RSP as usize]))
}

/// As above, where it is not known how to read it.
#[cfg(not(target_arch = "x86_64"))]
fn interrupted(_: u64) -> Option<(u64, u64)> {
    None
}

/// True if the instruction before an address in a unit's code is a call, directly or by a register.
fn follows_call(unit: &Described, address: u64) -> bool {
    let byte_before = |distance: u64| {
        // SAFETY: the byte lies in the unit's code, which is mapped as long as it is in the list.
        (address - unit.base >= distance).then(|| unsafe { ((address - distance) as *const u8).read() })
    };
    byte_before(5) == Some(0xe8) || byte_before(2) == Some(0xff) && byte_before(1).is_some_and(|modrm| modrm & 0xf8 == 0xd0)
}
