//! Level of service: how often something leaves, the longest gap, and from when to when.

use crate::Error;
use crate::timetable::{TimetableInput, Trip};
use serde::{Deserialize, Serialize};

/// A time of the day: seconds from midnight, the first included, the last not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Begin.
    pub from: i32,
    /// End.
    pub to: i32,
}

impl Band {
    /// From midnight to midnight.
    pub const DAY: Band = Band { from: 0, to: 86_400 };

    fn seconds(self) -> f64 {
        f64::from(self.to) - f64::from(self.from)
    }
}

/// What leaves in a time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BandService {
    /// Departures.
    pub departures: u32,
    /// Departures an hour.
    pub per_hour: f64,
    /// Seconds from one departure to the next in the mean: the length of the time over the departures; none without any.
    pub mean_headway: Option<f64>,
    /// The longest time within it in which nothing leaves, from its begin and to its end as well; none without any
    /// departure.
    pub longest_gap: Option<u32>,
}

/// What leaves on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Trips (or departures) of the day.
    pub trips: u32,
    /// First departure, in seconds from midnight.
    pub first: Option<i32>,
    /// Last departure.
    pub last: Option<i32>,
    /// The times of the day asked for.
    pub bands: Vec<BandService>,
}

impl Service {
    /// Seconds from the first departure to the last.
    pub fn span(&self) -> Option<i32> {
        self.first.zip(self.last).map(|(first, last)| last - first)
    }
}

/// The service of a group of stops (a station, a district; each stop by itself when `group[stop] = stop`) on a day: each
/// trip leaves a group when people may board it at one of its stops, once as long as it stays within. `group` says for
/// each stop to which of `count` groups it belongs, if any. The last stop of a trip is no departure.
///
/// Trips by frequency leave at `start + n headway`; where the times are not stated these stand for any that far apart.
///
/// # Errors
/// Groups of another number of stops, or not below `count`; a day or band that ends before it begins; a headway of 0.
///
/// # Cost
/// O(events + departures log departures).
pub fn of_stops(
    input: &TimetableInput,
    group: &[Option<u32>],
    count: usize,
    day: Band,
    bands: &[Band],
) -> Result<Vec<Service>, Error> {
    check(input, day, bands)?;
    if group.len() != input.stops.len() {
        let message = format!("it has {} entries, not one for each of {} stops", group.len(), input.stops.len());
        return Err(Error::Parameter { parameter: "group", message });
    }
    if let Some(at) = group.iter().position(|group| group.is_some_and(|group| group as usize >= count)) {
        return Err(Error::Input { array: "group", at, message: format!("there are {count} groups, from 0") });
    }
    let mut departures = vec![Vec::new(); count];
    for trip in &input.trips {
        let mut within = None;
        for_each_boarding(input, trip, |stop, offset| {
            let there = group[stop as usize];
            if let (Some(there), true) = (there, there != within) {
                departures[there as usize].extend(runs(input, trip).map(|run| run + offset));
            }
            within = there;
        });
    }
    Ok(departures.into_iter().map(|departures| service(departures, day, bands)).collect())
}

/// The service of each route on a day. Its trips are counted where they begin; how often it runs is what leaves its
/// busiest stop (the one with most departures on the day; of equal ones the first), so that the two directions of a line
/// are not taken for one.
///
/// # Errors
/// Those of [`of_stops`].
pub fn of_routes(input: &TimetableInput, day: Band, bands: &[Band]) -> Result<Vec<Service>, Error> {
    check(input, day, bands)?;
    let mut trips = vec![0_u32; input.routes.len()];
    // Route, stop and departure.
    let mut departures: Vec<(u32, u32, i32)> = Vec::new();
    for trip in &input.trips {
        let mut begun = false;
        for_each_boarding(input, trip, |stop, offset| {
            for departure in runs(input, trip).map(|run| run + offset).filter(|&at| day.from <= at && at < day.to) {
                departures.push((trip.route, stop, departure));
                trips[trip.route as usize] += u32::from(!begun);
            }
            begun = true;
        });
    }
    departures.sort_unstable();
    let mut services: Vec<Service> = trips.iter().map(|_| service(Vec::new(), day, bands)).collect();
    let mut most = vec![0; input.routes.len()];
    for group in departures.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let route = group[0].0 as usize;
        if group.len() > most[route] {
            most[route] = group.len();
            services[route] = service(group.iter().map(|departure| departure.2).collect(), day, bands);
        }
    }
    for (service, trips) in services.iter_mut().zip(trips) {
        service.trips = trips;
    }
    Ok(services)
}

