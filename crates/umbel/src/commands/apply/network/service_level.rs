//! `umbel apply service-level`: how often stops or routes are served.

use super::data::{Data, Halt};
use super::out;
use crate::output::{Ended, Outcome, Stop};
use umbel_study::methods::service_level::ServiceLevel;
use umbel_study::network::OnNetwork;
use umbel_study::network::services::{Served, services};
use umbel_table::stream::{Cells, Id, Kind};

/// Writes a row for each stop or route.
pub fn run(data: &Data<'_>) -> Ended {
    match service_level(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

fn service_level(data: &Data<'_>) -> Result<(), Halt> {
    let method: ServiceLevel = data.parameters()?;
    let trip = method.trip();
    data.check(&trip)?;
    let form = (data.text("out"), data.text("format"));
    out::form(form.0, form.1)?;
    let network = data.network(&trip)?;
    let served = services(&network, &trip, method.of).map_err(Stop::Failed)?;
    let header = [
        ("id", Kind::Text),
        ("name", Kind::Text),
        ("lon", Kind::Number),
        ("lat", Kind::Number),
        ("departures", Kind::Integer),
        ("first", Kind::Text),
        ("last", Kind::Text),
        ("per_hour", Kind::Number),
        ("headway_seconds", Kind::Number),
        ("longest_gap_seconds", Kind::Integer),
        ("grade", Kind::Text),
    ];
    let header = header.map(|(name, kind)| (name.to_owned(), kind));
    let ids = |of: &dyn Fn(&Served) -> String| served.iter().map(|row| Id::new(&of(row))).collect::<Vec<_>>();
    let numbers = |of: &dyn Fn(&Served) -> Option<f64>| served.iter().map(of).collect::<Vec<_>>();
    let shown = |time: Option<i32>| time.map(clock).unwrap_or_default();
    let (id, name) = (ids(&|row| row.id.clone()), ids(&|row| row.name.clone()));
    let (first, last) = (ids(&|row| shown(row.first)), ids(&|row| shown(row.last)));
    let grade = ids(&|row| row.grade.clone().unwrap_or_default());
    let (lon, lat) = (numbers(&|row| row.point.map(|at| at[0])), numbers(&|row| row.point.map(|at| at[1])));
    let (per_hour, headway) = (numbers(&|row| Some(row.per_hour)), numbers(&|row| row.headway));
    let departures: Vec<Option<i32>> = served.iter().map(|row| i32::try_from(row.departures).ok()).collect();
    let gap: Vec<Option<i32>> = served.iter().map(|row| row.longest_gap.and_then(|gap| gap.try_into().ok())).collect();
    let mut table = out::table(form.0, form.1, &header, data.console)?;
    let cells = [
        Cells::Ids(&id),
        Cells::Ids(&name),
        Cells::Numbers(&lon),
        Cells::Numbers(&lat),
        Cells::Integers(&departures),
        Cells::Ids(&first),
        Cells::Ids(&last),
        Cells::Numbers(&per_hour),
        Cells::Numbers(&headway),
        Cells::Integers(&gap),
        Cells::Ids(&grade),
    ];
    table.rows(served.len(), &cells).map_err(out::wrong)?;
    Ok(table.finish().map_err(out::wrong)?)
}

/// A time of day as people write it.
fn clock(seconds: i32) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
