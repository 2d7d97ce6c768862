//! Times found over a network, at hand for whoever asks for the same again: plans that change what is at the places, or other
//! measures, do not travel anew.

use super::network::Network;
use super::own_threads::on_own_threads;
use super::points::Sites;
use super::snaps::Snaps;
use super::travel::{Linked, Travel};
use super::trip::Trip;
use crate::key::{Key, Keyer};
use rayon::ThreadPool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use umbel_access::Seconds;

/// Cells of all tables at hand of a network, 32 MB.
const MOST: usize = 8_000_000;

/// A table of times.
#[derive(Debug)]
struct Times {
    /// Whether each origin is joined to the network.
    starts: Vec<bool>,
    /// Whether each destination is.
    ends: Vec<bool>,
    /// Origin by origin, destination by destination, percentile by percentile.
    cells: Vec<Seconds>,
}

/// A table that is at hand, or being found by one of those who asked for it.
type Table = Arc<OnceLock<Result<Times, String>>>;

/// The tables found over a network, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct TimesAtHand {
    tables: Mutex<Vec<(Key, Table)>>,
    /// Held while the network is joined, so that two tables found at once share what is joined.
    joining: Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TimesAtHand {
    /// The place of a table, found or not.
    fn table(&self, key: Key) -> Table {
        let mut tables = lock(&self.tables);
        let at = tables.iter().position(|one| one.0 == key);
        let one = at.map_or_else(|| (key, Table::default()), |at| tables.remove(at));
        tables.push(one.clone());
        one.1
    }

    /// Lets go of the tables used longest ago, and of those that could not be found.
    fn tidy(&self) {
        let mut tables = lock(&self.tables);
        tables.retain(|one| !matches!(one.1.get(), Some(Err(_))));
        let cells = |one: &(Key, Table)| one.1.get().and_then(|found| found.as_ref().ok()).map_or(0, |t| t.cells.len());
        while tables.iter().map(cells).sum::<usize>() > MOST {
            tables.remove(0);
        }
    }

    /// Gives a table to `use_it`. Of those who ask for one at the same time the first finds it and all others wait.
    ///
    /// # Errors
    /// Those of `find` and of `use_it`.
    fn of<T>(
        &self,
        key: Key,
        find: impl FnOnce(&ThreadPool) -> Result<Times, String> + Send,
        use_it: impl FnOnce(&Times) -> Result<T, String>,
    ) -> Result<T, String> {
        let table = self.table(key);
        // Found apart from the pool of this thread, as whoever waits here may be one that shares its jobs.
        let found = table.get_or_init(|| on_own_threads(find).and_then(|found| found));
        self.tidy();
        use_it(found.as_ref().map_err(String::clone)?)
    }
}

/// Times from one origin.
pub(crate) struct Row<'a> {
    /// To each destination, percentile by percentile.
    pub times: &'a [Seconds],
    /// Whether the origin is joined to the network.
    pub joined: bool,
    /// Whether each destination is.
    pub ends: &'a [bool],
}

