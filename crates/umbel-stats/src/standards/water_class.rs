//! The class of surface water: the worst item decides.
//!
//! Source: GB 3838-2002, section 5.1; Technical regulation of the assessment of surface water (on trial), Ministry of
//! Environmental Protection, 2011 (items left out).

use super::water_limits::{Limits, WATER_ITEMS, WaterBody, WaterItem, WaterLimits};
use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A class of water, best first. It is a rank: no mean can be taken of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WaterClass {
    /// Class I.
    I,
    /// Class II.
    II,
    /// Class III.
    III,
    /// Class IV.
    IV,
    /// Class V.
    V,
    /// Worse than class V.
    #[serde(rename = "worse than V")]
    WorseThanV,
}

impl WaterClass {
    const ALL: [WaterClass; 6] =
        [WaterClass::I, WaterClass::II, WaterClass::III, WaterClass::IV, WaterClass::V, WaterClass::WorseThanV];

    /// Its number: 1 to 5, and 6 for worse than V.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl fmt::Display for WaterClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["I", "II", "III", "IV", "V", "worse than V"][*self as usize])
    }
}

/// Which items count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assessed {
    /// Those of the national assessment: total nitrogen and faecal coliforms are left out.
    #[default]
    National,
    /// All that have limits for this kind of water.
    All,
}

/// The class of a sample, and what made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaterQuality {
    /// The class.
    pub class: WaterClass,
    /// The items that have it.
    pub decided_by: Vec<WaterItem>,
    /// Class of each item in the order of what was given; `None` where it does not count.
    pub items: Vec<Option<WaterClass>>,
    /// Items that were given but do not count.
    pub left_out: Vec<WaterItem>,
    /// Items of the table that count but were not given: the true class may be worse.
    pub not_measured: Vec<WaterItem>,
}

/// The class of one item: the best whose limit it keeps.
fn class_of(limits: Limits, value: f64) -> Option<WaterClass> {
    let first = |keeps: &dyn Fn(&f64) -> bool, limits: &[f64; 5]| {
        limits.iter().position(keeps).map_or(WaterClass::WorseThanV, |at| WaterClass::ALL[at])
    };
    match limits {
        Limits::AtMost(limits) => Some(first(&|&limit| value <= limit, &limits)),
        Limits::AtLeast(limits) => Some(first(&|&limit| value >= limit, &limits)),
        Limits::Between(low, high) => {
            Some(if (low..=high).contains(&value) { WaterClass::I } else { WaterClass::WorseThanV })
        }
        Limits::FirstFrom(least) => (value >= least).then_some(WaterClass::I),
    }
}

