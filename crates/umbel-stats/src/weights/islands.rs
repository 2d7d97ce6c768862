//! What becomes of places without neighbours.

use super::Weights;
use super::distance::{Metric, Search};
use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of places without neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Islands {
    /// It is an error to have any.
    Error,
    /// They stay: they count among the places, their lag is 0.
    #[default]
    Keep,
    /// Each is joined to the place nearest to it, in both directions, with the weight 1.
    NearestNeighbour,
}

/// The places that had no neighbour, and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IslandReport {
    /// Places that had no neighbour, ascending.
    pub islands: Vec<u32>,
    /// Pairs that were added: an island and the place it was joined to.
    pub joined: Vec<(u32, u32)>,
}

impl Islands {
    /// Applies the policy. `points` are needed to join islands. O(n log n) where some are joined, else linear.
    ///
    /// # Errors
    /// Where islands are an error, and when they cannot be joined for want of points or of places.
    pub fn apply(
        self,
        weights: Weights,
        points: Option<&[[f64; 2]]>,
        metric: Metric,
    ) -> Result<(Weights, IslandReport), Error> {
        let islands = weights.islands();
        if islands.is_empty() || self == Islands::Keep {
            return Ok((weights, IslandReport { islands, joined: Vec::new() }));
        }
        let wrong = |message: String| Err(Error::Parameter { parameter: "islands", message });
        if self == Islands::Error {
            let (count, first) = (islands.len(), islands[0]);
            let message = format!(
                "{count} of {} places have no neighbour, the first at position {first}: keep them, join them to their \
                 nearest neighbour, or snap boundaries that nearly touch",
                weights.len()
            );
            return wrong(message);
        }
        let Some(points) = points else {
            return wrong("places without neighbours cannot be joined without points".to_owned());
        };
        crate::error::length("the points", weights.len(), points.len())?;
        let nearest = Search::new(points, metric)?.nearest(1)?;
        let joined: Vec<(u32, u32)> = islands.iter().map(|&island| (island, nearest[island as usize].0)).collect();
        let mut more: Vec<(u32, u32)> = joined.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
        more.sort_unstable();
        more.dedup();
        let mut more = more.chunk_by(|a, b| a.0 == b.0).peekable();
        let rows = (0..weights.len()).map(|place| {
            let old = weights.neighbours(place).iter().copied().zip(weights.weights(place).iter().copied());
            let new = more.next_if(|row| row[0].0 as usize == place).unwrap_or_default();
            // A neighbour that is there already (one way only) keeps its weight.
            let new = new.iter().filter(|pair| weights.neighbours(place).binary_search(&pair.1).is_err());
            old.chain(new.map(|pair| (pair.1, 1.0))).collect::<Vec<_>>()
        });
        let weights = Weights::from_rows(rows)?;
        Ok((weights, IslandReport { islands, joined }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_is_applied() {
        let weights = || Weights::from_rows([vec![(1, 1.0)], vec![(0, 1.0)], vec![], vec![]]).expect("weights");
        let points = [[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [3.5, 0.0]];
        let run = |policy: Islands, points| policy.apply(weights(), points, Metric::Planar);
        let error = run(Islands::Error, Some(&points[..])).expect_err("islands").to_string();
        assert!(error.contains("2 of 4 places have no neighbour, the first at position 2"), "{error}");
        let (kept, report) = run(Islands::Keep, None).expect("kept");
        assert_eq!((kept, report.islands, report.joined), (weights(), vec![2, 3], vec![]));
        let (joined, report) = run(Islands::NearestNeighbour, Some(&points)).expect("joined");
        assert_eq!(report.joined, [(2, 3), (3, 2)]);
        assert_eq!((joined.neighbours(2), joined.weights(2)), (&[3][..], &[1.0][..]));
        assert_eq!(joined.neighbours(1), [0]);
        assert!(run(Islands::NearestNeighbour, None).is_err());
        assert!(run(Islands::NearestNeighbour, Some(&points[..2])).is_err());
    }

    #[test]
    fn a_neighbour_in_one_direction_keeps_its_weight() {
        let weights = Weights::from_rows([vec![(1, 0.5)], vec![]]).expect("weights");
        let points = [[0.0, 0.0], [1.0, 0.0]];
        let (joined, _) = Islands::NearestNeighbour.apply(weights, Some(&points), Metric::Planar).expect("joined");
        assert_eq!((joined.weights(0), joined.weights(1)), (&[0.5][..], &[1.0][..]));
    }
}
