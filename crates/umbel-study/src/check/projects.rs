//! J001 to J005: projects, their stages and effects, and plans.

use super::context::Context;
use super::drafts::Drafts;
use super::places::{find_cycles, parent_edges, ring};
use crate::suggest::nearest;
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::{Period, Symbol, code};
use umbel_table::schema::TableSpec;
use umbel_table::{Effect, Plan, Stage};

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    dates(context, drafts);
    stages(context, drafts);
    effects(context, drafts);
    contradictions(context, drafts);
    plan_cycles(context, drafts);
}

fn dates(context: &Context, drafts: &mut Drafts) {
    for project in &context.region.projects {
        if let (Some(start), Some(finish)) = (project.start, project.finish)
            && finish.end() < start.start()
        {
            let message = format!("\"{}\" finishes in {finish}, before it starts in {start}", context.name(project.id));
            drafts.cell(&code::J001, project.origin, "finish", message, "correct start or finish");
        }
    }
}

/// A stage whose period ends before that of an earlier stage begins.
fn stages(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let Some(scale) = region.symbols.get("stage") else { return };
    let rank: FxHashMap<Symbol, i32> =
        region.scales.iter().filter(|step| step.scale == scale).map(|step| (step.code, step.rank)).collect();
    let mut by_project: FxHashMap<Symbol, Vec<(i32, &Stage)>> = FxHashMap::default();
    for stage in &region.stages {
        if let Some(rank) = rank.get(&stage.stage) {
            by_project.entry(stage.project).or_default().push((*rank, stage));
        }
    }
    for log in by_project.values_mut() {
        log.sort_by_key(|(rank, stage)| (*rank, stage.origin));
        // Of the stages before, the one that was surely not reached until latest.
        let mut latest: Option<(i32, &Stage)> = None;
        for &(rank, stage) in log.iter() {
            if let Some((before, earlier)) = latest
                && before < rank
                && stage.date.end() < earlier.date.start()
            {
                let message = format!(
                    "\"{}\" reaches \"{}\" in {}, before \"{}\" in {} (line {})",
                    context.name(stage.project),
                    context.name(stage.stage),
                    stage.date,
                    context.name(earlier.stage),
                    earlier.date,
                    earlier.origin.line
                );
                drafts.cell(&code::J005, stage.origin, "date", message, "correct the dates, or the stages");
            }
            if latest.is_none_or(|(_, held)| held.date.start() < stage.date.start()) {
                latest = Some((rank, stage));
            }
        }
    }
}

/// Effects whose table, key or column is not there.
fn effects(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    if region.effects.is_empty() {
        return;
    }
    let mut keys: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    let mut register = |table: &'static str, ids: Vec<Symbol>| {
        keys.insert(table, ids.into_iter().map(|id| context.name(id)).collect());
    };
    register("places", region.places.iter().map(|row| row.id).collect());
    register("links", region.links.iter().map(|row| row.id).collect());
    register("projects", region.projects.iter().map(|row| row.id).collect());
    register("indicators", region.indicators.iter().map(|row| row.id).collect());
    register("targets", region.targets.iter().map(|row| row.id).collect());
    // What one effect adds, another may change.
    for effect in region.effects.iter().filter(|effect| effect.operation == "add") {
        match effect.table.as_str() {
            "observations" | "flows" => {
                keys.entry(&effect.table).or_default().insert(&effect.key);
            }
            table => {
                if let Some(known) = keys.get_mut(table) {
                    known.insert(&effect.key);
                }
            }
        }
    }
    for effect in &region.effects {
        let adds = effect.operation == "add";
        let wrong = match effect.table.as_str() {
            "observations" | "flows"
                if keys.get(&*effect.table).is_some_and(|added| !adds && added.contains(&*effect.key)) =>
            {
                None
            }
            "observations" => observation_key(context, effect, adds),
            "flows" => flow_key(context, effect, adds),
            table => match keys.get(table) {
                Some(known) if adds || known.contains(&*effect.key) => None,
                Some(known) => Some((
                    format!("\"{}\" is no row of {table}", effect.key),
                    match nearest(&effect.key, known.iter().copied()) {
                        Some(name) => format!("write \"{name}\" if that is meant, or add the row first"),
                        None => "correct key or table, or add the row first".to_owned(),
                    },
                )),
                None => {
                    let message = format!("effects cannot change the table \"{table}\"");
                    let fix = "use places, observations, links, flows, projects, indicators or targets";
                    drafts.cell(&code::J002, effect.origin, "table", message, fix);
                    continue;
                }
            },
        };
        if let Some((message, fix)) = wrong {
            drafts.cell(&code::J002, effect.origin, "key", message, fix);
        }
        if let Some((message, fix)) = column(context, effect) {
            drafts.cell(&code::J002, effect.origin, "column", message, fix);
        }
    }
}

