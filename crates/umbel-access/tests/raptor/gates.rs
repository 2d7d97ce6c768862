//! Door to door through the gates of stations, against every state there is: shortest ways between all crossings, and the
//! brute force over the timetable.

use super::brute::arrivals;
use super::door::streets;
use super::networks::network;
use std::sync::Arc;
use umbel_access::door::{Journeys, LinkOptions, Network, Travel, Window};
use umbel_access::raptor::{Access, RangeQuery};
use umbel_access::streets::{Mode, ProfileOptions, StreetInput, Streets};
use umbel_access::timetable::{Gate, StationWay, Timetable, TimetableInput, Transfer};
use umbel_access::{Error, Seconds};
use umbel_core::random::Stream;

/// Adds up to three gates at places that `place` gives, with ways to some of the stops, and stated transfers.
pub fn add(input: &mut TimetableInput, stream: &mut Stream, place: impl Fn(&mut Stream) -> [f64; 2]) {
    let stops = input.stops.len() as u64;
    for gate in 0..1 + stream.below(3) as u32 {
        let [longitude, latitude] = place(stream);
        input.gates.push(Gate { longitude, latitude });
        for _ in 0..2 + stream.below(6) {
            let (stop, outward, seconds) = (stream.below(stops) as u32, stream.below(2) == 0, stream.below(300) as u32);
            let step_free = (stream.below(2) == 0).then_some(seconds + 30);
            input.station_ways.push(StationWay { gate, stop, outward, seconds, step_free });
        }
    }
    for _ in 0..stream.below(4) {
        let (from, to) = (stream.below(stops) as u32, stream.below(stops) as u32);
        let stated = input.transfers.iter().any(|held| (held.from, held.to) == (from, to));
        if from != to && !stated {
            let seconds = (stream.below(3) > 0).then_some(stream.below(400) as u32);
            let step_free = seconds.filter(|_| stream.below(2) == 0);
            input.transfers.push(Transfer { from, to, seconds, step_free });
        }
    }
}

/// Millimetres between all crossings.
fn distances(input: &StreetInput) -> Vec<Vec<u64>> {
    let count = input.junction.len();
    let mut all = vec![vec![u64::MAX / 4; count]; count];
    (0..count).for_each(|at| all[at][at] = 0);
    for segment in &input.segments {
        let (from, to) = (segment.from as usize, segment.to as usize);
        let length = (segment.length * 1000.0).round() as u64;
        all[from][to] = all[from][to].min(length);
        all[to][from] = all[to][from].min(length);
    }
    for by in 0..count {
        for from in 0..count {
            for to in 0..count {
                all[from][to] = all[from][to].min(all[from][by] + all[by][to]);
            }
        }
    }
    all
}

/// What the brute force knows: where the stops and gates are, and how far all crossings are from each other.
struct Known<'a> {
    input: &'a TimetableInput,
    far: Vec<Vec<u64>>,
    stops: Vec<usize>,
    gates: Vec<usize>,
    wheelchair: bool,
}

