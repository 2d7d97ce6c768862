//! How much an opportunity counts at a cost.

use crate::{Error, Seconds};
use serde::{Deserialize, Serialize};

/// How much an opportunity counts at a cost (a time or a distance).
///
/// Source: Kwan, Space-time and integral measures of individual accessibility, Geographical Analysis 30(3), 1998, table 1
/// (inverse power, exponential, Gaussian, cumulative and linear); Levinson and King, Transport Access Manual, Committee
/// of the Transport Access Manual, 2020.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// Fully, up to the greatest cost.
    Uniform,
    /// exp(-cost² / (2 sigma²)).
    Gaussian {
        /// Its width, in the unit of the costs.
        sigma: f64,
    },
    /// (max(cost, least) / scale)^alpha.
    Gravity {
        /// Cost at which the weight is 1.
        scale: f64,
        /// Power, below 0 for a weight that falls.
        alpha: f64,
        /// Least cost: shorter ones count as this.
        least: f64,
    },
    /// exp(-beta cost).
    Exponential {
        /// Rate of decay.
        beta: f64,
    },
    /// The weight of the first step that the cost does not go beyond; 0 beyond the last.
    Step(Vec<(f64, f64)>),
    /// 1 / (1 + exp(pi (cost - midpoint) / (deviation sqrt(3)))): the share of people who accept the cost, when what
    /// they accept is spread logistically.
    Logistic {
        /// Cost at which the weight is one half.
        midpoint: f64,
        /// Standard deviation of what people accept, in the unit of the costs.
        deviation: f64,
    },
    /// 1 up to `full`, 0 from `none`, on a straight line between.
    Linear {
        /// Greatest cost that counts fully.
        full: f64,
        /// Least cost that does not count.
        none: f64,
    },
}

impl Decay {
    /// Checks the parameters.
    ///
    /// # Errors
    /// When a width or scale is not above 0, a number is not finite, or steps do not ascend or weigh less than nothing.
    pub fn check(&self) -> Result<(), Error> {
        let fine = match self {
            Decay::Uniform => true,
            Decay::Gaussian { sigma } => sigma.is_finite() && *sigma > 0.0,
            Decay::Gravity { scale, alpha, least } => {
                scale.is_finite() && *scale > 0.0 && alpha.is_finite() && least.is_finite() && *least >= 0.0
            }
            Decay::Exponential { beta } => beta.is_finite() && *beta >= 0.0,
            Decay::Step(steps) => {
                !steps.is_empty()
                    && steps.is_sorted_by(|a, b| a.0 < b.0)
                    && steps.iter().all(|(cost, weight)| cost.is_finite() && weight.is_finite() && *weight >= 0.0)
            }
            Decay::Logistic { midpoint, deviation } => {
                midpoint.is_finite() && deviation.is_finite() && *deviation > 0.0
            }
            Decay::Linear { full, none } => full.is_finite() && none.is_finite() && *full >= 0.0 && none > full,
        };
        if fine {
            return Ok(());
        }
        let message = format!(
            "{self:?}: widths and scales must be above 0, steps must ascend, weights must not be below 0 and a line must fall, all finite"
        );
        Err(Error::Parameter { parameter: "decay", message })
    }

    /// The weight at a cost.
    #[inline]
    pub fn weight(&self, cost: f64) -> f64 {
        match self {
            Decay::Uniform => 1.0,
            Decay::Gaussian { sigma } => (-cost * cost / (2.0 * sigma * sigma)).exp(),
            Decay::Gravity { scale, alpha, least } => (cost.max(*least) / scale).powf(*alpha),
            Decay::Exponential { beta } => (-beta * cost).exp(),
            Decay::Step(steps) => steps.iter().find(|step| cost <= step.0).map_or(0.0, |step| step.1),
            Decay::Logistic { midpoint, deviation } => {
                (1.0 + (std::f64::consts::PI * (cost - midpoint) / (deviation * 3_f64.sqrt())).exp()).recip()
            }
            Decay::Linear { full, none } => ((none - cost) / (none - full)).clamp(0.0, 1.0),
        }
    }
}

/// What counts: the decay, and the greatest cost (that one included).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Weight by cost.
    pub decay: Decay,
    /// Pairs beyond do not count; none: all do.
    pub greatest: Option<f64>,
}

impl Reach {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Those of [`Decay::check`], or a greatest cost that is negative or not finite.
    pub fn check(&self) -> Result<(), Error> {
        self.decay.check()?;
        match self.greatest {
            Some(greatest) if !greatest.is_finite() || greatest < 0.0 => {
                let message = format!("it is {greatest}; it must be finite and not below 0");
                Err(Error::Parameter { parameter: "max_cost", message })
            }
            _ => Ok(()),
        }
    }

    /// Whether a cost counts at all.
    #[inline]
    pub fn within(&self, cost: f64) -> bool {
        self.greatest.is_none_or(|greatest| cost <= greatest)
    }

    /// The weight at a cost, 0 beyond the greatest.
    #[inline]
    pub fn weight(&self, cost: f64) -> f64 {
        if self.within(cost) { self.decay.weight(cost) } else { 0.0 }
    }
}

/// A destination in reach of an origin and its weight: what the passes of a floating catchment take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// The destination.
    pub to: usize,
    /// Weight of its cost, whether or not it is beyond the greatest.
    pub weight: f64,
    /// Whether the cost is within the greatest.
    pub within: bool,
}

impl Reach {
    /// Weighs costs.
    pub fn weigh(&self, costs: impl Iterator<Item = (usize, f64)> + Clone) -> impl Iterator<Item = Weighed> + Clone {
        costs.map(|(to, cost)| Weighed { to, weight: self.decay.weight(cost), within: self.within(cost) })
    }
}

