//! Sums that do not depend on the order of their terms.

/// A sum that is taken up bit by bit, in any order, by several threads: rounded once, at the end.
///
/// Source: Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates, Discrete &
/// Computational Geometry 18 (1997), Theorem 10; final rounding as in Hettinger's `math.fsum`.
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    /// Floats that do not overlap and add up to the sum, from the smallest.
    partials: Vec<f64>,
    /// What adding them one by one gives: for what is infinite or undefined.
    plain: f64,
}

impl ExactSum {
    /// Adds a term. Linear in the floats held: two or three for terms of like size.
    pub fn add(&mut self, term: f64) {
        self.plain += term;
        let mut x = term;
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let mut y = self.partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        self.partials.push(x);
    }

    /// Adds all that another has taken up.
    pub fn merge(&mut self, other: &ExactSum) {
        if !other.plain.is_finite() {
            self.plain += other.plain;
        }
        other.partials.iter().for_each(|&partial| self.add(partial));
    }

    /// The float nearest to the sum.
    pub fn value(&self) -> f64 {
        if !self.plain.is_finite() || self.partials.iter().any(|partial| !partial.is_finite()) {
            return self.plain;
        }
        let mut partials = self.partials.iter().rev();
        let Some(&(mut high)) = partials.next() else { return 0.0 };
        let mut low = 0.0;
        for &y in partials.by_ref() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half-way cases round by the sign of what is left.
        if let Some(&next) = partials.next()
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
}

/// The sum, rounded once: the float nearest to the exact sum of the terms, whatever their order.
///
/// Infinite or undefined terms give what adding them one by one gives. Linear for terms of like size.
pub fn exact_sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = ExactSum::default();
    terms.into_iter().for_each(|term| sum.add(term));
    sum.value()
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
            prop_assert_eq!(exact_sum(terms.iter().copied()), sum);
            let (first, second) = terms.split_at(terms.len() / 3);
            let mut parts = [ExactSum::default(), ExactSum::default()];
            first.iter().for_each(|&term| parts[1].add(term));
            second.iter().for_each(|&term| parts[0].add(term));
            let [mut all, other] = parts;
            all.merge(&other);
            prop_assert_eq!(all.value(), sum);
        }
    }
}
