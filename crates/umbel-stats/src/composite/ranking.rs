//! Ranks with bands for scores that are functions of weights: TOPSIS, and anything alike.

use super::normalise::Direction;
use super::topsis::{Scale, of_scaled, scale};
use super::uncertainty::{Ranked, bands, ranks};
use crate::Error;
use rayon::prelude::*;
use umbel_core::random::Stream;

/// What may change from draw to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// Number of draws.
    pub draws: u32,
    /// Seed; draw i uses stream i.
    pub seed: u64,
    /// Each weight is multiplied by a number between 1 less this and 1 plus this.
    pub weight_noise: f64,
    /// Whether one of the indicators, or none, is left out, each as likely.
    pub leave_one_out: bool,
}

impl Default for Draws {
    fn default() -> Self {
        Draws { draws: 1000, seed: 1, weight_noise: 0.25, leave_one_out: true }
    }
}

/// TOPSIS scores with their ranks and bands; the draws also take either scale, as likely, where both are defined.
/// O(draws x units x indicators), in parallel.
///
/// # Errors
/// As [`super::topsis::topsis`]; with fewer than 20 draws, or noise that is not below 1.
pub fn topsis_ranked(
    columns: &[Vec<f64>],
    directions: &[Direction],
    weights: &[f64],
    by: Scale,
    draws: Draws,
) -> Result<Vec<Ranked>, Error> {
    crate::error::at_least("a band", 20, "draws", draws.draws as usize)?;
    if !(0.0..1.0).contains(&draws.weight_noise) {
        let message = format!("it is 0 or above and below 1, not {}", draws.weight_noise);
        return Err(Error::Parameter { parameter: "weight_noise", message });
    }
    let scaled = scale(columns, directions, by)?;
    let base = of_scaled(&scaled, weights)?.scores;
    let other = if by == Scale::Vector { Scale::Minmax } else { Scale::Vector };
    let scales: Vec<Vec<Vec<f64>>> = std::iter::once(scaled).chain(scale(columns, directions, other).ok()).collect();
    let draw = |number: u32| {
        let mut stream = Stream::new(draws.seed, u64::from(number));
        let scaled = &scales[stream.below(scales.len() as u64) as usize];
        let left = if draws.leave_one_out { stream.below(columns.len() as u64 + 1) } else { 0 };
        let mut noisy = |weight: &f64| weight * (1.0 + draws.weight_noise * (2.0 * stream.uniform() - 1.0));
        let mut weights: Vec<f64> = weights.iter().map(&mut noisy).collect();
        // Without its last indicator nothing is left to rank by: the draw keeps it.
        if left > 0 && weights.iter().filter(|&&weight| weight > 0.0).count() > 1 {
            weights[left as usize - 1] = 0.0;
        }
        of_scaled(scaled, &weights).ok().map(|found| ranks(&found.scores, &[]))
    };
    let all: Vec<Vec<u32>> = (0..draws.draws).into_par_iter().filter_map(draw).collect();
    let all: Vec<&[u32]> = all.iter().map(Vec::as_slice).collect();
    Ok(bands(&base, &ranks(&base, &[]), &all).into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_topsis_have_bands() {
        let mut stream = Stream::new(4, 0);
        let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..25).map(|_| 1.0 + stream.uniform()).collect()).collect();
        let directions = [Direction::Positive, Direction::Negative, Direction::Positive, Direction::Positive];
        let run = |draws| topsis_ranked(&columns, &directions, &[1.0; 4], Scale::Vector, draws);
        let found = run(Draws::default()).expect("ranks");
        let mut all: Vec<u32> = found.iter().map(|ranked| ranked.rank).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(1..=25));
        assert!(found.iter().all(|ranked| ranked.rank_low <= ranked.rank && ranked.rank <= ranked.rank_high));
        assert!(found.iter().any(|ranked| ranked.rank_low < ranked.rank_high));
        assert!(run(Draws { draws: 3, ..Draws::default() }).is_err());
        assert!(run(Draws { weight_noise: 2.0, ..Draws::default() }).is_err());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        assert_eq!(pool.install(|| run(Draws::default())), Ok(found));
    }
}
