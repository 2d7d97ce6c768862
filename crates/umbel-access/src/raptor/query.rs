//! What is asked of a search.

use crate::Error;
use crate::timetable::VehicleFilter;

/// A stop that can be reached on foot (or otherwise) from where a journey begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The stop.
    pub stop: u32,
    /// Seconds it takes.
    pub seconds: u32,
}

/// When services by frequency with unstated times leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frequencies {
    /// Half a headway after one is ready to board: the expectation over all phases. Who is ready before the first
    /// departure can be waits from then on; who is ready at or after the end of the service (as it passes the stop) does
    /// not board. In the last headway too one waits half of it, as in R5: services that follow one another through the
    /// day, each with an end of its own, are met as one that never stops.
    #[default]
    HalfHeadway,
    /// At a phase drawn at random: draw number `draw` of `of`. Draws are stratified: over all `of` of them a service has
    /// one phase in each of `of` equal parts of its headway, in an order of its own, so that few draws suffice.
    Drawn {
        /// Seed of all draws.
        seed: u64,
        /// Number of this draw, below `of`.
        draw: u32,
        /// Number of draws that will be made.
        of: u32,
    },
}

/// A window of departures, and the rules of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeQuery {
    /// First departure, in seconds from the midnight of the day searched.
    pub first_departure: u32,
    /// Number of departures.
    pub departures: u32,
    /// Seconds between departures.
    pub step: u32,
    /// Most rides in a journey.
    pub max_rides: u8,
    /// Most seconds from departure to getting off the last vehicle.
    pub max_time: u32,
    /// Least seconds between coming to a stop and boarding there, the first boarding included.
    pub boarding_slack: u32,
    /// Vehicles that may be ridden.
    pub vehicles: VehicleFilter,
    /// Only vehicles and stops that are said to be fit for wheelchairs.
    pub wheelchair: bool,
    /// When services by frequency leave.
    pub frequencies: Frequencies,
}

impl Default for RangeQuery {
    /// An hour of departures from midnight, one a minute; at most 4 rides and 2 hours; a wait of at least 60 s.
    fn default() -> RangeQuery {
        RangeQuery {
            first_departure: 0,
            departures: 60,
            step: 60,
            max_rides: 4,
            max_time: 7200,
            boarding_slack: 60,
            vehicles: VehicleFilter::ALL,
            wheelchair: false,
            frequencies: Frequencies::HalfHeadway,
        }
    }
}

impl RangeQuery {
    /// The last departure.
    pub fn last_departure(&self) -> u32 {
        self.first_departure + self.departures.saturating_sub(1) * self.step
    }

    /// Whether the query makes sense.
    ///
    /// # Errors
    /// When there is no departure, no time between departures, a span beyond a month, or a draw that is none.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |parameter, message: String| Err(Error::Parameter { parameter, message });
        if self.departures == 0 {
            return wrong("departures", "there is none; ask for at least one".to_owned());
        }
        if self.step == 0 && self.departures > 1 {
            return wrong("step", "there is no time between departures; give at least 1 s".to_owned());
        }
        let span = u64::from(self.first_departure) + u64::from(self.departures) * u64::from(self.step);
        if span + u64::from(self.max_time) + u64::from(self.boarding_slack) > 31 * 86400 {
            return wrong("max_time", "departures and travel reach beyond a month; shorten them".to_owned());
        }
        if let Frequencies::Drawn { draw, of, .. } = self.frequencies
            && draw >= of
        {
            return wrong("draw", format!("draw {draw} is not below the {of} draws"));
        }
        Ok(())
    }
}
