//! The cells of a row under the columns of its table, checked by type.

use crate::number;
use crate::problems::quoted;
use crate::schema::{TableSpec, Type, is_id};
use std::borrow::Cow;
use umbel_core::code::*;
use umbel_core::{Code, Date, Period, Status, Unit};

/// What a column of a file is to its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The column at this position of the table.
    Column(usize),
    /// The version of a text column in a language.
    Language(usize, String),
    /// A further column that is kept.
    Attribute(String),
    /// Not read.
    Ignored,
}

/// The roles of the columns of a file, by name. Problems are told to `problem` with the index of the column
/// (`None` = the header line as a whole).
pub fn roles(
    table: &TableSpec,
    names: &[Cow<'_, str>],
    languages: &[String],
    mut problem: impl FnMut(&'static Code, &str, Option<usize>, String, String),
) -> Vec<Role> {
    let mut roles = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            let fix = "remove or rename one of the two columns".to_owned();
            problem(&F020, name, Some(at), format!("the column {} is there twice", quoted(name)), fix);
            roles.push(Role::Ignored);
            continue;
        }
        let role = if let Some(column) = table.column(name) {
            Role::Column(column)
        } else if let Some((column, language)) = translation(table, name, languages) {
            Role::Language(column, language.to_owned())
        } else if table.attributes && !name.is_empty() {
            Role::Attribute(name.clone().into_owned())
        } else {
            let known: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let fix = match nearest(name, &known) {
                Some(near) => format!("rename it to {near}, or remove it"),
                None => format!("remove it, or use one of the columns of {}: {}", table.name, known.join(", ")),
            };
            problem(&F005, name, Some(at), format!("the table {} has no column {}", table.name, quoted(name)), fix);
            Role::Ignored
        };
        roles.push(role);
    }
    for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| column.required) {
        if !roles.contains(&Role::Column(at)) {
            let message = format!("the required column {} of the table {} is missing", column.name, table.name);
            problem(&F004, column.name, None, message, format!("add the column {} and fill it", column.name));
        }
    }
    roles
}

/// The column and language of a name such as `title_zh`.
fn translation<'a>(table: &TableSpec, name: &'a str, languages: &[String]) -> Option<(usize, &'a str)> {
    let (stem, language) = name.split_once('_').filter(|(stem, _)| table.column(stem).is_some())?;
    let column = table.column(stem)?;
    let declared = languages.iter().any(|known| known == language);
    let (primary, rest) = language.split_at_checked(2)?;
    let tag = primary.bytes().all(|b| b.is_ascii_lowercase())
        && (rest.is_empty() || rest.starts_with('-') && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    (table.columns[column].multilingual && (declared || tag)).then_some((column, language))
}

/// The word of `known` that is at most two edits away from `word`.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|&candidate| (distance(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= 2.min(candidate.len() / 2))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes of the first 40 of each.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (&a.as_bytes()[..a.len().min(40)], &b.as_bytes()[..b.len().min(40)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitution = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A cell that is not what its column takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Its kind.
    pub code: &'static Code,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

fn misfit(code: &'static Code, message: String, fix: impl Into<String>) -> Misfit {
    Misfit { code, message, fix: fix.into() }
}

/// Whether a cell that is not empty is what its column takes; says what is wrong when not.
pub fn check(kind: Type, text: &str, column: &str) -> Option<Misfit> {
    match kind {
        Type::Text | Type::Reference(_) => None,
        Type::Id => (!is_id(text)).then(|| malformed_id(text, column)),
        Type::IdList => list(text).find(|id| !is_id(id)).map(|id| malformed_id(id, column)),
        Type::ReferenceList(_) => list(text).find(|id| id.is_empty()).map(|id| malformed_id(id, column)),
        Type::Number => number::parse(text).is_none().then(|| malformed_number(text, column)),
        Type::NumberOrPercent => number_or_percent(text).is_none().then(|| malformed_number(text, column)),
        Type::Integer => text.parse::<i32>().is_err().then(|| {
            misfit(&F011, format!("{column}: {} is not a whole number", quoted(text)), "write a whole number such as 2")
        }),
        Type::Date => {
            text.parse::<Date>().ok().filter(|_| text.len() == 10).is_none().then(|| malformed_date(text, column))
        }
        Type::Period => Period::parse(text).is_none().then(|| malformed_period(text, column)),
        Type::Bool => (!matches!(text, "true" | "false")).then(|| {
            let message = format!("{column}: {} is neither true nor false", quoted(text));
            misfit(&F014, message, "write true or false")
        }),
        Type::Unit => Unit::parse(text).err().map(|error| malformed_unit(&error.to_string(), column)),
        Type::Status => Status::parse(text).is_none().then(|| malformed_status(text, column)),
        Type::Breakdown => breakdown(text).is_none().then(|| malformed_breakdown(text, column)),
        Type::Word(words) => (!words.contains(&text)).then(|| word_not_allowed(text, column, words)),
    }
}

fn malformed_id(text: &str, column: &str) -> Misfit {
    let message = format!("{column}: {} is not an id", quoted(text));
    let lower = text.to_lowercase();
    let fix = match is_id(&lower) {
        true => format!("write it as {lower}"),
        false => {
            "use lower-case letters, digits, \".\", \"-\" and \"_\" only, beginning with a letter or digit".to_owned()
        }
    };
    misfit(&F010, message, fix)
}

pub(crate) fn malformed_number(text: &str, column: &str) -> Misfit {
    let bare: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '_')).collect();
    let fix = match number::parse(&bare) {
        Some(_) if text.contains(',') || text.contains(' ') => format!("write it without separators: {bare}"),
        _ => "write a plain number such as 1234.5, without unit or separators, and leave the cell empty when there is none".to_owned(),
    };
    misfit(&F011, format!("{column}: {} is not a finite decimal number", quoted(text)), fix)
}

