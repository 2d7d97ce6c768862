//! Journeys by timetable over a window of departures (range-RAPTOR).
//!
//! [`RangeSearch::run`] answers all departures of a window from one place at once. Departures are taken from the last to
//! the first: who leaves earlier can do all that who leaves later can, so labels stay, and only what becomes possible by
//! leaving earlier is looked at. Labels are kept per number of rides, since a later departure may be as fast with more.
//!
//! Sources: Delling, Pajor, Werneck, Round-based public transit routing, ALENEX 2012 (rounds, range-RAPTOR); Witt,
//! Trip-based public transit routing, ESA 2015 (a trip is never ridden again from where it was ridden before).

mod changes;
mod fares;
mod journeys;
mod labels;
mod priced;
mod query;
mod search;
mod seeds;
mod service;
mod usage;

pub(crate) use changes::ChangeFinder;
pub use fares::{Discount, Fare, FareRule, Fares, MOST_PASSED};
pub use journeys::{Journey, Leg, Ride, Trace};
pub use priced::{PricedJourney, PricedTrace};
pub use query::{Access, Frequencies, RangeQuery};
pub use search::{Improved, RangeSearch};
pub(crate) use seeds::Boardings;
pub use usage::Usage;
