//! Units: UCUM codes with annotations that are dimensions of their own.
//!
//! Source: The Unified Code for Units of Measure, version 2.2, for the codes and their definitions. Differences: an
//! annotation `{person}` is a dimension (UCUM ignores it), so people and yuan never add; arbitrary and logarithmic
//! units are left out; degrees Celsius are a dimension of their own, so they never convert to kelvin by a factor.

mod atoms;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A base dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// Length, in metres.
    Metre,
    /// Mass, in grams.
    Gram,
    /// Time, in seconds.
    Second,
    /// Electric charge, in coulombs.
    Coulomb,
    /// Temperature difference, in kelvins.
    Kelvin,
    /// Temperature, in degrees Celsius.
    Celsius,
    /// Luminous intensity, in candelas.
    Candela,
    /// Plane angle, in radians.
    Radian,
    /// Information, in bits.
    Bit,
    /// What an annotation counts: persons, beds, yuan.
    Annotation(Arc<str>),
}

/// A unit: a product of powers of dimensions with an exact rational scale.
///
/// Two units are equal when scale and dimensions are; the text as written is kept for display only.
#[derive(Clone)]
pub struct Unit {
    text: Arc<str>,
    /// Scale against the product of the base dimensions, in lowest terms.
    numerator: i128,
    denominator: i128,
    /// Sorted, without zero exponents.
    dimensions: Arc<[(Dimension, i8)]>,
}

/// Why a text is not a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// A code that UCUM or this table of it does not have.
    #[error("\"{0}\" is not a unit; what is counted goes in braces, as in {{person}}")]
    Unknown(String),
    /// The text stops or goes on where it must not.
    #[error("\"{0}\" is not a unit expression")]
    Syntax(String),
    /// A scale too large to be held exactly.
    #[error("\"{0}\" has a scale too large to be exact")]
    Overflow(String),
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (a as i128).max(1)
}

impl Unit {
    /// The unit 1.
    pub fn one() -> Unit {
        Unit { text: "1".into(), numerator: 1, denominator: 1, dimensions: [].into() }
    }

    /// Per cent.
    pub fn percent() -> Unit {
        Unit { text: "%".into(), numerator: 1, denominator: 100, dimensions: [].into() }
    }

