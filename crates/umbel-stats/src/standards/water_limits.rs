//! Limits of surface water: GB 3838-2002.
//!
//! Source: GB 3838-2002, Environmental quality standards for surface water, table 1.

use super::dated::{Dated, Validity};
use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use umbel_core::Date;

/// The kind of a body of water.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaterBody {
    /// A river or canal.
    #[default]
    River,
    /// A lake or reservoir.
    Lake,
}

macro_rules! items {
    ($($(#[doc = $doc:literal])+ $item:ident $name:literal,)*) => {
        /// What is measured in the water.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum WaterItem {
            $($(#[doc = $doc])+ $item,)*
        }

        /// Every item with its short name.
        pub const WATER_ITEMS: &[(WaterItem, &str)] = &[$((WaterItem::$item, $name)),*];
    };
}

items! {
    /// pH, without unit.
    Ph "pH",
    /// Dissolved oxygen, mg/L.
    DissolvedOxygen "DO",
    /// Dissolved oxygen, per cent of saturation.
    OxygenSaturation "DO_saturation",
    /// Permanganate index, mg/L.
    PermanganateIndex "CODMn",
    /// Chemical oxygen demand, mg/L.
    ChemicalOxygenDemand "COD",
    /// Biochemical oxygen demand of five days, mg/L.
    BiochemicalOxygenDemand "BOD5",
    /// Ammonia nitrogen, mg/L.
    Ammonia "NH3N",
    /// Total phosphorus, mg/L.
    Phosphorus "TP",
    /// Total nitrogen (lakes and reservoirs), mg/L.
    Nitrogen "TN",
    /// Copper, mg/L.
    Copper "Cu",
    /// Zinc, mg/L.
    Zinc "Zn",
    /// Fluoride, mg/L.
    Fluoride "F",
    /// Selenium, mg/L.
    Selenium "Se",
    /// Arsenic, mg/L.
    Arsenic "As",
    /// Mercury, mg/L.
    Mercury "Hg",
    /// Cadmium, mg/L.
    Cadmium "Cd",
    /// Chromium (VI), mg/L.
    Chromium "Cr6",
    /// Lead, mg/L.
    Lead "Pb",
    /// Cyanide, mg/L.
    Cyanide "CN",
    /// Volatile phenol, mg/L.
    Phenol "phenol",
    /// Petroleum, mg/L.
    Oil "oil",
    /// Anionic surfactants, mg/L.
    Surfactants "LAS",
    /// Sulphide, mg/L.
    Sulphide "S2",
    /// Faecal coliforms, number a litre.
    Coliforms "Ecoli",
}

impl fmt::Display for WaterItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WATER_ITEMS.iter().find(|(item, _)| item == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for WaterItem {
    type Err = Error;

    /// From its short name, in capital or small letters.
    fn from_str(text: &str) -> Result<WaterItem, Error> {
        let found = WATER_ITEMS.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
        found.map(|(item, _)| *item).ok_or_else(|| {
            let names: Vec<&str> = WATER_ITEMS.iter().map(|(_, name)| *name).collect();
            Error::Parameter {
                parameter: "item",
                message: format!("{text} is not in the table; there are {}", names.join(", ")),
            }
        })
    }
}

impl From<WaterItem> for String {
    fn from(item: WaterItem) -> String {
        item.to_string()
    }
}

impl TryFrom<String> for WaterItem {
    type Error = Error;

    fn try_from(text: String) -> Result<WaterItem, Error> {
        text.parse()
    }
}

/// The limits of an item for the classes I to V.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limits {
    /// At most these.
    AtMost([f64; 5]),
    /// At least these.
    AtLeast([f64; 5]),
    /// Between these for every class.
    Between(f64, f64),
    /// At least this for class I; below, the item says nothing.
    FirstFrom(f64),
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is measured.
    pub item: WaterItem,
    /// The kind of water it is for; `None`: both.
    pub body: Option<WaterBody>,
    /// The limits.
    pub limits: Limits,
}

/// An edition of limits.
#[derive(Clone, Debug, PartialEq)]
pub struct WaterLimits {
    /// Name and days.
    pub validity: Validity,
    /// Its rows.
    pub rows: &'static [Row],
}

impl Dated for WaterLimits {
    fn validity(&self) -> &Validity {
        &self.validity
    }
}

impl WaterLimits {
    /// The limits of an item in a kind of water; `None` where the table has no row for it.
    pub fn limits(&self, item: WaterItem, body: WaterBody) -> Option<Limits> {
        let fits = |row: &&Row| row.item == item && row.body.is_none_or(|of| of == body);
        self.rows.iter().find(fits).map(|row| row.limits)
    }
}

const fn at_most(item: WaterItem, limits: [f64; 5]) -> Row {
    Row { item, body: None, limits: Limits::AtMost(limits) }
}

/// Every edition, oldest first.
pub static WATER_LIMITS: &[WaterLimits] = &[WaterLimits {
    validity: Validity {
        name: "gb_3838_2002",
        title: "GB 3838-2002",
        published: Date::constant(2002, 4, 28),
        valid_from: Date::constant(2002, 6, 1),
        valid_to: None,
        note: "Table 1. Water temperature, which is a change against nature, has no row here.",
    },
    rows: &[
        Row { item: WaterItem::Ph, body: None, limits: Limits::Between(6.0, 9.0) },
        Row { item: WaterItem::DissolvedOxygen, body: None, limits: Limits::AtLeast([7.5, 6.0, 5.0, 3.0, 2.0]) },
        Row { item: WaterItem::OxygenSaturation, body: None, limits: Limits::FirstFrom(90.0) },
        at_most(WaterItem::PermanganateIndex, [2.0, 4.0, 6.0, 10.0, 15.0]),
        at_most(WaterItem::ChemicalOxygenDemand, [15.0, 15.0, 20.0, 30.0, 40.0]),
        at_most(WaterItem::BiochemicalOxygenDemand, [3.0, 3.0, 4.0, 6.0, 10.0]),
        at_most(WaterItem::Ammonia, [0.15, 0.5, 1.0, 1.5, 2.0]),
        Row {
            item: WaterItem::Phosphorus,
            body: Some(WaterBody::River),
            limits: Limits::AtMost([0.02, 0.1, 0.2, 0.3, 0.4]),
        },
        Row {
            item: WaterItem::Phosphorus,
            body: Some(WaterBody::Lake),
            limits: Limits::AtMost([0.01, 0.025, 0.05, 0.1, 0.2]),
        },
        Row {
            item: WaterItem::Nitrogen,
            body: Some(WaterBody::Lake),
            limits: Limits::AtMost([0.2, 0.5, 1.0, 1.5, 2.0]),
        },
        at_most(WaterItem::Copper, [0.01, 1.0, 1.0, 1.0, 1.0]),
        at_most(WaterItem::Zinc, [0.05, 1.0, 1.0, 2.0, 2.0]),
        at_most(WaterItem::Fluoride, [1.0, 1.0, 1.0, 1.5, 1.5]),
        at_most(WaterItem::Selenium, [0.01, 0.01, 0.01, 0.02, 0.02]),
        at_most(WaterItem::Arsenic, [0.05, 0.05, 0.05, 0.1, 0.1]),
        at_most(WaterItem::Mercury, [0.000_05, 0.000_05, 0.000_1, 0.001, 0.001]),
        at_most(WaterItem::Cadmium, [0.001, 0.005, 0.005, 0.005, 0.01]),
        at_most(WaterItem::Chromium, [0.01, 0.05, 0.05, 0.05, 0.1]),
        at_most(WaterItem::Lead, [0.01, 0.01, 0.05, 0.05, 0.1]),
        at_most(WaterItem::Cyanide, [0.005, 0.05, 0.2, 0.2, 0.2]),
        at_most(WaterItem::Phenol, [0.002, 0.002, 0.005, 0.01, 0.1]),
        at_most(WaterItem::Oil, [0.05, 0.05, 0.05, 0.5, 1.0]),
        at_most(WaterItem::Surfactants, [0.2, 0.2, 0.2, 0.3, 0.3]),
        at_most(WaterItem::Sulphide, [0.05, 0.1, 0.2, 0.5, 1.0]),
        at_most(WaterItem::Coliforms, [200.0, 2_000.0, 10_000.0, 20_000.0, 40_000.0]),
    ],
}];
