//! Methods on networks as measures of a region: the town of docs/travel.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use small::{list, write_folder};
use std::fs;
use std::path::{Path, PathBuf};
use umbel_core::{Bound, Code, Finding, Severity, Status};
use umbel_study::check::check;
use umbel_study::{Study, View};

const PLACES: &str = "\
place_id,kind,name,parent_id,lon,lat,source_id
town,region,Town,,8.02,50.006,office
west,district,West,town,8.01,50.006,office
east,district,East,town,8.04,50.006,office
harbour,quarter,Harbour,west,8.000000,50.002798,office
oldtown,quarter,Old town,west,8.013991,50.008194,office
hill,quarter,Hill,east,8.048968,50.006395,office
far,quarter,Far,east,8.3,50.006,office
nowhere,quarter,Nowhere,east,,,office
";

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation
people,People,{person},none,stock,sum
beds,Beds,{bed},up,stock,sum
";

const OBSERVATIONS: &str = "\
indicator_id,place_id,period,value,unit,source_id
people,harbour,2024,1200,{person},office
people,oldtown,2024,3000,{person},office
people,hill,2024,2600,{person},office
beds,oldtown,2024,30,{bed},office
beds,hill,2024,26,{bed},office
";

const MEASURES: &str = r#"
[minutes_to_hill]
method = "travel_time"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = "hill"
departure = "08:00"
percentiles = [5, 50, 95]
max_time = "60min"
periods = "2024"
title = "Minutes to the hill"

[on_foot]
method = "travel_time"
network = "streets"
modes = ["walk"]
from = { kind = "quarter" }
to = ["oldtown", "hill"]
date = "2024-05-14"
periods = "2024"
title = "Minutes on foot to the nearest"

[people_near]
method = "reach"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = { kind = "quarter" }
opportunities = "people"
cutoffs = ["20min"]
date = "2024-05-14"
periods = "2024"
title = "People within 20 minutes"

[across]
method = "reach"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = { kind = "quarter" }
opportunities = "people"
cutoffs = ["60min"]
border = "district"
result = "share_across"
date = "2024-05-14"
periods = "2024"
title = "Of these, across the border"

[beds_each]
method = "catchment"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = { kind = "quarter" }
demand = "people"
supply = "beds"
cutoff = "30min"
date = "2024-05-14"
periods = "2024"
title = "Beds for each person"

[area]
method = "isochrone"
network = "streets"
modes = ["walk"]
from = "oldtown"
cutoffs = ["10min"]
date = "2024-05-14"
periods = "2024"
title = "Area within ten minutes"

[buses]
method = "service_level"
network = "bus"
from = { kind = "quarter" }
date = "2024-05-14"
departure = "08:00"
periods = "2024"
title = "Departures an hour"

[rides]
method = "journeys"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = "hill"
date = "2024-05-14"
departure = "08:00"
periods = "2024"
title = "Vehicles to the hill"

[between]
method = "travel_time"
network = ["streets", "bus"]
from = { kind = "quarter" }
to = { kind = "quarter" }
result = "each"
departure = "08:00"
percentiles = [5,50,95]
max_time = "60min"
periods = "2024"
title = "Minutes between quarters"

[to_the_hill]
formula = "between[destination=hill]"
title = "Minutes to the hill, of the matrix"
"#;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

/// The town as a region with these measures.
fn town(measures: &str) -> (tempfile::TempDir, Study, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let travel = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/travel");
    copy(&travel.join("streets"), &folder.path().join("network/streets"));
    copy(&travel.join("town.gtfs"), &folder.path().join("network/bus.gtfs"));
    let files = [
        ("data/places.csv", PLACES),
        ("data/indicators.csv", INDICATORS),
        ("data/observations.csv", OBSERVATIONS),
        ("measures/all.toml", measures),
    ];
    write_folder(folder.path(), &files);
    let (study, findings) = Study::open(folder.path());
    (folder, study, findings)
}

