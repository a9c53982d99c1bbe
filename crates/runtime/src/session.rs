//! The session: everything the JIT of this process knows, from the first `enable()` on.
//!
//! Callbacks of the interpreter carry no pointer of ours, so one static slot holds the session's address. It is set
//! once and the session is never freed: the interpreter may call back until the very end.
//! All of it is used with the GIL held; nothing here is borrowed while Python code can run.

use crate::attribute_cache::AttributeCache;
use crate::crash::CrashInfo;
use crate::destroy_type::DestructionCache;
use crate::hooked::Hooked;
use crate::instance_checks::InstanceChecks;
use crate::instance_pool::InstancePool;
use crate::laps::Laps;
use crate::capture::Pending;
use crate::extra::CodeExtra;
use crate::frame_log::FrameLog;
use crate::graves::{Burial, Graves};
use crate::native_stack::LastLimit;
use crate::notice::Said;
use crate::marked::MarkedAddresses;
use crate::memory::CodeMemory;
use crate::reserve::Reserve;
use crate::declined::Declined;
use crate::sampling::Sampling;
use crate::selfcheck::SelfCheck;
use crate::site_cache::SiteCache;
use crate::stand_ins::StandIns;
use crate::stats::Totals;
use crate::trial::Trials;
use crate::type_versions::TypeVersions;
use crate::unit::{Site, SiteKey};
use crate::watch::Watch;
use crate::worker::Worker;
use std::cell::{Cell, RefCell};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, AtomicPtr, Ordering};
use std::sync::Arc;
use whipsnake_backend::{Backend, CpuFeatures, Trampoline};
use whipsnake_contract::faults::Faults;
use whipsnake_contract::options::Options;
use whipsnake_contract::selection::FunctionKey;
use whipsnake_contract::snapshot::Platform;
use whipsnake_cpython::ffi::{PyInterpreterState, PyObject, iternextfunc, vectorcallfunc};
use whipsnake_cpython::symbols::PyInterpreterState_Main;
use whipsnake_strategy::Strategy;

/// Back edges after which the self-check's loop is compiled.
const SELF_CHECK_THRESHOLD: u64 = 20;

static SESSION: AtomicPtr<Session> = AtomicPtr::new(std::ptr::null_mut());

/// The session, once there is one.
#[inline]
pub fn session() -> Option<&'static Session> {
    // SAFETY: the slot holds NULL or a leaked box.
    unsafe { SESSION.load(Ordering::Acquire).as_ref() }
}

/// Publishes the session of the process.
///
/// # Panics
/// If there is one already.
pub(crate) fn publish(session: Box<Session>) -> &'static Session {
    let session = Box::leak(session);
    let before = SESSION.swap(session, Ordering::AcqRel);
    assert!(before.is_null(), "there is one session per process");
    session
}

