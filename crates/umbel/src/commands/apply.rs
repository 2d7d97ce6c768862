//! `umbel apply`: an analysis on a plain file.

use crate::output::{Console, Ended, Outcome as End, Stop, columns};
use crate::render::findings;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};
use std::io::Write;
use std::path::{Path, PathBuf};
use umbel_core::Finding;
use umbel_stats::Weights;
use umbel_study::analysis::files::{Layout, sample};
use umbel_study::analysis::{AnyAnalysis, Figure, IN_REGION, Key, Outcome, Sample, Table};
use umbel_study::method::Registration;
use umbel_study::methods::METHODS;
use umbel_study::reference::parameters;
use umbel_table::import::Reading;
use umbel_table::import::plain::Plain;
use umbel_table::neighbours::{self, Format};

/// What every analysis takes on the command line, beside its parameters: name, value name, help.
const COMMON: &[(&str, &str, &str)] = &[
    (
        "values",
        "FILE[:FIELD,..]",
        "File with the figures (.csv, .geojson, .parquet, .xlsx) and the columns analysed; a range of columns is written FIRST..LAST",
    ),
    (
        "id",
        "COLUMN",
        "Column with the ids of the places (default: one named id, place_id, GEOID ..., else the number of the row)",
    ),
    ("time", "COLUMN", "Column with the periods (default: one named period, time, year, date ...)"),
    ("format", "FORMAT", "How to print: text, json, csv (one table)"),
    ("table", "NAME", "The table printed as csv (default: the first)"),
    ("output", "FILE", "Write to a file instead; of `weights` a .gal or .gwt file writes the neighbours"),
];

/// What analyses that look at where places are take besides.
const SPATIAL: &[(&str, &str, &str)] = &[
    ("longitude", "COLUMN", "Column with the first coordinate of points"),
    ("latitude", "COLUMN", "Column with the second coordinate of points"),
];

/// The analyses.
fn analyses() -> impl Iterator<Item = &'static Registration> {
    METHODS.iter().filter(|method| method.analysis.is_some())
}

