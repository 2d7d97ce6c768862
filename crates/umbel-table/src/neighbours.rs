//! Files of neighbours: GAL and GWT as GeoDa, libpysal and spdep write them, and JSON.
//!
//! - GAL: a header (`n`, or `0 n NAME FIELD`), then for each place a line `ID COUNT` and a line with its neighbours.
//! - GWT: a header (`0 n NAME FIELD`, or `n`), then lines `ID NEIGHBOUR WEIGHT`. Places without neighbours are not named.
//! - JSON: `{"n": 3, "neighbors": [[1], [0, 2], [1]], "weights": [[1.0], ...]}` with positions from 0 (`weights` may be left
//!   out), `{"a": ["b"], "b": ["a"]}`, or `{"a": {"b": 0.5}, ...}`.
//!
//! Ids stay words, apart from positions: `01` is not `1`. An id with spaces stands in double quotes.

use crate::csv;
use crate::package::{offset, place_of, plain};
use crate::problems::{Problems, quoted};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write;
use umbel_core::Finding;
use umbel_core::code::*;

/// Neighbours of places, as a file names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// The ids, in the order of the file.
    pub ids: Vec<String>,
    /// For each of them the neighbours and their weights: (position among the ids, weight), in the order of the file.
    pub rows: Vec<Vec<(u32, f64)>>,
    /// Number of places by the file's own account. It is more than there are ids when the others have no neighbours
    /// (GWT).
    pub places: usize,
    /// Whether the ids are positions from 0 (JSON lists), not names.
    pub positions: bool,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lists of neighbours.
    Gal,
    /// Pairs with weights.
    Gwt,
    /// JSON.
    Json,
}

impl Format {
    /// The format of a file by its ending: `.gal`, `.gwt`, `.json`.
    pub fn of(path: &str) -> Option<Format> {
        let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match ending.as_str() {
            "gal" => Format::Gal,
            "gwt" => Format::Gwt,
            "json" => Format::Json,
            _ => return None,
        })
    }
}

/// Reads a file of neighbours. `path` stands in the findings. Linear in its length.
///
/// # Errors
/// Everything that is wrong with it, each with its line and column.
pub fn read(path: &str, format: Format, bytes: Vec<u8>) -> Result<Neighbours, Vec<Finding>> {
    let mut problems = Problems::new(path);
    let decoded = csv::decode(bytes);
    let text = decoded.text.trim_start_matches('\u{feff}');
    if let Some(&at) = decoded.replaced.first() {
        let at = at.saturating_sub(decoded.text.len() - text.len());
        let fix = "save the file as UTF-8";
        problems.add(&F007, "", csv::place(text, (0, 1), at), "the file holds bytes that are not UTF-8", fix);
        return Err(problems.finish());
    }
    let mut reader = Reader {
        text,
        anchor: (0, 1),
        problems,
        known: FxHashMap::default(),
        pairs: FxHashSet::default(),
        found: Neighbours::default(),
    };
    match format {
        Format::Gal => reader.gal(),
        Format::Gwt => reader.gwt(),
        Format::Json => reader.json(),
    }
    if reader.problems.is_empty() { Ok(reader.found) } else { Err(reader.problems.finish()) }
}

/// A word of a line, and where it begins in the file.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    at: usize,
    text: &'a str,
}

/// The words of a line; a word in double quotes may hold spaces.
fn words(line: &str, start: usize) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += line[at..].len() - line[at..].trim_start().len();
        let rest = &line[at..];
        let begin = at;
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('"')
            && let Some(length) = inside.find('"')
        {
            at += length + 2;
            return Some(Word { at: start + begin, text: &inside[..length] });
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        at += length;
        Some(Word { at: start + begin, text: &rest[..length] })
    })
}

/// Where a part of the line begins, and its text.
type Lines<'a> = std::iter::Peekable<Box<dyn Iterator<Item = (usize, &'a str)> + 'a>>;

struct Reader<'a> {
    text: &'a str,
    /// The beginning of a line already told about, and its number: lines are counted once.
    anchor: (usize, u32),
    problems: Problems,
    known: FxHashMap<Cow<'a, str>, u32>,
    pairs: FxHashSet<(u32, u32)>,
    found: Neighbours,
}

