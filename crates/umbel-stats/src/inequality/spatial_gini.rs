//! The spatial Gini: how much of inequality lies between neighbours.

use super::gini;
use super::sample::{Domain, Sample};
use crate::inference::{Alternative, Tails};
use crate::{Error, Weights, error};
use rayon::prelude::*;
use serde::Serialize;
use umbel_core::random::Stream;

/// The Gini coefficient taken apart into pairs of neighbours and pairs of places that are not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpatialGini {
    /// The Gini coefficient (divisor n²); the sum of both shares.
    pub gini: f64,
    /// Σ |yᵢ - yⱼ| over all ordered pairs.
    pub total_sum: f64,
    /// The part of it over pairs of neighbours.
    pub near_sum: f64,
    /// The part over pairs that are not neighbours.
    pub far_sum: f64,
    /// What pairs of neighbours add to the coefficient.
    pub near_share: f64,
    /// What pairs that are not neighbours add to it.
    pub far_share: f64,
    /// Ordered pairs of neighbours.
    pub near_pairs: u64,
    /// Ordered pairs that are not neighbours.
    pub far_pairs: u64,
    /// The mean difference of far pairs over that of near pairs: 1 where neighbours differ as much as anybody, above 1
    /// where they are alike. `None` where there are no near or no far pairs, or neighbours do not differ at all.
    pub polarization: Option<f64>,
    /// The test against values strewn over the places at random; `None` where it was not asked for, all values are the
    /// same, or there are no near or no far pairs.
    pub permutation: Option<Permutation>,
}

/// What values strewn at random give.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Permutation {
    /// Mean of the far sum.
    pub far_mean: f64,
    /// Standard deviation of the far sum (divisor: permutations).
    pub far_standard_deviation: f64,
    /// The far sum in standard deviations from its mean; `None` where that is 0.
    pub z: Option<f64>,
    /// P of a far sum as extreme.
    pub p_permutation: f64,
    /// P of a polarization as high or higher.
    pub p_polarization: f64,
    /// Number of permutations.
    pub permutations: usize,
}

/// The spatial Gini of values, with neighbours from `weights` (how much a neighbour counts is not used; a place that is
/// its own neighbour is no pair). With `permutations` above 0 a test whether neighbours are more alike than chance has it.
///
/// O(n + pairs), and as much for each permutation; each draws from a stream of its own.
///
/// Source: Rey, Smith, A spatial decomposition of the Gini coefficient, Letters in Spatial and Resource Sciences 6, 2013,
/// equations 4 to 7; polarization as in the package inequality 1.1.2.
///
/// # Errors
/// Fewer than 2 places; a value that is negative or not finite; all values 0; weights of another number of places; no
/// neighbours at all.
pub fn spatial_gini(
    values: &[f64],
    weights: &Weights,
    permutations: usize,
    alternative: Alternative,
    seed: u64,
) -> Result<SpatialGini, Error> {
    error::at_least("the spatial Gini", 2, "places", values.len())?;
    error::length("the places of the weights", values.len(), weights.len())?;
    let sample = Sample::new(values, None, Domain::NotNegative)?;
    let places = values.len();
    let own = (0..places).filter(|&place| weights.neighbours(place).binary_search(&(place as u32)).is_ok()).count();
    let near_pairs = (weights.pairs() - own) as u64;
    if near_pairs == 0 {
        return Err(Error::NoNeighbours);
    }
    let far_pairs = places as u64 * (places as u64 - 1) - near_pairs;
    let gini = gini::of(&sample);
    let whole = 2.0 * (places as f64) * (places as f64) * sample.mean;
    let total_sum = gini * whole;
    let pairs = Pairs::of(weights);
    let near_sum = pairs.differences(values);
    // Where all pairs are near, nothing is far, whatever rounding says.
    let far_of = |near: f64| if far_pairs == 0 { 0.0 } else { (total_sum - near).max(0.0) };
    let far_sum = far_of(near_sum);
    let scale = near_pairs as f64 / far_pairs as f64;
    let polarization = (near_sum > 0.0 && far_pairs > 0).then(|| far_sum / near_sum * scale);
    let tested = permutations > 0 && far_pairs > 0 && !sample.constant();
    let permutation = tested.then(|| {
        let one = |shuffled: &mut Vec<f64>, number: usize| {
            shuffled.clear();
            shuffled.extend_from_slice(values);
            Stream::new(seed, number as u64).shuffle(shuffled);
            pairs.differences(shuffled)
        };
        let near: Vec<f64> = (0..permutations).into_par_iter().map_init(Vec::new, one).collect();
        // Sums of the same differences in another order are the same but for their last digits.
        let same = 1e-12 * total_sum;
        let settle = |near: f64| if (near - near_sum).abs() <= same { far_sum } else { far_of(near) };
        let far: Vec<f64> = near.into_iter().map(settle).collect();
        let mean = far.iter().sum::<f64>() / permutations as f64;
        let square = far.iter().map(|far| (far - mean) * (far - mean)).sum::<f64>() / permutations as f64;
        let tails = Tails::of(far_sum, &far);
        Permutation {
            far_mean: mean,
            far_standard_deviation: square.sqrt(),
            z: (square > 0.0).then(|| (far_sum - mean) / square.sqrt()),
            p_permutation: tails.p(alternative),
            // Polarization rises with the far sum.
            p_polarization: tails.p(Alternative::Greater),
            permutations,
        }
    });
    Ok(SpatialGini {
        gini,
        total_sum,
        near_sum,
        far_sum,
        near_share: near_sum / whole,
        far_share: far_sum / whole,
        near_pairs,
        far_pairs,
        polarization,
        permutation,
    })
}

