//! P001 to P005: the place tree and the validity of its rows.

use super::context::Context;
use super::drafts::Drafts;
use crate::suggest::nearest;
use rustc_hash::FxHashMap;
use umbel_core::{Date, Symbol, code};
use umbel_table::Place;

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    parents(context, drafts);
    cycles(context, drafts);
    roots(context, drafts);
    validity(context, drafts);
}

/// Rows whose place in the tree is not known, because one of the checks here finds them wrong.
pub fn lost_rows(context: &Context) -> Vec<usize> {
    let places = &context.region.places;
    let mut lost: Vec<usize> = find_cycles(&parent_edges(places.iter().map(|place| (place.id, place.parent)))).concat();
    let root = region_root(context);
    lost.extend((0..places.len()).filter(|row| {
        let place = &places[*row];
        let backwards = place.valid_from.zip(place.valid_to).is_some_and(|(from, to)| to < from);
        let astray = !place.parent.is_some() && root.is_some_and(|root| root != place.id);
        backwards || astray || !context.places.has(place.parent)
    }));
    lost
}

fn parents(context: &Context, drafts: &mut Drafts) {
    let known = || context.region.places.iter().map(|place| context.name(place.id));
    for place in context.region.places.iter().filter(|place| !context.places.has(place.parent)) {
        let parent = context.name(place.parent);
        let message = format!("parent \"{parent}\" of \"{}\" is not in the places table", context.name(place.id));
        let fix = match nearest(parent, known()) {
            Some(name) => format!("write \"{name}\" if that is meant, or add \"{parent}\" to places"),
            None => format!("correct the id, or add \"{parent}\" to places"),
        };
        drafts.cell(&code::P002, place.origin, "parent_id", message, fix);
    }
}

/// Cycles among named nodes that each point at others: every cycle that a walk in the order of the nodes closes, as the
/// positions of its edges. `edges[n]` lists (node pointed at, number of the edge); each node is walked once.
pub fn find_cycles(edges: &[Vec<(usize, usize)>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; edges.len()];
    let mut cycles = Vec::new();
    for root in 0..edges.len() {
        if state[root] != State::New {
            continue;
        }
        state[root] = State::Open;
        // Each step of the path: the node, and which of its edges comes next.
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(&(target, _)) = edges[*node].get(*next) else {
                state[*node] = State::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match state[target] {
                State::New => {
                    state[target] = State::Open;
                    path.push((target, 0));
                }
                State::Open => {
                    let from = path.iter().position(|(node, _)| *node == target).unwrap_or(0);
                    cycles.push(path[from..].iter().map(|(node, next)| edges[*node][next - 1].1).collect());
                }
                State::Done => {}
            }
        }
    }
    cycles
}

/// The nodes of a table with ids and parents, as [`find_cycles`] takes them: rows of one id are one node, the number of
/// an edge is that of its row.
pub fn parent_edges(rows: impl Iterator<Item = (Symbol, Symbol)>) -> Vec<Vec<(usize, usize)>> {
    let rows: Vec<(Symbol, Symbol)> = rows.collect();
    let mut nodes: FxHashMap<Symbol, usize> = FxHashMap::default();
    for (id, _) in &rows {
        let next = nodes.len();
        nodes.entry(*id).or_insert(next);
    }
    let mut edges = vec![Vec::new(); nodes.len()];
    for (row, (id, parent)) in rows.iter().enumerate() {
        if let (Some(from), Some(to)) = (nodes.get(id), nodes.get(parent)) {
            edges[*from].push((*to, row));
        }
    }
    edges
}

fn cycles(context: &Context, drafts: &mut Drafts) {
    let places = &context.region.places;
    for cycle in find_cycles(&parent_edges(places.iter().map(|place| (place.id, place.parent)))) {
        let Some(first) = cycle.iter().map(|row| &places[*row]).min_by_key(|place| place.origin) else { continue };
        let message = format!(
            "{} is its own ancestor: {}",
            quoted(context, first.id),
            ring(&cycle, first.id, |row| { (context.name(places[row].id), places[row].id) })
        );
        drafts.cell(&code::P001, first.origin, "parent_id", message, "name the jurisdiction above it as its parent");
    }
}

fn quoted(context: &Context, id: Symbol) -> String {
    format!("\"{}\"", context.name(id))
}

