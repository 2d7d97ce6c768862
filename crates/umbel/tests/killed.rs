//! A process that is killed at any moment leaves a region whose answers are right.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true if entry.file_name() == ".umbel" => {}
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

fn umbel(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_umbel"));
    command.current_dir(folder).args(words.split(' ')).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn answer(folder: &Path, words: &str) -> Vec<u8> {
    let output = umbel(folder, words).output().expect("started");
    assert!(output.status.success(), "{words}");
    output.stdout
}

const QUESTIONS: [&str; 2] = [
    "compare region base without-rail-2014 --quiet --format csv",
    "run region --quiet --format csv --plan without-rail-2014",
];

#[test]
fn whenever_a_process_is_killed_the_next_one_is_right() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/jing-jin-ji");
    let clean = tempfile::tempdir().expect("a folder");
    copy(&bundled, &clean.path().join("region"));
    let expected = QUESTIONS.map(|words| answer(clean.path(), words));
    let torn = tempfile::tempdir().expect("a folder");
    copy(&bundled, &torn.path().join("region"));
    for turn in 0..24_u64 {
        let words = QUESTIONS[turn as usize % 2];
        let mut child = umbel(torn.path(), words).stdout(Stdio::null()).spawn().expect("started");
        // From the first milliseconds to about when it ends by itself.
        std::thread::sleep(Duration::from_millis(turn * turn));
        let _ = child.kill();
        child.wait().expect("ended");
    }
    // Besides, files of the store cut short or with a changed byte, as a full or failing disk leaves them.
    let mut files: Vec<PathBuf> = Vec::new();
    walk(&torn.path().join("region/.umbel"), &mut files);
    files.sort();
    for (number, file) in files.iter().enumerate() {
        let mut bytes = fs::read(file).expect("read");
        match number % 3 {
            0 => bytes.truncate(bytes.len() / 2),
            1 if !bytes.is_empty() => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x55;
            }
            _ => continue,
        }
        fs::write(file, bytes).expect("written");
    }
    for (words, expected) in QUESTIONS.iter().zip(&expected) {
        assert!(answer(torn.path(), words) == *expected, "{words}");
    }
}

#[test]
fn processes_may_share_a_region() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/jing-jin-ji");
    let folder = tempfile::tempdir().expect("a folder");
    copy(&bundled, &folder.path().join("region"));
    let children: Vec<_> = (0..6)
        .map(|turn| umbel(folder.path(), QUESTIONS[turn % 2]).stdout(Stdio::piped()).spawn().expect("started"))
        .collect();
    let answers: Vec<Vec<u8>> =
        children.into_iter().map(|child| child.wait_with_output().expect("ended").stdout).collect();
    for (turn, found) in answers.iter().enumerate() {
        assert!(*found == answer(folder.path(), QUESTIONS[turn % 2]), "process {turn}");
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path().is_dir() {
            true => walk(&entry.path(), files),
            false => files.push(entry.path()),
        }
    }
}
