//! From feeds to the timetable of a day.

use super::clock;
use super::fares::Gathered;
use super::feed::{Feed, Feeds};
use super::interpolate::{Filler, Interpolation};
use super::model::{LocationKind, Trip};
use super::notice;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use umbel_access::raptor::Fares;
use umbel_access::timetable::{self, Entrance, StopEvent, TimetableInput};
use umbel_core::{Finding, Location};

/// How a timetable is made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// How empty stop times are filled.
    pub interpolation: Interpolation,
    /// Seconds from midnight after which nothing needs to depart: trips that begin later, as a rule those of the next
    /// day, are left out. 36 hours unless said otherwise.
    pub horizon: i32,
    /// Metres a second on pathways inside stations that state a length and no time.
    pub walking_speed: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { interpolation: Interpolation::default(), horizon: 36 * 3600, walking_speed: 1.33 }
    }
}

/// A row of a feed that a number of the timetable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Feed, a place in [`Feeds::feeds`].
    pub feed: u32,
    /// Row of its table there.
    pub row: u32,
    /// Id in the feed.
    pub id: Box<str>,
    /// Name: of a stop its name, of a route the short name or else the long one, of a trip its headsign.
    pub name: Box<str>,
}

/// Two trips between which people stay in their seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayOnBoard {
    /// Trip that ends, a number of [`Compiled::trips`].
    pub from: u32,
    /// Trip that begins.
    pub to: u32,
}

/// The timetable of a day and what its numbers stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compiled {
    /// The arrays. Stops, routes and trips stand in the order of the feeds and of their files, trips of each feed by
    /// day of service first.
    pub input: TimetableInput,
    /// Stops: what [`TimetableInput::stops`] are.
    pub stops: Vec<Named>,
    /// Routes: what [`TimetableInput::routes`] are.
    pub routes: Vec<Named>,
    /// Trips by [`timetable::Trip::source`]: all trips of the feeds, whether they run or not. A trip that runs on two days
    /// of service around the day searched stands in the arrays twice, with one source.
    pub trips: Vec<Named>,
    /// What rides cost, by [`timetable::Route::fare`]; group 0 is of rides whose fare no feed states. Prices are in the smallest
    /// unit of the currency.
    pub fares: Fares,
    /// Currencies in which fares are stated (ISO 4217), in the order in which they are first met. Prices of several do not add.
    pub currencies: Vec<Box<str>>,
    /// Trips between which people stay in their seats (transfers of type 4).
    pub stays: Vec<StayOnBoard>,
    /// How many trips of the day itself run, before those of the days around it.
    pub running: usize,
}

impl Feeds {
    /// The timetable of a day, with the trips of other days that run into it. Times count from noon minus twelve hours
    /// of that day in the time zone of the first feed, which is midnight unless clocks change on it.
    ///
    /// Cost: the stop times of the trips that run.
    pub fn timetable(&self, date: Date, options: &Options) -> (Compiled, Vec<Finding>) {
        let mut compiled = Compiled::default();
        let mut findings = Vec::new();
        let mut gathered = Gathered::default();
        let zone = self.feeds.iter().find_map(clock::zone).unwrap_or(TimeZone::UTC);
        for (number, feed) in self.feeds.iter().enumerate() {
            let own = clock::zone(feed).unwrap_or_else(|| zone.clone());
            let mut add = Adding::new(feed, number as u32, &mut compiled, &mut gathered, options);
            let begin = clock::begin(date, &zone);
            let shift = |day: i32| -> Option<(Date, i32)> {
                let date = date.checked_add(jiff::Span::new().days(day)).ok()?;
                let shift = clock::begin(date, &own)? - begin?;
                Some((date, i32::try_from(shift).ok()?))
            };
            let before = add.latest().div_euclid(86_400) + 2;
            for day in -before..=2 {
                if let Some((date, shift)) = shift(day) {
                    add.day(date, shift, day == 0);
                }
            }
            add.transfers();
            findings.extend(super::station::transfers(feed, &add.stops, &mut compiled, options));
            let runs = |trip: &&Trip| trip.usable && feed.services[trip.service as usize].runs_on(date);
            let running = feed.trips.iter().filter(runs).count();
            compiled.running += running;
            if running == 0 {
                findings.push(no_service(feed, date));
            }
        }
        compiled.input.transfers.sort_by_key(|transfer| (transfer.from, transfer.to));
        (compiled.fares, compiled.currencies) = (gathered.fares, gathered.currencies);
        (compiled, findings)
    }
}

fn no_service(feed: &Feed, date: Date) -> Finding {
    let covered = feed.days().map_or_else(
        || "it has no service on any day".to_owned(),
        |(first, last)| format!("it has service from {first} to {last}"),
    );
    let code = &notice::NO_SERVICE_ON_THE_DAY;
    let message = format!("No trip of {} runs on {date}; {covered}", feed.name);
    Finding::new(code, Location::new(format!("{}/calendar.txt", feed.name), 0, 0), message, code.mend)
}

/// A feed being added to a timetable.
struct Adding<'a, 'c> {
    feed: &'a Feed,
    compiled: &'c mut Compiled,
    options: &'a Options,
    filler: Filler<'a>,
    /// Number in the timetable of each row of stops.txt that has one.
    stops: Vec<Option<u32>>,
    first_route: u32,
    first_trip: u32,
    filled: Vec<(i32, i32)>,
}

