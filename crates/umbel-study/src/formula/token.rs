//! Tokens of a formula.

use super::{Formula, FormulaError, Reference};
use umbel_core::{Atom, Period, Unit};

/// A token and the column at which it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64, Option<Unit>),
    Reference(Reference),
    /// A name directly followed by an opening parenthesis.
    Function(String),
    Sign(char),
    End,
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
    column: u32,
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Tokens<'a> {
        Tokens { rest: text, column: 1 }
    }

    fn error<T>(column: u32, message: impl Into<String>) -> Result<T, FormulaError> {
        Err(FormulaError { column, message: message.into() })
    }

    /// Takes `bytes` bytes, which end at a character.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.column += taken.chars().count() as u32;
        taken
    }

    fn skip_space(&mut self) {
        let space = self.rest.len() - self.rest.trim_start().len();
        self.take(space);
    }

    pub(super) fn next(&mut self) -> Result<(Token, u32), FormulaError> {
        self.skip_space();
        let column = self.column;
        let Some(first) = self.rest.chars().next() else {
            return Ok((Token::End, column));
        };
        let token = match first {
            '0'..='9' | '.' => self.number()?,
            '+' | '-' | '*' | '/' | '^' | '(' | ')' | ',' => {
                self.take(1);
                Token::Sign(first)
            }
            '−' | '×' | '·' | '÷' => {
                self.take(first.len_utf8());
                Token::Sign(match first {
                    '−' => '-',
                    '÷' => '/',
                    _ => '*',
                })
            }
            'a'..='z' | 'A'..='Z' | '_' | '`' => self.name()?,
            _ => return Tokens::error(column, format!("\"{first}\" means nothing in a formula")),
        };
        Ok((token, column))
    }

    fn number(&mut self) -> Result<Token, FormulaError> {
        let column = self.column;
        let bytes = self.rest.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        let text = self.take(end);
        if let Some(next) = self.rest.chars().next().filter(|c| is_id(*c)) {
            return Tokens::error(
                column,
                format!(
                    "\"{text}{next}\" is neither a number nor an id; ids that start with a digit stand in backticks"
                ),
            );
        }
        let Some(value) = text.parse::<f64>().ok().filter(|v| v.is_finite()) else {
            return Tokens::error(column, format!("\"{text}\" is not a number"));
        };
        self.skip_space();
        let unit = if self.rest.starts_with('\'') { Some(self.unit()?) } else { None };
        Ok(Token::Number(value, unit))
    }

    fn unit(&mut self) -> Result<Unit, FormulaError> {
        let column = self.column;
        let text = self.between('\'', "unit")?;
        Unit::parse(text).or_else(|error| Tokens::error(column + 1, error.to_string()))
    }

    /// What stands between this quote and the next.
    fn between(&mut self, quote: char, what: &str) -> Result<&'a str, FormulaError> {
        let column = self.column;
        self.take(1);
        match self.rest.find(quote) {
            Some(end) => {
                let text = self.take(end);
                self.take(1);
                Ok(text)
            }
            None => Tokens::error(column, format!("the {what} has no closing {quote}")),
        }
    }

    /// An id, bare or in backticks; empty when there is none.
    fn id(&mut self) -> Result<&'a str, FormulaError> {
        if self.rest.starts_with('`') {
            let column = self.column;
            let id = self.between('`', "id")?;
            return if id.is_empty() { Tokens::error(column, "an id is empty") } else { Ok(id) };
        }
        let end = self.rest.find(|c| !is_id(c)).unwrap_or(self.rest.len());
        Ok(self.take(end))
    }

    fn name(&mut self) -> Result<Token, FormulaError> {
        let column = self.column;
        let quoted = self.rest.starts_with('`');
        let indicator = self.id()?;
        if !quoted && self.rest.trim_start().starts_with('(') {
            return Ok(Token::Function(indicator.to_owned()));
        }
        let mut reference =
            Reference { indicator: indicator.to_owned(), place: None, period: None, breakdown: None, column };
        if self.rest.starts_with('@') {
            self.take(1);
            let place = self.id()?;
            reference.place = (!place.is_empty()).then(|| place.to_owned());
            let at = self.column;
            if self.rest.starts_with('@') {
                self.take(1);
                reference.period = Some(self.period()?);
            } else if place.is_empty() {
                return Tokens::error(at, "a place is missing after @");
            }
        }
        if self.rest.starts_with('[') {
            let breakdown = self.breakdown()?;
            reference.breakdown = Some(if breakdown == "_T" { String::new() } else { breakdown.to_owned() });
        }
        Ok(Token::Reference(reference))
    }

    fn breakdown(&mut self) -> Result<&'a str, FormulaError> {
        let column = self.column;
        self.take(1);
        match self.rest.find(']') {
            Some(0) => Tokens::error(column, "the breakdown is empty; write [_T] for the total"),
            Some(end) => {
                let text = self.take(end);
                self.take(1);
                Ok(text)
            }
            None => Tokens::error(column, "the breakdown has no closing ]"),
        }
    }

    /// The longest period at this point: `2022-07` is July, so a difference is written with spaces, `x@p@2022 - 7`.
    fn period(&mut self) -> Result<Period, FormulaError> {
        let column = self.column;
        let bytes = self.rest.as_bytes();
        let end = bytes
            .iter()
            .position(|b| !(b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'Q' | b'S' | b'W')))
            .unwrap_or(bytes.len());
        for length in (4..=end).rev() {
            let text = &self.rest[..length];
            let period = match text.split_once('/') {
                // An interval needs two whole units, so that `x@p@2022/10` stays a division.
                Some((from, to)) => {
                    Atom::parse(from).zip(Atom::parse(to)).and_then(|(from, to)| Period::interval(from, to))
                }
                None => Period::parse(text),
            };
            if let Some(period) = period {
                self.take(length);
                if self.rest.starts_with(is_id) {
                    break;
                }
                return Ok(period);
            }
        }
        Tokens::error(column, "a period such as 2022, 2022-07 or 2014/2022 is missing after the second @")
    }
}

impl Formula {
    /// The index of a reference, added when it is new.
    pub(super) fn reference(&mut self, reference: Reference) -> usize {
        let same = |held: &Reference| {
            held.indicator == reference.indicator
                && held.place == reference.place
                && held.period == reference.period
                && held.breakdown == reference.breakdown
        };
        self.references.iter().position(same).unwrap_or_else(|| {
            self.references.push(reference);
            self.references.len() - 1
        })
    }
}
