//! Level of service of stops and routes, and of the places around stops.

use super::network::Network;
use super::region::{behind, each_period, minute};
use super::trip::{OnNetwork, Trip};
use crate::inputs::Inputs;
use crate::methods::service_level::{ServiceLevel, ServiceOf, ServiceResult};
use crate::output::{Cell, Output};
use umbel_access::service::{Band, Service, grade, of_routes, of_stops};
use umbel_core::{Symbol, Unit};
use umbel_network::osm::haversine;

/// The service of a stop or route.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Id in its feed.
    pub id: String,
    /// Name.
    pub name: String,
    /// Longitude and latitude of a stop.
    pub point: Option<[f64; 2]>,
    /// Departures of the day.
    pub departures: u32,
    /// First and last departure of the day, in seconds from midnight.
    pub first: Option<i32>,
    /// Last departure of the day.
    pub last: Option<i32>,
    /// Departures an hour of the window.
    pub per_hour: f64,
    /// Seconds between departures of the window in the mean.
    pub headway: Option<f64>,
    /// Longest time of the window without a departure, in seconds.
    pub longest_gap: Option<u32>,
    /// Grade of the headway, A (below 10 minutes) to F (above an hour).
    pub grade: Option<String>,
}

fn window(trip: &Trip) -> Band {
    let from = trip.departure as i32;
    Band { from, to: from + trip.window.max(trip.step) as i32 }
}

/// The service of all stops or routes of a network.
///
/// # Errors
/// A sentence when there is no timetable, or a window that is none.
pub fn services(network: &Network, trip: &Trip, of: ServiceOf) -> Result<Vec<Served>, String> {
    let compiled = network.service.as_ref().ok_or("there is no timetable: name a feed")?;
    let bands = [window(trip)];
    let stops = compiled.input.stops.len();
    let (names, found) = match of {
        ServiceOf::Stops => {
            let group: Vec<Option<u32>> = (0..stops as u32).map(Some).collect();
            (&compiled.stops, of_stops(&compiled.input, &group, stops, Band::DAY, &bands))
        }
        ServiceOf::Routes => (&compiled.routes, of_routes(&compiled.input, Band::DAY, &bands)),
    };
    let found = found.map_err(|error| error.to_string())?;
    let served = names.iter().zip(found).enumerate().map(|(at, (named, service))| {
        let point = (of == ServiceOf::Stops).then(|| &compiled.input.stops[at]);
        Served {
            id: named.id.to_string(),
            name: named.name.to_string(),
            point: point.map(|stop| [stop.longitude, stop.latitude]),
            departures: service.trips,
            first: service.first,
            last: service.last,
            per_hour: service.bands[0].per_hour,
            headway: service.bands[0].mean_headway,
            longest_gap: service.bands[0].longest_gap,
            grade: service.bands[0].mean_headway.map(|headway| format!("{:?}", grade(headway))),
        }
    });
    Ok(served.collect())
}

/// The unit of a result.
pub fn unit(result: ServiceResult) -> Unit {
    // Codes that the unit tables have.
    let unit = |code: &str| Unit::parse(code).unwrap_or_default();
    match result {
        ServiceResult::PerHour => unit("/h"),
        ServiceResult::Departures => Unit::one(),
        ServiceResult::Headway | ServiceResult::LongestGap => minute(),
        ServiceResult::Span => unit("h"),
    }
}

fn figure(service: &Service, result: ServiceResult) -> Option<f64> {
    let band = &service.bands[0];
    match result {
        ServiceResult::PerHour => Some(band.per_hour),
        ServiceResult::Departures => Some(f64::from(service.trips)),
        ServiceResult::Headway => band.mean_headway.map(|seconds| seconds / 60.0),
        ServiceResult::LongestGap => band.longest_gap.map(|seconds| f64::from(seconds) / 60.0),
        ServiceResult::Span => service.span().map(|seconds| f64::from(seconds) / 3600.0),
    }
}

/// The service of places: that of all stops near their points.
pub(crate) fn service_level(method: &ServiceLevel, inputs: &Inputs<'_>) -> Result<Output, String> {
    let networks = method.networks().len();
    let mut output = Output::new(unit(method.result));
    each_period(method, inputs, |looked| {
        let compiled = looked.network.service.as_ref().ok_or("the networks named hold no timetable")?;
        let bands = [window(looked.trip)];
        for &(place, row) in &looked.from.pointless {
            output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
        }
        let sites = looked.from.sites();
        for (at, &(place, row)) in looked.from.places.iter().enumerate() {
            let point = [sites.longitude[at], sites.latitude[at]];
            let near = compiled
                .input
                .stops
                .iter()
                .map(|stop| (haversine(point, [stop.longitude, stop.latitude]) <= method.within).then_some(0));
            let group: Vec<Option<u32>> = near.collect();
            let found = of_stops(&compiled.input, &group, 1, Band::DAY, &bands).map_err(|error| error.to_string())?;
            let value = found.first().and_then(|service| figure(service, method.result));
            let cell = value.map_or_else(crate::parameters::undefined, Cell::exact);
            output.push(place, looked.period, Symbol::NONE, cell, behind(inputs, networks, row));
        }
        Ok(())
    })?;
    Ok(output)
}
