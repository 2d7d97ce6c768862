//! Files of instances: JSON objects that each state a problem, alone or in a list, with exact positions.
//!
//! What is asked of an object is the business of a method; this reads its fields and keeps where they stand.

use crate::csv;
use crate::neighbours::Entries;
use crate::package::{offset, place_of, plain};
use crate::problems::{Problems, quoted};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use umbel_core::code::{F007, F011, F022};
use umbel_core::{Code, Finding};

/// A value of a JSON file, as it is written there.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(&'a RawValue);

impl<'a> Raw<'a> {
    /// Its text.
    pub fn text(self) -> &'a str {
        self.0.get()
    }
}

/// An object of a file of instances.
#[derive(Debug)]
pub struct Object<'a> {
    whole: &'a str,
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// The text of the object.
    pub fn text(&self) -> &'a str {
        self.whole
    }

    /// The value of a field; of a field that is there twice the first.
    pub fn field(&self, name: &str) -> Option<Raw<'a>> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| Raw(value))
    }
}

/// Reads a file and collects what is wrong with it.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    problems: Problems,
}

/// The text of a file.
///
/// # Errors
/// A finding at the first byte that is not UTF-8.
pub fn decode(path: &str, bytes: Vec<u8>) -> Result<String, Vec<Finding>> {
    let decoded = csv::decode(bytes);
    let Some(&at) = decoded.replaced.first() else { return Ok(decoded.text) };
    let mut problems = Problems::new(path);
    let place = csv::place(&decoded.text, (0, 1), at);
    problems.add(&F007, "", place, "the file holds bytes that are not UTF-8", "save the file as UTF-8");
    Err(problems.finish())
}

impl<'a> Reader<'a> {
    /// A reader of a text; `path` stands in the findings.
    pub fn new(path: &str, text: &'a str) -> Reader<'a> {
        Reader { text: text.trim_start_matches('\u{feff}'), problems: Problems::new(path) }
    }

    /// Adds a finding where a part of the text begins.
    pub fn tell(&mut self, code: &'static Code, part: &str, message: impl Into<String>, fix: impl Into<String>) {
        let place = csv::place(self.text, (0, 1), offset(self.text, part));
        self.problems.add(code, "", place, message, fix);
    }

    /// Whether nothing is wrong so far.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// What is wrong.
    pub fn finish(self) -> Vec<Finding> {
        self.problems.finish()
    }

    /// Reads a part of the text as a type of serde.
    fn part<T: Deserialize<'a>>(&mut self, part: &'a str, what: &str) -> Option<T> {
        match serde_json::from_str(part) {
            Ok(value) => Some(value),
            Err(error) => {
                let place = place_of(self.text, (0, 1), offset(self.text, part), &error);
                let message = if error.is_data() {
                    format!("this is not {what}: {}", plain(&error))
                } else {
                    format!("the file is not JSON here: {}", plain(&error))
                };
                self.problems.add(&F022, "", place, message, F022.mend);
                None
            }
        }
    }

    /// The objects of the file, and whether it is a list of them. `what` is what an object is ("a game"). Linear.
    pub fn objects(&mut self, what: &str) -> Option<(Vec<Object<'a>>, bool)> {
        let whole: &'a str = self.text.trim();
        let list = whole.starts_with('[');
        let each: Vec<&'a RawValue> =
            if list { self.part(whole, &format!("a list, each entry {what}"))? } else { vec![self.part(whole, what)?] };
        if each.is_empty() {
            self.tell(&F022, whole, "the list is empty", format!("write {what} into it"));
        }
        let mut objects = Vec::with_capacity(each.len());
        for raw in each {
            let entries: Option<Entries<'a>> = self.part(raw.get(), what);
            objects.extend(entries.map(|entries| Object { whole: raw.get(), entries: entries.0 }));
        }
        self.is_fine().then_some((objects, list))
    }

    /// A text.
    pub fn words(&mut self, value: Raw<'a>) -> Option<String> {
        self.part(value.text(), "a text")
    }

    /// A list of texts.
    pub fn list_of_words(&mut self, value: Raw<'a>) -> Option<Vec<String>> {
        self.part(value.text(), "a list of texts")
    }

    /// A list of values, whatever they are.
    pub fn list(&mut self, value: Raw<'a>, what: &str) -> Option<Vec<Raw<'a>>> {
        let list: Vec<&'a RawValue> = self.part(value.text(), what)?;
        Some(list.into_iter().map(Raw).collect())
    }

    /// A finite number, with the text that it is written as.
    pub fn number(&mut self, value: Raw<'a>) -> Option<(f64, &'a str)> {
        let text = value.text();
        let number = serde_json::from_str::<f64>(text).ok().filter(|number| number.is_finite());
        if number.is_none() {
            self.tell(&F011, text, format!("{} is not a finite number", quoted(text)), F011.mend);
        }
        Some((number?, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, ask: impl Fn(&mut Reader<'_>)) -> Vec<(&'static str, u32, u32)> {
        let mut reader = Reader::new("a.json", text);
        ask(&mut reader);
        let found = reader.finish().into_iter();
        found.map(|finding| (finding.code.id, finding.location.line, finding.location.column)).collect()
    }

    #[test]
    fn reads_one_object_or_a_list() {
        let mut reader = Reader::new("a.json", "\u{feff} {\"a\": \"x\", \"b\": [1, 2.5], \"a\": \"y\"}\n");
        let (objects, list) = reader.objects("a game").expect("objects");
        assert!(!list && objects.len() == 1 && objects[0].field("c").is_none());
        assert_eq!(reader.words(objects[0].field("a").expect("a")).as_deref(), Some("x"));
        let cells = reader.list(objects[0].field("b").expect("b"), "a list").expect("a list");
        assert_eq!(
            cells.iter().filter_map(|&cell| reader.number(cell)).collect::<Vec<_>>(),
            [(1.0, "1"), (2.5, "2.5")]
        );
        assert!(reader.is_fine());
        let mut reader = Reader::new("a.json", "[{}, {}]");
        assert!(reader.objects("a game").is_some_and(|(objects, list)| list && objects.len() == 2));
    }

    #[test]
    fn says_where_it_cannot_read() {
        let objects = |reader: &mut Reader<'_>| _ = reader.objects("a game");
        assert_eq!(told("", objects), [("F022", 1, 1)]);
        assert_eq!(told("[]", objects), [("F022", 1, 1)]);
        assert_eq!(told("3", objects), [("F022", 1, 1)]);
        assert_eq!(told("[{},\n 3, 4]", objects), [("F022", 2, 2), ("F022", 2, 5)]);
        assert_eq!(told("{\"a\": 1,\n \"b\" 2}", objects), [("F022", 2, 6)]);
        assert_eq!(told("{\"a\": 1", objects)[0].0, "F022");
        let number = |reader: &mut Reader<'_>| {
            let (objects, _) = reader.objects("a game").expect("objects");
            let cells = reader.list(objects[0].field("a").expect("a"), "a list").expect("a list");
            cells.into_iter().for_each(|cell| _ = reader.number(cell));
        };
        assert_eq!(
            told("{\n\"a\": [1, \"2\", null, 1e999]}", number),
            [("F011", 2, 10), ("F011", 2, 15), ("F011", 2, 21)]
        );
        assert_eq!(decode("a.json", vec![b'{', 0xff]).expect_err("no text")[0].code.id, "F007");
    }
}
