//! Coupling coordination: how evenly several systems develop, and how far.
//!
//! Of n systems with levels U in (0, 1]: a coupling degree C, which is 1 when all are the same; a development index
//! T = sum of a U, with weights a that add up to 1; and the coordination degree D = sqrt(C T). Several formulae of C go
//! by the same name, so there is no default: a result says which one it is.

use super::moments::range;
use super::normalise::{Direction, Marks, Normalisation, normalise};
use crate::Error;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use umbel_core::random::Stream;

/// The formula of the coupling degree C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// n (product of U)^(1/n) / sum of U. It bunches near 1.
    Standard,
    /// sqrt([1 - sum over pairs of |Ui - Uj| / (n (n - 1) / 2)] (product of U / max U)^(1/(n-1))), which spreads over 0
    /// to 1.
    #[serde(rename = "wang_2021")]
    Wang2021,
    /// 1 - 2 sqrt((n sum of U^2 - (sum of U)^2) / n^2), that is 1 less twice the standard deviation (divisor n).
    Fan,
}

impl Variant {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Standard => "standard",
            Variant::Wang2021 => "wang_2021",
            Variant::Fan => "fan",
        }
    }
}

impl FromStr for Variant {
    type Err = Error;

    /// # Errors
    /// For a name that is none of the variants; with the reason for those that are known mistakes.
    fn from_str(name: &str) -> Result<Variant, Error> {
        let message = match name {
            "standard" => return Ok(Variant::Standard),
            "wang_2021" => return Ok(Variant::Wang2021),
            "fan" => return Ok(Variant::Fan),
            "lost_coefficient" => {
                "C = (product of U)^(1/n) / sum of U lost its coefficient n: it cannot exceed 1/n, nor D the root of \
                 that. Use standard, wang_2021 or fan"
            }
            "weighted" | "weighted_coupling" => {
                "weights belong in T, not in C: inside C they make systems of the same level look uneven. Use standard, \
                 wang_2021 or fan, and give the weights"
            }
            "" => "name the variant: standard, wang_2021 or fan; their results cannot be compared with each other",
            _ => "the variants are standard, wang_2021 and fan",
        };
        Err(Error::Parameter { parameter: "variant", message: message.to_owned() })
    }
}

/// The degrees of one place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Degrees {
    /// Coupling degree C.
    pub coupling: f64,
    /// Development index T.
    pub development: f64,
    /// Coordination degree D = sqrt(C T).
    pub coordination: f64,
}

fn refuse(message: impl Into<String>) -> Error {
    Error::Parameter { parameter: "systems", message: message.into() }
}

/// Checks levels: two systems or more, of the same length, in (0, 1].
fn check(systems: &[Vec<f64>], periods: &[u32]) -> Result<usize, Error> {
    crate::error::at_least("coupling", 2, "systems", systems.len())?;
    let places = systems[0].len();
    crate::error::at_least("coupling", 1, "places", places)?;
    for (system, levels) in systems.iter().enumerate() {
        crate::error::length("a system", places, levels.len())?;
        crate::error::finite("a system", levels)?;
        if let Some(at) = levels.iter().position(|&level| level == 0.0) {
            return Err(refuse(format!(
                "system {} is exactly 0 at place {}, which makes C and D 0 whatever the others are; min-max does this to \
                 the lowest place. Scale to a range above 0, such as 0.01 to 0.99, and report the range",
                system + 1,
                at + 1
            )));
        }
        if let Some(at) = levels.iter().position(|&level| !(0.0..=1.0).contains(&level)) {
            let needed = "the level of a system is above 0 and at most 1";
            return Err(Error::Domain { what: "a system", at, value: levels[at], needed });
        }
    }
    if !periods.is_empty() {
        crate::error::length("the periods", places, periods.len())?;
        if let Some(system) = systems.iter().position(|levels| scaled_by_period(levels, periods)) {
            return Err(refuse(format!(
                "system {} has the same lowest and the same highest level in every period: it was scaled in each period \
                 by itself, which takes its development away. Scale all periods together",
                system + 1
            )));
        }
    }
    Ok(places)
}

