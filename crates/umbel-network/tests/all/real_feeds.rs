//! The three feeds of the reference cases (Porto Alegre's buses and its train, São Paulo with headways), read whole.
//! They are not part of the project: the tests run where UMBEL_CASES names the folder that holds them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use umbel_core::{Date, Finding, Severity};
use umbel_network::gtfs::{Feed, Feeds, Options};

fn data() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("UMBEL_CASES")?).join("access/data");
    folder.is_dir().then_some(folder)
}

fn monday() -> Date {
    Date::new(2019, 5, 13).expect("a date")
}

/// The kinds of errors, each once.
fn errors(findings: &[Finding]) -> Vec<&'static str> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let kinds: BTreeSet<&str> = errors.map(|finding| finding.code.title).collect();
    kinds.into_iter().collect()
}

#[test]
fn the_buses_and_the_train_of_porto_alegre() {
    let Some(data) = data() else { return };
    let paths = [data.join("poa_eptc.zip"), data.join("poa_trensurb.zip")];
    let (feeds, findings) = Feeds::read(&paths);
    // Colours written as "0", nothing else.
    assert_eq!(errors(&findings), ["invalid_color"]);
    let [buses, train] = &feeds.feeds[..] else { panic!("two feeds") };
    let counts = |feed: &Feed| {
        let empty = feed.stop_times.iter().filter(|time| time.arrival.is_none()).count();
        (feed.stops.len(), feed.routes.len(), feed.trips.len(), feed.stop_times.len(), empty)
    };
    // Lines of the files less their headers; rows with two commas after the trip counted with a text search.
    assert_eq!(counts(buses), (3986, 115, 2374, 130_019, 125_271));
    assert_eq!(counts(train), (24, 2, 1248, 14_855, 0));
    assert_eq!((buses.points.len(), train.points.len()), (57_723, 963));

    let (compiled, findings) = feeds.timetable(monday(), &Options::default());
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(compiled.input.stops.len(), 4010);
    let input = &compiled.input;
    for trip in &input.trips {
        let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
        let times: Vec<i32> = events.iter().flat_map(|event| [event.arrival, event.departure]).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
    let vehicles: Vec<u16> = compiled.input.routes.iter().map(|route| route.vehicle).collect();
    assert_eq!((vehicles[0], vehicles[115]), (3, 2));
    // One fare for all buses, 4.70 BRL; the train states none.
    let tickets = |route: usize| &compiled.fares.groups[compiled.input.routes[route].fare as usize];
    let prices = |route: usize| -> Vec<Option<u32>> {
        tickets(route).iter().map(|&ticket| compiled.fares.tickets[ticket as usize].price).collect()
    };
    assert_eq!((prices(0), prices(115)), (vec![Some(470)], vec![None]));
    assert_eq!(compiled.currencies, ["BRL".into()]);
}

#[test]
fn the_headways_of_sao_paulo() {
    let Some(data) = data() else { return };
    let (feeds, findings) = Feeds::read(&[data.join("spo.zip")]);
    let feed = &feeds.feeds[0];
    assert_eq!(
        (feed.stops.len(), feed.trips.len(), feed.stop_times.len(), feed.frequencies.len()),
        (654, 36, 860, 704)
    );
    // The feed names its agency twice.
    assert_eq!(errors(&findings), ["duplicate_key"]);
    let (compiled, _) = feeds.timetable(monday(), &Options::default());
    assert!(compiled.input.trips.iter().all(|trip| trip.frequency_count > 0));
    assert!(compiled.running > 30);
}