pub(crate) fn malformed_date(text: &str, column: &str) -> Misfit {
    let message = format!("{column}: {} is not a calendar date", quoted(text));
    misfit(&F013, message, "write year, month and day as in 2022-07-29")
}

pub(crate) fn malformed_period(text: &str, column: &str) -> Misfit {
    let message = format!("{column}: {} is not a period", quoted(text));
    misfit(&F012, message, "write it as 2022, 2022-07, 2022-07-29, 2022-Q3, 2022-S1, 2022-W07 or 2014/2022")
}

pub(crate) fn malformed_unit(error: &str, column: &str) -> Misfit {
    misfit(&F016, format!("{column}: {error}"), "write a unit such as km2, ug/m3, {person} or 10*8.{CNY}")
}

pub(crate) fn malformed_status(text: &str, column: &str) -> Misfit {
    let letters: Vec<&str> = Status::ALL.iter().map(|status| status.letter()).collect();
    let message = format!("{column}: {} is not an observation status", quoted(text));
    misfit(&F015, message, format!("use one of the letters {}, or leave it empty", letters.join(" ")))
}

pub(crate) fn malformed_breakdown(text: &str, column: &str) -> Misfit {
    let message = format!("{column}: {} is not a breakdown", quoted(text));
    misfit(
        &F015,
        message,
        "leave it empty for the total, or write dimension=code as in sex=F;age=65+, each dimension once",
    )
}

pub(crate) fn word_not_allowed(text: &str, column: &str, words: &[&str]) -> Misfit {
    let message = format!("{column}: {} is not one of the words allowed", quoted(text));
    misfit(&F015, message, format!("use one of: {}", words.join(", ")))
}

pub(crate) fn required_empty(column: &str) -> Misfit {
    misfit(&F009, format!("the required cell {column} is empty"), format!("fill {column}"))
}

/// The parts of a list cell.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(move |_| !text.is_empty())
}

/// A number or a percentage.
pub fn number_or_percent(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => number::parse(percent.trim_end()).map(|value| value / 100.0),
        None => number::parse(text),
    }
}

/// A breakdown in its one form: `_T` and the total are the empty text, the dimensions in alphabetical order.
pub fn breakdown(text: &str) -> Option<Cow<'_, str>> {
    if text.is_empty() || text == "_T" {
        return Some(Cow::Borrowed(""));
    }
    let mut parts: Vec<(&str, &str)> = Vec::new();
    for part in text.split(';') {
        let (dimension, code) = part.split_once('=')?;
        if dimension.is_empty() || code.is_empty() || parts.iter().any(|(other, _)| *other == dimension) {
            return None;
        }
        parts.push((dimension, code));
    }
    if parts.is_sorted() {
        return Some(Cow::Borrowed(text));
    }
    parts.sort_unstable();
    let parts: Vec<String> = parts.iter().map(|(dimension, code)| format!("{dimension}={code}")).collect();
    Some(Cow::Owned(parts.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_does_not_fit() {
        let code = |kind, text| check(kind, text, "c").map(|misfit| misfit.code.id);
        assert_eq!(code(Type::Id, "Beijing"), Some("F010"));
        assert_eq!(code(Type::IdList, "a;b c"), Some("F010"));
        assert_eq!(code(Type::Number, "1,234"), Some("F011"));
        assert_eq!(code(Type::NumberOrPercent, "0.5%"), None);
        assert_eq!(code(Type::Integer, "1.5"), Some("F011"));
        assert_eq!(code(Type::Period, "2022-13"), Some("F012"));
        assert_eq!(code(Type::Date, "2022-02-30"), Some("F013"));
        assert_eq!(code(Type::Date, "2022"), Some("F013"));
        assert_eq!(code(Type::Bool, "yes"), Some("F014"));
        assert_eq!(code(Type::Word(&["up"]), "Up"), Some("F015"));
        assert_eq!(code(Type::Status, "X"), Some("F015"));
        assert_eq!(code(Type::Breakdown, "women"), Some("F015"));
        assert_eq!(code(Type::Unit, "yuan"), Some("F016"));
        assert_eq!(code(Type::Reference("places"), "Not An Id"), None);
    }

    #[test]
    fn a_breakdown_has_one_form() {
        assert_eq!(breakdown("_T").as_deref(), Some(""));
        assert_eq!(breakdown("sex=F;age=65+").as_deref(), Some("age=65+;sex=F"));
        assert_eq!(breakdown("sex=F;sex=M"), None);
    }

    #[test]
    fn sees_languages_attributes_and_slips() {
        let table = TableSpec::find("observations").expect("there");
        let mut told = Vec::new();
        let names = ["indicator_id", "place_id", "perid", "value", "value"].map(Cow::Borrowed);
        roles(table, &names, &[], |code, _, at, _, fix| told.push((code.id, at, fix)));
        let codes: Vec<_> = told.iter().map(|(code, at, _)| (*code, *at)).collect();
        assert_eq!(codes, [("F005", Some(2)), ("F020", Some(4)), ("F004", None), ("F004", None)]);
        assert_eq!(told[0].2, "rename it to period, or remove it");
        let places = TableSpec::find("places").expect("there");
        let names = ["place_id", "kind", "name", "name_zh", "source_id", "code"].map(Cow::Borrowed);
        let roles = roles(places, &names, &[], |code, _, _, _, _| panic!("{}", code.id));
        assert_eq!(roles[3], Role::Language(2, "zh".into()));
        assert_eq!(roles[5], Role::Attribute("code".into()));
    }
}
