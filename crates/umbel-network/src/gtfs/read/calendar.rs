//! calendar.txt and calendar_dates.txt.

use super::Ids;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::Service;
use crate::gtfs::notice;
use crate::gtfs::rows::Rows;

pub(super) fn calendar(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, start, end] = ["service_id", "start_date", "end_date"].map(|name| rows.column(name));
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let days = days.map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if !ids.services.insert(&key, Some(feed.services.len() as u32)) {
            rows.duplicate(id, &key);
            continue;
        }
        let mut weekdays = 0;
        for (bit, column) in days.into_iter().enumerate() {
            rows.demand(&[column]);
            if rows.choice(column, 1) == Some(1) {
                weekdays |= 1 << bit;
            }
        }
        rows.demand(&[start, end]);
        let span = rows.date(start).zip(rows.date(end));
        if let Some((first, last)) = span.filter(|(first, last)| first > last) {
            let message = format!("The service ends on {last} and begins on {first}");
            rows.problem(&notice::START_AND_END_RANGE_OUT_OF_ORDER, end, message);
        }
        feed.services.push(Service {
            id: key.as_ref().into(),
            weekdays,
            span,
            line: rows.line(),
            ..Service::default()
        });
    }
}

pub(super) fn calendar_dates(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, date, exception] = ["service_id", "date", "exception_type"].map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        rows.demand(&[date, exception]);
        let (day, kind) = (rows.date(date), rows.choice(exception, 2));
        if kind == Some(0) {
            let message = "exception_type takes the numbers 1 and 2, not 0";
            rows.problem(&notice::UNEXPECTED_ENUM_VALUE, exception, message);
        }
        // A service may be made of exceptions alone.
        let row = ids.services.get(&key).flatten().unwrap_or_else(|| {
            let row = feed.services.len() as u32;
            ids.services.insert(&key, Some(row));
            feed.services.push(Service { id: key.as_ref().into(), ..Service::default() });
            row
        });
        let (Some(day), Some(kind)) = (day, kind) else { continue };
        let service = &mut feed.services[row as usize];
        if service.added.contains(&day) || service.removed.contains(&day) {
            rows.duplicate(id, &format!("{key} {day}"));
            continue;
        }
        match kind {
            1 => service.added.push(day),
            2 => service.removed.push(day),
            _ => {}
        }
    }
    for service in &mut feed.services {
        service.added.sort_unstable();
        service.removed.sort_unstable();
    }
}
