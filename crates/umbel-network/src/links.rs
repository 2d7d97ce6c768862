//! Streets as tables: nodes and links in CSV, as the General Modeling Network Specification (GMNS) writes them or plainer.
//!
//! | table | column | also called | what |
//! | --- | --- | --- | --- |
//! | nodes | `node_id` | `id` | id, any text, needed |
//! | nodes | `x_coord` | `lon`, `longitude` | degrees, needed |
//! | nodes | `y_coord` | `lat`, `latitude` | degrees, needed |
//! | links | `from_node_id` | `from` | id of a node, needed |
//! | links | `to_node_id` | `to` | id of a node, needed |
//! | links | `length` | | in the unit of [`LinkOptions`]; left out or empty = along the shape |
//! | links | `free_speed` | `speed` | in the unit of [`LinkOptions`]; empty = [`LinkOptions::speed`] |
//! | links | `directed` | `oneway` | true or 1 = only from `from` to `to`; left out or empty = both ways |
//! | links | `allowed_uses` | `modes` | words such as `walk,bike,car`; left out or empty = all |
//! | links | `facility_type` | `class` | class of road |
//! | links | `opened`, `closed` | | day, month or year (at its end) that it opens or closes; empty = always open |
//! | links | `geometry` | | shape, `LINESTRING (lon lat, ...)` |

mod table;

use crate::osm::haversine;
use rustc_hash::FxHashMap;
use std::path::Path;
use table::{Row, Table};
use umbel_access::streets::{Passage, Segment, StreetInput};
use umbel_core::code::{F011, F012, F014, F015, G005, N006, N008, N009, N010, R001};
use umbel_core::problems::quoted;
use umbel_core::{Date, Finding, Period};

/// Units and defaults of a table of links.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkOptions {
    /// Metres in a unit of `length`.
    pub length_unit: f64,
    /// Kilometres per hour in a unit of `free_speed`.
    pub speed_unit: f64,
    /// Speed of cars where none is given, km/h.
    pub speed: f32,
    /// Speed of bicycles, km/h.
    pub bike_speed: f32,
    /// The day looked at: links not yet open or already closed on it are left out; `None` = all are there.
    pub day: Option<Date>,
}

impl Default for LinkOptions {
    /// Metres and kilometres per hour.
    fn default() -> LinkOptions {
        LinkOptions { length_unit: 1.0, speed_unit: 1.0, speed: 40.0, bike_speed: 15.0, day: None }
    }
}

/// Streets from tables, and what is wrong with the tables.
#[derive(Debug, Default)]
pub struct Links {
    /// The links that make sense. A segment's source is the line of its link, a junction's name that of its node.
    pub streets: StreetInput,
    /// What is wrong, in nodes and links.
    pub findings: Vec<Finding>,
}

/// Longest link believed, in metres: half of the way around the Earth.
const LONGEST: f64 = 20_037_508.0;
/// Highest speed believed, in km/h.
const FASTEST: f64 = 1_000.0;

/// Reads tables of nodes and links; `names` is what findings call the two files.
///
/// Findings: a file that is missing or no table (F001, F004, F006, F007, F008), cells that are empty or no number (F009,
/// F011, F012, F014, F015), a node twice (R001) or out of range (G005), a link to an unknown node (N008) or of no length
/// (N009, a warning), a length or speed out of range (N010), no link at all (N006). Rows with an error are left out.
pub fn read(nodes: &Path, links: &Path, names: [&str; 2], options: &LinkOptions) -> Links {
    let (mut nodes, mut links) = (Table::open(nodes, names[0]), Table::open(links, names[1]));
    let mut streets = StreetInput::default();
    let known = read_nodes(&mut nodes, &mut streets);
    streets.shape_start.push(0);
    let mut classes: FxHashMap<String, u16> = FxHashMap::default();
    links.require(&[&["from_node_id", "from"], &["to_node_id", "to"]]);
    // Without nodes every link would lead nowhere: that is told once, of the nodes.
    let usable = !known.is_empty();
    while let Some(row) = links.next().filter(|_| usable) {
        if !is_open(&mut links, &row, options.day) {
            continue;
        }
        if let Some((segment, shape, class)) = read_link(&mut links, &row, &known, &streets, options) {
            let next = classes.len() as u16;
            let class = *classes.entry(class).or_insert_with_key(|name| {
                streets.classes.push(name.clone());
                next
            });
            streets.segments.push(Segment { class, ..segment });
            streets.shape.extend(shape);
            streets.shape_start.push(streets.shape.len() as u32);
        }
    }
    if streets.segments.is_empty() && links.problems.is_empty() && nodes.problems.is_empty() {
        let fix = "add links between the nodes";
        links.problems.add(&N006, "", (0, 0), "the table holds no link that anybody may use", fix);
    }
    let mut findings = nodes.problems.finish();
    findings.extend(links.problems.finish());
    Links { streets, findings }
}