impl<'a> Reader<'a> {
    fn place(&mut self, at: usize) -> (u32, u32) {
        // Findings come nearly in order; one that does not is counted from the top.
        let anchor = if at >= self.anchor.0 { self.anchor } else { (0, 1) };
        let place = csv::place(self.text, anchor, at);
        let start = memchr::memrchr(b'\n', &self.text.as_bytes()[..at.min(self.text.len())]).map_or(0, |n| n + 1);
        self.anchor = (start, place.0);
        place
    }

    fn tell(&mut self, code: &'static umbel_core::Code, at: usize, message: impl Into<String>, fix: &str) {
        let place = self.place(at);
        self.problems.add(code, "", place, message, fix);
    }

    fn lines(&self) -> Lines<'a> {
        let text = self.text;
        let lines = text.split_inclusive('\n').scan(0, |start, line| {
            let begin = *start;
            *start += line.len();
            Some((begin, line.trim_end_matches(['\n', '\r'])))
        });
        (Box::new(lines) as Box<dyn Iterator<Item = (usize, &'a str)> + 'a>).peekable()
    }

    /// The header: how many places there are.
    fn header(&mut self, lines: &mut Lines<'a>) -> Option<usize> {
        while lines.next_if(|line| line.1.trim().is_empty()).is_some() {}
        let fix = "write `0 NUMBER NAME FIELD`, or the number of places alone";
        let Some((start, line)) = lines.next() else {
            self.tell(&F021, 0, "the file is empty", "write a header and the neighbours of each place");
            return None;
        };
        let header: Vec<Word<'_>> = words(line, start).collect();
        let number = match header[..] {
            [number] => number,
            [_, number, ..] => number,
            [] => return None,
        };
        let places = number.text.parse().ok();
        if places.is_none() {
            let message = format!("the header has {} where the number of places stands", quoted(number.text));
            self.tell(&F011, number.at, message, fix);
        }
        places
    }

    /// The position of an id, which becomes known.
    fn number(&mut self, id: impl Into<Cow<'a, str>>) -> u32 {
        let next = self.found.ids.len() as u32;
        let id = id.into();
        if let Some(&at) = self.known.get(&id) {
            return at;
        }
        self.found.ids.push(id.to_string());
        self.found.rows.push(Vec::new());
        self.known.insert(id, next);
        next
    }

