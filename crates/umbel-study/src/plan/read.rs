//! Reads the rows of the effects table: each a typed edit, or what is wrong with it and how to mend it.

use super::edit::{Cells, Change, Edit, Edits, EffectProblem, ObjectChange, Stated, Target, Turn, What};
use super::network;
use crate::suggest::nearest;
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::{Code, Date, Period, Symbol, Unit, code};
use umbel_table::edit::Object;
use umbel_table::schema::TableSpec;
use umbel_table::{Effect, Region, parse_number};

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

/// What can be named by a key.
struct Known {
    objects: FxHashMap<Target, Object>,
    places: FxHashSet<Symbol>,
    /// First day of a place, where it has one.
    since: FxHashMap<Symbol, Date>,
    figures: FxHashSet<(Symbol, Symbol, Period, Symbol)>,
    series: FxHashSet<(Symbol, Symbol, Symbol)>,
    added: FxHashSet<(Symbol, Symbol, Period, Symbol)>,
    indicators: FxHashSet<Symbol>,
}

impl Known {
    fn new(region: &Region) -> Known {
        let mut objects = FxHashMap::default();
        for place in &region.places {
            objects.insert(Target::Place(place.id), Object::Place(place.clone()));
        }
        for link in &region.links {
            objects.insert(Target::Link(link.id), Object::Link(link.clone()));
        }
        for target in &region.targets {
            objects.insert(Target::Wanted(target.id), Object::Target(target.clone()));
        }
        for flow in &region.flows {
            let object = Object::Flow(flow.clone());
            objects.insert(Target::Flow(flow.kind, flow.from, flow.to, None), object.clone());
            objects.insert(Target::Flow(flow.kind, flow.from, flow.to, Some(flow.period)), object);
        }
        for stage in &region.stages {
            let object = Object::Stage(stage.clone());
            objects.insert(Target::Stage(stage.project, stage.stage, None), object.clone());
            objects.insert(Target::Stage(stage.project, stage.stage, Some(stage.date)), object);
        }
        let (mut since, mut figures, mut series): (FxHashMap<Symbol, Date>, FxHashSet<_>, FxHashSet<_>) =
            Default::default();
        for place in &region.places {
            match (since.get(&place.id).copied(), place.valid_from) {
                (held, Some(from)) if held.is_none_or(|held| from < held) => drop(since.insert(place.id, from)),
                _ => {}
            }
        }
        // Only the indicators that an effect names are looked into: their rows may not have been made yet.
        let mut named: FxHashSet<Symbol> = FxHashSet::default();
        for effect in region.effects.iter().filter(|effect| effect.table == "observations") {
            named.extend(effect.key.split('@').next().and_then(|id| region.symbols.get(id)));
        }
        for (indicator, rows) in region.observations.by_indicator.iter().filter(|(id, _)| named.contains(id)) {
            for row in 0..rows.len() {
                if rows.value(row).is_some() {
                    figures.insert((*indicator, rows.place[row], rows.period[row], rows.breakdown[row]));
                }
                series.insert((*indicator, rows.place[row], rows.breakdown[row]));
            }
        }
        let indicators = region.indicators.iter().map(|indicator| indicator.id);
        let indicators = indicators.chain(region.observations.by_indicator.iter().map(|(id, _)| *id)).collect();
        let places = region.places.iter().map(|place| place.id).collect();
        Known { objects, places, since, figures, series, added: FxHashSet::default(), indicators }
    }
}

