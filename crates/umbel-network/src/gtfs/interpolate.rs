//! Times of stops that have none, from the times of the stops around them.

use super::feed::Feed;
use super::model::{StopTime, Trip};
use super::project::{Line, metres};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How empty stop times are filled between two that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// In proportion to the straight lines between the stops, cut to whole seconds, as R5 does.
    #[default]
    Straight,
    /// In proportion to the distance travelled: `shape_dist_traveled` where all stops of the stretch have it, else the
    /// place of the stops along the shape of the trip, else straight lines.
    Shape,
    /// The same time between all stops.
    Even,
}

/// Fills empty times; keeps what it found out about a shape for the trips that follow.
pub(super) struct Filler<'a> {
    feed: &'a Feed,
    how: Interpolation,
    /// Metres along the shape at the stops, by shape and stops.
    known: FxHashMap<(u32, Vec<u32>), Option<Vec<f64>>>,
}

impl<'a> Filler<'a> {
    /// A filler for the trips of a feed.
    pub fn new(feed: &'a Feed, how: Interpolation) -> Filler<'a> {
        Filler { feed, how, known: FxHashMap::default() }
    }

    /// Arrivals and departures of a trip whose first and last stops have times. Cost: the stops of the trip, and for
    /// the first of its pattern with [`Interpolation::Shape`] stops times points of the shape.
    pub fn times(&mut self, trip: &Trip, filled: &mut Vec<(i32, i32)>) {
        let feed = self.feed;
        let times = feed.times(trip);
        filled.clear();
        filled.extend(times.iter().map(|time| time.arrival.zip(time.departure).unwrap_or((0, 0))));
        let mut after = 0;
        while let Some(gap) = times[after..].iter().position(|time| time.arrival.is_none()).map(|gap| after + gap) {
            let next = times[gap..].iter().position(|time| time.arrival.is_some()).map(|next| gap + next);
            let (Some(next), Some(before)) = (next, gap.checked_sub(1)) else { return };
            let (leaves, arrives) = (filled[before].1, filled[next].0);
            let positions = self.positions(trip, times, before, next);
            let whole = positions.last().copied().unwrap_or(0.0);
            for (step, position) in positions.iter().enumerate().take(positions.len().saturating_sub(1)) {
                let share = if whole > 0.0 { position / whole } else { (step + 1) as f64 / (next - before) as f64 };
                // Between two times, so within i32; cut as R5 cuts.
                let time = (f64::from(leaves) + f64::from(arrives - leaves) * share) as i32;
                filled[before + 1 + step] = (time, time);
            }
            after = next;
        }
    }

    /// Distances from stop `before` to each stop after it up to `next`.
    fn positions(&mut self, trip: &Trip, times: &[StopTime], before: usize, next: usize) -> Vec<f64> {
        let stretch = &times[before..=next];
        match self.how {
            Interpolation::Even => return (1..stretch.len()).map(|step| step as f64).collect(),
            Interpolation::Straight => {}
            Interpolation::Shape => {
                if let Some(found) = travelled(stretch).or_else(|| self.along(trip, times, before, next)) {
                    return found;
                }
            }
        }
        let mut total = 0.0;
        let point = |time: &StopTime| self.feed.stops[time.stop as usize].point;
        let step = |pair: &[StopTime]| {
            total += point(&pair[0]).zip(point(&pair[1])).map_or(0.0, |(a, b)| metres(a, b));
            total
        };
        stretch.windows(2).map(step).collect()
    }

    /// The same along the shape of the trip.
    fn along(&mut self, trip: &Trip, times: &[StopTime], before: usize, next: usize) -> Option<Vec<f64>> {
        let shape = trip.shape?;
        let stops: Vec<u32> = times.iter().map(|time| time.stop).collect();
        let feed = self.feed;
        let known = self.known.entry((shape, stops)).or_insert_with(|| {
            let points = feed.shape(feed.shapes.get(shape as usize)?);
            let line = Line::new(&points.iter().map(|point| (point.longitude, point.latitude)).collect::<Vec<_>>());
            let stops: Option<Vec<_>> = times.iter().map(|time| feed.stops[time.stop as usize].point).collect();
            Some(line.in_order(&stops?)?.iter().map(|along| along.position).collect())
        });
        let positions = known.as_ref()?;
        let begin = *positions.get(before)?;
        Some(positions.get(before + 1..=next)?.iter().map(|position| position - begin).collect())
    }
}

/// Distances by `shape_dist_traveled`, if all have it and none falls.
fn travelled(stretch: &[StopTime]) -> Option<Vec<f64>> {
    let all: Option<Vec<f64>> = stretch.iter().map(|time| time.distance.map(f64::from)).collect();
    let all = all.filter(|all| all.is_sorted() && all.first() < all.last())?;
    Some(all[1..].iter().map(|distance| distance - all[0]).collect())
}
