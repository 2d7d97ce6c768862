//! Small regions for tests, made from the text of their tables.

#![allow(dead_code, clippy::expect_used)]

use std::path::Path;
use umbel_core::Finding;
use umbel_study::Study;
use umbel_table::package::{Description, discover, write};

/// Sources of every strength: an office, a paper, the paper that makes the claims, one that repeats it, and memory.
pub const SOURCES: &str = "\
source_id,title,licence,obtained,mark,derived_from
office,Statistical office,open,read,sourced,
other,Another office,open,read,sourced,
article,The article,cited,read,sourced,
echo,Repeats the article,cited,read,sourced,article
memory,From memory,none,recalled,unverified,
";

/// A region of two provinces, four cities and a zone that straddles both provinces.
pub const PLACES: &str = "\
place_id,kind,name,parent_id,straddles,lon,lat,source_id
region,region,Region,,,,,office
north,province,North,region,,10,52,office
south,province,South,region,,10,50,office
n1,city,N1,north,,10.1,52.1,office
n2,city,N2,north,,10.2,52.2,office
s1,city,S1,south,,10.1,50.1,office
s2,city,S2,south,,10.2,50.2,office
zone,zone,Zone,region,north;south,10,51,office
";

/// Writes a folder and its package, and opens it without a store.
pub fn open(folder: &Path, files: &[(&str, &str)]) -> (Study, Vec<Finding>) {
    write_folder(folder, files);
    let (mut study, findings) = Study::open(folder);
    study.set_store(None);
    (study, findings)
}

/// Writes the files of a region, with the sources and places above unless given, and its package.
pub fn write_folder(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in [("data/sources.csv", SOURCES), ("data/places.csv", PLACES)].iter().chain(files) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let description = Description { files: discover(folder), ..Description::default() };
    write(folder, &description).expect("a package");
}

/// The findings as `code file:line:column`, one a line.
pub fn list(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let at = &finding.location;
        format!("{} {}:{}:{} {} {}\n", finding.code.id, at.file, at.line, at.column, finding.message, finding.fix)
    };
    findings.iter().map(line).collect()
}