impl Known<'_> {
    /// The places through which a stop is come to, or left: a number of their own, the crossing, and seconds inside.
    fn doors(&self, stop: u32, outward: bool) -> Vec<(usize, usize, u64)> {
        let own = || self.input.station_ways.iter().filter(move |way| way.stop == stop);
        if own().count() == 0 {
            return vec![(stop as usize, self.stops[stop as usize], 0)];
        }
        let seconds = |way: &StationWay| if self.wheelchair { way.step_free } else { Some(way.seconds) };
        let door = |way: &StationWay| {
            let gate = way.gate as usize;
            Some((self.stops.len() + gate, self.gates[gate], u64::from(seconds(way)?)))
        };
        own().filter(|way| way.outward == outward).filter_map(door).collect()
    }

    /// Stops around a crossing, within millimetres of street and seconds in all.
    fn around(&self, at: usize, outward: bool, most: (u64, u64)) -> Vec<Access> {
        let mut found = Vec::new();
        for stop in 0..self.stops.len() as u32 {
            for (_, door, inside) in self.doors(stop, outward) {
                let seconds = self.far[at][door] / 1000 + inside;
                if self.far[at][door] <= most.0 && seconds <= most.1 {
                    found.push(Access { stop, seconds: seconds as u32 });
                }
            }
        }
        found
    }

    fn walks(&self) -> Vec<(u32, u32, u32)> {
        let mut walks = Vec::new();
        let stops = 0..self.stops.len() as u32;
        for (from, to) in stops.clone().flat_map(|from| stops.clone().map(move |to| (from, to))) {
            let stated = self.input.transfers.iter().find(|held| (held.from, held.to) == (from, to));
            if let Some(stated) = stated {
                let seconds = if self.wheelchair { stated.step_free } else { stated.seconds };
                walks.extend(seconds.map(|seconds| (from, to, seconds)));
                // A way with steps does not bar one over the street that has none.
                if seconds.is_some() || stated.seconds.is_none() {
                    continue;
                }
            }
            for (out, left, outside) in self.doors(from, true) {
                for (into, entered, inside) in self.doors(to, false) {
                    let far = self.far[left][entered];
                    if from != to && out != into && far <= 1_000_000 {
                        walks.push((from, to, (far / 1000 + outside + inside) as u32));
                    }
                }
            }
        }
        walks
    }

    /// When one is there who leaves at a time.
    fn arrival(&self, travel: &Travel, (from, to): (usize, usize), departure: u32) -> Option<u32> {
        let query = RangeQuery {
            max_rides: travel.max_rides,
            max_time: travel.max_time,
            boarding_slack: travel.boarding_slack,
            wheelchair: travel.wheelchair,
            ..RangeQuery::default()
        };
        let first = u64::from(travel.max_access.min(travel.max_time));
        let last = u64::from(travel.max_egress.min(travel.max_time));
        let access = self.around(from, false, (first * 1000, first));
        let egress = self.around(to, true, ((last * 1000).min(2_000_000), last));
        let best = arrivals(self.input, &self.walks(), &access, &query, departure);
        let ridden = &best[usize::from(travel.max_rides)];
        let by_vehicle = egress.iter().filter_map(|out| Some(ridden[out.stop as usize]? + out.seconds)).min();
        let direct = self.far[from][to];
        let on_foot = direct <= 1000 * u64::from(travel.max_direct.min(travel.max_time));
        let on_foot = on_foot.then_some(departure + (direct / 1000) as u32);
        let arrival = [by_vehicle, on_foot].into_iter().flatten().min()?;
        (arrival <= departure + travel.max_time).then_some(arrival)
    }
}