/// Value, bound and status of a measure at a place in 2024.
fn figure(study: &Study, measure: &str, place: &str) -> (Option<f64>, Bound, Status) {
    let id = |text: &str| study.region.symbols.get(text).expect("an id");
    let node = study.node(id(measure), View::default()).expect("evaluated");
    let row = (0..node.series.len()).find(|&row| node.series.place[row] == id(place));
    let row = row.unwrap_or_else(|| panic!("{measure} has no row at {place}"));
    (node.series.value(row), node.series.bound[row], node.series.status[row])
}

#[test]
fn times_are_those_of_the_network() {
    let (_folder, study, findings) = town(MEASURES);
    assert_eq!(list(&findings), "");
    let minutes = |place: &str| figure(&study, "minutes_to_hill", place);
    assert_eq!(minutes("hill").0, Some(0.0));
    // The metro is there all day: 999 s in every departure (see docs/travel.md).
    assert!((minutes("harbour").0.expect("reached") - 999.0 / 60.0).abs() < 0.05, "{:?}", minutes("harbour"));
    // Off the streets nothing is known; without a point neither.
    assert_eq!((minutes("far").0, minutes("nowhere").0), (None, None));
    let id = |text: &str| study.region.symbols.get(text).expect("an id");
    let node = study.node(id("minutes_to_hill"), View::default()).expect("evaluated");
    let oldtown = (0..node.series.len()).find(|&row| node.series.place[row] == id("oldtown")).expect("a row");
    let (low, high) = node.series.interval[oldtown];
    let value = node.series.value(oldtown).expect("reached");
    assert!(low < value && value < high, "{low} {value} {high}");
    // On foot: too far within two hours is more than two hours, and the nearer of two counts.
    let on_foot = |place: &str| figure(&study, "on_foot", place);
    assert_eq!(on_foot("oldtown").0, Some(0.0));
    assert!(on_foot("harbour").0.is_some_and(|minutes| (20.0..35.0).contains(&minutes)), "{:?}", on_foot("harbour"));
}

#[test]
fn a_matrix_holds_the_time_to_each_place() {
    let (_folder, study, _) = town(MEASURES);
    let between = |from: &str, to: &str| {
        let figure = study.figure(&format!("between@{from}@2024@destination={to}"), View::default()).expect("a figure");
        (figure.node.series.value(figure.row), figure.node.series.interval.get(figure.row).copied())
    };
    let id = |text: &str| study.region.symbols.get(text).expect("an id");
    let node = study.node(id("minutes_to_hill"), View::default()).expect("evaluated");
    for place in ["harbour", "oldtown", "hill"] {
        let row = (0..node.series.len()).find(|&row| node.series.place[row] == id(place)).expect("a row");
        let (value, interval) = between(place, "hill");
        assert_eq!((value, interval), (node.series.value(row), Some(node.series.interval[row])), "{place}");
        assert_eq!(figure(&study, "to_the_hill", place).0, value);
    }
    assert_eq!(between("oldtown", "oldtown").0, Some(0.0));
    // What is off the streets, or has no point, is not known: neither from there nor to there.
    for (from, to) in [("harbour", "far"), ("far", "harbour"), ("harbour", "nowhere"), ("nowhere", "hill")] {
        assert_eq!(between(from, to).0, None, "{from} {to}");
    }
    let matrix = study.node(id("between"), View::default()).expect("evaluated");
    assert_eq!(matrix.series.len(), 25);
}

#[test]
fn what_is_not_reached_takes_longer_than_the_longest_journey() {
    let measures = MEASURES.replace("max_time = \"60min\"", "max_time = \"10min\"");
    let (_folder, study, _) = town(&measures);
    assert_eq!(figure(&study, "minutes_to_hill", "harbour"), (Some(10.0), Bound::Above, Status::Normal));
}