/// Grade of a headway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// Below 10 minutes: passengers need no timetable.
    A,
    /// 10 to 14 minutes.
    B,
    /// 15 to 20 minutes.
    C,
    /// 21 to 30 minutes.
    D,
    /// 31 to 60 minutes.
    E,
    /// Above 60 minutes.
    F,
}

/// The grade of a headway in seconds.
///
/// Source: Transit Capacity and Quality of Service Manual, 2nd edition, TCRP Report 100, 2003, exhibit 3-12 (the third
/// edition no longer grades).
pub fn grade(headway: f64) -> Grade {
    match headway / 60.0 {
        minutes if minutes < 10.0 => Grade::A,
        minutes if minutes < 15.0 => Grade::B,
        minutes if minutes <= 20.0 => Grade::C,
        minutes if minutes <= 30.0 => Grade::D,
        minutes if minutes <= 60.0 => Grade::E,
        _ => Grade::F,
    }
}

/// Calls `each` with the stops where people may board a trip, and the departure there: from midnight, or from the
/// departure at the first stop for a trip by frequency.
fn for_each_boarding(input: &TimetableInput, trip: &Trip, mut each: impl FnMut(u32, i32)) {
    let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
    let zero = if trip.frequency_count > 0 { events.first().map_or(0, |event| event.departure) } else { 0 };
    let without_last = &events[..events.len().saturating_sub(1)];
    for event in without_last.iter().filter(|event| event.board) {
        each(event.stop, event.departure - zero);
    }
}

/// What is added to the times of a trip, once for each time that it runs.
fn runs<'a>(input: &'a TimetableInput, trip: &Trip) -> impl Iterator<Item = i32> + 'a {
    let first = trip.first_frequency as usize;
    let frequencies = &input.frequencies[first..first + trip.frequency_count as usize];
    let once = frequencies.is_empty().then_some(0);
    let repeated = frequencies.iter().flat_map(|f| (f.start..f.end).step_by(f.headway.max(1) as usize));
    once.into_iter().chain(repeated)
}

fn check(input: &TimetableInput, day: Band, bands: &[Band]) -> Result<(), Error> {
    for (at, band) in std::iter::once(&day).chain(bands).enumerate() {
        if band.to <= band.from {
            let message = format!("it ends at {} s and begins at {} s (the first is the day)", band.to, band.from);
            return Err(Error::Input { array: "bands", at, message });
        }
    }
    let refuse = |array, at, message: &str| Err(Error::Input { array, at, message: message.to_owned() });
    for (at, trip) in input.trips.iter().enumerate() {
        let events = u64::from(trip.first) + u64::from(trip.count);
        let frequencies = u64::from(trip.first_frequency) + u64::from(trip.frequency_count);
        if events > input.events.len() as u64 || frequencies > input.frequencies.len() as u64 {
            return refuse("trips", at, "it has events or frequencies beyond the last");
        }
        if trip.route as usize >= input.routes.len() {
            return refuse("trips", at, "it has a route beyond the last");
        }
    }
    if let Some(at) = input.events.iter().position(|event| event.stop as usize >= input.stops.len()) {
        return refuse("events", at, "its stop is beyond the last");
    }
    match input.frequencies.iter().position(|frequency| frequency.headway == 0) {
        Some(at) => refuse("frequencies", at, "its headway is 0"),
        None => Ok(()),
    }
}

