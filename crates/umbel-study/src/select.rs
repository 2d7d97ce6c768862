//! Applies selections and filters to the tables, and says what in them is unknown.

use crate::filter::{Condition, Filter, Places, Scalar, Tests};
use crate::method::Problem;
use crate::suggest::nearest;
use crate::tree::PlaceTree;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Atom, Period, Symbol, Unit, code};
use umbel_table::{Region, Rows};

/// A table of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Places.
    Places,
    /// Links.
    Links,
    /// Flows.
    Flows,
    /// Projects.
    Projects,
    /// Stages of projects.
    Stages,
}

/// A cell of a table of objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing is given.
    Empty,
    /// An id.
    Id(Symbol),
    /// A list of ids.
    Ids(&'a [Symbol]),
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// A period or date.
    Period(Period),
    /// True or false.
    Flag(bool),
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Place,
    Id,
    Number,
    Text,
    Period,
    Flag,
}

impl Table {
    /// Name of the table.
    pub fn name(self) -> &'static str {
        match self {
            Table::Places => "places",
            Table::Links => "links",
            Table::Flows => "flows",
            Table::Projects => "projects",
            Table::Stages => "stages",
        }
    }

    /// Number of rows it has.
    pub fn len(self, region: &Region) -> usize {
        match self {
            Table::Places => region.places.len(),
            Table::Links => region.links.len(),
            Table::Flows => region.flows.len(),
            Table::Projects => region.projects.len(),
            Table::Stages => region.stages.len(),
        }
    }

    fn columns(self) -> &'static [(&'static str, Is)] {
        match self {
            Table::Places => &[
                ("place_id", Is::Place),
                ("within", Is::Place),
                ("kind", Is::Id),
                ("parent_id", Is::Place),
                ("straddles", Is::Place),
                ("lon", Is::Number),
                ("lat", Is::Number),
                ("valid_from", Is::Period),
                ("valid_to", Is::Period),
                ("source_id", Is::Id),
            ],
            Table::Links => &[
                ("link_id", Is::Id),
                ("kind", Is::Id),
                ("from_place_id", Is::Place),
                ("to_place_id", Is::Place),
                ("directed", Is::Flag),
                ("length", Is::Number),
                ("time", Is::Number),
                ("capacity", Is::Number),
                ("opened", Is::Period),
                ("closed", Is::Period),
                ("source_id", Is::Id),
            ],
            Table::Flows => &[
                ("kind", Is::Id),
                ("origin_id", Is::Place),
                ("destination_id", Is::Place),
                ("period", Is::Period),
                ("vintage", Is::Period),
                ("value", Is::Number),
                ("unit", Is::Text),
                ("status", Is::Text),
                ("bound", Is::Text),
                ("source_id", Is::Id),
            ],
            Table::Projects => &[
                ("project_id", Is::Id),
                ("kind", Is::Id),
                ("lead_place_id", Is::Place),
                ("partner_ids", Is::Place),
                ("place_id", Is::Place),
                ("origin_id", Is::Place),
                ("start", Is::Period),
                ("finish", Is::Period),
                ("cost", Is::Number),
                ("source_id", Is::Id),
            ],
            Table::Stages => &[("project_id", Is::Id), ("stage", Is::Id), ("date", Is::Period), ("source_id", Is::Id)],
        }
    }

    fn attribute_names(self, region: &Region) -> Vec<&str> {
        fn names<'a>(rows: impl Iterator<Item = &'a umbel_table::Attributes>) -> Vec<&'a str> {
            let mut all: Vec<&str> = rows.flat_map(|row| row.keys().map(String::as_str)).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
        match self {
            Table::Places => names(region.places.iter().map(|row| &row.attributes)),
            Table::Links => names(region.links.iter().map(|row| &row.attributes)),
            Table::Flows => names(region.flows.iter().map(|row| &row.attributes)),
            Table::Projects => names(region.projects.iter().map(|row| &row.attributes)),
            Table::Stages => Vec::new(),
        }
    }

    fn kind_of(self, column: &str, region: &Region) -> Option<Is> {
        let named = self.columns().iter().find(|(name, _)| *name == column).map(|(_, is)| *is);
        named.or_else(|| self.attribute_names(region).binary_search(&column).is_ok().then_some(Is::Text))
    }

    /// Names of the columns that a filter may name: those of the format, then the attributes in use.
    pub fn column_names(self, region: &Region) -> Vec<&str> {
        self.columns().iter().map(|(name, _)| *name).chain(self.attribute_names(region)).collect()
    }
}

