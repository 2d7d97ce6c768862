//! Reach and catchments as measures of a region.

use super::fares::Price;
use super::itineraries::Itineraries;
use super::reaching::{Amount, Reaching};
use super::region::{Goals, Looked, behind, each_period, middle, minute, reads};
use super::sharing::{Costs, shared};
use super::times::{Row, each_row};
use super::travel::Linked;
use super::trip::OnNetwork;
use crate::inputs::Inputs;
use crate::method::Problem;
use crate::methods::catchment::Catchment;
use crate::methods::journeys::{JourneyResult, Journeys};
use crate::methods::reach::{Reach, ReachResult};
use crate::output::{Cell, Output, join_status};
use crate::reads::{Reads, Units};
use rayon::prelude::*;
use std::collections::BTreeMap;
use umbel_access::Seconds;
use umbel_core::{Bound, Status, Symbol, Unit, code};

/// Declares what a method reads that counts something at places: as [`reads`], then an indicator for each of `columns`
/// (parameter and names).
pub fn reads_opportunities(
    method: &impl OnNetwork,
    goals: Goals<'_>,
    columns: &[(&str, &[String])],
    to: &mut Reads<'_>,
) {
    reads(method, goals, true, to);
    for (parameter, names) in columns {
        let [name] = names else {
            let message = format!("A measure takes one indicator as `{parameter}`.");
            to.problem(Problem::new(&code::M002, parameter, message, "Write a measure for each."));
            continue;
        };
        to.indicator(name, parameter);
    }
}

/// The input of the first indicator that a method reads: after its networks, `from` and `to`.
fn first_indicator(method: &impl OnNetwork) -> usize {
    method.networks().len() + 2
}

/// The unit of opportunities.
pub fn unit_of_opportunities(method: &impl OnNetwork, units: &Units<'_>) -> Unit {
    units.of(first_indicator(method))
}

/// The unit of a catchment: supply for each unit of demand, or supply.
///
/// # Errors
/// When there is no such unit.
pub fn unit_of_catchment(method: &Catchment, whole: bool, units: &Units<'_>) -> Result<Unit, Problem> {
    let first = first_indicator(method);
    let (demand, supply) = (units.of(first), units.of(first + 1));
    if whole {
        return Ok(supply);
    }
    supply.per(&demand).map_err(|error| {
        let message = format!("{supply} over {demand} is no unit: {error}");
        Problem::new(&code::M006, "demand", message, "Declare units that divide.")
    })
}

/// Figures of an indicator at places in the period looked at: 0 where there is none, and the rows where there is one.
struct Figures {
    values: Vec<f64>,
    rows: Vec<Option<usize>>,
    status: Status,
}

impl Figures {
    fn of(inputs: &Inputs<'_>, input: usize, looked: &Looked<'_>, places: &[(Symbol, usize)]) -> Figures {
        let series = inputs.series(input);
        let mut figures = Figures { values: Vec::new(), rows: Vec::new(), status: Status::Normal };
        for &(place, _) in places {
            let row = inputs.find(input, place, looked.period, Symbol::NONE);
            let found = row.and_then(|row| Some((row, series.value(row).filter(|value| *value >= 0.0)?)));
            figures.values.push(found.map_or(0.0, |found| found.1));
            figures.rows.push(found.map(|found| found.0));
            if let Some((row, _)) = found {
                figures.status = join_status(figures.status, series.status[row]);
            }
        }
        figures
    }
}

/// The place of a kind above a place, or the place itself.
fn above(inputs: &Inputs<'_>, kind: &str, place: Symbol) -> Result<Symbol, String> {
    let tree = inputs.tree()?;
    let kind = inputs.symbol(kind).ok_or_else(|| format!("no place is of the kind \"{kind}\""))?;
    let all = std::iter::once(place).chain(tree.ancestors(place));
    Ok(all.into_iter().find(|&at| tree.has_kind(at, kind)).unwrap_or(Symbol::NONE))
}

