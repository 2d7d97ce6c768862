//! Methods on networks as measures of a region: places as points, networks from its folder, results as observations.

use super::areas::Areas;
use super::cache;
use super::network::Network;
use super::points::Sites;
use super::scenario::Scenario;
use super::source::{SourceKind, Sources};
use super::times::{Row, each_row};
use super::travel::Linked;
use super::trip::{DayOfPeriod, OnNetwork, Trip};
use super::values::Day;
use crate::filter::{Condition, Filter, Places, Scalar};
use crate::inputs::Inputs;
use crate::method::Problem;
use crate::methods::travel_time::TravelTimeResult;
use crate::output::{Cell, Output};
use crate::parameters::{periods, read_periods};
use crate::reads::Reads;
use crate::select::Table;
use crate::time::valid_on;
use std::collections::BTreeMap;
use umbel_access::Seconds;
use umbel_core::{Bound, Date, Period, Status, Symbol, Unit, code};

/// From which places to which.
#[derive(Clone, Copy, Debug)]
pub struct Goals<'a> {
    /// Where journeys begin.
    pub from: Option<&'a Places>,
    /// Where they end; `None` for methods that have no destinations.
    pub to: Option<&'a Places>,
}

/// A selection of places as a filter on the rows of their table.
fn filter(places: &Places) -> Filter {
    let text = |id: &String| Scalar::Text(id.clone());
    let condition = match places {
        Places::Filter(filter) => return filter.clone(),
        Places::One(id) => Condition::Is(text(id)),
        Places::List(ids) => Condition::Any(ids.iter().map(text).collect()),
    };
    Filter(BTreeMap::from([("place_id".to_owned(), condition)]))
}

/// Declares what a method reads: its networks, then the places of `from`, then those of `to`; and what is wrong with the
/// parameters that all methods on networks share.
pub fn reads(method: &impl OnNetwork, goals: Goals<'_>, needs_to: bool, reads: &mut Reads<'_>) {
    let trip = method.trip();
    for (parameter, message, fix) in trip.problems() {
        reads.problem(Problem::new(&code::M002, &parameter, format!("{parameter}: {message}."), fix));
    }
    if method.networks().is_empty() {
        let known: Vec<&str> = reads.region().networks.iter().map(|network| network.name.as_str()).collect();
        let fix = match known[..] {
            [] => "Put a GTFS feed, an extract or a table of links into the folder network/.".to_owned(),
            _ => format!("Write network = \"{}\"; the region has {}.", known[0], known.join(", ")),
        };
        reads.problem(Problem::new(&code::M002, "network", "No network is named.", fix));
    }
    for name in method.networks() {
        reads.network(name, "network");
    }
    for (parameter, places, needed) in [("from", goals.from, true), ("to", goals.to, needs_to)] {
        match places {
            Some(places) => {
                reads.objects(Table::Places, &filter(places), parameter);
            }
            None if needed => {
                let message = format!("`{parameter}` is not given: which places are meant?");
                let fix = format!("Write for example {parameter} = {{ kind = \"city\" }}.");
                reads.problem(Problem::new(&code::M002, parameter, message, fix));
            }
            None => {}
        }
    }
    read_periods(method.periods(), reads);
}

/// The unit of times.
pub fn minute() -> Unit {
    // A code that the unit tables have.
    Unit::parse("min").unwrap_or_default()
}

/// Places of an input that exist on a day and have a point, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// The place, and its row in the input.
    pub(crate) places: Vec<(Symbol, usize)>,
    longitude: Vec<f64>,
    latitude: Vec<f64>,
    /// Places that have no point, and their rows.
    pub(crate) pointless: Vec<(Symbol, usize)>,
}

impl Found {
    fn of(inputs: &Inputs<'_>, input: usize, day: Date) -> Found {
        let mut valid: Vec<_> = inputs.places(input).filter(|(_, place)| valid_on(place, day)).collect();
        valid.sort_by_key(|(row, place)| (inputs.rank(place.id), std::cmp::Reverse(*row)));
        valid.dedup_by_key(|(_, place)| place.id);
        let mut found = Found::default();
        for (row, place) in valid {
            match place.point {
                Some((longitude, latitude)) => {
                    found.places.push((place.id, row));
                    found.longitude.push(longitude);
                    found.latitude.push(latitude);
                }
                None => found.pointless.push((place.id, row)),
            }
        }
        found
    }

    pub(crate) fn sites(&self) -> Sites<'_> {
        Sites { longitude: &self.longitude, latitude: &self.latitude }
    }
}

