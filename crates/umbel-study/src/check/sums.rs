//! V004: the figure of a place against the sum of the parts that divide it.

use super::context::Context;
use super::drafts::Drafts;
use super::places::lost_rows;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use umbel_core::{Bound, Date, Period, Status, Symbol, code};
use umbel_table::{Indicator, Origin, Place, Rows};

/// All checks of this family.
///
/// Places of the kinds marked `divides` divide their parent. For every indicator whose aggregation is `sum`, every
/// period and breakdown, in the latest view: where all parts valid at the end of the period have a figure, their sum may
/// differ from the parent's by no more than the indicator's tolerance; where some have none, the others may not exceed
/// it. Figures stated only as a bound, or of another definition, are not compared. When either side has been released
/// again since the other, they are compared as of the last day of which both speak, too: a revised total is not at odds
/// with parts that nobody revised.
pub fn check(context: &Context, drafts: &mut Drafts) {
    let parts = Parts::new(context);
    if parts.of.iter().all(Vec::is_empty) {
        return;
    }
    let whole_tree = parts.lost == 0;
    let summed: Vec<&Indicator> = context.region.indicators.iter().filter(|row| row.aggregation == "sum").collect();
    let found: Vec<Vec<Disagreement>> = summed
        .par_iter()
        .map(|indicator| match context.region.observations.rows(indicator.id) {
            Some(rows) => {
                compare(&parts, rows, Rule { tolerance: indicator.tolerance, whole_tree }, context.region.symbols.len())
            }
            None => Vec::new(),
        })
        .collect();
    for (indicator, found) in summed.iter().zip(found) {
        for of in found {
            let unit = indicator.unit.text();
            let breakdown = match context.name(of.breakdown) {
                "" => String::new(),
                breakdown => format!(" ({breakdown})"),
            };
            let (parts, verb) = match of.missing {
                0 if of.parts == 1 => ("its only part".to_owned(), "comes to"),
                0 => (format!("its {} parts", of.parts), "add up to"),
                missing => (format!("{} of its {} parts", of.parts, of.parts + missing), "already add up to"),
            };
            let message = format!(
                "\"{}\" of \"{}\" in {}{breakdown} is {} {unit}, but {parts} {verb} {} {unit} ({:+.2}%)",
                context.name(indicator.id),
                context.name(of.place),
                of.period,
                short(of.whole),
                short(of.sum),
                (of.sum - of.whole) / of.whole.abs().max(f64::MIN_POSITIVE) * 100.0,
            );
            let fix = "check the parts, the whole, their vintages and boundaries, or raise the indicator's tolerance";
            drafts.cell(&code::V004, of.origin, "value", message, fix);
        }
    }
}

