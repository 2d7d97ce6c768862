//! Several files written as one: all of them, or none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes every file beside its place first and moves them there once all are on the disk.
///
/// # Errors
/// Whatever the file system says, with the path; then no file has changed, except where the system fails between two
/// renames in one folder. Folders that are missing are made.
pub fn commit(files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    let mut written: Vec<(PathBuf, &Path)> = Vec::with_capacity(files.len());
    let result = files.iter().try_for_each(|(path, bytes)| {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(named)?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = path.with_file_name(name);
        let mut file = File::create(&beside).map_err(named)?;
        written.push((beside, path));
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(named)
    });
    let result = result.and_then(|()| {
        written.iter().try_for_each(|(beside, path)| {
            fs::rename(beside, path)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
        })
    });
    if result.is_err() {
        for (beside, _) in &written {
            // What was moved already is not there any more; nothing else can be done about the rest.
            let _ = fs::remove_file(beside);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_all_or_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let good = folder.path().join("data/a.csv");
        commit(&[(good.clone(), b"old".to_vec())]).expect("written");
        let bad = folder.path().join("data/a.csv/b.csv");
        let error = commit(&[(good.clone(), b"new".to_vec()), (bad, b"x".to_vec())]).expect_err("no such folder");
        assert!(error.to_string().contains("b.csv"), "{error}");
        assert_eq!(fs::read(&good).expect("still there"), b"old");
        assert_eq!(fs::read_dir(folder.path().join("data")).expect("a folder").count(), 1);
    }
}
