//! Weights from travel times or any other costs between places.

use super::Weights;
use super::distance::Decay;
use crate::Error;

/// Weights of the pairs whose cost is at most `limit`: 1, or decaying with the cost. A pair named twice counts with its
/// smallest cost; a place is not its own neighbour. Not symmetric where costs are not. O(pairs log pairs).
///
/// # Errors
/// When a place is not among the `places`, a cost is below 0 or not finite, or a weight would be infinite.
pub fn from_costs(
    places: usize,
    costs: impl IntoIterator<Item = (u32, u32, f64)>,
    limit: f64,
    decay: Decay,
) -> Result<Weights, Error> {
    decay.check()?;
    if limit.is_nan() || limit < 0.0 {
        let message = format!("the limit of the cost is {limit}; it must be 0 or more");
        return Err(Error::Parameter { parameter: "limit", message });
    }
    let mut kept: Vec<(u32, u32, f64)> = Vec::new();
    for (at, (from, to, cost)) in costs.into_iter().enumerate() {
        if from as usize >= places || to as usize >= places {
            let message = format!("entry {at} is about a place that is not among the {places}");
            return Err(Error::Parameter { parameter: "costs", message });
        }
        if !cost.is_finite() {
            return Err(Error::NotFinite { what: "the costs", at });
        }
        if cost < 0.0 {
            return Err(Error::Domain { what: "the costs", at, value: cost, needed: "it must be 0 or more" });
        }
        if from != to && cost <= limit {
            kept.push((from, to, cost));
        }
    }
    kept.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    kept.dedup_by_key(|entry| (entry.0, entry.1));
    let (mut starts, mut neighbours, mut weights) = (vec![0; places + 1], Vec::new(), Vec::new());
    for (from, to, cost) in kept {
        weights.push(decay.of_pair(from as usize, to as usize, cost)?);
        neighbours.push(to);
        starts[from as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    Ok(Weights { starts, neighbours, weights })
}

/// The same from a square matrix, row after row; infinity means that there is no way. O(n^2).
///
/// # Errors
/// As [`from_costs`]; when the matrix is not square.
pub fn from_cost_matrix(places: usize, matrix: &[f64], limit: f64, decay: Decay) -> Result<Weights, Error> {
    crate::error::length("the matrix of costs", places * places, matrix.len())?;
    let entry = |(at, &cost): (usize, &f64)| ((at / places) as u32, (at % places) as u32, cost);
    from_costs(places, matrix.iter().enumerate().map(entry).filter(|one| one.2 != f64::INFINITY), limit, decay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_within_the_limit_weigh_by_cost() {
        let costs = [(0, 1, 10.0), (0, 1, 5.0), (1, 0, 30.0), (2, 2, 0.0), (2, 0, 20.0)];
        let weights = from_costs(3, costs, 20.0, Decay::Inverse(1.0)).expect("weights");
        assert_eq!((weights.neighbours(0), weights.weights(0)), (&[1][..], &[0.2][..]));
        assert_eq!((weights.degree(1), weights.neighbours(2)), (0, &[0][..]));
        let same = from_cost_matrix(2, &[0.0, 5.0, f64::INFINITY, 0.0], 9.0, Decay::Binary).expect("weights");
        assert_eq!((same.neighbours(0), same.islands()), (&[1][..], vec![1]));
        assert!(from_costs(3, [(0, 1, -1.0)], 9.0, Decay::Binary).is_err());
        assert!(from_costs(3, [(0, 1, f64::NAN)], 9.0, Decay::Binary).is_err());
        assert!(from_costs(3, [(0, 3, 1.0)], 9.0, Decay::Binary).is_err());
        assert!(from_costs(3, [(0, 1, 0.0)], 9.0, Decay::Inverse(1.0)).is_err());
        assert!(from_costs(3, [(0, 1, 1.0)], f64::NAN, Decay::Binary).is_err());
        assert!(from_cost_matrix(2, &[0.0; 3], 9.0, Decay::Binary).is_err());
    }
}