    fn gal(&mut self) {
        let mut lines = self.lines();
        let Some(places) = self.header(&mut lines) else { return };
        self.found.places = places;
        // Neighbours may come before the row of their own: they are looked up at the end.
        let mut lists: Vec<(u32, Vec<Word<'a>>)> = Vec::new();
        while let Some((start, line)) = lines.next() {
            if line.trim().is_empty() {
                continue;
            }
            let mut row: Vec<Word<'a>> = words(line, start).collect();
            let count = row.pop().filter(|_| !row.is_empty());
            let Some((count, id)) = count.zip(row.first().copied()) else {
                let fix =
                    "write the id of a place and how many neighbours it has, then its neighbours on the next line";
                self.tell(&F021, start, "the line does not have an id and a number of neighbours", fix);
                return;
            };
            let Ok(count_of) = count.text.parse::<usize>() else {
                let message = format!("{} is not a number of neighbours", quoted(count.text));
                self.tell(&F011, count.at, message, "write the id of a place and how many neighbours it has");
                return;
            };
            // An id with spaces but without quotes is all that stands before the number.
            let name = self.text[id.at..count.at].trim().trim_matches('"');
            let before = self.found.ids.len();
            let place = self.number(name);
            if self.found.ids.len() == before {
                self.tell(&R001, id.at, format!("the place {} is there twice", quoted(name)), "remove one of the two");
            }
            let named = match count_of {
                // Some programs write an empty line here and some none.
                0 => lines.next_if(|line| line.1.trim().is_empty()),
                _ => lines.next(),
            };
            let list: Vec<Word<'a>> = named.map(|(start, line)| words(line, start).collect()).unwrap_or_default();
            if list.len() != count_of {
                let at = named.map_or(count.at, |line| line.0);
                let are = if list.len() == 1 { "is" } else { "are" };
                let message = format!(
                    "the place {} has {count_of} neighbours by its number, but {} {are} named",
                    quoted(name),
                    list.len()
                );
                self.tell(&F021, at, message, "correct the number or the list; put ids with spaces in quotes");
            }
            lists.push((place, list));
        }
        for (place, list) in lists {
            for word in list {
                match self.known.get(word.text) {
                    Some(&to) => self.pair(place, to, 1.0, word),
                    None => {
                        let message = format!("the neighbour {} has no row of its own", quoted(word.text));
                        self.tell(&R002, word.at, message, "correct the id, or add its row");
                    }
                }
            }
        }
        let rows = self.found.ids.len();
        if rows != places && self.problems.is_empty() {
            let message = format!("the header tells of {places} places, but there are {rows}");
            self.tell(&F021, 0, message, "correct the header, or add the rows that are missing");
        }
    }

    /// Adds a pair, unless it is there.
    fn pair(&mut self, from: u32, to: u32, weight: f64, word: Word<'_>) {
        if !self.pairs.insert((from, to)) {
            let (from, to) = (quoted(&self.found.ids[from as usize]), quoted(word.text));
            return self.tell(&R001, word.at, format!("{to} is twice a neighbour of {from}"), "remove one of the two");
        }
        self.found.rows[from as usize].push((to, weight));
    }

    fn gwt(&mut self) {
        let mut lines = self.lines();
        let Some(places) = self.header(&mut lines) else { return };
        let mut pairs: Vec<(u32, Word<'a>, f64)> = Vec::new();
        for (start, line) in lines {
            let row: Vec<Word<'a>> = words(line, start).collect();
            let (from, to, weight) = match row[..] {
                [] => continue,
                [from, to, weight] => (from, to, weight),
                _ => {
                    let message = format!("the line has {} words, not an id, its neighbour and a weight", row.len());
                    self.tell(&F021, start, message, "write three words; put ids with spaces in quotes");
                    continue;
                }
            };
            match weight.text.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    let place = self.number(from.text);
                    pairs.push((place, to, value));
                }
                _ => {
                    let message = format!("the weight {} is not a finite number", quoted(weight.text));
                    self.tell(&F011, weight.at, message, F011.mend);
                }
            }
        }
        // Ids stand in the order of their rows; those that are only neighbours follow.
        for (from, word, weight) in pairs {
            let to = self.number(word.text);
            self.pair(from, to, weight, word);
        }
        let ids = self.found.ids.len();
        self.found.places = places.max(ids);
        if ids > places && self.problems.is_empty() {
            let message = format!("the header tells of {places} places, but {ids} are named");
            self.tell(&F021, 0, message, "correct the header, or the ids");
        }
    }

