//! Reads the rows of the effects table: each a typed edit, or what is wrong with it and how to mend it.
//!
//! `known.rs` is what a key can name, `figures.rs` reads effects on observations, `objects.rs` those on rows of other tables,
//! `cells.rs` their values; those on networks are read beside this file.

mod cells;
mod figures;
mod known;
mod objects;

use super::edit::{Edit, Edits, EffectProblem, ObjectChange, Target, Turn, What};
use super::network;
use crate::suggest::nearest;
pub(crate) use cells::value_column;
pub(super) use cells::{Wrong, stated};
use cells::{unknown_place, written};
use known::Known;
use objects::key_columns;
use rustc_hash::FxHashSet;
use umbel_core::{Period, Symbol, Unit, code};
use umbel_table::edit::Object;
use umbel_table::{Effect, Region};

impl Edits {
    /// Reads the effects of a region and interns every id that they name. `unit_of` gives the unit of an indicator that
    /// is not in the table of indicators but written by a measure.
    pub fn read(region: &mut Region, unit_of: &dyn Fn(Symbol) -> Option<Unit>) -> Edits {
        if region.effects.is_empty() {
            return Edits::default();
        }
        let mut reader = Reader { known: Known::new(region), unit_of, edits: Edits::default() };
        // What is added first: other effects may change it.
        let effects = region.effects.clone();
        let adds: Vec<usize> = (0..effects.len()).filter(|&at| effects[at].operation == "add").collect();
        let mut done: FxHashSet<usize> = FxHashSet::default();
        for &at in &adds {
            if !done.contains(&at) {
                reader.add(region, &effects, at, &adds, &mut done);
            }
        }
        for at in (0..effects.len()).filter(|&at| effects[at].operation != "add") {
            reader.change(region, &effects[at], at);
        }
        for (at, effect) in effects.iter().enumerate().filter(|(_, effect)| effect.stage.is_some()) {
            reader.wait(region, effect, at);
        }
        let mut edits = reader.edits;
        edits.all.sort_by_key(|edit| edit.effect);
        edits.problems.sort_by_key(|problem| problem.effect);
        edits
    }
}

struct Reader<'a> {
    known: Known,
    unit_of: &'a dyn Fn(Symbol) -> Option<Unit>,
    edits: Edits,
}