/// The day searched for a period: the one given, else the last Wednesday of the period or its last day.
fn day(trip: &Trip, period: Period) -> Day {
    trip.date.unwrap_or_else(|| {
        let end = period.end();
        if trip.day == DayOfPeriod::LastDay {
            return Day(end);
        }
        let after = i64::from(end.weekday().since(jiff::civil::Weekday::Wednesday));
        Day(end.checked_sub(jiff::Span::new().days(after)).unwrap_or(end))
    })
}

/// The files of the networks that a method names.
fn sources(inputs: &Inputs<'_>, networks: usize) -> Result<Sources, String> {
    let mut sources = Sources::default();
    for input in 0..networks {
        let network = inputs.network(input).ok_or("a network was not declared")?;
        for path in &network.paths {
            let path = inputs.root().join(path);
            match SourceKind::of(&path) {
                Some(kind) if kind.is_streets() && sources.streets.is_some() => {
                    return Err(format!("{}: the networks named hold streets twice", path.display()));
                }
                Some(kind) if kind.is_streets() => sources.streets = Some(path),
                Some(_) => sources.timetables.push(path),
                None => return Err(format!("{}: no feed, extract or table of links", path.display())),
            }
        }
    }
    Ok(sources)
}

/// A period looked at: from where, to where, and over what.
pub(crate) struct Looked<'a> {
    pub(crate) period: Period,
    pub(crate) from: &'a Found,
    pub(crate) to: &'a Found,
    pub(crate) network: &'a Network,
    pub(crate) trip: &'a Trip,
}

/// The network with the edits of a plan laid over it.
fn under(network: &Network, scenario: &str) -> Result<std::sync::Arc<Network>, String> {
    let told = |findings: Vec<umbel_core::Finding>| {
        findings.first().map_or_else(String::new, |first| format!("{}: {}", first.message, first.fix))
    };
    let scenario = Scenario::read("the plan", scenario).map_err(told)?;
    // Others look at the network, too.
    let mut own = network.copied();
    own.edit(scenario.on_any_day()).map_err(told)?;
    Ok(std::sync::Arc::new(own))
}

