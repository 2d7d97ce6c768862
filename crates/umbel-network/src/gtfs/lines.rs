//! Lines declared by their headways, for regions that have no timetable: `lines.toml`, read into a feed.
//!
//! ```toml
//! timezone = "Asia/Shanghai"
//! agency = "China Railway"             # optional, as is url
//!
//! [[stop]]
//! id = "beijing-south"
//! name = "Beijing South"
//! lon = 116.379
//! lat = 39.865
//!
//! [[line]]
//! id = "c"
//! name = "Beijing-Tianjin intercity"
//! vehicle = "rail"                     # tram, metro, rail, bus, ferry, coach, ... or the number of GTFS
//! stops = ["beijing-south", "wuqing", "tianjin"]
//! minutes = [21, 14]                   # between stops; or km = [84, 36] with speed = 250, one or one a stretch; or
//!                                      # speed alone, over straight lines
//! dwell = 2                            # minutes at the stops between, 0 if not given
//! both_directions = true               # true if not given
//! opened = 2008-08-01                  # first day, optional
//! closed = 2035-01-01                  # first day without it, optional
//!
//! [[line.service]]
//! days = ["weekdays"]                  # daily (if not given), weekdays, weekends, monday ...
//! from = "06:00"                       # first departure at the end of the line
//! to = "23:00"                         # no departure at or after this; may pass 24:00
//! headway = 15                         # minutes; or departures = ["06:10", "18:40"] instead of from, to, headway
//! ```
//!
//! Stops may also be those of a feed beside it, by their ids. A line with something missing or impossible is left out
//! and told; the others are read.

mod document;

use self::document::{DAYS, Document, Line, OneOrMany, Runs, VEHICLES, Vehicle};
use super::feed::Feed;
use super::model::{Agency, Frequency, Route, Service, Stop, StopTime, Trip};
use super::notice;
use super::project::metres;
use super::read::is_vehicle;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use umbel_access::timetable::Wheelchair;
use umbel_core::csv::place;
use umbel_core::problems::{Problems, quoted};
use umbel_core::{Code, Finding};

impl Feed {
    /// Reads declared lines (the text of a `lines.toml`; `path` names it in findings). `beside` may hold stops that the
    /// lines call at by their ids.
    pub fn from_lines(path: &str, text: &str, beside: Option<&Feed>) -> (Feed, Vec<Finding>) {
        let mut reader =
            Reader { text, problems: Problems::new(path), feed: Feed { name: path.into(), ..Feed::default() } };
        match toml::from_str::<Document>(text) {
            Ok(document) => reader.document(&document, beside),
            Err(error) => {
                let at = error.span().map_or((0, 0), |span| reader.at(&span));
                let message = error.message().trim().replace('\n', " ");
                let code = &umbel_core::code::F018;
                reader.problems.add(code, "", at, message, code.mend);
            }
        }
        (reader.feed, reader.problems.finish())
    }
}

struct Reader<'a> {
    text: &'a str,
    problems: Problems,
    feed: Feed,
}