type Wrong = (&'static str, &'static Code, String, String);

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

    fn observation(&self, region: &mut Region, effect: &Effect) -> Result<(Cells, Change), Wrong> {
        let cells = self.cells(region, effect)?;
        if !effect.column.is_empty() && effect.column != "value" {
            let message = format!("effects change the value of an observation, not its {}", effect.column);
            return Err(("column", &code::J002, message, "leave column empty".to_owned()));
        }
        if let (Some(from), Some(period)) = (effect.from, cells.period)
            && period.end() < from.start()
        {
            let message = format!("the effect is in force from {from}, so it changes nothing in {period}");
            return Err(("from", &code::J006, message, "correct the date, or the period in the key".to_owned()));
        }
        if let (Some(since), Some(period)) = (self.known.since.get(&cells.place), cells.period)
            && period.end() < *since
        {
            let place = region.id(cells.place);
            let message = format!("\"{place}\" exists only from {since}, after {period}");
            return Err(("key", &code::J006, message, "correct the period, or the place".to_owned()));
        }
        let key = |period| (cells.indicator, cells.place, period, cells.breakdown);
        let adds = effect.operation == "add";
        let there = match cells.period {
            Some(period) => self.known.figures.contains(&key(period)) || self.known.added.contains(&key(period)),
            None => self.known.series.contains(&(cells.indicator, cells.place, cells.breakdown)),
        };
        match (adds, cells.period) {
            (true, None) => {
                let message = "an observation that is added needs its period".to_owned();
                return Err(("key", &code::J002, message, "write indicator@place@period".to_owned()));
            }
            (true, Some(period)) if self.known.figures.contains(&key(period)) => {
                let message = format!("there is an observation \"{}\" already", effect.key);
                return Err(("key", &code::J002, message, "use the operation set, scale or shift".to_owned()));
            }
            (false, _) if !there => {
                let of = cells.period.map_or_else(String::new, |period| format!(" in {period}"));
                let (indicator, place) = (region.id(cells.indicator), region.id(cells.place));
                let message = format!("there is no observation of \"{indicator}\" for \"{place}\"{of}");
                return Err(("key", &code::J002, message, "correct the key, or use the operation add".to_owned()));
            }
            _ => {}
        }
        if effect.operation == "retire" {
            return Ok((cells, Change::Retire));
        }
        let unit = match effect.operation.as_str() {
            "scale" => Some(Unit::one()),
            _ => self.unit(region, cells.indicator),
        };
        let stated = stated(effect, unit.as_ref())?;
        Ok((
            cells,
            match effect.operation.as_str() {
                "add" => Change::Add(stated),
                "set" => Change::Set(stated),
                "scale" => Change::Scale(stated),
                _ => Change::Shift(stated),
            },
        ))
    }

    fn unit(&self, region: &Region, indicator: Symbol) -> Option<Unit> {
        let observed = region.observations.observed(indicator).and_then(|rows| rows.unit.clone());
        let table = || region.indicator(indicator).map(|indicator| indicator.unit.clone());
        observed.or_else(table).or_else(|| (self.unit_of)(indicator))
    }

    fn cells(&self, region: &mut Region, effect: &Effect) -> Result<Cells, Wrong> {
        let form =
            "write it as indicator@place@period, for example gdp@north@2022; leave the period out for all of them";
        let bad = |message: String| ("key", &code::J002, message, form.to_owned());
        let parts: Vec<&str> = effect.key.split('@').collect();
        let (indicator, place, period, breakdown) = match *parts.as_slice() {
            [indicator, place] => (indicator, place, "*", ""),
            [indicator, place, period] => (indicator, place, period, ""),
            [indicator, place, period, breakdown] => (indicator, place, period, breakdown),
            _ => return Err(bad(format!("\"{}\" is no key of an observation", effect.key))),
        };
        let known = |id: &Symbol| self.known.indicators.contains(id) || (self.unit_of)(*id).is_some();
        let Some(of) = region.symbols.get(indicator).filter(known) else {
            let fix = match nearest(indicator, self.known.indicators.iter().map(|&id| region.id(id))) {
                Some(near) => format!("write \"{near}\" if that is meant, or add the indicator"),
                None => "correct the key, or add the indicator".to_owned(),
            };
            return Err(("key", &code::J002, format!("there is no indicator \"{indicator}\""), fix));
        };
        let Some(at) = region.symbols.get(place).filter(|id| self.known.places.contains(id)) else {
            return Err(unknown_place(region, &self.known.places, place, "key"));
        };
        let period = match period {
            "*" | "" => None,
            text => Some(Period::parse(text).ok_or_else(|| bad(format!("\"{text}\" in the key is no period")))?),
        };
        let breakdown = if breakdown == "_T" { "" } else { breakdown };
        Ok(Cells { indicator: of, place: at, period, breakdown: region.symbols.intern(breakdown) })
    }

    fn target(&self, region: &mut Region, effect: &Effect) -> Result<Target, Wrong> {
        if effect.table == "stages" {
            return self.stage(region, effect);
        }
        if effect.table != "flows" {
            let id = region.symbols.intern(&effect.key);
            return Ok(match effect.table.as_str() {
                "places" => Target::Place(id),
                "links" => Target::Link(id),
                _ => Target::Wanted(id),
            });
        }
        let form = "write it as kind@origin@destination@period, for example commuters@north@south@2022";
        let bad = |message: String| ("key", &code::J002, message, form.to_owned());
        let parts: Vec<&str> = effect.key.split('@').collect();
        let (kind, from, to, period) = match *parts.as_slice() {
            [kind, from, to] => (kind, from, to, "*"),
            [kind, from, to, period] => (kind, from, to, period),
            _ => return Err(bad(format!("\"{}\" is no key of a flow", effect.key))),
        };
        let mut ends = [Symbol::NONE; 2];
        for (end, place) in ends.iter_mut().zip([from, to]) {
            *end = match region.symbols.get(place).filter(|id| self.known.places.contains(id)) {
                Some(place) => place,
                None => return Err(unknown_place(region, &self.known.places, place, "key")),
            };
        }
        let period = match period {
            "*" | "" => None,
            text => Some(Period::parse(text).ok_or_else(|| bad(format!("\"{text}\" in the key is no period")))?),
        };
        if period.is_none() && effect.operation == "add" {
            return Err(bad("a flow that is added needs its period".to_owned()));
        }
        Ok(Target::Flow(region.symbols.intern(kind), ends[0], ends[1], period))
    }

    fn stage(&self, region: &mut Region, effect: &Effect) -> Result<Target, Wrong> {
        if effect.from.is_some() {
            let message = "a stage has its own date, so an effect on it has none".to_owned();
            return Err((
                "from",
                &code::J006,
                message,
                "leave from empty; the date of the stage is the value".to_owned(),
            ));
        }
        let form = "write it as project@stage, for example line-7@operating";
        let bad = |message: String| ("key", &code::J002, message, form.to_owned());
        let parts: Vec<&str> = effect.key.split('@').collect();
        let (project, stage, date) = match *parts.as_slice() {
            [project, stage] => (project, stage, None),
            [project, stage, date] => {
                let date = Period::parse(date).ok_or_else(|| bad(format!("\"{date}\" in the key is no date")))?;
                (project, stage, Some(date))
            }
            _ => return Err(bad(format!("\"{}\" is no key of a stage", effect.key))),
        };
        let known = |id: &Symbol| region.projects.iter().any(|project| project.id == *id);
        let Some(of) = region.symbols.get(project).filter(known) else {
            let fix = match nearest(project, region.projects.iter().map(|project| region.id(project.id))) {
                Some(near) => format!("write \"{near}\" if that is meant, or add the project first"),
                None => "correct the id, or add the project first".to_owned(),
            };
            return Err(("key", &code::J002, format!("there is no project \"{project}\""), fix));
        };
        let scale = region.symbols.get("stage").unwrap_or(Symbol::NONE);
        let steps = region.scales.iter().filter(|step| step.scale == scale).map(|step| region.id(step.code));
        let steps: Vec<&str> = steps.collect();
        if !steps.is_empty() && !steps.contains(&stage) {
            let fix = match nearest(stage, steps.iter().copied()) {
                Some(near) => format!("write \"{near}\" if that is meant"),
                None => format!("use one of {}", steps.join(", ")),
            };
            return Err(("key", &code::J002, format!("there is no stage \"{stage}\""), fix));
        }
        Ok(Target::Stage(of, region.symbols.intern(stage), date))
    }

    /// How many months later the date of a stage is.
    fn later(&self, row: &Object, effect: &Effect) -> Result<ObjectChange, Wrong> {
        let fix = "write a number of years (unit a) or months (unit mo), such as -2 and a";
        let wrong = |column, message: String| (column, &code::J008, message, fix.to_owned());
        if effect.unit.is_none() {
            return Err(wrong("unit", "a date is moved by a time, which needs its unit".to_owned()));
        }
        let months = stated(effect, Unit::parse("mo").ok().as_ref())?.value;
        let whole = months.round();
        if (months - whole).abs() > 1e-9 || whole.abs() > 1_200.0 {
            return Err(wrong("value", "a date is moved by whole months, by at most a hundred years".to_owned()));
        }
        if let Object::Stage(stage) = row
            && stage.date.later(whole as i32).is_none()
        {
            let message = format!("there is no period of the length of {} {whole} months later", stage.date);
            return Err(("value", &code::J008, message, "move it by whole periods, or set the date".to_owned()));
        }
        Ok(ObjectChange::Later(whole as i32))
    }

    fn object(&self, region: &mut Region, effect: &Effect) -> Result<What, Wrong> {
        let target = self.target(region, effect)?;
        let Some(row) = self.known.objects.get(&target) else {
            return Err(("key", &code::J002, self.no_row(region, effect, target), self.near_row(region, effect)));
        };
        if let (Some(from), Target::Place(place)) = (effect.from, target)
            && let Some(since) = self.known.since.get(&place)
            && from.end() < *since
        {
            let message = format!("\"{}\" exists only from {since}, after {from}", effect.key);
            return Err(("from", &code::J006, message, "correct the date, or the place".to_owned()));
        }
        if effect.operation == "retire" {
            return Ok(What::Object(target, ObjectChange::Retire));
        }
        let has_value = matches!(row, Object::Flow(_) | Object::Target(_) | Object::Stage(_));
        let column = match effect.column.as_str() {
            "" if has_value => value_column(&effect.table),
            "" => {
                let message = format!("\"{}\" does not say which column", effect.operation);
                return Err(("column", &code::J002, message, "name the column".to_owned()));
            }
            column => column,
        };
        self.has_column(region, effect, column)?;
        let change = match effect.operation.as_str() {
            "shift" if matches!(row, Object::Stage(_)) && column == "date" => self.later(row, effect)?,
            "scale" => {
                self.is_number(row, effect, column)?;
                ObjectChange::Scale(column.to_owned(), stated(effect, Some(&Unit::one()))?.value)
            }
            "shift" => {
                self.is_number(row, effect, column)?;
                let unit = self.column_unit(region, row, column);
                ObjectChange::Shift(column.to_owned(), stated(effect, unit.as_ref())?.value)
            }
            _ => {
                let mut cells = row.cells(region);
                cells.retain(|(name, _)| name != column);
                let text = match (row, &effect.unit) {
                    (Object::Flow(_) | Object::Target(_), Some(_)) => {
                        stated(effect, self.column_unit(region, row, column).as_ref())?.value.to_string()
                    }
                    _ => written(region, effect, column)?,
                };
                cells.push((column.to_owned(), text));
                let read = Object::read(region, &effect.table, effect.origin, &cells);
                let new = read.map_err(|mut problems| {
                    let problem = problems.swap_remove(0);
                    ("value", &code::J008, problem.message, problem.fix)
                })?;
                ObjectChange::Set(column.to_owned(), Box::new(new))
            }
        };
        Ok(What::Object(target, change))
    }

    fn no_row(&self, region: &Region, effect: &Effect, target: Target) -> String {
        match target {
            Target::Flow(kind, from, to, period) => {
                let of = period.map_or_else(String::new, |period| format!(" in {period}"));
                let (kind, from, to) = (region.id(kind), region.id(from), region.id(to));
                format!("there is no flow of kind \"{kind}\" from \"{from}\" to \"{to}\"{of}")
            }
            _ => format!("\"{}\" is no row of {}", effect.key, effect.table),
        }
    }

    fn near_row(&self, region: &Region, effect: &Effect) -> String {
        if let ("stages", Some((project, _))) = (effect.table.as_str(), effect.key.split_once('@')) {
            let mut held: Vec<&str> = Vec::new();
            for target in self.known.objects.keys() {
                match target {
                    Target::Stage(of, stage, None) if region.id(*of) == project => held.push(region.id(*stage)),
                    _ => {}
                }
            }
            held.sort_unstable();
            return match held.is_empty() {
                true => format!("add the stage first: the log of \"{project}\" is empty"),
                false => format!("the log of \"{project}\" holds {}; add the stage first", held.join(", ")),
            };
        }
        let of = |target: &Target| match (target, effect.table.as_str()) {
            (Target::Place(id), "places") | (Target::Link(id), "links") | (Target::Wanted(id), "targets") => Some(*id),
            _ => None,
        };
        match nearest(&effect.key, self.known.objects.keys().filter_map(of).map(|id| region.id(id))) {
            Some(name) => format!("write \"{name}\" if that is meant, or add the row first"),
            None if effect.table == "flows" => "correct the key, or use the operation add".to_owned(),
            None => "correct key or table, or add the row first".to_owned(),
        }
    }

    fn has_column(&self, region: &Region, effect: &Effect, column: &str) -> Result<(), Wrong> {
        let Some(spec) = TableSpec::find(&effect.table) else { return Ok(()) };
        let keys = key_columns(&effect.table, &effect.key);
        if keys.iter().any(|(name, _)| name == column) {
            let message = format!("{column} is part of the key of {}", spec.name);
            return Err(("column", &code::J002, message, "retire the row and add another".to_owned()));
        }
        let language = spec.columns.iter().filter(|spec| spec.multilingual);
        let is_version =
            language.into_iter().any(|spec| column.strip_prefix(spec.name).is_some_and(|rest| rest.starts_with('_')));
        let has = |attributes: &umbel_table::Attributes| attributes.contains_key(column);
        let is_attribute = match spec.name {
            "places" => region.places.iter().any(|row| has(&row.attributes)),
            "links" => region.links.iter().any(|row| has(&row.attributes)),
            "flows" => region.flows.iter().any(|row| has(&row.attributes)),
            _ => false,
        };
        if spec.column(column).is_some() || is_version || is_attribute {
            return Ok(());
        }
        let fix = match nearest(column, spec.columns.iter().map(|column| column.name)) {
            Some(name) => format!("write \"{name}\" if that is meant"),
            None => format!("use a column of {}", spec.name),
        };
        Err(("column", &code::J002, format!("{} has no column \"{column}\"", spec.name), fix))
    }

    fn is_number(&self, row: &Object, effect: &Effect, column: &str) -> Result<(), Wrong> {
        if row.number(column).is_some() {
            return Ok(());
        }
        let message =
            format!("{column} of \"{}\" holds no number that \"{}\" could change", effect.key, effect.operation);
        Err(("column", &code::J002, message, "use the operation set, or another column".to_owned()))
    }

    /// The unit of a column that holds numbers, where it is known.
    fn column_unit(&self, region: &Region, row: &Object, column: &str) -> Option<Unit> {
        match (row, column) {
            (Object::Link(_), "length") => Unit::parse("km").ok(),
            (Object::Link(_), "time") => Unit::parse("min").ok(),
            (Object::Flow(flow), "value") => Some(flow.unit.clone()),
            (Object::Target(target), _) => target.unit.clone().or_else(|| self.unit(region, target.indicator)),
            (Object::Stage(_), _) => None,
            (Object::Link(_), _) => region.column_units.get(&("links".to_owned(), column.to_owned())).cloned(),
            (Object::Place(_), _) => region.column_units.get(&("places".to_owned(), column.to_owned())).cloned(),
            (Object::Flow(_), _) => region.column_units.get(&("flows".to_owned(), column.to_owned())).cloned(),
        }
    }
}

