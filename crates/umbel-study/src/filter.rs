//! Selections and filters: which places, which rows of a table.
//!
//! One language for every method and the report: `column = value`, `column = [values]`, `column = { tests }`.

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use umbel_core::Period;

/// Places: one id, a list of ids, or a filter on the places table.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Places {
    /// One place by its id.
    One(String),
    /// Places by their ids.
    List(Vec<String>),
    /// Every place that passes the filter.
    Filter(Filter),
}

/// A filter on the rows of a table: a condition for each column named; a row passes when all hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Filter(pub BTreeMap<String, Condition>);

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    /// The cell (or one of a list cell) is this value.
    Is(Scalar),
    /// The cell (or one of a list cell) is one of these values.
    Any(Vec<Scalar>),
    /// Every test given holds.
    Tests(Tests),
}

/// A value in a filter.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// An id or text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
}

/// Tests on one column; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    /// A place column: that place, or below it, or a zone of which a part lies in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Not this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Scalar>,
    /// A number, this or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// A number, this or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// A period column lies in this period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub during: Option<Period>,
    /// A period column ends at or before the end of this period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub by: Option<Period>,
}

impl Scalar {
    /// As text, numbers in their shortest form.
    pub fn text(&self) -> String {
        match self {
            Scalar::Text(text) => text.clone(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Flag(flag) => flag.to_string(),
        }
    }
}

impl From<&str> for Places {
    fn from(id: &str) -> Places {
        Places::One(id.to_owned())
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true or false")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar, E> {
                Ok(Scalar::Flag(flag))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Condition;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, a list of values, or a table of tests such as { at_least = 5 }")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Condition, E> {
                Ok(Condition::Is(Scalar::Text(text.to_owned())))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Condition, E> {
                Ok(Condition::Is(Scalar::Number(number as f64)))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Condition, E> {
                Ok(Condition::Is(Scalar::Number(number as f64)))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Condition, E> {
                Ok(Condition::Is(Scalar::Number(number)))
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Condition, E> {
                Ok(Condition::Is(Scalar::Flag(flag)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Condition, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Condition::Any)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Condition::Tests)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Places;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a place id, a list of place ids, or a filter such as { kind = \"city\" }")
            }
            fn visit_str<E: Error>(self, id: &str) -> Result<Places, E> {
                Ok(Places::One(id.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Places, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Places::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Places, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Places::Filter)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
