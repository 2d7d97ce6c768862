//! Methods on networks, on the town of docs/travel.

use crate::{Ran, apply};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The network of the town, and when it is travelled.
const TOWN: &str = "--streets streets --gtfs town.gtfs --date 2024-05-14 --departure 08:00";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        match entry.file_type().expect("a kind").is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).expect("copied")),
        }
    }
}

fn town() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/travel"), folder.path());
    folder
}

fn run(folder: &Path, arguments: &str) -> Ran {
    apply(folder, &arguments.replace("TOWN", TOWN))
}

/// The cells of a CSV text by row.
fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The seconds between two places in a matrix.
fn seconds(text: &str, from: &str, to: &str, column: usize) -> Option<u32> {
    let rows = cells(text);
    let row = rows.iter().find(|row| row[0] == from && row[1] == to).unwrap_or_else(|| panic!("{from} {to}: {text}"));
    (!row[column].is_empty()).then(|| row[column].parse().expect("seconds"))
}

#[test]
fn a_matrix_has_a_row_for_each_pair_in_order() {
    let town = town();
    let ran = run(town.path(), "travel-time TOWN --origins places.csv --percentiles 5,50,95");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = cells(&ran.out);
    assert_eq!(rows[0], ["origin", "destination", "p5", "p50", "p95"]);
    assert_eq!(rows.len(), 37);
    let ids = ["harbour", "oldtown", "mill", "bridge", "meadow", "hill"];
    for (at, row) in rows[1..].iter().enumerate() {
        assert_eq!((row[0].as_str(), row[1].as_str()), (ids[at / 6], ids[at % 6]));
        let times: Vec<u32> = row[2..].iter().map(|cell| cell.parse().expect("seconds")).collect();
        assert!(times.is_sorted(), "{row:?}");
        assert_eq!(times == [0, 0, 0], at / 6 == at % 6, "{row:?}");
    }
}

#[test]
fn walking_takes_the_length_of_the_streets() {
    let town = town();
    let ran = run(town.path(), "travel-time --streets streets --modes walk --walk-speed 1.25 --origins places.csv");
    assert_eq!(ran.code, 0, "{}", ran.err);
    // From (2, 1.8) to (3, 2.9) on the grid of 500 m: 50 m north, 500 m east, 50 m back and 500 m north.
    let found = seconds(&ran.out, "oldtown", "mill", 2).expect("reached");
    let metres = f64::from(found) * 1.25;
    assert!((metres - 1050.0).abs() < 15.0, "{metres}");
    let short = run(town.path(), "travel-time --streets streets --modes walk --max-time 10min --origins places.csv");
    assert_eq!(seconds(&short.out, "harbour", "hill", 2), None);
}

#[test]
fn vehicles_are_faster_than_walking_and_keep_to_the_timetable() {
    let town = town();
    let by = |modes: &str| {
        run(town.path(), &format!("travel-time TOWN --origins places.csv --percentiles 1,50 --modes {modes}")).out
    };
    let (all, bus) = (by("transit,walk"), by("bus,walk"));
    let walk = by("walk");
    let walked = seconds(&walk, "harbour", "hill", 3).expect("reached");
    let best = seconds(&all, "harbour", "hill", 3).expect("reached");
    let by_bus = seconds(&bus, "harbour", "hill", 3).expect("reached");
    assert!(best < by_bus && by_bus < walked, "{best} {by_bus} {walked}");
    // The metro: 4 min of wait in the mean, 5 min of ride, and the walks at either end of some 200 m.
    assert!((60 * 9..60 * 18).contains(&best), "{best}");
}

#[test]
fn cars_keep_to_the_speeds_of_the_links() {
    let town = town();
    let ran = run(town.path(), "travel-time --streets streets --modes car --origins places.csv");
    // 3.5 km of main road at 50 km/h and some 350 m of streets at 30 km/h.
    let found = seconds(&ran.out, "harbour", "hill", 2).expect("reached");
    assert!((270..330).contains(&found), "{found}");
    let slow = run(town.path(), "travel-time --streets streets --modes car --car-factor 0.5 --origins places.csv");
    let twice = seconds(&slow.out, "harbour", "hill", 2).expect("reached");
    assert!(twice.abs_diff(2 * found) < 30, "{twice} {found}");
}

