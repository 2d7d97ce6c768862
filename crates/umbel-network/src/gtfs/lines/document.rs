//! What stands in a `lines.toml`, as it is written.

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub timezone: Spanned<String>,
    pub agency: Option<String>,
    pub url: Option<String>,
    #[serde(default)]
    pub stop: Vec<DeclaredStop>,
    #[serde(default)]
    pub line: Vec<Spanned<Line>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredStop {
    pub id: Spanned<String>,
    pub name: String,
    pub lon: Spanned<f64>,
    pub lat: Spanned<f64>,
    pub wheelchair: Option<bool>,
}

/// A number for the whole line, or one for each stretch.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(f64),
    Many(Vec<f64>),
}

/// A word or a number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Vehicle {
    Word(String),
    Number(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub id: Spanned<String>,
    pub name: String,
    pub vehicle: Spanned<Vehicle>,
    pub stops: Vec<Spanned<String>>,
    pub minutes: Option<Spanned<Vec<f64>>>,
    pub km: Option<Spanned<Vec<f64>>>,
    pub speed: Option<Spanned<OneOrMany>>,
    pub dwell: Option<Spanned<f64>>,
    pub both_directions: Option<bool>,
    pub opened: Option<Spanned<toml::value::Datetime>>,
    pub closed: Option<Spanned<toml::value::Datetime>>,
    #[serde(default)]
    pub service: Vec<Spanned<Runs>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Runs {
    pub days: Option<Vec<Spanned<String>>>,
    pub from: Option<Spanned<String>>,
    pub to: Option<Spanned<String>>,
    pub headway: Option<Spanned<f64>>,
    #[serde(default)]
    pub exact: bool,
    pub departures: Option<Vec<Spanned<String>>>,
}

/// Vehicles by their English words.
pub(super) const VEHICLES: &[(&str, u16)] = &[
    ("tram", 0),
    ("light_rail", 0),
    ("metro", 1),
    ("subway", 1),
    ("rail", 2),
    ("high_speed_rail", 101),
    ("bus", 3),
    ("ferry", 4),
    ("cable_tram", 5),
    ("aerial_lift", 6),
    ("funicular", 7),
    ("trolleybus", 11),
    ("monorail", 12),
    ("coach", 200),
    ("air", 1100),
];

/// Days of the week by their words, bit 0 = Monday.
pub(super) const DAYS: &[(&str, u8)] = &[
    ("daily", 0b111_1111),
    ("weekdays", 0b001_1111),
    ("weekends", 0b110_0000),
    ("monday", 1),
    ("tuesday", 1 << 1),
    ("wednesday", 1 << 2),
    ("thursday", 1 << 3),
    ("friday", 1 << 4),
    ("saturday", 1 << 5),
    ("sunday", 1 << 6),
];
