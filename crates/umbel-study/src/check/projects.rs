//! J001 to J005: projects, their stages and effects, and plans.

use super::context::Context;
use super::drafts::Drafts;
use super::places::{find_cycles, parent_edges, ring};
use crate::plan::value_column;
use crate::study::Study;
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::{Finding, Location, Money, Period, Symbol, code};
use umbel_table::{Effect, Origin, Plan, Region, Stage};

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    dates(context, drafts);
    let logged = context.region.stages.iter().map(|stage| stage.origin).collect();
    out_of_order(context.region, &context.region.stages, &logged, None, &mut FxHashSet::default(), drafts);
    budgets(context, drafts);
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

/// A stage whose period ends before that of an earlier stage begins; only of rows of which one stands in `told`, for
/// which `plan` is to blame.
fn out_of_order(
    region: &Region,
    rows: &[Stage],
    told: &FxHashSet<Origin>,
    plan: Option<Symbol>,
    reported: &mut FxHashSet<(Origin, Origin)>,
    drafts: &mut Drafts,
) {
    let Some(scale) = region.symbols.get("stage") else { return };
    let rank: FxHashMap<Symbol, i32> =
        region.scales.iter().filter(|step| step.scale == scale).map(|step| (step.code, step.rank)).collect();
    let mut by_project: FxHashMap<Symbol, Vec<(i32, &Stage)>> = FxHashMap::default();
    for stage in rows {
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
                // The row that is to blame: under a plan one that its effects wrote.
                let at = [stage, earlier].into_iter().find(|row| told.contains(&row.origin));
                let under = plan.map_or_else(String::new, |plan| format!("under plan \"{}\" ", region.id(plan)));
                let message = format!(
                    "{under}\"{}\" reaches \"{}\" in {}, before \"{}\" in {}{}",
                    region.id(stage.project),
                    region.id(stage.stage),
                    stage.date,
                    region.id(earlier.stage),
                    earlier.date,
                    if plan.is_none() { format!(" (line {})", earlier.origin.line) } else { String::new() }
                );
                let column = if plan.is_none() { "date" } else { "value" };
                // Plans that build on one another share it.
                if let Some(row) = at.filter(|_| reported.insert((stage.origin, earlier.origin))) {
                    drafts.cell(&code::J005, row.origin, column, message, "correct the dates, or the stages");
                }
            }
            if latest.is_none_or(|(_, held)| held.date.start() < stage.date.start()) {
                latest = Some((rank, stage));
            }
        }
    }
}

/// Effects that cannot be applied, and logs of stages that effects bring out of order.
pub fn effects(study: &Study, drafts: &mut Drafts) {
    let mut reported = FxHashSet::default();
    for plan in &study.region.plans {
        let projects: FxHashSet<Symbol> =
            lineage(&study.region, plan).into_iter().flat_map(|plan| &plan.projects).copied().collect();
        let stages = study.stages_with(&projects);
        let of_plan = study.region.effects.iter().filter(|effect| projects.contains(&effect.project));
        let written: FxHashSet<Origin> = of_plan.map(|effect| effect.origin).collect();
        if stages.iter().any(|stage| written.contains(&stage.origin)) {
            out_of_order(&study.region, &stages, &written, Some(plan.id), &mut reported, drafts);
        }
    }
    for problem in study.edits.problems.iter().chain(study.unknown_parts()) {
        let effect = &study.region.effects[problem.effect];
        let origin = effect.origin;
        // Several entries of a file of plans may stand in one line.
        if let Some(&(line, column)) = study.region.placed.get(&(origin, problem.column.to_owned(), effect.id)) {
            let at = Location::new(study.region.path(origin), line, column);
            drafts.placed(Finding::new(problem.code, at, problem.message.clone(), problem.fix.clone()));
            continue;
        }
        drafts.cell(problem.code, origin, problem.column, problem.message.clone(), problem.fix.clone());
    }
}

/// Plans whose projects cost more than their budget; only costs in the currency of the budget are counted.
fn budgets(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    for plan in &region.plans {
        let Some(budget) = &plan.budget else { continue };
        let projects: FxHashSet<Symbol> =
            lineage(region, plan).into_iter().flat_map(|plan| &plan.projects).copied().collect();
        let costs = region.projects.iter().filter(|project| projects.contains(&project.id));
        let costs: Vec<&Money> =
            costs.filter_map(|project| project.cost.as_ref()).filter(|cost| cost.currency == budget.currency).collect();
        let total: i128 = costs.iter().map(|cost| cost.minor).sum();
        if total > budget.minor {
            let over = Money { minor: total, currency: budget.currency.clone() };
            let message = format!(
                "the {} projects of \"{}\" that have a cost come to {over}, its budget is {budget}",
                costs.len(),
                context.name(plan.id)
            );
            drafts.cell(&code::J007, plan.origin, "budget", message, "take a project out, or raise the budget");
        }
    }
}

/// A cell that effects set: table, key and column, with the day and the stage from which they do.
type Cell<'a> = (&'a str, &'a str, &'a str, Option<Period>, Symbol);

/// Two effects of one plan that set one cell to different values from the same date.
fn contradictions(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let mut reported: FxHashSet<(usize, usize)> = FxHashSet::default();
    for plan in &region.plans {
        let projects: FxHashSet<Symbol> =
            lineage(region, plan).into_iter().flat_map(|plan| &plan.projects).copied().collect();
        let mut cells: FxHashMap<Cell<'_>, Vec<usize>> = FxHashMap::default();
        let sets =
            region.effects.iter().enumerate().filter(|(_, e)| e.operation == "set" && projects.contains(&e.project));
        for (at, effect) in sets {
            let column = if effect.column.is_empty() { value_column(&effect.table) } else { &effect.column };
            let held = cells.entry((&effect.table, &effect.key, column, effect.from, effect.stage)).or_default();
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
fn lineage<'a>(region: &'a Region, plan: &'a Plan) -> Vec<&'a Plan> {
    let mut line = vec![plan];
    let mut parent = plan.parent;
    while let Some(next) = region.plans.iter().find(|plan| plan.id == parent && parent.is_some()) {
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
