//! The binary from outside: exit codes, shapes of JSON, what it does with bad paths and folders it may not write to.

use serde_json::Value;
use snapbox::cmd::Command;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

fn umbel() -> Command {
    Command::new(env!("CARGO_BIN_EXE_umbel"))
}

fn bundled() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/jing-jin-ji")
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    fn array(&self) -> Vec<Value> {
        match self.json() {
            Value::Array(all) => all,
            other => panic!("an array, not {other}"),
        }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let done = umbel().args(arguments).current_dir(folder).output().unwrap_or_else(|error| panic!("{error}"));
    Ran {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// Every file below a folder with its content.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(content(&path));
        } else {
            all.push((path.clone(), fs::read(&path).unwrap_or_default()));
        }
    }
    all.sort();
    all
}

/// A folder with a small region `r`: two towns, one indicator, one measure, one target, two claims.
fn region() -> TempDir {
    let folder = TempDir::new().unwrap_or_else(|error| panic!("{error}"));
    let here = folder.path();
    assert_eq!(run(here, &["init", "r", "--title", "R", "--languages", "en,zh"]).code, 0);
    write(here, "s.csv", "source_id,title,licence,obtained,mark\ns,S,CC0,typed,sourced\nt,T,CC0,typed,sourced\n");
    write(here, "p.csv", "name,name_zh\nUptown,上城\nDowntown,下城\n");
    write(
        here,
        "i.csv",
        "indicator_id,title,unit,direction,kind,aggregation\npeople,People,{person},up,stock,sum\narea,Area,km2,none,stock,sum\n",
    );
    write(here, "o.csv", "name;2010;2020\n上城;1.000;1.200\nDowntown;500;450\n");
    write(here, "a.csv", "name;2020\nUptown;2,5\nDowntown;1\n");
    for arguments in [
        ["s.csv", "--as", "sources", "--set", "note="].as_slice(),
        &["p.csv", "--as", "places", "--set", "kind=town", "--set", "parent_id=region", "--set", "source_id=s"],
        &["i.csv", "--as", "indicators"],
        &["o.csv", "--as", "observations", "--set", "indicator_id=people", "--set", "source_id=s", "--decimal", ","],
        &["a.csv", "--as", "observations", "--set", "indicator_id=area", "--set", "source_id=s"],
    ] {
        let mut all = vec!["add", "--into", "r"];
        all.extend(arguments);
        let ran = run(here, &all);
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
    }
    write(
        here,
        "r/measures/measures.toml",
        "[density]\nformula = \"people / area\"\nunit = \"{person}/km2\"\ntitle = { en = \"Density\" }\n\n\
         [everyone]\nmethod = \"aggregate\"\nindicator = \"people\"\nfrom = { kind = \"town\" }\nto = [\"region\"]\n",
    );
    write(
        here,
        "t.csv",
        "target_id,indicator_id,place_id,period,direction,value,force,baseline,source_id\n\
         more,people,region,2030,at_least,2000,expected,2010,t\n",
    );
    write(
        here,
        "c.csv",
        "claim_id,system,statement,indicator_id,place_id,period,comparator,value,source_id\n\
         grown,x,More than 1600 live here,people,region,2020,>,1600,t\n\
         nice,x,It is nice here,,,,,,t\n",
    );
    for (file, table) in [("t.csv", "targets"), ("c.csv", "claims")] {
        assert_eq!(run(here, &["add", file, "--as", table, "--into", "r"]).code, 0, "{table}");
    }
    folder
}

