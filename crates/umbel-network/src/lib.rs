//! Native network files (OSM extracts, GTFS feeds, link tables): readers with exact findings, into the arrays of the
//! access engine.

pub mod gtfs;
pub mod links;
pub mod osm;