/// Whether least and greatest level are the same in each of several periods with three places or more.
fn scaled_by_period(levels: &[f64], periods: &[u32]) -> bool {
    let mut by_period: std::collections::BTreeMap<u32, Vec<f64>> = std::collections::BTreeMap::new();
    for (&level, &period) in levels.iter().zip(periods) {
        by_period.entry(period).or_default().push(level);
    }
    let mut ranges = by_period.values().filter(|levels| levels.len() >= 3).map(|levels| range(levels.iter().copied()));
    match ranges.next() {
        Some(first) if first.0 < first.1 => {
            let others: Vec<(f64, f64)> = ranges.collect();
            !others.is_empty() && others.iter().all(|other| *other == first)
        }
        _ => false,
    }
}

/// Checks weights of systems, and divides them by their sum.
fn shares(systems: usize, weights: &[f64]) -> Result<Vec<f64>, Error> {
    crate::error::length("the weights of the systems", systems, weights.len())?;
    if let Some(at) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        let needed = "a weight is 0 or above";
        return Err(Error::Domain { what: "the weights of the systems", at, value: weights[at], needed });
    }
    let sum: f64 = weights.iter().sum();
    if sum == 0.0 {
        return Err(Error::Parameter { parameter: "weights", message: "all weights are 0".to_owned() });
    }
    Ok(weights.iter().map(|weight| weight / sum).collect())
}

/// The coupling degree of levels in (0, 1].
fn degree(levels: &[f64], variant: Variant) -> f64 {
    let n = levels.len() as f64;
    let mean = levels.iter().sum::<f64>() / n;
    // A product of many small numbers would vanish; that of the logarithms does not.
    let logarithms = || levels.iter().map(|level| level.ln()).sum::<f64>();
    let coupling = match variant {
        Variant::Standard => (logarithms() / n - mean.ln()).exp(),
        Variant::Wang2021 => {
            let most = levels.iter().copied().fold(0.0, f64::max);
            let mut gaps = 0.0;
            for (at, one) in levels.iter().enumerate() {
                gaps += levels[..at].iter().map(|other| (one - other).abs()).sum::<f64>();
            }
            let even = 1.0 - gaps / (n * (n - 1.0) / 2.0);
            let near = ((logarithms() - n * most.ln()) / (n - 1.0)).exp();
            (even.max(0.0) * near).sqrt()
        }
        Variant::Fan => {
            let squares = levels.iter().map(|level| (level - mean) * (level - mean)).sum::<f64>();
            1.0 - 2.0 * (squares / n).sqrt()
        }
    };
    coupling.clamp(0.0, 1.0)
}

/// C, T and D of each place; a system is a list of levels, one for each place. `periods` are those of the places in a
/// panel, else empty; they only serve to see whether each period was scaled by itself. Weights count relative to their
/// sum, in T alone. O(places x systems); squared for Wang.
///
/// Source: standard and Fan as restated by Lyu, vignette of the R package coupling; Wang et al., Research on
/// misuses and modification of coupling coordination degree model in China, Journal of Natural Resources 36(3), 2021,
/// 793-810.
///
/// # Errors
/// With fewer than 2 systems; for levels outside of (0, 1], 0 itself with advice; for weights that are negative or all
/// 0; for a panel whose periods were scaled each by itself.
pub fn coupling(
    systems: &[Vec<f64>],
    periods: &[u32],
    weights: &[f64],
    variant: Variant,
) -> Result<Vec<Degrees>, Error> {
    let places = check(systems, periods)?;
    let weights = shares(systems.len(), weights)?;
    Ok(degrees(systems, places, &weights, variant))
}

fn degrees(systems: &[Vec<f64>], places: usize, weights: &[f64], variant: Variant) -> Vec<Degrees> {
    let mut levels = vec![0.0; systems.len()];
    let one = |place: usize| {
        levels.iter_mut().zip(systems).for_each(|(level, system)| *level = system[place]);
        let coupling = degree(&levels, variant);
        let development = levels.iter().zip(weights).map(|(level, weight)| level * weight).sum::<f64>();
        Degrees { coupling, development, coordination: (coupling * development).sqrt() }
    };
    (0..places).map(one).collect()
}