fn read_nodes(table: &mut Table, streets: &mut StreetInput) -> FxHashMap<String, u32> {
    const ID: &[&str] = &["node_id", "id"];
    const LONGITUDE: &[&str] = &["x_coord", "lon", "longitude"];
    const LATITUDE: &[&str] = &["y_coord", "lat", "latitude"];
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    table.require(&[ID, LONGITUDE, LATITUDE]);
    while let Some(row) = table.next() {
        let id = table.needed(&row, ID);
        let (longitude, latitude) = (table.number(&row, LONGITUDE, true), table.number(&row, LATITUDE, true));
        let (Some(id), Some(longitude), Some(latitude)) = (id, longitude, latitude) else { continue };
        for (columns, value, most) in [(LONGITUDE, longitude, 180.0), (LATITUDE, latitude, 90.0)] {
            if value.abs() > most {
                let message = format!("{value} lies outside of -{most} to {most} degrees");
                table.add(&row, columns, &G005, message, "write degrees of longitude and latitude (WGS 84)");
            }
        }
        if longitude.abs() > 180.0 || latitude.abs() > 90.0 {
            continue;
        }
        let number = streets.junction.len() as u32;
        if known.contains_key(&id) {
            table.add(&row, ID, &R001, format!("node {} is there twice", quoted(&id)), "remove one of the rows");
            continue;
        }
        streets.junction.push(id.parse().unwrap_or(i64::from(row.line)));
        streets.longitude.push(longitude);
        streets.latitude.push(latitude);
        known.insert(id, number);
    }
    known
}

fn read_link(
    table: &mut Table,
    row: &Row,
    known: &FxHashMap<String, u32>,
    streets: &StreetInput,
    options: &LinkOptions,
) -> Option<(Segment, Vec<[f64; 2]>, String)> {
    const FROM: &[&str] = &["from_node_id", "from"];
    const TO: &[&str] = &["to_node_id", "to"];
    const LENGTH: &[&str] = &["length"];
    const SPEED: &[&str] = &["free_speed", "speed"];
    let mut end = |columns: &[&str]| {
        let id = table.needed(row, columns)?;
        let junction = known.get(&id).copied();
        if junction.is_none() {
            let message = format!("there is no node {}", quoted(&id));
            table.add(row, columns, &N008, message, "correct the id, or add the node");
        }
        junction
    };
    let (from, to) = (end(FROM), end(TO));
    let shape = shape(table, row);
    let directed = flag(table, row);
    let uses = uses(table, row);
    let class = table.text(row, &["facility_type", "class"]).unwrap_or_default();
    let length = measure(table, row, LENGTH, options.length_unit, LONGEST);
    let speed = measure(table, row, SPEED, options.speed_unit, FASTEST);
    let (from, to, shape, directed, uses, length, speed) = (from?, to?, shape?, directed?, uses?, length?, speed?);
    let at = |junction: u32| [streets.longitude[junction as usize], streets.latitude[junction as usize]];
    let length = length.unwrap_or_else(|| {
        let points: Vec<[f64; 2]> = [at(from)].into_iter().chain(shape.iter().copied()).chain([at(to)]).collect();
        points.windows(2).map(|pair| haversine(pair[0], pair[1])).sum()
    });
    if from == to && length <= 0.0 {
        let message = "the link begins and ends at one node and has no length";
        table.add(row, TO, &N009, message, "give its length or shape, or remove it");
        return None;
    }
    let [walk, bike, car] = uses;
    let passage = Passage {
        walk,
        bike_speed: if bike { options.bike_speed } else { 0.0 },
        car_speed: if car { speed.map_or(options.speed, |speed| speed as f32) } else { 0.0 },
        car_delay: 0.0,
    };
    // People on foot walk both ways along a one-way road.
    let against = Passage { walk, ..Passage::CLOSED };
    let backward = if directed { against } else { passage };
    let segment = Segment { from, to, length, forward: passage, backward, source: i64::from(row.line), class: 0 };
    Some((segment, shape, class))
}

