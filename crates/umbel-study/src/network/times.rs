//! Times found over a network, at hand for whoever asks for the same again: plans that change what is at the places, or other
//! measures, do not travel anew.

use super::network::Network;
use super::points::Sites;
use super::snaps::Snaps;
use super::travel::{Linked, Travel};
use super::trip::Trip;
use crate::key::{Key, Keyer};
use std::sync::{Arc, Mutex, PoisonError};
use umbel_access::Seconds;

/// Cells of all tables at hand of a network, 32 MB.
const MOST: usize = 8_000_000;

/// A table of times.
#[derive(Debug)]
struct Times {
    /// Whether each origin is joined to the network.
    starts: Vec<bool>,
    /// Whether each destination is.
    ends: Vec<bool>,
    /// Origin by origin, destination by destination, percentile by percentile.
    cells: Vec<Seconds>,
}

/// The tables found over a network, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct TimesAtHand(Mutex<Vec<(Key, Arc<Times>)>>);

impl TimesAtHand {
    fn find(&self, key: &Key) -> Option<Arc<Times>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = held.iter().position(|one| one.0 == *key)?;
        let found = held.remove(at);
        held.push(found.clone());
        Some(found.1)
    }

    fn keep(&self, key: Key, times: Times) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|one| one.0 != key);
        held.push((key, Arc::new(times)));
        while held.iter().map(|one| one.1.cells.len()).sum::<usize>() > MOST {
            held.remove(0);
        }
    }
}

/// Times from one origin.
pub(crate) struct Row<'a> {
    /// To each destination, percentile by percentile.
    pub times: &'a [Seconds],
    /// Whether the origin is joined to the network.
    pub joined: bool,
    /// Whether each destination is.
    pub ends: &'a [bool],
}

/// Gives the times of a trip from each origin, in order.
///
/// # Errors
/// A sentence when the network has not what the trip needs, or the first error of `sink`.
pub(crate) fn each_row(
    network: &Network,
    trip: &Trip,
    (from, to): (Sites<'_>, Sites<'_>),
    mut sink: impl FnMut(usize, Row<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut keyer = Keyer::new("times");
    keyer.text(&format!("{trip:?}"));
    keyer.text(&network.edits());
    for degrees in [from.longitude, from.latitude, to.longitude, to.latitude] {
        keyer.number(degrees.len() as u64);
        degrees.iter().for_each(|&degrees| keyer.float(degrees));
    }
    let key = keyer.finish();
    let width = to.len() * trip.percentiles.len();
    if let Some(held) = network.times.find(&key) {
        for (origin, &joined) in held.starts.iter().enumerate() {
            let times = &held.cells[origin * width..][..width];
            sink(origin, Row { times, joined, ends: &held.ends })?;
        }
        return Ok(());
    }
    let linked = Linked::new(network, trip, from, to)?;
    let travel = Travel::new(&linked, from, to)?;
    let joined = |snaps: &Snaps| snaps.all.iter().map(|snapped| snapped.joined).collect::<Vec<bool>>();
    let (starts, ends) = (joined(travel.origins()), joined(travel.destinations()));
    let mut cells = (from.len() * width <= MOST).then(|| Vec::with_capacity(from.len() * width));
    travel.rows(|origin, times| {
        if let Some(cells) = &mut cells {
            cells.extend_from_slice(times);
        }
        let joined = starts.get(origin).copied().unwrap_or(false);
        sink(origin, Row { times, joined, ends: &ends })
    })?;
    if let Some(cells) = cells.filter(|_| starts.len() == from.len()) {
        network.times.keep(key, Times { starts, ends, cells });
    }
    Ok(())
}
