//! What rides cost.

use crate::Error;
use serde::{Deserialize, Serialize};

/// A ticket: the columns of GTFS `fare_attributes.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fare {
    /// Price, in the smallest unit of the currency.
    pub price: u32,
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

/// The fares of a network.
///
/// A ride is paid by the ticket of the fare group of its route. Who holds a ticket of that fare with rides and time left
/// may use it; who does not, or would rather not, buys one. The ticket bought last is the one held. The choices that
/// make a journey cheapest are found, together with its arrival and rides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fares {
    /// Tickets.
    pub tickets: Vec<Fare>,
    /// Per fare group of routes ([`crate::timetable::Route::fare`]) the ticket that its rides need; `None`, or a group
    /// beyond the list, = they are free.
    pub groups: Vec<Option<u32>>,
    /// Cheaper prices for holders of other tickets.
    pub discounts: Vec<Discount>,
}

/// A ticket in the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    fare: u32,
    /// Rides left; `u32::MAX` for any number.
    left: u32,
    /// Last second at which it can be used.
    until: i32,
}

impl Ticket {
    fn good(&self, time: i32) -> bool {
        self.left > 0 && time <= self.until
    }

    /// Whether it can do all that another can.
    fn covers(&self, other: &Ticket) -> bool {
        other.left == 0 || (self.fare == other.fare && self.left >= other.left && self.until >= other.until)
    }
}

/// Whether one ticket (or none) can do all that another can.
pub(super) fn covers(one: Option<Ticket>, other: Option<Ticket>) -> bool {
    match (one, other) {
        (_, None) => true,
        (None, Some(other)) => other.left == 0,
        (Some(one), Some(other)) => one.covers(&other),
    }
}

impl Fares {
    /// Whether all indices are there.
    ///
    /// # Errors
    /// The first group or discount that names a ticket which is not among them.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |array, at, ticket| {
            let message = format!("its ticket {ticket} is not among the {} tickets", self.tickets.len());
            Err(Error::Input { array, at, message })
        };
        let missing = |ticket: u32| ticket as usize >= self.tickets.len();
        for (at, group) in self.groups.iter().enumerate() {
            if let Some(ticket) = group.filter(|&ticket| missing(ticket)) {
                return wrong("groups", at, ticket);
            }
        }
        for (at, discount) in self.discounts.iter().enumerate() {
            if let Some(ticket) = [discount.from, discount.to].into_iter().find(|&ticket| missing(ticket)) {
                return wrong("discounts", at, ticket);
            }
        }
        Ok(())
    }

    fn ticket(&self, group: u32) -> Option<u32> {
        self.groups.get(group as usize).copied().flatten()
    }

    /// Whether it can pay to board later: a ticket bought then is good until later.
    pub(super) fn later_helps(&self, group: u32) -> bool {
        let fare = self.ticket(group).map(|ticket| self.tickets[ticket as usize]);
        fare.is_some_and(|fare| fare.duration.is_some() && fare.transfers != Some(0))
    }

    /// The ways to pay for a ride boarded at a time: what is paid now, and the ticket held then.
    pub(super) fn pay(
        &self,
        group: u32,
        held: Option<Ticket>,
        time: i32,
    ) -> impl Iterator<Item = (u32, Option<Ticket>)> {
        let Some(number) = self.ticket(group) else { return [Some((0, held)), None].into_iter().flatten() };
        let fare = &self.tickets[number as usize];
        let good = held.filter(|ticket| ticket.good(time));
        let used = good.filter(|ticket| ticket.fare == number).map(|ticket| {
            let left = if ticket.left == u32::MAX { u32::MAX } else { ticket.left - 1 };
            (0, Some(Ticket { left, ..ticket }))
        });
        let held = |discount: &&Discount| good.is_some_and(|ticket| ticket.fare == discount.from);
        let discounts = self.discounts.iter().filter(|discount| discount.to == number).filter(held);
        let price = discounts.map(|discount| discount.price).chain([fare.price]).min().unwrap_or(fare.price);
        let until = fare.duration.map_or(i32::MAX, |duration| time.saturating_add_unsigned(duration));
        let bought = Ticket { fare: number, left: fare.transfers.unwrap_or(u32::MAX), until };
        [used, Some((price, Some(bought)))].into_iter().flatten()
    }
}
