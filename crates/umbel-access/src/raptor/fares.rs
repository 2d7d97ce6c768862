//! What rides cost.

use crate::Error;
use serde::{Deserialize, Serialize};

/// A sum that holds a price which is not known; every known one is less.
pub(super) const UNKNOWN: u32 = 1 << 30;

/// Zones that tickets can count as passed.
pub const MOST_PASSED: usize = 127;

/// A ticket: the columns of GTFS `fare_attributes.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fare {
    /// Price, in the smallest unit of the currency; `None` = not known: dearer than all that is known.
    pub price: Option<u32>,
    /// Rides it is good for after the first; `None` = any number.
    pub transfers: Option<u32>,
    /// Seconds from the first boarding in which a further ride can be boarded with it; `None` = always.
    pub duration: Option<u32>,
}

/// A ticket bought cheaper by who holds another that would still be good for a ride.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Ticket held.
    pub from: u32,
    /// Ticket bought.
    pub to: u32,
    /// Its price then.
    pub price: u32,
}

/// Where a ticket is good: the columns of GTFS `fare_rules.txt`. A ticket with rules is good for rides that one of them
/// allows, one without for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FareRule {
    /// Ticket.
    pub ticket: u32,
    /// Fare group of the last ride; `None` = any.
    pub group: Option<u32>,
    /// Zone of the stop where the first ride begins; `None` = any.
    pub origin: Option<u32>,
    /// Zone of the stop where the last ride ends; `None` = any.
    pub destination: Option<u32>,
    /// Zones whose stops the rides call at, these and no others: bits by their place in [`Fares::passed`]; 0 = any.
    pub through: u128,
}

/// The fares of a network.
///
/// A ride is paid by a ticket that its fare group takes. Who holds such a ticket with rides and time left may use it; who
/// does not, or would rather not, buys one. The ticket bought last is the one held. A ticket with rules about zones must
/// be good, by one of them, for all rides made with it taken together, when another is bought or the journey ends. The
/// choices that make a journey cheapest are found, together with its arrival and rides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fares {
    /// Tickets.
    pub tickets: Vec<Fare>,
    /// Per fare group of routes ([`crate::timetable::Route::fare`]) the tickets that its rides take; none, or a group
    /// beyond the list, = they are free.
    pub groups: Vec<Vec<u32>>,
    /// Cheaper prices for holders of other tickets.
    pub discounts: Vec<Discount>,
    /// Where tickets are good, in order of the tickets.
    pub rules: Vec<FareRule>,
    /// Zone of each stop; `None`, or a stop beyond the list, = in no zone.
    pub zones: Vec<Option<u32>>,
    /// The zones that rules speak of passing through, at most [`MOST_PASSED`].
    pub passed: Vec<u32>,
}

/// A ticket in the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    fare: u32,
    /// Rides left; `u32::MAX` for any number.
    left: u32,
    /// Last second at which it can be used.
    until: i32,
    /// Zone in which its first ride began, where that matters.
    origin: Option<u32>,
    /// Zones its rides called in, where that matters.
    through: u128,
    /// Whether it is not good for what has been ridden with it: the journey must go on with it.
    open: bool,
}

impl Ticket {
    fn good(&self, time: i32) -> bool {
        self.left > 0 && time <= self.until
    }

    /// Whether it can do all that another can.
    fn covers(&self, other: &Ticket) -> bool {
        let as_free = !self.open || other.open;
        let same = (self.fare, self.origin, self.through) == (other.fare, other.origin, other.through);
        as_free && (other.left == 0 || (same && self.left >= other.left && self.until >= other.until))
    }
}

/// Whether one ticket (or none) can do all that another can.
pub(super) fn covers(one: Option<Ticket>, other: Option<Ticket>) -> bool {
    match (one, other) {
        (one, None) => settled(one),
        (None, Some(other)) => other.left == 0,
        (Some(one), Some(other)) => one.covers(&other),
    }
}

/// Whether the journey may end, or another ticket be bought.
pub(super) fn settled(ticket: Option<Ticket>) -> bool {
    ticket.is_none_or(|ticket| !ticket.open)
}

/// What is paid in all; what is not known stays so.
pub(super) fn sum(a: u32, b: u32) -> u32 {
    a.saturating_add(b).min(UNKNOWN)
}

