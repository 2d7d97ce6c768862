//! What is reached from on board a trip: found once, used by all origins whose people board it.
//!
//! A journey begins with a walk and a first boarding; all that follows depends on the trip and the place where it is
//! boarded alone. So the earliest arrivals at all destinations are found once for each of these, and what an origin reaches
//! at a departure is the least over the trips that can be caught: no search over the timetable is made from an origin.
//!
//! They are found ride by ride. With one ride more than before one comes, from where a trip is boarded, to what is walked
//! to from its later stops, and to all that changes from these lead to with the rides that are left; only the changes worth
//! making are looked at ([`ChangeFinder`]). A block of destinations is found by itself, so that the tables of all trips
//! stay small, and all cores have work.
//!
//! Compare: Witt, Trip-based public transit routing using condensed search trees, ATMOS 2016.

use super::percentile::TOGETHER;
use super::times::{Line, fits};
use crate::raptor::{Access, Boardings, ChangeFinder, RangeQuery};
use crate::timetable::{Timetable, Transfers};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes that may be used for what is reached from trips.
const MOST_BYTES: usize = 256 << 20;

/// Blocks of destinations found before they are put beside the others.
const TILES: usize = 8;

/// Nothing is reached.
const NOTHING: Line<i16> = [i16::MAX; TOGETHER];

/// Arrivals at destinations from on board trips.
#[derive(Debug)]
pub struct Onward {
    /// Per trip, its positions that are kept, and the row of the first. At others it is boarded too late.
    trips: Vec<(Range<u32>, u32)>,
    /// For each trip and position kept, earliest arrivals in seconds from the first departure: all blocks of destinations
    /// beside each other.
    rows: Vec<Line<i16>>,
    blocks: usize,
}

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct Boarded {
    boardings: Boardings,
    /// Per trip, the first position at which it was boarded so far; `NOWHERE` for none.
    first: Vec<u32>,
    trips: Vec<u32>,
    /// Earliest arrivals so far.
    best: Vec<Line<i16>>,
}

/// In [`Boarded::first`]: not boarded.
const NOWHERE: u32 = u32::MAX;

/// A trip as far as it runs within the times looked at.
struct Part {
    pattern: u32,
    trip: u32,
    /// Positions on the pattern: the first and the last.
    first: u32,
    last: u32,
    /// Its first event.
    event: u32,
    /// Positions kept, from the first on.
    kept: u32,
}

/// Trips within the times looked at, and the changes between them. An event is a trip at a position.
struct Parts {
    list: Vec<Part>,
    /// Per event, where the changes made there begin in `changes`; one more than events.
    starts: Vec<u32>,
    /// Events at which one boards.
    changes: Vec<u32>,
    /// Per event, stop and second where one gets off; `None` where one cannot.
    alights: Vec<Option<(u32, i32)>>,
}

/// Walks from stops to destinations.
struct Walks {
    /// Per stop, where its walks begin; one more than stops.
    start: Vec<u32>,
    /// Destination and seconds, by destination.
    list: Vec<(u32, u16)>,
}

impl Onward {
    /// For this many origins from which no stop is farther than `longest` seconds, if that pays and there is memory; `walks`
    /// are (destination, seconds, stop) by destination, `query` makes sense.
    ///
    /// Cost: some nanoseconds for each event, change and ride, and each block of 32 destinations.
    pub fn new(
        (timetable, transfers): (&Timetable, &Transfers),
        query: &RangeQuery,
        (origins, longest): (usize, u32),
        destinations: usize,
        walks: impl Iterator<Item = (u32, u16, u32)> + Clone,
    ) -> Option<Onward> {
        let span = query.last_departure() - query.first_departure;
        if query.max_rides == 0 || timetable.has_frequencies() || !fits(span + query.max_time) {
            return None;
        }
        let blocks = destinations.div_ceil(TOGETHER);
        if usize::from(query.max_rides) * blocks > 2 * origins {
            return None;
        }
        let mut finder = ChangeFinder::new(timetable, transfers, query)?;
        let list = parts(timetable, &finder, query, longest);
        let kept: usize = list.iter().map(|part| part.kept as usize).sum();
        // What is kept, and the two tables of a block while it is made.
        let events = list.last().map_or(0, |part| (part.event + part.last - part.first) as usize + 1);
        if list.len() > 8 * origins || (kept * blocks + 2 * events) * size_of::<Line<i16>>() > MOST_BYTES {
            return None;
        }
        let parts = Parts::new(timetable, &mut finder, list);
        let walks = Walks::new(timetable.stops(), walks);
        let mut trips = vec![(0..0, 0); timetable.trips.len()];
        let mut row = 0;
        for part in &parts.list {
            let number = timetable.patterns[part.pattern as usize].first_trip + part.trip;
            trips[number as usize] = (part.first..part.first + part.kept, row);
            row += part.kept;
        }
        let first = query.first_departure as i32;
        let mut rows = vec![NOTHING; kept * blocks];
        for begin in (0..blocks).step_by(TILES) {
            let tiles = begin..(begin + TILES).min(blocks);
            let tiles: Vec<Vec<Line<i16>>> =
                tiles.into_par_iter().map(|block| parts.block(&walks, block, query.max_rides, first)).collect();
            rows.par_chunks_mut(blocks).enumerate().with_min_len(1024).for_each(|(row, lines)| {
                lines[begin..].iter_mut().zip(&tiles).for_each(|(line, tile)| *line = tile[row]);
            });
        }
        Some(Onward { trips, rows, blocks })
    }

