//! The tutorial, run as it is written: its files are made, its commands are run, and what they print must be what the
//! page shows. `UMBEL_BLESS=1` writes the page again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// The words of a command line; double quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}

/// Runs a line that begins with `umbel` and gives back what it printed, and its exit code when it is not 0.
fn run(line: &str, folder: &Path) -> String {
    let words = words(line);
    assert_eq!(words.first().map(String::as_str), Some("umbel"), "only umbel is run: {line}");
    let done = Command::new(env!("CARGO_BIN_EXE_umbel")).args(&words[1..]).current_dir(folder).output();
    let done = done.unwrap_or_else(|error| panic!("{line}: {error}"));
    let mut text = String::from_utf8_lossy(&done.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&done.stderr));
    if let Some(code) = done.status.code().filter(|code| *code != 0) {
        text.push_str(&format!("[exit code {code}]\n"));
    }
    text
}

/// Lives through a page in a folder; with `UMBEL_BLESS` writes it again, else holds it to what was seen.
fn live(name: &str, folder: &Path, least: usize) {
    let path = docs().join(name);
    let page = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
    let mut lived = String::new();
    let mut commands = 0;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        lived.push_str(line);
        lived.push('\n');
        let Some(fence) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match fence.split_once(' ') {
            None if fence == "console" => {
                for command in body.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    commands += 1;
                    lived.push_str(&format!("$ {command}\n{}", run(command, folder)));
                }
            }
            // Shown, not run.
            None => lived.push_str(&(body.join("\n") + "\n")),
            Some((_, name)) => {
                let text = body.join("\n") + "\n";
                let parent = folder.join(name).parent().map(Path::to_owned).unwrap_or_default();
                fs::create_dir_all(&parent).unwrap_or_else(|error| panic!("{name}: {error}"));
                fs::write(folder.join(name), &text).unwrap_or_else(|error| panic!("{name}: {error}"));
                lived.push_str(&text);
            }
        }
        lived.push_str("```\n");
    }
    assert!(commands >= least, "{name} has lost its commands");
    if std::env::var_os("UMBEL_BLESS").is_some() {
        fs::write(&path, &lived).unwrap_or_else(|error| panic!("{error}"));
        return;
    }
    snapbox::assert_data_eq!(lived, page);
}

#[test]
fn the_tutorial_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for name in ["states.geojson", "population.xlsx", "rail-spending.csv"] {
        let copied = fs::copy(docs().join("tutorial").join(name), folder.path().join(name));
        copied.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    live("tutorial.md", folder.path(), 11);
}

#[test]
fn the_page_on_plain_files_does_what_it_says() {
    let folder = with_the_bundled_region();
    live("apply.md", folder.path(), 8);
}

#[test]
fn the_page_on_plans_does_what_it_says() {
    let folder = with_the_bundled_region();
    live("plans.md", folder.path(), 20);
}

#[test]
fn the_page_on_travel_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    copy(&docs().join("travel"), folder.path());
    live("travel.md", folder.path(), 10);
}

/// A folder with a copy of the bundled region, so that nothing is left behind in that of the project.
fn with_the_bundled_region() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/jing-jin-ji");
    copy(&bundled, &folder.path().join("regions/jing-jin-ji"));
    folder
}

/// Copies the files of a folder and those below it, but not what is kept in `.umbel`.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{error}"));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{error}")).flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".umbel" => copy(&entry.path(), &target),
            Ok(kind) if kind.is_file() => {
                fs::copy(entry.path(), target).unwrap_or_else(|error| panic!("{error}"));
            }
            _ => {}
        }
    }
}