/// The pairs of neighbours: those that are neighbours of each other once, and how often each counts.
struct Pairs {
    starts: Vec<usize>,
    others: Vec<u32>,
    times: Vec<f64>,
}

impl Pairs {
    fn of(weights: &Weights) -> Pairs {
        let (mut starts, mut others, mut times) = (vec![0], Vec::new(), Vec::new());
        for place in 0..weights.len() {
            for &other in weights.neighbours(place) {
                let mutual = weights.neighbours(other as usize).binary_search(&(place as u32)).is_ok();
                if other as usize > place || !mutual {
                    others.push(other);
                    times.push(if mutual { 2.0 } else { 1.0 });
                }
            }
            starts.push(others.len());
        }
        Pairs { starts, others, times }
    }

    /// Σ |yᵢ - yⱼ| over ordered pairs.
    fn differences(&self, values: &[f64]) -> f64 {
        let mut sum = super::sum::Sum::default();
        for (place, value) in values.iter().enumerate() {
            let range = self.starts[place]..self.starts[place + 1];
            let pairs = self.others[range.clone()].iter().zip(&self.times[range]);
            sum.add(pairs.map(|(&other, times)| times * (value - values[other as usize]).abs()).sum());
        }
        sum.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(places: u32) -> Weights {
        Weights::from_rows((0..places).map(|at| [((at + 1) % places, 1.0), ((at + places - 1) % places, 1.0)]))
            .expect("weights")
    }

    fn of(values: &[f64], weights: &Weights, permutations: usize) -> SpatialGini {
        spatial_gini(values, weights, permutations, Alternative::TwoSided, 1).expect("a spatial gini")
    }

    #[test]
    fn degenerate_maps_are_defined_or_refused() {
        let none = Weights::from_rows([Vec::new(), Vec::new()]).expect("weights");
        assert_eq!(spatial_gini(&[1.0, 2.0], &none, 0, Alternative::TwoSided, 1), Err(Error::NoNeighbours));
        let all = of(&[1.0, 2.0, 4.0], &ring(3), 99);
        assert_eq!((all.far_pairs, all.far_sum, all.polarization, all.permutation), (0, 0.0, None, None));
        assert!((all.near_share - all.gini).abs() < 1e-15);
        let constant = of(&[2.0; 6], &ring(6), 99);
        assert_eq!((constant.gini, constant.polarization, constant.permutation), (0.0, None, None));
        assert!(spatial_gini(&[1.0], &ring(1), 0, Alternative::TwoSided, 1).is_err());
        assert!(spatial_gini(&[1.0, 2.0], &ring(3), 0, Alternative::TwoSided, 1).is_err());
        // Neighbours that do not differ at all.
        let pairs = Weights::from_rows([[(1, 1.0)], [(0, 1.0)], [(3, 1.0)], [(2, 1.0)]]).expect("weights");
        let found = of(&[1.0, 1.0, 5.0, 5.0], &pairs, 199);
        assert_eq!((found.near_sum, found.polarization), (0.0, None));
        let p = found.permutation.expect("a test").p_polarization;
        // One of the three ways to pair four places: a third of all permutations.
        assert!((p - 1.0 / 3.0).abs() < 0.12, "{p}");
    }

    #[test]
    fn one_sided_neighbours_count_once() {
        let one = Weights::from_rows([vec![(1, 1.0)], vec![], vec![(2, 1.0)]]).expect("weights");
        let found = of(&[1.0, 4.0, 9.0], &one, 0);
        assert_eq!((found.near_sum, found.near_pairs, found.far_pairs), (3.0, 1, 5));
        assert!((found.total_sum - 32.0).abs() < 1e-12 && (found.far_sum - 29.0).abs() < 1e-12);
    }

    #[test]
    fn threads_give_the_same_bits() {
        let values: Vec<f64> = (0..60).map(|at| f64::from(at * at % 23)).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| of(&values, &ring(60), 199))
        };
        assert_eq!(run(1), run(2));
    }

    proptest! {
        #[test]
        fn shares_add_up_whatever_the_unit_and_order(values in prop::collection::vec(0.1_f64..1e4, 5..30)) {
            let places = values.len() as u32;
            let found = of(&values, &ring(places), 0);
            prop_assert!((found.near_share + found.far_share - found.gini).abs() < 1e-12);
            let scaled: Vec<f64> = values.iter().map(|value| value * 64.0).collect();
            prop_assert!((of(&scaled, &ring(places), 0).far_share - found.far_share).abs() < 1e-12);
            // The ring the other way round.
            let turned: Vec<f64> = values.iter().rev().copied().collect();
            prop_assert!((of(&turned, &ring(places), 0).far_share - found.far_share).abs() < 1e-12);
        }
    }
}