/// Looks at each period of a method: `from` and `to` are the inputs after its networks.
pub(crate) fn each_period(
    method: &impl OnNetwork,
    inputs: &Inputs<'_>,
    mut look: impl FnMut(Looked<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let networks = method.networks().len();
    let sources = sources(inputs, networks)?;
    let content = (0..networks).map(|input| inputs.network_digest(input)).collect::<Result<Vec<_>, _>>()?;
    for period in periods(method.periods(), inputs) {
        let mut trip = method.trip();
        trip.date = Some(day(&trip, period));
        let from = Found::of(inputs, networks, period.end());
        let to =
            if inputs.len() > networks + 1 { Found::of(inputs, networks + 1, period.end()) } else { Found::default() };
        let cache = cache::folder(inputs.root());
        let cache = (!inputs.root().as_os_str().is_empty()).then_some(cache.as_path());
        let mut network = Network::shared(&sources, &trip, cache, &content)?;
        let scenario = inputs.scenario(networks, period.end(), network.service.is_some(), network.streets.is_some());
        if !scenario.is_empty() {
            network = under(&network, &scenario)?;
        }
        look(Looked { period, from: &from, to: &to, network: &network, trip: &trip })?;
    }
    Ok(())
}

/// The rows of the networks and the origin: what every result of an origin rests on.
pub(crate) fn behind(inputs: &Inputs<'_>, networks: usize, origin: usize) -> Vec<(usize, usize)> {
    let rows = (0..networks).flat_map(|input| (0..inputs.node(input).series.len()).map(move |row| (input, row)));
    rows.chain([(networks, origin)]).collect()
}

/// Which of the percentiles is the figure: the middle one.
pub(crate) fn middle(trip: &Trip) -> usize {
    let mut order: Vec<usize> = (0..trip.percentiles.len()).collect();
    order.sort_by_key(|&at| trip.percentiles[at]);
    order.get((order.len().max(1) - 1) / 2).copied().unwrap_or(0)
}

/// The dimension under which the time to each place is written.
pub(crate) const DESTINATION: &str = "destination";

/// A time to a place, in minutes: first, middle and last of the percentiles.
struct Reached {
    minutes: Option<f64>,
    ends: Option<(f64, f64)>,
}

/// Minutes to the place reached first, or to each of them.
pub(crate) fn travel_time(
    method: &impl OnNetwork,
    result: TravelTimeResult,
    inputs: &Inputs<'_>,
) -> Result<Output, String> {
    let networks = method.networks().len();
    let mut output = Output::new(minute());
    each_period(method, inputs, |looked| {
        let (from, to) = (looked.from.sites(), looked.to.sites());
        let (count, middle) = (looked.trip.percentiles.len(), middle(looked.trip));
        let least = looked.trip.percentiles.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(at, _)| at);
        let most = looked.trip.percentiles.iter().enumerate().max_by_key(|(_, p)| **p).map_or(0, |(at, _)| at);
        let minutes = |time: Seconds| time.get().map(|seconds| f64::from(seconds) / 60.0);
        let reached = |times: &[Seconds], to: usize| {
            let ends = minutes(times[to * count + least]).zip(minutes(times[to * count + most]));
            Reached { minutes: minutes(times[to * count + middle]), ends: ends.filter(|_| count > 2) }
        };
        // What is on the network and not reached takes longer than the longest journey.
        let longer =
            Cell { value: Some(f64::from(looked.trip.max_time) / 60.0), status: Status::Normal, bound: Bound::Above };
        // Each destination with its row, under its breakdown; those without a point, too.
        let each: Vec<(Symbol, usize)> = match result {
            TravelTimeResult::First => Vec::new(),
            TravelTimeResult::Each => {
                let all = looked.to.places.iter().chain(&looked.to.pointless);
                let under = |&(place, row): &(Symbol, usize)| {
                    let breakdown = format!("{DESTINATION}={}", inputs.id(place));
                    let symbol = inputs.symbol(&breakdown).ok_or_else(|| format!("\"{breakdown}\" is not known"))?;
                    Ok::<_, String>((symbol, row))
                };
                all.map(under).collect::<Result<_, _>>()?
            }
        };
        for &(place, row) in &looked.from.pointless {
            if result == TravelTimeResult::First {
                output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
            }
            for &(breakdown, to) in &each {
                let members = behind(inputs, networks, row).into_iter().chain([(networks + 1, to)]);
                output.push(place, looked.period, breakdown, Cell::missing(), members);
            }
        }
        let mut write = |place: Symbol, breakdown: Symbol, known: bool, found: Option<Reached>, members| {
            let minutes = found.as_ref().and_then(|found| found.minutes);
            let cell = match minutes {
                Some(minutes) => Cell::exact(minutes),
                None if known => longer,
                None => Cell::missing(),
            };
            let written = output.push(place, looked.period, breakdown, cell, members);
            if let (Some(_), Some((low, high))) = (minutes, found.and_then(|found| found.ends)) {
                output.interval(written, low, high);
            }
        };
        each_row(looked.network, looked.trip, (from, to), |origin, Row { times, joined, ends }| {
            let (place, row) = looked.from.places[origin];
            if result == TravelTimeResult::First {
                let mut members = behind(inputs, networks, row);
                let nearest = (0..looked.to.places.len()).min_by_key(|to| times[to * count + middle]);
                let found = nearest.map(|to| (to, reached(times, to))).filter(|(_, found)| found.minutes.is_some());
                members.extend(found.as_ref().map(|(to, _)| (networks + 1, looked.to.places[*to].1)));
                write(place, Symbol::NONE, joined && ends.contains(&true), found.map(|found| found.1), members);
            }
            for (to, &(breakdown, to_row)) in each.iter().enumerate() {
                let mut members = behind(inputs, networks, row);
                members.push((networks + 1, to_row));
                // Those without a point come last.
                let found = (to < looked.to.places.len()).then(|| reached(times, to));
                write(place, breakdown, joined && ends.get(to) == Some(&true), found, members);
            }
            Ok(())
        })
    })?;
    Ok(output)
}

/// The unit of areas.
pub fn square_kilometre() -> Unit {
    // A code that the unit tables have.
    Unit::parse("km2").unwrap_or_default()
}

/// Square kilometres within the first cutoff.
pub(crate) fn isochrone(method: &crate::methods::isochrone::Isochrone, inputs: &Inputs<'_>) -> Result<Output, String> {
    let networks = method.networks().len();
    let mut output = Output::new(square_kilometre());
    let cutoff = method.cutoffs.first().ok_or("no cutoff is given")?.0;
    each_period(method, inputs, |looked| {
        let from = looked.from.sites();
        let linked = Linked::new(looked.network, looked.trip, from, looked.to.sites())?;
        let areas = Areas::new(&linked, from, &[cutoff], method.resolution)?;
        for &(place, row) in &looked.from.pointless {
            output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
        }
        let write = |origin: usize, drawn: &[umbel_access::isochrone::Isochrone]| {
            let (place, row) = looked.from.places[origin];
            let area = drawn.first().map(|drawn| drawn.area / 1e6);
            let joined = areas.origins().all[origin].joined;
            let cell = area.filter(|_| joined).map_or_else(Cell::missing, Cell::exact);
            output.push(place, looked.period, Symbol::NONE, cell, behind(inputs, networks, row));
            Ok(())
        };
        areas.each(write, |message| message)
    })?;
    Ok(output)
}