/// The subcommand of each analysis, made from its parameters.
pub fn augment(command: Command) -> Command {
    let command = command.subcommand_required(true).arg_required_else_help(true).subcommand_value_name("METHOD");
    let mut all: Vec<&Registration> = analyses().collect();
    all.sort_by_key(|method| method.name);
    all.into_iter().fold(command, |command, method| {
        let short = Command::new(dashed(method.name)).about(method.summary);
        let short = if method.name.contains('_') { short.alias(method.name) } else { short };
        // Made only when it is needed: the parameters of all methods are many.
        command.subcommand(short.defer(subcommand))
    })
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

fn subcommand(command: Command) -> Command {
    let Some(method) = analyses().find(|method| dashed(method.name) == command.get_name()) else { return command };
    let spatial = method.analysis.is_some_and(|analysis| analysis.spatial);
    let own = parameters(method);
    let mut command = command.next_help_heading("The data");
    let further = if spatial { SPATIAL } else { &[] };
    for (name, value, help) in COMMON.iter().chain(further) {
        if own.iter().any(|parameter| dashed(&parameter.name) == *name) {
            continue;
        }
        let arg = Arg::new(*name).long(*name).value_name(*value).help(*help);
        command = command.arg(match *name {
            "format" => arg.value_parser(["text", "json", "csv"]).default_value("text"),
            "output" => arg.short('o'),
            _ => arg,
        });
    }
    command = command.next_help_heading("The method");
    for parameter in own.iter().filter(|parameter| !IN_REGION.contains(&parameter.name.as_str())) {
        let default = parameter.default.as_ref().map(|d| format!(" (default: {d})")).unwrap_or_default();
        let takes = parameter.takes.replace('`', "");
        let arg = Arg::new(parameter.name.clone())
            .long(dashed(&parameter.name))
            .value_name(if takes.len() > 24 { "VALUE".to_owned() } else { takes.to_uppercase() })
            .help(format!("{}{default}", parameter.meaning))
            .allow_hyphen_values(true)
            .action(ArgAction::Set);
        command = command.arg(if takes == "true false" {
            arg.num_args(0..=1).default_missing_value("true").require_equals(false)
        } else {
            arg
        });
    }
    command
}

/// Applies an analysis and prints what it gives.
pub fn run(matches: &ArgMatches, console: &Console) -> Ended {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Stop::Usage("name a method; `umbel apply --help` lists them".to_owned()));
    };
    let method = analyses().find(|method| dashed(method.name) == name || method.name == name);
    let Some((method, analysis)) = method.and_then(|method| Some((method, method.analysis?))) else {
        return Err(Stop::Usage(format!("there is no method \"{name}\"")));
    };
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str);
    let values = text("values").ok_or_else(|| Stop::Usage("--values FILE:FIELD names the file to read".to_owned()))?;
    let (path, fields) = file_and_fields(values);
    let given = |path: &Path| path.exists();
    if !given(&path) {
        return Err(Stop::Failed(format!("{}: there is no such file", path.display())));
    }
    let plain = console.while_doing("reading the file", || Plain::read(&path, &Reading::default()))?;
    let fields = expanded(&fields, &plain)?;
    let (json, wide) = given_parameters(method, matches, fields)?;
    let parameters = json.clone();
    let wrong = |error: &dyn std::fmt::Display| {
        let (mut text, help) =
            (error.to_string(), format!("`umbel apply {name} --help` says what each parameter takes"));
        if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            text = match field {
                "of" => "name the column after the file: --values FILE:COLUMN".to_owned(),
                _ => format!("--{} is needed", dashed(field)),
            };
        }
        Stop::Usage(format!("{text}; {help}"))
    };
    let analysed: Box<dyn AnyAnalysis> = (analysis.from_json)(Value::Object(json)).map_err(|error| wrong(&error))?;
    if let Some((parameter, message, fix)) = analysed.problems().into_iter().next() {
        return Err(Stop::Usage(format!("--{}: {message} {fix}", dashed(&parameter))));
    }
    let rule = parameters.get("weights").and_then(Value::as_str).unwrap_or_default();
    let layout = Layout {
        id: text("id").map(str::to_owned),
        time: text("time").map(str::to_owned),
        coordinates: text("longitude").zip(text("latitude")).map(|(x, y)| (x.to_owned(), y.to_owned())),
        wide,
        groups: rule.strip_prefix("block:").map(str::to_owned),
    };
    let read = sample(&plain, &analysed.columns(), analysis.over, &layout);
    let mut sample = match read {
        Ok(sample) => sample,
        Err(found) => {
            tell(&found)?;
            return Ok(End::Findings);
        }
    };
    if analysis.spatial && Format::of(rule).is_some() {
        match weights_of(rule, &sample)? {
            Some(weights) => sample.space.given = Some(weights),
            None => return Ok(End::Findings),
        }
    }
    let outcome = console.while_doing("computing", || analysed.analyse(&sample));
    let outcome = outcome.map_err(|error| Stop::Failed(format!("{name}: {error}")))?;
    let mut bytes = Vec::new();
    let lists = neighbours_as(text("output"), &sample, &outcome)?;
    match text("format") {
        _ if lists.is_some() => bytes.extend(lists.unwrap_or_default().into_bytes()),
        Some("json") => write_json(&mut bytes, method, &analysed.parameters(), &sample, &outcome)?,
        Some("csv") => write_csv(&mut bytes, &sample, &outcome, text("table"))?,
        _ => write_text(&mut bytes, method, &sample, &outcome)?,
    }
    match text("output") {
        Some(path) => {
            umbel_table::write::write_whole(Path::new(path), &bytes).map_err(|e| Stop::Failed(e.to_string()))?
        }
        None => {
            let mut out = console.out();
            out.write_all(&bytes)?;
            out.flush()?;
        }
    }
    Ok(End::Fine)
}