#[test]
fn opportunities_are_those_of_the_places() {
    let (_folder, study, _) = town(MEASURES);
    let people = |place: &str| figure(&study, "people_near", place).0;
    assert_eq!(people("harbour"), Some(1200.0 + 3000.0 + 2600.0));
    assert_eq!(figure(&study, "across", "harbour").0, Some(2600.0 / 6800.0));
    // Everybody reaches both: 56 beds for 6,800 people, and nothing is lost.
    let beds: f64 = [("harbour", 1200.0), ("oldtown", 3000.0), ("hill", 2600.0)]
        .map(|(place, people)| figure(&study, "beds_each", place).0.expect("a figure") * people)
        .iter()
        .sum();
    assert!((beds - 56.0).abs() < 1e-9, "{beds}");
    let area = figure(&study, "area", "oldtown").0.expect("an area");
    assert!((0.2..1.2).contains(&area), "{area}");
    assert_eq!(figure(&study, "buses", "harbour").0, Some(6.0 + 8.0));
    assert_eq!((figure(&study, "rides", "harbour").0, figure(&study, "rides", "hill").0), (Some(1.0), Some(0.0)));
}

#[test]
fn figures_follow_the_files_of_the_network() {
    let (folder, study, _) = town(MEASURES);
    // Of its own content, so that no other test of this process has it at hand.
    let stops = folder.path().join("network/bus.gtfs/stops.txt");
    let renamed = fs::read_to_string(&stops).expect("read").replace("Harbour", "Quay");
    fs::write(&stops, renamed).expect("written");
    let before = figure(&study, "minutes_to_hill", "harbour");
    assert!(folder.path().join(".umbel/network").is_dir(), "the prepared network is kept");
    let again = Study::open(folder.path()).0;
    assert_eq!(figure(&again, "minutes_to_hill", "harbour"), before);
    let path = folder.path().join("network/bus.gtfs/frequencies.txt");
    let slower = fs::read_to_string(&path).expect("read").replace(",480,0", ",2400,0");
    fs::write(&path, slower).expect("written");
    let later = Study::open(folder.path()).0;
    assert!(figure(&later, "minutes_to_hill", "harbour").0 > before.0);
    // What does not read the feed stays.
    assert_eq!(figure(&later, "on_foot", "harbour"), figure(&study, "on_foot", "harbour"));
}

/// Writes a file of the network anew.
fn rewrite(folder: &Path, file: &str, change: impl FnOnce(String) -> String) {
    let path = folder.join("network").join(file);
    let text = fs::read_to_string(&path).expect("read");
    let changed = change(text.clone());
    assert_ne!(changed, text, "{file} is changed");
    fs::write(path, changed).expect("written");
}

#[test]
fn rows_of_a_network_that_cannot_be_used_are_told() {
    let (folder, study, _) = town(MEASURES);
    let told = |study: &Study| list(&check(study));
    assert_eq!(told(&study), "");
    let cell_more =
        |text: String| text.replacen('\n', "\n\n", 1).replacen("\n\n", "\nblue-east,1,2,3,4,5,6,7,8,9\n", 1);
    rewrite(folder.path(), "bus.gtfs/stop_times.txt", cell_more);
    rewrite(folder.path(), "streets/link.csv", |text| {
        let first = text.lines().nth(1).expect("a link").to_owned();
        let to = first.split(',').nth(2).expect("an end").to_owned();
        text.replacen(&first, &first.replacen(&format!(",{to},"), ",nowhere-to-be-found,", 1), 1)
    });
    let study = Study::open(folder.path()).0;
    let found = told(&study);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(lines[0].starts_with("T010 network/bus.gtfs/stop_times.txt:2:"), "{found}");
    assert!(lines[1].contains(" network/streets/link.csv:2:") && lines[1].contains("nowhere-to-be-found"), "{found}");
    // What is computed from them is said to rest on them, whether it is computed now or was kept.
    for study in [&study, &Study::open(folder.path()).0] {
        assert_eq!(study.faulty_networks(), [], "nothing was asked for");
        figure(study, "buses", "harbour");
        assert_eq!(study.faulty_networks(), [("bus", 1)]);
        figure(study, "to_the_hill", "harbour");
        assert_eq!(study.faulty_networks(), [("bus", 1), ("streets", 1)]);
    }
    let without_second_line =
        |text: String| text.lines().take(1).chain(text.lines().skip(2)).collect::<Vec<_>>().join("\n");
    rewrite(folder.path(), "bus.gtfs/stop_times.txt", without_second_line);
    rewrite(folder.path(), "streets/link.csv", without_second_line);
    let study = Study::open(folder.path()).0;
    assert_eq!(told(&study), "");
    figure(&study, "to_the_hill", "harbour");
    assert_eq!(study.faulty_networks(), []);
}

