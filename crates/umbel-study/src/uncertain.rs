//! Parameters of measures that are not known exactly: `{ value = 0.3, low = 0.2, high = 0.4 }` where a number may stand.
//!
//! The method sees the value. Draws put other numbers in its place, the same for every plan (`plan/draws.rs`).

use crate::document::Positions;
use crate::method::AnyMethod;
use serde_json::Value as Json;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use umbel_core::random::Stream;
use umbel_core::{Finding, code};

/// How a number is spread between its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distribution {
    /// Half a normal distribution on each side of the value, which is the median; `low` and `high` are the quantiles at
    /// 2.5 and 97.5 %. A side without an end has no spread.
    #[default]
    Normal,
    /// Every number from `low` to `high` alike.
    Uniform,
    /// From `low` to `high`, most likely at the value, less in a straight line on either side.
    Triangular,
}

impl Distribution {
    const WORDS: [(&'static str, Distribution); 3] = [
        ("normal", Distribution::Normal),
        ("uniform", Distribution::Uniform),
        ("triangular", Distribution::Triangular),
    ];

    /// A number of the distribution. NaN stands for an end that is not given.
    pub(crate) fn draw(self, (low, value, high): (f64, f64, f64), stream: &mut Stream) -> f64 {
        match self {
            Distribution::Normal => between((low, value, high), stream.normal()),
            Distribution::Uniform => low + stream.uniform() * (high - low),
            Distribution::Triangular => {
                let (u, width) = (stream.uniform(), high - low);
                // The inverse of the cumulative distribution, which is a parabola on either side of the value.
                if u * width < value - low {
                    low + (u * width * (value - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - value)).sqrt()
                }
            }
        }
    }
}

/// The standard normal quantile at 97.5 %.
const Z: f64 = 1.959_963_984_540_054;

/// The number that lies `z` standard deviations from a value with its 95 % interval.
pub(crate) fn between((low, value, high): (f64, f64, f64), z: f64) -> f64 {
    let end = if z < 0.0 { low } else { high };
    match end.is_nan() {
        true => value,
        false => value + z.abs() / Z * (end - value),
    }
}

/// A parameter that is not known exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    /// Where it is among the parameters: keys, and numbers of items of lists.
    pub path: Vec<String>,
    /// Low end, value, high end; NaN where an end is not given.
    pub numbers: (f64, f64, f64),
    /// How it is spread.
    pub distribution: Distribution,
}

impl Uncertain {
    /// Its name, with dots.
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// The place of the parameter in the parameters of a method.
    fn of<'a>(&self, parameters: &'a mut Json) -> Option<&'a mut Json> {
        self.path.iter().try_fold(parameters, |at, key| match at {
            Json::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
            other => other.get_mut(key),
        })
    }

    /// Puts a number into the parameters of a method: rounded where the method counts in whole numbers; whether there is
    /// such a parameter.
    pub(crate) fn put(&self, parameters: &mut Json, number: f64) -> bool {
        let Some(slot) = self.of(parameters) else { return false };
        let new = match slot {
            Json::Number(held) if held.is_f64() => serde_json::Number::from_f64(number),
            Json::Number(_) => Some(serde_json::Number::from(number.round() as i64)),
            _ => None,
        };
        let Some(new) = new else { return false };
        *slot = Json::Number(new);
        true
    }
}

/// Takes the intervals out of the parameters of a measure and leaves their values. What is wrong with one is told, and
/// it is then as certain as its value.
pub(crate) fn take(table: &mut DeTable<'_>, positions: &Positions, findings: &mut Vec<Finding>) -> Vec<Uncertain> {
    let mut taker = Taker { positions, findings, found: Vec::new() };
    taker.table(table, &[]);
    taker.found
}

/// Says which of the parameters a method cannot be given anew, and leaves them out.
pub(crate) fn check(
    uncertain: &mut Vec<Uncertain>,
    method: &Arc<dyn AnyMethod>,
    again: impl Fn(Json) -> bool,
    positions: &Positions,
    findings: &mut Vec<Finding>,
) {
    uncertain.retain(|one| {
        let mut parameters = method.parameters();
        let fits = one.put(&mut parameters, one.numbers.1) && again(parameters);
        if !fits && let Some(at) = positions.value(&one.name()) {
            let message = format!("The parameter `{}` takes no interval.", one.name());
            findings.push(Finding::new(
                &code::M002,
                at,
                message,
                "Only numbers have an interval: write the value alone.",
            ));
        }
        fits
    });
}

struct Taker<'a> {
    positions: &'a Positions,
    findings: &'a mut Vec<Finding>,
    found: Vec<Uncertain>,
}