/// A number without the noise of a long sum.
fn short(value: f64) -> String {
    let digits = (9 - value.abs().max(1.0).log10() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// For every place, by symbol, the parts that divide it and when each is valid.
struct Parts {
    of: Vec<Vec<Part>>,
    /// How many parts stand in no place of the tree, so that any whole may lack them: only its excess can be told.
    lost: usize,
}

/// A part: its place and the days between which its row is valid.
type Part = (Symbol, Option<Date>, Option<Date>);

impl Parts {
    fn new(context: &Context) -> Parts {
        let region = context.region;
        let dividing: Vec<Symbol> =
            region.kinds.iter().filter(|kind| kind.table == "places" && kind.divides).map(|kind| kind.kind).collect();
        let mut of = vec![Vec::new(); region.symbols.len()];
        let divides = |place: &Place| place.kinds.iter().any(|kind| dividing.contains(kind));
        for place in region.places.iter().filter(|place| place.parent.is_some() && divides(place)) {
            of[place.parent.index()].push((place.id, place.valid_from, place.valid_to));
        }
        let lost = lost_rows(context).into_iter().filter(|row| divides(&region.places[*row])).count();
        for parts in &mut of {
            parts.sort_unstable();
        }
        Parts { of, lost }
    }
}

/// When a difference is reported.
#[derive(Clone, Copy)]
struct Rule {
    /// Relative difference allowed.
    tolerance: f64,
    /// Whether every part has its place in the tree.
    whole_tree: bool,
}

struct Disagreement {
    origin: Origin,
    place: Symbol,
    period: Period,
    breakdown: Symbol,
    whole: f64,
    sum: f64,
    parts: usize,
    missing: usize,
}

/// No row, in the table of rows by place.
const NONE: u32 = u32::MAX;

/// Compares the rows of one indicator. Time: linear in the rows, plus the parts of every place that has a figure.
fn compare(parts: &Parts, rows: &Rows, rule: Rule, symbols: usize) -> Vec<Disagreement> {
    // Rows by period and breakdown, by a counting sort.
    let mut slots: FxHashMap<(Period, Symbol), u32> = FxHashMap::default();
    let mut slot_of: Vec<u32> = Vec::with_capacity(rows.len());
    let mut counts: Vec<u32> = Vec::new();
    let mut last: Option<((Period, Symbol), u32)> = None;
    for key in rows.period.iter().copied().zip(rows.breakdown.iter().copied()) {
        let slot = match last {
            Some((held, slot)) if held == key => slot,
            _ => {
                let next = slots.len() as u32;
                *slots.entry(key).or_insert(next)
            }
        };
        last = Some((key, slot));
        if slot as usize == counts.len() {
            counts.push(0);
        }
        counts[slot as usize] += 1;
        slot_of.push(slot);
    }
    let mut start = 0;
    for count in &mut counts {
        start += std::mem::replace(count, start);
    }
    let mut order = vec![0u32; rows.len()];
    let mut next = counts.clone();
    for (row, slot) in slot_of.iter().enumerate() {
        let at = &mut next[*slot as usize];
        order[*at as usize] = row as u32;
        *at += 1;
    }
    // Within each, the latest release of every place; on equal dates the first row, as everywhere.
    let mut latest = vec![NONE; symbols];
    let mut found = Vec::new();
    for (slot, start) in counts.iter().enumerate() {
        let members = &order[*start as usize..next[slot] as usize];
        for &row in members {
            let held = &mut latest[rows.place[row as usize].index()];
            if *held == NONE || rows.vintage[row as usize] > rows.vintage[*held as usize] {
                *held = row;
            }
        }
        for &row in members {
            let place = rows.place[row as usize];
            if latest[place.index()] == row && !parts.of[place.index()].is_empty() {
                let of = &parts.of[place.index()];
                let now = disagreement(of, rows, row as usize, &latest, rule);
                found.extend(now.filter(|_| !earlier_agrees(of, rows, row as usize, &mut latest, members, rule)));
            }
        }
        for &row in members {
            latest[rows.place[row as usize].index()] = NONE;
        }
    }
    found
}

/// Whether nothing disagrees as of the last day of which the whole and its parts both speak; false when that day is not
/// known or is today's view. `latest` is as before when it returns.
fn earlier_agrees(parts: &[Part], rows: &Rows, row: usize, latest: &mut [u32], members: &[u32], rule: Rule) -> bool {
    let place = rows.place[row];
    let held: Vec<(Symbol, u32)> = parts
        .iter()
        .map(|part| part.0)
        .chain([place])
        .map(|place| (place, latest[place.index()]))
        .filter(|(_, row)| *row != NONE)
        .collect();
    let released = |row: u32| rows.vintage[row as usize];
    let of_parts = held.iter().filter(|(part, _)| *part != place).map(|(_, row)| released(*row)).max();
    let day = of_parts.unwrap_or(Rows::UNDATED).min(rows.vintage[row]);
    if day == Rows::UNDATED || held.iter().all(|(_, row)| released(*row) <= day) {
        return false;
    }
    for (place, _) in &held {
        latest[place.index()] = NONE;
    }
    for &row in members {
        let place = rows.place[row as usize];
        let before = &mut latest[place.index()];
        let newer = *before == NONE || released(row) > released(*before);
        if released(row) <= day && newer && held.iter().any(|(of, _)| *of == place) {
            *before = row;
        }
    }
    let whole = latest[place.index()];
    let agrees = whole != NONE && disagreement(parts, rows, whole as usize, latest, rule).is_none();
    for (place, row) in held {
        latest[place.index()] = row;
    }
    agrees
}

fn disagreement(parts: &[Part], rows: &Rows, row: usize, latest: &[u32], rule: Rule) -> Option<Disagreement> {
    let figure = |row: usize| {
        let comparable = rows.bound[row] == Bound::Exact && rows.status[row] != Status::DefinitionDiffers;
        rows.value(row).filter(|_| comparable)
    };
    let whole = figure(row)?;
    let day = rows.period[row].end();
    let (mut sum, mut count, mut missing, mut negative) = (0.0, 0, 0, false);
    let mut previous = Symbol::NONE;
    for &(part, from, to) in parts {
        let valid = from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to);
        if !valid || part == previous {
            continue;
        }
        previous = part;
        let held = latest[part.index()];
        match if held == NONE { None } else { figure(held as usize) } {
            Some(value) => {
                sum += value;
                count += 1;
                negative |= value < 0.0;
            }
            None => missing += 1,
        }
    }
    let slack = (rule.tolerance + 1e-9) * whole.abs();
    // While parts are missing, only a sum of amounts that cannot shrink tells anything.
    let wrong =
        if missing == 0 && rule.whole_tree { (sum - whole).abs() > slack } else { !negative && sum > whole + slack };
    (count > 0 && wrong).then(|| Disagreement {
        origin: rows.origin[row],
        place: rows.place[row],
        period: rows.period[row],
        breakdown: rows.breakdown[row],
        whole,
        sum,
        parts: count,
        missing,
    })
}
