//! Pollutants of the air, and the times over which they are averaged.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A pollutant of ambient air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pollutant {
    /// Fine particles.
    Pm25,
    /// Particles below 10 micrometres.
    Pm10,
    /// Sulphur dioxide.
    So2,
    /// Nitrogen dioxide.
    No2,
    /// Carbon monoxide, in mg/m3.
    Co,
    /// Ozone.
    O3,
    /// Total suspended particles.
    Tsp,
    /// Nitrogen oxides, as nitrogen dioxide.
    Nox,
    /// Lead.
    Pb,
    /// Benzo(a)pyrene.
    Bap,
}

/// The time over which a concentration is averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Averaging {
    /// A calendar year.
    Year,
    /// The six months in a row with the highest mean (ozone, WHO).
    PeakSeason,
    /// A quarter.
    Quarter,
    /// A day.
    Day,
    /// The day's largest moving mean of eight hours.
    EightHours,
    /// An hour.
    Hour,
}

/// A pollutant averaged over a time: "PM25_24H".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Item {
    /// The pollutant.
    pub pollutant: Pollutant,
    /// The time.
    pub averaging: Averaging,
}

const POLLUTANTS: [(Pollutant, &str); 10] = [
    (Pollutant::Pm25, "PM25"),
    (Pollutant::Pm10, "PM10"),
    (Pollutant::So2, "SO2"),
    (Pollutant::No2, "NO2"),
    (Pollutant::Co, "CO"),
    (Pollutant::O3, "O3"),
    (Pollutant::Tsp, "TSP"),
    (Pollutant::Nox, "NOX"),
    (Pollutant::Pb, "PB"),
    (Pollutant::Bap, "BAP"),
];

const AVERAGINGS: [(Averaging, &str); 6] = [
    (Averaging::Year, "YEAR"),
    (Averaging::PeakSeason, "PEAK_SEASON"),
    (Averaging::Quarter, "QUARTER"),
    (Averaging::Day, "24H"),
    (Averaging::EightHours, "8H"),
    (Averaging::Hour, "1H"),
];

impl Item {
    /// A pollutant averaged over a time.
    pub const fn new(pollutant: Pollutant, averaging: Averaging) -> Item {
        Item { pollutant, averaging }
    }

    /// The unit of its concentrations: mg/m3 for carbon monoxide, else ug/m3.
    pub const fn unit(self) -> &'static str {
        match self.pollutant {
            Pollutant::Co => "mg/m3",
            _ => "ug/m3",
        }
    }
}

impl fmt::Display for Pollutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(POLLUTANTS.iter().find(|(of, _)| of == self).map_or("", |(_, name)| name))
    }
}

impl fmt::Display for Averaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(AVERAGINGS.iter().find(|(of, _)| of == self).map_or("", |(_, name)| name))
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.pollutant, self.averaging)
    }
}

impl FromStr for Pollutant {
    type Err = Error;

    /// From a name in capital or small letters ("PM25", "pm2.5").
    fn from_str(text: &str) -> Result<Pollutant, Error> {
        let plain = text.to_uppercase().replace('.', "");
        POLLUTANTS.iter().find(|(_, name)| *name == plain).map(|(of, _)| *of).ok_or_else(|| Error::Parameter {
            parameter: "pollutant",
            message: format!("{text} is none; there are PM25, PM10, SO2, NO2, CO, O3, TSP, NOX, PB, BAP"),
        })
    }
}

impl FromStr for Item {
    type Err = Error;

    /// From a name like "PM25_24H", in capital or small letters.
    fn from_str(text: &str) -> Result<Item, Error> {
        let plain = text.to_uppercase().replace('.', "");
        let parts = plain.split_once('_').and_then(|(pollutant, averaging)| {
            let averaging = AVERAGINGS.iter().find(|(_, name)| *name == averaging)?.0;
            Some(Item { pollutant: pollutant.parse().ok()?, averaging })
        });
        parts.ok_or_else(|| Error::Parameter {
            parameter: "item",
            message: format!("{text} is no pollutant with an averaging time; write it like PM25_24H, O3_8H or SO2_1H"),
        })
    }
}

impl From<Item> for String {
    fn from(item: Item) -> String {
        item.to_string()
    }
}

impl TryFrom<String> for Item {
    type Error = Error;

    fn try_from(text: String) -> Result<Item, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_as_they_are_written() {
        for (pollutant, _) in POLLUTANTS {
            for (averaging, _) in AVERAGINGS {
                let item = Item { pollutant, averaging };
                assert_eq!(item.to_string().parse(), Ok(item));
                assert_eq!(item.to_string().to_lowercase().parse(), Ok(item));
            }
        }
        assert_eq!("pm2.5_24h".parse(), Ok(Item::new(Pollutant::Pm25, Averaging::Day)));
        for wrong in ["", "PM25", "PM25_", "_24H", "PM25_24", "H2S_1H", "PM25-24H"] {
            assert!(wrong.parse::<Item>().is_err(), "{wrong}");
        }
    }
}