/// `FILE:A,B` as a file and its fields. A file whose name holds a colon is taken whole when it is there.
fn file_and_fields(values: &str) -> (PathBuf, Vec<String>) {
    match values.rsplit_once(':') {
        Some((file, fields)) if !Path::new(values).exists() && !file.is_empty() => {
            let fields = fields.split(',').map(|field| field.trim().to_owned()).filter(|field| !field.is_empty());
            (PathBuf::from(file), fields.collect())
        }
        _ => (PathBuf::from(values), Vec::new()),
    }
}

/// Ranges `FIRST..LAST` as all columns between them.
fn expanded(fields: &[String], plain: &Plain) -> Result<Vec<String>, Stop> {
    let mut all = Vec::new();
    for field in fields {
        let ends = field.split_once("..").filter(|_| plain.column(field).is_none());
        let Some((first, last)) = ends else {
            all.push(field.clone());
            continue;
        };
        match (plain.column(first), plain.column(last)) {
            (Some(from), Some(to)) if from <= to => all.extend((from..=to).map(|at| plain.name(at).to_owned())),
            _ => {
                let names = plain.columns().collect::<Vec<_>>().join(", ");
                return Err(Stop::Usage(format!("{field}: no such range of columns in {}: {names}", plain.file())));
            }
        }
    }
    Ok(all)
}

/// Parameters as JSON from the command line; and the columns of a wide panel, where `of` takes one name and several
/// fields are given.
fn given_parameters(
    method: &Registration,
    matches: &ArgMatches,
    fields: Vec<String>,
) -> Result<(Map<String, Value>, Vec<String>), Stop> {
    let schema = (method.schema)().to_value();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let (mut json, mut wide) = (Map::new(), Vec::new());
    for parameter in parameters(method) {
        let name = parameter.name.as_str();
        if IN_REGION.contains(&name) {
            continue;
        }
        let Some(text) = matches.try_get_one::<String>(name).ok().flatten() else { continue };
        let property = &schema["properties"][name];
        json.insert(
            name.to_owned(),
            typed(text, property, &definitions)
                .map_err(|message| Stop::Usage(format!("--{}: {message}", dashed(name))))?,
        );
    }
    if let Some(of) = schema["properties"].get("of").filter(|_| !fields.is_empty() && !json.contains_key("of")) {
        let takes_list = matches!(shape(of, &definitions), Shape::List);
        let value = match (takes_list, fields.len()) {
            (true, _) => Value::from(fields),
            (false, 1) => Value::from(fields[0].clone()),
            (false, _) => {
                wide = fields;
                Value::from(wide.join(","))
            }
        };
        json.insert("of".to_owned(), value);
    }
    Ok((json, wide))
}

/// What a parameter takes, as far as reading it from a text needs to know.
enum Shape {
    Number,
    Flag,
    Text,
    List,
    /// A table, or several shapes: tried in turn.
    Any,
}

fn shape(schema: &Value, definitions: &Value) -> Shape {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return shape(&definitions[name], definitions);
    }
    if schema.get("enum").is_some() {
        return Shape::Text;
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => Vec::new(),
    };
    match kinds[..] {
        ["number" | "integer"] => Shape::Number,
        ["boolean"] => Shape::Flag,
        ["string"] => Shape::Text,
        ["array"] => Shape::List,
        [] => {
            let choices = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array());
            let mut choices: Vec<&Value> = choices.into_iter().flatten().collect();
            choices.retain(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
            match choices[..] {
                [only] => shape(only, definitions),
                _ if choices
                    .iter()
                    .all(|c| matches!(shape(c, definitions), Shape::Text) || c.get("const").is_some()) =>
                {
                    Shape::Text
                }
                _ => Shape::Any,
            }
        }
        _ => Shape::Any,
    }
}