/// Over which places the lowest and the highest value of a system are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// All places in all periods together.
    #[default]
    Pooled,
    /// The places of each period by themselves. Refused with more than one period: every period would have a 0.01 and a
    /// 0.99, and no development could be seen.
    PerPeriod,
}

/// How values of any unit become levels of systems.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scaling {
    /// What the lowest value becomes; above 0.
    pub low: f64,
    /// What the highest becomes; at most 1.
    pub high: f64,
    /// Over which places.
    pub window: Window,
}

impl Default for Scaling {
    /// 0.01 to 0.99, all periods together.
    fn default() -> Self {
        Scaling { low: 0.01, high: 0.99, window: Window::Pooled }
    }
}

/// Min-max values of systems, in their directions. Linear.
///
/// # Errors
/// For a range that is not within (0, 1]; a window of single periods in a panel; a system that is the same everywhere.
pub fn levels(
    systems: &[Vec<f64>],
    directions: &[Direction],
    periods: &[u32],
    by: Scaling,
) -> Result<Vec<Vec<f64>>, Error> {
    let wrong = |message: String| Err(Error::Parameter { parameter: "scale", message });
    if !(by.low > 0.0 && by.low < by.high && by.high <= 1.0) {
        return wrong(format!("{} to {} is no range within 0 (left out) and 1, such as 0.01 to 0.99", by.low, by.high));
    }
    if by.window == Window::PerPeriod && periods.windows(2).any(|pair| pair[0] != pair[1]) {
        return wrong(
            "scaling each period by itself makes every period look the same and takes development away; scale all \
             periods together (pooled)"
                .to_owned(),
        );
    }
    crate::error::length("the directions", systems.len(), directions.len())?;
    let normalisation = Normalisation::Minmax { low: by.low, high: by.high };
    let one = |(system, &direction): (&Vec<f64>, &Direction)| {
        let values: Vec<Option<f64>> = system.iter().map(|&value| Some(value)).collect();
        let scaled = normalise(&values, direction, normalisation, Marks::default())?;
        // Rounding may pass the ends by a last digit.
        Ok(scaled.into_iter().flatten().map(|level| level.clamp(by.low, by.high)).collect())
    };
    systems.iter().zip(directions).map(one).collect()
}

/// What may change from draw to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draws {
    /// Number of draws.
    pub draws: u32,
    /// Seed; draw i uses stream i.
    pub seed: u64,
    /// Other formulae, as likely as the one used.
    pub variants: Vec<Variant>,
    /// Each weight is multiplied by a number between 1 less this and 1 plus this.
    pub weight_noise: f64,
    /// The lower end of the scale is drawn from this range, evenly; only where values are scaled here.
    pub shift: Option<[f64; 2]>,
}

impl Default for Draws {
    fn default() -> Self {
        Draws { draws: 1000, seed: 1, variants: Vec::new(), weight_noise: 0.25, shift: None }
    }
}

/// Degrees with the band of the coordination degree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Banded {
    /// C, T and D as specified.
    pub degrees: Degrees,
    /// What 5 % of the draws are at or below; never above D itself.
    pub coordination_low: f64,
    /// What 95 % of the draws are at or below; never below D itself.
    pub coordination_high: f64,
}

/// What the levels come from.
#[derive(Clone, Copy, Debug)]
pub enum Levels<'a> {
    /// They are given, in (0, 1].
    Given(&'a [Vec<f64>]),
    /// They are scaled from values.
    Scaled {
        /// The values, one list for each system.
        systems: &'a [Vec<f64>],
        /// Their directions.
        directions: &'a [Direction],
        /// The scale.
        by: Scaling,
    },
}

