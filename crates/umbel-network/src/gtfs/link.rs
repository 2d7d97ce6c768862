//! Which trips can be travelled with, once all files are read.

use super::feed::Feed;
use super::notice;
use umbel_core::problems::Problems;
use umbel_core::{Code, Finding};

/// Marks the trips that can be travelled with; what is wrong with the others becomes a finding.
pub(super) fn trips(feed: &mut Feed) -> Vec<Finding> {
    let mut of_trips = Problems::new(&format!("{}/trips.txt", feed.name));
    let mut of_times = Problems::new(&format!("{}/stop_times.txt", feed.name));
    let mut usable = Vec::with_capacity(feed.trips.len());
    for trip in &feed.trips {
        let times = feed.times(trip);
        let mut good = true;
        let mut tell = |code: &'static Code, line: u32, message: String| {
            of_times.add(code, "", (line, 0), message, code.mend);
        };
        if times.len() < 2 {
            good = false;
            let (code, message) = if feed.stop_times.is_empty() {
                // The file is missing or broken as a whole, and that was told.
                usable.push(false);
                continue;
            } else if times.is_empty() {
                (&notice::UNUSED_TRIP, format!("The trip {} has no stop times", trip.id))
            } else {
                (&notice::UNUSABLE_TRIP, format!("The trip {} calls at one stop only", trip.id))
            };
            of_trips.add(code, "", (trip.line, 0), message, code.mend);
        }
        if let (Some(first), Some(last)) = (times.first(), times.last()) {
            for (time, end) in [(first, "first"), (last, "last")] {
                if time.departure.is_none() && (end == "first" || times.len() > 1) {
                    good = false;
                    let message = format!("The {end} stop of the trip {} has no times", trip.id);
                    tell(&notice::MISSING_TRIP_EDGE, time.line, message);
                }
            }
        }
        let mut before: Option<(i32, u32)> = None;
        for time in times {
            let (Some(arrival), Some(departure)) = (time.arrival, time.departure) else { continue };
            if let Some((left, line)) = before.filter(|&(left, _)| arrival < left) {
                good = false;
                let late = left - arrival;
                let message = format!("The trip {} arrives {late} s before it leaves the stop of line {line}", trip.id);
                tell(&notice::STOP_TIME_WITH_ARRIVAL_BEFORE_PREVIOUS_DEPARTURE_TIME, time.line, message);
            }
            // Told when the row was read.
            good &= arrival <= departure;
            before = Some((departure, time.line));
        }
        usable.push(good);
    }
    for (trip, usable) in feed.trips.iter_mut().zip(usable) {
        trip.usable = usable;
    }
    let mut findings = of_trips.finish();
    findings.extend(of_times.finish());
    findings
}
