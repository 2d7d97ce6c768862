//! The parameters that every method on a network shares: when and how people travel.
//!
//! They are declared once, by [`on_network!`](crate::on_network); a method reads them as a [`Trip`].

use super::values::{Clock, Day, Duration, Speed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_access::timetable::Vehicle;

/// A way of travelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TravelMode {
    /// On foot over streets.
    Walk,
    /// By bicycle over streets.
    Bike,
    /// By car over streets.
    Car,
    /// By every vehicle of the timetables.
    Transit,
    /// By tram or light rail.
    Tram,
    /// By metro or underground.
    Metro,
    /// By train.
    Rail,
    /// By bus.
    Bus,
    /// By coach (long-distance bus).
    Coach,
    /// By ferry.
    Ferry,
    /// By cable tram, aerial lift or funicular.
    Cable,
    /// By trolleybus.
    Trolleybus,
    /// By monorail.
    Monorail,
    /// By plane.
    Air,
}

impl TravelMode {
    /// The class of vehicle, where it is one.
    pub fn vehicle(self) -> Option<Vehicle> {
        Some(match self {
            TravelMode::Tram => Vehicle::Tram,
            TravelMode::Metro => Vehicle::Metro,
            TravelMode::Rail => Vehicle::Rail,
            TravelMode::Bus => Vehicle::Bus,
            TravelMode::Coach => Vehicle::Coach,
            TravelMode::Ferry => Vehicle::Ferry,
            TravelMode::Cable => Vehicle::Cable,
            TravelMode::Trolleybus => Vehicle::Trolleybus,
            TravelMode::Monorail => Vehicle::Monorail,
            TravelMode::Air => Vehicle::Air,
            TravelMode::Walk | TravelMode::Bike | TravelMode::Car | TravelMode::Transit => return None,
        })
    }
}

/// How trips that repeat at a headway are met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequencies {
    /// One waits half a headway: the expected wait.
    #[default]
    HalfHeadway,
    /// Timetables are drawn at random, so that percentiles show the spread of waits.
    Draws,
}

/// Which day of a period is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayOfPeriod {
    /// The last Wednesday: a day like most.
    #[default]
    LastWednesday,
    /// The last day: everything that opened in the period is there.
    LastDay,
}

/// When and how people travel, with what was left out filled in; units in the names of [`on_network!`](crate::on_network).
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// The day; `None` = it is not said.
    pub date: Option<Day>,
    /// Which day of a period is looked at where no day is said.
    pub day: DayOfPeriod,
    /// First departure (or arrival), seconds from midnight.
    pub departure: u32,
    /// Length of the window, seconds.
    pub window: u32,
    /// Seconds between departures.
    pub step: u32,
    /// Whether the window is one of arrivals.
    pub arrive_by: bool,
    /// Percentiles over the window, ascending as given.
    pub percentiles: Vec<u8>,
    /// Modes, each once, in order.
    pub modes: Vec<TravelMode>,
    /// Metres a second.
    pub walk_speed: f64,
    /// Seconds of walking at either end.
    pub max_walk: u32,
    /// Factor on the speeds of cycling.
    pub bike_factor: f64,
    /// Factor on the speeds of cars.
    pub car_factor: f64,
    /// Rides.
    pub max_rides: u8,
    /// Seconds door to door.
    pub max_time: u32,
    /// Seconds.
    pub boarding_slack: u32,
    /// Metres.
    pub max_transfer: f64,
    /// Metres.
    pub max_egress: f64,
    /// Metres.
    pub max_snap: f64,
    /// Only what a wheelchair can use.
    pub wheelchair: bool,
    /// How headways are met.
    pub frequencies: Frequencies,
    /// Timetables drawn a departure.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Trip {
    /// Number of departures in the window, at least one.
    pub fn departures(&self) -> u32 {
        self.window.div_ceil(self.step.max(1)).max(1)
    }

    /// Whether vehicles of a timetable are used.
    pub fn rides(&self) -> bool {
        self.modes.iter().any(|mode| !matches!(mode, TravelMode::Walk | TravelMode::Bike | TravelMode::Car))
    }

    /// Whether this mode is asked for.
    pub fn has(&self, mode: TravelMode) -> bool {
        self.modes.contains(&mode)
    }

    /// What is wrong: parameter, sentence, how to mend it.
    pub fn problems(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        let mut problem = |parameter: &str, what: &str, fix: &str| {
            all.push((parameter.to_owned(), what.to_owned(), fix.to_owned()));
        };
        if self.step == 0 {
            problem("step", "departures cannot be 0 s apart", "Write a step such as 1min.");
        } else if self.departures() > 24 * 60 {
            problem("window", "more than 1,440 departures", "Shorten the window, or lengthen the step.");
        }
        if self.percentiles.is_empty() || self.percentiles.iter().any(|p| !(1..=100).contains(p)) {
            problem("percentiles", "a percentile is a whole number from 1 to 100", "Write for example 5,25,50,75,95.");
        }
        if self.percentiles.iter().enumerate().any(|(at, p)| self.percentiles[..at].contains(p)) {
            problem("percentiles", "a percentile is asked for twice", "Name each once.");
        }
        if self.modes.is_empty() {
            problem("modes", "no mode is named", "Write for example transit,walk.");
        }
        if !(1..=16).contains(&self.max_rides) {
            problem("max_rides", "must lie between 1 and 16", "Write for example 4.");
        }
        if self.max_time == 0 || self.max_time > 24 * 3600 {
            problem("max_time", "must lie between 1 s and 24 h", "Write for example 120min.");
        }
        for (parameter, value) in [("bike_factor", self.bike_factor), ("car_factor", self.car_factor)] {
            if !(value.is_finite() && value > 0.0) {
                problem(parameter, "a factor is a number above 0", "Write for example 0.8.");
            }
        }
        for (parameter, metres) in
            [("max_transfer", self.max_transfer), ("max_egress", self.max_egress), ("max_snap", self.max_snap)]
        {
            if !(metres.is_finite() && metres >= 0.0) {
                problem(parameter, "a length in metres is a number, 0 or more", "Write for example 1000.");
            }
        }
        if self.frequencies == Frequencies::Draws && !(1..=1000).contains(&self.draws) {
            problem("draws", "must lie between 1 and 1,000", "Write for example 10.");
        }
        all
    }
}

