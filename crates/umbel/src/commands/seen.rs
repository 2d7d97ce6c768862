//! Which content every measure had when it was last run: the difference between fresh and stale.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use umbel_study::{Study, View};
use umbel_table::write::write_whole;

/// Content keys by id of the measure.
pub type Seen = BTreeMap<String, String>;

fn path(folder: &Path) -> PathBuf {
    folder.join(".umbel").join("seen.json")
}

fn hex(key: &[u8; 32]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was seen last; nothing when that cannot be read.
pub fn load(folder: &Path) -> Seen {
    std::fs::read(path(folder)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Whether a measure gave rows of this content when it was last run.
pub fn is_known(study: &Study, measure: usize, key: &[u8; 32], seen: &Seen) -> bool {
    seen.get(study.region.id(study.measures[measure].id)) == Some(&hex(key))
}

/// `fresh` when a measure would give what it gave when it was last run, `stale` when something it reads has changed
/// since or it never ran, `broken` when it cannot be evaluated.
pub fn state(study: &Study, measure: usize, seen: &Seen) -> &'static str {
    if study.is_broken(measure) {
        return "broken";
    }
    match study.measure_node(measure, View::default()) {
        Err(_) => "broken",
        Ok(node) if is_known(study, measure, &node.key, seen) => "fresh",
        Ok(_) => "stale",
    }
}

/// Notes the present content of these measures. A folder that cannot be written to is no reason to fail.
pub fn note(study: &Study, folder: &Path, measures: impl Iterator<Item = usize>) {
    let mut seen = load(folder);
    let before = seen.clone();
    seen.retain(|id, _| study.measures.iter().any(|measure| study.region.id(measure.id) == id));
    for at in measures.filter(|&at| !study.is_broken(at)) {
        if let Ok(node) = study.measure_node(at, View::default()) {
            seen.insert(study.region.id(study.measures[at].id).to_owned(), hex(&node.key));
        }
    }
    if let Ok(text) = serde_json::to_vec_pretty(&seen)
        && seen != before
    {
        let _ = write_whole(&path(folder), &text);
    }
}
