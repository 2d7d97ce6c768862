//! Theil's measures and their decomposition over groups within groups.

use super::sample::{Domain, Sample};
use super::sum::{Sum, blocks};
use crate::{Error, error};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of Theil's measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Measure {
    /// T, generalised entropy of order 1: Σ pᵢ (yᵢ/μ) ln (yᵢ/μ) / P. Groups count by their share of the total value.
    /// Defined for values of 0 too.
    #[default]
    #[serde(rename = "T")]
    T,
    /// L, generalised entropy of order 0, the mean logarithmic deviation: Σ pᵢ ln (μ/yᵢ) / P. Groups count by their
    /// share of the weight. Values above 0 only.
    #[serde(rename = "L")]
    L,
}

/// A group of places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Position of the group that it lies in, among those of the level above; `None` at the first level.
    pub parent: Option<u32>,
    /// Its label.
    pub label: u32,
    /// Number of places.
    pub places: usize,
    /// Its part of the whole weight.
    pub weight_share: f64,
    /// Its part of the whole value.
    pub value_share: f64,
    /// Its weighted mean; 0 where it has no weight.
    pub mean: f64,
    /// Inequality among its places.
    pub inequality: f64,
    /// What it adds to the inequality within the groups of its level: share (of value for T, of weight for L) times
    /// inequality.
    pub contribution: f64,
}

/// A level of groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Level {
    /// Inequality between the means of the groups of this level, within the groups of the level above.
    pub between: f64,
    /// The groups, ascending by parent and label.
    pub groups: Vec<Group>,
}

/// Theil's measure with its parts: `total` is the sum of `between` of all levels and `within`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theil {
    /// Inequality among all places.
    pub total: f64,
    /// Inequality within the groups of the last level; `total` where there are no groups.
    pub within: f64,
    /// One for each list of labels, in their order.
    pub levels: Vec<Level>,
}

