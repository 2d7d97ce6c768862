//! Spatial Markov chains: whether moves depend on the neighbours.

use super::chain::{Chain, Initial, chain, transitions};
use super::classes::{Classification, Classified, classify};
use super::homogeneity::{Homogeneity, homogeneity};
use super::periods;
use crate::{Error, Weights, error};
use rayon::prelude::*;
use serde::Serialize;
use umbel_core::random::Stream;

/// A Markov chain for each class of neighbours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpatialMarkov {
    /// Classes of the places' own values.
    pub own: Classified,
    /// Classes of the spatial lags.
    pub lag: Classified,
    /// The chain of all transitions.
    pub pooled: Chain,
    /// The chain of the transitions that begin with a lag of each class; `None` where there is none.
    pub conditional: Vec<Option<Chain>>,
    /// Transitions that begin with a lag of each class.
    pub transitions: Vec<Vec<Vec<u64>>>,
    /// Tests whether the chains are the same.
    pub homogeneity: Homogeneity,
    /// P of Q as great or greater when the histories of the neighbours are dealt out at random; `None` where no
    /// permutations were asked for.
    pub p_permutation: Option<f64>,
}

/// The Markov chain of places' classes conditioned on the class of their spatial lag at the beginning of a step. Weights
/// are meant to be row-standardised, so that the lag is the neighbours' mean (0 for an island); values are best divided by
/// the mean of their period, unless classes are those of each period.
///
/// With `permutations` above 0 the lags are computed again with the places' histories dealt out anew, own histories
/// staying where they are; bounds of pooled lags stay. O(periods x pairs), and as much for each permutation.
///
/// Source: Rey, Spatial empirics for economic growth and convergence, Geographical Analysis 33(3), 2001, section 4; the
/// tests: see [`homogeneity`].
///
/// # Errors
/// Fewer than 2 periods; periods of different places or with values that are not finite; weights of another number of
/// places; a classification without sense; [`Initial::Steady`] where a chain has several steady states.
pub fn spatial_markov<P: AsRef<[f64]> + Sync>(
    periods: &[P],
    weights: &Weights,
    own: &Classification,
    lag: &Classification,
    initial: Initial,
    permutations: usize,
    seed: u64,
) -> Result<SpatialMarkov, Error> {
    let places = periods::check("a spatial Markov chain", 2, periods)?;
    error::length("the places of the weights", places, weights.len())?;
    let lags: Vec<Vec<f64>> = periods.iter().map(|period| weights.lag(period.as_ref())).collect();
    let own = classify(periods, own)?;
    let lag_classes = classify(&lags, lag)?;
    let pooled = chain(&transitions(&own.ids, own.classes)?, initial)?;
    let counts = conditional(&own, &lag_classes.ids, lag_classes.classes);
    let homogeneous = homogeneity(&counts)?;
    let chains = counts.iter().map(|counts| {
        let empty = counts.iter().flatten().all(|&count| count == 0);
        if empty { Ok(None) } else { chain(counts, initial).map(Some) }
    });
    let conditional_chains = chains.collect::<Result<Vec<_>, _>>()?;
    let p_permutation = if permutations == 0 {
        None
    } else {
        let kept = lag_classes.cuts.clone().map(Classification::Cuts);
        let lag = kept.as_ref().unwrap_or(lag);
        let observed = homogeneous.q.statistic;
        let one = |number: usize| -> Result<bool, Error> {
            let mut order: Vec<u32> = (0..places as u32).collect();
            Stream::new(seed, number as u64).shuffle(&mut order);
            let dealt = |period: &P| {
                let values: Vec<f64> = order.iter().map(|&at| period.as_ref()[at as usize]).collect();
                weights.lag(&values)
            };
            let lags: Vec<Vec<f64>> = periods.iter().map(dealt).collect();
            let classes = classify(&lags, lag)?;
            let counts = conditional(&own, &classes.ids, classes.classes);
            // The same tables in another order give the same but for the last digits.
            Ok(homogeneity(&counts)?.q.statistic >= observed * (1.0 - 1e-12))
        };
        let found: Vec<bool> = (0..permutations).into_par_iter().map(one).collect::<Result<_, _>>()?;
        let greater = found.into_iter().filter(|greater| *greater).count();
        Some((greater as f64 + 1.0) / (permutations as f64 + 1.0))
    };
    Ok(SpatialMarkov {
        own,
        lag: lag_classes,
        pooled,
        conditional: conditional_chains,
        transitions: counts,
        homogeneity: homogeneous,
        p_permutation,
    })
}

