//! Times of origins one after the other: over a network, or from a matrix that is given.

use super::data::{Data, Halt};
use super::progress::Progress;
use crate::output::Stop;
use std::path::Path;
use umbel_study::network::{GivenTimes, Points, Seconds, Travel, Trip};

/// Parameters that say nothing about a matrix that is given.
const OF_A_TRIP: &[&str] = &[
    "streets",
    "gtfs",
    "cache",
    "date",
    "departure",
    "window",
    "step",
    "arrive_by",
    "percentiles",
    "modes",
    "walk_speed",
    "max_walk",
    "bike_factor",
    "car_factor",
    "max_rides",
    "max_time",
    "boarding_slack",
    "max_transfer",
    "max_egress",
    "max_snap",
    "wheelchair",
    "frequencies",
    "draws",
    "seed",
    "snap-report",
];

/// The matrix named by `--times`, if one is.
pub fn given(data: &Data<'_>, pairs: (&Points, &Points)) -> Result<Option<GivenTimes>, Halt> {
    let Some(path) = data.text("times") else { return Ok(None) };
    if let Some(name) = OF_A_TRIP.iter().find(|name| data.is_given(name)) {
        let option = name.replace('_', "-");
        return Err(Stop::Usage(format!("--{option} has no meaning with --times, whose times are final")).into());
    }
    let path = Path::new(path);
    if !path.exists() {
        return Err(Stop::Failed(format!("{}: there is no such file", path.display())).into());
    }
    let column = data.text("time-column");
    let read = data
        .console
        .while_doing("reading the times", || GivenTimes::open(path, column, &pairs.0.ids, &pairs.1.ids))
        .map_err(Stop::Failed)?;
    let times = data.sound(read)?;
    if times.ignored > 0 {
        let what = crate::output::count(times.ignored, "row");
        data.console.remark(format!("{}: {what} between other places left out", path.display()));
    }
    Ok(Some(times))
}

/// Which of the percentiles of a trip is the figure: the middle one.
pub fn middle(trip: &Trip) -> usize {
    let mut order: Vec<usize> = (0..trip.percentiles.len()).collect();
    order.sort_by_key(|&at| trip.percentiles[at]);
    order[(order.len() - 1) / 2]
}

/// Hands on the times of every origin in order: one to each destination, the middle percentile.
pub fn rows(
    data: &Data<'_>,
    travel: &Travel<'_>,
    trip: &Trip,
    origins: usize,
    mut sink: impl FnMut(usize, &[Seconds]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let (width, at) = (trip.percentiles.len(), middle(trip));
    let progress = Progress::new(data, origins, "origins");
    let mut row = Vec::new();
    travel.rows(|origin, times| {
        row.clear();
        row.extend(times.iter().skip(at).step_by(width));
        progress.advance();
        sink(origin, &row)
    })?;
    progress.done();
    Ok(())
}