/// The date of a number of days since 1970-01-01; `None` for [`Rows::UNDATED`] and beyond the calendar.
pub fn date_of(days: i32) -> Option<umbel_core::Date> {
    let epoch = umbel_core::Date::constant(1970, 1, 1);
    if days == Rows::UNDATED {
        return None;
    }
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01 of a date.
pub fn days_of(date: umbel_core::Date) -> i32 {
    let epoch = umbel_core::Date::constant(1970, 1, 1);
    (date - epoch).get_days()
}

fn day(days: i32) -> Value<'static> {
    if days == Rows::UNDATED {
        return Value::Empty;
    }
    date_of(days).map_or(Value::Empty, |date| Value::Period(Period::from(Atom::Day(date))))
}

/// A cell of a row of a table; [`Value::Empty`] for an unknown column.
pub fn value<'a>(table: Table, row: usize, column: &str, region: &'a Region) -> Value<'a> {
    let id = |symbol: Symbol| if symbol.is_some() { Value::Id(symbol) } else { Value::Empty };
    let number = |number: Option<f64>| number.map_or(Value::Empty, Value::Number);
    let period = |period: Option<Period>| period.map_or(Value::Empty, Value::Period);
    let date = |date: Option<umbel_core::Date>| period(date.map(|date| Period::from(Atom::Day(date))));
    fn attribute<'a>(attributes: &'a umbel_table::Attributes, column: &str) -> Value<'a> {
        attributes
            .get(column)
            .map_or(Value::Empty, |text| if text.is_empty() { Value::Empty } else { Value::Text(text) })
    }
    match table {
        Table::Places => {
            let Some(place) = region.places.get(row) else { return Value::Empty };
            match column {
                "place_id" | "within" => id(place.id),
                "kind" => Value::Ids(&place.kinds),
                "parent_id" => id(place.parent),
                "straddles" => Value::Ids(&place.straddles),
                "lon" => number(place.point.map(|point| point.0)),
                "lat" => number(place.point.map(|point| point.1)),
                "valid_from" => date(place.valid_from),
                "valid_to" => date(place.valid_to),
                "source_id" => id(place.source),
                _ => attribute(&place.attributes, column),
            }
        }
        Table::Links => {
            let Some(link) = region.links.get(row) else { return Value::Empty };
            match column {
                "link_id" => id(link.id),
                "kind" => id(link.kind),
                "from_place_id" => id(link.from),
                "to_place_id" => id(link.to),
                "directed" => Value::Flag(link.directed),
                "length" => number(link.length),
                "time" => number(link.time),
                "capacity" => number(link.capacity),
                "opened" => period(link.opened),
                "closed" => period(link.closed),
                "source_id" => id(link.source),
                _ => attribute(&link.attributes, column),
            }
        }
        Table::Flows => {
            let Some(flow) = region.flows.get(row) else { return Value::Empty };
            match column {
                "kind" => id(flow.kind),
                "origin_id" => id(flow.from),
                "destination_id" => id(flow.to),
                "period" => Value::Period(flow.period),
                "vintage" => day(flow.vintage),
                "value" => number(flow.value),
                "unit" => Value::Text(flow.unit.text()),
                "status" => Value::Text(flow.status.letter()),
                "bound" => Value::Text(flow.bound.as_str()),
                "source_id" => id(flow.source),
                _ => attribute(&flow.attributes, column),
            }
        }
        Table::Projects => {
            let Some(project) = region.projects.get(row) else { return Value::Empty };
            match column {
                "project_id" => id(project.id),
                "kind" => id(project.kind),
                "lead_place_id" => id(project.lead),
                "partner_ids" => Value::Ids(&project.partners),
                "place_id" => id(project.place),
                "origin_id" => id(project.moved_from),
                "start" => period(project.start),
                "finish" => period(project.finish),
                "cost" => number(project.cost.as_ref().map(|cost| cost.minor as f64 / 100.0)),
                "source_id" => id(project.source),
                _ => attribute(&project.attributes, column),
            }
        }
        Table::Stages => {
            let Some(stage) = region.stages.get(row) else { return Value::Empty };
            match column {
                "project_id" => id(stage.project),
                "stage" => id(stage.stage),
                "date" => Value::Period(stage.date),
                "source_id" => id(stage.source),
                _ => Value::Empty,
            }
        }
    }
}

