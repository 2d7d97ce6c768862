//! Applies selections and filters to the tables, and says what in them is unknown.

use crate::filter::{Condition, Filter, Places, Scalar, Tests};
use crate::method::Problem;
use crate::suggest::nearest;
use crate::table::{ColumnKind as Is, ids_of, occurs};
use crate::tree::PlaceTree;
use umbel_core::{Period, Symbol, code};
use umbel_table::Region;

pub use crate::table::{Table, Value, column_unit, date_of, days_of, number_of, value};

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
