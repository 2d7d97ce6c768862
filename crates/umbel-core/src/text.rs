//! Text in several languages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text by language code (`en`, `zh`); the empty code is the language of the file's plain columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Text(BTreeMap<String, String>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(String),
    ByLanguage(BTreeMap<String, String>),
}

impl From<Written> for Text {
    fn from(written: Written) -> Self {
        match written {
            Written::Plain(text) => Text::plain(&text),
            Written::ByLanguage(map) => Text(map),
        }
    }
}

impl From<Text> for Written {
    fn from(text: Text) -> Self {
        match text.0.get("") {
            Some(plain) if text.0.len() == 1 => Written::Plain(plain.clone()),
            _ => Written::ByLanguage(text.0),
        }
    }
}

impl Text {
    /// A text of which only one version is held.
    pub fn plain(text: &str) -> Text {
        let mut all = Text::default();
        all.set("", text);
        all
    }

    /// Sets the version in one language; an empty text is not kept.
    pub fn set(&mut self, language: &str, text: &str) {
        if !text.is_empty() {
            self.0.insert(language.to_owned(), text.to_owned());
        }
    }

    /// The version in `language`, else the plain one, else English, else any; empty when there is none.
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.get(""))
            .or_else(|| self.0.get("en"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// The version in exactly this language.
    pub fn exact(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// Whether no version is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Languages and versions, by language code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }
}
