//! Limits of concentrations in ambient air: GB 3095-2012, GB 3095-2026, the WHO guideline levels of 2021.
//!
//! Source: GB 3095-2012, Ambient air quality standards, tables 1 and 2; GB 3095-2026, same title; World Health
//! Organization, WHO global air quality guidelines, 2021, tables 0.1 and 0.2.

use super::dated::{Dated, Validity};
use super::pollutant::{Averaging, Item, Pollutant};
use crate::Error;
use umbel_core::Date;

/// The limits of one pollutant and averaging time.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Pollutant and averaging time.
    pub item: Item,
    /// A limit for each level, in ug/m3 (carbon monoxide mg/m3); `None` where there is none or it is not known.
    pub limits: &'static [Option<f64>],
}

/// An edition of limits.
#[derive(Clone, Debug, PartialEq)]
pub struct AirLimits {
    /// Name and days.
    pub validity: Validity,
    /// Names of the levels: classes of a national standard, interim targets and the guideline level of the WHO.
    pub levels: &'static [&'static str],
    /// Its rows.
    pub rows: &'static [Row],
}

impl Dated for AirLimits {
    fn validity(&self) -> &Validity {
        &self.validity
    }
}

impl AirLimits {
    /// The position of a level among the levels.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is none of this name: the message names those there are.
    pub fn level(&self, name: &str) -> Result<usize, Error> {
        self.levels.iter().position(|level| level.eq_ignore_ascii_case(name)).ok_or_else(|| Error::Parameter {
            parameter: "level",
            message: format!("{} has no {name}; it has {}", self.validity.title, self.levels.join(", ")),
        })
    }

    /// The limit of a pollutant and averaging time at a level. O(rows).
    ///
    /// # Errors
    /// [`Error::Parameter`] when the level does not exist, or the table holds no such limit.
    pub fn limit(&self, item: Item, level: &str) -> Result<f64, Error> {
        let at = self.level(level)?;
        let row = self.rows.iter().find(|row| row.item == item);
        row.and_then(|row| row.limits.get(at).copied().flatten()).ok_or_else(|| {
            let there: Vec<String> = (self.rows.iter())
                .filter(|row| row.limits.get(at).copied().flatten().is_some())
                .map(|row| row.item.to_string())
                .collect();
            let title = self.validity.title;
            let message = format!("{title} holds no limit of {item} at level {level}; it holds {}", there.join(", "));
            Error::Parameter { parameter: "item", message }
        })
    }
}

macro_rules! row {
    ($pollutant:ident $averaging:ident $($limit:literal)+) => {
        Row {
            item: Item::new(Pollutant::$pollutant, Averaging::$averaging),
            limits: &[$(if $limit > 0.0 { Some($limit) } else { None }),+],
        }
    };
}

/// Levels of the national standards: class I for nature reserves and scenic areas, class II for all others.
const CLASSES: &[&str] = &["I", "II"];

/// Every edition of the national standard, oldest first. 0 in a row of the source stands for "none, or not known".
pub static AIR_LIMITS: &[AirLimits] = &[
    AirLimits {
        validity: Validity {
            name: "gb_3095_2012",
            title: "GB 3095-2012",
            published: Date::constant(2012, 2, 29),
            valid_from: Date::constant(2016, 1, 1),
            valid_to: Some(Date::constant(2026, 2, 28)),
            note: "Applied from 2012 on in Beijing-Tianjin-Hebei, the Yangtze and Pearl River deltas, municipalities \
                and provincial capitals: name it for days before 2016.",
        },
        levels: CLASSES,
        rows: &[
            row!(So2 Year 20.0 60.0),
            row!(So2 Day 50.0 150.0),
            row!(So2 Hour 150.0 500.0),
            row!(No2 Year 40.0 40.0),
            row!(No2 Day 80.0 80.0),
            row!(No2 Hour 200.0 200.0),
            row!(Co Day 4.0 4.0),
            row!(Co Hour 10.0 10.0),
            row!(O3 EightHours 100.0 160.0),
            row!(O3 Hour 160.0 200.0),
            row!(Pm10 Year 40.0 70.0),
            row!(Pm10 Day 50.0 150.0),
            row!(Pm25 Year 15.0 35.0),
            row!(Pm25 Day 35.0 75.0),
            row!(Tsp Year 80.0 200.0),
            row!(Tsp Day 120.0 300.0),
            row!(Nox Year 50.0 50.0),
            row!(Nox Day 100.0 100.0),
            row!(Nox Hour 250.0 250.0),
            row!(Pb Year 0.5 0.5),
            row!(Pb Quarter 1.0 1.0),
            row!(Bap Year 0.001 0.001),
            row!(Bap Day 0.0025 0.0025),
        ],
    },
    AirLimits {
        validity: Validity {
            name: "gb_3095_2026_transition",
            title: "GB 3095-2026, transition",
            published: Date::constant(2026, 2, 24),
            valid_from: Date::constant(2026, 3, 1),
            valid_to: Some(Date::constant(2030, 12, 31)),
            note: "Only the class II limits of fine particles in the transition are held.",
        },
        levels: CLASSES,
        rows: &[row!(Pm25 Year 0.0 30.0), row!(Pm25 Day 0.0 60.0)],
    },
    AirLimits {
        validity: Validity {
            name: "gb_3095_2026",
            title: "GB 3095-2026",
            published: Date::constant(2026, 2, 24),
            valid_from: Date::constant(2031, 1, 1),
            valid_to: None,
            note: "Only the limits of fine particles are held; those of PM10, sulphur and nitrogen dioxide fall too.",
        },
        levels: CLASSES,
        rows: &[row!(Pm25 Year 10.0 25.0), row!(Pm25 Day 25.0 50.0)],
    },
];

