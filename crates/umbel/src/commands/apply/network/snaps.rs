//! The report of how far points are from the network.

use super::out;
use crate::output::{Console, Stop};
use umbel_study::network::{Points, Snaps};
use umbel_table::stream::{Cells, Id, Kind};

/// Writes a row for each point: where it is joined, and how far that is in metres.
pub fn write(path: &str, points: &[(&Points, &Snaps)], console: &Console) -> Result<(), Stop> {
    let header = [
        ("file", Kind::Text),
        ("id", Kind::Text),
        ("distance", Kind::Number),
        ("longitude", Kind::Number),
        ("latitude", Kind::Number),
        ("joined", Kind::Integer),
    ];
    let header = header.map(|(name, kind)| (name.to_owned(), kind));
    let mut table = out::table(Some(path), None, &header, console)?;
    for (points, snaps) in points {
        let file = Id::new(points.file());
        let ids: Vec<Id> = points.ids.iter().map(|id| Id::new(id)).collect();
        let of = |what: fn(&umbel_study::network::Snapped) -> Option<f64>| -> Vec<Option<f64>> {
            snaps.all.iter().map(what).collect()
        };
        let joined: Vec<Option<i32>> = snaps.all.iter().map(|snap| Some(i32::from(snap.joined))).collect();
        table
            .rows(
                points.len(),
                &[
                    Cells::Same(&file),
                    Cells::Ids(&ids),
                    Cells::Numbers(&of(|snap| snap.distance)),
                    Cells::Numbers(&of(|snap| snap.place.map(|place| place[0]))),
                    Cells::Numbers(&of(|snap| snap.place.map(|place| place[1]))),
                    Cells::Integers(&joined),
                ],
            )
            .map_err(out::wrong)?;
    }
    table.finish().map_err(out::wrong)
}
