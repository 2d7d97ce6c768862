//! Door to door: streets and timetables joined.
//!
//! A [`Network`] is streets, a profile of walking, a timetable, and where each stop meets the street. A [`Journeys`] holds
//! what a question about many origins and destinations needs once ([`Travel`] says by which rules one travels): from
//! which stops each destination is walked to, and how far. Then, origin by origin, a search over the streets finds stops
//! and destinations around, a search over the timetable the earliest arrival at each stop for all departures of the
//! window, and both are joined ([`Times`]).
//!
//! The rules are those of R5 (Conway, Byrd, van der Linden, Evidence-based transit and land use sketch planning using
//! interactive accessibility methods, Transportation Research Record 2653, 2017), so that results can be compared.

mod approach;
mod gates;
mod journeys;
pub(crate) mod lanes;
mod network;
mod onward;
pub(crate) mod percentile;
mod places;
mod points;
mod stops;
mod times;
mod travel;

pub use gates::Through;
pub use journeys::Journeys;
pub use network::{LinkOptions, Links, Network};
pub use percentile::rank;
pub use points::{Points, SNAP_RADIUS};
pub use times::Times;
pub use travel::{Travel, Window};