/// What of the opportunities is reached.
pub(crate) fn reach(method: &Reach, inputs: &Inputs<'_>) -> Result<Output, String> {
    let networks = method.networks().len();
    let opportunities = first_indicator(method);
    let unit = match method.result {
        ReachResult::Reached => inputs.series(opportunities).unit.clone(),
        ReachResult::Share | ReachResult::ShareAcross => Unit::one(),
        ReachResult::Nth => minute(),
    };
    let mut output = Output::new(unit);
    each_period(method, inputs, |looked| {
        let (from, to) = (looked.from.sites(), looked.to.sites());
        let figures = Figures::of(inputs, opportunities, &looked, &looked.to.places);
        let total: f64 = figures.values.iter().sum();
        let jurisdiction = |places: &[(Symbol, usize)]| -> Result<Vec<Symbol>, String> {
            let Some(kind) = &method.border else { return Ok(Vec::new()) };
            places.iter().map(|&(place, _)| above(inputs, kind, place)).collect()
        };
        let (homes, goals) = (jurisdiction(&looked.from.places)?, jurisdiction(&looked.to.places)?);
        let mut numbers: BTreeMap<u32, usize> = homes.iter().chain(&goals).map(|&at| (inputs.rank(at), 0)).collect();
        numbers.values_mut().enumerate().for_each(|(at, number)| *number = at);
        let number = |at: Symbol| numbers.get(&inputs.rank(at)).copied().unwrap_or(0);
        let labels = method
            .border
            .as_ref()
            .map(|_| (goals.iter().map(|&at| number(at) as u32).collect::<Vec<u32>>(), numbers.len()));
        let reaching = Reaching::new(method, vec![figures.values.clone()], labels)?;
        let (width, middle) = (looked.trip.percentiles.len(), middle(looked.trip));
        for &(place, row) in &looked.from.pointless {
            output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
        }
        each_row(looked.network, looked.trip, (from, to), |origin, Row { times, .. }| {
            let times: Vec<Seconds> = times.iter().skip(middle).step_by(width).copied().collect();
            let home = homes.get(origin).map_or(0, |&at| number(at));
            let row = reaching.of(&times, home)?;
            let across = if method.border.is_some() { row.get(1).copied().and_then(Amount::number) } else { None };
            let first = row.first().copied().and_then(Amount::number);
            let ratio = |part: Option<f64>, whole: Option<f64>| Some(part? / whole.filter(|whole| *whole > 0.0)?);
            let value = match method.result {
                ReachResult::Reached => first,
                ReachResult::Share => ratio(first, Some(total)),
                ReachResult::ShareAcross => ratio(across, first),
                ReachResult::Nth => row.last().copied().and_then(Amount::number).map(|seconds| seconds / 60.0),
            };
            let (place, from_row) = looked.from.places[origin];
            let mut members = behind(inputs, networks, from_row);
            let limit = method.cutoffs.first().map_or(u32::MAX - 1, |cutoff| cutoff.0);
            for (at, time) in times.iter().enumerate() {
                if time.get().is_some_and(|seconds| seconds <= limit) {
                    members.push((networks + 1, looked.to.places[at].1));
                    members.extend(figures.rows[at].map(|row| (opportunities, row)));
                }
            }
            let cell = match value {
                Some(_) => Cell { value, status: figures.status, bound: Bound::Exact },
                None => crate::parameters::undefined(),
            };
            output.push(place, looked.period, Symbol::NONE, cell, members);
            Ok(())
        })
    })?;
    Ok(output)
}