/// A method whose parameters hold a [`Trip`]; implemented by [`on_network!`](crate::on_network).
pub trait OnNetwork {
    /// When and how people travel.
    fn trip(&self) -> Trip;
    /// The networks of the region that are used.
    fn networks(&self) -> &[String];
    /// The periods looked at.
    fn periods(&self) -> Option<&crate::parameters::Periods>;
}

/// Parameters that have a meaning only in a region: files take their place on the command line.
pub const IN_REGION: &[&str] = &["network", "from", "to", "periods", "day"];

/// Declares the struct of a method on a network: its own documented parameters, and those that all of them share.
#[macro_export]
macro_rules! on_network {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$about:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
            /// Networks of the region by their names: streets, timetables or both.
            #[serde(default, deserialize_with = "crate::parameters::names")]
            #[schemars(with = "crate::parameters::Names")]
            pub network: Vec<String>,
            /// The periods looked at, each at `date` or else at a `day` of it; left out: those that are asked for.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub periods: Option<$crate::parameters::Periods>,
            /// The day whose timetable is searched.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub date: Option<$crate::network::values::Day>,
            /// Which day of a period is looked at where `date` is left out: `last_wednesday`, or `last_day` to have all that
            /// opened in the period.
            #[serde(default)]
            pub day: $crate::network::trip::DayOfPeriod,
            /// First departure of the window.
            #[serde(default = "crate::network::trip::departure")]
            pub departure: $crate::network::values::Clock,
            /// Length of the window of departures.
            #[serde(default = "crate::network::trip::hour")]
            pub window: $crate::network::values::Duration,
            /// Time between departures.
            #[serde(default = "crate::network::trip::minute")]
            pub step: $crate::network::values::Duration,
            /// Whether the window is one of arrivals instead of departures.
            #[serde(default)]
            pub arrive_by: bool,
            /// Percentiles of the times over the window: element ceil(p n / 100) of the n times in order.
            #[serde(default = "crate::network::trip::median")]
            pub percentiles: Vec<u8>,
            /// How people travel: vehicles of timetables with one or more of walk, bike and car to reach the first (the quickest
            /// counts; a car is left there, and the last way is on foot), or one or more of walk, bike and car from door to door.
            #[serde(default = "crate::network::trip::transit_and_walk")]
            pub modes: Vec<$crate::network::trip::TravelMode>,
            /// Walking speed in metres a second.
            #[serde(default = "crate::network::trip::walking")]
            pub walk_speed: $crate::network::values::Speed,
            /// Longest walk (or ride by bike or car) to the first stop, from the last one, or all the way where vehicles could be taken too;
            /// ways over streets alone are limited by max_time.
            #[serde(default = "crate::network::trip::half_hour")]
            pub max_walk: $crate::network::values::Duration,
            /// Factor on the cycling speeds of the streets.
            #[serde(default = "crate::parameters::one")]
            pub bike_factor: f64,
            /// Factor on the driving speeds of the streets, below 1 for congestion everywhere.
            #[serde(default = "crate::parameters::one")]
            pub car_factor: f64,
            /// Most vehicles ridden on one journey.
            #[serde(default = "crate::network::trip::four")]
            pub max_rides: u8,
            /// Longest journey; what takes longer is not reached.
            #[serde(default = "crate::network::trip::two_hours")]
            pub max_time: $crate::network::values::Duration,
            /// Least time at a stop before a vehicle is boarded.
            #[serde(default = "crate::network::trip::minute")]
            pub boarding_slack: $crate::network::values::Duration,
            /// Longest walk between two vehicles, in metres of street.
            #[serde(default = "crate::network::trip::kilometre")]
            pub max_transfer: f64,
            /// Longest walk from the last stop, in metres of street (`max_walk` holds too).
            #[serde(default = "crate::network::trip::two_kilometres")]
            pub max_egress: f64,
            /// Greatest distance between a point or stop and the street it is joined to, in metres.
            #[serde(default = "crate::network::trip::a_mile")]
            pub max_snap: f64,
            /// Only stops and vehicles that take wheelchairs.
            #[serde(default)]
            pub wheelchair: bool,
            /// How trips that repeat at a headway are met.
            #[serde(default)]
            pub frequencies: $crate::network::trip::Frequencies,
            /// With `frequencies = "draws"`: timetables drawn for each departure.
            #[serde(default = "crate::network::trip::ten")]
            pub draws: u32,
            /// Seed of the draws.
            #[serde(default = "crate::analysis::seed")]
            pub seed: u64,
        }

        impl $crate::network::trip::OnNetwork for $name {
            fn trip(&self) -> $crate::network::trip::Trip {
                let mut modes = self.modes.clone();
                modes.sort_unstable();
                modes.dedup();
                $crate::network::trip::Trip {
                    date: self.date,
                    day: self.day,
                    departure: self.departure.0,
                    window: self.window.0,
                    step: self.step.0,
                    arrive_by: self.arrive_by,
                    percentiles: self.percentiles.clone(),
                    modes,
                    walk_speed: self.walk_speed.0,
                    max_walk: self.max_walk.0,
                    bike_factor: self.bike_factor,
                    car_factor: self.car_factor,
                    max_rides: self.max_rides,
                    max_time: self.max_time.0,
                    boarding_slack: self.boarding_slack.0,
                    max_transfer: self.max_transfer,
                    max_egress: self.max_egress,
                    max_snap: self.max_snap,
                    wheelchair: self.wheelchair,
                    frequencies: self.frequencies,
                    draws: self.draws,
                    seed: self.seed,
                }
            }
            fn networks(&self) -> &[String] {
                &self.network
            }
            fn periods(&self) -> Option<&$crate::parameters::Periods> {
                self.periods.as_ref()
            }
        }
    };
}

pub(crate) fn departure() -> Clock {
    Clock(8 * 3600)
}

pub(crate) fn minute() -> Duration {
    Duration::minutes(1)
}

pub(crate) fn half_hour() -> Duration {
    Duration::minutes(30)
}

pub(crate) fn hour() -> Duration {
    Duration::minutes(60)
}

pub(crate) fn two_hours() -> Duration {
    Duration::minutes(120)
}

pub(crate) fn median() -> Vec<u8> {
    vec![50]
}

pub(crate) fn transit_and_walk() -> Vec<TravelMode> {
    vec![TravelMode::Transit, TravelMode::Walk]
}

pub(crate) fn walking() -> Speed {
    Speed(1.0)
}

pub(crate) fn four() -> u8 {
    4
}

pub(crate) fn ten() -> u32 {
    10
}

pub(crate) fn kilometre() -> f64 {
    1000.0
}

pub(crate) fn two_kilometres() -> f64 {
    2000.0
}

pub(crate) fn a_mile() -> f64 {
    1600.0
}