#[test]
fn the_quickest_of_several_modes_leads_to_the_first_stop() {
    let town = town();
    // One departure, so that the quicker of two modes is that of the journey.
    let times = |modes: &str| {
        let arguments = format!("travel-time TOWN --origins places.csv --window 1min --modes transit,{modes}");
        let ran = run(town.path(), &arguments);
        assert_eq!(ran.code, 0, "{modes}: {}", ran.err);
        cells(&ran.out)[1..].iter().map(|row| row[2].parse().ok()).collect::<Vec<Option<u32>>>()
    };
    let (walk, bike, car) = (times("walk"), times("bike"), times("car"));
    let least = |a: &[Option<u32>], b: &[Option<u32>]| {
        let one = |(a, b): (&Option<u32>, &Option<u32>)| a.iter().chain(b).min().copied();
        a.iter().zip(b).map(one).collect::<Vec<_>>()
    };
    assert_eq!(times("walk,bike"), least(&walk, &bike));
    assert_eq!(times("car,walk"), least(&walk, &car));
    assert!(walk != bike && bike != car && least(&walk, &bike) != walk && least(&car, &walk) != walk);
    // Arrivals are found from the other side, and come by the same modes: sooner than on foot only.
    let by_nine = |modes: &str| {
        let then = "--streets streets --gtfs town.gtfs --date 2024-05-14 --departure 09:00 --arrive-by true";
        let arguments = format!("travel-time {then} --origins places.csv --window 1min --modes transit,{modes}");
        let ran = run(town.path(), &arguments);
        assert_eq!(ran.code, 0, "{modes}: {}", ran.err);
        cells(&ran.out)[1..].iter().map(|row| row[2].parse().ok()).collect::<Vec<Option<u32>>>()
    };
    assert_eq!(by_nine("walk,bike"), least(&by_nine("walk"), &by_nine("bike")));
}

#[test]
fn journeys_take_what_the_matrix_says_by_every_mode() {
    let town = town();
    let mut first = Vec::new();
    for modes in ["walk", "bike", "car", "walk,bike", "walk,car"] {
        let options = format!("TOWN --origins places.csv --window 1min --modes transit,{modes}");
        let matrix = run(town.path(), &format!("travel-time {options}"));
        let told = run(town.path(), &format!("journeys {options} --format json"));
        assert_eq!((matrix.code, told.code), (0, 0), "{} {}", matrix.err, told.err);
        let told: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let mut compared = 0;
        for row in &cells(&matrix.out)[1..] {
            let of =
                |one: &&serde_json::Value| one["origin"] == row[0].as_str() && one["destination"] == row[1].as_str();
            let arrivals = told.as_array().expect("journeys").iter().filter(of).map(|journey| {
                first.push(journey["legs"][0]["mode"].as_str().expect("a mode").to_owned());
                let clock = journey["arrival"].as_str().expect("an arrival").split(':');
                clock.fold(0, |sum, part| sum * 60 + part.parse::<i64>().expect("a number")) - 8 * 3600
            });
            let (least, stated) = (arrivals.min(), row[2].parse::<i64>().ok());
            if row[0] == row[1] {
                continue;
            }
            compared += 1;
            // Seconds of legs are rounded down one by one there.
            let alike = match (least, stated) {
                (Some(least), Some(stated)) => (least - stated).abs() <= 1,
                (least, stated) => least == stated,
            };
            assert!(alike, "{modes} {row:?}: {least:?}");
        }
        assert_eq!(compared, 30);
    }
    assert!(["walk", "bike", "car"].iter().all(|mode| first.iter().any(|one| one == mode)), "{first:?}");
}

