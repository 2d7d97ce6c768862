//! What holds at the end of a period.

use umbel_core::{Date, Period};
use umbel_table::{Link, Place};

/// Whether a link is open on the last day of a period: opened by then (or always there) and not yet closed. A link that
/// closes in a period is no longer open at its end.
pub fn open_at(link: &Link, period: Period) -> bool {
    let day = period.end();
    link.opened.is_none_or(|opened| opened.end() <= day) && link.closed.is_none_or(|closed| closed.end() > day)
}

/// Whether a row of a place is valid on a day.
pub fn valid_on(place: &Place, day: Date) -> bool {
    place.valid_from.is_none_or(|from| from <= day) && place.valid_to.is_none_or(|to| day <= to)
}