/// Theil's T or L of values with weights, taken apart by levels of groups, from the widest to the narrowest: `levels[0]`
/// has the label of each place's region, `levels[1]` that of its district and so on. A label counts within its group
/// above: district 3 of region 1 is not district 3 of region 2.
///
/// Every term is yᵢ/μ ln (yᵢ/μ) - (yᵢ/μ - 1), which is never negative, in place of yᵢ/μ ln (yᵢ/μ), since what is taken
/// away adds up to 0 in each group: small inequality keeps its digits. Two passes over the values with a sum for each
/// group: O(n + groups), O(n) memory only for two levels and more.
///
/// Source: Theil, Economics and Information Theory, 1967, chapter 4; Shorrocks, The class of additively decomposable
/// inequality measures, Econometrica 48(3), 1980; the levels: Akita, Decomposing regional income
/// inequality in China and Indonesia using two-stage nested Theil decomposition method, Annals of Regional Science 37,
/// 2003.
///
/// # Errors
/// No value; a value that is negative (L: or 0), named by its position; values or weights that are not finite, or all 0;
/// labels of another number than the values.
pub fn theil(values: &[f64], weights: Option<&[f64]>, levels: &[&[u32]], measure: Measure) -> Result<Theil, Error> {
    let domain = if measure == Measure::T { Domain::NotNegative } else { Domain::Positive };
    let sample = Sample::new(values, weights, domain)?;
    for labels in levels {
        error::length("the labels of the groups", values.len(), labels.len())?;
    }
    let cells = Cells::of(values.len(), levels);
    let last: Option<&[u32]> = match levels {
        [] => None,
        [labels] if cells.own.is_empty() => Some(labels),
        _ => Some(&cells.own),
    };
    let mut sums = match (last, weights) {
        (None, None) => sums::<false, false>(&sample, &[], 1, measure),
        (None, Some(_)) => sums::<true, false>(&sample, &[], 1, measure),
        (Some(labels), None) => sums::<false, true>(&sample, labels, cells.slots, measure),
        (Some(labels), Some(_)) => sums::<true, true>(&sample, labels, cells.slots, measure),
    };
    if levels.is_empty() {
        let within = sums[0].inequality();
        return Ok(Theil { total: within, within, levels: Vec::new() });
    }
    // From the narrowest groups up: those of a level are the places of the level above.
    let mut found = Vec::new();
    let labels = cells.labels(&mut sums);
    for (depth, level) in labels.iter().enumerate().rev() {
        let mut above = match depth {
            0 => vec![Sums::default()],
            _ => vec![Sums::default(); labels[depth - 1].len()],
        };
        for ((parent, _), group) in level.iter().zip(&sums) {
            let sum = &mut above[*parent as usize];
            sum.places += group.places;
            sum.weight.join(group.weight);
            sum.value.join(group.value);
        }
        if depth == 0 {
            // What the parts of the whole are of, as the sample has it.
            above[0].mean = sample.mean;
            above[0].whole = sample.weight;
        }
        above.iter_mut().for_each(Sums::fix);
        let (mut between, mut within) = (vec![Sum::default(); above.len()], vec![Sum::default(); above.len()]);
        for ((parent, _), group) in level.iter().zip(&sums) {
            let parent = *parent as usize;
            let ratio = group.ratio(&above[parent]);
            between[parent].add(group.whole * term(ratio, measure));
            within[parent].add(group.whole * group.share(ratio, measure) * group.inequality());
        }
        for (at, sum) in above.iter_mut().enumerate() {
            sum.terms = between[at];
            sum.terms.join(within[at]);
        }
        let mut groups = Vec::with_capacity(level.len());
        let (mut parts, mut rest) = (Sum::default(), Sum::default());
        for (at, sum) in above.iter().enumerate() {
            if sum.whole > 0.0 {
                let share = sum.whole * sum.share(sum.mean / sample.mean, measure) / sample.weight;
                parts.add(share * between[at].value() / sum.whole);
            }
        }
        for ((parent, label), group) in level.iter().zip(&sums) {
            let ratio = group.mean / sample.mean;
            let contribution = group.whole * group.share(ratio, measure) / sample.weight * group.inequality();
            rest.add(contribution);
            groups.push(Group {
                parent: (depth > 0).then_some(*parent),
                label: *label,
                places: group.places,
                weight_share: group.whole / sample.weight,
                value_share: group.whole * ratio / sample.weight,
                mean: group.mean,
                inequality: group.inequality(),
                contribution,
            });
        }
        found.push((Level { between: parts.value(), groups }, rest.value()));
        sums = above;
    }
    let within = found[0].1;
    let levels: Vec<Level> = found.into_iter().rev().map(|(level, _)| level).collect();
    let mut total = Sum::default();
    levels.iter().for_each(|level| total.add(level.between));
    total.add(within);
    Ok(Theil { total: total.value(), within, levels })
}

/// The term of a ratio r of a value to the mean: r ln r - (r - 1) for T, (r - 1) - ln r for L.
#[inline]
fn term(ratio: f64, measure: Measure) -> f64 {
    term_of(ratio - 1.0, measure)
}

/// The term of a ratio less 1.
#[inline]
fn term_of(over: f64, measure: Measure) -> f64 {
    let ratio = 1.0 + over;
    if ratio <= 0.0 {
        return if measure == Measure::T { 1.0 } else { f64::INFINITY };
    }
    // ln (1 + over): the logarithm of the rounded sum, and what rounding took away.
    let log = libm::log(ratio) + (over - (ratio - 1.0)) / ratio;
    let term = match measure {
        Measure::T => ratio * log - over,
        Measure::L => over - log,
    };
    term.max(0.0)
}

/// The sums of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    places: usize,
    weight: Sum,
    value: Sum,
    terms: Sum,
    /// Sum of the weights, rounded.
    whole: f64,
    mean: f64,
}

impl Sums {
    /// Weight and mean from the sums, once they are complete.
    fn fix(&mut self) {
        if self.whole == 0.0 {
            self.whole = self.weight.value();
            self.mean = if self.whole > 0.0 { self.value.value() / self.whole } else { 0.0 };
        }
    }

