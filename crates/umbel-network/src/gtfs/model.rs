//! A feed in memory: the rows of its files, with ids made numbers. Every row knows its line.

use jiff::civil::Date;
use umbel_access::timetable::Wheelchair;

/// What a place of stops.txt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LocationKind {
    /// A stop or platform, where vehicles call.
    #[default]
    Stop,
    /// A station, which holds platforms.
    Station,
    /// An entrance of a station.
    Entrance,
    /// A node inside a station that pathways join at.
    GenericNode,
    /// A place on a platform where people board.
    BoardingArea,
}

/// A row of agency.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agency {
    /// Id; empty when the feed has one agency and does not number it.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Address on the web.
    pub url: Box<str>,
    /// Time zone, a name of the tz database.
    pub timezone: Box<str>,
    /// Language.
    pub language: Box<str>,
    /// Line of the file.
    pub line: u32,
}

/// A row of stops.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stop {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Description.
    pub description: Box<str>,
    /// Longitude and latitude, in degrees.
    pub point: Option<(f64, f64)>,
    /// What it is.
    pub kind: LocationKind,
    /// The station (of a boarding area: the platform) it belongs to.
    pub parent: Option<u32>,
    /// What is said of wheelchairs here; [`crate::gtfs::Feed::wheelchair`] asks the parent where nothing is.
    pub wheelchair: Wheelchair,
    /// Fare zone.
    pub zone: Box<str>,
    /// Level, a row of levels.txt.
    pub level: Option<u32>,
    /// Number or letter of the platform.
    pub platform: Box<str>,
    /// Address on the web.
    pub url: Box<str>,
    /// Line of the file.
    pub line: u32,
}

/// A row of routes.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// Id.
    pub id: Box<str>,
    /// Agency, a row of agency.txt.
    pub agency: Option<u32>,
    /// Short name.
    pub short_name: Box<str>,
    /// Long name.
    pub long_name: Box<str>,
    /// Description.
    pub description: Box<str>,
    /// Type of vehicle (`route_type`, extended types too).
    pub vehicle: u16,
    /// Colour as 0xRRGGBB.
    pub color: Option<u32>,
    /// Colour of text upon it.
    pub text_color: Option<u32>,
    /// Address on the web.
    pub url: Box<str>,
    /// Line of the file.
    pub line: u32,
}

/// A service: the days on which trips run (calendar.txt and calendar_dates.txt together).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// Id.
    pub id: Box<str>,
    /// Days of the week, bit 0 = Monday.
    pub weekdays: u8,
    /// First and last day of the weekly pattern.
    pub span: Option<(Date, Date)>,
    /// Days added.
    pub added: Vec<Date>,
    /// Days taken out.
    pub removed: Vec<Date>,
    /// Line of calendar.txt, or 0.
    pub line: u32,
}

/// A row of trips.txt, with the range of its stop times and frequencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trip {
    /// Id.
    pub id: Box<str>,
    /// Route, a row of routes.txt.
    pub route: u32,
    /// Service.
    pub service: u32,
    /// What the vehicle shows.
    pub headsign: Box<str>,
    /// Name known to the public (train number).
    pub short_name: Box<str>,
    /// Direction, 0 or 1.
    pub direction: Option<u8>,
    /// Block: trips of one vehicle, one after the other.
    pub block: Box<str>,
    /// Shape.
    pub shape: Option<u32>,
    /// Whether a wheelchair can be taken along.
    pub wheelchair: Wheelchair,
    /// First stop time in [`crate::gtfs::Feed::stop_times`].
    pub first: u32,
    /// Number of stop times.
    pub count: u32,
    /// First headway in [`crate::gtfs::Feed::frequencies`].
    pub first_frequency: u32,
    /// Number of headways.
    pub frequency_count: u32,
    /// Whether it can be travelled with: two stops, times at both ends, and no time that runs backwards.
    pub usable: bool,
    /// Line of the file.
    pub line: u32,
}

/// A row of stop_times.txt; all of a feed are ordered by trip and sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopTime {
    /// Trip.
    pub trip: u32,
    /// Stop.
    pub stop: u32,
    /// Number that orders the stops of the trip.
    pub sequence: u32,
    /// Arrival, in seconds of the day of service.
    pub arrival: Option<i32>,
    /// Departure, likewise.
    pub departure: Option<i32>,
    /// Distance travelled, in the unit of the feed.
    pub distance: Option<f32>,
    /// 0 people get on as usual, 1 they cannot, 2 they ring up before, 3 they ask the driver.
    pub pickup: u8,
    /// The same for getting off.
    pub drop_off: u8,
    /// Whether the times are exact, if it is said.
    pub timepoint: Option<bool>,
    /// Line of the file.
    pub line: u32,
}

