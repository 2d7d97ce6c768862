//! From fares of feeds to those of a timetable.

use super::feed::Feed;
use super::model::{Fare, FareRule};
use std::collections::BTreeMap;
use umbel_access::raptor::{self, Fares, MOST_PASSED};

/// The fare group of rides whose fare no feed states; its one ticket has no price.
pub(super) const NOT_STATED: u32 = 0;

/// The ticket without a price.
const NO_PRICE: u32 = 0;

/// Whether a rule depends on zones.
fn zoned(rule: &FareRule) -> bool {
    !rule.origin.is_empty() || !rule.destination.is_empty() || !rule.contains.is_empty()
}

/// Digits after the point of amounts of a currency (ISO 4217): 2 for most.
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// A price in the smallest unit of its currency; `None` when it is more than can be counted.
fn minor(fare: &Fare) -> Option<u32> {
    let minor = (fare.price * f64::from(10_u32.pow(minor_digits(&fare.currency)))).round();
    (0.0..f64::from(1 << 30)).contains(&minor).then_some(minor as u32)
}

/// The fares of several feeds, being put together.
#[derive(Debug)]
pub(super) struct Gathered {
    pub fares: Fares,
    /// Currencies in the order in which they are first met.
    pub currencies: Vec<Box<str>>,
    /// Zones met, over all feeds.
    zones: u32,
}

impl Default for Gathered {
    fn default() -> Gathered {
        let none = raptor::Fare { price: None, transfers: None, duration: None };
        let fares = Fares { tickets: vec![none], groups: vec![vec![NO_PRICE]], ..Fares::default() };
        Gathered { fares, currencies: Vec::new(), zones: 0 }
    }
}

impl Gathered {
    /// Takes up the fares of a feed: the fare group of each of its routes. `stops` are the rows of its stops in the order in
    /// which they follow those of the feeds before.
    pub fn add(&mut self, feed: &Feed, stops: &[u32]) -> Vec<u32> {
        let numbers = self.zones_of(feed);
        let zone = |text: &str| numbers.get(text).copied();
        self.fares.zones.extend(stops.iter().map(|&row| zone(&feed.stops[row as usize].zone)));
        if feed.fares.is_empty() {
            return vec![NOT_STATED; feed.routes.len()];
        }
        let first = self.fares.tickets.len() as u32;
        for (row, fare) in feed.fares.iter().enumerate() {
            if !self.currencies.contains(&fare.currency) {
                self.currencies.push(fare.currency.clone());
            }
            // Zones beyond those that can be told apart: what such a ticket is good for is not known.
            let told = |zone: &str| numbers.get(zone).is_none_or(|zone| self.fares.passed.contains(zone));
            let of = feed.fare_rules.iter().filter(|rule| rule.fare == row as u32);
            let counts = of.into_iter().all(|rule| rule.contains.is_empty() || told(&rule.contains));
            self.fares.tickets.push(raptor::Fare {
                price: minor(fare).filter(|_| counts),
                transfers: fare.transfers.map(u32::from),
                duration: fare.duration,
            });
        }
        // Routes that the same rules allow are of one group.
        let mut groups: BTreeMap<Vec<(u32, Vec<usize>)>, u32> = BTreeMap::new();
        let mut of_routes = Vec::with_capacity(feed.routes.len());
        for row in 0..feed.routes.len() {
            let taken = taken(feed, row as u32);
            if taken.is_empty() {
                of_routes.push(NOT_STATED);
                continue;
            }
            let next = self.fares.groups.len() as u32;
            let group = *groups.entry(taken.clone()).or_insert(next);
            if group == next {
                let mut tickets: Vec<u32> = taken.iter().map(|(fare, _)| first + fare).collect();
                // Between zones that no rule names a ride can be made, too, and nobody says what it costs.
                let anywhere =
                    |rows: &[usize]| rows.is_empty() || rows.iter().any(|&row| !zoned(&feed.fare_rules[row]));
                if !taken.iter().any(|(_, rows)| anywhere(rows)) {
                    tickets.push(NO_PRICE);
                }
                self.fares.groups.push(tickets);
                for (fare, rows) in taken {
                    self.rules(feed, (first + fare, group), &rows, &numbers);
                }
            }
            of_routes.push(group);
        }
        self.fares.rules.sort_by_key(|rule| rule.ticket);
        of_routes
    }

