//! Whether several Markov chains are the same one.

use super::chain::parts;
use crate::distribution::chi_squared_above;
use crate::{Error, error};
use serde::Serialize;

/// A statistic that is distributed as chi-squared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: u64,
    /// P of a statistic as great or greater; `None` without a degree of freedom.
    pub p: Option<f64>,
}

impl Test {
    fn new(statistic: f64, degrees_of_freedom: u64) -> Test {
        let p = (degrees_of_freedom > 0).then(|| chi_squared_above(statistic, degrees_of_freedom as f64));
        Test { statistic, degrees_of_freedom, p }
    }
}

/// Tests of several chains of the same classes against the chain of all transitions together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Homogeneity {
    /// Pearson's Q = Σ nᵢ (pᵢⱼ of a chain - pᵢⱼ)² / pᵢⱼ, with degrees of freedom that leave out what cannot vary: rows
    /// that a chain has no transition in, and transitions that no chain has.
    pub q: Test,
    /// The likelihood ratio 2 Σ nᵢⱼ ln (pᵢⱼ of a chain / pᵢⱼ), with the same degrees of freedom.
    pub likelihood_ratio: Test,
    /// Q with (chains - 1) k (k - 1) degrees of freedom, which supposes that every transition is possible: as reported
    /// by other programs; prefer `q`.
    pub chi_squared_uncorrected: Test,
    /// Each chain against the chain of all together; (rows of it with transitions - 1) (rows of all - 1) degrees.
    pub each: Vec<Test>,
}

/// Tests whether chains (transitions of the same classes) have the same probabilities. O(chains x k²).
///
/// Source: Bickenbach, Bode, Evaluating the Markov property in studies of economic convergence, International Regional
/// Science Review 26(3), 2003 (Q and LR with their degrees of freedom); each chain by itself as in giddy 2.3.8 (`chi2`).
///
/// # Errors
/// No chain; chains of different size; no transition.
pub fn homogeneity(chains: &[Vec<Vec<u64>>]) -> Result<Homogeneity, Error> {
    error::at_least("a test of homogeneity", 1, "chains", chains.len())?;
    let classes = chains[0].len();
    let mut all = vec![vec![0; classes]; classes];
    for chain in chains {
        error::length("a chain", classes, chain.len())?;
        for (sums, row) in all.iter_mut().zip(chain) {
            error::length("a row of transitions", classes, row.len())?;
            sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        }
    }
    if all.iter().flatten().all(|&count| count == 0) {
        return Err(Error::TooFew { what: "a test of homogeneity", needed: 1, unit: "transitions", found: 0 });
    }
    let probabilities: Vec<Vec<f64>> = all.iter().map(|row| parts(row)).collect();
    let mut ratio = 0.0;
    for chain in chains {
        for (row, expected) in chain.iter().zip(&probabilities) {
            for ((&count, part), expected) in row.iter().zip(parts(row)).zip(expected) {
                if count > 0 {
                    ratio += count as f64 * libm::log(part / expected);
                }
            }
        }
    }
    let degrees = |at: usize| {
        let chains = chains.iter().filter(|chain| chain[at].iter().any(|&count| count > 0)).count() as u64;
        let columns = all[at].iter().filter(|&&count| count > 0).count() as u64;
        chains.saturating_sub(1) * columns.saturating_sub(1)
    };
    let degrees: u64 = (0..classes).map(degrees).sum();
    let each: Vec<Test> = chains.iter().map(|chain| against(chain, &all)).collect();
    let q: f64 = each.iter().map(|test| test.statistic).sum();
    let uncorrected = (chains.len() as u64 - 1) * (classes * (classes - 1)) as u64;
    Ok(Homogeneity {
        q: Test::new(q, degrees),
        likelihood_ratio: Test::new((2.0 * ratio).max(0.0), degrees),
        chi_squared_uncorrected: Test::new(q, uncorrected),
        each,
    })
}

/// Observed transitions against the probabilities of others.
fn against(observed: &[Vec<u64>], others: &[Vec<u64>]) -> Test {
    let others: Vec<Vec<f64>> = others.iter().map(|row| row.iter().map(|&count| count as f64).collect()).collect();
    against_expected(observed, &others)
}

/// Observed transitions against expected ones, whose rows are scaled to those observed.
pub(crate) fn against_expected(observed: &[Vec<u64>], expected: &[Vec<f64>]) -> Test {
    let mut statistic = 0.0;
    let (mut rows, mut expected_rows) = (0_u64, 0_u64);
    for (observed, expected) in observed.iter().zip(expected) {
        let (count, whole) = (observed.iter().sum::<u64>(), expected.iter().sum::<f64>());
        rows += u64::from(count > 0);
        expected_rows += u64::from(whole > 0.0);
        for (&observed, &expected) in observed.iter().zip(expected) {
            let expected = if whole > 0.0 { expected / whole * count as f64 } else { 0.0 };
            let difference = observed as f64 - expected;
            // What is expected never and happens counts as if it were expected once, as in the peer.
            statistic += difference * difference / if expected == 0.0 { 1.0 } else { expected };
        }
    }
    Test::new(statistic, rows.saturating_sub(1) * expected_rows.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_that_are_the_same_are_found_the_same() {
        let one = vec![vec![8, 2], vec![3, 7]];
        let two = vec![vec![16, 4], vec![6, 14]];
        let found = homogeneity(&[one.clone(), two]).expect("tests");
        assert!(found.q.statistic < 1e-25 && found.likelihood_ratio.statistic < 1e-12);
        assert_eq!((found.q.degrees_of_freedom, found.chi_squared_uncorrected.degrees_of_freedom), (2, 2));
        assert!(found.q.p.is_some_and(|p| p > 0.999_999));
        let alone = homogeneity(&[one]).expect("tests");
        assert_eq!((alone.q.degrees_of_freedom, alone.q.p), (0, None));
        assert!(homogeneity(&[]).is_err() && homogeneity(&[vec![vec![0, 0], vec![0, 0]]]).is_err());
        assert!(homogeneity(&[vec![vec![1]], vec![vec![1, 0], vec![0, 1]]]).is_err());
    }

    const TABLE: (f64, f64) = (0.024618761380815174, 5.300218036681912);

    #[test]
    fn two_by_two_is_the_table_everybody_knows() {
        // scipy 1.17.1, chi2_contingency([[8, 2], [3, 7]], correction=False): 500 / 99 and its p; G with
        // lambda_="log-likelihood". One class with transitions in both chains, the other without.
        let found = homogeneity(&[vec![vec![8, 2], vec![0, 0]], vec![vec![3, 7], vec![0, 0]]]).expect("tests");
        assert!((found.q.statistic - 500.0 / 99.0).abs() < 1e-12);
        assert!((found.q.p.expect("P") / TABLE.0 - 1.0).abs() < 1e-10);
        assert!((found.likelihood_ratio.statistic / TABLE.1 - 1.0).abs() < 1e-12);
        assert_eq!(found.q.degrees_of_freedom, 1);
    }
}
