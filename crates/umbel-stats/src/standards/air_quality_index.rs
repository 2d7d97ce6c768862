//! The air quality index of China: HJ 633-2012 and HJ 633-2026.
//!
//! Each concentration gets an individual index (IAQI) by its row of breakpoints, straight lines between them, rounded
//! up to a whole number. The largest is the index (AQI); above 50 its pollutant is the primary one.
//!
//! Source: HJ 633-2012, Technical regulation on ambient air quality index (on trial), table 1, equations 1 and 2, table
//! 2 (grades); HJ 633-2026, same title.

use super::dated::{Dated, Validity};
use super::pollutant::{Averaging, Item, Pollutant};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use umbel_core::Date;

/// The indices that belong to the breakpoints of a row.
pub const INDICES: [u16; 8] = [0, 50, 100, 150, 200, 300, 400, 500];

/// What holds above the last breakpoint of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// The individual index stays at this.
    CountsAs(u16),
    /// There is none for this averaging time: the pollutant is judged by the other one.
    JudgedBy(Averaging),
}

/// The breakpoints of one pollutant and averaging time.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Pollutant and averaging time.
    pub item: Item,
    /// Concentrations at the first of [`INDICES`], in ug/m3 (carbon monoxide mg/m3).
    pub breakpoints: &'static [u16],
    /// What holds above.
    pub beyond: Beyond,
}

/// An edition of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexStandard {
    /// Name and days.
    pub validity: Validity,
    /// Its rows.
    pub rows: &'static [Row],
    /// Whether the edition names the pollutants above the standard (individual index above 100).
    pub names_exceeding: bool,
}

impl Dated for IndexStandard {
    fn validity(&self) -> &Validity {
        &self.validity
    }
}

const TOP: Beyond = Beyond::CountsAs(500);

macro_rules! row {
    ($pollutant:ident $averaging:ident $breakpoints:expr, $beyond:expr) => {
        Row {
            item: Item::new(Pollutant::$pollutant, Averaging::$averaging),
            breakpoints: &$breakpoints,
            beyond: $beyond,
        }
    };
}

/// Every edition, oldest first.
///
/// Hourly values of particles have the breakpoints of the day, as in the hourly reports.
pub static AIR_QUALITY_INDICES: &[IndexStandard] = &[
    IndexStandard {
        validity: Validity {
            name: "hj_633_2012",
            title: "HJ 633-2012",
            published: Date::constant(2012, 2, 29),
            valid_from: Date::constant(2016, 1, 1),
            valid_to: Some(Date::constant(2026, 2, 28)),
            note: "Applied earlier with GB 3095-2012 in the regions that began before 2016: name it for such days.",
        },
        rows: &[
            row!(Pm25 Day [0, 35, 75, 115, 150, 250, 350, 500], TOP),
            row!(Pm25 Hour [0, 35, 75, 115, 150, 250, 350, 500], TOP),
            row!(Pm10 Day [0, 50, 150, 250, 350, 420, 500, 600], TOP),
            row!(Pm10 Hour [0, 50, 150, 250, 350, 420, 500, 600], TOP),
            row!(So2 Day [0, 50, 150, 475, 800, 1600, 2100, 2620], TOP),
            row!(So2 Hour [0, 150, 500, 650, 800], Beyond::JudgedBy(Averaging::Day)),
            row!(No2 Day [0, 40, 80, 180, 280, 565, 750, 940], TOP),
            row!(No2 Hour [0, 100, 200, 700, 1200, 2340, 3090, 3840], TOP),
            row!(Co Day [0, 2, 4, 14, 24, 36, 48, 60], TOP),
            row!(Co Hour [0, 5, 10, 35, 60, 90, 120, 150], TOP),
            row!(O3 EightHours [0, 100, 160, 215, 265, 800], Beyond::JudgedBy(Averaging::Hour)),
            row!(O3 Hour [0, 160, 200, 300, 400, 800, 1000, 1200], TOP),
        ],
        names_exceeding: true,
    },
    IndexStandard {
        validity: Validity {
            name: "hj_633_2026",
            title: "HJ 633-2026",
            published: Date::constant(2026, 2, 24),
            valid_from: Date::constant(2026, 3, 1),
            valid_to: None,
            note: "At an index of 100 fine particles fall from 75 to 60 and PM10 from 150 to 120 ug/m3; the row of \
                sulphur dioxide over a day is taken over from HJ 633-2012.",
        },
        rows: &[
            row!(Pm25 Day [0, 35, 60, 115, 150, 250, 350, 500], TOP),
            row!(Pm25 Hour [0, 35, 60, 115, 150, 250, 350, 500], TOP),
            row!(Pm10 Day [0, 50, 120, 250, 350, 420, 500, 600], TOP),
            row!(Pm10 Hour [0, 50, 120, 250, 350, 420, 500, 600], TOP),
            row!(So2 Day [0, 50, 150, 475, 800, 1600, 2100, 2620], TOP),
            row!(So2 Hour [0, 150, 500, 650, 800], Beyond::CountsAs(200)),
            row!(No2 Day [0, 40, 80, 180, 280, 565, 750, 940], TOP),
            row!(No2 Hour [0, 100, 200, 700, 1200, 2340, 3090, 3840], TOP),
            row!(Co Day [0, 2, 4, 14, 24, 36, 48, 60], TOP),
            row!(Co Hour [0, 5, 10, 35, 60, 90, 120, 150], TOP),
            row!(O3 EightHours [0, 100, 160, 215, 265, 800], Beyond::CountsAs(300)),
            row!(O3 Hour [0, 160, 200, 300, 400, 800, 1000, 1200], TOP),
        ],
        names_exceeding: false,
    },
];