#[test]
fn exit_codes_say_what_happened() {
    let folder = region();
    let here = folder.path();
    let code = |arguments: &[&str]| {
        let ran = run(here, arguments);
        assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        ran.code
    };
    assert_eq!(code(&["--help"]), 0);
    assert_eq!(code(&["--version"]), 0);
    assert_eq!(code(&["check", "r"]), 0);
    assert_eq!(code(&["explain", "r001"]), 0);
    // The command line is wrong.
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["chek", "r"]), 2);
    assert_eq!(code(&["check"]), 2);
    assert_eq!(code(&["check", "r", "--format", "yaml"]), 2);
    assert_eq!(code(&["explain", "Z999"]), 2);
    assert_eq!(code(&["methods", "magic"]), 2);
    assert_eq!(code(&["run", "r", "densty"]), 2);
    assert_eq!(code(&["run", "r", "density", "--place", "midtown"]), 2);
    assert_eq!(code(&["run", "r", "density", "--period", "20x0"]), 2);
    assert_eq!(code(&["run", "r", "--output", "x.docx"]), 2);
    assert_eq!(code(&["run", "r", "claims", "targets"]), 2);
    assert_eq!(code(&["run", "r", "claims", "--format", "geojson"]), 2);
    assert_eq!(code(&["trace", "r", "people@nowhere@2020"]), 2);
    assert_eq!(code(&["report", "r", "--lang", "tlh"]), 2);
    assert_eq!(code(&["add", "o.csv", "--as", "plases", "--into", "r"]), 2);
    assert_eq!(code(&["--threads", "0", "check", "r"]), 2);
    // Something failed.
    assert_eq!(code(&["check", "none"]), 3);
    assert_eq!(code(&["check", "s.csv"]), 3);
    assert_eq!(code(&["report", "r/data"]), 3);
    assert_eq!(code(&["verify", "s.csv", "--region", "r"]), 3);
    assert_eq!(code(&["add", "none.csv", "--as", "places", "--into", "r"]), 3);
    assert_eq!(code(&["init", "r"]), 3);
    // Findings.
    assert_eq!(code(&["add", "p.csv", "--as", "places", "--into", "r", "--set", "kind=town"]), 1);
    write(here, "r/data/targets.csv", "target_id\nmore\n");
    assert_eq!(code(&["check", "r"]), 1);
}

#[test]
fn a_wrong_word_is_answered_with_the_right_one() {
    let folder = region();
    let err = |arguments: &[&str]| run(folder.path(), arguments).err;
    assert!(err(&["chek", "r"]).contains("check"));
    assert!(err(&["run", "r", "densty"]).contains("is it density?"));
    assert!(err(&["run", "r", "density", "--place", "uptwon"]).contains("is it uptown?"));
    assert!(err(&["check", "none"]).contains("no folder none"));
    assert!(err(&["check", "r/data"]).contains("umbel init"));
}