/// Times up to this have their weight in a table: four hours, beyond which few searches go.
const TABLE: u32 = 4 * 3600;

/// Weights of whole seconds, looked up instead of computed: a row of a thousand targets costs a thousand loads.
///
/// The decay is stated in minutes, as its parameters are in the literature.
#[derive(Clone, Debug, PartialEq)]
pub struct DecayOfTime {
    decay: Decay,
    /// Seconds beyond which nothing counts.
    greatest: u32,
    weights: Vec<f64>,
}

impl DecayOfTime {
    /// From a decay over minutes. O(1): 14,401 weights, 115 kB.
    ///
    /// # Errors
    /// Those of [`Reach::check`], or a weight that is infinite (gravity at 0 minutes without a least cost).
    pub fn new(reach: &Reach) -> Result<DecayOfTime, Error> {
        reach.check()?;
        let minutes = |seconds: u32| f64::from(seconds) / 60.0;
        let greatest = match reach.greatest {
            None => u32::MAX - 1,
            Some(greatest) => {
                // Seconds whose minutes are within, as they would be compared one by one.
                let near = (greatest * 60.0).round().min(f64::from(u32::MAX - 1)) as u32;
                if reach.within(minutes(near)) { near } else { near - 1 }
            }
        };
        let weights: Vec<f64> = (0..=TABLE).map(|seconds| reach.decay.weight(minutes(seconds))).collect();
        if weights.iter().any(|weight| !weight.is_finite()) {
            let message = "the weight at 0 minutes is infinite; give a least cost above 0".to_owned();
            return Err(Error::Parameter { parameter: "decay", message });
        }
        Ok(DecayOfTime { decay: reach.decay.clone(), greatest, weights })
    }

    /// The weight at a time: 0 beyond the greatest and where not reached.
    #[inline]
    pub fn weight(&self, time: Seconds) -> f64 {
        if time.0 <= self.greatest { self.decay(time.0) } else { 0.0 }
    }

    /// Weighs an origin's times to all targets.
    pub fn weigh(&self, times: &[Seconds]) -> impl Iterator<Item = Weighed> + Clone {
        times.iter().enumerate().filter_map(|(to, time)| {
            let seconds = time.get()?;
            Some(Weighed { to, weight: self.decay(seconds), within: seconds <= self.greatest })
        })
    }

    #[inline]
    fn decay(&self, seconds: u32) -> f64 {
        match self.weights.get(seconds as usize) {
            Some(weight) => *weight,
            None => self.decay.weight(f64::from(seconds) / 60.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weights_by_hand() {
        let logistic = Decay::Logistic { midpoint: 40.0, deviation: 10.0 };
        assert_eq!(logistic.weight(40.0), 0.5);
        // One deviation beyond: 1 / (1 + e^(pi / sqrt 3)) = 1 / (1 + 6.1337) = 0.14018.
        assert!((logistic.weight(50.0) - 0.140_18).abs() < 1e-5);
        let line = Decay::Linear { full: 30.0, none: 50.0 };
        assert_eq!([0.0, 30.0, 40.0, 50.0, 60.0].map(|cost| line.weight(cost)), [1.0, 1.0, 0.5, 0.0, 0.0]);
        let step = Decay::Step(vec![(10.0, 1.0), (20.0, 0.68)]);
        assert_eq!([10.0, 10.1, 20.0, 20.1].map(|cost| step.weight(cost)), [1.0, 0.68, 0.68, 0.0]);
        assert_eq!(Decay::Gravity { scale: 10.0, alpha: -2.0, least: 5.0 }.weight(1.0), 4.0);
    }

    #[test]
    fn nonsense_is_refused() {
        for decay in [
            Decay::Gaussian { sigma: 0.0 },
            Decay::Step(vec![]),
            Decay::Step(vec![(2.0, 1.0), (1.0, 0.5)]),
            Decay::Exponential { beta: f64::NAN },
            Decay::Logistic { midpoint: 10.0, deviation: 0.0 },
            Decay::Linear { full: 10.0, none: 10.0 },
            Decay::Linear { full: -1.0, none: 10.0 },
        ] {
            assert!(decay.check().is_err(), "{decay:?}");
            assert!(DecayOfTime::new(&Reach { decay, greatest: None }).is_err());
        }
        let decay = Decay::Gravity { scale: 1.0, alpha: -1.0, least: 0.0 };
        assert!(DecayOfTime::new(&Reach { decay, greatest: None }).is_err());
        assert!(Reach { decay: Decay::Uniform, greatest: Some(-1.0) }.check().is_err());
    }

    proptest! {
        #[test]
        fn the_table_gives_the_weight_of_minutes(
            seconds in 0_u32..20_000,
            greatest in prop::option::of(0.0_f64..400.0),
            beta in 0.0_f64..0.2,
        ) {
            let reach = Reach { decay: Decay::Exponential { beta }, greatest };
            let table = DecayOfTime::new(&reach).expect("a decay");
            prop_assert_eq!(table.weight(Seconds(seconds)), reach.weight(f64::from(seconds) / 60.0));
            prop_assert_eq!(table.weight(Seconds::UNREACHED), 0.0);
        }

        #[test]
        fn the_greatest_whole_minute_counts(minutes in 0_u32..300, tenth in 0_u32..10) {
            let greatest = f64::from(minutes * 10 + tenth) / 10.0;
            let table = DecayOfTime::new(&Reach { decay: Decay::Uniform, greatest: Some(greatest) }).expect("a decay");
            let seconds = minutes * 60 + tenth * 6;
            prop_assert_eq!(table.weight(Seconds(seconds)), 1.0);
            prop_assert_eq!(table.weight(Seconds(seconds + 1)), 0.0);
        }
    }
}
