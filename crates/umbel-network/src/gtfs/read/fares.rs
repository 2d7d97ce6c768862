//! fare_attributes.txt, fare_rules.txt and feed_info.txt.

use super::Ids;
use crate::gtfs::feed::Feed;
use crate::gtfs::forms::{CURRENCY, EMAIL, LANGUAGE, URL};
use crate::gtfs::model::{Fare, FareRule, FeedInfo};
use crate::gtfs::notice;
use crate::gtfs::rows::{Reference, Rows};

pub(super) fn fares(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, price, currency, payment, transfers, agency, duration] =
        ["fare_id", "price", "currency_type", "payment_method", "transfers", "agency_id", "transfer_duration"]
            .map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if ids.fares.get(&key).is_some() {
            rows.duplicate(id, &key);
            continue;
        }
        rows.demand(&[price, currency, payment]);
        let agency = rows.reference(agency, &ids.agencies, "agency.txt").row();
        let fare = Fare {
            price: 0.0,
            currency: rows.formed(currency, CURRENCY),
            payment: rows.choice(payment, 1).unwrap_or(0),
            transfers: rows.choice(transfers, 5),
            agency,
            duration: rows.count(duration),
            line: rows.line(),
            id: key.as_ref().into(),
        };
        let Some(price) = rows.float(price, 0.0, 1e9) else {
            ids.fares.insert(&key, None);
            continue;
        };
        ids.fares.insert(&key, Some(feed.fares.len() as u32));
        feed.fares.push(Fare { price, ..fare });
    }
}

pub(super) fn rules(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [fare, route, origin, destination, contains] =
        ["fare_id", "route_id", "origin_id", "destination_id", "contains_id"].map(|name| rows.column(name));
    while rows.advance() {
        let fare_of = rows.required_reference(fare, &ids.fares, "fare_attributes.txt");
        let route_of = rows.reference(route, &ids.routes, "routes.txt");
        let zones = [origin, destination, contains].map(|column| rows.owned(column));
        let (Reference::Row(row), true) = (fare_of, route_of != Reference::Broken) else { continue };
        let [origin, destination, contains] = zones;
        let rule = FareRule { fare: row, route: route_of.row(), origin, destination, contains, line: rows.line() };
        let same = |held: &FareRule| FareRule { line: 0, ..held.clone() } == FareRule { line: 0, ..rule.clone() };
        if let Some(line) = feed.fare_rules.iter().find(|held| same(held)).map(|held| held.line) {
            let message = format!("The rule stands on line {line} already");
            rows.problem(&notice::DUPLICATE_FARE_RULE_ZONE_ID_FIELDS, fare, message);
            continue;
        }
        feed.fare_rules.push(rule);
    }
}

pub(super) fn info(rows: &mut Rows<'_>, feed: &mut Feed, _: &mut Ids) {
    let [publisher, url, language, default, start, end, version, email, contact] = [
        "feed_publisher_name",
        "feed_publisher_url",
        "feed_lang",
        "default_lang",
        "feed_start_date",
        "feed_end_date",
        "feed_version",
        "feed_contact_email",
        "feed_contact_url",
    ]
    .map(|name| rows.column(name));
    while rows.advance() {
        if feed.info.is_some() {
            rows.problem(&notice::MORE_THAN_ONE_ENTITY, publisher, "The file has a second row");
            continue;
        }
        rows.demand(&[publisher, url, language]);
        rows.formed(default, LANGUAGE);
        rows.formed(email, EMAIL);
        rows.formed(contact, URL);
        let info = FeedInfo {
            publisher: rows.owned(publisher),
            url: rows.formed(url, URL),
            language: rows.formed(language, LANGUAGE),
            start: rows.date(start),
            end: rows.date(end),
            version: rows.owned(version),
            line: rows.line(),
        };
        if info.start.is_some() != info.end.is_some() {
            let column = if info.start.is_some() { end } else { start };
            rows.problem(&notice::MISSING_FEED_INFO_DATE, column, format!("{} is empty", column.name));
        }
        if let Some((first, last)) = info.start.zip(info.end).filter(|(first, last)| first > last) {
            let message = format!("The feed ends on {last} and begins on {first}");
            rows.problem(&notice::START_AND_END_RANGE_OUT_OF_ORDER, end, message);
        }
        feed.info = Some(info);
    }
}
