//! What the measures of inequality and convergence share: figures with people as weights, whole histories, intervals.

use super::{Figure, Name, Outcome, Sample};
use umbel_stats::Error;
use umbel_stats::inequality::bootstrap::{Draws, Interval, bootstrap};
use umbel_stats::linear::Estimate;

/// The usual level of an interval.
pub fn level() -> f64 {
    0.95
}

/// Figures that are there, with the weights of their places.
pub struct People {
    /// Positions in the sample.
    pub at: Vec<u32>,
    /// The figures there.
    pub values: Vec<f64>,
    weights: Option<Vec<f64>>,
    /// Rows without a figure or a weight.
    pub missing: usize,
}

impl People {
    /// The rows that have a figure in `of`, and a weight where a column of weights was named.
    ///
    /// # Errors
    /// When a column is not there or holds words.
    pub fn of(sample: &Sample) -> Result<People, String> {
        let values = sample.numbers("of")?;
        let weights = sample.column("weight").map(|_| sample.numbers("weight")).transpose()?;
        let mut found = People { at: Vec::new(), values: Vec::new(), weights: weights.map(|_| Vec::new()), missing: 0 };
        for row in 0..sample.rows() {
            let weight = match weights {
                Some(weights) => weights.get(row),
                None => Some(1.0),
            };
            let (Some(value), Some(weight)) = (values.get(row), weight) else { continue };
            found.at.push(row as u32);
            found.values.push(value);
            if let Some(weights) = &mut found.weights {
                weights.push(weight);
            }
        }
        found.missing = sample.rows() - found.at.len();
        Ok(found)
    }

    /// The weights, where a column of them was named.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// An outcome that says how many places there are.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::new();
        outcome.figure("n", self.values.len()).figure("missing", self.missing);
        outcome
    }

    /// What is wrong, with the id of the place in place of its position.
    pub fn told(&self, error: &Error, sample: &Sample) -> String {
        told(error, &self.at, sample)
    }

    /// Adds the interval of a figure: what `figure` gives for values and weights drawn again.
    pub fn interval(
        &self,
        outcome: &mut Outcome,
        bootstrap_samples: Option<usize>,
        (level, interval, seed): (f64, Interval, u64),
        figure: impl Fn(&[f64], Option<&[f64]>) -> Result<f64, Error> + Sync,
    ) -> Result<(), String> {
        let Some(samples) = bootstrap_samples else { return Ok(()) };
        let pick = |list: &[f64], at: &[u32]| at.iter().map(|&at| list[at as usize]).collect::<Vec<f64>>();
        let of = |at: &[u32]| {
            let weights = self.weights().map(|weights| pick(weights, at));
            figure(&pick(&self.values, at), weights.as_deref())
        };
        let draws = Draws { samples, level, interval, seed };
        let found = bootstrap(self.values.len(), draws, of).map_err(|error| error.to_string())?;
        outcome
            .figure("standard_error", found.standard_error)
            .figure("lower", found.lower)
            .figure("upper", found.upper)
            .figure("level", found.level)
            .figure("bias", found.bias)
            .figure("samples", found.samples);
        if found.undefined > 0 {
            outcome.note(format!(
                "{} of {samples} samples were left out, since the figure is not defined for them",
                found.undefined
            ));
        }
        Ok(())
    }
}

/// What is wrong, with the id of the place in place of its position among those analysed.
pub fn told(error: &Error, at: &[u32], sample: &Sample) -> String {
    let place = |position: &usize| {
        let row = at.get(*position).copied().unwrap_or_default() as usize;
        sample.place.get(row).and_then(|&place| sample.places.get(place as usize)).cloned().unwrap_or_default()
    };
    match error {
        Error::Domain { at, value, needed, .. } => format!("{} has {value}; {needed}", place(at)),
        Error::NotFinite { at, .. } => format!("{} has no finite figure", place(at)),
        _ => error.to_string(),
    }
}

/// The figures of places that have one in every period, period by period.
pub struct Histories {
    /// Positions of the places.
    pub at: Vec<u32>,
    /// For each period the figures of these places.
    pub periods: Vec<Vec<f64>>,
    /// Places without a figure in one of the periods.
    pub missing: usize,
}

impl Histories {
    /// The figures in `of` of a panel.
    ///
    /// # Errors
    /// When the column is not there, or a place has two rows in a period.
    pub fn of(sample: &Sample) -> Result<Histories, String> {
        let table = sample.by_place("of")?;
        let at: Vec<u32> =
            (0..table.len()).filter(|&place| table[place].iter().all(Option::is_some)).map(|at| at as u32).collect();
        let period = |period: usize| at.iter().filter_map(|&place| table[place as usize][period]).collect();
        let periods = (0..sample.periods.len()).map(period).collect();
        Ok(Histories { missing: table.len() - at.len(), at, periods })
    }

    /// Each period divided by its mean.
    pub fn relative(mut self) -> Result<Histories, String> {
        for period in &mut self.periods {
            let mean = period.iter().sum::<f64>() / period.len() as f64;
            if mean <= 0.0 {
                return Err(format!("the mean of a period is {mean}; figures relative to it need one above 0"));
            }
            period.iter_mut().for_each(|value| *value /= mean);
        }
        Ok(self)
    }

    /// An outcome that says how many places and periods there are.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::new();
        outcome.figure("n", self.at.len()).figure("missing", self.missing).figure("period_count", self.periods.len());
        if self.missing > 0 {
            outcome.note(format!("{} places were left out, since they lack a figure in some period", self.missing));
        }
        outcome
    }

    /// For each row of the sample what a place has in a period; `None` for a place that was left out.
    pub fn rows<T: Copy>(&self, sample: &Sample, values: &[Vec<T>]) -> Vec<Option<T>> {
        let mut number = vec![None; sample.places.len()];
        self.at.iter().enumerate().for_each(|(number_of, &place)| number[place as usize] = Some(number_of));
        let one = |row: usize| {
            let (place, period) = (sample.place[row] as usize, sample.period[row] as usize);
            number[place].map(|place: usize| values[period][place])
        };
        (0..sample.rows()).map(one).collect()
    }
}

/// An estimate as figures by name.
pub fn estimate(estimate: Option<Estimate>) -> Figure {
    let Some(found) = estimate else { return Figure::Number(None) };
    let entry = |name: &'static str, figure: Figure| (Name::from(name), figure);
    Figure::Group(vec![
        entry("estimate", found.estimate.into()),
        entry("standard_error", found.standard_error.into()),
        entry("t", found.statistic.into()),
        entry("p_two_sided", found.p_two_sided.into()),
        entry("lower", found.lower.into()),
        entry("upper", found.upper.into()),
    ])
}