/// A cycle written out, from the named member back to it: `a -> b -> a`.
pub fn ring<'a>(cycle: &[usize], first: Symbol, member: impl Fn(usize) -> (&'a str, Symbol)) -> String {
    let start = cycle.iter().position(|row| member(*row).1 == first).unwrap_or(0);
    let names: Vec<&str> = cycle.iter().cycle().skip(start).take(cycle.len() + 1).map(|row| member(*row).0).collect();
    names.join(" -> ")
}

/// The root of the largest tree: of equally large ones the first in the table.
fn region_root(context: &Context) -> Option<Symbol> {
    let places = &context.region.places;
    let parent: FxHashMap<Symbol, Symbol> = places.iter().map(|place| (place.id, place.parent)).collect();
    let mut size: FxHashMap<Symbol, usize> = FxHashMap::default();
    for place in places {
        let mut top = place.id;
        // No path is longer than the table; one that is runs in a cycle.
        for _ in 0..places.len() {
            match parent.get(&top) {
                Some(above) if above.is_some() => top = *above,
                _ => break,
            }
        }
        *size.entry(top).or_default() += 1;
    }
    let of = |place: &Place| size.get(&place.id).copied().unwrap_or(0);
    let roots = || places.iter().filter(|place| !place.parent.is_some());
    let largest = roots().map(of).max()?;
    roots().find(|root| of(root) == largest).map(|root| root.id)
}

/// More than one place without a parent: all but the root of the largest tree are reported. (None at all means a cycle
/// or a missing parent, which has been reported.)
fn roots(context: &Context, drafts: &mut Drafts) {
    let Some(region) = region_root(context) else { return };
    let mut told: Vec<Symbol> = vec![region];
    for root in context.region.places.iter().filter(|place| !place.parent.is_some()) {
        if told.contains(&root.id) {
            continue;
        }
        told.push(root.id);
        let message = format!("\"{}\" has no parent, nor has \"{}\"", context.name(root.id), context.name(region));
        let fix = format!("give it a parent: only the region itself (\"{}\") has none", context.name(region));
        drafts.cell(&code::P003, root.origin, "parent_id", message, fix);
    }
}

fn validity(context: &Context, drafts: &mut Drafts) {
    let mut by_id: FxHashMap<Symbol, Vec<&Place>> = FxHashMap::default();
    for place in &context.region.places {
        if let (Some(from), Some(to)) = (place.valid_from, place.valid_to)
            && to < from
        {
            let message = format!("\"{}\" is valid to {to}, before it begins on {from}", context.name(place.id));
            drafts.cell(&code::P005, place.origin, "valid_to", message, "correct valid_from or valid_to");
            continue;
        }
        by_id.entry(place.id).or_default().push(place);
    }
    for rows in by_id.values().filter(|rows| rows.len() > 1) {
        for (at, later) in rows.iter().enumerate() {
            // Two rows that begin on the same day have the same key, which the reader has reported.
            let overlap =
                rows[..at].iter().find(|earlier| earlier.valid_from != later.valid_from && meet(earlier, later));
            if let Some(earlier) = overlap {
                let message = format!(
                    "\"{}\" is valid {} here and {} in line {}",
                    context.name(later.id),
                    span(later),
                    span(earlier),
                    earlier.origin.line
                );
                let fix = "end the earlier row on the day before the later one begins";
                drafts.cell(&code::P004, later.origin, "valid_from", message, fix);
            }
        }
    }
}

fn meet(a: &Place, b: &Place) -> bool {
    let starts_by =
        |start: Option<Date>, end: Option<Date>| start.is_none_or(|start| end.is_none_or(|end| start <= end));
    starts_by(a.valid_from, b.valid_to) && starts_by(b.valid_from, a.valid_to)
}

fn span(place: &Place) -> String {
    match (place.valid_from, place.valid_to) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("to {to}"),
        (Some(from), Some(to)) => format!("from {from} to {to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_cycle_once() {
        let id = Symbol;
        // 1 -> 2 -> 3 -> 1, 4 -> 4, 5 -> 1
        let rows = [(id(1), id(2)), (id(2), id(3)), (id(3), id(1)), (id(4), id(4)), (id(5), id(1))];
        let cycles = find_cycles(&parent_edges(rows.into_iter()));
        assert_eq!(cycles, [vec![0, 1, 2], vec![3]]);
        assert!(find_cycles(&parent_edges([(id(1), id(2)), (id(2), Symbol::NONE)].into_iter())).is_empty());
    }
}
