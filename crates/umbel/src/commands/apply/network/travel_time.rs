//! `umbel apply travel-time`: a matrix of times.

use super::data::{Data, Halt};
use super::out;
use super::progress::Progress;
use crate::output::{Ended, Outcome};
use umbel_study::methods::travel_time::TravelTime;
use umbel_study::network::{OnNetwork, Points, Seconds};
use umbel_table::stream::{Cells, Id, Kind};

/// Computes the matrix and writes it row by row.
pub fn run(data: &Data<'_>) -> Ended {
    match matrix(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

fn matrix(data: &Data<'_>) -> Result<(), Halt> {
    let trip = data.parameters::<TravelTime>()?.trip();
    data.check(&trip)?;
    let form = (data.text("out"), data.text("format"));
    out::form(form.0, form.1)?;
    let (origins, destinations) = data.pairs()?;
    let network = data.network(&trip)?;
    let linked = data.linked(&network, &trip, (&origins, &destinations))?;
    let travel = data.travel(&linked, (&origins, &destinations))?;

    let percentiles = trip.percentiles.iter().map(|percentile| (format!("p{percentile}"), Kind::Integer));
    let pair = ["origin", "destination"].map(|name| (name.to_owned(), Kind::Text));
    let header: Vec<(String, Kind)> = pair.into_iter().chain(percentiles).collect();
    let mut table = out::table(form.0, form.1, &header, data.console)?;
    let ids = |points: &Points| points.ids.iter().map(|id| Id::new(id)).collect::<Vec<_>>();
    let (from, to) = (ids(&origins), ids(&destinations));
    let mut columns = vec![vec![None; to.len()]; trip.percentiles.len()];
    let progress = Progress::new(data, from.len(), "origins");
    travel
        .rows(|origin, times: &[Seconds]| {
            let cells = times.chunks_exact(columns.len());
            for (at, cell) in cells.enumerate() {
                for (column, time) in columns.iter_mut().zip(cell) {
                    // A day has fewer seconds than the number can hold.
                    column[at] = time.get().map(|seconds| seconds as i32);
                }
            }
            let mut row = vec![Cells::Same(&from[origin]), Cells::Ids(&to)];
            row.extend(columns.iter().map(|column| Cells::Integers(column)));
            progress.advance();
            table.rows(to.len(), &row)
        })
        .map_err(out::wrong)?;
    progress.done();
    Ok(table.finish().map_err(out::wrong)?)
}