/// The grade of an index, in ascending order of pollution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Up to 50.
    Excellent,
    /// Up to 100.
    Good,
    /// Up to 150.
    LightlyPolluted,
    /// Up to 200.
    ModeratelyPolluted,
    /// Up to 300.
    HeavilyPolluted,
    /// Above 300.
    SeverelyPolluted,
}

impl Grade {
    /// The grade of an index.
    pub fn of(index: u16) -> Grade {
        match index {
            0..=50 => Grade::Excellent,
            51..=100 => Grade::Good,
            101..=150 => Grade::LightlyPolluted,
            151..=200 => Grade::ModeratelyPolluted,
            201..=300 => Grade::HeavilyPolluted,
            301.. => Grade::SeverelyPolluted,
        }
    }

    /// Its number, 1 to 6.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Grade::Excellent => "excellent",
            Grade::Good => "good",
            Grade::LightlyPolluted => "lightly polluted",
            Grade::ModeratelyPolluted => "moderately polluted",
            Grade::HeavilyPolluted => "heavily polluted",
            Grade::SeverelyPolluted => "severely polluted",
        })
    }
}

/// An individual index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IndividualIndex {
    /// The index, 0 to 500; `None` where the edition judges the pollutant by its other averaging time.
    pub value: Option<u16>,
    /// Whether the concentration lies above the last breakpoint.
    pub beyond_table: bool,
}

/// The index of an hour or a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AirQuality {
    /// The index, 0 to 500; `None` when a pollutant lies above its table and the averaging time that would judge it is
    /// not given, as every number would then be too low.
    pub index: Option<u16>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// The pollutants with the largest individual index, where that is above 50.
    pub primary: Vec<Pollutant>,
    /// The pollutants above the standard (individual index above 100); `None` where the edition has no such list.
    pub exceeding: Option<Vec<Pollutant>>,
    /// Individual indices in the order of what was given.
    pub individual: Vec<IndividualIndex>,
    /// What lies above its table and cannot be judged by what was given.
    pub undecided: Vec<Item>,
}

/// Whole millionths, so that rounding up meets no error of binary fractions: 6.4 is 6.4.
const SCALE: f64 = 1e6;

impl IndexStandard {
    /// The row of a pollutant and averaging time.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the edition has none: the message names those it has.
    pub fn row(&self, item: Item) -> Result<&Row, Error> {
        self.rows.iter().find(|row| row.item == item).ok_or_else(|| {
            let names: Vec<String> = self.rows.iter().map(|row| row.item.to_string()).collect();
            let message = format!("{} has no row for {item}; it has {}", self.validity.title, names.join(", "));
            Error::Parameter { parameter: "item", message }
        })
    }

    /// The individual index of a concentration in ug/m3 (carbon monoxide mg/m3), to a millionth. O(breakpoints).
    ///
    /// # Errors
    /// When the edition has no such row, or the concentration is negative or not finite.
    pub fn individual(&self, item: Item, concentration: f64) -> Result<IndividualIndex, Error> {
        self.row(item)?.index(concentration, 0)
    }

