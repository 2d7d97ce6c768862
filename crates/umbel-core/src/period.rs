//! Periods: years, half-years, quarters, months, weeks, days and intervals between them.

use crate::Date;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// One calendar unit.
///
/// Years run from 0 to 9999. Weeks are ISO 8601 weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Atom {
    /// `2022`
    Year(i16),
    /// `2022-S1`: first or second half-year.
    Half(i16, u8),
    /// `2022-Q3`
    Quarter(i16, u8),
    /// `2022-07`
    Month(i16, u8),
    /// `2022-W07`
    Week(i16, u8),
    /// `2022-07-29`
    Day(Date),
}

/// A period: one [`Atom`] or the interval from the start of one to the end of another (`2014/2022`).
///
/// Packed into eight bytes, so that millions are cheap. Ordered by start, then end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    from: u32,
    to: u32,
}

/// Day number of 0000-01-01 in the packed form of days.
const EPOCH: Date = jiff::civil::date(0, 1, 1);

fn pack(atom: Atom) -> u32 {
    let (kind, number) = match atom {
        Atom::Year(y) => (1, y as u32),
        Atom::Half(y, h) => (2, y as u32 * 2 + u32::from(h) - 1),
        Atom::Quarter(y, q) => (3, y as u32 * 4 + u32::from(q) - 1),
        Atom::Month(y, m) => (4, y as u32 * 12 + u32::from(m) - 1),
        Atom::Week(y, w) => (5, y as u32 * 53 + u32::from(w) - 1),
        Atom::Day(d) => (6, days(d)),
    };
    kind << 28 | number
}

fn days(date: Date) -> u32 {
    (date - EPOCH).get_days().max(0) as u32
}

fn day(number: u32) -> Date {
    EPOCH.saturating_add(jiff::Span::new().days(i64::from(number.min(3_652_424))))
}

fn unpack(packed: u32) -> Atom {
    let number = packed & 0x0fff_ffff;
    let part = |n: u32| ((number / n) as i16, (number % n) as u8 + 1);
    match packed >> 28 {
        2 => Atom::Half(part(2).0, part(2).1),
        3 => Atom::Quarter(part(4).0, part(4).1),
        4 => Atom::Month(part(12).0, part(12).1),
        5 => Atom::Week(part(53).0, part(53).1),
        6 => Atom::Day(day(number)),
        _ => Atom::Year(number as i16),
    }
}

/// First day of a month that is known to be valid (year 0..=9999, month 1..=12).
fn first(year: i16, month: u8) -> Date {
    Date::new(year, month as i8, 1).unwrap_or(Date::MAX)
}

impl Atom {
    /// Reads `2022`, `2022-S1`, `2022-Q3`, `2022-07`, `2022-W07` or `2022-07-29`.
    pub fn parse(text: &str) -> Option<Atom> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 4 || !bytes[..4].iter().all(u8::is_ascii_digit) {
            return None;
        }
        let year: i16 = text[..4].parse().ok()?;
        let number = |from: usize, to: usize| -> Option<u8> {
            let part = text.get(from..to)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            part.parse().ok()
        };
        if bytes.len() == 4 {
            return Some(Atom::Year(year));
        }
        if bytes[4] != b'-' {
            return None;
        }
        match (bytes.len(), bytes.get(5)?) {
            (7, b'S') => number(6, 7).filter(|n| (1..=2).contains(n)).map(|n| Atom::Half(year, n)),
            (7, b'Q') => number(6, 7).filter(|n| (1..=4).contains(n)).map(|n| Atom::Quarter(year, n)),
            (8, b'W') => {
                let week = number(6, 8)?;
                let exists = jiff::civil::ISOWeekDate::new(year, week as i8, jiff::civil::Weekday::Monday).is_ok();
                exists.then_some(Atom::Week(year, week))
            }
            (7, _) => number(5, 7).filter(|n| (1..=12).contains(n)).map(|n| Atom::Month(year, n)),
            (10, _) if bytes[7] == b'-' => {
                Date::new(year, number(5, 7)? as i8, number(8, 10)? as i8).ok().map(Atom::Day)
            }
            _ => None,
        }
    }

    /// First day.
    pub fn start(self) -> Date {
        match self {
            Atom::Year(y) => first(y, 1),
            Atom::Half(y, h) => first(y, (h - 1) * 6 + 1),
            Atom::Quarter(y, q) => first(y, (q - 1) * 3 + 1),
            Atom::Month(y, m) => first(y, m),
            Atom::Week(y, w) => jiff::civil::ISOWeekDate::new(y, w as i8, jiff::civil::Weekday::Monday)
                .map_or_else(|_| first(y, 1), |week| week.date()),
            Atom::Day(d) => d,
        }
    }

    /// Last day.
    pub fn end(self) -> Date {
        match self {
            Atom::Year(y) => first(y, 12).last_of_month(),
            Atom::Half(y, h) => first(y, h * 6).last_of_month(),
            Atom::Quarter(y, q) => first(y, q * 3).last_of_month(),
            Atom::Month(y, m) => first(y, m).last_of_month(),
            Atom::Week(..) => self.start().saturating_add(jiff::Span::new().days(6)),
            Atom::Day(d) => d,
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Atom::Year(y) => write!(f, "{y:04}"),
            Atom::Half(y, h) => write!(f, "{y:04}-S{h}"),
            Atom::Quarter(y, q) => write!(f, "{y:04}-Q{q}"),
            Atom::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Atom::Week(y, w) => write!(f, "{y:04}-W{w:02}"),
            Atom::Day(d) => write!(f, "{d}"),
        }
    }
}

