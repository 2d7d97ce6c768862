//! Whether a timetable is still good on a day.

use super::About;
use crate::gtfs::feed::Feed;
use crate::gtfs::notice;
use jiff::ToSpan;
use jiff::civil::Date;
use umbel_core::Finding;

pub(super) fn check(feed: &Feed, today: Date) -> Vec<Finding> {
    let mut about = About::new(feed, "calendar.txt");
    for service in feed.services.iter().filter(|service| service.line > 0) {
        if let Some((_, last)) = service.days().filter(|&(_, last)| last < today) {
            let message = format!("The service {} ended on {last}", service.id);
            about.row(&notice::EXPIRED_CALENDAR, service.line, message);
        }
    }
    let within = |days: i64| today.checked_add(days.days()).unwrap_or(Date::MAX);
    if let Some((first, last)) = feed.days().filter(|&(first, last)| first > within(7) || last < today) {
        let message = format!("No trip runs within seven days of {today}: there is service from {first} to {last}");
        about.row(&notice::TRIP_COVERAGE_NOT_ACTIVE_FOR_NEXT7_DAYS, 0, message);
    }
    let mut findings = about.finish();
    let mut about = About::new(feed, "feed_info.txt");
    if let Some((info, end)) = feed.info.as_ref().and_then(|info| info.end.map(|end| (info, end))) {
        let message = format!("The feed ends on {end}");
        if end <= within(7) {
            about.row(&notice::FEED_EXPIRATION_DATE7_DAYS, info.line, message);
        } else if end <= within(30) {
            about.row(&notice::FEED_EXPIRATION_DATE30_DAYS, info.line, message);
        }
    }
    findings.extend(about.finish());
    findings
}