#[test]
fn stations_are_entered_and_left_through_their_gates() {
    let (mut reached, mut by_gate) = (0, 0);
    for seed in 0..40 {
        let mut made = network(2 * seed);
        let stream = &mut Stream::new(seed, 17);
        let street_input = streets(stream);
        let used: Vec<usize> = street_input.segments.iter().map(|segment| segment.from as usize).collect();
        let crossing = |stream: &mut Stream| used[stream.below(used.len() as u64) as usize];
        let point = |at: usize| [street_input.longitude[at], street_input.latitude[at]];
        let stops: Vec<usize> = made.input.stops.iter().map(|_| crossing(stream)).collect();
        for (stop, &at) in made.input.stops.iter_mut().zip(&stops) {
            [stop.longitude, stop.latitude] = point(at);
        }
        add(&mut made.input, stream, |stream| point(crossing(stream)));
        let at = |gate: &Gate| used.iter().copied().find(|&at| point(at) == [gate.longitude, gate.latitude]);
        let gates: Vec<usize> = made.input.gates.iter().map(|gate| at(gate).expect("a crossing")).collect();
        let mut pick = |of: &[u32]| of[stream.below(of.len() as u64) as usize];
        let arrive_by = seed % 4 == 3;
        let travel = Travel {
            window: Window { first: made.first + 1800, count: if arrive_by { 1 } else { 4 }, step: 97, arrive_by },
            max_rides: pick(&[1, 2, 3]) as u8,
            max_time: if arrive_by { 500 } else { pick(&[900, 7200]) },
            max_access: pick(&[200, 600, 1800]),
            max_direct: pick(&[0, 300]),
            max_egress: pick(&[200, 600, 1800]),
            boarding_slack: pick(&[0, 60]),
            wheelchair: pick(&[0, 0, 1]) == 1,
            ..Travel::default()
        };
        let places: Vec<usize> = (0..3).map(|_| crossing(stream)).collect();
        let points: Vec<[f64; 2]> = places.iter().map(|&at| point(at)).collect();
        let graph = Streets::new(&street_input).expect("streets");
        let walk = graph.profile(Mode::Walk, &ProfileOptions::default()).expect("a profile");
        let options = LinkOptions { nearest_only: false, ..LinkOptions::default() };
        let joined = Network::new(Arc::new(graph), Arc::new(walk), &made.input, &options).expect("a network");
        assert_eq!(joined.stops.len(), stops.len() + gates.len());
        let known =
            Known { input: &made.input, far: distances(&street_input), stops, gates, wheelchair: travel.wheelchair };
        let journeys = Journeys::new(&joined, None, &points, &points, 300.0, &travel).expect("rules");
        for (origin, &from) in places.iter().enumerate() {
            let found = journeys.of(origin, |_, times| {
                let mut all = Vec::new();
                times.copy_to(&mut all);
                all
            });
            for (pair, &to) in found.chunks(travel.window.count as usize).zip(&places) {
                for (number, found) in pair.iter().enumerate() {
                    let time = travel.window.first + 97 * number as u32;
                    let expected = if arrive_by {
                        // Told of the place arrived at: the latest departure from the other that is there in time.
                        let leaves = (time - travel.max_time..=time).rev();
                        let in_time =
                            |leave: &u32| known.arrival(&travel, (to, from), *leave).is_some_and(|at| at <= time);
                        leaves.into_iter().find(in_time).map(|leave| time - leave)
                    } else {
                        known.arrival(&travel, (from, to), time).map(|arrival| arrival - time)
                    };
                    reached += usize::from(expected.is_some());
                    let free = Known {
                        input: &TimetableInput { station_ways: Vec::new(), ..made.input.clone() },
                        far: known.far.clone(),
                        stops: known.stops.clone(),
                        gates: Vec::new(),
                        wheelchair: travel.wheelchair,
                    };
                    by_gate += usize::from(
                        !arrive_by && free.arrival(&travel, (from, to), time).map(|at| at - time) != expected,
                    );
                    assert_eq!(found.get(), expected, "seed {seed}, {from} to {to} at {time}, {travel:?}");
                }
            }
        }
    }
    assert!(reached > 300 && by_gate > 50, "{reached} reached, {by_gate} otherwise without gates");
}

#[test]
fn ways_to_what_is_not_there_are_refused_and_times_at_gates_are_the_least() {
    let mut made = network(4);
    let stream = &mut Stream::new(1, 17);
    let graph = Arc::new(Streets::new(&streets(stream)).expect("streets"));
    let walk = Arc::new(graph.profile(Mode::Walk, &ProfileOptions::default()).expect("a profile"));
    let way = |stop, outward, seconds| StationWay { gate: 0, stop, outward, seconds, step_free: None };
    made.input.gates.push(Gate { longitude: 0.0, latitude: 0.0 });
    made.input.station_ways = vec![way(0, true, 50), way(1, true, 20), way(0, false, 10)];
    let options = LinkOptions::default();
    let joined = Network::new(graph.clone(), walk.clone(), &made.input, &options).expect("a network");
    assert_eq!(joined.stops.snaps[..2], [None, None], "stops behind gates are not on the street");
    let mut times = vec![Seconds::UNREACHED; made.input.stops.len()];
    (times[0], times[1]) = (Seconds(100), Seconds(120));
    let at_places = joined.times_at_gates(&times, false);
    assert_eq!((at_places.len(), at_places.last()), (times.len() + 1, Some(&Seconds(140))));
    assert_eq!(joined.times_at_gates(&times, true).last(), Some(&Seconds::UNREACHED), "there are steps");
    for wrong in [StationWay { gate: 1, ..way(0, true, 1) }, way(99, true, 1)] {
        let input = TimetableInput { station_ways: vec![way(0, true, 5), wrong], ..made.input.clone() };
        assert!(Timetable::new(&input).is_ok());
        let refused = Network::new(graph.clone(), walk.clone(), &input, &options);
        assert!(matches!(refused, Err(Error::Input { array: "station_ways", at: 1, .. })));
    }
}
