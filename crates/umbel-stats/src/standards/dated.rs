//! Which edition of a standard holds on a day.

use crate::Error;
use umbel_core::Date;

/// Name of a standard, and when it is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Validity {
    /// Name in parameters ("gb_3095_2012").
    pub name: &'static str,
    /// Name in text ("GB 3095-2012").
    pub title: &'static str,
    /// Day of publication.
    pub published: Date,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; `None`: no end is set.
    pub valid_to: Option<Date>,
    /// What has to be known of the edition: early application, a transition, what the table does not hold.
    pub note: &'static str,
}

impl Validity {
    /// Whether it is in force on a day.
    pub fn covers(&self, day: Date) -> bool {
        day >= self.valid_from && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A standard that is in force for some time.
pub trait Dated {
    /// Its name and when it is in force.
    fn validity(&self) -> &Validity;
}

/// The edition in force on a day. O(editions).
///
/// # Errors
/// [`Error::Parameter`] when none is: the message names those there are, and when.
pub fn on<T: Dated>(editions: &[T], day: Date) -> Result<&T, Error> {
    editions.iter().find(|edition| edition.validity().covers(day)).ok_or_else(|| Error::Parameter {
        parameter: "standard",
        message: format!("none is in force on {day}; name one to apply it all the same: {}", list(editions)),
    })
}

/// The edition that is named, else the one in force on a day, else the newest. O(editions).
///
/// # Errors
/// As [`named`] and [`on`]; when there is no edition at all.
pub fn choose<'a, T: Dated>(editions: &'a [T], name: Option<&str>, day: Option<Date>) -> Result<&'a T, Error> {
    match (name, day) {
        (Some(name), _) => named(editions, name),
        (None, Some(day)) => on(editions, day),
        (None, None) => editions
            .last()
            .ok_or_else(|| Error::Parameter { parameter: "standard", message: "there is no edition".to_owned() }),
    }
}

/// The edition of a name or title, in capital or small letters, with or without spaces and dashes. O(editions).
///
/// # Errors
/// [`Error::Parameter`] when there is none: the message names those there are, and when.
pub fn named<'a, T: Dated>(editions: &'a [T], name: &str) -> Result<&'a T, Error> {
    let plain = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let is =
        |edition: &&T| [edition.validity().name, edition.validity().title].iter().any(|of| plain(of) == plain(name));
    editions.iter().find(is).ok_or_else(|| Error::Parameter {
        parameter: "standard",
        message: format!("there is no {name}; there are {}", list(editions)),
    })
}

/// The editions with their days, for messages.
fn list<T: Dated>(editions: &[T]) -> String {
    let one = |edition: &T| {
        let Validity { name, valid_from, valid_to, .. } = edition.validity();
        match valid_to {
            Some(last) => format!("{name} ({valid_from} to {last})"),
            None => format!("{name} (from {valid_from})"),
        }
    };
    editions.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::{
        air_limits::AIR_LIMITS, air_quality_index::AIR_QUALITY_INDICES, water_limits::WATER_LIMITS,
    };

    fn validities() -> Vec<Vec<&'static Validity>> {
        vec![
            AIR_QUALITY_INDICES.iter().map(Dated::validity).collect(),
            AIR_LIMITS.iter().map(Dated::validity).collect(),
            WATER_LIMITS.iter().map(Dated::validity).collect(),
        ]
    }

    #[test]
    fn editions_follow_each_other_without_overlap() {
        for family in validities() {
            for validity in &family {
                assert!(validity.published <= validity.valid_from, "{}", validity.name);
                assert!(validity.valid_to.is_none_or(|last| last > validity.valid_from), "{}", validity.name);
                let same = family.iter().filter(|other| other.name == validity.name).count();
                assert_eq!(same, 1, "{}", validity.name);
            }
            for pair in family.windows(2) {
                let next = pair[0].valid_to.and_then(|last| last.tomorrow().ok());
                assert_eq!(next, Some(pair[1].valid_from), "{} and {}", pair[0].name, pair[1].name);
            }
        }
    }

    #[test]
    fn a_day_and_a_name_choose() {
        let on = |year, month, day| on(AIR_LIMITS, Date::constant(year, month, day)).map(|found| found.validity.name);
        assert_eq!(on(2016, 1, 1), Ok("gb_3095_2012"));
        assert_eq!(on(2026, 2, 28), Ok("gb_3095_2012"));
        assert_eq!(on(2026, 3, 1), Ok("gb_3095_2026_transition"));
        assert_eq!(on(2030, 12, 31), Ok("gb_3095_2026_transition"));
        assert_eq!(on(2031, 1, 1), Ok("gb_3095_2026"));
        let before = on(2013, 12, 31).expect_err("nothing is in force").to_string();
        assert!(before.contains("none is in force on 2013-12-31") && before.contains("gb_3095_2012 (2016-01-01"));
        for name in ["GB 3095-2012", "gb_3095_2012", "gb3095-2012"] {
            assert_eq!(named(AIR_LIMITS, name).map(|found| found.validity.name), Ok("gb_3095_2012"));
        }
        assert!(named(AIR_LIMITS, "GB 3095").is_err());
        let chosen = |name, day| choose(AIR_LIMITS, name, day).map(|found| found.validity.name);
        let day = Some(Date::constant(2020, 5, 1));
        assert_eq!(chosen(Some("gb_3095_2026"), day), Ok("gb_3095_2026"));
        assert_eq!(chosen(None, day), Ok("gb_3095_2012"));
        assert_eq!(chosen(None, None), Ok("gb_3095_2026"));
    }
}
