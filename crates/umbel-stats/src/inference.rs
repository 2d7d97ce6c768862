//! What permutation tests share: alternatives, and p from counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which simulated statistics count as at least as extreme as the one observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// Twice the smaller of the two tails, at most 1.
    #[default]
    TwoSided,
    /// Those that are as great or greater.
    Greater,
    /// Those that are as small or smaller.
    Lesser,
    /// The smaller of the two tails, whichever it is: one half of the two-sided p; for comparison with programs that
    /// report it. It is no valid test by itself.
    Directed,
}

/// Simulated statistics as great or greater, and as small or smaller, than the observed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tails {
    /// As great or greater.
    pub greater: u32,
    /// As small or smaller.
    pub lesser: u32,
    /// Number of simulations.
    pub all: u32,
}

impl Tails {
    /// Counts the tails. Linear.
    pub fn of(observed: f64, simulated: &[f64]) -> Tails {
        let count = |test: &dyn Fn(f64) -> bool| simulated.iter().filter(|&&value| test(value)).count() as u32;
        Tails {
            greater: count(&|value| value >= observed),
            lesser: count(&|value| value <= observed),
            all: simulated.len() as u32,
        }
    }

    /// The pseudo p-value (count + 1) / (simulations + 1).
    ///
    /// Source: Phipson, Smyth, Permutation p-values should never be zero, Statistical Applications in Genetics and
    /// Molecular Biology 9(1), 2010, equation 2; Davison, Hinkley, Bootstrap Methods, 1997, equation 4.11.
    pub fn p(&self, alternative: Alternative) -> f64 {
        let p = |count: u32| (f64::from(count) + 1.0) / (f64::from(self.all) + 1.0);
        match alternative {
            Alternative::Greater => p(self.greater),
            Alternative::Lesser => p(self.lesser),
            Alternative::Directed => p(self.greater.min(self.lesser)),
            Alternative::TwoSided => (2.0 * p(self.greater.min(self.lesser))).min(1.0),
        }
    }
}