impl<'a, 'c> Adding<'a, 'c> {
    fn new(
        feed: &'a Feed,
        number: u32,
        compiled: &'c mut Compiled,
        gathered: &mut Gathered,
        options: &'a Options,
    ) -> Adding<'a, 'c> {
        let named = |row: usize, id: &str, name: &str| Named {
            feed: number,
            row: row as u32,
            id: id.into(),
            name: name.into(),
        };
        let mut called = vec![false; feed.stops.len()];
        for time in &feed.stop_times {
            called[time.stop as usize] = true;
        }
        let mut stops = vec![None; feed.stops.len()];
        for (row, stop) in feed.stops.iter().enumerate() {
            let Some((longitude, latitude)) = stop.point else { continue };
            if stop.kind != LocationKind::Stop && !called[row] {
                continue;
            }
            stops[row] = Some(compiled.input.stops.len() as u32);
            let wheelchair = feed.wheelchair(row as u32);
            compiled.input.stops.push(Entrance { longitude, latitude, wheelchair });
            compiled.stops.push(named(row, &stop.id, &stop.name));
        }
        let (first_route, first_trip) = (compiled.routes.len() as u32, compiled.trips.len() as u32);
        let kept: Vec<u32> = (0..).zip(&stops).filter(|(_, stop)| stop.is_some()).map(|(row, _)| row).collect();
        let fares = gathered.add(feed, &kept);
        for (row, route) in feed.routes.iter().enumerate() {
            compiled.input.routes.push(timetable::Route { vehicle: route.vehicle, fare: fares[row] });
            let name = if route.short_name.is_empty() { &route.long_name } else { &route.short_name };
            compiled.routes.push(named(row, &route.id, name));
        }
        let trips = feed.trips.iter().enumerate();
        compiled.trips.extend(trips.map(|(row, trip)| named(row, &trip.id, &trip.headsign)));
        let filler = Filler::new(feed, options.interpolation);
        Adding { feed, compiled, options, filler, stops, first_route, first_trip, filled: Vec::new() }
    }

    /// The latest time of any trip.
    fn latest(&self) -> i32 {
        let times = self.feed.stop_times.iter().filter_map(|time| time.departure).max().unwrap_or(0);
        let headways = self.feed.frequencies.iter().map(|frequency| frequency.end).max().unwrap_or(0);
        times.max(headways.saturating_add(times))
    }

    /// Adds the trips of a day of service, whose times begin to count `shift` seconds after those of the day searched.
    fn day(&mut self, date: Date, shift: i32, whole: bool) {
        let feed = self.feed;
        let runs: Vec<bool> = feed.services.iter().map(|service| service.runs_on(date)).collect();
        for (row, trip) in feed.trips.iter().enumerate() {
            if !trip.usable || !runs[trip.service as usize] {
                continue;
            }
            let (first, last) = span(feed, trip);
            // Every trip of the day itself is kept, so that what the day holds does not depend on the horizon.
            if !whole && (last.saturating_add(shift) < 0 || first.saturating_add(shift) >= self.options.horizon) {
                continue;
            }
            self.trip(row as u32, trip, shift);
        }
    }

    fn trip(&mut self, row: u32, trip: &'a Trip, shift: i32) {
        self.filler.times(trip, &mut self.filled);
        let input = &mut self.compiled.input;
        let first = input.events.len() as u32;
        for (time, &(arrival, departure)) in self.feed.times(trip).iter().zip(&self.filled) {
            // A stop without coordinates is nowhere; it was told when it was read.
            let Some(stop) = self.stops[time.stop as usize] else { continue };
            input.events.push(StopEvent {
                stop,
                arrival: arrival.saturating_add(shift),
                departure: departure.saturating_add(shift),
                board: time.pickup != 1,
                alight: time.drop_off != 1,
            });
        }
        let count = input.events.len() as u32 - first;
        if count < 2 {
            input.events.truncate(first as usize);
            return;
        }
        let first_frequency = input.frequencies.len() as u32;
        input.frequencies.extend(self.feed.headways(trip).iter().map(|headway| timetable::Frequency {
            start: headway.start.saturating_add(shift),
            end: headway.end.saturating_add(shift),
            headway: headway.headway,
            exact: headway.exact,
        }));
        input.trips.push(timetable::Trip {
            route: self.first_route + trip.route,
            first,
            count,
            wheelchair: trip.wheelchair,
            first_frequency,
            frequency_count: trip.frequency_count,
            source: self.first_trip + row,
        });
    }

    /// Notes the trips between which people stay in their seats.
    fn transfers(&mut self) {
        for transfer in self.feed.transfers.iter().filter(|transfer| transfer.kind == 4) {
            if let (Some(from), Some(to)) = (transfer.from_trip, transfer.to_trip) {
                self.compiled.stays.push(StayOnBoard { from: self.first_trip + from, to: self.first_trip + to });
            }
        }
    }
}

/// First departure and last arrival of a trip, over all its repetitions.
fn span(feed: &Feed, trip: &Trip) -> (i32, i32) {
    let times = feed.times(trip);
    let first = times.first().and_then(|time| time.departure).unwrap_or(0);
    let last = times.last().and_then(|time| time.arrival).unwrap_or(first);
    let headways = feed.headways(trip);
    match (headways.first(), headways.iter().map(|headway| headway.end).max()) {
        (Some(begin), Some(end)) => (begin.start, end.saturating_add(last.saturating_sub(first))),
        _ => (first, last),
    }
}
