//! Declared measures: reads `measures/*.toml`.

use crate::document::{Positions, against_schema, toml_finding, toml_findings};
use crate::method::{AnyMethod, Problem, Registration};
use crate::methods;
use crate::suggest::nearest;
use crate::uncertain::{self, Uncertain};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use umbel_core::{Code, Finding, Location, Symbol, Symbols, Text, Unit, code};
use umbel_table::{IndicatorKind, Region};

/// A declared measure.
#[derive(Debug)]
pub struct Measure {
    /// Its id.
    pub id: Symbol,
    /// The indicator whose rows it writes.
    pub indicator: Symbol,
    /// Where its name stands.
    pub location: Location,
    /// Title by language; empty when the indicators table has one.
    pub title: Text,
    /// Description by language.
    pub description: Text,
    /// What tells this definition of the indicator from the others, by language.
    pub definition: Text,
    /// Unit of the result as declared.
    pub unit: Option<Unit>,
    /// +1 when up is better, -1 when down is better, 0 when neither.
    pub direction: Option<i8>,
    /// What the indicator counts.
    pub kind: Option<IndicatorKind>,
    /// Decimals shown.
    pub decimals: Option<u8>,
    /// Chapter of the report ([`Symbol::NONE`] when none).
    pub system: Symbol,
    /// Scale of a class ([`Symbol::NONE`] when none).
    pub scale: Symbol,
    /// How children make a parent, as in the indicators table.
    pub aggregation: Option<String>,
    /// The method.
    pub registration: &'static Registration,
    /// The method with its parameters.
    pub method: Arc<dyn AnyMethod>,
    /// Parameters that are not known exactly.
    pub uncertain: Vec<Uncertain>,
    /// Where its keys and values stand.
    pub positions: Positions,
}

/// Keys that every measure has.
pub const COMMON_KEYS: &[&str] = &[
    "method",
    "indicator",
    "title",
    "description",
    "definition",
    "unit",
    "direction",
    "kind",
    "decimals",
    "system",
    "scale",
    "aggregation",
];

impl Measure {
    /// A finding for a problem of one of its parameters.
    pub fn finding(&self, problem: &Problem) -> Finding {
        let location = match problem.parameter.as_str() {
            "" => None,
            path if problem.offset > 0 || path == "formula" => self.positions.within(path, problem.offset),
            path => None.or_else(|| self.positions.value(path)),
        };
        let location = location.unwrap_or_else(|| self.location.clone());
        Finding::new(problem.code, location, problem.message.clone(), problem.fix.clone())
    }
}

/// The measures of one file.
#[derive(Debug, Default)]
pub struct Measures {
    /// Those that can be used, in the order in which they stand.
    pub measures: Vec<Measure>,
    /// Indicators that the others would write: whoever reads them is not to blame.
    pub unreadable: Vec<Symbol>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Reads the measures of one file. What cannot be used is left out and reported.
pub fn read(file: &str, text: &str, region: &mut Region) -> Measures {
    let positions = Positions::new(file, text);
    let mut findings = Vec::new();
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut names: Vec<(Spanned<std::borrow::Cow<'_, str>>, Spanned<DeValue<'_>>)> =
        document.into_inner().into_iter().collect();
    names.sort_by_key(|(name, _)| name.span().start);
    let starts: Vec<usize> = names.iter().map(|(name, _)| name.span().start).collect();
    let mut broken = vec![false; names.len()];
    findings.extend(toml_findings(&errors, &positions));
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        if let Some(measure) = starts.partition_point(|&start| start <= at).checked_sub(1) {
            broken[measure] = true;
        }
    }
    let (mut measures, mut unreadable) = (Vec::new(), Vec::new());
    for ((name, value), broken) in names.into_iter().zip(broken) {
        if broken {
            unreadable.push(region.symbols.intern(name.get_ref()));
            continue;
        }
        let location = positions.location(name.span().start);
        let id: &str = name.get_ref();
        let span = name.span().start..value.span().end.max(name.span().start);
        let DeValue::Table(table) = value.into_inner() else {
            let message = format!("\"{id}\" stands outside every measure.");
            let fix = "A measure is a table: write its name in brackets on a line before its keys.";
            findings.push(Finding::new(&code::M002, location, message, fix));
            continue;
        };
        if !is_id(id) {
            let message = format!("\"{id}\" is not an id.");
            findings.push(Finding::new(&code::F010, location.clone(), message, code::F010.mend));
        }
        let mut reader = Reader { positions: positions.with(&table), location, table, findings: &mut findings };
        let indicator =
            reader.table.get("indicator").and_then(|value| value.get_ref().as_str()).unwrap_or(id).to_owned();
        match reader.measure(id, span, region) {
            Some(measure) => measures.push(measure),
            None => unreadable.extend([id, &indicator].map(|text| region.symbols.intern(text))),
        }
    }
    Measures { measures, unreadable, findings }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
}