/// See the module's documentation.
pub struct Session {
    /// Options; those that were given to the first `enable()` stay.
    pub options: Options,
    /// What fails, in tests.
    pub faults: Arc<Faults>,
    /// Memory put by.
    pub(crate) reserve: Reserve,
    /// What was said on standard error.
    pub(crate) said: Said,
    /// Facts of the interpreter.
    pub platform: RefCell<Platform>,
    /// What the processor can do.
    pub features: CpuFeatures,
    /// What decides.
    pub strategy: Box<dyn Strategy>,
    /// What generates code.
    pub backend: RefCell<Arc<dyn Backend>>,
    /// Where frames are logged, if they are.
    pub(crate) frame_log: Option<FrameLog>,
    /// How far the native stack goes, for machine code.
    pub(crate) last_limit: LastLimit,
    /// Our functions of `sys.monitoring`.
    pub(crate) stand_ins: StandIns,
    /// How code to listen to is found.
    pub(crate) sampling: Sampling,
    /// What is kept for code objects, by their addresses. Boxes, which [`crate::extra::code_dies`] takes back.
    pub(crate) codes: RefCell<FxHashMap<usize, NonNull<CodeExtra>>>,
    /// The vectorcall of functions that nobody has replaced.
    pub original: vectorcallfunc,
    /// The `tp_iternext` of generators that nobody has replaced.
    pub original_next: iternextfunc,
    /// The interpreter that native code runs in: `tp_iternext` is called in others, too.
    pub interpreter: *mut PyInterpreterState,
    /// `sys.monitoring.DISABLE`; never freed.
    pub disable_event: *mut PyObject,
    /// What [`crate::lost::lost_iterator`] gave; never freed.
    pub lost_iterator: *mut PyObject,
    /// An empty cell, which stands for one that could not be built because memory was short; never freed.
    pub lost_cell: *mut PyObject,
    /// What [`crate::plain_tuples::stay_unknown`] said.
    pub(crate) plain_tuples_stay_unknown: bool,
    /// Address of the function that destroys instances of classes made in Python.
    pub python_dealloc: usize,
    /// Address of the function that destroys named tuples of C modules (`PyStructSequence`), 0 if it is not known.
    pub record_dealloc: usize,
    /// Sites of functions that were called.
    pub entry_cache: SiteCache,
    /// Sites of generators that went on.
    pub resume_cache: SiteCache,
    /// How attributes are found.
    pub(crate) attributes: AttributeCache,
    /// What is an instance of what.
    pub(crate) instance_checks: InstanceChecks,
    /// What is known of how types destroy their instances.
    pub destructions: DestructionCache,
    /// Memory of dead instances.
    pub(crate) instances: InstancePool,
    /// Native code may be entered.
    pub enabled: Cell<bool>,
    /// The interpreter is shutting down: nothing is freed any more.
    pub ended: Cell<bool>,
    /// Native activations on all threads.
    pub active: Cell<u64>,
    /// Code memory.
    pub memory: RefCell<CodeMemory>,
    /// Addresses of placed trampolines.
    pub trampolines: RefCell<HashMap<Trampoline, u64>>,
    /// Registered assumptions.
    pub watch: RefCell<Watch>,
    /// Events that may have broken an assumption on a function, counted.
    pub function_changes: Cell<u64>,
    /// Code objects of which functions were compiled.
    pub(crate) compiled_codes: MarkedAddresses,
    /// Functions whose vectorcall is ours, with the version they had.
    pub hooked: Hooked,
    /// Functions that were given their own vectorcall back while another tool wants events.
    pub resting: RefCell<HashSet<usize>>,
    /// Events until it is looked whether resting functions can be hooked again.
    pub until_awake: Cell<u32>,
    /// Events until it is looked whether our events can be switched on again in code that another tool watched; 0 if they are on.
    pub until_hearing: Cell<u32>,
    /// Live sites by number.
    pub sites: RefCell<BTreeMap<u64, NonNull<Site>>>,
    /// What compilations under way keep alive.
    pub(crate) pending: Pending,
    /// What is freed once no native code runs.
    pub graves: RefCell<Graves>,
    /// When the graves are emptied.
    pub(crate) burial: Burial,
    /// Comparisons with the interpreter.
    pub trials: Trials,
    /// The compiling thread.
    pub worker: Worker,
    /// Counters of the whole process.
    pub totals: Totals,
    /// Countdown of forced exits.
    pub exit_counter: AtomicI64,
    /// `(dictionary, key)` pairs that changed while something was assumed of them; the compiler is not told their value again.
    pub volatile: RefCell<HashMap<(usize, String), u32>>,
    /// How often types changed that units relied on, or were being compiled to. An address may have been that of another type.
    pub volatile_types: RefCell<FxHashMap<usize, u32>>,
    /// Versions that no type has any more.
    pub(crate) type_versions: TypeVersions,
    /// Comparisons of the program as a whole with the interpreter.
    pub(crate) laps: Laps,
    /// How often guards met instances of a type without inline values. An address may have been that of another type.
    pub lost_values: RefCell<FxHashMap<usize, u32>>,
    /// Compiler inputs that were saved.
    pub saved: Cell<u64>,
    /// Functions that were written to the list of compiled ones.
    pub(crate) listed: RefCell<BTreeSet<FunctionKey>>,
    /// Methods of operators that have declined.
    pub(crate) declined: Declined,
    /// What is told of a crash.
    pub(crate) crash: CrashInfo,
    /// The check before the first compilation.
    pub self_check: SelfCheck,
    next_site: Cell<u64>,
}

// SAFETY: apart from what is Sync by itself, the fields are used with the GIL held only.
unsafe impl Sync for Session {}
// SAFETY: as above.
unsafe impl Send for Session {}

/// What a session is made of.
pub(crate) struct Parts {
    pub(crate) options: Options,
    pub(crate) faults: Arc<Faults>,
    pub(crate) platform: Platform,
    pub(crate) strategy: Box<dyn Strategy>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) original: vectorcallfunc,
    pub(crate) original_next: iternextfunc,
    pub(crate) disable_event: *mut PyObject,
    pub(crate) lost_iterator: *mut PyObject,
    pub(crate) lost_cell: *mut PyObject,
    pub(crate) python_dealloc: usize,
    pub(crate) watch: Watch,
    pub(crate) frame_log: Option<FrameLog>,
}

