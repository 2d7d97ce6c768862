//! The report's own words: one file a language, the same keys in each.

use std::collections::BTreeMap;

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Locale {
    /// Language code.
    pub language: &'static str,
    words: BTreeMap<String, String>,
}

const FILES: [(&str, &str); 2] =
    [("en", include_str!("../locales/en.toml")), ("zh", include_str!("../locales/zh.toml"))];

impl Locale {
    /// Languages that the report can be written in.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(language, _)| *language)
    }

    /// The words of a language code; a code with a region (`zh-CN`) falls back to its language. `None` when there are
    /// none.
    pub fn find(language: &str) -> Option<Locale> {
        let base = language.split(['-', '_']).next().unwrap_or(language);
        let (language, text) = FILES.iter().find(|(known, _)| *known == base)?;
        // The files are compiled in and parsed by a test; a broken one would leave the keys to be seen.
        Some(Locale { language, words: toml::from_str(text).unwrap_or_default() })
    }

    /// The text of a key; the key itself when there is none.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// The text of a key with `{name}` replaced.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.get(key);
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let after = &rest[1..];
            let Some(close) = after.find('}') else { break };
            let name = &after[..close];
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&rest[..close + 2]),
            }
            rest = &after[close + 1..];
        }
        out.push_str(rest);
        out
    }

    /// As [`Locale::fill`] with `{n}`, by number: the key with `_one` for one, if there is such a key.
    pub fn count(&self, key: &str, number: usize, values: &[(&str, &str)]) -> String {
        let one = format!("{key}_one");
        let key = if number == 1 && self.words.contains_key(&one) { one.as_str() } else { key };
        let n = number.to_string();
        let mut all = vec![("n", n.as_str())];
        all.extend_from_slice(values);
        self.fill(key, &all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(text: &str) -> BTreeMap<String, String> {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_language_has_the_same_keys_and_names() {
        let names = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        let first = keys(FILES[0].1);
        for (language, text) in &FILES[1..] {
            let other = keys(text);
            assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{language}");
            for (key, text) in &first {
                assert_eq!(names(text), names(&other[key]), "{language}: {key}");
                assert!(!other[key].is_empty());
            }
        }
    }

    #[test]
    fn every_key_in_use_has_words() {
        let known = keys(FILES[0].1);
        let mut used = BTreeSet::new();
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                // A key may stand on the line after the bracket.
                let text = text.split('(').map(str::trim_start).collect::<Vec<_>>().join("(");
                for call in [".t(\"", ".f(\"", ".n(\""] {
                    used.extend(text.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
                }
            }
        }
        for key in &used {
            assert!(known.contains_key(key), "no words for {key}");
        }
        assert!(used.len() > 50);
        // Keys that are put together (verdicts, kinds of evidence, ...) or the `_one` of another.
        let built = [
            "verdict_",
            "evidence_",
            "status_",
            "why_",
            "shape_",
            "comparator_",
            "force_",
            "mark_",
            "legend_",
            "found_",
            "obs_",
            "cluster_",
            "clusters_",
            "trend_",
            "ranks_said",
            "convergence_",
            "divergence_",
            "lorenz_x",
        ];
        for key in known.keys() {
            let base = key.strip_suffix("_one").unwrap_or(key);
            assert!(
                used.contains(key) || used.contains(base) || built.iter().any(|b| key.starts_with(b)),
                "{key} is never used"
            );
        }
    }

    #[test]
    fn names_are_filled_once() {
        let locale = Locale { language: "en", words: BTreeMap::from([("a".into(), "{x} of {n} {open".into())]) };
        assert_eq!(locale.fill("a", &[("x", "{n}"), ("n", "3")]), "{n} of 3 {open");
        assert_eq!(locale.get("b"), "b");
        assert!(Locale::find("zh-CN").is_some() && Locale::find("xx").is_none());
    }
}
