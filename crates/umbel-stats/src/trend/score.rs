//! What all Mann-Kendall tests share: the score S, its variance, z and p.

use super::slopes::{Merge, inversions};
use crate::distribution::{normal_quantile, normal_two_sided};
use serde::{Deserialize, Serialize};

/// What a test of trend says at its level of significance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A significant rise.
    Increasing,
    /// A significant fall.
    Decreasing,
    /// Neither.
    NoTrend,
}

/// Concordant less discordant pairs, and what ties take from the variance.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Score {
    /// Number of values.
    pub n: usize,
    /// Pairs of which the later value is the smaller one.
    pub falling: u64,
    /// Pairs of equal values.
    pub tied: u64,
    /// Sum of t (t - 1) (2 t + 5) over groups of t equal values.
    pub ties: f64,
}

impl Score {
    /// Counts by merging. O(n log n).
    pub fn of(values: &[f64], merge: &mut Merge) -> Score {
        let (falling, sorted) = inversions(values.iter().copied(), merge);
        let mut score = Score { n: values.len(), falling, ..Score::default() };
        for group in sorted.chunk_by(|a, b| a == b).filter(|group| group.len() > 1) {
            let t = group.len() as f64;
            score.tied += (group.len() as u64) * (group.len() as u64 - 1) / 2;
            score.ties += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        score
    }

    /// Pairs.
    pub fn pairs(&self) -> u64 {
        (self.n as u64) * (self.n as u64).saturating_sub(1) / 2
    }

    /// S.
    pub fn s(&self) -> f64 {
        (self.pairs() - self.tied) as f64 - 2.0 * self.falling as f64
    }

    /// Variance of S when nothing but chance orders the values: Kendall, Rank Correlation Methods, 1975, equation 5.5.
    pub fn variance(&self) -> f64 {
        let n = self.n as f64;
        (n * (n - 1.0) * (2.0 * n + 5.0) - self.ties) / 18.0
    }
}

/// z with the correction for continuity; 0 when S is 0. `None` when the variance is not above 0 though S is not 0.
pub(crate) fn z_of(s: f64, variance: f64) -> Option<f64> {
    if s == 0.0 {
        return Some(0.0);
    }
    (variance > 0.0).then(|| (s - s.signum()) / variance.sqrt())
}

/// p and what it says.
pub(crate) fn verdict(z: Option<f64>, alpha: f64) -> (Option<f64>, Option<Direction>) {
    let direction = |z: f64| {
        if z.abs() <= normal_quantile(1.0 - alpha / 2.0) {
            Direction::NoTrend
        } else if z > 0.0 {
            Direction::Increasing
        } else {
            Direction::Decreasing
        }
    };
    (z.map(normal_two_sided), z.map(direction))
}