impl Session {
    pub(crate) fn new(parts: Parts) -> Session {
        let exit_every = i64::try_from(parts.options.exit_every).unwrap_or(i64::MAX);
        Session {
            memory: RefCell::new(CodeMemory::new(parts.options.code_cap, parts.faults.clone())),
            options: parts.options,
            platform: RefCell::new(parts.platform),
            features: CpuFeatures::detect(),
            strategy: parts.strategy,
            backend: RefCell::new(parts.backend),
            frame_log: parts.frame_log,
            last_limit: LastLimit::default(),
            declined: Declined::default(),
            stand_ins: StandIns::default(),
            sampling: Sampling::default(),
            codes: RefCell::default(),
            original: parts.original,
            original_next: parts.original_next,
            // SAFETY: there is a main interpreter as long as there are others.
            interpreter: unsafe { PyInterpreterState_Main() },
            disable_event: parts.disable_event,
            lost_iterator: parts.lost_iterator,
            lost_cell: parts.lost_cell,
            // SAFETY: sessions are made with the GIL held.
            plain_tuples_stay_unknown: unsafe { crate::plain_tuples::stay_unknown() },
            python_dealloc: parts.python_dealloc,
            // SAFETY: sessions are made with the GIL held.
            record_dealloc: unsafe { crate::destroy_type::record_dealloc() },
            compiled_codes: MarkedAddresses::default(),
            entry_cache: SiteCache::default(),
            resume_cache: SiteCache::default(),
            attributes: AttributeCache::default(),
            instance_checks: InstanceChecks::default(),
            destructions: DestructionCache::default(),
            instances: InstancePool::default(),
            enabled: Cell::new(false),
            ended: Cell::new(false),
            active: Cell::new(0),
            trampolines: RefCell::default(),
            watch: RefCell::new(parts.watch),
            function_changes: Cell::new(0),
            hooked: Hooked::default(),
            resting: RefCell::default(),
            until_awake: Cell::new(0),
            until_hearing: Cell::new(0),
            sites: RefCell::default(),
            pending: Pending::default(),
            graves: RefCell::default(),
            burial: Burial::default(),
            trials: Trials::default(),
            worker: Worker::new(parts.faults.clone()),
            faults: parts.faults,
            said: Said::default(),
            reserve: Reserve::default(),
            totals: Totals::default(),
            exit_counter: AtomicI64::new(exit_every),
            volatile: RefCell::default(),
            volatile_types: RefCell::default(),
            laps: Laps::default(),
            lost_values: RefCell::default(),
            type_versions: TypeVersions::default(),
            saved: Cell::new(0),
            listed: RefCell::default(),
            crash: CrashInfo::default(),
            self_check: SelfCheck::default(),
            next_site: Cell::new(1),
        }
    }

    /// A cold site.
    pub fn new_site(&self, key: SiteKey, name: String) -> Site {
        let id = self.next_site.get();
        self.next_site.set(id + 1);
        let entry = crate::entry::interpret as *const () as u64;
        let hidden = self.self_check.is_running();
        let threshold = if hidden { SELF_CHECK_THRESHOLD } else { self.strategy.threshold(key.place.kind()) };
        Site::new(key, name, id, threshold, entry, hidden)
    }

    /// Adds a site that has found its place.
    pub fn register(&self, site: NonNull<Site>) {
        // SAFETY: the site lives until `retire` takes it out of the table.
        let id = unsafe { site.as_ref() }.id;
        self.sites.borrow_mut().insert(id, site);
    }

    /// The live site of that number.
    pub fn site(&self, id: u64) -> Option<&Site> {
        // SAFETY: sites in the table are alive.
        self.sites.borrow().get(&id).map(|site| unsafe { site.as_ref() })
    }

    /// Takes over the sites of a code object that dies.
    pub fn retire(&self, extra: CodeExtra) {
        let mut sites = extra.into_sites().peekable();
        if sites.peek().is_some() {
            self.entry_cache.clear();
            self.resume_cache.clear();
        }
        for site in sites {
            self.sites.borrow_mut().remove(&site.id);
            self.drop_unit(&site);
            self.totals.absorb(&site);
            self.graves.borrow_mut().sites.push(site);
            self.something_died();
        }
    }
}
