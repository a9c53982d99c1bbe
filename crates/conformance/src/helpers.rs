//! The functions that machine code calls. They find the world through their thread.

use std::cell::RefCell;
use std::rc::Rc;
use whipsnake_contract::for_each_helper;
use whipsnake_contract::helpers::Helper;

/// What the exit functions return; the unit must return it too.
pub const EXIT_RESULT: u64 = 0xe817_0000_0000_e817;

/// What a running unit finds around it.
pub trait Host {
    /// What the unit got as thread state.
    fn thread_state(&self) -> u64;
    /// The unit's record.
    fn unit(&self) -> u64;
    /// Calls a helper.
    fn helper(&self, helper: Helper, args: &[u64]) -> u64;
    /// Calls a unit with thread state, function and arguments.
    fn native(&self, arguments: [u64; 3]) -> u64;
    /// Destroys an object at an observation point; true if the unit must leave.
    fn observe(&self, exit: u32, words: Vec<u64>, object: u64) -> bool;
}

/// The unit that runs on this thread.
pub struct Running {
    /// What is around it.
    pub host: Rc<dyn Host>,
    /// Words of each exit.
    pub exit_words: Vec<u32>,
    /// The exit that was taken.
    pub exit: RefCell<Option<(u32, Vec<u64>)>>,
}

thread_local! {
    static RUNNING: RefCell<Vec<Rc<Running>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` while `running` is this thread's unit.
pub fn while_running<T>(running: &Rc<Running>, f: impl FnOnce() -> T) -> T {
    RUNNING.with_borrow_mut(|stack| stack.push(running.clone()));
    let result = f();
    RUNNING.with_borrow_mut(|stack| stack.pop());
    result
}

fn running() -> Rc<Running> {
    RUNNING.with_borrow(|stack| stack.last().expect("machine code only runs inside `while_running`").clone())
}

impl Running {
    fn words(&self, exit: u64, buffer: u64) -> Vec<u64> {
        let count = self.exit_words[exit as usize] as usize;
        // SAFETY: the exit protocol: the buffer has as many words as the exit's table entry says.
        (0..count).map(|i| unsafe { (buffer as *const u64).add(i).read() }).collect()
    }

    fn check(&self, thread_state: u64, unit: u64) {
        assert_eq!((thread_state, unit), (self.host.thread_state(), self.host.unit()), "thread state and unit record");
    }
}

/// Destroys what the C calling convention lets a callee destroy.
fn clobber_registers() {
    // SAFETY: every register written is declared as an output.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "pcmpeqd xmm0, xmm0",
            "pcmpeqd xmm1, xmm1",
            "pcmpeqd xmm2, xmm2",
            "pcmpeqd xmm3, xmm3",
            "pcmpeqd xmm4, xmm4",
            "pcmpeqd xmm5, xmm5",
            "pcmpeqd xmm6, xmm6",
            "pcmpeqd xmm7, xmm7",
            "pcmpeqd xmm8, xmm8",
            "pcmpeqd xmm9, xmm9",
            "pcmpeqd xmm10, xmm10",
            "pcmpeqd xmm11, xmm11",
            "pcmpeqd xmm12, xmm12",
            "pcmpeqd xmm13, xmm13",
            "pcmpeqd xmm14, xmm14",
            "pcmpeqd xmm15, xmm15",
            "mov rax, -1",
            "mov rcx, -1",
            "mov rdx, -1",
            "mov rsi, -1",
            "mov rdi, -1",
            "mov r8, -1",
            "mov r9, -1",
            "mov r10, -1",
            "mov r11, -1",
            clobber_abi("C"),
        );
    }
}

/// A helper's call as words.
fn call(helper: Helper, args: &[u64]) -> u64 {
    let running = running();
    let result = match (helper, args) {
        (Helper::observe, &[thread_state, unit, exit, buffer, object]) => {
            running.check(thread_state, unit);
            let words = running.words(exit, buffer);
            u64::from(running.host.observe(exit as u32, words, object))
        }
        // Nothing is destroyed but leaves, which the trampoline knows, and what is observed.
        (Helper::destroy_unseen, _) => 0,
        _ => running.host.helper(helper, args),
    };
    clobber_registers();
    result
}

/// A unit that is called by native code.
extern "C" fn native(thread_state: u64, function: u64, args: u64) -> u64 {
    let result = running().host.native([thread_state, function, args]);
    clobber_registers();
    result
}

extern "C" fn exit(thread_state: u64, unit: u64, exit: u64, buffer: u64) -> u64 {
    let running = running();
    running.check(thread_state, unit);
    let words = running.words(exit, buffer);
    let earlier = running.exit.borrow_mut().replace((exit as u32, words));
    assert_eq!(earlier, None, "a unit leaves once");
    EXIT_RESULT
}

/// Address of the exit functions.
pub fn exit_address() -> u64 {
    exit as *const () as u64
}

/// Entry point of a unit that native code may call.
pub fn native_address() -> u64 {
    native as *const () as u64
}

/// A value as it is passed to or returned by C functions.
trait Word {
    fn word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

impl Word for u64 {
    fn word(self) -> u64 {
        self
    }

    fn from_word(word: u64) -> u64 {
        word
    }
}

impl Word for f64 {
    fn word(self) -> u64 {
        self.to_bits()
    }

    fn from_word(word: u64) -> f64 {
        f64::from_bits(word)
    }
}

impl Word for () {
    fn word(self) -> u64 {
        0
    }

    fn from_word(_: u64) {}
}

macro_rules! c_type {
    (F64) => {
        f64
    };
    (()) => {
        ()
    };
    ($other:ident) => {
        u64
    };
}

macro_rules! define {
    ($($name:ident ($($arg:ident: $kind:ident),*) -> $result:tt, $effect:ident, $doc:literal;)+) => {
        /// Address of a helper.
        pub fn helper_address(helper: Helper) -> u64 {
            match helper { $(Helper::$name => {
                extern "C" fn helper($($arg: c_type!($kind)),*) -> c_type!($result) {
                    Word::from_word(call(Helper::$name, &[$($arg.word()),*]))
                }
                helper as *const () as u64
            })+ }
        }
    };
}

for_each_helper!(define);