#[test]
fn a_timetable_alone_is_walked_to_in_straight_lines() {
    let town = town();
    let ran = run(town.path(), "travel-time --gtfs town.gtfs --date 2024-05-14 --origins places.csv");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let with_streets = run(town.path(), "travel-time TOWN --origins places.csv");
    let (straight, over) = (
        seconds(&ran.out, "harbour", "hill", 2).expect("reached"),
        seconds(&with_streets.out, "harbour", "hill", 2).expect("reached"),
    );
    assert!(straight <= over && over - straight < 300, "{straight} {over}");
}

#[test]
fn threads_and_forms_change_no_figure() {
    let town = town();
    let matrix = |threads: u8, out: &str| {
        let line = format!(
            "--threads {threads} travel-time TOWN --origins places.csv --percentiles 5,50 --frequencies draws --draws 3 --out {out}"
        );
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_umbel"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let (global, rest) = words.split_at(2);
        let line = rest.join(" ").replace("TOWN", TOWN);
        let ran = command.args(global).arg("apply").args(line.split_whitespace()).current_dir(town.path()).output();
        assert!(ran.expect("run").status.success());
        fs::read(town.path().join(out)).expect("written")
    };
    let one = matrix(1, "one.csv");
    assert_eq!(one, matrix(2, "two.csv"));
    assert_eq!(matrix(1, "one.parquet"), matrix(2, "two.parquet"));
    matrix(2, "m.json");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(town.path().join("m.json")).expect("written")).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(36));
    assert_eq!(json[1]["p50"].to_string(), cells(&String::from_utf8_lossy(&one))[2][3]);
}

#[test]
fn points_off_the_network_are_told_with_their_distance() {
    let town = town();
    fs::write(town.path().join("far.csv"), "id,lon,lat\nfar,8.3,50.0\nnear,8.01,50.0005\n").expect("written");
    let line = "travel-time --streets streets --modes walk --origins far.csv --destinations places.csv --snap-report snaps.csv";
    let ran = run(town.path(), line);
    assert_eq!(ran.code, 0);
    assert!(
        ran.err.contains("far.csv:2: far: off the network, 179") && ran.err.contains("m from the nearest street"),
        "{}",
        ran.err
    );
    assert_eq!(seconds(&ran.out, "far", "hill", 2), None);
    // Once, where the origins are destinations too.
    let both = run(town.path(), "travel-time --streets streets --modes walk --origins far.csv");
    assert_eq!(both.err.matches("off the network").count(), 1, "{}", both.err);
    let report = cells(&fs::read_to_string(town.path().join("snaps.csv")).expect("written"));
    assert_eq!(report.len(), 9);
    assert_eq!((report[1][1].as_str(), report[1][5].as_str(), report[2][5].as_str()), ("far", "0", "1"));
}

#[test]
fn a_prepared_network_is_kept_and_a_damaged_one_made_again() {
    let town = town();
    let line = "travel-time TOWN --origins places.csv --cache kept";
    let first = run(town.path(), line).out;
    let files: Vec<_> =
        fs::read_dir(town.path().join("kept")).expect("kept").flatten().map(|entry| entry.path()).collect();
    // Streets, timetable, and how its stops are joined to them.
    assert_eq!(files.len(), 3);
    assert_eq!(run(town.path(), line).out, first);
    // Joined by other rules: kept apart, and the same as without.
    let other = "travel-time TOWN --origins places.csv --max-transfer 1";
    let plain = run(town.path(), other).out;
    for _ in 0..2 {
        assert_eq!(run(town.path(), &format!("{other} --cache kept")).out, plain);
        assert_eq!(fs::read_dir(town.path().join("kept")).expect("kept").count(), 4);
    }
    for file in &files {
        let mut bytes = fs::read(file).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(file, &bytes[..bytes.len() - 3]).expect("written");
    }
    assert_eq!(run(town.path(), line).out, first);
    // A timetable that has changed is another one.
    let path = town.path().join("town.gtfs/frequencies.txt");
    let slower = fs::read_to_string(&path)
        .expect("read")
        .replace("metro-out,06:00:00,22:00:00,480", "metro-out,06:00:00,22:00:00,2400");
    fs::write(&path, slower).expect("written");
    assert_ne!(run(town.path(), line).out, first);
}