/// What each place has of supply that many share.
pub(crate) fn catchment(method: &Catchment, inputs: &Inputs<'_>) -> Result<Output, String> {
    let networks = method.networks().len();
    let first = first_indicator(method);
    let mut output = Output::new(inputs.unit().clone());
    each_period(method, inputs, |looked| {
        let (from, to) = (looked.from.sites(), looked.to.sites());
        let demand = Figures::of(inputs, first, &looked, &looked.from.places);
        let supply = Figures::of(inputs, first + 1, &looked, &looked.to.places);
        let (width, middle) = (looked.trip.percentiles.len(), middle(looked.trip));
        let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
        each_row(looked.network, looked.trip, (from, to), |origin, Row { times, .. }| {
            let row = times.iter().skip(middle).step_by(width).enumerate();
            let reached = row.filter_map(|(to, time)| Some((to, time.get()?)));
            pairs.extend(reached.map(|(to, seconds)| (origin as u32, to as u32, f64::from(seconds) / 60.0)));
            Ok(())
        })?;
        let costs = Costs::from_pairs(from.len(), to.len(), &pairs).map_err(|error| error.to_string())?;
        let found = shared(method, &costs, &demand.values, &supply.values)?;
        let Some((_, values)) = found.columns.first() else { return Ok(()) };
        // Everything rests on all demand and supply: whoever moves changes what is left for others.
        let rows = |figures: &Figures, input: usize| -> Vec<(usize, usize)> {
            figures.rows.iter().flatten().map(|&row| (input, row)).collect()
        };
        let mut members = rows(&demand, first);
        members.extend(rows(&supply, first + 1));
        members
            .extend((0..networks).flat_map(|input| (0..inputs.node(input).series.len()).map(move |row| (input, row))));
        members.extend(looked.from.places.iter().map(|place| (networks, place.1)));
        members.extend(looked.to.places.iter().map(|place| (networks + 1, place.1)));
        let set = output.set(members);
        let status = join_status(demand.status, supply.status);
        for (&(place, _), value) in looked.from.places.iter().zip(values) {
            let cell = match value {
                Some(_) => Cell { value: *value, status, bound: Bound::Exact },
                None => crate::parameters::undefined(),
            };
            output.push_shared(place, looked.period, Symbol::NONE, cell, set);
        }
        for &(place, row) in &looked.from.pointless {
            output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
        }
        Ok(())
    })?;
    Ok(output)
}

/// What the journeys of each place to the one reached quickest are like.
pub(crate) fn journeys(method: &Journeys, inputs: &Inputs<'_>) -> Result<Output, String> {
    let networks = method.networks().len();
    let unit = match method.result {
        JourneyResult::Rides | JourneyResult::Choices => Unit::one(),
        JourneyResult::Quickest | JourneyResult::Walking => minute(),
        JourneyResult::Cheapest => inputs.unit().clone(),
    };
    let mut output = Output::new(unit.clone());
    each_period(method, inputs, |looked| {
        let (from, to) = (looked.from.sites(), looked.to.sites());
        let linked = Linked::new(looked.network, looked.trip, from, to)?;
        let itineraries = Itineraries::new(looked.network, &linked, from, to, method.fares)?;
        if let (JourneyResult::Cheapest, Some(currency)) = (method.result, itineraries.currency()) {
            let stated = Unit::parse(&format!("{{{currency}}}")).unwrap_or_default();
            if stated != unit {
                return Err(format!("fares are stated in {currency}, and the measure is in {}", unit.text()));
            }
        }
        for &(place, row) in &looked.from.pointless {
            output.push(place, looked.period, Symbol::NONE, Cell::missing(), behind(inputs, networks, row));
        }
        let all = (0..from.len()).into_par_iter().map(|origin| itineraries.of(origin));
        let all: Vec<_> = all.collect::<Result<_, _>>()?;
        for (&(place, row), found) in looked.from.places.iter().zip(&all) {
            let mut members = behind(inputs, networks, row);
            let quickest = found.iter().enumerate().flat_map(|(to, journeys)| journeys.iter().map(move |j| (to, j)));
            let best = match method.result {
                JourneyResult::Cheapest => quickest.min_by_key(|(to, journey)| (journey.cost(), journey.seconds, *to)),
                _ => quickest.min_by_key(|(to, journey)| (journey.seconds, i64::from(journey.rides), *to)),
            };
            // A goal has no way to itself.
            let here = looked.to.places.iter().any(|goal| goal.0 == place);
            let value = match best {
                _ if here => Some(0.0),
                None => None,
                Some((to, journey)) => {
                    members.push((networks + 1, looked.to.places[to].1));
                    let told = match method.result {
                        JourneyResult::Cheapest => journey.price.as_ref().and_then(Price::amount),
                        JourneyResult::Rides => Some(f64::from(journey.rides)),
                        JourneyResult::Quickest => Some(journey.seconds as f64 / 60.0),
                        JourneyResult::Walking => Some(journey.walking as f64 / 60.0),
                        JourneyResult::Choices => Some(found[to].len() as f64),
                    };
                    if told.is_none() {
                        // There is a way, and nobody says what it costs.
                        output.push(place, looked.period, Symbol::NONE, Cell::missing(), members);
                        continue;
                    }
                    told
                }
            };
            let cell = value.map_or_else(crate::parameters::undefined, Cell::exact);
            output.push(place, looked.period, Symbol::NONE, cell, members);
        }
        Ok(())
    })?;
    Ok(output)
}