/// The class of a sample. Values in the units of [`WaterItem`]. O(items squared), at most two dozen.
///
/// Dissolved oxygen is class I by its concentration or by 90 per cent of saturation, whichever is better.
///
/// # Errors
/// When no item counts, one is there twice, or a value is negative or not finite.
pub fn water_class(
    standard: &WaterLimits,
    body: WaterBody,
    assessed: Assessed,
    sample: &[(WaterItem, f64)],
) -> Result<WaterQuality, Error> {
    for (at, &(item, value)) in sample.iter().enumerate() {
        if !value.is_finite() {
            return Err(Error::NotFinite { what: "the sample", at });
        }
        if value < 0.0 {
            return Err(Error::Domain { what: "the sample", at, value, needed: "it must not be negative" });
        }
        if sample[..at].iter().any(|(other, _)| *other == item) {
            return Err(Error::Parameter { parameter: "item", message: format!("{item} is there twice") });
        }
    }
    let counts = |item: WaterItem| {
        let national = !matches!(item, WaterItem::Nitrogen | WaterItem::Coliforms);
        standard.limits(item, body).filter(|_| national || assessed == Assessed::All)
    };
    let mut items: Vec<Option<WaterClass>> =
        sample.iter().map(|&(item, value)| counts(item).and_then(|limits| class_of(limits, value))).collect();
    let saturated = (sample.iter().zip(&items))
        .any(|((item, _), class)| *item == WaterItem::OxygenSaturation && *class == Some(WaterClass::I));
    if saturated {
        for (class, _) in items.iter_mut().zip(sample).filter(|(_, (item, _))| *item == WaterItem::DissolvedOxygen) {
            *class = Some(WaterClass::I);
        }
    }
    let Some(worst) = items.iter().flatten().max().copied() else {
        return Err(Error::TooFew { what: "a class of water", needed: 1, unit: "items that count", found: 0 });
    };
    let which = |wanted: &dyn Fn(&Option<WaterClass>) -> bool| {
        let pairs = sample.iter().zip(&items).filter(|(_, class)| wanted(class));
        pairs.map(|((item, _), _)| *item).collect::<Vec<_>>()
    };
    let given = |item: WaterItem| sample.iter().any(|(other, _)| *other == item);
    let oxygen = |item: WaterItem| item == WaterItem::OxygenSaturation;
    let absent = WATER_ITEMS.iter().map(|(item, _)| *item);
    Ok(WaterQuality {
        class: worst,
        decided_by: which(&|class| *class == Some(worst)),
        left_out: which(&Option::is_none),
        not_measured: absent
            .filter(|&item| counts(item).is_some() && !given(item) && !oxygen(item))
            .filter(|&item| item != WaterItem::DissolvedOxygen || !saturated)
            .collect(),
        items,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::water_limits::WATER_LIMITS;
    use proptest::prelude::*;

    fn class(body: WaterBody, assessed: Assessed, sample: &[(&str, f64)]) -> Result<WaterQuality, Error> {
        let sample: Vec<_> = sample.iter().map(|(item, value)| (item.parse().expect("an item"), *value)).collect();
        water_class(&WATER_LIMITS[0], body, assessed, &sample)
    }

    #[test]
    fn the_worst_item_decides() {
        let found =
            class(WaterBody::River, Assessed::National, &[("DO", 7.5), ("TP", 0.2), ("CODMn", 6.0), ("pH", 9.0)]);
        let found = found.expect("a class");
        assert_eq!((found.class, found.class.number()), (WaterClass::III, 3));
        assert_eq!(found.decided_by, [WaterItem::Phosphorus, WaterItem::PermanganateIndex]);
        assert!(found.not_measured.contains(&WaterItem::Ammonia) && !found.not_measured.contains(&WaterItem::Nitrogen));
    }

    #[test]
    fn lakes_have_rows_of_their_own() {
        let of = |body| class(body, Assessed::National, &[("TP", 0.15), ("TN", 3.0)]).expect("a class");
        let (river, lake) = (of(WaterBody::River), of(WaterBody::Lake));
        assert_eq!((river.class, lake.class), (WaterClass::III, WaterClass::V));
        assert_eq!((&river.left_out[..], &lake.left_out[..]), (&[WaterItem::Nitrogen][..], &[WaterItem::Nitrogen][..]));
        let all = |body| class(body, Assessed::All, &[("TP", 0.15), ("TN", 3.0)]).expect("a class");
        assert_eq!(
            (all(WaterBody::Lake).class, all(WaterBody::River).class),
            (WaterClass::WorseThanV, WaterClass::III)
        );
    }

    #[test]
    fn oxygen_falls_and_saturation_helps() {
        let of = |sample: &[(&str, f64)]| class(WaterBody::River, Assessed::National, sample);
        assert_eq!(of(&[("DO", 1.99)]).map(|found| found.class), Ok(WaterClass::WorseThanV));
        assert_eq!(of(&[("DO", 6.5)]).map(|found| found.class), Ok(WaterClass::II));
        assert_eq!(of(&[("DO", 6.5), ("DO_saturation", 90.0)]).map(|found| found.class), Ok(WaterClass::I));
        assert_eq!(of(&[("DO", 6.5), ("DO_saturation", 89.0)]).map(|found| found.class), Ok(WaterClass::II));
        assert!(of(&[("DO_saturation", 89.0)]).is_err());
        let alone = of(&[("DO_saturation", 95.0)]).expect("a class");
        assert!(!alone.not_measured.contains(&WaterItem::DissolvedOxygen));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let of = |sample: &[(&str, f64)]| class(WaterBody::River, Assessed::National, sample);
        assert!(of(&[]).is_err());
        assert!(of(&[("TN", 1.0)]).is_err());
        assert!(of(&[("DO", f64::NAN)]).is_err());
        assert!(of(&[("DO", -1.0)]).is_err());
        assert!(of(&[("DO", 1.0), ("DO", 2.0)]).is_err());
        assert!("XYZ".parse::<WaterItem>().expect_err("no item").to_string().contains("CODMn"));
    }

    #[test]
    fn rows_grow_worse() {
        for row in WATER_LIMITS[0].rows {
            match row.limits {
                Limits::AtMost(limits) => assert!(limits.is_sorted(), "{}", row.item),
                Limits::AtLeast(limits) => assert!(limits.is_sorted_by(|a, b| a >= b), "{}", row.item),
                Limits::Between(low, high) => assert!(low < high),
                Limits::FirstFrom(least) => assert!(least > 0.0),
            }
        }
    }

    proptest! {
        #[test]
        fn one_more_item_is_never_better(values in prop::collection::vec(0.0..20.0_f64, 7), turn in 0..7_usize) {
            let names = ["DO", "CODMn", "COD", "BOD5", "NH3N", "TP", "pH"];
            let mut sample: Vec<(&str, f64)> = names.into_iter().zip(values).collect();
            let all = class(WaterBody::River, Assessed::National, &sample).expect("a class");
            sample.rotate_left(turn);
            let turned = class(WaterBody::River, Assessed::National, &sample).expect("a class");
            prop_assert_eq!(turned.class, all.class);
            sample.pop();
            let fewer = class(WaterBody::River, Assessed::National, &sample).expect("a class");
            prop_assert!(fewer.class <= all.class);
        }
    }
}
