//! Code that runs seldom is not listened to.
//!
//! An event costs the interpreter some 0.2 µs (`sqlalchemy_declarative` of pyperformance ran 30 % longer with nothing but our callbacks). What
//! is called a thousand times a second costs as much to count as compiling it could ever save. So code is counted for some events at a
//! time; if these took long, its events are switched off until all events are switched on again, at growing intervals.

use crate::extra::CodeExtra;
use crate::session::Session;
use crate::unit::Site;
use std::cell::Cell;
use std::time::{Duration, Instant};
use whipsnake_cpython::Thread;
use whipsnake_strategy::{UnitKind, WINDOW};

/// Time until events that were switched off are switched on again, at first and at most; it doubles.
const FIRST_INTERVAL: Duration = Duration::from_millis(500);
const LAST_INTERVAL: Duration = Duration::from_secs(64);

/// Time after which a call that did not come is planned again: the thread that makes it may have been lost with a fork, and the
/// interpreter's queue of calls may have been full.
const LATE: Duration = Duration::from_secs(1);

/// When to listen to all code again.
#[derive(Debug)]
pub struct Listening {
    interval: Cell<Duration>,
    due: Cell<Option<Instant>>,
}

impl Default for Listening {
    fn default() -> Listening {
        Listening { interval: Cell::new(FIRST_INTERVAL), due: Cell::new(None) }
    }
}

impl Session {
    /// True if a site that was just counted is reached so seldom that its events are to be switched off.
    pub(crate) fn is_seldom(&self, thread: Thread, extra: &CodeExtra, site: &Site) -> bool {
        let count = site.count.get();
        if !count.is_multiple_of(WINDOW) {
            if site.window.get().is_none() {
                site.window.set(Some(Instant::now()));
            }
            return false;
        }
        let now = Instant::now();
        let Some(begin) = site.window.replace(Some(now)) else { return false };
        // The turns of a loop that is being counted are compared with the calls of its function.
        let needed = site.kind == UnitKind::Function && extra.counts_loops();
        if needed || site.compiling.get() || !self.strategy.is_seldom(site.length, now - begin, self.totals.load()) {
            site.was_slow.set(false);
            return false;
        }
        // Another process may have had the processor: one slow window says nothing.
        site.was_slow.replace(true) && self.pause(thread, extra, site)
    }

    /// Lets a site be counted anew when all events are switched on again. False if its events must stay on, since nobody would do that.
    pub(crate) fn pause(&self, thread: Thread, extra: &CodeExtra, site: &Site) -> bool {
        if !self.listens_later(thread) {
            return false;
        }
        site.window.set(None);
        site.was_slow.set(false);
        // What is hot gets there without a pause.
        let function = extra.function(site.globals, site.builtins);
        // SAFETY: sites live as long as the code object.
        for counted in [Some(site), function.map(|function| unsafe { function.as_ref() })].into_iter().flatten() {
            counted.count.set(0);
            if counted.next.get() != u64::MAX {
                counted.next.set(self.strategy.threshold(counted.kind));
            }
        }
        true
    }

    /// True if events that are switched off now are switched on again some time.
    pub(crate) fn listens_later(&self, thread: Thread) -> bool {
        let now = Instant::now();
        let is_planned = self.listening.due.get().is_some_and(|due| due + LATE >= now);
        self.strategy.is_patient() && (is_planned || self.plan_to_listen(thread, now))
    }

    /// Has [`Self::listen_again`] called after the next interval. False if nobody can.
    fn plan_to_listen(&self, thread: Thread, now: Instant) -> bool {
        let interval = self.listening.interval.get();
        if !self.worker.wake_at(thread, now + interval) {
            return false;
        }
        self.listening.due.set(Some(now + interval));
        self.listening.interval.set((interval * 2).min(LAST_INTERVAL));
        true
    }

    /// Switches all events on again if it is time.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn listen_again(&self, thread: Thread) {
        let now = Instant::now();
        let Some(due) = self.listening.due.get().filter(|_| self.enabled.get()) else { return };
        if due > now {
            // The alarm may have rung for something else.
            self.worker.wake_at(thread, due);
            return;
        }
        self.listening.due.set(None);
        // SAFETY: as the caller says.
        if !unsafe { self.hear_again() } {
            self.plan_to_listen(thread, now);
        }
    }
}