    /// Inequality within the group; 0 without weight or value.
    fn inequality(&self) -> f64 {
        if self.whole > 0.0 { self.terms.value() / self.whole } else { 0.0 }
    }

    /// The mean over that of the group above.
    fn ratio(&self, above: &Sums) -> f64 {
        if self.whole > 0.0 && above.mean > 0.0 { self.mean / above.mean } else { 1.0 }
    }

    /// What a unit of weight counts in the sum over groups.
    fn share(&self, ratio: f64, measure: Measure) -> f64 {
        if measure == Measure::T { ratio } else { 1.0 }
    }
}

/// Weight, value and terms of each group.
fn sums<const WEIGHTED: bool, const GROUPED: bool>(
    sample: &Sample<'_>,
    labels: &[u32],
    slots: usize,
    measure: Measure,
) -> Vec<Sums> {
    let (values, weights) = (sample.values, sample.weights.unwrap_or_default());
    let (all, least) = (values.len(), 4 * slots);
    let mut found = vec![Sums::default(); slots];
    if GROUPED {
        let parts = blocks(all, least, |positions| {
            let mut sums = vec![(0_u32, Sum::default(), Sum::default()); slots];
            for at in positions {
                let sum = &mut sums[labels[at] as usize];
                sum.0 += 1;
                if WEIGHTED {
                    sum.1.add(weights[at]);
                    sum.2.add(weights[at] * values[at]);
                } else {
                    sum.2.add(values[at]);
                }
            }
            sums
        });
        for part in parts {
            for (sum, (places, weight, value)) in found.iter_mut().zip(part) {
                sum.places += places as usize;
                sum.weight.join(weight);
                sum.value.join(value);
            }
        }
        if !WEIGHTED {
            found.iter_mut().for_each(|sum| sum.weight.add(sum.places as f64));
        }
        found.iter_mut().for_each(Sums::fix);
    } else {
        found[0].places = all;
        (found[0].whole, found[0].mean) = (sample.weight, sample.mean);
    }
    let means: Vec<f64> = found.iter().map(|sum| sum.mean).collect();
    let parts = blocks(all, least, |positions| {
        let mut sums = vec![Sum::default(); slots];
        for at in positions {
            let slot = if GROUPED { labels[at] as usize } else { 0 };
            let mean = means[slot];
            // A group whose values are all 0 has no inequality.
            let over = if mean > 0.0 { (values[at] - mean) / mean } else { 0.0 };
            let term = if WEIGHTED && weights[at] == 0.0 { 0.0 } else { term_of(over, measure) };
            sums[slot].add(if WEIGHTED { weights[at] * term } else { term });
        }
        sums
    });
    for part in parts {
        found.iter_mut().zip(part).for_each(|(sum, part)| sum.terms.join(part));
    }
    found
}

/// The narrowest groups, numbered.
struct Cells {
    /// Number of the group of each place; empty where the labels of the only level can be used as they are.
    own: Vec<u32>,
    /// Above the greatest number.
    slots: usize,
    /// Parent and label of each group, level by level; empty where the labels of the only level are used.
    levels: Vec<Vec<(u32, u32)>>,
}

impl Cells {
    fn of(places: usize, levels: &[&[u32]]) -> Cells {
        if let [labels] = levels {
            let most = blocks(places, 0, |positions| labels[positions].iter().copied().max());
            let slots = most.into_iter().flatten().max().map_or(0, |most| most as usize + 1);
            if slots <= (4 * places).max(1 << 12) {
                return Cells { own: Vec::new(), slots, levels: Vec::new() };
            }
        }
        let (mut own, mut found) = (vec![0; places], Vec::new());
        for labels in levels {
            let mut numbers: FxHashMap<(u32, u32), u32> = FxHashMap::default();
            for pair in own.iter().copied().zip(labels.iter().copied()) {
                numbers.entry(pair).or_insert(0);
            }
            let mut pairs: Vec<(u32, u32)> = numbers.keys().copied().collect();
            pairs.sort_unstable();
            for (number, pair) in pairs.iter().enumerate() {
                numbers.insert(*pair, number as u32);
            }
            for (own, label) in own.iter_mut().zip(labels.iter()) {
                *own = numbers.get(&(*own, *label)).copied().unwrap_or_default();
            }
            found.push(pairs);
        }
        let slots = found.last().map_or(1, Vec::len);
        Cells { own, slots, levels: found }
    }

