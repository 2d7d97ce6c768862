//! Games of several players, read from JSON.

use super::decimal;
use crate::suggest::nearest;
use umbel_core::code::{F011, F015, F022};
use umbel_optimize::attribution::weighted_vote::WeightedVote;
use umbel_table::instance::{Object, Raw, Reader};

/// A game as a file states it.
#[derive(Debug)]
pub struct Stated {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The players: as they are named, else by their numbers.
    pub players: Vec<String>,
    /// What each coalition is worth.
    pub worth: Worth,
}

/// What each coalition of a game is worth.
#[derive(Debug)]
pub enum Worth {
    /// 1 where the weights reach the quota, else 0.
    Vote(WeightedVote),
    /// What the dearest member costs.
    Airport(Numbers),
    /// A value for each coalition, in the order of their masks.
    Table(Numbers),
}

/// Numbers of a file.
#[derive(Debug)]
pub struct Numbers {
    /// As doubles.
    pub values: Vec<f64>,
    /// As they are written: integers over a power of ten; `None` when they have too many digits.
    pub exact: Option<(Vec<i128>, i128)>,
}

/// The types, and the fields of each that hold numbers.
const TYPES: &[&str] = &["weighted-vote", "airport-cost", "cost-table", "value-table"];

/// Reads a game; `None` when something is wrong, which is told.
pub fn read<'a>(reader: &mut Reader<'a>, object: &Object<'a>) -> Option<Stated> {
    let name = match object.field("name") {
        Some(name) => Some(reader.words(name)?),
        None => None,
    };
    let named = match object.field("players") {
        Some(names) => Some((names, reader.list_of_words(names)?)),
        None => None,
    };
    let raw = needed(reader, object, "type")?;
    let kind = reader.words(raw)?;
    let (worth, players) = match kind.as_str() {
        "weighted-vote" => vote(reader, object)?,
        "airport-cost" => {
            let raw = needed(reader, object, "cost")?;
            let (costs, cells) = numbers(reader, raw)?;
            not_negative(reader, &costs.values, &cells, "cost")?;
            let players = cells.len();
            (Worth::Airport(costs), players)
        }
        "cost-table" => table(reader, object, "cost_by_bitmask", named.as_ref().map(|(_, names)| names.len()))?,
        "value-table" => table(reader, object, "value_by_bitmask", named.as_ref().map(|(_, names)| names.len()))?,
        other => {
            let fix = match nearest(other, TYPES.iter().copied()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("use one of {}", TYPES.join(", ")),
            };
            reader.tell(&F015, raw.text(), format!("there is no game of type \"{other}\""), fix);
            return None;
        }
    };
    let numbered = || (1..=players).map(|number| number.to_string()).collect();
    let players = match named {
        Some((raw, names)) if names.len() != players => {
            let message = format!("{} players are named, but the game has {players}", names.len());
            reader.tell(&F022, raw.text(), message, "name each player once, in the order of the numbers");
            return None;
        }
        Some((_, names)) => names,
        None => numbered(),
    };
    Some(Stated { name, players, worth })
}

/// A field that must be there.
fn needed<'a>(reader: &mut Reader<'a>, object: &Object<'a>, name: &str) -> Option<Raw<'a>> {
    let found = object.field(name);
    if found.is_none() {
        let fix = match name {
            "type" => format!("add \"type\", one of {}", TYPES.join(", ")),
            _ => format!("add \"{name}\""),
        };
        reader.tell(&F022, object.text(), format!("the game has no \"{name}\""), fix);
    }
    found
}

/// A list of numbers, and where each stands.
fn numbers<'a>(reader: &mut Reader<'a>, raw: Raw<'a>) -> Option<(Numbers, Vec<Raw<'a>>)> {
    let cells = reader.list(raw, "a list of numbers")?;
    if cells.is_empty() {
        reader.tell(&F022, raw.text(), "the list is empty, so there are no players", "give each player its number");
        return None;
    }
    let all: Vec<_> = cells.iter().map(|&cell| reader.number(cell)).collect();
    let (values, texts): (Vec<f64>, Vec<&str>) = all.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
    Some((Numbers { values, exact: decimal::integers(&texts) }, cells))
}

/// Tells the first number below 0.
fn not_negative<'a>(reader: &mut Reader<'a>, values: &[f64], cells: &[Raw<'a>], what: &str) -> Option<()> {
    let Some(at) = values.iter().position(|&value| value < 0.0) else { return Some(()) };
    let message = format!("the {what} of player {} is {}; it must not be negative", at + 1, cells[at].text());
    reader.tell(&F011, cells[at].text(), message, "give a number from 0");
    None
}

/// The numbers of a table, and of how many players it is.
fn table<'a>(
    reader: &mut Reader<'a>,
    object: &Object<'a>,
    field: &str,
    named: Option<usize>,
) -> Option<(Worth, usize)> {
    let raw = needed(reader, object, field)?;
    let (table, cells) = numbers(reader, raw)?;
    let found = cells.len();
    let players = named.unwrap_or(found.ilog2() as usize);
    if 1_usize.checked_shl(players as u32) != Some(found) || players == 0 {
        let wanted = 2_f64.powi(players.max(1) as i32);
        let message = match named {
            Some(players) => format!("there are {found} values, but {players} players have {wanted} coalitions"),
            None => format!("there are {found} values, which is not 2, 4, 8 or a further power of 2"),
        };
        let fix = "give a value for each coalition, the empty one first: value m is that of the players whose bits are set in m";
        reader.tell(&F022, raw.text(), message, fix);
        return None;
    }
    Some((Worth::Table(table), players))
}

/// A weighted vote and its number of players. Decimals become integers of a finer unit.
fn vote<'a>(reader: &mut Reader<'a>, object: &Object<'a>) -> Option<(Worth, usize)> {
    let quota = needed(reader, object, "quota")?;
    let raw = needed(reader, object, "weights")?;
    let (value, text) = reader.number(quota)?;
    let (weights, cells) = numbers(reader, raw)?;
    not_negative(reader, &weights.values, &cells, "weight")?;
    if value <= 0.0 {
        let fix = "give a quota above 0: with one of 0 nobody would win too";
        reader.tell(&F011, text, format!("the quota is {text}"), fix);
        return None;
    }
    let texts: Vec<&str> = std::iter::once(text).chain(cells.iter().map(|cell| cell.text())).collect();
    let whole = |integers: Vec<i128>| integers.into_iter().map(u64::try_from).collect::<Result<Vec<_>, _>>().ok();
    let Some(mut whole) = decimal::integers(&texts).and_then(|(integers, _)| whole(integers)) else {
        let message = "the quota and the weights have too many digits for one scale";
        reader.tell(&F022, raw.text(), message, "give them as whole numbers below 9,223,372,036,854,775,808");
        return None;
    };
    let quota = whole.remove(0);
    match WeightedVote::new(quota, whole) {
        Ok(vote) => Some((Worth::Vote(vote), cells.len())),
        Err(error) => {
            reader.tell(&F022, raw.text(), error.to_string(), F022.mend);
            None
        }
    }
}