/// The column that is meant where none is named.
pub(crate) fn value_column(table: &str) -> &'static str {
    if table == "stages" { "date" } else { "value" }
}

/// The columns that a key fills.
fn key_columns(table: &str, key: &str) -> Vec<(String, String)> {
    let pair = |column: &str, text: &str| (column.to_owned(), text.to_owned());
    match table {
        "places" => vec![pair("place_id", key)],
        "links" => vec![pair("link_id", key)],
        "targets" => vec![pair("target_id", key)],
        "stages" => {
            let columns = ["project_id", "stage", "date"];
            columns.iter().zip(key.split('@')).map(|(column, text)| pair(column, text)).collect()
        }
        _ => {
            let columns = ["kind", "origin_id", "destination_id", "period"];
            columns.iter().zip(key.split('@')).map(|(column, text)| pair(column, text)).collect()
        }
    }
}

/// The cell that an effect writes into a column of a table of objects; lengths and times of links in km and min.
fn written(region: &Region, effect: &Effect, column: &str) -> Result<String, Wrong> {
    let held = match (effect.table.as_str(), column) {
        ("links", "length") => Unit::parse("km").ok(),
        ("links", "time") => Unit::parse("min").ok(),
        _ => None,
    };
    let declared = region.column_units.get(&(effect.table.clone(), column.to_owned()));
    let Some(held) = held else {
        return match (&effect.unit, declared) {
            (Some(_), Some(_)) => Ok(stated(effect, declared)?.value.to_string()),
            (Some(unit), None) if column != "value" && !unit.is_dimensionless() => {
                let message = format!("the unit of {column} is not declared, so {} cannot be converted", unit.text());
                Err(("unit", &code::J008, message, "leave unit empty, or declare the unit of the column".to_owned()))
            }
            _ => Ok(effect.value.clone()),
        };
    };
    if effect.value.is_empty() {
        return Ok(String::new());
    }
    let in_unit = Effect { unit: effect.unit.clone().or_else(|| declared.cloned()), ..effect.clone() };
    Ok(stated(&in_unit, Some(&held))?.value.to_string())
}

