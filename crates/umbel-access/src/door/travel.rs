//! The rules of travel.

use crate::Error;
use crate::raptor::{Frequencies, RangeQuery};
use crate::timetable::VehicleFilter;

/// Departures (or arrivals) that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First, in seconds from the midnight of the day searched.
    pub first: u32,
    /// Number.
    pub count: u32,
    /// Seconds between them.
    pub step: u32,
    /// Whether they are the latest arrivals at the places travelled to, instead of departures.
    pub arrive_by: bool,
}

/// How people travel. The default is that of the reference cases of R5.
#[derive(Clone, Debug, PartialEq)]
pub struct Travel {
    /// Departures.
    pub window: Window,
    /// Whether vehicles of the timetable are ridden.
    pub transit: bool,
    /// Most rides in a journey.
    pub max_rides: u8,
    /// Most seconds from door to door.
    pub max_time: u32,
    /// Walking speed in metres a second.
    pub walk_speed: f64,
    /// Most seconds of the way to the first stop.
    pub max_access: u32,
    /// Most seconds of a way without any vehicle. Nobody drives all the way by car where vehicles may be ridden.
    pub max_direct: u32,
    /// Most seconds on foot from the last stop.
    pub max_egress: u32,
    /// Most metres on foot from the last stop.
    pub egress_distance: f64,
    /// Least seconds between coming to a stop and boarding.
    pub boarding_slack: u32,
    /// Vehicles that may be ridden.
    pub vehicles: VehicleFilter,
    /// Only vehicles and stops that are said to be fit for wheelchairs.
    pub wheelchair: bool,
    /// When services by frequency with unstated times leave.
    pub frequencies: Frequencies,
}

impl Default for Travel {
    fn default() -> Travel {
        Travel {
            window: Window { first: 8 * 3600, count: 60, step: 60, arrive_by: false },
            transit: true,
            max_rides: 4,
            max_time: 7200,
            walk_speed: 1.0,
            max_access: 1800,
            max_direct: 1800,
            max_egress: 1800,
            egress_distance: 2000.0,
            boarding_slack: 60,
            vehicles: VehicleFilter::ALL,
            wheelchair: false,
            frequencies: Frequencies::HalfHeadway,
        }
    }
}

impl Travel {
    /// The search over the timetable that these rules mean.
    pub(super) fn query(&self) -> RangeQuery {
        RangeQuery {
            first_departure: self.window.first,
            departures: self.window.count,
            step: self.window.step,
            max_rides: self.max_rides,
            max_time: self.max_time,
            boarding_slack: self.boarding_slack,
            vehicles: self.vehicles,
            wheelchair: self.wheelchair,
            frequencies: self.frequencies,
        }
    }

    /// Whether the rules make sense.
    ///
    /// # Errors
    /// A parameter out of its range.
    pub fn check(&self) -> Result<(), Error> {
        self.query().check()?;
        let wrong = |parameter, message| Err(Error::Parameter { parameter, message });
        if !(0.05..=50.0).contains(&self.walk_speed) {
            return wrong("walk_speed", format!("{} lies outside of 0.05 to 50 m/s", self.walk_speed));
        }
        if !(0.0..=100_000.0).contains(&self.egress_distance) {
            return wrong("egress_distance", format!("{} lies outside of 0 to 100,000 m", self.egress_distance));
        }
        if self.window.count > 10_000 {
            return wrong("window", format!("{} departures are more than 10,000", self.window.count));
        }
        Ok(())
    }
}