fn service(mut departures: Vec<i32>, day: Band, bands: &[Band]) -> Service {
    departures.sort_unstable();
    let between = |band: Band| {
        let from = departures.partition_point(|&at| at < band.from);
        &departures[from..departures.partition_point(|&at| at < band.to).max(from)]
    };
    let of_band = |&band: &Band| {
        let departures = between(band);
        let count = departures.len() as f64;
        let mut gap = None;
        if let (Some(first), Some(last)) = (departures.first(), departures.last()) {
            let between = departures.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(0);
            gap = Some(between.max(first - band.from).max(band.to - last) as u32);
        }
        BandService {
            departures: departures.len() as u32,
            per_hour: count * 3600.0 / band.seconds(),
            mean_headway: (count > 0.0).then(|| band.seconds() / count),
            longest_gap: gap,
        }
    };
    let of_day = between(day);
    Service {
        trips: of_day.len() as u32,
        first: of_day.first().copied(),
        last: of_day.last().copied(),
        bands: bands.iter().map(of_band).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timetable::{Entrance, Frequency, Route, StopEvent, Wheelchair};
    use proptest::prelude::*;

    fn timetable(stops: u32, routes: usize) -> TimetableInput {
        let stop = Entrance { longitude: 0.0, latitude: 0.0, wheelchair: Wheelchair::Unknown };
        let route = Route { vehicle: 3, fare: 0 };
        TimetableInput { stops: vec![stop; stops as usize], routes: vec![route; routes], ..TimetableInput::default() }
    }

    /// A trip over stops with times of arrival and departure alike.
    fn add(input: &mut TimetableInput, route: u32, events: &[(u32, i32)], frequencies: &[(i32, i32, u32)]) {
        input.trips.push(Trip {
            route,
            first: input.events.len() as u32,
            count: events.len() as u32,
            wheelchair: Wheelchair::Unknown,
            first_frequency: input.frequencies.len() as u32,
            frequency_count: frequencies.len() as u32,
            source: 0,
        });
        let event = |&(stop, at)| StopEvent { stop, arrival: at, departure: at, board: true, alight: true };
        input.events.extend(events.iter().map(event));
        let frequency = |&(start, end, headway)| Frequency { start, end, headway, exact: false };
        input.frequencies.extend(frequencies.iter().map(frequency));
    }

    const HOUR: i32 = 3600;

    #[test]
    fn by_hand() {
        let mut input = timetable(3, 2);
        for minute in [0, 10, 40] {
            add(&mut input, 0, &[(0, 7 * HOUR + minute * 60), (1, 7 * HOUR + minute * 60 + 300), (2, 8 * HOUR)], &[]);
        }
        // Back, every 20 minutes from 8 to 9, 100 s later at the second stop; and one that runs on from the day before.
        add(&mut input, 0, &[(2, 50), (1, 150), (0, 400)], &[(8 * HOUR, 9 * HOUR, 1200)]);
        add(&mut input, 1, &[(0, -600), (1, 600)], &[]);
        let bands = [Band { from: 7 * HOUR, to: 8 * HOUR }, Band { from: 8 * HOUR, to: 9 * HOUR }];
        let group: Vec<Option<u32>> = (0..3).map(Some).collect();
        let found = of_stops(&input, &group, 3, Band::DAY, &bands).expect("service");
        assert_eq!((found[0].trips, found[0].first, found[0].span()), (3, Some(7 * HOUR), Some(2400)));
        let morning = found[0].bands[0];
        assert_eq!((morning.departures, morning.per_hour), (3, 3.0));
        assert_eq!((morning.mean_headway, morning.longest_gap), (Some(1200.0), Some(1800)));
        assert_eq!((found[0].bands[1].mean_headway, found[0].bands[1].longest_gap), (None, None));
        // At 7:05, 7:15 and 7:45, then back at 8:01:40, 8:21:40, 8:41:40.
        assert_eq!(found[1].trips, 6);
        assert_eq!((found[1].bands[1].departures, found[1].bands[1].longest_gap), (3, Some(1200)));
        assert_eq!(found[2].first, Some(8 * HOUR));
        // One group of the first two stops: each trip leaves it once.
        let found = of_stops(&input, &[Some(0), Some(0), None], 1, Band::DAY, &bands).expect("service");
        assert_eq!((found[0].trips, found[0].first), (6, Some(7 * HOUR)));
        let routes = of_routes(&input, Band::DAY, &bands).expect("service");
        // Six trips; the second stop is the busiest.
        assert_eq!((routes[0].trips, routes[0].first), (6, Some(7 * HOUR + 300)));
        assert_eq!(routes[0].bands[0].per_hour, 3.0);
        // Before midnight is not of the day.
        assert_eq!((routes[1].trips, routes[1].first, routes[1].span()), (0, None, None));
    }

    #[test]
    fn grades_of_the_manual() {
        let minutes = [5.0, 10.0, 14.0, 15.0, 20.0, 21.0, 30.0, 31.0, 60.0, 61.0];
        use Grade::{A, B, C, D, E, F};
        assert_eq!(minutes.map(|minutes| grade(minutes * 60.0)), [A, B, B, C, C, D, D, E, E, F]);
    }

    #[test]
    fn nonsense_is_refused() {
        let mut input = timetable(2, 1);
        add(&mut input, 0, &[(0, 10), (1, 20)], &[]);
        let group = [Some(0), None];
        assert!(of_stops(&input, &group[..1], 1, Band::DAY, &[]).is_err());
        assert!(of_stops(&input, &[Some(1), None], 1, Band::DAY, &[]).is_err());
        assert!(of_stops(&input, &group, 1, Band { from: 5, to: 5 }, &[]).is_err());
        assert!(of_routes(&input, Band::DAY, &[Band { from: 5, to: 4 }]).is_err());
        let broken = |change: &dyn Fn(&mut TimetableInput)| {
            let mut input = input.clone();
            change(&mut input);
            of_routes(&input, Band::DAY, &[]).is_err() && of_stops(&input, &group, 1, Band::DAY, &[]).is_err()
        };
        assert!(broken(&|input| input.trips[0].route = 1));
        assert!(broken(&|input| input.trips[0].count = 3));
        assert!(broken(&|input| input.events[0].stop = 2));
        assert!(broken(&|input| {
            input.frequencies.push(Frequency { start: 0, end: 10, headway: 0, exact: true });
        }));
        assert!(of_routes(&input, Band::DAY, &[]).is_ok());
    }

    proptest! {
        #[test]
        fn departures_are_those_of_a_plain_count(
            trips in prop::collection::vec((0_u32..3, 0_i32..90_000, 0_i32..4000, prop::option::of(60_u32..3000)), 0..30),
        ) {
            let mut input = timetable(4, 3);
            let mut wanted = vec![vec![0_u32; 24]; 4];
            for &(route, start, long, headway) in &trips {
                let stops = [route, route + 1, 0];
                let events: Vec<(u32, i32)> = (0..3).map(|at| (stops[at], start + at as i32 * long)).collect();
                let frequency = headway.map(|headway| (start, start + 7200, headway));
                add(&mut input, route, &events, frequency.as_slice());
                for (stop, at) in &events[..2] {
                    let mut late = 0;
                    while late < headway.map_or(1, |_| 7200) {
                        if let Some(hours) = wanted[*stop as usize].get_mut(((at + late) / 3600) as usize) {
                            *hours += 1;
                        }
                        late += headway.map_or(1, |headway| headway as i32);
                    }
                }
            }
            let bands: Vec<Band> = (0..24).map(|hour| Band { from: hour * 3600, to: (hour + 1) * 3600 }).collect();
            let group: Vec<Option<u32>> = (0..4).map(Some).collect();
            let found = of_stops(&input, &group, 4, Band::DAY, &bands).expect("service");
            for (service, wanted) in found.iter().zip(&wanted) {
                let counted: Vec<u32> = service.bands.iter().map(|band| band.departures).collect();
                prop_assert_eq!(&counted, wanted);
                prop_assert_eq!(service.trips, wanted.iter().sum::<u32>());
                for band in &service.bands {
                    prop_assert!(band.longest_gap.is_none_or(|gap| f64::from(gap) * 2.0 >= band.mean_headway.unwrap_or(0.0)));
                }
            }
        }
    }
}
