//! Rank mobility: whether places keep their order (Kendall's tau).

use crate::distribution::normal_two_sided;
use crate::{Error, error};
use serde::Serialize;

/// Kendall's tau between two periods, and what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankMobility {
    /// Pairs of places in the same order in both periods.
    pub concordant: u64,
    /// Pairs in opposite order.
    pub discordant: u64,
    /// Pairs that are equal in the first period.
    pub tied_first: u64,
    /// Pairs that are equal in the last.
    pub tied_last: u64,
    /// Tau-b: 1 where all kept their order, -1 where it turned round. `None` where all are equal in a period.
    pub tau: Option<f64>,
    /// Concordant less discordant over its standard deviation under independence, ties taken into account.
    pub z_normal: Option<f64>,
    /// P of a tau as far from 0 when the two orders are independent.
    pub p_two_sided: Option<f64>,
    /// The same from tau-b with the variance for no ties, as other programs report it.
    pub p_two_sided_without_ties: Option<f64>,
    /// For each place: concordant less discordant pairs with it over n - 1.
    pub local: Vec<f64>,
}

/// Kendall's tau of the values of two periods. O(n log n).
///
/// Source: Kendall, Rank Correlation Methods, fourth edition, 1975, sections 3.4 (tau-b) and 4.9 (variance with ties); the
/// local figures: Rey, Space-time patterns of rank concordance, Annals of the American Association of Geographers 106(4),
/// 2016, equation 9.
///
/// # Errors
/// Fewer than 2 places; lists of different length; values that are not finite.
pub fn rank_mobility(first: &[f64], last: &[f64]) -> Result<RankMobility, Error> {
    error::at_least("rank mobility", 2, "places", first.len())?;
    error::length("the last values", first.len(), last.len())?;
    error::finite("the first values", first)?;
    error::finite("the last values", last)?;
    let n = first.len();
    // Dense ranks, from 1.
    let (x, y) = (ranks(first), ranks(last));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by_key(|&at| (x[at], y[at]));
    // For each place the pairs with those of another rank in both periods: by going through the places in the order of
    // the first period, up and then down, and asking how many of those before are lower and higher in the last.
    let (mut agree, mut differ) = (vec![0_u64; n], vec![0_u64; n]);
    let most = y.iter().copied().max().unwrap_or_default();
    let mut go = |order: &mut dyn Iterator<Item = &[usize]>, up: bool| {
        let (mut tree, mut seen) = (Tree(vec![0; most + 1]), 0);
        for same in order {
            for &at in same {
                let (below, up_to) = (tree.below(y[at]), tree.below(y[at] + 1));
                let above = seen - up_to;
                let (less, more) = if up { (below, above) } else { (above, below) };
                agree[at] += less;
                differ[at] += more;
            }
            for &at in same {
                tree.put(y[at]);
                seen += 1;
            }
        }
    };
    let same: Vec<&[usize]> = order.chunk_by(|&a, &b| x[a] == x[b]).collect();
    go(&mut same.iter().copied(), true);
    go(&mut same.iter().rev().copied(), false);
    let (concordant, discordant) = (agree.iter().sum::<u64>() / 2, differ.iter().sum::<u64>() / 2);
    let (ties_x, ties_y) = (ties(&x), ties(&y));
    let count = n as f64;
    let pairs = count * (count - 1.0) / 2.0;
    let tied = |ties: &[f64]| ties.iter().map(|t| t * (t - 1.0) / 2.0).sum::<f64>();
    let (tied_first, tied_last) = (tied(&ties_x), tied(&ties_y));
    let net = concordant as f64 - discordant as f64;
    let root = ((pairs - tied_first) * (pairs - tied_last)).sqrt();
    let tau = (root > 0.0).then(|| net / root);
    let variance = variance(count, &ties_x, &ties_y);
    let z = (tau.is_some() && variance > 0.0).then(|| net / variance.sqrt());
    let plain = (4.0 * count + 10.0) / (9.0 * count * (count - 1.0));
    Ok(RankMobility {
        concordant,
        discordant,
        tied_first: tied_first as u64,
        tied_last: tied_last as u64,
        tau,
        z_normal: z,
        p_two_sided: z.map(normal_two_sided),
        p_two_sided_without_ties: tau.map(|tau| normal_two_sided(tau / plain.sqrt())),
        local: agree.iter().zip(&differ).map(|(&a, &d)| (a as f64 - d as f64) / (count - 1.0)).collect(),
    })
}

/// Dense ranks from 1.
fn ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0; values.len()];
    for (number, same) in order.chunk_by(|&a, &b| values[a] == values[b]).enumerate() {
        same.iter().for_each(|&at| ranks[at] = number + 1);
    }
    ranks
}

/// How many places share each rank.
fn ties(ranks: &[usize]) -> Vec<f64> {
    let mut counts = vec![0.0; ranks.iter().copied().max().unwrap_or_default()];
    ranks.iter().for_each(|&rank| counts[rank - 1] += 1.0);
    counts
}

