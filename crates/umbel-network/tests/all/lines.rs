//! Lines declared by their headways, and feeds written out.

use std::fs;
use std::path::Path;
use umbel_core::Date;
use umbel_network::gtfs::{Feed, Feeds, Options};

const SOUND: &str = r#"timezone = "Asia/Shanghai"
agency = "Railway of the Example"

[[stop]]
id = "west"
name = "West"
lon = 117.0
lat = 39.0

[[stop]]
id = "middle"
name = "Middle"
lon = 117.5
lat = 39.0

[[stop]]
id = "east"
name = "East"
lon = 118.0
lat = 39.0

[[line]]
id = "r"
name = "Regional line"
vehicle = "rail"
stops = ["west", "middle", "east"]
minutes = [20.5, 14]
dwell = 2
opened = 2020-06-01
closed = 2030-01-01

[[line.service]]
days = ["weekdays"]
from = "06:00"
to = "09:00"
headway = 10

[[line.service]]
days = ["weekdays"]
from = "09:00"
to = "24:30"
headway = 20

[[line.service]]
days = ["saturday", "sunday"]
departures = ["08:00", "18:30"]

[[line]]
id = "b"
name = "Coach"
vehicle = 3
stops = ["west", "east"]
speed = 60
both_directions = false

[[line.service]]
from = "07:00"
to = "19:00"
headway = 30
exact = true
"#;

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a date")
}

#[test]
fn lines_become_trips_with_headways() {
    let (feed, findings) = Feed::from_lines("lines.toml", SOUND, None);
    assert!(findings.is_empty(), "{findings:#?}");
    let feeds = Feeds { feeds: vec![feed] };
    // A Monday, a Saturday, and days before the opening and after the closing.
    let trips = |date| {
        let (compiled, _) = feeds.timetable(date, &Options { horizon: 0, ..Options::default() });
        compiled.running
    };
    assert_eq!(trips(date(2024, 5, 13)), 3);
    assert_eq!(trips(date(2024, 5, 18)), 5);
    assert_eq!(trips(date(2020, 5, 29)), 1);
    assert_eq!(trips(date(2030, 1, 1)), 1);

    let (compiled, _) = feeds.timetable(date(2024, 5, 13), &Options { horizon: 0, ..Options::default() });
    let input = &compiled.input;
    let of = |id: &str| {
        let trip = input.trips.iter().find(|trip| compiled.trips[trip.source as usize].id.starts_with(id));
        *trip.expect("a trip")
    };
    let out = of("r-0");
    let times: Vec<(i32, i32)> = input.events[out.first as usize..][..3]
        .iter()
        .map(|event| (event.arrival - 6 * 3600, event.departure - 6 * 3600))
        .collect();
    // 20.5 minutes, 2 of standing, 14 minutes.
    assert_eq!(times, [(0, 0), (1230, 1350), (2190, 2190)]);
    let back: Vec<u32> = input.events[of("r-1").first as usize..][..3].iter().map(|event| event.stop).collect();
    assert_eq!(back, [2, 1, 0]);
    let headways: Vec<_> = input.frequencies[out.first_frequency as usize..][..out.frequency_count as usize]
        .iter()
        .map(|frequency| (frequency.start / 3600, frequency.end, frequency.headway, frequency.exact))
        .collect();
    assert_eq!(headways, [(6, 32_400, 600, false), (9, 88_200, 1200, false)]);
    // A degree of longitude at 39 degrees north is 86.41 km on the sphere: 86 minutes and 25 seconds at 60 km/h.
    let coach = input.events[of("b-0").first as usize + 1].arrival - 7 * 3600;
    assert_eq!(coach, 5185);
}

#[test]
fn the_example_of_the_documentation_is_sound() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/timetables.md");
    let page = fs::read_to_string(page).expect("the page");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let (feed, findings) = Feed::from_lines("lines.toml", example, None);
    assert!(findings.is_empty(), "{findings:#?}");
    // One trip with a headway and three departures, there and back.
    assert_eq!(feed.trips.len(), 8);
}

#[test]
fn a_line_may_call_at_the_stops_of_a_feed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    let (beside, _) = Feed::read(&folder);
    let text = r#"timezone = "Asia/Shanghai"
[[line]]
id = "x"
name = "X"
vehicle = "tram"
stops = ["a", "d"]
minutes = [9]
[[line.service]]
from = "05:00"
to = "06:00"
headway = 7.5
"#;
    let (feed, findings) = Feed::from_lines("lines.toml", text, Some(&beside));
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(feed.stops.iter().map(|stop| &*stop.name).collect::<Vec<_>>(), ["Harbour", "Depot"]);
    let (_, findings) = Feed::from_lines("lines.toml", text, None);
    let told: Vec<_> = findings.iter().map(|finding| (finding.code.title, finding.location.line)).collect();
    assert_eq!(told, [("unknown stop of a line", 6), ("unknown stop of a line", 6)]);
}