impl Taker<'_> {
    fn table(&mut self, table: &mut DeTable<'_>, path: &[String]) {
        for (key, value) in table.iter_mut() {
            let path: Vec<String> = path.iter().cloned().chain([key.get_ref().to_string()]).collect();
            self.value(value, path);
        }
    }

    fn value(&mut self, value: &mut Spanned<DeValue<'_>>, path: Vec<String>) {
        let plain = match value.get_mut() {
            DeValue::Table(table) if is_interval(table) => self.interval(table, path),
            DeValue::Table(table) => return self.table(table, &path),
            DeValue::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.value(item, path.iter().cloned().chain([at.to_string()]).collect());
                }
                return;
            }
            _ => return,
        };
        if let Some(plain) = plain {
            *value.get_mut() = plain;
        }
    }

    /// The value of an interval, which is noted.
    fn interval<'i>(&mut self, table: &mut DeTable<'i>, path: Vec<String>) -> Option<DeValue<'i>> {
        let name = path.join(".");
        let (mut numbers, mut distribution) = ([f64::NAN; 3], Distribution::default());
        let mut sound = true;
        let mut tell = |at: usize, message: String, fix: String| {
            sound = false;
            self.findings.push(Finding::new(&code::M002, self.positions.location(at), message, fix));
        };
        let mut start = 0;
        for (key, value) in table.iter() {
            let at = value.span().start;
            let slot = match key.get_ref().as_ref() {
                "low" => 0,
                "value" => {
                    start = at;
                    1
                }
                "high" => 2,
                "distribution" => {
                    let word = value.get_ref().as_str().unwrap_or_default();
                    match Distribution::WORDS.iter().find(|(name, _)| *name == word) {
                        Some((_, known)) => distribution = *known,
                        None => {
                            let words = Distribution::WORDS.map(|(word, _)| word).join(", ");
                            tell(at, format!("`{name}` has no such distribution."), format!("Write one of {words}."));
                        }
                    }
                    continue;
                }
                other => {
                    let fix = "It has value, low, high and distribution.".to_owned();
                    tell(key.span().start, format!("The interval of `{name}` has no key `{other}`."), fix);
                    continue;
                }
            };
            match number(value.get_ref()) {
                Some(number) => numbers[slot] = number,
                None => {
                    tell(at, format!("`{}` of `{name}` is no number.", key.get_ref()), "Write a number.".to_owned())
                }
            }
        }
        let [low, value, high] = numbers;
        if low > value || value > high || low > high {
            let message = format!("low and high of `{name}` do not hold the value between them.");
            tell(start, message, "Order them: low, value, high.".to_owned());
        }
        if distribution != Distribution::Normal && (low.is_nan() || high.is_nan()) {
            let message = format!("The distribution of `{name}` needs both low and high.");
            tell(start, message, "Give both, or leave the distribution out.".to_owned());
        }
        if sound {
            self.found.push(Uncertain { path, numbers: (low, value, high), distribution });
        }
        table.remove("value").map(Spanned::into_inner)
    }
}

/// Whether a table stands for a number: it has a value, and says how sure that is.
fn is_interval(table: &DeTable<'_>) -> bool {
    let is_number = table.get("value").is_some_and(|value| number(value.get_ref()).is_some());
    is_number && ["low", "high", "distribution"].iter().any(|key| table.contains_key(*key))
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    text.replace('_', "").parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_distribution_has_its_quantiles() {
        let numbers = (2.0, 5.0, 12.0);
        let expected = [
            (Distribution::Normal, [(2.0, 0.025), (5.0, 0.5), (12.0, 0.975)]),
            (Distribution::Uniform, [(2.0, 0.0), (7.0, 0.5), (12.0, 1.0)]),
            // (x - a)^2 / ((b - a) (c - a)) to the left of c.
            (Distribution::Triangular, [(3.0, 1.0 / 30.0), (5.0, 0.3), (8.5, 1.0 - 12.25 / 70.0)]),
        ];
        for (distribution, quantiles) in expected {
            let all: Vec<f64> =
                (0..40_000).map(|stream| distribution.draw(numbers, &mut Stream::new(7, stream))).collect();
            for (at, share) in quantiles {
                let found = all.iter().filter(|number| **number < at).count() as f64 / all.len() as f64;
                // Four standard errors of a share.
                let error = 4.0 * (share * (1.0 - share) / all.len() as f64).sqrt();
                assert!((found - share).abs() <= error, "{distribution:?} below {at}: {found}, not {share}");
            }
        }
    }
}