/// The guideline levels of the World Health Organization with their interim targets: advice, not law. They are named,
/// never chosen by day.
pub static WHO_LEVELS: &[AirLimits] = &[AirLimits {
    validity: Validity {
        name: "who_2021",
        title: "WHO 2021",
        published: Date::constant(2021, 9, 22),
        valid_from: Date::constant(2021, 9, 22),
        valid_to: None,
        note: "Means of a day are meant as the 99th percentile of a year, three to four days above being allowed.",
    },
    levels: &["interim 1", "interim 2", "interim 3", "interim 4", "guideline"],
    rows: &[
        row!(Pm25 Year 35.0 25.0 15.0 10.0 5.0),
        row!(Pm25 Day 75.0 50.0 37.5 25.0 15.0),
        row!(Pm10 Year 70.0 50.0 30.0 20.0 15.0),
        row!(Pm10 Day 150.0 100.0 75.0 50.0 45.0),
        row!(O3 PeakSeason 100.0 70.0 0.0 0.0 60.0),
        row!(O3 EightHours 160.0 120.0 0.0 0.0 100.0),
        row!(No2 Year 40.0 30.0 20.0 0.0 10.0),
        row!(No2 Day 120.0 50.0 0.0 0.0 25.0),
        row!(No2 Hour 0.0 0.0 0.0 0.0 200.0),
        row!(So2 Day 125.0 50.0 0.0 0.0 40.0),
        row!(Co Day 7.0 0.0 0.0 0.0 4.0),
        row!(Co EightHours 0.0 0.0 0.0 0.0 10.0),
        row!(Co Hour 0.0 0.0 0.0 0.0 35.0),
    ],
}];

/// An edition by name, among the national ones and those of the WHO.
///
/// # Errors
/// [`Error::Parameter`] when there is none: the message names the national ones.
pub fn named(name: &str) -> Result<&'static AirLimits, Error> {
    super::dated::named(WHO_LEVELS, name).or_else(|_| super::dated::named(AIR_LIMITS, name)).map_err(
        |error| match error {
            Error::Parameter { parameter, message } => {
                Error::Parameter { parameter, message: format!("{message}, who_2021") }
            }
            other => other,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(edition: &str, item: &str, level: &str) -> Result<f64, Error> {
        named(edition)?.limit(item.parse()?, level)
    }

    #[test]
    fn limits_as_published() {
        assert_eq!(limit("GB 3095-2012", "PM25_YEAR", "II"), Ok(35.0));
        assert_eq!(limit("GB 3095-2012", "PM25_24H", "ii"), Ok(75.0));
        assert_eq!(limit("GB 3095-2012", "O3_8H", "I"), Ok(100.0));
        assert_eq!(limit("gb_3095_2026_transition", "PM25_YEAR", "II"), Ok(30.0));
        assert_eq!(limit("gb_3095_2026", "PM25_24H", "I"), Ok(25.0));
        assert_eq!(limit("who_2021", "PM25_YEAR", "guideline"), Ok(5.0));
        assert_eq!(limit("who_2021", "PM25_24H", "interim 3"), Ok(37.5));
    }

    #[test]
    fn what_is_not_known_is_absent() {
        let error = limit("gb_3095_2026", "PM10_YEAR", "II").expect_err("not known").to_string();
        assert!(error.contains("GB 3095-2026 holds no limit of PM10_YEAR at level II; it holds PM25_YEAR, PM25_24H"));
        assert!(limit("gb_3095_2026_transition", "PM25_YEAR", "I").is_err());
        assert!(limit("who_2021", "O3_8H", "interim 3").is_err());
        let error = limit("GB 3095-2012", "PM25_YEAR", "III").expect_err("no level").to_string();
        assert!(error.contains("it has I, II"), "{error}");
        let error = named("GB 1").expect_err("no edition").to_string();
        assert!(error.contains("gb_3095_2012 (2016-01-01 to 2026-02-28)") && error.ends_with("who_2021"), "{error}");
    }

    #[test]
    fn stricter_levels_are_lower() {
        for edition in AIR_LIMITS.iter().chain(WHO_LEVELS) {
            for row in edition.rows {
                assert_eq!(row.limits.len(), edition.levels.len(), "{} {}", edition.validity.name, row.item);
                let mut there: Vec<f64> = row.limits.iter().flatten().copied().collect();
                if edition.levels == CLASSES {
                    there.reverse();
                }
                assert!(there.is_sorted_by(|a, b| a >= b), "{} {}", edition.validity.name, row.item);
            }
        }
    }
}