/// Unit of a numeric column for these rows of a table; `None` when none is known.
///
/// Flows: of the first row. Links: kilometres and minutes, and for the capacity what the package declares. Projects:
/// the currency of the first cost. Attributes: what the package declares.
pub fn column_unit(table: Table, rows: &[u32], column: &str, region: &Region) -> Option<Unit> {
    match (table, column) {
        (Table::Flows, "value") => rows.first().and_then(|&row| region.flows.get(row as usize)).map(|f| f.unit.clone()),
        (Table::Links, "length") => Unit::parse("km").ok(),
        (Table::Links, "time") => Unit::parse("min").ok(),
        (Table::Projects, "cost") => {
            let costs = rows.iter().filter_map(|&row| region.projects.get(row as usize)?.cost.as_ref());
            costs.map(|cost| Unit::parse(&format!("{{{}}}", cost.currency)).ok()).next().flatten()
        }
        _ => region.column_units.get(&(table.name().to_owned(), column.to_owned())).cloned(),
    }
}

/// The places of a selection, sorted by id, each once; and what in it is unknown.
pub fn places(selection: &Places, region: &Region, tree: &PlaceTree, parameter: &str) -> (Vec<Symbol>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut chosen = vec![false; region.symbols.len()];
    let mut by_id =
        |id: &str, path: &str, chosen: &mut Vec<bool>| match region.symbols.get(id).filter(|&p| tree.contains(p)) {
            Some(place) => chosen[place.index()] = true,
            None => problems.push(unknown_place(id, region, tree, path)),
        };
    match selection {
        Places::One(id) => by_id(id, parameter, &mut chosen),
        Places::List(ids) => {
            ids.iter().enumerate().for_each(|(at, id)| by_id(id, &format!("{parameter}.{at}"), &mut chosen));
        }
        Places::Filter(filter) => {
            let (rows, found) = rows(Table::Places, filter, region, tree, parameter);
            problems.extend(found);
            // Only the row that is valid last speaks for a place.
            for row in rows {
                let id = region.places[row as usize].id;
                chosen[id.index()] |= tree.row(id) == Some(row as usize);
            }
        }
    }
    (tree.places().iter().copied().filter(|place| chosen[place.index()]).collect(), problems)
}

/// The rows of a table that pass a filter, in order; and what in the filter is unknown (then no row passes).
pub fn rows(
    table: Table,
    filter: &Filter,
    region: &Region,
    tree: &PlaceTree,
    parameter: &str,
) -> (Vec<u32>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut checks = Vec::new();
    // `within = "x"` on the places table is the test of that name on the id.
    let within = match filter.0.get("within") {
        Some(Condition::Is(Scalar::Text(place))) if table == Table::Places => {
            Some(Condition::Tests(Tests { within: Some(place.clone()), ..Tests::default() }))
        }
        _ => None,
    };
    for (column, condition) in &filter.0 {
        let condition = within.as_ref().filter(|_| column == "within").unwrap_or(condition);
        let path = if parameter.is_empty() { column.clone() } else { format!("{parameter}.{column}") };
        let Some(is) = table.kind_of(column, region) else {
            let names = table.column_names(region);
            let fix = match nearest(column, names.iter().copied()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("Its columns are {}.", names.join(", ")),
            };
            let message = format!("The table {} has no column \"{column}\".", table.name());
            problems.push(Problem::new(&code::M002, &path, message, fix));
            continue;
        };
        let check = Check::new(table, column, is, condition, region, tree, &path, &mut problems);
        checks.extend(check);
    }
    if !problems.is_empty() {
        return (Vec::new(), problems);
    }
    let passes = |row: &u32| {
        checks.iter().all(|check| check.passes(value(table, *row as usize, check.column, region), region, tree))
    };
    ((0..table.len(region) as u32).filter(passes).collect(), problems)
}

