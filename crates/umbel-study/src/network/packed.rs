//! Streets, timetables and how they are joined as bytes: how prepared networks are kept.

use umbel_access::door::{Links, Points};
use umbel_access::raptor::{Discount, Fare, FareRule, Fares};
use umbel_access::streets::{Passage, Segment, Snap, StreetInput};
use umbel_access::timetable::{
    Entrance, Frequency, Gate, Route, StationWay, StopEvent, TimetableInput, Transfer, Trip, Wheelchair,
};
use umbel_core::{Code, Finding, Location, Severity};
use umbel_network::gtfs::{Compiled, Named, StayOnBoard};

/// What is written as bytes, in little-endian order, and read again.
pub trait Packed: Sized {
    /// Adds it to the bytes.
    fn put(&self, to: &mut Vec<u8>);
    /// Takes it from the front of the bytes; `None` when they are not what was written.
    fn take(from: &mut &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Packed for $number {
            #[inline]
            fn put(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn take(from: &mut &[u8]) -> Option<$number> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(<$number>::from_le_bytes(*bytes))
            }
        }
    )* };
}

numbers!(u8, u16, u32, u128, i32, i64, f32, f64);

/// A struct as its fields, one after the other.
macro_rules! structs {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl Packed for $name {
            #[inline]
            fn put(&self, to: &mut Vec<u8>) {
                let $name { $($field),* } = self;
                $($field.put(to);)*
            }
            #[inline]
            fn take(from: &mut &[u8]) -> Option<$name> {
                // In the order in which they stand here.
                $(let $field = Packed::take(from)?;)*
                Some($name { $($field),* })
            }
        }
    )* };
}

structs! {
    Passage { walk, bike_speed, car_speed, car_delay }
    Segment { from, to, length, forward, backward, source, class }
    StreetInput { longitude, latitude, junction, segments, shape_start, shape, classes, apart }
    Entrance { longitude, latitude, wheelchair }
    Route { vehicle, fare }
    StopEvent { stop, arrival, departure, board, alight }
    Frequency { start, end, headway, exact }
    Trip { route, first, count, wheelchair, first_frequency, frequency_count, source }
    Transfer { from, to, seconds, step_free }
    Gate { longitude, latitude }
    StationWay { gate, stop, outward, seconds, step_free }
    TimetableInput { stops, routes, trips, events, frequencies, transfers, gates, station_ways }
    Named { feed, row, id, name }
    Fare { price, transfers, duration }
    Discount { from, to, price }
    FareRule { ticket, group, origin, destination, through }
    Fares { tickets, groups, discounts, rules, zones, passed }
    StayOnBoard { from, to }
    Snap { segment, fraction, distance, longitude, latitude }
    Points { snaps, distances }
    Links { stops, walks }
}

impl Packed for Compiled {
    fn put(&self, to: &mut Vec<u8>) {
        let Compiled { input, stops, routes, trips, fares, currencies, stays, running } = self;
        input.put(to);
        stops.put(to);
        routes.put(to);
        trips.put(to);
        fares.put(to);
        currencies.put(to);
        stays.put(to);
        (*running as u32).put(to);
    }
    fn take(from: &mut &[u8]) -> Option<Compiled> {
        let input = Packed::take(from)?;
        let (stops, routes, trips) = (Packed::take(from)?, Packed::take(from)?, Packed::take(from)?);
        let (fares, currencies, stays) = (Packed::take(from)?, Packed::take(from)?, Packed::take(from)?);
        let running = u32::take(from)? as usize;
        Some(Compiled { input, stops, routes, trips, fares, currencies, stays, running })
    }
}