/// Gives the times of a trip from each origin, in order.
///
/// # Errors
/// A sentence when the network has not what the trip needs, or the first error of `sink`.
pub(crate) fn each_row(
    network: &Network,
    trip: &Trip,
    (from, to): (Sites<'_>, Sites<'_>),
    mut sink: impl FnMut(usize, Row<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut keyer = Keyer::new("times");
    keyer.text(&format!("{trip:?}"));
    keyer.text(&network.edits());
    for degrees in [from.longitude, from.latitude, to.longitude, to.latitude] {
        keyer.number(degrees.len() as u64);
        degrees.iter().for_each(|&degrees| keyer.float(degrees));
    }
    let key = keyer.finish();
    let width = to.len() * trip.percentiles.len();
    if from.len() * width > MOST {
        let linked = Linked::new(network, trip, from, to)?;
        let travel = Travel::new(&linked, from, to)?;
        let (starts, ends) = (joined(travel.origins()), joined(travel.destinations()));
        return travel.rows(|origin, times| sink(origin, Row { times, joined: starts[origin], ends: &ends }));
    }
    let find = |pool: &ThreadPool| {
        let linked = {
            let _joining = lock(&network.times.joining);
            pool.install(|| Linked::new(network, trip, from, to))?
        };
        pool.install(|| {
            let travel = Travel::new(&linked, from, to)?;
            let mut cells = Vec::with_capacity(from.len() * width);
            travel.rows(|_, times| {
                cells.extend_from_slice(times);
                Ok::<_, String>(())
            })?;
            Ok(Times { starts: joined(travel.origins()), ends: joined(travel.destinations()), cells })
        })
    };
    network.times.of(key, find, |times| {
        for (origin, &joined) in times.starts.iter().enumerate() {
            let cells = &times.cells[origin * width..][..width];
            sink(origin, Row { times: cells, joined, ends: &times.ends })?;
        }
        Ok(())
    })
}

/// Whether each point is joined to the network.
fn joined(snaps: &Snaps) -> Vec<bool> {
    snaps.all.iter().map(|snapped| snapped.joined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Network, Sources};
    use rayon::prelude::*;
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};
    use std::time::Duration;

    fn times(cell: u32) -> Times {
        Times { starts: vec![true], ends: vec![true], cells: vec![Seconds(cell)] }
    }

    /// Ends the test if the work does not end.
    fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || send.send(work()));
        receive.recv_timeout(Duration::from_secs(120)).expect("threads wait for each other, or one panicked")
    }

    /// The row of times from the only origin, its address, and whether both ends are joined.
    fn row(network: &Network, trip: &Trip, to: &[[f64; 2]]) -> (Vec<Seconds>, usize) {
        let degrees = |at: usize| to.iter().map(|point| point[at]).collect::<Vec<f64>>();
        let (longitude, latitude) = (degrees(0), degrees(1));
        let from = Sites { longitude: &[8.0], latitude: &[50.002798] };
        let mut seen = (Vec::new(), 0);
        let sink = |_: usize, row: Row<'_>| {
            assert!(row.joined && row.ends.iter().all(|&joined| joined));
            seen = (row.times.to_vec(), row.times.as_ptr() as usize);
            Ok(())
        };
        each_row(network, trip, (from, Sites { longitude: &longitude, latitude: &latitude }), sink).expect("travelled");
        seen
    }

    #[test]
    fn two_threads_that_ask_at_once_travel_once() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/travel");
        let sources = Sources {
            streets: Some(folder.join("streets/link.csv")),
            timetables: vec![folder.join("town.gtfs")],
            ..Sources::default()
        };
        let toml = "network = \"town\"\nfrom = \"a\"\nto = \"b\"\ndate = \"2024-05-14\"\npercentiles = [5, 50, 95]";
        let method: crate::methods::travel_time::TravelTime = toml::from_str(toml).expect("parameters");
        let trip = crate::network::OnNetwork::trip(&method);
        let open = || Network::open(&sources, &trip, None).expect("sources").0.expect("a network");
        let goals = [[8.013991, 50.008194], [8.048968, 50.006395]];
        let network = open();
        let barrier = Barrier::new(2);
        let both: Vec<(Vec<Seconds>, usize)> = std::thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                row(&network, &trip, &goals)
            };
            let threads = [scope.spawn(ask), scope.spawn(ask)];
            threads.map(|thread| thread.join().expect("no panic")).into()
        });
        assert!(both[0].0.iter().any(|time| time.get().is_some_and(|seconds| seconds > 0)), "{both:?}");
        assert_eq!(both[0], both[1], "the very same table");
        // Other goals are another table, and a network that knows nothing yet says the same, whatever the threads.
        assert_ne!(row(&network, &trip, &goals[..1]).1, both[0].1);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            assert_eq!(pool.install(|| row(&open(), &trip, &goals)).0, both[0].0, "{threads} threads");
        }
    }

    /// Jobs that share their work in a pool are asked for by jobs of a pool that has taken up others meanwhile.
    #[test]
    fn nobody_waits_for_what_needs_them() {
        for threads in [1, 2, 3] {
            let found = in_time(move || {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                let (at_hand, found) = (TimesAtHand::default(), AtomicUsize::new(0));
                let ask = |number: usize| {
                    let find = |pool: &ThreadPool| {
                        found.fetch_add(1, Ordering::Relaxed);
                        let _joining = lock(&at_hand.joining);
                        let all = pool.install(|| (0..200_u32).into_par_iter().with_max_len(1).map(slow).sum());
                        Ok(times(all))
                    };
                    at_hand.of([number as u8; 32], find, |times| Ok(times.cells[0].0)).expect("found")
                };
                // Each asks, and then for another while its own jobs are shared.
                let nested = |number: usize| {
                    let inner = (0..8_usize).into_par_iter().with_max_len(1).map(|other| ask((number + other) % 5));
                    ask(number % 5) + inner.sum::<u32>()
                };
                let all: Vec<u32> =
                    pool.install(|| (0..40_usize).into_par_iter().with_max_len(1).map(nested).collect());
                assert!(all.iter().all(|sum| *sum == 9 * 199 * 100), "{all:?}");
                found.into_inner()
            });
            assert_eq!(found, 5, "{threads} threads");
        }
    }

    fn slow(number: u32) -> u32 {
        std::thread::yield_now();
        number
    }

    #[test]
    fn what_fails_is_told_and_tried_again() {
        let at_hand = TimesAtHand::default();
        let failed = at_hand.of([1; 32], |_| Err("no way".to_owned()), |_| Ok(()));
        assert_eq!(failed, Err("no way".to_owned()));
        let panicked = std::thread::scope(|scope| {
            scope.spawn(|| at_hand.of([1; 32], |_| panic!("on purpose"), |_| Ok(()))).join().is_err()
        });
        assert!(panicked);
        assert_eq!(at_hand.of([1; 32], |_| Ok(times(7)), |times| Ok(times.cells[0])), Ok(Seconds(7)));
        assert_eq!(at_hand.of([1; 32], |_| Ok(times(8)), |times| Ok(times.cells[0])), Ok(Seconds(7)), "at hand");
    }

    #[test]
    fn tables_used_longest_ago_are_let_go() {
        let at_hand = TimesAtHand::default();
        let large = || Times { starts: Vec::new(), ends: Vec::new(), cells: vec![Seconds::ZERO; MOST / 2] };
        let found = AtomicUsize::new(0);
        let ask = |number: u8| {
            let find = |_: &ThreadPool| {
                found.fetch_add(1, Ordering::Relaxed);
                Ok(large())
            };
            at_hand.of([number; 32], find, |_| Ok(())).expect("found");
            found.load(Ordering::Relaxed)
        };
        assert_eq!([1, 2, 1, 3, 1, 2].map(ask), [1, 2, 2, 3, 3, 4]);
    }
}