    /// Calls `each` for each departure, from the last to the first, with the earliest arrivals by vehicle, in seconds from
    /// the first departure.
    pub fn run(
        &self,
        timetable: &Timetable,
        query: &RangeQuery,
        access: &[Access],
        boarded: &mut Boarded,
        mut each: impl FnMut(u32, &[Line<i16>]),
    ) {
        let Boarded { boardings, first, trips, best } = boarded;
        boardings.find(timetable, access, query);
        first.resize(self.trips.len(), NOWHERE);
        best.clear();
        best.resize(self.blocks, NOTHING);
        for departure in (0..query.departures).rev() {
            for seed in boardings.of(departure) {
                let pattern = &timetable.patterns[seed.pattern as usize];
                let (number, position) = ((pattern.first_trip + seed.trip) as usize, seed.position - pattern.first);
                let (before, (kept, row)) = (&mut first[number], &self.trips[number]);
                // Who boards it earlier on reaches all that who boards it later does.
                if *before <= position || !kept.contains(&position) {
                    continue;
                }
                if *before == NOWHERE {
                    trips.push(number as u32);
                }
                *before = position;
                let row = (row + position - kept.start) as usize * self.blocks;
                best.iter_mut().zip(&self.rows[row..row + self.blocks]).for_each(|(best, line)| lower(best, line));
            }
            each(departure, best);
        }
        trips.drain(..).for_each(|trip| first[trip as usize] = NOWHERE);
    }
}

#[inline(always)]
fn lower(best: &mut Line<i16>, line: &Line<i16>) {
    for column in 0..TOGETHER {
        best[column] = best[column].min(line[column]);
    }
}

/// Trips within the times looked at, each from where it can be boarded to where it is too late.
fn parts(timetable: &Timetable, finder: &ChangeFinder, query: &RangeQuery, longest: u32) -> Vec<Part> {
    let (slack, after) = finder.slacks();
    let first = query.first_departure as i32 + slack;
    let last = query.last_departure() as i32;
    let mut list = Vec::new();
    let mut event = 0;
    for (number, pattern) in (0..).zip(&timetable.patterns).filter(|&(number, _)| finder.may_ride(number)) {
        for trip in 0..pattern.trips {
            let departure = |trip: u32, index: u32| timetable.departures(pattern, index as usize)[trip as usize];
            let arrivals = timetable.arrivals(pattern, trip);
            let Some(begin) = (0..pattern.count).find(|&index| departure(trip, index) >= first) else { continue };
            let late = |&time: &i32| time + after > last + query.max_time as i32;
            let end = arrivals.iter().position(late).unwrap_or(arrivals.len()) as u32;
            if begin + 1 >= end {
                continue;
            }
            // Somebody comes too late for the trip before, or might.
            let boarded = |&index: &u32| trip == 0 || departure(trip - 1, index) < last + slack + longest as i32;
            let kept = (begin..end - 1).take_while(boarded).count() as u32;
            list.push(Part { pattern: number, trip, first: begin, last: end - 1, event, kept });
            event += end - begin;
        }
    }
    list
}