#[test]
fn findings_do_not_stop_what_they_do_not_touch() {
    let folder = region();
    let here = folder.path();
    let text = fs::read_to_string(here.join("r/data/observations.csv")).unwrap_or_default();
    write(here, "r/data/observations.csv", &text.replace("downtown,2010,,,500", "downtown,2010,,,five"));
    let ran = run(here, &["run", "r", "density", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("warning: 1 error in r"), "{}", ran.err);
    assert_eq!(ran.array().len(), 2);
    let checked = run(here, &["check", "r", "--format", "json"]);
    assert_eq!(checked.code, 1);
    let finding = &checked.array()[0];
    assert_eq!((&finding["code"], &finding["file"]), (&"F011".into(), &"data/observations.csv".into()));
    for key in ["code", "severity", "file", "line", "column", "message", "fix"] {
        assert!(!finding[key].is_null(), "{key}");
    }
    let sarif = run(here, &["check", "r", "--format", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "F011");
}

#[test]
fn figures_that_rest_on_a_broken_network_come_with_a_warning() {
    let folder = region();
    let here = folder.path();
    let feed = here.join("r/network/bus.gtfs");
    fs::create_dir_all(&feed).unwrap_or_else(|error| panic!("{error}"));
    for (file, text) in content(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/travel/town.gtfs")) {
        let name = file.file_name().unwrap_or_default();
        fs::write(feed.join(name), text).unwrap_or_else(|error| panic!("{error}"));
    }
    write(
        here,
        "r/measures/buses.toml",
        "[buses]\nmethod = \"service_level\"\nnetwork = \"bus\"\nfrom = { kind = \"town\" }\ndate = \"2024-05-14\"\n\
         departure = \"08:00\"\nperiods = \"2024\"\ntitle = \"Departures an hour\"\n",
    );
    let sound = run(here, &["run", "r", "buses"]);
    assert_eq!((sound.code, sound.err.as_str()), (0, ""));
    assert_eq!(run(here, &["check", "r"]).code, 0);
    let times = fs::read_to_string(feed.join("stop_times.txt")).unwrap_or_default();
    write(&feed, "stop_times.txt", &times.replacen("bus-out,06:03:00", "bus-out,express,06:03:00", 1));
    let checked = run(here, &["check", "r"]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("r/network/bus.gtfs/stop_times.txt:3: error T010"), "{}", checked.out);
    for arguments in [["run", "r", "buses"], ["run", "r", "buses"], ["trace", "r", "buses@uptown@2024"]] {
        let ran = run(here, &arguments);
        let warning = "warning: 1 error in the files of the network bus; what they touch is left out (umbel check r)";
        assert!(ran.err.contains(warning), "{arguments:?}: {}{}", ran.out, ran.err);
    }
    // What does not travel says nothing of it.
    assert_eq!(run(here, &["run", "r", "density"]).err, "");
}

#[test]
fn figures_come_in_every_form() {
    let folder = region();
    let here = folder.path();
    let rows = run(here, &["run", "r", "density", "--place", "uptown", "--format", "json"]).array();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["indicator"], &rows[0]["period"]), (&"density".into(), &"2020".into()));
    assert_eq!((rows[0]["value"].as_f64(), &rows[0]["unit"]), (Some(480.0), &"{person}/km2".into()));
    let csv = run(here, &["run", "r", "people", "--format", "csv", "--period", "2015/2025"]).out;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("people,region,2020,,1650,{person},,,,,"), "{csv}");
    let map = run(here, &["run", "r", "people", "--format", "geojson"]).json();
    assert_eq!(map["features"].as_array().map(Vec::len), Some(6));
    assert_eq!(map["features"][0]["properties"]["place"], "downtown");
    let summary = run(here, &["run", "r"]).out;
    assert!(summary.starts_with("measure"), "{summary}");
    assert!(summary.lines().any(|line| line.starts_with("density ")), "{summary}");
    assert!(run(here, &["run", "r", "people"]).out.starts_with("indicator"));
    // To files, the form by the ending, and back into a table.
    for name in ["f.csv", "f.json", "f.geojson", "f.parquet", "f.txt"] {
        let ran = run(here, &["run", "r", "people", "--output", name]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{name}: {}", ran.err);
        assert!(fs::metadata(here.join(name)).is_ok_and(|file| file.len() > 0), "{name}");
    }
    for name in ["f.csv", "f.parquet"] {
        let arguments = [
            "add",
            name,
            "--as",
            "observations",
            "--into",
            "r",
            "--set",
            "source_id=s",
            "--replace",
            "--dry",
            "--format",
            "json",
        ];
        let back = run(here, &arguments).json();
        assert_eq!((&back["rows"], &back["added"], &back["replaced"]), (&6.into(), &2.into(), &4.into()), "{back}");
    }
}

#[test]
fn claims_and_targets_are_arrays_of_objects() {
    let folder = region();
    let here = folder.path();
    let claims = run(here, &["run", "r", "claims", "--format", "json"]).array();
    let keys = [
        "claim",
        "system",
        "verdict",
        "evidence",
        "published",
        "computed",
        "unit",
        "vintages",
        "statement",
        "comparator",
        "tolerance",
        "definitions",
        "depends_on",
        "reason",
    ];
    for key in keys {
        assert!(claims.iter().all(|claim| claim.get(key).is_some()), "{key}");
    }
    assert_eq!((&claims[0]["verdict"], &claims[0]["evidence"]), (&"kept".into(), &"independent".into()));
    assert_eq!((claims[0]["published"].as_f64(), claims[0]["computed"].as_f64()), (Some(1600.0), Some(1650.0)));
    assert_eq!(claims[0]["vintages"][0]["measure"], "everyone");
    assert_eq!((&claims[1]["verdict"], &claims[1]["reason"]), (&"undecidable".into(), &"no_figure".into()));
    assert_eq!(run(here, &["run", "r", "claims", "--place", "uptown", "--format", "json"]).array().len(), 0);
    let targets = run(here, &["run", "r", "targets", "--format", "json"]).array();
    assert_eq!((&targets[0]["status"], targets[0]["wanted"].as_f64()), (&"slipping".into(), Some(2000.0)));
    assert_eq!(targets[0]["latest"]["value"].as_f64(), Some(1650.0));
    assert_eq!(run(here, &["run", "r", "claims", "--format", "csv"]).out.lines().count(), 3);
}