    fn json(&mut self) {
        let entries: Entries<'a> = match serde_json::from_str(self.text) {
            Ok(entries) => entries,
            Err(error) => {
                let place = place_of(self.text, (0, 1), 0, &error);
                let fix = "write {\"n\": 2, \"neighbors\": [[1], [0]]} or {\"a\": [\"b\"], \"b\": [\"a\"]}";
                let message = format!("the file does not hold neighbours as JSON: {}", plain(&error));
                return self.problems.add(&F021, "", place, message, fix);
            }
        };
        let lists = entries.0.iter().find(|(key, value)| {
            matches!(&key[..], "neighbors" | "neighbours") && value.get()[1..].trim_start().starts_with(['[', ']'])
        });
        match lists {
            Some((_, lists)) => self.positions(lists, &entries),
            None => self.by_id(&entries),
        }
    }

    /// Reads a part of the file.
    fn part<T: Deserialize<'a>>(&mut self, raw: &'a RawValue, what: &str) -> Option<T> {
        match serde_json::from_str(raw.get()) {
            Ok(value) => Some(value),
            Err(error) => {
                let place = place_of(self.text, (0, 1), offset(self.text, raw.get()), &error);
                self.problems.add(&F021, "", place, format!("this is not {what}: {}", plain(&error)), F021.mend);
                None
            }
        }
    }

    fn positions(&mut self, lists: &'a RawValue, entries: &Entries<'a>) {
        let named = |name: &str| entries.0.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
        let Some(lists) = self.part::<Vec<Vec<&'a RawValue>>>(lists, "a list of lists of positions") else { return };
        let places = lists.len();
        if let Some(raw) = named("n") {
            let Some(n) = self.part::<usize>(raw, "a number of places") else { return };
            if n != places {
                let message = format!("n is {n}, but there are {places} lists of neighbours");
                return self.tell(&F021, offset(self.text, raw.get()), message, "correct n, or the lists");
            }
        }
        let weights = match named("weights") {
            Some(raw) => {
                let Some(weights) = self.part::<Vec<Vec<&'a RawValue>>>(raw, "a list of lists of weights") else {
                    return;
                };
                if weights.len() != places {
                    let message = format!("there are {} lists of weights, but {places} of neighbours", weights.len());
                    return self.tell(&F021, offset(self.text, raw.get()), message, "give each neighbour its weight");
                }
                Some((raw, weights))
            }
            None => None,
        };
        self.found.positions = true;
        self.found.places = places;
        (0..places).for_each(|at| _ = self.number(at.to_string()));
        for (from, list) in lists.iter().enumerate() {
            if let Some((raw, weights)) = &weights
                && weights[from].len() != list.len()
            {
                let at = weights[from].first().or(list.first()).map_or(raw.get(), |raw| raw.get());
                let message = format!(
                    "the place at position {from} has {} neighbours, but {} weights",
                    list.len(),
                    weights[from].len()
                );
                self.tell(&F021, offset(self.text, at), message, "give each neighbour its weight");
                continue;
            }
            for (at, raw) in list.iter().enumerate() {
                let word = Word { at: offset(self.text, raw.get()), text: raw.get() };
                let Some(to) = raw.get().parse::<u32>().ok().filter(|&to| (to as usize) < places) else {
                    let message =
                        format!("{} is not a position from 0 to {}", quoted(raw.get()), places.saturating_sub(1));
                    self.tell(&R002, word.at, message, "write positions from 0, in the order of the lists");
                    continue;
                };
                if let Some(weight) = self.weight(weights.as_ref().map(|(_, weights)| weights[from][at])) {
                    self.pair(from as u32, to, weight, word);
                }
            }
        }
    }

    /// A weight; 1 where there is none.
    fn weight(&mut self, raw: Option<&'a RawValue>) -> Option<f64> {
        let Some(raw) = raw else { return Some(1.0) };
        let weight = serde_json::from_str::<f64>(raw.get()).ok().filter(|weight| weight.is_finite());
        if weight.is_none() {
            let message = format!("the weight {} is not a finite number", quoted(raw.get()));
            self.tell(&F011, offset(self.text, raw.get()), message, F011.mend);
        }
        weight
    }

    fn by_id(&mut self, entries: &Entries<'a>) {
        for (id, raw) in &entries.0 {
            let before = self.found.ids.len();
            self.number(id.clone());
            if self.found.ids.len() == before {
                let message = format!("the place {} is there twice", quoted(id));
                self.tell(&R001, offset(self.text, raw.get()), message, "remove one of the two");
            }
        }
        self.found.places = self.found.ids.len();
        for (id, raw) in &entries.0 {
            let Some(&from) = self.known.get(id) else { continue };
            let pairs: Vec<(Cow<'a, str>, usize, Option<&'a RawValue>)> = if raw.get().starts_with('{') {
                let Some(row) = self.part::<Entries<'a>>(raw, "a map from neighbours to weights") else { continue };
                row.0.into_iter().map(|(id, weight)| (id, offset(self.text, weight.get()), Some(weight))).collect()
            } else {
                let Some(row) = self.part::<Vec<&'a RawValue>>(raw, "a list of neighbours") else { continue };
                let word = |raw: &'a RawValue| {
                    // An id may be written as a number.
                    let text = serde_json::from_str::<Cow<'a, str>>(raw.get()).unwrap_or(Cow::Borrowed(raw.get()));
                    (text, offset(self.text, raw.get()), None)
                };
                row.into_iter().map(word).collect()
            };
            for (to, at, weight) in pairs {
                match (self.known.get(&to).copied(), self.weight(weight)) {
                    (_, None) => {}
                    (Some(number), Some(weight)) => self.pair(from, number, weight, Word { at, text: &to }),
                    (None, _) => {
                        let message = format!("the neighbour {} has no entry of its own", quoted(&to));
                        self.tell(&R002, at, message, "correct the id, or add its entry, be it empty");
                    }
                }
            }
        }
    }
}