impl Period {
    /// A year.
    pub fn year(year: i16) -> Period {
        Period::from(Atom::Year(year.clamp(0, 9999)))
    }

    /// The interval from the start of one unit to the end of another; `None` when it would end before it starts.
    pub fn interval(from: Atom, to: Atom) -> Option<Period> {
        (from.start() <= to.end()).then(|| Period { from: pack(from), to: pack(to) })
    }

    /// Reads one unit or `from/to`.
    pub fn parse(text: &str) -> Option<Period> {
        match text.split_once('/') {
            None => Atom::parse(text).map(Period::from),
            Some((from, to)) => Period::interval(Atom::parse(from)?, Atom::parse(to)?),
        }
    }

    /// The unit at which it begins, and the one at which it ends when it is an interval.
    pub fn atoms(self) -> (Atom, Option<Atom>) {
        (unpack(self.from), (self.to != 0).then(|| unpack(self.to)))
    }

    /// The packed form: equal for equal periods, and no order in it.
    pub fn to_bits(self) -> u64 {
        u64::from(self.from) << 32 | u64::from(self.to)
    }

    /// The period of a packed form; `None` when no period has it.
    pub fn from_bits(bits: u64) -> Option<Period> {
        let (from, to) = ((bits >> 32) as u32, bits as u32);
        // The largest number of each kind, for the year 9999.
        let limits = [0, 9_999, 19_999, 39_999, 119_999, 529_999, 3_652_424, 0];
        let atom = |packed: u32| {
            let known = limits.get((packed >> 28) as usize).is_some_and(|&limit| packed & 0x0fff_ffff <= limit);
            Some(packed).filter(|_| known).map(unpack).filter(|&atom| pack(atom) == packed)
        };
        match to {
            0 => atom(from).map(Period::from),
            _ => Period::interval(atom(from)?, atom(to)?),
        }
    }

    /// Whether it is written `from/to`.
    pub fn is_interval(self) -> bool {
        self.to != 0
    }

    /// First day.
    pub fn start(self) -> Date {
        unpack(self.from).start()
    }

    /// Last day.
    pub fn end(self) -> Date {
        unpack(if self.to == 0 { self.from } else { self.to }).end()
    }

    /// The year it is, when it is exactly one year.
    pub fn as_year(self) -> Option<i16> {
        match self.atoms() {
            (Atom::Year(y), None) => Some(y),
            _ => None,
        }
    }

    /// Whether `other` lies within this period.
    pub fn contains(self, other: Period) -> bool {
        self.start() <= other.start() && other.end() <= self.end()
    }

    /// Years from the middle of this period to the middle of the other (365.2425 days each).
    pub fn years_until(self, other: Period) -> f64 {
        match (self.as_year(), other.as_year()) {
            (Some(a), Some(b)) => f64::from(b - a),
            _ => {
                let middle = |p: Period| f64::from(days(p.start()) + days(p.end())) / 2.0;
                (middle(other) - middle(self)) / 365.2425
            }
        }
    }

