//! Durations, times of day, days and speeds, as people write them.
//!
//! Each is read from a text and written in one form whichever way it was written, so that equal parameters have equal
//! content keys.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use umbel_core::Date;

/// A duration in whole seconds, written `60min`, `90s`, `1h` or `1h 30min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration(pub u32);

/// A time of day in seconds from midnight, written `14:00` or `14:00:30`; hours may go past 24 as in a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clock(pub u32);

/// A calendar day, written `2019-05-13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub Date);

/// A speed in metres a second, written as a number or `3.6km/h`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Speed(pub f64);

impl Duration {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Duration {
        Duration(minutes * 60)
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Duration, String> {
        let wrong = || format!("\"{text}\" is no duration: write it as 60min, 90s, 1h or 1h 30min");
        let mut rest = text.trim();
        let (mut total, mut last) = (0.0, f64::INFINITY);
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
            let number: f64 = rest[..digits].parse().map_err(|_| wrong())?;
            rest = rest[digits..].trim_start();
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let unit = match &rest[..letters] {
                "h" | "hr" | "hour" | "hours" => 3600.0,
                "min" | "m" | "minute" | "minutes" => 60.0,
                "s" | "sec" | "second" | "seconds" => 1.0,
                _ => return Err(wrong()),
            };
            // Larger units first, each once: "30min 1h" is more likely a slip than a duration.
            if unit >= last {
                return Err(wrong());
            }
            (total, last) = (total + number * unit, unit);
            rest = rest[letters..].trim_start();
        }
        let whole = total.fract() == 0.0 && total <= 7.0 * 86_400.0;
        if whole { Ok(Duration(total as u32)) } else { Err(format!("\"{text}\": whole seconds, at most a week")) }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(60) { write!(f, "{}min", self.0 / 60) } else { write!(f, "{}s", self.0) }
    }
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(text: &str) -> Result<Clock, String> {
        let wrong = || format!("\"{text}\" is no time of day: write it as 14:00 or 14:00:30");
        let parts: Vec<&str> = text.trim().split(':').collect();
        let number = |part: &str, digits: usize| -> Option<u32> {
            let plain = part.len() <= 2 && part.len() >= digits && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten()
        };
        let (hours, minutes, seconds) = match parts[..] {
            [hours, minutes] => (number(hours, 1), number(minutes, 2), Some(0)),
            [hours, minutes, seconds] => (number(hours, 1), number(minutes, 2), number(seconds, 2)),
            _ => return Err(wrong()),
        };
        match (hours, minutes, seconds) {
            (Some(hours @ 0..=47), Some(minutes @ 0..=59), Some(seconds @ 0..=59)) => {
                Ok(Clock(hours * 3600 + minutes * 60 + seconds))
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 3600, self.0 / 60 % 60)?;
        if self.0.is_multiple_of(60) { Ok(()) } else { write!(f, ":{:02}", self.0 % 60) }
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Day, String> {
        let plain = text.trim().len() == 10;
        let day = text.trim().parse().ok().filter(|_| plain).map(Day);
        day.ok_or_else(|| format!("\"{text}\" is no day of the calendar: write it as 2019-05-13"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        let wrong = || format!("\"{text}\" is no speed: write metres a second (1.2), or 4.5km/h");
        let trimmed = text.trim();
        let (number, scale) = match trimmed.strip_suffix("km/h").or_else(|| trimmed.strip_suffix("kmh")) {
            Some(number) => (number, 3.6),
            None => (trimmed.strip_suffix("m/s").unwrap_or(trimmed), 1.0),
        };
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        Speed::new(number / scale).ok_or_else(wrong)
    }
}

impl Speed {
    /// A speed above 0.
    fn new(metres_a_second: f64) -> Option<Speed> {
        (metres_a_second.is_finite() && metres_a_second > 0.0).then_some(Speed(metres_a_second))
    }
}

/// Reads from a text what is written as a text.
struct FromText<T>(std::marker::PhantomData<T>, &'static str);

impl<T: FromStr<Err = String>> Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! written_as_text {
    ($name:ident, $format:literal, $expected:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                deserializer.deserialize_any(FromText(std::marker::PhantomData, $expected))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}

written_as_text!(Duration, "duration", "a duration with its unit, in quotes (\"60min\")");
written_as_text!(Clock, "time", "a time of day, in quotes (\"14:00\")");
written_as_text!(Day, "day", "a day, in quotes (\"2019-05-13\")");

impl Serialize for Speed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Speed, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Speed;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a speed above 0 in metres a second (1.2), or a text such as \"4.5km/h\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Speed, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Speed, E> {
                Speed::new(number).ok_or_else(|| E::custom(format!("{number} is no speed above 0")))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Speed, E> {
                self.visit_f64(number as f64)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Speed, E> {
                self.visit_f64(number as f64)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Speed {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Speed".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"], "format": "speed" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_in_one_form() {
        let read = |text: &str| text.parse::<Duration>();
        for (text, seconds, form) in [
            ("60min", 3600, "60min"),
            ("1h", 3600, "60min"),
            ("60 min", 3600, "60min"),
            ("1.5h", 5400, "90min"),
            ("1h 30min", 5400, "90min"),
            ("1h30min", 5400, "90min"),
            ("90s", 90, "90s"),
            ("0s", 0, "0min"),
        ] {
            assert_eq!(read(text), Ok(Duration(seconds)), "{text}");
            assert_eq!(Duration(seconds).to_string(), form);
        }
        for text in ["", "60", "min", "60mins ", "30min 1h", "-5min", "1.0001h", "9999h", "1h1h", "1,5h"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_days_and_speeds_are_read() {
        assert_eq!("14:00".parse(), Ok(Clock(50_400)));
        assert_eq!("7:05:09".parse(), Ok(Clock(25_509)));
        assert_eq!((Clock(50_400).to_string(), Clock(90_001).to_string()), ("14:00".to_owned(), "25:00:01".to_owned()));
        for text in ["14", "14:0", "14:60", "48:00", "a:b", "14:00:00:00", "+1:00", "014:00"] {
            assert!(text.parse::<Clock>().is_err(), "{text}");
        }
        assert_eq!("2019-05-13".parse::<Day>().map(|day| day.to_string()), Ok("2019-05-13".to_owned()));
        for text in ["2019-02-30", "13.5.2019", "2019-05", "20190513"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!("3.6km/h".parse(), Ok(Speed(1.0)));
        assert_eq!("1.25 m/s".parse(), Ok(Speed(1.25)));
        for text in ["0", "-1", "NaN", "fast", "inf"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }

    #[test]
    fn json_takes_what_people_write_and_says_what_it_takes() {
        assert_eq!(serde_json::from_str::<Speed>("\"4.5 km/h\"").expect("a speed"), Speed(1.25));
        assert_eq!(serde_json::from_str::<Speed>("1").expect("a speed"), Speed(1.0));
        assert_eq!(serde_json::to_string(&Duration(5400)).expect("written"), "\"90min\"");
        let error = serde_json::from_str::<Duration>("60").expect_err("no unit").to_string();
        assert!(error.contains("60min"), "{error}");
    }
}