fn unknown_place(id: &str, region: &Region, tree: &PlaceTree, parameter: &str) -> Problem {
    let known = tree.places().iter().map(|&place| region.symbols.name(place));
    let fix = match nearest(id, known) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => "Correct the id, or add the place to the places table.".to_owned(),
    };
    Problem::new(&code::M003, parameter, format!("There is no place \"{id}\"."), fix)
}

/// A condition with its ids looked up.
struct Check<'a> {
    column: &'a str,
    any: Option<Vec<Wanted<'a>>>,
    not: Option<Wanted<'a>>,
    within: Option<Symbol>,
    tests: Option<&'a Tests>,
}

/// A value wanted: its symbol if it has one, and as written.
struct Wanted<'a> {
    symbol: Option<Symbol>,
    scalar: &'a Scalar,
}

impl<'a> Check<'a> {
    #[allow(clippy::too_many_arguments)]
    fn new(
        table: Table,
        column: &'a str,
        is: Is,
        condition: &'a Condition,
        region: &Region,
        tree: &PlaceTree,
        path: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Check<'a>> {
        let before = problems.len();
        let want = |scalar: &'a Scalar, path: &str, problems: &mut Vec<Problem>| {
            let symbol = match scalar {
                Scalar::Text(text) => region.symbols.get(text),
                _ => None,
            };
            match (is, scalar) {
                (Is::Place, Scalar::Text(id)) if !symbol.is_some_and(|place| tree.contains(place)) => {
                    problems.push(unknown_place(id, region, tree, path));
                }
                (Is::Id, Scalar::Text(id)) if !occurs(table, column, symbol, region) => {
                    let message = format!("No row of {} has {column} \"{id}\".", table.name());
                    let known = ids_of(table, column, region);
                    let fix = match nearest(id, known.iter().copied()) {
                        Some(near) => format!("Did you mean \"{near}\"?"),
                        None if known.len() <= 20 => format!("Those in use are {}.", known.join(", ")),
                        None => "Correct the id, or add what is meant to the table.".to_owned(),
                    };
                    problems.push(Problem::new(&code::M003, path, message, fix));
                }
                (Is::Place | Is::Id | Is::Period, Scalar::Number(_) | Scalar::Flag(_))
                | (Is::Number, Scalar::Text(_) | Scalar::Flag(_))
                | (Is::Flag, Scalar::Text(_) | Scalar::Number(_)) => {
                    let wanted = match is {
                        Is::Place | Is::Id => "an id, in quotes",
                        Is::Period => "a period, in quotes",
                        Is::Number => "a number",
                        _ => "true or false",
                    };
                    let message = format!("The column {column} of {} holds {wanted}.", table.name());
                    let fix = format!("Write {wanted}, not {}.", scalar.text());
                    problems.push(Problem::new(&code::M002, path, message, fix));
                }
                (Is::Period, Scalar::Text(text)) if Period::parse(text).is_none() => {
                    let message = format!("\"{text}\" is not a period.");
                    let fix = "Write 2022, 2022-07, 2022-07-29, 2022-Q3 or 2014/2022.";
                    problems.push(Problem::new(&code::M002, path, message, fix));
                }
                _ => {}
            }
            Wanted { symbol, scalar }
        };
        let mut check = Check { column, any: None, not: None, within: None, tests: None };
        match condition {
            Condition::Is(scalar) => check.any = Some(vec![want(scalar, path, problems)]),
            Condition::Any(list) => {
                let all = list.iter().enumerate();
                check.any = Some(all.map(|(at, scalar)| want(scalar, &format!("{path}.{at}"), problems)).collect());
            }
            Condition::Tests(tests) => {
                check.not = tests.not.as_ref().map(|scalar| want(scalar, path, problems));
                if let Some(place) = &tests.within {
                    check.within = region.symbols.get(place).filter(|&place| tree.contains(place));
                    if check.within.is_none() {
                        problems.push(unknown_place(place, region, tree, path));
                    }
                }
                let fits = [
                    ("within", tests.within.is_some(), is == Is::Place, "a place column"),
                    ("at_least", tests.at_least.is_some(), matches!(is, Is::Number | Is::Text), "a column of numbers"),
                    ("at_most", tests.at_most.is_some(), matches!(is, Is::Number | Is::Text), "a column of numbers"),
                    ("during", tests.during.is_some(), matches!(is, Is::Period | Is::Text), "a column of periods"),
                    ("by", tests.by.is_some(), matches!(is, Is::Period | Is::Text), "a column of periods"),
                ];
                for (test, _, _, wanted) in fits.iter().filter(|(_, given, fits, _)| *given && !*fits) {
                    let message = format!("The test `{test}` needs {wanted}; {column} of {} is none.", table.name());
                    problems.push(Problem::new(&code::M002, path, message, "Use another test, or another column."));
                }
                check.tests = Some(tests);
            }
        }
        (problems.len() == before).then_some(check)
    }

    fn passes(&self, cell: Value<'_>, region: &Region, tree: &PlaceTree) -> bool {
        if self.any.as_ref().is_some_and(|any| !any.iter().any(|wanted| wanted.is(cell))) {
            return false;
        }
        if self.not.as_ref().is_some_and(|not| not.is(cell)) {
            return false;
        }
        if let Some(above) = self.within {
            let inside = match cell {
                Value::Id(place) => tree.touches(place, above),
                Value::Ids(places) => places.iter().any(|&place| tree.touches(place, above)),
                _ => false,
            };
            if !inside {
                return false;
            }
        }
        let Some(tests) = self.tests else { return true };
        let number = || number_of(cell);
        let period = || match cell {
            Value::Period(period) => Some(period),
            Value::Text(text) => Period::parse(text),
            Value::Id(id) => Period::parse(region.symbols.name(id)),
            _ => None,
        };
        tests.at_least.is_none_or(|least| number().is_some_and(|n| n >= least))
            && tests.at_most.is_none_or(|most| number().is_some_and(|n| n <= most))
            && tests.during.is_none_or(|during| period().is_some_and(|p| during.contains(p)))
            && tests.by.is_none_or(|by| period().is_some_and(|p| p.end() <= by.end()))
    }
}