/// The variance of concordant less discordant pairs under independence.
fn variance(n: f64, x: &[f64], y: &[f64]) -> f64 {
    let sum = |ties: &[f64], term: fn(f64) -> f64| ties.iter().map(|&t| term(t)).sum::<f64>();
    let cubic: fn(f64) -> f64 = |t| t * (t - 1.0) * (2.0 * t + 5.0);
    let square: fn(f64) -> f64 = |t| t * (t - 1.0);
    let triple: fn(f64) -> f64 = |t| t * (t - 1.0) * (t - 2.0);
    let mut variance = (cubic(n) - sum(x, cubic) - sum(y, cubic)) / 18.0;
    variance += sum(x, square) * sum(y, square) / (2.0 * square(n));
    if n > 2.0 {
        variance += sum(x, triple) * sum(y, triple) / (9.0 * triple(n));
    }
    variance
}

/// Counts of ranks, with their sums (Fenwick's tree).
struct Tree(Vec<u64>);

impl Tree {
    /// How many ranks lie below.
    fn below(&self, rank: usize) -> u64 {
        let (mut at, mut sum) = (rank.saturating_sub(1), 0);
        while at > 0 {
            sum += self.0[at];
            at &= at - 1;
        }
        sum
    }

    fn put(&mut self, rank: usize) {
        let mut at = rank;
        while at < self.0.len() {
            self.0[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KENDALL: (f64, f64) = (0.760608730574164, 0.013338990472527654);
    const GIDDY_TIES: f64 = 0.28274545993277467;

    #[test]
    fn is_that_of_the_peers() {
        // scipy 1.17.1, stats.kendalltau(x, y, method="asymptotic").
        let x = [1.0, 2.0, 2.0, 4.0, 5.0, 7.0, 7.0, 7.0];
        let y = [3.0, 1.0, 1.0, 5.0, 5.0, 6.0, 9.0, 8.0];
        let found = rank_mobility(&x, &y).expect("a tau");
        assert!((found.tau.expect("tau") - KENDALL.0).abs() < 1e-14);
        assert!((found.p_two_sided.expect("P") / KENDALL.1 - 1.0).abs() < 1e-12);
        // giddy 2.3.8, docstring of Tau: tau -0.47140 and p 0.24821; with ties scipy 1.17.1, as above.
        let (x, y) = ([12.0, 2.0, 1.0, 12.0, 2.0], [1.0, 4.0, 7.0, 1.0, 0.0]);
        let found = rank_mobility(&x, &y).expect("a tau");
        assert!((found.tau.expect("tau") + 0.47140).abs() < 1e-5);
        assert!((found.p_two_sided_without_ties.expect("P") - 0.24821).abs() < 1e-5);
        assert!((found.p_two_sided.expect("P") - GIDDY_TIES).abs() < 1e-10);
    }

    #[test]
    fn degenerate_lists_are_defined_or_refused() {
        let equal = rank_mobility(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).expect("counts");
        assert_eq!((equal.tau, equal.p_two_sided, equal.tied_first), (None, None, 3));
        let two = rank_mobility(&[1.0, 2.0], &[4.0, 3.0]).expect("a tau");
        assert_eq!((two.tau, two.discordant, two.local), (Some(-1.0), 1, vec![-1.0, -1.0]));
        assert!(rank_mobility(&[1.0], &[1.0]).is_err() && rank_mobility(&[1.0, 2.0], &[1.0]).is_err());
        assert!(rank_mobility(&[1.0, f64::NAN], &[1.0, 2.0]).is_err());
    }

    proptest! {
        #[test]
        fn counts_are_those_of_all_pairs(rows in prop::collection::vec((0_u32..12, 0_u32..12), 2..40)) {
            let x: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let y: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            let found = rank_mobility(&x, &y)?;
            let sign = |a: usize, b: usize| {
                let product = (x[a] - x[b]) * (y[a] - y[b]);
                i64::from(product > 0.0) - i64::from(product < 0.0)
            };
            for at in 0..rows.len() {
                let sum: i64 = (0..rows.len()).map(|other| sign(at, other)).sum();
                prop_assert!((found.local[at] - sum as f64 / (rows.len() as f64 - 1.0)).abs() < 1e-12);
            }
            let all: Vec<i64> = (0..rows.len()).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| sign(a, b)).collect();
            prop_assert_eq!(found.concordant, all.iter().filter(|sign| **sign > 0).count() as u64);
            prop_assert_eq!(found.discordant, all.iter().filter(|sign| **sign < 0).count() as u64);
            // Another unit, and the other direction of time.
            let scaled: Vec<f64> = x.iter().map(|value| value * 10.0 + 3.0).collect();
            let back = rank_mobility(&y, &scaled)?;
            prop_assert_eq!((back.concordant, back.tau), (found.concordant, found.tau));
        }
    }
}