/// The value that a text stands for.
fn typed(text: &str, schema: &Value, definitions: &Value) -> Result<Value, String> {
    let number = |text: &str| -> Option<Value> {
        let whole = text.parse::<i64>().ok().map(Value::from);
        whole.or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from))
    };
    let json = |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
    match shape(schema, definitions) {
        Shape::Number => number(text).ok_or_else(|| format!("\"{text}\" is no number")),
        Shape::Flag => {
            text.parse::<bool>().map(Value::from).map_err(|_| format!("\"{text}\" is neither true nor false"))
        }
        Shape::Text => Ok(Value::from(text)),
        Shape::List => {
            if let Some(value) = json(text) {
                return Ok(value);
            }
            let (empty, target) = (Value::Null, resolved(schema, definitions));
            let items = target.get("items").unwrap_or(&empty);
            let cells = text.split(',').map(|cell| typed(cell.trim(), items, definitions));
            cells.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        Shape::Any => {
            let several = || {
                text.contains(',').then(|| {
                    Value::from(
                        text.split(',')
                            .map(|cell| number(cell.trim()).unwrap_or_else(|| Value::from(cell.trim())))
                            .collect::<Vec<_>>(),
                    )
                })
            };
            Ok(json(text).or_else(|| number(text)).or_else(several).unwrap_or_else(|| Value::from(text)))
        }
    }
}

/// The schema behind references and "or null".
fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return resolved(&definitions[name], definitions);
    }
    let choices = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    let only = choices.into_iter().flatten().find(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
    only.map_or(schema, |only| resolved(only, definitions))
}

/// The weights that a file holds, in the order of the places; `None` when something in it is wrong, which is told.
fn weights_of(path: &str, sample: &Sample) -> Result<Option<Weights>, Stop> {
    let Some(format) = Format::of(path) else {
        return Err(Stop::Usage(format!("{path}: weights are read from .gal, .gwt and .json files")));
    };
    let bytes = std::fs::read(path).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
    match neighbours::read(path, format, bytes) {
        Ok(found) => {
            let rows = found.in_order_of(&sample.places).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
            let weights = Weights::from_rows(rows).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
            Ok(Some(weights))
        }
        Err(found) => {
            tell(&found)?;
            Ok(None)
        }
    }
}

/// The text of a file of neighbours, when the output is to be one.
fn neighbours_as(output: Option<&str>, sample: &Sample, outcome: &Outcome) -> Result<Option<String>, Stop> {
    let format = match output.and_then(Format::of) {
        Some(format @ (Format::Gal | Format::Gwt)) => format,
        _ => return Ok(None),
    };
    let Some(weights) = &outcome.weights else {
        return Err(Stop::Usage("only `umbel apply weights` writes .gal and .gwt files".to_owned()));
    };
    let name = output.map(Path::new).and_then(Path::file_stem).map_or("places".into(), |stem| stem.to_string_lossy());
    Ok(Some(match format {
        Format::Gwt => {
            neighbours::to_gwt(&name, "id", &sample.places, |at| (weights.neighbours(at), weights.weights(at)))
        }
        _ => neighbours::to_gal(&name, "id", &sample.places, |at| weights.neighbours(at)),
    }))
}

/// Prints findings for people.
fn tell(found: &[Finding]) -> Result<(), Stop> {
    let mut out = std::io::stderr().lock();
    Ok(findings::text(&mut out, found, Path::new(""), Path::new(""), findings::colours())?)
}