impl Reader<'_> {
    fn at(&self, span: &Range<usize>) -> (u32, u32) {
        place(self.text, (0, 1), span.start)
    }

    fn tell(&mut self, code: &'static Code, span: &Range<usize>, message: impl Into<String>) {
        let at = self.at(span);
        self.problems.add(code, "", at, message, code.mend);
    }

    /// Tells what keeps a line from being read.
    fn incomplete(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.tell(&notice::LINE_INCOMPLETE, span, message);
    }

    fn document(&mut self, document: &Document, beside: Option<&Feed>) {
        let zone = document.timezone.get_ref();
        if jiff::tz::TimeZone::get(zone).is_err() {
            let message = format!("{} is not a name of the time zone database", quoted(zone));
            self.tell(&notice::INVALID_TIMEZONE, &document.timezone.span(), message);
        }
        self.feed.agencies.push(Agency {
            name: document.agency.as_deref().unwrap_or("Declared lines").into(),
            url: document.url.as_deref().unwrap_or("https://gtfs.org/").into(),
            timezone: zone.as_str().into(),
            ..Agency::default()
        });
        let mut stops: BTreeMap<&str, u32> = BTreeMap::new();
        for stop in &document.stop {
            let (longitude, latitude) = (*stop.lon.get_ref(), *stop.lat.get_ref());
            for (value, limit, span) in [(longitude, 180.0, stop.lon.span()), (latitude, 90.0, stop.lat.span())] {
                if !(-limit..=limit).contains(&value) {
                    let message = format!("{value} lies outside -{limit} to {limit}");
                    self.tell(&notice::NUMBER_OUT_OF_RANGE, &span, message);
                }
            }
            let id = stop.id.get_ref();
            if stops.contains_key(id.as_str()) {
                self.tell(
                    &notice::DUPLICATE_KEY,
                    &stop.id.span(),
                    format!("The stop {} is declared twice", quoted(id)),
                );
                continue;
            }
            stops.insert(id, self.feed.stops.len() as u32);
            self.feed.stops.push(Stop {
                id: id.as_str().into(),
                name: stop.name.as_str().into(),
                point: (longitude.abs() <= 180.0 && latitude.abs() <= 90.0).then_some((longitude, latitude)),
                wheelchair: match stop.wheelchair {
                    None => Wheelchair::Unknown,
                    Some(true) => Wheelchair::Yes,
                    Some(false) => Wheelchair::No,
                },
                line: self.at(&stop.id.span()).0,
                ..Stop::default()
            });
        }
        let mut ids = std::collections::BTreeSet::new();
        for line in &document.line {
            let id = &line.get_ref().id;
            if !ids.insert(id.get_ref().as_str()) {
                let message = format!("The line {} is declared twice", quoted(id.get_ref()));
                self.tell(&notice::DUPLICATE_KEY, &id.span(), message);
                continue;
            }
            self.line(line, &mut stops, beside);
        }
        let mut first = 0;
        for trip in self.feed.trips.iter_mut().filter(|trip| trip.frequency_count > 0) {
            trip.first_frequency = first;
            first += trip.frequency_count;
        }
    }

    /// The rows of the stops of a line.
    fn stops<'d>(
        &mut self,
        line: &'d Line,
        known: &mut BTreeMap<&'d str, u32>,
        beside: Option<&Feed>,
    ) -> Option<Vec<u32>> {
        let mut rows = Vec::with_capacity(line.stops.len());
        let mut all = true;
        for stop in &line.stops {
            let id = stop.get_ref().as_str();
            let found = known.get(id).copied().or_else(|| {
                let held = beside?.stops.iter().find(|held| &*held.id == id)?;
                let row = self.feed.stops.len() as u32;
                // A stop of the other feed, not its station or zone.
                self.feed.stops.push(Stop { parent: None, level: None, ..held.clone() });
                known.insert(id, row);
                Some(row)
            });
            match found {
                Some(row) => rows.push(row),
                None => {
                    all = false;
                    let message = format!("The stop {} is not declared", quoted(id));
                    self.tell(&notice::UNKNOWN_STOP_OF_A_LINE, &stop.span(), message);
                }
            }
        }
        all.then_some(rows)
    }

    fn line<'d>(&mut self, spanned: &'d Spanned<Line>, known: &mut BTreeMap<&'d str, u32>, beside: Option<&Feed>) {
        let line = spanned.get_ref();
        let id = &line.id;
        let stops = self.stops(line, known, beside);
        let vehicle = match line.vehicle.get_ref() {
            Vehicle::Word(word) => VEHICLES.iter().find(|(held, _)| held == word).map(|&(_, number)| number),
            // Types are below 1,800.
            &Vehicle::Number(number) => is_vehicle(number).then_some(number as u16),
        };
        if vehicle.is_none() {
            let words: Vec<&str> = VEHICLES.iter().map(|(word, _)| *word).collect();
            let message = format!("The vehicle is none of {}, nor a number of GTFS", words.join(", "));
            self.incomplete(&line.vehicle.span(), message);
        }
        if line.stops.len() < 2 {
            self.incomplete(&id.span(), format!("The line {} has fewer than two stops", quoted(id.get_ref())));
            return;
        }
        let seconds = stops.as_deref().and_then(|stops| self.seconds(line, stops));
        let dwell = match &line.dwell {
            Some(dwell) if !(0.0..=240.0).contains(dwell.get_ref()) => {
                self.incomplete(&dwell.span(), "dwell is minutes, from 0 to 240");
                None
            }
            dwell => Some(to_seconds(dwell.as_ref().map_or(0.0, |dwell| *dwell.get_ref()))),
        };
        let span = self.span(line);
        let runs = self.runs(line);
        let (Some(stops), Some(vehicle), Some(seconds), Some(dwell), Some(span), Some(runs)) =
            (stops, vehicle, seconds, dwell, span, runs)
        else {
            return;
        };
        let route = self.feed.routes.len() as u32;
        self.feed.routes.push(Route {
            id: id.get_ref().as_str().into(),
            agency: Some(0),
            long_name: line.name.as_str().into(),
            vehicle,
            line: self.at(&id.span()).0,
            ..Route::default()
        });
        let directions = if line.both_directions.unwrap_or(true) { 2 } else { 1 };
        for direction in 0..directions {
            let (mut stops, mut seconds) = (stops.clone(), seconds.clone());
            if direction == 1 {
                stops.reverse();
                seconds.reverse();
            }
            let template = Template { route, direction, stops, seconds, dwell, line: self.at(&id.span()).0 };
            for (days, runs) in &runs {
                let service = self.service(*days, span);
                self.trips(&template, service, runs);
            }
        }
    }

    /// Seconds on each stretch.
    fn seconds(&mut self, line: &Line, stops: &[u32]) -> Option<Vec<i32>> {
        let stretches = stops.len() - 1;
        let id = quoted(line.id.get_ref());
        let counted = |reader: &mut Self, values: &Spanned<Vec<f64>>, what: &str| {
            let right = values.get_ref().len() == stretches
                && values.get_ref().iter().all(|value| value.is_finite() && *value > 0.0 && *value < 1e4);
            if !right {
                let message = format!("{what} of the line {id} must be {stretches} numbers above 0, one a stretch");
                reader.incomplete(&values.span(), message);
            }
            right.then(|| values.get_ref().clone())
        };
        if let Some(minutes) = &line.minutes {
            let minutes = counted(self, minutes, "minutes")?;
            if let Some(other) = line.km.as_ref().map(Spanned::span).or(line.speed.as_ref().map(Spanned::span)) {
                self.incomplete(&other, "The line has minutes already; km and speed would say it twice");
                return None;
            }
            return Some(minutes.into_iter().map(to_seconds).collect());
        }
        let Some(speed) = &line.speed else {
            let span = line.km.as_ref().map_or_else(|| line.id.span(), Spanned::span);
            self.incomplete(&span, format!("The line {id} needs minutes, or a speed"));
            return None;
        };
        let speeds = match speed.get_ref() {
            OneOrMany::One(speed) => vec![*speed; stretches],
            OneOrMany::Many(speeds) => speeds.clone(),
        };
        if speeds.len() != stretches || !speeds.iter().all(|speed| *speed > 0.0 && *speed <= 1_200.0) {
            let message = format!("speed is km/h above 0, one for the line or {stretches}, one a stretch");
            self.incomplete(&speed.span(), message);
            return None;
        }
        let kilometres = match &line.km {
            Some(km) => counted(self, km, "km")?,
            None => {
                let point = |stop: u32| self.feed.stops[stop as usize].point;
                let lines = stops.windows(2).map(|pair| point(pair[0]).zip(point(pair[1])));
                let lines: Option<Vec<f64>> = lines.map(|ends| ends.map(|(a, b)| metres(a, b) / 1000.0)).collect();
                lines?
            }
        };
        Some(kilometres.iter().zip(&speeds).map(|(km, speed)| to_seconds(km / speed * 60.0)).collect())
    }

    /// First and last day of a line.
    fn span(&mut self, line: &Line) -> Option<(Date, Date)> {
        let mut date = |written: &Option<Spanned<toml::value::Datetime>>, open: Date| match written {
            None => Some(open),
            Some(written) => {
                let date = written.get_ref().date.filter(|_| written.get_ref().time.is_none());
                let date = date.and_then(|date| {
                    let year = i16::try_from(date.year).ok()?;
                    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
                });
                if date.is_none() {
                    self.incomplete(&written.span(), "The day must be written as 2008-08-01");
                }
                date
            }
        };
        // Any day that a plan may ask about.
        let first = date(&line.opened, Date::constant(1900, 1, 1));
        let closed = date(&line.closed, Date::constant(2200, 1, 1));
        let (first, last) = (first?, closed?.yesterday().ok()?);
        if first > last {
            let span = line.closed.as_ref().map_or_else(|| line.id.span(), Spanned::span);
            self.tell(&notice::START_AND_END_RANGE_OUT_OF_ORDER, &span, "The line is closed before it is opened");
            return None;
        }
        Some((first, last))
    }

    /// The runs of a line by days of the week.
    fn runs(&mut self, line: &Line) -> Option<BTreeMap<u8, Vec<Run>>> {
        if line.service.is_empty() {
            let message = format!("The line {} has no [[line.service]], so it never runs", quoted(line.id.get_ref()));
            self.incomplete(&line.id.span(), message);
            return None;
        }
        let mut by_days: BTreeMap<u8, Vec<Run>> = BTreeMap::new();
        let mut held: Vec<(u8, Run)> = Vec::new();
        let mut good = true;
        for service in &line.service {
            let Some((days, runs)) = self.runs_of(service) else {
                good = false;
                continue;
            };
            for run in runs {
                let overlaps = |(other_days, other): &&(u8, Run)| {
                    other_days & days != 0
                        && run.headway.is_some()
                        && other.headway.is_some()
                        && run.from < other.to
                        && other.from < run.to
                };
                if held.iter().find(overlaps).is_some() {
                    good = false;
                    let message = "Two headways of the line hold at the same time of the same day";
                    self.tell(&notice::OVERLAPPING_FREQUENCY, &service.span(), message);
                }
                held.push((days, run));
                by_days.entry(days).or_default().push(run);
            }
        }
        good.then_some(by_days)
    }

    fn runs_of(&mut self, service: &Spanned<Runs>) -> Option<(u8, Vec<Run>)> {
        let runs = service.get_ref();
        let mut days = 0;
        let mut good = true;
        for word in runs.days.as_deref().unwrap_or(&[]) {
            match DAYS.iter().find(|(held, _)| held == word.get_ref()) {
                Some((_, bits)) => days |= bits,
                None => {
                    good = false;
                    let words: Vec<&str> = DAYS.iter().map(|(word, _)| *word).collect();
                    let message = format!("{} is none of {}", quoted(word.get_ref()), words.join(", "));
                    self.incomplete(&word.span(), message);
                }
            }
        }
        if runs.days.is_none() {
            days = 0b111_1111;
        } else if days == 0 && good {
            self.incomplete(&service.span(), "days is empty, so nothing runs");
            return None;
        }
        let mut list = Vec::new();
        if let Some(departures) = &runs.departures {
            if runs.from.is_some() || runs.to.is_some() || runs.headway.is_some() {
                self.incomplete(&service.span(), "departures stand instead of from, to and headway, not beside them");
                return None;
            }
            for departure in departures {
                match self.clock(departure) {
                    Some(from) => list.push(Run { from, to: from, headway: None, exact: true }),
                    None => good = false,
                }
            }
        } else {
            let (Some(from), Some(to), Some(headway)) = (&runs.from, &runs.to, &runs.headway) else {
                self.incomplete(&service.span(), "A service needs from, to and headway, or departures");
                return None;
            };
            let (first, end) = (self.clock(from), self.clock(to));
            let minutes = *headway.get_ref();
            if !(0.1..=1_440.0).contains(&minutes) {
                self.incomplete(&headway.span(), "headway is minutes, from 0.1 to 1440");
                good = false;
            }
            let (Some(first), Some(end)) = (first, end) else { return None };
            if first >= end {
                let code = &notice::START_AND_END_RANGE_OUT_OF_ORDER;
                self.tell(code, &to.span(), "The service ends at or before its start; past midnight write 25:00");
                return None;
            }
            // Seconds of minutes within the range above.
            let headway = Some((minutes * 60.0).round() as u32);
            list.push(Run { from: first, to: end, headway, exact: runs.exact });
        }
        good.then_some((days, list))
    }

    /// Seconds of `HH:MM` or `HH:MM:SS`.
    fn clock(&mut self, written: &Spanned<String>) -> Option<i32> {
        let text = written.get_ref();
        let parts: Vec<Option<i32>> = text
            .split(':')
            .map(|part| {
                let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
                part.parse().ok().filter(|_| digits)
            })
            .collect();
        let seconds = match parts[..] {
            [Some(hour), Some(minute)] if minute < 60 => Some(hour * 3600 + minute * 60),
            [Some(hour), Some(minute), Some(second)] if minute < 60 && second < 60 => {
                Some(hour * 3600 + minute * 60 + second)
            }
            _ => None,
        };
        if seconds.is_none() {
            let message = format!("{} is not a time of the form HH:MM", quoted(text));
            self.tell(&notice::INVALID_TIME, &written.span(), message);
        }
        seconds
    }

    fn service(&mut self, weekdays: u8, span: (Date, Date)) -> u32 {
        let same = |service: &Service| service.weekdays == weekdays && service.span == Some(span);
        if let Some(row) = self.feed.services.iter().position(same) {
            return row as u32;
        }
        let id = format!("{weekdays:07b}-{}-{}", span.0, span.1);
        self.feed.services.push(Service { id: id.into(), weekdays, span: Some(span), ..Service::default() });
        self.feed.services.len() as u32 - 1
    }

    /// One trip for all headways, and one for each stated departure.
    fn trips(&mut self, template: &Template, service: u32, runs: &[Run]) {
        let (headways, stated): (Vec<Run>, Vec<Run>) = runs.iter().partition(|run| run.headway.is_some());
        let mut headways = headways;
        headways.sort_by_key(|run| run.from);
        if let Some(first) = headways.first() {
            let trip = self.trip(template, service, first.from, "headway");
            for run in &headways {
                let headway = run.headway.unwrap_or(u32::MAX);
                self.feed.frequencies.push(Frequency {
                    trip,
                    start: run.from,
                    end: run.to,
                    headway,
                    exact: run.exact,
                    line: template.line,
                });
            }
            self.feed.trips[trip as usize].frequency_count = headways.len() as u32;
        }
        for run in stated {
            self.trip(template, service, run.from, &format!("{:02}{:02}", run.from / 3600, run.from / 60 % 60));
        }
    }

    fn trip(&mut self, template: &Template, service: u32, departure: i32, name: &str) -> u32 {
        let row = self.feed.trips.len() as u32;
        let first = self.feed.stop_times.len() as u32;
        let mut at = departure;
        for (index, &stop) in template.stops.iter().enumerate() {
            let between = index > 0 && index + 1 < template.stops.len();
            let leaves = if between { at + template.dwell } else { at };
            self.feed.stop_times.push(StopTime {
                trip: row,
                stop,
                sequence: index as u32 + 1,
                arrival: Some(at),
                departure: Some(leaves),
                distance: None,
                pickup: 0,
                drop_off: 0,
                timepoint: None,
                line: template.line,
            });
            at = leaves + template.seconds.get(index).copied().unwrap_or(0);
        }
        let id = &self.feed.routes[template.route as usize].id;
        let service_id = &self.feed.services[service as usize].id;
        let headsign = template.stops.last().map_or("", |&stop| &self.feed.stops[stop as usize].name);
        self.feed.trips.push(Trip {
            id: format!("{id}-{}-{service_id}-{name}", template.direction).into(),
            route: template.route,
            service,
            headsign: headsign.into(),
            direction: Some(template.direction),
            first,
            count: template.stops.len() as u32,
            usable: true,
            line: template.line,
            ..Trip::default()
        });
        row
    }
}

/// What the trips of a line in one direction have in common.
struct Template {
    route: u32,
    direction: u8,
    stops: Vec<u32>,
    seconds: Vec<i32>,
    dwell: i32,
    line: u32,
}

/// A headway or a single departure.
#[derive(Clone, Copy)]
struct Run {
    from: i32,
    to: i32,
    headway: Option<u32>,
    exact: bool,
}

/// Whole seconds of minutes; at least one, so that no two stops are reached at once. Zero stays zero.
fn to_seconds(minutes: f64) -> i32 {
    if minutes > 0.0 { (minutes * 60.0).round().max(1.0) as i32 } else { 0 }
}