    /// Numbers of the zones of a feed; those that rules speak of passing through are told apart first.
    fn zones_of<'f>(&mut self, feed: &'f Feed) -> BTreeMap<&'f str, u32> {
        let mut numbers = BTreeMap::new();
        let passed = feed.fare_rules.iter().map(|rule| &*rule.contains);
        let others = feed.fare_rules.iter().flat_map(|rule| [&*rule.origin, &*rule.destination]);
        let passed: Vec<&str> = passed.filter(|zone| !zone.is_empty()).collect();
        let all = passed.iter().copied().chain(others).chain(feed.stops.iter().map(|stop| &*stop.zone));
        for zone in all.filter(|zone| !zone.is_empty()) {
            let next = self.zones;
            if *numbers.entry(zone).or_insert(next) == next {
                self.zones += 1;
                if passed.contains(&zone) && self.fares.passed.len() < MOST_PASSED {
                    self.fares.passed.push(next);
                }
            }
        }
        numbers
    }

    /// Adds the rules in some rows about a ticket on the routes of a group. Rows that differ only in the zone passed through are
    /// one rule: all of them are passed.
    fn rules(&mut self, feed: &Feed, (ticket, group): (u32, u32), rows: &[usize], numbers: &BTreeMap<&str, u32>) {
        let mut through: BTreeMap<(Option<u32>, Option<u32>), u128> = BTreeMap::new();
        for rule in rows.iter().map(|&row| &feed.fare_rules[row]) {
            let zone = |text: &str| numbers.get(text).copied();
            let bit = |zone| self.fares.passed.iter().position(|&passed| passed == zone);
            let mask = zone(&rule.contains).and_then(bit).map_or(0, |bit| 1_u128 << bit);
            *through.entry((zone(&rule.origin), zone(&rule.destination))).or_default() |= mask;
        }
        let rule = |((origin, destination), through)| raptor::FareRule {
            ticket,
            group: Some(group),
            origin,
            destination,
            through,
        };
        self.fares.rules.extend(through.into_iter().map(rule));
    }
}

/// The fares that rides on a route take, and the rows of the rules by which they do; none where the fare holds everywhere.
fn taken(feed: &Feed, route: u32) -> Vec<(u32, Vec<usize>)> {
    let agency = feed.routes[route as usize].agency;
    let mut taken = Vec::new();
    for (fare, stated) in (0..).zip(&feed.fares) {
        let rules = || feed.fare_rules.iter().enumerate().filter(move |(_, rule)| rule.fare == fare);
        let on_route = rules().filter(|(_, rule)| rule.route.is_none_or(|of| of == route)).map(|(row, _)| row);
        let rows: Vec<usize> = on_route.collect();
        let of_agency = stated.agency.is_none() || stated.agency == agency;
        if of_agency && (!rows.is_empty() || rules().next().is_none()) {
            taken.push((fare, rows));
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(attributes: &str, rules: &str) -> Feed {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let files = vec![
            file("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\na,A,https://a.example,Etc/UTC\n"),
            file("routes.txt", "route_id,agency_id,route_short_name,route_type\nbus,a,1,3\nrail,a,R,2\nferry,a,F,4\n"),
            file(
                "stops.txt",
                "stop_id,stop_name,stop_lat,stop_lon,zone_id\nx,X,50,8,in\ny,Y,50.1,8,out\nz,Z,50.2,8,far\n",
            ),
            file("fare_attributes.txt", attributes),
            file("fare_rules.txt", rules),
        ];
        Feed::from_files("feed", files).0
    }

    const HEADER: &str = "fare_id,price,currency_type,payment_method,transfers,agency_id,transfer_duration\n";

    #[test]
    fn routes_of_the_same_rules_are_one_group() {
        let attributes = format!("{HEADER}one,2,CNY,0,0,,\ntwo,3.5,CNY,0,,,5400\n");
        let rules = "fare_id,route_id,origin_id,destination_id,contains_id\none,bus,,,\none,rail,,,\ntwo,,in,out,\n";
        let feed = feed(&attributes, rules);
        let mut gathered = Gathered::default();
        let groups = gathered.add(&feed, &[0, 1, 2]);
        // The ferry takes the ticket of two zones alone.
        assert_eq!(groups, [1, 2, 3]);
        let fares = &gathered.fares;
        assert_eq!(fares.groups, [vec![0], vec![1, 2], vec![1, 2], vec![2, 0]]);
        let price = |ticket: usize| fares.tickets[ticket].price;
        assert_eq!([price(0), price(1), price(2)], [None, Some(200), Some(350)]);
        assert_eq!((fares.tickets[2].transfers, fares.tickets[2].duration), (None, Some(5400)));
        assert_eq!(fares.zones, [Some(0), Some(1), Some(2)]);
        let two = |group| raptor::FareRule {
            ticket: 2,
            group: Some(group),
            origin: Some(0),
            destination: Some(1),
            through: 0,
        };
        let one = |group| raptor::FareRule { ticket: 1, group: Some(group), ..raptor::FareRule::default() };
        assert_eq!(fares.rules, [one(1), one(2), two(1), two(2), two(3)]);
        assert!(fares.check().is_ok());
        assert_eq!(gathered.currencies, ["CNY".into()]);
        // A second feed has zones, tickets and groups of its own; the first group stands for what none states.
        assert_eq!(gathered.add(&feed, &[0]), [4, 5, 6]);
        assert_eq!(gathered.fares.zones.last(), Some(&Some(3)));
    }

    #[test]
    fn zones_passed_through_are_one_rule() {
        let attributes = format!("{HEADER}wide,900,JPY,0,,,\n");
        let feed = feed(
            &attributes,
            "fare_id,route_id,origin_id,destination_id,contains_id\nwide,rail,,,in\nwide,rail,,,out\n",
        );
        let mut gathered = Gathered::default();
        assert_eq!(gathered.add(&feed, &[0, 1, 2]), [NOT_STATED, 1, NOT_STATED]);
        // No smaller unit of the yen.
        assert_eq!(gathered.fares.tickets[1].price, Some(900));
        let [rule] = gathered.fares.rules[..] else { panic!("one rule") };
        assert_eq!((rule.through, &gathered.fares.passed[..]), (3, &[0, 1][..]));
    }
}
