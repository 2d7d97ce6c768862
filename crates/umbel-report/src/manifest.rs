//! The manifest that the report carries: every figure shown and every input file, so that they can be checked again.

use crate::ReportError;
use crate::book::{Book, Origin, State};
use serde::{Deserialize, Serialize};
use umbel_study::Study;

/// Id of the script element that carries it.
pub const ELEMENT: &str = "umbel-manifest";

/// Everything that was shown and what it was computed from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub program: String,
    /// Name of the package.
    pub region: String,
    /// Language of the report.
    pub language: String,
    /// Hash of the names and contents of all input files.
    pub content: String,
    /// Input files with the hash of their content.
    pub files: Vec<(String, String)>,
    /// Numbered figures by id; the first is figure 1.
    pub figures: Vec<String>,
    /// All figures shown, by series.
    pub series: Vec<SeriesOf>,
}

/// Figures of one series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesOf {
    /// Indicator.
    pub indicator: String,
    /// Measure whose own rows these are; empty = the indicator's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub measure: String,
    /// View, empty = the latest releases.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub as_of: String,
    /// State of the region.
    #[serde(flatten)]
    pub state: State,
    /// Unit of the values.
    pub unit: String,
    /// Key of the node.
    pub key: String,
    /// Place, period, breakdown, value (`null` = missing).
    pub rows: Vec<(String, String, String, Option<f64>)>,
}

/// Hashes of all input files of a study, by name.
///
/// # Errors
/// When one cannot be read.
pub fn files(study: &Study) -> Result<Vec<(String, String)>, ReportError> {
    let root = &study.region.root;
    // Tables that were never in a folder have no files.
    if root.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = study.region.files.iter().map(|file| file.path.clone()).collect();
    for name in ["datapackage.json", "report.toml"] {
        if root.join(name).is_file() {
            names.push(name.to_owned());
        }
    }
    if let Ok(folder) = std::fs::read_dir(root.join("measures")) {
        let measures = folder.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.extend(measures.filter(|name| name.ends_with(".toml")).map(|name| format!("measures/{name}")));
    }
    names.sort();
    names.dedup();
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        let bytes = std::fs::read(root.join(&name)).map_err(|error| ReportError::Read(name.clone(), error))?;
        out.push((name, blake3::hash(&bytes).to_hex().to_string()));
    }
    Ok(out)
}

/// One hash of all input files.
pub fn content(files: &[(String, String)]) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, hash) in files {
        hasher.update(name.as_bytes());
        hasher.update(b"\0");
        hasher.update(hash.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

impl Manifest {
    /// The manifest of a finished book.
    pub fn new(study: &Study, book: &Book, files: Vec<(String, String)>, language: &str) -> Manifest {
        let series = book.rows.iter().filter_map(|(origin, rows)| {
            let first = rows.values().next()?;
            let hex = |key: &[u8; 32]| blake3::Hash::from(*key).to_hex()[..16].to_owned();
            let Origin { indicator, measure, as_of, state } = origin.clone();
            let rows = rows.iter().map(|((place, period, breakdown), figure)| {
                let value = figure.node.series.value(figure.row);
                (place.clone(), period.clone(), breakdown.clone(), value)
            });
            let unit = first.node.series.unit.text().to_owned();
            Some(SeriesOf { indicator, measure, as_of, state, unit, key: hex(&first.node.key), rows: rows.collect() })
        });
        Manifest {
            program: format!("umbel {}", env!("CARGO_PKG_VERSION")),
            region: study.region.name.clone(),
            language: language.to_owned(),
            content: content(&files),
            files,
            figures: book.entries.iter().map(|entry| entry.id.clone()).collect(),
            series: series.collect(),
        }
    }

    /// As JSON that is safe inside a script element.
    pub fn json(&self) -> String {
        // A manifest holds texts and finite numbers only: it always serialises.
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }

    /// Reads the manifest of a report.
    ///
    /// # Errors
    /// When the text carries none, or one that is not understood.
    pub fn read(html: &str) -> Result<Manifest, ReportError> {
        let start = format!("<script type=\"application/json\" id=\"{ELEMENT}\">");
        let from = html.find(&start).ok_or(ReportError::NoManifest)? + start.len();
        let to = html[from..].find("</script>").ok_or(ReportError::NoManifest)? + from;
        serde_json::from_str(&html[from..to]).map_err(ReportError::Manifest)
    }
}
