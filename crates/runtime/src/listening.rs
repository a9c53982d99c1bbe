//! Code that runs seldom is not listened to.
//!
//! An event costs the interpreter some 0.2 µs (`sqlalchemy_declarative` of pyperformance ran 30 % longer with nothing but our callbacks). What
//! is called a thousand times a second costs as much to count as compiling it could ever save. So code is counted for some events at a
//! time; if these took long, its events are switched off until it is met again ([`crate::sampling`]), and has run for twice as long by then.

use crate::extra::CodeExtra;
use crate::session::Session;
use crate::unit::Site;
use std::time::Instant;
use whipsnake_strategy::{UnitKind, WINDOW};

impl Session {
    /// True if a site that was just counted is reached so seldom that its events are to be switched off.
    pub(crate) fn is_seldom(&self, extra: &CodeExtra, site: &Site) -> bool {
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
        site.was_slow.replace(true) && self.pause(extra, site)
    }

    /// Lets a site be counted anew when its code is met again. False if its events must stay on, since nobody looks.
    pub(crate) fn pause(&self, extra: &CodeExtra, site: &Site) -> bool {
        if !self.sampling.is_on() {
            return false;
        }
        extra.paused.set(true);
        extra.heard_in_vain.set(extra.met.get());
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
}