#[test]
fn a_network_that_cannot_be_read_is_told() {
    let (folder, _, _) = town(MEASURES);
    fs::write(folder.path().join("network/metro.zip"), "no archive").expect("written");
    fs::write(folder.path().join("network/paths.osm.pbf"), [0, 0, 0, 13, 10, 9, 79]).expect("written");
    fs::create_dir(folder.path().join("network/empty.gtfs")).expect("made");
    let found = list(&check(&Study::open(folder.path()).0));
    for file in ["T001 network/metro.zip:", "T004 network/empty.gtfs", " network/paths.osm.pbf:"] {
        assert!(found.lines().any(|line| line.contains(file)), "{file}\n{found}");
    }
}

/// The errors among `CODE file:line:column ...` of a folder of tests, as they are told of a region: `of` names the files.
fn errors_expected(case: &Path, of: impl Fn(&str) -> String) -> Vec<String> {
    let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
    let mut lines: Vec<String> = expected
        .lines()
        .filter_map(|line| {
            let (code, rest) = line.split_once(' ').expect("a code");
            let severity = Code::find(code).expect("a code").severity;
            // A region looks at many days; on which of them trips run is for whoever travels.
            let told = severity == Severity::Error && code != "T110";
            told.then(|| format!("{code} {}", of(rest.split(' ').next().expect("a place"))))
        })
        .collect();
    lines.sort();
    lines
}

/// The errors about networks that are told of a region, as `CODE file:line:column`.
fn errors_told(folder: &Path) -> Vec<String> {
    let study = Study::open(folder).0;
    let errors = check(&study).into_iter().filter(|finding| finding.severity == Severity::Error);
    let mut lines: Vec<String> = errors
        .map(|Finding { code, location: at, .. }| format!("{} {}:{}:{}", code.id, at.file, at.line, at.column))
        .collect();
    lines.sort();
    lines
}

#[test]
fn every_broken_feed_and_extract_is_told_of_a_region() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let cases = |name: &str| {
        let entries = fs::read_dir(tests.join(name)).expect("a folder").flatten().map(|entry| entry.path());
        let mut cases: Vec<PathBuf> = entries.filter(|path| path.join("expected.txt").is_file()).collect();
        cases.sort();
        cases
    };
    let (region, study, _) = town(MEASURES);
    assert!(errors_told(region.path()).is_empty());
    drop(study);
    let network = |name: &str| region.path().join("network").join(name);
    let (mut wrong, mut broken) = (String::new(), 0);
    let mut compare = |case: &Path, expected: Vec<String>| {
        let told = errors_told(region.path());
        broken += usize::from(!expected.is_empty());
        if told != expected {
            wrong.push_str(&format!("{}\n  expected {expected:#?}\n  told {told:#?}\n", case.display()));
        }
    };
    for case in cases("feeds") {
        let feed = network("feed.gtfs");
        copy(&tests.join("feeds/base"), &feed);
        copy(&case, &feed);
        for name in fs::read_to_string(feed.join("without")).unwrap_or_default().lines() {
            fs::remove_file(feed.join(name)).expect("a file of the base");
        }
        for name in ["expected.txt", "without"] {
            let _ = fs::remove_file(feed.join(name));
        }
        compare(&case, errors_expected(&case, |place| place.replacen("feed", "network/feed.gtfs", 1)));
        fs::remove_dir_all(feed).expect("removed");
    }
    for case in cases("networks") {
        let (extract, links) = (case.join("extract.osm.pbf"), case.join("link.csv"));
        if extract.is_file() {
            fs::copy(extract, network("extract.osm.pbf")).expect("copied");
        } else if links.is_file() {
            copy(&case, &network("paths"));
        } else {
            // Rules are not those of a region.
            continue;
        }
        let of = |place: &str| match place.starts_with("extract") {
            true => format!("network/{place}"),
            false => format!("network/paths/{place}"),
        };
        compare(&case, errors_expected(&case, of));
        let _ = fs::remove_file(network("extract.osm.pbf"));
        let _ = fs::remove_dir_all(network("paths"));
    }
    assert!(broken >= 70, "only {broken} have errors");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn of_errors_of_one_kind_a_hundred_are_listed() {
    let (folder, _, _) = town(MEASURES);
    rewrite(folder.path(), "bus.gtfs/stop_times.txt", |text| text + &"x\n".repeat(150));
    let found = list(&check(&Study::open(folder.path()).0));
    assert_eq!(found.lines().filter(|line| line.starts_with("T010 ")).count(), 100, "{found}");
    assert!(found.contains("(and the same in 50 more places of this column)"), "{found}");
}

