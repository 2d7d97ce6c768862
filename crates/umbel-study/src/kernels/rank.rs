//! Ranks.

/// Rank of each value among all, 1 for the greatest (`high_first`) or the least; ties share the mean of their ranks.
///
/// Values must be numbers (not NaN). Cost: a sort.
///
/// Source: fractional ranking, Kendall, Rank Correlation Methods, 1948, chapter 3; `scipy.stats.rankdata`
/// (method "average").
pub fn mean_ranks(values: &[f64], high_first: bool) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let value = |at: u32| values[at as usize];
    order.sort_by(|&a, &b| {
        let ascending = value(a).total_cmp(&value(b));
        if high_first { ascending.reverse() } else { ascending }
    });
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        // `==` and not the total order: 0 and -0 tie.
        while end < order.len() && value(order[end]) == value(order[start]) {
            end += 1;
        }
        let rank = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|&at| ranks[at as usize] = rank);
        start = end;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_share_the_mean_rank() {
        assert_eq!(mean_ranks(&[0.0, 2.0, 3.0, 2.0], false), [1.0, 2.5, 4.0, 2.5]);
        assert_eq!(mean_ranks(&[0.0, 2.0, 3.0, 2.0], true), [4.0, 2.5, 1.0, 2.5]);
        assert_eq!(mean_ranks(&[0.0, -0.0], true), [1.5, 1.5]);
        assert!(mean_ranks(&[], true).is_empty());
    }

    proptest! {
        #[test]
        fn ranks_add_up(values in prop::collection::vec((-5_i8..5).prop_map(f64::from), 0..50), high in any::<bool>()) {
            let n = values.len() as f64;
            prop_assert_eq!(mean_ranks(&values, high).iter().sum::<f64>(), n * (n + 1.0) / 2.0);
        }

        #[test]
        fn the_two_orders_mirror(values in prop::collection::vec((-5_i8..5).prop_map(f64::from), 0..50)) {
            let (up, down) = (mean_ranks(&values, false), mean_ranks(&values, true));
            for (a, b) in up.iter().zip(&down) {
                prop_assert_eq!(a + b, values.len() as f64 + 1.0);
            }
        }
    }
}