/// The outcome as JSON: figures by name, tables as arrays of objects.
fn write_json(
    out: &mut Vec<u8>,
    method: &Registration,
    parameters: &Value,
    sample: &Sample,
    outcome: &Outcome,
) -> Result<(), Stop> {
    let failed = |error: serde_json::Error| Stop::Failed(format!("the result cannot be written as JSON: {error}"));
    let mut entry = |name: &str, value: &dyn erased::Json, first: bool| -> Result<(), Stop> {
        out.extend_from_slice(if first { b"{\n  " } else { b",\n  " });
        serde_json::to_writer(&mut *out, name).map_err(failed)?;
        out.extend_from_slice(b": ");
        value.write(out).map_err(failed)
    };
    entry("method", &method.name, true)?;
    entry("version", &method.version, false)?;
    entry("parameters", parameters, false)?;
    // Every method whose first result is about the whole has it under one name too, and so has the two-sided p of a test
    // that is normal.
    let figure = |name: &str| outcome.figures.iter().find(|(known, _)| known == name).map(|(_, figure)| figure);
    let first = method.analysis.and_then(|analysis| analysis.results.first()).map_or("", |result| result.name);
    for (alias, name) in [("statistic", first), ("p_two_sided", "p_normal")] {
        if let (None, Some(value)) = (figure(alias), figure(name)) {
            entry(alias, value, false)?;
        }
    }
    for (name, figure) in &outcome.figures {
        entry(name, figure, false)?;
    }
    for (name, table) in &outcome.tables {
        entry(name, &Rows { table, sample }, false)?;
    }
    entry("notes", &outcome.notes, false)?;
    out.extend_from_slice(b"\n}\n");
    Ok(())
}

/// Values that can be written as JSON, whatever their type.
mod erased {
    /// A value that can be written as JSON.
    pub trait Json {
        /// Writes it.
        fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error>;
    }

    impl<T: serde::Serialize> Json for T {
        fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
            serde_json::to_writer(out, self)
        }
    }
}

/// Heads of the rows of a table: what each is about.
fn heads(table: &Table, sample: &Sample) -> Vec<(&'static str, Vec<String>)> {
    let rows = || (0..table.len()).map(|row| table.position(row));
    let place = |at: usize| sample.places.get(at).cloned().unwrap_or_default();
    let period = |at: usize| sample.periods.get(at).cloned().unwrap_or_default();
    match table.key {
        Key::Place => vec![("id", rows().map(place).collect())],
        Key::Period => vec![("period", rows().map(period).collect())],
        Key::Row => {
            let id = rows().map(|row| sample.place.get(row).map_or_else(String::new, |&at| place(at as usize)));
            let mut heads = vec![("id", id.collect())];
            if !sample.period.is_empty() {
                heads.push(("period", rows().map(|row| period(sample.period[row] as usize)).collect()));
            }
            heads
        }
        Key::Name => vec![("name", table.names.clone())],
    }
}

/// The rows of a table as objects.
struct Rows<'a> {
    table: &'a Table,
    sample: &'a Sample,
}

impl serde::Serialize for Rows<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{SerializeMap, SerializeSeq};
        struct Row<'a>(&'a [(&'static str, Vec<String>)], &'a Table, usize);
        impl serde::Serialize for Row<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for (name, texts) in self.0 {
                    map.serialize_entry(name, texts.get(self.2).map_or("", String::as_str))?;
                }
                for (name, cells) in &self.1.columns {
                    map.serialize_entry(name.as_ref(), &cells.figure(self.2))?;
                }
                map.end()
            }
        }
        let heads = heads(self.table, self.sample);
        let mut rows = serializer.serialize_seq(Some(self.table.len()))?;
        for row in 0..self.table.len() {
            rows.serialize_element(&Row(&heads, self.table, row))?;
        }
        rows.end()
    }
}