#[test]
fn each_fault_of_a_line_is_told_in_its_place() {
    // What is replaced, by what, and the kind, line and column of what must be said.
    let faults = [
        ("timezone = \"Asia/Shanghai\"", "timezone = \"Asia/Tianjin\"", "invalid_timezone", 1, 12),
        ("timezone = \"Asia/Shanghai\"", "timezone = ", "TOML unreadable", 1, 12),
        ("name = \"Coach\"", "nome = \"Coach\"", "TOML unreadable", 50, 1),
        ("lon = 118.0", "lon = 1180.0", "number_out_of_range", 19, 7),
        (
            "[[line]]\nid = \"r\"",
            "[[stop]]\nid = \"west\"\nname = \"W\"\nlon = 117.0\nlat = 39.0\n\n[[line]]\nid = \"r\"",
            "duplicate_key",
            23,
            6,
        ),
        ("id = \"b\"", "id = \"r\"", "duplicate_key", 49, 6),
        ("vehicle = \"rail\"", "vehicle = \"train\"", "line incomplete", 25, 11),
        ("vehicle = 3", "vehicle = 42", "line incomplete", 51, 11),
        ("stops = [\"west\", \"east\"]", "stops = [\"west\", \"far\"]", "unknown stop of a line", 52, 18),
        ("stops = [\"west\", \"east\"]", "stops = [\"west\"]", "line incomplete", 49, 6),
        ("minutes = [20.5, 14]", "minutes = [20.5]", "line incomplete", 27, 11),
        ("minutes = [20.5, 14]", "minutes = [20.5, -14]", "line incomplete", 27, 11),
        ("speed = 60", "km = [80]", "line incomplete", 53, 6),
        ("speed = 60", "speed = 0", "line incomplete", 53, 9),
        ("dwell = 2", "dwell = -2", "line incomplete", 28, 9),
        ("closed = 2030-01-01", "closed = 2019-01-01", "start_and_end_range_out_of_order", 30, 10),
        ("closed = 2030-01-01", "closed = 08:00:00", "line incomplete", 30, 10),
        (
            "days = [\"weekdays\"]\nfrom = \"06:00\"",
            "days = [\"workdays\"]\nfrom = \"06:00\"",
            "line incomplete",
            33,
            9,
        ),
        ("from = \"06:00\"", "from = \"6 am\"", "invalid_time", 34, 8),
        ("to = \"09:00\"", "to = \"05:00\"", "start_and_end_range_out_of_order", 35, 6),
        ("from = \"09:00\"", "from = \"08:30\"", "overlapping_frequency", 38, 1),
        ("headway = 10", "headway = 0", "line incomplete", 36, 11),
        ("to = \"19:00\"\n", "", "line incomplete", 56, 1),
        ("exact = true", "departures = [\"07:00\"]", "line incomplete", 56, 1),
    ];
    let mut wrong = String::new();
    for (old, new, title, line, column) in faults {
        assert_eq!(SOUND.matches(old).count(), 1, "{old}");
        let (feed, findings) = Feed::from_lines("lines.toml", &SOUND.replace(old, new), None);
        let told: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code.title, finding.location.line, finding.location.column))
            .collect();
        if told != [(title, line, column)] {
            wrong.push_str(&format!("{new:?}: {told:?} instead of {:?}\n", (title, line, column)));
        }
        // The other line is still read, but where the whole file is at fault.
        if title != "TOML unreadable" && old != "lon = 118.0" {
            assert!(!feed.trips.is_empty(), "{new}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A feed without its lines of text and name: what is compared after it was written and read again.
fn bare(mut feed: Feed) -> Feed {
    feed.name.clear();
    let lines = feed
        .agencies
        .iter_mut()
        .map(|row| &mut row.line)
        .chain(feed.stops.iter_mut().map(|row| &mut row.line))
        .chain(feed.routes.iter_mut().map(|row| &mut row.line))
        .chain(feed.services.iter_mut().map(|row| &mut row.line))
        .chain(feed.trips.iter_mut().map(|row| &mut row.line))
        .chain(feed.stop_times.iter_mut().map(|row| &mut row.line))
        .chain(feed.frequencies.iter_mut().map(|row| &mut row.line))
        .chain(feed.transfers.iter_mut().map(|row| &mut row.line))
        .chain(feed.pathways.iter_mut().map(|row| &mut row.line))
        .chain(feed.shapes.iter_mut().map(|row| &mut row.line))
        .chain(feed.points.iter_mut().map(|row| &mut row.line))
        .chain(feed.fares.iter_mut().map(|row| &mut row.line))
        .chain(feed.fare_rules.iter_mut().map(|row| &mut row.line))
        .chain(feed.info.iter_mut().map(|row| &mut row.line));
    lines.for_each(|line| *line = 0);
    feed
}

#[test]
fn what_is_written_is_read_again() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    for (feed, _) in [Feed::read(&base), Feed::from_lines("lines.toml", SOUND, None)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out");
        feed.write(&path).expect("written");
        let (again, findings) = Feed::read(&path);
        let told: Vec<_> = findings.iter().filter(|finding| finding.code.title != "missing_recommended_file").collect();
        assert!(told.is_empty(), "{told:#?}");
        assert_eq!(bare(again), bare(feed));
    }
}

#[test]
fn a_feed_written_over_another_leaves_nothing_of_it() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.md"), "ours").expect("written");
    Feed::read(&base).0.write(folder.path()).expect("written");
    assert!(folder.path().join("pathways.txt").exists());
    let (lines, _) = Feed::from_lines("lines.toml", SOUND, None);
    lines.write(folder.path()).expect("written");
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected = [
        "agency.txt",
        "calendar.txt",
        "frequencies.txt",
        "notes.md",
        "routes.txt",
        "stop_times.txt",
        "stops.txt",
        "trips.txt",
    ];
    assert_eq!(names, expected);
}