impl Fares {
    /// Whether all indices are there, and prices and zones no more than can be counted.
    ///
    /// # Errors
    /// The first ticket, group, discount or rule that names what is not there.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |array, at, message| Err(Error::Input { array, at, message });
        let missing = |ticket: u32| ticket as usize >= self.tickets.len();
        let not_there = |ticket: u32| format!("its ticket {ticket} is not among the {} tickets", self.tickets.len());
        if let Some(at) = self.tickets.iter().position(|fare| fare.price.is_some_and(|price| price >= UNKNOWN)) {
            return wrong("tickets", at, format!("its price is not below {UNKNOWN}"));
        }
        for (at, group) in self.groups.iter().enumerate() {
            if let Some(&ticket) = group.iter().find(|&&ticket| missing(ticket)) {
                return wrong("groups", at, not_there(ticket));
            }
        }
        for (at, discount) in self.discounts.iter().enumerate() {
            if let Some(ticket) = [discount.from, discount.to].into_iter().find(|&ticket| missing(ticket)) {
                return wrong("discounts", at, not_there(ticket));
            }
        }
        if let Some(at) = self.rules.iter().position(|rule| missing(rule.ticket)) {
            return wrong("rules", at, not_there(self.rules[at].ticket));
        }
        if let Some(at) = self.rules.windows(2).position(|pair| pair[0].ticket > pair[1].ticket) {
            return wrong("rules", at + 1, "rules are not in order of their tickets".to_owned());
        }
        if self.passed.len() > MOST_PASSED {
            return wrong("passed", MOST_PASSED, format!("no more than {MOST_PASSED} zones can be told apart"));
        }
        Ok(())
    }

    fn tickets(&self, group: u32) -> &[u32] {
        self.groups.get(group as usize).map_or(&[], Vec::as_slice)
    }

    fn zone(&self, stop: u32) -> Option<u32> {
        self.zones.get(stop as usize).copied().flatten()
    }

    /// The bit of the zone of a stop among those passed through; zones that no rule speaks of share one.
    fn bit(&self, stop: u32) -> u128 {
        let of = |zone| 1 << self.passed.iter().position(|&passed| passed == zone).unwrap_or(MOST_PASSED);
        self.zone(stop).map_or(0, of)
    }

    fn rules(&self, ticket: u32) -> &[FareRule] {
        let first = self.rules.partition_point(|rule| rule.ticket < ticket);
        let count = self.rules[first..].partition_point(|rule| rule.ticket == ticket);
        &self.rules[first..first + count]
    }

    /// Whether it can pay to board later: a ticket bought then is good until later.
    pub(super) fn later_helps(&self, group: u32) -> bool {
        let fares = self.tickets(group).iter().map(|&ticket| self.tickets[ticket as usize]);
        fares.into_iter().any(|fare| fare.duration.is_some() && fare.transfers != Some(0))
    }

    /// The ways to pay for a ride boarded at a stop and a time: what is paid now, and the ticket held then.
    pub(super) fn pay(&self, group: u32, held: Option<Ticket>, (stop, time): (u32, i32)) -> Vec<(u32, Option<Ticket>)> {
        let tickets = self.tickets(group);
        if tickets.is_empty() {
            return vec![(0, held)];
        }
        let mut ways = Vec::new();
        let good = held.filter(|ticket| ticket.good(time));
        if let Some(ticket) = good.filter(|ticket| tickets.contains(&ticket.fare)) {
            let left = if ticket.left == u32::MAX { u32::MAX } else { ticket.left - 1 };
            ways.push((0, Some(Ticket { left, ..ticket })));
        }
        if !settled(held) {
            return ways;
        }
        for &number in tickets {
            let (fare, rules) = (&self.tickets[number as usize], self.rules(number));
            let zone = self.zone(stop);
            if !rules.is_empty() && !rules.iter().any(|rule| rule.origin.is_none() || rule.origin == zone) {
                continue;
            }
            let held = |discount: &&Discount| good.is_some_and(|ticket| ticket.fare == discount.from);
            let discounts = self.discounts.iter().filter(|discount| discount.to == number).filter(held);
            let whole = fare.price.unwrap_or(UNKNOWN);
            let price = discounts.map(|discount| discount.price).chain([whole]).min().unwrap_or(whole);
            let until = fare.duration.map_or(i32::MAX, |duration| time.saturating_add_unsigned(duration));
            let origin = zone.filter(|_| rules.iter().any(|rule| rule.origin.is_some()));
            let left = fare.transfers.unwrap_or(u32::MAX);
            let ticket = Ticket { fare: number, left, until, origin, through: 0, open: false };
            ways.push((price, Some(ticket)));
        }
        ways
    }

    /// The ticket after a ride of a group called at a stop.
    pub(super) fn called(&self, ticket: Option<Ticket>, group: u32, stop: u32) -> Option<Ticket> {
        let mut ticket = ticket?;
        let counts = !self.tickets(group).is_empty();
        if counts && self.rules(ticket.fare).iter().any(|rule| rule.through != 0) {
            ticket.through |= self.bit(stop);
        }
        Some(ticket)
    }

    /// The ticket (or none) with which a ride of a group may end at a stop; `None` = with this one it may not, since it is
    /// not good for it and no ride is left.
    pub(super) fn alight(&self, ticket: Option<Ticket>, group: u32, stop: u32) -> Option<Option<Ticket>> {
        let Some(held) = ticket else { return Some(None) };
        let rules = self.rules(held.fare);
        // A free ride needs no ticket, and changes nothing about the one held.
        if rules.is_empty() || self.tickets(group).is_empty() {
            return Some(ticket);
        }
        let zone = self.zone(stop);
        let allows = |rule: &FareRule| {
            rule.group.is_none_or(|of| of == group)
                && rule.origin.is_none_or(|origin| Some(origin) == held.origin)
                && rule.destination.is_none_or(|destination| Some(destination) == zone)
                && (rule.through == 0 || rule.through == held.through)
        };
        let open = !rules.iter().any(allows);
        (!open || held.left > 0).then_some(Some(Ticket { open, ..held }))
    }
}
