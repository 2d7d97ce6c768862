//! Single rows of the tables of objects: read from cells, given as cells, changed in one column.

use crate::cells;
use crate::export;
use crate::problems::Problems;
use crate::region::Region;
use crate::row::Row;
use crate::rows::{Flow, Link, Origin, Place, Stage, Target};
use crate::schema::TableSpec;
use crate::typed;
use std::borrow::Cow;
use umbel_core::{Code, Status, Symbol};

/// A row of a table that a plan can edit row by row (observations have a way of their own).
#[derive(Clone, Debug)]
pub enum Object {
    /// Of `places`.
    Place(Place),
    /// Of `links`.
    Link(Link),
    /// Of `flows`.
    Flow(Flow),
    /// Of `targets`.
    Target(Target),
    /// Of `stages`.
    Stage(Stage),
}

/// What is wrong with the cells of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellProblem {
    /// What is wrong; names the column.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

impl Object {
    /// The tables whose rows are objects.
    pub const TABLES: [&'static str; 5] = ["places", "links", "flows", "targets", "stages"];

    /// Reads a row of a table from its cells, by column (versions in other languages and attributes included). Lengths
    /// are in kilometres and times in minutes, as [`Object::cells`] gives them. Ids are interned in the region.
    ///
    /// # Errors
    /// All cells that do not fit, or are missing.
    pub fn read(
        region: &mut Region,
        table: &str,
        origin: Origin,
        columns: &[(String, String)],
    ) -> Result<Object, Vec<CellProblem>> {
        let unknown = || vec![CellProblem { message: format!("rows of {table} are not edited"), fix: editable() }];
        let spec = TableSpec::find(table).filter(|spec| Object::TABLES.contains(&spec.name)).ok_or_else(unknown)?;
        // Every column of the table, so that an empty one that must not be is told.
        let mut names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let absent = spec.columns.iter().filter(|column| !names.contains(&column.name)).map(|column| column.name);
        let absent: Vec<&str> = absent.collect();
        names.extend(absent);
        let names: Vec<Cow<'_, str>> = names.into_iter().map(Cow::Borrowed).collect();
        let mut wrong: Vec<CellProblem> = Vec::new();
        let tell = |_: &'static Code, _: &str, _: Option<usize>, message, fix| wrong.push(CellProblem { message, fix });
        let roles = cells::roles(spec, &names, &region.languages, tell);
        let values = columns.iter().map(|(_, text)| Cow::Borrowed(text.as_str()));
        let values = values.chain(std::iter::repeat(Cow::Borrowed("")));
        let mut problems = Problems::new("");
        let nowhere = |_: usize| (origin.line, 0);
        let row = Row::new(spec, origin, &roles, values, &nowhere, &mut problems);
        let mut scratch = Region { symbols: std::mem::take(&mut region.symbols), ..Region::default() };
        if let Some(row) = &row {
            typed::add(&mut scratch, row, &mut problems);
        }
        region.symbols = std::mem::take(&mut scratch.symbols);
        wrong.extend(problems.finish().into_iter().map(|one| CellProblem { message: one.message, fix: one.fix }));
        let object = match spec.name {
            "places" => scratch.places.pop().map(Object::Place),
            "links" => scratch.links.pop().map(Object::Link),
            "flows" => scratch.flows.pop().map(Object::Flow),
            "stages" => scratch.stages.pop().map(Object::Stage),
            _ => scratch.targets.pop().map(Object::Target),
        };
        match object {
            Some(object) if wrong.is_empty() => Ok(object),
            _ => Err(wrong),
        }
    }

    /// The cells of the row that are not empty, by column.
    pub fn cells(&self, region: &Region) -> Vec<(String, String)> {
        let mut one = Region { symbols: region.symbols.clone(), ..Region::default() };
        let table = match self {
            Object::Place(row) => {
                one.places = vec![row.clone()].into();
                "places"
            }
            Object::Link(row) => {
                one.links = vec![row.clone()].into();
                "links"
            }
            Object::Flow(row) => {
                one.flows = vec![row.clone()].into();
                "flows"
            }
            Object::Target(row) => {
                one.targets = vec![row.clone()].into();
                "targets"
            }
            Object::Stage(row) => {
                one.stages = vec![row.clone()].into();
                "stages"
            }
        };
        let Some(spec) = TableSpec::find(table) else { return Vec::new() };
        let header = export::header(&one, spec);
        let mut cells = Vec::new();
        export::each_row(&one, spec, &header, |row| {
            let filled = header.iter().zip(row).filter(|(_, text)| !text.is_empty());
            cells = filled.map(|(name, text)| (name.clone(), text.clone())).collect();
        });
        cells
    }

    /// A number in a column: of the format, or an attribute that is one.
    pub fn number(&self, column: &str) -> Option<f64> {
        match (self, column) {
            (Object::Link(link), "length") => link.length,
            (Object::Link(link), "time") => link.time,
            (Object::Link(link), "capacity") => link.capacity,
            (Object::Flow(flow), "value") => flow.value,
            (Object::Target(target), "value") => target.value,
            (Object::Target(target), "low") => target.low,
            (Object::Target(target), "high") => target.high,
            _ => self.attributes()?.get(column).and_then(|text| crate::number::parse(text)),
        }
    }

    /// Puts a number into a column that holds one (see [`Object::number`]); whether there is such a column.
    pub fn put_number(&mut self, column: &str, value: f64) -> bool {
        let slot = match (&mut *self, column) {
            (Object::Link(link), "length") => &mut link.length,
            (Object::Link(link), "time") => &mut link.time,
            (Object::Link(link), "capacity") => &mut link.capacity,
            (Object::Flow(flow), "value") => {
                flow.status = if flow.status.is_missing() { Status::Estimated } else { flow.status };
                &mut flow.value
            }
            (Object::Target(target), "value") => &mut target.value,
            (Object::Target(target), "low") => &mut target.low,
            (Object::Target(target), "high") => &mut target.high,
            (Object::Place(place), _) => return put_text(&mut place.attributes, column, value),
            (Object::Link(link), _) => return put_text(&mut link.attributes, column, value),
            (Object::Flow(flow), _) => return put_text(&mut flow.attributes, column, value),
            (Object::Target(_) | Object::Stage(_), _) => return false,
        };
        *slot = Some(value);
        true
    }

    fn attributes(&self) -> Option<&crate::rows::Attributes> {
        match self {
            Object::Place(place) => Some(&place.attributes),
            Object::Link(link) => Some(&link.attributes),
            Object::Flow(flow) => Some(&flow.attributes),
            Object::Target(_) | Object::Stage(_) => None,
        }
    }

    /// Takes over one column of another row of the same table; whether the table has it.
    pub fn take(&mut self, column: &str, from: &Object) -> bool {
        match (self, from) {
            (Object::Place(to), Object::Place(from)) => match column {
                "kind" => to.kinds.clone_from(&from.kinds),
                "parent_id" => to.parent = from.parent,
                "straddles" => to.straddles.clone_from(&from.straddles),
                "lon" | "lat" => to.point = from.point,
                "valid_from" => to.valid_from = from.valid_from,
                "valid_to" => to.valid_to = from.valid_to,
                "source_id" => to.source = from.source,
                "note" => to.note.clone_from(&from.note),
                _ if is_text(column, "name") => to.name.clone_from(&from.name),
                _ => return take_text(&mut to.attributes, column, &from.attributes),
            },
            (Object::Link(to), Object::Link(from)) => match column {
                "kind" => to.kind = from.kind,
                "from_place_id" => to.from = from.from,
                "to_place_id" => to.to = from.to,
                "directed" => to.directed = from.directed,
                "length" => to.length = from.length,
                "time" => to.time = from.time,
                "capacity" => to.capacity = from.capacity,
                "opened" => to.opened = from.opened,
                "closed" => to.closed = from.closed,
                "source_id" => to.source = from.source,
                "note" => to.note.clone_from(&from.note),
                _ if is_text(column, "name") => to.name.clone_from(&from.name),
                _ => return take_text(&mut to.attributes, column, &from.attributes),
            },
            (Object::Flow(to), Object::Flow(from)) => match column {
                "value" => (to.value, to.status) = (from.value, from.status),
                "unit" => to.unit = from.unit.clone(),
                "status" => to.status = from.status,
                "bound" => to.bound = from.bound,
                "source_id" => to.source = from.source,
                "note" => to.note.clone_from(&from.note),
                _ => return take_text(&mut to.attributes, column, &from.attributes),
            },
            (Object::Target(to), Object::Target(from)) => match column {
                "indicator_id" => to.indicator = from.indicator,
                "place_id" => to.place = from.place,
                "period" => to.period = from.period,
                "direction" => to.direction.clone_from(&from.direction),
                "value" => to.value = from.value,
                "low" => to.low = from.low,
                "high" => to.high = from.high,
                "unit" => to.unit.clone_from(&from.unit),
                "force" => to.force.clone_from(&from.force),
                "baseline" => to.baseline = from.baseline,
                "source_id" => to.source = from.source,
                "note" => to.note.clone_from(&from.note),
                _ if is_text(column, "title") => to.title.clone_from(&from.title),
                _ => return false,
            },
            (Object::Stage(to), Object::Stage(from)) => match column {
                "date" => to.date = from.date,
                "source_id" => to.source = from.source,
                "note" => to.note.clone_from(&from.note),
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    /// The id of the row ([`Symbol::NONE`] for flows and stages, which have none).
    pub fn id(&self) -> Symbol {
        match self {
            Object::Place(place) => place.id,
            Object::Link(link) => link.id,
            Object::Flow(_) | Object::Stage(_) => Symbol::NONE,
            Object::Target(target) => target.id,
        }
    }

    /// Says where the row now stands, and on which source it rests (none: as before).
    pub fn put_origin(&mut self, origin: Origin, source: Symbol) {
        let (at, from) = match self {
            Object::Place(place) => (&mut place.origin, &mut place.source),
            Object::Link(link) => (&mut link.origin, &mut link.source),
            Object::Flow(flow) => (&mut flow.row, &mut flow.source),
            Object::Target(target) => (&mut target.origin, &mut target.source),
            Object::Stage(stage) => (&mut stage.origin, &mut stage.source),
        };
        *at = origin;
        if source.is_some() {
            *from = source;
        }
    }
}

fn editable() -> String {
    format!("use observations, {}", Object::TABLES.join(", "))
}

/// Whether a column is a text column or a version of it in another language.
fn is_text(column: &str, name: &str) -> bool {
    column.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn take_text(to: &mut crate::rows::Attributes, column: &str, from: &crate::rows::Attributes) -> bool {
    match from.get(column) {
        Some(text) => to.insert(column.to_owned(), text.clone()),
        None => to.remove(column),
    };
    true
}

fn put_text(attributes: &mut crate::rows::Attributes, column: &str, value: f64) -> bool {
    attributes.insert(column.to_owned(), value.to_string());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
    }

    const LINE: &[(&str, &str)] = &[
        ("link_id", "r1"),
        ("kind", "railway_service"),
        ("from_place_id", "north"),
        ("to_place_id", "south"),
        ("time", "30"),
        ("opened", "2027"),
        ("source_id", "office"),
        ("trains_a_day", "12"),
    ];

    #[test]
    fn a_row_becomes_cells_and_a_row_again() {
        let mut region = Region::default();
        let link = Object::read(&mut region, "links", Origin::default(), &cells(LINE)).unwrap();
        let mut back = link.cells(&region);
        let mut given = cells(LINE);
        back.sort();
        given.sort();
        assert_eq!(back, given);
        assert_eq!(region.id(link.id()), "r1");
        assert_eq!((link.number("time"), link.number("trains_a_day")), (Some(30.0), Some(12.0)));
    }

    #[test]
    fn everything_wrong_with_the_cells_is_told() {
        let mut region = Region::default();
        let wrong = cells(&[("link_id", "r1"), ("kind", "rail"), ("from_place_id", "north"), ("time", "soon")]);
        let problems = Object::read(&mut region, "links", Origin::default(), &wrong).unwrap_err();
        let all = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n");
        for column in ["to_place_id", "source_id", "time"] {
            assert!(all.contains(column), "{column}: {all}");
        }
        assert!(Object::read(&mut region, "claims", Origin::default(), &wrong).is_err());
    }

    #[test]
    fn a_column_is_taken_over_and_nothing_else() {
        let mut region = Region::default();
        let mut link = Object::read(&mut region, "links", Origin::default(), &cells(LINE)).unwrap();
        let mut other = cells(LINE);
        other[4].1 = "20".to_owned();
        other[7].1 = "40".to_owned();
        let other = Object::read(&mut region, "links", Origin::default(), &other).unwrap();
        assert!(link.take("time", &other));
        assert_eq!((link.number("time"), link.number("trains_a_day")), (Some(20.0), Some(12.0)));
        assert!(link.take("trains_a_day", &other) && link.put_number("time", 5.0));
        assert_eq!((link.number("time"), link.number("trains_a_day")), (Some(5.0), Some(40.0)));
        assert!(!link.take("time", &Object::Target(target())));
    }

    fn target() -> Target {
        let mut region = Region::default();
        let row = [
            ("target_id", "t"),
            ("indicator_id", "i"),
            ("place_id", "p"),
            ("period", "2030"),
            ("direction", "at_least"),
            ("value", "1"),
            ("force", "binding"),
            ("source_id", "s"),
        ];
        match Object::read(&mut region, "targets", Origin::default(), &cells(&row)) {
            Ok(Object::Target(target)) => target,
            other => panic!("{other:?}"),
        }
    }
}