struct Reader<'a, 'i> {
    positions: Positions,
    location: Location,
    table: DeTable<'i>,
    findings: &'a mut Vec<Finding>,
}

impl<'i> Reader<'_, 'i> {
    fn measure(&mut self, id: &str, span: std::ops::Range<usize>, region: &mut Region) -> Option<Measure> {
        let registration = self.registration(id)?;
        let parameters = registration.parameter_names();
        // A parameter of the method that has the name of a common key is the method's.
        let own = |key: &str| parameters.iter().any(|parameter| parameter == key);
        let mut take = |key: &str| if own(key) { None } else { self.table.remove(key) };
        let written: Vec<(&str, Option<Spanned<DeValue<'i>>>)> =
            COMMON_KEYS.iter().filter(|key| **key != "method").map(|key| (*key, take(key))).collect();
        self.table.remove("method");
        let mut common = Common::default();
        for (key, value) in written {
            if let Some(value) = value {
                self.common(key, &value, &mut common);
            }
        }
        let indicator = common.indicator.as_deref().unwrap_or(id);
        let registered = region.symbols.get(indicator).is_some_and(|symbol| region.indicator(symbol).is_some());
        if common.title.is_empty() && !registered {
            let message =
                format!("The measure \"{id}\" has no title, and \"{indicator}\" is not in the indicators table.");
            let fix = "Add title = { en = \"...\" }, or add the indicator to the indicators table.";
            self.report(&code::M002, self.location.clone(), message, fix);
        }
        let mut uncertain = uncertain::take(&mut self.table, &self.positions, self.findings);
        let method: Arc<dyn AnyMethod> = self.method(id, registration, span)?.into();
        let again = |parameters| (registration.from_json)(parameters).is_ok();
        uncertain::check(&mut uncertain, &method, again, &self.positions, self.findings);
        let symbols = &mut region.symbols;
        Some(Measure {
            id: symbols.intern(id),
            indicator: symbols.intern(common.indicator.as_deref().unwrap_or(id)),
            location: self.location.clone(),
            title: common.title,
            description: common.description,
            definition: common.definition,
            unit: common.unit,
            direction: common.direction,
            kind: common.kind,
            decimals: common.decimals,
            system: intern(symbols, common.system.as_deref()),
            scale: intern(symbols, common.scale.as_deref()),
            aggregation: common.aggregation,
            registration,
            method,
            uncertain,
            positions: self.positions.clone(),
        })
    }

    fn report(&mut self, code: &'static Code, at: Location, message: impl Into<String>, fix: impl Into<String>) {
        self.findings.push(Finding::new(code, at, message, fix));
    }

    fn registration(&mut self, id: &str) -> Option<&'static Registration> {
        let Some(value) = self.table.get("method") else {
            if self.table.contains_key("formula") {
                return methods::find("formula");
            }
            let fix = "Add method = \"...\" or formula = \"...\".";
            self.report(&code::M002, self.location.clone(), format!("The measure \"{id}\" names no method."), fix);
            return None;
        };
        let at = self.positions.location(value.span().start);
        let Some(name) = value.get_ref().as_str() else {
            self.report(&code::M002, at, "The key `method` needs a text.", "Write the method's name in quotes.");
            return None;
        };
        let found = methods::find(name);
        if found.is_none() {
            let fix = match nearest(name, methods::METHODS.iter().map(|method| method.name)) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => code::M001.mend.to_owned(),
            };
            let message = format!("There is no method \"{name}\".");
            self.report(&code::M001, at, message, fix);
        }
        found
    }

    fn method(
        &mut self,
        id: &str,
        registration: &'static Registration,
        span: std::ops::Range<usize>,
    ) -> Option<Box<dyn AnyMethod>> {
        let schema = serde_json::to_value((registration.schema)()).unwrap_or_default();
        let mut parameters = Spanned::new(span.clone(), std::mem::take(&mut self.table));
        let subject = format!("the method {} (measure \"{id}\")", registration.name);
        if !against_schema(&mut parameters, &schema, COMMON_KEYS, &self.positions, &subject, self.findings) {
            return None;
        }
        let value = Spanned::new(span, DeValue::Table(parameters.into_inner()));
        match (registration.from_toml)(ValueDeserializer::from(value)) {
            Ok(method) => Some(method),
            Err(error) => {
                let finding = toml_finding(&code::M002, &error, &self.positions);
                let fix = format!("See `umbel methods {}`.", registration.name);
                self.findings.push(Finding { fix, ..finding });
                None
            }
        }
    }

    fn common(&mut self, key: &str, value: &Spanned<DeValue<'_>>, common: &mut Common) {
        let at = self.positions.location(value.span().start);
        let text = value.get_ref().as_str();
        let Some(text) = text.filter(|_| !matches!(key, "title" | "description" | "definition" | "decimals")) else {
            match (key, value.get_ref()) {
                ("title", value) => common.title = self.text(key, value, at),
                ("description", value) => common.description = self.text(key, value, at),
                ("definition", value) => common.definition = self.text(key, value, at),
                ("decimals", DeValue::Integer(digits)) => match digits.as_str().parse() {
                    Ok(digits @ 0..=12) => common.decimals = Some(digits),
                    _ => self.report(
                        &code::M002,
                        at,
                        "decimals is a number from 0 to 12.",
                        "Write for example decimals = 1.",
                    ),
                },
                ("decimals", _) => {
                    self.report(&code::M002, at, "decimals is a whole number.", "Write for example decimals = 1.");
                }
                _ => self.report(&code::M002, at, format!("The key `{key}` needs a text."), "Write it in quotes."),
            }
            return;
        };
        match key {
            "indicator" => common.indicator = Some(text.to_owned()),
            "system" => common.system = Some(text.to_owned()),
            "scale" => common.scale = Some(text.to_owned()),
            "unit" => match Unit::parse(text) {
                Ok(unit) => common.unit = Some(unit),
                Err(error) => self.report(&code::F016, at, format!("{error}."), code::F016.mend),
            },
            "direction" => common.direction = self.word(key, text, at, &[("up", 1), ("down", -1), ("none", 0)]),
            "kind" => {
                let kinds = [
                    ("stock", IndicatorKind::Stock),
                    ("flow", IndicatorKind::Flow),
                    ("share", IndicatorKind::Share),
                    ("rate", IndicatorKind::Rate),
                    ("cumulative", IndicatorKind::Cumulative),
                    ("class", IndicatorKind::Class),
                ];
                common.kind = self.word(key, text, at, &kinds);
            }
            "aggregation" => {
                let rules = ["sum", "mean", "weighted_mean", "max", "min", "none"].map(|rule| (rule, rule));
                common.aggregation = self.word(key, text, at, &rules).map(str::to_owned);
            }
            _ => {}
        }
    }

    fn word<T: Copy>(&mut self, key: &str, text: &str, at: Location, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("\"{text}\" is no `{key}`.");
            self.report(&code::M002, at, message, format!("Write one of {}.", all.join(", ")));
        }
        found
    }

    fn text(&mut self, key: &str, value: &DeValue<'_>, at: Location) -> Text {
        let mut text = Text::default();
        match value {
            DeValue::String(plain) => text.set("", plain),
            DeValue::Table(languages) => {
                for (language, version) in languages {
                    match version.get_ref().as_str() {
                        Some(version) => text.set(language.get_ref(), version),
                        None => {
                            let at = self.positions.location(version.span().start);
                            self.report(&code::M002, at, format!("`{key}` holds texts."), "Write it in quotes.");
                        }
                    }
                }
            }
            _ => {
                let message = format!("The key `{key}` needs a text, or texts by language.");
                self.report(&code::M002, at, message, format!("Write {key} = {{ en = \"...\" }}."));
            }
        }
        text
    }
}

fn intern(symbols: &mut Symbols, text: Option<&str>) -> Symbol {
    text.map_or(Symbol::NONE, |text| symbols.intern(text))
}

#[derive(Default)]
struct Common {
    indicator: Option<String>,
    title: Text,
    description: Text,
    definition: Text,
    unit: Option<Unit>,
    direction: Option<i8>,
    kind: Option<IndicatorKind>,
    decimals: Option<u8>,
    system: Option<String>,
    scale: Option<String>,
    aggregation: Option<String>,
}