/// A figure as people read it.
fn shown(figure: &Figure) -> String {
    match figure {
        Figure::Number(None) => "-".to_owned(),
        Figure::Number(Some(value)) => readable(*value),
        Figure::Count(value) => value.to_string(),
        Figure::Word(word) => word.clone(),
        Figure::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Figure::List(list) => list.iter().map(shown).collect::<Vec<_>>().join(" "),
        Figure::Group(group) => {
            group.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Rows of a table shown to people.
const SHOWN: usize = 20;

/// Six significant digits.
fn readable(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..15.0).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = (5.0 - magnitude).clamp(0.0, 10.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The outcome for people.
fn write_text(out: &mut Vec<u8>, method: &Registration, sample: &Sample, outcome: &Outcome) -> Result<(), Stop> {
    writeln!(out, "{}: {}", method.name, method.summary)?;
    let simple =
        |figure: &Figure| !matches!(figure, Figure::List(list) if list.iter().any(|f| matches!(f, Figure::List(_))));
    let rows: Vec<Vec<String>> = outcome
        .figures
        .iter()
        .filter(|(_, figure)| simple(figure))
        .map(|(name, figure)| vec![name.replace('_', " "), shown(figure)])
        .collect();
    columns(out, &rows, &[], "  ")?;
    for (name, figure) in outcome.figures.iter().filter(|(_, figure)| !simple(figure)) {
        writeln!(out, "\n{}", name.replace('_', " "))?;
        if let Figure::List(list) = figure {
            let rows: Vec<Vec<String>> = list
                .iter()
                .map(|row| match row {
                    Figure::List(cells) => cells.iter().map(shown).collect(),
                    other => vec![shown(other)],
                })
                .collect();
            let right: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0)).collect();
            columns(out, &rows, &right, "  ")?;
        }
    }
    for (name, table) in &outcome.tables {
        writeln!(out, "\n{}", name.replace('_', " "))?;
        let heads = heads(table, sample);
        let mut rows = vec![
            heads
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .chain(table.columns.iter().map(|(name, _)| name.replace('_', " ")))
                .collect::<Vec<_>>(),
        ];
        let shown_rows = if table.len() > SHOWN + 5 { SHOWN } else { table.len() };
        for row in 0..shown_rows {
            let head = heads.iter().map(|(_, texts)| texts.get(row).cloned().unwrap_or_default());
            rows.push(head.chain(table.columns.iter().map(|(_, cells)| shown(&cells.figure(row)))).collect());
        }
        let right: Vec<usize> = (heads.len()..heads.len() + table.columns.len()).collect();
        columns(out, &rows, &right, "  ")?;
        if shown_rows < table.len() {
            writeln!(out, "  ... {} more; --format csv --table {name} gives all", table.len() - shown_rows)?;
        }
    }
    for note in &outcome.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}

/// One table as CSV.
fn write_csv(out: &mut Vec<u8>, sample: &Sample, outcome: &Outcome, name: Option<&str>) -> Result<(), Stop> {
    let table = match name {
        Some(name) => outcome.find(name).ok_or_else(|| {
            let names: Vec<&str> = outcome.tables.iter().map(|(name, _)| name.as_ref()).collect();
            Stop::Usage(format!("there is no table \"{name}\"; there are: {}", names.join(", ")))
        })?,
        None => {
            let Some((_, table)) = outcome.tables.first() else {
                // Only figures about the whole: they are the table.
                writeln!(out, "name,value")?;
                for (name, figure) in &outcome.figures {
                    writeln!(out, "{name},{}", cell(figure))?;
                }
                return Ok(());
            };
            table
        }
    };
    let heads = heads(table, sample);
    let names =
        heads.iter().map(|(name, _)| (*name).to_owned()).chain(table.columns.iter().map(|(name, _)| quoted(name)));
    writeln!(out, "{}", names.collect::<Vec<_>>().join(","))?;
    for row in 0..table.len() {
        let head = heads.iter().map(|(_, texts)| quoted(texts.get(row).map_or("", String::as_str)));
        let cells = table.columns.iter().map(|(_, cells)| cell(&cells.figure(row)));
        writeln!(out, "{}", head.chain(cells).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

/// A figure as a cell of CSV, with all its digits.
fn cell(figure: &Figure) -> String {
    match figure {
        Figure::Number(None) => String::new(),
        Figure::Number(Some(value)) => value.to_string(),
        Figure::Flag(flag) => flag.to_string(),
        Figure::List(_) | Figure::Group(_) => quoted(&serde_json::to_string(figure).unwrap_or_default()),
        other => quoted(&shown(other)),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