/// Transitions by the class of the lag at their beginning.
fn conditional(own: &Classified, lags: &[Vec<u32>], lag_classes: usize) -> Vec<Vec<Vec<u64>>> {
    let mut counts = vec![vec![vec![0; own.classes]; own.classes]; lag_classes];
    for (pair, lags) in own.ids.windows(2).zip(lags) {
        for ((&from, &to), &lag) in pair[0].iter().zip(&pair[1]).zip(lags) {
            counts[lag as usize][from as usize][to as usize] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(places: u32) -> Weights {
        let row = |at: u32| {
            let mut row = Vec::new();
            if at > 0 {
                row.push((at - 1, 1.0));
            }
            if at + 1 < places {
                row.push((at + 1, 1.0));
            }
            row
        };
        Weights::from_rows((0..places).map(row)).expect("weights").row_standardised()
    }

    fn walk(places: usize, periods: usize, pull: f64) -> Vec<Vec<f64>> {
        let weights = line(places as u32);
        let mut stream = Stream::new(4, 0);
        let mut all = vec![(0..places).map(|_| stream.normal()).collect::<Vec<f64>>()];
        for _ in 1..periods {
            let last = all[all.len() - 1].clone();
            let lags = weights.lag(&last);
            let next = last.iter().zip(lags).map(|(own, lag)| 0.3 * own + pull * lag + 0.5 * stream.normal());
            all.push(next.collect());
        }
        all
    }

    #[test]
    fn finds_the_pull_of_neighbours() {
        let of = |pull| {
            let classes = Classification::Pooled(3);
            spatial_markov(&walk(60, 30, pull), &line(60), &classes, &classes, Initial::Uniform, 99, 3).expect("chains")
        };
        let (pulled, free) = (of(0.6), of(0.0));
        assert!(pulled.homogeneity.q.p.is_some_and(|p| p < 1e-6) && pulled.p_permutation == Some(0.01));
        assert!(free.homogeneity.q.p.is_some_and(|p| p > 1e-3) && free.p_permutation.is_some_and(|p| p > 0.02));
        // The conditional chains are the pooled one taken apart.
        for (row, pooled) in pulled.pooled.transitions.iter().enumerate() {
            for (column, pooled) in pooled.iter().enumerate() {
                let sum: u64 = pulled.transitions.iter().map(|counts| counts[row][column]).sum();
                assert_eq!(sum, *pooled);
            }
        }
    }

    #[test]
    fn threads_and_order_do_not_matter() {
        let periods = walk(40, 12, 0.5);
        let each = Classification::EachPeriod(3);
        let of = |periods: &[Vec<f64>], weights: &Weights| {
            spatial_markov(periods, weights, &each, &each, Initial::Uniform, 49, 3).expect("chains")
        };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| of(&periods, &line(40)))
        };
        let found = run(1);
        assert_eq!(found, run(2));
        // The line from its other end.
        let turned: Vec<Vec<f64>> = periods.iter().map(|period| period.iter().rev().copied().collect()).collect();
        assert_eq!(of(&turned, &line(40)).transitions, found.transitions);
    }

    #[test]
    fn degenerate_histories_are_defined_or_refused() {
        let classes = Classification::Pooled(4);
        let of = |periods: &[Vec<f64>], weights: &Weights, classes: &Classification| {
            spatial_markov(periods, weights, classes, classes, Initial::Uniform, 9, 1)
        };
        let constant = of(&vec![vec![1.0; 5]; 3], &line(5), &classes).expect("chains");
        assert_eq!((constant.own.classes, constant.homogeneity.q.p), (1, None));
        // A class of lags that no place has.
        let cuts = Classification::Cuts(vec![1.5, 90.0]);
        let found = of(&[vec![1.0, 2.0, 1.0], vec![2.0, 1.0, 1.0]], &line(3), &cuts).expect("chains");
        assert_eq!(found.conditional.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
        assert!(of(&[vec![1.0; 5]], &line(5), &classes).is_err());
        assert!(of(&vec![vec![1.0; 5]; 2], &line(4), &classes).is_err());
        let islands = Weights::from_rows(vec![Vec::new(); 5]).expect("weights");
        let alone = of(&walk(5, 4, 0.0), &islands, &classes).expect("chains");
        assert_eq!(alone.lag.classes, 1);
    }
}