/// A number above zero in metres or km/h; `Some(None)` when the cell is empty, `None` when it is wrong.
fn measure(table: &mut Table, row: &Row, columns: &[&str], unit: f64, most: f64) -> Option<Option<f64>> {
    if table.text(row, columns).is_none() {
        return Some(None);
    }
    let value = table.number(row, columns, false)? * unit;
    if value > 0.0 && value <= most {
        return Some(Some(value));
    }
    let message = format!("{value} is not above 0 and at most {most}");
    table.add(row, columns, &N010, message, "correct the number, and check its unit");
    None
}

/// Whether a link is open on a day, and its days of opening and closing are some.
fn is_open(table: &mut Table, row: &Row, day: Option<Date>) -> bool {
    let mut end = |column: &str| {
        let Some(text) = table.text(row, &[column]) else { return Some(None) };
        let period = Period::parse(text.trim());
        if period.is_none() {
            table.add(row, &[column], &F012, format!("{} is no day, month or year", quoted(&text)), F012.mend);
        }
        period.map(|period| Some(period.end()))
    };
    let (Some(opened), Some(closed)) = (end("opened"), end("closed")) else { return false };
    let Some(day) = day else { return true };
    opened.is_none_or(|opened| opened <= day) && closed.is_none_or(|closed| closed > day)
}

fn flag(table: &mut Table, row: &Row) -> Option<bool> {
    const DIRECTED: &[&str] = &["directed", "oneway"];
    let Some(word) = table.text(row, DIRECTED) else { return Some(false) };
    match word.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => {
            let message = format!("{} is neither true nor false", quoted(&word));
            table.add(row, DIRECTED, &F014, message, "write true or false");
            None
        }
    }
}

/// Who may use a link: on foot, by bicycle, by car.
fn uses(table: &mut Table, row: &Row) -> Option<[bool; 3]> {
    const USES: &[&str] = &["allowed_uses", "modes"];
    let Some(text) = table.text(row, USES) else { return Some([true; 3]) };
    let mut uses = [false; 3];
    for word in text.split([',', ';', '|', ' ']).filter(|word| !word.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "walk" | "pedestrian" | "ped" | "foot" => uses[0] = true,
            "bike" | "bicycle" | "cycle" => uses[1] = true,
            "car" | "auto" | "sov" | "hov2" | "hov3" | "motorised" | "motorized" => uses[2] = true,
            "all" => uses = [true; 3],
            // Lorries and buses have ways of their own, and nobody asks for them here.
            "truck" | "bus" | "transit" | "rail" => {}
            _ => {
                let message = format!("{} is no use known", quoted(word));
                table.add(row, USES, &F015, message, "use walk, bike, car, all, truck or bus");
                return None;
            }
        }
    }
    Some(uses)
}

/// The points between the ends of a `LINESTRING`.
fn shape(table: &mut Table, row: &Row) -> Option<Vec<[f64; 2]>> {
    const GEOMETRY: &[&str] = &["geometry"];
    let Some(text) = table.text(row, GEOMETRY) else { return Some(Vec::new()) };
    let points = text.trim().strip_prefix("LINESTRING").and_then(|rest| {
        let inside = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
        let point = |pair: &str| {
            let mut parts = pair.split_whitespace().map(str::parse::<f64>);
            let (Some(Ok(longitude)), Some(Ok(latitude))) = (parts.next(), parts.next()) else { return None };
            (longitude.abs() <= 180.0 && latitude.abs() <= 90.0).then_some([longitude, latitude])
        };
        inside.split(',').map(point).collect::<Option<Vec<_>>>().filter(|points| points.len() > 1)
    });
    match points {
        Some(mut points) => {
            points.pop();
            points.remove(0);
            Some(points)
        }
        None => {
            let message = format!("{} is no line in degrees", quoted(&text));
            table.add(row, GEOMETRY, &F011, message, "write LINESTRING (lon lat, lon lat), or leave the cell empty");
            None
        }
    }
}