impl Reader<'_> {
    fn tell(&mut self, effect: usize, (column, code, message, fix): Wrong) {
        self.edits.problems.push(EffectProblem { effect, column, code, message, fix });
    }

    fn keep(&mut self, effect: &Effect, at: usize, what: What) {
        let (from, stage) = (self.from(effect).map(Period::start), Some(effect.stage).filter(|stage| stage.is_some()));
        self.edits.all.push(Edit { effect: at, project: effect.project, from, stage, what });
    }

    /// From when an effect is in force by the tables as they stand.
    fn from(&self, effect: &Effect) -> Option<Period> {
        match self.known.objects.get(&Target::Stage(effect.project, effect.stage, None)) {
            Some(Object::Stage(stage)) if effect.from.is_none() && effect.stage.is_some() => Some(stage.date),
            _ => effect.from,
        }
    }

    /// Whether an effect can wait for its stage.
    fn wait(&mut self, region: &Region, effect: &Effect, at: usize) {
        if effect.table == "stages" {
            let message = "a stage waits for no stage".to_owned();
            return self.tell(at, ("stage", &code::J002, message, "leave stage empty".to_owned()));
        }
        if effect.from.is_some() {
            let message = "the effect says both a date and a stage from which it is in force".to_owned();
            return self.tell(at, ("stage", &code::J002, message, "leave one of from and stage empty".to_owned()));
        }
        if self.known.objects.contains_key(&Target::Stage(effect.project, effect.stage, None)) {
            return;
        }
        let of_project = self.known.objects.keys().filter_map(|target| match target {
            Target::Stage(project, stage, None) if *project == effect.project => Some(region.id(*stage)),
            _ => None,
        });
        let mut known: Vec<&str> = of_project.collect();
        known.sort_unstable();
        let (project, stage) = (region.id(effect.project), region.id(effect.stage));
        let fix = match nearest(stage, known.iter().copied()) {
            Some(near) => format!("write \"{near}\" if that is meant, or add the stage"),
            None if known.is_empty() => "add the stage to the log of the project, or use from".to_owned(),
            None => format!("use one of {}, or add the stage", known.join(", ")),
        };
        self.tell(at, ("stage", &code::J002, format!("no stage \"{stage}\" of \"{project}\" is held"), fix));
    }

    /// An effect that adds a row; those of a table of objects have one line for each column, all of one project and key.
    fn add(&mut self, region: &mut Region, effects: &[Effect], at: usize, adds: &[usize], done: &mut FxHashSet<usize>) {
        let effect = &effects[at];
        done.insert(at);
        if effect.table == "observations" {
            return match self.observation(region, effect) {
                Ok((cells, change)) => {
                    if let Some(period) = cells.period {
                        self.known.added.insert((cells.indicator, cells.place, period, cells.breakdown));
                    }
                    self.keep(effect, at, What::Observation(cells, change));
                }
                Err(wrong) => self.tell(at, wrong),
            };
        }
        let same = |other: &&usize| {
            let other = &effects[**other];
            other.project == effect.project && other.table == effect.table && other.key == effect.key
        };
        let lines: Vec<usize> = adds.iter().filter(same).copied().collect();
        done.extend(lines.iter().copied());
        if effect.table == "networks" {
            return match network::add(region, effects, &lines) {
                Ok(edit) => {
                    let dated = lines.iter().map(|&line| &effects[line]);
                    let dated = dated.clone().find(|line| line.from.is_some() || line.stage.is_some());
                    let dated = Effect { ..dated.unwrap_or(effect).clone() };
                    self.keep(&dated, at, What::Network(edit, Turn::Add));
                }
                Err((line, wrong)) => self.tell(line, wrong),
            };
        }
        let target = match self.target(region, effect) {
            Ok(target) => target,
            Err(wrong) => return self.tell(at, wrong),
        };
        if self.known.objects.contains_key(&target) && !matches!(target, Target::Flow(_, _, _, None)) {
            let message = format!("\"{}\" is a row of {} already", effect.key, effect.table);
            return self.tell(at, ("key", &code::J002, message, "use the operation set, or another key".to_owned()));
        }
        let mut columns: Vec<(String, String)> = key_columns(&effect.table, &effect.key);
        let mut source = Symbol::NONE;
        for &line in &lines {
            let cell = &effects[line];
            source = if source.is_some() { source } else { cell.source };
            if !cell.column.is_empty() || !cell.value.is_empty() {
                let column = if cell.column.is_empty() { value_column(&cell.table) } else { &cell.column };
                match written(region, cell, column) {
                    Ok(text) => columns.push((column.to_owned(), text)),
                    Err(wrong) => self.tell(line, wrong),
                }
                if let Some(unit) = &cell.unit
                    && column == "value"
                {
                    columns.push(("unit".to_owned(), unit.text().to_owned()));
                }
            }
        }
        if !columns.iter().any(|(column, _)| column == "source_id") {
            columns.push(("source_id".to_owned(), region.id(source).to_owned()));
        }
        let origin = effect.origin;
        match Object::read(region, &effect.table, origin, &columns) {
            Ok(object) => {
                let dated = lines.iter().map(|&line| &effects[line]);
                let dated = dated.clone().find(|line| line.from.is_some() || line.stage.is_some());
                let from = dated.and_then(|line| self.from(line)).map(Period::start);
                let stage = dated.map(|line| line.stage).filter(|stage| stage.is_some());
                if let Some(wrong) = self.unknown_ends(region, &object) {
                    return self.tell(at, wrong);
                }
                if let Object::Place(place) = &object {
                    self.known.places.insert(place.id);
                    self.known.since.extend(from.map(|from| (place.id, from)));
                }
                if let Target::Flow(kind, start, end, _) = target {
                    self.known.objects.insert(Target::Flow(kind, start, end, None), object.clone());
                }
                self.known.objects.insert(target, object.clone());
                if let (Target::Stage(project, stage, _), Object::Stage(row)) = (target, &object) {
                    self.known.objects.insert(Target::Stage(project, stage, None), object.clone());
                    self.known.objects.insert(Target::Stage(project, stage, Some(row.date)), object.clone());
                }
                let what = What::Object(target, ObjectChange::Add(Box::new(object)));
                self.edits.all.push(Edit { effect: at, project: effect.project, from, stage, what });
            }
            Err(problems) => {
                for problem in problems {
                    self.tell(at, ("key", &code::J008, problem.message, problem.fix));
                }
            }
        }
    }

    /// Ends of an added link or flow, or parent of an added place, that are no places.
    fn unknown_ends(&self, region: &Region, object: &Object) -> Option<Wrong> {
        let ends: Vec<Symbol> = match object {
            Object::Link(link) => vec![link.from, link.to],
            Object::Flow(flow) => vec![flow.from, flow.to],
            Object::Target(target) => vec![target.place],
            Object::Place(place) => vec![place.parent].into_iter().filter(|parent| parent.is_some()).collect(),
            Object::Stage(_) => Vec::new(),
        };
        let unknown = ends.into_iter().find(|end| !self.known.places.contains(end))?;
        Some(unknown_place(region, &self.known.places, region.id(unknown), "value"))
    }

    fn change(&mut self, region: &mut Region, effect: &Effect, at: usize) {
        let what = match effect.table.as_str() {
            "observations" => self.observation(region, effect).map(|(cells, change)| What::Observation(cells, change)),
            "networks" => {
                let turn = match effect.operation.as_str() {
                    "set" => Turn::Set,
                    "retire" => Turn::Retire,
                    _ => Turn::Scale,
                };
                network::change(region, effect).map(|edit| What::Network(edit, turn))
            }
            _ => self.object(region, effect),
        };
        match what {
            Ok(what) => self.keep(effect, at, what),
            Err(wrong) => self.tell(at, wrong),
        }
    }
}
