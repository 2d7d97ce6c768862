//! What-if: edits of streets and timetables in a TOML file, laid over a network without making it again.
//!
//! ```toml
//! [[edit]]
//! do = "add_stop"              # id, lon, lat; name
//! id = "new-town"
//! lon = 8.02
//! lat = 50.01
//!
//! [[edit]]
//! do = "add_line"              # id, vehicle, stops, minutes (between stops), headway; dwell, from, to, both_directions
//! id = "express"
//! vehicle = "bus"
//! stops = ["harbour", "new-town", "hill"]
//! minutes = [4, 5]
//! headway = "10min"
//!
//! [[edit]]
//! do = "headway"               # line, headway; from, to
//! line = "bus"
//! headway = "5min"
//! ```
//! Others are `remove_line` (line), `speed` and `dwell` (line, factor), `reroute` (line, from, to, stops, minutes),
//! `close_road`, `road_speed` (road or class, factor), `congestion` (polygon, factor), `add_road` (from, to; road, speed,
//! walk, bike, both_directions, length, shape).

use super::trip::TravelMode;
use super::values::{Clock, Duration};
use crate::suggest::nearest;
use serde::Deserialize;
use toml::Spanned;
use umbel_access::streets::edit::{Edit as StreetEdit, End, Road, Which};
use umbel_access::streets::{Mode, Passage, Profile, Streets};
use umbel_access::timetable::{
    Call, Edit as TimetableEdit, Entrance, Frequency, Route, Schedule, Selection, Vehicle, Wheelchair,
};
use umbel_core::csv::place;
use umbel_core::{Code, Finding, Location, code};
use umbel_network::gtfs::{Compiled, Named};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    edit: Vec<Spanned<Edit>>,
}

/// One name or several.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum OneOr<T> {
    One(T),
    Several(Vec<T>),
}

impl<T: Clone> OneOr<T> {
    fn list(&self) -> Vec<T> {
        match self {
            OneOr::One(one) => vec![one.clone()],
            OneOr::Several(all) => all.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Edit {
    AddStop {
        id: String,
        #[serde(default)]
        name: String,
        lon: f64,
        lat: f64,
        #[serde(default)]
        wheelchair: Option<bool>,
    },
    AddLine {
        id: String,
        vehicle: TravelMode,
        stops: Vec<String>,
        minutes: Vec<f64>,
        headway: Duration,
        #[serde(default)]
        dwell: Option<Duration>,
        #[serde(default)]
        from: Option<Clock>,
        #[serde(default)]
        to: Option<Clock>,
        #[serde(default = "yes")]
        both_directions: bool,
    },
    RemoveLine {
        line: OneOr<String>,
    },
    Headway {
        line: OneOr<String>,
        headway: Duration,
        #[serde(default)]
        from: Option<Clock>,
        #[serde(default)]
        to: Option<Clock>,
    },
    Speed {
        line: OneOr<String>,
        factor: f64,
    },
    Dwell {
        line: OneOr<String>,
        factor: f64,
    },
    Reroute {
        line: OneOr<String>,
        from: String,
        to: String,
        #[serde(default)]
        stops: Vec<String>,
        minutes: Vec<f64>,
    },
    CloseRoad {
        #[serde(default)]
        road: Option<OneOr<i64>>,
        #[serde(default)]
        class: Option<OneOr<String>>,
    },
    RoadSpeed {
        #[serde(default)]
        road: Option<OneOr<i64>>,
        #[serde(default)]
        class: Option<OneOr<String>>,
        factor: f64,
    },
    Congestion {
        polygon: Vec<[f64; 2]>,
        factor: f64,
    },
    AddRoad {
        from: [f64; 2],
        to: [f64; 2],
        #[serde(default)]
        road: Option<i64>,
        #[serde(default)]
        speed: f32,
        #[serde(default = "yes")]
        walk: bool,
        #[serde(default)]
        bike: f32,
        #[serde(default = "yes")]
        both_directions: bool,
        #[serde(default)]
        length: Option<f64>,
        #[serde(default)]
        shape: Vec<[f64; 2]>,
    },
}

impl Edit {
    /// Whether it adds a road that is open to a mode.
    fn opens(&self, mode: Mode) -> bool {
        match self {
            Edit::AddRoad { walk, bike, speed, .. } => match mode {
                Mode::Walk => *walk,
                Mode::Bike => *bike > 0.0,
                Mode::Car => *speed > 0.0,
            },
            _ => false,
        }
    }
}

fn yes() -> bool {
    true
}

/// Edits of a file, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    file: String,
    /// Each with its line.
    edits: Vec<(u32, Edit)>,
    /// Whether roads that are not there, and lines without a trip, are left alone.
    on_any_day: bool,
}

/// What the edits of a timetable come to: edits by number, and what they add to the names of the day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfTimetable {
    /// The edits.
    pub edits: Vec<TimetableEdit>,
}

impl Scenario {
    /// Reads the text of a file; `file` is what findings call it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Scenario, Vec<Finding>> {
        match toml::from_str::<Document>(text) {
            Ok(document) => {
                let line = |at: usize| place(text, (0, 1), at).0;
                let edits = document.edit.into_iter().map(|edit| (line(edit.span().start), edit.into_inner()));
                Ok(Scenario { file: file.to_owned(), edits: edits.collect(), on_any_day: false })
            }
            Err(error) => {
                let (line, column) = error.span().map_or((0, 0), |span| place(text, (0, 1), span.start));
                let at = Location::new(file, line, column);
                Err(vec![Finding::new(&code::F018, at, error.message(), code::F018.mend)])
            }
        }
    }