/// The entries of a JSON object in their order, repeated keys too.
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for All<'a> {
            type Value = Entries<'a>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries<'a>, M::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    entries.push((Cow::Owned(key), map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(All(std::marker::PhantomData))
    }
}

impl Neighbours {
    /// The rows in the order of these places, neighbours as positions among them. Ids are compared as words; when none
    /// of them is known but they are the positions from 0 or from 1, they stand for the places in order. Places of the
    /// file that are not among these are left out, with their pairs. Places that a GWT file counts but does not name have
    /// no neighbours.
    ///
    /// # Errors
    /// A sentence when a place is not in the file.
    pub fn in_order_of(&self, places: &[String]) -> Result<Vec<Vec<(u32, f64)>>, String> {
        let known: FxHashMap<&str, u32> = places.iter().zip(0..).map(|(id, at)| (id.as_str(), at)).collect();
        let mut at: Vec<Option<u32>> = self.ids.iter().map(|id| known.get(id.as_str()).copied()).collect();
        if self.places == places.len() && (self.positions || at.iter().all(Option::is_none)) {
            let from = |first: usize| -> Option<Vec<Option<u32>>> {
                let position =
                    |id: &String| id.parse::<usize>().ok()?.checked_sub(first).filter(|&at| at < places.len());
                self.ids.iter().map(|id| Some(Some(position(id)? as u32))).collect()
            };
            at = from(0).or_else(|| from(1)).unwrap_or(at);
        }
        let mut rows = vec![Vec::new(); places.len()];
        let mut named = vec![false; places.len()];
        for (row, from) in self.rows.iter().zip(&at) {
            let Some(from) = *from else { continue };
            named[from as usize] = true;
            rows[from as usize] = row.iter().filter_map(|&(to, weight)| Some((at[to as usize]?, weight))).collect();
        }
        let some =
            |ids: &mut dyn Iterator<Item = &String>| ids.take(3).map(|id| quoted(id)).collect::<Vec<_>>().join(", ");
        let lacking = named.iter().filter(|named| !**named).count();
        if lacking > self.places - self.ids.len() {
            let first = some(&mut places.iter().zip(&named).filter(|(_, named)| !**named).map(|(id, _)| id));
            return Err(format!(
                "the file of neighbours lacks {lacking} of {} places ({first} ...); its own ids are {} ...",
                places.len(),
                some(&mut self.ids.iter())
            ));
        }
        Ok(rows)
    }
}

/// An id as a word of a line.
fn word(id: &str) -> Cow<'_, str> {
    if id.contains(char::is_whitespace) || id.is_empty() { Cow::Owned(format!("\"{id}\"")) } else { Cow::Borrowed(id) }
}

/// The text of a GAL file with the header that GeoDa writes: `0 n NAME FIELD`. Weights are not part of it.
pub fn to_gal<'r>(name: &str, field: &str, ids: &[String], row: impl Fn(usize) -> &'r [u32]) -> String {
    let mut text = format!("0 {} {} {}\n", ids.len(), word(name), word(field));
    for (at, id) in ids.iter().enumerate() {
        let neighbours = row(at);
        let _ = writeln!(text, "{} {}", word(id), neighbours.len());
        let names: Vec<Cow<'_, str>> = neighbours.iter().map(|&to| word(&ids[to as usize])).collect();
        text.push_str(&names.join(" "));
        text.push('\n');
    }
    text
}

/// The text of a GWT file with the header `0 n NAME FIELD`; weights with all of their digits. Places without neighbours
/// have no line.
pub fn to_gwt<'r>(name: &str, field: &str, ids: &[String], row: impl Fn(usize) -> (&'r [u32], &'r [f64])) -> String {
    let mut text = format!("0 {} {} {}\n", ids.len(), word(name), word(field));
    for (at, id) in ids.iter().enumerate() {
        let (neighbours, weights) = row(at);
        for (&to, weight) in neighbours.iter().zip(weights) {
            // The shortest form that reads back as the same number, with an exponent where it is long.
            let _ = writeln!(text, "{} {} {weight:?}", word(id), word(&ids[to as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests;