/// C, T and D with the band of D over formulae, weights and, where values are scaled here, the lower end of the scale.
/// O(draws x places x systems), in parallel, with the same result for any number of threads.
///
/// # Errors
/// As [`coupling`] and [`levels`]; with fewer than 20 draws, noise that is not below 1, or a shift of given levels.
pub fn banded(
    from: Levels<'_>,
    periods: &[u32],
    weights: &[f64],
    variant: Variant,
    by: &Draws,
) -> Result<Vec<Banded>, Error> {
    crate::error::at_least("a band", 20, "draws", by.draws as usize)?;
    let wrong = |parameter, message: String| Err(Error::Parameter { parameter, message });
    if !(0.0..1.0).contains(&by.weight_noise) {
        return wrong("weight_noise", format!("it is 0 or above and below 1, not {}", by.weight_noise));
    }
    let scaled;
    let (systems, unit) = match from {
        Levels::Given(_) if by.shift.is_some() => {
            return wrong("shift", "the levels are given; only values scaled here can be scaled otherwise".to_owned());
        }
        Levels::Given(systems) => (systems, None::<(Vec<Vec<f64>>, Scaling)>),
        Levels::Scaled { systems, directions, by: scaling } => {
            scaled = levels(systems, directions, periods, scaling)?;
            let span = scaling.high - scaling.low;
            let unit = |level: &f64| (level - scaling.low) / span;
            let units = scaled.iter().map(|system| system.iter().map(unit).collect()).collect();
            (scaled.as_slice(), Some((units, scaling)))
        }
    };
    if let (Some([least, most]), Some((_, scaling))) = (by.shift, &unit)
        && !(least > 0.0 && least <= most && most < scaling.high)
    {
        return wrong("shift", format!("{least} to {most} is no range between 0 and {}", scaling.high));
    }
    let base = coupling(systems, periods, weights, variant)?;
    let mut variants = vec![variant];
    variants.extend(by.variants.iter().filter(|other| **other != variant));
    let draw = |number: u32| -> Vec<f64> {
        let mut stream = Stream::new(by.seed, u64::from(number));
        let variant = variants[stream.below(variants.len() as u64) as usize];
        let noisy = |weight: &f64| weight * (1.0 + by.weight_noise * (2.0 * stream.uniform() - 1.0));
        let weights: Vec<f64> = weights.iter().map(noisy).collect();
        let sum: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let moved = by.shift.zip(unit.as_ref()).map(|([least, most], (units, scaling))| {
            let low = least + (most - least) * stream.uniform();
            let level = |unit: &f64| low + (scaling.high - low) * unit;
            units.iter().map(|system| system.iter().map(level).collect()).collect::<Vec<Vec<f64>>>()
        });
        let systems = moved.as_deref().unwrap_or(systems);
        degrees(systems, base.len(), &weights, variant).iter().map(|degrees| degrees.coordination).collect()
    };
    let drawn: Vec<Vec<f64>> = (0..by.draws).into_par_iter().map(draw).collect();
    let of_place = |(place, &degrees): (usize, &Degrees)| {
        let mut all: Vec<f64> = drawn.iter().map(|draw| draw[place]).collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all[((share * all.len() as f64).ceil() as usize).clamp(1, all.len()) - 1];
        let coordination_low = at(0.05).min(degrees.coordination);
        let coordination_high = at(0.95).max(degrees.coordination);
        Banded { degrees, coordination_low, coordination_high }
    };
    Ok(base.iter().enumerate().map(of_place).collect())
}

/// A formula that a reported C may have come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// The standard one.
    Standard,
    /// That of Wang and others.
    #[serde(rename = "wang_2021")]
    Wang2021,
    /// That of Fan and others.
    Fan,
    /// Mistake: the coefficient n is lost, and C is at most 1/n.
    LostCoefficient,
    /// Mistake: the root of two systems, 1/2, for more than two.
    SquareRoot,
    /// Mistake: no root at all.
    NoRoot,
}