    /// The index of one hour or day from concentrations in ug/m3 (carbon monoxide mg/m3). O(items).
    ///
    /// A pollutant may be there with several averaging times; the largest index counts.
    ///
    /// # Errors
    /// When nothing is given, one is there twice or has no row, or a concentration is negative or not finite.
    pub fn index(&self, concentrations: &[(Item, f64)]) -> Result<AirQuality, Error> {
        crate::error::at_least("an air quality index", 1, "pollutants", concentrations.len())?;
        let mut individual = Vec::with_capacity(concentrations.len());
        let mut undecided = Vec::new();
        for (at, &(item, concentration)) in concentrations.iter().enumerate() {
            if concentrations[..at].iter().any(|(other, _)| *other == item) {
                return Err(Error::Parameter { parameter: "item", message: format!("{item} is there twice") });
            }
            let row = self.row(item)?;
            individual.push(row.index(concentration, at)?);
            if let (Some(IndividualIndex { value: None, .. }), Beyond::JudgedBy(averaging)) =
                (individual.last(), row.beyond)
            {
                let judge = Item { averaging, ..item };
                if !concentrations.iter().any(|(other, _)| *other == judge) {
                    undecided.push(item);
                }
            }
        }
        let largest = individual.iter().filter_map(|one| one.value).max();
        let pollutants = |wanted: &dyn Fn(u16) -> bool| {
            let pairs = concentrations.iter().zip(&individual);
            let found = pairs.filter(|(_, one)| one.value.is_some_and(wanted)).map(|((item, _), _)| item.pollutant);
            let mut found: Vec<Pollutant> = found.collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let index = largest.filter(|_| undecided.is_empty());
        Ok(AirQuality {
            index,
            grade: index.map(Grade::of),
            primary: index.filter(|&index| index > 50).map_or(Vec::new(), |index| pollutants(&|one| one == index)),
            exceeding: self.names_exceeding.then(|| pollutants(&|one| one > 100)),
            individual,
            undecided,
        })
    }
}

impl Row {
    /// The individual index of the concentration at a position.
    fn index(&self, concentration: f64, at: usize) -> Result<IndividualIndex, Error> {
        if !concentration.is_finite() {
            return Err(Error::NotFinite { what: "the concentrations", at });
        }
        if concentration < 0.0 {
            return Err(Error::Domain {
                what: "the concentrations",
                at,
                value: concentration,
                needed: "it must not be negative",
            });
        }
        // Beyond every table, so that the whole number stays small.
        let parts = (concentration.min(1e6) * SCALE).round() as i64;
        let whole = |breakpoint: u16| i64::from(breakpoint) * SCALE as i64;
        let Some(at) = self.breakpoints.iter().position(|&breakpoint| parts <= whole(breakpoint)) else {
            let value = match self.beyond {
                Beyond::CountsAs(index) => Some(index),
                Beyond::JudgedBy(_) => None,
            };
            return Ok(IndividualIndex { value, beyond_table: true });
        };
        if at == 0 {
            return Ok(IndividualIndex { value: Some(INDICES[0]), beyond_table: false });
        }
        let (low, high) = (whole(self.breakpoints[at - 1]), whole(self.breakpoints[at]));
        let rise = i64::from(INDICES[at] - INDICES[at - 1]);
        let above = ((parts - low) * rise + (high - low) - 1) / (high - low);
        Ok(IndividualIndex { value: Some(INDICES[at - 1] + above as u16), beyond_table: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::dated;
    use proptest::prelude::*;

    fn edition(name: &str) -> &'static IndexStandard {
        dated::named(AIR_QUALITY_INDICES, name).expect("an edition")
    }

    fn items(pairs: &[(&str, f64)]) -> Vec<(Item, f64)> {
        pairs.iter().map(|(item, value)| (item.parse().expect("an item"), *value)).collect()
    }

    #[test]
    fn rows_ascend_and_are_there_once() {
        for edition in AIR_QUALITY_INDICES {
            for row in edition.rows {
                assert!(row.breakpoints.is_sorted_by(|a, b| a < b) && row.breakpoints[0] == 0, "{}", row.item);
                assert!(row.breakpoints.len() <= INDICES.len(), "{}", row.item);
                assert_eq!(edition.rows.iter().filter(|other| other.item == row.item).count(), 1);
                if let Beyond::CountsAs(index) = row.beyond {
                    assert_eq!(index, INDICES[row.breakpoints.len() - 1], "{}", row.item);
                }
            }
        }
    }

    #[test]
    fn decimal_fractions_are_not_rounded_up_once_more() {
        // 149.4 - 120 is above 29.4 in binary: 98 would become 99.
        let old = edition("HJ 633-2012");
        let one = |item: &str, value| old.individual(item.parse().expect("an item"), value).expect("an index").value;
        assert_eq!(one("CO_1H", 149.4), Some(498));
        assert_eq!(one("CO_24H", 6.4), Some(112));
        assert_eq!(one("CO_24H", 6.400_001), Some(113));
        assert_eq!(one("PM25_24H", 35.000_001), Some(51));
    }

    #[test]
    fn the_editions_differ_where_they_should() {
        let (old, new) = (edition("hj_633_2012"), edition("hj_633_2026"));
        let day = items(&[("PM25_24H", 72.0), ("PM10_24H", 100.0), ("O3_8H", 90.0)]);
        let found = old.index(&day).expect("an index");
        assert_eq!((found.index, found.grade), (Some(97), Some(Grade::Good)));
        assert_eq!((found.primary, found.exceeding), (vec![Pollutant::Pm25], Some(vec![])));
        let found = new.index(&day).expect("an index");
        assert_eq!((found.index, found.grade), (Some(111), Some(Grade::LightlyPolluted)));
        assert_eq!(found.exceeding, None);
    }

    #[test]
    fn above_the_table() {
        let (old, new) = (edition("hj_633_2012"), edition("hj_633_2026"));
        let hour = items(&[("SO2_1H", 801.0), ("PM10_1H", 90.0)]);
        let found = old.index(&hour).expect("an index");
        assert_eq!((found.index, found.grade, found.primary.len()), (None, None, 0));
        assert_eq!(found.undecided, [hour[0].0]);
        let with_day = items(&[("SO2_1H", 801.0), ("SO2_24H", 475.0), ("PM10_1H", 90.0)]);
        let found = old.index(&with_day).expect("an index");
        assert_eq!((found.index, found.primary), (Some(150), vec![Pollutant::So2]));
        assert_eq!(new.index(&hour).expect("an index").index, Some(200));
        assert_eq!(new.index(&items(&[("O3_8H", 1e300)])).expect("an index").index, Some(300));
        let found = old.index(&items(&[("O3_8H", 900.0), ("O3_1H", 900.0)])).expect("an index");
        assert_eq!(found.index, Some(350));
        let found = old.index(&items(&[("PM25_24H", 1e300)])).expect("an index");
        assert_eq!((found.index, found.individual[0].beyond_table), (Some(500), true));
    }

    #[test]
    fn equals_are_all_primary_and_50_has_none() {
        let old = edition("hj_633_2012");
        let found = old.index(&items(&[("O3_8H", 160.0), ("PM25_24H", 75.0)])).expect("an index");
        assert_eq!(found.primary, [Pollutant::Pm25, Pollutant::O3]);
        assert!(old.index(&items(&[("PM25_24H", 35.0)])).expect("an index").primary.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let old = edition("hj_633_2012");
        assert!(old.index(&[]).is_err());
        assert!(old.index(&items(&[("PM25_24H", -1.0)])).is_err());
        assert!(old.index(&items(&[("PM25_24H", f64::NAN)])).is_err());
        assert!(old.index(&items(&[("PM25_24H", f64::INFINITY)])).is_err());
        assert!(old.index(&items(&[("PM25_24H", 1.0), ("PM25_24H", 2.0)])).is_err());
        let error = old.index(&items(&[("TSP_24H", 1.0)])).expect_err("no row").to_string();
        assert!(error.contains("HJ 633-2012 has no row for TSP_24H"), "{error}");
    }

    proptest! {
        #[test]
        fn more_is_never_better(low in 0.0..3000.0_f64, more in 0.0..500.0_f64, edition in 0..2_usize, row in 0..12_usize) {
            let edition = &AIR_QUALITY_INDICES[edition];
            let item = edition.rows[row].item;
            let one = |value| edition.individual(item, value).expect("an index").value;
            // Where the other averaging time judges there is none.
            if let (Some(a), Some(b)) = (one(low), one(low + more)) {
                prop_assert!(a <= b && b <= 500);
            }
        }

        #[test]
        fn the_index_is_the_largest_in_any_order(values in prop::collection::vec(0.0..600.0_f64, 10), by in 0..10_usize) {
            let edition = &AIR_QUALITY_INDICES[1];
            let mut day: Vec<(Item, f64)> = edition.rows.iter().map(|row| row.item).zip(values).collect();
            let found = edition.index(&day).expect("an index");
            let largest = found.individual.iter().filter_map(|one| one.value).max();
            prop_assert_eq!(found.index, largest);
            day.rotate_left(by);
            let turned = edition.index(&day).expect("an index");
            prop_assert_eq!((turned.index, turned.primary), (found.index, found.primary));
        }
    }
}
