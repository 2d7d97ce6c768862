//! Sums that do not depend on the order of their terms.

/// The sum, rounded once: the float nearest to the exact sum of the terms, whatever their order.
///
/// Infinite or undefined terms give what adding them one by one gives. Linear for terms of like size.
///
/// Source: Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates, Discrete &
/// Computational Geometry 18 (1997), Theorem 10; final rounding as in Hettinger's `math.fsum`.
pub fn exact_sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    let mut plain = 0.0;
    for term in terms {
        plain += term;
        let mut x = term;
        let mut kept = 0;
        for at in 0..partials.len() {
            let mut y = partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    if !plain.is_finite() || partials.iter().any(|partial| !partial.is_finite()) {
        return plain;
    }
    let Some(mut high) = partials.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Half-way cases round by the sign of what is left.
    if let Some(&next) = partials.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_once() {
        assert_eq!(exact_sum([0.1; 10]), 1.0);
        assert_eq!(exact_sum([1e100, 1.0, -1e100]), 1.0);
        assert_eq!(exact_sum([1e16, 1.0, 1e-16]), 10_000_000_000_000_002.0);
        assert_eq!(exact_sum([]), 0.0);
        assert!(exact_sum([f64::INFINITY, 1.0]).is_infinite());
        assert!(exact_sum([f64::NAN, 1.0]).is_nan());
    }

    proptest! {
        #[test]
        fn does_not_depend_on_the_order(mut terms in prop::collection::vec(-1e15_f64..1e15, 0..60), seed in 0_usize..60) {
            let sum = exact_sum(terms.iter().copied());
            terms.reverse();
            let length = terms.len().max(1);
            terms.rotate_left(seed % length);
            prop_assert_eq!(exact_sum(terms), sum);
        }
    }
}