    /// The same edits of a network that has its days: a road that is not open yet, or a line that does not run, is left
    /// alone, as there is nothing to edit.
    #[must_use]
    pub fn on_any_day(mut self) -> Scenario {
        self.on_any_day = true;
        self
    }

    fn finding(&self, line: u32, code: &'static Code, message: String, fix: String) -> Finding {
        Finding::new(code, Location::new(self.file.as_str(), line, 0), message, fix)
    }

    fn unknown<'a>(&self, line: u32, what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Finding {
        let fix = match nearest(id, known) {
            Some(near) => format!("Did you mean \"{near}\"?"),
            None => format!("Correct the id of the {what}."),
        };
        self.finding(line, &code::J002, format!("there is no {what} \"{id}\""), fix)
    }

    /// The edits of the timetable of a day. New stops are added to its arrays, new lines to its names.
    ///
    /// # Errors
    /// Everything that names what is not there or is no number that it can be.
    pub fn of_timetable(&self, day: &mut Compiled) -> Result<OfTimetable, Vec<Finding>> {
        let (mut found, mut findings) = (OfTimetable::default(), Vec::new());
        for (line, edit) in &self.edits {
            match self.timetable_edit(*line, edit, day) {
                Ok(edits) => found.edits.extend(edits),
                Err(more) => findings.extend(more),
            }
        }
        if findings.is_empty() { Ok(found) } else { Err(findings) }
    }

    fn timetable_edit(&self, at: u32, edit: &Edit, day: &mut Compiled) -> Result<Vec<TimetableEdit>, Vec<Finding>> {
        let stop = |id: &String, day: &Compiled| {
            let known = || day.stops.iter().map(|stop| &*stop.id);
            known()
                .position(|stop| stop == id)
                .map(|stop| stop as u32)
                .ok_or_else(|| vec![self.unknown(at, "stop", id, known())])
        };
        let trips = |line: &OneOr<String>, day: &Compiled| -> Result<Vec<u32>, Vec<Finding>> {
            let mut routes = Vec::new();
            for id in line.list() {
                let of = |route: &Named| *route.id == *id || *route.name == *id;
                let all: Vec<u32> = (0..).zip(&day.routes).filter(|(_, route)| of(route)).map(|(at, _)| at).collect();
                if all.is_empty() {
                    return Err(vec![self.unknown(at, "line", &id, day.routes.iter().map(|route| &*route.id))]);
                }
                routes.extend(all);
            }
            Ok(routes)
        };
        let above_zero = |factor: f64| match factor.is_finite() && factor > 0.0 {
            true => Ok(factor),
            false => {
                let fix = "Write a number above 0, such as 1.2.".to_owned();
                Err(vec![self.finding(at, &code::J008, format!("the factor {factor} is no number above 0"), fix)])
            }
        };
        let calls = |stops: &[String],
                     minutes: &[f64],
                     dwell: u32,
                     day: &Compiled|
         -> Result<Vec<Call>, Vec<Finding>> {
            let mut calls = Vec::new();
            for (number, id) in stops.iter().enumerate() {
                let run =
                    number.checked_sub(1).and_then(|before| minutes.get(before)).map_or(0.0, |minutes| minutes * 60.0);
                if !(0.0..=86_400.0).contains(&run) {
                    let fix = "Write minutes of 0 or more.".to_owned();
                    return Err(vec![self.finding(
                        at,
                        &code::J008,
                        format!("{run} seconds are no time between stops"),
                        fix,
                    )]);
                }
                calls.push(Call { stop: stop(id, day)?, run: run.round() as u32, dwell, board: true, alight: true });
            }
            Ok(calls)
        };
        let wanted = |stops: usize, minutes: usize| match stops == minutes {
            true => Ok(()),
            false => {
                let fix = "Write one number of minutes for each stretch between two stops.".to_owned();
                let message = format!("{minutes} numbers of minutes for {stops} stretches");
                Err(vec![self.finding(at, &code::J008, message, fix)])
            }
        };
        let frequency = |headway: &Duration, from: &Option<Clock>, to: &Option<Clock>| Frequency {
            start: from.map_or(0, |from| from.0 as i32),
            end: to.map_or(86_400, |to| to.0 as i32),
            headway: headway.0.max(1),
            exact: false,
        };
        Ok(match edit {
            Edit::AddStop { id, name, lon, lat, wheelchair } => {
                if !(lon.abs() <= 180.0 && lat.abs() <= 90.0) {
                    let message = format!("longitude {lon}, latitude {lat} is no place on earth");
                    return Err(vec![self.finding(at, &code::G005, message, code::G005.mend.to_owned())]);
                }
                if day.stops.iter().any(|stop| *stop.id == **id) {
                    let fix = "Give the new stop another id.".to_owned();
                    return Err(vec![self.finding(at, &code::R001, format!("there is a stop \"{id}\" already"), fix)]);
                }
                let wheelchair = match wheelchair {
                    Some(true) => Wheelchair::Yes,
                    Some(false) => Wheelchair::No,
                    None => Wheelchair::Unknown,
                };
                day.input.stops.push(Entrance { longitude: *lon, latitude: *lat, wheelchair });
                day.stops.push(Named { feed: u32::MAX, row: at, id: id.as_str().into(), name: name.as_str().into() });
                Vec::new()
            }
            Edit::AddLine { id, vehicle, stops, minutes, headway, dwell, from, to, both_directions } => {
                let Some(vehicle) = vehicle.vehicle().and_then(Vehicle::route_type) else {
                    let fix =
                        "Write bus, coach, tram, metro, rail, ferry, cable, trolleybus, monorail or air.".to_owned();
                    return Err(vec![self.finding(
                        at,
                        &code::J008,
                        format!("{vehicle:?} is no vehicle of a line"),
                        fix,
                    )]);
                };
                wanted(stops.len().saturating_sub(1), minutes.len())?;
                let dwell = dwell.map_or(0, |dwell| dwell.0);
                let out = calls(stops, minutes, dwell, day)?;
                let turned = (
                    stops.iter().rev().cloned().collect::<Vec<_>>(),
                    minutes.iter().rev().copied().collect::<Vec<_>>(),
                );
                let back = calls(&turned.0, &turned.1, dwell, day)?;
                let mut edits = Vec::new();
                for calls in std::iter::once(out).chain(both_directions.then_some(back)) {
                    let source = day.trips.len() as u32;
                    let named = || Named { feed: u32::MAX, row: at, id: id.as_str().into(), name: id.as_str().into() };
                    day.trips.push(named());
                    day.routes.push(named());
                    edits.push(TimetableEdit::AddLine {
                        route: Route { vehicle, fare: 0 },
                        wheelchair: Wheelchair::Unknown,
                        calls,
                        schedule: Schedule::Every(frequency(headway, from, to)),
                        source,
                    });
                }
                edits
            }
            Edit::RemoveLine { line } => vec![TimetableEdit::Remove { trips: Selection::Routes(trips(line, day)?) }],
            Edit::Headway { line, headway, from, to } => {
                let routes = trips(line, day)?;
                let models = models(day, &routes);
                if models.is_empty() && self.on_any_day {
                    return Ok(Vec::new());
                }
                if models.is_empty() {
                    let fix = "Name a line that runs on the day searched.".to_owned();
                    return Err(vec![self.finding(
                        at,
                        &code::J002,
                        "the line has no trip on the day searched".to_owned(),
                        fix,
                    )]);
                }
                let services = models.into_iter().map(|source| (source, frequency(headway, from, to))).collect();
                vec![TimetableEdit::Headway { trips: Selection::Routes(routes), services }]
            }
            Edit::Speed { line, factor } => {
                let run = 1.0 / above_zero(*factor)?;
                vec![TimetableEdit::Pace { trips: Selection::Routes(trips(line, day)?), run, dwell: 1.0 }]
            }
            Edit::Dwell { line, factor } => {
                let dwell = if *factor == 0.0 { 0.0 } else { above_zero(*factor)? };
                vec![TimetableEdit::Pace { trips: Selection::Routes(trips(line, day)?), run: 1.0, dwell }]
            }
            Edit::Reroute { line, from, to, stops, minutes } => {
                wanted(stops.len() + 1, minutes.len())?;
                let all: Vec<String> =
                    std::iter::once(from.clone()).chain(stops.iter().cloned()).chain([to.clone()]).collect();
                let calls = calls(&all, minutes, 0, day)?;
                let (first, last) = (calls[0].stop, calls[calls.len() - 1]);
                vec![TimetableEdit::Reroute {
                    trips: Selection::Routes(trips(line, day)?),
                    from: first,
                    to: last.stop,
                    calls: calls[1..calls.len() - 1].to_vec(),
                    run: last.run,
                }]
            }
            Edit::CloseRoad { .. } | Edit::RoadSpeed { .. } | Edit::Congestion { .. } | Edit::AddRoad { .. } => {
                Vec::new()
            }
        })
    }

    /// Whether it adds stops.
    pub(super) fn adds_stops(&self) -> bool {
        self.edits.iter().any(|(_, edit)| matches!(edit, Edit::AddStop { .. }))
    }

    /// The edits of the streets for a mode.
    ///
    /// # Errors
    /// Everything that names what is not there or cannot be.
    pub fn of_streets(
        &self,
        streets: &Streets,
        profile: &Profile,
        mode: Mode,
    ) -> Result<Vec<StreetEdit>, Vec<Finding>> {
        let (mut edits, mut findings) = (Vec::new(), Vec::new());
        for (line, edit) in &self.edits {
            match self.street_edit(*line, edit, streets, profile, mode) {
                Ok(all) => edits.extend(all),
                Err(more) => findings.extend(more),
            }
        }
        if findings.is_empty() { Ok(edits) } else { Err(findings) }
    }

    fn street_edit(
        &self,
        at: u32,
        edit: &Edit,
        streets: &Streets,
        profile: &Profile,
        mode: Mode,
    ) -> Result<Vec<StreetEdit>, Vec<Finding>> {
        let which = |road: &Option<OneOr<i64>>, class: &Option<OneOr<String>>| -> Result<Vec<Which>, Vec<Finding>> {
            let mut all: Vec<Which> = Vec::new();
            let mut absent = false;
            for number in road.iter().flat_map(OneOr::list) {
                let segments = || (0..streets.segment_count() as u32).map(|segment| streets.segment(segment).source);
                match (segments().any(|source| source == number), self.adds(number, at)) {
                    (true, _) => all.push(Which::Source(number)),
                    (false, Some(added)) if added.opens(mode) => all.push(Which::Source(number)),
                    (false, Some(_)) => absent = true,
                    (false, None) if self.on_any_day => absent = true,
                    (false, None) => {
                        let mut known: Vec<String> = segments().map(|source| source.to_string()).collect();
                        known.dedup();
                        let known = known.iter().map(String::as_str);
                        return Err(vec![self.unknown(at, "road", &number.to_string(), known)]);
                    }
                }
            }
            for name in class.iter().flat_map(OneOr::list) {
                let classes = || streets.classes().iter().map(String::as_str);
                match classes().position(|class| class == name) {
                    Some(class) => all.push(Which::Class(class as u16)),
                    None => return Err(vec![self.unknown(at, "class of road", &name, classes())]),
                }
            }
            if all.is_empty() && !absent {
                let fix = "Name a road by its number in the source, or a class.".to_owned();
                return Err(vec![self.finding(at, &code::J008, "neither road nor class is named".to_owned(), fix)]);
            }
            Ok(all)
        };
        let end = |[longitude, latitude]: [f64; 2]| {
            streets.snap(profile, longitude, latitude, 5_000.0).map(End::Point).ok_or_else(|| {
                let message = format!("there is no street within 5 km of {longitude}, {latitude}");
                vec![self.finding(at, &code::J002, message, "Begin and end the road near streets.".to_owned())]
            })
        };
        Ok(match edit {
            Edit::CloseRoad { road, class } => which(road, class)?.into_iter().map(StreetEdit::Close).collect(),
            Edit::RoadSpeed { road, class, factor } => {
                which(road, class)?.into_iter().map(|which| StreetEdit::Speed(which, *factor)).collect()
            }
            Edit::Congestion { polygon, factor } => vec![StreetEdit::Congestion(polygon.clone(), *factor)],
            Edit::AddRoad { from, to, road, speed, walk, bike, both_directions, length, shape } => {
                let passage = Passage { walk: *walk, bike_speed: *bike, car_speed: *speed, car_delay: 0.0 };
                if !edit.opens(mode) {
                    return Ok(Vec::new());
                }
                let walks = Passage { walk: *walk, ..Passage::CLOSED };
                vec![StreetEdit::Add(Road {
                    from: end(*from)?,
                    to: end(*to)?,
                    shape: shape.clone(),
                    length: *length,
                    forward: passage,
                    backward: if *both_directions { passage } else { walks },
                    source: road.unwrap_or(-i64::from(at)),
                    class: 0,
                })]
            }
            _ => Vec::new(),
        })
    }

    /// The edit that adds the road of this number before a line.
    fn adds(&self, number: i64, before: u32) -> Option<&Edit> {
        let adds = |edit: &Edit| matches!(edit, Edit::AddRoad { road: Some(road), .. } if *road == number);
        self.edits.iter().find(|(line, edit)| *line < before && adds(edit)).map(|(_, edit)| edit)
    }

    /// A finding for what the engine says of the edits.
    pub fn refused(&self, error: &umbel_access::Error) -> Finding {
        self.finding(0, &code::J008, error.to_string(), "Correct the edit.".to_owned())
    }
}