/// A row of frequencies.txt; all of a feed are ordered by trip and start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequency {
    /// Trip.
    pub trip: u32,
    /// First departure, in seconds of the day of service.
    pub start: i32,
    /// No departure at or after this.
    pub end: i32,
    /// Seconds between departures.
    pub headway: u32,
    /// Whether trips leave exactly at `start + n headway`.
    pub exact: bool,
    /// Line of the file.
    pub line: u32,
}

/// A row of transfers.txt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Stop or station left.
    pub from_stop: Option<u32>,
    /// Stop or station reached.
    pub to_stop: Option<u32>,
    /// It holds for this route only.
    pub from_route: Option<u32>,
    /// Likewise.
    pub to_route: Option<u32>,
    /// It holds for this trip only.
    pub from_trip: Option<u32>,
    /// Likewise.
    pub to_trip: Option<u32>,
    /// 0 recommended, 1 vehicles wait, 2 takes `seconds`, 3 impossible, 4 stay seated, 5 leave the vehicle and return.
    pub kind: u8,
    /// Seconds that it takes.
    pub seconds: Option<u32>,
    /// Line of the file.
    pub line: u32,
}

/// A row of pathways.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pathway {
    /// Id.
    pub id: Box<str>,
    /// Place it begins at.
    pub from: u32,
    /// Place it ends at.
    pub to: u32,
    /// 1 walkway, 2 stairs, 3 moving walkway, 4 escalator, 5 elevator, 6 fare gate, 7 exit gate.
    pub mode: u8,
    /// Whether it can be walked backwards.
    pub bidirectional: bool,
    /// Metres.
    pub length: Option<f64>,
    /// Seconds.
    pub traversal: Option<u32>,
    /// Steps, below 0 when they lead down.
    pub stairs: Option<i32>,
    /// Greatest slope as a share, below 0 when it leads down.
    pub slope: Option<f64>,
    /// Least width in metres.
    pub width: Option<f64>,
    /// Line of the file.
    pub line: u32,
}

/// A row of levels.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Level {
    /// Id.
    pub id: Box<str>,
    /// Height: 0 is the ground.
    pub index: f64,
    /// Name.
    pub name: Box<str>,
}

/// A shape: the way that trips follow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Id.
    pub id: Box<str>,
    /// First point in [`crate::gtfs::Feed::points`].
    pub first: u32,
    /// Number of points.
    pub count: u32,
    /// Line of its first point.
    pub line: u32,
}

/// A row of shapes.txt; all of a feed are ordered by shape and sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapePoint {
    /// Shape.
    pub shape: u32,
    /// Number that orders the points.
    pub sequence: u32,
    /// Longitude, in degrees.
    pub longitude: f64,
    /// Latitude, in degrees.
    pub latitude: f64,
    /// Distance travelled, in the unit of the feed.
    pub distance: Option<f32>,
    /// Line of the file.
    pub line: u32,
}

/// A row of fare_attributes.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fare {
    /// Id.
    pub id: Box<str>,
    /// Price, in its currency.
    pub price: f64,
    /// Currency, as its ISO code.
    pub currency: Box<str>,
    /// 0 paid on board, 1 before.
    pub payment: u8,
    /// Transfers within the fare; `None` = as many as one likes.
    pub transfers: Option<u8>,
    /// Agency whose fare it is.
    pub agency: Option<u32>,
    /// Seconds within which transfers must begin.
    pub duration: Option<u32>,
    /// Line of the file.
    pub line: u32,
}

/// A row of fare_rules.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FareRule {
    /// Fare.
    pub fare: u32,
    /// It holds on this route only.
    pub route: Option<u32>,
    /// It holds from this zone only.
    pub origin: Box<str>,
    /// It holds to this zone only.
    pub destination: Box<str>,
    /// It holds through this zone only.
    pub contains: Box<str>,
    /// Line of the file.
    pub line: u32,
}

/// The row of feed_info.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedInfo {
    /// Who publishes the feed.
    pub publisher: Box<str>,
    /// Address on the web.
    pub url: Box<str>,
    /// Language of the feed.
    pub language: Box<str>,
    /// First day that it is good for.
    pub start: Option<Date>,
    /// Last day that it is good for.
    pub end: Option<Date>,
    /// Version.
    pub version: Box<str>,
    /// Line of the file.
    pub line: u32,
}