impl Parts {
    fn new(timetable: &Timetable, finder: &mut ChangeFinder, list: Vec<Part>) -> Parts {
        // Per trip, its part.
        let mut of = vec![None; timetable.trips.len()];
        for part in &list {
            of[(timetable.patterns[part.pattern as usize].first_trip + part.trip) as usize] = Some(part);
        }
        let mut parts = Parts { list: Vec::new(), starts: Vec::new(), changes: Vec::new(), alights: Vec::new() };
        let after = finder.slacks().1;
        for part in &list {
            let pattern = &timetable.patterns[part.pattern as usize];
            let (positions, arrivals) = (timetable.positions(pattern), timetable.arrivals(pattern, part.trip));
            let mut begun = part.first;
            finder.find(part.pattern, part.trip, |index, position, trip| {
                if index < part.first || index > part.last {
                    return;
                }
                while begun <= index {
                    parts.starts.push(parts.changes.len() as u32);
                    begun += 1;
                }
                let number = *timetable.owners.at(position as usize);
                let other = &timetable.patterns[number as usize];
                let position = position - other.first;
                if let Some(other) = of[(other.first_trip + trip) as usize]
                    && (other.first..other.last).contains(&position)
                {
                    parts.changes.push(other.event + position - other.first);
                }
            });
            while begun <= part.last {
                parts.starts.push(parts.changes.len() as u32);
                begun += 1;
            }
            parts.alights.extend((part.first..=part.last).map(|index| {
                let position = positions[index as usize];
                let off = position.alights() && finder.usable(position.stop());
                off.then(|| (position.stop(), arrivals[index as usize] + after))
            }));
        }
        parts.starts.push(parts.changes.len() as u32);
        Parts { list, ..parts }
    }

    /// Earliest arrivals at a block of destinations from the trips and positions kept.
    fn block(&self, walks: &Walks, block: usize, rides: u8, first: i32) -> Vec<Line<i16>> {
        let mut lines = vec![NOTHING; self.alights.len()];
        for part in &self.list {
            let mut best = NOTHING;
            for index in (part.first + 1..=part.last).rev() {
                let event = (part.event + index - part.first) as usize;
                if let Some((stop, arrival)) = self.alights[event] {
                    for &(destination, seconds) in walks.to(stop, block) {
                        let time = arrival - first + i32::from(seconds);
                        let cell = &mut best[destination as usize % TOGETHER];
                        *cell = i32::from(*cell).min(time) as i16;
                    }
                }
                lines[event - 1] = best;
            }
        }
        let mut next = vec![NOTHING; if rides > 1 { lines.len() } else { 0 }];
        for _ in 1..rides {
            for part in &self.list {
                let mut best = NOTHING;
                for event in (part.event as usize + 1..=(part.event + part.last - part.first) as usize).rev() {
                    for &change in &self.changes[self.starts[event] as usize..self.starts[event + 1] as usize] {
                        lower(&mut best, &lines[change as usize]);
                    }
                    lower(&mut best, &lines[event - 1]);
                    next[event - 1] = best;
                }
            }
            std::mem::swap(&mut lines, &mut next);
        }
        let kept = self.list.iter().map(|part| part.event as usize..(part.event + part.kept) as usize);
        kept.flat_map(|range| lines[range].iter().copied()).collect()
    }
}

impl Walks {
    fn new(stops: usize, walks: impl Iterator<Item = (u32, u16, u32)> + Clone) -> Walks {
        let mut start = vec![0; stops + 1];
        walks.clone().for_each(|(_, _, stop)| start[stop as usize + 1] += 1);
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        let mut next = start.clone();
        let mut list = vec![(0, 0); start.last().map_or(0, |&end| end as usize)];
        for (destination, seconds, stop) in walks {
            let at = &mut next[stop as usize];
            list[*at as usize] = (destination, seconds);
            *at += 1;
        }
        Walks { start, list }
    }

    /// The walks from a stop to a block of destinations.
    fn to(&self, stop: u32, block: usize) -> &[(u32, u16)] {
        let walks = &self.list[self.start[stop as usize] as usize..self.start[stop as usize + 1] as usize];
        let before = |end: usize| walks.partition_point(|&(destination, _)| (destination as usize) < end * TOGETHER);
        &walks[before(block)..before(block + 1)]
    }
}
