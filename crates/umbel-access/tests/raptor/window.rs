//! Whole windows against the brute force, departure by departure.

use crate::brute::arrivals;
use crate::networks::{Network, network};
use umbel_access::raptor::{RangeQuery, RangeSearch};
use umbel_access::timetable::{Timetable, Transfers, Vehicle, VehicleFilter};
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