/// A trip of each direction of some routes to take as a model: of those between the same two ends the most usual way.
fn models(day: &Compiled, routes: &[u32]) -> Vec<u32> {
    use std::collections::BTreeMap;
    let input = &day.input;
    /// Over which stops: how many trips, and the first of them.
    type Ways = BTreeMap<Vec<u32>, (usize, u32)>;
    // By the two ends.
    let mut ways: BTreeMap<(u32, u32), Ways> = BTreeMap::new();
    for trip in input.trips.iter().filter(|trip| routes.contains(&trip.route)) {
        let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
        let stops: Vec<u32> = events.iter().map(|event| event.stop).collect();
        let (Some(&first), Some(&last)) = (stops.first(), stops.last()) else { continue };
        let way = ways.entry((first, last)).or_default().entry(stops).or_insert((0, trip.source));
        way.0 += 1 + trip.frequency_count as usize;
    }
    let mut ends: Vec<(usize, (u32, u32), u32)> = ways
        .into_iter()
        .filter_map(|(ends, ways)| {
            let all = ways.values().map(|way| way.0).sum();
            let most = ways.into_values().max_by_key(|way| (way.0, std::cmp::Reverse(way.1)))?;
            Some((all, ends, most.1))
        })
        .collect();
    ends.sort_by_key(|(all, ends, _)| (std::cmp::Reverse(*all), *ends));
    let Some(&(_, (first, last), out)) = ends.first() else { return Vec::new() };
    let back = ends.iter().find(|(_, ends, _)| *ends == (last, first)).or_else(|| ends.get(1));
    std::iter::once(out).chain(back.filter(|back| back.2 != out).map(|back| back.2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let read = |text: &str| Scenario::read("s.toml", text);
        let error = read("[[edit]]\ndo = \"fly\"\n").expect_err("no such edit");
        assert_eq!((error[0].code.id, error[0].location.line), ("F018", 2));
        assert!(read("[[edit]]\ndo = \"remove_line\"\nlines = \"a\"\n").is_err());
        let scenario = read("\n[[edit]]\ndo = \"remove_line\"\nline = \"bsu\"\n").expect("an edit");
        let mut day = Compiled::default();
        day.routes.push(Named { feed: 0, row: 0, id: "bus".into(), name: "1".into() });
        let findings = scenario.of_timetable(&mut day).expect_err("no such line");
        assert_eq!((findings[0].code.id, findings[0].location.line), ("J002", 2));
        assert!(findings[0].fix.contains("bus"), "{}", findings[0].fix);
    }
}