/// The number of an effect, in a unit.
pub(super) fn stated(effect: &Effect, unit: Option<&Unit>) -> Result<Stated, Wrong> {
    let Some(value) = parse_number(&effect.value) else {
        let message = match effect.value.as_str() {
            "" => format!("\"{}\" needs a value", effect.operation),
            text => format!("\"{text}\" is no number"),
        };
        return Err(("value", &code::J008, message, "write a plain number, such as 1200 or -0.5".to_owned()));
    };
    let (low, high) = effect.interval;
    if low.is_some_and(|low| low > value) || high.is_some_and(|high| high < value) {
        let message = "low and high do not hold the value between them".to_owned();
        return Err(("low", &code::J008, message, "order them: low, value, high".to_owned()));
    }
    let convert = |value: f64| match (&effect.unit, unit) {
        (Some(from), Some(to)) => from.convert(value, to).ok_or_else(|| {
            let message = format!("{} cannot be converted to {}", from.text(), to.text());
            ("unit", &code::J008, message, "write the unit of the column".to_owned())
        }),
        (Some(from), None) => {
            let message = format!("there is no unit to convert {} to", from.text());
            Err(("unit", &code::J008, message, "leave unit empty, or declare the unit of the column".to_owned()))
        }
        _ => Ok(value),
    };
    let end = |end: Option<f64>| end.map_or(Ok(f64::NAN), convert);
    Ok(Stated { value: convert(value)?, low: end(low)?, high: end(high)? })
}

fn unknown_place(region: &Region, known: &FxHashSet<Symbol>, place: &str, column: &'static str) -> Wrong {
    let fix = match nearest(place, known.iter().map(|&id| region.id(id))) {
        Some(near) => format!("write \"{near}\" if that is meant, or add the place first"),
        None => "correct the id, or add the place first".to_owned(),
    };
    (column, &code::J002, format!("there is no place \"{place}\""), fix)
}