/// The formulae, right and wrong, that give the reported coupling degrees of these levels within a tolerance: for
/// checking what a publication computed. Several may fit (all right ones do where all systems are the same).
///
/// Source of the mistakes: Wang et al. 2021.
///
/// # Errors
/// As [`coupling`]; when the reported degrees are not one for each place.
pub fn identify(systems: &[Vec<f64>], reported: &[f64], tolerance: f64) -> Result<Vec<Formula>, Error> {
    let places = check(systems, &[])?;
    crate::error::length("the reported degrees", places, reported.len())?;
    let count = systems.len() as f64;
    let all = [
        Formula::Standard,
        Formula::Wang2021,
        Formula::Fan,
        Formula::LostCoefficient,
        Formula::SquareRoot,
        Formula::NoRoot,
    ];
    let of = |formula: Formula, levels: &[f64]| {
        let standard = degree(levels, Variant::Standard);
        match formula {
            Formula::Standard => standard,
            Formula::Wang2021 => degree(levels, Variant::Wang2021),
            Formula::Fan => degree(levels, Variant::Fan),
            Formula::LostCoefficient => standard / count,
            Formula::SquareRoot => standard.powf(count / 2.0),
            Formula::NoRoot => standard.powf(count),
        }
    };
    let fits = |formula: &Formula| {
        // With two systems the root of two is the right one.
        (*formula != Formula::SquareRoot || systems.len() > 2)
            && (0..places).all(|place| {
                let levels: Vec<f64> = systems.iter().map(|system| system[place]).collect();
                (of(*formula, &levels) - reported[place]).abs() <= tolerance
            })
    };
    Ok(all.into_iter().filter(fits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Variant; 3] = [Variant::Standard, Variant::Wang2021, Variant::Fan];

    fn refused(systems: &[Vec<f64>], periods: &[u32]) -> String {
        coupling(systems, periods, &vec![1.0; systems.len()], Variant::Standard).expect_err("refused").to_string()
    }

    #[test]
    fn refuses_the_known_misuses() {
        let fine = vec![0.5, 0.6];
        assert!(refused(&[vec![0.0, 1.0], fine.clone()], &[]).contains("0.01 to 0.99"));
        assert!(refused(&[vec![0.2, 1.1], fine.clone()], &[]).contains("at most 1"));
        assert!(refused(&[vec![0.2, -0.1], fine.clone()], &[]).contains("at most 1"));
        assert!(refused(&[vec![0.2, f64::NAN], fine.clone()], &[]).contains("finite"));
        assert!(refused(std::slice::from_ref(&fine), &[]).contains("at least 2 systems"));
        assert!(refused(&[vec![0.2], fine], &[]).contains("entries"));
        let each = vec![0.01, 0.5, 0.99, 0.99, 0.3, 0.01];
        let other = vec![0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
        let both = [other.clone(), each.clone()];
        assert!(refused(&both, &[1, 1, 1, 2, 2, 2]).contains("system 2 has the same lowest"));
        assert!(coupling(&[other, each], &[1; 6], &[1.0, 1.0], Variant::Fan).is_ok());
        for name in ["", "lost_coefficient", "weighted_coupling", "modified"] {
            assert!(Variant::from_str(name).is_err(), "{name}");
        }
        for variant in ALL {
            assert_eq!(Variant::from_str(variant.name()), Ok(variant));
        }
        let systems = [vec![1.0, 2.0, 3.0], vec![5.0, 7.0, 6.0]];
        let both = [Direction::Positive, Direction::Negative];
        let by = Scaling { window: Window::PerPeriod, ..Scaling::default() };
        assert!(levels(&systems, &both, &[1, 1, 2], by).is_err());
        assert!(levels(&systems, &both, &[1, 1, 1], by).is_ok());
        assert!(levels(&systems, &both, &[], Scaling { low: 0.0, ..by }).is_err());
        assert!(levels(&[vec![1.0; 3]], &both[..1], &[], by).is_err());
        let levels = levels(&systems, &both, &[], by).expect("levels");
        assert_eq!((levels[0][0], levels[1][1], levels[1][0]), (0.01, 0.01, 0.99));
        assert!(coupling(&levels, &[], &[0.0, 0.0], Variant::Fan).is_err());
        assert!(coupling(&levels, &[], &[-1.0, 2.0], Variant::Fan).is_err());
    }

    #[test]
    fn recognises_formulae_and_mistakes() {
        let systems = [vec![0.2, 0.9], vec![0.5, 0.3], vec![0.7, 0.4]];
        let right = coupling(&systems, &[], &[1.0; 3], Variant::Standard).expect("degrees");
        let of = |change: &dyn Fn(f64) -> f64| {
            let reported: Vec<f64> = right.iter().map(|degrees| change(degrees.coupling)).collect();
            identify(&systems, &reported, 1e-9).expect("levels")
        };
        assert_eq!(of(&|c| c), [Formula::Standard]);
        assert_eq!(of(&|c| c / 3.0), [Formula::LostCoefficient]);
        assert_eq!(of(&|c| c.powf(1.5)), [Formula::SquareRoot]);
        assert_eq!(of(&|c| c.powi(3)), [Formula::NoRoot]);
        assert_eq!(of(&|_| 0.123), []);
    }

    #[test]
    fn the_band_holds_the_degree_and_narrows_to_it() {
        let systems = [vec![3.0, 1.0, 9.0, 4.0], vec![2.0, 8.0, 5.0, 7.0]];
        let both = [Direction::Positive; 2];
        let from = Levels::Scaled { systems: &systems, directions: &both, by: Scaling::default() };
        let by = Draws { variants: ALL.to_vec(), shift: Some([0.001, 0.1]), ..Draws::default() };
        let found = banded(from, &[], &[1.0, 1.0], Variant::Wang2021, &by).expect("bands");
        for place in &found {
            let d = place.degrees.coordination;
            assert!(
                place.coordination_low <= d
                    && d <= place.coordination_high
                    && place.coordination_low < place.coordination_high
            );
        }
        let still = Draws { weight_noise: 0.0, ..Draws::default() };
        for place in banded(from, &[], &[1.0, 1.0], Variant::Wang2021, &still).expect("bands") {
            assert_eq!(
                (place.coordination_low, place.coordination_high),
                (place.degrees.coordination, place.degrees.coordination)
            );
        }
        let given = levels(&systems, &both, &[], Scaling::default()).expect("levels");
        assert!(banded(Levels::Given(&given), &[], &[1.0, 1.0], Variant::Fan, &by).is_err());
        let few = Draws { draws: 3, ..Draws::default() };
        assert!(banded(Levels::Given(&given), &[], &[1.0, 1.0], Variant::Fan, &few).is_err());
    }

    proptest! {
        #[test]
        fn degrees_stay_between_0_and_1_and_do_not_depend_on_the_order(
            rows in proptest::collection::vec((0.001..1.0_f64, 0.001..1.0_f64, 0.001..1.0_f64), 1..20),
            scale in 0.1..10.0_f64,
        ) {
            let systems = [
                rows.iter().map(|row| row.0).collect::<Vec<_>>(),
                rows.iter().map(|row| row.1).collect(),
                rows.iter().map(|row| row.2).collect(),
            ];
            let turned = [systems[2].clone(), systems[0].clone(), systems[1].clone()];
            for variant in ALL {
                let found = coupling(&systems, &[], &[1.0, 2.0, 3.0], variant).expect("levels");
                let other = coupling(&turned, &[], &[3.0 * scale, scale, 2.0 * scale], variant).expect("levels");
                for (one, other) in found.iter().zip(&other) {
                    prop_assert!((0.0..=1.0).contains(&one.coupling) && (0.0..=1.0).contains(&one.coordination));
                    prop_assert!((one.coupling - other.coupling).abs() < 1e-9);
                    prop_assert!((one.coordination - other.coordination).abs() < 1e-7);
                }
            }
            let same = [systems[0].clone(), systems[0].clone()];
            for variant in ALL {
                for degrees in coupling(&same, &[], &[1.0, 1.0], variant).expect("levels") {
                    prop_assert!((degrees.coupling - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
