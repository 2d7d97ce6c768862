//! Methods on networks of streets and timetables: what they share.
//!
//! [`trip`] holds the parameters that all of them take, [`values`] and [`decay`] how times, speeds and weights are written.
//! [`source`] says which files make a network, [`timetables`] reads those of a day, [`network`] makes it ready and
//! [`scenario`] edits it; `faults` says what is wrong with those of a region. [`points`] reads origins and destinations,
//! [`given`] times from a file.
//!
//! [`travel`] joins points to a network and computes the times between them row by row, `times` keeps them at hand, found on
//! `own_threads`; [`areas`], [`reaching`], [`sharing`], [`services`] and [`itineraries`] are what else can be asked;
//! [`fares`] what journeys cost. [`region`] and [`measures`] make measures of them.

pub mod areas;
pub(crate) mod cache;
pub mod decay;
pub mod fares;
pub(crate) mod faults;
pub mod given;
pub mod itineraries;
pub mod measures;
#[allow(clippy::module_inception, reason = "it holds the network")]
pub mod network;
mod own_threads;
mod packed;
pub mod points;
pub mod reaching;
pub mod region;
pub mod rows;
pub mod scenario;
pub mod services;
pub mod sharing;
pub mod snaps;
pub mod source;
mod straight;
mod times;
pub mod timetables;
pub mod travel;
pub mod trip;
pub mod values;

pub use decay::DecayForm;
pub use given::GivenTimes;
pub use network::Network;
pub use points::{PointColumns, Points, Sites};
pub use scenario::Scenario;
pub use snaps::{Snapped, Snaps};
pub use source::{SourceKind, Sources};
pub use travel::{Linked, Travel};
pub use trip::{Frequencies, IN_REGION, OnNetwork, TravelMode, Trip};
pub use umbel_access::Seconds;
