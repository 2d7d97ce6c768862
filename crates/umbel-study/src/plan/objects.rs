//! Edits of places, links, flows and targets: rows added, changed from a day on, and retired.

use super::edit::{ObjectChange, Target};
use umbel_core::{Date, Period, Symbol};
use umbel_table::edit::Object;
use umbel_table::{Origin, Region, Stage};

/// One edit of a row, with where it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowEdit<'a> {
    pub target: Target,
    pub change: &'a ObjectChange,
    pub from: Option<Date>,
    pub origin: Origin,
    pub source: Symbol,
}

/// Applies an edit.
///
/// A link or a place that changes from a day on becomes two rows, one until that day and one from it: methods that ask
/// what is open in a period see what is in force at its end. Without a day the row was always so.
pub(crate) fn apply(region: &mut Region, edit: &RowEdit<'_>) {
    if let ObjectChange::Add(row) = edit.change {
        return add(region, edit, row);
    }
    match edit.target {
        Target::Place(id) => {
            let rows = std::mem::take(&mut *region.places);
            *region.places = versions(
                rows,
                |row| row.id == id,
                edit,
                Object::Place,
                |object| match object {
                    Object::Place(row) => Some(row),
                    _ => None,
                },
            );
        }
        Target::Link(id) => {
            let rows = std::mem::take(&mut *region.links);
            *region.links = versions(
                rows,
                |row| row.id == id,
                edit,
                Object::Link,
                |object| match object {
                    Object::Link(row) => Some(row),
                    _ => None,
                },
            );
        }
        Target::Wanted(id) => {
            let rows = std::mem::take(&mut *region.targets);
            *region.targets = versions(
                rows,
                |row| row.id == id,
                edit,
                Object::Target,
                |object| match object {
                    Object::Target(row) => Some(row),
                    _ => None,
                },
            );
        }
        Target::Stage(..) => apply_to_stages(&mut region.stages, edit),
        Target::Flow(kind, start, end, period) => {
            let rows = std::mem::take(&mut *region.flows);
            let in_force = |row: &umbel_table::Flow| match period {
                Some(period) => row.period == period && edit.from.is_none_or(|from| period.end() >= from),
                None => edit.from.is_none_or(|from| row.period.start() >= from),
            };
            let is_meant =
                |row: &umbel_table::Flow| row.kind == kind && row.from == start && row.to == end && in_force(row);
            *region.flows = versions(rows, is_meant, edit, Object::Flow, |object| match object {
                Object::Flow(row) => Some(row),
                _ => None,
            });
        }
    }
}

/// Applies an edit of a stage to the log of stages. The log has no states that hold for a time: a date is changed whole.
pub(crate) fn apply_to_stages(stages: &mut Vec<Stage>, edit: &RowEdit<'_>) {
    let Target::Stage(project, stage, date) = edit.target else { return };
    if let ObjectChange::Add(row) = edit.change {
        let mut row = row.clone();
        row.put_origin(edit.origin, edit.source);
        if let Object::Stage(row) = *row {
            stages.push(row);
        }
        return;
    }
    let is_meant =
        |row: &Stage| row.project == project && row.stage == stage && date.is_none_or(|date| row.date == date);
    *stages = versions(std::mem::take(stages), is_meant, edit, Object::Stage, |object| match object {
        Object::Stage(row) => Some(row),
        _ => None,
    });
}

fn add(region: &mut Region, edit: &RowEdit<'_>, row: &Object) {
    let mut row = row.clone();
    row.put_origin(edit.origin, edit.source);
    begin(&mut row, edit.from);
    match row {
        Object::Place(place) => region.places.push(place),
        Object::Link(link) => region.links.push(link),
        Object::Flow(flow) => region.flows.push(flow),
        Object::Target(target) => region.targets.push(target),
        Object::Stage(stage) => region.stages.push(stage),
    }
}

/// The rows of a table with one edit applied to those that are meant.
fn versions<T: Clone>(
    rows: Vec<T>,
    is_meant: impl Fn(&T) -> bool,
    edit: &RowEdit<'_>,
    to: impl Fn(T) -> Object,
    back: impl Fn(Object) -> Option<T>,
) -> Vec<T> {
    let mut out = Vec::with_capacity(rows.len() + 1);
    for row in rows {
        if !is_meant(&row) {
            out.push(row);
            continue;
        }
        let before = to(row);
        let (first, last) = life(&before);
        let from = edit.from;
        let later = from.is_some_and(|from| last.is_some_and(|last| last <= from));
        let splits = from.is_some_and(|from| has_life(&before) && first.is_none_or(|first| first < from));
        if later {
            out.extend(back(before));
            continue;
        }
        if splits && let Some(from) = from {
            let mut old = before.clone();
            end(&mut old, from);
            out.extend(back(old));
        }
        if matches!(edit.change, ObjectChange::Retire) {
            continue;
        }
        let mut new = before;
        new.put_origin(edit.origin, edit.source);
        change(&mut new, edit.change);
        if splits {
            begin_anew(&mut new, from);
        }
        out.extend(back(new));
    }
    out
}

fn change(row: &mut Object, change: &ObjectChange) {
    match change {
        ObjectChange::Set(column, from) => {
            // The column was looked up when the effect was read.
            row.take(column, from);
        }
        ObjectChange::Scale(column, by) => {
            if let Some(value) = row.number(column) {
                row.put_number(column, value * by);
            }
        }
        ObjectChange::Shift(column, by) => {
            if let Some(value) = row.number(column) {
                row.put_number(column, value + by);
            }
        }
        ObjectChange::Later(months) => {
            if let Object::Stage(stage) = row {
                // A year moved by half of one, which only an effect that another has dated anew can ask for, becomes a day.
                let day = |date: Period| day(date.end()).later(*months);
                stage.date = stage.date.later(*months).or_else(|| day(stage.date)).unwrap_or(stage.date);
            }
        }
        ObjectChange::Add(_) | ObjectChange::Retire => {}
    }
}

/// Whether a row can hold for a part of the time.
fn has_life(row: &Object) -> bool {
    matches!(row, Object::Link(_) | Object::Place(_))
}

/// The day on which a row begins to hold, and the first day on which it no longer does.
fn life(row: &Object) -> (Option<Date>, Option<Date>) {
    match row {
        Object::Link(link) => (link.opened.map(Period::end), link.closed.map(Period::end)),
        Object::Place(place) => (place.valid_from, place.valid_to.and_then(|last| last.tomorrow().ok())),
        _ => (None, None),
    }
}

fn day(day: Date) -> Period {
    Period::from(umbel_core::Atom::Day(day))
}

/// A row that holds from a day on, unless it says itself since when it does.
fn begin(row: &mut Object, from: Option<Date>) {
    match row {
        Object::Link(link) if link.opened.is_none() => link.opened = from.map(day),
        Object::Place(place) if place.valid_from.is_none() => place.valid_from = from,
        _ => {}
    }
}

fn begin_anew(row: &mut Object, from: Option<Date>) {
    match row {
        Object::Link(link) => link.opened = from.map(day),
        Object::Place(place) => place.valid_from = from,
        _ => {}
    }
}

fn end(row: &mut Object, from: Date) {
    match row {
        Object::Link(link) => link.closed = Some(day(from)),
        Object::Place(place) => place.valid_to = from.yesterday().ok(),
        _ => {}
    }
}