type Wrong = Option<(String, String)>;

fn observation_key(context: &Context, effect: &Effect, adds: bool) -> Wrong {
    let region = context.region;
    let form = "write it as indicator@place@period, for example gdp@north@2022";
    let parts: Vec<&str> = effect.key.split('@').collect();
    let &[indicator, place, period] = &parts[..] else {
        return Some((format!("\"{}\" is no key of an observation", effect.key), form.to_owned()));
    };
    for (register, part) in [(&context.indicators, indicator), (&context.places, place)] {
        if !register.has_text(region, part) {
            return Some(register.unknown(region, part));
        }
    }
    let Some(period) = Period::parse(period) else {
        return Some((format!("\"{period}\" in the key is no period"), form.to_owned()));
    };
    if adds {
        return None;
    }
    let ids = (region.symbols.get(indicator)?, region.symbols.get(place)?);
    let there = region
        .observations
        .rows(ids.0)
        .is_some_and(|rows| (0..rows.len()).any(|row| rows.place[row] == ids.1 && rows.period[row] == period));
    (!there).then(|| {
        let fix = "correct the key, or use the operation add";
        (format!("there is no observation of \"{indicator}\" for \"{place}\" in {period}"), fix.to_owned())
    })
}

fn flow_key(context: &Context, effect: &Effect, adds: bool) -> Wrong {
    let region = context.region;
    let form = "write it as kind@origin@destination@period, for example commuters@north@south@2022";
    let parts: Vec<&str> = effect.key.split('@').collect();
    let &[kind, from, to, period] = &parts[..] else {
        return Some((format!("\"{}\" is no key of a flow", effect.key), form.to_owned()));
    };
    for part in [from, to] {
        if !context.places.has_text(region, part) {
            return Some(context.places.unknown(region, part));
        }
    }
    let Some(period) = Period::parse(period) else {
        return Some((format!("\"{period}\" in the key is no period"), form.to_owned()));
    };
    let there = region.flows.iter().any(|flow| {
        context.name(flow.kind) == kind
            && context.name(flow.from) == from
            && context.name(flow.to) == to
            && flow.period == period
    });
    (!adds && !there).then(|| {
        let fix = "correct the key, or use the operation add";
        (format!("there is no flow of kind \"{kind}\" from \"{from}\" to \"{to}\" in {period}"), fix.to_owned())
    })
}

fn column(context: &Context, effect: &Effect) -> Wrong {
    let spec = TableSpec::find(&effect.table)?;
    let changes = matches!(effect.operation.as_str(), "set" | "scale");
    if effect.column.is_empty() {
        // Observations and flows have one figure: their value is meant.
        return (changes && spec.column("value").is_none())
            .then(|| (format!("\"{}\" does not say which column", effect.operation), "name the column".to_owned()));
    }
    let region = context.region;
    let language = |name: &str| {
        let base = spec.columns.iter().find(|column| column.multilingual && name.starts_with(column.name));
        base.is_some_and(|base| name[base.name.len()..].starts_with('_'))
    };
    let attribute = || {
        let has = |attributes: &umbel_table::Attributes| attributes.contains_key(&effect.column);
        match spec.name {
            "places" => region.places.iter().any(|row| has(&row.attributes)),
            "links" => region.links.iter().any(|row| has(&row.attributes)),
            "flows" => region.flows.iter().any(|row| has(&row.attributes)),
            "projects" => region.projects.iter().any(|row| has(&row.attributes)),
            _ => false,
        }
    };
    if spec.column(&effect.column).is_some() || language(&effect.column) || attribute() {
        return None;
    }
    let fix = match nearest(&effect.column, spec.columns.iter().map(|column| column.name)) {
        Some(name) => format!("write \"{name}\" if that is meant"),
        None => format!("use a column of {}", spec.name),
    };
    Some((format!("{} has no column \"{}\"", spec.name, effect.column), fix))
}