#[test]
fn the_claims_of_the_bundled_region_are_all_there() {
    let claims = run(Path::new("."), &["run", &bundled().to_string_lossy(), "claims", "--format", "json"]);
    assert_eq!(claims.code, 0, "{}", claims.err);
    let claims = claims.array();
    assert!(claims.len() >= 97);
    let words = ["kept", "missed", "depends", "undecidable"];
    assert!(claims.iter().all(|claim| claim["verdict"].as_str().is_some_and(|word| words.contains(&word))));
    let output = claims.iter().find(|claim| claim["claim"] == "C002").unwrap_or(&Value::Null);
    assert_eq!((&output["verdict"], &output["depends_on"][0]), (&"depends".into(), &"vintage".into()));
    assert!(output["vintages"].as_array().is_some_and(|all| all.len() >= 2));
}

#[test]
fn a_trace_ends_at_lines() {
    let folder = region();
    let ran = run(folder.path(), &["trace", "r", "density@uptown@2020", "--format", "json"]);
    let step = ran.json();
    assert_eq!((step["value"].as_f64(), &step["measure"]), (Some(480.0), &"density".into()));
    let rows: Vec<(&Value, &Value)> = step["from"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| (&part["row"]["file"], &part["row"]["line"]))
        .collect();
    assert_eq!(rows, [(&"data/observations.csv".into(), &3.into()), (&"data/observations.csv".into(), &6.into())]);
    let text = run(folder.path(), &["trace", "r", "density@uptown@2020"]).out;
    assert!(text.contains("r/data/observations.csv:3") && text.contains("people / area"), "{text}");
}