#[test]
fn what_is_wrong_is_said() {
    let town = town();
    let ends = |arguments: &str, code: i32, says: &str| {
        let ran = run(town.path(), arguments);
        assert_eq!(ran.code, code, "{arguments}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments}: {}", ran.err);
        assert!(ran.out.is_empty(), "{arguments}: {}", ran.out);
    };
    ends("travel-time --origins places.csv", 2, "--streets FILE, --gtfs FILE");
    ends("travel-time --streets nowhere.pbf --origins places.csv", 3, "nowhere.pbf: there is no such file");
    ends("travel-time --streets places.csv --gtfs streets --origins places.csv", 2, "--gtfs streets");
    ends("travel-time --gtfs town.gtfs --origins places.csv", 2, "--date DAY");
    ends("travel-time TOWN", 2, "--origins FILE");
    ends("travel-time TOWN --origins none.csv", 3, "none.csv");
    ends("travel-time TOWN --origins places.csv --window 60", 2, "--window: \"60\" is no duration: write it as 60min");
    ends("travel-time TOWN --origins places.csv --modes flying", 2, "--modes: unknown variant `flying`");
    ends("travel-time TOWN --origins places.csv --walk-speed 0", 2, "--walk-speed: 0 is no speed");
    ends("travel-time TOWN --origins town.gtfs", 2, "--origins town.gtfs: points are a table");
    ends(
        "isochrone TOWN --origins places.csv --cutoffs 10min --out areas.csv",
        2,
        "--out areas.csv: areas are written",
    );
    ends("catchment TOWN --origins places.csv --demand people", 2, "--supply is needed");
    ends(
        "travel-time --gtfs town.gtfs --origins places.csv --date 2024-05-14 --modes car,bus",
        3,
        "cars drive over streets",
    );
    ends("isochrone TOWN --origins places.csv --modes walk,bike,bus", 2, "one mode over streets at a time");
    ends("travel-time TOWN --origins places.csv --percentiles 0", 2, "--percentiles");
    ends("travel-time TOWN --origins places.csv --out m.xyz", 2, ".parquet");
    ends("travel-time TOWN --origins places.csv --street-rules loose", 2, "loose");
    ends("travel-time --streets streets --origins places.csv --date 2024-05-14", 3, "no timetable");
    let broken = town.path().join("broken.csv");
    fs::write(&broken, "id,lon,lat\na,8.0,50.0\na,8.0,x\n").expect("written");
    ends("travel-time TOWN --origins broken.csv", 1, "broken.csv:3:7: error F011");
    assert!(!town.path().join("m.xyz").exists() && !town.path().join("areas.csv").exists());
}

#[test]
fn no_service_on_the_day_is_said() {
    let town = town();
    let ran = run(town.path(), "travel-time --gtfs town.gtfs --date 2024-05-12 --origins places.csv");
    assert!(ran.code != 0, "a Sunday has no service: {}", ran.out);
    assert!(ran.err.contains("2024-05-12"), "{}", ran.err);
}

