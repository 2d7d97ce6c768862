//! `umbel apply journeys`: the best journeys of a window with their legs.

use super::data::{Data, Halt};
use super::progress::Progress;
use crate::commands::apply::give;
use crate::output::{Ended, Outcome, Stop};
use serde_json::{Value, json};
use std::io::Write;
use umbel_study::methods::journeys::Journeys;
use umbel_study::network::itineraries::{Itineraries, Itinerary, ItineraryLeg};
use umbel_study::network::{OnNetwork, Points};
use umbel_table::write::CsvText;

/// Searches journeys and writes them.
pub fn run(data: &Data<'_>) -> Ended {
    match journeys(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

/// How journeys are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Geojson,
}

fn form(data: &Data<'_>) -> Result<Form, Stop> {
    let ending = data.text("out").and_then(|path| path.rsplit_once('.')).map(|(_, ending)| ending);
    match data.text("format").or(ending) {
        None | Some("json") => Ok(Form::Json),
        Some("csv") => Ok(Form::Csv),
        Some("geojson") => Ok(Form::Geojson),
        Some(other) => Err(Stop::Usage(format!("journeys are written as json, csv or geojson, not as {other}"))),
    }
}

fn journeys(data: &Data<'_>) -> Result<(), Halt> {
    let method = data.parameters::<Journeys>()?;
    let trip = method.trip();
    data.check(&trip)?;
    let form = form(data)?;
    let (origins, destinations) = data.pairs()?;
    let network = data.network(&trip)?;
    let linked = data.linked(&network, &trip, (&origins, &destinations))?;
    let itineraries = Itineraries::new(&network, &linked, origins.sites(), destinations.sites(), method.fares)
        .map_err(Stop::Usage)?;
    data.report(&[(&origins, itineraries.origins()), (&destinations, itineraries.destinations())])?;
    let progress = Progress::new(data, origins.len(), "origins");
    let mut written = Written::new(form, method.fares);
    for origin in 0..origins.len() {
        for (destination, found) in itineraries.of(origin).map_err(Stop::Usage)?.into_iter().enumerate() {
            if origins.ids[origin] != destinations.ids[destination] {
                written.pair(&origins, &destinations, (origin, destination), &found);
            }
        }
        progress.advance();
    }
    progress.done();
    Ok(give(data.text("out"), &written.finish(), data.console)?)
}

/// What is written so far.
struct Written {
    form: Form,
    text: Vec<u8>,
    csv: CsvText,
    /// Columns of tables, and properties of features.
    header: Vec<&'static str>,
    first: bool,
}

/// What is told of each leg; with fares also [`PRICE`] of its journey.
const HEADER: [&str; 12] = [
    "origin",
    "destination",
    "journey",
    "leg",
    "mode",
    "from_stop",
    "to_stop",
    "departure",
    "arrival",
    "seconds",
    "line",
    "trip",
];

const PRICE: [&str; 2] = ["cost", "currency"];

impl Written {
    fn new(form: Form, priced: bool) -> Written {
        let text: &[u8] = match form {
            Form::Json => b"[",
            Form::Csv => b"",
            Form::Geojson => b"{\"type\":\"FeatureCollection\",\"features\":[",
        };
        let header: Vec<&str> = HEADER.into_iter().chain(PRICE.into_iter().filter(|_| priced)).collect();
        Written { form, text: text.to_vec(), csv: CsvText::new(&header), header, first: true }
    }

    fn value(&mut self, value: &Value) {
        self.text.extend_from_slice(if self.first { b"\n" } else { b",\n" });
        self.first = false;
        // Writing to memory cannot fail.
        let _ = write!(self.text, "{value}");
    }

    fn pair(&mut self, origins: &Points, destinations: &Points, (from, to): (usize, usize), found: &[Itinerary]) {
        let (from, to) = (&origins.ids[from], &destinations.ids[to]);
        for (number, journey) in found.iter().enumerate() {
            match self.form {
                Form::Json => {
                    let mut value = json!({"origin": from, "destination": to});
                    if let (Value::Object(all), Ok(Value::Object(journey))) =
                        (&mut value, serde_json::to_value(journey))
                    {
                        all.extend(journey);
                    }
                    clocks(&mut value);
                    self.value(&value);
                }
                Form::Csv => {
                    for (at, leg) in journey.legs.iter().enumerate() {
                        self.csv.row(&row((from, to), (number + 1, at + 1), journey, leg));
                    }
                }
                Form::Geojson => {
                    for (at, leg) in journey.legs.iter().enumerate() {
                        let line = if leg.way.len() > 1 { leg.way.clone() } else { vec![leg.from.point, leg.to.point] };
                        let mut properties = serde_json::Map::new();
                        let cells = row((from, to), (number + 1, at + 1), journey, leg);
                        for (name, cell) in self.header.iter().zip(cells) {
                            properties.insert((*name).to_owned(), Value::from(cell));
                        }
                        self.value(&json!({
                            "type": "Feature",
                            "properties": properties,
                            "geometry": {"type": "LineString", "coordinates": line},
                        }));
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        match self.form {
            Form::Json => self.text.extend_from_slice(b"\n]\n"),
            Form::Csv => self.text = self.csv.finish().into_bytes(),
            Form::Geojson => self.text.extend_from_slice(b"\n]}\n"),
        }
        self.text
    }
}

fn row((from, to): (&str, &str), (number, at): (usize, usize), journey: &Itinerary, leg: &ItineraryLeg) -> Vec<String> {
    let stop = |end: &umbel_study::network::itineraries::LegEnd| end.stop.clone().unwrap_or_default();
    let mut cells = vec![
        from.to_owned(),
        to.to_owned(),
        number.to_string(),
        at.to_string(),
        leg.mode.to_owned(),
        stop(&leg.from),
        stop(&leg.to),
        clock(leg.departure),
        clock(leg.arrival),
        (leg.arrival - leg.departure).to_string(),
        leg.ride.as_ref().map(|ride| ride.line.clone()).unwrap_or_default(),
        leg.ride.as_ref().map(|ride| ride.trip.clone()).unwrap_or_default(),
    ];
    if let Some(price) = &journey.price {
        cells.extend([price.to_string(), price.currency.clone()]);
    }
    cells
}

/// A time of day as people write it.
fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Departures and arrivals as times of day.
fn clocks(value: &mut Value) {
    match value {
        Value::Object(all) => {
            for (name, value) in all.iter_mut() {
                match (name.as_str(), value.as_i64()) {
                    ("departure" | "arrival", Some(seconds)) => *value = Value::from(clock(seconds)),
                    _ => clocks(value),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(clocks),
        _ => {}
    }
}
