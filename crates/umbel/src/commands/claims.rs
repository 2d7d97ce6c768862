//! Verdicts on claims and progress towards targets, as a table, CSV or JSON.

use super::figures::look;
use crate::arguments::RunFormat;
use crate::output::{Stop, columns};
use serde_json::{Map, Value, json};
use umbel_core::{Bound, Period, Symbol, Text};
use umbel_study::format::Format;
use umbel_study::{ClaimResult, Judgement, Study, TargetResult};
use umbel_table::write::CsvText;

/// Which claims or targets are kept.
pub struct Filter<'a> {
    /// Only those about these places; all when empty.
    pub places: &'a [Symbol],
    /// Only those about periods within one of these; all when empty.
    pub periods: &'a [Period],
}

impl Filter<'_> {
    fn keeps(&self, place: Symbol, period: Option<Period>) -> bool {
        let within = |wanted: &Period| period.is_some_and(|period| wanted.contains(period));
        (self.places.is_empty() || self.places.contains(&place))
            && (self.periods.is_empty() || self.periods.iter().any(within))
    }
}

/// Rows of one kind in one form: objects for programs, cells for people.
fn written(
    format: RunFormat,
    header: &[&str],
    right: &[usize],
    objects: Vec<Value>,
    cells: Vec<Vec<String>>,
) -> Result<Vec<u8>, Stop> {
    match format {
        RunFormat::Json => {
            let mut text = serde_json::to_vec_pretty(&objects).unwrap_or_default();
            text.push(b'\n');
            Ok(text)
        }
        RunFormat::Csv => {
            // The plain values of the objects; what is nested is for JSON only.
            let names: Vec<&String> =
                objects.first().and_then(Value::as_object).map(|object| object.keys().collect()).unwrap_or_default();
            let plain: Vec<&String> = names
                .into_iter()
                .filter(|name| {
                    objects.iter().all(|object| !object[name.as_str()].is_object() && !object[name.as_str()].is_array())
                })
                .collect();
            let mut text = CsvText::new(&plain);
            for object in &objects {
                let cell = |name: &&String| match &object[name.as_str()] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                text.row(&plain.iter().map(cell).collect::<Vec<_>>());
            }
            Ok(text.finish().into_bytes())
        }
        RunFormat::Table => {
            let mut rows = vec![header.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
            rows.extend(cells);
            let mut text = Vec::new();
            columns(&mut text, &rows, right, "")?;
            Ok(text)
        }
        RunFormat::Parquet | RunFormat::Geojson => {
            Err(Stop::Usage("claims and targets are written as table, csv or json".to_owned()))
        }
    }
}

/// A text under a key in the plain language, and under `key_LANG` in the others.
fn texts(object: &mut Map<String, Value>, key: &str, text: &Text) {
    object.insert(key.to_owned(), if text.is_empty() { Value::Null } else { json!(text.get("")) });
    for (language, version) in text.iter().filter(|(language, _)| !language.is_empty()) {
        object.insert(format!("{key}_{language}"), json!(version));
    }
}

fn id(study: &Study, symbol: Symbol) -> Value {
    if symbol.is_some() { json!(study.region.id(symbol)) } else { Value::Null }
}

/// A text cut to a width.
fn cut(text: &str, length: usize) -> String {
    let mut short: String = text.chars().take(length).collect();
    if text.chars().nth(length).is_some() {
        short.push('…');
    }
    short
}

fn judgement(study: &Study, one: &Judgement) -> Value {
    json!({
        "as_of": one.as_of.map(|day| day.to_string()),
        "computed": one.value,
        "bound": if one.bound == Bound::Exact { Value::Null } else { json!(one.bound.as_str()) },
        "holds": one.holds,
        "measure": one.measure.map(|at| study.region.id(study.measures[at].id)),
        "definition": if one.definition.is_empty() { Value::Null } else { json!(one.definition.get("en")) },
        "evidence": one.evidence.as_str(),
        "figure": study.figure_key(&one.figure),
    })
}

fn claim_object(study: &Study, result: &ClaimResult) -> Value {
    let claim = &study.region.claims[result.claim];
    let latest = result.judgements.first();
    let mut definitions: Vec<Value> = Vec::new();
    for one in &result.judgements {
        let measure = one.measure.map_or(Value::Null, |at| json!(study.region.id(study.measures[at].id)));
        if !definitions.contains(&measure) {
            definitions.push(measure);
        }
    }
    let mut object = Map::new();
    object.insert("claim".into(), id(study, claim.id));
    object.insert("system".into(), id(study, claim.system));
    object.insert("verdict".into(), json!(result.verdict.as_str()));
    object.insert("evidence".into(), json!(result.evidence.as_str()));
    object.insert("comparator".into(), json!(result.comparator.map(|comparator| comparator.as_str())));
    object.insert("published".into(), json!(claim.value));
    object.insert("published_high".into(), json!(claim.high));
    object.insert("computed".into(), json!(latest.map(|one| one.value)));
    object.insert("unit".into(), json!(result.unit.text()));
    object.insert("tolerance".into(), json!(result.tolerance));
    texts(&mut object, "statement", &claim.statement);
    object.insert("indicator".into(), id(study, claim.indicator));
    object.insert("place".into(), id(study, claim.place));
    object.insert("period".into(), json!(claim.period));
    object.insert("baseline".into(), json!(claim.baseline));
    object.insert("source".into(), id(study, claim.source));
    object.insert("reason".into(), json!(result.reason));
    let (vintage, definition) = result.depends_on;
    let on = [("vintage", vintage), ("definition", definition)];
    object.insert("depends_on".into(), on.iter().filter(|(_, yes)| *yes).map(|(name, _)| json!(name)).collect());
    object.insert("vintages".into(), result.judgements.iter().map(|one| judgement(study, one)).collect());
    object.insert("definitions".into(), Value::Array(definitions));
    Value::Object(object)
}

/// The claims with their verdicts.
pub fn claims(study: &Study, format: RunFormat, filter: &Filter<'_>) -> Result<Vec<u8>, Stop> {
    let region = &study.region;
    let kept = |result: &ClaimResult| {
        let claim = &region.claims[result.claim];
        filter.keeps(claim.place, claim.period)
    };
    let results: Vec<ClaimResult> = study.claims().into_iter().filter(kept).collect();
    let shown = Format::new(region, region.languages.first().map_or("en", String::as_str));
    let cells = results.iter().map(|result| {
        let claim = &region.claims[result.claim];
        let look = look(study.indicator_info(claim.indicator));
        let latest = result.judgements.first();
        let rounded = |value: f64, bound| shown.value(value, &result.unit, look, bound).text();
        // Figures that differ but look the same when rounded are shown in full.
        let alike = latest.zip(claim.value).is_some_and(|(one, said)| {
            one.value != said && rounded(one.value, Bound::Exact) == rounded(said, Bound::Exact)
        });
        let figure = |value: f64, bound: Bound| match alike {
            true => format!("{}{value} {}", bound.sign(), shown.unit(&result.unit)),
            false => rounded(value, bound),
        };
        let published = claim.value.map_or_else(String::new, |value| {
            let comparator = result.comparator.map_or("", |comparator| comparator.as_str());
            format!("{comparator} {}", figure(value, Bound::Exact))
        });
        vec![
            region.id(claim.id).to_owned(),
            result.verdict.as_str().to_owned(),
            result.evidence.as_str().to_owned(),
            published,
            latest.map_or_else(String::new, |one| figure(one.value, one.bound)),
            cut(claim.statement.get(""), 60),
        ]
    });
    let cells = cells.collect();
    let objects = results.iter().map(|result| claim_object(study, result)).collect();
    written(format, &["claim", "verdict", "evidence", "published", "computed", "statement"], &[3, 4], objects, cells)
}

fn target_object(study: &Study, result: &TargetResult) -> Value {
    let target = &study.region.targets[result.target];
    let at = |figure: Option<(f64, Period)>| figure.map(|(value, period)| json!({ "value": value, "period": period }));
    let (low, high) = result.wanted;
    let single = if target.direction == "within" { None } else { low.or(high) };
    let mut object = Map::new();
    object.insert("target".into(), id(study, target.id));
    object.insert("status".into(), json!(result.status));
    object.insert("evidence".into(), json!(result.evidence.as_str()));
    texts(&mut object, "title", &target.title);
    object.insert("indicator".into(), id(study, target.indicator));
    object.insert("place".into(), id(study, target.place));
    object.insert("period".into(), json!(target.period));
    object.insert("direction".into(), json!(target.direction));
    object.insert("wanted".into(), json!(single));
    object.insert("low".into(), json!(low.filter(|_| single.is_none())));
    object.insert("high".into(), json!(high.filter(|_| single.is_none())));
    object.insert("computed".into(), json!(result.latest.map(|(value, _)| value)));
    object.insert("unit".into(), json!(result.unit.text()));
    object.insert("force".into(), json!(target.force));
    object.insert("pace_achieved".into(), json!(result.pace_achieved));
    object.insert("pace_needed".into(), json!(result.pace_needed));
    object.insert("source".into(), id(study, target.source));
    object.insert("baseline".into(), json!(at(result.baseline)));
    object.insert("latest".into(), json!(at(result.latest)));
    object.insert("figure".into(), json!(result.figure.as_ref().map(|figure| study.figure_key(figure))));
    Value::Object(object)
}

/// The targets with their progress.
pub fn targets(study: &Study, format: RunFormat, filter: &Filter<'_>) -> Result<Vec<u8>, Stop> {
    let region = &study.region;
    let kept = |result: &TargetResult| {
        let target = &region.targets[result.target];
        filter.keeps(target.place, Some(target.period))
    };
    let results: Vec<TargetResult> = study.targets().into_iter().filter(kept).collect();
    let shown = Format::new(region, region.languages.first().map_or("en", String::as_str));
    let word = |status| json!(status).as_str().unwrap_or_default().replace('_', " ");
    let cells = results.iter().map(|result| {
        let target = &region.targets[result.target];
        let look = look(study.indicator_info(target.indicator));
        let figure = |value: f64| shown.value(value, &result.unit, look, Bound::Exact).text();
        let wanted = match result.wanted {
            (Some(low), Some(high)) if target.direction == "within" => format!("{} to {}", figure(low), figure(high)),
            (low, high) => low
                .or(high)
                .map_or_else(String::new, |value| format!("{} {}", target.direction.replace('_', " "), figure(value))),
        };
        let at = |known: Option<(f64, Period)>| {
            known.map_or_else(String::new, |(value, period)| format!("{} ({period})", figure(value)))
        };
        let title = target.title.get("");
        vec![
            region.id(target.id).to_owned(),
            word(result.status),
            result.evidence.as_str().to_owned(),
            format!("{wanted} by {}", target.period),
            at(result.latest),
            cut(if title.is_empty() { region.id(target.indicator) } else { title }, 50),
        ]
    });
    let cells = cells.collect();
    let objects = results.iter().map(|result| target_object(study, result)).collect();
    written(format, &["target", "status", "evidence", "wanted", "latest", "title"], &[4], objects, cells)
}