/// A cell as a number: numbers, and texts that are one.
pub fn number_of(cell: Value<'_>) -> Option<f64> {
    match cell {
        Value::Number(number) => Some(number),
        Value::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

impl Wanted<'_> {
    fn is(&self, cell: Value<'_>) -> bool {
        match (cell, self.scalar) {
            (Value::Id(id), _) => self.symbol == Some(id),
            (Value::Ids(ids), _) => self.symbol.is_some_and(|symbol| ids.contains(&symbol)),
            (Value::Text(text), Scalar::Number(number)) => text.trim().parse() == Ok(*number),
            (Value::Text(text), scalar) => text == scalar.text(),
            (Value::Number(a), Scalar::Number(b)) => a == *b,
            (Value::Flag(a), Scalar::Flag(b)) => a == *b,
            (Value::Period(a), Scalar::Text(text)) => Period::parse(text) == Some(a),
            _ => false,
        }
    }
}

/// Whether an id occurs in a column, or is registered as a kind of the table.
fn occurs(table: Table, column: &str, symbol: Option<Symbol>, region: &Region) -> bool {
    let Some(symbol) = symbol else { return false };
    if column == "kind" && region.kinds.iter().any(|kind| kind.kind == symbol && kind.table == table.name()) {
        return true;
    }
    if column == "stage" && region.scales.iter().any(|step| step.code == symbol) {
        return true;
    }
    (0..table.len(region)).any(|row| match value(table, row, column, region) {
        Value::Id(id) => id == symbol,
        Value::Ids(ids) => ids.contains(&symbol),
        _ => false,
    })
}

fn ids_of<'a>(table: Table, column: &str, region: &'a Region) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    for row in 0..table.len(region) {
        match value(table, row, column, region) {
            Value::Id(id) => ids.push(region.symbols.name(id)),
            Value::Ids(all) => ids.extend(all.iter().map(|&id| region.symbols.name(id))),
            _ => {}
        }
    }
    if column == "kind" {
        let registered = region.kinds.iter().filter(|kind| kind.table == table.name());
        ids.extend(registered.map(|kind| region.symbols.name(kind.kind)));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}