    /// The period of the same length so many months later (earlier when negative); `None` when there is none, as half a
    /// year after a year, or any month after a week, and outside of the years that dates have.
    pub fn later(self, months: i32) -> Option<Period> {
        let moved = |atom: Atom| {
            let year = |y: i16, number: i32, by: i32| {
                let all = i32::from(y) * by + number + months / (12 / by);
                let whole = months % (12 / by) == 0 && (0..10_000 * by).contains(&all);
                whole.then_some(((all / by) as i16, (all % by) as u8 + 1))
            };
            match atom {
                Atom::Year(y) => year(y, 0, 1).map(|(y, _)| Atom::Year(y)),
                Atom::Half(y, h) => year(y, i32::from(h) - 1, 2).map(|(y, h)| Atom::Half(y, h)),
                Atom::Quarter(y, q) => year(y, i32::from(q) - 1, 4).map(|(y, q)| Atom::Quarter(y, q)),
                Atom::Month(y, m) => year(y, i32::from(m) - 1, 12).map(|(y, m)| Atom::Month(y, m)),
                Atom::Week(..) => (months == 0).then_some(atom),
                Atom::Day(d) => {
                    let day = d.checked_add(jiff::Span::new().try_months(months).ok()?).ok()?;
                    (day.year() >= 0).then_some(Atom::Day(day))
                }
            }
        };
        let (from, to) = self.atoms();
        match to {
            None => moved(from).map(Period::from),
            Some(to) => Period::interval(moved(from)?, moved(to)?),
        }
    }

    /// The period of the same length just before; `None` for intervals and before the year 0.
    pub fn previous(self) -> Option<Period> {
        if self.to != 0 {
            return None;
        }
        let number = self.from & 0x0fff_ffff;
        if number == 0 {
            return None;
        }
        if let Atom::Week(..) = unpack(self.from) {
            let monday = unpack(self.from).start().saturating_sub(jiff::Span::new().days(7));
            let week = monday.iso_week_date();
            return Some(Period::from(Atom::Week(week.year(), week.week() as u8)));
        }
        Some(Period { from: self.from - 1, to: 0 })
    }
}

impl From<Atom> for Period {
    fn from(atom: Atom) -> Period {
        Period { from: pack(atom), to: 0 }
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> Ordering {
        // Years are by far the most common: compared without any calendar.
        if self.to == 0 && other.to == 0 && self.from >> 28 == other.from >> 28 {
            return self.from.cmp(&other.from);
        }
        (self.start(), self.end(), self.from, self.to).cmp(&(other.start(), other.end(), other.from, other.to))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.atoms() {
            (from, None) => write!(f, "{from}"),
            (from, Some(to)) => write!(f, "{from}/{to}"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("\"{text}\" is not a period (2022, 2022-07, 2022-Q3, 2014/2022)"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in
            ["2022", "2022-S2", "2022-Q3", "2022-07", "2020-W53", "2022-07-29", "2014/2022", "2014-02/2023-02-25"]
        {
            assert_eq!(Period::parse(text).map(|p| p.to_string()).as_deref(), Some(text));
            let period = Period::parse(text);
            assert_eq!(period.and_then(|p| Period::from_bits(p.to_bits())), period);
        }
    }

    #[test]
    fn refuses_what_is_no_period() {
        for text in [
            "",
            "22",
            "2022-13",
            "2022-Q5",
            "2021-W53",
            "2022-02-30",
            "2022/2014",
            "2022-7",
            "+022",
            "２０２２",
            "2022-Q",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_bits_of_no_period() {
        let day_13 = Period::parse("2022-S2").map(|p| p.to_bits()).unwrap_or_default();
        assert_eq!(Period::from_bits(u64::MAX), None);
        assert_eq!(Period::from_bits(day_13 | 9 << 28), None);
        assert_eq!(Period::from_bits(0), None);
    }

    #[test]
    fn knows_first_and_last_day() {
        let quarter = Period::parse("2022-Q3").expect("a period");
        assert_eq!(
            (quarter.start().to_string(), quarter.end().to_string()),
            ("2022-07-01".into(), "2022-09-30".into())
        );
        let week = Period::parse("2020-W53").expect("a period");
        assert_eq!((week.start().to_string(), week.end().to_string()), ("2020-12-28".into(), "2021-01-03".into()));
    }

    #[test]
    fn goes_back_one() {
        let back = |t: &str| Period::parse(t).and_then(Period::previous).map(|p| p.to_string());
        assert_eq!(back("2022").as_deref(), Some("2021"));
        assert_eq!(back("2022-Q1").as_deref(), Some("2021-Q4"));
        assert_eq!(back("2022-01-01").as_deref(), Some("2021-12-31"));
        assert_eq!(back("2021-W01").as_deref(), Some("2020-W53"));
        assert_eq!(back("2014/2022"), None);
    }
}
