//! Boarding services by frequency.

use super::Frequencies;
use super::labels::NEVER;
use crate::timetable::{Service, Timetable};
use std::sync::Arc;
use umbel_core::random::Stream;

/// When a service may be boarded: every "start" (the second its vehicle leaves the first stop) between two, or one a
/// headway.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// First start.
    first: i32,
    /// Last start.
    last: i32,
    /// Seconds between starts; 1 where one waits half a headway instead.
    every: i32,
    /// Wait before boarding.
    pub(super) before: i32,
    /// Time after getting off (in a reversed timetable the wait comes then).
    pub(super) after: i32,
}

impl Rule {
    /// The rule of a service, in a timetable or a reversed one.
    fn new(service: &Service, frequencies: Frequencies, phase: i32, mirror: Option<i32>) -> Rule {
        let (half, every) = match frequencies {
            Frequencies::HalfHeadway => (service.headway / 2, 1),
            Frequencies::Drawn { .. } => (0, service.headway),
        };
        let first = service.start + half + phase;
        // Who is ready while a service still runs waits half a headway like all before.
        let last = match service.end - 1 + half - first {
            span if span < 0 => first - 1,
            span => first + span / every * every,
        };
        match mirror {
            None => Rule { first, last, every, before: half, after: 0 },
            Some(second) => Rule { first: second - last, last: second - first, every, before: 0, after: half },
        }
    }

    /// The first start that one can board who is ready `time` seconds after midnight at a stop that the vehicle leaves
    /// `offset` seconds after its start; [`NEVER`] if there is none.
    #[inline]
    pub(super) fn start(&self, time: i32, offset: i32) -> i32 {
        let wish = time.saturating_add(self.before) - offset;
        let start = match wish - self.first {
            late if late <= 0 => self.first,
            late => self.first + (late + self.every - 1) / self.every * self.every,
        };
        if start <= self.last { start } else { NEVER }
    }
}

/// The rules of all patterns that run by frequency.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Per pattern; `None` for those that run at stated times.
    pub(super) of: Vec<Option<Rule>>,
    /// What they were made for.
    made: Option<(Arc<()>, Frequencies)>,
}

impl Rules {
    /// Makes the rules for a query, unless they are there. Linear in the patterns, and in the draws for each service.
    pub(super) fn prepare(&mut self, timetable: &Timetable, frequencies: Frequencies) {
        let made = self.made.as_ref();
        if made.is_some_and(|(of, how)| Arc::ptr_eq(of, &timetable.identity) && *how == frequencies) {
            return;
        }
        self.made = Some((timetable.identity.clone(), frequencies));
        self.of.clear();
        self.of.extend(timetable.patterns.iter().map(|pattern| {
            let service = pattern.service.as_ref()?;
            let phase = match frequencies {
                Frequencies::HalfHeadway => 0,
                Frequencies::Drawn { seed, draw, of } => {
                    let source = timetable.trips.at(pattern.first_trip as usize).source;
                    phase(seed, u64::from(source) << 32 | u64::from(service.ordinal), draw, of, service.headway as u64)
                }
            };
            Some(Rule::new(service, frequencies, phase as i32, timetable.mirror))
        }));
    }
}

/// The phase of a service in a draw: a point of one of `of` equal parts of the headway, each part in one draw.
///
/// Source: McKay, Beckman, Conover, Technometrics 21, 1979 (Latin hypercube sampling).
fn phase(seed: u64, service: u64, draw: u32, of: u32, headway: u64) -> u64 {
    let mut stream = Stream::new(seed, service);
    // The part of this draw in a random order of all: the first `draw` swaps of a shuffle settle it.
    let mut order: Vec<u32> = (0..of).collect();
    stream.shuffle(&mut order);
    let part = u64::from(order.get(draw as usize).copied().unwrap_or(0));
    let of = u64::from(of.max(1));
    let (from, to) = (part * headway / of, (part + 1) * headway / of);
    let mut place = stream.clone();
    (0..draw).for_each(|_| {
        place.bits();
    });
    from + place.below(to - from)
}