/// The second finds the times of the first at hand: quick in this process, and not in the next.
#[test]
fn what_rests_on_journeys_is_kept_however_quick_it_was() {
    let reach = |name: &str, of: &str| {
        format!(
            "[{name}]\nmethod = \"reach\"\nnetwork = [\"streets\", \"bus\"]\nfrom = {{ kind = \"quarter\" }}\n\
             to = {{ kind = \"quarter\" }}\nopportunities = \"{of}\"\ncutoffs = [\"20min\"]\ndate = \"2024-05-14\"\n\
             periods = \"2024\"\ntitle = \"Within 20 minutes: {of}\"\n\n"
        )
    };
    let twice = reach("first", "people") + &reach("second", "beds");
    let (folder, study, findings) = town(&twice);
    assert_eq!(list(&findings), "");
    for measure in ["first", "second"] {
        let id = study.region.symbols.get(measure).expect("an id");
        let node = study.node(id, View::default()).expect("evaluated");
        // An indicator with one measure and no rows is its node.
        let name: String = node.key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(folder.path().join(".umbel").join(format!("{name}.node")).is_file(), "{measure}");
    }
}

#[test]
fn a_figure_rests_on_the_network_and_its_places() {
    let (folder, _, _) = town(MEASURES);
    let path = folder.path().join("datapackage.json");
    let package = fs::read_to_string(&path).expect("read");
    let resource =
        "\"resources\": [{\"name\": \"bus\", \"path\": \"network/bus.gtfs/stops.txt\", \"umbel:source\": \"office\"},";
    fs::write(&path, package.replacen("\"resources\": [", resource, 1)).expect("written");
    let (study, findings) = Study::open(folder.path());
    assert_eq!(list(&findings), "");
    let id = |text: &str| study.region.symbols.get(text).expect("an id");
    let node = study.node(id("rides"), View::default()).expect("evaluated");
    let row = (0..node.series.len()).find(|&row| node.series.place[row] == id("harbour")).expect("a row");
    let trace = study.trace(&umbel_study::Figure { node: node.clone(), row }, 20);
    let labels: Vec<&str> = trace.from.iter().map(|step| step.label.as_str()).collect();
    assert!(labels.contains(&"networks network/bus.gtfs"), "{labels:?}");
    assert!(labels.contains(&"places harbour") && labels.contains(&"places hill"), "{labels:?}");
    let bus = trace.from.iter().find(|step| step.label.ends_with("bus.gtfs")).expect("the network");
    assert_eq!(bus.row.map(|row| study.region.id(row.1)), Some("office"));
}

#[test]
fn wrong_parameters_are_findings_with_their_place() {
    let measures = MEASURES
        .replace("network = \"bus\"", "network = \"buss\"")
        .replace("percentiles = [5, 50, 95]", "percentiles = [0]")
        .replace("modes = [\"walk\"]\nfrom = { kind = \"quarter\" }", "modes = [\"walk\"]")
        .replace("cutoff = \"30min\"", "");
    let (_folder, _, findings) = town(&measures);
    let told = list(&findings);
    let expected = [
        "M002 measures/all.toml:8:15 percentiles: a percentile is a whole number from 1 to 100",
        "M002 measures/all.toml:13:2 `from` is not given",
        "M002 measures/all.toml:46:2 give a cutoff such as 45min",
        "M003 measures/all.toml:70:11 There is no network \"buss\" Did you mean \"bus\"?",
    ];
    assert_eq!(findings.len(), expected.len(), "{told}");
    for (line, begin) in told.lines().zip(expected) {
        assert!(line.starts_with(begin), "{line}");
    }
}
