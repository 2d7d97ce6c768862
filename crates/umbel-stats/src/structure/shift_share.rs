use super::Industries;
use crate::Error;
use crate::error::length;
use serde::{Deserialize, Serialize};

/// Change of each industry in each place, split into parts that add up to it. All lists go place after place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShiftShare {
    /// What the industry would have gained had it grown as all industries of all places did.
    pub national: Vec<f64>,
    /// What it gained beyond that because of its industry: growth of the industry less growth of all.
    pub industry_mix: Vec<f64>,
    /// The rest: what it gained because of its place.
    pub regional: Vec<f64>,
    /// The size it would have had if the place had the structure of all places (Esteban-Marquillas).
    pub homothetic: Vec<f64>,
    /// The part of `regional` that this size would have gained: competitiveness without specialisation. None where the
    /// industry was not there before, so that it has no rate of growth.
    pub competitive: Vec<Option<f64>>,
    /// The other part: specialised (or not) in what grows faster (or slower) here. `competitive` + `allocation` =
    /// `regional`.
    pub allocation: Vec<Option<f64>>,
    /// Number of industries.
    pub industries: usize,
}

impl ShiftShare {
    /// Sums of a list over the industries of each place.
    pub fn of_places(&self, part: &[f64]) -> Vec<f64> {
        part.chunks_exact(self.industries.max(1)).map(|row| row.iter().sum()).collect()
    }

    /// The same of a list with gaps; none where there is a gap.
    pub fn of_places_where_known(&self, part: &[Option<f64>]) -> Vec<Option<f64>> {
        part.chunks_exact(self.industries.max(1)).map(|row| row.iter().copied().sum()).collect()
    }
}

/// Splits the changes between two tables of the same places and industries. Linear in the tables.
///
/// # Errors
/// Those of [`Industries::new`], and tables of different size.
///
/// Source: Dunn, A statistical and analytical technique for regional analysis, Papers of the Regional Science
/// Association 6, 1960; Esteban-Marquillas, A reinterpretation of shift-share analysis, Regional and Urban Economics 2,
/// 1972, equations 5 to 8.
pub fn shift_share(before: &[f64], after: &[f64], industries: usize) -> Result<ShiftShare, Error> {
    let old = Industries::new(before, industries)?;
    length("the later table", before.len(), after.len())?;
    let new = Industries::new(after, industries)?;
    let growth = new.total() / old.total() - 1.0;
    let mut parts = ShiftShare { industries, ..ShiftShare::default() };
    for (place, &size) in old.of_place().iter().enumerate() {
        for industry in 0..industries {
            let (from, to) = (old.row(place)[industry], new.row(place)[industry]);
            let all = old.of_industry()[industry];
            // An industry that is new everywhere has no growth: all of it counts for the places.
            let own = if all > 0.0 { new.of_industry()[industry] / all - 1.0 } else { growth };
            let homothetic = size * all / old.total();
            let regional = if from > 0.0 { from * (to / from - 1.0 - own) } else { to };
            parts.national.push(from * growth);
            parts.industry_mix.push(from * (own - growth));
            parts.regional.push(regional);
            parts.homothetic.push(homothetic);
            let rate = if from > 0.0 { Some(to / from - 1.0 - own) } else { (to == 0.0).then_some(0.0) };
            parts.competitive.push(rate.map(|rate| homothetic * rate));
            parts.allocation.push(rate.map(|rate| (from - homothetic) * rate));
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn new_industries_count_for_their_place() {
        let found = shift_share(&[10.0, 0.0, 10.0, 0.0], &[20.0, 5.0, 10.0, 0.0], 2).expect("parts");
        assert_eq!(found.regional, [5.0, 5.0, -5.0, 0.0]);
        assert_eq!((found.competitive[1], found.competitive[3]), (None, Some(0.0)));
        assert_eq!(found.of_places(&found.regional), [10.0, -5.0]);
        assert_eq!(found.of_places_where_known(&found.competitive), [None, Some(-5.0)]);
        assert!(shift_share(&[1.0, 2.0], &[1.0], 2).is_err());
        assert!(shift_share(&[0.0, 0.0], &[1.0, 2.0], 2).is_err());
    }

    proptest! {
        #[test]
        fn parts_add_up(pairs in prop::collection::vec((0_u32..500, 0_u32..500), 4..40)) {
            let take = |side: &dyn Fn(&(u32, u32)) -> u32| -> Vec<f64> {
                pairs.iter().take(pairs.len() / 4 * 4).map(|pair| f64::from(side(pair))).collect()
            };
            let (before, after) = (take(&|pair| pair.0), take(&|pair| pair.1));
            if let Ok(parts) = shift_share(&before, &after, 4) {
                for at in 0..before.len() {
                    let sum = parts.national[at] + parts.industry_mix[at] + parts.regional[at];
                    prop_assert!((sum - (after[at] - before[at])).abs() < 1e-9);
                    if let (Some(one), Some(other)) = (parts.competitive[at], parts.allocation[at]) {
                        prop_assert!((one + other - parts.regional[at]).abs() < 1e-9);
                    }
                }
                // Over all places the mix of industries that were there adds up to nothing.
                prop_assert!(parts.industry_mix.iter().all(|part| part.is_finite()));
            }
        }
    }
}