impl Packed for bool {
    #[inline]
    fn put(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
    #[inline]
    fn take(from: &mut &[u8]) -> Option<bool> {
        match u8::take(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Packed for Finding {
    fn put(&self, to: &mut Vec<u8>) {
        let Finding { code, severity, location: Location { file, line, column }, message, fix } = self;
        code.id.to_owned().put(to);
        (*severity as u8).put(to);
        file.to_string().put(to);
        line.put(to);
        column.put(to);
        message.put(to);
        fix.put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Finding> {
        let code = Code::find(&String::take(from)?)?;
        let severity = match u8::take(from)? {
            at if at == Severity::Error as u8 => Severity::Error,
            at if at == Severity::Warning as u8 => Severity::Warning,
            at if at == Severity::Note as u8 => Severity::Note,
            _ => return None,
        };
        let location = Location::new(String::take(from)?, u32::take(from)?, u32::take(from)?);
        Some(Finding { code, severity, location, message: String::take(from)?, fix: String::take(from)? })
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
        self.1.put(to);
    }

    fn take(from: &mut &[u8]) -> Option<(A, B)> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl Packed for Wheelchair {
    fn put(&self, to: &mut Vec<u8>) {
        to.push(match self {
            Wheelchair::Unknown => 0,
            Wheelchair::Yes => 1,
            Wheelchair::No => 2,
        });
    }
    fn take(from: &mut &[u8]) -> Option<Wheelchair> {
        Some(match u8::take(from)? {
            0 => Wheelchair::Unknown,
            1 => Wheelchair::Yes,
            2 => Wheelchair::No,
            _ => return None,
        })
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.is_some().put(to);
        if let Some(value) = self {
            value.put(to);
        }
    }
    fn take(from: &mut &[u8]) -> Option<Option<T>> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn put(&self, to: &mut Vec<u8>) {
        (self.len() as u32).put(to);
        self.iter().for_each(|value| value.put(to));
    }
    fn take(from: &mut &[u8]) -> Option<Vec<T>> {
        let length = u32::take(from)? as usize;
        // Each takes a byte at least: a length beyond that is damage, and must not be reserved.
        if length > from.len() {
            return None;
        }
        let mut all = Vec::with_capacity(length);
        for _ in 0..length {
            all.push(T::take(from)?);
        }
        Some(all)
    }
}

impl<T: Packed + Copy> Packed for [T; 2] {
    #[inline]
    fn put(&self, to: &mut Vec<u8>) {
        self[0].put(to);
        self[1].put(to);
    }
    #[inline]
    fn take(from: &mut &[u8]) -> Option<[T; 2]> {
        Some([T::take(from)?, T::take(from)?])
    }
}

impl Packed for (u32, u32, u32) {
    #[inline]
    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
        self.1.put(to);
        self.2.put(to);
    }
    #[inline]
    fn take(from: &mut &[u8]) -> Option<(u32, u32, u32)> {
        Some((u32::take(from)?, u32::take(from)?, u32::take(from)?))
    }
}

impl Packed for String {
    fn put(&self, to: &mut Vec<u8>) {
        (self.len() as u32).put(to);
        to.extend_from_slice(self.as_bytes());
    }
    fn take(from: &mut &[u8]) -> Option<String> {
        let length = u32::take(from)? as usize;
        let (bytes, rest) = from.split_at_checked(length)?;
        *from = rest;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

impl Packed for Box<str> {
    fn put(&self, to: &mut Vec<u8>) {
        (self.len() as u32).put(to);
        to.extend_from_slice(self.as_bytes());
    }
    fn take(from: &mut &[u8]) -> Option<Box<str>> {
        String::take(from).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn some_streets() -> StreetInput {
        let open = Passage { walk: true, bike_speed: 15.0, car_speed: 50.0, car_delay: 2.5 };
        let segment =
            Segment { from: 0, to: 1, length: 120.5, forward: open, backward: Passage::CLOSED, source: -7, class: 1 };
        StreetInput {
            longitude: vec![8.0, 8.001],
            latitude: vec![50.0, 50.001],
            junction: vec![11, -12],
            segments: vec![segment],
            shape_start: vec![0, 1],
            shape: vec![[8.0005, 50.0002]],
            classes: vec!["path".to_owned(), "Straße".to_owned()],
            apart: vec![0],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut bytes = Vec::new();
        some_streets().put(&mut bytes);
        let mut from = bytes.as_slice();
        assert_eq!(StreetInput::take(&mut from), Some(some_streets()));
        assert!(from.is_empty());
        for length in 0..bytes.len() {
            assert_eq!(StreetInput::take(&mut &bytes[..length]), None, "cut at {length}");
        }
    }

    proptest! {
        #[test]
        fn damage_is_no_panic(noise in prop::collection::vec(any::<u8>(), 0..400)) {
            // Whatever comes out, nothing is reserved beyond what is there.
            let _ = Compiled::take(&mut noise.as_slice());
            let _ = StreetInput::take(&mut noise.as_slice());
            let _ = Links::take(&mut noise.as_slice());
        }

        #[test]
        fn links_are_read_again(walks in prop::collection::vec(any::<(u32, u32, u32)>(), 0..20), distance in 0.0..9.0) {
            let snap = Snap { segment: 7, fraction: 0.25, distance, longitude: 8.0, latitude: 50.0 };
            let stops = Points { snaps: vec![Some(snap), None], distances: vec![Some(distance), None] };
            let links = Links { stops, walks };
            let mut bytes = Vec::new();
            links.put(&mut bytes);
            prop_assert_eq!(Links::take(&mut bytes.as_slice()), Some(links));
        }

        #[test]
        fn timetables_are_read_again(times in prop::collection::vec((any::<u32>(), any::<i32>(), any::<bool>()), 0..20)) {
            let mut compiled = Compiled::default();
            for (at, &(stop, time, board)) in times.iter().enumerate() {
                compiled.input.events.push(StopEvent { stop, arrival: time, departure: time, board, alight: !board });
                let named = Named { feed: 1, row: at as u32, id: format!("s{at}").into(), name: "北京".into() };
                compiled.stops.push(named);
                compiled.input.transfers.push(Transfer { from: stop, to: 1, seconds: board.then_some(60), step_free: None });
                compiled.fares.tickets.push(Fare { price: board.then_some(150), transfers: Some(2), duration: None });
                compiled.fares.groups.push(vec![at as u32]);
                compiled.fares.rules.push(FareRule { origin: Some(stop), through: 5, ..FareRule::default() });
                compiled.fares.zones.push(board.then_some(stop));
                compiled.currencies.push("CNY".into());
            }
            compiled.running = times.len();
            let mut bytes = Vec::new();
            compiled.put(&mut bytes);
            prop_assert_eq!(Compiled::take(&mut bytes.as_slice()), Some(compiled));
        }
    }
}