    /// Reads a unit expression; an empty text is the unit 1.
    ///
    /// # Errors
    /// [`UnitError`] says which part is not understood.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        if text.is_empty() {
            return Ok(Unit::one());
        }
        let mut parser = Parser { text, rest: text, depth: 0 };
        let unit = parser.term()?;
        if !parser.rest.is_empty() {
            return Err(UnitError::Syntax(text.to_owned()));
        }
        Ok(unit.named(text))
    }

    fn named(mut self, text: &str) -> Unit {
        self.text = text.into();
        self
    }

    fn build(numerator: i128, denominator: i128, dimensions: Vec<(Dimension, i8)>) -> Unit {
        let divisor = gcd(numerator, denominator);
        let mut unit = Unit {
            text: "".into(),
            numerator: numerator / divisor,
            denominator: denominator / divisor,
            dimensions: dimensions.into(),
        };
        unit.text = unit.canonical().into();
        unit
    }

    /// The text of a unit that was computed, not written: scale, then dimensions.
    fn canonical(&self) -> String {
        let mut parts = Vec::new();
        let power = |mut n: i128| {
            let mut exponent = 0;
            while n > 1 && n % 10 == 0 {
                n /= 10;
                exponent += 1;
            }
            (n == 1).then_some(exponent)
        };
        match (self.numerator, self.denominator) {
            (1, 1) => {}
            (n, 1) => parts.push(power(n).map_or_else(|| n.to_string(), |e| format!("10*{e}"))),
            (1, d) if power(d).is_some() => parts.push(format!("10*-{}", power(d).unwrap_or_default())),
            (n, d) => parts.push(format!("{n}/{d}")),
        }
        let code = |dimension: &Dimension| match dimension {
            Dimension::Metre => "m".to_owned(),
            Dimension::Gram => "g".to_owned(),
            Dimension::Second => "s".to_owned(),
            Dimension::Coulomb => "C".to_owned(),
            Dimension::Kelvin => "K".to_owned(),
            Dimension::Celsius => "Cel".to_owned(),
            Dimension::Candela => "cd".to_owned(),
            Dimension::Radian => "rad".to_owned(),
            Dimension::Bit => "bit".to_owned(),
            Dimension::Annotation(name) => format!("{{{name}}}"),
        };
        let raised = |dimension: &Dimension, exponent: i8| match (dimension, exponent) {
            (_, 1) => code(dimension),
            (Dimension::Annotation(_), n) => vec![code(dimension); usize::from(n.unsigned_abs())].join("."),
            (_, n) => format!("{}{n}", code(dimension)),
        };
        for (dimension, exponent) in self.dimensions.iter().filter(|(_, e)| *e > 0) {
            parts.push(raised(dimension, *exponent));
        }
        let mut text = parts.join(".");
        for (dimension, exponent) in self.dimensions.iter().filter(|(_, e)| *e < 0) {
            for _ in 0..exponent.unsigned_abs() {
                if text.is_empty() {
                    text.push('1');
                }
                text.push('/');
                text.push_str(&code(dimension));
            }
        }
        if text.is_empty() { "1".to_owned() } else { text }
    }

    /// The unit as written, or in canonical form when it was computed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Numerator and denominator of the scale against the base dimensions.
    pub fn scale(&self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// Dimensions with their exponents, sorted.
    pub fn dimensions(&self) -> &[(Dimension, i8)] {
        &self.dimensions
    }

    /// Whether both measure the same kind of thing, so that values convert by a factor.
    pub fn same_dimension(&self, other: &Unit) -> bool {
        self.dimensions == other.dimensions
    }

    /// Whether it has no dimension (a share, a ratio, an index).
    pub fn is_dimensionless(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// The value expressed in another unit of the same dimension; `None` for another dimension.
    ///
    /// The factor is exact; the result is rounded once or twice.
    pub fn convert(&self, value: f64, to: &Unit) -> Option<f64> {
        self.factor(to).map(|factor| factor.apply(value))
    }

    /// The exact factor to another unit of the same dimension.
    pub fn factor(&self, to: &Unit) -> Option<Factor> {
        if self.dimensions != to.dimensions {
            return None;
        }
        let (a, b) = (gcd(self.numerator, to.numerator), gcd(self.denominator, to.denominator));
        let numerator = (self.numerator / a).checked_mul(to.denominator / b)?;
        let denominator = (self.denominator / b).checked_mul(to.numerator / a)?;
        let divisor = gcd(numerator, denominator);
        Some(Factor { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// The product.
    ///
    /// # Errors
    /// [`UnitError::Overflow`] when the scale or an exponent can no longer be held.
    pub fn times(&self, other: &Unit) -> Result<Unit, UnitError> {
        self.combine(other, 1)
    }

    /// The quotient.
    ///
    /// # Errors
    /// As for [`Unit::times`].
    pub fn per(&self, other: &Unit) -> Result<Unit, UnitError> {
        self.combine(&other.power(-1)?, 1)
    }

    /// The whole power.
    ///
    /// # Errors
    /// As for [`Unit::times`].
    pub fn power(&self, exponent: i8) -> Result<Unit, UnitError> {
        let overflow = || UnitError::Overflow(format!("({}){exponent}", self.text));
        let raise = |n: i128| n.checked_pow(u32::from(exponent.unsigned_abs()));
        let (mut numerator, mut denominator) =
            (raise(self.numerator).ok_or_else(overflow)?, raise(self.denominator).ok_or_else(overflow)?);
        if exponent < 0 {
            (numerator, denominator) = (denominator, numerator);
        }
        let mut dimensions = Vec::new();
        for (dimension, e) in self.dimensions.iter().filter(|_| exponent != 0) {
            dimensions.push((dimension.clone(), e.checked_mul(exponent).ok_or_else(overflow)?));
        }
        Ok(Unit::build(numerator, denominator, dimensions))
    }

    fn combine(&self, other: &Unit, sign: i8) -> Result<Unit, UnitError> {
        let overflow = || UnitError::Overflow(format!("{}.{}", self.text, other.text));
        let (a, b) = (gcd(self.numerator, other.denominator), gcd(other.numerator, self.denominator));
        let numerator = (self.numerator / a).checked_mul(other.numerator / b).ok_or_else(overflow)?;
        let denominator = (self.denominator / b).checked_mul(other.denominator / a).ok_or_else(overflow)?;
        let mut dimensions = self.dimensions.to_vec();
        for (dimension, exponent) in other.dimensions.iter() {
            let exponent = exponent.checked_mul(sign).ok_or_else(overflow)?;
            match dimensions.binary_search_by(|(d, _)| d.cmp(dimension)) {
                Ok(at) => {
                    dimensions[at].1 = dimensions[at].1.checked_add(exponent).ok_or_else(overflow)?;
                    if dimensions[at].1 == 0 {
                        dimensions.remove(at);
                    }
                }
                Err(at) => dimensions.insert(at, (dimension.clone(), exponent)),
            }
        }
        Ok(Unit::build(numerator, denominator, dimensions))
    }
}

/// An exact factor between two units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    numerator: i128,
    denominator: i128,
}

impl Factor {
    /// Whether it is 1.
    pub fn is_one(self) -> bool {
        self.numerator == self.denominator
    }

    /// The value times the factor.
    pub fn apply(self, value: f64) -> f64 {
        match (self.numerator, self.denominator) {
            (1, 1) => value,
            (n, 1) => value * n as f64,
            (1, d) => value / d as f64,
            (n, d) => value * n as f64 / d as f64,
        }
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.numerator == other.numerator
            && self.denominator == other.denominator
            && self.dimensions == other.dimensions
    }
}
impl Eq for Unit {}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Default for Unit {
    fn default() -> Self {
        Unit::one()
    }
}

impl Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Unit::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Recursive descent over `term := ['/'] component (('.' | '/') component)*`.
struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    depth: u8,
}

impl Parser<'_> {
    fn syntax(&self) -> UnitError {
        UnitError::Syntax(self.text.to_owned())
    }

    fn take(&mut self, symbol: char) -> bool {
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn term(&mut self) -> Result<Unit, UnitError> {
        let mut unit = if self.take('/') { Unit::one().per(&self.component()?)? } else { self.component()? };
        loop {
            if self.take('.') {
                unit = unit.times(&self.component()?)?;
            } else if self.take('/') {
                unit = unit.per(&self.component()?)?;
            } else {
                return Ok(unit);
            }
        }
    }

    fn component(&mut self) -> Result<Unit, UnitError> {
        if self.take('(') {
            self.depth += 1;
            if self.depth > 8 {
                return Err(self.syntax());
            }
            let unit = self.term()?;
            self.depth -= 1;
            return if self.take(')') { Ok(unit) } else { Err(self.syntax()) };
        }
        let mut unit = match self.rest.find(['.', '/', '(', ')', '{']) {
            Some(0) if self.rest.starts_with('{') => Unit::one(),
            Some(0) => return Err(self.syntax()),
            end => {
                let (code, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                if code.is_empty() {
                    return Err(self.syntax());
                }
                self.simple(code)?
            }
        };
        while self.take('{') {
            let (name, rest) = self.rest.split_once('}').ok_or_else(|| self.syntax())?;
            if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '{') {
                return Err(self.syntax());
            }
            self.rest = rest;
            unit = unit.times(&Unit::build(1, 1, vec![(Dimension::Annotation(name.into()), 1)]))?;
        }
        Ok(unit)
    }

    /// A factor (`10*8`, `1000`) or a unit code with prefix and exponent (`km2`, `m-2`).
    fn simple(&self, code: &str) -> Result<Unit, UnitError> {
        let overflow = || UnitError::Overflow(self.text.to_owned());
        if let Some(exponent) = code.strip_prefix("10*").or_else(|| code.strip_prefix("10^")) {
            let exponent: i8 = if exponent.is_empty() { 1 } else { exponent.parse().map_err(|_| self.syntax())? };
            let power = 10_i128.checked_pow(u32::from(exponent.unsigned_abs())).ok_or_else(overflow)?;
            return Ok(if exponent < 0 { Unit::build(1, power, vec![]) } else { Unit::build(power, 1, vec![]) });
        }
        if code.bytes().all(|b| b.is_ascii_digit()) {
            let factor: i128 = code.parse().map_err(|_| overflow())?;
            return if factor == 0 { Err(self.syntax()) } else { Ok(Unit::build(factor, 1, vec![])) };
        }
        let digits = code.trim_end_matches(|c: char| c.is_ascii_digit());
        let stem = digits.strip_suffix(['-', '+']).filter(|_| digits.len() < code.len()).unwrap_or(digits);
        let exponent: i8 = match &code[stem.len()..] {
            "" => 1,
            text => text.parse().map_err(|_| self.syntax())?,
        };
        atoms::find(stem).ok_or_else(|| UnitError::Unknown(stem.to_owned()))?.power(exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        Unit::parse(text).expect(text)
    }

    #[test]
    fn converts_exactly() {
        assert_eq!(unit("10*8.{CNY}").convert(99_661.0, &unit("10*12.{CNY}")), Some(9.9661));
        assert_eq!(unit("km2").convert(1.5, &unit("har")), Some(150.0));
        assert_eq!(unit("GW").convert(26.47, &unit("10*4.kW")), Some(2647.0));
        assert_eq!(unit("W.h").convert(1.0, &unit("J")), Some(3600.0));
        assert_eq!(unit("%").convert(66.5, &unit("1")), Some(0.665));
        assert_eq!(unit("ug/m3").convert(1.0, &unit("mg/m3")), Some(0.001));
    }

    #[test]
    fn keeps_people_and_yuan_apart() {
        assert_eq!(unit("{person}").convert(1.0, &unit("{CNY}")), None);
        assert_eq!(unit("{CNY}").convert(1.0, &unit("{CNY_2022}")), None);
        assert!(unit("{CNY}").per(&unit("{person}")).expect("small").same_dimension(&unit("10*8.{CNY}/10*4/{person}")));
    }

    #[test]
    fn refuses_what_is_no_unit() {
        for text in ["yuan", "km^", "{", "{}", "{a b}", "m..s", "(m", "m/", "10*x", "0", "10*60", "km2 "] {
            assert!(Unit::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn computed_units_can_be_read_again() {
        for text in ["10*8.{CNY}/{person}", "m3/s", "/km2", "{bed}/10*3/{person}", "{a}.{a}", "min", "1"] {
            let computed = unit(text).times(&unit("km")).expect("small");
            assert_eq!(unit(computed.text()), computed, "{text} -> {computed}");
        }
    }
}
