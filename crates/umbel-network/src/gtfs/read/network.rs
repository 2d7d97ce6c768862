//! agency.txt and routes.txt.

use super::Ids;
use crate::gtfs::feed::Feed;
use crate::gtfs::forms::{EMAIL, LANGUAGE, PHONE, TIMEZONE, URL};
use crate::gtfs::model::{Agency, Route};
use crate::gtfs::notice;
use crate::gtfs::rows::Rows;

pub(super) fn agencies(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, name, url, timezone, language, phone, fare_url, email] = [
        "agency_id",
        "agency_name",
        "agency_url",
        "agency_timezone",
        "agency_lang",
        "agency_phone",
        "agency_fare_url",
        "agency_email",
    ]
    .map(|name| rows.column(name));
    while rows.advance() {
        let key = rows.owned(id);
        rows.formed(phone, PHONE);
        rows.formed(fare_url, URL);
        rows.formed(email, EMAIL);
        rows.demand(&[name, url, timezone]);
        let agency = Agency {
            name: rows.owned(name),
            url: rows.formed(url, URL),
            timezone: rows.formed(timezone, TIMEZONE),
            language: rows.formed(language, LANGUAGE),
            line: rows.line(),
            id: key,
        };
        if !ids.agencies.insert(&agency.id, Some(feed.agencies.len() as u32)) {
            rows.duplicate(id, &agency.id);
            continue;
        }
        if let Some(first) = feed.agencies.first() {
            if agency.timezone != first.timezone && !agency.timezone.is_empty() {
                let message =
                    format!("The time zone is {}, that of the first agency {}", agency.timezone, first.timezone);
                rows.problem(&notice::INCONSISTENT_AGENCY_TIMEZONE, timezone, message);
            }
            if agency.language != first.language && !agency.language.is_empty() {
                let message =
                    format!("The language is {}, that of the first agency {}", agency.language, first.language);
                rows.problem(&notice::INCONSISTENT_AGENCY_LANG, language, message);
            }
            if agency.id.is_empty() {
                rows.missing(id);
            }
        }
        feed.agencies.push(agency);
    }
}

/// Whether a number is a `route_type`: those of the standard, and the extended types of the European list.
pub(crate) fn is_vehicle(number: i64) -> bool {
    matches!(number, 0..=7 | 11 | 12 | 100..=117 | 200..=209 | 300 | 400..=405 | 500 | 600 | 700..=716 | 800
        | 900..=906 | 1000..=1021 | 1100..=1114 | 1200 | 1300..=1307 | 1400..=1402 | 1500..=1507 | 1600..=1604
        | 1700..=1702)
}

pub(super) fn routes(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, agency, short_name, long_name, description, vehicle, url, color, text_color] = [
        "route_id",
        "agency_id",
        "route_short_name",
        "route_long_name",
        "route_desc",
        "route_type",
        "route_url",
        "route_color",
        "route_text_color",
    ]
    .map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if ids.routes.get(&key).is_some() {
            rows.duplicate(id, &key);
            continue;
        }
        let operator = match rows.text(agency) {
            None if feed.agencies.len() == 1 => Some(0),
            None => {
                if feed.agencies.len() > 1 {
                    let message = "agency_id is empty, and the feed has several agencies";
                    rows.problem(&notice::MISSING_REQUIRED_FIELD, agency, message);
                }
                None
            }
            Some(_) => rows.reference(agency, &ids.agencies, "agency.txt").row(),
        };
        rows.demand(&[vehicle]);
        let number = rows.integer(vehicle, i64::MIN, i64::MAX);
        let kind = number.filter(|&number| is_vehicle(number));
        if let (Some(number), None) = (number, kind) {
            let message = format!("{number} is no type of vehicle; the route was read as a bus");
            rows.problem(&notice::UNEXPECTED_ENUM_VALUE, vehicle, message);
        }
        let route = Route {
            agency: operator,
            short_name: rows.owned(short_name),
            long_name: rows.owned(long_name),
            description: rows.owned(description),
            // Types are below 1,800.
            vehicle: kind.unwrap_or(3) as u16,
            color: rows.color(color),
            text_color: rows.color(text_color),
            url: rows.formed(url, URL),
            line: rows.line(),
            id: key.as_ref().into(),
        };
        if route.short_name.is_empty() && route.long_name.is_empty() {
            let column = if short_name.exists() { short_name } else { long_name };
            let message = format!("The route {} has neither a short nor a long name", route.id);
            rows.problem(&notice::ROUTE_BOTH_SHORT_AND_LONG_NAME_MISSING, column, message);
        }
        ids.routes.insert(&key, Some(feed.routes.len() as u32));
        feed.routes.push(route);
    }
}
