//! A timetable from the arrays of a reader.

use super::pool::Pool;
use super::runs::{Run, Runs};
use super::{Position, Service, Timetable, TimetableInput, Trip, TripName, Vehicle, Wheelchair};
use crate::Error;

/// Trips that one frequency with exact times may stand for: a week of one a second is no timetable.
pub(super) const MOST_TRIPS: u32 = 100_000;

fn wrong<T>(array: &'static str, at: usize, message: String) -> Result<T, Error> {
    Err(Error::Input { array, at, message })
}

impl Timetable {
    /// Puts trips together to patterns: same stops, same places to get on and off, same class of vehicle and use by
    /// wheelchair; split so that no trip overtakes another (each trip, by time, goes to the first pattern whose last trip
    /// it follows everywhere). A frequency with exact times becomes trips; one without stays a service by frequency.
    ///
    /// A wheelchair can be used only where that is stated. O(events log trips).
    ///
    /// # Errors
    /// The first thing wrong with the arrays: an index out of range, a trip of fewer than two events, times that go
    /// back, a frequency without a headway or a span.
    pub fn new(input: &TimetableInput) -> Result<Timetable, Error> {
        let mut runs = Runs::default();
        for (at, trip) in input.trips.iter().enumerate() {
            let events = check_trip(input, at, trip)?;
            let first = runs.positions.len();
            for event in events {
                runs.positions.push(Position::new(event.stop, event.board, event.alight));
                runs.arrivals.push(event.arrival);
                runs.departures.push(event.departure);
            }
            let run = Run {
                first,
                count: events.len(),
                shift: 0,
                name: TripName { source: trip.source, route: trip.route },
                vehicle: Vehicle::of(input.routes[trip.route as usize].vehicle),
                wheelchair: trip.wheelchair == Wheelchair::Yes,
                service: None,
            };
            if trip.frequency_count == 0 {
                runs.list.push(run);
            }
            let begin = events[0].departure;
            for ordinal in 0..trip.frequency_count {
                let number = (trip.first_frequency + ordinal) as usize;
                let frequency = input.frequencies[number];
                let headway = match i32::try_from(frequency.headway) {
                    Ok(headway) if headway > 0 => headway,
                    _ => return wrong("frequencies", number, format!("its headway is {}", frequency.headway)),
                };
                let (start, end) = (frequency.start, frequency.end);
                if end <= start {
                    return wrong("frequencies", number, format!("it ends at {end}, not after its start at {start}"));
                }
                if frequency.exact {
                    let trips = (end.abs_diff(start)).div_ceil(frequency.headway);
                    if trips > MOST_TRIPS {
                        return wrong("frequencies", number, format!("it stands for {trips} trips"));
                    }
                    let starts = (0..trips as i32).map(|n| start + n * headway);
                    runs.list.extend(starts.map(|departure| Run { shift: departure - begin, ..run }));
                } else {
                    let service = Some(Service { start, end, headway, ordinal });
                    runs.list.push(Run { shift: -begin, service, ..run });
                }
            }
        }
        for (at, transfer) in input.transfers.iter().enumerate() {
            check_stop(input, "transfers", at, transfer.from)?;
            check_stop(input, "transfers", at, transfer.to)?;
        }
        let total: usize = runs.list.iter().map(|run| run.count).sum();
        if u32::try_from(total).is_err() {
            return wrong("events", input.events.len(), format!("{total} events are more than can be numbered"));
        }
        let mut timetable = Timetable {
            accessible: input.stops.iter().map(|stop| stop.wheelchair == Wheelchair::Yes).collect(),
            routes: input.routes.clone(),
            ..Timetable::default()
        };
        runs.add_to(&mut timetable);
        timetable.link(timetable.patterns.len(), &[]);
        timetable.share();
        Ok(timetable)
    }

    /// Makes all that there is common to the copies to come.
    pub(crate) fn share(&mut self) {
        fn all<T: Clone>(pool: &mut Pool<T>) {
            *pool = std::mem::take(pool).shared();
        }
        all(&mut self.positions);
        all(&mut self.owners);
        all(&mut self.departures);
        all(&mut self.arrivals);
        all(&mut self.trips);
        all(&mut self.boardings);
    }
}

fn check_stop(input: &TimetableInput, array: &'static str, at: usize, stop: u32) -> Result<(), Error> {
    match (stop as usize) < input.stops.len() && stop < Position::STOPS {
        true => Ok(()),
        false => wrong(array, at, format!("its stop {stop} is not among the {} stops", input.stops.len())),
    }
}

/// The events of a trip, if they make sense.
fn check_trip<'a>(input: &'a TimetableInput, at: usize, trip: &Trip) -> Result<&'a [super::StopEvent], Error> {
    let (first, count) = (trip.first as usize, trip.count as usize);
    if trip.route as usize >= input.routes.len() {
        return wrong("trips", at, format!("its route {} is not among the {} routes", trip.route, input.routes.len()));
    }
    if count < 2 {
        return wrong("trips", at, format!("it has {count} events; a trip needs two"));
    }
    let Some(events) = input.events.get(first..first + count) else {
        return wrong("trips", at, format!("its events {first}..{} are not all there", first + count));
    };
    let frequencies = trip.first_frequency as usize..trip.first_frequency as usize + trip.frequency_count as usize;
    if trip.frequency_count > 0 && frequencies.end > input.frequencies.len() {
        return wrong("trips", at, format!("its frequencies {frequencies:?} are not all there"));
    }
    for (index, event) in events.iter().enumerate() {
        check_stop(input, "events", first + index, event.stop)?;
        if event.departure < event.arrival {
            let message = format!("it departs at {}, before it arrives at {}", event.departure, event.arrival);
            return wrong("events", first + index, message);
        }
        if index > 0 && event.arrival < events[index - 1].departure {
            let message = format!("it arrives at {}, before leaving {}", event.arrival, events[index - 1].departure);
            return wrong("events", first + index, message);
        }
        // Sums of two times and a headway must not overflow.
        if event.arrival < -(1 << 28) || event.departure > 1 << 28 {
            return wrong("events", first + index, "its time is years away".to_owned());
        }
    }
    Ok(events)
}
