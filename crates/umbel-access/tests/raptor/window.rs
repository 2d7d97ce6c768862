//! Whole windows against the brute force, departure by departure.

use crate::brute::arrivals;
use crate::networks::{Network, network};
use rayon::prelude::*;
use umbel_access::Error;
use umbel_access::raptor::{Frequencies, RangeQuery, RangeSearch};
use umbel_access::timetable::{Frequency, Timetable, TimetableInput, Transfer, Transfers, Vehicle, VehicleFilter};
use umbel_core::random::Stream;

/// Per departure and stop the earliest arrival within the limit of time.
pub fn searched(
    search: &mut RangeSearch,
    timetable: &Timetable,
    transfers: &Transfers,
    network: &Network,
    query: &RangeQuery,
) -> Vec<Vec<Option<u32>>> {
    let mut now = vec![u32::MAX; timetable.stops()];
    let mut table = vec![Vec::new(); query.departures as usize];
    search.run(timetable, transfers, &network.access, query, &mut |departure, improved| {
        for &(stop, arrival) in improved {
            assert!(arrival < now[stop as usize], "told of no improvement");
            now[stop as usize] = arrival;
        }
        let limit = query.first_departure + departure * query.step + query.max_time;
        table[departure as usize] = now.iter().map(|&arrival| (arrival <= limit).then_some(arrival)).collect();
    });
    table
}

pub fn some_query(network: &Network, stream: &mut Stream) -> RangeQuery {
    let vehicles = match stream.below(4) {
        0 => VehicleFilter::without(&[Vehicle::Tram]),
        _ => VehicleFilter::ALL,
    };
    RangeQuery {
        first_departure: network.first,
        departures: 1 + stream.below(25) as u32,
        step: 30 + stream.below(120) as u32,
        max_rides: 1 + stream.below(4) as u8,
        max_time: 600 + stream.below(5400) as u32,
        boarding_slack: [0, 60, 60, 90][stream.below(4) as usize],
        vehicles,
        wheelchair: stream.below(4) == 0,
        ..RangeQuery::default()
    }
}

#[test]
fn windows_equal_the_brute_force() {
    let mut search = RangeSearch::default();
    let (mut reached, mut missed) = (0, 0);
    for seed in 0..400 {
        let network = network(seed);
        let timetable = Timetable::new(&network.input).unwrap();
        let query = some_query(&network, &mut Stream::new(seed, 5));
        let transfers = network.transfers();
        let found = searched(&mut search, &timetable, &transfers, &network, &query);
        // A search that is used often finds shortcuts, and must not find anything else by them.
        for _ in 0..13 {
            let again = searched(&mut search, &timetable, &transfers, &network, &query);
            assert_eq!(found, again, "network {seed}, {query:?}");
        }
        for (departure, found) in (0..).zip(&found) {
            let time = query.first_departure + departure * query.step;
            let best = arrivals(&network.input, &network.walks, &network.access, &query, time);
            let best = &best[usize::from(query.max_rides)];
            assert_eq!(found, best, "network {seed}, departure {departure}, {query:?}");
            reached += best.iter().flatten().count();
            missed += best.iter().filter(|best| best.is_none()).count();
        }
    }
    // The networks are neither empty nor trivial.
    assert!(reached > 10_000 && missed > 10_000, "{reached} {missed}");
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let network = network(12);
    let timetable = Timetable::new(&network.input).unwrap();
    let transfers = network.transfers();
    let query = RangeQuery { first_departure: network.first, ..RangeQuery::default() };
    let tables = |threads: usize| {
        let origins = (0..200_u32).into_par_iter().map_init(RangeSearch::default, |search, origin| {
            let stop = origin % timetable.stops() as u32;
            let access = vec![umbel_access::raptor::Access { stop, seconds: origin * 3 }];
            let from = Network { access, input: TimetableInput::default(), walks: Vec::new(), ..network };
            searched(search, &timetable, &transfers, &from, &query)
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| origins.collect::<Vec<_>>())
    };
    assert_eq!(tables(1), tables(2));
}

#[test]
fn bad_arrays_are_told() {
    let refused = |change: &dyn Fn(&mut TimetableInput)| {
        let mut input = network(2).input;
        change(&mut input);
        match Timetable::new(&input) {
            Err(Error::Input { array, at, message }) => (array, at, message),
            other => panic!("{other:?}"),
        }
    };
    let fails = |change: &dyn Fn(&mut TimetableInput), array: &str, at: usize, says: &str| {
        let error = refused(change);
        assert!(error.0 == array && error.1 == at && error.2.contains(says), "{error:?}");
    };
    fails(&|input| input.trips[1].count = 1, "trips", 1, "needs two");
    fails(&|input| input.trips[0].route = 99, "trips", 0, "route 99");
    fails(&|input| input.trips[2].first = u32::MAX, "trips", 2, "not all there");
    fails(&|input| input.trips[0].frequency_count = 900, "trips", 0, "frequencies");
    fails(&|input| input.events[1].stop = 77, "events", 1, "stop 77");
    fails(&|input| input.events[1].departure = -4_000_000, "events", 1, "before it arrives");
    fails(&|input| input.events[1].arrival = -4_000_000, "events", 1, "before leaving");
    fails(&|input| input.events[0].arrival = i32::MIN, "events", 0, "years away");
    let frequency = Frequency { start: 0, end: 10, headway: 5, exact: true };
    let with = |frequency: Frequency| {
        move |input: &mut TimetableInput| {
            let trip = &mut input.trips[0];
            (trip.first_frequency, trip.frequency_count) = (input.frequencies.len() as u32, 1);
            input.frequencies.push(frequency);
        }
    };
    let at = network(2).input.frequencies.len();
    fails(&with(Frequency { headway: 0, ..frequency }), "frequencies", at, "headway is 0");
    fails(&with(Frequency { end: 0, ..frequency }), "frequencies", at, "ends at 0");
    fails(&with(Frequency { end: 900_000, ..frequency }), "frequencies", at, "180000 trips");
    let transfer = Transfer { from: 0, to: 55, seconds: None, step_free: None };
    fails(&|input| input.transfers.push(transfer), "transfers", 0, "stop 55");
}

#[test]
fn queries_that_make_no_sense_have_no_journeys() {
    let wrong = [
        RangeQuery { departures: 0, ..RangeQuery::default() },
        RangeQuery { step: 0, ..RangeQuery::default() },
        RangeQuery { max_time: u32::MAX, ..RangeQuery::default() },
        RangeQuery { frequencies: Frequencies::Drawn { seed: 0, draw: 3, of: 3 }, ..RangeQuery::default() },
    ];
    let network = network(1);
    let timetable = Timetable::new(&network.input).unwrap();
    for query in wrong {
        assert!(matches!(query.check(), Err(Error::Parameter { .. })), "{query:?}");
        let mut told = 0;
        let mut search = RangeSearch::default();
        search.run(&timetable, &network.transfers(), &network.access, &query, &mut |_, _| told += 1);
        assert_eq!(told, 0);
        assert!(search.trace(&timetable, &network.transfers(), &network.access, &query, 0).journeys(&[]).is_empty());
    }
    // Stops that are not there are left out.
    let far = [umbel_access::raptor::Access { stop: 4000, seconds: 0 }];
    RangeSearch::default().run(&timetable, &network.transfers(), &far, &RangeQuery::default(), &mut |_, improved| {
        assert!(improved.is_empty());
    });
}