#[test]
fn a_changed_figure_is_found_in_the_report() {
    let folder = region();
    let here = folder.path();
    let ran = run(here, &["report", "r"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, "r.html\n2 claims: 1 kept, 1 undecidable\n1 target: 1 slipping\n");
    assert_eq!(run(here, &["verify", "r.html"]).code, 0);
    assert_eq!(run(here, &["run", "r", "--dry"]).out, "");
    let one = fs::read(here.join("r.html")).unwrap_or_default();
    assert_eq!(run(here, &["report", "r", "--threads", "1", "--output", "one.html", "--quiet"]).out, "one.html\n");
    assert_eq!(one, fs::read(here.join("one.html")).unwrap_or_default(), "the same bytes from one thread");
    assert_eq!(run(here, &["report", "r", "--lang", "zh"]).out.lines().next(), Some("r.zh.html"));
    let path = here.join("r/data/observations.csv");
    let text = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, text.replace("uptown,2020,,,1200", "uptown,2020,,,1300"))
        .unwrap_or_else(|error| panic!("{error}"));
    let ran = run(here, &["verify", "r.html", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let differ = ran.array();
    assert!(differ.iter().all(|one| one["figure"].as_str().is_some_and(|id| id.contains("@2020"))), "{differ:?}");
    let total = differ.iter().find(|one| one["figure"].as_str().is_some_and(|id| id.starts_with("people@region@2020")));
    let total = total.unwrap_or_else(|| panic!("{differ:?}"));
    assert_eq!((total["old"].as_f64(), total["new"].as_f64()), (Some(1650.0), Some(1750.0)));
    let stale = run(here, &["run", "r", "--dry", "--format", "json"]).array();
    let names: Vec<_> = stale.iter().map(|one| one["measure"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["density", "everyone"]);
    // Both were computed for the report, so what they cost is known.
    assert!(stale.iter().all(|one| one["seconds"].as_f64().is_some_and(|time| time > 0.0)), "{stale:?}");
    let listed = run(here, &["list", "r", "--format", "json"]).json();
    assert_eq!(listed["measures"][0]["state"], "stale");
    assert_eq!(listed["tables"][0]["rows"], 3);
}

#[test]
fn nothing_is_half_written() {
    let folder = region();
    let here = folder.path();
    let before = content(here);
    // A name below a file is nowhere to write to, whoever asks.
    assert_eq!(run(here, &["report", "r", "--output", "s.csv/r.html"]).code, 3);
    assert_eq!(run(here, &["run", "r", "people", "--output", "s.csv/f.csv"]).code, 3);
    assert_eq!(run(here, &["init", "s.csv/new"]).code, 3);
    assert_eq!(run(here, &["init", "s.csv"]).code, 3);
    let seen = |path: &Path| path.components().any(|part| part.as_os_str() == ".umbel");
    let after: Vec<_> = content(here).into_iter().filter(|(path, _)| !seen(path)).collect();
    assert_eq!(after, before);
    // One of the files to be written has a folder in its place: the others stay as they are.
    let features = r#"{"features":[{"properties":{"name":"New"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
    write(here, "n.geojson", features);
    write(here, "r/geo", "not a folder");
    let before = content(&here.join("r/data"));
    let arguments = ["add", "n.geojson", "--as", "places", "--into", "r", "--set", "kind=town", "--set", "source_id=s"];
    let ran = run(here, &arguments);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.err);
    assert_eq!(content(&here.join("r/data")), before);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = region();
    let data = folder.path().join("r/data");
    let allow =
        |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap_or_else(|error| panic!("{error}"));
    allow(0o555);
    // Root may write everywhere; then the folder is not read-only for us, and there is nothing to see here.
    let may_write = fs::write(data.join("probe"), "").is_ok();
    let _ = fs::remove_file(data.join("probe"));
    let before = content(&data);
    write(folder.path(), "q.csv", "name\nMidtown\n");
    let arguments = ["add", "q.csv", "--as", "places", "--into", "r", "--set", "kind=town", "--set", "source_id=s"];
    let ran = run(folder.path(), &arguments);
    allow(0o755);
    assert_eq!(ran.code, if may_write { 0 } else { 3 }, "{}", ran.err);
    assert_eq!(content(&data) == before, !may_write);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_umbel"))
        .args(["run", &bundled().to_string_lossy(), "population", "area", "gdp", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{error}"));
    let mut few = [0; 16];
    let mut out = child.stdout.take().unwrap_or_else(|| panic!("piped"));
    out.read_exact(&mut few).unwrap_or_else(|error| panic!("{error}"));
    drop(out);
    let done = child.wait_with_output().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn init_makes_a_region_that_checks() {
    let folder = TempDir::new().unwrap_or_else(|error| panic!("{error}"));
    let here = folder.path();
    let title = "Île \"x\" \\ 京";
    assert_eq!(run(here, &["init", "Mein Land", "--title", title, "--languages", "en,zh", "--quiet"]).out, "");
    let checked = run(here, &["check", "Mein Land"]);
    assert_eq!((checked.code, checked.out.as_str()), (0, "no findings\n"), "{}", checked.err);
    let package: Value = serde_json::from_slice(&fs::read(here.join("Mein Land/datapackage.json")).unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((&package["name"], &package["title"]), (&"mein-land".into(), &title.into()));
    assert_eq!(run(here, &["init", "b", "--name", "B C"]).code, 2);
    assert_eq!(run(here, &["init", "b", "--languages", "klingon!"]).code, 2);
    assert!(!here.join("b").exists());
    // What stands in the folder already is not touched.
    fs::create_dir_all(here.join("c/data")).unwrap_or_else(|error| panic!("{error}"));
    write(here, "c/data/places.csv", "mine\n");
    assert_eq!(run(here, &["init", "c"]).code, 3);
    assert_eq!(content(&here.join("c")).len(), 1);
}

#[test]
fn methods_and_codes_are_listed() {
    let here = Path::new(".");
    let methods = run(here, &["methods", "--format", "json"]).array();
    let formula = methods.iter().find(|method| method["method"] == "formula").unwrap_or(&Value::Null);
    assert!(formula["parameters"]["properties"]["formula"].is_object(), "{formula}");
    for method in &methods {
        let name = method["method"].as_str().unwrap_or_default();
        let page = run(here, &["methods", name]).out;
        assert!(page.starts_with(name) && page.contains("formula:") && page.contains("source:"), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 100 || !line.trim().contains(' ')), "{page}");
    }
    let codes = run(here, &["explain", "--format", "json"]).array();
    assert!(codes.len() > 60);
    assert!(run(here, &["explain", "U001"]).out.contains("unit"));
    assert!(run(here, &["methods", "agregate"]).err.contains("is it aggregate?"));
}
