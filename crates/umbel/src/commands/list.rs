//! `umbel list`: what is in a region.

use super::open;
use super::seen::{self, Seen};
use crate::arguments::{List, TextOrJson};
use crate::output::{Console, Ended, Outcome, columns, json};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use umbel_core::Symbol;
use umbel_study::Study;

/// Prints tables, indicators, measures, plans and sources.
pub fn run(arguments: &List, console: &Console) -> Ended {
    let study = open(&arguments.region, console)?;
    let mut out = console.out();
    let (tables, indicators, measures) =
        (tables(&study), indicators(&study), measures(&study, &seen::load(&arguments.region)));
    let region = &study.region;
    if arguments.format == TextOrJson::Json {
        let plans = region.plans.iter().map(|plan| {
            json!({
                "plan": region.id(plan.id), "title": plan.title.get(""), "horizon": plan.horizon,
                "parent": if plan.parent.is_some() { json!(region.id(plan.parent)) } else { Value::Null },
                "projects": plan.projects.iter().map(|project| region.id(*project)).collect::<Vec<_>>(),
            })
        });
        let used = source_rows(&study);
        let sources = region.sources.iter().map(|source| {
            json!({
                "source": region.id(source.id), "title": source.title, "publisher": source.publisher, "mark": source.mark.as_str(),
                "licence": source.licence, "rows": used.get(&source.id).copied().unwrap_or(0),
            })
        });
        let value = json!({
            "name": region.name,
            "languages": *region.languages,
            "tables": tables.iter().map(|(name, rows)| json!({ "table": name, "rows": rows })).collect::<Vec<_>>(),
            "indicators": indicators,
            "measures": measures,
            "plans": plans.collect::<Vec<_>>(),
            "sources": sources.collect::<Vec<_>>(),
        });
        json(&mut out, &value)?;
        return Ok(Outcome::Fine);
    }
    writeln!(out, "{} ({})", region.name, region.languages.join(", "))?;
    writeln!(out, "\nTABLES")?;
    let rows: Vec<Vec<String>> = tables.iter().map(|(name, rows)| vec![(*name).to_owned(), rows.to_string()]).collect();
    columns(&mut out, &rows, &[1], "  ")?;
    let text = |value: &Value, key: &str| match &value[key] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let section = |out: &mut dyn Write, title: &str, header: &[&str], keys: &[&str], right: &[usize], all: &[Value]| {
        if all.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{title}")?;
        let mut rows = vec![header.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
        rows.extend(all.iter().map(|one| keys.iter().map(|key| text(one, key)).collect()));
        columns(out, &rows, right, "  ")
    };
    let keys = ["indicator", "unit", "figures", "places", "periods", "title"];
    section(&mut out, "INDICATORS", &["", "unit", "figures", "places", "periods", ""], &keys, &[2, 3], &indicators)?;
    let keys = ["measure", "method", "state", "title"];
    section(&mut out, "MEASURES", &["", "method", "", ""], &keys, &[], &measures)?;
    if !region.plans.is_empty() {
        writeln!(out, "\nPLANS")?;
        let row = |plan: &umbel_table::Plan| {
            vec![
                region.id(plan.id).to_owned(),
                format!("{} projects", plan.projects.len()),
                plan.title.get("").to_owned(),
            ]
        };
        columns(&mut out, &region.plans.iter().map(row).collect::<Vec<_>>(), &[], "  ")?;
    }
    writeln!(out, "\nSOURCES")?;
    let used = source_rows(&study);
    let row = |source: &umbel_table::Source| {
        let rows = used.get(&source.id).copied().unwrap_or(0);
        vec![
            region.id(source.id).to_owned(),
            source.mark.as_str().to_owned(),
            format!("{rows} rows"),
            source.title.clone(),
        ]
    };
    columns(&mut out, &region.sources.iter().map(row).collect::<Vec<_>>(), &[2], "  ")?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn tables(study: &Study) -> Vec<(&'static str, usize)> {
    let region = &study.region;
    vec![
        ("places", region.places.len()),
        ("boundaries", region.boundaries.len()),
        ("observations", region.observations.len()),
        ("links", region.links.len()),
        ("flows", region.flows.len()),
        ("projects", region.projects.len()),
        ("stages", region.stages.len()),
        ("effects", region.effects.len()),
        ("plans", region.plans.len()),
        ("indicators", region.indicators.len()),
        ("targets", region.targets.len()),
        ("claims", region.claims.len()),
        ("sources", region.sources.len()),
        ("kinds", region.kinds.len()),
        ("scales", region.scales.len()),
        ("units", region.units.len()),
    ]
}

/// Every indicator with what is observed of it: figures, places, first and last period.
fn indicators(study: &Study) -> Vec<Value> {
    let ids: Vec<Symbol> = study.indicator_ids().into_iter().filter_map(|id| study.region.symbols.get(id)).collect();
    let row = |indicator: &Symbol| {
        let info = study.indicator_info(*indicator)?;
        let rows = study.region.observations.rows(*indicator);
        let (mut places, mut first, mut last) = (BTreeSet::new(), None, None);
        for at in 0..rows.map_or(0, |rows| rows.len()) {
            let Some(rows) = rows else { break };
            places.insert(rows.place[at]);
            let period = rows.period[at];
            first = Some(first.map_or(period, |known| period.min(known)));
            last = Some(last.map_or(period, |known| period.max(known)));
        }
        let periods = match (first, last) {
            (Some(first), Some(last)) if first != last => Some(format!("{first} to {last}")),
            (first, _) => first.map(|period| period.to_string()),
        };
        Some(json!({
            "indicator": study.region.id(*indicator), "title": info.title.get(""), "unit": info.unit.text(),
            "figures": rows.map_or(0, |rows| rows.len()), "places": places.len(), "periods": periods,
            "measures": study.definitions(*indicator).map(|at| study.region.id(study.measures[at].id)).collect::<Vec<_>>(),
        }))
    };
    ids.iter().filter_map(row).collect()
}

fn measures(study: &Study, seen: &Seen) -> Vec<Value> {
    let row = |at: usize| {
        let measure = &study.measures[at];
        let title = study.indicator_info(measure.indicator).map_or("", |info| info.title.get(""));
        json!({
            "measure": study.region.id(measure.id), "indicator": study.region.id(measure.indicator),
            "method": measure.registration.name, "state": seen::state(study, at, seen), "title": title,
        })
    };
    (0..study.measures.len()).map(row).collect()
}

/// How many rows name each source.
fn source_rows(study: &Study) -> BTreeMap<Symbol, usize> {
    let region = &study.region;
    let mut used = BTreeMap::new();
    let mut count = |source: Symbol| *used.entry(source).or_insert(0) += 1;
    region.observations.by_indicator.iter().flat_map(|(_, rows)| &rows.source).for_each(|source| count(*source));
    region.places.iter().for_each(|row| count(row.source));
    region.links.iter().for_each(|row| count(row.source));
    region.flows.iter().for_each(|row| count(row.source));
    region.projects.iter().for_each(|row| count(row.source));
    region.stages.iter().for_each(|row| count(row.source));
    region.effects.iter().for_each(|row| count(row.source));
    region.targets.iter().for_each(|row| count(row.source));
    region.claims.iter().for_each(|row| count(row.source));
    used
}
