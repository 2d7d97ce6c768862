//! Networks: native files (GTFS feeds, OpenStreetMap extracts, tables of links) in `network/`, known by their names.
//!
//! The name of a network is that of its file or folder up to the first dot: `rail` for `network/rail.gtfs/` and
//! `network/rail.osm.pbf`, which then belong together. What they hold is read by whoever travels on them.

use crate::package::Resource;
use crate::region::SourceFile;
use std::path::Path;
use std::sync::OnceLock;
use umbel_core::Symbol;

/// Folder of the networks.
pub const FOLDER: &str = "network";
/// What the files of networks are called where tables have their names.
pub const TABLE: &str = "networks";

/// The files of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkFiles {
    /// Name.
    pub name: String,
    /// Its files and folders with `/`, relative to the region folder, in alphabetical order.
    pub paths: Vec<String>,
    /// All files, those in its folders one by one: positions in [`crate::Region::files`].
    pub files: Vec<u16>,
    /// Sources that the package names for any of its files (`umbel:source`).
    pub sources: Vec<Symbol>,
    digest: OnceLock<[u8; 32]>,
}

/// Whether a file or folder in `network/` is one of a network.
fn belongs(path: &Path, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if path.is_dir() {
        let holds = |file: &str| path.join(file).is_file();
        return lower.ends_with(".gtfs") || holds("stops.txt") || holds("link.csv");
    }
    [".pbf", ".zip", ".gtfs", ".toml"].iter().any(|ending| lower.ends_with(ending))
}

/// Networks of a region folder in alphabetical order, each with the files to be counted among those of the region.
pub(crate) fn find(root: &Path) -> Vec<(NetworkFiles, Vec<SourceFile>)> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        names
    };
    let folder = root.join(FOLDER);
    let mut found: Vec<(NetworkFiles, Vec<SourceFile>)> = Vec::new();
    for entry in names(&folder).into_iter().filter(|entry| belongs(&folder.join(entry), entry)) {
        let name = entry.split('.').next().unwrap_or(&entry).to_owned();
        let path = format!("{FOLDER}/{entry}");
        let inside = folder.join(&entry);
        let files: Vec<String> = match inside.is_dir() {
            true => {
                let data = |file: &String| file.ends_with(".txt") || file.ends_with(".csv");
                names(&inside).into_iter().filter(data).map(|file| format!("{path}/{file}")).collect()
            }
            false => vec![path.clone()],
        };
        let at = match found.iter().position(|(network, _)| network.name == name) {
            Some(at) => at,
            None => {
                found.push((NetworkFiles { name, ..NetworkFiles::default() }, Vec::new()));
                found.len() - 1
            }
        };
        found[at].0.paths.push(path);
        found[at].1.extend(files.into_iter().map(|path| SourceFile { path, table: TABLE.to_owned() }));
    }
    found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    found
}

impl NetworkFiles {
    /// The hash of the names and bytes of its files, read once: all plans of a region share it. `files` are those of the
    /// region, in `root`.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn digest(&self, root: &Path, files: &[SourceFile]) -> Result<[u8; 32], String> {
        if let Some(digest) = self.digest.get() {
            return Ok(*digest);
        }
        let mut hasher = blake3::Hasher::new();
        for file in self.files.iter().filter_map(|number| files.get(usize::from(*number))) {
            let bytes = std::fs::read(root.join(&file.path)).map_err(|error| format!("{}: {error}", file.path))?;
            hasher.update(file.path.as_bytes()).update(&[0]).update(blake3::hash(&bytes).as_bytes());
        }
        Ok(*self.digest.get_or_init(|| *hasher.finalize().as_bytes()))
    }

    /// Whether a resource of the package is one of its files.
    pub(crate) fn holds(&self, resource: &Resource) -> bool {
        let path = resource.path.trim_start_matches("./");
        self.paths
            .iter()
            .any(|own| path == own || path.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_name_belong_together() {
        let root = tempfile::tempdir().expect("a folder");
        let make = |name: &str| {
            let path = root.path().join("network").join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "x").expect("written");
        };
        [
            "rail.gtfs/stops.txt",
            "rail.gtfs/note.md",
            "roads/link.csv",
            "rail.osm.pbf",
            "README.md",
            "make.py",
            "x/y.csv",
        ]
        .iter()
        .for_each(|name| make(name));
        let found = find(root.path());
        let names: Vec<&str> = found.iter().map(|(network, _)| network.name.as_str()).collect();
        assert_eq!(names, ["rail", "roads"]);
        assert_eq!(found[0].0.paths, ["network/rail.gtfs", "network/rail.osm.pbf"]);
        let files: Vec<&str> = found[0].1.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["network/rail.gtfs/stops.txt", "network/rail.osm.pbf"]);
        let resource = |path: &str| Resource { path: path.to_owned(), ..Resource::default() };
        assert!(found[0].0.holds(&resource("network/rail.gtfs/stops.txt")));
        assert!(!found[0].0.holds(&resource("network/rail.gtfs2/stops.txt")));
    }
}