/// Two effects of one plan that set one cell to different values from the same date.
fn contradictions(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let mut reported: FxHashSet<(usize, usize)> = FxHashSet::default();
    for plan in &region.plans {
        let projects: FxHashSet<Symbol> =
            lineage(context, plan).into_iter().flat_map(|plan| &plan.projects).copied().collect();
        let mut cells: FxHashMap<(&str, &str, &str, Option<Period>), Vec<usize>> = FxHashMap::default();
        let sets =
            region.effects.iter().enumerate().filter(|(_, e)| e.operation == "set" && projects.contains(&e.project));
        for (at, effect) in sets {
            let column = if effect.column.is_empty() { "value" } else { &effect.column };
            let held = cells.entry((&effect.table, &effect.key, column, effect.from)).or_default();
            if let Some(&other) = held.iter().find(|other| !same_value(&region.effects[**other], effect))
                && reported.insert((other, at))
            {
                let earlier = &region.effects[other];
                let message = format!(
                    "plan \"{}\" sets {column} of \"{}\" to {} here and to {} by \"{}\" (line {})",
                    context.name(plan.id),
                    effect.key,
                    stated(effect),
                    stated(earlier),
                    context.name(earlier.id),
                    earlier.origin.line
                );
                let fix = "remove one of the two, date them apart, or take one project out of the plan";
                drafts.cell(&code::J003, effect.origin, "value", message, fix);
            }
            held.push(at);
        }
    }
}

fn stated(effect: &Effect) -> String {
    let value = if effect.value.is_empty() { "nothing" } else { &effect.value };
    effect.unit.as_ref().map_or_else(|| value.to_owned(), |unit| format!("{value} {}", unit.text()))
}

/// Whether two effects state the same value: the same text, or numbers that are equal once converted.
fn same_value(a: &Effect, b: &Effect) -> bool {
    let (Ok(x), Ok(y)) = (a.value.parse::<f64>(), b.value.parse::<f64>()) else {
        return a.value == b.value;
    };
    match (&a.unit, &b.unit) {
        (Some(of_a), Some(of_b)) => of_a.convert(x, of_b).is_some_and(|x| (x - y).abs() <= 1e-12 * y.abs()),
        _ => x == y,
    }
}

/// A plan and those it builds on; stops at a cycle.
fn lineage<'a>(context: &Context<'a>, plan: &'a Plan) -> Vec<&'a Plan> {
    let mut line = vec![plan];
    let mut parent = plan.parent;
    while let Some(next) = context.region.plans.iter().find(|plan| plan.id == parent && parent.is_some()) {
        if line.iter().any(|held| held.id == next.id) {
            break;
        }
        line.push(next);
        parent = next.parent;
    }
    line
}

fn plan_cycles(context: &Context, drafts: &mut Drafts) {
    let plans = &context.region.plans;
    for cycle in find_cycles(&parent_edges(plans.iter().map(|plan| (plan.id, plan.parent)))) {
        let Some(first) = cycle.iter().map(|row| &plans[*row]).min_by_key(|plan| plan.origin) else { continue };
        let around = ring(&cycle, first.id, |row| (context.name(plans[row].id), plans[row].id));
        let message = format!("\"{}\" builds on itself: {around}", context.name(first.id));
        drafts.cell(
            &code::J004,
            first.origin,
            "parent_id",
            message,
            "name the plan it builds on, or leave parent_id empty",
        );
    }
}