    /// Parent and label of the groups of each level; sums of labels that no place has are taken out.
    fn labels(&self, sums: &mut Vec<Sums>) -> Vec<Vec<(u32, u32)>> {
        if !self.levels.is_empty() {
            return self.levels.clone();
        }
        let labels = (0..sums.len()).filter(|&label| sums[label].places > 0).map(|label| (0, label as u32)).collect();
        sums.retain(|sum| sum.places > 0);
        vec![labels]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::random::Stream;

    fn total(values: &[f64], weights: Option<&[f64]>, measure: Measure) -> f64 {
        theil(values, weights, &[], measure).expect("a measure").total
    }

    /// By the definition.
    fn defined(values: &[f64], weights: &[f64], measure: Measure) -> f64 {
        let weight: f64 = weights.iter().sum();
        let mean = values.iter().zip(weights).map(|(y, p)| p * y).sum::<f64>() / weight;
        let term = |(y, p): (&f64, &f64)| match measure {
            Measure::T if *y == 0.0 => 0.0,
            Measure::T => p * y / mean * (y / mean).ln(),
            Measure::L => p * (mean / y).ln(),
        };
        values.iter().zip(weights).map(term).sum::<f64>() / weight
    }

    #[test]
    fn has_its_ends() {
        for measure in [Measure::T, Measure::L] {
            assert_eq!(total(&[7.0], None, measure), 0.0);
            assert_eq!(total(&[0.1; 9], None, measure), 0.0);
        }
        assert!((total(&[0.0, 0.0, 0.0, 8.0], None, Measure::T) - 4_f64.ln()).abs() < 1e-15);
        let error = theil(&[1.0, 2.0, 0.0], None, &[], Measure::L).expect_err("not defined").to_string();
        assert_eq!(error, "value 2 of the values is 0; it must be above 0");
        assert!(theil(&[1.0, -1.0], None, &[], Measure::T).is_err());
        assert!(theil(&[1.0, 2.0], None, &[&[1]], Measure::T).is_err());
        // A group of zeros and one without weight.
        let found = theil(&[0.0, 0.0, 3.0, 5.0], Some(&[1.0, 1.0, 1.0, 0.0]), &[&[9, 9, 4, 2]], Measure::T);
        let found = found.expect("parts");
        let groups = &found.levels[0].groups;
        assert_eq!(groups.iter().map(|group| group.label).collect::<Vec<_>>(), [2, 4, 9]);
        assert_eq!((found.within, groups[0].weight_share, groups[2].inequality), (0.0, 0.0, 0.0));
        assert!((found.total - 3_f64.ln()).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn small_inequality_keeps_its_digits() {
        // Half a unit up and down: T = d²/2 + d⁴/12 + ..., L = d²/2 + d⁴/4 + ...
        for d in [1e-3, 1e-5, 2_f64.powi(-20)] {
            let (t, l) = (total(&[1.0 - d, 1.0 + d], None, Measure::T), total(&[1.0 - d, 1.0 + d], None, Measure::L));
            assert!((t / (d * d / 2.0 + d.powi(4) / 12.0) - 1.0).abs() < 1e-9, "{d}");
            assert!((l / (d * d / 2.0 + d.powi(4) / 4.0) - 1.0).abs() < 1e-9, "{d}");
        }
    }

    #[test]
    fn wide_labels_and_narrow_ones_agree() {
        let mut stream = Stream::new(1, 1);
        let values: Vec<f64> = (0..500).map(|_| stream.normal().exp()).collect();
        let narrow: Vec<u32> = (0..500).map(|_| stream.below(9) as u32).collect();
        let wide: Vec<u32> = narrow.iter().map(|label| label * 400_000_000).collect();
        let a = theil(&values, None, &[&narrow], Measure::T).expect("parts");
        let b = theil(&values, None, &[&wide], Measure::T).expect("parts");
        assert_eq!((a.total, a.within, a.levels[0].between), (b.total, b.within, b.levels[0].between));
    }

    #[test]
    fn threads_give_the_same_bits() {
        let mut stream = Stream::new(3, 0);
        let values: Vec<f64> = (0..700_000).map(|_| stream.normal().exp()).collect();
        let labels: Vec<u32> = values.iter().map(|_| stream.below(50) as u32).collect();
        let wider: Vec<u32> = labels.iter().map(|label| label % 7).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| theil(&values, None, &[&wider, &labels], Measure::T).expect("parts"))
        };
        assert_eq!(run(1), run(2));
    }

    proptest! {
        #[test]
        fn parts_add_up(
            rows in prop::collection::vec((0.01_f64..1e5, 0.1_f64..50.0, 0_u32..4, 0_u32..3, 0_u32..3), 1..80),
        ) {
            let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let weights: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let [a, b, c] = [
                rows.iter().map(|row| row.2).collect::<Vec<u32>>(),
                rows.iter().map(|row| row.3).collect(),
                rows.iter().map(|row| row.4).collect(),
            ];
            for measure in [Measure::T, Measure::L] {
                let direct = defined(&values, &weights, measure);
                let found = theil(&values, Some(&weights), &[&a, &b, &c], measure)?;
                let near = |x: f64, y: f64| (x - y).abs() < 1e-12 * direct.max(1e-3);
                prop_assert!(near(total(&values, Some(&weights), measure), direct));
                prop_assert!(near(found.total, direct), "{} {direct}", found.total);
                let between: f64 = found.levels.iter().map(|level| level.between).sum();
                prop_assert!(near(between + found.within, direct));
                prop_assert!(found.within >= 0.0 && found.levels.iter().all(|level| level.between >= 0.0));
                // The inequality within the first level is what the levels below and the places make.
                let first: f64 = found.levels[0].groups.iter().map(|group| group.contribution).sum();
                prop_assert!(near(first, direct - found.levels[0].between));
                // A group's inequality is that of its places alone.
                for (number, group) in found.levels[0].groups.iter().enumerate() {
                    let at: Vec<usize> = (0..rows.len()).filter(|&at| a[at] == group.label).collect();
                    let own: Vec<f64> = at.iter().map(|&at| values[at]).collect();
                    let people: Vec<f64> = at.iter().map(|&at| weights[at]).collect();
                    prop_assert!(near(group.inequality, total(&own, Some(&people), measure)));
                    prop_assert_eq!(group.places, at.len());
                    let inside = found.levels[1].groups.iter().filter(|inner| inner.parent == Some(number as u32));
                    prop_assert_eq!(inside.map(|inner| inner.places).sum::<usize>(), at.len());
                }
            }
        }

        #[test]
        fn unit_order_and_replication_do_not_matter(values in prop::collection::vec(0.01_f64..1e5, 1..60)) {
            for measure in [Measure::T, Measure::L] {
                let found = total(&values, None, measure);
                let scaled: Vec<f64> = values.iter().rev().map(|value| value * 1024.0).collect();
                let twice: Vec<f64> = values.iter().chain(&values).copied().collect();
                prop_assert!((total(&scaled, None, measure) - found).abs() <= 1e-13);
                prop_assert!((total(&twice, None, measure) - found).abs() <= 1e-13);
            }
        }

        #[test]
        fn falls_when_the_rich_give_to_the_poor(mut values in prop::collection::vec(1.0_f64..1e3, 2..30), part in 0.01_f64..0.49) {
            values.sort_unstable_by(f64::total_cmp);
            let last = values.len() - 1;
            let gift = (values[last] - values[0]) * part;
            prop_assume!(gift > 1e-3);
            let before = [Measure::T, Measure::L].map(|measure| total(&values, None, measure));
            values[0] += gift;
            values[last] -= gift;
            for (measure, before) in [Measure::T, Measure::L].into_iter().zip(before) {
                prop_assert!(total(&values, None, measure) < before);
            }
        }
    }
}
