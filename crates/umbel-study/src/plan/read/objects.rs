//! Effects on rows of the tables of places, links, flows, targets and stages.

use super::Reader;
use super::cells::{Wrong, stated, unknown_place, value_column, written};
use crate::plan::edit::{ObjectChange, Target, What};
use crate::suggest::nearest;
use umbel_core::{Period, Symbol, Unit, code};
use umbel_table::edit::Object;
use umbel_table::schema::TableSpec;
use umbel_table::{Effect, Region};

impl Reader<'_> {
    pub(super) fn target(&self, region: &mut Region, effect: &Effect) -> Result<Target, Wrong> {
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

    pub(super) fn object(&self, region: &mut Region, effect: &Effect) -> Result<What, Wrong> {
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

/// The columns that a key fills.
pub(super) fn key_columns(table: &str, key: &str) -> Vec<(String, String)> {
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