#[test]
fn opportunities_within_reach_of_a_given_matrix_are_counted() {
    let folder = crate::folder(&[
        (
            "zones.csv",
            "id,lon,lat,jobs,schools,people,side\na,8,50,10,0,100,west\nb,8.1,50,20,1,50,west\nc,8.2,50,40,1,25,east\n",
        ),
        ("m.csv", "origin,destination,minutes\na,a,0\na,b,20\na,c,45\nb,b,0\nb,a,20\nb,c,30\nc,c,0\nc,b,30\n"),
    ]);
    let reach = "reach --times m.csv --origins zones.csv --opportunities jobs,schools";
    let ran =
        apply(folder.path(), &format!("{reach} --cutoffs 30min,60min --decay exponential:0.05 --nth 1 --border side"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = cells(&ran.out);
    assert_eq!(
        rows[0],
        [
            "id",
            "jobs_30min",
            "jobs_30min_across",
            "jobs_60min",
            "jobs_60min_across",
            "jobs_exponential:0.05",
            "jobs_exponential:0.05_across",
            "jobs_nth_1",
            "schools_30min",
            "schools_30min_across",
            "schools_60min",
            "schools_60min_across",
            "schools_exponential:0.05",
            "schools_exponential:0.05_across",
            "schools_nth_1"
        ]
    );
    assert_eq!(rows[1][1..5], ["30", "0", "70", "40"]);
    let decayed: f64 = rows[1][5].parse().expect("a number");
    let by_hand = 10.0 + 20.0 * (-1.0_f64).exp() + 40.0 * (-2.25_f64).exp();
    assert!((decayed / by_hand - 1.0).abs() < 1e-12, "{decayed} {by_hand}");
    assert_eq!((rows[1][7].as_str(), rows[1][14].as_str(), rows[3][14].as_str()), ("0", "1200", "0"));
    let ran = apply(folder.path(), &format!("{reach} --cutoffs 30min --groups people --group-report g.csv"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let groups = cells(&fs::read_to_string(folder.path().join("g.csv")).expect("written"));
    // (100 x 30 + 50 x 70 + 25 x 60) / 175
    let mean: f64 = groups[1][4].parse().expect("a mean");
    assert_eq!((groups[1][0].as_str(), groups[1][1].as_str()), ("people", "jobs_30min"));
    assert!((mean - 8000.0 / 175.0).abs() < 1e-12, "{mean}");
}

#[test]
fn supply_is_shared_in_every_way() {
    let folder = crate::folder(&[
        ("homes.csv", "id,lon,lat,people\nh1,8,50,10\nh2,8.1,50,30\n"),
        ("surgeries.csv", "id,lon,lat,doctors\ns1,8,50,2\ns2,8.1,50,8\n"),
        ("m.csv", "from,to,minutes\nh1,s1,1\nh1,s2,5\nh2,s2,10\n"),
    ]);
    let line =
        "catchment --times m.csv --origins homes.csv --destinations surgeries.csv --demand people --supply doctors";
    let found = |more: &str| {
        let ran = apply(folder.path(), &format!("{line} {more}"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        cells(&ran.out)[1..].iter().map(|row| row[1].parse::<f64>().expect("a number")).collect::<Vec<_>>()
    };
    // The case worked by hand in the engine's documentation.
    assert_eq!(found("--sharing e2sfca --decay step:5=1/10=0.5"), [0.52, 0.16]);
    assert_eq!(found("--sharing 3sfca --decay step:5=1/10=0.5"), [0.4, 0.2]);
    assert_eq!(found("--sharing spatial_availability --decay step:5=1/10=0.5"), [5.2, 4.8]);
    assert_eq!(found("--cutoff 10min"), [0.4, 0.2]);
    let balanced = found("--sharing bfca --decay step:5=1/10=0.5");
    assert!((balanced[0] - 58.0 / 105.0).abs() < 1e-12 && (balanced[1] - 8.0 / 105.0).abs() < 1e-12, "{balanced:?}");
    let ran = apply(folder.path(), &format!("{line} --sharing e2sfca"));
    assert!(ran.code == 2 && ran.err.contains("e2sfca needs a decay"), "{}", ran.err);
    let ran = apply(folder.path(), &format!("{line} --cutoff 10min --max-walk 10min"));
    assert!(ran.code == 2 && ran.err.contains("no meaning with --times"), "{}", ran.err);
}

#[test]
fn reach_over_the_network_is_reach_over_its_matrix() {
    let town = town();
    let matrix = run(town.path(), "travel-time TOWN --origins places.csv --out m.csv");
    assert_eq!(matrix.code, 0, "{}", matrix.err);
    let what = "--origins places.csv --opportunities jobs,doctors --cutoffs 15min,30min --decay gaussian:12 --nth 2";
    let over = run(town.path(), &format!("reach TOWN {what}"));
    let given = run(town.path(), &format!("reach --times m.csv {what}"));
    assert_eq!((over.code, given.code), (0, 0), "{} {}", over.err, given.err);
    assert_eq!(over.out, given.out);
}

#[test]
fn feeds_are_checked() {
    let town = town();
    let ran = run(town.path(), "check-gtfs town.gtfs --format json");
    let all: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(all.as_array().is_some_and(|all| all.iter().all(|finding| finding["severity"] != "error")), "{}", ran.out);
    let path = town.path().join("town.gtfs/stop_times.txt");
    let broken = fs::read_to_string(&path).expect("read").replacen(
        "bus-out,06:03:00,06:03:00,market,2",
        "bus-out,06:03:00,06:03:00,markt,2",
        1,
    );
    fs::write(&path, broken).expect("written");
    let ran = run(town.path(), "check-gtfs town.gtfs");
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("town.gtfs/stop_times.txt:3:27"), "{}", ran.out);
    assert!(ran.out.contains("markt"), "{}", ran.out);
}

#[test]
fn areas_grow_with_time_and_hold_their_origin() {
    let town = town();
    let ran = run(
        town.path(),
        "isochrone TOWN --origins places.csv --cutoffs 10min,20min --resolution 50 --out areas.geojson",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = fs::read_to_string(town.path().join("areas.geojson")).expect("written");
    let areas: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let features = areas["features"].as_array().expect("features");
    assert_eq!(features.len(), 12);
    for pair in features.chunks(2) {
        let size = |at: usize| pair[at]["properties"]["area_km2"].as_f64().expect("an area");
        assert_eq!(
            (pair[0]["properties"]["seconds"].as_u64(), pair[1]["properties"]["cutoff"].as_str()),
            (Some(600), Some("20min"))
        );
        // Ten minutes on foot reach a part of a square of 600 m around.
        assert!(size(0) > 0.1 && size(0) < size(1), "{} {}", size(0), size(1));
        assert!(pair[0]["geometry"]["coordinates"][0][0].as_array().is_some_and(|ring| ring.first() == ring.last()));
    }
    let beyond = run(town.path(), "isochrone TOWN --origins places.csv --cutoffs 180min");
    assert!(beyond.code == 2 && beyond.err.contains("--max-time"), "{}", beyond.err);
}

#[test]
fn journeys_have_legs_that_follow_each_other() {
    let town = town();
    fs::write(town.path().join("from.csv"), "id,lon,lat\nharbour,8.0,50.002798\n").expect("written");
    let line = "journeys TOWN --origins from.csv --destinations places.csv --modes bus,walk";
    let ran = run(town.path(), line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let all: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let to_hill: Vec<_> = all.as_array().expect("journeys").iter().filter(|j| j["destination"] == "hill").collect();
    // A bus every ten minutes of the hour, and one for who leaves in its last minutes.
    assert_eq!(to_hill.iter().filter(|journey| journey["rides"] == 1).count(), 7, "{}", ran.out);
    let legs = to_hill[0]["legs"].as_array().expect("legs");
    assert_eq!(
        legs.iter().map(|leg| leg["mode"].as_str().unwrap_or_default()).collect::<Vec<_>>(),
        ["walk", "ride", "walk"]
    );
    assert_eq!((legs[1]["ride"]["line"].as_str(), legs[1]["from"]["stop"].as_str()), (Some("1"), Some("harbour")));
    assert!(legs.windows(2).all(|two| two[0]["arrival"].as_str() <= two[1]["departure"].as_str()), "{legs:?}");
    // The quickest of them is the least time of the matrix.
    let least = to_hill.iter().map(|journey| journey["seconds"].as_u64().expect("seconds")).min();
    let matrix = run(
        town.path(),
        "travel-time TOWN --origins from.csv --destinations places.csv --modes bus,walk --percentiles 1",
    );
    assert_eq!(seconds(&matrix.out, "harbour", "hill", 2).map(u64::from), least);
    let csv = cells(&run(town.path(), &format!("{line} --format csv")).out);
    assert_eq!(csv[0][..4], ["origin", "destination", "journey", "leg"]);
}

#[test]
fn service_is_told_of_stops_and_routes() {
    let town = town();
    let ran = run(town.path(), "service-level --gtfs town.gtfs --date 2024-05-14 --departure 08:00 --window 60min");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = cells(&ran.out);
    let harbour = rows.iter().find(|row| row[0] == "harbour").expect("a row");
    // Six buses and seven and a half metros an hour leave; departures are counted.
    assert_eq!((harbour[4].as_str(), harbour[5].as_str()), ("216", "06:00:00"));
    let routes =
        cells(&run(town.path(), "service-level --gtfs town.gtfs --date 2024-05-14 --of routes --departure 08:00").out);
    let bus = routes.iter().find(|row| row[0] == "bus").expect("a row");
    assert_eq!((bus[8].as_str(), bus[10].as_str()), ("300", "A"));
}

#[test]
fn a_scenario_edits_lines_and_roads() {
    let town = town();
    let time = |scenario: &str, modes: &str, from: &str, to: &str| {
        fs::write(town.path().join("s.toml"), scenario).expect("written");
        let line = format!("travel-time TOWN --origins places.csv --modes {modes} --scenario s.toml");
        let ran = run(town.path(), &line);
        assert_eq!(ran.code, 0, "{}", ran.err);
        // Whatever is kept of the network without the edits.
        for _ in 0..2 {
            assert_eq!(run(town.path(), &format!("{line} --cache kept")).out, ran.out, "{scenario}");
        }
        seconds(&ran.out, from, to, 2)
    };
    let by_bus = |scenario: &str| time(scenario, "bus,walk", "harbour", "hill").expect("reached");
    let now = by_bus("");
    let walked = time("", "walk", "harbour", "hill").expect("reached");
    let cut = time("[[edit]]\ndo = \"remove_line\"\nline = \"bus\"\n", "bus,walk", "harbour", "hill");
    assert!(walked > 1800 && cut.is_none(), "no vehicle is left, and it is too far to walk: {cut:?}");
    assert!(by_bus("[[edit]]\ndo = \"headway\"\nline = \"bus\"\nheadway = \"2min\"\n") < now);
    assert!(by_bus("[[edit]]\ndo = \"speed\"\nline = \"1\"\nfactor = 2.0\n") < now);
    let line = "[[edit]]\ndo = \"add_stop\"\nid = \"mill\"\nlon = 8.020986\nlat = 50.0132\n\n[[edit]]\ndo = \"add_line\"\n\
                id = \"x\"\nvehicle = \"bus\"\nstops = [\"harbour\", \"mill\"]\nminutes = [4]\nheadway = \"4min\"\n";
    let before = time("", "bus,walk", "harbour", "mill").expect("reached");
    assert!(time(line, "bus,walk", "harbour", "mill").expect("reached") < before - 300);
    let by_car = |scenario: &str| time(scenario, "car", "harbour", "hill").expect("reached");
    let free = by_car("");
    assert!(by_car("[[edit]]\ndo = \"close_road\"\nclass = \"main\"\n") > free);
    assert!(
        by_car(
            "[[edit]]\ndo = \"congestion\"\npolygon = [[7.9, 49.9], [8.1, 49.9], [8.1, 50.1], [7.9, 50.1]]\nfactor = 0.5\n"
        ) > free + 200
    );
    assert!(by_car("[[edit]]\ndo = \"add_road\"\nfrom = [8.0, 50.0045]\nto = [8.049, 50.0045]\nspeed = 100\n") < free);
    fs::write(town.path().join("s.toml"), "[[edit]]\ndo = \"remove_line\"\nline = \"bsu\"\n").expect("written");
    let ran = run(town.path(), "travel-time TOWN --origins places.csv --scenario s.toml");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("s.toml:1: error J002") && ran.err.contains("bus"), "{}", ran.err);
}
