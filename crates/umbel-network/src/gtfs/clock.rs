//! What time it is: the standard counts times of a day of service from noon minus twelve hours, in the time zone of the
//! agency, so that a day on which clocks change has its noon where people see it.

use super::feed::Feed;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The time zone of a feed: that of its first agency, if it names one that exists.
pub(super) fn zone(feed: &Feed) -> Option<TimeZone> {
    feed.agencies.iter().find_map(|agency| TimeZone::get(&agency.timezone).ok())
}

/// Seconds since 1970 at which times of a day of service begin to count.
pub(super) fn begin(date: Date, zone: &TimeZone) -> Option<i64> {
    let noon = date.at(12, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(noon.timestamp().as_second() - 12 * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin_of(year: i16, month: i8, day: i8, zone: &str) -> i64 {
        let zone = TimeZone::get(zone).expect("a zone");
        begin(Date::new(year, month, day).expect("a date"), &zone).expect("in range")
    }

    #[test]
    fn days_count_from_noon_less_twelve_hours() {
        // Clocks in Berlin went forward at 02:00 on 31 March 2024, and back on 27 October.
        let days = |zone, month, day| begin_of(2024, month, day + 1, zone) - begin_of(2024, month, day, zone);
        assert_eq!(days("Europe/Berlin", 3, 29), 86_400);
        assert_eq!(days("Europe/Berlin", 3, 30), 82_800);
        assert_eq!(days("Europe/Berlin", 10, 26), 90_000);
        assert_eq!(days("Asia/Shanghai", 3, 30), 86_400);
    }

    #[test]
    fn zones_differ_by_their_offset() {
        let apart = begin_of(2024, 1, 15, "America/Sao_Paulo") - begin_of(2024, 1, 15, "Asia/Shanghai");
        assert_eq!(apart, 11 * 3600);
    }
}
